"""Children by area, year and age, and how cohorts grow older: ratios of cohorts, coming cohorts, a whole population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from raumblick.stats.rates import Floats, as_floats
from raumblick.supply.errors import SupplyError, need_columns, numbers_of


@dataclass(frozen=True, eq=False)
class History:
    """Residents by area, year and age group; `count` gives any age group of any year. `areas` in ascending order."""

    areas: pd.Index
    by_year: dict[int, tuple[Floats, Floats, Floats]]  # age_from, age_to of the groups, counts (areas x groups)

    @property
    def years(self) -> tuple[int, ...]:
        """Years with numbers, ascending."""
        return tuple(sorted(self.by_year))

    def count(self, year: int, age_from: float, age_to: float) -> Floats:
        """Residents of an age group at the end of a year, one number an area.

        Missing where the year, an age or a number is missing. A delivered group that reaches further is split evenly over
        its years; an open one cannot be split.
        """
        if year not in self.by_year:
            return np.full(len(self.areas), np.nan)
        low, high, counts = self.by_year[year]
        part = np.clip(np.minimum(high, age_to) - np.maximum(low, age_from), 0, None)
        if part.sum() < age_to - age_from - 1e-9 or np.isinf(high[part > 0]).any():
            return np.full(len(self.areas), np.nan)
        needed = part > 0
        return counts[:, needed] @ (part[needed] / (high - low)[needed])

    def split(self, age_from: float, age_to: float) -> bool:
        """Whether some year delivers this age group only inside of a wider one."""
        return any(
            bool(((np.minimum(high, age_to) > np.maximum(low, age_from)) & ((low < age_from) | (high > age_to))).any())
            for low, high, _ in self.by_year.values()
        )


def history_of(population: pd.DataFrame) -> History:
    """Residents of several years.

    Args:
        population: area_id, year, age_from, age_to (excluded; missing: and older), count; sexes are summed.

    Raises:
        SupplyError: a missing column, a negative number, no row, or age groups of a year that overlap.
    """
    need_columns(population, ["area_id", "year"], "Einwohner")
    if population.empty:
        raise SupplyError("population", "Es gibt keine Einwohnerzahlen nach Alter.")
    high = numbers_of(population, "age_to", "Einwohner")
    rows = pd.DataFrame(
        {
            "area_id": population["area_id"].to_numpy(),
            "year": population["year"].to_numpy(),
            "low": numbers_of(population, "age_from", "Einwohner"),
            "high": np.where(np.isnan(high), np.inf, high),
            "count": numbers_of(population, "count", "Einwohner"),
        }
    )
    rows["unknown"] = rows["count"].isna()
    sums = rows.groupby(["year", "area_id", "low", "high"], as_index=False).agg({"count": "sum", "unknown": "any"})
    sums["count"] = sums["count"].where(~sums["unknown"])
    areas = pd.Index(sorted(pd.unique(rows["area_id"])), name="area_id")
    return History(areas, {int(year): _year(group, areas, int(year)) for year, group in sums.groupby("year")})


def _year(rows: pd.DataFrame, areas: pd.Index, year: int) -> tuple[Floats, Floats, Floats]:
    table = rows.pivot(index="area_id", columns=["low", "high"], values="count").reindex(areas).sort_index(axis=1)
    low = table.columns.get_level_values("low").to_numpy(dtype=float)
    high = table.columns.get_level_values("high").to_numpy(dtype=float)
    if (low[1:] < high[:-1]).any():
        raise SupplyError("age_from", f"Die Altersgruppen des Jahres {year} überschneiden sich; Kinder würden doppelt zählen.")
    return low, high, table.to_numpy(dtype=float)


def cohort_ratio(younger: Sequence[Floats], older: Sequence[Floats], shrink: float = 50.0) -> Floats:
    """How a cohort changes until it is some years older, by area, drawn to the ratio of the whole city.

        CCR_i = (sum_b O_ib + m k c) / (sum_b U_ib + m k)

    Args:
        younger: U, children of the younger age, one array of areas for each of m base windows; missing where unknown.
        older: O, the same cohorts some years later.
        shrink: k, children of the whole city mixed into each window; the more, the calmer small areas are.

    Returns:
        One ratio an area. A window that is unknown in an area does not count there; without any window the ratio is that
        of the city, and without children in any window 1. Source: Hamilton and Perry 1962; shrinkage as for a rate with a
        gamma prior.

    Raises:
        SupplyError: no window, or a negative k.
    """
    if not younger or len(younger) != len(older):
        raise SupplyError("windows", "Für die Prognose fehlen Jahre: Es gibt kein Paar von Jahren in diesem Abstand.")
    if not shrink >= 0:
        raise SupplyError("shrink", "Das Gewicht der Stadt darf nicht negativ sein.")
    u, o = np.array(younger, dtype=float), np.array(older, dtype=float)
    known = ~(np.isnan(u) | np.isnan(o))
    u, o = np.where(known, u, 0.0), np.where(known, o, 0.0)
    city = o.sum() / u.sum() if u.sum() > 0 else 1.0
    weight = known.sum(axis=0) * shrink
    below = u.sum(axis=0) + weight
    return np.where(below > 0, (o.sum(axis=0) + weight * city) / np.where(below > 0, below, 1.0), city)


def coming_cohorts(cohorts: Any, years: int, rounded: bool = False) -> Floats:
    """Cohorts not born yet: each the mean of the three before it.

    Args:
        cohorts: children of single cohorts, from the oldest to the youngest along the first axis; at least three.
        years: how many are to come.
        rounded: to whole children, halves up.

    Raises:
        SupplyError: fewer than three cohorts.
    """
    known = as_floats(cohorts)
    if len(known) < 3:
        raise SupplyError("births", "Für die kommenden Jahrgänge werden drei Jahrgänge gebraucht.")
    found = list(known[-3:])
    for _ in range(years):
        mean = (found[-3] + found[-2] + found[-1]) / 3
        found.append(np.floor(mean + 0.5) if rounded else mean)
    return np.array(found[3:])


def grow(matrix: Any, start: Any, steps: int = 1) -> Floats:
    """A population by age groups after some steps of a projection matrix: n1 = L n0.

    Args:
        matrix: L, square: first row children a head, below the diagonal (and on it) shares that stay.
        start: n0, one number a group.
        steps: at least 0.

    Raises:
        SupplyError: sizes do not match. Source: Leslie 1945.
    """
    step, people = np.asarray(matrix, dtype=float), np.asarray(start, dtype=float)
    if step.shape != (len(people), len(people)) or steps < 0:
        raise SupplyError("matrix", "Matrix und Altersgruppen passen nicht zusammen.")
    for _ in range(steps):
        people = step @ people
    return people
