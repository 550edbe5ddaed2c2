"""What prevention would have to do to pay for itself. The effect is set by the user, 0 by default; nothing is cut by it.

Entries react to prevention money with an elasticity e: entries x (1 + change)^e, after a lag. Money of the running year and
claims of young people are never reduced by this page; it answers "what if" and "how much would be enough".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from raumblick.money.errors import LAW, MoneyError, euro, not_negative
from raumblick.money.risk import case_numbers
from raumblick.stats.words import number

PRESETS = (
    (0.0, "keine Wirkung angenommen (Voreinstellung)"),
    (-0.02, "kleine Wirkung: 10 % mehr Geld, 0,2 % weniger Zugänge (Annahme)"),
    (-0.10, "große Wirkung: 10 % mehr Geld, 1 % weniger Zugänge (Annahme, obere Grenze)"),
)


@dataclass(frozen=True)
class Prevention:
    """Money for prevention now and planned (euro a year), elasticity with a band (from the stronger to the weaker effect), lag
    in months (at least 12)."""

    now: float
    planned: float
    elasticity: float = 0.0
    band: tuple[float, float] | None = None
    lag: int = 12


def effect(plan: Prevention, elasticity: float) -> float:
    """Factor on entries after the lag.

    Raises:
        MoneyError: no money now, a lag under a year, an elasticity above 0 or below -1.
    """
    not_negative([plan.now, plan.planned], "prevention", "Das Geld für Prävention")
    if plan.now <= 0 or plan.planned <= 0:
        raise MoneyError("now", "Ohne Geld für Prävention, heute und geplant, lässt sich keine Wirkung schätzen.")
    if plan.lag < 12:
        raise MoneyError("lag", "Prävention wirkt frühestens nach einem Jahr; die Verzögerung muss mindestens 12 Monate sein.")
    if not -1 <= elasticity <= 0:
        raise MoneyError("elasticity", "Die Elastizität muss zwischen −1 und 0 liegen.")
    return float((plan.planned / plan.now) ** elasticity)


def years_ahead(
    plan: Prevention,
    stock: Any,
    duration_months: Any,
    price: Any,
    entries: Any = None,
    years: int = 5,
    elasticity: float | None = None,
) -> pd.DataFrame:
    """Cost of help by year with and without the planned money.

    Args:
        stock, duration_months, price, entries: cases as for `risk.year_moments`.
        elasticity: default: that of the plan.

    Returns:
        year (1, 2, ...), without, with_plan, fewer (euro of help not needed), extra (euro of prevention more than now), net
        (fewer - extra; negative: costs more than it spares).

    Raises:
        MoneyError: as `effect` and `year_moments`.
    """
    n0, stay, c, arriving, _ = case_numbers(stock, duration_months, price, entries, 0.0)
    factor = effect(plan, plan.elasticity if elasticity is None else elasticity)
    without, with_plan = np.zeros((2, years))
    one, two = n0 * np.ones_like(arriving), n0 * np.ones_like(arriving)
    for month in range(12 * years):
        one, two = one * stay + arriving, two * stay + arriving * (factor if month >= plan.lag else 1.0)
        without[month // 12] += float((c * one).sum())
        with_plan[month // 12] += float((c * two).sum())
    extra = np.full(years, plan.planned - plan.now)
    return pd.DataFrame(
        {
            "year": np.arange(1, years + 1), "without": without, "with_plan": with_plan, "fewer": without - with_plan,
            "extra": extra, "net": without - with_plan - extra,
        }
    )  # fmt: skip


def break_even(plan: Prevention, stock: Any, duration_months: Any, price: Any, entries: Any = None, years: int = 5) -> float:
    """Elasticity at which the planned money has paid for itself within the years; missing where even -1 is not enough.

    Instead of promising a saving: compare this number with what studies find.

    Raises:
        MoneyError: as `years_ahead`; the plan has no more money than today.
    """
    if plan.planned <= plan.now:
        raise MoneyError("planned", "Die Frage stellt sich nur, wenn mehr Geld als heute geplant ist.")

    def net(elasticity: float) -> float:
        return float(years_ahead(plan, stock, duration_months, price, entries, years, elasticity)["net"].sum())

    low, high = -1.0, 0.0
    if net(low) < 0:
        return float("nan")
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if net(middle) >= 0 else (low, middle)
    return low


def sentence(plan: Prevention, found: Sequence[pd.DataFrame], needed: float) -> str:
    """The answer in words.

    Args:
        found: `years_ahead` for the elasticity and, where there is a band, for its two ends.
        needed: `break_even`.
    """
    sums = sorted(float(table["fewer"].sum()) for table in found)
    years = len(found[0])
    if plan.elasticity == 0 and sums[-1] == 0:
        text = f"Ohne angenommene Wirkung kostet der Plan in {years} Jahren {euro(round(float(found[0]['extra'].sum())))} mehr."
    else:
        band = f" (Spanne {euro(round(sums[0], -3))} bis {euro(round(sums[-1], -3))})" if len(sums) > 1 else ""
        spared = float(found[0]["fewer"].sum())
        text = f"Bei der angenommenen Wirkung werden in {years} Jahren Hilfen für {euro(round(spared, -3))} nicht nötig{band}."
    if np.isnan(needed):
        return f"{text} Auch eine sehr große Wirkung trüge sich in dieser Zeit nicht. {LAW}"
    return f"{text} Getragen hat sich der Plan ab einer Elastizität von {number(needed, 3).replace('-', '−')}. {LAW}"
