"""Monthly payments of real lines by fiscal year (April to March), for back-tests; needs the folder of real data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def yearly_lines(folder: Path, least: float) -> dict[str, np.ndarray]:
    """Lines of at least `least` a year on average: name -> euro by year and month; two or more years without a gap."""
    rows = pd.read_csv(folder / "budget" / "monthly_children.csv")
    month = pd.PeriodIndex(rows["m"], freq="M")
    rows = rows.assign(year=month.year - (month.month < 4), place=(month.month - 4) % 12)
    found = {}
    for name, line in rows.groupby(["city", "g"]):
        if 12 * line["sum"].mean() < least:
            continue
        years = line.pivot_table(index="year", columns="place", values="sum", aggfunc="sum").reindex(columns=range(12)).dropna()
        run = (years.index.to_series().diff() != 1).cumsum().to_numpy()
        for part in (years[run == i] for i in np.unique(run)):
            if len(part) > 1:
                found[f"{name[0]} {name[1]} {part.index[0]}"] = part.to_numpy()
    return found
