"""What an indicator of the demo city is made of, and its rows in table `observation`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.demo.cases import Cases
from raumblick.demo.city import CITY_ID, CityShape
from raumblick.demo.people import People
from raumblick.demo.protection import Protection
from raumblick.demo.seeds import stream

NOT_YET = ("gym_rec", "leave_nodeg", "incl_pupils", "fua_share")  # the last year is still being counted: sign ...
SURVEY = 1_600  # areas with fewer residents have too few answers in a survey: sign /


@dataclass(frozen=True)
class World:
    """All parts of the city that indicators are counted from; `cases` and `protection` only in the full city."""

    city: CityShape
    people: People
    offers: pd.DataFrame
    cases: Cases | None = None
    protection: Protection | None = None


@dataclass(frozen=True)
class Series:
    """One indicator in arrays of years x areas.

    Counts: `numerator` and, but for plain numbers, `denominator`. Medians and changes cannot be added up: they have a
    `value` instead, NaN where there is none, and the `weight` of each area in the values of the areas above it.
    """

    key: str
    source: str
    numerator: np.ndarray | None = None
    denominator: np.ndarray | None = None
    value: np.ndarray | None = None
    weight: np.ndarray | None = None
    first: int | None = None  # first year delivered
    left_out: tuple[int, ...] = ()  # years without a delivery


def rows(world: World, series: Series) -> pd.DataFrame:
    """Rows of one indicator by area and year; where a sign stands there is no number.

    Values that cannot be added up are also given for the areas above the base level.
    """
    years = np.array(world.people.years)
    keep = (years >= (series.first or 0)) & ~np.isin(years, series.left_out)
    sign = _signs(world, series)
    numbers = {name: _blanked(getattr(series, name), sign)[keep] for name in ("numerator", "denominator", "value")}
    parts = [_block(world.city.area_id, years[keep], numbers, sign[keep])]
    if series.value is not None and series.weight is not None:
        keys, upper = _above(world.city, series.value[keep], series.weight[keep])
        blank = np.full(upper.shape, np.nan)
        numbers = {"numerator": blank, "denominator": blank, "value": upper}
        parts.append(_block(keys, years[keep], numbers, np.full(upper.shape, "", object)))
    frame = pd.concat(parts, ignore_index=True).assign(status="synthetic", source_id=series.source)
    frame.insert(0, "indicator", series.key)
    return frame


def _blanked(values: np.ndarray | None, sign: np.ndarray) -> np.ndarray:
    """Numbers where there is no sign."""
    return np.where(sign == "", np.nan if values is None else values, np.nan)


def _block(keys: np.ndarray, years: np.ndarray, numbers: dict[str, np.ndarray], sign: np.ndarray) -> pd.DataFrame:
    """Arrays of years x areas as rows by area and year."""
    frame = pd.DataFrame({"area_id": np.repeat(keys, len(years)), "period": np.tile(years.astype(str), len(keys))})
    for name, values in numbers.items():
        frame[name] = np.round(values.T.ravel(), 4)
    frame["sign"] = pd.Series(sign.T.ravel(), dtype=object).replace("", None)
    return frame


def _above(city: CityShape, value: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Keys of Bezirke, Planungsräume and city, and the weighted mean of their areas (years x keys)."""
    members = [(f"B{b}", city.bezirk == b) for b in range(10)]
    members += [(f"P{p + 1}", city.planungsraum == p) for p in range(7)]
    members += [(CITY_ID, np.ones(city.size, bool))]
    weight = np.where(np.isnan(value), 0, weight)
    known = np.nan_to_num(value)
    sums = [(known[:, m] * weight[:, m]).sum(axis=1) / np.maximum(weight[:, m].sum(axis=1), 1e-9) for _, m in members]
    return np.array([key for key, _ in members]), np.stack(sums, axis=1).round(2)


def _signs(world: World, series: Series) -> np.ndarray:
    """Statistical signs in place of numbers: too few answers (/), not delivered (.), not counted yet (...)."""
    people, rng = world.people, stream(world.city.seed, f"signs {series.key}")
    sign = np.full((len(people.years), world.city.size), "", object)
    if series.source == "umfrage":
        sign[people.of_age(0) < SURVEY] = "/"
    if series.key in ("but_rate", "part_reached", "crime_rate"):
        sign[rng.random(sign.shape) < 0.012] = "."
    if series.value is not None:
        sign[(sign == "") & np.isnan(series.value)] = "."
    if series.key in NOT_YET:
        sign[-1] = "..."
    return sign
