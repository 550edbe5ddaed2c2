"""The slow look at a CSV that the fast typed read refused: every wrong cell with row, column and remedy.

German numbers, dates and yes/no words are understood here, column by column; what stays unclear is an error, never a
guess. The file is read in pieces, so its size does not matter.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from raumblick.catalogue import ColumnSpec, TableSpec
from raumblick.intake.findings import Finding, has_errors
from raumblick.intake.numbers import parse_numbers

MOST_ROWS = 20  # rows named one by one for each kind of fault in a column; the rest is counted
PIECE = 200_000
_YES_NO = {
    "true": True,
    "ja": True,
    "wahr": True,
    "1": True,
    "false": False,
    "nein": False,
    "falsch": False,
    "0": False,
}


def shorten(text: str, most: int = 80) -> str:
    """One line of at most `most` characters, for quoting delivered text in a message."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def read_header(path: Path, file: str, spec: TableSpec) -> tuple[list[str], list[Finding]]:
    """Column names of a CSV and what is wrong with them.

    Returns:
        (names in the order of the file, findings). An empty list of names comes with an error.
    """
    try:
        with path.open("rb") as stream:
            line = stream.readline(1_000_000)
        header = next(csv.reader([line.decode("utf-8-sig")]), [])
    except FileNotFoundError:
        return [], [
            Finding(
                "error",
                "file_missing",
                file,
                "Die Datei fehlt.",
                "Datei mitliefern oder aus datapackage.json streichen.",
            )
        ]
    except (OSError, csv.Error) as error:
        return [], [
            Finding(
                "error",
                "csv_unreadable",
                file,
                f"Die Datei lässt sich nicht lesen: {error}",
                "Datei neu als CSV speichern.",
            )
        ]
    except UnicodeDecodeError:
        return [], [_encoding(file, 1)]
    if not [name for name in header if name.strip()]:
        return [], [
            Finding(
                "error",
                "file_empty",
                file,
                "Die Datei ist leer.",
                "Eine Kopfzeile und Zeilen eintragen oder die Datei streichen.",
            )
        ]
    return header, _judge_header(header, file, spec)


def _judge_header(header: list[str], file: str, spec: TableSpec) -> list[Finding]:
    findings = []
    for name in sorted({n for n in header if header.count(n) > 1}):
        findings.append(
            Finding(
                "error",
                "column_twice",
                file,
                f"Die Spalte „{shorten(name)}“ steht zweimal da.",
                "Eine davon streichen.",
                1,
                name,
            )
        )
    missing = [c.name for c in spec.columns if c.required and c.name not in header]
    for name in missing:
        near = difflib.get_close_matches(name, header, 1, 0.6)
        hint = f" Ist „{near[0]}“ gemeint?" if near else ""
        if len(header) == 1 and ";" in header[0]:
            hint = " Die Datei trennt mit Semikolon; bitte mit Komma trennen."
        findings.append(
            Finding(
                "error",
                "column_missing",
                file,
                f"Die Pflichtspalte „{name}“ fehlt.{hint}",
                "Spalte ergänzen; die Spaltennamen stehen in docs/DATENPAKET.md.",
                1,
                name,
            )
        )
    for name in (n for n in header if n not in spec.names):
        near = difflib.get_close_matches(name, [n for n in spec.names if n not in header], 1, 0.75)
        if near:
            findings.append(
                Finding(
                    "error",
                    "column_misspelt",
                    file,
                    f"Die Spalte „{shorten(name)}“ ist unbekannt. Ist „{near[0]}“ gemeint?",
                    "Spalte umbenennen oder streichen.",
                    1,
                    name,
                )
            )
        elif not missing:
            findings.append(
                Finding(
                    "warning",
                    "column_unknown",
                    file,
                    f"Die Spalte „{shorten(name)}“ ist unbekannt und wird nicht gelesen.",
                    "Spalte streichen oder umbenennen.",
                    1,
                    name,
                )
            )
    return findings


def explain_csv(path: Path, file: str, spec: TableSpec) -> tuple[list[Finding], list[pd.DataFrame]]:
    """Read a CSV cell by cell.

    Returns:
        (findings, frames of converted rows). The frames are complete only when no finding is an error.
    """
    header, _ = read_header(path, file, spec)
    findings: list[Finding] = []
    frames: list[pd.DataFrame] = []
    faults: dict[tuple[str, str], list[Finding]] = {}
    decimals: dict[str, str] = {}
    pieces = _pieces(path, file, header, findings)
    whole = list(pieces)
    known = [name for name in header if name in spec.names]
    for name in known:  # one number format per column, decided on all of it
        if spec.column(name).type in ("integer", "number", "decimal"):
            decimals[name] = "," if any(frame[name].str.contains(",", regex=False).any() for _, frame in whole) else "."
    for lines, frame in whole:
        converted = {}
        for name in known:
            column = spec.column(name)
            values, bad = _convert(frame[name], column, decimals.get(name, "."))
            converted[name] = values
            for position in bad[bad].index:
                fault = _cell_fault(file, int(lines[position]), column, str(frame[name][position]))
                faults.setdefault((name, fault.code), []).append(fault)
        frames.append(pd.DataFrame(converted))
    for listed in faults.values():
        findings += cap(listed)
    if not has_errors(findings):
        german = sorted(n for n, mark in decimals.items() if mark == ",")
        if german:
            findings.append(
                Finding(
                    "info", "german_numbers", file, f"Zahlen mit Dezimalkomma gelesen: Spalte {', '.join(german)}.", ""
                )
            )
    return findings, frames


def cap(findings: list[Finding], total: int | None = None) -> list[Finding]:
    """At most MOST_ROWS findings of one kind and one line that counts the rest (`total` where more were found)."""
    total = len(findings) if total is None else total
    shown = findings[:MOST_ROWS]
    if total > len(shown) and shown:
        first = shown[0]
        rest = f"{total - len(shown):,}".replace(",", ".")
        shown = [
            *shown,
            Finding(
                first.severity,
                first.code,
                first.file,
                f"Dasselbe in {rest} weiteren Zeilen.",
                first.remedy,
                None,
                first.column,
            ),
        ]
    return shown


def _pieces(
    path: Path, file: str, header: list[str], findings: list[Finding]
) -> Iterator[tuple[pd.Series, pd.DataFrame]]:
    """(line numbers, rows as text) in pieces; lines with a wrong number of cells become findings."""
    wrong: list[Finding] = []
    lines: list[int] = []
    rows: list[list[str]] = []
    try:
        with path.open(encoding="utf-8-sig", newline="", errors="strict") as stream:
            reader = csv.reader(stream, strict=True)
            next(reader)
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(header):
                    wrong.append(_length_fault(file, reader.line_num, len(cells), len(header)))
                    continue
                lines.append(reader.line_num)
                rows.append(cells)
                if len(rows) == PIECE:
                    yield pd.Series(lines), pd.DataFrame(rows, columns=header, dtype="str")
                    lines, rows = [], []
    except UnicodeDecodeError:
        wrong.append(_encoding(file, _bad_line(path)))
    except csv.Error as error:
        wrong.append(
            Finding(
                "error",
                "csv_broken",
                file,
                f"Ab hier ist die Datei kein gültiges CSV ({error}).",
                "Anführungszeichen prüfen; ist die Datei vollständig?",
                reader.line_num,
            )
        )
    findings += cap(wrong)
    if rows:
        yield pd.Series(lines), pd.DataFrame(rows, columns=header, dtype="str")


def _convert(text: pd.Series, column: ColumnSpec, decimal: str) -> tuple[pd.Series, pd.Series]:
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
        numbers, signs = parse_numbers(stripped.where(filled), decimal=decimal)
        values = numbers.where(signs.isna())
        if column.type == "integer":
            values = values.where(values.isna() | (values % 1 == 0))
    return values, filled & values.isna()


def _cell_fault(file: str, row: int, column: ColumnSpec, text: str) -> Finding:
    shown = shorten(text, 40)
    expected = {
        "date": ("kein Datum", "Als JJJJ-MM-TT oder TT.MM.JJJJ schreiben."),
        "boolean": ("weder ja noch nein", "true oder false (ja oder nein) schreiben."),
        "integer": ("keine ganze Zahl", "Eine ganze Zahl schreiben oder die Zelle leer lassen."),
        "number": ("keine Zahl", "Eine Zahl schreiben oder die Zelle leer lassen."),
        "decimal": ("kein Betrag", "Einen Betrag wie 1234.50 schreiben oder die Zelle leer lassen."),
    }
    what, remedy = expected[column.type]
    if text.strip() in {"-", ".", "...", "/", "x", "()", "–"}:
        remedy = "Zeichen der Statistik gehören in die Spalte sign; die Zahl bleibt leer."
    return Finding("error", f"not_{column.type}", file, f"„{shown}“ ist {what}.", remedy, row, column.name)


def _length_fault(file: str, row: int, found: int, expected: int) -> Finding:
    message = f"Die Zeile hat {found} statt {expected} Zellen."
    return Finding(
        "error",
        "row_length",
        file,
        message,
        "Trennzeichen und Anführungszeichen prüfen; ist die Datei abgeschnitten?",
        row,
    )


def _encoding(file: str, row: int) -> Finding:
    message = "Die Datei ist nicht in UTF-8 gespeichert."
    return Finding("error", "encoding", file, message, "Im Tabellenprogramm als „CSV UTF-8“ speichern.", row)


def _bad_line(path: Path) -> int:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1
