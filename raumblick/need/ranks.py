"""Ranks and quantile classes: the conventions in which published indices differ.

Rank 1 is the largest value. Every function works along the last axis (the areas); axes before it are repetitions.
Missing values have no rank and do not count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def descending_ranks(values: Floats, ties: str = "min") -> Floats:
    """Rank of each value, 1 for the largest; NaN where the value is missing.

    `ties`: `min` (all tied values get the best rank: 1, 2, 2, 4), `max` (1, 3, 3, 4), `average` (1, 2.5, 2.5, 4),
    `dense` (1, 2, 2, 3), `first` (in the order of the table). Shapes (..., areas) in and out.
    """
    order = np.argsort(-values, axis=-1, kind="stable")  # missing values come last
    size = values.shape[-1]
    place = np.broadcast_to(np.arange(1.0, size + 1), values.shape)
    ranked = place if ties == "first" else _tied_places(np.take_along_axis(values, order, -1), place, ties)
    ranks = np.empty(values.shape)
    np.put_along_axis(ranks, order, ranked, -1)
    missing = np.isnan(values)
    if missing.any():
        ranks[missing] = np.nan
    return ranks


def settled(values: Floats) -> Floats:
    """Values rounded to twelve digits of the largest, so that sums that are equal on paper are tied.

    Without this the order of summation would decide between areas of the same score.
    """
    largest = float(np.nanmax(np.abs(values))) if values.size else 0.0
    if not 0 < largest < np.inf:
        return values
    return np.round(values, 11 - int(np.floor(np.log10(largest))))


def _tied_places(ordered: Floats, place: Floats, ties: str) -> Floats:
    """Places 1..n of values in falling order, with one place for each run of equal values."""
    starts = np.ones(ordered.shape, dtype=bool)
    starts[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    if starts.all():
        return place
    if ties == "dense":
        return np.cumsum(starts, axis=-1, dtype=np.float64)
    first = np.maximum.accumulate(np.where(starts, place, 0.0), axis=-1)
    if ties == "min":
        return first
    ends = np.ones(ordered.shape, dtype=bool)
    ends[..., :-1] = starts[..., 1:]
    last = np.minimum.accumulate(np.where(ends, place, np.inf)[..., ::-1], axis=-1)[..., ::-1]
    return last if ties == "max" else (first + last) / 2


def scaled(ranks: Floats, count: Floats | int, formula: str) -> Floats:
    """Ranks r of n areas as numbers between 0 and 1, large for rank 1, by one of `model.RANK_FORMULAS`.

    `(n-r+1)/n`: 1/n ... 1, as the English, Scottish and Welsh indices; `(n-r)/n`: 0 ... 1 - 1/n; `(n-r)/(n-1)`: 0 to 1;
    `(n-r+0.5)/n`, `(n-r+1)/(n+1)`, `(n-r+0.625)/(n+0.25)`: inside 0 and 1 (Hazen, van der Waerden, Blom);
    `(n-r+1)/max`: the ascending rank over the largest one.
    """
    n = np.asarray(count, dtype=np.float64)
    if formula == "(n-r+1)/n":
        return (n - ranks + 1) / n
    if formula == "(n-r)/n":
        return (n - ranks) / n
    if formula == "(n-r)/(n-1)":
        return (n - ranks) / (n - 1)
    if formula == "(n-r+0.5)/n":
        return (n - ranks + 0.5) / n
    if formula == "(n-r+1)/(n+1)":
        return (n - ranks + 1) / (n + 1)
    if formula == "(n-r+0.625)/(n+0.25)":
        return (n - ranks + 0.625) / (n + 0.25)
    ascending = n - ranks + 1
    return ascending / np.nanmax(ascending, axis=-1, keepdims=True)


def quantile_class(ranks: Floats, count: Floats | int, k: int, rule: str) -> Floats:
    """Quantile class 1..k of ranks 1..n, 1 for the first ranks.

    `ceil(r*k/n)` gives the English deciles, `floor((r-1)*k/n)+1` the Welsh ones; they differ where n is no multiple of
    k. Source of both: the published tables of these indices.
    """
    # r * k is exact in floating point; so is the quotient wherever it is a whole number.
    if rule == "ceil(r*k/n)":
        return np.ceil(ranks * k / count)
    return np.floor((ranks - 1) * k / count) + 1
