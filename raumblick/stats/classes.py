"""Classes for maps and legends: at most five, with readable borders.

A class border belongs to the class above it: with the borders (5, 10) the classes are "unter 5", "5 bis unter 10" and
"10 und mehr". Tied values always share a class.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from raumblick.stats.rates import Floats, as_floats

Method = Literal["quantile", "equal", "jenks"]
METHODS: tuple[Method, ...] = ("quantile", "equal", "jenks")
MAX_CLASSES = 5
_TOLERANCE = 0.03  # share of the areas that a rounded border may move to another class


def class_breaks(values: Any, method: Method = "quantile", classes: int = MAX_CLASSES) -> Floats:
    """Borders between the classes of a map, ascending and rounded to readable numbers.

    `values`: one number an area, missing ones are ignored. Returns at most `classes - 1` borders, fewer where there are
    fewer different values, none where all values are equal or missing. Every class holds at least one value.
    `quantile`: classes of about equal size; `equal`: classes of the same round width; `jenks`: the exact optimum of the
    sum of squared distances to the class means (Fisher 1958, Jenks 1977). ValueError for another method or number.
    """
    if not 2 <= classes <= MAX_CLASSES:
        raise ValueError(f"classes must be 2 to {MAX_CLASSES}, got {classes}")
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}, expected one of {', '.join(METHODS)}")
    sample = as_floats(values).ravel()
    sample = np.sort(sample[~np.isnan(sample)])
    distinct, counts = np.unique(sample, return_counts=True)
    if distinct.size < 2:
        return np.empty(0)
    if method == "equal":
        return _equal_steps(distinct, classes)
    if distinct.size <= classes:
        starts = np.arange(1, distinct.size)
    elif method == "quantile":
        starts = _quantile_starts(distinct, counts, classes)
    else:
        starts = _jenks_starts(distinct, counts, classes)
    return _readable(sample, distinct, starts)


def classify(values: Any, breaks: Any) -> NDArray[np.int64]:
    """Class of each value, 0 for the lowest; -1 where the value is missing. `breaks` as `class_breaks` gives them."""
    sample = as_floats(values)
    borders = as_floats(breaks)
    if np.isnan(borders).any() or (np.diff(borders) <= 0).any():
        raise ValueError("breaks must be ascending numbers")
    found = np.searchsorted(borders, sample, side="right")
    return np.where(np.isnan(sample), -1, found).astype(np.int64)


def _equal_steps(distinct: Floats, classes: int) -> Floats:
    """Multiples of the smallest round step that leaves at most `classes` classes."""
    low, high = distinct[0], distinct[-1]
    exponent = int(np.floor(np.log10((high - low) / classes)))
    for factor in (1, 2, 2.5, 5, 10, 20, 25, 50):
        step = factor * 10.0**exponent
        first, last = np.floor(low / step) + 1, np.ceil(high / step)
        # A border at the maximum itself would leave the maximum alone in a class.
        borders = np.round(np.arange(first, last) * step, max(0, 2 - exponent))
        if borders.size < classes:
            break
    return _without_empty_classes(distinct, borders)


def _quantile_starts(distinct: Floats, counts: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """Positions in `distinct` where a class starts, as near as ties allow to equal class sizes."""
    before = np.concatenate([[0], np.cumsum(counts)[:-1]])  # values below each distinct value
    wanted = counts.sum() * np.arange(1, classes) / classes
    nearest = [int(np.argmin(np.abs(before[1:] - w))) + 1 for w in wanted]
    return np.unique(nearest)


def _jenks_starts(distinct: Floats, counts: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """Positions in `distinct` where the classes of the least within-class sum of squares start.

    Dynamic programme over the last class; the best start never moves left when the end moves right, so each layer is
    solved by halving (exact, O(k n log n)).
    """
    centred = distinct - np.average(distinct, weights=counts)  # keeps the sums of squares precise
    w = np.concatenate([[0.0], np.cumsum(counts)])
    s = np.concatenate([[0.0], np.cumsum(counts * centred)])
    q = np.concatenate([[0.0], np.cumsum(counts * centred**2)])
    size = distinct.size
    best = np.concatenate([[0.0], q[1:] - s[1:] ** 2 / w[1:]])  # cost of one class over the first j values
    layers = []
    for layer in range(1, classes):
        cost, start = np.full(size + 1, np.inf), np.zeros(size + 1, dtype=np.int64)
        todo = [(layer + 1, size, layer, size - 1)]
        while todo:
            left, right, lowest, highest = todo.pop()
            if left > right:
                continue
            end = (left + right) // 2
            i = np.arange(lowest, min(highest, end - 1) + 1)
            total = best[i] + q[end] - q[i] - (s[end] - s[i]) ** 2 / (w[end] - w[i])
            pick = int(np.argmin(total))
            cost[end], start[end] = total[pick], i[pick]
            todo += [(left, end - 1, lowest, i[pick]), (end + 1, right, i[pick], highest)]
        layers.append(start)
        best = cost
    starts, end = [], size
    for start in reversed(layers):
        end = int(start[end])
        starts.append(end)
    return np.array(starts[::-1])


def _readable(sample: Floats, distinct: Floats, starts: NDArray[np.int64]) -> Floats:
    """Borders on a common round step, as coarse as keeps all but a few values in their class.

    A border between two neighbouring values may lie anywhere above the lower and up to the upper one.
    """
    exact = distinct[starts]
    below = distinct[starts - 1]
    classes = classify(sample, exact)
    allowed = max(int(_TOLERANCE * sample.size), 0)
    exponent = int(np.floor(np.log10(distinct[-1] - distinct[0])))
    for power in range(exponent, exponent - 9, -1):
        for factor in (5, 2, 1):
            step = factor * 10.0**power
            middle = np.round((exact + below) / 2 / step)
            # The multiple nearest to the middle, moved into (below, exact] where one lies there.
            middle = np.clip(middle, np.floor(below / step) + 1, np.maximum(np.floor(exact / step), middle))
            borders = np.round(middle * step, max(0, -power))
            if (np.diff(borders) <= 0).any():
                continue
            if (classify(sample, borders) != classes).sum() <= allowed and _all_filled(distinct, borders):
                return borders
    return exact


def _all_filled(distinct: Floats, borders: Floats) -> bool:
    """True where every class holds a value."""
    return bool(np.unique(classify(distinct, borders)).size == borders.size + 1)


def _without_empty_classes(distinct: Floats, borders: Floats) -> Floats:
    """Borders that have a value between them and the next one; equal steps may leave gaps that nobody lives in."""
    kept: list[float] = []
    for border in borders:
        lower = kept[-1] if kept else -np.inf
        if ((distinct >= lower) & (distinct < border)).any() and (distinct >= border).any():
            kept.append(float(border))
    return np.array(kept)
