"""Schwerpunkträume: which areas need most, how sure is that, and what if we weigh differently?"""

from functools import partial

import streamlit as st

from raumblick.answers.presets import presets
from raumblick.answers.priority import rank
from raumblick.answers.profile import area_list
from raumblick.answers.variants import contrast
from raumblick.papers import index_files
from raumblick.ui import index_sentences as say
from raumblick.ui import layout, priority_view, selection, session, variant_view
from raumblick.ui import priority_controls as choose
from raumblick.ui.priority_stage import Stage, stage

NOTHING = "Für diese Ebene gibt es in diesem Datenstand keine Kennzahl, aus der sich ein Index rechnen lässt."
UNSCORABLE = "Mit dieser Auswahl lässt sich kein Index rechnen. Bitte Index, Ebene, Jahr oder Gewichte anders wählen."


def ask_on(store: session.Store, choice: choose.Choice, shown: Stage) -> None:
    """What is computed only when somebody asks for it."""
    ranking, sure, weights, doubt = shown.ranking, shown.sure, shown.weights, shown.doubt
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
    sentence = st.container()
    with st.container(key="controls"):
        choice = choose.choice(store)
    if choice is None:
        layout.nothing(sentence, NOTHING, "Ein Index braucht mindestens eine Kennzahl der Lebenslage mit Zahlen für die Gebiete.")
    shown = stage(store, choice, set(session.ask(area_list, store)["area_id"]))
    if shown is None:
        layout.nothing(sentence, UNSCORABLE, "Es wurde nichts geändert.")
    ranking, sure = shown.ranking, shown.sure
    chosen = selection.text("gebiet") if selection.text("gebiet") in set(ranking.areas["area_id"]) else None
    with sentence:
        layout.answer(say.priority_sentence(ranking, sure, store.city["title"], chosen))
    st.caption("Umrandet: rechnerisch dabei. " + say.sources_sentence(ranking))
    priority_view.who(ranking, sure, contrast(rank(choice.now, (), choice.top), ranking) if shown.weights else None)
    st.markdown(f"{say.SEARCH} {say.BESIDE}")
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
    ask_on(store, choice, shown)
    priority_view.presets_note(choice.preset)
    for note in ranking.notes:
        st.caption(layout.escape(note))
    layout.method_link(
        "Index und Stufen sind aus den genannten Kennzahlen gerechnet; Startwert und Auswahl stehen in der Adresse."
    )
