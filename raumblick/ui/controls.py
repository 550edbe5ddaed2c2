"""The selectors that pages share: level, indicator, year, area. What is chosen travels with the user."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from raumblick.answers.values import Indicator, levels
from raumblick.snapshot.store import Store
from raumblick.ui import format as fmt
from raumblick.ui import selection, session

LEADS = ("sgb2_u15", "mss_s4", "kita_cov_u6", "pop_total")


def level(store: Store, whole_city: bool = False) -> str:
    """Level of the areas shown; the base level first."""
    every = session.ask(levels, store)
    known = [name for name in every if whole_city or name != "stadt"] or list(every)
    return selection.select(
        "ebene",
        "Ebene",
        known,
        lambda name: fmt.level(name, many=True),
        known[0],
        kind="segmented_control",
        required=True,
    )


def indicator(sheets: Sequence[Indicator], label: str = "Kennzahl") -> Indicator:
    """One of the indicators, by name; a core indicator of need first."""
    by_key = {sheet.key: sheet for sheet in sorted(sheets, key=lambda s: s.name.casefold())}
    default = next((key for key in LEADS if key in by_key), next(iter(by_key)))
    key = selection.select("kennzahl", label, list(by_key), lambda k: by_key[k].name, default)
    return by_key[key]


def period(
    periods: Sequence[str], name: str = "jahr", label: str = "Jahr", default: str | None = None, width: int | str = "stretch"
) -> str:
    """One of the periods, the newest by default; the only one is named, with what that means."""
    chosen = default or periods[-1]
    if len(periods) == 1:
        st.caption(f"{label}: {fmt.period(periods[0])}. Nur dafür gibt es Zahlen; eine Veränderung lässt sich nicht zeigen.")
        return selection.current(name, periods, chosen)
    return selection.select(name, label, list(periods), fmt.period, chosen, kind="select_slider", width=width)


def area(areas: pd.DataFrame, default: str, label: str = "Gebiet") -> str:
    """One area of any level, base areas first; the level stands behind the name of the larger ones.

    Args:
        areas: area_id, name, level, level_rank, is_base.
        default: area_id when nothing known is chosen.
    """
    order = areas.sort_values(["level_rank", "name"], ascending=[False, True]).drop_duplicates("area_id")
    twice = order["name"].value_counts()
    names = {
        row.area_id: row.name_text if row.is_base else f"{row.name_text} ({fmt.level(row.level)})"
        for row in order.rename(columns={"name": "name_text"}).itertuples()
    }
    for key, name in zip(order["area_id"], order["name"], strict=True):
        if twice[name] > 1:
            names[key] = f"{names[key]}, {key}"
    return selection.select("gebiet", label, list(names), names.__getitem__, default)
