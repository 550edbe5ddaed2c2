"""Stress cases: what a wave of entries, a rise of prices or the closing of a carrier does to the cost of a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from raumblick.money.errors import MoneyError, not_negative
from raumblick.money.risk import overspending, year_moments
from raumblick.stats.rates import Floats


@dataclass(frozen=True)
class Stress:
    """A case to test a budget with.

    From month `from_month` (1 to 12) on: `entries` factor on new cases, `extra_entries` new cases a month on top (in each
    cell that is hit), `price` factor on prices, `moved` share of the cases that need a place elsewhere at `moved_price`
    times the price. It hits the cells of `services` (names; empty: all).
    """

    key: str
    title: str
    from_month: int = 1
    entries: float = 1.0
    extra_entries: float = 0.0
    price: float = 1.0
    moved: float = 0.0
    moved_price: float = 1.0
    services: tuple[str, ...] = ()


STRESSES = (
    Stress("welle", "Welle unbegleiteter Minderjähriger", 4, 1.0, 2.0, services=("inobhutnahme", "heim")),
    Stress("preise", "Entgelte steigen zur Jahresmitte um 6 %", 7, price=1.06),
    Stress("traeger", "Ein Träger schließt: ein Fünftel der Plätze wird um 30 % teurer ersetzt", 4, moved=0.2, moved_price=1.3,
           services=("heim", "volljaehrige", "mutter_kind")),
    Stress("zugaenge", "Ein Zehntel mehr Zugänge", 1, 1.1),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Stressed:
    """A budget under stress: mean and sd by cell, cost on top of the plain year by cell, and of the whole: probability and
    mean size of overspending."""

    stress: Stress
    mean: Floats
    sd: Floats
    extra: Floats
    over: float
    excess: float


def stressed(
    stress: Stress, services: Sequence[str], budget: float, stock: Any, duration_months: Any, price: Any, entries: Any = None,
    case_mix_cv: Any = 0.0,
) -> Stressed:  # fmt: skip
    """The year under stress against the plain year; services are the last axis of the numbers.

    Exact in two parts: the cost of the first months is that of the plain year, and the price path covers the rest; more
    entries are counted as cells of their own that start in the month of the stress, so their cost simply adds.

    Raises:
        MoneyError: as `year_moments`, a month outside of 1 to 12, or negative factors.
    """
    if not 1 <= stress.from_month <= 12:
        raise MoneyError("from_month", "Der Beginn muss ein Monat von 1 bis 12 sein.")
    factors = [stress.entries, stress.extra_entries, stress.price, stress.moved, stress.moved_price]
    not_negative(factors, "stress", "Der Stressfall")
    hit = np.array([not stress.services or name in stress.services for name in services])
    rest = 13 - stress.from_month
    plain, plain_sd = year_moments(stock, duration_months, price, 12, entries, case_mix_cv)
    if plain.shape[-1:] != hit.shape:
        raise MoneyError("services", f"Zu {hit.size} Leistungen gehören ebenso viele Spalten von Fallzahlen.")
    dearer = stress.price * (1 + stress.moved * (stress.moved_price - 1))
    path = [1.0] * (stress.from_month - 1) + [dearer] * rest
    mean, sd = (np.where(hit, a, b) for a, b in zip(
        year_moments(stock, duration_months, price, 12, entries, case_mix_cv, path), (plain, plain_sd), strict=True))  # fmt: skip
    coming = _usual(stock, duration_months, entries) * (stress.entries - 1)
    more = np.where(hit, coming + stress.extra_entries, 0.0)
    extra, extra_sd = year_moments(0.0, duration_months, np.asarray(price, dtype=float) * dearer, rest, np.abs(more), case_mix_cv)
    mean, sd = mean + np.sign(more) * extra, np.sqrt(np.maximum(sd**2 + np.sign(more) * extra_sd**2, 0.0))
    over, excess = overspending(mean.sum(), np.sqrt((sd**2).sum()), budget)
    return Stressed(stress, mean, sd, mean - plain, float(over), float(excess))


def _usual(stock: Any, duration_months: Any, entries: Any) -> Floats:
    if entries is not None:
        return np.asarray(entries, dtype=float)
    return np.asarray(stock, dtype=float) * -np.expm1(-1 / np.asarray(duration_months, dtype=float))
