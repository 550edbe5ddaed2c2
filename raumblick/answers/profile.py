"""Everything on one area on one screen: the answer behind the Steckbrief."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from raumblick.answers.values import MISSING, VALUE, Indicator, complete_all, indicators, latest
from raumblick.snapshot.store import Store
from raumblick.stats.change import change


class UnknownAreaError(KeyError):
    """The snapshot has no such area."""


@dataclass(frozen=True)
class Area:
    """One area and the areas it lies in, from the nearest up to the city (pairs of area_id and name)."""

    area_id: str
    name: str
    level: str
    ancestors: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Profile:
    """One area.

    `indicators` has one row an indicator, newest period of the level: key, name, topic, unit, decimals, direction,
    period, value, low, high, state, status, rank (1 = highest of those known), known (areas with a value), city, least,
    median, most (of the level), position (share of the known areas below it, 0 to 1), against_city ("above", "below", "").
    `spread`: indicator, area_id, value of every area of the level in the same periods.
    `offers`: one row an offer (query `offers`). `residents`: newest date, one row an age group (query `residents`).
    """

    area: Area
    indicators: pd.DataFrame
    spread: pd.DataFrame
    offers: pd.DataFrame
    residents: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Series:
    """One indicator over the periods in one area and in the city, and the tested change over the longest known span.

    `area` and `city`: period, value, low, high, state, status. `change` is None where either end is missing;
    `significant` is None where the kind has no test.
    """

    indicator: Indicator
    area: pd.DataFrame
    city: pd.DataFrame
    first: str | None
    last: str | None
    change: float | None
    significant: bool | None


def area_list(store: Store) -> pd.DataFrame:
    """All areas of all levels: area_id, name, level, level_rank, parent_id, is_base."""
    return store.read("area_names")


def find_area(store: Store, area_id: str) -> Area:
    """One area with its ancestors.

    Raises:
        UnknownAreaError: the snapshot does not know it.
    """
    known = area_list(store).drop_duplicates("area_id").set_index("area_id")
    if area_id not in known.index:
        raise UnknownAreaError(area_id)
    ancestors = []
    parent = known.at[area_id, "parent_id"]
    while isinstance(parent, str) and parent:
        ancestors.append((parent, str(known.at[parent, "name"])))
        parent = known.at[parent, "parent_id"]
    return Area(area_id, str(known.at[area_id, "name"]), str(known.at[area_id, "level"]), tuple(ancestors))


def profile(store: Store, area_id: str) -> Profile:
    """Indicators, offers and residents of one area.

    Raises:
        UnknownAreaError: the snapshot does not know it.
    """
    area = find_area(store, area_id)
    residents = store.read("residents", area_id=area_id)
    if len(residents):
        residents = residents[residents["date"] == residents["date"].max()]
    spread = latest(store, area.level)[["indicator", "area_id", "value"]]
    return Profile(area, _standing(store, area), spread, store.read("offers", area_id=area_id), residents)


def series(store: Store, key: str, area: Area) -> Series:
    """One indicator over time in an area and the city.

    Raises:
        UnknownIndicatorError: the indicator has no number on the area's level.
    """
    sheet = next(i for i in indicators(store, area.level) if i.key == key)
    own = _development(_developments(store, area.level, area.area_id), key)
    city = _development(_developments(store, "stadt", str(store.city["city_id"])), key)
    known = own[own["state"] == VALUE]
    if len(known) < 2:
        return Series(sheet, own, city, None, None, None, None)
    one, two = known.iloc[0], known.iloc[-1]
    test = change(sheet.kind, one.numerator, one.denominator, two.numerator, two.denominator, sheet.multiplier)
    significant = None if np.isnan(float(test.low)) else bool(test.significant)
    return Series(sheet, own, city, str(one.period), str(two.period), float(two.value - one.value), significant)


@lru_cache(maxsize=64)  # the city and the areas that were looked at last; a page asks for a dozen indicators of each
def _developments(store: Store, level: str, area_id: str) -> pd.DataFrame:
    """All indicators of an area over the periods, completed, by indicator; not to be changed."""
    return complete_all(store.read("series", area_id=area_id), indicators(store, level))


def _development(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """The rows of one indicator, which stand together."""
    keys = rows["indicator"].to_numpy()
    return rows.iloc[keys.searchsorted(key) : keys.searchsorted(key, side="right")].reset_index(drop=True)


@lru_cache(maxsize=8)
def _of_level(store: Store, level: str) -> pd.DataFrame:
    """What all areas of a level share, one row an indicator (index, in the order of `indicators`); not to be changed."""
    fields = ("name", "topic", "unit", "decimals", "direction")
    known = indicators(store, level)
    sheets = pd.DataFrame([[getattr(i, f) for f in fields] for i in known], columns=list(fields), index=[i.key for i in known])
    table = latest(store, level).groupby("indicator", sort=False).agg(
        period=("period", "first"), known=("value", "count"), least=("value", "min"), median=("value", "median"),
        most=("value", "max"),
    )  # fmt: skip
    city = store.read("city_values").set_index(["indicator", "period"])["value"]
    table["city"] = city.reindex(pd.MultiIndex.from_arrays([table.index, table["period"]])).to_numpy(float)
    return sheets.join(table, how="right")


def _standing(store: Store, area: Area) -> pd.DataFrame:
    """Where the area stands among all areas of its level, for each indicator."""
    rows, table = latest(store, area.level), _of_level(store, area.level)
    if not len(table):
        return pd.DataFrame()
    own = rows[rows["area_id"] == area.area_id].set_index("indicator")[["value", "low", "high", "state", "status"]]
    table = table.join(own)
    table["state"] = table["state"].fillna(MISSING)
    mine = rows["indicator"].map(own["value"])
    higher = (rows["value"] > mine).groupby(rows["indicator"], sort=False).sum()
    lower = (rows["value"] < mine).groupby(rows["indicator"], sort=False).sum()
    there = table["state"] == VALUE
    table["rank"] = (higher + 1).where(there)
    table["position"] = (lower / table["known"]).where(there)
    above, below = table["low"] > table["city"], table["high"] < table["city"]
    table["against_city"] = np.select([above, below], ["above", "below"], "")
    return table.rename_axis("key").reset_index()
