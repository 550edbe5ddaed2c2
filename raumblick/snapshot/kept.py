"""What a city delivered, kept with its snapshot: to write it out as a data package again and to add to it later.

`delivery.duckdb` holds the canonical tables row by row as they were delivered, and the polygons. Only the internal view
has a use for it; no page reads it.
"""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd
import pandas as pd
import shapely

from raumblick.catalogue import Catalogue, TableSpec
from raumblick.queries import load_query
from raumblick.snapshot.publish import Shelf, SnapshotError

FILE = "delivery.duckdb"
_WHOLE = ("integer",)


def keep_delivery(staging: Path, geometry: gpd.GeoDataFrame | None, folder: Path) -> None:
    """Copy a closed, checked staging file into the folder of a snapshot and add the polygons (EPSG:4326), if any."""
    target = folder / FILE
    shutil.copyfile(staging, target)
    shapes = geometry if geometry is not None else gpd.GeoDataFrame({"area_id": []}, geometry=[], crs=4326)
    polygons = pd.DataFrame({"area_id": shapes["area_id"].to_numpy(dtype=str), "wkb": shapely.to_wkb(shapes.geometry.to_numpy())})
    with duckdb.connect(str(target)) as con:
        for name in ("known_indicator", "known_service", "known_target"):
            con.execute(load_query("snapshot/drop_merged").fill(table=name))
        con.execute(load_query("snapshot/drop_merged").fill(table="geometry"))
        con.register("polygons", polygons)
        con.execute(load_query("snapshot/keep_geometry").sql)


def kept_geometry(delivery: Path) -> gpd.GeoDataFrame | None:
    """Polygons of a kept delivery: area_id, geometry (EPSG:4326); None for a city without any."""
    with duckdb.connect(str(delivery), read_only=True) as con:
        rows = con.execute(load_query("snapshot/kept_geometry").sql).fetchall()
    if not rows:
        return None
    shapes = shapely.from_wkb([bytes(wkb) for _, wkb in rows])
    return gpd.GeoDataFrame({"area_id": [area_id for area_id, _ in rows]}, geometry=shapes, crs=4326)


def kept_rows(delivery: Path, table: str) -> pd.DataFrame:
    """Rows of one canonical table of a kept delivery, in their order; empty where the delivery has no such table."""
    with duckdb.connect(str(delivery), read_only=True) as con:
        if (table,) not in con.execute(load_query("snapshot/table_names").sql).fetchall():
            return pd.DataFrame()
        return con.execute(load_query("intake/rows").fill(table=f'"{table}"')).df()


def kept_areas(delivery: Path) -> pd.DataFrame:
    """Areas of a kept delivery: area_id, name, level, official_key."""
    with duckdb.connect(str(delivery), read_only=True) as con:
        rows = con.execute(load_query("intake/rows").fill(table="area")).df()
    return rows.reindex(columns=["area_id", "name", "level", "official_key"])


def export_package(shelf: Shelf, snapshot_id: str, folder: Path, catalogue: Catalogue) -> Path:
    """Write the delivery of a snapshot as a data package that imports to the same content again.

    Args:
        shelf: of the city.
        snapshot_id: which snapshot.
        folder: to create; must not exist or be empty.
        catalogue: for the table descriptions.

    Returns:
        The folder.

    Raises:
        SnapshotError: the snapshot is missing, damaged or was built before deliveries were kept.
        OSError: the folder is not empty or cannot be written.
    """
    manifest = shelf.manifest(snapshot_id)
    delivery = shelf.path(snapshot_id) / FILE
    if not delivery.is_file():
        raise SnapshotError(f"Zum Datenstand {snapshot_id} ist keine Lieferung aufbewahrt. Bitte neu einlesen.")
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(errno.EEXIST, "Der Ordner ist nicht leer", str(folder))
    resources = []
    with duckdb.connect(str(delivery), read_only=True) as con:
        for spec in catalogue.tables.values():
            if _export_table(con, spec, folder / f"{spec.name}.csv"):
                resources.append({"name": spec.name, "path": f"{spec.name}.csv"})
    geometry = kept_geometry(delivery)
    if geometry is not None:
        _write_geometry(geometry, folder / "area.geojson")
    text = json.dumps(_descriptor(manifest, resources, geometry is not None), ensure_ascii=False, indent=1)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8")
    return folder


def _export_table(con: duckdb.DuckDBPyConnection, spec: TableSpec, path: Path) -> bool:
    """Write the filled columns of a table; False when the table has no row."""
    table = f'"{spec.name}"'
    counts = ", ".join(["count(*)", *(f'count("{c.name}")' for c in spec.columns)])
    total, *filled = con.execute(load_query("snapshot/filled_tables").fill(counts=counts, table=table)).fetchone() or (0,)
    if not total:
        return False
    columns = [
        f'cast("{c.name}" as bigint) as "{c.name}"' if c.type in _WHOLE else f'"{c.name}"'
        for c, count in zip(spec.columns, filled, strict=True)
        if count or c.required
    ]
    quoted = "'" + str(path).replace("'", "''") + "'"
    con.execute(load_query("snapshot/export_table").fill(columns=", ".join(columns), table=table, path=quoted))
    return True


def _write_geometry(areas: gpd.GeoDataFrame, path: Path) -> None:
    """GeoJSON with every digit of the coordinates: rounding would open gaps between neighbours."""
    features = [
        {"type": "Feature", "properties": {"area_id": area_id}, "geometry": shapely.geometry.mapping(shape)}
        for area_id, shape in zip(areas["area_id"], areas.geometry, strict=True)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


def _descriptor(manifest: dict[str, Any], resources: list[dict[str, str]], drawn: bool) -> dict[str, Any]:
    city = manifest["city"]
    return {
        "name": city["city_id"],
        "title": city["title"],
        "profile": "raumblick-1",
        "synthetic": city["synthetic"],
        "note": city["note"],
        "created": manifest["created"][:10],
        "geometry": {"path": "area.geojson", "id": "area_id"} if drawn else None,
        "resources": resources,
    }
