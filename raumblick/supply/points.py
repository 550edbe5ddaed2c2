"""Where children live, how far they have it, and how many have an offer near: demand points and simple distances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from raumblick.stats.rates import Floats
from raumblick.stats.words import Note, number, several
from raumblick.supply.errors import SupplyError, need_columns, numbers_of, unique_ids


@dataclass(frozen=True, eq=False)
class DemandPoints:
    """Points where children live.

    `points`: demand_id, area_id, x, y (metres), children, basis ("cell", "even", or "centroid" for an area
    without cells).
    `children` of the points of an area add up to the area's own number. `notes`: what is missing.
    """

    points: pd.DataFrame
    notes: tuple[Note, ...]

    @property
    def area_of(self) -> pd.Series:
        """area_id by demand_id."""
        return self.points.set_index("demand_id")["area_id"]


def demand_points(
    cells: pd.DataFrame, counts: pd.DataFrame, centroids: pd.DataFrame | None = None
) -> DemandPoints:
    """Grid cells or address points, rescaled so that each area has exactly its own number of children.

    Args:
        cells: one row a cell or address: area_id, x, y (metres), weight (persons, dwellings; a hidden cell may be 0 or
            missing); demand_id if there is one; basis: what it is, "cell" (also where there is no such column), or "even" for
            points spread evenly because nothing better is known.
        counts: one row an area: area_id, children (missing: unknown).
        centroids: area_id, x, y of every area; stands in for an area that has children but no cell with a weight.

    Returns:
        Points in the order of the cells, then of the centroids used. An area without a number keeps its points with
        missing children.

    Raises:
        SupplyError: a missing column, a key there twice, a negative number.
    """
    areas = unique_ids(counts, "area_id", "Kinder der Gebiete")
    children = pd.Series(numbers_of(counts, "children", "Kinder der Gebiete"), areas)
    need_columns(cells, ["area_id", "x", "y"], "Wohnorte")
    weight = np.nan_to_num(numbers_of(cells, "weight", "Wohnorte"))
    known = cells["area_id"].isin(areas).to_numpy()
    notes = _left_out(int((~known).sum()), float(weight[~known].sum()))
    ids = unique_ids(cells, "demand_id", "Wohnorte") if "demand_id" in cells.columns else pd.RangeIndex(len(cells)).astype(str)
    basis = cells["basis"].to_numpy() if "basis" in cells.columns else np.full(len(cells), "cell", dtype=object)
    used = cells.loc[known, ["area_id", "x", "y"]].assign(weight=weight[known], demand_id=ids[known], basis=basis[known])
    total = used.groupby("area_id")["weight"].transform("sum")
    used = used[total > 0].assign(total=total[total > 0])
    used["children"] = used["weight"] / used["total"] * used["area_id"].map(children).astype(float)
    rest = children[~children.index.isin(used["area_id"].unique()) & ~(children == 0)]
    fallback, more = _centroids(rest, centroids)
    unknown = children[children.isna()]
    if len(unknown):
        message = f"{several(len(unknown), 'Gebiet', 'Gebiete')} ohne Kinderzahl: Die Kinder dort zählen nirgends mit."
        more.append(Note("counts_unknown", message, len(unknown), ids=tuple(map(str, unknown.index))))
    columns = ["demand_id", "area_id", "x", "y", "children", "basis"]
    parts = [part for part in (used[columns], fallback[columns]) if len(part)] or [used[columns]]
    return DemandPoints(pd.concat(parts, ignore_index=True), tuple(notes + more))


def _left_out(count: int, weight: float) -> list[Note]:
    if not count:
        return []
    message = f"{several(count, 'Wohnort', 'Wohnorte')} außerhalb der Gebiete: Sie zählen nicht mit."
    return [Note("cells_outside", message, count, weight)]


def _centroids(rest: pd.Series, centroids: pd.DataFrame | None) -> tuple[pd.DataFrame, list[Note]]:
    """Points for areas with children (or an unknown number) but no cell."""
    places = pd.DataFrame(columns=["area_id", "x", "y"]) if centroids is None else centroids
    ids = unique_ids(places, "area_id", "Mittelpunkte")
    found = places[ids.isin(rest.index)][["area_id", "x", "y"]].dropna()
    found = found.assign(
        children=found["area_id"].map(rest).astype(float), demand_id="area-" + found["area_id"].astype(str), basis="centroid"
    )
    notes = []
    if len(found):
        size = float(found["children"].sum())
        message = (
            f"{several(len(found), 'Gebiet', 'Gebiete')} mit {number(size)} Kindern ohne Wohnorte: "
            "Gerechnet wird ersatzweise mit dem Mittelpunkt des Gebiets."
        )
        notes.append(Note("centroid", message, len(found), size, tuple(map(str, found["area_id"]))))
    lost = rest[~rest.index.isin(found["area_id"])]
    lost = lost[lost.notna()]
    if len(lost):
        message = (
            f"{several(len(lost), 'Gebiet', 'Gebiete')} mit {number(float(lost.sum()))} Kindern ohne Wohnorte und ohne "
            "Mittelpunkt: Sie fehlen in der Erreichbarkeit."
        )
        notes.append(Note("no_points", message, len(lost), float(lost.sum()), tuple(map(str, lost.index))))
    return found, notes


@dataclass(frozen=True, eq=False)
class Nearest:
    """The nearest offer of each point, by demand_id: `facility_id` and `distance_m` (way); both missing where unknown."""

    table: pd.DataFrame
    children: Floats

    def share_within(self, radius_m: float) -> float:
        """Share of the children (of those at known points) that have an offer within `radius_m`; missing without children."""
        distance = self.table["distance_m"].to_numpy()
        known = ~np.isnan(distance) & ~np.isnan(self.children)
        total = self.children[known].sum()
        return float(self.children[known & (distance <= radius_m)].sum() / total) if total > 0 else float("nan")

    def mean_distance(self) -> float:
        """Mean way of the children to the nearest offer in metres; missing without children."""
        distance = self.table["distance_m"].to_numpy()
        known = np.isfinite(distance) & ~np.isnan(self.children)
        total = self.children[known].sum()
        return float((self.children * distance)[known].sum() / total) if total > 0 else float("nan")


def nearest(demand: pd.DataFrame, supply: pd.DataFrame, detour: float = 1.0) -> Nearest:
    """The nearest offer of every point.

    Args:
        demand: demand_id, x, y (metres), children.
        supply: facility_id, x, y. Offers without coordinates cannot be the nearest; where there is no other, the
            distance is infinite.
        detour: way divided by straight line.

    Raises:
        SupplyError: a missing column, a key there twice, a detour that is not positive.
    """
    if not 0 < detour < np.inf:
        raise SupplyError("detour", "Der Umwegfaktor muss größer als 0 sein.")
    ids, offers = unique_ids(demand, "demand_id", "Wohnorte"), unique_ids(supply, "facility_id", "Angebote")
    home = np.column_stack([numbers_of(demand, name, "Wohnorte", negative=True) for name in ("x", "y")])
    sites = np.column_stack([numbers_of(supply, name, "Angebote", negative=True) for name in ("x", "y")])
    at_home, placed = ~np.isnan(home).any(axis=1), np.flatnonzero(~np.isnan(sites).any(axis=1))
    table = pd.DataFrame({"facility_id": pd.Series(pd.NA, ids, dtype=object), "distance_m": np.nan}, index=ids)
    if placed.size and at_home.any():
        distance, number_of = cKDTree(sites[placed]).query(home[at_home])
        table.loc[at_home, "distance_m"] = distance * detour
        table.loc[at_home, "facility_id"] = offers.to_numpy()[placed[number_of]]
    elif at_home.any():
        table.loc[at_home, "distance_m"] = np.inf
    return Nearest(table, numbers_of(demand, "children", "Wohnorte"))
