"""Read a budget the way a layout says, where the file itself leaves open what the built-in reading must not guess."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from raumblick.intake.cells import MOST_AMOUNT, cap
from raumblick.intake.files.budget_assemble import assemble
from raumblick.intake.files.budget_products import scheme_of
from raumblick.intake.files.ledger import Ledger, to_cents
from raumblick.intake.files.moments import parse_moment
from raumblick.intake.findings import Finding, IntakeError, has_errors
from raumblick.intake.header import shorten
from raumblick.intake.layout_grid import read_grid
from raumblick.intake.layout_model import Column, Layout
from raumblick.intake.layout_parts import (
    DataRows,
    assumptions,
    column_places,
    data_rows,
    left_out,
    moments_of,
    numbers_of,
    refuse_open,
    regions_of,
)


def book_with(layout: Layout, path: Path) -> Ledger:
    """The file as bookings.

    Raises:
        IntakeError: a question of the layout is open, a column is not there, the file cannot be read, or a cell is wrong
            (an amount that is no number, a side that the layout does not know, a key without an area).
    """
    refuse_open(layout, path.name)
    if not layout.is_budget:
        message = "Die Vorlage beschreibt keinen Haushalt ([booking] fehlt)."
        raise IntakeError([Finding("error", "layout_kind", path.name, message, "Produkt, Seite und Wertart angeben.")])
    grid = read_grid(layout.file, path)
    findings = list(grid.findings)
    table = data_rows(layout, grid, path.name, findings)
    places = column_places(layout, table)
    positions = _positions(layout, table, places, findings)
    amounts = _amounts(layout, table, places, positions, findings)
    if has_errors(findings):
        raise IntakeError(sorted(findings, key=lambda finding: finding.severity != "error"))
    findings += [*left_out(table, places), *assumptions(layout, path.name)]
    scheme = layout.booking.scheme
    if not scheme:
        scheme, found = scheme_of(positions, "", path.name)
        findings += found
    empty = pd.DataFrame()
    named = Ledger(layout.title, layout.publisher, layout.licence, empty) if layout.title else None
    return assemble(amounts, positions, scheme, path, findings, named)


def _positions(layout: Layout, table: DataRows, places: dict[Column, int], findings: list[Finding]) -> pd.DataFrame:
    booking = layout.booking

    def column(named: Column | None) -> list[str]:
        return table.column(places[named]) if named is not None else [""] * len(table.lines)

    products = column(booking.product)
    keys, _ = regions_of(layout, table, places, findings)
    names = column(booking.product_name) if booking.product_name is not None else products
    positions = pd.DataFrame(
        {
            "product": [booking.products.get(text, text) for text in products],
            "product_name": names,
            "account": column(booking.account),
            "account_name": column(booking.account_name) if booking.account_name is not None else column(booking.account),
            "object_name": "",
            "side": [booking.always or booking.sides.get(text, "") for text in column(booking.side)],
            "basis": booking.basis,
        },
        dtype="string",
    )
    positions["area_id"] = pd.Series([key or None for key in keys], dtype="string")
    faults = [
        Finding("error", "product_missing", table.file, "Die Zeile hat kein Produkt.", "Produkt eintragen.", line)
        for line, product in zip(table.lines, products, strict=True)
        if not product
    ]
    findings += cap(faults)
    unknown = [
        Finding("error", "side_unknown", table.file, f"„{shorten(text, 40)}“ ist weder Aufwand noch Ertrag.",
                "In der Vorlage unter [booking.sides] ergänzen.", line, str(booking.side))
        for line, text, side in zip(table.lines, column(booking.side), positions["side"], strict=True)
        if not side
    ]  # fmt: skip
    findings += cap(unknown)
    return positions


def _amounts(
    layout: Layout, table: DataRows, places: dict[Column, int], positions: pd.DataFrame, findings: list[Finding]
) -> pd.DataFrame:
    """One row an amount (`budget_assemble.AMOUNTS`), cents positive in the usual direction of the side."""
    moments = moments_of(layout, table, places, findings)
    sign = np.where(positions["side"] == layout.booking.negative, -1, 1)
    parts = []
    for value in layout.values or ():
        numbers, _ = numbers_of(layout, table, value, places[value.column], findings)
        large = (numbers.abs() >= MOST_AMOUNT).fillna(False).astype(bool)
        lines = [table.lines[i] for i in numbers.index[large]]
        message, remedy = "Der Betrag ist größer als jeder Haushalt.", "Betrag und Faktor prüfen."
        findings += cap([Finding("error", "amount_large", table.file, message, remedy, n, str(value.column)) for n in lines])
        cents, _ = to_cents(numbers.where(~large).fillna(0.0))
        fixed = parse_moment(value.period) if value.period else None
        periods = [at.period if (at := fixed or moment) else "" for moment in moments]
        part = pd.DataFrame(
            {
                "at": range(len(table.lines)),
                "line": table.lines,
                "column": places[value.column] + 1,
                "year": [int(period[:4] or 0) for period in periods],
                "month": pd.array([int(period[5:7]) if period[5:7] else None for period in periods], dtype="Int64"),
                "value_type": value.value_type,
                "cents": cents * sign,
            }
        )
        parts.append(part[numbers.notna().to_numpy()])
    amounts = pd.concat(parts, ignore_index=True)
    return amounts.sort_values(["line", "column"], kind="stable", ignore_index=True)
