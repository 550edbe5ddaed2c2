"""Plan, committed, spent, forecast, per service and area; what will be over? The answer behind Budgetstand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.answers.planned import CITY, book, bookings, plan_level, plan_year
from raumblick.answers.supply import in_level
from raumblick.money.errors import LAW, MoneyError
from raumblick.money.forecast import by_year, forecast_year
from raumblick.money.ledger import NOWHERE, Ledger, months_booked, place, totals
from raumblick.money.outlook import warn
from raumblick.money.record import compliance, plan_quality
from raumblick.snapshot.store import Store

__all__ = [
    "ALL", "BASES", "LAW", "MISS_YEARS", "Books", "Course", "MoneyError", "books", "course", "usual_basis", "usual_year", "years",
]  # fmt: skip

ALL = "alle"
BASES = {"period": "Leistungsmonat", "payment": "Zahlungstag"}
MATTERS = 0.01  # of the amended plan: less is no reason for a warning
MISS_YEARS = 3  # finished years with a plan from which on a line's usual miss is taken into account
_SUMS = ["plan", "amended", "actual", "committed", "available"]


@dataclass(frozen=True, eq=False)
class Books:
    """The year's ledger.

    `services` and `areas`, one row a service or area: key, name, plan, amended, actual, committed, available, bound (share
    of the amended plan that is spent or committed), missing (lines without an amount), miss (mean of actual / amended plan - 1
    over the finished years before, missing below `MISS_YEARS` of them), miss_years, forecast, low, high (80 %), chance of
    overspending by more than 1 %, excess, colour ("grün", "gelb", "rot" or ""). Services also have paragraph and entitlement,
    areas kept and kept_years (how many of the finished budgets were kept) and kept_since.
    `whole`: the same for all together. `month`: last booked month, 12 for a finished year, 0 where nothing is booked.
    """

    year: int
    basis: str
    month: int
    level: str
    services: pd.DataFrame
    areas: pd.DataFrame
    whole: pd.Series
    notes: tuple[str, ...]

    @property
    def running(self) -> bool:
        """True while months are missing."""
        return self.month < 12


@dataclass(frozen=True, eq=False)
class Course:
    """How a year runs: months (month, so_far in euro), amended plan, forecast with interval; `before`: the year before."""

    name: str
    year: int
    months: pd.DataFrame
    before: pd.DataFrame
    amended: float
    forecast: float
    low: float
    high: float


def years(store: Store) -> tuple[int, ...]:
    """Years of the ledger, ascending; empty without bookings."""
    return book(store).years


def usual_year(store: Store) -> int:
    """The year to start with: that of the plan in force, else the newest with bookings."""
    return plan_year(store) or years(store)[-1]


def usual_basis(store: Store) -> str:
    """The basis to start with: the month of the service, unless all is booked by day of payment."""
    return "payment" if set(bookings(store)["basis"]) == {"payment"} else "period"


def books(store: Store, year: int, basis: str = "period") -> Books:
    """The ledger of a year with its forecast.

    Raises:
        MoneyError: amounts that are none.
    """
    lines, names = book(store, basis), store.read("service_names").set_index("key")
    month = months_booked(lines.only(side="expense"), year)
    rows = _judged(lines, "service", year, month)
    rows = rows.assign(
        name=[names["name"].get(key, "ohne Leistung") for key in rows["key"]],
        paragraph=[names["paragraph"].get(key, "") for key in rows["key"]],
        entitlement=[bool(names["entitlement"].get(key, False)) for key in rows["key"]],
    )
    level = plan_level(store)
    areas = _areas(store, lines, level, year, month) if level != CITY else rows.head(0)
    everything = _judged(lines, "side", year, month)
    whole = everything.iloc[0] if len(everything) else pd.Series(dict.fromkeys(everything.columns, np.nan))
    notes = tuple(dict.fromkeys(note.message for note in lines.notes))
    rows = rows.sort_values("amended", ascending=False, ignore_index=True)
    return Books(year, basis, month, level, rows, areas, whole, notes)


def _areas(store: Store, lines: Ledger, level: str, year: int, month: int) -> pd.DataFrame:
    known = store.read("areas", level=level).drop_duplicates("area_id").set_index("area_id")["name"]
    own = pd.Series(pd.unique(lines.lines["area_id"]))
    upper = in_level(store, level, own)
    placed = place(lines, {str(a): str(b) for a, b in zip(own, upper, strict=True) if isinstance(b, str)})
    rows = _judged(placed, "area_id", year, month)
    kept = compliance(placed).rename(columns={"area_id": "key", "years": "kept_years"})
    rows = rows[rows["key"] != NOWHERE].merge(kept[["key", "kept", "kept_years", "kept_since"]], on="key", how="left")
    return rows.assign(name=rows["key"].map(known)).sort_values("key", ignore_index=True)


def _judged(lines: Ledger, by: str, year: int, month: int) -> pd.DataFrame:
    """Sums of a year by a column ("side": of everything), each with its usual miss, forecast and warning."""
    sums = totals(lines.only(year=year), [by]).rename(columns={by: "key"})
    sums[_SUMS] = sums[_SUMS].astype(float)
    sums = sums.merge(_misses(lines, by, year), on="key", how="left")
    monthly = lines.lines[(lines.lines["side"] == "expense") & (lines.lines["month"] > 0)]
    own = dict(tuple(monthly.groupby(by)))
    found = [_row(own.get(row.key, monthly.head(0)), row, year, month) for row in sums.itertuples()]
    columns = ["forecast", "low", "high", "chance", "excess", "colour"]
    return sums.join(pd.DataFrame(found, columns=columns, index=sums.index))


def _misses(lines: Ledger, by: str, year: int) -> pd.DataFrame:
    """Usual miss of the amended plan by line, from the finished years before: key, miss, miss_years."""
    before = lines.only(year=[one for one in lines.years if one < year])
    found = plan_quality(before, (by,), "amended").rename(columns={by: "key", "years": "miss_years", "mean": "miss"})
    enough = found["miss_years"] >= MISS_YEARS
    return found.assign(miss=found["miss"].where(enough))[["key", "miss", "miss_years"]]


def _row(lines: pd.DataFrame, sums, year: int, month: int) -> tuple[float, float, float, float, float, str]:  # type: ignore[no-untyped-def]
    """Forecast and warning of one line of the table; missing where months or amounts are not known."""
    nothing = (np.nan, np.nan, np.nan, np.nan, np.nan, "")
    if sums.missing or not month or not sums.amended > 0:
        return nothing
    miss = 0.0 if np.isnan(sums.miss) else sums.miss
    try:
        value, low, high, spread = _forecast(lines, sums.amended * (1 + miss), sums.actual, year, month)
    except MoneyError:
        return nothing
    alert = warn(value, spread, sums.amended, MATTERS * sums.amended)
    return value, low, high, alert.probability, alert.excess, alert.colour


def _forecast(lines: pd.DataFrame, expected: float, actual: float, year: int, month: int) -> tuple[float, float, float, float]:
    """Value, 80 % interval and spread of a year in euro."""
    if month == 12:
        return actual, actual, actual, 0.0
    amounts = lines.groupby(["year", "month"])["actual"].sum().div(100).rename("amount").reset_index()
    past, own = by_year(amounts, year)
    own = np.concatenate([own, np.zeros(max(0, month - len(own)))])[:month]
    found = forecast_year(own, past, expected)
    return found.value, found.low, found.high, found.sd


def course(store: Store, found: Books, service: str) -> Course | None:
    """How the spending of a service (or of `ALL`) runs over the year; None where nothing is booked by month."""
    row = found.whole if service == ALL else found.services.set_index("key").loc[service]
    lines = book(store, found.basis).lines
    lines = lines[(lines["side"] == "expense") & (lines["month"] > 0)]
    lines = lines if service == ALL else lines[lines["service"] == service]
    months = found.month, 12
    one, two = (_so_far(lines[lines["year"] == found.year - back], until) for back, until in enumerate(months))
    if not len(one) or not one["so_far"].iloc[-1]:
        return None
    name = "Alle Leistungen" if service == ALL else str(row["name"])
    return Course(name, found.year, one, two, float(row["amended"]), row["forecast"], row["low"], row["high"])


def _so_far(lines: pd.DataFrame, until: int) -> pd.DataFrame:
    sums = lines.groupby("month")["actual"].sum().reindex(range(1, until + 1), fill_value=0).cumsum() / 100
    return pd.DataFrame({"month": sums.index, "so_far": sums.to_numpy(float)})
