"""Floor and cap of a distribution: whether a pot fits between them, and the amounts that keep both and sum to the pot."""

from __future__ import annotations

import numpy as np
import pandas as pd

from raumblick.money.errors import MoneyError, euro, percent
from raumblick.stats.rates import Floats


def bounds(previous: pd.Series | None, floor: float | None, cap: float | None, areas: int) -> tuple[Floats, Floats]:
    """Smallest and largest amount by area in cents."""
    low, high = np.zeros(areas), np.full(areas, np.inf)
    if previous is not None:
        before = 100 * previous.to_numpy(dtype=float)
        low = low if floor is None else (1 - floor) * before
        high = high if cap is None else (1 + cap) * before
    return low, high


def feasible(cents: int, low: Floats, high: Floats, floor: float | None, cap: float | None) -> None:
    """Raises MoneyError with the smallest change where the bounds alone need more, or allow less, than the pot."""
    least, most = float(low.sum()), float(high.sum())
    if least > cents + 0.5:
        before = least / (1 - floor) if floor is not None and floor < 1 else least
        wider = f" oder die Untergrenze auf {percent(np.ceil(1000 * (1 - cents / before)) / 1000)}"
        raise MoneyError(
            "floor",
            f"Die Untergrenze lässt sich nicht halten: Alle Gebiete zusammen brauchen {euro(least / 100)}, im Topf sind "
            f"{euro(cents / 100)}. Kleinste Änderung: den Topf um {euro((least - cents) / 100)} erhöhen{wider} setzen.",
            (least - cents) / 100,
        )
    if most < cents - 0.5:
        before = most / (1 + (cap or 0.0))
        wider = f" oder die Obergrenze auf {percent(np.ceil(1000 * (cents / before - 1)) / 1000)}" if before > 0 else ""
        raise MoneyError(
            "cap",
            f"Die Obergrenze lässt sich nicht halten: Alle Gebiete zusammen dürfen {euro(most / 100)} bekommen, im Topf sind "
            f"{euro(cents / 100)}. Kleinste Änderung: den Topf um {euro((cents - most) / 100)} senken{wider} setzen.",
            (cents - most) / 100,
        )


def scaled(wish: Floats, low: Floats, high: Floats, cents: int) -> tuple[float, Floats]:
    """lambda and the amounts clip(lambda * wish, low, high) that sum to the pot.

    The sum is piecewise linear in lambda with a corner where an area leaves its floor or reaches its cap: exact, no
    iteration.

    Raises:
        MoneyError: areas the formula gives nothing would have to take what others may not.
    """
    if not low.any() and np.isinf(high).all():
        return 1.0, wish
    some = wish > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        start, end = low[some] / wish[some], high[some] / wish[some]
    corners = np.concatenate([start, end[np.isfinite(end)]])
    slopes = np.concatenate([wish[some], -wish[some][np.isfinite(end)]])
    order = np.argsort(corners, kind="stable")
    corners, slope = corners[order], np.cumsum(slopes[order])
    sums = low.sum() + np.concatenate([[0.0], np.cumsum(slope[:-1] * np.diff(corners))])
    at = int(np.searchsorted(sums, cents, side="right")) - 1
    scale = 0.0
    if at >= 0:
        scale = corners[at] + ((cents - sums[at]) / slope[at] if slope[at] > 1e-9 else 0.0)
    amounts = np.clip(scale * wish, low, high)
    if abs(amounts.sum() - cents) > 0.5 + 1e-9 * cents:
        raise MoneyError(
            "cap",
            "Die Obergrenze lässt sich nicht halten: Was übrig bleibt, müsste an Gebiete gehen, denen die Formel nichts gibt "
            f"({euro((cents - amounts.sum()) / 100)}).",
            abs(cents - amounts.sum()) / 100,
        )
    return float(scale), amounts
