"""Helps that run, begin and end, and what they cost: the cells that questions about a year's cost are answered from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from raumblick.snapshot.store import Store

CASE_MIX = 0.35  # spread of prices between cases of one service


def cells_of(store: Store, level: str, until: str | None = None) -> tuple[pd.DataFrame, str]:
    """One row an area and service: stock now, new cases a month, duration, price; and the newest month as `2025-09`.

    Args:
        level: of the areas.
        until: what was known at the end of this month; default: all. A month more than a year back knows nothing.
    """
    rows = store.read("cases", level=level)
    if until is not None:
        rows = rows[rows["month"] <= pd.Timestamp(f"{until}-01")]
    if not len(rows):
        return pd.DataFrame(columns=["area_id", "service", "name", "paragraph", "stock", "entries", "months", "price"]), ""
    newest = rows["month"].max()
    year = rows[rows["month"] > newest - pd.DateOffset(months=12)].astype({"cost": float})
    sums = year.groupby(["area_id", "service"]).agg(
        name=("service_name", "first"), paragraph=("paragraph", "first"), stocks=("stock", "sum"), entries=("entries", "sum"),
        exits=("exits", "sum"), cost=("cost", "sum"), months_known=("stock", "count"),
        complete=("cost", lambda v: v.notna().all()),
    )  # fmt: skip
    now = rows[rows["month"] == newest].set_index(["area_id", "service"])["stock"].rename("stock")
    sums = sums.join(now).astype({"stock": float, "stocks": float, "entries": float, "exits": float})
    sums = sums[sums["complete"] & (sums["stocks"] > 0) & sums["stock"].notna()]
    flow = sums["exits"].where(sums["exits"] > 0, sums["entries"])
    sums["months"] = (sums["stocks"] / flow.where(flow > 0)).fillna(np.inf).clip(lower=0.5)
    sums["price"] = sums["cost"] / sums["stocks"]
    sums["entries"] = sums["entries"] / sums["months_known"].clip(lower=1)
    return sums.reset_index(), f"{pd.Timestamp(newest):%Y-%m}"
