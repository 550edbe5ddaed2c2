"""Counts and rates of old areas in new ones, with the shares of `raumblick.intake.crosswalk`.

Counts are divided by share, so totals stay what they were. Rates are never divided or averaged: their numerator and
denominator are, and a rate that comes without them is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from raumblick.intake.crosswalk import CrosswalkError

MOST_MISSING = 0.01  # a new area that owes more than this part to old areas without a number has no number
_PAIR = ["numerator", "denominator"]
_OBSERVATION = ["indicator", "area_id", "period", *_PAIR, "value", "sign", "status", "source_id"]


def convert_counts(values: pd.DataFrame, shares: pd.DataFrame, most_missing: float = MOST_MISSING) -> pd.DataFrame:
    """Counts of old areas as counts of new areas.

    Args:
        values: columns area_id (old key), count (Float64 or Int64, missing allowed) and any others, which name the
            thing counted (date, age, ...); one row for each old area and thing. An old area without a row counts as
            missing.
        shares: frame of `raumblick.intake.crosswalk`: from_id, to_id, share, part.
        most_missing: largest part of a new area that may come from old areas without a number; that part then counts
            as nobody. Above it the new area's count is missing.

    Returns:
        The same columns: for every thing, in the order of its first row, one row for each new area in ascending key.
        `count` is Float64 and not whole. Where no new area is missing, its total is that of `values`.

    Raises:
        CrosswalkError: an area has no shares, or one area and thing come twice.
    """
    things = [name for name in values.columns if name not in ("area_id", "count")]
    strange = set(values["area_id"]) - set(shares["from_id"])
    if strange:
        raise CrosswalkError(f"Für Gebiete fehlen Anteile: {', '.join(sorted(strange))}.", strange)
    if values.duplicated(["area_id", *things]).any():
        raise CrosswalkError("Ein Gebiet steht zweimal da.", set(values.loc[values.duplicated(["area_id", *things]), "area_id"]))
    group = values.groupby(things, dropna=False, sort=False).ngroup() if things else pd.Series(0, index=values.index)
    rows, old = pd.factorize(shares["from_id"])
    columns, new = pd.factorize(shares["to_id"], sort=True)
    given = values.assign(_group=group).pivot(index="area_id", columns="_group", values="count").reindex(old)
    counts = _divided(given.to_numpy(dtype=float, na_value=np.nan), shares, (columns, rows), (len(new), len(old)), most_missing)
    named = values.loc[~group.duplicated(), things].iloc[np.repeat(np.arange(counts.shape[1]), len(new))]
    out = named.reset_index(drop=True).assign(area_id=np.tile(new, counts.shape[1]))
    out["count"] = pd.array(counts.T.ravel(), dtype="Float64")
    out["count"] = out["count"].mask(np.isnan(counts.T.ravel()))
    return out[list(values.columns)]


def convert_observations(
    rows: pd.DataFrame, shares: pd.DataFrame, kinds: Mapping[str, str], most_missing: float = MOST_MISSING
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of the table `observation` in new areas, and which indicators could not be converted.

    Numerators and denominators are converted, so every rate is computed anew; half a pair counts as missing.

    Args:
        rows: rows of old areas: indicator, area_id, period, numerator, denominator, value, source_id.
        shares: as in `convert_counts`.
        kinds: kind of each indicator (`count` needs no denominator).
        most_missing: as in `convert_counts`.

    Returns:
        The new rows, status `estimated`, without value and sign; and one row for each indicator and period of which
        there are values without counts (columns indicator, period, values): a mean of rates would be no rate.
    """
    alone = rows["numerator"].isna() & rows["value"].notna()
    left = rows[alone].groupby(["indicator", "period"]).size().rename("values").reset_index()
    counted = rows[rows["numerator"].notna().groupby([rows["indicator"], rows["period"]]).transform("any")]
    needs = counted["indicator"].map(kinds) != "count"
    whole = counted["numerator"].notna() & (counted["denominator"].notna() | ~needs)
    thing = ["indicator", "period", "source_id"]
    parts = [
        convert_counts(
            counted[["area_id", *thing]].assign(count=counted[name].astype("Float64").where(whole)), shares, most_missing
        ).rename(columns={"count": name})
        for name in _PAIR
    ]
    out = parts[0].assign(denominator=parts[1]["denominator"], value=pd.NA, sign=pd.NA, status="estimated")
    out["denominator"] = out["denominator"].where(out["indicator"].map(kinds) != "count")
    return out[_OBSERVATION], left


def round_counts(counts: pd.DataFrame, by: Sequence[str] = (), at_most: pd.Series | None = None) -> pd.Series:
    """Whole counts whose total over the areas is the rounded total of `counts`, for each thing of the columns `by`.

    Largest remainder: every count is rounded down, and those with the largest remainders get one more until the total
    is right; equal remainders in the order of the rows. So no count moves by one or more.

    Args:
        counts: columns `by` and count (>= 0, missing allowed).
        by: columns that name the thing; without any, all rows are one.
        at_most: a limit for each row, e.g. foreigners for whom there must be residents; a count above its limit gives
            its surplus to others. Limits that leave too little room let the total fall short.

    Returns:
        Int64 with the index of `counts`, missing where the count is.
    """
    limit = np.inf if at_most is None else at_most.astype("Float64").fillna(np.inf)
    rows = counts.assign(_limit=limit)
    known = rows[rows["count"].notna()]
    whole = pd.Series(pd.NA, index=counts.index, dtype="Int64")
    things = [group for _, group in known.groupby(list(by), dropna=False, sort=False)] if by else [known]
    for group in things:
        given = group["count"].to_numpy(dtype=float)
        whole.loc[group.index] = _largest_remainder(given, group["_limit"].to_numpy(dtype=float))
    return whole


def _divided(
    given: NDArray[np.float64],
    shares: pd.DataFrame,
    places: tuple[NDArray[np.int64], NDArray[np.int64]],
    shape: tuple[int, int],
    most_missing: float,
) -> NDArray[np.float64]:
    """Counts of new areas (rows) from those of old ones; NaN in, NaN out."""
    known = ~np.isnan(given)
    counts = csr_array((shares["share"].to_numpy(), places), shape=shape) @ np.where(known, given, 0.0)
    lost = csr_array((shares["part"].to_numpy(), places), shape=shape) @ (~known).astype(float)
    return np.where(lost > most_missing + 1e-12, np.nan, counts)


def _largest_remainder(values: NDArray[np.float64], limits: NDArray[np.float64]) -> NDArray[np.int64]:
    total = round(values.sum())
    whole = np.minimum(np.floor(values + 1e-9), limits)
    while (open_ := int(total - whole.sum())) > 0 and (room := whole < limits).any():
        order = np.lexsort((np.arange(len(values)), whole - values, ~room))
        chosen = order[: min(open_, int(room.sum()))]
        whole[chosen] += 1
    return whole.astype(np.int64)
