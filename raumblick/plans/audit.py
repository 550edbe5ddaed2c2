"""The trail: who did what to which city and when. Entries are only added, and each is sealed together with the one before.

A seal is an HMAC over the entry and the seal before it, with a key that only the server has. Without the key nobody can
write an entry that fits, and a changed, removed or reordered one breaks every seal from there on. That the last entries
are there shows in a second place: a small file beside the key names the newest entry (`stand`), and so does the log.
"""

from __future__ import annotations

import datetime as dt
import errno
import fcntl
import hashlib
import hmac
import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from raumblick.plans.audit_key import AuditError, own_key
from raumblick.plans.engine import READS, open_engine
from raumblick.plans.model import PlanError
from raumblick.plans.tables import AUDIT, AUDIT_START

__all__ = ["KEY_FILE", "STAND_FILE", "Act", "AuditError", "Check", "Entry", "Trail", "name_of", "open_trail"]
log = logging.getLogger(__name__)
KEY_FILE, STAND_FILE = "protokoll.schluessel", "protokoll.stand"
_FIELDS = ("subject", "role", "action", "state", "city_id", "snapshot_id", "detail")
_LONGEST = {"subject": 220, "role": 20, "action": 20, "state": 20, "city_id": 100, "snapshot_id": 100, "detail": 500}
_TRIES = 50  # of several machines only one gets the next number; the others take the one after


@dataclass(frozen=True)
class Act:
    """What is to be written: `state` is begonnen, fertig, gescheitert or abgewiesen."""

    subject: str
    role: str
    action: str
    state: str = "fertig"
    city_id: str = ""
    snapshot_id: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Entry:
    """An act as it stands in the trail: number from 1, time (UTC) and seal."""

    seq: int
    at: str
    act: Act
    mac: str


@dataclass(frozen=True)
class Check:
    """Result of a check: `entries` sound ones up to `last`, whose name is `head`; `fault` says what is wrong, or None."""

    entries: int
    first: int
    last: int
    head: str
    fault: str | None


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, eq=False)
class Trail:
    """An open trail. Safe to share between threads and processes; `folder` holds the file that names the newest entry."""

    engine: Engine
    key: bytes
    folder: Path
    now: Callable[[], dt.datetime] = _now

    def append(self, act: Act) -> Entry:
        """Add an entry; it is on disk when this returns.

        Raises:
            AuditError: it could not be written.
        """
        texts = {name: _plain(getattr(act, name))[: _LONGEST[name]] for name in _FIELDS}
        for _ in range(_TRIES):
            try:
                with self._begin() as connection:
                    entry = self._add(connection, Act(**texts))
            except IntegrityError:  # another machine took the number
                continue
            self._remember(entry)
            log.info("audit %s %s %s", name_of(entry), act.action, act.state)
            return entry
        raise AuditError("Das Protokoll ist gerade belegt.")

    def entries(self, cities: tuple[str, ...] | None = None, most: int = 10_000) -> tuple[Entry, ...]:
        """Entries, newest first: of some cities and of none, or all.

        Raises:
            AuditError: they cannot be read.
        """
        query = select(AUDIT).order_by(AUDIT.c.seq.desc()).limit(most)
        if cities is not None:
            query = query.where(AUDIT.c.city_id.in_((*cities, "")))
        with self._begin(reads=True) as connection:
            return tuple(_entry(dict(row)) for row in connection.execute(query).mappings())

    def check(self, head: str = "") -> Check:
        """Go through the whole chain. `head`: a name noted earlier (`412:9f31…`), whose entry must stand as it was.

        Raises:
            AuditError: the trail cannot be read.
        """
        known = {name for name in (head, self._stand()) if name}  # before the rows: others go on writing
        with self._begin(reads=True) as connection:
            start, mac, sealed = self._start(connection)
            if not sealed:
                return Check(0, 0, 0, "", "Der Beginn des Protokolls ist verfälscht.")
            rows = connection.execute(select(AUDIT).order_by(AUDIT.c.seq)).mappings()
            seq = start
            for row in rows:
                entry = _entry(dict(row))
                if entry.seq != seq + 1:
                    return self._wrong(start, seq, mac, f"Eintrag {seq + 1} fehlt.")
                if not hmac.compare_digest(entry.mac, self._seal(entry, mac)):
                    return self._wrong(start, seq, mac, f"Eintrag {entry.seq} wurde verändert oder gefälscht.")
                seq, mac = entry.seq, entry.mac
                known.discard(name_of(entry))
        late = [name for name in known if _number(name) > start]  # of what was deleted after its time nobody asks
        fault = f"Einträge bis {max(late, key=_number)} waren da und fehlen jetzt oder sind andere." if late else None
        return Check(seq - start, start + 1, seq, _name(seq, mac) if seq else "", fault)

    def prune(self, before: dt.datetime) -> int:
        """Delete the entries from before a moment, from the oldest on; the newest one always stays. Returns how many.

        What remains keeps its seals: the seal before the first that stays is kept and sealed itself.

        Raises:
            AuditError: the trail cannot be written, or it is not sound; nothing was deleted.
        """
        found = self.check()
        if found.fault:
            raise AuditError(f"{found.fault} Ein verfälschtes Protokoll wird nicht gekürzt.")
        text = _text(before)
        with self._begin() as connection:
            stays = connection.execute(select(func.min(AUDIT.c.seq)).where(AUDIT.c.at >= text)).scalar()
            newest = connection.execute(select(func.max(AUDIT.c.seq))).scalar()
            if newest is None:
                return 0
            last = min(newest, stays or newest) - 1
            row = connection.execute(select(AUDIT.c.mac).where(AUDIT.c.seq == last)).first()
            if row is None:
                return 0
            connection.execute(delete(AUDIT_START))
            connection.execute(insert(AUDIT_START).values(seq=last, mac=row.mac, seal=self._start_seal(last, row.mac)))
            return int(connection.execute(delete(AUDIT).where(AUDIT.c.seq <= last)).rowcount)

    def _add(self, connection: Connection, act: Act) -> Entry:
        last = connection.execute(select(AUDIT.c.seq, AUDIT.c.mac).order_by(AUDIT.c.seq.desc()).limit(1)).first()
        seq, mac = (last.seq, last.mac) if last else self._start(connection)[:2]
        entry = Entry(seq + 1, _text(self.now()), act, "")
        entry = Entry(entry.seq, entry.at, act, self._seal(entry, mac))
        values = {name: getattr(act, name) for name in _FIELDS}
        connection.execute(insert(AUDIT).values(seq=entry.seq, at=entry.at, mac=entry.mac, **values))
        return entry

    def _start(self, connection: Connection) -> tuple[int, str, bool]:
        """Number and seal that the first entry stands on, and whether they are ours."""
        row = connection.execute(select(AUDIT_START).order_by(AUDIT_START.c.seq.desc()).limit(1)).first()
        if row is None:
            return 0, "", True
        return row.seq, row.mac, hmac.compare_digest(row.seal, self._start_seal(row.seq, row.mac))

    def _seal(self, entry: Entry, before: str) -> str:
        fields = [before, entry.seq, entry.at, *(getattr(entry.act, name) for name in _FIELDS)]
        return self._mac("entry", fields)

    def _start_seal(self, seq: int, mac: str) -> str:
        return self._mac("start", [seq, mac])

    def _mac(self, kind: str, fields: list[Any]) -> str:
        text = json.dumps([kind, *fields], ensure_ascii=True, separators=(",", ":"))
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()

    def _wrong(self, start: int, seq: int, mac: str, fault: str) -> Check:
        return Check(seq - start, start + 1, seq, _name(seq, mac) if seq else "", fault)

    def _stand(self) -> str:
        """Name of the newest entry that this machine wrote, or "" where nobody noted it."""
        try:
            return (self.folder / STAND_FILE).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def _remember(self, entry: Entry) -> None:
        """Name the newest entry beside the key; that this fails loses no entry, only the second place where it is named."""
        path = self.folder / STAND_FILE
        try:
            with (self.folder / f".{STAND_FILE}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if _number(self._stand()) < entry.seq:
                    fresh = path.with_name(f".{STAND_FILE}.new")
                    fresh.write_text(name_of(entry) + "\n", encoding="ascii")
                    os.replace(fresh, path)
        except OSError:
            log.warning("audit: %s could not be written", path, exc_info=True)

    @contextmanager
    def _begin(self, reads: bool = False) -> Iterator[Connection]:
        try:
            with self.engine.connect().execution_options(**(READS if reads else {})) as connection, connection.begin():
                yield connection
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            raise AuditError("Das Protokoll ist nicht erreichbar, voll oder beschädigt.") from error


def open_trail(url: str, folder: Path, key: str = "") -> Trail:
    """Open the trail in the plan store at `url`.

    Args:
        url: as for scenarios. folder: for the key and the file that names the newest entry. key: the key itself, where the
            operator gives one; several machines need the same.

    Raises:
        AuditError: the store cannot be opened, or its key is gone.
        OSError: the folder cannot be made.
    """
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        engine = open_engine(url)
        with engine.connect().execution_options(**READS) as connection:
            empty = connection.execute(select(func.count()).select_from(AUDIT)).scalar() == 0
    except (PlanError, SQLAlchemyError) as error:
        raise AuditError("Das Protokoll ist nicht erreichbar, voll oder beschädigt.") from error
    return Trail(engine, key.encode() if key else own_key(folder / KEY_FILE, may_make=empty), folder)


def name_of(entry: Entry) -> str:
    """Short name of an entry, to be noted elsewhere: number and the beginning of its seal."""
    return _name(entry.seq, entry.mac)


def _name(seq: int, mac: str) -> str:
    return f"{seq}:{mac[:16]}"


def _number(name: str) -> int:
    number = name.partition(":")[0]
    return int(number) if number.isdecimal() else 0


def _plain(text: str) -> str:
    """One line without what is invisible: a forged line break must not look like an entry of its own."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(row["seq"], row["at"], Act(**{name: row[name] for name in _FIELDS}), row["mac"])
