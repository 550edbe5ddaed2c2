"""Controls, sentence and map of the page Karte: a move of the year's slider redraws these at once, the rest follows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from raumblick.answers.spread import Spread, SpreadChange, spread, spread_change
from raumblick.answers.values import Indicator, indicators
from raumblick.snapshot.store import Store
from raumblick.ui import area_maps, controls, follow, layout, selection, sentences, session

MODES = {"wert": "Wert", "veraenderung": "Veränderung"}
METHODS = {"quantile": "gleich viele Gebiete", "equal": "gleich breit", "jenks": "natürliche Lücken"}


@dataclass(frozen=True)
class Choice:
    """What the controls above the map say: indicator, level, `wert` or `veraenderung`, classes, and the periods known."""

    sheet: Indicator
    level: str
    mode: str
    method: str
    periods: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """What the map shows: the indicator, its values or their change, and the chosen area."""

    sheet: Indicator
    level: str
    shown: Spread | SpreadChange
    chosen: str | None
    method: str


def stage(store: Store, everywhere: Collection[str]) -> Stage:
    """Draw sentence, controls and map; `everywhere` are the area_id of all areas of the city."""
    sentence = st.empty()
    with st.container(horizontal=True, gap="medium", key="controls"):
        choice = _choice(store)
    follow.whole_run()
    return _stage(store, choice, everywhere, sentence)


def make_ready(store: Store, drawn: Stage) -> None:
    """Compute the years beside the one shown, so that the next move of the slider finds its answer; call it last."""
    if isinstance(drawn.shown, Spread):
        periods = drawn.shown.periods
        at = periods.index(drawn.shown.period)
        for period in (*periods[max(at - 1, 0) : at], *periods[at + 1 : at + 2]):
            session.ask(spread, store, drawn.sheet.key, drawn.level, period, drawn.method)


def _choice(store: Store) -> Choice:
    which = st.container(width=300)
    level = controls.level(store)
    mode = selection.select("zeige", "Zeige", list(MODES), MODES.__getitem__, "wert", "segmented_control", required=True)
    method = "quantile"
    if mode == "wert":
        method = selection.select("klassen", "Klassen", list(METHODS), METHODS.__getitem__, "quantile", width=200)
    with which:
        sheet = controls.indicator(session.ask(indicators, store, level))
    periods = session.ask(spread, store, sheet.key, level, None, method).periods
    return Choice(sheet, level, mode, method, tuple(periods))


@st.fragment
def _stage(store: Store, choice: Choice, everywhere: Collection[str], sentence: DeltaGenerator) -> Stage:
    """Slider and map; nothing else is in this fragment, for every element of it delays the new colours."""
    whole = follow.is_whole()
    shown = _shown(store, choice)
    chosen = selection.optional("gebiet", set(shown.areas["area_id"]), everywhere)
    if isinstance(shown, SpreadChange):
        area_maps.change_map(store, shown, "map", chosen)
        said = sentences.change_sentence(shown, store.city["title"])
    else:
        area_maps.spread_map(store, shown, "map", chosen)
        said = sentences.spread_sentence(shown, store.city["title"])
    with sentence.container():
        layout.answer(said)
    if not whole:
        follow.follow()
    return Stage(choice.sheet, choice.level, shown, chosen, choice.method)


def _shown(store: Store, choice: Choice) -> Spread | SpreadChange:
    """The sliders of the years, and the answer they ask for."""
    key, level, periods = choice.sheet.key, choice.level, choice.periods
    if choice.mode == "wert" or len(periods) == 1:
        return session.ask(spread, store, key, level, controls.period(periods), choice.method)
    now, before = st.columns([3, 2], gap="medium")
    with now:
        year = controls.period(periods)
    earlier = [p for p in periods if p < year] or [periods[0]]
    with before:
        first = controls.period(earlier, "seit", "Verglichen mit", earlier[0])
    return session.ask(spread_change, store, key, level, first, max(year, periods[1]))
