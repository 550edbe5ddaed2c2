"""The data package as an empty workbook: one sheet a table, with headings, types and explanations."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from raumblick.catalogue import Catalogue, ColumnSpec, TableSpec

TYPE_LABEL = {
    "text": "Text",
    "integer": "ganze Zahl",
    "number": "Zahl",
    "decimal": "Betrag",
    "date": "Datum JJJJ-MM-TT",
    "boolean": "true oder false",
}
_ROWS = 20_000  # rows with drop-down lists


def write_template(path: Path, catalogue: Catalogue) -> None:
    """Write the workbook to `path`.

    Row 1 holds the column names that the CSV files carry, so each sheet can be saved as CSV as it is. German labels,
    types and allowed values stand in the comment of the heading and on the first sheet.

    Raises:
        OSError: the file cannot be written.
    """
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    _write_guide(first, catalogue)
    for spec in catalogue.tables.values():
        _write_table(book.create_sheet(spec.name), spec)
    book.save(path)


def _write_guide(sheet: Worksheet, catalogue: Catalogue) -> None:
    sheet.title = "Anleitung"
    bold = Font(bold=True)
    sheet.append(["Tabelle", "Spalte", "Bedeutung", "Typ", "Pflicht", "Erlaubt oder Hinweis"])
    for cell in sheet[1]:
        cell.font = bold
    for spec in catalogue.tables.values():
        sheet.append(
            [
                spec.name,
                "",
                f"{spec.label}: {spec.grain}",
                "",
                "ja" if spec.required else "",
                f"Schlüssel: {', '.join(spec.key)}",
            ]
        )
        for cell in sheet[sheet.max_row]:
            cell.font = bold
        for column in spec.columns:
            sheet.append(
                [
                    spec.name,
                    column.name,
                    column.label,
                    TYPE_LABEL[column.type],
                    "ja" if column.required else "",
                    _hint(column),
                ]
            )
    for letter, width in zip("ABCDEF", (16, 22, 52, 18, 8, 70), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=2):
        row[5].alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"


def _write_table(sheet: Worksheet, spec: TableSpec) -> None:
    for index, column in enumerate(spec.columns, start=1):
        cell = sheet.cell(row=1, column=index, value=column.name)
        cell.font = Font(bold=True, color="FFFFFF" if column.required else "000000")
        cell.fill = PatternFill("solid", fgColor="1F4E79" if column.required else "D9E2EC")
        cell.comment = Comment(f"{column.label} ({TYPE_LABEL[column.type]})\n{_hint(column)}".strip(), "Raumblick")
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = max(14, len(column.name) + 3)
        if column.type in ("text", "date"):
            sheet.column_dimensions[letter].number_format = "@"  # text keeps leading zeros of keys, dates as written
        allowed = column.values or (("true", "false") if column.type == "boolean" else ())
        if allowed:
            rule = DataValidation(type="list", formula1='"' + ",".join(allowed) + '"', allow_blank=not column.required)
            if len(rule.formula1 or "") <= 255 and '","' not in "".join(allowed):
                sheet.add_data_validation(rule)
                rule.add(f"{letter}2:{letter}{_ROWS}")
    sheet.freeze_panes = "A2"


def _hint(column: ColumnSpec) -> str:
    parts = [column.help] if column.help else []
    if column.values:
        parts.append("erlaubt: " + ", ".join(column.values))
    if column.refers:
        parts.append(f"Schlüssel aus {column.refers}")
    return "; ".join(parts)
