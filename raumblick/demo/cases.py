"""Case work: running, new and ended cases month by month, with their length and cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.demo.city import CityShape
from raumblick.demo.people import People
from raumblick.demo.seeds import stream

WARM_UP = 36  # months before the first year, so that long helps have their usual mixture of ages


@dataclass(frozen=True)
class Service:
    """What drives the cases of one service.

    `stock` running cases per 1,000 residents under 21 in 2025, `months` mean length, `slope` effect of deprivation on
    entries, `euro` cost of a case and month in 2025, `growth` yearly change of entries, `refugees` extra entries in
    the years of a wave.
    """

    stock: float
    months: float
    slope: float
    euro: float
    growth: float = 0.01
    refugees: float = 0.0


SERVICES: dict[str, Service] = {
    "erziehungsberatung": Service(8.0, 7, 0.10, 165),
    "gruppenarbeit": Service(1.75, 10, 0.55, 520, -0.01),
    "erziehungsbeistand": Service(6.1, 15, 0.50, 930, 0.015),
    "spfh": Service(9.2, 18, 0.65, 1_290, 0.015),
    "tagesgruppe": Service(2.6, 22, 0.55, 3_080, -0.005),
    "vollzeitpflege": Service(5.6, 48, 0.55, 1_480, -0.01),
    "heim": Service(9.4, 26, 0.60, 5_700, 0.005, 0.12),
    "ise": Service(0.22, 12, 0.50, 8_600),
    "volljaehrige": Service(2.6, 14, 0.45, 3_750, 0.02, 0.15),
    "egh35a": Service(5.4, 24, 0.15, 1_150, 0.05),
    "schulbegleitung": Service(3.7, 30, 0.25, 2_750, 0.08),
    "inobhutnahme": Service(0.85, 1.6, 0.60, 6_900, 0.02, 0.5),
    "mutter_kind": Service(0.48, 10, 0.60, 7_200, 0.02),
    "jugendgerichtshilfe": Service(3.1, 5, 0.50, 140, -0.01),
}
AMBULANT = ("gruppenarbeit", "erziehungsbeistand", "spfh", "ise")
PART_TIME = ("tagesgruppe",)
RESIDENTIAL = ("vollzeitpflege", "heim")
HZE = (*AMBULANT, *PART_TIME, *RESIDENTIAL, "volljaehrige")  # §§ 29-35, 41 SGB VIII, without § 28

SEASON = {
    "schulbegleitung": {7: 0.55, 8: 0.45, 10: 0.8, 12: 0.8},
    "egh35a": {7: 0.85, 8: 0.8, 12: 0.9},
}  # school holidays

# Price of a case against 2025.
PRICE = {
    2015: 0.655,
    2016: 0.675,
    2017: 0.695,
    2018: 0.72,
    2019: 0.745,
    2020: 0.765,
    2021: 0.785,
    2022: 0.815,
    2023: 0.88,
    2024: 0.955,
    2025: 1.0,
}
ENTRIES = {
    2020: 0.90,
    2021: 1.03,
    2022: 1.04,
    2023: 1.03,
}  # fewer entries in the year of closed schools, catching up after
WAVE = {2015: 0.6, 2016: 1.0, 2022: 0.6, 2023: 0.8}


@dataclass(frozen=True)
class Cases:
    """Cases of every service (axis 0, in the order of `services`), month (axis 1) and area (axis 2).

    `months` as (year, month); `stock` at the end of the month = stock before + `entries` - `exits`; `care_days`;
    `cents` cost of the month in euro cents.
    """

    services: tuple[str, ...]
    months: tuple[tuple[int, int], ...]
    stock: np.ndarray
    entries: np.ndarray
    exits: np.ndarray
    care_days: np.ndarray
    cents: np.ndarray

    def _rows(self, services: tuple[str, ...]) -> list[int]:
        return [self.services.index(s) for s in services]

    def _in_years(self, values: np.ndarray) -> np.ndarray:
        """Months added up to years: years x areas."""
        return values.reshape(-1, 12, values.shape[-1]).sum(axis=1)

    def helped(self, services: tuple[str, ...]) -> np.ndarray:
        """Cases running at the end of the year or ended in it: years x areas."""
        rows = self._rows(services)
        return self.running(services) + self._in_years(self.exits[rows].sum(axis=0))

    def running(self, services: tuple[str, ...]) -> np.ndarray:
        """Cases running at the end of the year: years x areas."""
        return self.stock[self._rows(services)].sum(axis=0)[11::12]

    def mean_stock(self, services: tuple[str, ...]) -> np.ndarray:
        """Mean of the twelve ends of month: years x areas."""
        return self._in_years(self.stock[self._rows(services)].sum(axis=0)) / 12

    def started(self, services: tuple[str, ...]) -> np.ndarray:
        """Entries of the year: years x areas."""
        return self._in_years(self.entries[self._rows(services)].sum(axis=0))

    def spent(self, services: tuple[str, ...]) -> np.ndarray:
        """Cost of the year in cents: years x areas."""
        return self._in_years(self.cents[self._rows(services)].sum(axis=0))


def build_cases(city: CityShape, people: People) -> Cases:
    """Cases of all services in every month of the years of `people`."""
    months = tuple((y, m) for y in people.years for m in range(1, 13))
    young = np.repeat(people.of_age(0, 21), 12, axis=0)
    parts = [_service(city, name, service, young, months) for name, service in SERVICES.items()]
    return Cases(tuple(SERVICES), months, *(np.stack(p) for p in zip(*parts, strict=True)))


def _service(
    city: CityShape, name: str, service: Service, young: np.ndarray, months: tuple[tuple[int, int], ...]
) -> tuple[np.ndarray, ...]:
    """Stock, entries, exits, care days and cents of one service: months x areas each."""
    rng = stream(city.seed, f"cases {name}")
    habit = stream(city.seed, "habit").normal(0, 0.22, city.size)  # teams differ in how soon they grant help
    lean = np.exp(service.slope * city.deprivation + habit + rng.normal(0, 0.15, city.size))
    lean /= (young[-1] * lean).sum() / young[-1].sum()
    leave = 1 - np.exp(-1 / service.months)
    expected = young / 1000 * service.stock * leave * lean
    expected *= np.array([_pace(service, y, months[-1][0]) for y, _ in months])[:, None]
    expected = np.concatenate([np.repeat(expected[:1], WARM_UP, axis=0), expected])
    stock = rng.poisson(expected[0] / leave)
    history = []
    for wanted in expected:
        ended = rng.binomial(stock, leave)
        came = rng.poisson(wanted)
        before, stock = stock, stock + came - ended
        history.append((stock, came, ended, before))
    stocks, came, ended, before = (np.stack(h[WARM_UP:]) for h in zip(*history, strict=True))
    days = np.array([_days(y, m) for y, m in months])[:, None]
    care = np.round((before + stocks) / 2 * days + rng.uniform(-4, 4, stocks.shape) * np.sqrt(came + ended)).astype(
        np.int64
    )
    care = np.round(
        np.clip(care, 0, None) * np.array([SEASON.get(name, {}).get(m, 1.0) for _, m in months])[:, None]
    ).astype(np.int64)
    price = np.array([np.interp(y + (m - 6.5) / 12, list(PRICE), list(PRICE.values())) for y, m in months])[:, None]
    mix = np.exp(rng.normal(0, 0.05, (1, city.size)) + rng.normal(0, 0.06, stocks.shape))
    cents = np.round(care * service.euro * 12 / 365.25 * price * mix * 100).astype(np.int64)
    return stocks, came, ended, care, cents


def _pace(service: Service, year: int, last: int) -> float:
    """Entries of a year against those that hold the stock of the last year."""
    return (1 + service.growth) ** (year - last) * ENTRIES.get(year, 1.0) * (1 + service.refugees * WAVE.get(year, 0))


def _days(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def euro_text(cents: np.ndarray) -> list[str]:
    """Cents as euro with two decimals; exact, as no floating point is used."""
    return [f"{c // 100}.{c % 100:02d}" for c in cents.tolist()]


def caseload_table(city: CityShape, cases: Cases) -> Iterator[pd.DataFrame]:
    """Table `caseload` of the last five years, one frame a service."""
    first = max(len(cases.months) - 12 * 5, 0)
    months = [f"{y}-{m:02d}-01" for y, m in cases.months[first:]]
    for k, service in enumerate(cases.services):
        counts = {n: getattr(cases, n)[k, first:].T.ravel() for n in ("stock", "entries", "exits", "care_days")}
        cost = euro_text(cases.cents[k, first:].T.ravel())
        yield pd.DataFrame(
            {
                "area_id": np.repeat(city.area_id, len(months)), "service": service, "month": np.tile(months, city.size),
                **counts, "cost": cost, "source_id": "asd",
            }
        )  # fmt: skip
