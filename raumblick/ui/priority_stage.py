"""Map and weights side by side: a move of a slider redraws these two at once, the rest of the page follows.

The stage is a fragment: its own rerun draws the map from fewer repetitions and then asks for the whole page, which is
computed with all of them. So the map answers a slider about as fast as an empty page.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import streamlit as st

from raumblick.answers.priority import NotScorableError, Ranking, Surety, Weights, first_look, rank
from raumblick.snapshot.store import Store
from raumblick.ui import area_maps, follow, layout, priority_view, selection
from raumblick.ui import priority_controls as choose
from raumblick.ui.priority_controls import Choice, Doubt

SHOWN = {"stufen": "Sicherheit", "klassen": "Index"}
_LAST = "_stage_last"  # what the last whole picture was of


@dataclass(frozen=True)
class Stage:
    """What the stage shows: the ranking, how sure it is, and the choices behind both."""

    ranking: Ranking
    sure: Surety
    weights: Weights
    doubt: Doubt


def stage(store: Store, choice: Choice, everywhere: Collection[str]) -> Stage | None:
    """Draw map and controls; None, with the reason on the page, where the index cannot be computed.

    Args:
        store: the open snapshot.
        choice: index, level, year and number of areas.
        everywhere: area_id of all areas of the city, to tell a choice of another level from a wrong one.
    """
    follow.whole_run()
    return _stage(store, choice, everywhere)


@st.fragment
def _stage(store: Store, choice: Choice, everywhere: Collection[str]) -> Stage | None:
    whole = follow.is_whole()
    chosen = selection.optional("gebiet", set(choice.found.areas["area_id"]), everywhere)
    weights = choose.chosen_weights(choice.now)
    try:
        ranking = rank(choice.now, weights, choice.top)
    except NotScorableError as error:
        st.markdown(f"Der Index lässt sich so nicht rechnen. {layout.escape(str(error))}")
        if weights:
            st.button("Vorgabe wiederherstellen", on_click=selection.forget, args=("gewichte",))
        return None
    if store.view == "planung":
        picture, panel = st.container(key="split").columns([5, 3], gap="large")
        st.session_state.setdefault("weights", True)
    else:
        picture, panel = st.container(), st.container()
    # The first picture waits for nothing but the index: controls that do not decide it are drawn after it.
    doubt = choose.current_doubt()
    now = (choice.preset.key, choice.level, choice.now.year, choice.top, weights, doubt)
    quick = not whole and now != st.session_state.get(_LAST)
    if quick:
        sure = first_look(ranking, doubt.doubts, seed=doubt.seed)
    else:
        sure = priority_view.how_sure(store, choice, ranking, weights, doubt)
    with picture:
        _draw(store, ranking, sure, chosen)
    with panel:
        _controls(choice, ranking, weights)
    if quick:
        follow.follow()
    if whole:
        st.session_state[_LAST] = now
    return Stage(ranking, sure, weights, doubt)


def _draw(store: Store, ranking: Ranking, sure: Surety, chosen: str | None) -> None:
    """The map: how sure, or the index itself."""
    names = list(SHOWN)
    shown = selection.current("karte", names, names[0])
    if shown == "stufen":
        area_maps.tier_map(store, ranking, sure, "map", chosen)
    else:
        area_maps.class_map(store, ranking, "map", chosen)
    selection.select(
        "karte",
        "Karte zeigt",
        names,
        SHOWN.__getitem__,
        names[0],
        "segmented_control",
        required=True,
        label_visibility="collapsed",
    )


def _controls(choice: Choice, ranking: Ranking, weights: Weights) -> None:
    """The assumptions beside the result: open for planners, folded for committees."""
    if part := layout.fold("Gewichte", "weights"):
        with part:
            choose.weight_sliders(choice.now, weights, ranking.share)
    if part := layout.fold("Zweifel und Genauigkeit", "doubts"):
        with part:
            choose.doubt()
