"""What the user has chosen: kept over pages, written to the address bar, read back from a copied link.

Streamlit can bind a widget to the address itself, but writes its label there and drops what it does not know without a
word. Here the address carries keys (`?stadt=leipzig&gebiet=07`), and an unknown one is said.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from time import monotonic
from typing import Any, NoReturn

import streamlit as st

_STORE = "_chosen"  # name -> key chosen
_SEEN = "_address"  # the address as it was last read or written
_OLD = "_addresses"  # addresses that were written over, and when
_USED = "_used"  # names that the page of this run asked for
_FRESH = "_fresh"  # names that this run's address brought
_SET = "_set"  # widget -> what `show` gave it and took away, and when (seconds of a clock that never jumps)
_TEXTS = "_texts"  # widget -> texts of its options when it was last drawn
_WRONG = "_wrong"  # (name, key) from the address that nobody knows
ALWAYS = ("stadt",)
_LATE = 0.5  # seconds that a new address may take until the browser asks with it; nobody goes back that soon
_MOST_OLD = 9
_MOMENT = 1.0  # seconds that a value set here may take until the browser answers with it
_LONGEST = 1500  # characters of one value: rules and weights are texts


def begin() -> None:
    """Take over what the address says; call it once at the start of a run.

    A click can leave the browser before the address of the last one has reached it. It brings the address of before, which is
    no choice: taken over, it would undo both clicks.
    """
    chosen = st.session_state.setdefault(_STORE, {})
    address = {name: str(value)[:_LONGEST] for name, value in st.query_params.items()}
    st.session_state[_FRESH] = set()
    if address != st.session_state.get(_SEEN):
        st.session_state[_SEEN] = address
        if address not in [old for old, when in st.session_state.get(_OLD, ()) if monotonic() - when < _LATE]:
            chosen.update(address)
            st.session_state[_FRESH] = set(address)
    st.session_state[_USED] = set(ALWAYS)
    st.session_state[_WRONG] = []


def finish() -> None:
    """Write the choices of this page to the address; call it once at the end of a run."""
    chosen, used = st.session_state[_STORE], st.session_state[_USED]
    address = {name: chosen[name] for name in sorted(used) if chosen.get(name)}
    seen = st.session_state.get(_SEEN)
    if address != seen:
        st.session_state[_OLD] = [*st.session_state.get(_OLD, ())[-_MOST_OLD:], (seen, monotonic())]
        st.session_state[_SEEN] = address
        st.query_params.from_dict(address)


def again() -> NoReturn:
    """Run the page again with what was chosen just now.

    `st.rerun` alone would come back with the address as it was before, and that would count as a new choice.
    """
    finish()
    if st.query_params.to_dict() != st.session_state[_SEEN]:  # in a fragment they can be older than the page
        st.query_params.from_dict(st.session_state[_SEEN])
    st.rerun()


def current(name: str, options: Sequence[str], default: str) -> str:
    """The chosen key of `name`, or `default` when nothing known is chosen."""
    st.session_state[_USED].add(name)
    chosen = st.session_state[_STORE].get(name)
    if chosen in options:
        return str(chosen)
    if chosen and name in st.session_state[_FRESH]:
        st.session_state[_WRONG].append((name, str(chosen)[:200]))
    st.session_state[_STORE][name] = default
    return default


def optional(name: str, options: Collection[str], known: Collection[str]) -> str | None:
    """The chosen key if it is one of `options`, else None; the choice stays for other pages.

    Only a key from the address that is not even in `known` is called wrong.
    """
    st.session_state[_USED].add(name)
    chosen = st.session_state[_STORE].get(name)
    if chosen and chosen not in known:
        if name in st.session_state[_FRESH]:
            st.session_state[_WRONG].append((name, str(chosen)[:200]))
        forget(name)
    return str(chosen) if chosen in options else None


def text(name: str) -> str:
    """What is chosen in free form (weights, a rule, a list of areas), "" for nothing; the page reads it itself."""
    st.session_state[_USED].add(name)
    return str(st.session_state[_STORE].get(name) or "")


def fresh(name: str) -> bool:
    """True where the choice came with the address of this very run: then what nobody understands must be said."""
    return name in st.session_state[_FRESH]


def put(name: str, key: str) -> None:
    """Choose a key; the next run and the address show it."""
    st.session_state[_STORE][name] = key


def forget(*names: str) -> None:
    """Drop choices, for instance those of another city."""
    for name in names:
        st.session_state[_STORE].pop(name, None)


def wrong() -> list[tuple[str, str]]:
    """Choices from the address that this city does not know, as (name, key)."""
    return list(st.session_state.get(_WRONG, []))


def show(widget: str, value: Any, texts: tuple[str, ...] = ()) -> None:
    """Let a widget stand on a value, before it is drawn.

    Its state is set only where something else than the widget has changed it: setting it in each run would undo what a
    visitor moves, and wipe what he types, while the run is going.

    Args:
        widget: key of the widget.
        value: what it shall show.
        texts: German texts of its options where they may change while the value stays (ranks, names of another city): the
            browser answers with them, so that a changed list needs its value set again.
    """
    shown, new = st.session_state.setdefault(_TEXTS, {}), widget not in st.session_state
    if not new and st.session_state[widget] != value:
        now = monotonic()
        both = (st.session_state[widget], now), (value, now)
        st.session_state.setdefault(_SET, {})[widget] = [*_just_set(widget), *both]
    elif not new and shown.get(widget) == texts:
        return
    st.session_state[widget], shown[widget] = value, texts


def is_echo(widget: str) -> bool:
    """True where the browser only repeats what `show` gave the widget, or took away from it, a moment ago.

    Ask it in `on_change` of a widget that follows another one: what the visitor does with that one can leave the browser before
    the new value of this one has reached it, takes the old one along, and would count as a choice.
    """
    return any(value == st.session_state.get(widget) for value, _ in _just_set(widget))


def _just_set(widget: str) -> list[tuple[Any, float]]:
    """Values that `show` gave or took a moment ago, with the time."""
    known = st.session_state.get(_SET, {}).get(widget, [])
    return [(value, when) for value, when in known if monotonic() - when < _MOMENT]


def select(
    name: str,
    label: str,
    options: Sequence[str],
    text: Callable[[str], str],
    default: str,
    kind: str = "selectbox",
    **more: Any,
) -> str:
    """A widget whose value travels: a selectbox, segmented control or slider over keys.

    Args:
        name: name in the address.
        label: German label of the widget.
        options: keys, in the order shown; at least one.
        text: key to German text.
        default: key when nothing known is chosen.
        kind: selectbox, segmented_control, radio or select_slider.
        more: passed on to the widget.
    """
    widget = f"w_{name}"
    show(widget, current(name, options, default), tuple(text(key) for key in options))
    draw = getattr(st, kind)
    draw(label, options=list(options), format_func=text, key=widget, on_change=_take, args=(name, widget), **more)
    return str(st.session_state[_STORE][name])


def _take(name: str, widget: str) -> None:
    picked = st.session_state.get(widget)
    if picked is not None and not is_echo(widget):
        put(name, str(picked))
