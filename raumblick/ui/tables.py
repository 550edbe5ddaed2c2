"""The table twin of a picture: the same numbers as a real table, to read, to hear and to download."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import streamlit as st
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from raumblick.answers.spread import Spread, SpreadChange
from raumblick.snapshot.store import Store
from raumblick.ui import format as fmt
from raumblick.ui.download import offer

STATE_TEXT = {"missing": "k. A.", "hidden": "geheim"}
STATUS_TEXT = {"estimated": "geschätzt", "synthetic": "erfunden", "real": "", "hidden": "geheim"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """One column: name in the frame, German head with unit, decimals of a number (None: text), width if not its content's."""

    name: str
    head: str
    decimals: int | None = None
    width: Literal["small", "medium", "large"] | int | None = None


def spread_rows(result: Spread) -> tuple[pd.DataFrame, list[Column], str]:
    """Rows, columns and title of the table twin of an indicator's map, highest value first."""
    sheet = result.indicator
    columns = [
        Column("name", fmt.level(result.level)),
        Column("value", f"{sheet.name} ({sheet.unit})", sheet.decimals),
        Column("low", "95-%-Bereich von", sheet.decimals),
        Column("high", "bis", sheet.decimals),
        Column("numerator", "Zähler", 0),
        Column("denominator", "Nenner", 0),
        Column("status_text", "Status"),
        Column("parent_name", "liegt in"),
        Column("area_id", "Schlüssel"),
    ]
    rows = result.areas.assign(status_text=result.areas["status"].map(STATUS_TEXT))
    return rows.sort_values("value", ascending=False), columns, f"{sheet.name} {fmt.period(result.period)}"


def change_rows(result: SpreadChange) -> tuple[pd.DataFrame, list[Column], str]:
    """Rows, columns and title of the table twin of a map of changes, largest rise first."""
    sheet = result.indicator
    digits = fmt.change_decimals(sheet.kind, sheet.decimals)
    first, last = fmt.period(result.first), fmt.period(result.last)
    columns = [
        Column("name", fmt.level(result.level)),
        Column("change", f"Veränderung ({fmt.change_unit(sheet.unit)})", digits),
        Column("low", "95-%-Bereich von", digits),
        Column("high", "bis", digits),
        Column("verdict", "Test"),
        Column("before", f"{first} ({sheet.unit})", sheet.decimals),
        Column("after", f"{last} ({sheet.unit})", sheet.decimals),
        Column("area_id", "Schlüssel"),
    ]
    verdict = result.areas["significant"].map({True: "gesichert", False: "nicht gesichert"})
    rows = result.areas.assign(verdict=verdict.where(result.areas["tested"], "ohne Test"))
    return rows.sort_values("change", ascending=False), columns, f"{sheet.name}, Veränderung {first} bis {last}"


def texts(rows: pd.DataFrame, columns: Sequence[Column], state: str | None = "state") -> pd.DataFrame:
    """The rows as German text; where `state` says missing or hidden, the value column says so in words."""
    out = {}
    for column in columns:
        values = rows[column.name]
        if column.decimals is None:
            out[column.head] = [str(v) if fmt.known(v) else "" for v in values]
        else:
            out[column.head] = [fmt.number(v, column.decimals) if fmt.known(v) else "" for v in values]
    shown = pd.DataFrame(out)
    if state and state in rows:
        numbers = [c.head for c in columns if c.decimals is not None][:1]
        for head in numbers:
            words = [STATE_TEXT.get(s) or t for s, t in zip(rows[state], shown[head], strict=True)]
            shown[head] = words
    return shown


def table(
    rows: pd.DataFrame,
    columns: Sequence[Column],
    title: str,
    store: Store | None,
    key: str,
    note: str = "",
    state: str | None = "state",
) -> None:
    """A readable table and its downloads (CSV and XLSX) with source, date and snapshot.

    Args:
        rows: the numbers, in the order shown.
        columns: which of them, with German heads.
        title: name of the table; also names the files.
        store: for the snapshot id and the city; None for tables that belong to no snapshot.
        key: widget key.
        note: source and definition, written below the downloaded table.
        state: column that tells missing from hidden, or None.
    """
    shown = texts(rows, columns, state)
    config = {
        c.head: st.column_config.TextColumn(c.head, alignment="left" if c.decimals is None else "right", width=c.width)
        for c in columns
    }
    st.dataframe(shown, hide_index=True, column_config=config, height=min(38 + 35 * len(shown), 520), key=f"{key}_table")
    lines = _origin(title, store, note)
    name = _file_name(title, store)
    with st.container(horizontal=True, key=f"{key}_downloads"):
        offer(
            "CSV", lambda: to_csv(rows, columns, lines, state), f"{name}.csv", title, store, f"{key}_csv", "text/csv",
            "Tabelle als CSV-Datei (Semikolon, Dezimalkomma)",
        )  # fmt: skip
        offer(
            "XLSX", lambda: to_xlsx(rows, columns, lines, title, state), f"{name}.xlsx", title, store, f"{key}_xlsx",
            help="Tabelle als Excel-Datei",
        )  # fmt: skip


def to_csv(rows: pd.DataFrame, columns: Sequence[Column], lines: Sequence[str], state: str | None = "state") -> bytes:
    """The table as CSV for German spreadsheets: semicolon, decimal comma, UTF-8 with BOM, origin below."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow([safe(c.head) for c in columns])
    for values in _cells(rows, columns, state):
        writer.writerow([str(v).replace(".", ",") if isinstance(v, float) else safe(v) for v in values])
    writer.writerow([])
    for line in lines:
        writer.writerow([safe(line)])
    return stream.getvalue().encode("utf-8-sig")


def to_xlsx(
    rows: pd.DataFrame, columns: Sequence[Column], lines: Sequence[str], title: str, state: str | None = "state"
) -> bytes:
    """The table as a workbook with numbers as numbers, origin below."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "".join(c for c in title if c.isalnum() or c in " -")[:31] or "Tabelle"
    sheet.append([safe(c.head) for c in columns])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for values in _cells(rows, columns, state):
        sheet.append([v if isinstance(v, float | int) else safe(v) for v in values])
    sheet.append([])
    for line in lines:
        sheet.append([safe(line)])
    for index, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = max(12, min(44, len(column.head) + 4))
    sheet.freeze_panes = "A2"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def safe(text: Any) -> str:
    """Text for a spreadsheet cell: what a spreadsheet would run as a formula gets an apostrophe before it."""
    out = "" if text is None else str(text)
    return f"'{out}" if out.startswith(_FORMULA) else out


def _cells(rows: pd.DataFrame, columns: Sequence[Column], state: str | None) -> list[list[Any]]:
    first_number = next((c.name for c in columns if c.decimals is not None), None)
    states = rows[state] if state and state in rows else [None] * len(rows)
    out = []
    for (_, row), what in zip(rows.iterrows(), states, strict=True):
        cells: list[Any] = []
        for column in columns:
            value = row[column.name]
            known = fmt.known(value)
            if column.name == first_number and what in STATE_TEXT:
                cells.append(STATE_TEXT[what])
            elif column.decimals is not None:
                cells.append(_number(float(value), column.decimals) if known else "")
            else:
                cells.append(str(value) if known else "")
        out.append(cells)
    return out


def _number(value: float, decimals: int) -> float | int:
    """A number for a spreadsheet: more digits than on screen, but a count stays a whole number."""
    return int(value) if decimals == 0 and value.is_integer() else round(value, max(decimals, 4))


def _origin(title: str, store: Store | None, note: str) -> list[str]:
    if store is None:
        return [title, note] if note else [title]
    city = store.city
    invented = " (erfundene Daten)" if city["synthetic"] else ""
    lines = [
        title,
        f"Stadt: {city['title']}{invented}",
        f"Datenstand: {store.snapshot_id} vom {fmt.date(store.manifest['created'])}",
    ]
    return [*lines, note] if note else lines


def _file_name(title: str, store: Store | None) -> str:
    words = "".join(c if c.isalnum() else "_" for c in title.lower())
    short = "_".join(w for w in words.split("_") if w)[:60]
    return f"{store.city['city_id']}_{short}" if store else short
