"""The plan store: scenarios on SQLite, or on PostgreSQL where several machines share them.

A save names the version it started from. When somebody else saved in between, nothing is written and the caller gets what
stands there now (`ConflictError.theirs`), to join both (`model.join`) or to keep a copy.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import OperationalError

from raumblick.plans.engine import open_engine
from raumblick.plans.model import BUDGET, Change, ConflictError, PlanError, Revision, Scenario, UnknownScenarioError, tidy
from raumblick.plans.tables import REVISION, SCENARIO

_LONGEST = {"name": 200, "author": 100, "notes": 20_000}
_LABELS = {"name": "Der Name", "author": "Das Kürzel", "notes": "Die Notiz"}


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


@dataclass(frozen=True, eq=False)
class PlanStore:
    """An open plan store. Safe to share between threads; `now` gives the time of a save (UTC, without zone)."""

    engine: Engine
    now: Callable[[], dt.datetime] = _now

    def create(
        self,
        city_id: str,
        name: str,
        author: str,
        snapshot_id: str,
        changes: Iterable[Change] = (),
        notes: str = "",
        kind: str = BUDGET,
        owner: str = "",
    ) -> Scenario:
        """A new scenario, saved as version 1; `owner` is a digest of who makes it (`Person.mark`).

        Raises:
            PlanError: no name, no author, too long, no such kind, a value that its kind does not allow, or the store cannot
                be reached.
        """
        time = self.now()
        new = Scenario(
            scenario_id=_key(), city_id=city_id, name=name.strip(), author=author.strip(),
            snapshot_id=snapshot_id, changes=tidy(changes, kind), notes=notes, created=time, saved=time, kind=kind, owner=owner,
        )  # fmt: skip
        _valid(new)
        with self._begin() as connection:
            connection.execute(insert(SCENARIO).values(**_row(new), city_id=city_id, created=time, kind=kind, owner=owner))
            connection.execute(insert(REVISION).values(**_row(new)))
        return new

    def load(self, scenario_id: str) -> Scenario:
        """A scenario as it stands, archived or not.

        Raises:
            UnknownScenarioError: there is none.
        """
        with self._begin() as connection:
            return self._load(connection, scenario_id)

    def save(self, scenario: Scenario) -> Scenario:
        """Save name, author (who saves), snapshot, changes, notes, archived; returns it with its new version.

        Args:
            scenario: as loaded, changed with `dataclasses.replace`; `version` is the one it was loaded with.

        Raises:
            ConflictError: somebody saved since; nothing was written.
            UnknownScenarioError: it does not exist.
            PlanError: as `create`.
        """
        new = replace(
            scenario, name=scenario.name.strip(), author=scenario.author.strip(), changes=tidy(scenario.changes, scenario.kind),
            version=scenario.version + 1, saved=self.now(),
        )  # fmt: skip
        _valid(new)
        found = (SCENARIO.c.scenario_id == scenario.scenario_id) & (SCENARIO.c.version == scenario.version)
        with self._begin() as connection:
            written = connection.execute(update(SCENARIO).where(found).values(**_row(new))).rowcount
            if not written:
                raise _conflict(self._load(connection, scenario.scenario_id), scenario.version, "überschrieben")
            connection.execute(insert(REVISION).values(**_row(new)))
        return new

    def copy(self, scenario_id: str, author: str, name: str | None = None, owner: str = "") -> Scenario:
        """A new scenario with the same content, of whoever copies; default name: `... (Kopie)`."""
        old = self.load(scenario_id)
        title = name or f"{old.name[: _LONGEST['name'] - 8]} (Kopie)"
        return self.create(old.city_id, title, author, old.snapshot_id, old.changes, old.notes, old.kind, owner)

    def archive(self, scenario: Scenario, archived: bool = True) -> Scenario:
        """Put a scenario away, or get it back; errors as `save`."""
        return self.save(replace(scenario, archived=archived))

    def delete(self, scenario: Scenario) -> None:
        """Delete a scenario with all its versions, for good and all at once.

        Args:
            scenario: as loaded.

        Raises:
            ConflictError: somebody saved since; nothing was deleted.
            UnknownScenarioError: it does not exist (any more).
        """
        with self._begin() as connection:
            now = self._load(connection, scenario.scenario_id, held=True)
            if now.version != scenario.version:
                raise _conflict(now, scenario.version, "gelöscht")
            connection.execute(delete(REVISION).where(REVISION.c.scenario_id == scenario.scenario_id))
            connection.execute(delete(SCENARIO).where(SCENARIO.c.scenario_id == scenario.scenario_id))

    def everything(self, city_id: str | None = None) -> tuple[Scenario, ...]:
        """All scenarios of a city or of all, of every kind, archived or not; by city, last saved first."""
        query = select(SCENARIO) if city_id is None else select(SCENARIO).where(SCENARIO.c.city_id == city_id)
        with self._begin() as connection:
            rows = connection.execute(query.order_by(SCENARIO.c.city_id, SCENARIO.c.saved.desc(), SCENARIO.c.scenario_id))
            return tuple(_scenario(dict(row)) for row in rows.mappings())

    def listing(self, city_id: str, archived: bool = False, kind: str = BUDGET) -> tuple[Scenario, ...]:
        """Scenarios of one kind of a city, last saved first; the archived ones on request only."""
        query = select(SCENARIO).where(
            SCENARIO.c.city_id == city_id, SCENARIO.c.archived == archived, SCENARIO.c.kind == kind
        )
        with self._begin() as connection:
            rows = connection.execute(query.order_by(SCENARIO.c.saved.desc(), SCENARIO.c.scenario_id)).mappings()
            return tuple(_scenario(dict(row)) for row in rows)

    def history(self, scenario_id: str) -> tuple[Revision, ...]:
        """All saves of a scenario, oldest first."""
        query = select(REVISION).where(REVISION.c.scenario_id == scenario_id).order_by(REVISION.c.version)
        with self._begin() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(Revision(r["version"], r["author"], r["saved"], r["name"], len(r["changes"])) for r in rows)

    def revision(self, scenario_id: str, version: int) -> Scenario:
        """A scenario as it was saved once.

        Raises:
            UnknownScenarioError: there is no such version.
        """
        with self._begin() as connection:
            current = self._load(connection, scenario_id)
            query = select(REVISION).where(REVISION.c.scenario_id == scenario_id, REVISION.c.version == version)
            row = connection.execute(query).mappings().first()
        if row is None:
            raise UnknownScenarioError(f"Von diesem Szenario gibt es keine Fassung {version}.")
        lasting = {name: getattr(current, name) for name in ("city_id", "created", "kind", "owner")}
        return _scenario({**row, **lasting})

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _load(self, connection: Connection, scenario_id: str, held: bool = False) -> Scenario:
        """A scenario; `held`: nobody else saves it until the transaction ends (on SQLite that is so in any case)."""
        query = select(SCENARIO).where(SCENARIO.c.scenario_id == scenario_id)
        row = connection.execute(query.with_for_update() if held else query).mappings().first()
        if row is None:
            raise UnknownScenarioError("Dieses Szenario gibt es nicht. Der Link ist unvollständig, oder es wurde gelöscht.")
        return _scenario(dict(row))

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        try:
            with self.engine.begin() as connection:
                yield connection
        except OperationalError as error:
            raise PlanError(
                "Die Ablage der Szenarien ist nicht erreichbar oder gerade belegt; es wurde nichts gespeichert. "
                "Bitte gleich noch einmal versuchen."
            ) from error


def open_plans(url: str, now: Callable[[], dt.datetime] = _now) -> PlanStore:
    """Open a plan store, make its tables where there are none, and bring older ones up to date.

    Args:
        url: e.g. sqlite:///var/plaene.sqlite or postgresql://user@host/raumblick.

    Raises:
        PlanError: no such address, it cannot be reached, its driver is missing, or a newer version wrote it.
    """
    return PlanStore(open_engine(url), now)


def _key() -> str:
    """A new key, 96 bits; none looks like an option of a command."""
    while (key := secrets.token_urlsafe(12)).startswith("-"):
        pass
    return key


def _conflict(theirs: Scenario, version: int, undone: str) -> ConflictError:
    return ConflictError(
        f"„{theirs.name}“ wurde inzwischen von {theirs.author} gespeichert (Fassung {theirs.version}, Ihre beruht auf "
        f"{version}). Es wurde nichts {undone}.",
        theirs,
    )


def _valid(scenario: Scenario) -> None:
    for key, most in _LONGEST.items():
        text = getattr(scenario, key)
        if not text and key != "notes":
            raise PlanError(f"{_LABELS[key]} fehlt.")
        if len(text) > most:
            raise PlanError(f"{_LABELS[key]} ist länger als {most} Zeichen.")


def _row(scenario: Scenario) -> dict[str, Any]:
    """Columns that scenario and revision share."""
    return {
        "scenario_id": scenario.scenario_id, "name": scenario.name, "author": scenario.author,
        "snapshot_id": scenario.snapshot_id, "notes": scenario.notes, "archived": scenario.archived,
        "version": scenario.version, "saved": scenario.saved,
        "changes": [[c.kind, c.area_id, c.service, c.value] for c in scenario.changes],
    }  # fmt: skip


def _scenario(row: dict[str, Any]) -> Scenario:
    return Scenario(**{**row, "changes": tuple(Change(*change) for change in row["changes"])})
