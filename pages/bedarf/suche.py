"""Gebiete suchen: which areas meet conditions on indicators, years and changes at once?"""

import streamlit as st

from raumblick.answers.profile import area_list
from raumblick.answers.screen import RuleError, periods, read_rule, screening, start_rule
from raumblick.answers.values import indicators
from raumblick.ui import area_maps, controls, layout, screen_view, selection, session

METHOD = (
    "Eine Bedingung gilt oder gilt nicht; was die Grenze nur um den Spielraum verfehlt, steht als „knapp“ da. Fehlt eine nötige "
    "Zahl, ist die Antwort unbekannt und nicht nein."
)

with layout.page("Gebiete suchen") as store:
    layout.needs_indicators(store)
    sentence, notes = st.container(), st.container()
    with st.container(key="controls"):
        level = controls.level(store)
    sheets = {sheet.key: sheet for sheet in sorted(session.ask(indicators, store, level), key=lambda s: s.name.casefold())}
    known = session.ask(periods, store, level)
    start = session.ask(start_rule, store, level)
    asked = selection.text("regel") or start
    try:
        result = session.ask(screening, store, level, asked)
    except RuleError as error:
        with notes:
            if selection.fresh("regel"):
                st.warning(f"Diese Regel gilt hier nicht: {layout.escape(str(error))} Gezeigt wird ein Beispiel.")
        selection.forget("regel")
        asked = start
        result = session.ask(screening, store, level, asked)
    selection.put("regel", asked)
    with notes:
        screen_view.said()
    everywhere = set(session.ask(area_list, store)["area_id"])
    chosen = selection.optional("gebiet", set(result.areas["area_id"]), everywhere)

    with st.container(key="conditions"):
        screen_view.form(result.rule, sheets, known)
    area_maps.answer_map(store, result, "map", chosen)
    with sentence:
        layout.answer(screen_view.sentence(result))
    if part := layout.fold("Regel als Text", "rule"):
        with part:
            screen_view.as_text(read_rule(asked))
    st.header("Gefundene Gebiete", anchor=False)
    screen_view.found(store, result)
    layout.method_link(f"{METHOD} Die Regel steht in der Adresse.")
