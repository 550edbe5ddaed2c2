"""How is one indicator spread over the areas, and how did it change? The answer behind Karte and Überblick."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from raumblick.answers.values import HIDDEN, MISSING, VALUE, Indicator, areas, complete, indicator
from raumblick.snapshot.store import Store
from raumblick.stats.change import change
from raumblick.stats.classes import Method, class_breaks, classify


@dataclass(frozen=True, eq=False)
class Spread:
    """One indicator in all areas of a level at one period.

    `areas` has one row an area in ascending area_id: area_id, name, parent_name, numerator, denominator, value, low,
    high, state, sign, status, source_id, areas_missing, class_index (-1 missing, -2 hidden), wide (the interval
    reaches over more than two classes), against_city ("above", "below" or "" where the interval holds the city value).
    `breaks` are the same for every period, so that a year slider compares like with like.
    """

    indicator: Indicator
    level: str
    period: str
    periods: tuple[str, ...]
    areas: pd.DataFrame
    breaks: NDArray[np.float64]
    city_value: float | None
    city_low: float | None
    city_high: float | None
    city_missing: int

    def count(self, state: str) -> int:
        """Number of areas whose number has this state."""
        return int((self.areas["state"] == state).sum())


@dataclass(frozen=True, eq=False)
class SpreadChange:
    """Change of one indicator between two periods in all areas of a level.

    `areas`: area_id, name, parent_name, before, after, change, low, high, state, tested, significant, class_index.
    Changes of shares are percentage points. `tested` is False for kinds without a test; then nothing is significant.
    """

    indicator: Indicator
    level: str
    first: str
    last: str
    areas: pd.DataFrame
    breaks: NDArray[np.float64]
    city_change: float | None
    city_significant: bool

    @property
    def tested(self) -> bool:
        """True when the indicator's kind has a test."""
        return bool(self.areas["tested"].any())


def spread(store: Store, key: str, level: str, period: str | None = None, method: Method = "quantile") -> Spread:
    """Values, intervals and classes of an indicator in all areas of a level.

    Args:
        store: the open snapshot.
        key: indicator.
        level: level of the areas.
        period: one of the periods with numbers; None or an unknown one takes the newest.
        method: how class borders are found (`raumblick.stats.classes.class_breaks`).

    Raises:
        UnknownIndicatorError: the indicator has no number on this level.
    """
    course = _course(store, key, level, method)
    sheet, periods, breaks = course.sheet, course.periods, course.breaks
    chosen = period if period is not None and period in periods else periods[-1]
    frame = course.areas.merge(course.rows[course.rows["period"] == chosen], on="area_id", how="left")
    frame["state"] = frame["state"].fillna(MISSING)
    frame["class_index"] = _classes(frame["value"], frame["state"], breaks)
    wide = classify(frame["high"], breaks) - classify(frame["low"], breaks) >= 2
    frame["wide"] = wide & frame["low"].notna()
    now = course.city[(course.city["period"] == chosen) & course.city["value"].notna()]
    value, low, high = (_first(now[name]) for name in ("value", "low", "high"))
    frame["against_city"] = _against(frame, value)
    missing = int(now["areas_missing"].iloc[0]) if len(now) else 0
    return Spread(sheet, level, chosen, periods, frame.drop(columns="period"), breaks, value, low, high, missing)


@dataclass(frozen=True, eq=False)
class _Course:
    """What all periods of an indicator have in common: its sheet, the areas, all rows, and the class borders."""

    sheet: Indicator
    areas: pd.DataFrame
    rows: pd.DataFrame
    city: pd.DataFrame
    periods: tuple[str, ...]
    breaks: NDArray[np.float64]


@lru_cache(maxsize=8)  # who moves the slider of the years asks for the same indicator again and again
def _course(store: Store, key: str, level: str, method: Method) -> _Course:
    sheet = indicator(store, key, level)
    rows = complete(store.read("values", indicator=key, level=level), sheet.kind, sheet.multiplier)
    periods = tuple(sorted(rows.loc[rows["state"] != MISSING, "period"].unique()))
    city = complete(store.read("values", indicator=key, level="stadt"), sheet.kind, sheet.multiplier)
    found = areas(store, level).drop(columns="parent_id")
    return _Course(sheet, found, rows, city, periods, class_breaks(rows["value"], method))


def spread_change(store: Store, key: str, level: str, first: str, last: str) -> SpreadChange:
    """Tested change of an indicator between two periods.

    Raises:
        UnknownIndicatorError: the indicator has no number on this level.
    """
    sheet = indicator(store, key, level)
    frame = areas(store, level).drop(columns="parent_id")
    tested = tested_change(sheet, store.read("values", indicator=key, level=level), frame["area_id"], first, last)
    frame = pd.concat([frame, tested], axis=1)
    spread_of = np.nanmax(np.abs(frame["change"])) if frame["change"].notna().any() else 0.0
    breaks = _symmetric_breaks(frame["change"]) if spread_of > 0 else np.empty(0)
    frame["class_index"] = _classes(frame["change"], frame["state"], breaks)
    rows = store.read("values", indicator=key, level="stadt")
    city = tested_change(sheet, rows, [store.city["city_id"]], first, last)
    gaps = rows.loc[rows["period"].isin([first, last]), "areas_missing"]
    comparable = gaps.nunique() <= 1 and (not len(gaps) or int(gaps.max()) == 0)  # sums over the same areas, all of them
    value = _first(city["change"]) if comparable else None
    return SpreadChange(sheet, level, first, last, frame, breaks, value, comparable and bool(city["significant"].any()))


def tested_change(sheet: Indicator, rows: pd.DataFrame, order: Iterable[str], first: str, last: str) -> pd.DataFrame:
    """Change between two periods, area by area.

    Args:
        sheet: the indicator; its kind decides the test.
        rows: query `values`.
        order: area_id in the order of the result.
        first: earlier period.
        last: later period.

    Returns:
        One row an area: before, after, change, low, high (95 % interval), state, tested, significant.
    """
    pairs = _pairs(rows, pd.Index(order), first, last)
    earlier, later = (pairs["numerator_1"], pairs["denominator_1"]), (pairs["numerator_2"], pairs["denominator_2"])
    result = change(sheet.kind, *earlier, *later, sheet.multiplier)
    plain = (pairs["value_2"] - pairs["value_1"]).to_numpy(dtype=float)
    hidden = pairs["status_1"].eq("hidden") | pairs["status_2"].eq("hidden")
    tested = ~np.isnan(np.asarray(result.low, dtype=float))
    return pd.DataFrame(
        {
            "before": pairs["value_1"].to_numpy(dtype=float),
            "after": pairs["value_2"].to_numpy(dtype=float),
            "change": plain,
            "low": np.asarray(result.low, dtype=float),
            "high": np.asarray(result.high, dtype=float),
            "state": np.where(~np.isnan(plain), VALUE, np.where(hidden, HIDDEN, MISSING)),
            "tested": tested,
            "significant": np.asarray(result.significant, dtype=bool) & tested,
        }
    )


def _pairs(rows: pd.DataFrame, order: pd.Index, first: str, last: str) -> pd.DataFrame:
    """Rows of two periods side by side: columns with suffix _1 and _2."""
    columns = ["numerator", "denominator", "value", "status"]
    one = rows[rows["period"] == first].set_index("area_id").reindex(order)[columns].add_suffix("_1")
    return one.join(rows[rows["period"] == last].set_index("area_id").reindex(order)[columns].add_suffix("_2"))


def _symmetric_breaks(changes: pd.Series) -> NDArray[np.float64]:
    """Borders -b, -a, a, b: the middle class is small change; a and b are readable and the same on both sides."""
    inner = class_breaks(changes.abs(), "quantile", 3)
    return np.concatenate([-inner[::-1], inner]) if len(inner) else np.empty(0)


def _classes(values: pd.Series, states: pd.Series, breaks: NDArray[np.float64]) -> NDArray[np.int64]:
    found = classify(values, breaks)
    return np.where(states == HIDDEN, -2, np.where(states == MISSING, -1, found))


def _against(frame: pd.DataFrame, city: float | None) -> NDArray[np.str_]:
    if city is None:
        return np.full(len(frame), "")
    return np.where(frame["low"] > city, "above", np.where(frame["high"] < city, "below", ""))


def _first(values: pd.Series) -> float | None:
    return float(values.iloc[0]) if len(values) and pd.notna(values.iloc[0]) else None
