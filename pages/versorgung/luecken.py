"""Versorgung und Lücken: are there enough places, for whom, within reach?"""

import streamlit as st

from raumblick.answers.access import SupplyError, access, certainty_of_gaps, offered, spread
from raumblick.answers.profile import area_list
from raumblick.ui import area_maps, layout, selection, session, supply_view

METHOD = (
    "Plätze im Gebiet je Kind im Gebiet; belegt heißt: belegte durch betriebene Plätze. In Reichweite teilt sich jedes Angebot "
    "unter allen Kindern auf, die es auf dem gewählten Weg erreichen (Luftlinie mal 1,3, nähere zählen mehr)."
)

with layout.page("Versorgung und Lücken") as store:
    sentence = st.empty()
    known = session.ask(offered, store)
    if not known:
        layout.nothing(
            sentence,
            "Dieser Datenstand hat keine Angebote mit Platzzahlen.",
            METHOD,
            "Die Tabelle „facility“ des Datenpakets nimmt sie auf: Angebot, Leistung, Ort, Plätze, Stichtag.",
        )
    asked = supply_view.question(store, sentence, METHOD, known)
    try:
        result = session.ask(access, store, asked)
    except SupplyError as error:
        layout.nothing(sentence, f"So lässt sich die Versorgung nicht rechnen. {layout.escape(str(error))}", METHOD)
    with sentence.container():
        layout.answer(supply_view.sentence(result, store.city["title"]))
    options = [name for name in supply_view.SHOWN if name != "luecke" or result.target is not None]
    shown = selection.select(
        "karte", "Karte zeigt", options, supply_view.SHOWN.__getitem__, options[0], "segmented_control", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    everywhere = set(session.ask(area_list, store)["area_id"])
    chosen = selection.optional("gebiet", set(result.areas["area_id"]), everywhere)
    if result.areas["children"].notna().any():
        area_maps.measure_map(store, supply_view.measure(result, shown), "map", chosen)
    else:
        st.info("Ohne Einwohnerzahlen nach Alter gibt es keine Quoten und keine Karte. Die Tabelle zeigt die Plätze.")
    if result.target is not None:
        st.caption(supply_view.target_line(result))
    if chosen:
        name = result.areas.set_index("area_id").at[chosen, "name"]
        st.page_link("pages/lage/steckbrief.py", label=f"Zum Steckbrief: {layout.escape(name)}")
    if part := layout.fold("Tabelle mit denselben Zahlen", "twin"):
        with part:
            supply_view.areas_table(store, result)
    if result.target is not None and (part := layout.fold("Wie sicher ist die Lücke?", "sure_gaps")):
        with part:
            rows = session.ask(certainty_of_gaps, store, asked)
            supply_view.sure_gaps(store, rows, asked.level)
            st.markdown(supply_view.unequal(result))
    supply_view.missing(result.notes)
    layout.method_link(f"{METHOD} {session.ask(spread, store)}")
