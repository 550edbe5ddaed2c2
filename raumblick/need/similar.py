"""Which areas are most like this one, and in what?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from raumblick.need.errors import IndexError_


@dataclass(frozen=True)
class Similar:
    """The areas most like one area.

    `areas`: `area_id`, `distance` (mean difference in standard deviations of the city), `compared` (indicators known in
    both), nearest first. `parts`: one row an area, one column an indicator: its share of the squared distance (a row
    sums to 1). `differences`: signed differences in standard deviations. `sentences`: German, one an area.
    """

    areas: pd.DataFrame
    parts: pd.DataFrame
    differences: pd.DataFrame
    sentences: tuple[str, ...]


def most_similar(
    values: pd.DataFrame,
    area_id: Any,
    *,
    count: int = 5,
    weights: Mapping[str, float] | None = None,
    least_shared: float = 0.7,
    names: Mapping[str, str] | None = None,
) -> Similar:
    """The `count` areas nearest to `area_id`.

    `values`: one row an area (index: area ids), one column an indicator, in any units; each is put on the scale of its
    standard deviation over all areas. `weights` of the indicators (default 1). Only areas that share at least the
    (weighted) part `least_shared` of the indicators with the area are compared. `names`: German names of indicators.
    Distance: root of the weighted mean of squared differences. Raises IndexError_ naming an unknown area, an unknown or
    negative weight, or the index where area ids repeat.
    """
    if not values.index.is_unique:
        raise IndexError_("area_id", "Gebiete kommen mehrfach vor.")
    if area_id not in values.index:
        raise IndexError_(str(area_id), "Dieses Gebiet gibt es nicht.")
    w = _weights(values, weights)
    data = values.to_numpy(dtype=np.float64, na_value=np.nan)
    with np.errstate(invalid="ignore"):
        spread = np.nanstd(data, axis=0) if len(data) else np.ones(data.shape[1])
    usable = np.isfinite(spread) & (spread > 0)  # an indicator that is the same everywhere tells nothing
    scaled = data[:, usable] / spread[usable]
    w, columns = w[usable], values.columns[usable]
    own = values.index.get_loc(area_id)
    difference = scaled - scaled[own]
    known = ~np.isnan(difference)
    shared = known @ w
    squares = np.where(known, difference**2, 0.0) * w
    distance = np.sqrt(squares.sum(axis=1) / np.where(shared > 0, shared, 1.0))
    candidate = (shared >= least_shared * w.sum() - 1e-12) & (shared > 0)
    candidate[own] = False
    found = np.flatnonzero(candidate)
    found = found[np.argsort(distance[found], kind="stable")][:count]
    total = squares[found].sum(axis=1, keepdims=True)
    parts = np.divide(squares[found], total, out=np.zeros_like(squares[found]), where=total > 0)
    ids = values.index[found]
    differences = pd.DataFrame(difference[found], index=ids, columns=columns)
    return Similar(
        areas=pd.DataFrame({"area_id": ids.array, "distance": distance[found], "compared": known[found].sum(axis=1)}),
        parts=pd.DataFrame(parts, index=ids, columns=columns),
        differences=differences,
        sentences=tuple(_sentence(row, dict(names or {})) for _, row in differences.iterrows()),
    )


def _weights(values: pd.DataFrame, weights: Mapping[str, float] | None) -> np.ndarray:
    """One weight a column."""
    for key, weight in (weights or {}).items():
        if key not in values.columns:
            raise IndexError_(key, "Diese Kennzahl kommt im Vergleich nicht vor.")
        if not weight >= 0:
            raise IndexError_(key, "Ein Gewicht darf nicht negativ sein oder fehlen.")
    return np.array([float((weights or {}).get(key, 1.0)) for key in values.columns])


def _sentence(differences: pd.Series, names: Mapping[str, str]) -> str:
    """Where two areas are most alike and where they differ most, in German."""
    known = differences.dropna()
    order = known.abs().sort_values(kind="stable").index
    like = [names.get(key, key) for key in order[:2]]
    text = f"Am ähnlichsten: {' und '.join(like)}."
    far = known[order[-1]]
    if abs(far) < 0.25 or len(order) < 3:
        return text
    word = "höher" if far > 0 else "niedriger"
    return f"{text} Am verschiedensten: {names.get(order[-1], order[-1])} ({word})."
