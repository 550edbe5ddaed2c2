"""Walks the tree of an index from the indicators up to the index.

The same walk scores one table (arrays of shape (areas,)) and many simulated tables at once (repetitions, areas).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from raumblick.need.aggregate import aggregate, principal_loadings
from raumblick.need.errors import IndexError_
from raumblick.need.model import Group, Leaf, Model, Node
from raumblick.need.normalise import normalise, transform, treat
from raumblick.need.ranks import settled

Floats = NDArray[np.float64]


@dataclass
class Step:
    """What one node computed: its score, the value it hands up, and the slope between both (None: not a line)."""

    score: Floats
    value: Floats
    slope: Any
    weights: list[Any] = field(default_factory=list)
    variance_share: float | None = None


def evaluate(
    model: Model,
    columns: Mapping[str, Floats],
    extras: Mapping[str, Floats],
    weights: Mapping[str, Any] | None = None,
    trace: dict[str, Step] | None = None,
) -> Floats:
    """The published value of the index, shape (..., areas).

    `columns`: one array an indicator key; `extras`: columns that settings name (shape (areas,)); `weights`: weights
    that replace those of the spec, by key of indicator or domain, numbers or arrays of shape (repetitions, 1).
    `trace` is filled with one `Step` a node. NaN in `columns` is missing. Raises IndexError_ naming the key.
    """
    value = _walk(model.tree, columns, extras, weights or {}, trace)
    if model.times is not None:
        value = value * extras[model.times]
    return value if model.orientation > 0 else -value


def _walk(
    node: Node,
    columns: Mapping[str, Floats],
    extras: Mapping[str, Floats],
    weights: Mapping[str, Any],
    trace: dict[str, Step] | None,
) -> Floats:
    """Value that a node hands to its parent."""
    used: list[Any] = []
    share: float | None = None
    if isinstance(node, Leaf):
        score = columns[node.key]
    else:
        values = [_walk(child, columns, extras, weights, trace) for child in node.children]
        if node.aggregate == "pca":
            used, share = principal_loadings(values, node.loadings, node.key)
        else:
            used = [weights.get(child.key, child.weight) for child in node.children]
        score = aggregate(node, values, used)
        if not node.normalise.linear:
            score = settled(score)
    prepared = treat(transform(score, node.transform, node.key), node.treat)
    value, slope = normalise(prepared, node.normalise, node.key, node.sign, extras)
    if trace is not None:
        straight = node.transform == "none" and node.treat.method == "none"
        trace[node.key] = Step(score, value, slope if straight else None, used, share)
    return value


def complete(group: Group, present: Mapping[str, NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Which areas have enough indicators for the group, by its rule for missing ones; shape (areas,).

    A child of weight 0 is not needed.
    """
    share: Any = 0.0
    total = sum(child.weight for child in group.children)
    every = None
    for child in (child for child in group.children if child.weight > 0):
        has = present[child.key] if isinstance(child, Leaf) else complete(child, present)
        every = has if every is None else every & has
        share = share + np.where(has, child.weight / total, 0.0)
    if every is None:
        raise IndexError_(group.key, "Diese Gruppe enthält keine Kennzahl.")
    return every if group.missing == "exclude" else (share >= group.min_share - 1e-9) & (share > 0)


def is_flat(model: Model) -> bool:
    """True where the index is a sum of its indicators, without domains, whose noise is about normal.

    Then counting noise adds up to one normal number an area, and simulation needs no more than that. A geometric mean of
    ranks is such a sum (of logarithms); one of min-max values is not: near 0 its logarithm is far from normal.
    """
    tree, top = model.tree, model.tree.normalise
    plain = tree.transform == "none" and tree.treat.method == "none" and model.times is None
    plain &= top.method == "none" or (top.method == "z" and top.center is None and top.weighted_by is None) or (
        top.method == "minmax" and top.bounds is None
    )
    leaves = all(
        isinstance(leaf, Leaf) and leaf.treat.method == "none" and not leaf.normalise.clip for leaf in tree.children
    )
    if tree.aggregate in ("sum", "mean"):
        return plain and leaves
    ranked = all(isinstance(c, Leaf) and c.normalise.method in ("percentile", "exponential") for c in tree.children)
    return plain and leaves and ranked and tree.aggregate != "pca"
