"""What helps cost in a year, as mean and standard deviation, exactly; and what follows for a budget.

A month is a step. Of the running cases a share q = exp(-1/L) stays to the next month; entries come as a Poisson number
lambda. In month t there are m_t cases on average:

    m_t = N0 q^t + lambda (1 - q^t)/(1 - q)
    v_t = N0 q^t (1 - q^t) + lambda (1 - q^t)/(1 - q)
    Cov(s, t) = q^|t - s| v_min(s, t)
    E = c sum m_t,  Var = c^2 sum sum Cov + c^2 kappa^2 sum sum q^|t - s| m_min(s, t)

kappa is the coefficient of variation of prices between cases. Without entries given, as many come as leave: N0 (1 - q).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from raumblick.money.errors import LAW, MoneyError, euro, not_negative
from raumblick.stats.rates import Floats

Z = ndtri


@dataclass(frozen=True, eq=False)
class Affordable:
    """Whether all necessary helps can be paid from a budget.

    `probability` that the cost stays within the budget, `over` = 1 - that, `excess`: mean overspending in euro over all
    years, `size`: mean overspending of those years that overspend, `answer`: "ja", "unsicher" or "nein", `sentence`:
    German, with the legal notice.
    """

    probability: float
    over: float
    excess: float
    size: float
    answer: str
    sentence: str


def year_moments(
    stock: Any,
    duration_months: Any,
    price: Any,
    months: int = 12,
    entries: Any = None,
    case_mix_cv: Any = 0.0,
    price_path: Sequence[float] | None = None,
) -> tuple[Floats, Floats]:
    """Mean and standard deviation of the cost of the coming months, in euro.

    Args:
        stock: N0, running cases at the start; scalar or any shape, broadcast with the others (areas x services).
        duration_months: L, mean duration of a help in months; infinite where no case ends.
        price: c, euro a case and month.
        months: how many are to come; 0 gives 0.
        entries: lambda, new cases a month; default: as many as leave.
        case_mix_cv: kappa, 0 where all cases cost the same.
        price_path: factor on the price in each month, e.g. a rise from July; default: 1 in all.

    Raises:
        MoneyError: negative or missing numbers, a duration of 0, a path of another length.
    """
    existing, coming = split_moments(stock, duration_months, price, months, entries, case_mix_cv, price_path)
    return existing[0] + coming[0], np.sqrt(existing[1] + coming[1])


def split_moments(
    stock: Any, duration_months: Any, price: Any, months: int = 12, entries: Any = None, case_mix_cv: Any = 0.0,
    price_path: Sequence[float] | None = None,
) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:  # fmt: skip
    """(mean, variance) of the cost of running cases and (mean, variance) of the cost of entries; as `year_moments`."""
    n0, stay, c, arriving, kappa = case_numbers(stock, duration_months, price, entries, case_mix_cv)
    path = month_factors(price_path, months)
    shape = np.broadcast_shapes(n0.shape, stay.shape, c.shape, arriving.shape, kappa.shape)
    weights = _ahead(stay, path)
    mean, squares = np.zeros((2, *shape)), np.zeros((2, *shape))
    survive, arrived, spread = np.ones(stay.shape), np.zeros(np.broadcast_shapes(stay.shape, arriving.shape)), kappa**2
    for factor, weight in zip(path, weights, strict=True):
        survive = survive * stay
        arrived = arrived * stay + arriving
        running = n0 * survive
        mean[0] += factor * running
        mean[1] += factor * arrived
        squares[0] += weight * running * (1 - survive + spread)
        squares[1] += weight * arrived * (1 + spread)
    square = c**2
    return (c * mean[0], square * squares[0]), (c * mean[1], square * squares[1])


def case_numbers(stock: Any, duration_months: Any, price: Any, entries: Any, case_mix_cv: Any) -> tuple[Floats, ...]:
    """Checked numbers: stock, share that stays a month, price, entries a month, case mix.

    Raises:
        MoneyError: as `year_moments`.
    """
    n0 = not_negative(stock, "stock", "Der Bestand")
    length = not_negative(duration_months, "duration_months", "Die Dauer der Hilfen", finite=False)
    c = not_negative(price, "price", "Der Preis")
    kappa = not_negative(case_mix_cv, "case_mix_cv", "Die Streuung der Preise")
    if (length <= 0).any():
        raise MoneyError("duration_months", "Die Dauer der Hilfen muss größer als 0 sein.")
    leaving = -np.expm1(-1 / length)
    arriving = n0 * leaving if entries is None else not_negative(entries, "entries", "Die Zahl der Zugänge")
    return n0, 1 - leaving, c, arriving, kappa


def month_factors(price_path: Sequence[float] | None, months: int) -> Floats:
    """One factor on the price for each month.

    Raises:
        MoneyError: a negative number of months, a path of another length, negative factors.
    """
    if months < 0:
        raise MoneyError("months", "Die Zahl der Monate darf nicht negativ sein.")
    if price_path is None:
        return np.ones(months)
    path = not_negative(price_path, "price_path", "Die Preise der Monate")
    if path.shape != (months,):
        raise MoneyError("price_path", f"Für {months} Monate sind {path.size} Preise angegeben.")
    return path


def _ahead(stay: Floats, path: Floats) -> list[Floats]:
    """Weight of each month's variance: f_s (f_s + 2 sum over later months of f_t q^(t - s))."""
    weights: list[Floats] = []
    later = np.zeros(stay.shape)
    for factor in path[::-1]:
        weights.append(factor * (factor + 2 * later))
        later = stay * (factor + later)
    return weights[::-1]


def overspending(mean: Any, sd: Any, budget: Any) -> tuple[Floats, Floats]:
    """Probability of overspending and mean overspending in euro (0 where the budget holds), for normal costs.

    Divide the second by the first for the size in a year that overspends. Arguments are broadcast. Without spread the
    answer is sure. Source: E[(X - B)+] = (mu - B) Phi(z) + sd phi(z), z = (mu - B)/sd.
    """
    mu, spread, limit = (np.asarray(v, dtype=float) for v in (mean, sd, budget))
    gap = mu - limit
    sure = spread < 1e-9
    z = gap / np.where(sure, 1.0, spread)
    density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    chance = np.where(sure, (gap > 0) * 1.0, ndtr(z))
    excess = np.where(sure, np.maximum(gap, 0.0), gap * ndtr(z) + spread * density)
    return chance[()], np.maximum(excess, 0.0)[()]


def percentiles(mean: Any, sd: Any, levels: Sequence[float] = (0.5, 0.8, 0.95)) -> Floats:
    """Amounts that a normal cost stays under with the given probabilities; first axis: levels. Never negative.

    Raises:
        MoneyError: a level outside of 0 to 1. For few cases take `YearCost.quantile` (`money/yearcost.py`).
    """
    p = np.asarray(levels, dtype=float)
    if not ((p > 0) & (p < 1)).all():
        raise MoneyError("levels", "Wahrscheinlichkeiten müssen zwischen 0 und 100 % liegen.")
    mu, spread = np.broadcast_arrays(np.asarray(mean, dtype=float), np.asarray(sd, dtype=float))
    return np.maximum(mu + Z(p).reshape(-1, *(1,) * mu.ndim) * spread, 0.0)


def city_moments(
    stock: Any, duration_months: Any, price: Any, months: int = 12, entries: Any = None, case_mix_cv: Any = 0.0,
    demand_cv: float = 0.0, price_cv: float = 0.0, price_path: Sequence[float] | None = None,
) -> tuple[float, float]:  # fmt: skip
    """Mean and standard deviation of the whole city: all cells added, with shocks that hit all of them at once.

    Args:
        demand_cv: common shock on all entries of the year (coefficient of variation).
        price_cv: common shock on all prices.

    Exact: entries are Poisson given the shock, Var = V0 + V1 + demand_cv^2 M1^2 with M1, V1 of the entries; a price factor
    (1 + P) then gives (Var + M^2)(1 + price_cv^2) - M^2.

    Raises:
        MoneyError: as `year_moments`, or a negative shock.
    """
    shocks = not_negative([demand_cv, price_cv], "demand_cv", "Die gemeinsamen Schwankungen")
    (m0, v0), (m1, v1) = split_moments(stock, duration_months, price, months, entries, case_mix_cv, price_path)
    mean, coming = float(m0.sum() + m1.sum()), float(m1.sum())
    variance = float(v0.sum() + v1.sum()) + shocks[0] ** 2 * coming**2
    variance = (variance + mean**2) * (1 + shocks[1] ** 2) - mean**2
    return mean, float(np.sqrt(max(variance, 0.0)))


def reserves(mean: Any, sd: Any, level: float = 0.8, pooled_sd: float | None = None) -> tuple[Floats, float, float]:
    """Reserve over the mean that is enough with a probability: each area alone, one pool, and how many times dearer alone.

    Args:
        mean, sd: of the areas.
        level: probability, 0.5 to below 1.
        pooled_sd: of the sum; default: areas are independent. Give that of `city_moments` for common shocks.

    Returns:
        Euro by area, euro for the pool, sum of the areas over the pool (missing where the pool needs none).

    Raises:
        MoneyError: a level outside of its range.
    """
    if not 0.5 <= level < 1:
        raise MoneyError("level", "Die Sicherheit muss zwischen 50 und 100 % liegen.")
    spread = np.broadcast_arrays(np.asarray(sd, dtype=float), np.asarray(mean, dtype=float))[0]
    alone = Z(level) * spread
    together = float(Z(level) * (np.sqrt((spread**2).sum()) if pooled_sd is None else pooled_sd))
    return alone, together, float(alone.sum() / together) if together > 0 else float("nan")


def affordable(mean: float, sd: float, budget: float) -> Affordable:
    """Are all necessary helps affordable under this budget? "ja" from 80 % on, "nein" below 50 %."""
    over, excess = (float(v) for v in overspending(mean, sd, budget))
    size = excess / over if over > 1e-12 else 0.0
    answer = "ja" if over < 0.2 else "unsicher" if over <= 0.5 else "nein"
    start = {"ja": "Ja, voraussichtlich", "unsicher": "Das ist unsicher", "nein": "Nein, voraussichtlich nicht"}[answer]
    text = (
        f"{start}: Mit {_chance(1 - over)} Wahrscheinlichkeit reicht das Budget von {euro(round(budget))} "
        "für alle nötigen Hilfen."
    )
    if over >= 0.005:
        text += f" Reicht es nicht, fehlen im Mittel {euro(round(size, -3))}."
    return Affordable(1 - over, over, excess, size, answer, f"{text} {LAW}")


def _chance(probability: float) -> str:
    if probability < 0.01:
        return "unter 1 %"
    return "über 99 %" if probability > 0.99 else f"{round(100 * probability)} %"
