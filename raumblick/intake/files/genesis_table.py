"""GENESIS table CSV: title lines, several head rows, regions indented by level, notes below.

The offices write it for reading, not for programs; which row of the head is a time, a unit or a characteristic is told
by what stands in it, never by its number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from raumblick.intake.cells import cap
from raumblick.intake.files.genesis_offices import publisher_of
from raumblick.intake.files.genesis_table_head import Head, read_head
from raumblick.intake.files.genesis_table_parts import FIRST, Parts, split
from raumblick.intake.files.moments import MONTHS, Moment, at_month, parse_moment
from raumblick.intake.files.records import read_text
from raumblick.intake.files.regions import LAENDER, WHOLE, looks_like_keys
from raumblick.intake.files.rows import finish
from raumblick.intake.files.source import SourceText
from raumblick.intake.files.table import StatTable
from raumblick.intake.files.units import parse_unit
from raumblick.intake.files.values import read_values
from raumblick.intake.findings import Finding

TITLE = "GENESIS-Tabelle als CSV (Destatis, Regionaldatenbank, Zensus, Landesämter)"
GENERAL_LICENCE = "dl-de/by-2-0"
_GERMAN = {"insgesamt", "anzahl", "prozent", "männlich", "weiblich", "stichtag", "jahr", "zusammen"}
_ENGLISH = {"total", "number", "percent", "male", "female", "year", "reference date"}


def detect(file: SourceText) -> bool:
    """True for a table whose first line names it: `GENESIS-Tabelle: 12411-01-01-4`."""
    first = next((line for line in file.lines[:3] if line.strip()), "")
    return bool(FIRST.match(first))


def read(path: Path) -> StatTable:
    """One table as a long table: one row a number, in the order of the file.

    Returns:
        The table; `rows` has the additional column `quality`. Publisher and licence are those of the note below the
        table. What is wrong with single rows and cells stands in the findings; with an error among them the table is
        not to be used.

    Raises:
        IntakeError: the file as a whole cannot be read.
    """
    text, findings = read_text(path)
    parts = split(text, path.name)
    head = read_head(parts, path.name)
    stub, found = _read_stub(parts, path.name)
    findings += [*parts.findings, *head.findings, *found]
    frame, found = _long(parts, head, stub, path.name)
    findings += found
    rows, found = finish(frame, path.name)
    publisher = parts.publisher or publisher_of(parts.code)
    return StatTable(head.title, parts.code, publisher, parts.licence, rows, (*findings, *found))


@dataclass(frozen=True, eq=False)
class _Stub:
    """What the columns before the numbers say of each row, one entry a row of the body."""

    key: pd.Series
    region: pd.Series
    indent: pd.Series
    moment: list[Moment | None]
    unit: pd.Series
    series: pd.Series


def _read_stub(parts: Parts, file: str) -> tuple[_Stub, list[Finding]]:
    """Columns before the numbers: times, keys, names, months, units; everything else is a characteristic."""
    cells = pd.DataFrame([row[: parts.stub] for _, row in parts.body], dtype="object")
    text = cells.apply(lambda column: column.str.strip())
    free = list(text.columns)
    moments: list[Moment | None] = [when for when, _ in parts.sections]
    for place in [p for p in free if _most(text[p], lambda cell: parse_moment(cell) is not None)][:1]:
        free.remove(place)
        moments = [parse_moment(cell) for cell in text[place]]
    for place in [p for p in free if set(text[p].str.lower()) <= MONTHS.keys()][:1]:
        free.remove(place)
        months = text[place].str.lower().map(MONTHS)
        moments = [at_month(moment, month) if moment else None for moment, month in zip(moments, months, strict=True)]
    unit = pd.Series("", index=text.index, dtype="object")
    for place in [p for p in free if all(_sure_unit(cell) for cell in text[p].unique())][:1]:
        free.remove(place)
        unit = text[place]
    key, region, indent, findings = _regions(cells, text, free, parts, file)
    labels = pd.Series([label for _, label in parts.sections], index=text.index, dtype="object")
    series = _joined([*(text[place] for place in free), labels], text.index)
    return _Stub(key, region, indent, moments, unit, series), findings


def _regions(
    cells: pd.DataFrame, text: pd.DataFrame, free: list[int], parts: Parts, file: str
) -> tuple[pd.Series, pd.Series, pd.Series, list[Finding]]:
    """Keys, names and indents of the rows; the columns used are taken out of `free`."""
    nothing = pd.Series("", index=text.index, dtype="object")
    no_indent = pd.Series(0, index=text.index)
    keys = next((place for place in free if looks_like_keys(text[place])), None)
    if keys is not None:
        free.remove(keys)
        if keys + 1 not in free:
            return text[keys], nothing, no_indent, _without_key(text[keys], parts, file)
        free.remove(keys + 1)
        indent = cells[keys + 1].str.len() - cells[keys + 1].str.lstrip().str.len()
        return text[keys], text[keys + 1], indent, _without_key(text[keys], parts, file)
    names = next((place for place in free if _most(text[place], lambda name: name in LAENDER or name.lower() in WHOLE)), None)
    if names is not None:
        free.remove(names)
        known = LAENDER | {"Deutschland": "DG", "Germany": "DG"}
        return text[names].map(known).fillna(""), text[names], no_indent, []
    if any(title.startswith(("Deutschland", "Germany")) or ": Deutschland" in title for title in parts.titles):
        return nothing.replace("", "DG"), nothing.replace("", "Deutschland"), no_indent, []
    message = "Die Tabelle nennt keine Gebiete mit amtlichem Schlüssel."
    remedy = "Gebiet beim Import angeben; was vor den Zahlen steht, wurde als Merkmal gelesen."
    return nothing, nothing, no_indent, [Finding("warning", "region_missing", file, message, remedy, parts.body[0][0])]


def _without_key(keys: pd.Series, parts: Parts, file: str) -> list[Finding]:
    """A warning for each row without a key in a table that has keys."""
    remedy = "Zeile prüfen: Ist sie verrutscht oder eine Summe?"
    lines = [line for (line, _), key in zip(parts.body, keys, strict=True) if not key]
    message = "Die Zeile hat keinen Gebietsschlüssel."
    return cap([Finding("warning", "key_missing", file, message, remedy, line) for line in lines])


def _long(parts: Parts, head: Head, stub: _Stub, file: str) -> tuple[pd.DataFrame, list[Finding]]:
    """One row a number, as `finish` takes it: row after row, in each row column after column."""
    count, columns = len(parts.body), head.columns
    wide = np.array([row for _, row in parts.body], dtype=object)
    row = np.repeat(np.arange(count), len(columns))
    column = np.tile(np.arange(len(columns)), count)
    lines = np.array([line for line, _ in parts.body])[row]
    cells = wide[:, [c.place for c in columns]].ravel()
    quality = [np.full(count, "") if c.quality is None else wide[:, c.quality] for c in columns]
    names = [" | ".join(c.labels) or str(c.place + 1) for c in columns]
    frame = pd.DataFrame({"line": lines})
    for name, values in (("region_key", stub.key), ("region", stub.region), ("indent", stub.indent)):
        frame[name] = values.to_numpy()[row]
    moments, findings = _moments(parts, head, stub, file)
    frame["period"] = np.array([m.period for m in moments], dtype=object)[row * len(columns) + column]
    frame["date"] = np.array([m.date for m in moments], dtype=object)[row * len(columns) + column]
    frame["series"] = _series(head, stub, moments)
    own = stub.unit.to_numpy()[row]
    above = np.array([c.unit for c in columns], dtype=object)[column]
    frame["unit"] = np.where(own == "", above, own)
    frame["quality"] = pd.Series(np.column_stack(quality).ravel(), dtype="string").str.strip()
    if (stub.unit != "").any() and any(c.unit for c in columns):
        message = "Einheiten stehen über den Spalten und in den Zeilen; die der Zeilen gelten."
        findings.append(Finding("warning", "unit_twice", file, message, "Einheiten prüfen.", parts.head[0][0]))
    german = _language(parts)
    columns_of = pd.Series(np.array(names, dtype=object)[column], dtype="object")
    read = read_values(pd.Series(cells, dtype="object"), frame["line"], columns_of, file, german)
    limited = (frame["quality"] == "()") & read.signs.isna()
    frame["value"], frame["sign"] = read.values, read.signs.mask(limited, "()")
    frame["quality"] = frame["quality"].where(frame["quality"].isin(["p", "r", "s", "u", "b"]))
    return frame, [*findings, *read.findings]


def _moments(parts: Parts, head: Head, stub: _Stub, file: str) -> tuple[list[Moment], list[Finding]]:
    """The time of every number: what stands above its column, else what its row or the title says."""
    moments = [column.moment or moment for moment in stub.moment for column in head.columns]
    open_rows = [number // len(head.columns) for number, moment in enumerate(moments) if moment is None]
    known = [moment or Moment("") for moment in moments]
    if not open_rows:
        return known, []
    line = parts.body[open_rows[0]][0]
    count = len(set(open_rows))
    message = "Die Tabelle nennt keinen Zeitpunkt." if count == len(parts.body) else f"{count} Zeilen haben keinen Zeitpunkt."
    remedy = "Jahr oder Stichtag ergänzen; die Tabelle mit Zeitangabe neu abrufen."
    return known, [Finding("error", "time_missing", file, message, remedy, line)]


def _series(head: Head, stub: _Stub, moments: list[Moment]) -> np.ndarray:
    """measure | labels above | characteristics of the row | what the period cannot say."""
    above = [" | ".join(part for part in (head.measure, *column.labels) if part) for column in head.columns]
    left = stub.series.to_numpy()
    known: dict[tuple[str, str, str], str] = {}
    series = []
    for number, moment in enumerate(moments):
        parts = (above[number % len(above)], left[number // len(above)], moment.note)
        if parts not in known:
            known[parts] = " | ".join(part for part in parts if part) or head.title
        series.append(known[parts])
    return np.array(series, dtype=object)


def _language(parts: Parts) -> bool | None:
    words = {cell.strip().lower() for _, row in parts.head for cell in row}
    words |= {cell.strip().lower() for _, row in parts.body[:50] for cell in row[: parts.stub]}
    words |= {title.rpartition("(")[2].rstrip(")").lower() for title in parts.titles}
    if words & _GERMAN:
        return True
    return False if words & _ENGLISH else None


def _most(cells: pd.Series, test: Callable[[str], bool], share: float = 0.9) -> bool:
    """True when nearly all distinct cells pass, so that one damaged cell does not change what a column is."""
    distinct = cells.unique()
    return sum(test(cell) for cell in distinct) >= share * len(distinct)


def _sure_unit(text: str) -> bool:
    unit = parse_unit(text)
    return unit.known and not unit.noun


def _joined(columns: list[pd.Series], index: pd.Index) -> pd.Series:
    text = pd.Series("", index=index, dtype="object")
    for column in columns:
        text = text.where(column == "", text.where(text == "", text + " | ") + column)
    return text
