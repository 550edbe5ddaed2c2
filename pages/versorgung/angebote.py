"""Angebote: what exists, what runs in parallel, what is inclusive or exclusive, who carries it?"""

import streamlit as st

from raumblick.answers.access import spread
from raumblick.answers.offers import by_area, listing, newest_day
from raumblick.answers.profile import area_list
from raumblick.ui import area_maps, controls, layout, offers_view, selection, session, supply_view

METHOD = (
    "Gezählt sind Angebote, die am Stichtag offen sind. Wege sind Luftlinie mal 1,3. Bei einer Schließung bleiben alle anderen "
    "Angebote, wie sie sind."
)

with layout.page("Angebote") as store:
    sentence = st.empty()
    newest = session.ask(newest_day, store)
    if newest is None:
        layout.nothing(
            sentence,
            "Dieser Datenstand hat keine Angebote.",
            METHOD,
            "Die Tabelle „facility“ des Datenpakets nimmt sie auf: Angebot, Leistung, Träger, Ort, Plätze.",
        )
    everywhere = session.ask(area_list, store)
    city = str(everywhere.sort_values("level_rank")["area_id"].iloc[0])
    with st.container(horizontal=True, gap="medium", key="controls"):
        with st.container(width=260):
            area = controls.area(everywhere, city)
        day = offers_view.day(newest)
        radius = offers_view.way("nah", "Nebeneinander bis", offers_view.NEAR, "500")
        level = controls.level(store)
    with st.container(horizontal=True, gap="medium", key="filters"):
        wish = offers_view.wish(store)
    found = session.ask(listing, store, area, day, wish, radius)
    with sentence.container():
        layout.answer(offers_view.sentence(found, radius))
    shown = selection.select(
        "karte", "Karte zeigt", list(offers_view.SHOWN), offers_view.SHOWN.__getitem__, "angebote", "segmented_control",
        required=True, label_visibility="collapsed",
    )  # fmt: skip
    rows = session.ask(by_area, store, level, day, wish)
    picture, answers = st.container(key="split").columns([5, 4], gap="large")
    with picture:
        chosen = area if area in set(rows["area_id"]) else None
        area_maps.measure_map(store, offers_view.measure(rows, level, shown), "map", chosen, 460)
    with answers:
        st.header("Leitfragen", anchor=False)
        offers_view.questions(found)
    if part := layout.fold("Tabelle mit denselben Zahlen", "twin"):
        with part:
            offers_view.areas_table(store, rows, level, day)
    offers_view.folds(store, found, level, radius)
    supply_view.missing(found.notes)
    layout.method_link(f"{METHOD} {session.ask(spread, store)}")
