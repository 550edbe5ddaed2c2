"""Daten und Quellen: every number's definition, source, date, licence and gaps."""

import streamlit as st

from raumblick.answers.inventory import inventory
from raumblick.ui import controls, inventory_view, layout, selection, session

with layout.page("Daten und Quellen") as store:
    sentence = st.container()
    with st.container(horizontal=True, key="controls", vertical_alignment="bottom"):
        level = controls.level(store, whole_city=True)
    result = session.ask(inventory, store, level)
    with sentence:
        layout.answer(inventory_view.sentence(result, level))
    views = {"blatt": "Kennzahlenblatt", "luecken": "Lücken", "quellen": "Quellen", "stand": "Datenstand"}
    view = selection.select("blick", "Blick auf", list(views), views.__getitem__, "blatt", "segmented_control", required=True)
    if view == "blatt" and result.indicators:
        inventory_view.sheet(controls.indicator(result.indicators), result)
    elif view == "luecken":
        inventory_view.gaps(result, store)
    elif view == "quellen":
        inventory_view.sources(result, store)
    elif view == "stand":
        inventory_view.status(result, store)
    layout.method_link("Kennzahlen ohne Zähler und Nenner werden nie summiert oder gemittelt.")
