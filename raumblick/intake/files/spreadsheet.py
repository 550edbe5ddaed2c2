"""Statistical spreadsheets (XLSX, XLS, ODS): headings of several merged rows, subtotal and city rows, notes below."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from raumblick.intake.files.levels import name_levels
from raumblick.intake.files.periods import Period, read_period
from raumblick.intake.files.sheet_head import JOINT, Head, find_head, kind_of
from raumblick.intake.files.sheet_notes import head_findings, publisher_and_licence, sum_findings, value_findings
from raumblick.intake.files.sheet_sums import SumRow, find_sums
from raumblick.intake.files.sheets import Cell, Sheet, cell_text, column_letters, distinct, is_workbook, read_workbook
from raumblick.intake.files.source import SourceText
from raumblick.intake.files.table import COLUMNS, StatTable
from raumblick.intake.files.units import scale
from raumblick.intake.files.values import read_values
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.persons import person_findings
from raumblick.intake.profiles.bricks import listing, number

_LOOKED_AT = 200  # rows in which data of persons are looked for
TITLE = "Tabellenblatt (XLSX, XLS, ODS)"


@dataclass(frozen=True, eq=False)
class _Body:
    """What stands below a heading: rows with numbers, rows of text between them, notes behind them (0-based rows)."""

    rows: tuple[int, ...]
    between: tuple[int, ...]
    notes: tuple[str, ...]
    next_table: int | None


def detect(file: SourceText) -> bool:
    """True for a workbook, by its first bytes."""
    return is_workbook(file.head)


def read(path: Path) -> StatTable:
    """Every visible sheet of a workbook that holds a table of numbers with a heading, as one long table.

    Texts of several heading rows are joined to the name of a series; a period in them (`31.12.2013`, `Dez 2013`) goes
    to the columns period and date, a unit (`in %`) to the column unit. Sum rows are found by adding up and get the
    level of what they sum. With several sheets, the name of the sheet comes before the name of the series.

    Raises:
        IntakeError: no workbook, broken, too large, a list of persons, or no sheet holds such a table.
    """
    book = read_workbook(path)
    visible = [sheet for sheet in book.sheets if not sheet.hidden]
    refuse_persons(path.name, visible)
    tables = [(sheet, head) for sheet in visible if (head := find_head(sheet)) and head.measures]
    if not tables:
        message = "Kein Tabellenblatt enthält eine Tabelle mit Überschrift, Gebietsnamen und Zahlen."
        remedy = "Im Zuordnungs-Assistenten sagen, wo Überschrift, Schlüssel und Werte stehen."
        raise IntakeError([*book.findings, Finding("error", "table_missing", path.name, message, remedy)])
    findings = list(book.findings)
    unused = [sheet.name for sheet in visible if all(sheet is not used for used, _ in tables)]
    if unused:
        message = f"Tabellenblätter ohne Tabelle wurden nicht gelesen: {listing(unused)}."
        findings.append(Finding("info", "sheet_unused", path.name, message, ""))
    frames, texts = [], []
    for sheet, head in tables:
        body = _body(sheet, head)
        frame, found = _rows(sheet, head, body, path.name)
        if len(tables) > 1 and read_period(sheet.name) is None:
            frame["series"] = sheet.name + JOINT + frame["series"]
        frames.append(frame)
        findings += found
        texts += [*head.titles, *body.notes]
    publisher, licence = publisher_and_licence(texts)
    titles = tables[0][1].titles
    title = re.sub(r"[\s,;]*©.*", "", titles[0]) if titles else tables[0][0].name
    return StatTable(title, "", publisher, licence, pd.concat(frames, ignore_index=True), tuple(findings))


def refuse_persons(file: str, sheets: Sequence[Sheet]) -> None:
    """Raise IntakeError when a sheet has columns that look like data of single persons."""
    found = []
    for sheet in sheets:
        texts = [[cell_text(cell) for cell in row] for row in sheet.cells[:_LOOKED_AT]]
        top = next((row for row, cells in enumerate(texts) if sum(map(bool, cells)) > 1), None)
        if top is not None:
            names = [name or f"Spalte {place}" for place, name in enumerate(texts[top], start=1)]
            frame = pd.DataFrame(texts[top + 1 :], columns=distinct(names), dtype="object")
            found += person_findings(file, frame, top + 1)
    if found:
        raise IntakeError(found)


def _body(sheet: Sheet, head: Head) -> _Body:
    columns = [measure.column for measure in head.measures]
    kinds = {row: {kind_of(sheet.cells[row][column]) for column in columns} for row in range(head.data, head.end)}
    last = max(row for row, found in kinds.items() if found & {"number", "sign"})
    rows: list[int] = []
    between: list[int] = []
    notes: list[int] = []
    for row, found in kinds.items():
        texts = {cell for cell in sheet.cells[row] if cell != ""}
        if found & {"number", "sign"} or ("text" in found and len(texts) > 1 and row < last):
            rows.append(row)
        elif texts:
            (between if row < last else notes).append(row)
    following = head.end if head.end < len(sheet.cells) else None
    return _Body(tuple(rows), tuple(between), tuple(_line_text(sheet, row) for row in notes), following)


def _line_text(sheet: Sheet, row: int) -> str:
    return " ".join(dict.fromkeys(cell_text(cell) for cell in sheet.cells[row] if cell != ""))


def _rows(sheet: Sheet, head: Head, body: _Body, file: str) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows of a StatTable for one sheet, row by row and column by column, and what was found."""
    lines = [row + 1 for row in body.rows]
    names = [_last(sheet.cells[row], head.names) for row in body.rows]
    keys = [_last(sheet.cells[row], head.keys) for row in body.rows]
    periods = [read_period(_last(sheet.cells[row], head.periods)) for row in body.rows]
    grid = [[sheet.cells[row][measure.column] for measure in head.measures] for row in body.rows]
    values, signs, findings = _values(grid, lines, head, file)
    sums, levels = _judge_rows(values, names, periods, [head.key_heading, *head.titles, sheet.name])
    height, width = values.shape
    measured = [measure.period for measure in head.measures]
    times = [found or given for given in periods for found in measured]
    frame = pd.DataFrame(
        {
            "region_key": np.repeat(keys, width),
            "region": np.repeat(names, width),
            "level": np.repeat(levels, width),
            "period": [time.period if time else None for time in times],
            "date": [time.date if time else None for time in times],
            "series": np.tile([measure.series for measure in head.measures], height),
            "unit": np.tile([measure.unit.base for measure in head.measures], height),
            "sign": signs.ravel(),
            "line": np.repeat(lines, width),
        }
    )
    factors = pd.Series(np.tile([measure.unit.factor for measure in head.measures], height), dtype="Float64")
    frame["value"] = scale(pd.Series(values.ravel()).astype("Float64"), factors)
    filled = frame["value"].notna() | frame["sign"].notna()
    frame = frame.loc[filled, list(COLUMNS)]
    text = {name: "string" for name in COLUMNS if name not in ("value", "line")}
    frame = frame.astype(text).astype({"value": "Float64", "line": "int64"}).reset_index(drop=True)
    findings += head_findings(sheet, head, frame, file)
    findings += _body_findings(sheet, body, keys, names, levels, file)
    findings += value_findings(head, values, signs, file)
    findings += sum_findings(head, values, names, sums, file)
    return frame, findings


def _judge_rows(
    values: np.ndarray, names: list[str], periods: list[Period | None], texts: Sequence[str]
) -> tuple[dict[int, SumRow], list[str]]:
    """(sum rows, level of each row); in a table with a column of periods, each period is judged for itself."""
    groups: dict[Period | None, list[int]] = {}
    for row, period in enumerate(periods):
        groups.setdefault(period, []).append(row)
    found: dict[int, SumRow] = {}
    levels = [""] * len(names)
    for rows in groups.values():
        sums = find_sums(values[rows], [names[row] for row in rows])
        for row, level in zip(rows, name_levels(sums, len(rows), texts), strict=True):
            levels[row] = level
        for row, known in sums.items():
            found[rows[row]] = replace(known, row=rows[row], leaves=frozenset(rows[leaf] for leaf in known.leaves))
    return found, levels


def _last(cells: Sequence[Cell], columns: Iterable[int]) -> str:
    """The text of the right-most filled of some columns."""
    texts = [cell_text(cells[column]) for column in columns]
    return next((text for text in reversed(texts) if text), "")


def _values(
    grid: list[list[str | float]], lines: list[int], head: Head, file: str
) -> tuple[np.ndarray, np.ndarray, list[Finding]]:
    """(numbers with NaN, signs with None, findings) of the cells of all measures; numbers kept as text are read too."""
    shape = len(grid), len(head.measures)
    values = np.array([[np.nan if isinstance(cell, str) else cell for cell in row] for row in grid], dtype=float).reshape(shape)
    signs = np.full(shape, None, dtype=object)
    places = [(i, j) for i, row in enumerate(grid) for j, cell in enumerate(row) if isinstance(cell, str) and cell.strip()]
    if not places:
        return values, signs, []
    cells = pd.Series([str(grid[i][j]) for i, j in places], dtype="string")
    at = pd.Series([lines[i] for i, _ in places])
    columns = pd.Series([column_letters(head.measures[j].column) for _, j in places])
    read_cells = read_values(cells, at, columns, file, german=True)
    for place, value, sign in zip(places, read_cells.values, read_cells.signs, strict=True):
        values[place] = np.nan if pd.isna(value) else value
        signs[place] = None if pd.isna(sign) else sign
    return values, signs, read_cells.findings


def _body_findings(sheet: Sheet, body: _Body, keys: list[str], names: list[str], levels: list[str], file: str) -> list[Finding]:
    findings = []
    if body.notes:
        message = f"Anmerkungen unter der Tabelle ({number(len(body.notes))} Zeilen): {listing(body.notes, 3)}."
        findings.append(Finding("info", "notes", file, message, ""))
    if body.between:
        texts = [_line_text(sheet, row) for row in body.between]
        message = f"Zeilen ohne Zahlen zwischen den Datenzeilen: {listing(texts, 10)}."
        findings.append(Finding("info", "rows_text", file, message, "", body.between[0] + 1))
    if body.next_table is not None:
        message = f"Blatt „{sheet.name}“: Hier beginnt eine weitere Tabelle; sie wurde nicht gelesen."
        remedy = "Auf ein eigenes Tabellenblatt stellen oder mit dem Zuordnungs-Assistenten lesen."
        findings.append(Finding("warning", "table_second", file, message, remedy, body.next_table + 1))
    nameless = [row + 1 for row, key, name in zip(body.rows, keys, names, strict=True) if not key and not name]
    if nameless:
        message = f"{number(len(nameless))} Zeilen haben Zahlen, aber weder Namen noch Schlüssel."
        findings.append(Finding("warning", "region_missing", file, message, "Namen ergänzen.", nameless[0]))
    lengths = {len(key) for key in keys if key.isdecimal()}
    if len(lengths) > 1:
        message = f"Die Schlüssel sind verschieden lang ({', '.join(map(str, sorted(lengths)))} Stellen)."
        remedy = "Sind führende Nullen verloren gegangen? Die Schlüsselspalte als Text speichern."
        findings.append(Finding("warning", "key_length", file, message, remedy))
    if not any(keys) and len(set(zip(names, levels, strict=True))) < len(names):
        twice = sorted({name for name, level in zip(names, levels, strict=True) if names.count(name) > 1 and name})
        message = f"Gebietsnamen stehen mehrmals auf derselben Ebene: {listing(twice, 10)}."
        findings.append(Finding("warning", "region_twice", file, message, "Schlüssel ergänzen."))
    return findings
