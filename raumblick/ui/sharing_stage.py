"""Formula, sentence and map of Verteilung: a move of a slider redraws these at once, the rest of the page follows."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from raumblick.answers.sharing import Ground, MoneyError, Pot, Sharing, share
from raumblick.snapshot.store import Store
from raumblick.ui import area_maps, follow, layout, selection, sharing_view


def stage(
    store: Store, pot: Pot, base: Ground, everywhere: Collection[str], sentence: DeltaGenerator
) -> tuple[Sharing, str | None] | None:
    """The distribution and the chosen area; None, with the reason on the page, where the wish cannot be met."""
    follow.whole_run()
    return _stage(store, pot, base, everywhere, sentence)


@st.fragment
def _stage(
    store: Store, pot: Pot, base: Ground, everywhere: Collection[str], sentence: DeltaGenerator
) -> tuple[Sharing, str | None] | None:
    whole = follow.is_whole()
    picture, panel = st.container(key="split").columns([5, 3], gap="large")
    chosen = selection.optional("gebiet", set(base.areas["area_id"]), everywhere)
    result = None
    try:
        result = share(base, pot, sharing_view.wish(pot, base))
    except MoneyError as error:
        said = "So lässt sich der Topf nicht verteilen."
        picture.error(layout.escape(str(error)))
    else:
        said = sharing_view.sentence(result, pot, base)
        with picture:
            area_maps.measure_map(store, sharing_view.measure(result, base), "map", chosen, 460)
    with sentence.container():
        layout.answer(said)
    with panel:
        sharing_view.controls(pot, base)
    if not whole:
        follow.follow()
    return None if result is None else (result, chosen)
