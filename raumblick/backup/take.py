"""Take a backup while the app runs and an import is going.

The order makes it consistent: first the file that names the newest entry of the trail, then scenarios and trail, so that
the named entry is among them; then snapshots, so that those which scenarios name are there; last the pointer of each city,
and the snapshot it names where that was published meanwhile. A snapshot never changes; one that is deleted meanwhile is
still read to its end, since all its files are open before the first is copied.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from raumblick import __version__
from raumblick.backup.archive import HOME, PLANS, BackupError, Writer
from raumblick.plans.audit import STAND_FILE
from raumblick.plans.copy import copy_store, store_file
from raumblick.settings import Settings
from raumblick.snapshot.publish import Shelf, SnapshotError, shelves

_TURNS = 10  # snapshots that may be published while the last one is copied
_BESIDE = ("", "-journal", "-wal", "-shm")  # files of SQLite


@dataclass(frozen=True)
class Taken:
    """What was written: the file, its size in bytes, snapshots in it, and what could not be saved, as German sentences."""

    path: Path
    size: int
    snapshots: int
    missing: tuple[str, ...]


def take(settings: Settings, target: Path, now: dt.datetime) -> Taken:
    """Write a backup file; it appears under its name only when it is complete and on disk.

    Args:
        settings: whose home and plan store.
        target: a file that is not there yet, or a folder, which gets a file named by the time.
        now: time of the backup.

    Raises:
        BackupError: nothing to save, or the target lies in the home or is there already.
        PlanError: the plan store is busy or damaged.
        OSError: the target cannot be written.
    """
    home = settings.home
    if not home.is_dir():
        raise BackupError(f"Es gibt nichts zu sichern: „{home}“ ist kein Ordner.")
    path = target / f"raumblick-{now:%Y%m%d-%H%M%S}.tar" if target.is_dir() else target
    if path.resolve().is_relative_to(home.resolve()):
        raise BackupError("Die Sicherung gehört nicht in den Ordner, den sie sichert (RAUMBLICK_HOME).")
    if path.exists():
        raise BackupError(f"„{path}“ gibt es schon; eine Sicherung wird nie überschrieben.")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            count, missing = _fill(Writer(stream), settings, now, unfinished)
            stream.flush()
            os.fsync(stream.fileno())
            size = stream.tell()
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    return Taken(path, size, count, tuple(missing))


def _fill(writer: Writer, settings: Settings, now: dt.datetime, unfinished: Path) -> tuple[int, list[str]]:
    home, store = settings.home, store_file(settings.plans_url)
    missing = [] if store else ["Szenarien und Protokoll liegen in PostgreSQL: bitte mit pg_dump sichern."]
    _file(writer, f"{HOME}/{STAND_FILE}", home / STAND_FILE)
    if store is not None and store.is_file():
        with tempfile.TemporaryDirectory(prefix=f"{unfinished.name}-", dir=unfinished.parent) as folder:
            copy_store(store, Path(folder) / PLANS)
            _file(writer, PLANS, Path(folder) / PLANS)
    cities = {shelf.city_id: _city(writer, shelf, missing) for shelf in shelves(home)}
    for path in _others(home, store):
        _file(writer, f"{HOME}/{path.relative_to(home).as_posix()}", path)
    in_force = {city: current for city, (current, _) in cities.items()}
    writer.finish({"version": __version__, "created": now.isoformat(timespec="seconds"), "cities": in_force})
    return sum(len(ids) for _, ids in cities.values()), missing


def _city(writer: Writer, shelf: Shelf, missing: list[str]) -> tuple[str | None, set[str]]:
    """All whole snapshots, then the pointer; returns the id in force and those saved."""
    saved = {i for i in shelf.ids() if _snapshot(writer, shelf, i, missing)}
    for _ in range(_TURNS):
        current = shelf.current()
        if current is None or current in saved:
            break
        if not _snapshot(writer, shelf, current, missing):
            break
        saved.add(current)
    if current is None or current not in saved:
        missing.append(f"{shelf.city_id}: Der Datenstand in Kraft ist beschädigt oder fehlt; gesichert sind nur die anderen.")
        return None, saved
    writer.add_text(f"{HOME}/{shelf.city_id}/current", current + "\n")
    return current, saved


def _snapshot(writer: Writer, shelf: Shelf, snapshot_id: str, missing: list[str]) -> bool:
    """Add a snapshot; False where it is damaged (said in `missing`) or was deleted before it could be opened."""
    with ExitStack() as stack:
        try:
            shelf.manifest(snapshot_id)
            folder = shelf.path(snapshot_id)
            files = [p for p in sorted(folder.rglob("*")) if p.is_file()]
            opened = [(path, stack.enter_context(path.open("rb"))) for path in files]
        except (SnapshotError, FileNotFoundError):
            if snapshot_id in shelf.ids():
                missing.append(f"{shelf.city_id}: Der Datenstand {snapshot_id} ist beschädigt und nicht in der Sicherung.")
            return False
        for path, stream in opened:
            state = os.fstat(stream.fileno())
            name = f"{HOME}/{shelf.city_id}/snapshots/{snapshot_id}/{path.relative_to(folder).as_posix()}"
            writer.add(name, stream, state.st_size, state.st_mode)
    return True


def _others(home: Path, store: Path | None) -> Iterator[Path]:
    """Files of the home that are neither snapshots, pointers nor the plan store: layouts, roles, the key of the trail."""
    cities = {shelf.city_id for shelf in shelves(home)}
    taken = {home / STAND_FILE} | {Path(f"{store}{ending}") for ending in _BESIDE if store}
    for path in sorted(home.rglob("*")):
        parts = path.relative_to(home).parts
        of_shelf = parts[0] in cities and parts[1:2] in (("snapshots",), ("current",))
        hidden = any(part.startswith(".") for part in parts)
        if not (of_shelf or hidden or path in taken or path.is_symlink()) and path.is_file():
            yield path


def _file(writer: Writer, name: str, path: Path) -> None:
    """Add a small file; one that is gone by now is left out."""
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        return
    with stream:
        state = os.fstat(stream.fileno())
        writer.add(name, stream, state.st_size, state.st_mode)
