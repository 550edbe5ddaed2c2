"""The shelf of one city's snapshots: a folder of finished snapshots and one small file that names the one in force.

<home>/<city_id>/snapshots/<snapshot_id>/   finished, never changed again
<home>/<city_id>/snapshots/.building-*/     unfinished; swept away by the next build
<home>/<city_id>/current                    id of the snapshot in force, replaced in one step
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMA = 2  # number of the tables and columns of a snapshot: one more with every change that read queries would notice
_ID = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}(-\d+)?")
_CITY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_BUILDING = ".building-"
_POINTING = ".current-"
_FILES = {"internal.duckdb", "public.duckdb"}


class SnapshotError(Exception):
    """A snapshot is missing or damaged; the message is German and says what to do."""


@dataclass(frozen=True)
class Shelf:
    """Where the snapshots of one city stand."""

    home: Path
    city_id: str

    def __post_init__(self) -> None:
        if not _CITY.fullmatch(self.city_id):
            raise SnapshotError(f"„{self.city_id}“ ist kein Kurzname einer Stadt.")

    @property
    def folder(self) -> Path:
        """Folder of this city."""
        return self.home / self.city_id

    @property
    def _snapshots(self) -> Path:
        return self.folder / "snapshots"

    @property
    def _pointer(self) -> Path:
        return self.folder / "current"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Only one build, roll-back or prune of a city at a time.

        Raises:
            SnapshotError: another process holds the lock.
        """
        self._snapshots.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                message = f"Für „{self.city_id}“ läuft gerade ein anderer Vorgang. Bitte warten und noch einmal versuchen."
                raise SnapshotError(message) from error
            yield

    def sweep(self) -> None:
        """Remove what unfinished builds, deletions and pointer moves left behind; call it under the lock."""
        for path in self._snapshots.glob(f"{_BUILDING}*"):
            shutil.rmtree(path, ignore_errors=True)
        for path in self.folder.glob(f"{_POINTING}*"):
            path.unlink(missing_ok=True)

    def new_folder(self) -> Path:
        """A new folder for a build; it becomes a snapshot through `publish`."""
        return Path(tempfile.mkdtemp(prefix=_BUILDING, dir=self._snapshots))

    def keep(self, folder: Path, snapshot_id: str) -> None:
        """Make a finished folder a snapshot, in one rename. It is not in force yet."""
        target = self._snapshots / snapshot_id
        if target.exists():
            raise SnapshotError(f"Den Datenstand {snapshot_id} gibt es schon. Bitte in einer Sekunde noch einmal versuchen.")
        folder.chmod(0o755)
        folder.rename(target)
        _flush_folder(self._snapshots)

    def publish(self, folder: Path, snapshot_id: str) -> None:
        """Make a finished folder the snapshot in force: one rename, then one pointer move."""
        self.keep(folder, snapshot_id)
        self._point(snapshot_id)

    def enforce(self, snapshot_id: str) -> None:
        """Put a finished snapshot in force.

        Raises:
            SnapshotError: there is no such snapshot, or it is damaged.
        """
        with self.lock():
            self.manifest(snapshot_id)
            self._point(snapshot_id)

    def discard(self, snapshot_id: str) -> None:
        """Delete a snapshot that is not in force.

        Raises:
            SnapshotError: it is in force, or there is none of that id.
        """
        with self.lock():
            if snapshot_id == self.current():
                raise SnapshotError(f"Der Datenstand {snapshot_id} ist in Kraft und wird nicht gelöscht.")
            self._remove(snapshot_id)

    def current(self) -> str | None:
        """Id of the snapshot in force, or None when there is none."""
        try:
            text = self._pointer.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return text if _ID.fullmatch(text) else None

    def ids(self) -> list[str]:
        """Ids of all finished snapshots, newest first."""
        if not self._snapshots.is_dir():
            return []
        return sorted((p.name for p in self._snapshots.iterdir() if _ID.fullmatch(p.name)), reverse=True)

    def path(self, snapshot_id: str) -> Path:
        """Folder of a snapshot.

        Raises:
            SnapshotError: there is no such snapshot.
        """
        path = self._snapshots / snapshot_id
        if not _ID.fullmatch(snapshot_id) or not path.is_dir():
            raise SnapshotError(f"Den Datenstand „{snapshot_id}“ gibt es für „{self.city_id}“ nicht.")
        return path

    def manifest(self, snapshot_id: str) -> dict[str, Any]:
        """The manifest of a snapshot.

        Raises:
            SnapshotError: it is missing, damaged, of another snapshot, or a file it names has another size.
        """
        folder = self.path(snapshot_id)
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            own = manifest["snapshot_id"] == snapshot_id and manifest["city"]["city_id"] == self.city_id
            sizes = {f["name"]: f["size"] for f in manifest["files"]}
            whole = own and sizes.keys() >= _FILES and all((folder / n).stat().st_size == s for n, s in sizes.items())
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise SnapshotError(_damaged(snapshot_id)) from error
        if not whole:
            raise SnapshotError(_damaged(snapshot_id))
        return manifest

    def roll_back(self, snapshot_id: str | None = None) -> str:
        """Put an older snapshot in force again; by default the newest whole one before the current.

        Raises:
            SnapshotError: there is none, or it is damaged.
        """
        self._known()
        with self.lock():
            if snapshot_id is None:
                current = self.current()
                older = [i for i in self.ids() if (current is None or i < current) and self._is_whole(i)]
                if not older:
                    raise SnapshotError(f"Für „{self.city_id}“ gibt es keinen früheren Datenstand.")
                snapshot_id = older[0]
            self.manifest(snapshot_id)
            self._point(snapshot_id)
        return snapshot_id

    def prune(self, keep: int) -> list[str]:
        """Delete all but the `keep` newest snapshots; the one in force always stays. Returns the ids deleted.

        Raises:
            SnapshotError: the city has no snapshot.
        """
        self._known()
        with self.lock():
            self.sweep()
            gone = [i for i in self.ids()[max(keep, 1) :] if i != self.current()]
            for snapshot_id in gone:
                self._remove(snapshot_id)
        return gone

    def _known(self) -> None:
        if not self.ids():
            raise SnapshotError(f"Für „{self.city_id}“ gibt es keinen Datenstand.")

    def _is_whole(self, snapshot_id: str) -> bool:
        try:
            self.manifest(snapshot_id)
        except SnapshotError:
            return False
        return True

    def _remove(self, snapshot_id: str) -> None:
        """Delete a snapshot: first its name, in one rename, so that no half of it is ever taken for a whole."""
        gone = self._snapshots / f"{_BUILDING}gone-{snapshot_id}"
        self.path(snapshot_id).rename(gone)
        shutil.rmtree(gone)

    def _point(self, snapshot_id: str) -> None:
        handle, name = tempfile.mkstemp(prefix=_POINTING, dir=self.folder)
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(snapshot_id + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)
        os.replace(name, self._pointer)
        _flush_folder(self.folder)


def shelves(home: Path) -> list[Shelf]:
    """Shelves of all cities under `home` that have a snapshot, in the order of their ids.

    A shelf whose pointer is damaged is among them: whoever opens it is told what to do.
    """
    if not home.is_dir():
        return []
    found = [Shelf(home, p.name) for p in sorted(home.iterdir()) if p.is_dir() and _CITY.fullmatch(p.name)]
    return [shelf for shelf in found if shelf.ids()]


def flush(folder: Path) -> None:
    """Bring every file and folder below `folder` to disk."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
        else:
            _flush_folder(path)
    _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _damaged(snapshot_id: str) -> str:
    return (
        f"Der Datenstand {snapshot_id} ist beschädigt. Mit „raumblick snapshots rollback“ gilt wieder der vorige, "
        "oder die Daten neu einlesen."
    )
