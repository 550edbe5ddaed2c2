"""How good a projection would have been: each earlier year as if nothing after it were known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.stats.rates import Floats
from raumblick.supply.cohorts import History
from raumblick.supply.errors import SupplyError
from raumblick.supply.projection import Method, Past, Recipe, Residuals


@dataclass(frozen=True, eq=False)
class Backtest:
    """A recipe against what came.

    `origins`, by origin: actual (children), error, unchanged and ageing (sums of absolute errors of the recipe, of "as it
    is today" and of cohorts that grow older without moving), covered (share of areas inside the interval, which was made
    from what was known at the origin; missing without enough past errors).
    """

    origins: pd.DataFrame

    @property
    def wape(self) -> float:
        """Sum of absolute errors by sum of children, over all areas and origins."""
        return self._share("error")

    @property
    def unchanged(self) -> float:
        """The same for "as it is today"."""
        return self._share("unchanged")

    @property
    def ageing(self) -> float:
        """The same for cohorts that grow older without moving."""
        return self._share("ageing")

    @property
    def coverage(self) -> float:
        """Share of areas inside the interval, mean of the origins that have one; missing without any."""
        return float(self.origins["covered"].mean())

    def _share(self, column: str) -> float:
        return float(self.origins[column].sum() / self.origins["actual"].sum())


def backtest(history: History, age_from: int, age_to: int, ahead: int, recipe: Recipe | None = None) -> Backtest:
    """Project from every earlier year that has all base windows, and compare.

    Args:
        history: residents by age of past years.
        age_from: included. age_to: excluded.
        ahead: years ahead.
        recipe: None: the default.

    Raises:
        SupplyError: no earlier year has all windows and a known outcome.
    """
    chosen = recipe or Recipe()
    method = Method(history, age_from, age_to, chosen)
    rows = [
        _row(method, past, ahead)
        for past in method.past(ahead, history.years[-1])
        if len(method.windows(ahead, past.origin)) == chosen.windows and past.known.any()
    ]
    if not rows:
        raise SupplyError("history", "Für eine Rückrechnung fehlen Jahre.")
    return Backtest(pd.DataFrame(rows).set_index("origin"))


def _row(method: Method, past: Past, ahead: int) -> dict[str, float]:
    history = method.history
    unchanged = history.count(past.origin, method.age_from, method.age_to)
    older = _ageing(method, ahead, past.origin)
    known = past.known & ~np.isnan(unchanged) & ~np.isnan(older)
    actual = past.actual[known]
    low, high = Residuals.of(method.past(ahead, past.origin), method.recipe).interval(past.projected)
    inside = (past.actual >= low) & (past.actual <= high)
    return {
        "origin": past.origin,
        "actual": actual.sum(),
        "error": np.abs(past.projected[known] - actual).sum(),
        "unchanged": np.abs(unchanged[known] - actual).sum(),
        "ageing": np.abs(older[known] - actual).sum(),
        "covered": float("nan") if np.isnan(low).all() else float(inside[known].mean()),
    }


def _ageing(method: Method, ahead: int, base: int) -> Floats:
    """The age group if nobody moved or died; children not born yet are as many as those of age 0 today."""
    young = min(max(ahead - method.age_from, 0), method.age_to - method.age_from)
    born = np.zeros(len(method.history.areas))
    if max(method.age_from, ahead) < method.age_to:
        born = method.history.count(base, max(method.age_from, ahead) - ahead, method.age_to - ahead)
    return born + (young * method.history.count(base, 0, 1) if young else 0.0)
