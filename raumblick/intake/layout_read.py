"""Read a file the way a layout says: no more and no less, with everything left out named."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from raumblick.intake.cells import cap
from raumblick.intake.files.moments import parse_moment
from raumblick.intake.files.table import COLUMNS, StatTable
from raumblick.intake.findings import Finding
from raumblick.intake.header import shorten
from raumblick.intake.layout_grid import read_grid
from raumblick.intake.layout_model import Column, Layout
from raumblick.intake.layout_parts import (
    JOINT,
    DataRows,
    assumptions,
    column_places,
    data_rows,
    left_out,
    moments_of,
    numbers_of,
    refuse_open,
    regions_of,
)
from raumblick.intake.profiles.bricks import number

_IDENTITY = ["region_key", "region", "period", "date", "series", "unit"]


def read_with(layout: Layout, path: Path) -> StatTable:
    """The file as a long table.

    Raises:
        IntakeError: a question of the layout is open, a column is not there, or the file cannot be read at all. Cells
            that are wrong are findings of the table.
    """
    refuse_open(layout, path.name)
    grid = read_grid(layout.file, path)
    findings = list(grid.findings)
    table = data_rows(layout, grid, path.name, findings)
    places = column_places(layout, table)
    rows = _rows(layout, table, places, findings)
    findings += left_out(table, places)
    findings += assumptions(layout, path.name)
    return StatTable(layout.title or path.name, layout.code, layout.publisher, layout.licence, rows, tuple(findings))


def _rows(layout: Layout, table: DataRows, places: dict[Column, int], findings: list[Finding]) -> pd.DataFrame:
    keys, names = regions_of(layout, table, places, findings)
    moments = moments_of(layout, table, places, findings)
    extra = [
        "".join(f"{JOINT}{table.headings[places[c]].split(JOINT)[-1]}: {row[places[c]]}" for c in layout.series if row[places[c]])
        for row in table.texts
    ]
    parts = []
    for order, value in enumerate(layout.values or ()):
        numbers, signs = numbers_of(layout, table, value, places[value.column], findings)
        fixed = parse_moment(value.period) if value.period else None
        own = [fixed or moment for moment in moments]
        series = [
            f"{value.series}{more}{f'{JOINT}{at.note}' if at and at.note else ''}" for more, at in zip(extra, own, strict=True)
        ]
        parts.append(
            pd.DataFrame(
                {
                    "region_key": keys,
                    "region": names,
                    "level": layout.key.level or "",
                    "period": [at.period if at else None for at in own],
                    "date": [at.date if at else None for at in own],
                    "series": series,
                    "unit": value.unit or "",
                    "value": numbers,
                    "sign": signs,
                    "line": table.lines,
                    "order": order,
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True).sort_values(["line", "order"], kind="stable", ignore_index=True)
    text = {name: "string" for name in COLUMNS if name not in ("value", "line")}
    frame = frame.astype(text).astype({"value": "Float64", "line": "int64"})
    empty = frame["value"].isna() & frame["sign"].isna()
    if empty.any():
        message = f"{number(int(empty.sum()))} leere Zellen bleiben ohne Wert."
        findings.append(Finding("info", "value_missing", table.file, message, "", int(frame["line"][empty.idxmax()])))
    frame = frame.loc[~empty, list(COLUMNS)].reset_index(drop=True)
    findings += _repeats(frame, table.file)
    return frame


def _repeats(frame: pd.DataFrame, file: str) -> list[Finding]:
    again = frame[frame.duplicated(_IDENTITY, keep="first")]
    remedy = "Eine Zeile streichen, oder in der Vorlage unter [series] die Spalten nennen, die sie unterscheiden."
    faults = [
        Finding(
            "error",
            "row_twice",
            file,
            f"Gebiet, Zeitraum und Reihe stehen zweimal da: {shorten(f'{r.region} {r.period} {r.series}')}.",
            remedy,
            int(r.line),
        )
        for r in again.head(100).itertuples()
    ]
    return cap(faults, len(again))
