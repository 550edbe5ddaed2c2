"""The ledger: plan, amended plan, actual, committed and available, on any level, exact to the cent.

    fortgeschriebener Ansatz = Ansatz + üpl + apl + Übertragung + Umschichtung - Sperre
    verfügbar = fortgeschriebener Ansatz - Ist - Obligo
    Bindungsquote = (Ist + Obligo) / fortgeschriebener Ansatz
    Zuschussbedarf = Aufwand - Ertrag

Amounts are counted in whole cents and leave as Decimal, so that sums agree on every level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from raumblick.money.errors import MoneyError, need_columns
from raumblick.stats.words import Note, number

KINDS = ("plan", "amended", "actual", "committed")
DIMENSIONS = ("product", "service", "area_id", "carrier", "account", "source_id")
NOWHERE = ""  # a line without an area, or with one that lies above the level asked for
_KEY = ["year", "side", *DIMENSIONS[:-1]]
_TOPIC = ["year", "side", "product", "service"]


@dataclass(frozen=True, eq=False)
class Ledger:
    """Lines of the ledger under one basis.

    `lines`: one row a booking that counts: year, month (0 for a whole year), product, service, area_id, carrier, account,
    side, value_type, plan, amended, actual, committed (whole cents) and missing (1 where the amount is not known). Missing
    names are "".
    `basis` as asked for; `notes` what was decided on the way.
    """

    lines: pd.DataFrame
    basis: str
    notes: tuple[Note, ...] = ()

    @property
    def years(self) -> tuple[int, ...]:
        """Years with lines, ascending."""
        return tuple(sorted(int(year) for year in self.lines["year"].unique()))

    def only(self, **values: Any) -> Ledger:
        """The lines with these values of columns; a collection allows several: `only(year=2024, service=["heim"])`."""
        keep = np.ones(len(self.lines), dtype=bool)
        for column, value in values.items():
            wanted = [value] if np.isscalar(value) else list(value)
            keep &= self.lines[column].isin(wanted).to_numpy()
        return replace(self, lines=self.lines[keep])


@dataclass(frozen=True)
class AmendedPlan:
    """Parts of an amended plan in euro: plan, üpl, apl, Ermächtigungsübertragung, Umschichtung (signed), Sperre."""

    plan: Decimal
    over_plan: Decimal = Decimal(0)
    outside_plan: Decimal = Decimal(0)
    carried_over: Decimal = Decimal(0)
    shifted: Decimal = Decimal(0)
    blocked: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """Fortgeschriebener Ansatz."""
        return self.plan + self.over_plan + self.outside_plan + self.carried_over + self.shifted - self.blocked


def cents(amounts: pd.Series) -> pd.Series:
    """Amounts in euro (Decimal, text or number) as whole cents; missing stays missing (Int64).

    Raises:
        MoneyError: something is no amount, or has parts of a cent.
    """
    if pd.api.types.is_float_dtype(amounts.dtype) or pd.api.types.is_integer_dtype(amounts.dtype):
        values = 100 * amounts.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
        whole = np.round(values)
        if (np.abs(values - whole) > 1e-3).any() or np.isinf(values).any():
            raise MoneyError("amount", "Ein Betrag hat mehr als zwei Nachkommastellen.")
        return pd.Series(pd.array(np.where(np.isnan(whole), None, whole), dtype="Int64"), amounts.index)
    return pd.Series(pd.array([_cents(v) for v in amounts], dtype="Int64"), amounts.index)


def _cents(amount: Any) -> int | None:
    if amount is None or amount is pd.NA or (isinstance(amount, float) and np.isnan(amount)):
        return None
    try:
        value = Decimal(str(amount)) * 100
        if value != value.to_integral_value():
            raise MoneyError("amount", f"Der Betrag {amount} hat mehr als zwei Nachkommastellen.")
    except ArithmeticError as error:
        raise MoneyError("amount", f"„{amount}“ ist kein Betrag.") from error
    return int(value)


def euros(whole_cents: pd.Series) -> pd.Series:
    """Whole cents as Decimal euro with two places."""
    return pd.Series([Decimal(int(v)).scaleb(-2) for v in whole_cents], whole_cents.index, dtype=object, name=whole_cents.name)


def ledger(bookings: pd.DataFrame, basis: str = "period", renamed: Mapping[str, str] | None = None) -> Ledger:
    """Bookings as a ledger.

    Args:
        bookings: canonical table `booking`; checked before by `faults.refuse`, other faults are for the notes.
        basis: "period" (month of the service) or "payment" (day of payment). Both are the same money and are never added:
            where a year has a kind of value under the other basis alone, that one is taken, and a note says so.
        renamed: old name of a carrier -> new name.

    The amended plan is a new total. A line without one keeps its plan; where amended plans stand on another level than the
    plans (other areas, accounts), they replace all plans of that product and service, and a note says so.

    Raises:
        MoneyError: missing columns, amounts that are none, an unknown basis.
    """
    need_columns(bookings, ["year", "month", "side", "amount", "value_type", "basis", *DIMENSIONS], "Buchungen")
    if basis not in ("period", "payment"):
        raise MoneyError("basis", f"Die Zuordnung „{basis}“ gibt es nicht; möglich sind Leistungsmonat und Zahlungstag.")
    lines = bookings[["year", "month", "side", "value_type", "basis", *DIMENSIONS]].copy()
    for column in DIMENSIONS:
        lines[column] = lines[column].astype(object).where(lines[column].notna(), "").astype(str)
    lines["carrier"] = lines["carrier"].replace(dict(renamed or {}))
    lines["year"] = lines["year"].astype(int)
    lines["month"] = lines["month"].fillna(0).astype(int)
    amount = cents(bookings["amount"])
    lines["missing"], lines["cents"] = amount.isna().astype(int), amount.fillna(0).astype(np.int64)
    lines, notes = _one_basis(lines, basis)
    for kind in KINDS:
        lines[kind] = np.where(lines["value_type"] == kind, lines["cents"], 0)
    lines, more = _amended(lines)
    return Ledger(lines.drop(columns=["cents", "basis"]).reset_index(drop=True), basis, (*notes, *more))


def _one_basis(lines: pd.DataFrame, basis: str) -> tuple[pd.DataFrame, list[Note]]:
    """The lines of one basis for each year and kind of value."""
    has = lines["basis"].eq(basis).groupby([lines["year"], lines["value_type"]]).transform("any")
    other = lines[~has & lines["value_type"].eq("actual")]
    words = {"period": "Leistungsmonat", "payment": "Zahlungstag"}
    notes = []
    for year in sorted(other["year"].unique()):
        found = words[str(other.loc[other["year"] == year, "basis"].iloc[0])]
        text = f"{year}: Das Ist gibt es nur nach {found}, nicht nach {words[basis]}."
        notes.append(Note("other_basis", text, int((other["year"] == year).sum())))
    return lines[~has | lines["basis"].eq(basis)], notes


def _amended(lines: pd.DataFrame) -> tuple[pd.DataFrame, list[Note]]:
    """Column `amended` for plans that were not amended; rule in `ledger`."""
    plans, changed = lines[lines["value_type"] == "plan"], lines[lines["value_type"] == "amended"]
    if changed.empty:
        return lines.assign(amended=lines["plan"]), []
    keys = pd.MultiIndex.from_frame(plans[_KEY])
    new = pd.MultiIndex.from_frame(changed[_KEY])
    elsewhere = changed[~new.isin(keys)]
    planned = pd.MultiIndex.from_frame(plans[_TOPIC])
    replaced = planned.isin(pd.MultiIndex.from_frame(elsewhere[_TOPIC]))
    kept = ~keys.isin(new) & ~replaced
    lines = lines.copy()
    lines.loc[plans.index[kept], "amended"] = plans["plan"][kept]
    notes = []
    if replaced.any():
        text = (
            f"Bei {number(int(replaced.sum()))} Ansätzen steht der fortgeschriebene Ansatz auf einer anderen Ebene; "
            "er ersetzt alle Ansätze des Produkts und der Leistung."
        )
        notes.append(Note("amended_elsewhere", text, int(replaced.sum())))
    return lines, notes


def place(book: Ledger, ancestors: Mapping[str, str]) -> Ledger:
    """The ledger with its lines on a level: area_id becomes the ancestor, NOWHERE for lines without one.

    Args:
        ancestors: area_id -> area of the level, also each area of the level itself; areas above it are absent, their lines
            cannot be divided and stand under NOWHERE, so that sums still agree.
    """
    lines = book.lines.assign(area_id=book.lines["area_id"].map(ancestors).fillna(NOWHERE))
    return replace(book, lines=lines)


def with_services(book: Ledger, services: pd.DataFrame, kinds: Mapping[str, str] | None = None) -> Ledger:
    """The ledger with the columns `paragraph` and `kind` of each line's service.

    Args:
        services: key, paragraph, form (catalogue).
        kinds: service -> fallspezifisch, fallübergreifend, fallunspezifisch; default: `case_kinds(services)`.
    """
    need_columns(services, ["key", "paragraph", "form"], "Leistungen")
    kinds = case_kinds(services) if kinds is None else kinds
    paragraph = dict(zip(services["key"], services["paragraph"], strict=True))
    column = book.lines["service"]
    return replace(book, lines=book.lines.assign(paragraph=column.map(paragraph).fillna(""), kind=column.map(kinds).fillna("")))


def case_kinds(services: pd.DataFrame) -> dict[str, str]:
    """Help for one case is fallspezifisch, group work for several fallübergreifend, work without a case fallunspezifisch."""
    found = {str(key): "fallspezifisch" for key in services.loc[services["form"] == "case", "key"]}
    return {**found, "gruppenarbeit": "fallübergreifend", "fallunspezifisch": "fallunspezifisch"}


def totals(book: Ledger, by: Sequence[str] = (), side: str = "expense") -> pd.DataFrame:
    """Sums by columns.

    Args:
        by: columns of the lines, e.g. ("year", "service"); none for the whole.
        side: "expense", "revenue", or "net" (expense minus revenue: Zuschussbedarf).

    Returns:
        One row a combination, ascending: the columns, plan, amended, actual, committed, available (Decimal euro), bound
        ((actual + committed) / amended, missing where nothing is planned) and missing (lines without an amount).

    Raises:
        MoneyError: unknown column or side.
    """
    need_columns(book.lines, by, "Buchungen")
    if side not in ("expense", "revenue", "net"):
        raise MoneyError("side", f"Die Seite „{side}“ gibt es nicht.")
    lines = book.lines if side == "net" else book.lines[book.lines["side"] == side]
    sign = np.where(lines["side"].eq("revenue") & (side == "net"), -1, 1)
    values = lines[list(KINDS)].mul(sign, axis=0).assign(missing=lines["missing"])
    if by:
        sums = values.groupby([lines[column] for column in by], sort=True).sum().reset_index()
    else:
        sums = values.sum().to_frame().T
    sums["available"] = sums["amended"] - sums["actual"] - sums["committed"]
    planned = sums["amended"].where(sums["amended"] != 0).astype(float)
    sums["bound"] = (sums["actual"] + sums["committed"]) / planned
    for column in (*KINDS, "available"):
        sums[column] = euros(sums[column])
    return sums[[*by, *KINDS, "available", "bound", "missing"]]


def by_month(book: Ledger, year: int, side: str = "expense") -> pd.DataFrame:
    """Actual of the twelve months of a year: month, actual, so_far (Decimal); booked months only count as known.

    Lines of a whole year (month 0) stand in a row 0 before the months.
    """
    own = book.only(year=year)
    lines = own.lines[own.lines["side"] == side]
    whole = bool(((lines["month"] == 0) & (lines["actual"] != 0)).any())
    sums = lines.groupby("month")["actual"].sum().reindex(range(0 if whole else 1, 13), fill_value=0)
    return pd.DataFrame({"month": sums.index, "actual": euros(sums).to_numpy(), "so_far": euros(sums.cumsum()).to_numpy()})


def months_booked(book: Ledger, year: int) -> int:
    """Last month of a year with actual bookings; 12 where whole-year amounts stand there, 0 where nothing does."""
    lines = book.lines[(book.lines["year"] == year) & (book.lines["actual"] != 0)]
    if lines.empty:
        return 0
    last = int(lines["month"].max())
    return last if last else 12
