"""CSV files as text: how they are encoded, what separates their cells, and at which line each row begins.

Nothing is converted here: keys keep their leading zeros, signs stay signs, an empty cell is an empty text.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd

from raumblick.intake.findings import Finding, IntakeError

DELIMITERS = (";", ",", "\t", "|")
_SAMPLE = 50  # records that are looked at to find the delimiter


@dataclass(frozen=True, eq=False)
class TextTable:
    """A CSV file as text.

    `frame` holds one row a record, every cell text, missing cells empty. `lines` is the 1-based line of the file at
    which each row begins (quoted cells may span lines). `ragged` lists (line, number of cells) of records that have
    more or fewer cells than the header: they were filled up or cut, and the reader has to say so.
    """

    frame: pd.DataFrame
    lines: np.ndarray
    encoding: str
    delimiter: str
    ragged: tuple[tuple[int, int], ...] = ()


def decode(content: bytes, file: str = "") -> tuple[str, str]:
    """(text, encoding) of the bytes of a text file: strict UTF-8 with or without byte order mark, else cp1252.

    Raises:
        IntakeError: not a text file (zero bytes, as in UTF-16 and workbooks), or neither of the two encodings.
    """
    if b"\x00" in content[:4096] or content[:2] == b"PK":
        _refuse(file, "not_text", "Das ist keine Textdatei.", "Im Tabellenprogramm als „CSV UTF-8“ speichern.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    _refuse(file, "encoding", "Der Zeichensatz ist weder UTF-8 noch Windows-1252.", "Als „CSV UTF-8“ speichern.")


def sniff_delimiter(text: str) -> str:
    """The delimiter of a CSV text: the one that cuts most of its first records into the same number of cells.

    Separators inside quoted cells do not count. A text with one column gives a comma.
    """
    best, best_score = ",", (0.0, 1)
    for delimiter in DELIMITERS:
        try:
            records = islice(csv.reader(io.StringIO(text), delimiter=delimiter), _SAMPLE)
            widths = Counter(len(record) for record in records if record)
        except csv.Error:
            continue
        if not widths:
            continue
        width, often = widths.most_common(1)[0]
        score = (often / widths.total(), width)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def read_table(path: Path, delimiter: str | None = None) -> TextTable:
    """A CSV file as text; the first record is the header.

    Args:
        path: the file.
        delimiter: what separates cells; without it, it is found in the text.

    Returns:
        The table. Blank records are left out.

    Raises:
        IntakeError: the file is missing, empty, no text, has a column name twice or a broken quote.
    """
    try:
        content = path.read_bytes()
    except OSError:
        _refuse(path.name, "file_missing", "Die Datei lässt sich nicht öffnen.", "Die Datei mitliefern.")
    text, encoding = decode(content, path.name)
    mark = delimiter or sniff_delimiter(text)
    header, rows, lines, ragged = _records(text, mark, path.name)
    frame = pd.DataFrame(rows, columns=header, dtype="string") if rows else _empty(header)
    return TextTable(frame, np.array(lines, dtype=np.int64), encoding, mark, ragged)


def ragged_findings(table: TextTable, file: str) -> list[Finding]:
    """One error for each record whose number of cells is not that of the header."""
    width = table.frame.shape[1]
    remedy = "Trennzeichen und Anführungszeichen prüfen; ist die Datei abgeschnitten?"
    return [
        Finding("error", "row_length", file, f"Die Zeile hat {cells} statt {width} Zellen.", remedy, line)
        for line, cells in table.ragged
    ]


def _records(
    text: str, delimiter: str, file: str
) -> tuple[list[str], list[list[str]], list[int], tuple[tuple[int, int], ...]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    ragged: list[tuple[int, int]] = []
    try:
        header = _header(next(reader, []), file)
        line = reader.line_num + 1
        for cells in reader:
            if any(cells):
                if len(cells) != len(header):
                    ragged.append((line, len(cells)))
                    cells = (cells + [""] * len(header))[: len(header)]
                rows.append(cells)
                lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        message = f"Ab hier ist die Datei kein gültiges CSV ({error})."
        _refuse(file, "csv_broken", message, "Anführungszeichen prüfen; ist die Datei vollständig?", reader.line_num)
    return header, rows, lines, tuple(ragged)


def _header(cells: list[str], file: str) -> list[str]:
    header = [cell.strip() for cell in cells]
    if not any(header):
        _refuse(file, "file_empty", "Die Datei ist leer.", "Eine Kopfzeile und Zeilen eintragen.", 1)
    twice = [name for name, often in Counter(header).items() if often > 1]
    if twice:
        _refuse(file, "column_twice", f"Die Spalte „{twice[0]}“ steht zweimal da.", "Eine davon streichen.", 1)
    return header


def _empty(header: list[str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype="string") for name in header})


def _refuse(file: str, code: str, message: str, remedy: str, row: int | None = None) -> NoReturn:
    raise IntakeError([Finding("error", code, file, message, remedy, row)])
