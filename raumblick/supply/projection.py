"""How many children of which age will live where: cohorts grow older, with intervals from past errors.

Children who are born already are carried on by the ratio that their elders had (`cohort_ratio`). Those to be born follow
the mean of the last three cohorts of newborns, or the women of the area. The interval comes from what the same recipe
would have said in earlier years, compared with what came (`Residuals`), by size of the area.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from raumblick.stats.rates import Floats
from raumblick.stats.words import Note, several
from raumblick.supply.cohorts import History, cohort_ratio, coming_cohorts
from raumblick.supply.errors import SupplyError

_LEAST = 30  # residuals that a size class needs at least


@dataclass(frozen=True)
class Recipe:
    """How to project: base windows m, children k of the city mixed in, share inside of the interval, size classes."""

    windows: int = 4
    shrink: float = 50.0
    level: float = 0.8
    classes: int = 4

    def __post_init__(self) -> None:
        if self.windows < 1 or self.classes < 1:
            raise SupplyError("windows", "Es wird mindestens ein Zeitfenster und eine Größenklasse gebraucht.")
        if not 0 < self.level < 1:
            raise SupplyError("level", "Die Sicherheit des Intervalls muss zwischen 0 und 100 % liegen.")


@dataclass(frozen=True, eq=False)
class Past:
    """What the recipe would have said in one earlier year (`origin`), and what came, one number an area."""

    origin: int
    projected: Floats
    actual: Floats

    @property
    def known(self) -> np.ndarray:
        """Areas with both numbers."""
        return ~(np.isnan(self.projected) | np.isnan(self.actual))

    @property
    def city_error(self) -> float:
        """Actual by projected sum of the areas with both numbers; missing where nothing was projected."""
        said = float(self.projected[self.known].sum())
        return float(self.actual[self.known].sum()) / said if said > 0 else float("nan")


@dataclass(frozen=True, eq=False)
class Residuals:
    """Past errors of a recipe for one age group and horizon: projected and actual of every area and origin, pooled."""

    projected: Floats
    actual: Floats
    recipe: Recipe

    @classmethod
    def of(cls, past: Sequence[Past], recipe: Recipe) -> Residuals:
        """Errors of several origins."""
        nothing = np.empty(0)
        projected = np.concatenate([nothing, *(p.projected[p.known] for p in past)])
        return cls(projected, np.concatenate([nothing, *(p.actual[p.known] for p in past)]), recipe)

    def interval(self, projected: Floats) -> tuple[Floats, Floats]:
        """Interval around new projections; missing where there are too few past errors.

        Errors are compared as multiples of the root of the projected number, within classes of about equal size.
        """
        if len(self.projected) < _LEAST:
            return np.full(len(projected), np.nan), np.full(len(projected), np.nan)
        classes = max(min(self.recipe.classes, len(self.projected) // _LEAST), 1)
        cuts = np.quantile(self.projected, np.linspace(0, 1, classes + 1)[1:-1])
        error = (self.actual - self.projected) / _root(self.projected)
        of_past, of_new = np.searchsorted(cuts, self.projected), np.searchsorted(cuts, projected)
        tail = (1 - self.recipe.level) / 2
        # Equal areas can leave a class empty; then all errors stand in for it.
        pools = [error[of_past == n] if (of_past == n).any() else error for n in range(classes)]
        ends = np.array([np.quantile(pool, [tail, 1 - tail]) for pool in pools])
        low = projected + ends[of_new, 0] * _root(projected)
        return np.maximum(low, 0.0), np.maximum(projected + ends[of_new, 1] * _root(projected), 0.0)


def _root(values: Floats) -> Floats:
    return np.sqrt(np.maximum(values, 1.0))


@dataclass(frozen=True, eq=False)
class Projection:
    """Children of one age group in the coming years.

    `areas`: area_id, year, children, low, high (interval of the recipe; missing without enough past errors), unborn
    (children among them who are not born yet). `city`: year, children, low, high: the least and the largest relative
    error of the city in past years, a span and no interval. `notes`: what is missing.
    """

    age_from: int
    age_to: int
    base_year: int
    areas: pd.DataFrame
    city: pd.DataFrame
    notes: tuple[Note, ...] = field(default=())


def project(
    history: History,
    age_from: int,
    age_to: int,
    horizons: Sequence[int] = (1, 2, 3, 4, 5),
    recipe: Recipe | None = None,
    base_year: int | None = None,
    women: pd.DataFrame | None = None,
) -> Projection:
    """Children of an age group some years ahead.

    Args:
        history: residents by age of past years.
        age_from: included. age_to: excluded.
        horizons: years ahead.
        recipe: None: the default.
        base_year: last year that is used; None: the last there is.
        women: area_id, year, count of women of child-bearing age, also of coming years if known; newborns then follow the
            ratio of children to women instead of the mean of three cohorts. The latest number stands for later years.

    Raises:
        SupplyError: an empty age group, a horizon below 1, a base year without numbers, or too few years.
    """
    chosen = recipe or Recipe()
    base = history.years[-1] if base_year is None else base_year
    if not 0 <= age_from < age_to:
        raise SupplyError("age_to", "Die Altersgruppe ist leer.")
    if not horizons or any(h < 1 for h in horizons):
        raise SupplyError("horizons", "Eine Prognose reicht mindestens ein Jahr voraus.")
    if base not in history.by_year:
        raise SupplyError("base_year", f"Für das Jahr {base} gibt es keine Einwohnerzahlen.")
    method = Method(history, age_from, age_to, chosen, women)
    parts, city, notes = [], [], []
    for h in sorted(set(horizons)):
        children, unborn = method.step(h, base)
        past = method.past(h, base)
        low, high = Residuals.of(past, chosen).interval(children)
        columns = {"children": children, "low": low, "high": high, "unborn": unborn}
        parts.append(pd.DataFrame({"area_id": history.areas, "year": base + h} | columns))
        city.append({"year": base + h} | _span(float(children.sum()), past))
        if np.isnan(low).all():
            text = f"{several(h, 'Jahr', 'Jahre')} voraus gibt es zu wenige Rückrechnungen; die Prognose hat kein Intervall."
            notes.append(Note("no_interval", text, 1))
    table = pd.concat(parts, ignore_index=True)
    missing = table.loc[table["children"].isna(), "area_id"].unique()
    if len(missing):
        text = f"{several(len(missing), 'Gebiet', 'Gebiete')} ohne vollständige Einwohnerzahlen: Dort gibt es keine Prognose."
        notes.append(Note("no_base", text, len(missing), ids=tuple(map(str, missing))))
    sources = [(max(age_from, h) - h, age_to - h) for h in horizons if h < age_to]
    if any(history.split(*group) for group in [(age_from, age_to), *sources]):
        text = "Die Einwohner sind nur in Altersgruppen bekannt; die Jahrgänge darin sind gleichmäßig geschätzt."
        notes.append(Note("ages_split", text, 1))
    return Projection(age_from, age_to, base, table, pd.DataFrame(city), tuple(notes))


@dataclass(frozen=True, eq=False)
class Method:
    """The recipe, applied to one age group of one history."""

    history: History
    age_from: int
    age_to: int
    recipe: Recipe
    women: pd.DataFrame | None = None

    def step(self, ahead: int, base: int) -> tuple[Floats, Floats]:
        """Children `ahead` years after `base`, and those of them not born in `base`, one number an area.

        Uses nothing after `base`. Raises SupplyError where there are too few years.
        """
        size = len(self.history.areas)
        born, unborn = np.zeros(size), np.zeros(size)
        youngest = max(self.age_from, ahead)
        if youngest < self.age_to:
            source = (youngest - ahead, self.age_to - ahead)
            born = self.history.count(base, *source) * self._ratio(source, ahead, base)
        young = range(self.age_from, min(self.age_to, ahead))
        newborn = self._newborn(base, ahead - self.age_from) if young else np.empty((0, size))
        for age in young:
            ratio = self._ratio((0, 1), age, base) if age else np.ones(size)
            unborn = unborn + newborn[ahead - age - 1] * ratio
        return born + unborn, unborn

    def past(self, ahead: int, base: int) -> list[Past]:
        """What `step` would have said in earlier years whose outcome was known in `base`."""
        found = []
        for origin in self.history.years:
            if origin + ahead > base or origin + ahead not in self.history.by_year:
                continue
            try:
                projected, _ = self.step(ahead, origin)
            except SupplyError:  # too few years before this one
                continue
            found.append(Past(origin, projected, self.history.count(origin + ahead, self.age_from, self.age_to)))
        return found

    def windows(self, lag: int, base: int) -> list[int]:
        """First years of the latest pairs of years that lie `lag` apart, up to `base`."""
        starts = range(base - lag, base - lag - self.recipe.windows, -1)
        return [s for s in starts if {s, s + lag} <= self.history.by_year.keys()]

    def _ratio(self, source: tuple[int, int], lag: int, base: int) -> Floats:
        """Cohort ratio from the age group `source` to the one `lag` years older."""
        starts = self.windows(lag, base)
        younger = [self.history.count(s, *source) for s in starts]
        older = [self.history.count(s + lag, source[0] + lag, source[1] + lag) for s in starts]
        return cohort_ratio(younger, older, self.recipe.shrink)

    def _newborn(self, base: int, years: int) -> Floats:
        """Children of age 0 at the end of each of the coming years (years x areas)."""
        if self.women is None:
            return coming_cohorts(np.array([self.history.count(base - back, 0, 1) for back in (2, 1, 0)]), years)
        wide = self.women.pivot_table(index="area_id", columns="year", values="count", aggfunc="sum")
        wide = wide.reindex(self.history.areas)
        past = [y for y in range(base, base - self.recipe.windows, -1) if y in wide.columns and y in self.history.by_year]
        mothers, children = [wide[y].to_numpy(float) for y in past], [self.history.count(y, 0, 1) for y in past]
        ratio = cohort_ratio(mothers, children, self.recipe.shrink)
        latest = [max(y for y in wide.columns if y <= year) for year in range(base + 1, base + years + 1)]
        return np.array([wide[y].to_numpy(float) * ratio for y in latest])


def _span(total: float, past: Sequence[Past]) -> dict[str, float]:
    """Sum of the city with the least and the largest relative error of past years."""
    errors = [p.city_error for p in past if not np.isnan(p.city_error)]
    if not errors:
        return {"children": total, "low": float("nan"), "high": float("nan")}
    return {"children": total, "low": total * min(*errors, 1.0), "high": total * max(*errors, 1.0)}
