"""Repeats an index many times under doubt; every repetition is one need value an area."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from raumblick.need.doubt import Sources, drawn_weights, leave_outs, variants, without_one
from raumblick.need.engine import evaluate, is_flat
from raumblick.need.flat import flatten
from raumblick.need.model import Model
from raumblick.need.posterior import Posterior
from raumblick.need.prepare import Prepared

Floats = NDArray[np.float64]
_FLAT_BLOCK = 1_500_000  # numbers in one block of repetitions x areas
_FULL_BLOCK = 300_000


def need_draws(
    model: Model, ready: Prepared, known: Posterior, sources: Sources, draws: int, seed: int
) -> Iterator[NDArray[Any]]:
    """Blocks (repetitions, areas) of need values, `draws` repetitions in all; large means need.

    Indices without domains take the short way: their noise is a weighted sum of normal variables and so normal itself,
    one random number an area instead of one an indicator and area. All others are computed in full on simulated
    indicators.
    """
    rng = np.random.default_rng(seed)
    ways = variants(model) if sources.conventions else [("", "", model)]
    chosen = np.bincount(rng.integers(len(ways), size=draws), minlength=len(ways))
    for (_, _, way), count in zip(ways, chosen, strict=True):
        blocks = _flat_blocks if is_flat(way) else _full_blocks
        if count:
            yield from blocks(way, ready, known, sources, int(count), rng)


def _block_sizes(total: int, areas: int, block: int) -> Iterator[int]:
    """Repetitions of each block."""
    size = max(1, min(total, block // areas))
    while total > 0:
        yield min(size, total)
        total -= size


def _weights(model: Model, sources: Sources, rng: np.random.Generator, size: int) -> dict[str, Any]:
    """Random weights, with one indicator (or none) left out where conventions are in doubt."""
    weights: dict[str, Any] = dict(drawn_weights(model, sources, rng, size))
    keys = leave_outs(model)
    if sources.conventions and keys:
        weights = without_one(model, weights, rng.integers(-1, len(keys), size), keys)
    return weights


def _full_blocks(
    model: Model, ready: Prepared, known: Posterior, sources: Sources, total: int, rng: np.random.Generator
) -> Iterator[NDArray[Any]]:
    """The whole index on simulated indicators."""
    areas = known.mean.shape[1]
    for size in _block_sizes(total, areas, _FULL_BLOCK):
        columns = simulated(ready, known, sources, rng, size)
        weights = _weights(model, sources, rng, size)
        yield evaluate(model, columns, ready.extras, weights) * model.orientation


def simulated(
    ready: Prepared, known: Posterior, sources: Sources, rng: np.random.Generator, size: int
) -> dict[str, Floats]:
    """Random true values of the indicators, arrays (size, areas) by key, inside the range that is possible."""
    if not sources.counts:
        return {k: np.broadcast_to(v, (size, v.size)) for k, v in ready.values.items()}
    columns = {}
    for (key, observed), drawn in zip(ready.values.items(), known.draws(rng, size), strict=True):
        values = drawn.astype(np.float64)
        if np.nanmin(observed) >= 0:  # a share cannot be negative; logarithms need something above 0
            positive = observed[observed > 0]
            values = np.maximum(values, positive.min() / 2 if positive.size else 0.0)
        columns[key] = np.where(np.isnan(observed), np.nan, values)
    return columns


def _flat_blocks(
    model: Model, ready: Prepared, known: Posterior, sources: Sources, total: int, rng: np.random.Generator
) -> Iterator[NDArray[Any]]:
    """The short way for an index without domains: weighted sums of indicator values and of their noise."""
    flat = flatten(model, ready, known)
    tree = model.tree
    height, spread, present = (a.astype(np.float32) for a in (flat.height, flat.spread, flat.present))
    first, second = [i for i, _ in flat.pairs], [j for _, j in flat.pairs]
    gaps, mean = not flat.present.all(), tree.aggregate in ("mean", "geometric", "power")
    for size in _block_sizes(total, height.shape[1], _FLAT_BLOCK):
        drawn = _weights(model, sources, rng, size)
        w = np.hstack([np.broadcast_to(drawn.get(c.key, c.weight), (size, 1)) for c in tree.children]).astype(np.float32)
        need = w @ height
        if flat.pairs and sources.counts:
            chance = (w[:, first] * w[:, second]) @ spread
            np.sqrt(np.maximum(chance, 0, out=chance), out=chance)
            chance *= rng.standard_normal(chance.shape, dtype=np.float32)
            need += chance
        if mean or gaps:
            full = w.sum(axis=1, keepdims=True)
            part = w @ present if gaps else full
            need *= 1 / part if mean else full / part
        yield _top(model, flat.back(need))


def _top(model: Model, need: NDArray[np.float32]) -> NDArray[np.float32]:
    """The index's own re-standardisation (`engine.is_flat` admits no other)."""
    how = model.tree.normalise
    if how.method == "z":
        spread = need.std(axis=1, keepdims=True, ddof=how.dispersion == "sample")
        return (need - need.mean(axis=1, keepdims=True)) * (how.sd / spread) + how.mean
    if how.method == "minmax":
        low, high = need.min(axis=1, keepdims=True), need.max(axis=1, keepdims=True)
        bottom, top = how.to or (0.0, 100.0)
        return bottom + (top - bottom) * (need - low) / (high - low)
    return need
