"""Reads one workbook in a process of its own and prints its cells as JSON; run by `raumblick.intake.files.sheets`.

The parser is native code that a crafted or damaged workbook can drive to abort or to ask for hundreds of gigabytes
(one stray cell in the last row and column is enough). Here that ends this process alone: memory and time are limited,
and the reader learns of it by the exit code.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import math
import re
import sys
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

MEMORY = 2 * 1024**3  # bytes of address space
SECONDS = 60  # of processor time
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 200_000, 2_000, 2_000_000

_ODS = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_XLSX = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class TooLarge(Exception):
    """A sheet with more rows, columns or cells than are read."""


def main(path: str) -> None:
    """Print {"sheets": [...]} or {"error": kind, "detail": text} for the workbook at `path`."""
    _limit()
    answer: dict[str, Any]
    try:
        answer = {"sheets": read(path)}
    except TooLarge as error:
        answer = {"error": "too_large", "detail": str(error)}
    except MemoryError:
        answer = {"error": "memory", "detail": ""}
    except BaseException as error:  # panics of the native parser are no Exceptions
        kind = "password" if type(error).__name__ == "PasswordError" else "broken"
        answer = {"error": kind, "detail": type(error).__name__}
    sys.stdout.write(json.dumps(answer))


def read(path: str) -> list[dict[str, Any]]:
    """The worksheets of a workbook in their order.

    Each is a dict of name, hidden, rows (lists of text, numbers and "" for empty cells), merged ([top, left, bottom,
    right], 0-based, inclusive) and holes ([row, column, "error" or "formula"]: cells that hold an error or a formula
    whose result was never saved).
    """
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    sheets = []
    with open(path, "rb") as stream, CalamineWorkbook.from_filelike(stream) as book:
        for meta in book.sheets_metadata:
            if meta.typ is not SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(meta.name)
            rows, columns = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
            if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
                raise TooLarge(f"{meta.name}: {rows} x {columns}")
            merged = [[a, b, c, d] for (a, b), (c, d) in sheet.merged_cell_ranges or []]
            cells = [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)] if rows else []
            hidden = meta.visible is not SheetVisibleEnum.Visible
            sheets.append({"name": meta.name, "hidden": hidden, "rows": cells, "merged": merged, "holes": []})
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as package:
            _add_from_xml(package, sheets)
    return sheets


def _cell(value: Any) -> str | float:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def _add_from_xml(package: zipfile.ZipFile, sheets: list[dict[str, Any]]) -> None:
    """What the native parser keeps to itself: merged cells of ODS, errors and unsaved formulas of XLSX."""
    names = set(package.namelist())
    by_name = {sheet["name"]: sheet for sheet in sheets}
    if "content.xml" in names:
        for name, merged in _ods_merged(package):
            if name in by_name:
                by_name[name]["merged"] = merged
    elif "xl/workbook.xml" in names and "xl/_rels/workbook.xml.rels" in names:
        for name, member in _members(package):
            if name in by_name and member in names:
                by_name[name]["holes"] = list(_holes(package, member))


def _ods_merged(package: zipfile.ZipFile) -> Iterator[tuple[str, list[list[int]]]]:
    name, row, column = "", 0, 0
    merged: list[list[int]] = []
    with package.open("content.xml") as stream:
        for event, node in ElementTree.iterparse(stream, ("start", "end")):
            tag = node.tag.removeprefix(f"{{{_ODS}}}")
            if event == "start" and tag == "table":
                name, row, merged = node.get(f"{{{_ODS}}}name", ""), 0, []
            elif event == "start" and tag == "table-row":
                column = 0
            elif event == "end" and tag in ("table-cell", "covered-table-cell"):
                wide, high = (int(node.get(f"{{{_ODS}}}number-{side}-spanned", 1)) for side in ("columns", "rows"))
                if wide > 1 or high > 1:
                    merged.append([row, column, row + high - 1, column + wide - 1])
                column += int(node.get(f"{{{_ODS}}}number-columns-repeated", 1))
                node.clear()
            elif event == "end" and tag == "table-row":
                row += int(node.get(f"{{{_ODS}}}number-rows-repeated", 1))
                node.clear()
            elif event == "end" and tag == "table":
                yield name, merged


def _members(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(name of a sheet, its file in the package)."""
    relations = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    targets = {node.get("Id"): node.get("Target", "") for node in relations}
    for node in ElementTree.fromstring(package.read("xl/workbook.xml")).iter(f"{{{_XLSX}}}sheet"):
        target = targets.get(node.get(_RELATION), "")
        yield node.get("name", ""), target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _holes(package: zipfile.ZipFile, member: str) -> Iterator[list[Any]]:
    content = package.read(member)
    if b"<f" not in content and not re.search(rb"\bt\s*=\s*[\"']e[\"']", content):
        return  # neither formulas nor errors: most sheets need no second look
    with io.BytesIO(content) as stream:
        for _, node in ElementTree.iterparse(stream):
            if node.tag == f"{{{_XLSX}}}c":
                value, formula = (node.find(f"{{{_XLSX}}}{tag}") for tag in "vf")
                missing = formula is not None and (value is None or not value.text) and node.get("t") != "str"
                if node.get("t") == "e" or missing:
                    yield [*_place(node.get("r", "")), "error" if node.get("t") == "e" else "formula"]
            elif node.tag == f"{{{_XLSX}}}row":
                node.clear()


def _place(reference: str) -> tuple[int, int]:
    """(row, column), 0-based, of a reference like `B7`."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(reference[len(letters) :] or 0) - 1, column - 1


def _limit() -> None:
    try:
        import resource
    except ImportError:  # no such limits on this system; the reader's time limit still holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(sys.argv[1])
