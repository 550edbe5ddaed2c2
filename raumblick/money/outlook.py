"""A second opinion on the year, from cases; both side by side with the difference explained; and when to warn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from raumblick.money.errors import LAW, MoneyError, euro
from raumblick.money.risk import overspending, year_moments

_HALF = 1.2815515594600038  # normal quantile of 90 %: an 80 % interval
GREEN, AMBER, RED = "grün", "gelb", "rot"
_GREEN_BELOW, _RED_ABOVE = 0.2, 0.5


@dataclass(frozen=True)
class CaseForecast:
    """A year from its cases, in euro: booked so far, the rest if nothing changed (stock x price), the mean of the rest,
    value, standard deviation, 80 % interval."""

    month: int
    booked: float
    unchanged: float
    rest: float
    value: float
    sd: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """Why two forecasts differ: value from cases minus value from bookings, as the sum of `level` (cases that run now cost
    another amount a month than the bookings let expect) and `movement` (more or fewer cases to come), and a sentence."""

    total: float
    level: float
    movement: float
    sentence: str


@dataclass(frozen=True)
class Alert:
    """Colour ("grün", "gelb", "rot") with the probability of overspending by more than what matters, mean overspending in
    euro, and a German sentence."""

    colour: str
    probability: float
    excess: float
    sentence: str


def from_cases(
    booked: float, month: int, stock: Any, duration_months: Any, price: Any, entries: Any = None, case_mix_cv: Any = 0.0
) -> CaseForecast:
    """Year from the cases that run after `month` months; cells (areas, services) are added as independent.

    Args:
        booked: euro up to then.
        month: months that are over, 0 to 12.
        stock, duration_months, price, entries, case_mix_cv: as for `risk.year_moments`.

    Raises:
        MoneyError: as `year_moments`, or a month that does not exist.
    """
    if not 0 <= month <= 12:
        raise MoneyError("month", f"Den Monat {month} gibt es nicht.")
    mean, sd = year_moments(stock, duration_months, price, 12 - month, entries, case_mix_cv)
    rest, spread = float(np.sum(mean)), float(np.sqrt(np.sum(np.square(sd))))
    now = float(np.sum(np.broadcast_to(np.asarray(stock, dtype=float) * np.asarray(price, dtype=float), np.shape(mean))))
    value = booked + rest
    low, high = max(booked, value - _HALF * spread), value + _HALF * spread
    return CaseForecast(month, booked, now * (12 - month), rest, value, spread, low, high)


def difference(books: float, month: int, cases: CaseForecast) -> Difference:
    """The two forecasts of one year, explained. The parts add up to the difference.

    Args:
        books: forecast of the year from its bookings, in euro, as it stood after `month` months.
        cases: from its cases.

    Raises:
        MoneyError: they stand at different months.
    """
    if month != cases.month:
        raise MoneyError("month", "Die beiden Prognosen stehen auf verschiedenen Monaten.")
    movement = cases.rest - cases.unchanged
    total = cases.value - books
    level = total - movement
    if abs(total) < 1:
        return Difference(total, level, movement, "Beide Prognosen sagen dasselbe.")
    more = "mehr" if total > 0 else "weniger"
    text = f"Aus den Fällen kommen {euro(round(abs(total)))} {more} heraus als aus den Buchungen."
    parts = []
    if abs(level) >= 1:
        than = "mehr kosten, als die Buchungen zeigen" if level > 0 else "weniger kosten, als die Buchungen zeigen"
        parts.append(f"{_signed(level)}, weil die laufenden Fälle {than}")
    if abs(movement) >= 1:
        parts.append(f"{_signed(movement)}, weil {'mehr' if movement > 0 else 'weniger'} Hilfen beginnen als enden")
    return Difference(total, level, movement, f"{text} {'; '.join(parts)}.")


def _signed(amount: float) -> str:
    return f"{'+' if amount > 0 else '−'}{euro(round(abs(amount)))}"


def warn(value: float, sd: float, budget: float, matters: float = 0.0) -> Alert:
    """Green under 20 % probability of overspending, amber to 50 %, red above.

    Args:
        value, sd: of the year, in euro.
        budget: euro.
        matters: overspending up to this amount is none worth a warning.

    Raises:
        MoneyError: a negative spread or amount that matters.
    """
    if not sd >= 0 or not matters >= 0:
        raise MoneyError("sd", "Streuung und Warngrenze dürfen nicht negativ sein.")
    chance = float(overspending(value, sd, budget + matters)[0])
    excess = float(overspending(value, sd, budget)[1])
    colour = GREEN if chance < _GREEN_BELOW else AMBER if chance <= _RED_ABOVE else RED
    word = {GREEN: "Kein Anlass zur Sorge", AMBER: "Im Blick behalten", RED: "Wird voraussichtlich überschritten"}[colour]
    limit = f"um mehr als {euro(round(matters))} " if matters > 0 else ""
    says = "unter 1 %" if chance < 0.01 else "über 99 %" if chance > 0.99 else f"{round(100 * chance)} %"
    text = f"{word}: Mit {says} Wahrscheinlichkeit wird das Budget {limit}überschritten; im Mittel fehlen {euro(round(excess))}."
    return Alert(colour, chance, excess, f"{text} {LAW}")
