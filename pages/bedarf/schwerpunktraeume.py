"""Schwerpunkträume: which areas need most, how sure is that, and what if we weigh differently?"""

from functools import partial

import streamlit as st

from raumblick.answers.presets import presets
from raumblick.answers.priority import NotScorableError, Ranking, Surety, Weights, rank
from raumblick.answers.profile import area_list
from raumblick.answers.variants import contrast
from raumblick.papers import index_files
from raumblick.ui import area_maps, layout, priority_view, selection, session, variant_view
from raumblick.ui import index_sentences as say
from raumblick.ui import priority_controls as choose

SHOWN = {"stufen": "Sicherheit", "klassen": "Index"}
NOTHING = "Für diese Ebene gibt es in diesem Datenstand keine Kennzahl, aus der sich ein Index rechnen lässt."


def show() -> None:
    """The whole page below its title."""
    sentence = st.container()
    with st.container(key="controls"):
        choice = choose.choice(store)
    if choice is None:
        with sentence:
            layout.answer(NOTHING)
        layout.method_link("Ein Index braucht mindestens eine Kennzahl der Lebenslage mit Zahlen für die Gebiete.")
        return
    weights = choose.chosen_weights(choice.now)
    everywhere = set(session.ask(area_list, store)["area_id"])
    chosen = selection.optional("gebiet", set(choice.found.areas["area_id"]), everywhere)
    try:
        ranking, reference = rank(choice.now, weights, choice.top), rank(choice.now, (), choice.top)
    except NotScorableError as error:
        with sentence:
            layout.answer(f"Der Index lässt sich so nicht rechnen. {layout.escape(str(error))}")
        if weights:
            st.button("Vorgabe wiederherstellen", on_click=selection.forget, args=("gewichte",))
        layout.method_link("Es wurde nichts geändert; bitte Index, Ebene, Jahr oder Gewichte anders wählen.")
        return
    picture, panel = st.container(key="split").columns([5, 3], gap="large")
    with panel:
        members = st.container()
        doubt = settings(choice, ranking, weights)
    sure = priority_view.how_sure(store, choice, ranking, weights, doubt)
    with picture:
        draw(ranking, sure, chosen)
    with sentence:
        layout.answer(say.priority_sentence(ranking, sure, store.city["title"], chosen))
    with members:
        priority_view.who(ranking, sure)
        if weights:
            priority_view.changes(contrast(reference, ranking))
    left, right = st.container(key="split2").columns(2, gap="large")
    with left:
        st.header("Ränge mit Unsicherheit", anchor=False)
        priority_view.all_areas(store, ranking, sure, chosen)
    with right:
        st.header("Warum dieses Gebiet?", anchor=False)
        priority_view.reasons(store, ranking, sure, priority_view.area_choice(ranking, chosen))
    st.header("Die Grenze", anchor=False)
    priority_view.the_border(store, ranking, sure)
    st.header("Nachgefragt", anchor=False)
    ask_on(choice, ranking, sure, weights, doubt)
    priority_view.presets_note(choice.preset)
    for note in ranking.notes:
        st.caption(layout.escape(note))
    layout.method_link(
        "Index und Stufen sind aus den genannten Kennzahlen gerechnet; Startwert und Auswahl stehen in der Adresse."
    )


def settings(choice: choose.Choice, ranking: Ranking, weights: Weights) -> choose.Doubt:
    """The assumptions beside the result: open for planners, folded for committees."""
    if store.view == "planung":
        st.session_state.setdefault("weights", True)
    if part := layout.fold("Gewichte", "weights"):
        with part:
            choose.weight_sliders(choice.now, weights, ranking.share)
    if part := layout.fold("Zweifel und Genauigkeit", "doubts"):
        with part:
            return choose.doubt(len(choice.found.areas))
    return choose.current_doubt(len(choice.found.areas))


def draw(ranking: Ranking, sure: Surety, chosen: str | None) -> None:
    """The map: how sure, or the index itself."""
    names = list(SHOWN)
    shown = selection.select("karte", "Karte zeigt", names, SHOWN.__getitem__, names[0], "segmented_control", required=True)
    if shown == "stufen":
        area_maps.tier_map(store, ranking, sure, "map", chosen)
    else:
        area_maps.class_map(store, ranking, "map", chosen)
    st.caption("Umrandet: rechnerisch dabei. " + say.sources_sentence(ranking))
    st.markdown(f"{say.SEARCH} {say.BESIDE}")


def ask_on(choice: choose.Choice, ranking: Ranking, sure: Surety, weights: Weights, doubt: choose.Doubt) -> None:
    """What is computed only when somebody asks for it."""
    if part := layout.fold("Wie sicher ist das? Liste mit begrenztem Fehler", "certainty"):
        with part:
            st.markdown(f"{say.list_sentence(ranking, sure)}\n\n{say.doubt_sentence(sure)}")
    if part := layout.fold("Mit einem anderen Index oder anderen Gewichten vergleichen", "against"):
        with part:
            variant_view.against(store, choice, ranking, weights, session.ask(presets, store, choice.level))
    if part := layout.fold("Mehrere Jahre", "history"):
        with part:
            priority_view.years(store, choice, ranking, weights)
    if part := layout.fold("Welche Entscheidung zählt?", "sensitivity"):
        with part:
            priority_view.which_choice(store, ranking, doubt.seed)
    if part := layout.fold("Passen die Kennzahlen zusammen?", "quality"):
        with part:
            variant_view.belong_together(store, ranking)
    if part := layout.fold("Variante sichern oder laden", "variant"):
        with part:
            variant_view.files(store, choice, weights, doubt)
    if part := layout.fold("Dateien für GIS und Druck", "files"):
        with part:
            svg, layer = (partial(make, store, ranking, sure) for make in (index_files.svg, index_files.geopackage))
            variant_view.downloads(store, choice.level, svg, layer)


with layout.page("Schwerpunkträume") as store:
    show()
