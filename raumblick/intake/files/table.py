"""What every single-file layout returns: the file as a long table, one row a number or a sign in place of one."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from raumblick.intake.findings import Finding

COLUMNS = ("region_key", "region", "level", "period", "date", "series", "unit", "value", "sign", "line")


@dataclass(frozen=True, eq=False)
class StatTable:
    """One file of numbers.

    `rows` has the columns COLUMNS: region_key (text, leading zeros kept), region (name), level (land, kreis, gemeinde,
    bezirk, ortsteil ... or empty), period (`2024` or `2024-06`), date (ISO day or missing), series (the measured thing
    and its characteristics, e.g. `Bevölkerung | Geschlecht: weiblich`), unit (base unit), value (scaled to the base
    unit; missing where a sign stands), sign (of the statistical office or missing), line (1-based, in the file).
    """

    title: str
    code: str
    publisher: str
    licence: str
    rows: pd.DataFrame
    findings: tuple[Finding, ...] = field(default=())

    def __post_init__(self) -> None:
        missing = [name for name in COLUMNS if name not in self.rows.columns]
        if missing:
            raise ValueError(f"columns missing: {', '.join(missing)}")
