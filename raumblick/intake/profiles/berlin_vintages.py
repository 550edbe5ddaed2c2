"""Berlin's areas before 2021, and how they divide into today's 542 Planungsräume.

There were two states: 448 areas in 2019 and 2020, and 447 before. The polygons are those of 2019; of the change in 2019
only the result is known: 09041403 was cut out of 09041301, and the border between 09041401 and 09041501 moved. So
these pairs count as one area each where an older table is converted.

One polygon of the published file carries the key of another one with the same name (Schloßstraße, in two districts).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from raumblick.intake.crosswalk import shares_from_counts, shares_from_points, shares_from_polygons, unite
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.vintages import Vintage

OLD = "lor_planungsraeume_pre2021.shp.zip"
CRS = "EPSG:25833"
NEW = "09041403"  # begins in 2019
TOGETHER = {NEW: "09041301", "09041501": "09041401"}  # drawn together before 2019
_NAME, _DISTRICT, _SINCE = "PLANUNGSRA", "BEZIRKSNAM", "DATUM_GUEL"


@dataclass(frozen=True, eq=False)
class OldAreas:
    """Polygons of 2019 and 2020 (columns area_id, since, geometry) and the two vintages `early` and `late`."""

    polygons: gpd.GeoDataFrame
    early: Vintage
    late: Vintage


def read_old_areas(
    path: Path, seen: Collection[str], districts: dict[str, str], until: pd.Timestamp
) -> tuple[OldAreas, list[Finding]]:
    """The old areas, their wrong key mended.

    Args:
        path: the polygons before 2021.
        seen: all keys that tables of the old areas use.
        districts: name of each district by the first two digits of its areas' keys.
        until: last day of the old areas.

    Raises:
        IntakeError: the file cannot be read, or its keys are not those of the tables.
    """
    raw = _open(path)
    area = raw[[_NAME, _DISTRICT, "geometry"]].assign(
        area_id=raw[_key_column(raw, path.name)].astype(str),
        since=pd.to_datetime(raw[_SINCE], format="%d.%m.%Y", errors="coerce"),
    )
    findings = _mend_key(area, set(seen), districts, path.name)
    keys, dates = set(area["area_id"]), sorted(area["since"].dropna().unique())
    wrong = (keys - set(seen) - {NEW}) | set(area.loc[area["area_id"].duplicated(), "area_id"])
    if wrong or len(dates) < 2 or not keys >= {NEW, *TOGETHER.values()}:
        message = "Die Schlüssel der alten Grenzen passen nicht zu den Einwohnerdateien"
        message += f": {', '.join(sorted(wrong)[:20])}." if wrong else "."
        raise IntakeError([Finding("error", "old_areas", path.name, message, "Datei neu abrufen.")])
    last, before = pd.Timestamp(dates[-1]), pd.Timestamp(dates[-2])
    early = Vintage(before, last - pd.Timedelta(days=1), frozenset(keys - {NEW}))
    late = Vintage(last, until, frozenset(keys))
    return OldAreas(area[["area_id", "since", "geometry"]], early, late), findings


def bases(
    old: OldAreas,
    new: gpd.GeoDataFrame,
    points: gpd.GeoDataFrame | None,
    counts: tuple[pd.Series, pd.Series] | None,
) -> dict[Vintage, dict[str, pd.DataFrame]]:
    """Shares of the areas of each vintage in the new ones, by basis.

    Args:
        old: the old areas.
        new: today's areas (area_id, geometry).
        points: grid cells with weights, or None.
        counts: residents of one day by area of the polygons and by new area, or None.

    Raises:
        CrosswalkError: old and new areas do not cover each other.
    """
    by_area = shares_from_polygons(old.polygons, new, CRS)
    late = {"flaeche": by_area}
    if points is not None:
        late["kinder"] = shares_from_points(old.polygons, new, points, by_area)
    if counts is not None:
        late["einwohner"] = shares_from_counts(by_area, *counts)
    keys = sorted(old.late.ids)
    drawn = pd.Series(keys, index=keys).replace(TOGETHER)
    joint = {"flaeche": unite(by_area, drawn, "flaeche")}
    joint |= {basis: unite(late[basis], drawn, basis, joint["flaeche"]) for basis in late if basis != "flaeche"}
    members = drawn[drawn.index.isin(old.early.ids)]
    return {old.early: {basis: _for_members(shares, members) for basis, shares in joint.items()}, old.late: late}


def _for_members(shares: pd.DataFrame, members: pd.Series) -> pd.DataFrame:
    """The shares of areas drawn together as those of each of them; they make up the new area's part between them."""
    named = members.rename("drawn").rename_axis("member").reset_index()
    each = shares.merge(named, left_on="from_id", right_on="drawn")
    each["part"] /= each["drawn"].map(members.value_counts())
    return each.assign(from_id=each["member"])[list(shares.columns)].sort_values(["from_id", "to_id"], ignore_index=True)


def _open(path: Path) -> gpd.GeoDataFrame:
    try:
        raw = gpd.read_file(path)
    except Exception as error:  # GDAL's drivers raise many kinds; whatever it is, the file is unreadable
        message = f"Die Datei lässt sich nicht lesen ({type(error).__name__})."
        raise IntakeError([Finding("error", "unreadable", path.name, message, "Datei neu abrufen.")]) from error
    absent = [column for column in (_NAME, _DISTRICT, _SINCE) if column not in raw]
    if absent or raw.crs is None:
        message = f"Spalten fehlen: {', '.join(absent)}." if absent else "Das Koordinatensystem ist nicht angegeben."
        raise IntakeError([Finding("error", "column_missing", path.name, message, "Datei neu abrufen.")])
    return raw


def _key_column(raw: gpd.GeoDataFrame, file: str) -> str:
    """The one column of eight-digit keys; its heading was damaged on the way ("broker Dow") and is not relied on."""
    fitting = [
        str(name) for name in raw.columns.drop("geometry") if raw[name].astype(str).str.fullmatch(r"\d{8}").all()
    ]
    if len(fitting) != 1:
        message = "Keine Spalte enthält die achtstelligen Schlüssel der Planungsräume."
        raise IntakeError([Finding("error", "column_missing", file, message, "Datei neu abrufen.")])
    return fitting[0]


def _mend_key(area: gpd.GeoDataFrame, seen: set[str], districts: dict[str, str], file: str) -> list[Finding]:
    """Give a polygon whose key belongs to another district the one key that is missing there; changes `area`."""
    number_of = {name: key for key, name in districts.items()}
    elsewhere = area["area_id"].str[:2] != area[_DISTRICT].map(number_of)
    findings = []
    for row in area.index[elsewhere & area["area_id"].duplicated(keep=False)]:
        given, district = area.at[row, "area_id"], area.at[row, _DISTRICT]
        free = [key for key in seen - set(area["area_id"]) if key[:2] == number_of.get(district)]
        if len(free) == 1:
            area.at[row, "area_id"] = free[0]
            message = (
                f"Zwei Grenzen tragen den Schlüssel {given}. „{area.at[row, _NAME]}“ liegt in {district}; dort fehlt genau "
                f"der Schlüssel {free[0]}, den die Einwohnerdateien nennen. Er wurde eingesetzt."
            )
            findings.append(Finding("warning", "key_mended", file, message, "Beim Herausgeber berichtigen lassen."))
    return findings

