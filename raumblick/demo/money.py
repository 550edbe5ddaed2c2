"""The ledger: what was planned, amended, spent and committed, built up from the cases and from the grants to carriers.

Every actual euro stands in the ledger twice, under two bases that must not be added: `period` in the month of the
service (years that are over agree with the cases to the cent), `payment` in the month the invoice was paid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.demo.cases import AMBULANT, PART_TIME, Cases
from raumblick.demo.city import CityShape
from raumblick.demo.offers import places_in
from raumblick.demo.people import People
from raumblick.demo.places import CITY_CARRIER, HELPERS, YOUTH
from raumblick.demo.seeds import stream

YEARS = 7  # the last years have bookings, the very last one to September
RUNNING_MONTH = 9
LATE = (0.05, 0.50, 0.35, 0.10)  # share of a month's cost that is paid in the same month, the next, ...
EARLY = (0.15, 0.60, 0.20, 0.05)
AT_ONCE = (1.0,)


@dataclass(frozen=True)
class Line:
    """How a service is booked: product, account, lag of its invoices (None: four instalments a year), carriers."""

    product: str
    account: str
    lag: tuple[float, ...] | None
    carriers: tuple[str, ...]
    income: float = 0.0  # revenue as a part of the expense
    income_account: str = "421100"


_HELP, _REST, _COURT = "3633 Hilfe zur Erziehung", "3634 Weitere Hilfen", "3635 Mitwirkung in Verfahren"
_FAMILY, _YOUTH, _SOCIAL = "3632 Förderung der Familie", "3620 Jugendarbeit", "3631 Jugendsozialarbeit"
_DAY, _MINDER = "3650 Kindertagesstätten", "3610 Kindertagespflege"
_OUT, _IN, _GRANT, _STATE = (
    "533100",
    "533200",
    "531800",
    "414100",
)  # help at home, in institutions, grants, from the state
_HOMES = ("Hafen Wohngruppen gGmbH", "Lebensbrücke gGmbH", "Rückenwind Jugendhilfe gGmbH")
_INCLUSION = ("Tandem Integrationshilfe gGmbH", "Kompass Familienhilfe gGmbH")
_KITA = (CITY_CARRIER, "Kinderland Musterstadt e. V.")

CASE_LINES: dict[str, Line] = {
    "erziehungsberatung": Line(_HELP, _GRANT, None, ("Wegweiser Beratung e. V.",)),
    "gruppenarbeit": Line(_HELP, _OUT, LATE, HELPERS),
    "erziehungsbeistand": Line(_HELP, _OUT, LATE, HELPERS),
    "spfh": Line(_HELP, _OUT, LATE, HELPERS),
    "tagesgruppe": Line(_HELP, _IN, EARLY, HELPERS),
    "vollzeitpflege": Line(_HELP, _OUT, AT_ONCE, ("Pflegefamilien",), 0.18),
    "heim": Line(_HELP, _IN, EARLY, _HOMES, 0.05),
    "ise": Line(_HELP, _OUT, LATE, HELPERS),
    "volljaehrige": Line(_REST, _IN, EARLY, _HOMES, 0.03),
    "egh35a": Line(_REST, _OUT, LATE, _INCLUSION),
    "schulbegleitung": Line(_REST, _OUT, LATE, _INCLUSION),
    "inobhutnahme": Line(_REST, _IN, EARLY, (CITY_CARRIER, "Lebensbrücke gGmbH"), 0.4, _STATE),
    "mutter_kind": Line(_FAMILY, _IN, EARLY, HELPERS),
    "jugendgerichtshilfe": Line(_COURT, _OUT, LATE, HELPERS),
}
# Grants: line, euro in the last year, change a year, where the money goes (residents of these ages, or places).
GRANTS: dict[str, tuple[Line, float, float, tuple[int, int] | None]] = {
    "kita_u3": (Line(_DAY, _GRANT, None, _KITA, 0.52, _STATE), 82_400_000, 0.055, None),
    "kita_36": (Line(_DAY, _GRANT, None, _KITA, 0.49, _STATE), 131_700_000, 0.05, None),
    "hort": (Line(_DAY, _GRANT, None, _KITA, 0.46, _STATE), 33_900_000, 0.05, None),
    "kindertagespflege": (Line(_MINDER, _OUT, AT_ONCE, ("Tagespflegepersonen",), 0.2), 2_650_000, 0.03, None),
    "okja": (Line(_YOUTH, _GRANT, None, YOUTH), 9_640_000, 0.025, (6, 21)),
    "jugendsozialarbeit": (Line(_SOCIAL, _GRANT, None, YOUTH), 3_120_000, 0.02, (14, 27)),
    "schulsozialarbeit": (Line(_SOCIAL, _GRANT, None, YOUTH, 0.6, _STATE), 6_430_000, 0.06, (6, 18)),
    "familienzentrum": (
        Line(_FAMILY, _GRANT, None, ("Familienbund Lumetal e. V.", "Nestwerk e. V.")),
        2_380_000,
        0.03,
        (0, 6),
    ),
    "fruehe_hilfen": (Line(_FAMILY, _GRANT, None, (CITY_CARRIER,), 0.35, _STATE), 1_590_000, 0.03, (0, 3)),
    "beteiligung": (Line(_YOUTH, _GRANT, None, ("Stadtteilforum e. V.",)), 440_000, 0.04, (6, 21)),
    "spielmobil": (Line(_YOUTH, _GRANT, None, ("Spielraum e. V.",)), 236_000, 0.02, (4, 14)),
}
FREE_WORK = Line(_HELP, _GRANT, None, YOUTH)  # work without a single case, a part of the social-space budget
LINES = {**CASE_LINES, **{service: grant[0] for service, grant in GRANTS.items()}, "fallunspezifisch": FREE_WORK}

# Actual against plan, minus one, of help in single cases: plans are too low, most of all after 2021.
PLAN_MISS = (0.05, 0.015, 0.045, 0.11, 0.165, 0.115, 0.08)


def free_work(city: CityShape, cases: Cases) -> np.ndarray:
    """Cents a year and area for work without a single case: about a fifth of it and the pool of day and outpatient help."""
    pool = cases.spent((*AMBULANT, *PART_TIME))
    part = 0.25 * np.exp(stream(city.seed, "free work").normal(0, 0.14, city.size) - 0.01)
    rising = 0.9 + 0.1 * np.arange(1, len(pool) + 1)[:, None] / len(pool)
    return np.round(pool * part * rising).astype(np.int64)


def build_money(city: CityShape, people: People, offers: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Cost by month of service: columns service, year, month, bezirk, cents; one row a service, month and Bezirk.

    All years of the cases, the last one complete: the ledger shows of it only what is known in September.
    """
    frames = [
        _cube(service, cases.months, _to_bezirke(city, cases.cents[k])) for k, service in enumerate(cases.services)
    ]
    yearly = {service: _grant(city, people, offers, service) for service in GRANTS}
    yearly["fallunspezifisch"] = _to_bezirke(city, free_work(city, cases))
    frames += [_cube(service, cases.months, _twelfths(cents)) for service, cents in yearly.items()]
    return pd.concat(frames, ignore_index=True)


def _to_bezirke(city: CityShape, cents: np.ndarray) -> np.ndarray:
    """Areas added up to the ten Bezirke."""
    out = np.zeros((len(cents), 10), np.int64)
    np.add.at(out.T, city.bezirk, cents.T)
    return out


def _twelfths(cents: np.ndarray) -> np.ndarray:
    """Years (x Bezirke) to months; the twelve months add up exactly."""
    months = np.repeat(cents // 12, 12, axis=0)
    months[11::12] += cents - 12 * (cents // 12)
    return months


def _grant(city: CityShape, people: People, offers: pd.DataFrame, service: str) -> np.ndarray:
    """Cents of a grant by year and Bezirk: along the places or, more in poor areas, along the children."""
    _, euro, growth, ages = GRANTS[service]
    years = people.years
    if ages is None:
        weight = np.stack([places_in(offers, (service,), f"{y}-12-31", city.size) for y in years]).astype(float)
    else:
        weight = people.of_age(*ages) * np.exp(0.2 * city.deprivation)
    weight = _to_bezirke(city, np.round(weight * 1000).astype(np.int64)) + 1.0
    total = euro * city.size / 63 * 100 * (1 + growth) ** (np.array(years) - years[-1])
    return np.round(weight / weight.sum(axis=1, keepdims=True) * total[:, None]).astype(np.int64)


def _cube(service: str, months: tuple[tuple[int, int], ...], cents: np.ndarray) -> pd.DataFrame:
    year, month = np.array(months).T
    return pd.DataFrame(
        {
            "service": service,
            "year": np.repeat(year, 10),
            "month": np.repeat(month, 10),
            "bezirk": np.tile(np.arange(10), len(months)),
            "cents": cents.ravel(),
        }
    )


def pay(cost: pd.DataFrame) -> pd.DataFrame:
    """From month of service to month of payment, same columns: invoices come late, grants in four instalments."""
    parts = []
    clock = cost["year"] * 12 + cost["month"] - 1
    for service, rows in cost.groupby("service", sort=False):
        lag = LINES[str(service)].lag
        if lag is None:
            parts.append(rows.assign(clock=clock[rows.index] // 3 * 3 + 1))
            continue
        left = rows["cents"].copy()
        for months, share in enumerate(lag):
            part = left if months == len(lag) - 1 else (rows["cents"] * share).astype(np.int64)
            left = left - part
            parts.append(rows.assign(clock=clock[rows.index] + months, cents=part))
    paid = pd.concat(parts).groupby(["service", "clock", "bezirk"], as_index=False)["cents"].sum()
    paid = paid.assign(year=paid["clock"] // 12, month=paid["clock"] % 12 + 1)
    return paid[["service", "year", "month", "bezirk", "cents"]]
