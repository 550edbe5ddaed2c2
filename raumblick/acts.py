"""What changes a city's data: done by a person who may, and written in the trail before and after.

The command line and the pages both go through here. Where the trail cannot be written, nothing is done.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from raumblick.plans.audit import Act, AuditError, Trail, open_trail
from raumblick.plans.logins import EVERYBODY, EndedLogins, open_logins
from raumblick.roles import EVERYWHERE, NotAllowedError, Person, Right, named
from raumblick.settings import Settings
from raumblick.snapshot.publish import Shelf, SnapshotError

if TYPE_CHECKING:
    from raumblick.backup.restore import Restored
    from raumblick.backup.take import Taken
    from raumblick.catalogue import Catalogue
    from raumblick.ingest import Ingested, Permit
    from raumblick.plans.model import Scenario
    from raumblick.plans.store import PlanStore

log = logging.getLogger(__name__)


@dataclass
class Note:
    """What only shows while something is done: the city, the snapshot, more words; `failed` where nothing came of it."""

    city_id: str
    snapshot_id: str = ""
    detail: str = ""
    failed: bool = False


@lru_cache(maxsize=8)
def _opened(url: str, folder: Path, key: str) -> Trail:
    return open_trail(url, folder, key)


def trail(settings: Settings) -> Trail:
    """The trail of this installation.

    Raises:
        AuditError: it cannot be opened.
    """
    return _opened(settings.plans_url, settings.home, settings.audit_key)


def write(settings: Settings, person: Person, action: str, note: Note, state: str = "fertig") -> None:
    """One entry for something that is done at once.

    Raises:
        AuditError: it could not be written; then the thing must not be done.
    """
    role = (person.role(note.city_id) if note.city_id else person.highest()) or ""
    act = Act(person.subject, role, action, state, note.city_id, note.snapshot_id, note.detail)
    try:
        trail(settings).append(act)
    except AuditError as error:
        raise AuditError(f"{error} Nicht ausgeführt, denn was sich nicht protokollieren lässt, geschieht nicht.") from error


@contextmanager
def recorded(settings: Settings, person: Person, action: str, right: Right, note: Note) -> Iterator[Note]:
    """Around something that a right is needed for: an entry before it, another when it ended well or badly.

    Raises:
        NotAllowedError: the person has not the right in this city; the trail says so.
        AuditError: the entry before could not be written; nothing is done.
    """
    try:
        person.demand(right, note.city_id or EVERYWHERE)
    except NotAllowedError:
        write(settings, person, action, note, "abgewiesen")
        raise
    with _around(settings, person, action, note):
        yield note


@contextmanager
def _around(settings: Settings, person: Person, action: str, note: Note) -> Iterator[None]:
    write(settings, person, action, note, "begonnen")
    try:
        yield
    except NotAllowedError:
        _end(settings, person, action, note, "abgewiesen")
        raise
    except BaseException as error:
        _end(settings, person, action, replace(note, detail=f"{note.detail} ({type(error).__name__})"), "gescheitert")
        raise
    _end(settings, person, action, note, "gescheitert" if note.failed else "fertig")


def _end(settings: Settings, person: Person, action: str, note: Note, state: str) -> None:
    """The entry after; where it cannot be written the one before stands open, which a check by eye shows."""
    try:
        write(settings, person, action, note, state)
    except AuditError:
        log.exception("audit: the end of %s is not in the trail", action)


def bring(settings: Settings, person: Person, files: Sequence[str], work: Callable[[Permit], Ingested]) -> Ingested:
    """Import: `work` reads and builds, and calls what it is given with the city before it reads or builds anything of it.

    Raises:
        NotAllowedError, AuditError: see `recorded`; and whatever `work` raises.
    """
    note = Note("", detail=", ".join(files))

    def permit(city_id: str) -> None:
        note.city_id = city_id
        person.demand("import", city_id)
        _threshold(settings, person, city_id)

    if not person.may_somewhere("import"):
        write(settings, person, "eingelesen", note, "abgewiesen")
        raise NotAllowedError("Daten einlesen dürfen nur Planung und Leitung. Es wurde nichts geändert.")
    with _around(settings, person, "eingelesen", note):
        result = work(permit)
        note.city_id, note.snapshot_id = result.city_id or note.city_id, result.snapshot_id or ""
        note.failed = result.snapshot_id is None
    return result


def enforce(settings: Settings, person: Person, city_id: str, snapshot_id: str) -> None:
    """Put a finished snapshot in force: publish a newer one, or roll back to an older one.

    Raises:
        NotAllowedError, AuditError: see `recorded`. SnapshotError: there is no such snapshot, or it is damaged.
    """
    shelf = Shelf(settings.home, city_id)
    current = shelf.current()
    action = "zurückgesetzt" if current is not None and snapshot_id < current else "veröffentlicht"
    with recorded(settings, person, action, "publish", Note(city_id, snapshot_id, f"vorher {current}" if current else "")):
        shelf.enforce(snapshot_id)


def roll_back(settings: Settings, person: Person, city_id: str, snapshot_id: str | None = None) -> str:
    """Put an older snapshot in force, by default the one before; returns its id. Errors as `enforce`."""
    shelf = _known(settings, city_id)
    with recorded(settings, person, "zurückgesetzt", "publish", Note(city_id, snapshot_id or "")) as note:
        note.snapshot_id = shelf.roll_back(snapshot_id)
    return note.snapshot_id


def discard(settings: Settings, person: Person, city_id: str, snapshot_id: str) -> None:
    """Delete a snapshot that is not in force; planners may, for it is theirs. Errors as `enforce`."""
    with recorded(settings, person, "verworfen", "import", Note(city_id, snapshot_id)):
        Shelf(settings.home, city_id).discard(snapshot_id)


def prune(settings: Settings, person: Person, city_id: str, keep: int) -> list[str]:
    """Delete all but the newest snapshots; returns the ids. Errors as `enforce`."""
    shelf = _known(settings, city_id)
    with recorded(settings, person, "aufgeräumt", "publish", Note(city_id)) as note:
        gone = shelf.prune(keep)
        note.detail = f"{len(gone)} gelöscht"
    return gone


def export(settings: Settings, person: Person, city_id: str, out: Path, catalogue: Catalogue) -> str:
    """Write the city as a data package into `out`; returns the snapshot's id. Errors as `enforce`."""
    from raumblick.snapshot.kept import export_package  # loads geopandas, which no page needs

    shelf = Shelf(settings.home, city_id)
    current = shelf.current()
    if current is None:
        raise SnapshotError(f"Für „{city_id}“ gibt es keinen Datenstand.")
    with recorded(settings, person, "ausgegeben", "import", Note(city_id, current, "Datenpaket")):
        export_package(shelf, current, out, catalogue)
    return current


def may_remove(person: Person, scenario: Scenario) -> bool:
    """True where a person may delete a scenario: planners what they made, Leitung any of the city."""
    return person.may(_removing(person, scenario), scenario.city_id)


def remove(settings: Settings, person: Person, plans: PlanStore, scenario: Scenario) -> None:
    """Delete a scenario with all its versions for good; `scenario` as loaded.

    Raises:
        NotAllowedError, AuditError: see `recorded`. ConflictError: somebody saved it since. UnknownScenarioError: it is gone.
    """
    detail = f"{scenario.name} ({scenario.scenario_id}), Fassungen: {scenario.version}"
    note = Note(scenario.city_id, scenario.snapshot_id, detail)
    with recorded(settings, person, "szenario gelöscht", _removing(person, scenario), note):
        plans.delete(scenario)


def _removing(person: Person, scenario: Scenario) -> Right:
    return "scenario" if scenario.owner == person.mark else "remove"


def end_logins(settings: Settings, person: Person, logins: EndedLogins, subject: str = "") -> None:
    """End all logins at once: of one person, as the provider or the trail names them, or with "" of everybody.

    Raises:
        NotAllowedError, AuditError: see `recorded`; only who is Leitung of all cities may. PlanError: nothing was ended.
    """
    subject = subject.strip()
    with recorded(settings, person, "anmeldungen beendet", "logins", Note("", detail=f"von {subject or 'allen'}")):
        logins.end_all(named(subject) if subject else EVERYBODY)


def save_all(settings: Settings, person: Person, target: Path, now: dt.datetime) -> Taken:
    """Write a backup of everything to `target`; see `raumblick.backup.take`. It holds numbers that are not public."""
    from raumblick.backup.take import take  # a page has no use for it

    if not settings.home.is_dir():  # nothing to write in a trail either
        return take(settings, target, now)
    with recorded(settings, person, "gesichert", "publish", Note("", detail=target.name)) as note:
        taken = take(settings, target, now)
        note.detail = f"{taken.path.name}, {taken.snapshots} Datenstände"
    return taken


def bring_back(settings: Settings, person: Person, source: Path, now: dt.datetime, replace: bool = False) -> Restored:
    """Put a backup in place of the home; see `raumblick.backup.restore`. The restored trail says so, as its newest entry, and
    everybody has to log in anew.

    Raises:
        NotAllowedError: the person has not the right. BackupError, OSError: nothing has changed.
        PlanError: the backup is in place, but logins could not be ended or its trail could not be written.
    """
    from raumblick.backup.restore import restore

    person.demand("publish", EVERYWHERE)
    restored = restore(settings, source, now, replace)
    _opened.cache_clear()  # what was open is the former trail
    logins = open_logins(settings.plans_url)
    logins.end_all()  # which of them were ended since the backup, it does not know
    logins.engine.dispose()
    write(settings, person, "wiederhergestellt", Note("", detail=f"{source.name}, Stand {restored.created}"))
    return restored


def _known(settings: Settings, city_id: str) -> Shelf:
    """The shelf of a city that there is; of others the trail says nothing."""
    shelf = Shelf(settings.home, city_id)
    if not shelf.ids():
        raise SnapshotError(f"Für „{city_id}“ gibt es keinen Datenstand.")
    return shelf


def _threshold(settings: Settings, person: Person, city_id: str) -> None:
    """An entry where the next build hides other numbers of persons than the snapshot in force does."""
    shelf = Shelf(settings.home, city_id)
    try:
        current = shelf.current()
        before = shelf.manifest(current).get("threshold") if current else None
    except SnapshotError:
        return
    if before is not None and before != settings.threshold:
        write(settings, person, "schwelle", Note(city_id, current or "", f"von {before} auf {settings.threshold}"))


def keep_time(settings: Settings, person: Person, now: dt.datetime) -> int:
    """Delete entries of the trail that are older than the settings say; returns how many. The trail says who did it.

    Raises:
        NotAllowedError, AuditError: see `recorded`.
    """
    before = now - dt.timedelta(days=settings.audit_days)
    with recorded(settings, person, "protokoll gekürzt", "audit", Note("", detail=f"vor {before:%d.%m.%Y}")) as note:
        gone = trail(settings).prune(before)
        note.detail += f", {gone} Einträge"
    return gone
