"""From index and rank to the named class of an area."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from raumblick.need.model import Classes
from raumblick.need.ranks import quantile_class

Floats = NDArray[np.float64]


def class_codes(classes: Classes, index: Floats, ranks: Floats) -> NDArray[np.int64]:
    """Position of each area's class in `classes.labels`; -1 where the index is missing or there are no classes.

    `index`: published value, `ranks`: 1 for most need; shapes (..., areas). `cuts` sorts the index by the cut points in
    rising order (`belongs` says where a value that equals a cut goes), `quantiles` the ranks, `top` the first k ranks.
    """
    if classes.method == "none":
        return np.full(index.shape, -1)
    if classes.method == "cuts":
        codes = np.zeros(index.shape, dtype=np.int64)
        for cut, side in zip(classes.cuts, classes.belongs, strict=True):
            codes += index >= cut if side == "above" else index > cut
    elif classes.method == "quantiles":
        count = (~np.isnan(ranks)).sum(-1, keepdims=True)
        counted = ranks if classes.first == "most" else count + 1 - ranks
        number = quantile_class(counted, count, classes.k, classes.rule)
        codes = np.nan_to_num(number, nan=1.0).astype(np.int64) - 1
    else:
        codes = np.zeros(index.shape, dtype=np.int64)
        for size in classes.top:
            codes += ranks > size
    return np.where(np.isnan(index), -1, codes)


def class_labels(classes: Classes, codes: NDArray[np.int64]) -> NDArray[np.object_]:
    """Names of class codes, None for -1."""
    return np.array([*classes.labels, None], dtype=object)[codes]
