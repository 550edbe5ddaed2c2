"""Variants of the Planspiel as scenarios: kept, opened, joined when two people saved, and two of them compared.

A scenario of kind OFFERS holds what was asked (changes of kind `frage`) and one change for each move: its kind is that of
the move, `area_id` the offer (for a new one its place), `service` the service, `value` what it becomes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from raumblick.answers.access import Question
from raumblick.answers.shelf import kept, scenarios
from raumblick.answers.siting import CLOSE, NEW, PLACES, Move, MoveError, Play, moves_text, play, read_moves
from raumblick.plans.model import OFFERS, Change, ConflictError, PlanError, Scenario, join
from raumblick.plans.store import PlanStore
from raumblick.snapshot.store import Store

__all__ = [
    "OFFERS", "Change", "ConflictError", "Contrast", "Merged", "PlanError", "PlanStore", "Scenario", "Variant", "changes_of",
    "contrast", "kept", "merged", "opened", "scenarios", "service_of", "size_of", "variant_of",
]  # fmt: skip

ASKED = "frage"
_CLOSED = "ja"


@dataclass(frozen=True)
class Variant:
    """What a scenario says, as texts of an address: service, what to measure against (`ziel`, with `wert`), way, and moves."""

    service: str
    ziel: str
    weg: str
    wert: str
    moves: str


@dataclass(frozen=True, eq=False)
class Contrast:
    """Two variants beside today: `areas` (area_id, name, children, today, one, two, difference, gain: children times
    difference), and children who reach more (`winning`) or fewer (`losing`) places in the second than in the first."""

    one: Play
    two: Play
    areas: pd.DataFrame
    winning: float
    losing: float


@dataclass(frozen=True)
class Merged:
    """Both people's changes: the variant, and the things on which they disagree (theirs counts until somebody decides)."""

    variant: Variant
    torn: tuple[str, ...]


def changes_of(variant: Variant) -> tuple[Change, ...]:
    """A variant as changes of a scenario.

    Raises:
        MoveError: the moves cannot be read, or there are none.
    """
    moves = read_moves(variant.moves)
    if not moves:
        raise MoveError("Ohne eine Änderung an einem Angebot gibt es nichts zu speichern.")
    asked = {"ziel": variant.ziel, "weg": variant.weg, "wert": variant.wert}
    found = [Change(ASKED, name, variant.service, value) for name, value in asked.items() if value]
    seen: dict[str, int] = {}
    for move in moves:
        where = f"{move.lat:.5f},{move.lon:.5f}"
        if move.kind == NEW:
            seen[where] = seen.get(where, 0) + 1
            what = where if seen[where] == 1 else f"{where}#{seen[where]}"  # two may open at one place
            found.append(Change(NEW, what, variant.service, str(move.places)))
        else:
            value = {PLACES: str(move.places), CLOSE: _CLOSED}.get(move.kind, where)
            found.append(Change(move.kind, move.facility, variant.service, value))
    return tuple(found)


def variant_of(changes: Iterable[Change]) -> Variant:
    """The variant of a scenario's changes.

    Raises:
        MoveError: they are none.
    """
    rows = tuple(changes)
    asked = {change.area_id: change.value for change in rows if change.kind == ASKED}
    moves = tuple(_move(change) for change in rows if change.kind != ASKED)
    service = rows[0].service if rows else ""
    return Variant(service, asked.get("ziel", ""), asked.get("weg", ""), asked.get("wert", ""), moves_text(moves))


def _move(change: Change) -> Move:
    if change.kind == NEW:
        text = f"{NEW}@{change.area_id.partition('#')[0]}={change.value}"
    elif change.kind == CLOSE:
        text = f"{CLOSE}@{change.area_id}"
    else:
        text = f"{change.kind}@{change.area_id}={change.value}"
    return read_moves(text)[0]


def service_of(found: Scenario) -> str:
    """Key of the service whose offers a variant changes."""
    return found.changes[0].service if found.changes else ""


def size_of(found: Scenario) -> int:
    """Number of moves of a variant."""
    return sum(change.kind != ASKED for change in found.changes)


def opened(plans: PlanStore, store: Store, scenario_id: str) -> Scenario:
    """One variant by its key, archived or not.

    Raises:
        PlanError: there is none, or it is of another kind or city; the text is German.
    """
    found = plans.load(scenario_id)
    if found.kind != OFFERS:
        raise PlanError(f"„{found.name}“ ist kein Planspiel; es gehört zur Seite Was-wäre-wenn.")
    if found.city_id != str(store.city["city_id"]):
        raise PlanError(f"„{found.name}“ gehört zu einer anderen Stadt („{found.city_id}“).")
    return found


def merged(plans: PlanStore, scenario_id: str, version: int, mine: Variant) -> tuple[Merged, Scenario]:
    """Mine and what somebody else saved since, joined; second: what stands in the store now, which a save goes on from.

    Raises:
        PlanError: there is no such scenario or version. MoveError: mine cannot be read.
    """
    base, theirs = plans.revision(scenario_id, version), plans.load(scenario_id)
    own = Scenario(scenario_id, theirs.city_id, "", "", "", tuple(sorted(changes_of(mine))), kind=OFFERS)
    changes, torn = join(base, own, theirs)
    return Merged(variant_of(changes), tuple(_torn(gap.kind, gap.area_id) for gap in torn)), theirs


def _torn(kind: str, what: str) -> str:
    words = {NEW: "neues Angebot bei", PLACES: "Plätze von", CLOSE: "Schließung von", "ort": "Ort von", ASKED: "Auswahl"}
    return f"{words.get(kind, kind)} {what}"


def contrast(store: Store, asked: Question, one: str, two: str) -> Contrast:
    """The second variant against the first.

    Raises:
        MoveError, SupplyError: as `raumblick.answers.siting.play`.
    """
    first, second = play(store, asked, one), play(store, asked, two)
    areas = first.areas[["area_id", "name", "children", "before"]].rename(columns={"before": "today"})
    areas = areas.assign(one=first.areas["after"], two=second.areas["after"])
    areas["difference"] = areas["two"] - areas["one"]
    areas["gain"] = areas["difference"] * areas["children"]
    field, change = first.result.field, second.result.access - first.result.access
    people = pd.Series(field.children, field.ids)
    return Contrast(first, second, areas, float(people[change > 1e-9].sum()), float(people[change < -1e-9].sum()))
