"""What a dash means: nothing there, or no such region. Only the importer can know, so it has to say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from raumblick.intake.files.table import StatTable
from raumblick.intake.findings import Finding
from raumblick.intake.profiles.bricks import number


def resolve_dashes(table: StatTable, exists: Callable[[str, str], bool], file: str = "") -> StatTable:
    """The table with `-` read as zero for regions that exist.

    In the tables of the statistical offices `-` means exactly zero; in flat files of regions it also stands for
    regions that do not exist at that time.

    Args:
        table: any table of numbers and signs.
        exists: says of (region_key, period) whether the region exists then. It is asked once for each pair.
        file: name of the file in findings; the title of the table without it.

    Returns:
        A new table: where a row has `-` and its region exists, the value is 0 and the sign is gone. All other rows are
        unchanged. A finding counts both; without a dash the table comes back as it is.
    """
    rows = table.rows
    dash = (rows["sign"] == "-").fillna(False).astype(bool)
    if not dash.any():
        return table
    pairs = rows.loc[dash, ["region_key", "period"]].drop_duplicates()
    there = {(key, period): bool(exists(key, period)) for key, period in pairs.itertuples(index=False)}
    pairs_of_rows = zip(rows["region_key"], rows["period"], strict=True)
    zero = dash & pd.Series([there.get(pair, False) for pair in pairs_of_rows], index=rows.index, dtype=bool)
    values = rows["value"].mask(zero, 0.0)
    signs = rows["sign"].mask(zero)
    left = int(dash.sum() - zero.sum())
    message = f"„-“ als 0 gelesen, wo das Gebiet besteht: {number(int(zero.sum()))} mal; „-“ bleibt stehen: {number(left)} mal."
    finding = Finding("info", "dashes_zero", file or table.title, message, "")
    return replace(table, rows=rows.assign(value=values, sign=signs), findings=(*table.findings, finding))
