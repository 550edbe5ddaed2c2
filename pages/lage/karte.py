"""Karte: how is one indicator spread over the areas, and how did it change?"""

import streamlit as st

from raumblick.answers.profile import area_list
from raumblick.answers.spread import Spread
from raumblick.answers.trends import area_trends, funnel
from raumblick.ui import charts, index_charts, layout, sentences, session, spread_stage, tables, trend_view

with layout.page("Karte") as store:
    layout.needs_indicators(store)
    drawn = spread_stage.stage(store, set(session.ask(area_list, store)["area_id"]))
    sheet, level, shown, chosen = drawn.sheet, drawn.level, drawn.shown, drawn.chosen
    rows, columns, title = tables.spread_rows(shown) if isinstance(shown, Spread) else tables.change_rows(shown)
    if chosen:
        name = shown.areas.set_index("area_id").at[chosen, "name"]
        st.page_link("pages/lage/steckbrief.py", label=f"Zum Steckbrief: {layout.escape(name)}")
    if twin := layout.fold("Tabelle mit denselben Zahlen", "twin"):
        with twin:
            tables.table(rows, columns, title, store, "karte", f"{sheet.definition} Quelle: {sheet.typical_source}.")
    if isinstance(shown, Spread) and len(shown.areas) <= 120 and (part := layout.fold("Rangfolge mit Unsicherheit", "ranking")):
        with part:
            figure = charts.ranked_chart(rows, shown.city_value, sheet.decimals, sheet.unit, chosen)
            charts.show(figure, "ranked", f"{title}: Gebiete nach Wert mit 95-%-Bereich; die Tabelle hat dieselben Zahlen.")
    cone = funnel(shown) if isinstance(shown, Spread) else None
    if cone and (part := layout.fold("Zufall oder Unterschied? (Trichter)", "funnel")):
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
    spread_stage.make_ready(store, drawn)
