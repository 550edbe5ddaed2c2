"""Which map files hold polygons and which hold points, told without reading them whole."""

from __future__ import annotations

import re
from pathlib import Path

import pyogrio

from raumblick.intake.archive import is_area_archive
from raumblick.intake.files.source import SourceText

_JSON = re.compile(r"\s*\{.*?\"type\"\s*:\s*\"(?:FeatureCollection|Feature|Topology)\"", re.DOTALL)


def is_map(path: Path, file: SourceText) -> bool:
    """True for GeoJSON, TopoJSON, a GeoPackage and a zipped Shapefile, by their first bytes."""
    if file.head.startswith(b"PK"):
        return is_area_archive(path)
    if file.head.startswith(b"SQLite format 3"):
        return file.head[68:72] in (b"GPKG", b"GP10", b"GP11")
    return _JSON.match(file.text[:20_000]) is not None


def holds_polygons(path: Path, file: SourceText) -> bool:
    """True for a map file that is not a list of points; one that cannot be opened counts as areas, whose reader says why."""
    return is_map(path, file) and not _points(path)


def holds_points(path: Path, file: SourceText) -> bool:
    """True for a map file of points."""
    return is_map(path, file) and _points(path)


def _points(path: Path) -> bool:
    try:
        return "Point" in str(pyogrio.read_info(path)["geometry_type"])
    except Exception:  # GDAL's drivers raise many kinds
        return False
