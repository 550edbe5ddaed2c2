"""A second opinion on the running year: from the cases, beside the forecast from the bookings, with the difference explained."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from raumblick.answers.books import Books
from raumblick.answers.cases import CASE_MIX, cells_of
from raumblick.money.outlook import difference, from_cases
from raumblick.snapshot.store import Store


@dataclass(frozen=True, eq=False)
class Second:
    """`rows`, one a service with cases and a forecast: key, name, books (forecast from bookings), value, low, high (from cases,
    80 %), total (value - books) = level (running cases cost another amount) + movement (more or fewer cases). `sentence`: all
    of them together."""

    rows: pd.DataFrame
    sentence: str


@lru_cache(maxsize=8)  # asked again with every step of a page on which it is unfolded, about the ledger all sessions share
def second(store: Store, found: Books) -> Second | None:
    """Forecast from cases of a running year, as known at the end of the last month booked; None where no cases are known then."""
    if not found.month or not found.running:
        return None
    asked = f"{found.year}-{found.month:02d}"
    cells, until = cells_of(store, "stadt", asked)
    known = found.services.dropna(subset=["forecast"]).merge(cells, left_on="key", right_on="service", suffixes=("", "_cells"))
    if until != asked or not len(known):
        return None
    rows = []
    for row in known.itertuples():
        case = from_cases(row.actual, found.month, row.stock, row.months, row.price, row.entries, CASE_MIX)
        gap = difference(row.forecast, found.month, case)
        rows.append((row.key, row.name, row.forecast, case.value, case.low, case.high, gap.total, gap.level, gap.movement))
    columns = ["key", "name", "books", "value", "low", "high", "total", "level", "movement"]
    table = pd.DataFrame(rows, columns=columns).sort_values("total", key=abs, ascending=False, ignore_index=True)
    stock, months, price, entries = (known[column].to_numpy(float) for column in ("stock", "months", "price", "entries"))
    every = from_cases(float(known["actual"].sum()), found.month, stock, months, price, entries, CASE_MIX)
    return Second(table, difference(float(known["forecast"].sum()), found.month, every).sentence)
