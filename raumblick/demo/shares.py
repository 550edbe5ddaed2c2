"""Indicators that are drawn: shares of real denominators, and what surveys and other offices count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from raumblick.demo.seeds import stream
from raumblick.demo.series import Series, World


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
    Share("sgb2_u15", "u15", -2.22, 0.95, 0.12, -0.055, "sgb2"),
    Share("sgb2_0_64", "u65", -2.68, 0.86, 0.12, -0.050, "sgb2"),
    Share("sgb2_hh_children", "families", -2.28, 0.92, 0.14, -0.055, "sgb2"),
    Share("unemp", "15-65", -3.26, 0.58, 0.09, -0.030, "sgb2"),
    Share("unemp_u25", "15-25", -3.66, 0.68, 0.06, -0.030, "sgb2"),
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
    "sgb2": {
        2016: 0.05,
        2017: 0.10,
        2018: 0.06,
        2020: 0.05,
        2021: 0.06,
        2022: 0.16,
        2023: 0.34,
        2024: 0.36,
        2025: 0.36,
    },
    "gesundheit": {2021: 0.12, 2022: 0.15, 2023: 0.10, 2024: 0.06},
}


def _bases(world: World) -> dict[str, np.ndarray]:
    """Denominators by name (years x areas); some are a fixed part of an age group, drawn once an area and year."""
    people, rng = world.people, stream(world.city.seed, "bases")
    minors, grown = people.of_age(0, 18), people.of_age(0)
    poor = np.clip(0.16 * np.exp(0.6 * world.city.deprivation), 0.02, 0.7)
    families = np.round(minors / 1.62 * np.exp(rng.normal(0, 0.02, minors.shape))).astype(int)
    return {
        "all": grown, "u15": people.of_age(0, 15), "u65": people.of_age(0, 65), "15-65": people.of_age(15, 65),
        "15-25": people.of_age(15, 25), "families": families,
        "examined": rng.binomial(people.of_age(5, 6), 0.965), "class4": rng.binomial(people.of_age(9, 10), 0.94),
        "leavers": rng.binomial(people.of_age(16, 17), 0.90), "special": rng.binomial(people.of_age(6, 17), 0.055),
        "entitled": rng.binomial(people.of_age(0, 25), poor), "asked": rng.binomial(people.of_age(0, 3), 0.22),
    }  # fmt: skip


def drawn(world: World) -> list[Series]:
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
        count = rng.binomial(base, chance)
        out.append(Series(share.key, share.source, count, base, first=share.first, left_out=share.left_out))
    rng = stream(city.seed, "single parents")
    poor_families = next(s.numerator for s in out if s.key == "sgb2_hh_children")
    assert poor_families is not None
    single = rng.binomial(
        poor_families, 1 / (1 + np.exp(-0.42 - 0.05 * city.deprivation - rng.normal(0, 0.18, city.size)))
    )
    out.append(Series("sp_bg_share", "sgb2", single, poor_families))
    return [*out, Series("sp_bg_pop", "sgb2", single, bases["all"])]


def surveys(world: World) -> list[Series]:
    """Income (median of a survey), living space, crime, participation."""
    city, years = world.city, world.people.years
    everybody, rng = world.people.of_age(0), stream(city.seed, "surveys")
    ahead = np.array(years)[:, None] - 2021
    income = 2_330 * np.exp(-0.17 * city.deprivation + rng.normal(0, 0.06, city.size) + 0.034 * ahead)
    income = np.round(income * np.exp(rng.normal(0, 0.025, everybody.shape)) / 10) * 10
    homes = np.round(everybody / 1.86 * np.exp(rng.normal(0, 0.03, city.size))).astype(int)
    space = 70 * np.exp(-0.10 * city.deprivation + 0.18 * (city.kind == "dorf") - 0.12 * (city.kind == "grosssiedlung"))
    space = np.round(homes * space * np.exp(rng.normal(0, 0.03, city.size)) + 2.5 * homes * 0.02 * ahead).astype(int)
    crime = rng.poisson(
        everybody * 0.072 * np.exp(0.35 * city.deprivation + 1.2 * (city.depth < 0.2) + rng.normal(0, 0.15, city.size))
    )
    young = world.people.of_age(6, 21)
    reached = rng.poisson(young * 0.021 * np.exp(rng.normal(0, 0.6, young.shape)))
    pupils = world.people.of_age(6, 14)
    passes = rng.poisson(pupils * 0.31 * np.exp(-0.12 * city.deprivation + rng.normal(0, 0.12, city.size)))
    return [
        Series("income_hh", "umfrage", value=income, weight=homes),
        Series("housing_space", "wohnen", space, homes),
        Series("crime_rate", "polizei", crime, everybody),
        Series("part_reached", "jugend", reached, young, first=2019),
        Series("ferienpass", "jugend", passes, pupils),
    ]
