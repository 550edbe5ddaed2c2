"""A part of a page that answers a control at once, and the rest of the page that follows after a pause.

The part is a Streamlit fragment: its own rerun draws what the control is about and calls `follow`; the whole page then runs
when nothing has moved for a moment. Use:

    def page():
        follow.whole_run()
        part()

    @st.fragment
    def part():
        whole = follow.is_whole()
        ...
        if not whole:
            follow.follow()
"""

from __future__ import annotations

import streamlit as st

from raumblick.roles import RefusedError
from raumblick.ui import gate, selection

PAUSE = 0.35  # seconds without a move, after which the rest of the page follows
_WAITS = "_follow_waits"  # set by the run that starts the pause, taken by it
_WHOLE = "_follow_whole"  # set by a run of the whole page, taken by the part in it


def whole_run() -> None:
    """Say, before the part is drawn, that this run draws the whole page."""
    st.session_state[_WHOLE] = True


def is_whole() -> bool:
    """True in the part when the whole page runs, False when only the part does. Ask once a run.

    A part alone has not come through the door of `app.py`: whoever may not come in any more gets the whole page.
    """
    try:
        gate.who()
    except RefusedError:
        st.rerun()
    return bool(st.session_state.pop(_WHOLE, False))


def follow() -> None:
    """Run the whole page after a pause without a move."""
    st.session_state[_WAITS] = True
    _rest()


@st.fragment(run_every=PAUSE)
def _rest() -> None:
    if not st.session_state.pop(_WAITS, False):
        selection.again()
