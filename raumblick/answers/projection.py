"""How many children of which age will live here, with which certainty, and which places will they need?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from raumblick.answers.access import TOGETHER, home_ground, kinds, offered
from raumblick.answers.supply import Service, history, in_level, supply_of
from raumblick.answers.values import HIDDEN, MISSING, VALUE
from raumblick.answers.values import areas as areas_of
from raumblick.snapshot.store import Store
from raumblick.stats.words import Note
from raumblick.supply.backtest import backtest
from raumblick.supply.cohorts import History, history_of
from raumblick.supply.errors import SupplyError
from raumblick.supply.outlook import need_to_come, places_to_come
from raumblick.supply.projection import Projection, project

__all__ = ["GROUPS", "Need", "Outlook", "SupplyError"]

GROUPS = ((3, 6), (0, 3), (0, 6), (6, 11), (11, 16), (16, 18), (18, 21))
HORIZONS = (1, 2, 3, 4, 5)
TODAY = "heute"


@dataclass(frozen=True, eq=False)
class Outlook:
    """Children of an age group up to five years ahead.

    `years`: those that the past allows. `areas`: area_id, name, year, children, low, high (80 % interval), unborn, before
    (in the base year), change, clear (the interval leaves out `before`), state; by year and ascending area_id. `city`: year,
    children, low, high (least and largest error of past years), of all areas, or of the city where an area is missing
    (`whole` is then False). `past`: area_id (the city's too), year, children. `record`: what the method would have said:
    by ahead: origins, error, unchanged, ageing (shares of the children), covered (share of the areas inside the interval).
    """

    level: str
    age_from: int
    age_to: int
    base_year: int
    years: tuple[int, ...]
    areas: pd.DataFrame
    city: pd.DataFrame
    city_id: str
    whole: bool
    past: pd.DataFrame
    record: pd.DataFrame
    notes: tuple[Note, ...]

    def in_year(self, year: int) -> pd.DataFrame:
        """Areas in one year, in ascending area_id."""
        return self.areas[self.areas["year"] == year].reset_index(drop=True)

    def of_city(self, year: int) -> pd.Series:
        """The city in one year."""
        return self.city[self.city["year"] == year].iloc[0]

    def before(self, area_id: str) -> float:
        """Children of an area or the city in the base year; missing where unknown."""
        rows = self.past[(self.past["area_id"] == area_id) & (self.past["year"] == self.base_year)]
        return float(rows["children"].iloc[0]) if len(rows) else float("nan")

    def track(self, ahead: int) -> pd.Series | None:
        """The record for a horizon, or for the longest shorter one that has any; None without back-tests."""
        known = self.record[self.record["ahead"] <= ahead]
        return None if known.empty else known.iloc[-1]


@dataclass(frozen=True, eq=False)
class Need:
    """Places that a service will need. `quotas`: share of the children by scenario. `areas`, `city`: as `need_to_come`."""

    service: Service
    quotas: Mapping[str, float]
    areas: pd.DataFrame
    city: pd.DataFrame


@lru_cache(maxsize=16)
def outlook(store: Store, level: str, age_from: int, age_to: int) -> Outlook:
    """Children of an age group in the areas of a level, as many of the next five years as the past allows.

    Raises:
        SupplyError: no residents by age, or too few years for any projection.
    """
    read = store.read("young_years", level=level, below=age_to)
    past, names = history_of(read), areas_of(store, level).drop_duplicates("area_id")
    top = areas_of(store, "stadt")["area_id"].iloc[0]
    parts = _steps(past, age_from, age_to)
    rows = _of_level(pd.concat([part.areas for part in parts], ignore_index=True), names, past, age_from, age_to)
    base = parts[0].base_year
    rows["state"] = np.where(rows["children"].notna(), VALUE, MISSING)
    veiled = rows["area_id"].isin(_veiled(read, base, age_from, age_to))
    rows.loc[rows["children"].isna() & veiled, "state"] = HIDDEN
    if rows["children"].isna().all():
        raise SupplyError("population", "Die Einwohnerzahlen nach Alter reichen für diese Altersgruppe nicht aus.")
    city_past = past if level == "stadt" else history(store, "stadt", age_to)
    city, whole = pd.concat([part.city for part in parts], ignore_index=True), True
    if city["children"].isna().any():
        city, whole = _city(city_past, age_from, age_to, tuple(part.areas["year"].iloc[0] for part in parts)), False
    series = pd.concat([_series(past, age_from, age_to), _series(city_past, age_from, age_to)], ignore_index=True)
    notes = tuple({note.message: note for part in parts for note in part.notes}.values())
    years = tuple(int(year) for year in sorted(rows["year"].unique()))
    record = _record(past, age_from, age_to, [year - base for year in years])
    series = series.drop_duplicates(["area_id", "year"])
    return Outlook(level, age_from, age_to, base, years, rows, city, str(top), whole, series, record, notes)


def _steps(past: History, age_from: int, age_to: int) -> list[Projection]:
    """One projection a year ahead, as far as there are pairs of years that far apart."""
    found, reason = [], SupplyError("history", "Für die Prognose fehlen Jahre.")
    for ahead in HORIZONS:
        try:
            found.append(project(past, age_from, age_to, (ahead,)))
        except SupplyError as error:
            reason = error
    if not found:
        raise reason
    return found


def _of_level(rows: pd.DataFrame, names: pd.DataFrame, past: History, age_from: int, age_to: int) -> pd.DataFrame:
    """Every area of the level in every year, with name, number of the base year, and whether the interval leaves that out."""
    grid = pd.MultiIndex.from_product([sorted(rows["year"].unique()), names["area_id"]], names=["year", "area_id"])
    table = rows.set_index(["year", "area_id"]).reindex(grid).reset_index()
    before = pd.Series(past.count(past.years[-1], age_from, age_to), past.areas)
    table.insert(1, "name", table["area_id"].map(names.set_index("area_id")["name"]))
    table["before"] = table["area_id"].map(before)
    table["change"] = table["children"] - table["before"]
    return table.assign(clear=(table["low"] > table["before"]) | (table["high"] < table["before"]))


def _city(past: History, age_from: int, age_to: int, years: Sequence[int]) -> pd.DataFrame:
    """The city by itself; empty numbers where its past does not allow one."""
    rows = [part.city for part in _steps(past, age_from, age_to)]
    return pd.concat(rows).set_index("year").reindex(list(years)).reset_index()


def _series(past: History, age_from: int, age_to: int) -> pd.DataFrame:
    parts = [
        pd.DataFrame({"area_id": past.areas, "year": year, "children": past.count(year, age_from, age_to)}) for year in past.years
    ]
    return pd.concat(parts, ignore_index=True)


def _record(past: History, age_from: int, age_to: int, horizons: Sequence[int]) -> pd.DataFrame:
    rows = []
    for ahead in horizons:
        try:
            found = backtest(past, age_from, age_to, ahead)
        except SupplyError:  # no earlier year with all windows and a known outcome
            continue
        shares = (found.wape, found.unchanged, found.ageing, found.coverage)
        rows.append((ahead, len(found.origins), *shares))
    return pd.DataFrame(rows, columns=["ahead", "origins", "error", "unchanged", "ageing", "covered"])


def _veiled(rows: pd.DataFrame, base: int, age_from: int, age_to: int) -> set[str]:
    """Areas of which a number that the projection starts from is hidden."""
    near = rows["year"].between(base - 2, base) & (rows["age_from"] < age_to) & ~(rows["age_to"] <= max(age_from - 5, 0))
    return set(rows.loc[near & rows["hidden"].fillna(False).astype(bool), "area_id"])


def services_for(store: Store, age_from: int, age_to: int) -> tuple[Service, ...]:
    """Services whose places are for exactly this age group, the one with most offers first."""
    found = [s for s in offered(store) if (s.age_from, s.age_to) == (age_from, age_to)]
    return tuple(sorted(found, key=lambda s: -s.offers))


def quotas(store: Store, key: str, level: str) -> tuple[dict[str, float], tuple[str, ...]]:
    """Shares of the children by scenario: `heute` (places a child today), and what each kind of target asks for.

    Targets for other ages count as the share of the whole age group that they make today. Second: why a kind of target is
    left out (two that contradict each other, say).
    """
    now = supply_of(store, key, level, also=TOGETHER.get(key, ()), base=home_ground(store))
    found = {} if now.city["supply"] != now.city["supply"] else {TODAY: float(now.city["supply"])}
    refused = []
    for kind in kinds(store, key):
        try:
            rows = supply_of(store, key, level, target_kind=kind, also=TOGETHER.get(key, ()), base=home_ground(store)).areas
        except SupplyError as error:
            refused.append(str(error))
            continue
        known = rows.dropna(subset=["need", "children"])
        if known["children"].sum() > 0:
            found[kind] = float(known["need"].sum() / known["children"].sum())
    return found, tuple(refused)


def need(store: Store, level: str, age_from: int, age_to: int, key: str, own: float | None = None) -> Need:
    """Places that a service will need and have, by scenario, area and year.

    Args:
        store: the open snapshot.
        level, age_from, age_to: as in `outlook`.
        key: of `services_for`.
        own: share of the children of one more scenario, `eigen`.

    Raises:
        SupplyError: as `outlook`, or no quota is known.
    """
    found = outlook(store, level, age_from, age_to)
    service = next(s for s in services_for(store, age_from, age_to) if s.key == key)
    chosen = quotas(store, key, level)[0] | ({} if own is None else {"eigen": own})
    offers = home_ground(store).offers
    offers = offers[offers["service"].isin((key, *TOGETHER.get(key, ())))]
    here = offers.assign(home_area=in_level(store, level, offers["home_area"]))
    table = need_to_come(found.areas, chosen, places_to_come(here, found.years))
    table["name"] = table["area_id"].map(areas_of(store, level).drop_duplicates("area_id").set_index("area_id")["name"])
    everywhere = offers.assign(home_area=found.city_id)
    city = need_to_come(found.city.assign(area_id=found.city_id), chosen, places_to_come(everywhere, found.years))
    return Need(service, chosen, table, city)
