"""Read a snapshot by named query: the only way from pages, papers and answers to a number.

One read-only connection an open file, a cursor a call (a connection shared by threads mixes up results), no access to
anything outside the file, and a watchdog that ends a query after its time.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd

from raumblick.queries import load_query, queries_in
from raumblick.settings import View
from raumblick.snapshot.publish import SCHEMA, Shelf, SnapshotError

if TYPE_CHECKING:
    import geopandas as gpd

_DAMAGE = (duckdb.IOException, duckdb.InternalException, duckdb.FatalException)
FILE_OF_VIEW: dict[str, str] = {"planung": "internal.duckdb", "ausschuss": "public.duckdb"}


class QueryTimeoutError(Exception):
    """A query took longer than allowed; the message is German."""


@dataclass(frozen=True, eq=False)
class Store:
    """One snapshot, opened for one view. Safe to share between threads."""

    snapshot_id: str
    view: View
    manifest: dict[str, Any]
    folder: Path
    seconds: float
    connection: duckdb.DuckDBPyConnection = field(repr=False)

    @property
    def city(self) -> dict[str, Any]:
        """City of the snapshot: city_id, title, synthetic, note."""
        return self.manifest["city"]

    @property
    def cache_key(self) -> tuple[str, str, str]:
        """What results read from here may be cached under: city, snapshot and view."""
        return str(self.city["city_id"]), self.snapshot_id, self.view

    def read(self, name: str, **params: Any) -> pd.DataFrame:
        """Run `queries/read/<name>.sql`.

        Args:
            name: file name without folder and ending.
            params: values of the `$name` places of the query.

        Returns:
            The rows in the order the query gives them; its columns stand in the head of the file.

        Raises:
            UnknownQueryError: there is no such query.
            QueryTimeoutError: it took longer than the limit of the settings.
            SnapshotError: the file is damaged.
        """
        query = load_query(f"read/{name}")
        cursor = self.connection.cursor()
        ended = threading.Event()

        def stop() -> None:
            ended.set()
            cursor.interrupt()

        watchdog = threading.Timer(self.seconds, stop)
        watchdog.daemon = True
        watchdog.start()
        try:
            return cursor.execute(query.sql, params or None).df()
        except duckdb.InterruptException as error:
            if not ended.is_set():
                raise
            raise QueryTimeoutError(
                f"Die Abfrage „{name}“ hat länger als {self.seconds:.0f} Sekunden gebraucht und wurde beendet. "
                "Bitte die Auswahl verkleinern und noch einmal versuchen."
            ) from error
        except duckdb.Error as error:
            if isinstance(error, _DAMAGE) or type(error) is duckdb.Error:  # a wrong checksum has no class of its own
                raise SnapshotError(_damaged(self.snapshot_id)) from error
            raise
        finally:
            watchdog.cancel()
            cursor.close()

    def polygons(self) -> gpd.GeoDataFrame:
        """Polygons of the base areas as delivered: area_id, geometry (EPSG:4326).

        Raises:
            SnapshotError: this snapshot keeps none, or its file is damaged.
        """
        from raumblick.snapshot.kept import FILE, kept_geometry  # loads geopandas, which few visitors ever need

        delivery = self.folder / FILE
        try:
            shapes = kept_geometry(delivery) if delivery.is_file() else None
        except duckdb.Error as error:
            raise SnapshotError(_damaged(self.snapshot_id)) from error
        if shapes is None:
            raise SnapshotError(f"Zum Datenstand {self.snapshot_id} sind keine Gebietsgrenzen aufbewahrt. Bitte neu einlesen.")
        return shapes

    def close(self) -> None:
        """Close the file. Reads after this fail."""
        self.connection.close()


def open_store(
    home: Path,
    city_id: str,
    view: View,
    snapshot_id: str | None = None,
    seconds: float = 5.0,
    memory_limit: str = "512MB",
) -> Store:
    """Open the snapshot in force (or a named one) of a city.

    Raises:
        SnapshotError: there is no snapshot, it is damaged, or another version of Raumblick wrote it.
    """
    shelf = Shelf(home, city_id)
    chosen = snapshot_id or shelf.current()
    if chosen is None and shelf.ids():
        raise SnapshotError(
            f"Für „{city_id}“ ist nicht lesbar, welcher Datenstand gilt. „raumblick snapshots rollback {city_id}“ "
            "setzt den neuesten wieder in Kraft."
        )
    if chosen is None:
        raise SnapshotError(f"Für „{city_id}“ gibt es noch keinen Datenstand. Mit „raumblick import ORDNER“ wird einer angelegt.")
    manifest = shelf.manifest(chosen)
    folder = shelf.path(chosen)
    config: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": "false",
        "autoload_known_extensions": "false",
        "memory_limit": memory_limit,
        "threads": "2",
        "lock_configuration": "true",
    }
    try:
        connection = duckdb.connect(str(folder / FILE_OF_VIEW[view]), read_only=True, config=config)
    except duckdb.Error as error:
        raise SnapshotError(_damaged(chosen)) from error
    written = manifest.get("schema")
    if written != SCHEMA and (written is not None or not _fits(connection)):
        connection.close()
        raise SnapshotError(_other_version(chosen, isinstance(written, int) and written > SCHEMA))
    return Store(chosen, view, manifest, folder, seconds, connection)


def _fits(connection: duckdb.DuckDBPyConnection) -> bool:
    """True where every read query finds its tables and columns: for snapshots from before the schema had a number."""
    for query in queries_in("read"):
        names = {name for statement in connection.extract_statements(query.sql) for name in statement.named_parameters}
        try:
            connection.execute(load_query("snapshot/explain").fill(query=query.sql), dict.fromkeys(names) or None)
        except (duckdb.BinderException, duckdb.CatalogException):
            return False
        except duckdb.Error:
            return True  # damage is named when it is read
    return True


def _other_version(snapshot_id: str, newer: bool) -> str:
    which, way = ("neueren", "Raumblick aktualisieren oder") if newer else ("älteren", "bitte")
    return (
        f"Der Datenstand {snapshot_id} wurde mit einer {which} Fassung von Raumblick geschrieben; {way} neu einlesen: "
        "raumblick import ORDNER (für die erfundene Stadt: raumblick demo)."
    )


def _damaged(snapshot_id: str) -> str:
    return (
        f"Der Datenstand {snapshot_id} lässt sich nicht lesen. Mit „raumblick snapshots rollback“ gilt wieder der "
        "vorige, oder die Daten neu einlesen."
    )
