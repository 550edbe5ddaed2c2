"""Did a number really rise, fall, or stay? Tested trends of areas, and what of a difference between areas is chance.

No arrow without a test: a trend needs five years and a slope that chance does not make (`raumblick.need.trend`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.answers.profile import Series
from raumblick.answers.spread import Spread
from raumblick.answers.values import Indicator, areas, indicator
from raumblick.need.trend import KINDS, LEAST_YEARS, trend_sentence, trends
from raumblick.snapshot.store import Store
from raumblick.stats.funnel import funnel_limits
from raumblick.stats.rates import rate_interval

LONGEST = 10  # years: a straight line over more of them says little about now
LEVELS = (0.95, 0.998)
_GRID = 120


@dataclass(frozen=True)
class Trend:
    """Tested trend of one area: `direction` 1, -1 or 0 (no reliable change, or no test), first and last period used.

    `sentence` is German, its numbers in units of the indicator (percentage points for shares). `tested` is False for kinds
    without counts and for series that are too short.
    """

    direction: int
    tested: bool
    first: str
    last: str
    sentence: str


@dataclass(frozen=True, eq=False)
class Trends:
    """Tested trends of all areas of a level.

    `areas`: area_id, name, parent_name, points (years), level, slope, low, high (change a year, in units of the
    indicator), direction, trend (German), detectable, tested. `first`, `last`: of the years used.
    """

    indicator: Indicator
    level: str
    first: str
    last: str
    areas: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Funnel:
    """Values against the size of their areas.

    `areas`: area_id, name, denominator, value, beyond (0 inside both limits, 0.95 or 0.998: outside of that one), side
    ("above", "below", ""). `limits`: denominator, low_95, high_95, low_998, high_998. `city`: the common rate.
    """

    indicator: Indicator
    period: str
    areas: pd.DataFrame
    limits: pd.DataFrame
    city: float


def trend_of(series: Series) -> Trend:
    """Trend of one area over its last ten years with a number."""
    sheet, rows = series.indicator, series.area[series.area["value"].notna()].tail(LONGEST)
    first, last = (str(rows["period"].iloc[0]), str(rows["period"].iloc[-1])) if len(rows) else ("", "")
    if sheet.kind not in KINDS:
        return Trend(0, False, first, last, "Für diese Kennzahl gibt es keinen Test auf einen Trend.")
    rows = rows[rows["numerator"].notna() & (rows["denominator"].notna() | (sheet.kind == "count"))]
    if len(rows) < LEAST_YEARS:
        return Trend(0, False, first, last, f"Für einen geprüften Trend fehlen Jahre: {len(rows)} von mindestens {LEAST_YEARS}.")
    x = rows["numerator"].to_numpy(dtype=float)[None]
    n = None if sheet.kind == "count" else rows["denominator"].to_numpy(dtype=float)[None]
    row = trends(x, n, _years(rows["period"]), kind=sheet.kind, multiplier=sheet.multiplier).iloc[0]
    first, last = str(rows["period"].iloc[0]), str(rows["period"].iloc[-1])
    return Trend(int(row["direction"]), True, first, last, trend_sentence(row, "", max(sheet.decimals, 1)))


def area_trends(store: Store, key: str, level: str) -> Trends | None:
    """Trends of an indicator in all areas over the last ten periods; None where its kind has no test or years are few.

    Raises:
        UnknownIndicatorError: no number on this level.
    """
    sheet = indicator(store, key, level)
    rows = store.read("values", indicator=key, level=level)
    known = rows[rows["numerator"].notna() & (rows["denominator"].notna() | (sheet.kind == "count"))]
    periods = sorted(known["period"].unique())[-LONGEST:]
    if sheet.kind not in KINDS or len(periods) < LEAST_YEARS:
        return None
    frame = areas(store, level).drop(columns="parent_id")
    x, n = (_wide(known, name, frame["area_id"], periods) for name in ("numerator", "denominator"))
    table = trends(
        x, None if sheet.kind == "count" else n, _years(pd.Series(periods)), kind=sheet.kind, multiplier=sheet.multiplier
    )
    table["tested"] = table["points"] >= LEAST_YEARS
    columns = ["points", "level", "slope", "low", "high", "direction", "trend", "detectable", "tested"]
    return Trends(sheet, level, periods[0], periods[-1], pd.concat([frame, table[columns]], axis=1))


def funnel(result: Spread) -> Funnel | None:
    """How many areas differ from the city by more than chance; None for kinds without counts."""
    sheet, city = result.indicator, result.city_value
    rows = result.areas[result.areas["value"].notna() & result.areas["low"].notna() & (result.areas["denominator"] > 0)]
    if sheet.kind not in ("share", "rate") or city is None or len(rows) < 3:
        return None
    size = rows["denominator"].to_numpy(dtype=float)
    grid = np.geomspace(max(1.0, 0.8 * size.min()), 1.15 * size.max(), _GRID)
    limits = {"denominator": grid}
    beyond, above = np.zeros(len(rows)), rows["value"].to_numpy(dtype=float) > city
    for level, name in zip(LEVELS, ("95", "998"), strict=True):
        limits[f"low_{name}"], limits[f"high_{name}"] = funnel_limits(sheet.kind, city, grid, sheet.multiplier, level)
        low, high = rate_interval(sheet.kind, rows["numerator"], rows["denominator"], sheet.multiplier, level)
        beyond[(low > city) | (high < city)] = level
    shown = rows[["area_id", "name", "denominator", "value"]].assign(
        beyond=beyond, side=np.where(beyond == 0, "", np.where(above, "above", "below"))
    )
    return Funnel(sheet, result.period, shown.reset_index(drop=True), pd.DataFrame(limits), city)


def _wide(rows: pd.DataFrame, name: str, order: pd.Series, periods: list[str]) -> np.ndarray:
    """Counts (areas, periods)."""
    wide = rows.pivot(index="area_id", columns="period", values=name)
    return wide.reindex(index=order, columns=periods).to_numpy(dtype=float)


def _years(periods: pd.Series) -> np.ndarray:
    """`2024` and `2024-06` as places on an axis of years."""
    return np.array([int(p[:4]) + (int(p[5:7]) - 1) / 12 if len(p) == 7 else float(p) for p in periods.astype(str)])
