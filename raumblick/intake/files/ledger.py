"""A budget as bookings: amounts are never negative, the side says which way the money goes, and every cent is traced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import pandas as pd

from raumblick.catalogue import DEFAULT_PATH
from raumblick.intake.findings import Finding
from raumblick.intake.profiles.bricks import canonical, listing, number
from raumblick.tables import TableSpec, read_tables

OTHER = {"expense": "revenue", "revenue": "expense"}
SIDE_LABEL = {"expense": "Aufwand", "revenue": "Ertrag"}
VALUE_LABEL = {"plan": "Plan", "amended": "fortgeschriebener Plan", "actual": "Ist", "committed": "Obligo"}
_GROUP = ["year", "value_type", "basis", "side"]
SUMS = (*_GROUP, "delivered", "corrections", "booked")
PRODUCTS = ("product", "name", "service", "paragraph", "source", "rows")


@dataclass(frozen=True, eq=False)
class Ledger:
    """One budget file.

    `rows` are bookings in the columns of the canonical table `booking`. `products` has one row a product and service
    (PRODUCTS; service and paragraph empty where none is known). `sums` has one row a year, value type, basis and side
    (SUMS, Decimal, euros): what the file brings for that side under its own signs, what corrections add, what is booked;
    delivered + corrections = booked.
    """

    title: str
    publisher: str
    licence: str
    rows: pd.DataFrame
    findings: tuple[Finding, ...] = field(default=())
    products: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=PRODUCTS))
    sums: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=SUMS))


def booking_spec() -> TableSpec:
    """The canonical table of bookings."""
    return read_tables(DEFAULT_PATH / "tables.toml")["booking"]


def book(lines: pd.DataFrame, source_id: str, file: str) -> tuple[pd.DataFrame, pd.DataFrame, list[Finding]]:
    """Bookings from signed amounts.

    Args:
        lines: one row an amount: line and column (1-based, of the file), year, month, product, service, area_id,
            account, side, value_type, basis, and cents (whole; positive in the usual direction of its side).
        source_id: key of the source.
        file: name of the file in findings.

    Returns:
        (rows of `booking`, sums, findings). An amount below zero is a correction: it is booked without its sign on the
        other side, under its own account, and named in a finding. Expense minus revenue stays what it was.
    """
    negative = lines["cents"] < 0
    side = lines["side"].where(~negative, lines["side"].map(OTHER))
    serial = lines["line"].astype("string") + ":" + lines["column"].astype("string")
    booked = lines.assign(
        side=side,
        cents=lines["cents"].abs(),
        booking_id=source_id + ":" + serial,
        source_id=source_id,
    )
    frame = booked.drop(columns=["line", "column", "cents"]).assign(amount=[euros(cents) for cents in booked["cents"]])
    rows = canonical(booking_spec(), frame)
    sums = _sums(lines, booked)
    return rows, sums, _correction_findings(lines[negative], file)


def euros(cents: int) -> Decimal:
    """Cents as an exact amount in euros."""
    return Decimal(int(cents)) / 100


def money(cents: int) -> str:
    """Cents as German text, e.g. `1.234,56 EUR`."""
    whole, rest = divmod(abs(int(cents)), 100)
    return f"{'-' if cents < 0 else ''}{number(whole)},{rest:02d} EUR"


def _sums(lines: pd.DataFrame, booked: pd.DataFrame) -> pd.DataFrame:
    delivered = lines.groupby(_GROUP, dropna=False)["cents"].sum()
    after = booked.groupby(_GROUP, dropna=False)["cents"].sum()
    sums = pd.DataFrame({"delivered": delivered, "booked": after}).fillna(0).astype("int64").reset_index()
    sums["corrections"] = sums["booked"] - sums["delivered"]
    for name in ("delivered", "corrections", "booked"):
        sums[name] = [euros(cents) for cents in sums[name]]
    return sums[list(SUMS)]


def _correction_findings(wrong: pd.DataFrame, file: str) -> list[Finding]:
    findings = []
    for side, rows in wrong.groupby("side"):
        other = SIDE_LABEL[OTHER[str(side)]]
        total = -int(rows["cents"].sum())
        places = listing([f"Zeile {line}" for line in dict.fromkeys(rows["line"])], 10)
        message = f"Negative Beträge auf der Seite {SIDE_LABEL[str(side)]}: {number(len(rows))}, zusammen -{money(total)}. "
        message += f"Sie gelten als Korrekturen und stehen mit ihrem Konto auf der Seite {other}: {places}."
        remedy = "Prüfen, ob es Korrekturen sind."
        findings.append(Finding("warning", "amount_corrected", file, message, remedy, int(rows["line"].iloc[0])))
    return findings


def sum_finding(sums: pd.DataFrame, file: str) -> Finding:
    """The sums of a ledger as one finding."""
    texts = []
    for keys, rows in sums.groupby(["year", "value_type", "basis"], dropna=False):
        amounts: Mapping[str, Decimal] = dict(zip(rows["side"], rows["booked"], strict=True))
        year, value_type, basis = keys  # type: ignore[misc]
        kind = VALUE_LABEL[str(value_type)] + (" (Zahlungen)" if basis == "payment" else "")
        both = ", ".join(f"{SIDE_LABEL[s]} {money(int(amounts[s] * 100))}" for s in OTHER if s in amounts)
        texts.append(f"{year} {kind}: {both}")
    return Finding("info", "ledger_sums", file, f"Gebucht: {listing(texts, 30)}.", "")


def to_cents(values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """(whole cents, mask of amounts that had more than two decimals) of amounts in euros (Float64, none missing)."""
    exact = values.to_numpy(dtype=float) * 100
    cents = np.rint(exact)
    return cents.astype("int64"), np.abs(exact - cents) > 1e-6 + 1e-12 * np.abs(exact)
