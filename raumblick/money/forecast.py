"""What a year will have cost, from its first months: four methods, their choice, an interval, and the back-test behind it.

With C booked in k months, s_k the usual share of a year in its first k months and A what was expected of the year:

    linear            12 C / k
    share             C / s_k
    expectation       C + (1 - s_k) A           (Bornhuetter-Ferguson)
    level             C + (12 - k) l, l the exponentially smoothed level of all months (local level)

Up to month 4 the forecast is the median of the four; from then on the mean of linear and level. Both were chosen by
back-tests on monthly payments of real lines; there a level of the amounts misses less than one of their logarithms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from raumblick.money.errors import MoneyError
from raumblick.stats.rates import Floats

METHODS = ("linear", "share", "expectation", "level")
MEDIAN_UNTIL = 4
SMOOTHING = 0.2  # of the level; 0.15 to 0.3 do about as well in the back-test
LEVEL = 0.8  # of the interval
_TO_SD = 1.2815515594600038  # normal quantile of 90 %, half of an 80 % interval
# Half width of the 80 % interval, as a log ratio, after 1, 2, ..., 11 months; 80 % quantile of the back-test.
WIDTHS = (0.35, 0.22, 0.20, 0.19, 0.11, 0.08, 0.08, 0.06, 0.045, 0.04, 0.037)
_OWN_WEIGHT = 8  # a line's own misses count fully from this many finished years on


@dataclass(frozen=True)
class YearForecast:
    """A forecast of a year in euro: booked so far, value by method (missing where there is no history), the value, its 80 %
    interval, and how it was found ("median", "linear/level", "final")."""

    month: int
    booked: float
    methods: dict[str, float]
    value: float
    low: float
    high: float
    chosen: str

    @property
    def sd(self) -> float:
        """Standard deviation that fits the interval."""
        return (self.high - self.low) / (2 * _TO_SD)


def forecast_year(
    months: Any, history: Any = None, expected: float | None = None, misses: Any = None, widths: Sequence[float] = WIDTHS
) -> YearForecast:
    """Forecast of the whole year.

    Args:
        months: euro of the months booked so far, from the first, up to 12.
        history: euro by finished year (ascending, without gaps up to the year before) and month, shape (years, 12).
        expected: A, e.g. the plan with its usual miss; default: the year before.
        misses: log(actual / forecast) of the line's own back-test at this month, for the interval.
        widths: usual half width after 1 to 11 months.

    Raises:
        MoneyError: no month, more than 12, something missing, or no positive sum.
    """
    own = np.asarray(months, dtype=float)
    past = np.asarray([] if history is None else history, dtype=float).reshape(-1, 12)
    k = len(own)
    if not 1 <= k <= 12 or not np.isfinite(own).all() or not np.isfinite(past).all():
        raise MoneyError("months", "Für eine Prognose werden 1 bis 12 Monate ohne Lücken gebraucht.")
    booked = float(own.sum())
    if k == 12:
        return YearForecast(12, booked, dict.fromkeys(METHODS, booked), booked, booked, booked, "final")
    found = _methods(own, past[past.sum(axis=1) > 0], expected)
    known = [v for v in found.values() if not np.isnan(v)]
    early = k <= MEDIAN_UNTIL
    value = float(np.median(known)) if early else (found["linear"] + found["level"]) / 2
    width = _width(widths[k - 1], misses)
    low, high = value * np.exp(-width), value * np.exp(width)
    if booked >= 0:  # what is booked is spent
        low, high, value = max(low, booked), max(high, booked), max(value, booked)
    return YearForecast(k, booked, found, value, float(low), float(high), "median" if early else "linear/level")


def _methods(own: Floats, past: Floats, expected: float | None) -> dict[str, float]:
    k, booked = len(own), float(own.sum())
    share = float((past[:, :k].sum(axis=1) / past.sum(axis=1)).mean()) if len(past) else np.nan
    usual = expected if expected is not None else float(past[-1].sum()) if len(past) else np.nan
    if np.isnan(share) and expected is not None:
        share = k / 12
    every = np.concatenate([past.ravel(), own])
    level = every[0]
    for amount in every[1:]:
        level += SMOOTHING * (amount - level)
    return {
        "linear": 12 * booked / k,
        "share": booked / share if share > 0.005 and len(past) else np.nan,
        "expectation": booked + (1 - share) * usual,
        "level": booked + (12 - k) * float(level),
    }


def _width(usual: float, misses: Any) -> float:
    """Half width of the interval: usual, drawn to the line's own misses the more of them there are."""
    own = np.abs(np.asarray([] if misses is None else misses, dtype=float))
    own = own[np.isfinite(own)]
    if not len(own):
        return usual
    weight = min(len(own) / _OWN_WEIGHT, 1.0)
    return float((1 - weight) * usual + weight * np.quantile(own, LEVEL))


def backtest(history: Any, at: Sequence[int] = (3, 6, 9)) -> pd.DataFrame:
    """What the forecast would have said in past years.

    Args:
        history: euro by finished year without gaps, shape (years, 12).
        at: months.

    Returns:
        One row a year (from the second on; `year` counts from 0), month and method ("default" and METHODS): forecast, actual,
        error (forecast / actual - 1). Years without a positive sum are left out.
    """
    years = np.asarray(history, dtype=float).reshape(-1, 12)
    rows = []
    for year in range(1, len(years)):
        actual = float(years[year].sum())
        for month in at if actual > 0 else ():
            found = forecast_year(years[year, :month], years[:year])
            for method, value in {"default": found.value, **found.methods}.items():
                rows.append((year, month, method, value, actual, value / actual - 1))
    return pd.DataFrame(rows, columns=["year", "month", "method", "forecast", "actual", "error"])


def coverage(tests: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """How often the 80 % interval held, each line with widths from all the other lines.

    Args:
        tests: back-test by line (`backtest`).

    Returns:
        month, years, covered (share), width (mean half width as log ratio).
    """
    own = pd.concat([t[t["method"] == "default"].assign(line=name) for name, t in tests.items()])
    own["miss"] = np.abs(np.log(own["actual"] / own["forecast"]))
    rows = []
    for month, group in own.groupby("month"):
        width = [widths_of(group.loc[group["line"] != line, "miss"]) for line in group["line"]]
        rows.append((month, len(group), float((group["miss"] <= width).mean()), float(np.mean(width))))
    return pd.DataFrame(rows, columns=["month", "years", "covered", "width"])


def widths_of(misses: Any) -> float:
    """Half width that holds 80 % of misses; the quantile of n + 1, so that small numbers are not too sure."""
    values = np.sort(np.abs(np.asarray(misses, dtype=float)))
    at = LEVEL * (len(values) + 1) - 1
    return float(np.interp(at, np.arange(len(values)), values))


def by_year(amounts: pd.DataFrame, running: int) -> tuple[Floats, Floats]:
    """History and running year for `forecast_year` from monthly sums.

    Args:
        amounts: year, month (1 to 12), amount; months without a row are 0 up to the last one booked.
        running: the year to forecast.

    Returns:
        Finished years without gaps up to the year before (years x 12) and the booked months of the running year.
    """
    table = amounts.pivot_table(index="year", columns="month", values="amount", aggfunc="sum").reindex(columns=range(1, 13))
    years: list[Floats] = []
    year = running - 1
    while year in table.index and table.loc[year].notna().sum() >= 10:
        years.insert(0, table.loc[year].fillna(0.0).to_numpy(dtype=float))
        year -= 1
    own = table.loc[running].dropna() if running in table.index else pd.Series(dtype=float)
    booked = own.reindex(range(1, int(own.index.max()) + 1), fill_value=0.0) if len(own) else own
    return np.array(years).reshape(-1, 12), booked.to_numpy(dtype=float)
