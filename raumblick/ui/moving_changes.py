"""The changes of Was-wäre-wenn: kept in the address, taken back step by step, refused before they do harm."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from raumblick.answers.moving import Change, Current, MoneyError, move, moved
from raumblick.ui import format as fmt
from raumblick.ui import selection
from raumblick.ui.layout import escape

NAME = "plan"
_SAID = "_moving_said"
_PAST = "_moving_past"  # what the address said before each step, oldest first
_STEPS = 50


def changes() -> tuple[Change, ...]:
    """The changes of the address; what nobody understands is said and dropped."""
    found = []
    for part in filter(None, selection.text(NAME).split(";")):
        try:
            area, service, amount = part.split(",")
            found.append(move(area, service, amount))
        except (ValueError, MoneyError):
            st.warning(f"„{escape(part[:40])}“ in der Adresse ist keine Verschiebung. Gezeigt wird der Plan.")
            selection.forget(NAME)
            return ()
    return tuple(found)


def keep(found: Sequence[Change]) -> None:
    """Write changes to the address, those of one area and service as one; the step can be taken back."""
    sums: dict[tuple[str, str], Decimal] = {}
    for change in found:
        key = (change.area_id, change.service)
        sums[key] = sums.get(key, Decimal(0)) + change.amount
    text = ";".join(f"{area},{service},{amount:.2f}" for (area, service), amount in sorted(sums.items()) if amount)
    before = selection.text(NAME)
    if text != before:
        st.session_state[_PAST] = [*st.session_state.get(_PAST, []), before][-_STEPS:]
    _write(text)


def keep_if_possible(now: Current, found: Sequence[Change]) -> None:
    """Keep changes, or say why they cannot be and leave everything as it is."""
    try:
        moved(now, found)
    except MoneyError as error:
        say(str(error))
        return
    keep(found)


def set_cell(now: Current, area_id: str, service: str, after: Decimal) -> None:
    """Change one cell so that it holds this amount."""
    cells = now.amounts.set_index(["area_id", "service"])["amount"]
    others = [change for change in changes() if (change.area_id, change.service) != (area_id, service)]
    keep_if_possible(now, [*others, move(area_id, service, after - cells[(area_id, service)])])


def can_undo() -> bool:
    """True where a step can be taken back."""
    return bool(st.session_state.get(_PAST))


def undo() -> None:
    """Take the last step back."""
    *earlier, before = st.session_state.get(_PAST) or [""]
    st.session_state[_PAST] = earlier
    _write(before)


def say(text: str) -> None:
    """Tell the user in the next run."""
    st.session_state[_SAID] = text


def told() -> str:
    """What the last step had to say, once."""
    return str(st.session_state.pop(_SAID, ""))


def exact(text: str) -> Decimal | None:
    """An amount typed the German way, to the cent; None for anything else."""
    value = fmt.parse(text.replace("€", ""))
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))


def not_an_amount(text: str) -> None:
    """Say that a text is no amount, and how one is written."""
    say(f"„{text[:30]}“ ist kein Betrag. Schreibweise: 1.234,50.")


def _write(text: str) -> None:
    selection.put(NAME, text) if text else selection.forget(NAME)
