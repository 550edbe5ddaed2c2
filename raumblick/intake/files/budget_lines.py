"""The lines of a budget file: amounts in cents, lines that are no positions, and one row an amount, year and kind."""

from __future__ import annotations

import numpy as np
import pandas as pd

from raumblick.intake.cells import MOST_AMOUNT
from raumblick.intake.files.budget_columns import Amount, Columns, value_type_of
from raumblick.intake.files.ledger import VALUE_LABEL, money, to_cents
from raumblick.intake.files.moments import parse_moment
from raumblick.intake.files.values import read_values
from raumblick.intake.findings import Finding
from raumblick.intake.profiles.bricks import listing, number

_ROUND = 10_000  # cents: amounts that are all multiples of 100 euros were planned, not paid
_LEAST_ROUND = 50
NUMBERED = r"^[A-Z]{0,2}\d[\w./-]*$"


def read_amounts(
    cells: pd.DataFrame, lines: pd.Series, amounts: tuple[Amount, ...], file: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """Whole cents (Int64, missing where a cell is empty) of the columns of amounts, by column name.

    `cells` is the file as text, `lines` the line of each row. Amounts with more than two decimals are rounded to cents
    and counted in a finding.
    """
    names = [amount.column for amount in amounts]
    text = pd.concat([cells[name] for name in names], ignore_index=True)
    at = pd.concat([lines] * len(names), ignore_index=True)
    columns = pd.Series(np.repeat(names, len(cells)), dtype="string")
    read = read_values(text, at, columns, file, german=True)
    findings = [finding for finding in read.findings if finding.code != "value_missing"]
    factors = np.repeat([amount.factor for amount in amounts], len(cells))
    values = read.values * pd.Series(factors)
    large = (values.abs() >= MOST_AMOUNT).fillna(False).astype(bool)
    for place in values.index[large][:20]:
        message = f"„{text[place]}“ ist größer als jeder Haushalt."
        findings.append(Finding("error", "amount_large", file, message, "Betrag prüfen.", int(at[place]), columns[place]))
    cents, dust = to_cents(values.where(~large).fillna(0.0))
    if dust.any():
        message = f"{number(int(dust.sum()))} Beträge haben mehr als zwei Nachkommastellen und wurden auf Cent gerundet."
        findings.append(Finding("info", "amount_rounded", file, message, "", int(at[int(dust.argmax())])))
    whole = pd.Series(cents, dtype="Int64").where(values.notna())
    parts = {name: whole.iloc[i * len(cells) : (i + 1) * len(cells)].to_numpy() for i, name in enumerate(names)}
    return pd.DataFrame(parts, index=cells.index, dtype="Int64"), findings


def total_lines(blank: pd.Series, cents: pd.DataFrame, lines: pd.Series, file: str) -> list[Finding]:
    """What to say of the lines without product and account (`blank`): totals that agree, or an error.

    `cents` holds the columns of amounts of all lines.
    """
    findings = []
    sums = cents[~blank].sum()
    for place in blank.index[blank]:
        line, row = int(lines[place]), cents.loc[place]
        if row.fillna(0).eq(0).all() and not sums.eq(0).all():
            findings.append(Finding("info", "line_empty", file, "Die Zeile ist leer und wurde nicht gebucht.", "", line))
            continue
        wrong = [name for name in cents if not pd.isna(row[name]) and row[name] != sums[name]]
        if wrong:
            first = wrong[0]
            message = f"Die Zeile ohne Produkt und Konto ist nicht die Summe der anderen: {first} {money(row[first])} "
            message += f"statt {money(sums[first])}."
            remedy = "Fehlt ein Teil der Datei? Sonst Produkt und Konto ergänzen."
            findings.append(Finding("error", "total_differs", file, message, remedy, line, str(first)))
        else:
            message = "Summenzeile erkannt und nachgerechnet: Sie stimmt in allen Spalten auf den Cent und wird nicht gebucht."
            findings.append(Finding("info", "total_found", file, message, "", line))
    return findings


def shifted_lines(product: pd.Series, cents: pd.DataFrame, lines: pd.Series, file: str) -> tuple[pd.Series, list[Finding]]:
    """(lines without a product number, findings): a text in the place of the number, or nothing.

    Only an error where there is money in the line; it cannot be booked then.
    """
    wrong = ~product.str.contains(NUMBERED, regex=True).fillna(False).astype(bool)
    findings = []
    if wrong.all():
        message = "Die Spalte der Produkte enthält keine Nummern."
        findings.append(Finding("error", "product_missing", file, message, "Produktnummern liefern.", int(lines.iloc[0])))
        return wrong, findings
    for place in product.index[wrong]:
        what = f"statt einer Nummer steht „{product[place]}“" if product[place] else "die Nummer fehlt"
        if cents.loc[place].fillna(0).eq(0).all():
            message = f"Produkt: {what}; alle Beträge der Zeile sind 0, sie wird nicht gebucht."
            findings.append(Finding("warning", "line_shifted", file, message, "Zeile prüfen.", int(lines[place])))
        else:
            message = f"Produkt: {what}."
            remedy = "Produktnummer eintragen; ist die Zeile verrutscht?"
            findings.append(Finding("error", "product_missing", file, message, remedy, int(lines[place])))
    return wrong, findings


def unfold(
    cells: pd.DataFrame, cents: pd.DataFrame, lines: pd.Series, columns: Columns, file: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """One row an amount: at (index of the line), line, column (its place in the file), year, month, value_type, cents.

    Columns that hold nothing but zeros are no plan and are left out with a warning; empty cells give no row.
    """
    findings: list[Finding] = []
    year, month = _when(cells, lines, columns, file, findings)
    said = _said_types(cells, lines, columns, file, findings)
    places = {name: place for place, name in enumerate(cells.columns, start=1)}
    used = [amount for amount in columns.amounts if not _is_void(cents, amount, file, findings)]
    parts = []
    for amount in used:
        column = cents[amount.column]
        kind = amount.value_type or (said if said is not None else _by_roundness(column, amount, file, findings))
        part = pd.DataFrame(
            {
                "at": cells.index,
                "line": lines.to_numpy(),
                "column": places[amount.column],
                "year": amount.year if amount.year is not None else year.to_numpy(),
                "month": pd.array([pd.NA] * len(cells), dtype="Int64") if amount.year is not None else month.to_numpy(),
                "value_type": kind.to_numpy() if isinstance(kind, pd.Series) else kind,
                "cents": column.to_numpy(),
            }
        )
        parts.append(part[part["cents"].notna()])
    if not parts:
        findings.append(Finding("error", "rows_missing", file, "Alle Beträge sind 0 oder fehlen.", "Datei prüfen."))
        return pd.DataFrame(), findings
    long = pd.concat(parts, ignore_index=True).sort_values(["line", "column"], kind="stable", ignore_index=True)
    return long.astype({"year": "Int64", "month": "Int64", "value_type": "string", "cents": "int64"}), findings


def authority_findings(cells: pd.DataFrame, lines: pd.Series, columns: Columns, file: str) -> list[Finding]:
    """Commitment authorisations (VE) are no bookings: what their columns hold."""
    if not columns.authorities:
        return []
    cents, findings = read_amounts(cells, lines, columns.authorities, file)
    sums = listing([f"{name} {money(int(cents[name].sum()))}" for name in cents])
    message = f"Verpflichtungsermächtigungen erlauben Aufträge für spätere Jahre und werden nicht gebucht: {sums}."
    kept = [finding for finding in findings if finding.severity == "error"]
    return [*kept, Finding("info", "authority_unread", file, message, "")]


def _is_void(cents: pd.DataFrame, amount: Amount, file: str, findings: list[Finding]) -> bool:
    """True when a column holds zeros only, though others do not."""
    if not cents[amount.column].fillna(0).eq(0).all() or cents.fillna(0).eq(0).all(axis=None):
        return False
    message = f"Alle Beträge von „{amount.column}“ sind 0; das gilt als nicht geplant und wird nicht gebucht."
    findings.append(Finding("warning", "amounts_zero", file, message, "Werte nachliefern, wenn es sie gibt.", 1, amount.column))
    return True


def _when(
    cells: pd.DataFrame, lines: pd.Series, columns: Columns, file: str, findings: list[Finding]
) -> tuple[pd.Series, pd.Series]:
    """(year, month) of each line from the columns that say it; months only where days of several months stand."""
    column = columns["day"] or columns["year"]
    none = pd.Series(pd.NA, index=cells.index, dtype="Int64")
    if column is None:
        return none, none
    moments = cells[column].map({text: parse_moment(text.removesuffix(".0")) for text in cells[column].unique()})
    unread = moments.isna()
    if unread.any() and any(amount.year is None for amount in columns.amounts):
        first = unread.idxmax()
        message = f"{number(int(unread.sum()))} Zeilen nennen kein Haushaltsjahr („{cells[column][first]}“)."
        findings.append(Finding("error", "year_missing", file, message, "Das Jahr eintragen.", int(lines[first]), column))
    periods = moments[~unread].map(lambda moment: moment.period)
    year = periods.str[:4].astype("Int64").reindex(cells.index)
    days = set(cells[column][~unread])
    if all(text.startswith(("01.01.", "1.1.")) or text.endswith("-01-01") for text in days):
        return year, none  # the first day of the year stands for the year
    return year, periods.str[5:7].replace("", pd.NA).astype("Int64").reindex(cells.index)


def _said_types(cells: pd.DataFrame, lines: pd.Series, columns: Columns, file: str, findings: list[Finding]) -> pd.Series | None:
    """The value type of each line from the column that says it; None without such a column."""
    column = columns["value_type"]
    if column is None:
        return None
    kinds = cells[column].map({text: value_type_of(text) for text in cells[column].unique()}).astype("string")
    unknown = kinds == ""
    if unknown.any():
        first = unknown.idxmax()
        message = f"„{cells[column][first]}“ ist weder Plan noch Ist."
        remedy, line = "Ansatz oder Ist eintragen.", int(lines[first])
        findings.append(Finding("error", "value_type_unknown", file, message, remedy, line, column))
    return kinds


def _by_roundness(column: pd.Series, amount: Amount, file: str, findings: list[Finding]) -> str:
    """`plan` when all amounts of a column are multiples of 100 euros; an error that asks otherwise."""
    filled = column.fillna(0)
    filled = filled[filled != 0]
    if len(filled) >= _LEAST_ROUND and (filled % _ROUND == 0).all():
        message = f"„{amount.column}“ sagt nicht, ob Plan oder Ist: Alle {number(len(filled))} Beträge sind volle 100 Euro, "
        message += f"also {VALUE_LABEL['plan']}."
        findings.append(Finding("info", "value_type_found", file, message, "", 1, amount.column))
        return "plan"
    message = f"„{amount.column}“ sagt nicht, ob es Plan- oder Ist-Beträge sind."
    remedy = "Die Spalte „Ansatz“ oder „Ist“ nennen, am besten mit dem Jahr."
    findings.append(Finding("error", "value_type_unknown", file, message, remedy, 1, amount.column))
    return ""
