"""Restore a backup: unpack beside the home, check all, then put the whole in place by a rename.

Whatever happens before the rename, the home stays as it is; what stood there is kept beside it and never deleted.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from raumblick.backup.archive import HOME, PLANS, BackupError, unpack
from raumblick.plans.copy import store_file
from raumblick.settings import Settings
from raumblick.snapshot.publish import Shelf, SnapshotError, flush

_PROCESSES = Path("/proc")


@dataclass(frozen=True)
class Restored:
    """What stands now: when it was saved, snapshot in force by city, where the former home is kept, and notes in German."""

    created: str
    cities: dict[str, str | None]
    former: Path | None
    notes: tuple[str, ...]


def restore(settings: Settings, source: Path, now: dt.datetime, replace: bool = False) -> Restored:
    """Put a backup in place of the home.

    Args:
        settings: whose home and plan store.
        source: the backup file.
        now: names the folder in which the former home is kept.
        replace: also where the home is not empty.

    Raises:
        BackupError: damaged, not complete, of another version, the home is not empty, in use, or being restored.
        OSError: a disk is full or read-only.
    """
    home = settings.home
    if not source.is_file():
        raise BackupError(f"„{source}“ gibt es nicht.")
    if home.is_dir() and any(home.iterdir()) and not replace:
        raise BackupError(f"„{home}“ ist nicht leer. Mit --replace tritt die Sicherung an seine Stelle; das Alte bleibt daneben.")
    home.parent.mkdir(parents=True, exist_ok=True)
    with _alone(home) as begun:
        staging = Path(tempfile.mkdtemp(prefix=begun, dir=home.parent))
        try:
            said = unpack(source, staging)
            fresh = staging / HOME
            fresh.mkdir(exist_ok=True)
            outside, notes = _place_plans(settings, staging, fresh)
            _check(fresh, said)
            flush(staging)
            if replace:
                _unused(home)
            former = _swap(home, fresh, now)
            if outside is not None:
                _swap(outside, _beside(outside), now)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return Restored(said["created"], dict(said["cities"]), former, tuple(notes))


@contextmanager
def _alone(home: Path) -> Iterator[str]:
    """One restore at a time; gives the beginning of the names of its folders and removes those a killed one left."""
    begun = f".{home.name}.einspielen-"
    lock = os.open(home.parent, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in home.parent.glob(f"{begun}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield begun
    except BlockingIOError as error:
        raise BackupError("Es wird gerade schon eine Sicherung eingespielt. Bitte warten.") from error
    finally:
        os.close(lock)


def _place_plans(settings: Settings, staging: Path, fresh: Path) -> tuple[Path | None, list[str]]:
    """Put the plan store where the settings look for it: into the new home, or (returned) a place outside it."""
    if not (staging / PLANS).is_file():
        return None, ["Szenarien und Protokoll sind nicht in der Sicherung; PostgreSQL hat seine eigene (pg_restore)."]
    target = store_file(settings.plans_url)
    if target is None:
        return None, ["Die Sicherung enthält Szenarien aus SQLite, eingestellt ist PostgreSQL: Sie wurden nicht eingespielt."]
    if not target.resolve().is_relative_to(settings.home.resolve()):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(staging / PLANS, _beside(target))  # perhaps another disk; what follows is a rename only
        _beside(target).chmod(0o600)
        return target, []
    inside = fresh / target.resolve().relative_to(settings.home.resolve())
    inside.parent.mkdir(parents=True, exist_ok=True)
    os.replace(staging / PLANS, inside)
    return None, []


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name}.neu")


def _check(fresh: Path, said: dict[str, Any]) -> None:
    """The snapshots in force are whole and those that the list names."""
    for city_id, current in said["cities"].items():
        try:
            shelf = Shelf(fresh, city_id)
            if current is not None and shelf.current() == current:
                shelf.manifest(current)
                continue
        except SnapshotError:
            pass
        if current is not None:
            raise BackupError(f"In der Sicherung ist der Datenstand von „{city_id}“ beschädigt. Es wurde nichts geändert.")


def _unused(home: Path) -> None:
    """Refuse while another program has files of the home open: it would go on writing into the former one."""
    root = f"{home.resolve()}/"
    for process in _PROCESSES.glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        try:
            opened = [os.readlink(link) for link in (process / "fd").iterdir()]
        except OSError:  # of another user, or ended
            continue
        if any(name.startswith(root) for name in opened):
            raise BackupError(f"Raumblick läuft noch (Prozess {process.name}). Bitte erst beenden, dann einspielen.")


def _swap(old: Path, new: Path, now: dt.datetime) -> Path | None:
    """Put `new` where `old` stands, by renames alone; returns where the former one is kept."""
    former = None
    if old.is_file() or (old.is_dir() and any(old.iterdir())):
        former = old.with_name(f"{old.name}.vorher-{now:%Y%m%d-%H%M%S}")
        if former.exists():
            raise BackupError(f"„{former}“ gibt es schon. Bitte in einer Sekunde noch einmal versuchen.")
        os.rename(old, former)
    try:
        os.rename(new, old)
    except OSError:
        if former is not None:
            os.rename(former, old)
        raise
    return former
