"""What each indicator adds to the index of an area.

Sums and means hand the parts through exactly. Where a step is curved (ranks, geometric mean, cut values) the difference
to an average area is shared out along the line between both, for geometric means with logarithmic weights, so that the
parts always sum to the index: `index = base + sum of contributions`. Sources: exact additive decomposition by
logarithmic mean weights (Ang 2004); secant attribution for the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from raumblick.need.engine import Step
from raumblick.need.model import Group, Model, Node

Floats = NDArray[np.float64]
Parts = dict[str, Floats]


def contributions(model: Model, trace: Mapping[str, Step], index: Floats, extras: Mapping[str, Floats]) -> Parts:
    """Contribution of every indicator key to `index`, shape (areas,) each; 0 for a missing indicator.

    `trace` and `index` come from `engine.evaluate`. For linear indices (z, min-max, weighted ranks) contributions are
    weight times value, and `index - sum` is the constant of the spec; for curved ones it is the average area's index.
    """
    parts = _parts(model.tree, trace)
    scale: Any = float(model.orientation)
    if model.times is not None:
        scale = scale * extras[model.times]
    return {key: part * scale for key, part in parts.items()}


def _parts(node: Node, trace: Mapping[str, Step]) -> Parts:
    """Parts of a node's value by indicator."""
    step = trace[node.key]
    if not isinstance(node, Group):
        return {node.key: np.nan_to_num(step.value)}
    parts: Parts = {}
    shares = _child_shares(node, trace)
    for child, (share, slope) in zip(node.children, shares, strict=True):
        parts |= _through(_parts(child, trace), trace[child.key].value, share, slope)
    return _through(parts, step.score, step.value, step.slope)


def _through(parts: Parts, x: Floats, y: Floats, slope: Any) -> Parts:
    """Parts of x handed on to y(x): by the slope where y is a line, else along the line to the average of x."""
    if slope is not None:
        return {key: part * slope for key, part in parts.items()}
    known = ~np.isnan(x)
    middle = float(x[known].mean())
    order = np.argsort(x[known], kind="stable")
    height = float(np.interp(middle, x[known][order], y[known][order]))
    step = np.where(known, x - middle, 0.0)
    ratio = np.where(np.abs(step) > 1e-12, (np.nan_to_num(y) - height) / np.where(step == 0, 1.0, step), 0.0)
    return {key: ratio * (part - part[known].mean()) for key, part in parts.items()}


def _child_shares(group: Group, trace: Mapping[str, Step]) -> list[tuple[Floats, Any]]:
    """For every child: what its value adds to the group's score, and the factor between both (None: not a line)."""
    values = [trace[child.key].value for child in group.children]
    weights = trace[group.key].weights
    present = sum(np.where(np.isnan(v), 0.0, w) for v, w in zip(values, weights, strict=True))
    full = sum(weights)
    if group.aggregate in ("sum", "mean", "pca"):
        factor = full / present if group.aggregate == "sum" else 1 / present if group.aggregate == "mean" else 1.0
        return [(v * w * factor, w * factor) for v, w in zip(values, weights, strict=True)]
    if group.aggregate == "power":
        raised = [np.nan_to_num(v**group.power) * w / present for v, w in zip(values, weights, strict=True)]
        total = sum(raised)
        score = trace[group.key].score
        return [(_secant(total, score) * (r - r.mean()), None) for r in raised]
    scale = present if group.aggregate == "geometric" else np.ones_like(values[0])
    logs = [np.log(np.maximum(v, 1e-300)) * w / scale for v, w in zip(values, weights, strict=True)]
    centred = [np.nan_to_num(part - np.nanmean(part)) for part in logs]
    score = np.maximum(trace[group.key].score, 0.0)
    middle = float(np.exp(sum(np.nanmean(part) for part in logs)))
    spread = sum(centred)
    mean = np.where(np.abs(spread) > 1e-12, (score - middle) / np.where(spread == 0, 1.0, spread), middle)
    return [(mean * part, None) for part in centred]


def _secant(x: Floats, y: Floats) -> Floats:
    """Slope between each point and the average point of a rising curve y(x)."""
    order = np.argsort(x, kind="stable")
    height = np.interp(x.mean(), x[order], y[order])
    step = x - x.mean()
    return np.where(np.abs(step) > 1e-12, (y - height) / np.where(step == 0, 1.0, step), 0.0)
