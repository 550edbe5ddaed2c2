"""Crosswalk: shares of old areas in new ones, from polygons, from points with weights, from counts, from a table.

Every maker gives the same frame, one row a piece of an old area that lies in a new one:

    from_id, to_id   keys of the old and the new area
    weight           square metres, children, residents of the piece; 0 where a basis says nothing
    share            part of the old area's people that the piece holds; the shares of every old area sum to 1
    part             part of the new area that the piece makes up; the parts of every new area sum to 1
    basis            what the share rests on (flaeche, kinder, einwohner, amtlich); an old area without any weight falls
                     back to `flaeche`, so the column marks it

`raumblick.intake.conversion` converts counts with such a frame.
"""

from __future__ import annotations

from collections.abc import Collection

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from raumblick.intake.findings import Finding, IntakeError

SLIVER = 0.005  # a piece below this part of the old and of the new area is where two drawings of one border differ
GAP = 0.05  # an old area may lie outside of the new ones, or doubly in them, with at most this part
TABLE_TOLERANCE = 0.001  # a table's shares of an old area may miss 1 by this much: rounding of its cells
ROUNDS = 200  # of the fit to counts; it comes closer by ever smaller steps and need not be exact
COLUMNS = ["from_id", "to_id", "weight", "share", "part", "basis"]


class CrosswalkError(ValueError):
    """Areas that cannot be converted; the message is German, `areas` are the keys."""

    def __init__(self, message: str, areas: Collection[str]):
        super().__init__(message)
        self.areas = tuple(sorted(areas))


def shares_from_polygons(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, crs: str, sliver: float = SLIVER
) -> pd.DataFrame:
    """Shares by area of the intersections.

    Args:
        old, new: columns area_id and geometry, any CRS; no key twice.
        crs: an equal-area or local projected CRS in which areas are measured, e.g. "EPSG:25833".
        sliver: a piece below this part of its old and of its new area is dropped; what stays is rescaled. A small
            piece of a large forest that is half of a small new area is none.

    Returns:
        Pieces with basis `flaeche`, in the order of their keys.

    Raises:
        CrosswalkError: a key comes twice, or an old area lies outside of the new ones, or where they overlap, with
            more than 5 % of its area.
    """
    before, after = old.to_crs(crs), new.to_crs(crs)
    for areas in (before, after):
        _once(areas["area_id"])
    i, j = after.sindex.query(before.geometry.values, predicate="intersects")
    size = shapely.area(shapely.intersection(before.geometry.values[i], after.geometry.values[j]))
    whole, target = before.geometry.area.to_numpy(), after.geometry.area.to_numpy()
    covered = np.bincount(i, size, minlength=len(before)) / whole
    astray = np.abs(covered - 1) > GAP
    if astray.any():
        keys = list(before["area_id"].to_numpy()[astray])
        message = f"Alte Gebiete werden von den neuen nicht genau einmal überdeckt: {', '.join(sorted(keys))}."
        raise CrosswalkError(message, keys)
    keep = (size / whole[i] >= sliver) | (size / target[j] >= sliver)
    i, j, size = i[keep], j[keep], size[keep]
    pieces = pd.DataFrame({"from_id": before["area_id"].to_numpy()[i], "to_id": after["area_id"].to_numpy()[j]})
    return _finished(pieces, size, "flaeche")


def shares_from_points(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, points: gpd.GeoDataFrame, by_area: pd.DataFrame, basis: str = "kinder"
) -> pd.DataFrame:
    """Shares by weights at points, e.g. persons in the middle of grid cells.

    Args:
        old, new: columns area_id and geometry, any CRS.
        points: columns weight (>= 0) and geometry, any CRS. A point outside counts nowhere; one on a border counts in
            the area with the smaller key.
        by_area: pieces of `shares_from_polygons`. A pair of areas that is no piece there gets nothing: a point beside
            a border is no proof of one. Old areas without any weight keep their shares by area and basis `flaeche`.
        basis: name of the weights.

    Raises:
        CrosswalkError: a weight is negative or missing.
    """
    weight = points["weight"].to_numpy(dtype=float, na_value=np.nan)
    if not (weight >= 0).all():
        raise CrosswalkError("Ein Gewicht ist negativ oder fehlt.", ())
    where = pd.DataFrame({"from_id": _area_at(points, old), "to_id": _area_at(points, new), "weight": weight})
    summed = where.groupby(["from_id", "to_id"], as_index=False)["weight"].sum()
    found = by_area[["from_id", "to_id"]].merge(summed, on=["from_id", "to_id"], how="left")["weight"]
    return _weighted(by_area, found.fillna(0.0).to_numpy(), basis)


def shares_from_counts(
    by_area: pd.DataFrame, old: pd.Series, new: pd.Series, basis: str = "einwohner"
) -> pd.DataFrame:
    """Shares that turn counts of the old areas into the known counts of the new ones, both of the same people.

    Iterative proportional fitting (Deming and Stephan 1940): the pieces by area are scaled to the new and to the old
    counts in turn, so an old area's people go where people are known to live, not where it is large.

    Args:
        by_area: pieces of `shares_from_polygons`.
        old: count of every old area, by key.
        new: count of the new areas, by key; an area without a count is not scaled.
        basis: name of the counts.

    Returns:
        Pieces; an old area that the counts leave empty keeps its shares by area and basis `flaeche`.

    Raises:
        CrosswalkError: an old area has no count.
    """
    rows, keys = pd.factorize(by_area["from_id"])
    columns, targets = pd.factorize(by_area["to_id"])
    given = old.reindex(keys).to_numpy(dtype=float, na_value=np.nan)
    if np.isnan(given).any():
        raise CrosswalkError("Für alte Gebiete fehlt die Zahl.", list(keys[np.isnan(given)]))
    wanted = new.reindex(targets).to_numpy(dtype=float, na_value=np.nan)
    people = by_area["share"].to_numpy() * given[rows]
    for _ in range(ROUNDS):
        people = _scaled(people, columns, wanted)
        people = _scaled(people, rows, given)
    return _weighted(by_area, people, basis)


def shares_from_table(
    table: pd.DataFrame, old_ids: Collection[str], new_ids: Collection[str], file: str, tolerance: float = TABLE_TOLERANCE
) -> pd.DataFrame:
    """Shares of a published table, checked.

    Args:
        table: columns from_id, to_id (text), share (number); the index holds the line of each row in its file.
        old_ids, new_ids: all keys of the two vintages. Each old area must be in the table, a new one need not.
        file: name for findings.
        tolerance: the shares of an old area may miss 1 by this much and are then rescaled; more is an error.

    Raises:
        IntakeError: unknown or repeated keys, old areas that are not there, shares that are missing, negative, above 1
            or do not sum to 1. Every fault is in it.
    """
    share = table["share"].astype("Float64")
    low_high = share.isna() | (share < 0) | (share > 1 + tolerance)
    rows = [
        ("from_id", ~table["from_id"].isin(list(old_ids)), "{from_id} ist kein altes Gebiet.", "Gebietsstand prüfen."),
        ("to_id", ~table["to_id"].isin(list(new_ids)), "{to_id} ist kein neues Gebiet.", "Gebietsstand prüfen."),
        ("to_id", table.duplicated(["from_id", "to_id"]), "{from_id} und {to_id} stehen zweimal da.", "Zeile streichen."),
        ("share", low_high, "Der Anteil {share} von {from_id} an {to_id} ist unmöglich.", "Anteile liegen zwischen 0 und 1."),
    ]
    findings = [
        Finding("error", "share_table", file, message.format(**row), remedy, int(line), column)
        for column, wrong, message, remedy in rows
        for line, row in zip(table.index[wrong], table[wrong].to_dict("records"), strict=True)
    ]
    sums = share.groupby(table["from_id"]).sum().reindex(sorted(old_ids))
    for key, total in sums[~((sums - 1).abs() <= tolerance).fillna(False)].items():
        said = "fehlen" if pd.isna(total) else f"ergeben {total:.4f} statt 1".replace(".", ",")
        message, remedy = f"Die Anteile des alten Gebiets {key} {said}.", "Anteile ergänzen oder berichtigen."
        findings.append(Finding("error", "share_sum", file, message, remedy, None, "share"))
    if findings:
        raise IntakeError(findings)
    used = table[(share > 0).to_numpy()]
    return _finished(used[["from_id", "to_id"]], used["share"].to_numpy(dtype=float), "amtlich")


def unite(
    shares: pd.DataFrame, names: pd.Series, basis: str, by_area: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Shares of old areas that are joined under a common key, from the weights of their pieces.

    `names` holds the common key of every old key. `by_area` are the joined pieces by area, for areas without any weight;
    None when `shares` are those by area themselves.
    """
    named = shares.assign(from_id=shares["from_id"].map(names))
    joint = named.groupby(["from_id", "to_id"], as_index=False)["weight"].sum()
    if by_area is None:
        return _finished(joint[["from_id", "to_id"]], joint["weight"].to_numpy(), basis)
    found = by_area[["from_id", "to_id"]].merge(joint, on=["from_id", "to_id"], how="left")["weight"]
    return _weighted(by_area, found.fillna(0.0).to_numpy(), basis)


def fallen_back(shares: pd.DataFrame, basis: str) -> list[str]:
    """Keys of the old areas that have no weight on this basis and keep their shares by area."""
    return sorted(shares.loc[shares["basis"] != basis, "from_id"].unique())


def _finished(pieces: pd.DataFrame, weight: NDArray[np.float64], basis: str) -> pd.DataFrame:
    """Weights of pieces as shares of the old and parts of the new areas."""
    frame = pieces.assign(weight=weight, basis=basis)
    frame["share"] = frame["weight"] / frame.groupby("from_id")["weight"].transform("sum")
    frame["part"] = frame["weight"] / frame.groupby("to_id")["weight"].transform("sum")
    return frame[COLUMNS].sort_values(["from_id", "to_id"], ignore_index=True)


def _weighted(by_area: pd.DataFrame, weight: NDArray[np.float64], basis: str) -> pd.DataFrame:
    """Pieces by area with other weights; where an old area has none, its rows stay as they are.

    A piece without weight stays with the share 0: the new area gets nobody from there, which is known, not missing.
    """
    frame = by_area.assign(weight=weight)
    of_old = frame.groupby("from_id")["weight"].transform("sum")
    of_new = frame.groupby("to_id")["weight"].transform("sum")
    has, met = of_old > 0, of_new > 0
    stay = frame["part"].where(~has, 0.0).groupby(frame["to_id"]).transform("sum")
    frame["basis"] = frame["basis"].where(~has, basis)
    frame["share"] = frame["share"].where(~has, frame["weight"] / of_old.where(has, 1.0))
    frame["part"] = frame["part"].where(~(has & met), frame["weight"] / of_new.where(met, 1.0) * (1 - stay))
    return frame[COLUMNS]


def _scaled(values: NDArray[np.float64], groups: NDArray[np.int64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """`values` with the sum of each group as wanted; a group that is empty or has no wanted sum stays."""
    sums = np.bincount(groups, values, minlength=len(wanted))
    factor = np.where((sums > 0) & ~np.isnan(wanted), wanted / np.where(sums > 0, sums, 1.0), 1.0)
    return np.asarray(values * factor[groups])


def _area_at(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """Key of the area at each point, missing outside."""
    places = points.geometry.to_crs(areas.crs)
    area, point = places.sindex.query(areas.geometry.values, predicate="intersects")  # prepares the few large shapes
    found = pd.DataFrame({"point": point, "key": areas["area_id"].to_numpy()[area]}).sort_values(["point", "key"])
    return found.drop_duplicates("point").set_index("point")["key"].reindex(range(len(points)))


def _once(keys: pd.Series) -> None:
    twice = keys[keys.duplicated()]
    if len(twice):
        raise CrosswalkError(f"Gebietsschlüssel stehen zweimal da: {', '.join(sorted(set(twice)))}.", set(twice))
