"""The heading of a table in a spreadsheet: where it begins, which columns name a place, what the others measure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from raumblick.intake.files.periods import Period, find_period, read_period
from raumblick.intake.files.sheets import Cell, Sheet, cell_text, column_letters
from raumblick.intake.files.units import Unit, parse_unit
from raumblick.intake.numbers import SIGNS

_NUMBER = re.compile(r"\(?[-+−]?\d[\d.,'’\s]*(?:\s*[%€])?\)?-?")
_KEY_HEADING = re.compile(
    r"\b(nr|nummer|schlüssel\w*|\w*schlüssel|kennziffer|kennung|kennzahl|ags|rs|ars|id|code|key|plr\w*|lor\w*|raumid)\b",
    re.IGNORECASE,
)
_PERIOD_HEADING = re.compile(
    r"^(jahr|year|zeit|zeitraum|berichtsjahr|stichtag|stand|monat|month|datum|date|period\w*)$", re.IGNORECASE
)
_HYPHENATED = re.compile(r"(?<=[a-zäöüß])-(?:\s*\n\s*)?(?=[a-zäöüß])(?!(?:und|oder|bis|bzw)\b)")
_FOOTNOTE = re.compile(r"(?<!m)[¹²³⁴⁵⁶⁷⁸⁹⁰]+\)?|(?<=[a-zäöüß])\s?\d\)$")
_UNIT_IN = re.compile(
    r"(?:\bin\s+(?!in\b)|[\[(]\s*(?:in\s+)?)"
    r"((?:1[ .]?000|Tsd\.?|Tausend|Mio\.?|Mill\.?|Mrd\.?)(?:\s+(?:EUR|Euro|€|Personen|Einwohner))?|[^\s()\[\],;]+)",
    re.IGNORECASE,
)
_UNIT_PER = re.compile(r"\bje (?:1[ .]?000|10[ .]?000|100[ .]?000|100|km²|m²|ha)(?!\w).*", re.IGNORECASE)
JOINT = " | "


@dataclass(frozen=True)
class Measure:
    """One column of numbers: its position, what it measures, unit, and the period if the heading names one."""

    column: int
    series: str
    unit: Unit
    period: Period | None


@dataclass(frozen=True)
class Head:
    """The heading of one table.

    Rows and columns are 0-based. `first` is the first row of the heading, `data` the first row below it, `end` the row
    behind the table, where another one may begin. `keys`, `names` and `periods` are the columns that hold keys, names
    and periods of the rows; `key_heading` is the text above the names. `titles` are the texts above the heading.
    `filled` names headings that were read as holding for the empty cells right of them as well, `unread` the columns
    of text that belong to neither.
    """

    first: int
    data: int
    end: int
    titles: tuple[str, ...]
    keys: tuple[int, ...]
    names: tuple[int, ...]
    periods: tuple[int, ...]
    key_heading: str
    measures: tuple[Measure, ...]
    unread: tuple[int, ...]
    filled: tuple[str, ...]


def kind_of(cell: Cell) -> str:
    """What a cell holds: `empty`, `number` (also as text), `sign` of the statistics or `text`."""
    if not isinstance(cell, str):
        return "number"
    text = cell.strip()
    if not text:
        return "empty"
    if text in SIGNS:
        return "sign"
    return "number" if _NUMBER.fullmatch(text) else "text"


def find_head(sheet: Sheet) -> Head | None:
    """The heading of the largest table of a sheet; None when the sheet holds no table of numbers with a heading."""
    kinds = [[kind_of(cell) for cell in row] for row in sheet.cells]
    covered = {
        (row, column)
        for top, left, bottom, right in sheet.merged
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
        if (row, column) != (top, left)
    }
    anchors = [[j for j, kind in enumerate(row) if kind != "empty" and (i, j) not in covered] for i, row in enumerate(kinds)]
    place = _place(sheet, kinds, anchors)
    return _head(sheet, kinds, anchors, covered, *place) if place else None


def is_heading_row(cells: Sequence[Cell], kinds: Sequence[str]) -> bool:
    """True when a row with numbers is still a heading: its numbers are years, or count 0, 1, 2 ... or 1, 2, 3 ..."""
    numbers = [float(cell) for cell, kind in zip(cells, kinds, strict=True) if kind == "number" and not isinstance(cell, str)]
    if not numbers and "number" in kinds:
        texts = [str(cell).strip() for cell, kind in zip(cells, kinds, strict=True) if kind == "number"]
        numbers = [float(text) for text in texts if text.isdecimal()] if all(text.isdecimal() for text in texts) else []
    if len(numbers) < 2 or sum(kind == "sign" for kind in kinds):
        return False
    distinct = list(dict.fromkeys(numbers))
    if len(distinct) > 1 and all(number.is_integer() and 1950 <= number <= 2100 for number in distinct):
        return True
    return len(numbers) > 2 and numbers[0] in (0, 1) and all(b - a == 1 for a, b in zip(numbers, numbers[1:], strict=False))


def _place(sheet: Sheet, kinds: list[list[str]], anchors: list[list[int]]) -> tuple[int, int, int] | None:
    """(first row of the heading, first data row, one behind the last) of the table with the most numbers."""
    blocks = list(_blocks(anchors))
    if not blocks:
        return None
    numbers = [sum(row.count("number") for row in kinds[a:b]) for a, b in blocks]
    for block in range(numbers.index(max(numbers)), -1, -1):
        start, end = blocks[block]
        top = next((row for row in range(start, end) if len(anchors[row]) > 1), None)
        if top is None:
            continue
        if _is_data(sheet, kinds, anchors, top) and kinds[top].count("text") < 2 and block:
            continue  # rows of a table whose heading stands further up
        data = next((row for row in range(top + 1, len(kinds)) if _begins_data(sheet, kinds, anchors, top, row)), None)
        if data is not None:
            return top, data, _end(sheet, kinds, anchors, top, data)
    return None


def _begins_data(sheet: Sheet, kinds: list[list[str]], anchors: list[list[int]], top: int, row: int) -> bool:
    """True for the first row below a heading: it holds numbers, or a name where the heading already had one."""
    if _is_data(sheet, kinds, anchors, row):
        return True
    named = any(anchors[above][:1] == [0] for above in range(top, row))
    return named and anchors[row][:1] == [0] and kinds[row][0] == "text"


def _end(sheet: Sheet, kinds: list[list[str]], anchors: list[list[int]], top: int, data: int) -> int:
    """The row at which another table begins: a row of texts below an empty row, or one that begins like the heading."""
    for row in range(data + 1, len(kinds)):
        texts = kinds[row][1:].count("text")
        again = not anchors[row - 1] or sheet.cells[row][0] == sheet.cells[top][0]
        if texts > 1 and again and not {"number", "sign"} & set(kinds[row]):
            return row
    return len(kinds)


def _is_data(sheet: Sheet, kinds: list[list[str]], anchors: list[list[int]], row: int) -> bool:
    rest = [kind for kind in kinds[row][1:] if kind != "empty"]
    if "number" not in kinds[row]:
        return bool(rest) and set(rest) == {"sign"}
    unnamed = anchors[row][:1] != [0] or _counts_columns(sheet, row)
    heading = unnamed and is_heading_row(sheet.cells[row], kinds[row])
    return ("number" in rest or len(kinds[row]) == 1) and not heading


def _blocks(anchors: list[list[int]]) -> Iterator[tuple[int, int]]:
    """Runs of rows that are not empty, as (first, one behind the last)."""
    start = None
    for row, filled in enumerate([*anchors, []]):
        if filled and start is None:
            start = row
        elif not filled and start is not None:
            yield start, row
            start = None


def _head(
    sheet: Sheet,
    kinds: list[list[str]],
    anchors: list[list[int]],
    covered: set[tuple[int, int]],
    top: int,
    data: int,
    end: int,
) -> Head | None:
    parts, filled = _parts(sheet, anchors, covered, top, data)
    headings = [JOINT.join(part) for part in parts]
    keys, names, periods = _label_columns(sheet, kinds[:end], headings, data)
    if not keys and not names:
        return None
    used = {*keys, *names, *periods}
    measured: list[int] = []
    unread: list[int] = []
    for column in range(sheet.width):
        below = {row[column] for row in kinds[data:end]}
        if column in used or below <= {"empty"}:
            continue
        (measured if below & {"number", "sign"} else unread).append(column)
    titles = tuple(dict.fromkeys(cell_text(cell) for row in sheet.cells[:top] for cell in row if cell != ""))
    heading = headings[(names or keys)[-1]]
    measures = tuple(_measure(column, parts[column], titles, sheet.name) for column in measured)
    return Head(top, data, end, titles, keys, names, periods, heading, measures, tuple(unread), filled)


def _parts(
    sheet: Sheet, anchors: list[list[int]], covered: set[tuple[int, int]], top: int, data: int
) -> tuple[list[list[str]], tuple[str, ...]]:
    """The texts above each column from top to bottom, and the headings that were continued to the right."""
    rows = [i for i in range(top, data) if anchors[i]]
    named = [i for i in rows if not _counts_columns(sheet, i)] or rows
    parts: list[list[str]] = [[] for _ in range(sheet.width)]
    filled = []
    for i in named:
        held = ""
        for column in range(sheet.width):
            text = _clean(sheet.cells[i][column])
            below = any(sheet.cells[k][column] != "" for k in named if k > i)
            if not text and held and below and (i, column) not in covered and not parts[column]:
                text = held
                filled.append(held)
            elif text:
                held = text if below else ""
            else:
                held = ""
            if text and text not in parts[column][-1:]:
                parts[column].append(text)
    return parts, tuple(dict.fromkeys(filled))


def _counts_columns(sheet: Sheet, row: int) -> bool:
    """True for a row that only numbers the columns: 1, 2, 3 ..."""
    cells = [(column + 1, cell) for column, cell in enumerate(sheet.cells[row]) if cell != ""]
    return len(cells) > 1 and all(cell_text(cell) in (str(at), str(at - 1)) for at, cell in cells)


def _clean(cell: Cell) -> str:
    """A heading without line-break hyphens (`Bevölkerungs-dichte`) and footnote marks."""
    if not isinstance(cell, str):
        return cell_text(cell)
    return " ".join(_FOOTNOTE.sub("", _HYPHENATED.sub("", cell)).split())


def _label_columns(
    sheet: Sheet, kinds: list[list[str]], headings: list[str], data: int
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """(key columns, name columns, period columns): the columns left of the first numbers that measure something."""
    keys: list[int] = []
    names: list[int] = []
    periods: list[int] = []
    numeric: list[int] = []  # columns of numbers left of the first name
    for column in range(sheet.width):
        below = [row[column] for row in kinds[data:] if row[column] != "empty"]
        if not below:
            continue
        if _is_period(sheet, column, headings[column], data, len(kinds)):
            periods.append(column)
        elif below.count("text") * (5 if names else 2) > len(below) * (4 if names else 1):
            keys += [c for c in numeric if not keys]  # a number left of a name is its key
            numeric = []
            names.append(column)
        elif _KEY_HEADING.search(headings[column]) and not (keys or numeric):
            keys.append(column)
        elif not names and not keys and not numeric:
            numeric.append(column)
        else:
            break
    return tuple(keys), tuple(names), tuple(periods)


def _is_period(sheet: Sheet, column: int, heading: str, data: int, end: int) -> bool:
    cells = [cell_text(row[column]) for row in sheet.cells[data:end] if row[column] != ""]
    hits = sum(read_period(cell) is not None for cell in cells)
    named = bool(_PERIOD_HEADING.match(heading.split(JOINT)[-1]))
    return hits * 10 >= len(cells) * 9 and (named or any(not cell.isdecimal() for cell in cells))


def _measure(column: int, parts: list[str], titles: tuple[str, ...], sheet_name: str) -> Measure:
    periods = [find_period(part) for part in parts]
    period = next((found for found in reversed(periods) if found), None)
    if period is None:
        named = {(found.period, found.date): found for found in map(find_period, titles) if found}
        period = next(iter(named.values())) if len(named) == 1 else read_period(sheet_name)
    texts = [found.rest if found else part for found, part in zip(periods, parts, strict=True)]
    texts = [text for i, text in enumerate(texts) if text and text not in texts[i - 1 : i]]
    series = JOINT.join(texts) or (titles[0] if titles else sheet_name) or f"Spalte {column_letters(column)}"
    return Measure(column, series, unit_of(parts), period)


def unit_of(parts: Sequence[str]) -> Unit:
    """The unit that the texts above a column name, the lowest first: `in %`, `(in EUR)`, `je 1 000 Einwohner`, `Anzahl`."""
    for part in reversed(parts):
        for match in _UNIT_IN.finditer(part):
            unit = parse_unit(match[1].strip("."))
            if unit.known and (not unit.noun or match[0][0] in "[("):
                return unit
        if part.rstrip().endswith("%") or part.strip() in ("%", "EUR", "€"):
            return parse_unit(part.split()[-1])
    for part in reversed(parts):
        per = _UNIT_PER.search(part)
        if per:
            return Unit(per[0])
    counted = any(re.match(r"(?:Anzahl|Zahl)\b", part) for part in parts)
    return Unit("Anzahl") if counted else Unit("", known=False)
