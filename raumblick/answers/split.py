"""The year's ledger along other lines than services and areas, and what is odd about its bookings."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from raumblick.answers.planned import book, bookings
from raumblick.money.faults import suspicions
from raumblick.money.ledger import totals, with_services
from raumblick.snapshot.store import Store

SPLITS = {
    "paragraph": "Rechtsgrundlage", "kind": "Art der Arbeit", "product": "Produkt", "carrier": "Träger", "account": "Konto",
    "month": "Monat",
}  # fmt: skip
SIDES = {"expense": "Aufwand", "revenue": "Ertrag", "net": "Zuschussbedarf"}
_SUMS = ["plan", "amended", "actual", "committed", "available"]


def split(store: Store, year: int, basis: str, by: str, side: str) -> pd.DataFrame:
    """Sums of a year by a column of `SPLITS`: key (text, "" where a line has none; a month as "1" to "12"), plan, amended,
    actual, committed, available (Decimal euro, exact), missing (lines without an amount); ascending by key."""
    lines = with_services(book(store, basis).only(year=year), store.read("service_names"))
    rows = totals(lines, (by,), side).rename(columns={by: "key"})
    rows["key"] = rows["key"].astype(str).replace("0", "") if by == "month" else rows["key"].astype(str)
    return rows[["key", *_SUMS, "missing"]]


def whole(rows: pd.DataFrame) -> pd.Series:
    """Sums over the rows of `split`, exact."""
    return pd.Series({column: sum(rows[column], Decimal(0)) for column in _SUMS})


def oddities(store: Store) -> tuple[str, ...]:
    """What is odd about the bookings of all years, as German sentences; nothing is changed by it."""
    return tuple(note.message for note in suspicions(bookings(store)))
