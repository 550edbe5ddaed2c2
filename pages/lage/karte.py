"""Karte: how is one indicator spread over the areas, and how did it change?"""

import streamlit as st

from raumblick.answers.profile import area_list
from raumblick.answers.spread import spread, spread_change
from raumblick.answers.trends import area_trends, funnel
from raumblick.answers.values import indicators
from raumblick.ui import area_maps, charts, controls, index_charts, layout, selection, sentences, session, tables, trend_view

MODES = {"wert": "Wert", "veraenderung": "Veränderung"}
METHODS = {"quantile": "gleich viele Gebiete", "equal": "gleich breit", "jenks": "natürliche Lücken"}

with layout.page("Karte") as store:
    sentence = st.container()
    with st.container(key="controls"):
        which, when = st.columns([3, 2], gap="medium")
        with st.container(horizontal=True, gap="medium"):
            level = controls.level(store)
            mode = selection.select("zeige", "Zeige", list(MODES), MODES.__getitem__, "wert", "segmented_control", required=True)
            method = "quantile"
            if mode == "wert":
                method = selection.select("klassen", "Klassen", list(METHODS), METHODS.__getitem__, "quantile", width=230)
            with which:
                sheet = controls.indicator(session.ask(indicators, store, level))
            known = session.ask(spread, store, sheet.key, level, None, method)
            with when:
                year = controls.period(known.periods)
            if mode == "veraenderung" and len(known.periods) > 1:
                earlier = [p for p in known.periods if p < year] or [known.periods[0]]
                first = controls.period(earlier, "seit", "Verglichen mit", earlier[0], width=320)
    everywhere = set(session.ask(area_list, store)["area_id"])
    chosen = selection.optional("gebiet", set(known.areas["area_id"]), everywhere)

    if mode == "veraenderung" and len(known.periods) > 1:
        change = session.ask(spread_change, store, sheet.key, level, first, max(year, known.periods[1]))
        with sentence:
            layout.answer(sentences.change_sentence(change, store.city["title"]))
        area_maps.change_map(store, change, "map", chosen)
        rows, columns, title = tables.change_rows(change)
    else:
        result = session.ask(spread, store, sheet.key, level, year, method)
        with sentence:
            layout.answer(sentences.spread_sentence(result, store.city["title"]))
        area_maps.spread_map(store, result, "map", chosen)
        rows, columns, title = tables.spread_rows(result)

    if chosen:
        name = known.areas.set_index("area_id").at[chosen, "name"]
        st.page_link("pages/lage/steckbrief.py", label=f"Zum Steckbrief: {layout.escape(name)}")
    if twin := layout.fold("Tabelle mit denselben Zahlen", "twin"):
        with twin:
            tables.table(rows, columns, title, store, "karte", f"{sheet.definition} Quelle: {sheet.typical_source}.")
    if mode == "wert" and len(known.areas) <= 120 and (ranking := layout.fold("Rangfolge mit Unsicherheit", "ranking")):
        with ranking:
            figure = charts.ranked_chart(rows, result.city_value, sheet.decimals, sheet.unit, chosen)
            charts.show(figure, "ranked", f"{title}: Gebiete nach Wert mit 95-%-Bereich; die Tabelle hat dieselben Zahlen.")
    if mode == "wert" and (cone := funnel(result)) and (part := layout.fold("Zufall oder Unterschied? (Trichter)", "funnel")):
        with part:
            said = sentences.funnel_sentence(cone)
            st.markdown(said)
            charts.show(index_charts.funnel_chart(cone, chosen), "funnel_chart", f"{said} Die Tabelle oben hat die Werte.")
    moves = session.ask(area_trends, store, sheet.key, level)
    if moves and (part := layout.fold("Geprüfte Trends aller Gebiete", "moves")):
        with part:
            trend_view.trends(store, moves, chosen)
    parts = f"{sheet.numerator} / {sheet.denominator}" if sheet.denominator else sheet.numerator
    layout.method_link(f"{sheet.definition} ({parts}; {sheet.age_group or 'alle Alter'}).", sheet.key)
