"""Workbooks (XLSX, XLS, ODS) as grids of text and numbers, merged cells resolved, with limits on everything."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from raumblick.intake.files import sheet_worker
from raumblick.intake.files.sheet_worker import MOST_COLUMNS, MOST_ROWS
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.profiles.bricks import listing, number

MOST_BYTES = 50_000_000  # of the file
MOST_UNPACKED = 500_000_000
MOST_MEMBERS = 5_000
MOST_RATIO, FREE_OF_RATIO = 150, 20_000_000  # unpacked size to size of the file, asked of files that unpack to more

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ODS_MIMETYPE = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_KIND_OF_SIGNAL = {6: "memory", 9: "memory", 24: "time"}  # abort, kill, processor time used up
_OTHER_OLE = tuple(name.encode("utf-16-le") for name in ("WordDocument", "PowerPoint Document", "__nameid_version"))
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")

Cell = str | float


@dataclass(frozen=True, eq=False)
class Sheet:
    """One worksheet.

    `cells` is a rectangle of text and numbers, "" where a cell is empty; dates are ISO text. The text of a merged area
    stands in each of its cells, a number only in the first, so that no sum counts it twice. `merged` holds the areas
    (top, left, bottom, right), 0-based and inclusive. Row i of `cells` is line i + 1 of the sheet.
    """

    name: str
    hidden: bool
    cells: tuple[tuple[Cell, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.cells[0]) if self.cells else 0


@dataclass(frozen=True, eq=False)
class Workbook:
    """The worksheets of one file, without those that are empty, and what was found while reading it."""

    sheets: tuple[Sheet, ...]
    findings: tuple[Finding, ...]


def is_workbook(head: bytes) -> bool:
    """True when the first bytes of a file are those of an XLSX, XLSB, ODS or XLS workbook.

    Old documents (DOC, PPT, MSG) come in the same container as XLS; those that say what they are are told apart.
    """
    if head[:4] == b"PK\x03\x04":
        return b"xl/" in head or _ODS_MIMETYPE in head[:200]
    return head[:8] == OLE and not any(name in head for name in _OTHER_OLE)


def column_letters(column: int) -> str:
    """Name of a 0-based column as spreadsheets write it: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def distinct(names: Sequence[str]) -> list[str]:
    """Names of columns, those that stand twice with their place behind them."""
    return [name if name not in names[:place] else f"{name} ({place + 1})" for place, name in enumerate(names)]


def cell_text(cell: Cell) -> str:
    """A cell as text with a decimal point; whole numbers have none. Blanks around and within are reduced."""
    if isinstance(cell, str):
        return " ".join(cell.split())
    return str(int(cell)) if float(cell).is_integer() and abs(cell) < 1e15 else repr(float(cell))


def read_workbook(path: Path) -> Workbook:
    """The worksheets of a workbook.

    Raises:
        IntakeError: the file is missing, no workbook, broken, password-protected, too large, or holds no cell.
    """
    _check_package(path)
    answer = _ask_worker(path)
    sheets, findings = [], []
    for raw in answer["sheets"]:
        sheet, found = _resolve(raw, path.name)
        findings += found
        if sheet.cells:
            sheets.append(sheet)
    hidden = [sheet.name for sheet in sheets if sheet.hidden]
    if hidden:
        message = f"Ausgeblendete Tabellenblätter werden nicht gelesen: {listing(hidden)}."
        findings.append(Finding("info", "sheet_hidden", path.name, message, "Einblenden, wenn sie gebraucht werden."))
    if not any(not sheet.hidden for sheet in sheets):
        _refuse(path.name, "file_empty", "Die Arbeitsmappe enthält keine Zellen.", "Eine Tabelle eintragen.")
    return Workbook(tuple(sheets), tuple(findings))


def _check_package(path: Path) -> None:
    """Refuse what need not be opened to be refused."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(65_536)
    except OSError:
        _refuse(path.name, "file_missing", "Die Datei lässt sich nicht öffnen.", "Die Datei mitliefern.")
    if not is_workbook(head):
        _refuse(path.name, "not_workbook", *_NO_WORKBOOK)
    if size > MOST_BYTES:
        message = f"Die Datei ist {number(size / 1e6)} MB groß; gelesen werden höchstens {number(MOST_BYTES / 1e6)} MB."
        _refuse(path.name, "too_large", message, "Auf die nötigen Tabellenblätter kürzen oder als CSV liefern.")
    if head[:8] == OLE:
        content = path.read_bytes()
        if _ENCRYPTED_PACKAGE in content:
            _refuse_kind(path.name, "password")
        if not any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
            _refuse(path.name, "not_workbook", *_NO_WORKBOOK)
        return
    try:
        with zipfile.ZipFile(path) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        _refuse_kind(path.name, "broken")
    if any(member.flag_bits & 1 for member in members):
        _refuse_kind(path.name, "password")
    unpacked = sum(member.file_size for member in members)
    inflated = unpacked > FREE_OF_RATIO and unpacked > MOST_RATIO * size
    if unpacked > MOST_UNPACKED or inflated or len(members) > MOST_MEMBERS:
        message = f"Die Datei entpackt sich von {number(size / 1e6, 1)} auf {number(unpacked / 1e6)} MB."
        remedy = "Die Arbeitsmappe neu speichern oder als CSV liefern; eine solche Datei kann ein Angriff sein."
        _refuse(path.name, "zip_bomb", message, remedy)


def _ask_worker(path: Path) -> dict[str, Any]:
    """What the worker prints. Its end by a signal or by time is a finding like any other."""
    command = [sys.executable, "-P", str(Path(sheet_worker.__file__)), str(path.absolute())]
    try:
        done = subprocess.run(command, capture_output=True, timeout=2 * sheet_worker.SECONDS, check=False)
    except subprocess.TimeoutExpired:
        _refuse_kind(path.name, "time")
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        _refuse_kind(path.name, _KIND_OF_SIGNAL.get(-done.returncode, "broken"))
    if "error" in answer:
        _refuse_kind(path.name, answer["error"], answer["detail"])
    return answer


def _resolve(raw: dict[str, Any], file: str) -> tuple[Sheet, list[Finding]]:
    """The sheet with merged cells resolved and empty edges cut off, and what was found in it."""
    rows: list[list[Cell]] = raw["rows"]
    height = max((i + 1 for i, row in enumerate(rows) if any(cell != "" for cell in row)), default=0)
    width = max((j + 1 for row in rows for j, cell in enumerate(row) if cell != ""), default=0)
    rows = [row[:width] for row in rows[:height]]
    merged, doubled = [], []
    for top, left, bottom, right in raw["merged"]:
        if top >= height or left >= width:
            continue
        bottom, right = min(bottom, height - 1), min(right, width - 1)
        merged.append((top, left, bottom, right))
        value = rows[top][left]
        if not isinstance(value, str):
            doubled.append(top)
        elif value:
            for row in rows[top : bottom + 1]:
                row[left : right + 1] = [value] * (right + 1 - left)
    findings = _hole_findings(raw, file)
    if doubled and not raw["hidden"]:
        message = f"Blatt „{raw['name']}“: Zahlen in verbundenen Zellen, {len(doubled)}-mal."
        remedy = "Sie gelten nur für die erste Zelle; sonst den Verbund lösen und die Zahl in jede Zelle schreiben."
        findings.append(Finding("warning", "merged_number", file, message, remedy, min(doubled) + 1))
    sheet = Sheet(raw["name"], raw["hidden"], tuple(tuple(row) for row in rows), tuple(merged))
    return sheet, findings


def _hole_findings(raw: dict[str, Any], file: str) -> list[Finding]:
    """Cells that look empty and are not: errors, and formulas whose result was never saved."""
    words = {
        "error": ("sheet_error", "Fehlerwerte (wie #DIV/0!) in", "Die Formeln berichtigen; so gelten die Zellen als leer."),
        "formula": ("sheet_formula", "Formeln ohne Ergebnis in", "Im Tabellenprogramm öffnen, rechnen lassen und speichern."),
    }
    findings = []
    for kind, (code, what, remedy) in words.items():
        holes = [(row, column) for row, column, found in raw["holes"] if found == kind]
        if holes and not raw["hidden"]:
            places = listing([f"{column_letters(column)}{row + 1}" for row, column in holes], 10)
            message = f"Blatt „{raw['name']}“: {what} {places}."
            findings.append(Finding("error", code, file, message, remedy, holes[0][0] + 1, column_letters(holes[0][1])))
    return findings


_NO_WORKBOOK = (
    "Das ist keine Arbeitsmappe (XLSX, XLS oder ODS).",
    "Im Tabellenprogramm öffnen und als XLSX speichern.",
)
_WORDS = {
    "password": ("Die Arbeitsmappe ist mit einem Kennwort geschützt.", "Ohne Kennwort speichern."),
    "broken": ("Die Arbeitsmappe ist beschädigt.", "Im Tabellenprogramm öffnen und neu speichern."),
    "time": ("Das Lesen der Arbeitsmappe dauert zu lange.", "Auf die nötigen Tabellenblätter kürzen."),
    "memory": (
        "Die Arbeitsmappe braucht zu viel Speicher; meist steht eine verirrte Zelle weit unten oder rechts.",
        "Leere Zeilen und Spalten hinter der Tabelle löschen und neu speichern.",
    ),
    "too_large": (
        f"Ein Tabellenblatt hat mehr als {number(MOST_ROWS)} Zeilen oder {number(MOST_COLUMNS)} Spalten.",
        "Leere Zeilen und Spalten hinter der Tabelle löschen oder als CSV liefern.",
    ),
}


def _refuse_kind(file: str, kind: str, detail: str = "") -> NoReturn:
    message, remedy = _WORDS[kind]
    _refuse(file, f"workbook_{kind}", f"{message} ({detail})" if kind == "too_large" else message, remedy)


def _refuse(file: str, code: str, message: str, remedy: str) -> NoReturn:
    raise IntakeError([Finding("error", code, file, message, remedy)])
