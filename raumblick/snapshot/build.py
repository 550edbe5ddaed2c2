"""Build a snapshot: two DuckDB files, the map files and a manifest, in a new folder, then move the pointer.

The work happens in a folder whose name starts with `.building-`; nobody reads such a folder. It is renamed only when
everything in it is on disk, and the pointer moves last, so a crash at any moment leaves the old snapshot in force.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd
import pandas as pd

from raumblick import __version__
from raumblick.catalogue import DEFAULT_PATH
from raumblick.queries import load_query, queries_in
from raumblick.snapshot.cells import places_of_cells
from raumblick.snapshot.disclosure import Report, protect_public
from raumblick.snapshot.kept import keep_delivery
from raumblick.snapshot.mapfile import build_map
from raumblick.snapshot.publish import SCHEMA, Shelf, flush

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Order:
    """What a build needs to know besides the staging file.

    `city` is the JSON form of the city (city_id, title, synthetic, note), `files` the delivered files (name, size,
    sha256), `warnings` the number of warnings of the import, `threshold` the smallest person count that is published.
    """

    city: dict[str, Any]
    files: tuple[dict[str, Any], ...]
    warnings: int
    threshold: int = 3
    memory_limit: str = "1GB"


def build(
    staging: Path,
    geometry: gpd.GeoDataFrame | None,
    shelf: Shelf,
    order: Order,
    now: dt.datetime,
    progress: Progress = lambda step: None,
    publish: bool = True,
) -> str:
    """Build a snapshot from a checked staging file and publish it.

    Args:
        staging: path of the staging DuckDB file, closed.
        geometry: polygons of the base level, columns area_id and geometry, EPSG:4326; None for a city without any.
        shelf: where the city's snapshots stand.
        order: city, files, threshold.
        now: time of the build, with time zone; part of the snapshot's name.
        progress: called with a German sentence before each step.
        publish: False keeps it beside the one in force, to be looked at first (`Shelf.enforce`, `Shelf.discard`).

    Returns:
        The id of the new snapshot.

    Raises:
        SnapshotError: another process builds, or there is a snapshot of that second and content already.
        OSError: disk or memory do not suffice; nothing has changed.
    """
    with shelf.lock():
        shelf.sweep()
        folder = shelf.new_folder()
        try:
            progress("Tabellen rechnen")
            tables = _build_internal(staging, folder, order, geometry)
            progress("Öffentliche Fassung schreiben")
            public, protection = _build_public(folder, order, progress)
            progress("Karten zeichnen")
            levels = [] if geometry is None else _build_maps(folder, geometry)
            keep_delivery(staging, geometry, folder)
            manifest = _manifest(folder, order, tables, public, protection, levels, now)
            flush(folder)
        except BaseException as error:
            shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, duckdb.Error):  # the delivery is checked: this is a full disk or memory
                raise OSError(f"Der Datenstand ließ sich nicht schreiben: {error}") from error
            raise
        if publish:
            progress("Veröffentlichen")
            shelf.publish(folder, manifest["snapshot_id"])
        else:
            shelf.keep(folder, manifest["snapshot_id"])
    return str(manifest["snapshot_id"])


def _build_internal(
    staging: Path, folder: Path, order: Order, geometry: gpd.GeoDataFrame | None
) -> dict[str, dict[str, Any]]:
    status = "synthetic" if order.city["synthetic"] else "real"
    with duckdb.connect(str(folder / "internal.duckdb"), config={"memory_limit": order.memory_limit}) as con:
        con.execute(load_query("snapshot/attach").fill(path=_quoted(staging), name="staging"))
        con.register("derived_rows", pd.read_csv(DEFAULT_PATH / "derived.csv", dtype={"service": "str"}))
        con.execute(load_query("snapshot/derived").sql)
        con.register("cell_place", places_of_cells(con.execute(load_query("snapshot/cells").sql).df(), geometry))
        for query in queries_in("build"):
            con.execute(query.sql, _used({"status": status}, query.sql))
        con.unregister("derived_rows")
        con.unregister("cell_place")
        con.execute(load_query("snapshot/detach").fill(name="staging"))
        return _tables(con)


def _build_public(folder: Path, order: Order, progress: Progress) -> tuple[dict[str, dict[str, Any]], Report]:
    with duckdb.connect(str(folder / "public.duckdb"), config={"memory_limit": order.memory_limit}) as con:
        con.execute(load_query("snapshot/attach").fill(path=_quoted(folder / "internal.duckdb"), name="internal"))
        for query in queries_in("public"):
            con.execute(query.sql, _used({"threshold": order.threshold}, query.sql))
        progress("Geheime Zahlen schützen und prüfen")
        protection = protect_public(con, order.threshold)
        con.execute(load_query("snapshot/detach").fill(name="internal"))
        return _tables(con), protection


def _used(params: dict[str, Any], sql: str) -> dict[str, Any] | None:
    """The parameters a query names; DuckDB refuses those it does not."""
    return {name: value for name, value in params.items() if f"${name}" in sql} or None


def _tables(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """Rows and a hash of the content of every table; the hash does not depend on the order of the rows."""
    names = [row[0] for row in con.execute(load_query("snapshot/table_names").sql).fetchall()]
    out = {}
    for name in names:
        rows, digest = con.execute(load_query("snapshot/table_hash").fill(table=f'"{name}"')).fetchone() or (0, 0)
        out[name] = {"rows": int(rows), "hash": f"{int(digest or 0):016x}"}
    return out


def _build_maps(folder: Path, geometry: gpd.GeoDataFrame) -> list[str]:
    """Write map/<level>.json for every level, deepest first."""
    with duckdb.connect(str(folder / "internal.duckdb"), read_only=True) as con:
        areas = con.execute(load_query("snapshot/areas_for_map").sql).df()
    names = dict(zip(areas["area_id"], areas["name"], strict=True))
    tree = areas[areas["is_base"]]
    levels: dict[str, pd.Series] = {}
    for level, rows in areas.groupby("ancestor_level", sort=False):
        members = rows[rows["area_id"].isin(tree["area_id"])]
        levels[str(level)] = pd.Series(members["ancestor_id"].to_numpy(), index=members["area_id"].to_numpy())
    (folder / "map").mkdir()
    for level, content in build_map(geometry, levels, names).items():
        (folder / "map" / f"{level}.json").write_bytes(content)
    return sorted(levels, key=lambda level: -int(areas.loc[areas["ancestor_level"] == level, "ancestor_rank"].max()))


def _manifest(
    folder: Path,
    order: Order,
    tables: dict[str, dict[str, Any]],
    public: dict[str, dict[str, Any]],
    protection: Report,
    levels: list[str],
    now: dt.datetime,
) -> dict[str, Any]:
    content = hashlib.sha256(json.dumps(tables, sort_keys=True).encode()).hexdigest()
    stamp = now.astimezone(dt.UTC)
    manifest = {
        "snapshot_id": f"{stamp:%Y%m%dT%H%M%S}-{content[:8]}",
        "city": order.city,
        "schema": SCHEMA,
        "created": stamp.isoformat(timespec="seconds"),
        "content": content,
        "threshold": order.threshold,
        "levels": levels,
        "tables": tables,
        "public_tables": public,
        "disclosure": protection.content(),
        "delivered": list(order.files),
        "warnings": order.warnings,
        "versions": {"raumblick": __version__, "duckdb": duckdb.__version__},
        "files": [
            {"name": str(path.relative_to(folder)), "size": path.stat().st_size, "sha256": _sha256(path)}
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        ],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    return manifest


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
