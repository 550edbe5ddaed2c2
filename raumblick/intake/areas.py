"""Area files in: polygons of any layout and coordinate system become area_id + geometry in EPSG:4326.

Read are GeoJSON, TopoJSON, GeoPackage, Shapefile (plain or zipped). Every fault is a finding that names the feature by its
number in the file; polygons that do not share their borders exactly are mended into one coverage, because maps are
simplified border by border.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS

from raumblick.intake.findings import Finding, Severity

WGS84 = "EPSG:4326"
LAYER_SUFFIXES = (".shp", ".gpkg", ".geojson", ".json")
POLYGONAL = ("Polygon", "MultiPolygon")
GERMANY = (5.5, 47.0, 15.6, 55.3)  # longitude and latitude around the country, with a little margin
SNAP_M = 0.1  # vertices nearer than this are one vertex
GAP_M = 2.0  # enclosed gaps narrower than this belong to a neighbour
AREA_TOLERANCE = 0.001  # mending that changes an area by more than this share is reported


def read_areas(path: Path, id_column: str) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Polygons of one area file as columns `area_id` (text) and `geometry` (EPSG:4326), and what is wrong with them.

    `id_column` is the column of the area key; keys keep their leading zeros. Features with an error are left out;
    a file that cannot be read at all gives an empty frame and one error. Nothing is raised for a faulty file.
    """
    raw, findings = _open(path, id_column)
    if raw is None:
        return _empty(), findings
    frame = gpd.GeoDataFrame(
        {"area_id": _as_key(raw[id_column]), "row": np.arange(1, len(raw) + 1)},
        geometry=raw.geometry.values,
        crs=raw.crs,
    )
    frame, found = _drop_faulty(frame, path.name, id_column)
    findings += found
    findings += _misplaced(frame, path.name)
    if any(f.code in ("area_out_of_range", "area_swapped") for f in findings):
        return _empty(), findings
    frame = frame.astype({"area_id": "str"}).to_crs(WGS84)
    frame, found = _mend_and_report(frame, path.name)
    return frame[["area_id", "geometry"]].reset_index(drop=True), findings + found


def mend_coverage(gdf: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Polygons made to share their borders exactly: no overlaps, no slivers, the same vertices on both sides.

    `gdf` has polygons in any geographic or projected CRS; the answer has the same rows, columns and CRS. Vertices
    within 0.1 m are joined, overlaps go to the neighbour with the longest common border, enclosed gaps narrower than
    2 m are filled (GEOS CoverageCleaner). Polygons that already are a coverage come back unchanged.
    """
    if gdf.empty or shapely.coverage_is_valid(gdf.geometry.values):
        return gdf
    plane = gdf.to_crs(gdf.estimate_utm_crs())
    cleaned = shapely.coverage_clean(plane.geometry.values, gap_width=GAP_M, snapping_distance=SNAP_M)
    return gdf.set_geometry(gpd.GeoSeries(cleaned, index=gdf.index, crs=plane.crs).to_crs(gdf.crs))


def _open(path: Path, id_column: str) -> tuple[gpd.GeoDataFrame | None, list[Finding]]:
    """The file as delivered, or the one error that keeps it from being read."""
    target, finding = _locate(path)
    if finding is not None:
        return None, [finding]
    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(target) if kind is not None]
        if not layers:
            return None, [_unreadable(path.name, "Die Datei enthält keine Ebene mit Flächen.")]
        frames = [gpd.read_file(target, layer=name) for name in layers]
    except Exception as error:  # GDAL's drivers raise many kinds; whatever it is, the file is unreadable
        return None, [_unreadable(path.name, f"Die Datei lässt sich nicht lesen ({type(error).__name__}).")]
    raw = next((frame for frame in frames if id_column in frame.columns), None)
    if raw is None:
        columns = ", ".join(str(c) for c in frames[0].columns if c != "geometry") or "keine"
        message = f"Die Spalte „{id_column}“ mit dem Gebietsschlüssel fehlt. Vorhanden: {columns}."
        return None, [
            _finding("error", "area_id_missing", path.name, message, "Richtige Spalte angeben.", None, id_column)
        ]
    if raw.crs is None and is_topology(path):
        raw = raw.set_crs(WGS84)
    if raw.crs is None:
        message = "Das Koordinatensystem ist nicht angegeben."
        remedy = "Beim Shapefile die .prj-Datei mitliefern, sonst mit Koordinatensystem neu exportieren."
        return None, [_finding("error", "area_crs_missing", path.name, message, remedy)]
    return raw, []


def is_topology(path: Path) -> bool:
    """True for TopoJSON, which names no coordinate system: its coordinates are degrees in WGS 84."""
    with path.open("rb") as stream:
        return b'"Topology"' in stream.read(4096).translate(None, b" \r\n\t")


def _locate(path: Path) -> tuple[str, Finding | None]:
    """What GDAL is to open: the file, or the one area file inside a ZIP."""
    if path.suffix.lower() != ".zip":
        return str(path), None
    try:
        with zipfile.ZipFile(path) as archive:
            names = [n for n in archive.namelist() if n.lower().endswith(LAYER_SUFFIXES) and "__MACOSX" not in n]
    except (OSError, zipfile.BadZipFile):
        return "", _unreadable(path.name, "Das ZIP-Archiv ist beschädigt.")
    if len(names) != 1:
        found = ", ".join(names) or "keine"
        return "", _unreadable(path.name, f"Im ZIP-Archiv muss genau eine Gebietsdatei liegen; gefunden: {found}.")
    return f"/vsizip/{path}/{names[0]}", None


def _as_key(column: pd.Series) -> pd.Series:
    """Keys as text without the `.0` that a number column with gaps gets; missing stays missing."""
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    return column.astype("string").str.strip().replace("", pd.NA).reset_index(drop=True)


def _drop_faulty(frame: gpd.GeoDataFrame, file: str, id_column: str) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Leave out features without key or polygon, repair invalid ones, drop heights."""
    findings = _id_findings(frame, file, id_column)
    frame = frame[frame["area_id"].notna() & ~frame["area_id"].duplicated()]
    shapes = frame.geometry
    empty = shapes.isna() | shapes.is_empty
    for row, key in frame.loc[empty, ["row", "area_id"]].itertuples(index=False):
        message = f"Das Gebiet {key} hat keine Fläche."
        findings.append(_finding("error", "area_empty", file, message, "Fläche ergänzen oder Zeile entfernen.", row))
    frame = frame[~empty]
    other = ~frame.geom_type.isin(POLYGONAL)
    for row, key, kind in zip(
        frame.loc[other, "row"], frame.loc[other, "area_id"], frame.geom_type[other], strict=True
    ):
        message = f"Das Gebiet {key} ist keine Fläche, sondern „{kind}“."
        findings.append(_finding("error", "area_not_polygon", file, message, "Als Polygon liefern.", row))
    frame = frame[~other]
    frame = frame.set_geometry(shapely.force_2d(frame.geometry.values))
    return _repair(frame, file, findings)


def _id_findings(frame: gpd.GeoDataFrame, file: str, id_column: str) -> list[Finding]:
    findings = []
    for row in frame.loc[frame["area_id"].isna(), "row"]:
        message = "Der Gebietsschlüssel ist leer."
        findings.append(_finding("error", "area_id_empty", file, message, "Schlüssel ergänzen.", row, id_column))
    known = frame[frame["area_id"].notna()]
    first = known.drop_duplicates("area_id").set_index("area_id")["row"]
    for row, key in known.loc[known["area_id"].duplicated(), ["row", "area_id"]].itertuples(index=False):
        message = f"Der Gebietsschlüssel {key} kommt mehrfach vor, zuerst in Fläche {first[key]}."
        remedy = "Teilflächen zu einer Fläche vereinen oder den Schlüssel berichtigen."
        findings.append(_finding("error", "area_id_duplicate", file, message, remedy, row, id_column))
    return findings


def _repair(frame: gpd.GeoDataFrame, file: str, findings: list[Finding]) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Self-crossing polygons made valid; what is left is polygons only."""
    broken = ~frame.geometry.is_valid
    if not broken.any():
        return frame, findings
    shapes = frame.geometry.to_numpy(copy=True)
    for place in np.flatnonzero(broken.to_numpy()):
        row, key = frame["row"].iloc[place], frame["area_id"].iloc[place]
        fixed = _polygons_of(shapely.make_valid(shapes[place], method="structure", keep_collapsed=False))
        if fixed.is_empty:
            message = f"Die Fläche des Gebiets {key} ist unbrauchbar (kein Flächeninhalt)."
            findings.append(_finding("error", "area_empty", file, message, "Fläche neu zeichnen.", row))
        else:
            message = f"Die Fläche des Gebiets {key} überschneidet sich selbst und wurde repariert."
            findings.append(_finding("warning", "area_invalid", file, message, "Bitte den Umriss prüfen.", row))
        shapes[place] = fixed
    frame = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))
    return frame[~frame.geometry.is_empty], findings


def _polygons_of(shape: shapely.Geometry) -> shapely.Geometry:
    if shape.geom_type in POLYGONAL:
        return shape
    return shapely.union_all([part for part in shapely.get_parts([shape]) if part.geom_type in POLYGONAL])


def _misplaced(frame: gpd.GeoDataFrame, file: str) -> list[Finding]:
    """Coordinates that cannot be what the file says they are."""
    if frame.empty:
        return []
    west, south, east, north = _lonlat_bounds(frame)
    if 47 <= west and east <= 56 and 5 <= south and north <= 16:
        message = "Länge und Breite sind vertauscht."
        return [_finding("error", "area_swapped", file, message, "Mit der Reihenfolge Länge, Breite exportieren.")]
    if not _within((west, south, east, north), _domain(frame.crs)):
        message = f"Die Koordinaten passen nicht zum angegebenen Koordinatensystem ({_crs_name(frame.crs)})."
        remedy = "Das richtige Koordinatensystem angeben; GeoJSON ohne Angabe gilt als WGS 84 (Grad, nicht Meter)."
        return [_finding("error", "area_out_of_range", file, message, remedy)]
    if not _within((west, south, east, north), GERMANY):
        place = f"Länge {_decimal(west)} bis {_decimal(east)}, Breite {_decimal(south)} bis {_decimal(north)}"
        message = f"Die Gebiete liegen nicht in Deutschland ({place})."
        return [_finding("warning", "area_abroad", file, message, "Koordinatensystem prüfen.")]
    return []


def _lonlat_bounds(frame: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    if frame.crs.is_geographic:
        west, south, east, north = frame.total_bounds
    else:
        west, south, east, north = frame.to_crs(WGS84).total_bounds
    return float(west), float(south), float(east), float(north)


def _domain(crs: CRS) -> tuple[float, float, float, float]:
    """Longitudes and latitudes for which a CRS is made, three degrees wider."""
    area = crs.area_of_use
    if area is None:
        return (-180.0, -90.0, 180.0, 90.0)
    return (
        max(area.west - 3, -180.0),
        max(area.south - 3, -90.0),
        min(area.east + 3, 180.0),
        min(area.north + 3, 90.0),
    )


def _within(bounds: tuple[float, ...], limits: tuple[float, ...]) -> bool:
    inside = bounds[0] >= limits[0] and bounds[1] >= limits[1] and bounds[2] <= limits[2] and bounds[3] <= limits[3]
    return bool(np.isfinite(bounds).all() and inside)


def _crs_name(crs: CRS) -> str:
    authority = crs.to_authority()
    return ":".join(authority) if authority else str(crs.name)


def _mend_and_report(frame: gpd.GeoDataFrame, file: str) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Mend the borders and say so; areas that change noticeably are named."""
    if frame.empty or shapely.coverage_is_valid(frame.geometry.values):
        return frame, []
    message = "Benachbarte Gebiete überlappen sich oder lassen Lücken an ihren Grenzen; die Grenzen wurden angeglichen."
    findings = [_finding("info", "area_borders_mended", file, message, "Nichts zu tun.")]
    mended = mend_coverage(frame)
    plane = frame.estimate_utm_crs()
    before = frame.to_crs(plane).area.to_numpy()
    change = np.abs(mended.to_crs(plane).area.to_numpy() / before - 1)
    for row, key, share in zip(mended["row"], mended["area_id"], change, strict=True):
        if share >= 1 - 1e-9:
            message = f"Das Gebiet {key} wird von anderen Gebieten ganz überdeckt."
            findings.append(_finding("error", "area_covered", file, message, "Doppelte Fläche entfernen.", row))
        elif share > AREA_TOLERANCE:
            message = f"Die Fläche des Gebiets {key} änderte sich beim Angleichen um {_decimal(share * 100)} %."
            findings.append(_finding("warning", "area_overlap", file, message, "Überlappung mit Nachbarn prüfen.", row))
    return mended[~mended.geometry.is_empty], findings


def _decimal(number: float) -> str:
    return f"{number:.1f}".replace(".", ",")


def _empty() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"area_id": pd.Series(dtype="str")}, geometry=gpd.GeoSeries([], crs=WGS84), crs=WGS84)


def _unreadable(file: str, message: str) -> Finding:
    remedy = "Als GeoJSON, GeoPackage oder gezipptes Shapefile liefern."
    return _finding("error", "area_unreadable", file, message, remedy)


def _finding(
    severity: Severity,
    code: str,
    file: str,
    message: str,
    remedy: str,
    row: int | None = None,
    column: str | None = None,
) -> Finding:
    return Finding(severity, code, file, message, remedy, None if row is None else int(row), column)
