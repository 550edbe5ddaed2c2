"""A scenario as a value, what can go wrong with it, and how two of them are compared or joined."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

BUDGET, OFFERS = "budget", "offers"  # kinds of scenarios: money moved (Was-wäre-wenn), offers moved (Standort-Planspiel)
_LONGEST = 200  # characters of a value


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
    """One change against the snapshot: kind ("budget", "neu", ...), area or offer, service ("" where there is none), the new
    value as text; in scenarios of money a number with a decimal point."""

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
    """What somebody tries: name, label of the author, the city and snapshot it stands on, changes, notes, and its kind
    (BUDGET, OFFERS) and `owner`, a digest of who made it ("" where nobody knows), which stay the same.

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
    kind: str = BUDGET
    owner: str = ""


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
        """Second value minus first, in scenarios of money; None where one leaves the thing unchanged."""
        if self.one is None or self.two is None:
            return None
        return Decimal(self.two) - Decimal(self.one)


def tidy(changes: Iterable[Change], kind: str = BUDGET) -> tuple[Change, ...]:
    """Changes of a scenario of a kind in order, the last one for each thing.

    Raises:
        PlanError: no such kind; a value that is no number (BUDGET), or an empty or overlong text.
    """
    if kind not in (BUDGET, OFFERS):
        raise PlanError(f"Szenarien der Art „{kind}“ gibt es nicht.")
    last = {change.key: change for change in changes}
    for change in last.values():
        if kind == BUDGET:
            _ = change.amount
        elif not 0 < len(change.value) <= _LONGEST:
            raise PlanError(f"„{change.value[:40]}“ ist keine Änderung.")
    return tuple(last[key] for key in sorted(last))


def compare(one: Scenario, two: Scenario) -> tuple[Gap, ...]:
    """Everything in which the changes of two scenarios differ, in order.

    Raises:
        PlanError: they are of different kinds.
    """
    if one.kind != two.kind:
        raise PlanError("Szenarien verschiedener Art lassen sich nicht vergleichen.")
    alike = (lambda a, b: Decimal(a) == Decimal(b)) if one.kind == BUDGET else str.__eq__
    first, second = ({c.key: c.value for c in scenario.changes} for scenario in (one, two))
    keys = sorted(first.keys() | second.keys())
    gaps = (Gap(*key, first.get(key), second.get(key)) for key in keys)
    return tuple(g for g in gaps if g.one is None or g.two is None or not alike(g.one, g.two))


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
