"""Municipal budgets as published: products and accounts, one line a position, columns of plan and actual amounts.

Known are budgets of double-entry book-keeping with the product frame `36` or with North Rhine-Westphalia's `06`, and
Berlin's budgets by chapter and title. A file is known by its columns; its signs and sides are found by evidence.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from raumblick.intake.files.budget_assemble import assemble
from raumblick.intake.files.budget_columns import Columns, find_columns
from raumblick.intake.files.budget_lines import authority_findings, read_amounts, shifted_lines, total_lines, unfold
from raumblick.intake.files.budget_products import name_products, restore_numbers, scheme_of
from raumblick.intake.files.budget_sides import Sides, find_signs, sides_by_accounts, sides_by_word
from raumblick.intake.files.ledger import Ledger, money
from raumblick.intake.files.source import SourceText
from raumblick.intake.findings import Finding, IntakeError, has_errors
from raumblick.intake.profiles.berlin import DISTRICTS
from raumblick.intake.profiles.bricks import listing, number
from raumblick.intake.textfile import TextTable, ragged_findings, read_table

TITLE = "Haushaltsplan einer Kommune"
_ROLES = ("product", "product_name", "object", "object_name", "account", "account_name", "group", "group_name", "side")
_AREAS = {name: key for key, name in DISTRICTS.items()}


def detect(file: SourceText) -> bool:
    """True when the first line names the columns of a budget: product, account, and amounts with their year."""
    header = next((record for record in file.records if any(cell.strip() for cell in record)), ())
    return find_columns([cell.strip() for cell in header]) is not None


def read(path: Path) -> Ledger:
    """A budget as bookings.

    Raises:
        IntakeError: the file is no budget, cannot be read, or leaves open what must not be guessed (an amount that is
            no number, the side of an account, the meaning of a sign, plan or actual).
    """
    table = read_table(path)
    columns = find_columns(tuple(table.frame.columns))
    if columns is None:
        message = "Die Kopfzeile ist nicht die eines Haushalts (Produkt, Konto, Beträge mit Jahr)."
        raise IntakeError([Finding("error", "not_budget", path.name, message, "Mit dem Zuordnungs-Assistenten lesen.", 1)])
    findings: list[Finding] = ragged_findings(table, path.name)
    positions, cents = _positions(table, columns, path.name, findings)
    sides = _sides(positions, columns, path.name)
    findings += sides.findings
    signs, found = find_signs(sides.side, cents, path.name)
    findings += [*found, *_excluded_findings(positions, cents, sides, path.name)]
    _stop(findings)
    positions = positions.assign(side=sides.side, basis=sides.basis)[~sides.excluded]
    cents = cents[~sides.excluded].mul(positions["side"].map(signs).astype("Int64"), axis=0)
    cells = table.frame.loc[positions.index]
    long, found = unfold(cells, cents, positions["line"], columns, path.name)
    findings += found
    _stop(findings)
    scheme, found = scheme_of(positions, str(columns["product"]), path.name)
    return assemble(long, positions, scheme, path, [*findings, *found])


def _positions(table: TextTable, columns: Columns, file: str, findings: list[Finding]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(positions: line and the text of each role, amounts in cents), without lines that are none."""
    frame = table.frame
    lines = pd.Series(table.lines, index=frame.index)
    roles = {role: frame[name].str.strip() if (name := columns[role]) else _blank(frame) for role in _ROLES}
    positions = pd.DataFrame({"line": lines, **roles}, index=frame.index)
    positions["account"] = positions["account"].where(positions["account"] != "", positions["group"])
    area = columns["area_name"] or columns["area"]
    positions["area_id"] = frame[area].str.strip().map(_AREAS).astype("string") if area else pd.NA
    if frame.empty:
        raise IntakeError([Finding("error", "rows_missing", file, "Die Datei hat nur eine Kopfzeile.", "Datei neu abrufen.", 1)])
    cents, found = read_amounts(frame, lines, columns.amounts, file)
    findings += [*found, *authority_findings(frame, lines, columns, file)]
    _stop(findings)
    named = positions[["product", "object", "account"]].ne("").any(axis=1)
    findings += total_lines(~named, cents, lines, file)
    positions, cents = positions[named], cents[named]
    _stop(findings)
    wrong, found = shifted_lines(positions["product"], cents, positions["line"], file)
    findings += found
    _stop(findings)
    positions, cents = positions[~wrong].copy(), cents[~wrong]
    positions["product"], found = restore_numbers(positions["product"], positions["object"], file)
    findings += found
    names = (positions[role] for role in ("product", "product_name", "object", "object_name"))
    positions["product_name"] = name_products(*names)
    return positions, cents


def _sides(positions: pd.DataFrame, columns: Columns, file: str) -> Sides:
    if columns["side"]:
        return sides_by_word(positions["side"], positions["line"], str(columns["side"]), file)
    names = positions["group_name"] + " " + positions["account_name"]
    return sides_by_accounts(positions["account"], names, positions["line"], str(columns["account"]), file)


def _excluded_findings(positions: pd.DataFrame, cents: pd.DataFrame, sides: Sides, file: str) -> list[Finding]:
    """What the lines of imputed costs hold, column by column."""
    if not sides.excluded.any():
        return []
    classes = listing(sorted(set(positions.loc[sides.excluded, "account"].str[:2])))
    sums = listing([f"{name} {money(int(cents.loc[sides.excluded, name].sum()))}" for name in cents])
    message = f"{number(int(sides.excluded.sum()))} Zeilen mit kalkulatorischen Kosten (Konten {classes}) stehen neben den "
    message += f"wirklichen und werden nicht gebucht; ihre Summen: {sums}."
    return [Finding("warning", "imputed_costs", file, message, "")]


def _blank(frame: pd.DataFrame) -> pd.Series:
    return pd.Series("", index=frame.index, dtype="string")


def _stop(findings: list[Finding]) -> None:
    if has_errors(findings):
        raise IntakeError(sorted(findings, key=lambda finding: finding.severity != "error"))
