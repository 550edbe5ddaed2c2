"""The cells of a CSV or a sheet with the lines they stand in, as layouts read them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from raumblick.intake.files.sheets import Cell, cell_text, read_workbook
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.header import broken_csv
from raumblick.intake.layout_model import FilePart
from raumblick.intake.profiles.bricks import listing

MOST_BYTES = 200_000_000


@dataclass(frozen=True, eq=False)
class Grid:
    """Rows of cells. `lines` is the 1-based line at which each row begins; blank rows of a CSV are left out."""

    lines: list[int]
    cells: list[list[Cell]]
    findings: list[Finding]


def read_grid(file: FilePart, path: Path) -> Grid:
    """All rows of the file as its layout says.

    Raises:
        IntakeError: the file cannot be read that way.
    """
    return sheet_grid(path, file.sheet or "") if file.kind == "sheet" else csv_grid(path, file.encoding, file.delimiter)


def csv_grid(path: Path, encoding: str | None, delimiter: str | None) -> Grid:
    """The records of a text file in an encoding (None: UTF-8) with a delimiter."""
    content = file_bytes(path)
    try:
        text = content.decode("utf-8-sig" if encoding in (None, "utf-8") else encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"Die Datei ist nicht im Zeichensatz {encoding} geschrieben."
        raise IntakeError(
            [Finding("error", "encoding", path.name, message, "Den Zeichensatz der Vorlage prüfen.", line)]
        ) from error
    if "\x00" in text:
        _refuse(path.name, "not_text", "Das ist keine Textdatei.", "Im Tabellenprogramm als „CSV UTF-8“ speichern.")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or ",", strict=True)
    lines: list[int] = []
    rows: list[list[Cell]] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append(line)
                rows.append(list(cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise IntakeError([broken_csv(path.name, error, line)]) from error
    if not rows:
        _refuse(path.name, "file_empty", "Die Datei ist leer.", "Eine Kopfzeile und Zeilen eintragen.")
    return Grid(lines, rows, [])


def sheet_grid(path: Path, name: str) -> Grid:
    """The rows of one sheet of a workbook; without a name, of its only visible one."""
    book = read_workbook(path)
    visible = [sheet for sheet in book.sheets if not sheet.hidden]
    chosen = [sheet for sheet in visible if sheet.name == name] if name else visible
    if len(chosen) != 1:
        what = f"Ein Tabellenblatt „{name}“ gibt es nicht" if name else "Die Vorlage nennt kein Tabellenblatt"
        names = listing([sheet.name for sheet in visible])
        _refuse(path.name, "sheet_missing", f"{what}; vorhanden sind: {names}.", "Das Tabellenblatt in der Vorlage nennen.")
    rows = [list(row) for row in chosen[0].cells]
    return Grid(list(range(1, len(rows) + 1)), rows, list(book.findings))


def texts(cells: list[Cell]) -> list[str]:
    """Cells as text, blanks reduced, numbers with a decimal point."""
    return [cell_text(cell) for cell in cells]


def file_bytes(path: Path) -> bytes:
    """The content of a file that is not too large to be read at once."""
    try:
        if path.stat().st_size > MOST_BYTES:
            _refuse(path.name, "too_large", "Die Datei ist größer als 200 MB.", "In mehrere Dateien teilen.")
        return path.read_bytes()
    except OSError:
        _refuse(path.name, "file_missing", "Die Datei lässt sich nicht öffnen.", "Die Datei mitliefern.")


def _refuse(file: str, code: str, message: str, remedy: str) -> NoReturn:
    raise IntakeError([Finding("error", code, file, message, remedy)])
