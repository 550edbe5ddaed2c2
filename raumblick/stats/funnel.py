"""Control limits of a funnel plot: how far a rate of a small area may lie from the common rate by chance."""

from __future__ import annotations

from typing import Any

import numpy as np

from raumblick.stats.rates import Floats, as_floats, byar, quantile_of_level

_STEPS = 4000


def funnel_limits(
    kind: str, common: float, denominator: Any, multiplier: float = 1.0, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Lower and upper limit at each denominator, in units of `multiplier`.

    A value lies outside exactly where its own interval of this level (`rate_interval`: Wilson for a `share`, Byar for a
    `rate`) does not hold the common rate. `common`: rate of the whole city, in units of `multiplier`; `denominator`:
    positive, any shape; missing or not positive gives missing limits. The lower limit is never below 0, the upper one of
    a share never above everybody. Raises ValueError for another kind or a common rate that no count can have.
    Source: Spiegelhalter 2005.
    """
    middle, n = common / multiplier, as_floats(denominator)
    if kind not in ("share", "rate") or not 0 <= middle or (kind == "share" and middle > 1):
        raise ValueError(f"no funnel for kind {kind!r} around {common!r}")
    usable = n > 0
    n = np.where(usable, n, 1.0)
    if kind == "share":
        reach = quantile_of_level(level) * np.sqrt(middle * (1 - middle) / n)
        low, high = np.maximum(middle - reach, 0.0), np.minimum(middle + reach, 1.0)
    else:
        low, high = (count / n for count in _poisson_limits(middle * n, level))
    return (np.where(usable, low, np.nan) * multiplier)[()], (np.where(usable, high, np.nan) * multiplier)[()]


def _poisson_limits(expected: Floats, level: float) -> tuple[Floats, Floats]:
    """Counts whose interval just reaches the expected count: the interval read the other way round."""
    most = float(np.max(expected)) if np.size(expected) else 1.0
    top = most + 20 * np.sqrt(most) + 40
    counts = np.linspace(0, np.sqrt(top), _STEPS) ** 2  # dense where counts are small
    lower, upper = byar(counts, level)
    return np.interp(expected, upper, counts, left=0.0), np.interp(expected, lower, counts)
