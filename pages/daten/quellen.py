"""Daten und Quellen: every number's definition, source, date, licence and gaps."""

import streamlit as st

from raumblick.answers.inventory import inventory
from raumblick.ui import controls, inventory_view, layout, session

with layout.page("Daten und Quellen") as store:
    sentence = st.container()
    with st.container(horizontal=True, key="controls", vertical_alignment="bottom"):
        level = controls.level(store, whole_city=True)
    result = session.ask(inventory, store, level)
    with sentence:
        layout.answer(inventory_view.sentence(result, level))
    sheet_tab, gaps_tab, source_tab, status_tab = st.tabs(["Kennzahlenblatt", "Lücken", "Quellen", "Datenstand"])
    with sheet_tab:
        if result.indicators:
            inventory_view.sheet(controls.indicator(result.indicators), result)
    with gaps_tab:
        inventory_view.gaps(result, store)
    with source_tab:
        inventory_view.sources(result, store)
    with status_tab:
        inventory_view.status(result, store)
    layout.method_link("Kennzahlen ohne Zähler und Nenner werden nie summiert oder gemittelt.")
