"""The three sources of doubt about an index: counting noise, weights, conventions; each can be switched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from raumblick.need.errors import SpecError
from raumblick.need.model import Group, Leaf, Model, Node, Normalise, Treat

Floats = NDArray[np.float64]
WEIGHT_DOUBTS = ("none", "range", "dirichlet")


@dataclass(frozen=True)
class Sources:
    """Which sources of doubt are drawn.

    `counts`: chance in small numbers. `weights`: `range` (every weight moves independently by up to `spread`, e.g. 0.25
    for a quarter up or down), `dirichlet` (weights drawn around those of the spec, closer with larger `concentration`) or
    `none`. `conventions`: normalisation, aggregation and leaving out one indicator vary.
    """

    counts: bool = True
    weights: str = "range"
    spread: float = 0.25
    concentration: float = 50.0
    conventions: bool = False

    def __post_init__(self) -> None:
        if self.weights not in WEIGHT_DOUBTS:
            raise SpecError("weights", f"„{self.weights}“ gibt es nicht; es gibt: {', '.join(WEIGHT_DOUBTS)}.")
        if not 0 <= self.spread < 1 or not self.concentration > 0:
            raise SpecError("spread", "Die Spanne liegt zwischen 0 und 1, die Konzentration über 0.")


def drawn_weights(model: Model, sources: Sources, rng: np.random.Generator, size: int) -> dict[str, Floats]:
    """Random weights of every indicator and domain outside principal components, arrays (size, 1) by key."""
    weights: dict[str, Floats] = {}
    for group in model.tree.groups():
        base = np.array([child.weight for child in group.children])
        if sources.weights == "none" or group.aggregate == "pca" or len(base) < 2:
            continue
        if sources.weights == "range":
            drawn = base * rng.uniform(1 - sources.spread, 1 + sources.spread, (size, base.size))
        else:
            # An indicator of weight 0 stays out.
            gamma = rng.standard_gamma(np.maximum(base / base.sum() * sources.concentration, 0), (size, base.size))
            drawn = gamma / gamma.sum(axis=1, keepdims=True) * base.sum()
        weights |= {child.key: drawn[:, i : i + 1] for i, child in enumerate(group.children)}
    return weights


def leave_outs(model: Model) -> list[str]:
    """Indicators that can be left out: their group keeps at least one other child and has weights."""
    return [
        child.key
        for group in model.tree.groups()
        if len(group.children) > 1 and group.aggregate != "pca"
        for child in group.children
        if isinstance(child, Leaf)
    ]


def without_one(
    model: Model, weights: Mapping[str, Any], left_out: NDArray[np.int64], keys: list[str]
) -> dict[str, Any]:
    """Weights with one indicator at 0 in each repetition: `left_out` holds positions in `keys`, -1 for none."""
    full = {child.key: child.weight for group in model.tree.groups() for child in group.children}
    changed = dict(weights)
    for position, key in enumerate(keys):
        out = (left_out == position)[:, None]
        if out.any():
            changed[key] = np.where(out, 0.0, changed.get(key, full[key]))
    return changed


def variants(model: Model) -> list[tuple[str, str, Model]]:
    """Other published ways to build the same index: (normalisation, aggregation, model), the spec's own way first.

    Indicators are z-scored, put on 1..100 by min-max or by percentile, and averaged; percentiles also make a geometric
    mean. Domains are not re-standardised, the index itself is as in the spec.
    """
    ways = [("wie im Index", "wie im Index", model)]
    for label, how in (
        ("z-Werte", Normalise("z")),
        ("Min-Max", Normalise("minmax", to=(1.0, 100.0))),
        ("Prozentrang", Normalise("percentile", to=(1.0, 100.0), rank="(n-r)/(n-1)")),
    ):
        for name, aggregate in (("Mittelwert", "mean"), ("geometrisches Mittel", "geometric")):
            if aggregate == "geometric" and how.method != "percentile":
                continue
            tree = _rebuilt(model.tree, how, aggregate)
            ways.append((label, name, replace(model, tree=replace(tree, normalise=model.tree.normalise))))
    return ways


def _rebuilt(group: Group, how: Normalise, aggregate: str) -> Group:
    """The group with one normalisation for all indicators and one aggregation at every level."""
    children: list[Node] = []
    for child in group.children:
        if isinstance(child, Group):
            children.append(_rebuilt(child, how, aggregate))
        else:
            children.append(replace(child, normalise=how))
    return replace(
        group, children=tuple(children), aggregate=aggregate, normalise=Normalise(), transform="none", treat=Treat()
    )
