"""An index without domains as a weighted sum: value and noise of every indicator, ready for simulation.

For a straight normalisation (z, min-max) value and noise are exact. For ranks and logarithms they are the mean and the
deviation of the normalised value under the posterior of the area, by Gauss-Hermite quadrature against the distribution
of the true values over all areas.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from raumblick.need.engine import Step, evaluate
from raumblick.need.model import Leaf, Model
from raumblick.need.normalise import from_ranks, transform
from raumblick.need.posterior import Posterior
from raumblick.need.prepare import Prepared

Floats = NDArray[np.float64]
_NODES, _NODE_WEIGHTS = np.polynomial.hermite.hermgauss(9)
_NODE_WEIGHTS = _NODE_WEIGHTS / np.sqrt(np.pi)
_GRID = 200  # points at which the distribution over all areas is known
_SMALLEST = 1e-9  # stands for 0 where a logarithm is taken


@dataclass(frozen=True)
class Flat:
    """Index = back(sum over indicators of weight x (height + noise)); arrays (indicators, areas).

    `spread` holds one row a pair of indicators: covariance of their noise, doubled off the diagonal. `present` is 0 for
    a missing indicator, whose height and spread are 0.
    """

    height: Floats
    pairs: list[tuple[int, int]]
    spread: Floats
    present: Floats
    aggregate: str
    power: float

    def back(self, total: NDArray[np.float32]) -> NDArray[np.float32]:
        """From the weighted sum or mean to the value of the index."""
        if self.aggregate in ("geometric", "product"):
            return np.exp(total)
        if self.aggregate == "power":
            return np.maximum(total, 0) ** np.float32(1 / self.power)
        return total


def flatten(model: Model, ready: Prepared, known: Posterior) -> Flat:
    """The summands of an index that `engine.is_flat` admits."""
    trace: dict[str, Step] = {}
    evaluate(model, ready.values, ready.extras, trace=trace)
    leaves = [leaf for leaf in model.tree.children if isinstance(leaf, Leaf)]
    variance: Floats = np.einsum("ajj->ja", known.covariance)
    deviation = np.sqrt(np.maximum(variance, 0.0))
    height, noise = np.empty(known.mean.shape), np.zeros(known.mean.shape)
    for j, leaf in enumerate(leaves):
        step = trace[leaf.key]
        if not deviation[j].any():
            height[j] = _inside(model, np.nan_to_num(step.value))
        elif step.slope is not None:
            height[j], noise[j] = _straight(leaf, step, known.mean[j], deviation[j], known.signal[j])
        else:
            height[j], noise[j] = _bent(model, leaf, step, known.mean[j], deviation[j])
    present = np.array([~np.isnan(ready.values[leaf.key]) for leaf in leaves], dtype=np.float64)
    pairs = [(i, j) for i in range(len(leaves)) for j in range(i, len(leaves)) if known.covariance[:, i, j].any()]
    scale = np.divide(noise, deviation, out=np.zeros_like(noise), where=deviation > 0) * present
    spread = [(1 if i == j else 2) * scale[i] * scale[j] * known.covariance[:, i, j] for i, j in pairs]
    shape = (len(pairs), int(present.shape[1]))
    return Flat(
        height * present, pairs, np.array(spread).reshape(shape), present, model.tree.aggregate, model.tree.power
    )


def _inside(model: Model, values: Floats) -> Floats:
    """Normalised values as they are summed: logarithms for a geometric mean, powers for a power mean."""
    if model.tree.aggregate in ("geometric", "product"):
        return np.log(np.maximum(values, _SMALLEST))
    if model.tree.aggregate == "power":
        return np.maximum(values, _SMALLEST) ** model.tree.power
    return values


def _straight(leaf: Leaf, step: Step, mean: Floats, deviation: Floats, signal: float) -> tuple[Floats, Floats]:
    """Value and (signed) noise under a straight normalisation."""
    how, slope = leaf.normalise, float(np.ravel(step.slope)[0])
    if how.method == "minmax" and how.bounds is None:
        slope *= np.ptp(step.score[~np.isnan(step.score)]) / np.ptp(_extremes(mean, deviation))
    elif how.method == "z" and how.center is None:
        # Standardised by what truly differs between areas, not by what chance adds to it.
        slope *= float(np.nanstd(step.score, ddof=1)) / signal
    return np.nanmean(step.value) + slope * (mean - np.nanmean(step.score)), slope * deviation


def _bent(model: Model, leaf: Leaf, step: Step, mean: Floats, deviation: Floats) -> tuple[Floats, Floats]:
    """Mean and (signed) deviation of the summand under a transform or a rank normalisation, by quadrature."""
    x = mean + np.sqrt(2) * deviation * _NODES[:, None]
    known = ~np.isnan(step.score)
    if np.nanmin(step.score) >= 0:  # a share cannot be negative
        x = np.maximum(x, np.nanmin(step.score[step.score > 0]) / 2)
    how = leaf.normalise
    if how.method in ("none", "z", "minmax", "max", "relative"):
        scores, values = transform(step.score[known], leaf.transform, leaf.key), step.value[known]
        ends = np.array([scores.min(), scores.max()])
        heights = values[[int(np.argmin(scores)), int(np.argmax(scores))]]
        if how.method == "minmax" and how.bounds is None:
            ends = transform(np.clip(_extremes(mean, deviation), x.min(), x.max()), leaf.transform, leaf.key)
        y = heights[0] + (heights[1] - heights[0]) * (transform(x, leaf.transform, leaf.key) - ends[0]) / np.ptp(ends)
    else:
        count = int(known.sum())
        above = 1 - _distribution(x, mean, deviation)
        rank = count * (above if leaf.sign > 0 else 1 - above) + 0.5
        y = from_ranks(np.clip(rank, 1, count), count, how)
    inside = _inside(model, y)
    centre = _NODE_WEIGHTS @ inside
    return centre, leaf.sign * np.sqrt(np.maximum(_NODE_WEIGHTS @ inside**2 - centre**2, 0.0))


def _grid(mean: Floats, deviation: Floats) -> tuple[Floats, Floats]:
    """Points over the range of the true values, and for each the chance of every area to lie below it."""
    width = np.maximum(deviation, 1e-12 * max(1.0, float(np.abs(mean).max())))
    points = np.linspace((mean - 4 * width).min(), (mean + 4 * width).max(), _GRID)
    return points, ndtr((points[:, None] - mean) / width)


def _distribution(x: Floats, mean: Floats, deviation: Floats) -> Floats:
    """Share of areas whose true value lies below x, averaged over what is known about each of them."""
    points, below = _grid(mean, deviation)
    return np.interp(x, points, below.mean(axis=1))


def _extremes(mean: Floats, deviation: Floats) -> Floats:
    """Medians of the smallest and of the largest true value."""
    points, below = _grid(mean, deviation)
    none_below = np.exp(np.log1p(-np.minimum(below, 1 - 1e-15)).sum(axis=1))
    all_below = np.exp(np.log(np.maximum(below, 1e-300)).sum(axis=1))
    return np.array([np.interp(0.5, 1 - none_below, points), np.interp(0.5, all_below, points)])
