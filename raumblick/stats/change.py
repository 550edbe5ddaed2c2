"""Did a share or a rate change between two periods? No arrow without a test.

The change is `later - earlier` (or `later / earlier`). It is significant where its interval leaves out no change. Where
a test is not possible (a missing count, a kind without interval) the ends are missing and `significant` is False.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from raumblick.stats.rates import KINDS, Floats, as_floats, byar, rate, wilson

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Change:
    """Change, its interval and whether it is more than chance; arrays of one shape (scalars for scalar input)."""

    change: Floats
    low: Floats
    high: Floats
    significant: Flags


def share_change(x1: Any, n1: Any, x2: Any, n2: Any, multiplier: Any = 1.0, level: float = 0.95) -> Change:
    """Difference of two proportions, `x2/n2 - x1/n1`, times `multiplier` (100: percentage points).

    Interval: Newcombe's hybrid of the two Wilson intervals (Newcombe 1998, method 10). It treats the periods as
    independent; where mostly the same people are counted twice it is on the careful side.
    """
    x1, n1, x2, n2, m = np.broadcast_arrays(*(as_floats(v) for v in (x1, n1, x2, n2, multiplier)))
    (low1, high1), (low2, high2) = wilson(x1, n1, level), wilson(x2, n2, level)
    p1, p2 = _where_known(rate(x1, n1), low1), _where_known(rate(x2, n2), low2)
    return _difference(p1, low1, high1, p2, low2, high2, m)


def rate_change(x1: Any, b1: Any, x2: Any, b2: Any, multiplier: Any = 1.0, level: float = 0.95) -> Change:
    """Difference of two Poisson rates, `x2/b2 - x1/b1`, times `multiplier`.

    Interval: the same hybrid with Byar's intervals of the counts (Zou and Donner 2008).
    """
    x1, b1, x2, b2, m = np.broadcast_arrays(*(as_floats(v) for v in (x1, b1, x2, b2, multiplier)))
    (low1, high1), (low2, high2) = byar(x1, level), byar(x2, level)
    ends = [rate(v, b) for v, b in ((low1, b1), (high1, b1), (low2, b2), (high2, b2))]
    return _difference(rate(x1, b1), ends[0], ends[1], rate(x2, b2), ends[2], ends[3], m)


def rate_ratio(x1: Any, b1: Any, x2: Any, b2: Any, level: float = 0.95) -> Change:
    """Ratio of two Poisson rates, `(x2/b2) / (x1/b1)`; no change is 1.

    Interval: exact, from the share of the later count in both (Clopper and Pearson). The upper end is missing (without
    limit) where the earlier count is 0, and so is the ratio.
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must lie between 0 and 1, got {level!r}")
    x1, b1, x2, b2 = np.broadcast_arrays(*(as_floats(v) for v in (x1, b1, x2, b2)))
    usable = (b1 > 0) & (b2 > 0) & (x1 >= 0) & (x2 >= 0) & (x1 + x2 > 0)
    a, c = np.where(usable, x2, 1.0), np.where(usable, x1, 1.0)
    scale = np.where(usable, b1, 1.0) / np.where(usable, b2, 1.0)
    tail = (1 - level) / 2
    low = np.where(a > 0, betaincinv(np.maximum(a, 1e-12), c + 1, tail), 0.0)
    high = np.where(c > 0, betaincinv(a + 1, np.maximum(c, 1e-12), 1 - tail), 1.0)
    ratio = rate(a, c, scale)
    low = low / (1 - low) * scale
    high = np.where(high < 1, high / np.where(high < 1, 1 - high, 1.0) * scale, np.inf)
    significant = usable & ((low > 1) | (high < 1))
    blank = [np.where(usable & np.isfinite(v), v, np.nan)[()] for v in (ratio, low, high)]
    return Change(blank[0], blank[1], blank[2], significant[()])


def change(kind: str, x1: Any, n1: Any, x2: Any, n2: Any, multiplier: Any = 1.0, level: float = 0.95) -> Change:
    """Tested difference of an indicator between two periods by the kind the catalogue gives.

    `share` and `rate` are tested; `ratio` has a difference and no test; `count` and `median` have no denominator and
    compare the numerators, without a test. ValueError for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}, expected one of {', '.join(KINDS)}")
    if kind == "share":
        return share_change(x1, n1, x2, n2, multiplier, level)
    if kind == "rate":
        return rate_change(x1, n1, x2, n2, multiplier, level)
    if kind == "ratio":
        difference = np.asarray(rate(x2, n2, multiplier) - rate(x1, n1, multiplier))
    else:
        difference = np.asarray((as_floats(x2) - as_floats(x1)) * as_floats(multiplier))
    missing = np.full(difference.shape, np.nan)
    return Change(difference[()], missing[()], missing.copy()[()], np.zeros(difference.shape, dtype=bool)[()])


def _difference(p1: Floats, low1: Floats, high1: Floats, p2: Floats, low2: Floats, high2: Floats, m: Floats) -> Change:
    """Difference of two estimates from their separate intervals (MOVER)."""
    difference = p2 - p1
    low = difference - np.hypot(p2 - low2, high1 - p1)
    high = difference + np.hypot(high2 - p2, p1 - low1)
    significant = (low > 0) | (high < 0)
    return Change((difference * m)[()], (low * m)[()], (high * m)[()], np.asarray(significant)[()])


def _where_known(values: Floats, other: Floats) -> Floats:
    """`values`, missing where `other` is missing."""
    return np.where(np.isnan(other), np.nan, values)
