"""Indicators of every area and year: drawn from real denominators, or counted from the other tables of the city."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from raumblick.demo.cases import AMBULANT, HZE, PART_TIME, RESIDENTIAL, Cases, Protection
from raumblick.demo.city import CityShape
from raumblick.demo.offers import number_of, places_in
from raumblick.demo.people import People
from raumblick.demo.places import open_on
from raumblick.demo.seeds import stream


@dataclass(frozen=True)
class World:
    """All parts of the city that indicators are counted from; `cases` and `protection` only in the full city."""

    city: CityShape
    people: People
    offers: pd.DataFrame
    cases: Cases | None = None
    protection: Protection | None = None


@dataclass
class Series:
    """One indicator: arrays of years x areas, NaN where there is no number; `sign` holds '' or the statistical sign."""

    key: str
    source: str
    numerator: np.ndarray
    denominator: np.ndarray | None = None
    value: np.ndarray | None = None
    first: int | None = None  # first year delivered
    left_out: tuple[int, ...] = ()  # years without a delivery
    sign: np.ndarray = field(default_factory=lambda: np.empty((0, 0), object))


@dataclass(frozen=True)
class Share:
    """A share drawn for each area and year.

    `odds` log odds in an area of mean deprivation in 2019, `slope` effect of one standard deviation of deprivation,
    `own` noise an area keeps, `drift` change of log odds a year, `base` name of the denominator.
    """

    key: str
    base: str
    odds: float
    slope: float
    own: float
    drift: float
    source: str
    first: int | None = None
    left_out: tuple[int, ...] = ()


SHARES = (
    Share("sgb2_u15", "u15", -2.22, 0.84, 0.10, -0.055, "sgb2"),
    Share("sgb2_0_64", "u65", -2.68, 0.76, 0.09, -0.050, "sgb2"),
    Share("sgb2_hh_children", "families", -2.28, 0.82, 0.10, -0.055, "sgb2"),
    Share("unemp", "15-65", -3.22, 0.50, 0.09, -0.030, "sgb2"),
    Share("unemp_u25", "15-25", -3.62, 0.56, 0.10, -0.030, "sgb2"),
    Share("sp_share", "families", -1.22, 0.30, 0.13, -0.005, "haushalte"),
    Share("hh_3plus", "families", -2.05, 0.24, 0.16, 0.015, "haushalte"),
    Share("migr_share", "all", -1.75, 0.48, 0.24, 0.055, "einwohner"),
    Share("eingang_speech", "examined", -0.85, 0.33, 0.16, 0.020, "gesundheit", 2017, (2020,)),
    Share("eingang_motor", "examined", -1.52, 0.25, 0.18, 0.010, "gesundheit", 2017, (2020,)),
    Share("school_noregular", "examined", -1.80, 0.33, 0.18, 0.010, "gesundheit", 2017, (2020,)),
    Share("gym_rec", "class4", 0.03, -0.44, 0.16, 0.000, "schule"),
    Share("leave_nodeg", "leavers", -2.40, 0.48, 0.18, 0.010, "schule"),
    Share("incl_pupils", "special", -0.10, -0.10, 0.30, 0.060, "schule", 2018),
    Share("but_rate", "entitled", -0.05, 0.12, 0.18, 0.050, "sozialamt", 2016),
    Share("kita_want_u3", "asked", 0.25, -0.12, 0.10, 0.020, "umfrage", 2021, (2022, 2023, 2025)),
)
# Years in which counting changed or the times did, added to the log odds: poverty in the wake of 2015, Bürgergeld in 2023.
BREAKS = {
    "sgb2": {2016: 0.05, 2017: 0.10, 2018: 0.06, 2020: 0.05, 2021: 0.06, 2022: 0.16, 2023: 0.34, 2024: 0.36, 2025: 0.36},
    "gesundheit": {2021: 0.12, 2022: 0.15, 2023: 0.10, 2024: 0.06},
}
NOT_YET = ("gym_rec", "leave_nodeg", "incl_pupils")  # the last year is still being counted: sign ...
SURVEY = 1_600  # areas with fewer residents have too few answers in a survey: sign /


def build_indicators(world: World, keys: tuple[str, ...] | None = None) -> Iterator[pd.DataFrame]:
    """Table `observation`, one frame an indicator in the order of their names; `keys` limits them."""
    for series in sorted(_all(world), key=lambda s: s.key):
        if keys is None or series.key in keys:
            yield _rows(world, series)


def _all(world: World) -> list[Series]:
    found = [*_residents(world), *_drawn(world), *_surveys(world), *_day_care(world), *_places(world)]
    if world.cases is not None and world.protection is not None:
        found += _help(world, world.cases) + _protection(world, world.protection)
    return found


def _bases(world: World) -> dict[str, np.ndarray]:
    """Denominators by name (years x areas); some are a fixed part of an age group, drawn once an area and year."""
    people, rng = world.people, stream(world.city.seed, "bases")
    minors, grown = people.of_age(0, 18), people.of_age(0)
    poor = np.clip(0.16 * np.exp(0.6 * world.city.deprivation), 0.02, 0.7)
    return {
        "all": grown, "u15": people.of_age(0, 15), "u65": people.of_age(0, 65), "15-65": people.of_age(15, 65),
        "15-25": people.of_age(15, 25), "families": np.round(minors / 1.62 * np.exp(rng.normal(0, 0.02, minors.shape))).astype(int),
        "examined": rng.binomial(people.of_age(5, 6), 0.965), "class4": rng.binomial(people.of_age(9, 10), 0.94),
        "leavers": rng.binomial(people.of_age(16, 17), 0.90), "special": rng.binomial(people.of_age(6, 17), 0.055),
        "entitled": rng.binomial(people.of_age(0, 25), poor), "asked": rng.binomial(people.of_age(0, 3), 0.22),
    }  # fmt: skip


def _residents(world: World) -> list[Series]:
    """Indicators that are counted from the table of residents."""
    people, city = world.people, world.city
    everybody = people.of_age(0)
    km2 = np.broadcast_to(np.round(city.km2, 4), everybody.shape)
    rng = stream(city.seed, "foreign")
    out = [Series(f"pop_u{n}", "einwohner", people.of_age(0, n)) for n in (6, 18, 21)]
    out += [Series(f"pop_u{n}_share", "einwohner", people.of_age(0, n), everybody) for n in (15, 18)]
    out += [Series("pop_total", "einwohner", everybody), Series("density", "einwohner", everybody, km2)]
    out += [Series("mobility", "einwohner", people.moves, everybody)]
    migrants = next(s for s in _drawn(world) if s.key == "migr_share").numerator
    out.append(Series("foreign_share", "einwohner", rng.binomial(migrants, 0.57), everybody))
    growth = np.full(everybody.shape, np.nan)
    growth[5:] = (everybody[5:] / np.maximum(everybody[:-5], 1) - 1) * 100
    blank = np.full(everybody.shape, np.nan)
    if len(people.years) > 5:
        out.append(Series("pop_growth5", "einwohner", blank, value=growth.round(2), first=people.years[5]))
    return out


def _drawn(world: World) -> list[Series]:
    """Shares drawn from their denominators, and two that share a numerator."""
    bases, city, years = _bases(world), world.city, world.people.years
    out = []
    for share in SHARES:
        rng = stream(city.seed, f"share {share.key}")
        steps = BREAKS.get(share.source, {})
        time = np.array([share.drift * (y - 2019) + steps.get(y, 0) for y in years])[:, None]
        odds = share.odds + share.slope * city.deprivation + rng.normal(0, share.own, city.size) + time
        chance = 1 / (1 + np.exp(-odds - rng.normal(0, 0.03, (len(years), city.size))))
        base = bases[share.base]
        out.append(Series(share.key, share.source, rng.binomial(base, chance), base, None, share.first, share.left_out))
    rng = stream(city.seed, "single parents")
    poor_families = next(s for s in out if s.key == "sgb2_hh_children").numerator
    single = rng.binomial(poor_families, 1 / (1 + np.exp(-0.42 - 0.05 * city.deprivation - rng.normal(0, 0.18, city.size))))
    out.append(Series("sp_bg_share", "sgb2", single, poor_families))
    return [*out, Series("sp_bg_pop", "sgb2", single, bases["all"])]


def _surveys(world: World) -> list[Series]:
    """Income (median of a survey), living space, crime, participation."""
    city, years = world.city, world.people.years
    everybody, rng = world.people.of_age(0), stream(city.seed, "surveys")
    ahead = np.array(years)[:, None] - 2021
    income = 2_330 * np.exp(-0.17 * city.deprivation + rng.normal(0, 0.06, city.size) + 0.034 * ahead)
    income = np.round(income * np.exp(rng.normal(0, 0.025, everybody.shape)) / 10) * 10
    homes = np.round(everybody / 1.86 * np.exp(rng.normal(0, 0.03, city.size))).astype(int)
    space = 70 * np.exp(-0.10 * city.deprivation + 0.18 * (city.kind == "dorf") - 0.12 * (city.kind == "grosssiedlung"))
    space = np.round(homes * space * np.exp(rng.normal(0, 0.03, city.size)) + 2.5 * homes * 0.02 * ahead).astype(int)
    crime = rng.poisson(everybody * 0.072 * np.exp(0.35 * city.deprivation + 1.2 * (city.depth < 0.2) + rng.normal(0, 0.15, city.size)))
    young = world.people.of_age(6, 21)
    reached = rng.poisson(young * 0.021 * np.exp(rng.normal(0, 0.6, young.shape)))
    pupils = world.people.of_age(6, 14)
    passes = rng.poisson(pupils * 0.31 * np.exp(-0.12 * city.deprivation + rng.normal(0, 0.12, city.size)))
    return [
        Series("income_hh", "umfrage", np.full(everybody.shape, np.nan), value=income),
        Series("housing_space", "wohnen", space, homes),
        Series("crime_rate", "polizei", crime, everybody),
        Series("part_reached", "jugend", reached, young, first=2019),
        Series("ferienpass", "jugend", passes, pupils),
    ]


def _by_day(world: World, count: object, services: tuple[str, ...]) -> np.ndarray:
    """A count of offers at the end of every year: years x areas."""
    return np.stack([count(world.offers, services, f"{y}-12-31", world.city.size) for y in world.people.years])  # type: ignore[operator]


def _day_care(world: World) -> list[Series]:
    """Places, care and occupancy of day care. Of past years only the places are counted, their use is drawn."""
    people, rng = world.people, stream(world.city.seed, "day care")
    small = _by_day(world, places_in, ("kita_u3", "kindertagespflege"))
    large = _by_day(world, places_in, ("kita_36",))
    early, school_start = people.of_age(3, 6), people.of_age(6, 7)
    kitas = world.offers[world.offers["service"].isin(("kita_u3", "kita_36"))]
    full, room = _use(world, kitas, rng)
    care = [_in_care(world, rng, services, people.of_age(*ages)) for services, ages in
            ((("kita_u3", "kindertagespflege"), (0, 3)), (("kita_36",), (3, 6)), (("hort",), (6, 11)))]  # fmt: skip
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
        more = np.interp(year, [2015, 2019, 2022, years[-1]], [1.09, 1.09, 1.075, 1.0]) if year < years[-1] else 1.0
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


def _places(world: World) -> list[Series]:
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


def _help(world: World, cases: Cases) -> list[Series]:
    """Help in single cases, counted from the cases; money in euro."""
    young = world.people.of_age(0, 21)
    pool = cases.spent((*AMBULANT, *PART_TIME))
    free = np.round(pool * 0.25 * (0.92 + 0.008 * np.arange(len(pool)))[:, None])  # about 20 % of pool + free
    budget = pool + free
    return [
        Series("hze_rate", "asd", cases.helped(HZE), young),
        Series("hze_stock", "asd", cases.running(HZE)),
        Series("hze_amb_share", "asd", cases.helped(AMBULANT), cases.helped((*AMBULANT, *PART_TIME, *RESIDENTIAL))),
        Series("hze_stat_rate", "asd", cases.helped((*RESIDENTIAL, "volljaehrige")), young),
        Series("vzp_share", "asd", cases.helped(("vollzeitpflege",)), cases.helped(RESIDENTIAL)),
        Series("hze_cost_u21", "finanz", cases.spent(HZE) / 100, young),
        Series("cost_case", "finanz", cases.spent(HZE) / 100, cases.mean_stock(HZE).round(2)),
        Series("egh35a_rate", "asd", cases.helped(("egh35a", "schulbegleitung")), young),
        Series("ino_rate", "asd", cases.started(("inobhutnahme",)), world.people.of_age(0, 18)),
        Series("jgh_rate", "asd", cases.started(("jugendgerichtshilfe",)), world.people.of_age(14, 21)),
        Series("fua_share", "finanz", free / 100, budget / 100, first=2019),
    ]


def _protection(world: World, protection: Protection) -> list[Series]:
    """Procedures under § 8a, counted from their table."""
    done = protection.procedures
    return [
        Series("kwg_rate", "asd", done, world.people.of_age(0, 18)),
        Series("kwg_confirmed", "asd", protection.outcomes[:2].sum(axis=0), done),
        Series("kwg_repeat", "asd", protection.repeated, done, first=2018),
        Series("kwg_first_contact", "asd", np.full(done.shape, np.nan), value=protection.hours, first=2019),
    ]


def _signs(world: World, series: Series) -> np.ndarray:
    """Statistical signs in place of numbers: too few answers (/), not delivered (.), not counted yet (...)."""
    people, rng = world.people, stream(world.city.seed, f"signs {series.key}")
    sign = np.full((len(people.years), world.city.size), "", object)
    if series.source == "umfrage":
        sign[people.of_age(0) < SURVEY] = "/"
    if series.key in ("but_rate", "part_reached", "crime_rate"):
        sign[rng.random(sign.shape) < 0.012] = "."
    if series.key == "kwg_first_contact":
        sign[np.isnan(series.value)] = "."  # type: ignore[arg-type]
    if series.key in NOT_YET:
        sign[-1] = "..."
    return sign


def _rows(world: World, series: Series) -> pd.DataFrame:
    """Rows of one indicator, by area and year; where a sign stands there is no number."""
    city, years = world.city, np.array(world.people.years)
    sign = _signs(world, series)
    blank = np.full(sign.shape, np.nan)
    parts = [series.numerator, series.denominator, series.value]
    numbers = [np.where(sign == "", blank if p is None else p, np.nan) for p in parts]
    keep = (years >= (series.first or 0)) & ~np.isin(years, series.left_out)
    shape = (city.size, int(keep.sum()))
    frame = pd.DataFrame(
        {
            "indicator": series.key,
            "area_id": np.repeat(city.area_id, shape[1]),
            "period": np.tile(years[keep].astype(str), shape[0]),
        }
    )
    for name, values in zip(("numerator", "denominator", "value"), numbers, strict=True):
        frame[name] = np.round(values[keep].T.ravel(), 4)
    frame["sign"] = pd.Series(sign[keep].T.ravel(), dtype=object).replace("", None)
    return frame.assign(status="synthetic", source_id=series.source)
