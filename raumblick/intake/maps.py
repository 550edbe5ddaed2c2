"""Map files as the areas of a city: of a new one, new borders, a coarser level, or an earlier state of one that is there.

The finest file is the base level; a coarser one is its parent level where every small area lies in one large one. Polygons
with other keys than the city's are an earlier state only when the file says from when it was valid.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from raumblick.catalogue import Catalogue
from raumblick.intake.addition import Addition, Ground
from raumblick.intake.areas import read_areas
from raumblick.intake.crosswalk import CrosswalkError, shares_from_polygons
from raumblick.intake.files.source import SourceText
from raumblick.intake.findings import Finding, IntakeError, has_errors
from raumblick.intake.map_columns import as_keys, day_column, key_column, level_of, name_column, open_map
from raumblick.intake.map_signature import holds_polygons
from raumblick.intake.profiles.bricks import listing, number, source_row

TITLE = "Gebietsgrenzen (Kartendatei)"
ALWAYS = pd.Timestamp("1800-01-01")  # a map file that names no day: valid as far back as any number goes
INSIDE = 0.9  # so much of a small area must lie in the large one that it belongs to
RANK = {"stadt": 0, "bezirk": 1, "planungsraum": 2, "ortsteil": 2}


def knows(path: Path, file: SourceText) -> bool:
    """True for a map file with polygons: GeoJSON, TopoJSON, GeoPackage, zipped Shapefile."""
    return holds_polygons(path, file)


def fits(ground: Ground) -> bool:
    """Any city can have areas."""
    return True


def read(paths: Mapping[str, Path], ground: Ground, catalogue: Catalogue) -> Addition:
    """Map files as areas; arguments and errors as in `raumblick.intake.addition.Family`."""
    maps = {name: open_map(path) for name, path in paths.items()}
    order = sorted(maps, key=lambda name: -len(maps[name]))  # the finest first: coarser ones are laid over it
    area, geometry, frames, findings = ground.rows("area"), ground.geometry, {}, []
    shares: list[pd.DataFrame] = []
    for name in order:
        known = set(area["area_id"]) if len(area) else set()
        key = key_column(maps[name].drop(columns="geometry"), name, known)
        label = name_column(maps[name].drop(columns="geometry"), name, key)
        shapes, found = _polygons(paths[name], key, name)
        findings += found
        rows = _rows(maps[name], shapes, key, label)
        if geometry is None:
            area, geometry = _first_level(ground, area, rows, shapes, (key, label or "")), shapes
            findings.append(_areas_finding(name, rows, area, key, label))
            findings += _no_numbers(ground, name)
        elif set(shapes["area_id"]) == set(geometry["area_id"]):
            geometry, findings = shapes, [*findings, _borders_finding(name, geometry, shapes)]
        elif set(shapes["area_id"]) <= known:
            findings.append(_upper_level(name, area, geometry, shapes))
        elif len(shapes) < len(geometry) and not set(shapes["area_id"]) & set(geometry["area_id"]):
            area, found = _parents(ground, area, geometry, shapes, rows, name, (key, label or ""))
            findings += found
        else:
            shares.append(_earlier(geometry, shapes, maps[name], key, area, name))
            findings.append(_earlier_finding(name, shares[-1]))
    if len(area) and not area.equals(ground.rows("area")):
        frames["area"] = area
    if shares:
        frames["area_share"] = pd.concat(shares, ignore_index=True)
    changed = geometry is not ground.geometry
    if frames or changed:
        frames["source"] = pd.DataFrame([_source(name, path) for name, path in paths.items()])
    return Addition(frames, tuple(findings), geometry if changed else None)


def _polygons(path: Path, key: str, name: str) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    shapes, findings = read_areas(path, key)
    if has_errors(findings):
        raise IntakeError(findings)
    return shapes, findings


def _rows(raw: gpd.GeoDataFrame, shapes: gpd.GeoDataFrame, key: str, label: str | None) -> pd.DataFrame:
    """Key and name of the areas that have a polygon."""
    keys = as_keys(raw[key])
    names = raw[label].astype("string").str.strip() if label else keys
    frame = pd.DataFrame({"area_id": keys, "name": names.fillna(keys).where(names != "", keys)})
    return frame[frame["area_id"].isin(set(shapes["area_id"]))].reset_index(drop=True)


def _first_level(
    ground: Ground, area: pd.DataFrame, rows: pd.DataFrame, shapes: gpd.GeoDataFrame, words: tuple[str, str]
) -> pd.DataFrame:
    """The area table of a city that had no polygons: the city itself and the areas of the file."""
    top = area[area["level"] == "stadt"]
    if ground.city.city_id in set(rows["area_id"]):
        message = f"Ein Gebiet trägt den Kurznamen der Stadt ({ground.city.city_id}) als Schlüssel."
        raise IntakeError([Finding("error", "city_key", ground.city.city_id, message, "Einen anderen Kurznamen wählen.")])
    level = level_of(words) or "ortsteil"
    own = rows.assign(level=level, parent_id=ground.city.city_id, valid_from=ALWAYS)
    return pd.concat([top, own], ignore_index=True)


def _parents(
    ground: Ground, area: pd.DataFrame, geometry: gpd.GeoDataFrame, shapes: gpd.GeoDataFrame, rows: pd.DataFrame, name: str,
    words: tuple[str, str],
) -> tuple[pd.DataFrame, list[Finding]]:  # fmt: skip
    """The area table with a coarser level between the city and the base level."""
    base = area[area["area_id"].isin(set(geometry["area_id"]))]
    if set(base["parent_id"]) != {ground.city.city_id}:
        message = "Die Stadt hat schon eine Ebene über der untersten; die Schlüssel der Datei sind andere."
        raise IntakeError([Finding("error", "level_there", name, message, "Schlüssel prüfen, oder die Stadt neu anlegen.")])
    inside, share = _containers(geometry, shapes)
    loose = [f"{key} (nur {number(part * 100)} %)" for key, part in share.items() if part < INSIDE]
    if loose:
        message = f"{number(len(loose))} Gebiete liegen nicht ganz in einem der größeren: {listing(loose, 20)}."
        raise IntakeError([Finding("error", "level_crossing", name, message, "Beide Dateien im selben Gebietsstand liefern.")])
    level = level_of(words) or "bezirk"
    if RANK[level] >= RANK[str(base["level"].iloc[0])]:
        level = "bezirk"
    if level == base["level"].iloc[0]:
        message = "Beide Dateien heißen nach derselben Ebene (Bezirk); so ist unklar, welche über welcher steht."
        raise IntakeError([Finding("error", "level_unclear", name, message, "Die Schlüsselspalte der feineren umbenennen.")])
    start = area["valid_from"].min()
    large = rows.assign(level=level, parent_id=ground.city.city_id, valid_from=start)
    moved = base.assign(parent_id=base["area_id"].map(inside))
    rest = area[~area["area_id"].isin(set(base["area_id"]))]
    message = f"{number(len(rows))} Gebiete sind die Ebene „{level}“ über {number(len(base))} kleineren."
    return pd.concat([rest, large, moved], ignore_index=True), [Finding("info", "level_added", name, message, "")]


def _containers(small: gpd.GeoDataFrame, large: gpd.GeoDataFrame) -> tuple[dict[str, str], dict[str, float]]:
    """For each small area the large one with most of it, and how much of it that is (0 to 1)."""
    plane = small.estimate_utm_crs()
    a, b = small.to_crs(plane), large.to_crs(plane)
    i, j = b.sindex.query(a.geometry.values, predicate="intersects")
    size = shapely.area(shapely.intersection(a.geometry.values[i], b.geometry.values[j]))
    pieces = pd.DataFrame({"small": a["area_id"].to_numpy()[i], "large": b["area_id"].to_numpy()[j], "size": size})
    most = pieces.sort_values("size").drop_duplicates("small", keep="last").set_index("small")
    share = (most["size"] / a.set_index("area_id").area).reindex(a["area_id"]).fillna(0.0)
    return most["large"].to_dict(), share.to_dict()


def _upper_level(name: str, area: pd.DataFrame, geometry: gpd.GeoDataFrame, shapes: gpd.GeoDataFrame) -> Finding:
    """What the polygons of a level that is there say about those that are joined from the base level."""
    parents = dict(zip(area["area_id"], area["parent_id"], strict=True))
    own = geometry.assign(area_id=geometry["area_id"].map(parents))
    if not set(shapes["area_id"]) <= set(own["area_id"]):
        message = "Die Datei hat nur einen Teil der Gebiete, oder Gebiete verschiedener Ebenen."
        raise IntakeError([Finding("error", "areas_incomplete", name, message, "Eine vollständige Ebene liefern.")])
    plane = geometry.estimate_utm_crs()
    joined = own.to_crs(plane).area.groupby(own["area_id"].to_numpy()).sum()
    given = shapes.to_crs(plane).set_index("area_id").area
    far = float((given / joined.reindex(given.index) - 1).abs().max() * 100)
    message = (
        f"Die Grenzen dieser {number(len(shapes))} Gebiete werden nicht gebraucht: Raumblick setzt sie aus den kleineren "
        f"zusammen. Ihre Flächen weichen höchstens um {number(far, 1)} % ab."
    )
    return Finding("warning" if far > 1 else "info", "level_compared", name, message, "Gebietsstand prüfen." if far > 1 else "")


def _earlier(
    geometry: gpd.GeoDataFrame, shapes: gpd.GeoDataFrame, raw: gpd.GeoDataFrame, key: str, area: pd.DataFrame, name: str
) -> pd.DataFrame:
    """Rows of `area_share` from polygons of an earlier state, whose day the file has to say."""
    days = day_column(raw).dropna()
    start = area.loc[area["area_id"].isin(set(geometry["area_id"])), "valid_from"].max()
    if days.empty:
        met = len(set(shapes["area_id"]) & set(geometry["area_id"]))
        message = (
            f"Die Schlüssel sind nicht die der Stadt ({number(met)} von {number(len(shapes))} gibt es). Ist es ein früherer "
            "Gebietsstand, fehlt die Angabe, ab wann er galt."
        )
        remedy = "Die Spalte „gueltig_ab“ mit dem Tag ergänzen, oder die richtige Stadt wählen."
        raise IntakeError([Finding("error", "vintage_unclear", name, message, remedy, None, key)])
    if days.max() >= pd.Timestamp(start):
        message = f"Der Gebietsstand der Datei ({days.max():%d.%m.%Y}) ist nicht früher als der der Stadt ({start:%d.%m.%Y})."
        remedy = "Eine Stadt mit neuen Gebieten unter neuem Kurznamen anlegen, oder den Tag berichtigen."
        raise IntakeError([Finding("error", "vintage_order", name, message, remedy)])
    try:
        shares = shapes_shares(shapes, geometry)
    except CrosswalkError as error:
        raise IntakeError([Finding("error", "crosswalk", name, str(error), "Grenzen desselben Ortes liefern.")]) from error
    rows = shares.assign(from_vintage=days.max(), to_vintage=start)
    return rows[["from_id", "from_vintage", "to_id", "to_vintage", "share", "basis"]]


def shapes_shares(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> pd.DataFrame:
    """Shares of old in new areas by surface, measured in the zone of the city; see `shares_from_polygons`."""
    return shares_from_polygons(old, new, str(new.estimate_utm_crs()))


def _areas_finding(name: str, rows: pd.DataFrame, area: pd.DataFrame, key: str, label: str | None) -> Finding:
    level = area.loc[area["area_id"] == rows["area_id"].iloc[0], "level"].iloc[0]
    said = f"Name aus „{label}“" if label else "Namen fehlen, dafür steht der Schlüssel"
    message = f"{number(len(rows))} Gebiete der Ebene „{level}“; Schlüssel aus „{key}“, {said}."
    return Finding("info" if label else "warning", "areas_read", name, message, "" if label else "Eine Spalte „name“ ergänzen.")


def _no_numbers(ground: Ground, name: str) -> list[Finding]:
    if not ground.is_new:
        return []
    message = "Die Stadt hat damit Gebiete, aber noch keine Zahlen."
    return [Finding("warning", "no_numbers", name, message, "Zahlen zu diesen Gebieten einlesen.")]


def _borders_finding(name: str, before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> Finding:
    plane = before.estimate_utm_crs()
    old, new = (g.to_crs(plane).set_index("area_id").area for g in (before, after))
    far = float(np.abs(new / old.reindex(new.index) - 1).max() * 100)
    message = f"Neue Grenzen für alle {number(len(after))} Gebiete; Flächen ändern sich um höchstens {number(far, 2)} %."
    return Finding("info", "borders_new", name, message, "")


def _earlier_finding(name: str, shares: pd.DataFrame) -> Finding:
    old, day = shares["from_id"].nunique(), shares["from_vintage"].iloc[0]
    message = f"Früherer Gebietsstand ab {day:%d.%m.%Y}: {number(old)} Gebiete, {number(len(shares))} Anteile an den heutigen."
    return Finding("info", "vintage_added", name, message, "")


def _source(name: str, path: Path) -> dict[str, object]:
    row = source_row("", f"Gebietsgrenzen: {name}", "nicht genannt", "nicht genannt", "", path)
    return row | {"source_id": f"datei-{row['sha256'][:10]}", "url": None}
