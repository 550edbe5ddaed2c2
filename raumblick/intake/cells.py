"""The slow look at a CSV that the fast typed read refused: every wrong cell with row, column and remedy.

German numbers, dates and yes/no words are understood here, column by column; what stays unclear is an error, never a
guess. The file is read in pieces and twice (what number format has a column? what is in its cells?), so its size does
not matter.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from raumblick.catalogue import ColumnSpec, TableSpec
from raumblick.intake.findings import Finding, has_errors
from raumblick.intake.header import broken_csv, read_header, shorten, wrong_encoding
from raumblick.intake.numbers import SIGNS, parse_numbers

MOST_ROWS = 20  # rows named one by one for each kind of fault in a column; the rest is counted
MOST_AMOUNT = 1e12  # no city's account holds more, and no wider number fits the staging file
PIECE = 50_000
NUMERIC = ("integer", "number", "decimal")
_YES_NO = {"true": True, "ja": True, "wahr": True, "1": True, "false": False, "nein": False, "falsch": False, "0": False}


def explain_csv(path: Path, file: str, spec: TableSpec, accept: Callable[[pd.DataFrame], None]) -> list[Finding]:
    """Read a CSV cell by cell.

    Args:
        path: the file; its header has no error.
        file: its name in findings.
        spec: the table it holds.
        accept: takes the converted rows, piece by piece, in the order of the file, as long as nothing is wrong.

    Returns:
        The findings. When one of them is an error, `accept` may have taken some pieces, which are then to be dropped.
    """
    header, _ = read_header(path, file, spec)
    known = [name for name in header if name in spec.names]
    findings: list[Finding] = []
    formats = {name: _Format(spec.column(name)) for name in known if spec.column(name).type in NUMERIC}
    for lines, frame in _pieces(path, file, header, findings):
        for name, form in formats.items():
            form.look(lines, frame[name])
    proven = {mark for form in formats.values() for mark in form.proven}
    marks = {name: form.mark(proven) for name, form in formats.items()}
    unclear = [name for name, mark in marks.items() if mark is None]
    findings += [formats[name].finding(file) for name in unclear]
    faults = _Faults()
    for lines, frame in _pieces(path, file, header, []):
        converted = {}
        for name in known:
            converted[name], bad = _convert(frame[name], spec.column(name), marks.get(name) or ".")
            for position in bad[bad].index if name not in unclear else ():  # their numbers cannot be read at all
                faults.add(_cell_fault(file, int(lines[position]), spec.column(name), str(frame[name][position])))
        if not faults.total and not has_errors(findings):
            accept(pd.DataFrame(converted))
    findings += faults.listed()
    german = sorted(name for name, form in formats.items() if "," in form.proven)
    if german and not has_errors(findings):
        message = f"Zahlen mit Dezimalkomma gelesen: Spalte {', '.join(german)}."
        findings.append(Finding("info", "german_numbers", file, message, ""))
    return findings


def cap(findings: list[Finding], total: int | None = None) -> list[Finding]:
    """At most MOST_ROWS findings of one kind and one line that counts the rest (`total` where more were found)."""
    total = len(findings) if total is None else total
    shown = findings[:MOST_ROWS]
    if total > len(shown) and shown:
        rest = f"{total - len(shown):,}".replace(",", ".")
        shown = [*shown, replace(shown[0], message=f"Dasselbe in {rest} weiteren Zeilen.", row=None)]
    return shown


def at_lines(findings: list[Finding], paths: dict[str, Path]) -> list[Finding]:
    """Findings whose rows count records, with the line of the file in its place.

    A record is not a line where blank lines or line breaks in quoted cells come before it. `paths` gives the CSV file
    behind the file name of a finding; findings of other files come back as they are.
    """
    wanted: dict[str, set[int]] = {}
    for finding in findings:
        if finding.row is not None and finding.file in paths:
            wanted.setdefault(finding.file, set()).add(finding.row)
    lines = {file: _lines_of(paths[file], records) for file, records in wanted.items()}
    return [replace(f, row=lines.get(f.file, {}).get(f.row, f.row)) if f.row is not None else f for f in findings]


def _lines_of(path: Path, records: set[int]) -> dict[int, int]:
    """First line of each record asked for; record 1 is the header."""
    found, last = {}, max(records)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        number, line = 0, 1
        for cells in reader:
            if cells:
                number += 1
                if number in records:
                    found[number] = line
                if number >= last:
                    break
            line = reader.line_num + 1
    return found


@dataclass
class _Faults:
    """Findings by column and kind: the first MOST_ROWS of each, and how many there are."""

    shown: dict[tuple[str | None, str], list[Finding]] = field(default_factory=dict)
    total: dict[tuple[str | None, str], int] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        key = finding.column, finding.code
        self.total[key] = self.total.get(key, 0) + 1
        if self.total[key] <= MOST_ROWS:
            self.shown.setdefault(key, []).append(finding)

    def listed(self) -> list[Finding]:
        return [finding for key, shown in self.shown.items() for finding in cap(shown, self.total[key])]


@dataclass
class _Format:
    """What the cells of one column prove about its decimal mark: (line, text) of the first cell for each verdict.

    `,` and `.`: can be read with this mark only; `1.234` and `1,234`: can be read with both.
    """

    column: ColumnSpec
    seen: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def proven(self) -> set[str]:
        return self.seen.keys() & {",", "."}

    def look(self, lines: pd.Series, cells: pd.Series) -> None:
        cells = cells[cells.str.contains("[.,]")].str.strip()
        if cells.empty:
            return
        comma, point = (parse_numbers(cells, decimal=mark)[0].notna() for mark in ",.")
        both, with_comma = comma & point, cells.str.contains(",", regex=False)
        verdicts = {",": comma & ~point, ".": point & ~comma, "1,234": both & with_comma, "1.234": both & ~with_comma}
        for verdict, mask in verdicts.items():
            if verdict not in self.seen and mask.any():
                first = mask.idxmax()
                self.seen[verdict] = int(lines[first]), str(cells[first])

    def mark(self, in_file: set[str]) -> str | None:
        """The decimal mark, None where it stays unclear. `in_file`: marks that any column of the file proves."""
        unclear = self.seen.keys() - {",", "."}
        if self.proven or not unclear:
            return min(self.proven, default=".") if len(self.proven) < 2 else None
        if len(unclear) == 2 or len(in_file) == 2:
            return None
        written = "," if "1,234" in unclear else "."
        if not in_file and written == ",":
            return None
        mark = min(in_file, default=".")  # the package writes a decimal point
        return mark if mark != written or self.column.type == "number" else None  # 1.000 persons are not one person

    def finding(self, file: str) -> Finding:
        if len(self.proven) == 2:
            first, second = sorted((self.seen[","], self.seen["."]))
            message = f"Die Spalte mischt Dezimalkomma und Dezimalpunkt: „{first[1]}“ und „{second[1]}“."
            remedy = "Eine Schreibweise wählen."
            return Finding("error", "numbers_mixed", file, message, remedy, second[0], self.column.name)
        line, text = self.seen.get("1,234") or self.seen["1.234"]
        message = f"„{text}“ kann Tausender oder Nachkommastellen meinen."
        remedy = "Ohne Tausendertrennung schreiben."
        return Finding("error", "numbers_unclear", file, message, remedy, line, self.column.name)


def _pieces(path: Path, file: str, header: list[str], findings: list[Finding]) -> Iterator[tuple[pd.Series, pd.DataFrame]]:
    """(line at which each row begins, rows as text) in pieces; what is wrong with whole lines goes to `findings`."""
    wrong = _Faults()
    lines: list[int] = []
    rows: list[list[str]] = []
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="", errors="strict") as stream:
            reader = csv.reader(stream, strict=True)
            next(reader)
            line = reader.line_num + 1
            for cells in reader:
                if cells and len(cells) != len(header) and not _only_trailing(cells, len(header)):
                    wrong.add(_length_fault(file, line, len(cells), len(header)))
                elif cells:
                    lines.append(line)
                    rows.append(cells[: len(header)])
                line = reader.line_num + 1
                if len(rows) == PIECE:
                    yield pd.Series(lines), pd.DataFrame(rows, columns=header, dtype="str")
                    lines, rows = [], []
    except UnicodeDecodeError:
        wrong.add(wrong_encoding(file, _bad_line(path)))
    except csv.Error as error:
        wrong.add(broken_csv(file, error, line))
    findings += wrong.listed()
    if rows:
        yield pd.Series(lines), pd.DataFrame(rows, columns=header, dtype="str")


def _only_trailing(cells: list[str], width: int) -> bool:
    """True when a row ends with one separator too many, as the fast read allows it too."""
    return len(cells) == width + 1 and cells[-1] == ""


def _convert(text: pd.Series, column: ColumnSpec, mark: str) -> tuple[pd.Series, pd.Series]:
    """(converted column, mask of cells that do not fit)."""
    stripped = text.str.strip()
    filled = stripped != ""
    values: pd.Series
    if column.type == "text":
        return stripped.where(filled, None), pd.Series(False, index=text.index)
    if column.type == "date":
        values = pd.to_datetime(stripped.where(filled), format="%Y-%m-%d", errors="coerce")
        german = pd.to_datetime(stripped.where(filled), format="%d.%m.%Y", errors="coerce")
        values = values.fillna(german)
    elif column.type == "boolean":
        values = stripped.str.lower().map(_YES_NO).astype("boolean")
    else:
        numbers, signs = parse_numbers(stripped.where(filled), decimal=mark)
        values = numbers.where(signs.isna())
        if column.type == "integer":
            values = values.where(values.isna() | (values % 1 == 0))
        elif column.type == "decimal":
            values = values.where(values.isna() | (values.abs() < MOST_AMOUNT))
    return values, filled & values.isna()


def _cell_fault(file: str, row: int, column: ColumnSpec, text: str) -> Finding:
    expected = {
        "date": ("kein Datum", "Als JJJJ-MM-TT oder TT.MM.JJJJ schreiben."),
        "boolean": ("weder ja noch nein", "true oder false (ja oder nein) schreiben."),
        "integer": ("keine ganze Zahl", "Eine ganze Zahl schreiben oder die Zelle leer lassen."),
        "number": ("keine Zahl", "Eine Zahl schreiben oder die Zelle leer lassen."),
        "decimal": ("kein Betrag", "Einen Betrag wie 1234.50 schreiben oder die Zelle leer lassen."),
    }
    what, remedy = expected[column.type]
    if text.strip() in SIGNS:
        remedy = "Die Zelle leer lassen; Zeichen der Statistik haben in observation.csv die Spalte sign."
    return Finding("error", f"not_{column.type}", file, f"„{shorten(text, 40)}“ ist {what}.", remedy, row, column.name)


def _length_fault(file: str, row: int, found: int, expected: int) -> Finding:
    message = f"Die Zeile hat {found} statt {expected} Zellen."
    remedy = "Trennzeichen und Anführungszeichen prüfen; ist die Datei abgeschnitten?"
    return Finding("error", "row_length", file, message, remedy, row)


def _bad_line(path: Path) -> int:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1
