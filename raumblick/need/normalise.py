"""Transform, outlier treatment and normalisation of one indicator or domain score.

Arrays of shape (..., areas): the last axis holds the areas that are judged together, axes before it are repetitions.
NaN is a missing value: it stays missing and takes no part in means, extremes and ranks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from raumblick.need.errors import IndexError_
from raumblick.need.model import Normalise, Treat
from raumblick.need.ranks import descending_ranks, quantile_class, scaled

Floats = NDArray[np.float64]


def transform(values: Floats, method: str, key: str) -> Floats:
    """Logarithm (`log`, `log1p`), square root or `arcsine` of the square root of a proportion.

    Raises IndexError_ naming `key` where a value has no such transform.
    """
    if method == "none":
        return values
    lowest = {"log": np.nextafter(0, 1), "log1p": np.nextafter(-1, 0), "sqrt": 0.0, "arcsine": 0.0}[method]
    if (values < lowest).any() or (method == "arcsine" and (values > 1).any()):
        raise IndexError_(key, f"Für die Umformung „{method}“ liegen Werte außerhalb des erlaubten Bereichs.")
    if method == "log":
        return np.log(values)
    if method == "log1p":
        return np.log1p(values)
    if method == "sqrt":
        return np.sqrt(values)
    return np.arcsin(np.sqrt(values))


def treat(values: Floats, how: Treat) -> Floats:
    """Values with outliers drawn in.

    `quantiles` and `sd` cut at the named limits. `winsorise` gives the most extreme value the next one's value, point
    by point, while |skewness| >= `skew` and kurtosis >= `kurtosis` (both), for at most `max_points` points (0: without
    limit); where that does not help, `fallback = "log"` takes ln(x - min + 1 % of the range) of the original values.
    Source: JRC, Handbook on Constructing Composite Indicators and its COIN tool.
    """
    if how.method == "none":
        return values
    if how.method == "quantiles":
        low, high = np.nanquantile(values, how.quantiles, axis=-1, keepdims=True)
        return np.clip(values, low, high)
    if how.method == "sd":
        centre, spread = np.nanmean(values, -1, keepdims=True), np.nanstd(values, -1, keepdims=True)
        return np.clip(values, centre - how.sd * spread, centre + how.sd * spread)
    return np.apply_along_axis(_winsorise, -1, values, how)


def _winsorise(row: Floats, how: Treat) -> Floats:
    """One row of `treat(method="winsorise")`."""
    known = ~np.isnan(row)
    x = row[known].copy()
    moved = 0
    skew, kurtosis = moments(x, how.moments)
    while abs(skew) >= how.skew and kurtosis >= how.kurtosis and (not how.max_points or moved < how.max_points):
        extreme = x.max() if skew > 0 else x.min()
        rest = x[x != extreme]
        if rest.size < 2:
            break
        x[x == extreme] = rest.max() if skew > 0 else rest.min()
        moved += 1
        skew, kurtosis = moments(x, how.moments)
    if abs(skew) >= how.skew and kurtosis >= how.kurtosis and how.fallback == "log":
        x = row[known]
        x = np.log(x - x.min() + 0.01 * (x.max() - x.min()))
    treated = row.copy()
    treated[known] = x
    return treated


def moments(x: Floats, kind: str = "sample") -> tuple[float, float]:
    """Skewness and excess kurtosis of a sample without missing values; 0 where it is constant or too small.

    `sample`: the bias-corrected versions of spreadsheets; `population`: plain moment ratios.
    """
    n = x.size
    d = x - x.mean()
    variance = float((d**2).mean())
    if n < 4 or variance <= 0:
        return 0.0, 0.0
    skew, kurtosis = float((d**3).mean()) / variance**1.5, float((d**4).mean()) / variance**2 - 3
    if kind == "population":
        return skew, kurtosis
    corrected = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * kurtosis + 6)
    return skew * float(np.sqrt(n * (n - 1))) / (n - 2), corrected


def normalise(
    values: Floats, how: Normalise, key: str, sign: int = 1, extras: Mapping[str, Floats] | None = None
) -> tuple[Floats, Floats | float | None]:
    """Normalised values, large where need is large, and the slope of the straight line (None where it is no line).

    `sign` -1 turns a value that is low where need is high. `extras` holds the columns that `weighted_by` names.
    Raises IndexError_ naming `key` where all values are equal (there is nothing to compare) or none is known.
    """
    x = values if sign > 0 else -values
    if how.method == "none":
        return x, float(sign)
    low, high = _extremes(x, key)
    slope: Any
    shift: Any
    if how.method == "z":
        weights = None if how.weighted_by is None or extras is None else extras[how.weighted_by]
        slope, shift = _z_line(x, how, sign, weights)
    elif how.method == "minmax":
        bottom, top = how.to or (0.0, 100.0)
        if how.bounds is not None:
            low, high = (np.float64(b) for b in sorted(sign * b for b in how.bounds))
            x = np.clip(x, low, high) if how.clip else x
        slope = (top - bottom) / (high - low)
        shift = bottom - slope * low
    elif how.method in ("max", "relative"):
        unit = high if how.method == "max" else np.nanmean(x, -1, keepdims=True)
        if (np.asarray(unit) <= 0).any():
            raise IndexError_(key, "Der größte oder mittlere Wert ist nicht positiv; so lässt sich nicht teilen.")
        slope, shift = (how.to or (0.0, 1.0))[1] / unit, np.float64(0.0)
    else:
        return _by_rank(x, how), None
    return slope * x + shift, (slope * sign if how.linear else None)


def _extremes(x: Floats, key: str) -> tuple[Any, Any]:
    """Smallest and largest known value; refuses a constant indicator."""
    if np.isnan(x).any():
        if np.isnan(x).all():
            raise IndexError_(key, "Für kein Gebiet liegt ein Wert vor.")
        low, high = np.nanmin(x, -1, keepdims=True), np.nanmax(x, -1, keepdims=True)
    else:
        low, high = x.min(-1, keepdims=True), x.max(-1, keepdims=True)
    if (low == high).any():
        raise IndexError_(key, "Alle Gebiete haben denselben Wert; damit lässt sich nichts unterscheiden.")
    return low, high


def _z_line(x: Floats, how: Normalise, sign: int, weights: Floats | None) -> tuple[Any, Any]:
    """Slope and shift of the z-score with the wanted mean and standard deviation."""
    missing = np.isnan(x)
    if weights is None and not missing.any():
        centre = x.mean(-1, keepdims=True)
        spread = x.std(-1, keepdims=True, ddof=how.dispersion == "sample")
    else:
        w = np.where(missing, 0.0, 1.0 if weights is None else weights)
        total = w.sum(-1, keepdims=True)
        known = np.where(missing, 0.0, x)
        centre = (w * known).sum(-1, keepdims=True) / total
        squares = (w * (known - centre) ** 2).sum(-1, keepdims=True)
        spread = np.sqrt(squares / (total - (how.dispersion == "sample")))
    if how.center is not None and how.spread is not None:  # a fixed reference year
        centre, spread = np.float64(sign * how.center), np.float64(how.spread)
    slope = how.sd / spread
    return slope, how.mean - slope * centre


def _by_rank(x: Floats, how: Normalise) -> Floats:
    """The normalisations that look at ranks only."""
    count = (~np.isnan(x)).sum(-1, keepdims=True)
    return from_ranks(descending_ranks(x, how.ties), count, how)


def from_ranks(ranks: Floats, count: Floats | int, how: Normalise) -> Floats:
    """Normalised value of ranks 1 (most need) to `count`, for the methods that look at ranks only."""
    if how.method == "points":
        return how.k + 1 - quantile_class(ranks, count, how.k, how.rule)
    share = scaled(ranks, count, how.rank)
    if how.method == "exponential":
        return -how.factor * np.log(1 - share * (1 - np.exp(-100 / how.factor)))
    if how.method == "normal_score":
        return how.mean + how.sd * ndtri(share)
    low, high = how.to or ((0.0, 100.0) if how.method == "percentile" else (0.0, 1.0))
    return low + (high - low) * share
