"""Indicators that are counted from the other tables of the demo city, so that both always agree."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from raumblick.demo.cases import AMBULANT, HZE, PART_TIME, RESIDENTIAL, Cases
from raumblick.demo.money import free_work
from raumblick.demo.offers import number_of, places_in
from raumblick.demo.places import open_on
from raumblick.demo.protection import Protection
from raumblick.demo.seeds import stream
from raumblick.demo.series import Series, World
from raumblick.demo.shares import drawn


def residents(world: World) -> list[Series]:
    """Indicators that are counted from the table of residents."""
    people, city = world.people, world.city
    everybody = people.of_age(0)
    km2 = np.broadcast_to(np.round(city.km2, 4), everybody.shape)
    rng = stream(city.seed, "foreign")
    out = [Series(f"pop_u{n}", "einwohner", people.of_age(0, n)) for n in (6, 18, 21)]
    out += [Series(f"pop_u{n}_share", "einwohner", people.of_age(0, n), everybody) for n in (15, 18)]
    out += [Series("pop_total", "einwohner", everybody), Series("density", "einwohner", everybody, km2)]
    out += [Series("mobility", "einwohner", people.moves, everybody)]
    migrants = next(s for s in drawn(world) if s.key == "migr_share").numerator
    assert migrants is not None
    out.append(Series("foreign_share", "einwohner", rng.binomial(migrants, 0.57), everybody))
    if len(people.years) > 5:
        before = np.concatenate([np.full_like(everybody[:5], 1), everybody[:-5]])
        growth = (everybody / np.maximum(before, 1) - 1) * 100
        out.append(Series("pop_growth5", "einwohner", value=growth, weight=before, first=people.years[5]))
    return out


def _by_day(
    world: World, count: Callable[[pd.DataFrame, tuple[str, ...], str, int], np.ndarray], services: tuple[str, ...]
) -> np.ndarray:
    """A count of offers at the end of every year: years x areas."""
    return np.stack([count(world.offers, services, f"{y}-12-31", world.city.size) for y in world.people.years])


def day_care(world: World) -> list[Series]:
    """Places, care and occupancy of day care. Of past years only the places are counted, their use is drawn."""
    people, rng = world.people, stream(world.city.seed, "day care")
    small = _by_day(world, places_in, ("kita_u3", "kindertagespflege"))
    large = _by_day(world, places_in, ("kita_36",))
    early, school_start = people.of_age(3, 6), people.of_age(6, 7)
    kitas = world.offers[world.offers["service"].isin(("kita_u3", "kita_36"))]
    full, room = _use(world, kitas, rng)
    groups = ((("kita_u3", "kindertagespflege"), (0, 3)), (("kita_36",), (3, 6)), (("hort",), (6, 11)))
    care = [_in_care(world, rng, services, people.of_age(*ages)) for services, ages in groups]
    integration = rng.binomial(small + large, 0.016)
    return [
        Series("kita_cov_u3", "kita", small, people.of_age(1, 3)),
        Series("kita_cov_36", "kita", large, early + school_start / 2),
        Series("kita_cov_u6", "kita", small + large, people.of_age(0, 6)),
        Series("kita_occ", "kita", full, room),
        Series("kita_incl", "kita", integration, small + large),
        Series("kita_care_u3", "kita", care[0], people.of_age(0, 3)),
        Series("kita_care_36", "kita", care[1], early),
        Series("hort_care", "kita", care[2], people.of_age(6, 11)),
    ]


def _use(world: World, kitas: pd.DataFrame, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Places taken and places that can be taken; the last year is the sum of the facilities that state both."""
    years, size = world.people.years, world.city.size
    full, room = np.zeros((len(years), size), int), np.zeros((len(years), size), int)
    for k, year in enumerate(years):
        here = kitas[open_on(kitas, f"{year}-12-31") & kitas["enrolled"].notna()]
        room[k] = np.bincount(here["area"], here["places_operable"].astype(float), size)
        taken = np.bincount(here["area"], here["enrolled"].astype(float), size)
        more = np.interp(year - years[-1], [-6, -3, 0], [1.09, 1.075, 1.0]) if year < years[-1] else 1.0
        shake = rng.normal(0, 0.015, size) if year < years[-1] else 0
        full[k] = np.minimum(np.round(taken * (more + shake)), room[k])
    return full, room


def _in_care(world: World, rng: np.random.Generator, services: tuple[str, ...], children: np.ndarray) -> np.ndarray:
    """Children of the area in care: most go to a place near by, so the share follows the city more than the area."""
    open_now = world.offers[world.offers["service"].isin(services)]
    total = open_now["enrolled"].fillna(0).sum() / max(children[-1].sum(), 1)
    odds = np.log(total / max(1 - total, 0.03)) - 0.14 * world.city.deprivation + rng.normal(0, 0.12, world.city.size)
    years = (np.array(world.people.years) - world.people.years[-1])[:, None]
    return rng.binomial(children, 1 / (1 + np.exp(-odds - 0.035 * years)))


def offers_for_children(world: World) -> list[Series]:
    """Offers against children: youth work, social work at schools, family centres, playgrounds, doctors."""
    people, rng = world.people, stream(world.city.seed, "posts")
    clubs = _by_day(world, number_of, ("okja",))
    posts = np.round(clubs * np.broadcast_to(rng.choice([1.5, 1.75, 2.0, 2.5, 3.0], world.city.size), clubs.shape), 2)
    schools = _by_day(world, number_of, ("grundschule", "oberschule", "gymnasium", "foerderschule"))
    return [
        Series("okja_fte", "jugend", posts, people.of_age(6, 21)),
        Series("ssa_cov", "jugend", _by_day(world, number_of, ("schulsozialarbeit",)), schools),
        Series("fam_centers", "jugend", _by_day(world, number_of, ("familienzentrum",)), people.of_age(0, 6)),
        Series("playgrounds", "gruen", _by_day(world, number_of, ("spielplatz",)), people.of_age(0, 15)),
        Series("doctors_children", "gesundheit", _by_day(world, number_of, ("kinderarzt",)), people.of_age(0, 18)),
    ]


def help_in_cases(world: World, cases: Cases) -> list[Series]:
    """Help in single cases, counted from the cases; money in euro."""
    young = world.people.of_age(0, 21)
    free = free_work(world.city, cases)
    budget = cases.spent((*AMBULANT, *PART_TIME)) + free
    return [
        Series("hze_rate", "asd", cases.helped(HZE), young),
        Series("hze_stock", "asd", cases.running(HZE)),
        Series("hze_amb_share", "asd", cases.helped(AMBULANT), cases.helped((*AMBULANT, *PART_TIME, *RESIDENTIAL))),
        Series("hze_stat_rate", "asd", cases.helped((*RESIDENTIAL, "volljaehrige")), young),
        Series("vzp_share", "asd", cases.helped(("vollzeitpflege",)), cases.helped(RESIDENTIAL)),
        Series("hze_cost_u21", "asd", cases.spent(HZE) / 100, young),
        Series("cost_case", "asd", cases.spent(HZE) / 100, cases.mean_stock(HZE).round(2)),
        Series("egh35a_rate", "asd", cases.helped(("egh35a", "schulbegleitung")), young),
        Series("ino_rate", "asd", cases.started(("inobhutnahme",)), world.people.of_age(0, 18)),
        Series("jgh_rate", "asd", cases.started(("jugendgerichtshilfe",)), world.people.of_age(14, 21)),
        Series("fua_share", "finanz", free / 100, budget / 100, first=2019),
    ]


def in_protection(world: World, protection: Protection) -> list[Series]:
    """Procedures under § 8a, counted from their table."""
    done = protection.procedures
    return [
        Series("kwg_rate", "asd", done, world.people.of_age(0, 18)),
        Series("kwg_confirmed", "asd", protection.outcomes[:2].sum(axis=0), done),
        Series("kwg_repeat", "asd", protection.repeated, done, first=2018),
        Series("kwg_first_contact", "asd", value=protection.hours, weight=done, first=2019),
    ]
