"""The canonical tables as tables.toml describes them, and rows turned into typed frames under that description."""

from __future__ import annotations

import csv
import datetime as dt
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

BOOLEANS = {"true": True, "ja": True, "false": False, "nein": False}
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
Rows = list[tuple[int, dict[str, Any]]]  # (1-based line of the file, cells by column name)


@dataclass(frozen=True)
class ColumnSpec:
    """One column of a canonical table. `refers` is `table.column`; where `values` is empty, any value may stand."""

    name: str
    type: str
    label: str
    required: bool = False
    help: str = ""
    values: tuple[str, ...] = ()
    refers: str | None = None


@dataclass(frozen=True)
class TableSpec:
    """One canonical table. `key` columns together name a row; a `required` table belongs to every delivery."""

    name: str
    label: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[ColumnSpec, ...]
    required: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in their order."""
        return tuple(c.name for c in self.columns)

    def column(self, name: str) -> ColumnSpec:
        """The column of that name. KeyError when the table has none."""
        for spec in self.columns:
            if spec.name == name:
                return spec
        raise KeyError(f"{self.name}.{name}")


@dataclass(frozen=True)
class Fault:
    """One fault in a catalogue. `row` is the 1-based line (the header is line 1); `message` is German."""

    file: str
    row: int | None
    column: str | None
    message: str

    def __str__(self) -> str:
        row = f", Zeile {self.row}" if self.row is not None else ""
        column = f", Spalte {self.column}" if self.column else ""
        return f"{self.file}{row}{column}: {self.message}"


class CatalogueError(ValueError):
    """A catalogue that cannot be used. `faults` holds all that were found; file, row and column are the first's."""

    def __init__(self, faults: Iterable[Fault]):
        self.faults = tuple(faults)
        self.file, self.row, self.column = self.faults[0].file, self.faults[0].row, self.faults[0].column
        super().__init__("\n".join(str(f) for f in self.faults))


def _integer(text: str) -> int:
    number = _number(text)
    if not number.is_integer():
        raise ValueError(text)
    return int(number)


def _number(text: str) -> float:
    return float(_plain(text))  # float() alone would also read 1_000, nan and infinity


def _plain(text: str) -> str:
    if not NUMBER.fullmatch(text):
        raise ValueError(text)
    return text


def _date(text: str) -> dt.date:
    if len(text) != 10:
        raise ValueError(text)
    return dt.datetime.strptime(text, "%Y-%m-%d").date()


# Type -> (reader of a text cell, dtype of the column, what a message says was expected)
PARSERS: dict[str, tuple[Callable[[str], Any], str, str]] = {
    "text": (str, "str", "ein Text"),
    "integer": (_integer, "Int64", "eine ganze Zahl"),
    "number": (_number, "float64", "eine Zahl mit Dezimalpunkt"),
    "decimal": (lambda text: Decimal(_plain(text)), "object", "ein Betrag mit Dezimalpunkt"),
    "date": (_date, "datetime64[s]", "ein Datum JJJJ-MM-TT"),
    "boolean": (lambda text: BOOLEANS[text.lower()], "boolean", "ja oder nein"),
}


def read_tables(file: Path) -> dict[str, TableSpec]:
    """The canonical tables of a tables.toml, by name. CatalogueError names each fault with `table.column`."""
    try:
        sections = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogueError([Fault(file.name, None, None, f"nicht lesbar: {error}")]) from error
    faults: list[Fault] = []
    tables = {name: _table(name, section, file.name, faults) for name, section in sections.items()}
    places = {f"{t.name}.{c}" for t in tables.values() for c in t.names}
    faults += [
        Fault(file.name, None, f"{spec.name}.{c.name}", f"verweist auf die unbekannte Spalte {c.refers}")
        for spec in tables.values()
        for c in spec.columns
        if c.refers and c.refers not in places
    ]
    if faults:
        raise CatalogueError(faults)
    return tables


def _table(name: str, section: Mapping[str, Any], file: str, faults: list[Fault]) -> TableSpec:
    columns: list[ColumnSpec] = []
    for raw in section.get("columns", ()):
        place = f"{name}.{raw.get('name', '?')}"
        try:
            columns.append(ColumnSpec(**{**raw, "values": tuple(raw.get("values", ()))}))
        except TypeError as error:
            faults.append(Fault(file, None, place, f"Angabe fehlt oder ist unbekannt: {error}"))
            continue
        if columns[-1].type not in PARSERS:
            faults.append(Fault(file, None, place, f"unbekannter Typ {columns[-1].type!r}"))
    names = [c.name for c in columns]
    key = tuple(section.get("key", ()))
    if not key or not set(key) <= set(names):
        faults.append(Fault(file, None, name, "der Schlüssel fehlt oder nennt eine unbekannte Spalte"))
    if len(set(names)) < len(names):
        faults.append(Fault(file, None, name, "ein Spaltenname steht zweimal da"))
    return TableSpec(
        name,
        label=section.get("label", name),
        grain=section.get("grain", ""),
        key=key,
        columns=tuple(columns),
        required=section.get("required", False),
    )


def csv_rows(spec: TableSpec, file: Path, faults: list[Fault]) -> Rows:
    """Rows of a CSV file (UTF-8, comma) whose header is the columns of `spec`; appends what is wrong to `faults`."""
    rows: Rows = []
    try:
        with file.open(encoding="utf-8", newline="") as text:
            reader = csv.reader(text, strict=True)
            if tuple(next(reader, ())) != spec.names:
                faults.append(Fault(file.name, 1, None, f"die Kopfzeile muss lauten: {','.join(spec.names)}"))
                return []
            line = reader.line_num + 1  # a quoted cell may span lines: a row is named by its first one
            for cells in reader:
                if len(cells) == len(spec.names):
                    rows.append((line, dict(zip(spec.names, cells, strict=True))))
                else:
                    faults.append(Fault(file.name, line, None, f"{len(cells)} statt {len(spec.names)} Zellen"))
                line = reader.line_num + 1
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        faults.append(Fault(file.name, None, None, f"nicht lesbar: {error}"))
    return rows


def frame_rows(frame: pd.DataFrame) -> Rows:
    """Rows of a frame; the first one counts as line 2, as in a file with a header."""
    return [(i, dict(row)) for i, row in enumerate(frame.to_dict("records"), start=2)]


def typed(spec: TableSpec, file: str, rows: Rows, faults: list[Fault]) -> Rows:
    """The rows with every column of `spec` read in its type (missing = None); appends what is wrong to `faults`."""
    return [
        (line, {c.name: _cell(c, cells.get(c.name), file, line, faults) for c in spec.columns}) for line, cells in rows
    ]


def _cell(column: ColumnSpec, raw: Any, file: str, line: int, faults: list[Fault]) -> Any:
    text = _text(raw)
    if text is None:
        if column.required:
            faults.append(Fault(file, line, column.name, "darf nicht leer sein"))
        return None
    read, _, expected = PARSERS[column.type]
    try:
        value = read(text)
    except (ValueError, KeyError):
        faults.append(Fault(file, line, column.name, f"{text!r} ist nicht {expected}"))
        return None
    if column.values and text not in column.values:
        faults.append(Fault(file, line, column.name, f"{text!r} ist nicht eins von: {', '.join(column.values)}"))
    return value


def _text(raw: Any) -> str | None:
    if raw is None or (not isinstance(raw, str) and pd.isna(raw)):
        return None
    if isinstance(raw, dt.date):  # also datetime and Timestamp
        return raw.isoformat()[:10]
    return str(raw).strip() or None


def check_keys(
    spec: TableSpec, file: str, rows: Rows, known: Mapping[str, Collection[Any]], faults: list[Fault]
) -> None:
    """Append a fault for each second row of a key and each value that the column it refers to does not hold.

    `known` maps `table.column` to its values; references to columns that are not in it are not checked.
    """
    first: dict[tuple[Any, ...], int] = {}
    for line, cells in rows:
        key = tuple(cells[k] for k in spec.key)
        if first.setdefault(key, line) != line:
            faults.append(Fault(file, line, spec.key[0], f"derselbe Schlüssel steht schon in Zeile {first[key]}"))
        for column in spec.columns:
            value = cells[column.name]
            refers = column.refers or ""
            if refers in known and value is not None and value not in known[refers]:
                faults.append(Fault(file, line, column.name, f"{value!r} ist unbekannt ({refers})"))


def to_frame(spec: TableSpec, rows: Rows) -> pd.DataFrame:
    """Typed rows as a frame: text str, integer Int64, number float64, date datetime64, required boolean bool."""
    series = {}
    for column in spec.columns:
        values = [cells[column.name] for _, cells in rows]
        dtype = PARSERS[column.type][1]
        if dtype == "boolean" and None not in values:
            dtype = "bool"
        series[column.name] = pd.Series(values, dtype=dtype)
    return pd.DataFrame(series, columns=list(spec.names))
