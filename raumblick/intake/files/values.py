"""The number cells of one file: which decimal mark it uses, its numbers, its signs, and cells that are neither.

One file has one decimal mark. It is taken from the cells that can be read in one way only; where there are only cells
like `1.234`, the language of the file may decide, because the offices write a comma in German and a point in English
files and never group thousands. What stays open is an error.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from raumblick.intake.cells import cap
from raumblick.intake.findings import Finding
from raumblick.intake.header import shorten
from raumblick.intake.numbers import parse_numbers, unreadable


@dataclass(frozen=True, eq=False)
class Values:
    """`values` (Float64) and `signs` (string) with the index of the cells, and what is wrong with them."""

    values: pd.Series
    signs: pd.Series
    findings: list[Finding]


def read_values(cells: pd.Series, lines: pd.Series, columns: pd.Series, file: str, german: bool | None) -> Values:
    """Numbers and signs of all number cells of a file.

    Args:
        cells: their text.
        lines: the line of each cell (1-based).
        columns: the name of the column of each cell, for findings.
        file: name of the file in findings.
        german: the language of the file; None when it is not known.

    Returns:
        Values of the same index. Blank cells have neither value nor sign.
    """
    cells = cells.astype("object")
    text = cells.map({cell: cell.strip() if isinstance(cell, str) else "" for cell in cells.unique()}).astype("object")
    mark, findings = _decimal_mark(text, lines, columns, file, german)
    values, signs = _numbers(text, mark)
    remedy = "Eine Zahl oder ein Zeichen der Statistik schreiben; ist die Zeile verrutscht?"
    bad = unreadable(text, values, signs)
    shown = text[bad].index[:100]
    faults = [
        Finding("error", "not_number", file, f"„{shorten(text[i], 40)}“ ist keine Zahl.", remedy, int(lines[i]), columns[i])
        for i in shown
    ]
    findings += cap(faults, int(bad.sum()))
    blank = text == ""
    if blank.any():
        count = int(blank.sum())
        message = "Eine Zahl fehlt (leere Zelle)." if count == 1 else f"{count} Zahlen fehlen (leere Zellen)."
        remedy = "Prüfen, ob die Datei vollständig ist; leere Zellen bleiben ohne Wert."
        findings.append(Finding("warning", "value_missing", file, message, remedy, int(lines[blank.idxmax()])))
    return Values(values, signs, findings)


def _numbers(text: pd.Series, mark: str) -> tuple[pd.Series, pd.Series]:
    """Numbers and signs; whole numbers, which most cells are, need no parsing."""
    distinct = list(text.unique())
    whole = {cell: float(cell) for cell in distinct if cell.isascii() and cell.isdigit()}
    other = pd.Series([cell for cell in distinct if cell not in whole], dtype="string")
    values, signs = parse_numbers(other, decimal=mark)
    read = whole | {cell: value for cell, value in zip(other, values, strict=True) if pd.notna(value)}
    told = {cell: sign for cell, sign in zip(other, signs, strict=True) if pd.notna(sign)}
    return text.map(read).astype("Float64"), text.map(told).astype("string")


def _decimal_mark(
    text: pd.Series, lines: pd.Series, columns: pd.Series, file: str, german: bool | None
) -> tuple[str, list[Finding]]:
    marked = text[text.isin([cell for cell in text.unique() if "," in cell or "." in cell])].drop_duplicates()
    comma, point = (parse_numbers(marked, decimal=mark)[0].notna() for mark in ",.")
    only_comma, only_point, both = marked[comma & ~point], marked[point & ~comma], marked[comma & point]
    if len(only_comma) and len(only_point):
        first, second = sorted((only_comma.index[0], only_point.index[0]))
        message = f"Die Datei mischt Dezimalkomma und Dezimalpunkt: „{text[first]}“ und „{text[second]}“."
        remedy = "Eine Schreibweise wählen oder die Datei neu abrufen."
        error = Finding("error", "numbers_mixed", file, message, remedy, int(lines[second]), columns[second])
        return ",", [error]
    if len(only_comma):
        return ",", [_told(file, "Dezimalkomma", only_comma.iloc[0])]
    if len(only_point) or both.empty:
        return ".", [_told(file, "Dezimalpunkt", only_point.iloc[0])] if len(only_point) else []
    usual = {True: ",", False: "."}.get(german) if german is not None else None
    if usual and both.str.contains(usual, regex=False).all():
        return usual, [_told(file, "Dezimalkomma" if usual == "," else "Dezimalpunkt", both.iloc[0])]
    message = f"„{both.iloc[0]}“ kann Tausender oder Nachkommastellen meinen."
    remedy = "Ohne Tausendertrennung schreiben oder die Datei neu abrufen."
    at = both.index[0]
    return usual or ".", [Finding("error", "numbers_unclear", file, message, remedy, int(lines[at]), columns[at])]


def _told(file: str, mark: str, example: str) -> Finding:
    return Finding("info", "decimal_mark", file, f"Zahlen mit {mark} gelesen, z. B. „{example}“.", "")
