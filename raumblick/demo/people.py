"""Residents by age and sex, year after year: everybody grows older, is born, dies, comes and goes.

Ages follow cohorts, so that methods which project children from children of earlier years have something to find.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from raumblick.demo.city import CityShape
from raumblick.demo.seeds import stream

AGES = 100  # single ages 0..98, and 99 and older
GROUP_STARTS = (*range(27), 27, *range(30, 90, 5))  # as delivered: single ages to 26, then groups, 85 and older last

# City of 63 areas: residents at the end of the year. Growth to 2019, waves of refugees 2015/16 and 2022.
TOTAL = {
    2015: 517_000, 2016: 524_400, 2017: 529_900, 2018: 534_500, 2019: 538_000, 2020: 538_300, 2021: 538_900,
    2022: 546_500, 2023: 548_700, 2024: 549_500, 2025: 550_000,
}  # fmt: skip
CHILDREN_PER_WOMAN = {
    2015: 1.50, 2016: 1.57, 2017: 1.56, 2018: 1.55, 2019: 1.52, 2020: 1.51, 2021: 1.55, 2022: 1.42, 2023: 1.32,
    2024: 1.27, 2025: 1.24,
}  # fmt: skip
WAVE = {2016: 1.0, 2022: 1.2, 2023: 0.3}  # years in which poor areas take in more people
GROWTH = {
    "kern": 0.000,
    "gruenderzeit": 0.003,
    "grosssiedlung": -0.017,
    "siedlung": -0.002,
    "dorf": 0.001,
    "neubau": 0.045,
}
BIRTHS = {"kern": 0.78, "gruenderzeit": 0.92, "grosssiedlung": 1.2, "siedlung": 1.05, "dorf": 1.1, "neubau": 1.25}
MOVES = {"kern": 1.3, "gruenderzeit": 1.15, "grosssiedlung": 1.0, "siedlung": 0.8, "dorf": 0.65, "neubau": 0.9}

# Age profiles as (age, value) corners; values between are interpolated.
PYRAMID = (
    (0, 1.17), (4, 1.06), (9, 0.92), (10, 0.82), (17, 0.76), (19, 1.05), (24, 1.62), (29, 1.78), (36, 1.52), (44, 1.12),
    (48, 1.22), (54, 1.40), (60, 1.18), (67, 1.08), (72, 0.98), (78, 0.98), (84, 0.55), (90, 0.22), (99, 0.02),
)  # fmt: skip
SHAPE = {
    "kern": ((0, 0.8), (15, 0.7), (20, 1.5), (30, 1.45), (40, 1.0), (60, 0.75), (80, 0.8), (99, 0.8)),
    "gruenderzeit": (
        (0, 1.1),
        (10, 0.9),
        (17, 0.85),
        (21, 1.35),
        (32, 1.4),
        (42, 1.05),
        (60, 0.7),
        (80, 0.65),
        (99, 0.7),
    ),
    "grosssiedlung": ((0, 1.1), (15, 1.05), (22, 0.9), (35, 0.85), (50, 0.9), (62, 1.25), (78, 1.55), (99, 1.3)),
    "siedlung": ((0, 1.0), (12, 1.12), (19, 0.85), (28, 0.72), (40, 1.05), (55, 1.15), (70, 1.1), (80, 1.1), (99, 1.1)),
    "dorf": ((0, 0.95), (12, 1.25), (19, 0.85), (27, 0.5), (40, 1.1), (55, 1.35), (68, 1.1), (80, 0.9), (99, 0.8)),
    "neubau": ((0, 1.6), (8, 1.2), (17, 0.8), (25, 1.0), (33, 1.55), (42, 1.2), (60, 0.6), (99, 0.4)),
}
LEAVING = (
    (0, 0.10), (6, 0.06), (16, 0.055), (19, 0.17), (23, 0.22), (28, 0.20), (34, 0.135), (42, 0.075), (55, 0.042),
    (68, 0.025), (80, 0.04), (99, 0.05),
)  # fmt: skip


@dataclass(frozen=True)
class People:
    """Residents of every area.

    `years` (ends of years), `counts` (years x areas x sex x age; sex 0 female, 1 male; ages 0..99 and older),
    `moves` (years x areas: arrivals and departures of the year).
    """

    years: tuple[int, ...]
    counts: np.ndarray
    moves: np.ndarray

    def of_age(self, first: int, last: int | None = None) -> np.ndarray:
        """Residents from age `first` to below `last` (None: no upper end): years x areas."""
        return self.counts[:, :, :, first:last].sum(axis=(2, 3), dtype=np.int64)


def build_people(city: CityShape, years: tuple[int, int]) -> People:
    """Residents at the end of each year from `years[0]` to `years[1]`; the first year is drawn, the others follow."""
    rng = stream(city.seed, "people")
    span = tuple(range(years[0], years[1] + 1))
    start = np.interp(span[0], list(TOTAL), list(TOTAL.values())) / TOTAL[2015]
    form = _form(city, rng)
    counts = [rng.poisson(city.residents[:, None, None] * start * form).astype(np.int32)]
    trend = _trend(city, rng)
    moves = [np.round(_leaving(city) * counts[0] * 2.1).sum(axis=(1, 2)).astype(np.int64)]
    for year in span[1:]:
        after, moved = _year(rng, city, counts[-1], form, trend, year)
        counts.append(after)
        moves.append(moved)
    return People(span, np.stack(counts), np.stack(moves))


def _profile(corners: tuple[tuple[int, float], ...]) -> np.ndarray:
    age, value = zip(*corners, strict=True)
    return np.interp(np.arange(AGES), age, value)


def _form(city: CityShape, rng: np.random.Generator) -> np.ndarray:
    """Share of each sex and age in the residents of each area (areas x sex x age, sums to 1)."""
    by_kind = {kind: _profile(PYRAMID) * _profile(shape) for kind, shape in SHAPE.items()}
    age = np.stack([by_kind[k] for k in city.kind])
    age = age * np.where(
        np.arange(AGES) < 18, np.exp(0.05 * city.deprivation + rng.normal(0, 0.1, city.size))[:, None], 1
    )
    male = np.interp(np.arange(AGES), [0, 20, 40, 60, 75, 99], [0.513, 0.512, 0.51, 0.495, 0.44, 0.27])
    both = np.stack([age * (1 - male), age * male], axis=1)
    return both / both.sum(axis=(1, 2), keepdims=True)


def _trend(city: CityShape, rng: np.random.Generator) -> np.ndarray:
    """Yearly growth that an area keeps for the whole time."""
    noise = np.where(city.kind == "neubau", 0.015, 0.005)
    return np.array([GROWTH[k] for k in city.kind]) + rng.normal(0, 1, city.size) * noise


def _leaving(city: CityShape) -> np.ndarray:
    """Share of residents of each age who leave an area in a year (areas x 1 x age)."""
    return np.array([MOVES[k] for k in city.kind])[:, None, None] * _profile(LEAVING)


def _year(
    rng: np.random.Generator, city: CityShape, before: np.ndarray, form: np.ndarray, trend: np.ndarray, year: int
) -> tuple[np.ndarray, np.ndarray]:
    """One year: departures, deaths, birthdays, births, arrivals. Returns residents after it and the moves of the year."""
    left = rng.binomial(before, _leaving(city))
    alive = rng.binomial(before - left, 1 - _dying())
    grown = np.zeros_like(alive)
    grown[:, :, 1:] = alive[:, :, :-1]
    grown[:, :, -1] += alive[:, :, -1]
    grown[:, :, 0] = _births(rng, city, before, year)
    size = before.sum(axis=(1, 2))
    wish = size * np.exp(
        trend + 0.012 * WAVE.get(year, 0) * np.clip(city.deprivation, -0.5, 2) + rng.normal(0, 0.004, city.size)
    )
    growth = _total(year) / _total(year - 1)
    wish *= size.sum() * growth / wish.sum()
    arrivals = np.maximum(wish - grown.sum(axis=(1, 2)), 0.25 * left.sum(axis=(1, 2)))
    came = rng.poisson(arrivals[:, None, None] * _arriving(left, form * wish[:, None, None] - grown))
    return (grown + came).astype(np.int32), left.sum(axis=(1, 2)) + came.sum(axis=(1, 2))


def _total(year: int) -> float:
    return float(np.interp(year, list(TOTAL), list(TOTAL.values())))


def _dying() -> np.ndarray:
    """Share of each sex and age that dies in a year (sex x age)."""
    age = np.arange(AGES)
    return np.minimum(np.stack([0.000015 * np.exp(0.105 * age), 0.00003 * np.exp(0.1035 * age)]) + 0.0002, 0.6)


def _births(rng: np.random.Generator, city: CityShape, before: np.ndarray, year: int) -> np.ndarray:
    """Children born in the year and still here at its end (areas x sex)."""
    age = np.arange(AGES)
    rate = np.exp(-0.5 * ((age - 30.8) / 5.3) ** 2) * ((age >= 15) & (age < 46))
    level = float(np.interp(year, list(CHILDREN_PER_WOMAN), list(CHILDREN_PER_WOMAN.values())))
    expected = (before[:, 0] * rate / rate.sum() * level).sum(axis=1)
    born = rng.poisson(expected * np.array([BIRTHS[k] for k in city.kind]) * np.exp(0.05 * city.deprivation))
    girls = rng.binomial(born, 0.487)
    return np.stack([girls, born - girls], axis=1)


def _arriving(left: np.ndarray, lacking: np.ndarray) -> np.ndarray:
    """Share of each sex and age in the arrivals: half like those who left, half where the area lacks its usual ages."""
    like = left + 0.02 * left.sum(axis=(1, 2), keepdims=True) / (2 * AGES)
    gap = np.maximum(lacking, 0)
    gap[:, :, 0] = 0
    like = like / like.sum(axis=(1, 2), keepdims=True)
    gap = gap / np.maximum(gap.sum(axis=(1, 2), keepdims=True), 1e-9)
    mix = 0.45 * like + 0.55 * gap
    return mix / mix.sum(axis=(1, 2), keepdims=True)
