"""Move money in a fixed pot: who gains, who loses, what is locked by law? The answer behind Was-wäre-wenn.

    now = current(store)                         # allocable money by area and service, and what the law locks
    then = moved(now, [move("P1", "okja", "-200000"), move("P2", "okja", "200000")])

A scenario is a tuple of `Change`s of kind "budget": euro more or less in one area and service. It is kept in the plan store
(`scenarios(url)`); the facts of the snapshot never change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from raumblick.answers.planned import Planned, planned
from raumblick.answers.shelf import kept, scenarios
from raumblick.money.errors import LAW, MoneyError, euro
from raumblick.plans.model import Change, ConflictError, PlanError, Scenario, UnknownScenarioError, compare, join
from raumblick.snapshot.store import Store

__all__ = [
    "LAW", "POST", "Change", "ConflictError", "Current", "MoneyError", "Moved", "PlanError", "Scenario", "UnknownScenarioError",
    "compare", "current", "join", "kept", "move", "moved", "scenarios",
]  # fmt: skip

BUDGET = "budget"
POST = Decimal(78_000)  # euro of a full post a year with its costs; an assumption that the page shows and lets be changed
_CENT = Decimal("0.01")
_Amounts = dict[tuple[str, str], Decimal]  # by area and service
_EXACT, _COUNTED = ("before", "change", "after"), ("posts", "reached")


@dataclass(frozen=True, eq=False)
class Current:
    """The money of the newest plan.

    `areas`: area_id, name. `services`: key, name, paragraph, total (Decimal euro): those a city may divide. `amounts`: area_id,
    service, amount (Decimal). `locked`: key, name, paragraph, amount of the services under entitlement. `children`: residents
    under 18 by area (missing where not known). `notes`: German.
    """

    year: int
    level: str
    areas: pd.DataFrame
    services: pd.DataFrame
    amounts: pd.DataFrame
    locked: pd.DataFrame
    children: pd.Series
    notes: tuple[str, ...]

    @property
    def pot(self) -> Decimal:
        """Euro that may be moved."""
        return sum(self.amounts["amount"], Decimal(0))


@dataclass(frozen=True, eq=False)
class Moved:
    """The pot after changes, exact to the cent.

    `remaining`: euro not given to anybody (negative: more is spent than there is). `cells`: area_id, service, before, change,
    after, posts (of the change), reached (children for whom the change pays what a child of the city usually gets; missing
    where children are not known). `areas`, `services`: the same summed, with name, and for areas per_child before and after.
    `moved`: euro that change places. `sentence`: German, with the legal notice.
    """

    remaining: Decimal
    moved: Decimal
    cells: pd.DataFrame
    areas: pd.DataFrame
    services: pd.DataFrame
    sentence: str


def move(area_id: str, service: str, amount: Any) -> Change:
    """One change: euro more (or, with a minus, less) for a service in an area.

    Raises:
        MoneyError: no amount, or parts of a cent.
    """
    try:
        value = Decimal(str(amount))
        exact = value.is_finite() and value == value.quantize(_CENT)
    except ArithmeticError:
        exact = False
    if not exact:
        raise MoneyError("amount", f"„{amount}“ ist kein Betrag in Euro und Cent.")
    return Change(BUDGET, area_id, service, f"{value:.2f}")


def current(store: Store) -> Current | None:
    """Allocable money by area and service in the plan in force; None where none is planned.

    Areas are those of the level on which most of the money stands; lines elsewhere are named in a note.
    """
    plan = planned(store)
    known = None if plan is None else plan.free[plan.free["amount"].notna()]
    if plan is None or known is None or not len(known):
        return None
    own = known[known["level"] == plan.level]
    by_service = own.groupby("service", sort=True)
    services = by_service[["name", "paragraph"]].first().assign(total=by_service["amount"].agg(_exact_sum).astype(object))
    services = services.rename_axis("key").reset_index().sort_values("total", ascending=False, ignore_index=True)
    areas = store.read("areas", level=plan.level).drop_duplicates("area_id").sort_values("area_id")[["area_id", "name"]]
    cells = own[["area_id", "service", "amount"]].sort_values(["area_id", "service"], ignore_index=True)
    children = _children(store, plan.level)
    return Current(
        plan.year, plan.level, areas.reset_index(drop=True), services, cells, _locked(plan), children, _notes(plan)
    )


def _exact_sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def _notes(plan: Planned) -> tuple[str, ...]:
    notes = []
    elsewhere = plan.free[plan.free["level"] != plan.level]["amount"].dropna()
    if len(elsewhere):
        notes.append(f"{euro(_exact_sum(elsewhere))} stehen auf einer anderen Ebene und lassen sich hier nicht verschieben.")
    unknown = int(plan.free["amount"].isna().sum())
    if unknown:
        notes.append(f"{unknown} Ansätze fehlen oder sind geheim; sie bleiben, wie sie sind.")
    return tuple(notes)


def _locked(plan: Planned) -> pd.DataFrame:
    """Plans of services that may not be divided, largest first; those without money are left out."""
    rows = plan.by_service()
    rows = rows[~rows["allocable"] & rows["amount"].astype(bool)].drop(columns="allocable").rename_axis("key").reset_index()
    return rows.sort_values("amount", ascending=False, ignore_index=True)


def _children(store: Store, level: str) -> pd.Series:
    rows = store.read("young", level=level)
    whole = rows[(rows["age_from"] < 18) & (rows["age_to"] <= 18)]
    sums = whole.groupby("area_id")["count"].agg(lambda v: v.sum() if v.notna().all() else float("nan"))
    return sums.astype(float)


def moved(now: Current, changes: Iterable[Change], post: Decimal = POST) -> Moved:
    """The pot after changes.

    Raises:
        MoneyError: a service that the law locks, an area or service without a plan line, or less than nothing left in a cell
            (with the most that can be taken).
    """
    before = dict(zip(zip(now.amounts["area_id"], now.amounts["service"], strict=True), now.amounts["amount"], strict=True))
    shifts = dict.fromkeys(before, Decimal(0))
    for change in changes:
        key = (change.area_id, change.service)
        _allowed(now, change, key in shifts)
        shifts[key] += change.amount
    table = _cells(now, before, shifts, post)
    _none_below_zero(now, table)
    remaining = -sum(shifts.values(), Decimal(0))
    places = sum((v for v in shifts.values() if v > 0), Decimal(0))
    areas = _summed(table, "area_id", dict(zip(now.areas["area_id"], now.areas["name"], strict=True)))
    services = _summed(table, "service", dict(zip(now.services["key"], now.services["name"], strict=True)))
    children = areas["area_id"].map(now.children).to_numpy(float, copy=True)
    children[~(children > 0)] = float("nan")
    for column in ("before", "after"):
        areas[f"per_child_{column}"] = areas[column].to_numpy(float) / children
    return Moved(remaining, places, table, areas, services, _sentence(remaining, places, areas))


def _cells(now: Current, before: _Amounts, shifts: _Amounts, post: Decimal) -> pd.DataFrame:
    """One row an area and service; plain Python, because a slider waits for it and pandas is slow with exact amounts."""
    usual = _per_child(now)
    rows = [
        (area, service, amount, shift, amount + shift, float(shift / post),
         float(shift) / usual[service] if service in usual else float("nan"))
        for ((area, service), amount), shift in zip(before.items(), shifts.values(), strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["area_id", "service", *_EXACT, *_COUNTED])


def _allowed(now: Current, change: Change, known: bool) -> None:
    if change.kind != BUDGET:
        raise MoneyError("kind", f"Die Änderung „{change.kind}“ ist hier nicht bekannt.")
    if not known and change.service in set(now.locked["key"]):
        line = now.locked.set_index("key").loc[change.service]
        raise MoneyError(
            change.service,
            f"„{line['name']}“ ist gesetzlich gesperrt ({line['paragraph']}): Der Bedarf wird vorausgeschätzt, nicht verschoben.",
        )
    if not known:
        raise MoneyError("area_id", f"Für „{change.service}“ gibt es im Gebiet „{change.area_id}“ keinen Ansatz.")


def _none_below_zero(now: Current, table: pd.DataFrame) -> None:
    below = table[[value < 0 for value in table["after"]]]
    if len(below):
        one = below.iloc[0]
        area = now.areas.set_index("area_id")["name"].get(one["area_id"], one["area_id"])
        service = now.services.set_index("key")["name"][one["service"]]
        most = f"{area}, {service}: Es lassen sich höchstens {euro(one['before'])} wegnehmen"
        raise MoneyError("amount", f"{most}, {euro(-one['after'])} weniger als gewünscht.", float(-one["after"]))


def _per_child(now: Current) -> dict[str, float]:
    """Euro a child by service in the whole city."""
    children = float(now.children.sum()) if now.children.notna().all() else 0.0
    return {
        str(k): float(t) / children for k, t in zip(now.services["key"], now.services["total"], strict=True) if children and t
    }


def _summed(table: pd.DataFrame, by: str, names: dict[str, str]) -> pd.DataFrame:
    """The cells summed exactly by area or service, in the order of `names`."""
    exact: dict[str, list[Decimal]] = {}
    counted: dict[str, list[float]] = {}
    for key, *row in zip(table[by], *(table[column] for column in (*_EXACT, *_COUNTED)), strict=True):
        exact[key] = [a + b for a, b in zip(exact.get(key, [Decimal(0)] * 3), row[:3], strict=True)]
        counted[key] = [a + b for a, b in zip(counted.get(key, [0.0] * 2), row[3:], strict=True)]
    rows = [(key, name, *exact[key], *counted[key]) for key, name in names.items() if key in exact]
    return pd.DataFrame(rows, columns=[by, "name", *_EXACT, *_COUNTED])


def _sentence(remaining: Decimal, places: Decimal, areas: pd.DataFrame) -> str:
    if not places and not remaining:
        return f"Es ist noch nichts verschoben. {LAW}"
    more = int((areas["change"] > 0).sum())
    less = int((areas["change"] < 0).sum())
    text = (
        f"{more} {'Gebiet bekommt' if more == 1 else 'Gebiete bekommen'} mehr, {less} weniger; {euro(places)} werden dazugegeben."
    )
    if remaining > 0:
        text += f" {euro(remaining)} sind noch frei."
    if remaining < 0:
        text += f" Es fehlen {euro(-remaining)}: So viel muss anderswo weniger werden."
    return f"{text} {LAW}"
