"""Do high values lie side by side? Moran's I and local Moran over neighbouring areas.

The permutation tests are written out here because the usual package loads machine-learning libraries that cost seconds
and 200 MB at every start; the tests compare every number with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from raumblick.stats.multiple import benjamini_hochberg
from raumblick.stats.rates import Floats, as_floats

CLUSTERS = ("hoch bei hoch", "niedrig bei niedrig", "hoch bei niedrig", "niedrig bei hoch")
NO_PATTERN, NO_NEIGHBOURS = "kein Muster", "keine Nachbarn"
_BLOCK = 2_000_000  # numbers drawn at a time


@dataclass(frozen=True)
class Neighbours:
    """Which areas touch: `links[i]` are the positions of the neighbours of area i, without itself."""

    links: tuple[NDArray[np.int64], ...]

    @property
    def matrix(self) -> csr_matrix:
        """Sparse matrix of weights, every row with neighbours sums to 1."""
        counts = np.array([link.size for link in self.links])
        rows = np.repeat(np.arange(len(self.links)), counts)
        columns = np.concatenate([*self.links, np.empty(0, dtype=np.int64)])
        weights = np.repeat(1 / np.maximum(counts, 1), counts)
        return csr_matrix((weights, (rows, columns)), shape=(len(self.links),) * 2)

    def among(self, keep: NDArray[np.bool_]) -> Neighbours:
        """The same links among some areas only, in their order."""
        position = np.cumsum(keep) - 1
        links = [self.links[i] for i in np.flatnonzero(keep)]
        return Neighbours(tuple(position[link[keep[link]]] for link in links))


@dataclass(frozen=True)
class Moran:
    """Moran's I: -1/(n-1) is expected by chance, towards 1 neighbours are alike. `p` is one-sided, by permutation."""

    i: float
    expected: float
    p: float
    areas: int
    sentence: str


def queen(geometry: Sequence[Any], tolerance: float = 0.0) -> Neighbours:
    """Areas that share a border or a corner.

    `geometry`: polygons in one order. `tolerance`, in the unit of the geometry, also joins polygons whose borders run
    beside each other without meeting exactly (about 20 m, or 0.0002 degrees, for outlines drawn by hand).
    """
    shapes = np.asarray(geometry, dtype=object)
    tree = shapely.STRtree(shapes)
    if tolerance > 0:
        left, right = tree.query(shapes, predicate="dwithin", distance=tolerance)
    else:
        left, right = tree.query(shapes, predicate="intersects")
    apart = left != right
    left, right = left[apart], right[apart]
    order = np.lexsort((right, left))
    starts = np.searchsorted(left[order], np.arange(shapes.size + 1))
    return Neighbours(tuple(right[order][a:b] for a, b in zip(starts[:-1], starts[1:], strict=True)))


def moran(values: Any, neighbours: Neighbours, permutations: int = 999, seed: int = 1) -> Moran:
    """Global Moran's I with row-standardised weights.

    `values`: one number an area; areas without one, or without neighbours that have one, take no part. The p value is
    the share of random arrangements that are as extreme, (count + 1)/(permutations + 1), as esda gives it. Raises
    ValueError where fewer than three areas are left or all are equal. Source: Moran 1950; Cliff and Ord 1981.
    """
    z, links, _ = _usable(values, neighbours)
    weights = links.matrix
    n, total = z.size, float((z**2).sum())
    observed = float(z @ (weights @ z)) / total
    rng = np.random.default_rng(seed)
    simulated = np.empty(permutations)
    step = max(1, _BLOCK // n)
    for start in range(0, permutations, step):
        size = min(step, permutations - start)
        mixed = rng.permuted(np.broadcast_to(z, (size, n)), axis=1)
        simulated[start : start + size] = ((weights @ mixed.T).T * mixed).sum(axis=1) / total
    larger = int((simulated >= observed).sum())
    p = (min(larger, permutations - larger) + 1) / (permutations + 1)
    return Moran(observed, -1 / (n - 1), p, n, _moran_sentence(observed, -1 / (n - 1), p))


def local_moran(
    values: Any, neighbours: Neighbours, permutations: int = 9999, seed: int = 1, q: float = 0.05
) -> pd.DataFrame:
    """Local Moran of every area: where high or low values cluster, and single areas that differ from their neighbours.

    Rows in input order; columns `i`, `p` (one-sided, neighbours drawn at random, as esda gives it), `cluster`: one of
    CLUSTERS where the false discovery rate over all areas stays at `q` (Benjamini and Hochberg on doubled p values, for
    both directions are asked), else "kein Muster"; "keine Nachbarn" without neighbours, missing without a value. Few
    permutations find nothing: the smallest p value is 1/(permutations + 1). `tendency` names the same where p < 0.05 for
    the area alone, to be shown as a hint only: one area in twenty has one by chance. Raises ValueError as `moran`.
    Source: Anselin 1995.
    """
    z, links, used = _usable(values, neighbours)
    lag = links.matrix @ z
    scale = (z.size - 1) / float((z**2).sum())
    local = z * lag * scale
    p = _local_p(z, links, local, scale, permutations, np.random.default_rng(seed))
    found = benjamini_hochberg(np.minimum(2 * p, 1), q)
    names = np.select([(z > 0) & (lag > 0), (z < 0) & (lag < 0), z > 0], CLUSTERS[:3], CLUSTERS[3])
    known = ~np.isnan(as_floats(values))
    frame = pd.DataFrame({"i": np.full(used.size, np.nan), "p": np.nan})
    frame.loc[used, "i"], frame.loc[used, "p"] = local, p
    for column, shown in (("cluster", found), ("tendency", p < 0.05)):
        words: NDArray[np.object_] = np.full(used.size, None, dtype=object)
        words[known] = NO_NEIGHBOURS
        words[used] = np.where(shown, names, NO_PATTERN)
        frame[column] = words
    return frame


def _usable(values: Any, neighbours: Neighbours) -> tuple[Floats, Neighbours, NDArray[np.bool_]]:
    """Centred values and links of the areas that take part, and which those are."""
    x = as_floats(values)
    if x.shape != (len(neighbours.links),):
        raise ValueError("one value an area is needed, in the order of the neighbours")
    used = ~np.isnan(x)
    while True:
        links = neighbours.among(used)
        lonely = np.array([link.size == 0 for link in links.links], dtype=bool)
        if not lonely.any():
            break
        used[np.flatnonzero(used)[lonely]] = False
    if used.sum() < 3 or np.ptp(x[used]) == 0:
        raise ValueError("at least three neighbouring areas with different values are needed")
    return x[used] - x[used].mean(), links, used


def _local_p(
    z: Floats, links: Neighbours, local: Floats, scale: float, permutations: int, rng: np.random.Generator
) -> Floats:
    """Pseudo p values: the area stays, its neighbours are drawn from all others."""
    n = z.size
    most = max(link.size for link in links.links)
    # The same random order of the other areas serves all areas; each takes as many as it has neighbours.
    keys = rng.random((permutations, n - 1), dtype=np.float32)
    orders = np.argsort(keys, axis=1)[:, :most]
    p = np.empty(n)
    for i, link in enumerate(links.links):
        others = np.delete(z, i)
        simulated = z[i] * others[orders[:, : link.size]].mean(axis=1) * scale
        larger = int((simulated >= local[i]).sum())
        p[i] = (min(larger, permutations - larger) + 1) / (permutations + 1)
    return p


def _moran_sentence(i: float, expected: float, p: float) -> str:
    """What Moran's I says, in German."""
    number = f"{i:.2f}".replace(".", ",").replace("-", "−")
    chance = ("p unter 0,001" if p <= 0.001 else f"p = {p:.3f}").replace(".", ",")
    if p > 0.05:
        return f"Ähnliche Werte liegen nicht öfter beieinander als durch Zufall (Morans I {number}, {chance})."
    if i > expected:
        return f"Ähnliche Werte liegen beieinander (Morans I {number}, {chance})."
    return f"Nachbarn unterscheiden sich stärker als durch Zufall (Morans I {number}, {chance})."
