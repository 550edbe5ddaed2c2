"""Tested trends of all areas: how many rise and fall, the table, and the line of the chosen area."""

from __future__ import annotations

import streamlit as st

from raumblick.answers.profile import find_area, series
from raumblick.answers.trends import Trends, trend_of
from raumblick.snapshot.store import Store
from raumblick.ui import charts, sentences, session, tables
from raumblick.ui import format as fmt
from raumblick.ui.layout import escape

_WORDS = {1: "▲ steigt belastbar", -1: "▼ fällt belastbar", 0: "keine belastbare Veränderung"}


def trends(store: Store, result: Trends, chosen: str | None) -> None:
    """Arrows stand only where a test has spoken; the others say what change could have been found."""
    sheet = result.indicator
    st.markdown(sentences.trends_sentence(result))
    if chosen:
        area = find_area(store, chosen)
        own = session.ask(series, store, sheet.key, area)
        said = sentences.trend_line(trend_of(own), sheet)
        st.markdown(f"**{escape(area.name)}**: {said}")
        charts.show(charts.series_chart(own, area.name, 260), "trend_chosen", said)
    unit, digits = fmt.change_unit(sheet.unit), max(sheet.decimals, 1)
    columns = [
        tables.Column("name", fmt.level(result.level)),
        tables.Column("trend_text", "Trend"),
        tables.Column("slope", f"im Jahr ({unit})", digits),
        tables.Column("low", "95-%-Bereich von", digits),
        tables.Column("high", "bis", digits),
        tables.Column("detectable", "erkennbar wäre etwa", digits),
        tables.Column("points", "Jahre", 0),
        tables.Column("area_id", "Schlüssel"),
    ]
    words = [
        _WORDS[direction] if tested else "zu wenige Jahre"
        for direction, tested in zip(result.areas["direction"], result.areas["tested"], strict=True)
    ]
    rows = result.areas.assign(trend_text=words).sort_values(["direction", "slope"], ascending=[False, False])
    title = f"{sheet.name}, Trend {fmt.period(result.first)} bis {fmt.period(result.last)}"
    tables.table(rows, columns, title, store, "trends", state=None)
