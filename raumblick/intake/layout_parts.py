"""What every reading by a layout needs: the data rows, the columns it names, their keys, periods and numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.intake.cells import cap
from raumblick.intake.files.moments import Moment, parse_moment
from raumblick.intake.files.sheets import Cell, distinct
from raumblick.intake.files.units import scale
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.header import shorten
from raumblick.intake.layout_grid import Grid, texts
from raumblick.intake.layout_model import Column, FilePart, Layout, ValuePart, open_questions
from raumblick.intake.numbers import AmbiguousNumbers, decimal_mark, parse_numbers, unreadable
from raumblick.intake.persons import person_findings
from raumblick.intake.profiles.bricks import listing, number

JOINT = " | "


@dataclass(frozen=True, eq=False)
class DataRows:
    """The data rows of a file: lines (1-based), cells as delivered and as text, heading of each column, name of the file."""

    lines: list[int]
    cells: list[list[Cell]]
    texts: list[list[str]]
    headings: list[str]
    file: str

    def column(self, place: int) -> list[str]:
        """The texts of one column, by its 0-based place."""
        return [row[place] for row in self.texts]


def refuse_open(layout: Layout, file: str) -> None:
    """Raise IntakeError with every question of the layout that is still open."""
    remedy = "Im Zuordnungs-Assistenten oder in der Vorlage beantworten."
    questions = open_questions(layout)
    if questions:
        raise IntakeError([Finding("error", "layout_open", file, question, remedy, None, place) for place, question in questions])


def assumptions(layout: Layout, file: str) -> list[Finding]:
    """What the layout takes for granted although the file does not prove it."""
    if not layout.detect.asks:
        return []
    message = f"Gelesen nach der Vorlage „{layout.title}“. {layout.detect.asks}"
    remedy = "Stimmt das nicht, die Datei mit einer eigenen Vorlage lesen."
    return [Finding("warning", "layout_assumes", file, message, remedy)]


def headings_of(grid: Grid, header_rows: Iterable[int]) -> list[str]:
    """The heading of each column: the different texts of the header rows from top to bottom, joined by ` | `."""
    wanted = set(header_rows)
    rows = [texts(cells) for line, cells in zip(grid.lines, grid.cells, strict=True) if line in wanted]
    width = max((len(cells) for cells in grid.cells), default=0)
    parts = [[row[place] for row in rows if place < len(row) and row[place]] for place in range(width)]
    return [JOINT.join(dict.fromkeys(part)) for part in parts]


def data_rows(layout: Layout, grid: Grid, file: str, findings: list[Finding]) -> DataRows:
    """The rows between the first and the last data row, with their headings.

    Raises:
        IntakeError: there are none, or a column looks like data of single persons.
    """
    part = layout.file
    missing = [line for line in part.header_rows or () if line not in grid.lines]
    if missing:
        message = f"Die Überschrift soll in Zeile {missing[0]} stehen, dort steht nichts."
        raise IntakeError([Finding("error", "header_missing", file, message, "Die Vorlage prüfen.", missing[0])])
    lines, cells = _cut(part, grid, file, findings)
    headings = headings_of(grid, part.header_rows or ())
    if part.kind == "csv":
        headed = [len(row) for line, row in zip(grid.lines, grid.cells, strict=True) if line in (part.header_rows or ())]
        headings = headings[: max(headed or [len(cells[0])])]
        cells = _even(lines, cells, len(headings), file, findings)
    table = DataRows(lines, cells, [texts(row) for row in cells], headings, file)
    names = distinct([heading or f"Spalte {place}" for place, heading in enumerate(headings, start=1)])
    persons = person_findings(file, pd.DataFrame(table.texts, columns=names, dtype="object"), max(part.header_rows or (1,)))
    if persons:
        raise IntakeError(persons)
    return table


def _cut(part: FilePart, grid: Grid, file: str, findings: list[Finding]) -> tuple[list[int], list[list[Cell]]]:
    """(lines, cells) between the first and the last data row, without blank rows."""
    first, last = part.first_row or 1, part.last_row or grid.lines[-1]
    lines, cells, stopped = [], [], False
    for line, row in zip(grid.lines, grid.cells, strict=True):
        beginning = next((text for text in texts(row) if text), "")
        if not first <= line <= last or not beginning:
            continue
        stopped = bool(part.stop_at) and beginning.startswith(str(part.stop_at))
        if stopped:
            break
        lines.append(line)
        cells.append(row)
    if part.stop_at and not stopped:
        message = f"Die Zeile „{shorten(part.stop_at, 40)}“, vor der die Daten enden, fehlt."
        findings.append(Finding("warning", "stop_missing", file, message, "Ist die Datei vollständig?"))
    if not lines:
        message = f"Ab Zeile {first} stehen keine Daten."
        raise IntakeError([Finding("error", "rows_missing", file, message, "Die Vorlage prüfen.", first)])
    return lines, cells


def _even(lines: list[int], cells: list[list[Cell]], width: int, file: str, findings: list[Finding]) -> list[list[Cell]]:
    """Rows of one width; an error for each that had more or fewer cells."""
    remedy = "Trennzeichen und Anführungszeichen prüfen; ist die Datei abgeschnitten?"
    ragged = [(line, len(row)) for line, row in zip(lines, cells, strict=True) if len(row) != width]
    findings += cap(
        [Finding("error", "row_length", file, f"Die Zeile hat {n} statt {width} Zellen.", remedy, line) for line, n in ragged]
    )
    return [(row + [""] * width)[:width] for row in cells]


def column_places(layout: Layout, table: DataRows) -> dict[Column, int]:
    """0-based place of every column that the layout names."""
    book = layout.booking
    named: list[Column | None] = [layout.key.column, layout.key.name, layout.period.column, *layout.series]
    named += [book.product, book.product_name, book.account, book.account_name, book.side]
    wanted = dict.fromkeys(column for column in [*named, *(v.column for v in layout.values or ())] if column is not None)
    places: dict[Column, int] = {}
    faults = []
    for column in wanted:
        plain = " ".join(column.split()) if isinstance(column, str) else column
        found = [i for i, heading in enumerate(table.headings) if heading == plain] if isinstance(plain, str) else [plain - 1]
        if len(found) == 1 and 0 <= found[0] < len(table.headings):
            places[column] = found[0]
            continue
        what = "steht mehrmals da; in der Vorlage die Nummer der Spalte nennen" if len(found) > 1 else "fehlt"
        remedy = f"Vorhanden sind: {listing([shorten(heading, 40) for heading in table.headings if heading], 20)}."
        faults.append(Finding("error", "column_missing", table.file, f"Die Spalte „{column}“ {what}.", remedy, None, str(column)))
    if faults:
        raise IntakeError(faults)
    return places


def regions_of(
    layout: Layout, table: DataRows, places: dict[Column, int], findings: list[Finding]
) -> tuple[list[str], list[str]]:
    """(key, name) of each row."""
    key, height = layout.key, len(table.lines)
    names = table.column(places[key.name]) if key.name is not None else [key.value or ""] * height
    given = table.column(places[key.column]) if key.column is not None else names
    if key.column is None and not key.codes:
        return [""] * height, names
    place = str(key.column if key.column is not None else key.name or "")
    keys = [key.codes.get(text, "") if key.codes else text for text in given]
    faults = [
        fault
        for line, text, code in zip(table.lines, given, keys, strict=True)
        if (fault := _key_fault(layout, table.file, line, place, text, code))
    ]
    for kind in dict.fromkeys(fault.code for fault in faults):
        findings += cap([fault for fault in faults if fault.code == kind])
    padded = [code.zfill(key.length) if key.length and code.isdecimal() else code for code in keys]
    mended = sum(a != b for a, b in zip(keys, padded, strict=True))
    if mended:
        message = f"Führende Nullen der Schlüssel ergänzt ({number(mended)} Zeilen)."
        findings.append(Finding("info", "keys_restored", table.file, message, ""))
    return padded, names


def _key_fault(layout: Layout, file: str, line: int, place: str, text: str, code: str) -> Finding | None:
    """What is wrong with the key of one row: none at all, none in the layout, or of the wrong length."""
    if not text:
        return Finding("warning", "key_missing", file, "Die Zeile hat keinen Schlüssel.", "Schlüssel ergänzen.", line, place)
    if not code:
        message = f"„{shorten(text, 40)}“ hat in der Vorlage keinen Schlüssel."
        return Finding("error", "key_unknown", file, message, "In [key.codes] ergänzen.", line, place)
    length = layout.key.length
    if length and (len(code) > length or (len(code) < length and not code.isdecimal())):
        message = f"Der Schlüssel „{shorten(code, 40)}“ hat nicht {length} Stellen."
        return Finding("error", "key_length", file, message, "Ist es eine Summenzeile?", line, place)
    return None


def moments_of(layout: Layout, table: DataRows, places: dict[Column, int], findings: list[Finding]) -> list[Moment | None]:
    """The period of each row; None where the columns of values have their own."""
    if layout.period.column is None:
        return [parse_moment(layout.period.value) if layout.period.value else None] * len(table.lines)
    cells = table.column(places[layout.period.column])
    moments = {text: parse_moment(text.removesuffix(".0")) for text in set(cells)}
    faults = [
        Finding("error", "period_unknown", table.file, f"„{shorten(text, 40)}“ ist kein Zeitraum.",
                "Jahr, Monat oder Tag schreiben: 2024, 2024-06, 31.12.2024.", line, str(layout.period.column))
        for line, text in zip(table.lines, cells, strict=True)
        if moments[text] is None
    ]  # fmt: skip
    findings += cap(faults)
    return [moments[text] for text in cells]


def numbers_of(
    layout: Layout, table: DataRows, value: ValuePart, place: int, findings: list[Finding]
) -> tuple[pd.Series, pd.Series]:
    """(scaled numbers, signs) of one column."""
    cells = pd.Series([row[place] for row in table.texts], dtype="string")
    meaning = cells.map(layout.signs).astype("string")
    is_number = pd.Series([not isinstance(row[place], str) for row in table.cells])
    plain = cells.where(meaning.isna(), "")
    numbers, signs = parse_numbers(plain.where(~is_number, ""), decimal=layout.file.decimal or ".")
    exact = [float(row[place]) if not isinstance(row[place], str) else np.nan for row in table.cells]
    numbers = numbers.where(~is_number, pd.Series(exact, dtype="Float64"))
    bad = unreadable(plain, numbers, signs)
    findings += _thousandths(layout, table, value, plain.where(~is_number, ""))
    remedy = "Eine Zahl schreiben, oder in der Vorlage unter [signs] sagen, was der Text bedeutet."
    faults = [
        Finding(
            "error", "not_number", table.file, f"„{shorten(text, 40)}“ ist keine Zahl.", remedy, table.lines[i], str(value.column)
        )
        for i, text in cells[bad].items()
    ]
    findings += cap(faults)
    zero = (meaning == "zero").fillna(False).astype(bool)
    if zero.any():
        text = listing(sorted(set(cells[zero])))
        message = f"„{text}“ gilt nach der Vorlage als 0, {number(int(zero.sum()))} mal."
        findings.append(Finding("info", "sign_zero", table.file, message, "", None, str(value.column)))
    numbers = numbers.mask(zero, 0.0)
    signs = signs.fillna(meaning.where(~meaning.isin(["zero", "missing"])))
    return scale(numbers, pd.Series(float(value.scale or 1), index=numbers.index, dtype="Float64")), signs


def _thousandths(layout: Layout, table: DataRows, value: ValuePart, cells: pd.Series) -> list[Finding]:
    """A warning where only the layout says that `1.234` is a bit more than one: no other cell of the column proves it."""
    if layout.file.decimal != ".":
        return []
    try:
        decimal_mark(cells)
    except AmbiguousNumbers as error:
        shown = error.examples[0]
        message = f"„{shown}“ wird nach der Vorlage mit Dezimalpunkt gelesen; nichts in der Spalte beweist es."
        remedy = "Sind es Tausender, in der Vorlage unter decimal ein Komma angeben."
        line = table.lines[int(cells.eq(shown).to_numpy().argmax())]
        return [Finding("warning", "decimal_assumed", table.file, message, remedy, line, str(value.column))]
    return []


def left_out(table: DataRows, places: dict[Column, int]) -> list[Finding]:
    """An info finding that names the columns which the layout does not."""
    unread = [heading or f"Spalte {i + 1}" for i, heading in enumerate(table.headings) if i not in places.values()]
    if not unread:
        return []
    message = f"Spalten, die die Vorlage nicht nennt, wurden nicht gelesen: {listing([shorten(h, 40) for h in unread], 30)}."
    return [Finding("info", "column_unread", table.file, message, "")]
