"""What the columns of a GENESIS table are: which labels stand above them, of which time and in which unit they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from raumblick.intake.files.genesis_table_parts import Parts
from raumblick.intake.files.moments import TIME_NAMES, Moment, parse_moment
from raumblick.intake.files.units import parse_unit
from raumblick.intake.findings import Finding

_MEASURE = re.compile(r"(.*\S) \(((?:[^()]|\([^()]*\))+)\)")
_NO_UNIT = re.compile(r"\b(?:bis|ab|ohne|mit|einschl|Gebietsstand|Stichtag|[0-9]{4})\b", re.I)
_QUALITY = {"e", "p", "r", "s", "u", "b"}
_QUALITY_CELLS = _QUALITY | {"", "()", "/", "x", "-", ".", "..."}


@dataclass(frozen=True)
class Column:
    """A column of numbers: its place, the labels above it, its time (None when the rows say it) and its unit."""

    place: int
    labels: tuple[str, ...]
    moment: Moment | None
    unit: str
    quality: int | None = None


@dataclass(frozen=True)
class Head:
    """Columns of a table; `measure` and `unit` are what a title line says of all of them, `title` is the rest."""

    columns: tuple[Column, ...]
    measure: str
    unit: str
    title: str
    findings: tuple[Finding, ...]


def read_head(parts: Parts, file: str) -> Head:
    """The meaning of all columns of numbers.

    Columns that hold quality marks (`e` final, `p` preliminary, `r` revised, `s` estimated) belong to the column on
    their left. Findings: columns without a heading, twice the same heading, two units above one column.
    """
    measure, unit, title, findings = _measure(parts.titles, file)
    rows = [cells for _, cells in parts.head]
    width = len(rows[0])
    quality = _quality_columns(parts, rows, width)
    places = [place for place in range(parts.stub, width) if place not in quality.values()]
    bare = [p for p in places if not any(row[p].strip() for row in rows)]
    filled = [place for place in bare if any(cells[place].strip() for _, cells in parts.body)]
    line = parts.head[0][0]
    findings += [_no_heading(place, line, file) for place in filled]
    places = [place for place in places if place not in bare]
    rows = [row for row in rows if not _all(row, places, lambda text: text.lower() in TIME_NAMES)]
    times = next((row for row in rows if _all(row, places, lambda text: parse_moment(text) is not None)), None)
    units = [row for place, row in enumerate(rows) if row is not times and _is_unit_row(row, places, place == len(rows) - 1)]
    labels = _labels([row for row in rows if row is not times and row not in units], places)
    columns = []
    for place in places:
        told = {row[place].strip() for row in units} - {""}
        if len({parse_unit(text) for text in told} | ({parse_unit(unit)} if unit else set())) > 1:
            findings.append(_two_units(place, [*told, unit], line, file))
        moment = parse_moment(times[place].strip()) if times else None
        names, own = (labels[place], min(told, default=unit)) if told or unit else _unit_in(labels[place])
        columns.append(Column(place, names, moment, own, quality.get(place)))
    findings += _twice(columns, line, file)
    return Head(tuple(columns), measure, unit, title, tuple(findings))


def _measure(titles: tuple[str, ...], file: str) -> tuple[str, str, str, list[Finding]]:
    """(measure, unit, title, findings) of the title lines; `Bevölkerungsstand (Anzahl)` names measure and unit."""
    found = []
    for number, text in enumerate(titles):
        match = _MEASURE.fullmatch(text)
        if match and number and (parse_unit(match[2]).known or (number == len(titles) - 1 and not _NO_UNIT.search(match[2]))):
            found.append((number, match[1], match[2]))
    before = titles[: found[0][0]] if found else titles
    title = _title(before[:-1] if found and len(before) > 1 else before)  # the last one names the statistic
    if not found:
        return "", "", title, []
    findings = []
    if len({unit for *_, unit in found}) > 1:
        findings.append(_two_units(0, [unit for *_, unit in found], found[-1][0] + 2, file))
    selected = [text for number, text in enumerate(titles) if number > found[0][0] and number not in {n for n, *_ in found}]
    return " | ".join([*(text for _, text, _ in found), *selected]), found[0][2], title, findings


def _title(lines: tuple[str, ...]) -> str:
    """Title lines as one text, a line that is repeated once."""
    different = {line.rstrip(","): line for line in lines}
    return " ".join(different.values()).rstrip(",")


def _quality_columns(parts: Parts, rows: list[list[str]], width: int) -> dict[int, int]:
    """Column of numbers -> column of its quality marks: no heading of its own, and nothing but marks in it."""
    found: dict[int, int] = {}
    for place in range(parts.stub + 1, width):
        if place - 1 in found.values() or any(row[place].strip() not in ("", row[place - 1].strip()) for row in rows):
            continue
        cells = {cells[place].strip() for _, cells in parts.body}
        if cells <= _QUALITY_CELLS and cells & _QUALITY:
            found[place - 1] = place
    return found


def _all(row: list[str], places: list[int], test: Callable[[str], bool]) -> bool:
    """True when some cells of the row are filled and all of these pass."""
    filled = [row[place].strip() for place in places if row[place].strip()]
    return bool(filled) and all(test(text) for text in filled)


def _is_unit_row(row: list[str], places: list[int], last: bool) -> bool:
    """All filled cells are units, or it is the last row and at least one is."""
    units = [parse_unit(row[place]) for place in places if row[place].strip()]
    sure = [unit.known and not unit.noun for unit in units]
    return bool(sure) and (all(unit.known for unit in units) and any(sure) or (last and any(sure)))


def _labels(rows: list[list[str]], places: list[int]) -> dict[int, tuple[str, ...]]:
    """Labels above each column from the top; a row that only names the row below it is joined to that (`Alter: 0`)."""
    labels: dict[int, list[str]] = {place: [] for place in places}
    name = dict.fromkeys(places, "")
    for number, row in enumerate(rows):
        below = rows[number + 1] if number + 1 < len(rows) else None
        filled = [place for place in places if row[place].strip()]
        names = {row[place].strip() for place in filled}
        is_name = (
            below is not None
            and len(names) == 1
            and all(below[place].strip() for place in filled)
            and len({below[place].strip() for place in filled}) > 1
        )
        for place in filled:
            text = " ".join(row[place].split())
            if is_name:
                name[place] = text
            else:
                labels[place].append(f"{name[place]}: {text}" if name[place] else text)
                name[place] = ""
    return {place: tuple(texts) for place, texts in labels.items()}


def _unit_in(labels: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """(labels, unit) where the unit stands in brackets behind a label: `Fläche (ha)`."""
    found = [(place, match) for place, label in enumerate(labels) if (match := _MEASURE.fullmatch(label))]
    known = [(place, match) for place, match in found if parse_unit(match[2]).known and not parse_unit(match[2]).noun]
    if not known:
        return labels, ""
    place, match = known[-1]
    return (*labels[:place], match[1], *labels[place + 1 :]), match[2]


def _twice(columns: Iterable[Column], line: int, file: str) -> list[Finding]:
    often = Counter((column.labels, column.moment, column.unit) for column in columns)
    findings = []
    for (labels, moment, _), count in often.items():
        if count > 1:
            name = " | ".join((*labels, *([moment.date or moment.period] if moment else []))) or "ohne Überschrift"
            message = f"{count} Spalten haben dieselbe Überschrift „{name}“."
            findings.append(Finding("error", "column_twice", file, message, "Spalten unterscheiden oder streichen.", line, name))
    return findings


def _no_heading(place: int, line: int, file: str) -> Finding:
    message = f"Die Spalte {place + 1} enthält Angaben, aber über ihr steht keine Überschrift."
    return Finding("error", "heading_missing", file, message, "Datei neu abrufen.", line, str(place + 1))


def _two_units(place: int, units: list[str], line: int, file: str) -> Finding:
    text = " und ".join(f"„{unit}“" for unit in sorted({unit for unit in units if unit}))
    where = f"Für die Spalte {place + 1}" if place else "Im Titel"
    message = f"{where} stehen verschiedene Einheiten: {text}."
    return Finding("error", "unit_twice", file, message, "Klären, welche Einheit gilt, und die andere streichen.", line)
