"""What exists, what runs in parallel, who carries it, what would its closing cost? The answers behind Angebote."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from raumblick.answers.access import TOGETHER, home_ground, offered
from raumblick.answers.profile import find_area
from raumblick.answers.supply import Reach, Supply, in_level, reach_of, supply_of
from raumblick.answers.values import areas as areas_of
from raumblick.answers.values import levels
from raumblick.snapshot.store import Store
from raumblick.stats.words import Note
from raumblick.supply.errors import SupplyError
from raumblick.supply.overlap import closing, concentration, interfaces, parallel
from raumblick.supply.questions import Answer, guiding_questions, office
from raumblick.supply.register import located, open_on

__all__ = ["ALL", "NO", "UNKNOWN", "YES", "Answer", "Listing", "Loss", "SupplyError", "Wish"]

ALL, YES, NO, UNKNOWN = "alle", "ja", "nein", "offen"
DETOUR = 1.3


class Wish(NamedTuple):
    """Which offers are asked for: keys of service and carrier, inclusive and barrier_free each ja, nein, offen or alle."""

    service: str = ALL
    carrier: str = ALL
    inclusive: str = ALL
    barrier_free: str = ALL


@dataclass(frozen=True, eq=False)
class Listing:
    """Offers of an area (`whole`: the city) open on a day.

    `rows`: query `facilities` with home_area, area_name, x, y, place, office, by service and name. `questions`: the guiding
    questions of Sozialraumorientierung. `pairs`: offers of the same service for the same ages within the way, at least one
    of them in `rows` (facility_id, other_id, service, distance_m, same_carrier). `notes`: what is missing in the city.
    """

    area_id: str
    area_name: str
    level: str
    whole: bool
    day: str
    rows: pd.DataFrame
    questions: tuple[Answer, ...]
    pairs: pd.DataFrame
    carriers: pd.Series
    notes: tuple[Note, ...]


@dataclass(frozen=True, eq=False)
class Loss:
    """What closing one offer costs: children who reached it (`losing`), those left with nothing, share of access kept.

    `areas`: area_id, name, children (who reached it), without (who reach nothing any more), lost (places), largest first.
    """

    name: str
    service_name: str
    places: float
    losing: float
    without: float
    kept: float
    areas: pd.DataFrame


def newest_day(store: Store) -> str | None:
    """The newest reference date of all offers, the day of the snapshot where none is named; None without offers."""
    rows = store.read("facilities")
    if not len(rows):
        return None
    dates = pd.to_datetime(rows["reference_date"])
    return str(dates.max().date()) if dates.notna().any() else str(store.manifest["created"])[:10]


def choices(store: Store) -> tuple[dict[str, str], tuple[str, ...]]:
    """Services (key to name, by name) and carriers (by name) of all offers of the snapshot."""
    rows = store.read("facilities").sort_values("service_name")
    services = dict(zip(rows["service"].astype(str), rows["service_name"].astype(str), strict=True))
    return services, tuple(sorted(rows["carrier"].dropna().astype(str).unique(), key=str.casefold))


@lru_cache(maxsize=8)
def standing(store: Store, day: str) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """All offers open on a day, with the office that answers for them, and what is odd about the data.

    Raises:
        SupplyError: the day is none.
    """
    base = home_ground(store)
    found = open_on(base.offers, day)
    names = store.read("area_names").drop_duplicates("area_id").set_index("area_id")["name"]
    rows = found.offers.assign(
        office=found.offers["paragraph"].fillna("").map(office),
        area_name=found.offers["home_area"].map(names),
        inclusive=found.offers["inclusive"].astype("boolean"),
        barrier_free=found.offers["barrier_free"].astype("boolean"),
    )
    rows = rows.sort_values(["service_name", "name", "facility_id"], ignore_index=True)
    return rows, (*base.notes, *located(found.offers)[1], *found.notes)


def wished(rows: pd.DataFrame, wish: Wish) -> pd.DataFrame:
    """The offers that meet every wish."""
    if wish.service != ALL:
        rows = rows[rows["service"] == wish.service]
    if wish.carrier != ALL:
        rows = rows[rows["carrier"].isna() if wish.carrier == UNKNOWN else rows["carrier"] == wish.carrier]
    for name, wanted in (("inclusive", wish.inclusive), ("barrier_free", wish.barrier_free)):
        if wanted != ALL:
            rows = rows[rows[name].isna() if wanted == UNKNOWN else rows[name].eq(wanted == YES).fillna(False).astype(bool)]
    return rows


def listing(store: Store, area_id: str, day: str, wish: Wish, radius_m: float) -> Listing:
    """Offers of an area on a day, with the guiding questions answered from them.

    Args:
        store: the open snapshot.
        area_id: of any level. day: the reference date.
        wish: which offers.
        radius_m: way in metres within which offers count as side by side (as the crow flies times 1.3).

    Raises:
        UnknownAreaError: there is no such area. SupplyError: the day is none, or the way is not positive.
    """
    area = find_area(store, area_id)
    every, notes = standing(store, day)
    whole = area.level == levels(store)[-1]
    here = every if whole else every[in_level(store, area.level, every["home_area"]).eq(area_id).fillna(False).astype(bool)]
    rows = wished(here, wish)
    all_pairs = side_by_side(store, day, radius_m)
    pairs = all_pairs[all_pairs["facility_id"].isin(rows["facility_id"]) | all_pairs["other_id"].isin(rows["facility_id"])]
    carriers = concentration(rows).loc["alle"] if len(rows) else pd.Series(dtype=object)
    answers = guiding_questions(rows, pairs)
    return Listing(area_id, area.name, area.level, whole, day, rows, answers, pairs, carriers, notes)


@lru_cache(maxsize=16)
def side_by_side(store: Store, day: str, radius_m: float) -> pd.DataFrame:
    """Pairs of offers of the same service for the same ages within a way of each other (`raumblick.supply.overlap.parallel`)."""
    return parallel(standing(store, day)[0], radius_m, DETOUR)


@lru_cache(maxsize=8)
def _handovers(store: Store, day: str, radius_m: float) -> pd.DataFrame:
    return interfaces(standing(store, day)[0], radius_m, DETOUR)


def other_offices(store: Store, found: Listing, radius_m: float) -> pd.DataFrame:
    """Offers for the same ages that another office answers for, by pair of services.

    Returns:
        service_name, office, other_name, other_office, pairs, nearest (metres): those with most pairs first. Each row is
        told from the offers of the listing.
    """
    every = _handovers(store, found.day, radius_m)
    turned = every.rename(
        columns={
            "facility_id": "other_id", "other_id": "facility_id", "service": "other_service", "other_service": "service",
            "office": "other_office", "other_office": "office",
        }
    )  # fmt: skip
    rows = pd.concat([every, turned], ignore_index=True)
    rows = rows[rows["facility_id"].isin(found.rows["facility_id"])]
    names = choices(store)[0]
    rows = rows.assign(service_name=rows["service"].map(names), other_name=rows["other_service"].map(names))
    if found.whole:
        rows = rows[rows["service_name"] < rows["other_name"]]  # both sides are in the city: each pair once
    by = ["service_name", "office", "other_name", "other_office"]
    table = rows.groupby(by, as_index=False).agg(pairs=("distance_m", "size"), nearest=("distance_m", "min"))
    return table.sort_values(["pairs", *by], ascending=[False, True, True, True, True], ignore_index=True)


def carriers_by_service(found: Listing) -> pd.DataFrame:
    """Who carries the offers: service_name, offers and the columns of `raumblick.supply.overlap.concentration`."""
    if not len(found.rows):
        return pd.DataFrame()
    table = concentration(found.rows, ["service_name"])
    table.insert(0, "offers", found.rows.groupby("service_name").size())
    return table.reset_index().sort_values(["offers", "service_name"], ascending=[False, True], ignore_index=True)


def pair_names(store: Store, found: Listing) -> pd.DataFrame:
    """Pairs by name, nearest first: service_name, name, other_name, distance_m, same (carrier: ja, nein or empty)."""
    known = standing(store, found.day)[0].set_index("facility_id")
    pairs = found.pairs
    return pd.DataFrame(
        {
            "service_name": pairs["service"].map(choices(store)[0]),
            "name": pairs["facility_id"].map(known["name"]),
            "other_name": pairs["other_id"].map(known["name"]),
            "distance_m": pairs["distance_m"],
            "same": pairs["same_carrier"].map({True: "ja", False: "nein"}),
        }
    )


def by_area(store: Store, level: str, day: str, wish: Wish) -> pd.DataFrame:
    """Offers in the areas of a level, ascending area_id.

    Returns:
        area_id, name, offers, carriers, inclusive and barrier_free (shares of the offers that say so; missing where none
        does), inclusive_unknown and barrier_free_unknown (offers that do not say).
    """
    rows = wished(standing(store, day)[0], wish)
    in_area = in_level(store, level, rows["home_area"])
    groups = rows.groupby(in_area)
    known = areas_of(store, level).drop_duplicates("area_id")[["area_id", "name"]].set_index("area_id")
    known["offers"] = groups.size().reindex(known.index).fillna(0).astype(int)
    known["carriers"] = groups["carrier"].nunique().reindex(known.index).fillna(0).astype(int)
    for name in ("inclusive", "barrier_free"):
        known[name] = groups[name].mean().reindex(known.index).astype(float)
        known[f"{name}_unknown"] = rows[name].isna().groupby(in_area).sum().reindex(known.index).fillna(0).astype(int)
    return known.reset_index()


def closable(store: Store, found: Listing) -> pd.DataFrame:
    """Offers of the listing whose closing can be reckoned: with a point, places, and a service that counts places by age."""
    keys = {service.key for service in offered(store)}
    rows = found.rows
    return rows[rows["service"].isin(keys) & rows["x"].notna() & (rows["places_licensed"].fillna(0) > 0)]


@lru_cache(maxsize=8)
def _reach(store: Store, key: str, day: str, level: str, radius_m: float) -> tuple[Supply, Reach]:
    found = supply_of(store, key, level, day=day, also=TOGETHER.get(key, ()), base=home_ground(store))
    return found, reach_of(store, found, radius_m, base=home_ground(store))


def closing_cost(store: Store, facility_id: str, day: str, level: str, radius_m: float) -> Loss:
    """What closing one offer costs whom, all others staying as they are.

    Args:
        store: the open snapshot.
        facility_id: of `closable`. day: the reference date.
        level: of the areas that lose.
        radius_m: way in metres that counts as within reach.

    Raises:
        SupplyError: the offer is not open on the day, has no point or no number of places.
    """
    offer = standing(store, day)[0].set_index("facility_id").loc[facility_id]
    found, near = _reach(store, str(offer["service"]), day, level, radius_m)
    lost = closing(near.result, facility_id)
    table = lost.by_area(in_level(store, level, near.homes.area_of)).reset_index()
    table = table.merge(found.areas[["area_id", "name"]], on="area_id")
    names = (str(offer["name"]), str(offer["service_name"]))
    return Loss(*names, lost.places, lost.losing, lost.without, lost.kept, table)
