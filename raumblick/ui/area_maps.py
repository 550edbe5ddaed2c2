"""Answers as maps: class names, hatching and hover texts for the map component."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from raumblick.answers.spread import Spread, SpreadChange
from raumblick.snapshot.store import Store
from raumblick.ui import format as fmt
from raumblick.ui import selection
from raumblick.ui.map import AreaMap, area_map
from raumblick.ui.palette import DIVERGING, SEQUENTIAL
from raumblick.ui.web import geometry_url

MOST_WITH_INTERVALS = 2000


def spread_map(store: Store, result: Spread, key: str, selected: str | None = None, height: int = 560) -> None:
    """The indicator in colours; areas whose class is not sure are hatched. A click chooses the area."""
    sheet, rows = result.indicator, result.areas
    names = class_names(result.breaks, sheet.decimals)
    shown = AreaMap(
        geometry_url=geometry_url(store, result.level),
        classes=rows["class_index"].tolist(),
        values=rows["value"].tolist(),
        low=_bounds(rows, "low"),
        high=_bounds(rows, "high"),
        class_names=names,
        palette=SEQUENTIAL,
        uncertain=rows["wide"].tolist(),
        uncertain_name="unsicher: der 95-%-Bereich reicht über mehr als zwei Klassen",
        title=f"{sheet.name}, {fmt.period(result.period)}",
        unit=sheet.unit,
        digits=sheet.decimals,
        description=f"Karte der {fmt.level(result.level, many=True)}. Die Tabelle darunter hat dieselben Werte.",
        selected=selected,
        height=height,
    )
    area_map(shown, key, on_select=lambda: _choose(key, set(rows["area_id"])))


def change_map(store: Store, result: SpreadChange, key: str, selected: str | None = None, height: int = 560) -> None:
    """The change in two colours around a middle; changes that chance could explain are hatched."""
    sheet, rows = result.indicator, result.areas
    digits = max(sheet.decimals, 1)
    names = class_names(result.breaks, digits, sign=True)
    shown = AreaMap(
        geometry_url=geometry_url(store, result.level),
        classes=rows["class_index"].tolist(),
        values=rows["change"].tolist(),
        low=_bounds(rows, "low"),
        high=_bounds(rows, "high"),
        class_names=names,
        palette=DIVERGING.pick(len(names)),
        signed=True,
        uncertain=(rows["tested"] & ~rows["significant"]).tolist(),
        uncertain_name="Veränderung nicht gesichert",
        title=f"{sheet.name}, Veränderung {fmt.period(result.first)} bis {fmt.period(result.last)}",
        unit=fmt.points(sheet.unit),
        digits=digits,
        description=f"Karte der {fmt.level(result.level, many=True)}. Die Tabelle darunter hat dieselben Werte.",
        selected=selected,
        height=height,
    )
    area_map(shown, key, on_select=lambda: _choose(key, set(rows["area_id"])))


def _bounds(rows: pd.DataFrame, name: str) -> list[float] | None:
    """Bounds for the hover text; on maps of very many areas they would double what goes over the wire."""
    return None if len(rows) > MOST_WITH_INTERVALS else rows[name].tolist()


def class_names(breaks: NDArray, decimals: int, sign: bool = False) -> tuple[str, ...]:
    """`unter 5`, `5 bis unter 10`, `10 und mehr`: names of the classes between the borders."""
    if not len(breaks):
        return ("alle gleich",)
    write = fmt.signed if sign else fmt.number
    digits = decimals
    while digits < 4 and any(abs(round(b, digits) - b) > 1e-9 for b in breaks):
        digits += 1
    while digits > 0 and all(abs(round(b, digits - 1) - b) < 1e-9 for b in breaks):
        digits -= 1
    texts = [write(b, digits) for b in breaks]
    middle = [f"{a} bis unter {b}" for a, b in zip(texts[:-1], texts[1:], strict=True)]
    return (f"unter {texts[0]}", *middle, f"{texts[-1]} und mehr")


def _choose(key: str, known: set[str]) -> None:
    picked = st.session_state[key].select
    if picked in known:
        selection.put("gebiet", picked)
