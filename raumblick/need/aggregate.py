"""How the normalised children of a domain become one number.

`values` is a list of arrays of shape (..., areas), one a child; NaN is a missing child. `weights` holds one number a
child, or one array that broadcasts against the values (a weight a repetition).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from raumblick.need.errors import IndexError_
from raumblick.need.model import Group

Floats = NDArray[np.float64]


def aggregate(group: Group, values: Sequence[Floats], weights: Sequence[Any]) -> Floats:
    """The score of a group from its children's values, shape (..., areas).

    `sum`: sum w x. `mean`: sum w x / sum w. `geometric`: exp(sum w ln x / sum w). `power`: (sum w x^p / sum w)^(1/p).
    `product`: prod x^w. `pca`: first principal component (`weights` are then its loadings). Where a child is missing
    (the spec allows it), the present ones carry its weight; the sum is scaled up in the same way.
    Raises IndexError_ naming the group where a geometric part meets a negative value.
    """
    if group.aggregate in ("geometric", "product", "power"):
        if any((v < 0).any() for v in values):
            raise IndexError_(group.key, "Ein geometrisches Mittel braucht Werte ab 0, hier sind negative.")
        return _curved(group, values, weights)
    total, present, full = _weighted_sum(values, weights)
    if group.aggregate == "mean":
        return total / present
    return total if present is full else total * (full / present)


def _weighted_sum(values: Sequence[Floats], weights: Sequence[Any]) -> tuple[Floats, Any, Any]:
    """Sum of w x over present children, sum of their weights, sum of all (same object if none is missing)."""
    total: Any = 0.0
    full: Any = 0.0
    gap: Any = None
    for value, weight in zip(values, weights, strict=True):
        missing = np.isnan(value)
        full = full + weight
        if missing.any():
            gap = (0.0 if gap is None else gap) + np.where(missing, weight, 0.0)
            value = np.where(missing, 0.0, value)
        total = total + weight * value
    if gap is None:
        return total, full, full
    present = full - gap
    return total, np.where(present > 1e-12 * np.abs(full), present, np.nan), full


def _curved(group: Group, values: Sequence[Floats], weights: Sequence[Any]) -> Floats:
    """Geometric mean, product and power mean; 0 in one child makes the geometric mean 0."""
    with np.errstate(divide="ignore"):
        parts = [v**group.power if group.aggregate == "power" else np.log(v) for v in values]
    # A weight of 0 takes a child out, also where its logarithm is minus infinity.
    kept = [(p, w) for p, w in zip(parts, weights, strict=True) if np.any(np.asarray(w) != 0)]
    total, present, full = _weighted_sum([p for p, _ in kept], [w for _, w in kept])
    if group.aggregate == "product":
        return np.exp(total if present is full else total * (full / present))
    if group.aggregate == "geometric":
        return np.exp(total / present)
    return (total / present) ** (1 / group.power)


def principal_loadings(values: Sequence[Floats], kind: str, key: str) -> tuple[list[Any], float]:
    """Weights of the first principal component of the children's covariance, and its share of the variance.

    Shape (areas,) each (z-scores give the correlation matrix). `eigenvector`: length 1; `loading`: times the root of
    the eigenvalue; `squared`: squared, sum 1, sign kept; `unit_sum`: sum 1. Its sign is set so that the loadings sum to
    something positive. Repetitions (..., areas) give loadings (..., 1) and the mean share. Raises IndexError_ naming
    the group where a child is missing.
    """
    stack = np.stack(values, axis=-2)
    if np.isnan(stack).any():
        raise IndexError_(key, "Eine Hauptkomponente braucht alle Werte; in mindestens einem Gebiet fehlt einer.")
    centred = stack - stack.mean(-1, keepdims=True)
    roots, vectors = np.linalg.eigh(centred @ np.swapaxes(centred, -1, -2) / stack.shape[-1])
    first = vectors[..., -1]
    pull = first.sum(-1, keepdims=True)
    # Two children that pull against each other sum to 0: then the first one decides.
    first = first * np.where(np.where(np.abs(pull) > 1e-9, pull, first[..., :1]) < 0, -1.0, 1.0)
    share = float(np.mean(roots[..., -1] / roots.sum(-1)))
    if kind == "loading":
        first = first * np.sqrt(roots[..., -1:])
    elif kind == "squared":
        first = np.sign(first) * first**2
    elif kind == "unit_sum":
        first = first / first.sum(-1, keepdims=True)
    if first.ndim == 1:
        return [float(v) for v in first], share
    return [first[..., i : i + 1] for i in range(first.shape[-1])], share
