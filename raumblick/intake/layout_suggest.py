"""The first rows of an unknown file, and as much of a layout as the file itself proves. The rest are questions."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from raumblick.intake.files.moments import parse_moment
from raumblick.intake.files.sheet_head import find_head, is_heading_row, kind_of, unit_of
from raumblick.intake.files.sheets import Cell, is_workbook, read_workbook
from raumblick.intake.layout_grid import Grid, csv_grid, file_bytes, sheet_grid, texts
from raumblick.intake.layout_model import TO_THE_END, FilePart, KeyPart, Layout, PeriodPart, ValuePart
from raumblick.intake.layout_parts import headings_of
from raumblick.intake.numbers import AmbiguousNumbers, decimal_mark
from raumblick.intake.textfile import DELIMITERS, decode, sniff_delimiter

PREVIEW = 30
_KEYS = {
    "area_id",
    "gebietsschlüssel",
    "ags",
    "ars",
    "plr_id",
    "raumid",
    "plr",
    "region_key",
    "schlüssel",
    "amtlicher gemeindeschlüssel",
}
_PERIODS = {"jahr", "year", "stichtag", "berichtsjahr", "zeitraum", "monat", "datum", "period", "date"}


def suggest(path: Path) -> tuple[list[list[str]], Layout]:
    """(first rows as text, layout with what is certain).

    A text file whose records are all equally wide has a certain delimiter; a first row of different texts above rows
    with numbers is certainly a heading. Keys and periods are certain under their usual headings alone, units where the
    heading names them. Whatever is None has to be answered.

    Raises:
        IntakeError: the file cannot be opened, or is neither text nor a workbook.
    """
    if is_workbook(file_bytes(path)[:65_536]):
        return _suggest_sheet(path)
    text, encoding = decode(file_bytes(path), path.name)
    delimiter = sniff_delimiter(text)
    grid = csv_grid(path, encoding, delimiter)
    widths = {len(row) for row in grid.cells}
    certain = len(widths) == 1 and (max(widths) > 1 or not any(mark in text for mark in DELIMITERS))
    part = FilePart("csv", encoding, delimiter if certain else None)
    preview = [texts(row) for row in grid.cells[:PREVIEW]]
    if not certain or len(grid.cells) < 2 or not _is_heading(grid.cells[0]) or _is_heading(grid.cells[1]):
        return preview, Layout(file=part)
    return preview, suggest_columns(grid, FilePart("csv", encoding, delimiter, None, (grid.lines[0],), grid.lines[1]))


def _suggest_sheet(path: Path) -> tuple[list[list[str]], Layout]:
    visible = [sheet for sheet in read_workbook(path).sheets if not sheet.hidden]
    if len(visible) != 1:
        preview = [[f"[{sheet.name}]", *texts(list(row))] for sheet in visible for row in sheet.cells[:5]]
        return preview[:PREVIEW], Layout(file=FilePart("sheet"))
    sheet = visible[0]
    grid = sheet_grid(path, sheet.name)
    preview = [texts(row) for row in grid.cells[:PREVIEW]]
    head = find_head(sheet)
    if head is None or head.filled:
        return preview, Layout(file=FilePart("sheet", sheet=sheet.name))
    rows = tuple(range(head.first + 1, head.data + 1))
    return preview, suggest_columns(grid, FilePart("sheet", None, None, sheet.name, rows, head.data + 1))


def _is_heading(cells: list[Cell]) -> bool:
    """True when all cells hold different texts, or years beside texts."""
    kinds = [kind_of(cell) for cell in cells]
    named = "empty" not in kinds and len(set(texts(cells))) == len(cells)
    return named and (set(kinds) == {"text"} or ("text" in kinds and is_heading_row(cells, kinds)))


def suggest_columns(grid: Grid, part: FilePart) -> Layout:
    """What the columns of a file prove whose heading is known: `part` with its heading and first row answered."""
    headings = headings_of(grid, part.header_rows or ())
    first = part.first_row or 1
    rows = [row for line, row in zip(grid.lines, grid.cells, strict=True) if line >= first]
    columns = [[row[place] if place < len(row) else "" for row in rows] for place in range(len(headings))]
    kinds = [{kind_of(cell) for cell in column} - {"empty"} for column in columns]
    numeric = [
        place
        for place, found in enumerate(kinds)
        if found and found <= {"number", "sign"} and "number" in found and not _leading_zeros(columns[place])
    ]
    keys = [place for place, heading in enumerate(headings) if heading.lower() in _KEYS]
    periods = [p for p, heading in enumerate(headings) if heading.lower() in _PERIODS and _all_periods(columns[p])]
    key = keys[0] if len(keys) == 1 else None
    period = periods[0] if len(periods) == 1 else None
    lengths = {len(text) for text in texts(columns[key]) if text} if key is not None else set()
    measured = [place for place in numeric if place not in (key, period)]
    values = tuple(_value(headings, place) for place in measured) or None
    ends = bool(rows) and any(kind_of(cell) in ("number", "sign") for cell in rows[-1][1:])
    file = FilePart(
        part.kind, part.encoding, part.delimiter, part.sheet, part.header_rows, part.first_row,
        TO_THE_END if ends else None, None, decimal_of([columns[place] for place in measured]),
    )  # fmt: skip
    return Layout(
        file=file,
        key=KeyPart(
            column=column_name(headings, key) if key is not None else None, length=lengths.pop() if len(lengths) == 1 else None
        ),
        period=PeriodPart(column=column_name(headings, period) if period is not None else None),
        values=values,
    )


def _value(headings: list[str], place: int) -> ValuePart:
    unit = unit_of(headings[place].split(" | "))
    named = headings[place] or None
    return ValuePart(column_name(headings, place), named, unit.base if unit.known else None, unit.factor if unit.known else None)


def column_name(headings: list[str], place: int) -> str | int:
    """The heading of a column where it is the only one of that name, else its number."""
    return headings[place] if headings[place] and headings.count(headings[place]) == 1 else place + 1


def _leading_zeros(column: list[Cell]) -> bool:
    """True for numbers of a key: no quantity is written as 01."""
    return any(re.fullmatch(r"0[0-9]+", text) for text in texts(column))


def _all_periods(column: list[Cell]) -> bool:
    return all(parse_moment(text) is not None for text in texts(column))


def decimal_of(columns: list[list[Cell]]) -> str | None:
    """The decimal mark that the numbers prove; None where they leave it open."""
    if not columns:
        return None
    written = pd.Series([cell for column in columns for cell in column if isinstance(cell, str)], dtype="string")
    try:
        return decimal_mark(written)
    except AmbiguousNumbers:
        return None
