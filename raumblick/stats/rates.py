"""Rates and their intervals from counts.

All functions are vectorised: scalars, lists, arrays and Series (also nullable ones) go in and are broadcast against
each other; arrays of float come out, a scalar for scalar input. A missing value stays missing and is NaN in the
result. Division by zero is missing, never infinite and never 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, ndtri

Floats = NDArray[np.float64]
KINDS = ("share", "rate", "count", "ratio", "median")
_EXACT_BELOW = 10  # Byar's approximation is used from this count on


def as_floats(values: Any) -> Floats:
    """Values as an array of float64; None, NA and infinite numbers become NaN.

    Raises ValueError or TypeError where a value is not a number.
    """
    if hasattr(values, "to_numpy"):
        array = values.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        array = np.asarray(values, dtype=np.float64)
    return np.where(np.isfinite(array), array, np.nan)


def quantile_of_level(level: float) -> float:
    """Two-sided standard normal quantile of a confidence level, e.g. 1.96 for 0.95; ValueError outside (0, 1)."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must lie between 0 and 1, got {level!r}")
    return float(ndtri(0.5 + level / 2))


def rate(numerator: Any, denominator: Any, multiplier: Any = 1.0) -> Floats:
    """Numerator / denominator * multiplier.

    Missing where a count is missing or negative or the denominator is zero. For higher levels sum numerators and
    denominators first: rates are never averaged.
    """
    x, n, m = np.broadcast_arrays(as_floats(numerator), as_floats(denominator), as_floats(multiplier))
    usable = (n > 0) & (x >= 0)
    return np.where(usable, x / np.where(usable, n, 1.0) * m, np.nan)[()]


def wilson(x: Any, n: Any, level: float = 0.95) -> tuple[Floats, Floats]:
    """Wilson interval of the proportion x / n, as proportions between 0 and 1.

    Missing where 0 <= x <= n or n > 0 does not hold. Source: Wilson 1927, in the form
    (2x + z^2 -+ z sqrt(z^2 + 4x(1 - x/n))) / (2(n + z^2)).
    """
    z = quantile_of_level(level)
    x, n = np.broadcast_arrays(as_floats(x), as_floats(n))
    usable = (n > 0) & (x >= 0) & (x <= n)
    x, n = np.where(usable, x, 0.0), np.where(usable, n, 1.0)
    root = z * np.sqrt(z**2 + 4 * x * (1 - x / n))
    low = (2 * x + z**2 - root) / (2 * (n + z**2))
    high = (2 * x + z**2 + root) / (2 * (n + z**2))
    # The ends are exact where nobody or everybody counts; floating point leaves 1e-17 there.
    low = np.where(x == 0, 0.0, low)
    high = np.where(x == n, 1.0, high)
    return np.where(usable, low, np.nan)[()], np.where(usable, high, np.nan)[()]


def byar(x: Any, level: float = 0.95) -> tuple[Floats, Floats]:
    """Interval of the mean of a Poisson count x >= 0; missing where x is missing or negative.

    Below 10 the exact interval from chi-square quantiles (lower end 0 for x = 0), from 10 on Byar's approximation.
    Sources: Garwood 1936; Breslow and Day 1987, eq. 2.11-2.12.
    """
    z = quantile_of_level(level)
    count = as_floats(x)
    usable = count >= 0
    c = np.where(usable, count, 1.0)
    tail = (1 - level) / 2
    exact_low = np.where(c > 0, chdtri(2 * np.maximum(c, 1e-12), 1 - tail) / 2, 0.0)
    exact_high = chdtri(2 * (c + 1), tail) / 2
    safe = np.maximum(c, 1.0)
    byar_low = safe * (1 - 1 / (9 * safe) - z / (3 * np.sqrt(safe))) ** 3
    byar_high = (c + 1) * (1 - 1 / (9 * (c + 1)) + z / (3 * np.sqrt(c + 1))) ** 3
    exact = c < _EXACT_BELOW
    low, high = np.where(exact, exact_low, byar_low), np.where(exact, exact_high, byar_high)
    return np.where(usable, low, np.nan)[()], np.where(usable, high, np.nan)[()]


def rate_interval(
    kind: str, numerator: Any, denominator: Any, multiplier: Any = 1.0, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Interval of `rate(numerator, denominator, multiplier)` by the kind the indicator catalogue gives.

    `share`: Wilson, missing where the numerator exceeds the denominator. `rate`: Byar's interval of the numerator over
    the denominator. `count`, `ratio`, `median`: no interval, all missing. ValueError for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}, expected one of {', '.join(KINDS)}")
    x, n, m = np.broadcast_arrays(as_floats(numerator), as_floats(denominator), as_floats(multiplier))
    if kind == "share":
        low, high = wilson(x, n, level)
        return (low * m)[()], (high * m)[()]
    if kind == "rate":
        low, high = byar(x, level)
        return rate(low, n, m), rate(high, n, m)
    missing = np.full(x.shape, np.nan)
    return missing[()], missing.copy()[()]


def marshall_eb(numerator: Any, denominator: Any, multiplier: float = 1.0) -> Floats:
    """Rates of areas, drawn to the rate of the whole city the more the smaller the denominator is.

    One-dimensional counts of the areas in, smoothed rates times `multiplier` out. Areas without a positive denominator
    or a numerator are missing and take no part in the estimate. Source: Marshall 1991 (global empirical Bayes); the
    between-area variance is cut at 0.
    """
    x, b = np.broadcast_arrays(as_floats(numerator), as_floats(denominator))
    usable = (b > 0) & (x >= 0)
    smoothed = np.full(x.shape, np.nan)
    if not usable.any():
        return smoothed
    e, b = x[usable], b[usable]
    raw, mean = e / b, e.sum() / b.sum()
    variance = max(float((b * (raw - mean) ** 2).sum() / b.sum() - mean / b.mean()), 0.0)
    # No spread beyond chance: every area is best described by the common rate.
    weight = variance / (variance + mean / b) if variance > 0 else np.zeros_like(raw)
    smoothed[usable] = (weight * raw + (1 - weight) * mean) * multiplier
    return smoothed
