"""Plan, committed, spent, forecast, per service and area; what will be over? The answer behind Budgetstand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from raumblick.answers.supply import in_level
from raumblick.money.errors import LAW, MoneyError
from raumblick.money.forecast import by_year, forecast_year
from raumblick.money.ledger import NOWHERE, Ledger, ledger, months_booked, place, totals
from raumblick.money.outlook import warn
from raumblick.snapshot.store import Store

__all__ = ["ALL", "BASES", "LAW", "Books", "Course", "MoneyError", "book_level", "books", "course", "years"]

ALL = "alle"
BASES = {"period": "Leistungsmonat", "payment": "Zahlungstag"}
MATTERS = 0.01  # of the amended plan: less is no reason for a warning
_SUMS = ["plan", "amended", "actual", "committed", "available"]


@dataclass(frozen=True, eq=False)
class Books:
    """The year's ledger.

    `services` and `areas`, one row a service or area: key, name, plan, amended, actual, committed, available, bound (share
    of the amended plan that is spent or committed), missing (lines without an amount), forecast, low, high (80 %), chance of
    overspending by more than 1 %, excess, colour ("grün", "gelb", "rot" or ""); services also have paragraph and entitlement.
    `whole`: the same for all together. `month`: last booked month, 12 for a finished year.
    """

    year: int
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


@lru_cache(maxsize=8)
def _book(store: Store, basis: str) -> Ledger:
    return ledger(store.read("bookings"), basis)


def years(store: Store) -> tuple[int, ...]:
    """Years of the ledger, ascending; empty without bookings."""
    return _book(store, "period").years


def book_level(store: Store) -> str | None:
    """Level on which most lines have their area; None where no line has one."""
    rows = store.read("pots")
    return str(rows["level"].mode().iloc[0]) if len(rows) else None


def books(store: Store, year: int, basis: str = "period") -> Books:
    """The ledger of a year with its forecast.

    Raises:
        MoneyError: amounts that are none.
    """
    book, names = _book(store, basis), store.read("service_names").set_index("key")
    month = months_booked(book.only(side="expense"), year)
    rows = _judged(book, "service", year, month)
    rows = rows.assign(
        name=[names["name"].get(key, "ohne Leistung") for key in rows["key"]],
        paragraph=[names["paragraph"].get(key, "") for key in rows["key"]],
        entitlement=[bool(names["entitlement"].get(key, False)) for key in rows["key"]],
    )
    level = book_level(store)
    areas = _areas(store, book, level, year, month) if level else rows.head(0)
    everything = _judged(book, None, year, month).iloc[0]
    notes = tuple(dict.fromkeys(note.message for note in book.notes))
    rows = rows.sort_values("amended", ascending=False, ignore_index=True)
    return Books(year, month, level or "", rows, areas, everything, notes)


def _areas(store: Store, book: Ledger, level: str, year: int, month: int) -> pd.DataFrame:
    known = store.read("areas", level=level).drop_duplicates("area_id").set_index("area_id")["name"]
    own = pd.Series(pd.unique(book.lines["area_id"]))
    upper = in_level(store, level, own)
    placed = place(book, {str(a): str(b) for a, b in zip(own, upper, strict=True) if isinstance(b, str)})
    rows = _judged(placed, "area_id", year, month)
    rows = rows[rows["key"] != NOWHERE]
    return rows.assign(name=rows["key"].map(known)).sort_values("key", ignore_index=True)


def _judged(book: Ledger, by: str | None, year: int, month: int) -> pd.DataFrame:
    """Sums of a year by a column (or of everything), each with its forecast and warning."""
    sums = totals(book.only(year=year), [by] if by else [])
    sums = sums.rename(columns={by: "key"}) if by else sums.assign(key=ALL)
    sums[_SUMS] = sums[_SUMS].astype(float)
    monthly = book.lines[(book.lines["side"] == "expense") & (book.lines["month"] > 0)]
    found = [_row(monthly if by is None else monthly[monthly[by] == row.key], row, year, month) for row in sums.itertuples()]
    columns = ["forecast", "low", "high", "chance", "excess", "colour"]
    return sums.reset_index(drop=True).join(pd.DataFrame(found, columns=columns))


def _row(lines: pd.DataFrame, sums, year: int, month: int) -> tuple[float, float, float, float, float, str]:  # type: ignore[no-untyped-def]
    """Forecast and warning of one line of the table; missing where months or amounts are not known."""
    nothing = (np.nan, np.nan, np.nan, np.nan, np.nan, "")
    if sums.missing or not month or not sums.amended > 0:
        return nothing
    try:
        value, low, high, spread = _forecast(lines, sums.amended, sums.actual, year, month)
    except MoneyError:
        return nothing
    alert = warn(value, spread, sums.amended, MATTERS * sums.amended)
    return value, low, high, alert.probability, alert.excess, alert.colour


def _forecast(lines: pd.DataFrame, amended: float, actual: float, year: int, month: int) -> tuple[float, float, float, float]:
    """Value, 80 % interval and spread of a year in euro."""
    if month == 12:
        return actual, actual, actual, 0.0
    amounts = lines.groupby(["year", "month"])["actual"].sum().div(100).rename("amount").reset_index()
    past, own = by_year(amounts, year)
    own = np.concatenate([own, np.zeros(max(0, month - len(own)))])[:month]
    found = forecast_year(own, past, amended)
    return found.value, found.low, found.high, found.sd


def course(store: Store, year: int, basis: str, service: str) -> Course | None:
    """How the spending of a service (or of all) runs over the year; None where nothing is booked by month."""
    found = books(store, year, basis)
    row = found.whole if service == ALL else found.services.set_index("key").loc[service]
    book = _book(store, basis)
    lines = book.lines[(book.lines["side"] == "expense") & (book.lines["month"] > 0)]
    lines = lines if service == ALL else lines[lines["service"] == service]
    one, two = (_so_far(lines[lines["year"] == at], found.month if at == year else 12) for at in (year, year - 1))
    if not len(one) or not one["so_far"].iloc[-1]:
        return None
    name = "Alle Leistungen" if service == ALL else str(row["name"])
    return Course(name, year, one, two, float(row["amended"]), row["forecast"], row["low"], row["high"])


def _so_far(lines: pd.DataFrame, until: int) -> pd.DataFrame:
    sums = lines.groupby("month")["actual"].sum().reindex(range(1, until + 1), fill_value=0).cumsum() / 100
    return pd.DataFrame({"month": sums.index, "so_far": sums.to_numpy(float)})
