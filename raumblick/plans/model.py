"""A scenario as a value, what can go wrong with it, and how two of them are compared or joined."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation


class PlanError(Exception):
    """The plan store cannot do what is asked; the message is German."""


class UnknownScenarioError(PlanError):
    """There is no such scenario."""


class ConflictError(PlanError):
    """Somebody else saved in between; `theirs` is what stands in the store now."""

    def __init__(self, message: str, theirs: Scenario):
        self.theirs = theirs
        super().__init__(message)


@dataclass(frozen=True, order=True)
class Change:
    """One change against the snapshot: kind ("budget", "posts", ...), area, service ("" where there is none), the new value as
    text with a decimal point."""

    kind: str
    area_id: str
    service: str
    value: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What is changed."""
        return self.kind, self.area_id, self.service

    @property
    def amount(self) -> Decimal:
        """The value as an exact number.

        Raises:
            PlanError: it is none.
        """
        try:
            number = Decimal(self.value)
        except InvalidOperation as error:
            raise PlanError(f"„{self.value}“ ist keine Zahl.") from error
        if not number.is_finite():
            raise PlanError(f"„{self.value}“ ist keine Zahl.")
        return number


@dataclass(frozen=True)
class Scenario:
    """What somebody tries: name, label of the author, the city and snapshot it stands on, changes, notes.

    `scenario_id` is hard to guess and serves as the link; `version` counts the saves. Times are UTC.
    """

    scenario_id: str
    city_id: str
    name: str
    author: str
    snapshot_id: str
    changes: tuple[Change, ...] = ()
    notes: str = ""
    archived: bool = False
    version: int = 1
    created: dt.datetime = field(default=dt.datetime.min)
    saved: dt.datetime = field(default=dt.datetime.min)


@dataclass(frozen=True)
class Revision:
    """One save of a scenario: version, author, time, name, number of changes."""

    version: int
    author: str
    saved: dt.datetime
    name: str
    changes: int


@dataclass(frozen=True)
class Gap:
    """Where two scenarios differ: kind, area, service and both values (None: unchanged there)."""

    kind: str
    area_id: str
    service: str
    one: str | None
    two: str | None

    @property
    def difference(self) -> Decimal | None:
        """Second value minus first; None where one leaves the thing unchanged."""
        if self.one is None or self.two is None:
            return None
        return Decimal(self.two) - Decimal(self.one)


def tidy(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Changes in order, the last one for each thing.

    Raises:
        PlanError: a value that is no number.
    """
    last = {change.key: change for change in changes}
    for change in last.values():
        _ = change.amount
    return tuple(last[key] for key in sorted(last))


def compare(one: Scenario, two: Scenario) -> tuple[Gap, ...]:
    """Everything in which the changes of two scenarios differ, in order."""
    first, second = ({c.key: c.value for c in scenario.changes} for scenario in (one, two))
    keys = sorted(first.keys() | second.keys())
    gaps = (Gap(*key, first.get(key), second.get(key)) for key in keys)
    return tuple(g for g in gaps if g.one is None or g.two is None or Decimal(g.one) != Decimal(g.two))


def join(base: Scenario, mine: Scenario, theirs: Scenario) -> tuple[tuple[Change, ...], tuple[Gap, ...]]:
    """Both people's changes since they opened the same version, and where they contradict (mine, theirs).

    Where only one of them changed a thing, that counts (taking a change back counts as well); where both did and disagree,
    theirs stays until somebody decides.
    """
    before, own, other = ({c.key: c for c in scenario.changes} for scenario in (base, mine, theirs))
    joined, torn = dict(other), []
    for key in sorted(before.keys() | own.keys()):
        if own.get(key) == before.get(key) or own.get(key) == other.get(key):
            continue
        if other.get(key) != before.get(key):
            torn.append(Gap(*key, own[key].value if key in own else None, other[key].value if key in other else None))
        elif key in own:
            joined[key] = own[key]
        else:
            joined.pop(key, None)
    return tuple(joined[key] for key in sorted(joined)), tuple(torn)
