"""Writes small workbooks in the three formats, so that reading them back can be compared with what was written."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import openpyxl
from openpyxl.utils import get_column_letter

Rows = list[list[str | float | None]]
Merged = list[tuple[int, int, int, int]]  # top, left, bottom, right; 0-based, inclusive


def write_xlsx(path: Path, rows: Rows, merged: Merged = (), name: str = "Tabelle1", **more: Rows) -> Path:
    """One visible sheet of rows and further sheets by name."""
    book = openpyxl.Workbook()
    book.active.title = name
    for title, cells in {name: rows, **more}.items():
        sheet = book[title] if title in book.sheetnames else book.create_sheet(title)
        for row in cells:
            sheet.append(list(row))
    for top, left, bottom, right in merged:
        first, last = f"{get_column_letter(left + 1)}{top + 1}", f"{get_column_letter(right + 1)}{bottom + 1}"
        book[name].merge_cells(f"{first}:{last}")
    book.save(path)
    return path


def write_ods(path: Path, rows: Rows, merged: Merged = (), name: str = "Tabelle1") -> Path:
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in merged}
    body = "".join(
        "<table:table-row>" + "".join(_ods_cell(cell, spans.get((i, j))) for j, cell in enumerate(row)) + "</table:table-row>"
        for i, row in enumerate(rows)
    )
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = f"<?xml version='1.0' encoding='UTF-8'?><office:document-content {spaces}><office:body><office:spreadsheet>"
    content += f"<table:table table:name={quoteattr(name)}>{body}</table:table>"
    content += "</office:spreadsheet></office:body></office:document-content>"
    manifest = '<?xml version="1.0"?><m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    manifest += '<m:file-entry m:full-path="/" m:media-type="application/vnd.oasis.opendocument.spreadsheet"/></m:manifest>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        mimetype = zipfile.ZipInfo("mimetype")
        package.writestr(mimetype, "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        package.writestr("META-INF/manifest.xml", manifest)
        package.writestr("content.xml", content)
    return path


def _ods_cell(cell: str | float | None, span: tuple[int, int] | None) -> str:
    spanned = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"' if span else ""
    if cell is None:
        return f"<table:table-cell{spanned}/>"
    if isinstance(cell, str):
        return f'<table:table-cell office:value-type="string"{spanned}><text:p>{escape(cell)}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{cell!r}"{spanned}/>'


def write_xls(path: Path, rows: Rows, merged: Merged = (), name: str = "Tabelle1") -> Path:
    """BIFF8 in an OLE container, as Excel 97 wrote it."""
    globals_size = len(_begin(0x0005)) + 4 + 8 + len(name) + len(_record(0x000A))
    sheet = _begin(0x0010) + b"".join(
        _xls_cell(i, j, cell) for i, row in enumerate(rows) for j, cell in enumerate(row) if cell is not None
    )
    if merged:
        areas = b"".join(struct.pack("<4H", top, bottom, left, right) for top, left, bottom, right in merged)
        sheet += _record(0x00E5, struct.pack("<H", len(merged)) + areas)
    sheet += _record(0x000A)
    bound = struct.pack("<IBBBB", globals_size, 0, 0, len(name), 0) + name.encode("latin-1")
    stream = _begin(0x0005) + _record(0x0085, bound) + _record(0x000A) + sheet
    path.write_bytes(_ole(stream))
    return path


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _begin(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))


def _xls_cell(row: int, column: int, cell: str | float) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(cell, str):
        text = cell.encode("utf-16-le")
        return _record(0x0204, place + struct.pack("<HB", len(text) // 2, 1) + text)
    return _record(0x0203, place + struct.pack("<d", cell))


def _ole(stream: bytes) -> bytes:
    """A compound file with the one stream `Workbook`, in sectors of 512 bytes: allocation table, directory, stream."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\x00")
    sectors = len(stream) // 512
    tables = -(-(sectors + 2) // 127)
    chain = [0xFFFFFFFD] * tables + [0xFFFFFFFE] + [tables + 2 + i for i in range(sectors - 1)] + [0xFFFFFFFE]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(tables * 512, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, tables, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", *(list(range(tables)) + [0xFFFFFFFF] * (109 - tables)))
    directory = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry("Workbook", 2, 0xFFFFFFFF, tables + 1, len(stream))
    return header + table + directory.ljust(512, b"\x00") + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\x00\x00"
    entry = text.ljust(64, b"\x00") + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return entry + b"\x00" * 36 + struct.pack("<IQ", start, size)
