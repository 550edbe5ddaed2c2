"""A fair formula: why does each area get this euro? The answer behind Verteilung.

Only money that a city may divide as it likes is offered (services that the catalogue calls allocable). Help under individual
entitlement is never part of a formula: §§ 27, 36a SGB VIII.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.answers.planned import CITY, Planned, planned
from raumblick.answers.values import areas, indicators, latest
from raumblick.money.errors import LAW, MoneyError
from raumblick.money.formula import Distribution, share_out
from raumblick.money.formula_text import LABELS, changes, explain, over_years
from raumblick.snapshot.store import Store

__all__ = ["ALL", "LAW", "Ground", "MoneyError", "Pot", "Sharing", "Wish", "ground", "pots", "share", "way"]

ALL = "alle"
YOUTH = "pop_u18"
# Counts that a burden may go by, in the order offered; what the formula starts with stands first.
BURDENS = ("sgb2_u15", "unemp_u25", "sp_share", "sp_bg", "migr_share", "housing_benefit", "but_rate", "eingang_speech")
_START = {"sgb2_u15": 50, "unemp_u25": 20, "sp_share": 30}


@dataclass(frozen=True)
class Pot:
    """Money planned for one service (or `ALL` of them) in a year, by areas of one level."""

    service: str
    name: str
    paragraph: str
    year: int
    level: str
    amounts: tuple[tuple[str, float], ...]

    @property
    def total(self) -> float:
        """Euro in the pot."""
        return sum(amount for _, amount in self.amounts)


@dataclass(frozen=True, eq=False)
class Ground:
    """What a formula can go by on a level: areas (area_id, name), `youth` (residents under 18), `burden` (counts, one column
    an indicator, complete ones only), `names` and `periods` of these indicators, `left_out` (names of incomplete ones)."""

    level: str
    areas: pd.DataFrame
    youth: pd.Series
    burden: pd.DataFrame
    names: dict[str, str]
    periods: dict[str, str]
    left_out: tuple[str, ...]

    @property
    def start(self) -> dict[str, int]:
        """Weights to start from; all of them alike where the usual ones are not known."""
        usual = {key: points for key, points in _START.items() if key in self.burden}
        return usual or {key: 50 for key in self.burden}


@dataclass(frozen=True)
class Wish:
    """Settings of the formula: euro, share by residents, weights in points, largest loss and gain as shares (None: no bound)."""

    pot: float
    base_share: float
    weights: tuple[tuple[str, int], ...]
    floor: float | None
    cap: float | None


@dataclass(frozen=True, eq=False)
class Sharing:
    """A distribution and its words: `rows` one an area (area_id, name, youth, previous, formula, amount, change, share in %,
    per_child, bound), `moved` euro that change places, `sentences` why, by area."""

    found: Distribution
    rows: pd.DataFrame
    moved: float
    sentences: Mapping[str, str]
    parts: pd.DataFrame


def pots(store: Store) -> tuple[Pot, ...]:
    """Pots of the plan in force, all services together first, then the largest; empty without a plan by area.

    A service counts on the level on which most of the money lies; one with a missing amount there is left out.
    """
    plan = planned(store)
    if plan is None or plan.level == CITY:
        return ()
    rows = plan.free[plan.free["level"] == plan.level]
    whole = rows.groupby("service")["amount"].transform(lambda v: v.notna().all() and sum(v) > 0)
    rows = rows[whole.astype(bool)].astype({"amount": float})
    found = [_pot(group, plan) for _, group in rows.groupby("service")]
    found.sort(key=lambda pot: -pot.total)
    if len(found) > 1:
        sums = rows.groupby("area_id")["amount"].sum()
        together = tuple((str(key), float(value)) for key, value in sums.items())
        found.insert(0, Pot(ALL, "Alle frei verteilbaren Leistungen", "", plan.year, plan.level, together))
    return tuple(found)


def _pot(rows: pd.DataFrame, plan: Planned) -> Pot:
    one = rows.iloc[0]
    amounts = tuple((str(key), float(value)) for key, value in zip(rows["area_id"], rows["amount"], strict=True))
    return Pot(str(one["service"]), str(one["name"]), str(one["paragraph"]), plan.year, plan.level, amounts)


def ground(store: Store, level: str) -> Ground:
    """Residents and burdened counts of a level, newest numbers.

    Raises:
        MoneyError: the residents under 18 are not known for every area, or no burden is.
    """
    known = areas(store, level)
    table = latest(store, level).pivot(index="area_id", columns="indicator", values="numerator")
    table = table.reindex(known["area_id"]).astype(float)
    if YOUTH not in table or table[YOUTH].isna().any():
        raise MoneyError("population", "Die Zahl der Menschen unter 18 Jahren ist nicht für alle Gebiete bekannt.")
    sheets = {sheet.key: sheet for sheet in indicators(store, level)}
    offered = [key for key in BURDENS if key in table and key in sheets]
    whole = [key for key in offered if table[key].notna().all() and table[key].sum() > 0]
    if not whole:
        raise MoneyError("burden", "Keine Kennzahl der Belastung ist für alle Gebiete mit Fallzahlen bekannt.")
    return Ground(
        level=level,
        areas=known[["area_id", "name"]],
        youth=table[YOUTH],
        burden=table[whole],
        names={key: sheets[key].name for key in offered},
        periods={key: str(sheets[key].last_period) for key in whole},
        left_out=tuple(sheets[key].name for key in offered if key not in whole),
    )


def share(base: Ground, pot: Pot, wish: Wish) -> Sharing:
    """The pot divided over all areas of the level.

    Raises:
        MoneyError: settings that no distribution can be made of; bounds that cannot be kept, with the smallest change.
    """
    previous = _previous(base, pot, wish)
    weights = dict(wish.weights)
    found = share_out(wish.pot, base.youth, base.burden, weights, previous, wish.base_share, wish.floor, wish.cap)
    names = base.areas.set_index("area_id")["name"]
    moves = changes(found)
    rows = pd.DataFrame(
        {
            "area_id": moves.index, "name": names.reindex(moves.index).to_numpy(), "youth": base.youth.to_numpy(),
            "previous": moves["previous"].to_numpy(), "formula": found.target.to_numpy(), "amount": moves["amount"].to_numpy(),
            "change": moves["change"].to_numpy(), "share": 100 * moves["share"].to_numpy(),
            "per_child": (moves["amount"] / base.youth.where(base.youth > 0)).to_numpy(),
            "bound": np.where(moves["bound"] == "floor", "Untergrenze", np.where(moves["bound"] == "cap", "Obergrenze", "")),
        }
    )  # fmt: skip
    words = {key: explain(found, key, names[key], base.names) for key in moves.index}
    labels = {**LABELS, **base.names}
    return Sharing(found, rows, float(moves["change"].clip(lower=0).sum()), words, found.parts.rename(columns=labels))


def way(base: Ground, pot: Pot, wish: Wish, years: int) -> pd.DataFrame:
    """The way to the formula in equal parts of what is left: area_id, name, previous and one column a year (`1`, `2`, ...), euro.

    Largest loss and gain count against the year before; each year's sum is the pot.

    Raises:
        MoneyError: as `share`.
    """
    previous = _previous(base, pot, wish)
    found = over_years(
        [wish.pot] * years, base.youth, base.burden, dict(wish.weights), previous,
        base_share=wish.base_share, floor=wish.floor, cap=wish.cap,
    )  # fmt: skip
    names = base.areas.set_index("area_id")["name"].reindex(previous.index)
    table = pd.DataFrame({"area_id": previous.index, "name": names.to_numpy(), "previous": previous.to_numpy()})
    return table.assign(**{str(n): one.amounts.astype(float).to_numpy() for n, one in enumerate(found, start=1)})


def _previous(base: Ground, pot: Pot, wish: Wish) -> pd.Series:
    """What the areas have today, scaled to the pot that is wished for."""
    previous = pd.Series(dict(pot.amounts)).reindex(base.youth.index).fillna(0.0)
    return previous * (wish.pot / previous.sum()) if previous.sum() > 0 else previous
