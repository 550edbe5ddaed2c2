"""Whole amounts that add up exactly: largest remainders between bounds, instalments, shares of a sum. All in cents."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from raumblick.money.errors import MoneyError, cents_of
from raumblick.stats.rates import Floats

Cents = NDArray[np.int64]
_DUST = 1e-6  # of a unit: differences below come from floating point, not from the formula


def round_to_total(exact: Floats, total: int, unit: int, low: Floats, high: Floats) -> tuple[Cents, int]:
    """Amounts in whole units that add up to a total and stay between bounds.

    Every amount is rounded down, then the units that are left go to the largest remainders; ties go by position. What
    of the total is no whole unit goes to one area. Where bounds and unit do not fit together, all amounts are rounded to
    whole euros instead, then to cents.

    Args:
        exact: amounts in cents, one an area, sum = total.
        total: cents to distribute.
        unit: cents, e.g. 10,000 for 100 euro.
        low, high: bounds in cents; exact lies between them.

    Returns:
        Amounts in cents and the unit that was used. Source: largest remainders (Hamilton, Hare-Niemeyer).
    """
    below, above = np.floor(low + _DUST), np.ceil(high - _DUST)
    for step in (unit, *(s for s in (100, 1) if s < unit)):
        amounts = _in_units(exact, total, step, np.ceil(low - _DUST), np.floor(high + _DUST))
        if amounts is not None:
            return amounts, step
    amounts = _in_units(exact, total, 1, below, above)
    if amounts is None:
        raise MoneyError("round_to", "Die Beträge lassen sich zwischen Unter- und Obergrenze nicht auf Cent runden.")
    return amounts, 1


def _in_units(exact: Floats, total: int, unit: int, low: Floats, high: Floats) -> Cents | None:
    """Rounded amounts, or None where no amounts in this unit keep the bounds."""
    least, most = np.ceil(low / unit), np.floor(high / unit)
    units, rest = divmod(total, unit)
    if (least > most).any() or least.sum() > units:
        return None
    parts = np.clip(np.floor(exact / unit + _DUST), least, most)
    if not _fill(parts, exact / unit, units, least, most):
        return None
    cents = parts.astype(np.int64) * unit
    if rest:
        order = np.argsort(-np.round(exact - cents, 3), kind="stable")
        room = [i for i in order if cents[i] + rest <= high[i]]
        if not room:
            return None
        cents[room[0]] += rest
    return cents


def _fill(parts: Floats, exact: Floats, units: int, least: Floats, most: Floats) -> bool:
    """Adds or takes single units, largest remainder first, until the sum is right; False where it cannot be."""
    while (missing := int(units - parts.sum())) != 0:
        step = 1 if missing > 0 else -1
        free = parts < most if step > 0 else parts > least
        if not free.any():
            return False
        gap = np.round(step * (exact - parts), 6)
        order = np.argsort(np.where(free, -gap, np.inf), kind="stable")[: min(abs(missing), int(free.sum()))]
        parts[order] += step
    return True


def split(amount: Any, shares: Sequence[float]) -> tuple[Decimal, ...]:
    """An amount in euro divided along shares, exact to the cent.

    Raises:
        MoneyError: no share, a negative one, or all are zero.
    """
    cents = cents_of(amount, "amount", "Der Betrag")
    weight = np.asarray(shares, dtype=float)
    if not len(weight) or not np.isfinite(weight).all() or (weight < 0).any() or weight.sum() <= 0:
        raise MoneyError("shares", "Die Anteile müssen Zahlen ab 0 sein und mehr als 0 ergeben.")
    exact = cents * weight / weight.sum()
    found, _ = round_to_total(exact, cents, 1, np.zeros(len(exact)), np.full(len(exact), np.inf))
    return tuple(Decimal(int(part)) / 100 for part in found)


def instalments(amount: Any, count: int = 4) -> tuple[Decimal, ...]:
    """An amount in equal instalments, exact to the cent; the first ones carry the odd cents.

    Raises:
        MoneyError: fewer than one instalment.
    """
    if count < 1:
        raise MoneyError("count", "Es muss mindestens eine Rate geben.")
    return split(amount, [1.0] * count)


def cover(need: Any, sources: Sequence[tuple[str, Any]]) -> Decimal:
    """What a cover proposal (Deckung) leaves open, in euro: need minus all sources, exact; 0 where it sums exactly.

    Args:
        need: euro over the plan.
        sources: (name, euro) each.

    Raises:
        MoneyError: an amount is none, or the sources give more than is needed.
    """
    wanted = cents_of(need, "need", "Der Bedarf")
    given = sum(cents_of(amount, name, f"Die Deckung „{name}“") for name, amount in sources)
    if given > wanted:
        raise MoneyError("sources", f"Die Deckung ist um {Decimal(given - wanted) / 100} € höher als der Bedarf.")
    return Decimal(wanted - given) / 100
