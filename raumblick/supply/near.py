"""Who is near whom: points sorted into bands, all pairs within a radius in blocks, and the weight of a distance.

A band holds the points of one strip of y, column by column in x. The part of a circle that crosses a band is a run of
neighbours in memory, so that the pairs of thousands of circles come out of a few array operations, and never all at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from raumblick.stats.rates import Floats
from raumblick.supply.errors import SupplyError

Decay = Literal["binary", "gaussian"]
DECAYS: tuple[Decay, ...] = ("binary", "gaussian")
BLOCK = 100_000  # pairs at a time: few enough to stay in the cache, enough for few rounds
_EDGE = float(np.exp(-0.5))
_NOTHING = 1e-12  # weights below are what rounding leaves at the edge of the Gaussian
_BANDS_A_RADIUS = 20
_COLUMNS_A_BAND = 4
_MOST_BANDS = 4096
_MOST_COLUMNS = 2_000_000  # of all bands together


@dataclass(frozen=True)
class Kernel:
    """How far an offer reaches: weight 0 to 1 of a straight distance in metres.

    `binary`: 1 up to the radius. `gaussian`: 1 at the door, falling to 0 at the radius. The distance that counts is the
    straight line times `detour` (1.3 for streets, say). Raises SupplyError for a radius or a detour that is not positive
    and for an unknown decay.
    """

    radius_m: float
    decay: Decay = "binary"
    detour: float = 1.0

    def __post_init__(self) -> None:
        if not self.radius_m > 0:
            raise SupplyError("radius_m", "Der Radius muss größer als 0 sein; bei 0 ist kein Angebot erreichbar.")
        if self.decay not in DECAYS:
            raise SupplyError("decay", f"Die Abnahme mit der Entfernung „{self.decay}“ gibt es nicht.")
        if not 0 < self.detour < np.inf:
            raise SupplyError("detour", "Der Umwegfaktor muss größer als 0 sein.")

    @property
    def straight_m(self) -> float:
        """Straight distance at which the radius ends."""
        return self.radius_m / self.detour

    @property
    def limit(self) -> float:
        """Largest squared straight distance whose root is within the radius: comparing with it saves all the roots."""
        return squared_limit(self.straight_m)

    def weights(self, squared: Floats) -> Floats:
        """Weights of squared straight distances (square metres), 0 beyond the radius. Source: Dai 2010 (Gaussian)."""
        inside = squared <= self.limit
        if self.decay == "binary":
            return inside.astype(np.float64)
        weights = (np.exp(squared * (-0.5 / self.straight_m**2)) - _EDGE) * (1 / (1 - _EDGE))
        weights[~inside | (weights < _NOTHING)] = 0.0
        return weights


def squared_limit(radius: float) -> float:
    """Largest number whose square root, as computers round it, is at most `radius`."""
    limit = float(radius) * float(radius)
    while np.sqrt(limit) > radius:
        limit = float(np.nextafter(limit, 0.0))
    while np.isfinite(limit) and np.sqrt(np.nextafter(limit, np.inf)) <= radius:
        limit = float(np.nextafter(limit, np.inf))
    return limit


@dataclass(frozen=True, eq=False)
class Block:
    """Pairs of some query points and the points near them.

    Query points `first` to `last` (excluded); those of query q stand at `indptr[q - first] : indptr[q - first + 1]` of
    `at` (place of the point in the bands) and `squared` (square metres). Pairs a little beyond the radius are among them.
    """

    first: int
    last: int
    indptr: NDArray[np.int64]
    at: NDArray[np.int32]
    squared: Floats

    @property
    def query(self) -> NDArray[np.int64]:
        """Number of the query point of every pair, counted from `first`."""
        return np.repeat(np.arange(self.last - self.first), np.diff(self.indptr))


@dataclass(frozen=True, eq=False)
class Bands:
    """Points in metres, sorted into bands; point k of the bands is point `order[k]` of the arrays that were passed.

    Band n begins at `bottom + n * height`; its columns are `step` wide from `left` on. `first` has the number of the first
    point of every column, band after band, and at last the number of all points: a search without searching.
    """

    x: Floats
    y: Floats
    order: NDArray[np.int64]
    first: NDArray[np.int64]
    bottom: float
    left: float
    height: float
    step: float
    count: int
    columns: int

    @classmethod
    def of(cls, x: Any, y: Any, radius: float) -> Bands:
        """Bands for circles of about `radius`; points without coordinates are left out."""
        x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if not known.size:
            return cls(np.empty(0), np.empty(0), known, np.zeros(2, dtype=np.int64), 0.0, 0.0, 1.0, 1.0, 1, 1)
        left, bottom = float(x[known].min()), float(y[known].min())
        width, extent = float(x[known].max()) - left + 1.0, float(y[known].max()) - bottom + 1.0
        height = float(min(max(radius / _BANDS_A_RADIUS, extent / _MOST_BANDS), extent))
        count = int(extent // height) + 1
        step = max(height / _COLUMNS_A_BAND, width * count / _MOST_COLUMNS)
        columns = int(width // step) + 1
        cell = np.floor((y[known] - bottom) / height).astype(np.int64) * columns
        cell += np.floor((x[known] - left) / step).astype(np.int64)
        by_cell = np.argsort(cell, kind="stable")
        order = known[by_cell]
        first = np.r_[0, np.cumsum(np.bincount(cell, minlength=count * columns))]
        return cls(x[order], y[order], order, first, bottom, left, height, step, count, columns)

    def blocks(self, x: Any, y: Any, radius: float, most: int = BLOCK) -> Iterator[Block]:
        """Pairs of every query point (metres) and the points within `radius` of it, some query points at a time.

        Query points without coordinates have no pairs. One query point alone may have more than `most` pairs.
        """
        x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        owner, start, stop = self._runs(x, y, radius)
        length = stop - start
        pairs = np.bincount(owner, length, minlength=len(x)).astype(np.int64)
        ends = np.r_[0, np.cumsum(pairs)]
        run_of = np.searchsorted(owner, np.arange(len(x) + 1))
        first = 0
        while first < len(x):
            last = max(int(np.searchsorted(ends, ends[first] + most, side="right")) - 1, first + 1)
            runs = slice(run_of[first], run_of[last])
            yield self._block(x, y, first, last, ends, start[runs], length[runs])
            first = last

    def _runs(self, x: Floats, y: Floats, radius: float) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Query point, start and stop of every run of points in a band that a circle crosses, in order of the query."""
        low = np.clip(np.floor((y - radius - self.bottom) / self.height), 0, self.count)
        high = np.clip(np.floor((y + radius - self.bottom) / self.height) + 1, 0, self.count)
        crossed = np.where(np.isfinite(x) & np.isfinite(y), np.maximum(high - low, 0), 0).astype(np.int64)
        owner = np.repeat(np.arange(len(x)), crossed)
        before = np.repeat(np.cumsum(crossed) - crossed, crossed)
        band = np.repeat(np.nan_to_num(low), crossed) + (np.arange(len(owner)) - before)
        offset = y[owner] - self.bottom - band * self.height  # above the lower edge of the band
        away = np.maximum(np.maximum(-offset, offset - self.height), 0.0)
        # A hair more than the circle: rounding must not lose a point that lies exactly on it.
        half = np.sqrt(np.maximum(radius**2 - away**2, 0.0)) + 1e-6 + 1e-7 * min(radius, self.columns * self.step)
        middle, row = x[owner] - self.left, band.astype(np.int64) * self.columns
        begin = np.clip(np.floor((middle - half) / self.step), 0, self.columns).astype(np.int64)
        end = np.clip(np.floor((middle + half) / self.step) + 1, 0, self.columns).astype(np.int64)
        start, stop = self.first[row + begin], self.first[row + end]
        return owner, start, np.maximum(stop, start)

    def _block(self, x: Floats, y: Floats, first: int, last: int, ends: NDArray[np.int64], start: Any, length: Any) -> Block:
        indptr = ends[first : last + 1] - ends[first]
        here = _joined(start[length > 0], length[length > 0])
        pairs = np.diff(indptr)
        dx = self.x[here] - np.repeat(x[first:last], pairs)
        dy = self.y[here] - np.repeat(y[first:last], pairs)
        dx *= dx
        dy *= dy
        dx += dy
        return Block(first, last, indptr, here, dx)


def _joined(start: NDArray[np.int64], length: NDArray[np.int64]) -> NDArray[np.int32]:
    """Numbers of all runs one after the other: from `start` on, `length` (positive) of each.

    Summing steps of one with a jump at the head of each run takes half the time of repeating the heads.
    """
    if not len(start):
        return np.empty(0, dtype=np.int32)
    steps = np.ones(int(length.sum()), dtype=np.int32)
    steps[0] = start[0]
    steps[np.cumsum(length[:-1])] = start[1:] - (start[:-1] + length[:-1] - 1)
    return np.cumsum(steps, out=steps)
