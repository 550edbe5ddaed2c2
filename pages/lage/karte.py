"""Karte: how is one indicator spread over the areas, and how did it change?"""

import streamlit as st

from raumblick.answers.profile import area_list
from raumblick.answers.spread import spread, spread_change
from raumblick.answers.values import indicators
from raumblick.ui import area_maps, charts, controls, layout, selection, sentences, session, tables
from raumblick.ui import format as fmt

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
                method = selection.select(
                    "klassen", "Klassen", list(METHODS), METHODS.__getitem__, "quantile", "segmented_control", required=True
                )
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
        rows, unit = change.areas.sort_values("change", ascending=False), fmt.change_unit(sheet.unit)
        digits = max(sheet.decimals, 1)
        columns = [
            tables.Column("name", fmt.level(level)),
            tables.Column("change", f"Veränderung ({unit})", digits),
            tables.Column("low", "95-%-Bereich von", digits),
            tables.Column("high", "bis", digits),
            tables.Column("before", f"{fmt.period(change.first)} ({sheet.unit})", sheet.decimals),
            tables.Column("after", f"{fmt.period(change.last)} ({sheet.unit})", sheet.decimals),
            tables.Column("area_id", "Schlüssel"),
        ]
        title = f"{sheet.name}, Veränderung {change.first} bis {change.last}"
    else:
        result = session.ask(spread, store, sheet.key, level, year, method)
        with sentence:
            layout.answer(sentences.spread_sentence(result, store.city["title"]))
        area_maps.spread_map(store, result, "map", chosen)
        rows = result.areas.sort_values("value", ascending=False)
        columns = [
            tables.Column("name", fmt.level(level)),
            tables.Column("value", f"{sheet.name} ({sheet.unit})", sheet.decimals),
            tables.Column("low", "95-%-Bereich von", sheet.decimals),
            tables.Column("high", "bis", sheet.decimals),
            tables.Column("numerator", "Zähler", 0),
            tables.Column("denominator", "Nenner", 0),
            tables.Column("parent_name", "liegt in"),
            tables.Column("area_id", "Schlüssel"),
        ]
        title = f"{sheet.name} {result.period}"

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
    layout.method_link(
        f"{sheet.definition} ({sheet.numerator} / {sheet.denominator or 'kein Nenner'}; {sheet.age_group or 'alle Alter'})."
    )
