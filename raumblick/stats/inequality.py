"""How unequally something is spread over areas, weighted by the people it is meant for.

All functions take one value and one weight (children) an area. Areas without a value or without a positive weight take
no part. Where nothing is left, or a total is 0, the answer is missing (NaN).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from raumblick.stats.rates import Floats, as_floats


@dataclass(frozen=True)
class Theil:
    """Theil index and its two parts: differences between groups and within them (`total = between + within`)."""

    total: float
    between: float
    within: float


def gini(values: Any, weights: Any) -> float:
    """Gini coefficient: 0 where every child has the same, towards 1 where few have all.

    `1 - sum (L_{k-1} + L_k) p_k` over areas in rising order, L the Lorenz curve, p the share of the children. Raises
    ValueError for negative values.
    """
    x, w = _usable(values, weights)
    if not x.size or (x * w).sum() == 0:
        return float("nan")
    order = np.argsort(x, kind="stable")
    return _below_line(x[order], w[order])


def concentration(values: Any, weights: Any, deprivation: Any) -> float:
    """Concentration index: negative where areas of high deprivation have more, positive where they have less.

    The Gini formula with areas in falling order of `deprivation`; areas of equal deprivation count as one. Zero means
    that supply does not depend on deprivation. Areas without a deprivation take no part. Source: Wagstaff et al. 1991.
    """
    ranking = as_floats(deprivation)
    x, w = _usable(np.where(np.isnan(ranking), np.nan, as_floats(values)), weights)
    rank = ranking[_known(np.where(np.isnan(ranking), np.nan, as_floats(values)), as_floats(weights))]
    if not x.size or (x * w).sum() == 0:
        return float("nan")
    _, group = np.unique(-rank, return_inverse=True)
    people, total = as_floats(np.bincount(group, w)), as_floats(np.bincount(group, x * w))
    return _below_line(total / people, people)


def theil(values: Any, weights: Any, groups: Any | None = None) -> Theil:
    """Theil index of a value per child, split into differences between and within `groups` (districts).

    `sum p (x / m) ln(x / m)` with p the share of the children and m the mean; 0 ln 0 is 0. Without groups all of it is
    within. Raises ValueError for negative values.
    """
    x, w = _usable(values, weights)
    if not x.size or (x * w).sum() == 0:
        return Theil(float("nan"), float("nan"), float("nan"))
    share = w / w.sum()
    relative = x / (share * x).sum()
    total = float((share * _xlogx(relative)).sum())
    if groups is None:
        return Theil(total, 0.0, total)
    names = np.asarray(groups, dtype=object)[_known(as_floats(values), as_floats(weights))]
    _, member = np.unique(names.astype(str), return_inverse=True)
    people, amount = np.bincount(member, share), np.bincount(member, share * relative)
    between = float((people * _xlogx(amount / people)).sum())
    return Theil(total, between, total - between)


def shortfall(values: Any, weights: Any, target: float) -> tuple[float, float, float]:
    """Shortfall below a target (FGT 0, 1, 2): share of the children below it, mean gap, mean squared gap.

    Gaps are parts of the target, 0 for children at or above it. ValueError where the target is not positive. Source:
    Foster, Greer and Thorbecke 1984.
    """
    if not target > 0:
        raise ValueError(f"target must be positive, got {target!r}")
    x, w = _usable(values, weights)
    if not x.size:
        return float("nan"), float("nan"), float("nan")
    share = w / w.sum()
    gap = np.maximum(1 - x / target, 0.0)
    return float(share[x < target].sum()), float((share * gap).sum()), float((share * gap**2).sum())


def lorenz(values: Any, weights: Any) -> tuple[Floats, Floats]:
    """Points of the Lorenz curve from (0, 0) to (1, 1): share of the children, share of the whole; NaN where it is 0."""
    x, w = _usable(values, weights)
    order = np.argsort(x, kind="stable")
    people, amount = np.cumsum(w[order]), np.cumsum((x * w)[order])
    if not x.size or amount[-1] == 0:
        return np.array([0.0, 1.0]), np.array([np.nan, np.nan])
    return np.r_[0.0, people / people[-1]], np.r_[0.0, amount / amount[-1]]


def _below_line(x: Floats, w: Floats) -> float:
    """One minus twice the area under the curve of ordered values."""
    share = w / w.sum()
    curve = np.r_[0.0, np.cumsum(x * w) / (x * w).sum()]
    return float(1 - ((curve[:-1] + curve[1:]) * share).sum())


def _xlogx(x: Floats) -> Floats:
    """x ln x, 0 at 0."""
    return x * np.log(np.where(x > 0, x, 1.0))


def _known(x: Floats, w: Floats) -> np.ndarray:
    """Areas that take part."""
    return ~np.isnan(x) & (np.nan_to_num(w) > 0)


def _usable(values: Any, weights: Any) -> tuple[Floats, Floats]:
    """Values and weights of the areas that take part."""
    x, w = as_floats(values), as_floats(weights)
    if x.shape != w.shape:
        raise ValueError("one weight a value is needed")
    known = _known(x, w)
    if (x[known] < 0).any():
        raise ValueError("values must not be negative")
    return x[known], w[known]
