"""The first line of a CSV: its column names and what is wrong with them; also what files as a whole can suffer from."""

from __future__ import annotations

import codecs
import csv
import difflib
from pathlib import Path

from raumblick.catalogue import ColumnSpec, TableSpec
from raumblick.intake.findings import Finding

_BROKEN = {
    "unexpected end of data": "ein Anführungszeichen wird nicht geschlossen",
    "',' expected after '\"'": "nach einem Anführungszeichen fehlt das Komma",
}


def shorten(text: str, most: int = 80) -> str:
    """One line of at most `most` characters, for quoting delivered text in a message."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def read_header(path: Path, file: str, spec: TableSpec) -> tuple[list[str], list[Finding]]:
    """Column names of a CSV without blanks around them, and what is wrong with them.

    Returns:
        (names in the order of the file, findings). An empty list of names comes with an error.
    """
    if not path.is_file():
        remedy = "Datei mitliefern oder aus datapackage.json streichen."
        return [], [Finding("error", "file_missing", file, "Die Datei fehlt.", remedy)]
    try:
        with path.open("rb") as stream:
            start = stream.read(1_000_000).removeprefix(codecs.BOM_UTF8)
        line = (start.splitlines() or [b""])[0].decode("utf-8")
        header = [name.strip() for name in next(csv.reader([line]), [])]
    except UnicodeDecodeError:
        return [], [wrong_encoding(file, 1)]
    except csv.Error as error:
        return [], [broken_csv(file, error, 1)]
    if not any(header):
        what = "Die Kopfzeile ist leer." if start else "Die Datei ist leer."
        return [], [Finding("error", "file_empty", file, what, "Eine Kopfzeile und Zeilen eintragen.", 1)]
    return header, _judge_header(header, file, spec)


def _judge_header(header: list[str], file: str, spec: TableSpec) -> list[Finding]:
    known = [name for name in header if name in spec.names]
    unknown = [name for name in header if name and name not in spec.names]
    near = {name: _meant(name, [c for c in spec.columns if c.name not in known]) for name in unknown}
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        message = "Die Zellen sind nicht mit Komma getrennt."
        return [Finding("error", "delimiter", file, message, "Als CSV mit Komma als Trennzeichen speichern.", 1)]
    if not known and not any(near.values()):
        message = f"In der ersten Zeile stehen keine Spaltennamen dieser Tabelle („{shorten(','.join(header))}“)."
        remedy = f"Die Kopfzeile muss lauten: {','.join(spec.names)}"
        return [Finding("error", "header_missing", file, message, remedy, 1)]
    findings = []
    for name in sorted({n for n in header if n and header.count(n) > 1}):
        message = f"Die Spalte „{shorten(name)}“ steht zweimal da."
        findings.append(Finding("error", "column_twice", file, message, "Eine davon streichen.", 1, name))
    for name in unknown:
        if near[name]:
            message = f"Die Spalte „{shorten(name)}“ ist unbekannt. Ist „{near[name]}“ gemeint?"
            remedy = "Spalte umbenennen oder streichen."
            findings.append(Finding("error", "column_misspelt", file, message, remedy, 1, name))
        else:
            message = f"Die Spalte „{shorten(name)}“ ist unbekannt und wird nicht gelesen."
            remedy = "Spalte streichen oder umbenennen."
            findings.append(Finding("warning", "column_unknown", file, message, remedy, 1, name))
    for name in (c.name for c in spec.columns if c.required and c.name not in {*known, *near.values()}):
        message = f"Die Pflichtspalte „{name}“ fehlt."
        remedy = "Spalte ergänzen; die Spaltennamen stehen in docs/DATENPAKET.md."
        findings.append(Finding("error", "column_missing", file, message, remedy, 1, name))
    return findings


def _meant(name: str, columns: list[ColumnSpec]) -> str | None:
    """The column that a wrong name stands for: written alike, or called by its German label."""
    names = {c.label.lower(): c.name for c in columns} | {c.name: c.name for c in columns}
    near = difflib.get_close_matches(name.lower(), names, 1, 0.75)
    return names[near[0]] if near else None


def broken_csv(file: str, error: csv.Error, row: int) -> Finding:
    """The finding for a file that is no CSV from line `row` on."""
    what = _BROKEN.get(str(error), "eine Zelle nimmt kein Ende")
    message = f"Ab hier ist die Datei kein gültiges CSV: {what}."
    return Finding("error", "csv_broken", file, message, "Anführungszeichen prüfen; ist die Datei vollständig?", row)


def wrong_encoding(file: str, row: int) -> Finding:
    """The finding for a file that is not UTF-8 in line `row`."""
    message = "Die Datei ist nicht in UTF-8 gespeichert."
    return Finding("error", "encoding", file, message, "Im Tabellenprogramm als „CSV UTF-8“ speichern.", row)
