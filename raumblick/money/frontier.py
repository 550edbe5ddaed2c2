"""Efficiency against equality: what is unmet in sum, and what the worst-off lack; and how far a plan of one's own is away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from raumblick.money.allocation import Allocation, Task, allocate, least_worst
from raumblick.money.errors import MoneyError, euro, not_negative
from raumblick.stats.rates import Floats
from raumblick.stats.words import number


@dataclass(frozen=True, eq=False)
class Distance:
    """A plan against the frontier: its unmet need, worst unmet share and euro; the least unmet need with the same money and no
    worse worst share; the money that would do for the plan's result (`saving` less); a German sentence."""

    unmet: float
    worst: float
    spent: float
    best: Allocation
    saving: float
    sentence: str


def frontier(work: Task, points: int = 9) -> pd.DataFrame:
    """From the most equal allocation to the most efficient one: worst (unmet share allowed), unmet, spent; ascending in worst.

    Raises:
        MoneyError: fewer than two points.
    """
    if points < 2:
        raise MoneyError("points", "Die Linie braucht mindestens zwei Punkte.")
    plain = replace(work, step=None)
    efficient = allocate(plain)
    start = min(least_worst(plain) + 1e-9, efficient.worst)
    rows = []
    for share in np.linspace(start, efficient.worst, points):
        found = efficient if share >= efficient.worst else allocate(plain, worst=float(share))
        rows.append((float(share), found.unmet, found.spent))
    return pd.DataFrame(rows, columns=["worst", "unmet", "spent"])


def distance(work: Task, plan: Any) -> Distance:
    """How far a plan is from the best that the same money can do without making the worst-off worse off.

    Args:
        work: the task; its budget is replaced by what the plan costs.
        plan: amounts, areas x services.

    Raises:
        MoneyError: wrong numbers, or a plan that costs more than the budget (with the difference).
    """
    amounts = not_negative(plan, "plan", "Der Plan")
    if amounts.shape != work.need.shape:
        raise MoneyError("plan", "Der Plan passt nicht zu den Gebieten und Leistungen.")
    spent = work.cost(amounts)
    if spent > work.budget + 0.005:
        raise MoneyError("plan", f"Der Plan kostet {euro(spent - work.budget)} mehr, als da ist.", spent - work.budget)
    own = replace(work, budget=spent, floor=np.minimum(work.floor, amounts), cap=np.maximum(work.cap, amounts), step=None)
    unmet, worst = own.penalty(amounts), own.worst(amounts)
    best = allocate(own, worst=worst)
    cheaper = _least_money(own, unmet, worst, best)
    if unmet - best.unmet < 1e-6 * max(unmet, 1.0):
        text = "Der Plan liegt auf der Linie: Mit demselben Geld geht es nur besser, wenn jemand schlechter gestellt wird."
        return Distance(unmet, worst, spent, best, 0.0, text)
    text = (
        f"Mit demselben Geld bliebe {number(100 * (1 - best.unmet / unmet))} % weniger Bedarf ungedeckt; dasselbe Ergebnis "
        f"ginge mit {euro(round(spent - cheaper))} weniger."
    )
    return Distance(unmet, worst, spent, best, spent - cheaper, text)


def _least_money(work: Task, unmet: float, worst: float, best: Allocation) -> float:
    """Euro that are enough for an unmet need, by halving: unmet need falls in money."""
    low, high = work.cost(_floors(work, worst)), best.spent
    for _ in range(30):
        middle = (low + high) / 2
        found = allocate(replace(work, budget=middle), worst=worst)
        low, high = (low, middle) if found.unmet <= unmet + 1e-9 else (middle, high)
        if high - low < 1:
            break
    return high


def _floors(work: Task, worst: float) -> Floats:
    return np.minimum(np.maximum(work.floor, work.need * (1 - worst)), work.cap)
