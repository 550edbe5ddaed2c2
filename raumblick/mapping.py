"""An unknown table on its way to a layout: what the mapping wizard shows, asks, tries and keeps."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from raumblick.ingest import layouts_home
from raumblick.intake.files.ledger import Ledger
from raumblick.intake.files.moments import parse_moment
from raumblick.intake.files.registry import persons_in
from raumblick.intake.files.sheets import is_workbook, read_workbook
from raumblick.intake.files.source import SourceText
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.layout_grid import Grid, file_bytes, read_grid, texts
from raumblick.intake.layout_model import (
    TO_THE_END,
    BookingPart,
    Column,
    FilePart,
    KeyPart,
    Layout,
    PeriodPart,
    ValuePart,
    open_questions,
)
from raumblick.intake.layout_parts import headings_of
from raumblick.intake.layout_shelf import gather, keep, read_by
from raumblick.intake.layout_suggest import PREVIEW, column_name, decimal_of, suggest, suggest_columns
from raumblick.intake.layout_toml import dump_layout
from raumblick.intake.numbers import SIGNS, parse_numbers, unreadable
from raumblick.intake.persons import person_findings
from raumblick.intake.textfile import decode, sniff_delimiter
from raumblick.settings import Settings

__all__ = [
    "TO_THE_END", "BookingPart", "Column", "FilePart", "KeyPart", "Layout", "PeriodPart", "ValuePart", "dump_layout",
    "open_questions",
]  # fmt: skip
TABLES = (".csv", ".txt", ".tsv", ".xlsx", ".xls", ".xlsb", ".ods")
_HEADS = 5  # first rows of a sheet that may be the heading of a list of persons
_STRANGE = 20


@dataclass(eq=False)
class Workpiece:
    """One table on its way to a layout; an uploaded one lies in a folder that goes when nobody holds the workpiece."""

    path: Path
    folder: tempfile.TemporaryDirectory[str] | None = field(default=None, repr=False)
    _last: tuple[FilePart, Grid] | None = field(default=None, repr=False)

    def grid(self, part: FilePart) -> Grid:
        """All rows as the part of a layout says; the last one asked for is kept.

        Raises:
            IntakeError: the file cannot be read that way.
        """
        wanted = FilePart(part.kind, part.encoding, part.delimiter, part.sheet)
        if self._last is None or self._last[0] != wanted:
            self._last = wanted, read_grid(wanted, self.path)
        return self._last[1]


@dataclass(frozen=True, eq=False)
class Look:
    """The first rows of an unknown table: (line of the file, cells) each; its visible sheets; and what it proves.

    `kept`: the layout is one that planners have kept, and knows the heading of the file.
    """

    rows: tuple[tuple[int, tuple[str, ...]], ...]
    sheets: tuple[str, ...]
    layout: Layout
    kept: bool


@dataclass(frozen=True, eq=False)
class Heads:
    """The columns of a table whose heading is known: each by its name, or by its number where names repeat."""

    columns: tuple[Column, ...]
    headings: tuple[str, ...]
    layout: Layout

    def label(self, column: Column) -> str:
        """What a column is called on screen."""
        if isinstance(column, str):
            return column
        heading = self.headings[column - 1] if column <= len(self.headings) else ""
        return f"Spalte {column}{f' ({heading})' if heading else ''}"


@dataclass(frozen=True, eq=False)
class Attempt:
    """What a layout makes of a table: the first rows (empty when it cannot be read), how many there are, all findings."""

    rows: pd.DataFrame
    total: int
    findings: tuple[Finding, ...]


def lay_down(name: str, content: bytes) -> Workpiece:
    """An uploaded table as a file. `name` is a plain file name (`uploads.safe_name`)."""
    folder = tempfile.TemporaryDirectory(prefix="raumblick-layout-")
    path = Path(folder.name) / name
    path.write_bytes(content)
    return Workpiece(path, folder)


def can_be_mapped(name: str) -> bool:
    """True for the name of a table, as far as a name can tell."""
    return name.lower().endswith(TABLES)


def look(piece: Workpiece, settings: Settings, sheet: str | None = None) -> Look:
    """The beginning of a table, with the kept layout that knows it, else with what the file itself proves.

    Args:
        piece: the file.
        settings: for the kept layouts.
        sheet: which sheet of a workbook; by default the only visible one.

    Raises:
        IntakeError: the file is no table, or it is a list of persons.
    """
    path = piece.path
    persons = persons_in(SourceText.open(path))
    if persons:
        raise IntakeError(persons)
    known = gather([], layouts_home(settings)).of(path)
    layout = known or suggest(path)[1]
    if not is_workbook(file_bytes(path)[:65_536]):
        part = layout.file if layout.file.delimiter else _sniffed(path)
        return Look(_first(piece.grid(part)), (), layout, known is not None)
    names = tuple(s.name for s in read_workbook(path).sheets if not s.hidden)
    chosen = sheet or layout.file.sheet
    grid = piece.grid(FilePart("sheet", sheet=chosen)) if chosen in names else Grid([], [], [])
    _refuse_persons(grid, path.name)
    return Look(_first(grid), names, layout, known is not None)


def first_look(path: Path, settings: Settings) -> tuple[Look, tuple[str, ...]]:
    """(look, headings of the columns where they are certain) of a file on this machine, not an upload.

    Raises:
        IntakeError: as `look`.
    """
    seen = look(Workpiece(path), settings)
    part = seen.layout.file
    known = part.header_rows is not None and (part.delimiter is not None or part.sheet is not None)
    return seen, heads(Workpiece(path), part).headings if known else ()


def heads(piece: Workpiece, part: FilePart) -> Heads:
    """The columns below a known heading, with what they prove.

    Raises:
        IntakeError: the file cannot be read that way.
    """
    grid = piece.grid(part)
    headings = headings_of(grid, part.header_rows or ())
    columns = tuple(column_name(headings, place) for place in range(len(headings)))
    return Heads(columns, tuple(headings), suggest_columns(grid, part))


def texts_in(piece: Workpiece, part: FilePart, heads_of: Heads, column: Column) -> list[str]:
    """The different texts of one column of the data rows, in the order of the file."""
    return list(dict.fromkeys(text for text in _cells(piece, part, heads_of, column) if text))


def strange_texts(piece: Workpiece, part: FilePart, heads_of: Heads, columns: tuple[Column, ...]) -> list[str]:
    """Texts in columns of numbers that are neither a number nor a sign of the statistics; at most 20."""
    found: dict[str, None] = {}
    for column in columns:
        cells = pd.Series(_cells(piece, part, heads_of, column), dtype="string")
        numbers, signs = parse_numbers(cells, decimal=part.decimal or ".")
        found |= dict.fromkeys(cells[unreadable(cells, numbers, signs)])
    return list(found)[:_STRANGE]


def decimal_mark(piece: Workpiece, part: FilePart, heads_of: Heads, columns: tuple[Column, ...]) -> str | None:
    """The decimal mark that the numbers of these columns prove; None where they leave it open."""
    return decimal_of([list(_cells(piece, part, heads_of, column)) for column in columns])


def signs_in(piece: Workpiece, part: FilePart, heads_of: Heads, columns: tuple[Column, ...]) -> list[str]:
    """The signs of the statistics that stand in columns of numbers."""
    return list(dict.fromkeys(t for c in columns for t in _cells(piece, part, heads_of, c) if t in SIGNS))


def is_period(text: str) -> bool:
    """True for a year, a month or a day as a layout may name it."""
    return parse_moment(text) is not None


def attempt(layout: Layout, piece: Workpiece, most: int = 20) -> Attempt:
    """Read the file by a layout; what is wrong or open are findings."""
    try:
        content = read_by(layout, piece.path)
    except IntakeError as error:
        return Attempt(pd.DataFrame(), 0, error.findings)
    return Attempt(_shown(content).head(most), len(content.rows), tuple(content.findings))


def keep_layout(layout: Layout, piece: Workpiece, settings: Settings) -> Path | None:
    """Keep a layout so that it recognises the next file of the same heading; see `layout_shelf.keep`.

    Raises:
        OSError: it cannot be written.
    """
    return keep(layout, piece.path, layouts_home(settings))


def _shown(content: object) -> pd.DataFrame:
    if isinstance(content, Ledger):
        names = ["year", "month", "product", "service", "account", "side", "amount", "value_type", "basis"]
        german = ["Jahr", "Monat", "Produkt", "Leistung", "Konto", "Seite", "Betrag", "Wertart", "Zuordnung"]
        return content.rows[names].set_axis(german, axis=1)
    rows: pd.DataFrame = content.rows  # type: ignore[attr-defined]
    names = ["line", "region_key", "region", "level", "period", "series", "unit", "value", "sign"]
    german = ["Zeile", "Schlüssel", "Gebiet", "Ebene", "Zeitraum", "Reihe", "Einheit", "Wert", "Zeichen"]
    return rows[names].set_axis(german, axis=1)


def _cells(piece: Workpiece, part: FilePart, heads_of: Heads, column: Column) -> list[str]:
    grid = piece.grid(part)
    place = heads_of.columns.index(column)
    first, last = part.first_row or 1, part.last_row or grid.lines[-1]
    rows = [texts(row) for line, row in zip(grid.lines, grid.cells, strict=True) if first <= line <= last]
    stop = next((n for n, row in enumerate(rows) if part.stop_at and next(filter(None, row), "").startswith(part.stop_at)), None)
    return [row[place] if place < len(row) else "" for row in rows[:stop]]


def _sniffed(path: Path) -> FilePart:
    text, encoding = decode(file_bytes(path), path.name)
    return FilePart("csv", encoding, sniff_delimiter(text))


def _first(grid: Grid) -> tuple[tuple[int, tuple[str, ...]], ...]:
    return tuple((line, tuple(texts(row))) for line, row in zip(grid.lines[:PREVIEW], grid.cells[:PREVIEW], strict=True))


def _refuse_persons(grid: Grid, file: str) -> None:
    """A sheet may have titles above its heading, so each of its first rows is taken for one."""
    for at in range(min(_HEADS, len(grid.cells))):
        names = [text or f"Spalte {n}" for n, text in enumerate(texts(grid.cells[at]), start=1)]
        frame = pd.DataFrame([texts(row) for row in grid.cells[at + 1 : 300]], columns=names, dtype="object")
        found = person_findings(file, frame.loc[:, ~frame.columns.duplicated()], at + 1)
        if found:
            raise IntakeError(found)
