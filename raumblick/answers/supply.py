"""What there is of a service, for how many children, and who reaches it: the answers behind Versorgung und Lücken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from raumblick.answers.ground import Ground, ground, homes
from raumblick.answers.values import levels
from raumblick.snapshot.store import Store
from raumblick.stats.words import Note
from raumblick.supply.ages import Target, need, of_age, of_places, targets_on
from raumblick.supply.cohorts import History, history_of
from raumblick.supply.errors import SupplyError
from raumblick.supply.near import Decay
from raumblick.supply.points import DemandPoints
from raumblick.supply.ratio import gaps, ratios
from raumblick.supply.reach import ReachResult, by_area, reach
from raumblick.supply.register import located, open_on


@dataclass(frozen=True)
class Service:
    """A service that has offers: its ages (age_to None: and older), and how many offers and offers with places."""

    key: str
    name: str
    paragraph: str
    form: str
    age_from: int
    age_to: int | None
    offers: int
    with_places: int


@dataclass(frozen=True, eq=False)
class Supply:
    """One service on one day.

    `areas`, one row an area of the level, ascending: area_id, name, the columns of `raumblick.supply.ratio.Ratios.areas`,
    estimated (children from wider age groups), and with a target need, gap, finding. `city`: the same sums and ratios.
    `offers`: the open offers (`raumblick.answers.ground.Ground`). `targets`: all in force, the chosen ones in `chosen`.
    `population_date`: day of the children. `notes`: what is missing.
    """

    service: Service
    level: str
    day: str
    population_date: str
    areas: pd.DataFrame
    city: pd.Series
    offers: pd.DataFrame
    targets: tuple[Target, ...]
    chosen: tuple[Target, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, eq=False)
class Reach:
    """Who reaches the offers of one service on one day.

    `area_of`: area of the level by demand_id. `areas`: `raumblick.supply.reach.by_area` of the level.
    """

    homes: DemandPoints
    area_of: pd.Series
    result: ReachResult
    areas: pd.DataFrame
    notes: tuple[Note, ...]


def services(store: Store, base: Ground | None = None) -> tuple[Service, ...]:
    """Services that have offers, by name; `base` saves reading the offers again."""
    return _services(store.read("facilities") if base is None else base.offers)


def _services(rows: pd.DataFrame) -> tuple[Service, ...]:
    found = []
    for key, group in rows.groupby("service"):
        one = group.iloc[0]
        age_from = 0 if pd.isna(one["age_from"]) else int(one["age_from"])
        age_to = None if pd.isna(one["age_to"]) else int(one["age_to"])
        places = int(group["places_licensed"].notna().sum())
        texts = (str(one["service_name"]), str(one["paragraph"]), str(one["form"]))
        found.append(Service(str(key), *texts, age_from, age_to, len(group), places))
    return tuple(sorted(found, key=lambda s: (s.name, s.key)))


def service_of(store: Store, key: str, base: Ground | None = None) -> Service:
    """One service; `base` saves reading the offers again.

    Raises:
        SupplyError: the snapshot has no offer of it.
    """
    rows = store.read("facilities") if base is None else base.offers
    found = _services(rows[rows["service"] == key])
    if found:
        return found[0]
    raise SupplyError("service", f"Der Datenstand hat keine Angebote der Leistung „{key}“.")


def newest_day(base: Ground, key: str) -> str:
    """The newest reference date of the offers of a service.

    Raises:
        SupplyError: no offer names a date; a page asks for one.
    """
    dates = pd.to_datetime(base.offers.loc[base.offers["service"] == key, "reference_date"])
    if dates.notna().sum() == 0:
        raise SupplyError("day", "Die Angebote nennen keinen Stichtag. Bitte einen Tag wählen.")
    return str(dates.max().date())


def children_of(store: Store, level: str, age_from: int, age_to: int | None) -> tuple[pd.DataFrame, str]:
    """Residents of an age group in every area of a level at the newest date, and that date.

    Returns:
        By area_id: count (missing: unknown or hidden), estimated. The date is empty where there are no residents by age.
    """
    known = store.read("areas", level=level)["area_id"]
    rows = store.read("young", level=level)
    if age_to is None or not len(rows):
        nothing = pd.DataFrame({"count": float("nan"), "estimated": False}, index=pd.Index(known, name="area_id"))
        return nothing, "" if not len(rows) else str(pd.Timestamp(rows["date"].iloc[0]).date())
    return of_age(rows, age_from, age_to).reindex(pd.Index(known, name="area_id")), str(pd.Timestamp(rows["date"].iloc[0]).date())


def in_level(store: Store, level: str, home_area: pd.Series) -> pd.Series:
    """Area of the level in which each offer lies, by climbing from its own area; missing above the level or without one."""
    names = store.read("area_names").drop_duplicates("area_id").set_index("area_id")
    parent, of_level = names["parent_id"].to_dict(), names["level"].to_dict()

    def climb(area: object) -> str | None:
        while isinstance(area, str) and area in of_level:
            if of_level[area] == level:
                return area
            area = parent[area]
        return None

    return home_area.map({area: climb(area) for area in home_area.dropna().unique()})


def targets_of(store: Store, key: str, day: str) -> tuple[Target, ...]:
    """Targets in force for the places of a service on a day."""
    return targets_on(of_places(store.read("targets")), key, day)


def supply_of(
    store: Store,
    key: str,
    level: str,
    day: str | None = None,
    target_kind: str | None = None,
    ages: tuple[int, int] | None = None,
    also: Sequence[str] = (),
    base: Ground | None = None,
) -> Supply:
    """Ratios, and with a target gaps, of one service in the areas of a level.

    Args:
        store: the open snapshot.
        key: of the service.
        level: level of the areas.
        day: reference date; None: the newest of the offers.
        target_kind: kind of the targets to measure against (law, plan, survey ...); None: no target.
        ages: age_from, age_to of the children; None: those of the service.
        also: other services whose places count with it (Kindertagespflege with the Krippe, say).
        base: of `ground`, to save reading it again.

    Raises:
        SupplyError: no such service, no date, or no target of this kind.
    """
    where = base or ground(store)
    service = service_of(store, key, where)
    at = day or newest_day(where, key)
    register = open_on(where.offers[where.offers["service"].isin((key, *also))], at)
    low, high = ages or (service.age_from, service.age_to)
    children, date = children_of(store, level, low, high)
    offers = register.offers.assign(level_area=in_level(store, level, register.offers["home_area"]))
    found = ratios(children["count"], offers.assign(home_area=offers["level_area"]))
    areas = found.areas.assign(estimated=children["estimated"].eq(True))
    targets = targets_of(store, key, at)
    chosen = tuple(t for t in targets if t.kind == target_kind)
    if target_kind is not None:
        if not chosen:
            raise SupplyError("target_kind", "Für diese Leistung gilt am Stichtag kein Zielwert dieser Art.")
        wanted = need(store.read("young", level=level), chosen)["need"].reindex(areas.index)
        areas = areas.join(gaps(wanted, areas)[["need", "gap", "finding"]])
    names = store.read("areas", level=level).drop_duplicates("area_id").set_index("area_id")["name"]
    areas = areas.rename_axis("area_id").reset_index()
    areas.insert(1, "name", areas["area_id"].map(names))
    notes = (*where.notes, *located(register.offers)[1], *register.notes, *found.notes, *_days(at, date))
    return Supply(service, level, at, date, areas, found.city, offers, targets, chosen, notes)


def _days(day: str, population: str) -> tuple[Note, ...]:
    if population and population[:4] != day[:4]:
        text = f"Die Angebote sind vom {_german(day)}, die Kinder vom {_german(population)}."
        return (Note("other_day", text, 1),)
    return () if population else (Note("no_population", "Es gibt keine Einwohnerzahlen nach Alter; Quoten fehlen.", 1),)


def _german(day: str) -> str:
    return ".".join(reversed(day.split("-")))


def reach_of(
    store: Store,
    supply: Supply,
    radius_m: float,
    decay: Decay = "gaussian",
    detour: float = 1.3,
    base: Ground | None = None,
    ages: tuple[int, int] | None = None,
) -> Reach:
    """Who reaches the offers of a service.

    Args:
        store: the open snapshot.
        supply: of `supply_of`.
        radius_m: way in metres. decay, detour: as in `raumblick.supply.reach.reach`.
        base: as in `supply_of`.
        ages: as in `supply_of`.

    Raises:
        SupplyError: an impossible radius or detour.
    """
    where = base or ground(store)
    lowest = levels(store)[0]
    low, high = ages or (supply.service.age_from, supply.service.age_to)
    children, _ = children_of(store, lowest, low, high)
    points = homes(where, children["count"].rename("children").rename_axis("area_id").reset_index())
    sites = supply.offers.assign(places=supply.offers["places_licensed"])
    result = reach(points.points, sites, radius_m, decay, detour)
    upper = in_level(store, supply.level, points.area_of)
    return Reach(points, upper, result, by_area(result, upper), (*points.notes, *result.notes))


def history(store: Store, level: str, below: int = 27) -> History:
    """Residents of all years in the areas of a level, for `raumblick.supply.projection.project`; `below`: age they are under.

    Raises:
        SupplyError: the snapshot has no residents by age.
    """
    return history_of(store.read("young_years", level=level, below=below))
