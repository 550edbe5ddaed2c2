"""The whole distribution of a year's cost: exact on a grid, also for a handful of cases; and drawn at random on request.

Cases are independent. A running case costs its price times the months it stays; entries come as a Poisson number. So the
cost is a sum of a fixed and a Poisson number of single costs, and its distribution is a product of transforms.
Source: compound distributions by discretised severities and the fast Fourier transform (Panjer and Willmot 1992).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammainc

from raumblick.money.errors import MoneyError
from raumblick.money.risk import case_numbers, month_factors, year_moments
from raumblick.stats.rates import Floats

_MOST_POINTS = 1 << 16


@dataclass(frozen=True, eq=False)
class YearCost:
    """Probabilities of a cost: `chance[i]` that it is `i * step` euro."""

    step: float
    chance: Floats

    @property
    def mean(self) -> float:
        """Expected cost in euro."""
        return float(self.step * (np.arange(len(self.chance)) @ self.chance))

    @property
    def sd(self) -> float:
        """Standard deviation in euro."""
        steps = np.arange(len(self.chance))
        middle = steps @ self.chance
        return float(self.step * np.sqrt(np.sum((steps - middle) ** 2 * self.chance)))

    def quantile(self, levels: Sequence[float] = (0.5, 0.8, 0.95)) -> Floats:
        """Smallest amounts that the cost stays within with the given probabilities."""
        summed = np.cumsum(self.chance)
        at = np.searchsorted(summed, np.asarray(levels, dtype=float) - 1e-12)
        return self.step * np.minimum(at, len(self.chance) - 1).astype(float)

    def over(self, budget: float) -> tuple[float, float]:
        """Probability that the cost is above the budget, and mean overspending in euro (0 where it is not)."""
        above = np.arange(len(self.chance)) * self.step - budget
        return float(self.chance[above > 1e-6].sum()), float(self.chance @ np.maximum(above, 0.0))


def months_of_cases(stay: float, months: int) -> tuple[Floats, Floats]:
    """Chances that a running case, and expected numbers of entries (at one a month) that, stay 0, 1, ..., `months` months."""
    alive = stay ** np.arange(months + 1)
    running = np.append(alive[:-1] - alive[1:], alive[-1])
    coming = np.zeros(months + 1)
    for left in range(1, months + 1):  # of one who comes when `left` months are left: counts at once
        coming[1:left] += alive[: left - 1] - alive[1:left]
        coming[left] += alive[left - 1]
    return running, coming


def year_cost(
    stock: Any, duration_months: Any, price: Any, months: int = 12, entries: Any = None, case_mix_cv: Any = 0.0,
    points: int = 4096,
) -> YearCost:  # fmt: skip
    """Distribution of the cost of all cells together; arguments as for `risk.year_moments`.

    A stock that is no whole number counts as one case more with that probability. With prices that differ between cases
    (case mix) each case has its own factor, gamma distributed. `points` of the grid, a power of two; the grid is one month
    of one case where all cases cost the same.

    Raises:
        MoneyError: as `year_moments`; more cases than the grid can hold finely.
    """
    n0, stay, c, arriving, kappa = np.broadcast_arrays(*case_numbers(stock, duration_months, price, entries, case_mix_cv))
    groups = _groups(n0, stay, c, arriving, kappa)
    mean, sd = (np.asarray(v) for v in year_moments(n0, duration_months, c, months, arriving, kappa))
    top = float(mean.sum() + 10 * np.sqrt((sd**2).sum())) + 6 * float(c.max(initial=0.0)) * (months + 1)
    prices = {row[1] for row in groups}
    if len(prices) == 1 and not kappa.any() and max(prices) > 0:
        step = prices.pop()
        size = 1 << max(int(np.ceil(np.log2(top / step + 2))), 4)
        if size > _MOST_POINTS:
            size, step = points, 1.1 * top / points
    else:
        size, step = points, max(1.1 * top / points, 0.01)
    return YearCost(step, _invert(groups, months, size, step))


def _groups(n0: Floats, stay: Floats, c: Floats, arriving: Floats, kappa: Floats) -> list[tuple[float, ...]]:
    """Cells with the same stay, price and case mix added up: their cases cannot be told apart."""
    kinds = np.round(np.stack([stay.ravel(), c.ravel(), kappa.ravel()], axis=1), 12)
    unique, inverse = np.unique(kinds, axis=0, return_inverse=True)
    cases = np.bincount(inverse.ravel(), n0.ravel(), len(unique))
    coming = np.bincount(inverse.ravel(), arriving.ravel(), len(unique))
    return [(q, price, mix, n, arrive) for (q, price, mix), n, arrive in zip(unique, cases, coming, strict=True)]


def _invert(groups: list[tuple[float, ...]], months: int, size: int, step: float) -> Floats:
    transform = np.ones(size // 2 + 1, dtype=complex)
    for stay, price, mix, cases, arriving in groups:
        running, coming = months_of_cases(stay, months)
        costs = _single_costs(price, mix, months, size, step)
        one = np.fft.rfft(running @ costs)
        transform *= one ** np.floor(cases) * (1 + (cases - np.floor(cases)) * (one - 1))
        transform *= np.exp(arriving * (np.fft.rfft(coming @ costs) - coming.sum()))
    chance = np.clip(np.fft.irfft(transform, size), 0.0, None)
    return chance / chance.sum()


def _single_costs(price: float, mix: float, months: int, size: int, step: float) -> Floats:
    """Distribution on the grid of the cost of a case that stays 0, 1, ... months; means are kept.

    A fixed cost between two points is split between them. A gamma cost is spread by the mean of its distribution function
    over each cell (the same split, integrated).
    """
    costs = np.zeros((months + 1, size))
    costs[0, 0] = 1.0
    for m in range(1, months + 1):
        at = price * m / step
        if mix <= 0 or at <= 0:
            low = int(np.floor(at + 1e-9))
            share = max(at - low, 0.0)
            costs[m, low % size] += 1 - share
            costs[m, (low + 1) % size] += share
        else:
            costs[m] = _gamma_on_grid(at, 1 / mix**2, size)
    return costs


def _gamma_on_grid(mean: float, shape: float, size: int) -> Floats:
    """Mean-preserving discretisation of a gamma distribution: p_k = 2 E(k) - E(k-1) - E(k+1), E the limited mean."""
    scale = mean / shape
    k = np.arange(size + 1, dtype=float)
    limited = mean * gammainc(shape + 1, k / scale) + k * (1 - gammainc(shape, k / scale))
    slopes = np.diff(limited, prepend=0.0)  # slopes[k] = limited[k] - limited[k - 1]
    chance = np.empty(size)
    chance[0] = 1 - slopes[1]
    chance[1:] = slopes[1:size] - slopes[2 : size + 1]
    return np.clip(chance, 0.0, None)


def simulate_year(
    stock: Any, duration_months: Any, price: Any, months: int = 12, entries: Any = None, case_mix_cv: Any = 0.0,
    draws: int = 10_000, seed: int = 1, demand_cv: float = 0.0, price_cv: float = 0.0,
    price_path: Sequence[float] | None = None,
) -> Floats:  # fmt: skip
    """Costs of simulated years, month by month, all cells together: one number a draw.

    Arguments as for `risk.city_moments`; shocks are gamma distributed with mean 1. Case mix is drawn for the cases of each
    number of months together.

    Raises:
        MoneyError: as `city_moments`; a stock that is no whole number together with case mix is rounded.
    """
    cells = np.broadcast_arrays(*case_numbers(stock, duration_months, price, entries, case_mix_cv))
    path = month_factors(price_path, months)
    if np.any(cells[4]) and price_path is not None:
        raise MoneyError("price_path", "Preisänderungen und verschieden teure Fälle lassen sich nicht zusammen simulieren.")
    rng = np.random.default_rng(seed)
    demand = _shock(rng, demand_cv, draws)
    total = np.zeros(draws)
    for n0, stay, c, arriving, kappa in zip(*(v.ravel() for v in cells), strict=True):
        if kappa > 0:
            total += c * _mixed_months(rng, n0, stay, arriving * demand, kappa, months, draws)
        else:
            total += c * _running_months(rng, n0, stay, arriving * demand, path, draws)
    return total * _shock(rng, price_cv, draws)


def _shock(rng: np.random.Generator, cv: float, draws: int) -> Floats:
    return rng.gamma(1 / cv**2, cv**2, draws) if cv > 0 else np.ones(draws)


def _start(rng: np.random.Generator, n0: float, draws: int) -> Any:
    return (np.floor(n0) + (rng.random(draws) < n0 - np.floor(n0))).astype(np.int64)


def _running_months(rng: np.random.Generator, n0: float, stay: float, arriving: Floats, path: Floats, draws: int) -> Floats:
    """Case months, each times the price factor of its month."""
    cases, months = _start(rng, n0, draws), np.zeros(draws)
    for factor in path:
        cases = rng.binomial(cases, stay) + rng.poisson(arriving)
        months += factor * cases
    return months


def _mixed_months(
    rng: np.random.Generator, n0: float, stay: float, arriving: Floats, kappa: float, months: int, draws: int
) -> Floats:
    """Case months, each times the factor of its case: n cases of one length have a gamma factor of shape n / kappa^2."""
    running, coming = months_of_cases(stay, months)
    counts = rng.multinomial(_start(rng, n0, draws), running) + rng.poisson(arriving[:, None] * coming)
    factors = rng.gamma(counts / kappa**2, kappa**2)
    return factors @ np.arange(months + 1)
