"""Everything on one area on one screen: the answer behind the Steckbrief."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.answers.values import MISSING, VALUE, Indicator, complete, indicators
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
    latest = store.read("latest_values", level=area.level)
    standing = _standing(store, area, latest)
    spread = latest[["indicator", "area_id", "value"]]
    return Profile(area, standing, spread, store.read("offers", area_id=area_id), residents)


def series(store: Store, key: str, area: Area) -> Series:
    """One indicator over time in an area and the city.

    Raises:
        UnknownIndicatorError: the indicator has no number on the area's level.
    """
    sheet = next(i for i in indicators(store, area.level) if i.key == key)
    own = complete(store.read("series", indicator=key, area_id=area.area_id), sheet.kind, sheet.multiplier)
    city_id = str(store.city["city_id"])
    city = complete(store.read("series", indicator=key, area_id=city_id), sheet.kind, sheet.multiplier)
    known = own[own["state"] == VALUE]
    if len(known) < 2:
        return Series(sheet, own, city, None, None, None, None)
    one, two = known.iloc[0], known.iloc[-1]
    test = change(sheet.kind, one.numerator, one.denominator, two.numerator, two.denominator, sheet.multiplier)
    significant = None if np.isnan(float(test.low)) else bool(test.significant)
    return Series(sheet, own, city, str(one.period), str(two.period), float(two.value - one.value), significant)


def _standing(store: Store, area: Area, latest: pd.DataFrame) -> pd.DataFrame:
    """Where the area stands among all areas of its level, for each indicator."""
    sheets = {i.key: i for i in indicators(store, area.level)}
    city = store.read("city_values").set_index(["indicator", "period"])["value"]
    rows = []
    for key, group in latest.groupby("indicator", sort=False):
        sheet = sheets.get(str(key))
        if sheet is None:
            continue
        own = complete(group[group["area_id"] == area.area_id], sheet.kind, sheet.multiplier)
        rows.append(_row(sheet, group, own, city))
    return pd.DataFrame(rows)


def _row(sheet: Indicator, group: pd.DataFrame, own: pd.DataFrame, city: pd.Series) -> dict[str, object]:
    values = group["value"].dropna()
    period = str(group["period"].iloc[0])
    city_value = city.get((sheet.key, period), np.nan)
    row: dict[str, object] = {name: getattr(sheet, name) for name in ("key", "name", "topic", "unit", "decimals", "direction")}
    row |= {"period": period, "known": len(values), "city": city_value}
    row |= {"least": values.min(), "median": values.median(), "most": values.max()}
    if not len(own):
        return row | {
            "value": np.nan,
            "low": np.nan,
            "high": np.nan,
            "state": MISSING,
            "status": None,
            "rank": None,
            "position": np.nan,
            "against_city": "",
        }
    mine = own.iloc[0]
    rank = int((values > mine["value"]).sum()) + 1 if mine["state"] == VALUE else None
    position = float((values < mine["value"]).mean()) if mine["state"] == VALUE else np.nan
    against = "above" if mine["low"] > city_value else "below" if mine["high"] < city_value else ""
    return row | {
        "value": mine["value"], "low": mine["low"], "high": mine["high"], "state": mine["state"], "status": mine["status"],
        "rank": rank, "position": position, "against_city": against,
    }  # fmt: skip
