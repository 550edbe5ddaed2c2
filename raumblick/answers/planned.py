"""The plan in force, read once for all pages on money: which year, which level, how much for which service and area.

The year is the first plan year after the last finished one; a city without any bookings of what was spent has its newest
plan in force. An amended plan replaces the plan by the rule of the ledger, and of two bases (month of the service, day of
payment) one counts. Areas are those of the level below the city on which most of the money that may be divided stands; where
no plan names an area, the city itself is the only one.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import pandas as pd

from raumblick.money.ledger import NOWHERE, Ledger, euros, ledger, months_booked
from raumblick.snapshot.store import Store

CITY = "stadt"
_PLANS = ("plan", "amended")


@dataclass(frozen=True, eq=False)
class Planned:
    """The plan of a year.

    `cells`, one row a service and area: service, name, paragraph, allocable, entitlement, area_id, level, amount (Decimal
    euro, None where a part is missing or hidden). Lines without an area stand for the city. `level`: of the areas.
    """

    year: int
    level: str
    cells: pd.DataFrame

    @property
    def free(self) -> pd.DataFrame:
        """Cells whose money a city may divide as it likes, all levels."""
        return self.cells[self.cells["allocable"]]

    def by_service(self) -> pd.DataFrame:
        """All areas together: service (index), name, paragraph, allocable, amount (Decimal); services with a gap are absent."""
        whole = self.cells.groupby("service")["amount"].transform(lambda v: v.notna().all()).astype(bool)
        known = self.cells[whole].groupby("service", sort=True)
        words = known[["name", "paragraph", "allocable"]].first()
        return words.assign(amount=known["amount"].agg(lambda v: sum(v, Decimal(0))).astype(object))


@lru_cache(maxsize=1)  # 10 MB with 51.000 bookings: kept for the city that was asked last alone
def bookings(store: Store) -> pd.DataFrame:
    """All bookings of a city as they stand, read once for every question about them; not to be changed."""
    return store.read("bookings")


@lru_cache(maxsize=8)
def book(store: Store, basis: str = "period") -> Ledger:
    """All bookings of a city under one basis.

    Raises:
        MoneyError: amounts that are none.
    """
    return ledger(bookings(store), basis)


def plan_lines(store: Store) -> pd.DataFrame:
    """Expense lines of plans of known services, all years."""
    lines = book(store).lines
    return lines[lines["value_type"].isin(_PLANS) & lines["side"].eq("expense") & lines["service"].ne("")]


def plan_year(store: Store) -> int | None:
    """Year of the plan in force; None without a plan of any service."""
    years = sorted(int(year) for year in plan_lines(store)["year"].unique())
    if not years:
        return None
    spent = book(store).only(side="expense", value_type="actual")
    finished = [year for year in spent.years if months_booked(spent, year) == 12]
    return next((year for year in years if year > max(finished)), years[-1]) if finished else years[-1]


def plan_level(store: Store) -> str:
    """Level of the areas that plans name, best known from money that may be divided; that of bookings where no plan has areas."""
    lines = plan_lines(store)
    free = store.read("service_names").set_index("key")["allocable"]
    for some in (lines[lines["service"].map(free).eq(True)], lines, book(store).lines):
        levels = _levels(store, some["area_id"])
        below = some[levels.ne(CITY).to_numpy()]
        if len(below):
            weight = below[["plan", "amended", "actual"]].max(axis=1).groupby(levels[levels.ne(CITY)].to_numpy()).sum()
            return str(weight.idxmax())
    return CITY


@lru_cache(maxsize=8)
def planned(store: Store) -> Planned | None:
    """The plan in force; None without a plan of any service.

    Raises:
        MoneyError: amounts that are none.
    """
    year = plan_year(store)
    if year is None:
        return None
    lines = plan_lines(store)
    lines = lines[lines["year"] == year]
    lines = lines.assign(area_id=lines["area_id"].replace(NOWHERE, str(store.city["city_id"])))
    sums = lines.groupby(["service", "area_id"], as_index=False)[["amended", "missing"]].sum()
    sheets = store.read("service_names").set_index("key")
    sheets = sheets.reindex(sums["service"])
    amounts = euros(sums["amended"]).where(sums["missing"].eq(0), None)
    cells = pd.DataFrame(
        {
            "service": sums["service"], "name": sheets["name"].fillna(pd.Series(sheets.index, sheets.index)).to_numpy(),
            "paragraph": sheets["paragraph"].fillna("").to_numpy(),
            "allocable": sheets["allocable"].eq(True).to_numpy(), "entitlement": sheets["entitlement"].eq(True).to_numpy(),
            "area_id": sums["area_id"], "level": _levels(store, sums["area_id"]), "amount": amounts,
        }
    )  # fmt: skip
    return Planned(year, plan_level(store), cells)


def _levels(store: Store, area_ids: pd.Series) -> pd.Series:
    """Level of each area; that of the city for lines without one."""
    names = store.read("area_names").drop_duplicates("area_id").set_index("area_id")["level"]
    return area_ids.map(names).fillna(CITY)
