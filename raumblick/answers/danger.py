"""How likely is the budget exceeded, and which reserve is enough? The answer behind Risiko.

From the helps that run, begin and end (caseload) and from what they cost: the coming twelve months, as mean and spread,
exactly (`raumblick.money.risk`), against the plan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.answers.cases import CASE_MIX, cells_of
from raumblick.answers.planned import planned
from raumblick.money.errors import LAW, MoneyError
from raumblick.money.risk import Affordable, affordable, city_moments, overspending, percentiles, reserves, year_moments
from raumblick.money.stress import STRESSES, stressed
from raumblick.snapshot.store import Store

__all__ = ["LAW", "Assumptions", "Danger", "MoneyError", "danger"]

_LEVELS = (0.1, 0.5, 0.8, 0.9, 0.95)


@dataclass(frozen=True)
class Assumptions:
    """What the coming year may bring: more new cases and higher prices (shares), how much both may miss for all at once
    (coefficients of variation), and the probability with which a reserve is to be enough."""

    more_cases: float = 0.0
    prices: float = 0.0
    demand_cv: float = 0.05
    price_cv: float = 0.02
    level: float = 0.8


@dataclass(frozen=True, eq=False)
class Danger:
    """The coming twelve months.

    `services`: service, name, paragraph, stock, months (mean duration), price (euro a case and month), mean, low, high (80 %
    of the years), plan, chance (of overspending), excess (mean overspending over all years). `plan_year`, `until`: newest
    month of the cases. `plan`, `mean`, `sd`: all services with a plan. `quantiles`: P50, P80, P90, P95. `alone`, `pool`:
    reserve over the mean if every area keeps its own, and one for all. `stress`: title, extra (euro), chance. `notes`: German.
    """

    services: pd.DataFrame
    plan_year: int
    until: str
    plan: float
    mean: float
    sd: float
    quantiles: dict[str, float]
    verdict: Affordable
    alone: float
    pool: float
    areas: int
    stress: pd.DataFrame
    notes: tuple[str, ...]


def danger(store: Store, given: Assumptions) -> Danger | None:
    """Risk of the plan of helps under entitlement; None without cases or without a plan for them.

    Raises:
        MoneyError: numbers of cases that cannot be right.
    """
    cells, until = cells_of(store, "stadt")
    plan = planned(store)
    if plan is None:
        return None
    plans = plan.by_service()["amount"].astype(float)
    known = cells[cells["service"].isin(plans.index)]
    if not len(known):
        return None
    notes = _notes(cells, plans)
    table = _table(known, plans, given)
    budget = float(table["plan"].sum())
    numbers = _numbers(known, given)
    mean, sd = city_moments(*numbers, case_mix_cv=CASE_MIX, demand_cv=given.demand_cv, price_cv=given.price_cv)
    points = percentiles(mean, sd, _LEVELS)
    alone, pool, areas = _reserves(store, given, set(known["service"]), sd)
    return Danger(
        services=table, plan_year=plan.year, until=until, plan=budget, mean=mean, sd=sd,
        quantiles={f"P{round(100 * p)}": float(v) for p, v in zip(_LEVELS, points, strict=True)},
        verdict=affordable(mean, sd, budget), alone=alone, pool=pool, areas=areas,
        stress=_stress(known, numbers, budget), notes=notes,
    )  # fmt: skip


def _notes(cells: pd.DataFrame, plans: pd.Series) -> tuple[str, ...]:
    without = cells.loc[~cells["service"].isin(plans.index), "name"].tolist()
    if not without:
        return ()
    return (f"Ohne Plan und darum nicht enthalten: {', '.join(without)}.",)


def _numbers(cells: pd.DataFrame, given: Assumptions) -> tuple[np.ndarray, np.ndarray, np.ndarray, int, np.ndarray]:
    stock, months = cells["stock"].to_numpy(float), cells["months"].to_numpy(float)
    price = cells["price"].to_numpy(float) * (1 + given.prices)
    return stock, months, price, 12, cells["entries"].to_numpy(float) * (1 + given.more_cases)


def _table(cells: pd.DataFrame, plans: pd.Series, given: Assumptions) -> pd.DataFrame:
    mean, sd = year_moments(*_numbers(cells, given), case_mix_cv=CASE_MIX)
    plan = cells["service"].map(plans).to_numpy(float)
    chance, excess = overspending(mean, sd, plan)
    low, high = percentiles(mean, sd, (0.1, 0.9))
    table = cells[["service", "name", "paragraph", "stock", "months", "price"]].assign(
        mean=mean, low=low, high=high, plan=plan, chance=chance, excess=excess
    )
    table["months"] = table["months"].where(np.isfinite(table["months"]))  # nobody left: the duration is not known
    return table.sort_values("excess", ascending=False, ignore_index=True)


def _reserves(store: Store, given: Assumptions, services: set[str], city_sd: float) -> tuple[float, float, int]:
    """Sum of the reserves if each area on the level below the city keeps its own, that of one pool, and how many areas.

    The committee has no cases of single areas: no area then, and a sum of 0.
    """
    levels = [str(level) for level in store.read("levels")["level"]]
    cells, _ = cells_of(store, levels[1] if len(levels) > 1 else "")
    cells = cells[cells["service"].isin(services)]
    mean, sd = year_moments(*_numbers(cells, given), case_mix_cv=CASE_MIX)
    by_area = pd.DataFrame({"area": cells["area_id"], "mean": mean, "var": sd**2}).groupby("area").sum()
    spread = np.sqrt(by_area["var"] + (given.price_cv * by_area["mean"]) ** 2)
    alone, pool, _ = reserves(by_area["mean"], spread, max(given.level, 0.5), city_sd)
    return float(alone.sum()), pool, len(by_area)


def _stress(cells: pd.DataFrame, numbers: tuple, budget: float) -> pd.DataFrame:
    """What each stress case adds, and how likely the plan is exceeded then."""
    stock, months, price, _, entries = numbers
    rows = []
    for case in STRESSES:
        if case.services and not set(case.services) & set(cells["service"]):
            continue
        found = stressed(case, list(cells["service"]), budget, stock, months, price, entries, CASE_MIX)
        mean, sd = float(found.mean.sum()), float(np.sqrt((found.sd**2).sum()))
        rows.append((case.title, float(np.sum(found.extra)), float(overspending(mean, sd, budget)[0])))
    return pd.DataFrame(rows, columns=["title", "extra", "chance"])
