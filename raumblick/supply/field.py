"""Children at points and what a place sees of them: by straight distance, or by an imported table of distances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from raumblick.stats.rates import Floats
from raumblick.stats.words import Note, number, several
from raumblick.supply.errors import SupplyError, numbers_of, unique_ids
from raumblick.supply.near import Bands, Kernel


@dataclass(frozen=True, eq=False)
class Field:
    """Children at points.

    `ids` of the demand points as given, `children` at each (0 where unknown), `placed` whether it has coordinates.
    `bands` for straight distances; `matrix` (facilities x points, weights) where distances were imported.
    """

    ids: pd.Index
    children: Floats
    placed: NDArray[np.bool_]
    kernel: Kernel
    bands: Bands | None
    matrix: csr_array | None = None
    notes: tuple[Note, ...] = ()

    def near(self, x: float, y: float) -> tuple[NDArray[np.int64], Floats]:
        """Points that a place at (x, y) metres sees, by their position, and their weights.

        Raises:
            SupplyError: distances were imported, so that those of a new place are not known.
        """
        if self.bands is None:
            raise SupplyError("distance", "Für einen neuen Ort fehlen die Entfernungen in der eingelesenen Tabelle.")
        block = next(self.bands.blocks([x], [y], self.kernel.straight_m))
        weights = self.kernel.weights(block.squared)
        seen = weights > 0
        return self.bands.order[block.at[seen]], weights[seen]

    def seen_by(self, place: int, x: float, y: float) -> tuple[NDArray[np.int64], Floats]:
        """Points that facility number `place` sees, at (x, y) metres, and their weights."""
        if self.matrix is None:
            return self.near(x, y)
        span = slice(self.matrix.indptr[place], self.matrix.indptr[place + 1])
        return self.matrix.indices[span].astype(np.int64), self.matrix.data[span]

    def weights(self, x: Floats, y: Floats) -> Iterator[tuple[int, int, csr_array]]:
        """Weights of facilities `first` to `last` (rows) on all points (columns, in the order of `order`), block by block."""
        if self.bands is None:
            assert self.matrix is not None
            yield 0, self.matrix.shape[0], self.matrix
            return
        shape = len(self.bands.x)
        for block in self.bands.blocks(x, y, self.kernel.straight_m):
            data = self.kernel.weights(block.squared)
            size = (block.last - block.first, shape)
            yield block.first, block.last, csr_array((data, block.at, block.indptr.astype(block.at.dtype)), shape=size)

    @property
    def order(self) -> NDArray[np.int64]:
        """Position of each column of `weights` among the points as given."""
        return np.arange(len(self.ids)) if self.bands is None else self.bands.order

    def table(self, x: Floats, y: Floats) -> csr_array:
        """Weights of all facilities (rows) on all points (columns, as given), without zeros; takes 12 bytes a pair."""
        parts = [(part.tocoo(), first) for first, _, part in self.weights(x, y)]
        rows = np.concatenate([part.coords[0] + first for part, first in parts] or [np.empty(0, dtype=np.int64)])
        columns = np.concatenate([self.order[part.coords[1]] for part, _ in parts] or [np.empty(0, dtype=np.int64)])
        data = np.concatenate([part.data for part, _ in parts] or [np.empty(0)])
        table = csr_array((data, (rows, columns)), shape=(len(x), len(self.ids)))
        table.eliminate_zeros()
        return table


def field_of(demand: pd.DataFrame, kernel: Kernel) -> Field:
    """Children at points in metres.

    Args:
        demand: one row a point: demand_id, x, y, children (missing: unknown, counts as 0 and is noted).
        kernel: how far an offer reaches.

    Raises:
        SupplyError: a column is missing, a key is there twice, or a number of children is negative.
    """
    ids, children, notes = _people(demand)
    x = numbers_of(demand, "x", "Wohnorte", negative=True)
    y = numbers_of(demand, "y", "Wohnorte", negative=True)
    placed = ~(np.isnan(x) | np.isnan(y))
    lost = np.flatnonzero(~placed)
    if lost.size:
        amount = float(children[lost].sum())
        message = (
            f"{several(lost.size, 'Wohnort', 'Wohnorte')} mit {number(amount)} Kindern ohne Koordinaten: "
            "Ihre Erreichbarkeit ist nicht bekannt, und sie zählen bei keinem Angebot mit."
        )
        notes.append(Note("demand_unplaced", message, lost.size, amount, tuple(map(str, ids[lost]))))
    bands = Bands.of(x, y, kernel.straight_m)
    return Field(ids, children, placed, kernel, bands, None, tuple(notes))


def field_by_distance(demand: pd.DataFrame, facilities: pd.Index, distances: pd.DataFrame, kernel: Kernel) -> Field:
    """Children at points, with distances from a table.

    Args:
        demand: demand_id, children.
        facilities: keys of the facilities, in the order of their rows.
        distances: demand_id, facility_id, distance_m; a pair that is missing is out of reach.
        kernel: radius and decay; `detour` must be 1, because the distances are those of the way.

    Raises:
        SupplyError: a column is missing, a pair is there twice, a distance is negative, or a detour is set.
    """
    if kernel.detour != 1.0:
        raise SupplyError("detour", "Eingelesene Entfernungen sind Wege; ein Umwegfaktor gilt nur für die Luftlinie.")
    ids, children, notes = _people(demand)
    metres = numbers_of(distances, "distance_m", "Entfernungen")
    row, column = facilities.get_indexer(distances["facility_id"]), ids.get_indexer(distances["demand_id"])
    known = (row >= 0) & (column >= 0) & ~np.isnan(metres)
    if not known.all():
        left = int((~known).sum())
        message = f"{several(left, 'Entfernung', 'Entfernungen')} ohne Zahl oder zu einem unbekannten Ort: Sie zählen nicht."
        notes.append(Note("distance_unknown", message, left))
    row, column = row[known], column[known]
    if len(np.unique(row.astype(np.int64) * len(ids) + column)) < len(row):
        raise SupplyError("distances", "In der Tabelle „Entfernungen“ steht ein Paar mehrfach.")
    matrix = csr_array((kernel.weights(metres[known] ** 2), (row, column)), shape=(len(facilities), len(ids)))
    matrix.eliminate_zeros()
    return Field(ids, children, np.ones(len(ids), dtype=bool), kernel, None, matrix, tuple(notes))


def _people(demand: pd.DataFrame) -> tuple[pd.Index, Floats, list[Note]]:
    """Keys, children with 0 for unknown, and what is unknown."""
    ids = unique_ids(demand, "demand_id", "Wohnorte")
    children = numbers_of(demand, "children", "Wohnorte")
    unknown = np.flatnonzero(np.isnan(children))
    notes = []
    if unknown.size:
        message = (
            f"{several(unknown.size, 'Wohnort', 'Wohnorte')} ohne Kinderzahl: Sie zählen nicht mit, "
            "deshalb wirken die Angebote dort reichlicher, als sie sind."
        )
        notes.append(Note("children_unknown", message, unknown.size, ids=tuple(map(str, ids[unknown]))))
    return ids, np.nan_to_num(children), notes
