"""Trends of areas over years: no arrow without a test.

With five or more years the rate of an area is fitted by a straight line, years weighted by their denominators. It counts
as a change only if the chi-square of the slope exceeds 9.55 (one constant series in 500 does so by chance) and the slope
keeps its sign whichever single year is left out. Otherwise there is "keine belastbare Veränderung", together with the
yearly change that could have been detected. Chance is Poisson for rates and counts and binomial for shares, with the
mean rate of the series (a score test, as Cochran and Armitage: it holds its level with small counts, too).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from raumblick.stats.rates import Floats, as_floats

CHI_SQUARE = 9.55
LEAST_YEARS = 5
RISES, FALLS, STEADY, SHORT = "steigt", "fällt", "keine belastbare Veränderung", "zu wenige Jahre"
KINDS = ("share", "rate", "count")
_POWER = 0.8  # of the change that is called detectable


@dataclass(frozen=True)
class _Fit:
    """Weighted line through each series: arrays (areas,)."""

    level: Floats
    slope: Floats
    information: Floats  # inverse variance of the slope


def trends(
    numerator: Any, denominator: Any, years: Any, *, kind: str = "rate", multiplier: float = 1.0, level: float = 0.95
) -> pd.DataFrame:
    """Tested trend of each area, one row an area.

    `numerator`, `denominator`: counts of shape (areas, years); `denominator` None for a plain count. Missing years
    are NaN; a year without both counts or with a negative one, without denominator, or with more cases than people (share)
    is left out. `years`: shape (years,), increasing. Columns: `points` (years used), `level` (mean rate), `slope`
    (change a year), `low`, `high` (its interval), `chi_square`, `stable` (sign holds without any one year),
    `significant`, `direction` (1, -1, 0), `trend` (German), `detectable` (yearly change found in 4 of 5 cases), all in
    units of `multiplier`. Raises ValueError for another kind, or years that do not fit or do not increase.
    """
    x, n, t = _series(numerator, denominator, years, kind)
    used = ~np.isnan(x)
    points = used.sum(axis=1)
    fit = _fit(x, n, t, used, kind)
    enough = (points >= LEAST_YEARS) & (fit.information > 0)
    chi_square = np.where(enough, fit.slope**2 * fit.information, np.nan)
    stable = enough & _stable(x, n, t, used, kind, fit.slope)
    significant = stable & (np.nan_to_num(chi_square) > CHI_SQUARE)
    error = np.where(enough, 1 / np.sqrt(np.where(enough, fit.information, 1.0)), np.nan)
    reach = float(ndtri(0.5 + level / 2)) * error
    direction = np.where(significant, np.sign(np.nan_to_num(fit.slope)), 0).astype(int)
    words = np.array([STEADY, RISES, FALLS], dtype=object)[direction]
    slope = np.where(enough, fit.slope, np.nan)
    return pd.DataFrame(
        {
            "points": points,
            "level": fit.level * multiplier,
            "slope": slope * multiplier,
            "low": (slope - reach) * multiplier,
            "high": (slope + reach) * multiplier,
            "chi_square": chi_square,
            "stable": stable,
            "significant": significant,
            "direction": direction,
            "trend": np.where(enough | (points >= LEAST_YEARS), words, SHORT),
            "detectable": (np.sqrt(CHI_SQUARE) + float(ndtri(_POWER))) * error * multiplier,
        }
    )


def detection_power(mean: float, yearly_change: float, years: int, kind: str = "rate") -> float:
    """Chance that a true yearly change is found: about P(chi-square of the slope > 9.55).

    `mean`: expected cases a year in the middle of the series; `yearly_change`: relative, e.g. 0.05; `years`: evenly
    spaced, at least 5. Normal approximation; leaving out single years costs a little of it with few cases.
    """
    if years < LEAST_YEARS or mean <= 0 or kind not in KINDS:
        raise ValueError("power needs at least five years, a positive mean and a kind with counts")
    t = np.arange(years) - (years - 1) / 2
    signal = abs(yearly_change) * mean * np.sqrt((t**2).sum() / mean)
    limit = np.sqrt(CHI_SQUARE)
    return float(ndtr(signal - limit) + ndtr(-signal - limit))


def trend_sentence(row: Any, unit: str = "", decimals: int = 1) -> str:
    """One row of `trends` as a German sentence with the change a year, or what would have been detectable."""

    def shown(value: float) -> str:
        return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,")).replace("-", "−") + (f" {unit}" if unit else "")

    if row["trend"] == SHORT:
        return f"Zu wenige Jahre ({int(row['points'])}) für eine Aussage; nötig sind {LEAST_YEARS}."
    if row["significant"]:
        sign = "+" if row["slope"] > 0 else ""
        word = "Steigt" if row["slope"] > 0 else "Fällt"
        return f"{word} belastbar: {sign}{shown(row['slope'])} im Jahr ({shown(row['low'])} bis {shown(row['high'])})."
    if not np.isfinite(row["detectable"]):
        return "Keine belastbare Veränderung."
    return f"Keine belastbare Veränderung; erkennbar wäre etwa {shown(row['detectable'])} im Jahr."


def _series(numerator: Any, denominator: Any, years: Any, kind: str) -> tuple[Floats, Floats, Floats]:
    """Checked counts (areas, years) and years; unusable years are NaN in both counts."""
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}, expected one of {', '.join(KINDS)}")
    x = np.atleast_2d(as_floats(numerator))
    n = np.ones_like(x) if denominator is None else np.atleast_2d(as_floats(denominator))
    t = as_floats(years)
    if x.shape != n.shape or t.shape != (x.shape[1],) or not (np.diff(t) > 0).all():
        raise ValueError("counts must be (areas, years) and years must increase")
    usable = (x >= 0) & (n > 0)
    if kind == "share":
        usable &= x <= n
    return np.where(usable, x, np.nan), np.where(usable, n, np.nan), t


def _fit(x: Floats, n: Floats, t: Floats, used: NDArray[np.bool_], kind: str) -> _Fit:
    """Least squares of x / n on t with weights n; variance under a constant rate."""
    w = np.where(used, np.nan_to_num(n), 0.0)
    cases = np.where(used, np.nan_to_num(x), 0.0)
    total = w.sum(axis=1)
    safe = np.where(total > 0, total, 1.0)
    level = cases.sum(axis=1) / safe
    centred = np.where(used, t - ((w * t).sum(axis=1) / safe)[:, None], 0.0)
    moment = (w * centred**2).sum(axis=1)
    slope = (centred * cases).sum(axis=1) / np.where(moment > 0, moment, 1.0)
    chance = level * (1 - level) if kind == "share" else level
    information = np.where((chance > 0) & (moment > 0), moment / np.where(chance > 0, chance, 1.0), 0.0)
    return _Fit(np.where(total > 0, level, np.nan), slope, information)


def _stable(
    x: Floats, n: Floats, t: Floats, used: NDArray[np.bool_], kind: str, slope: Floats
) -> NDArray[np.bool_]:
    """True where the slope keeps its sign without any single year."""
    stable = slope != 0
    for year in range(t.size):
        rest = used.copy()
        rest[:, year] = False
        stable &= np.sign(_fit(x, n, t, rest, kind).slope) == np.sign(slope)
    return stable
