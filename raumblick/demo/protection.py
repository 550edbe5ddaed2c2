"""Procedures under § 8a, and steps of children from stage to stage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.demo.city import CityShape
from raumblick.demo.people import People
from raumblick.demo.seeds import stream


@dataclass(frozen=True)
class Protection:
    """Procedures under § 8a (years x areas): outcomes add up to `procedures`; `hours` is NaN without a procedure."""

    procedures: np.ndarray
    outcomes: np.ndarray  # 4 x years x areas: acute, latent, need, none
    hours: np.ndarray
    two_specialists: np.ndarray
    repeated: np.ndarray


def build_protection(city: CityShape, people: People) -> Protection:
    """Procedures of every year: about 150 of 10,000 children, more in poor areas, 28 % confirmed."""
    rng = stream(city.seed, "protection")
    children = people.of_age(0, 18)
    lean = np.exp(0.55 * city.deprivation + rng.normal(0, 0.15, city.size))
    lean /= (children[-1] * lean).sum() / children[-1].sum()
    rising = np.array([1.03 ** (y - people.years[-1]) * (0.95 if y == 2020 else 1) for y in people.years])
    procedures = rng.poisson(children * 0.0155 * lean * rising[:, None])
    outcomes = np.moveaxis(rng.multinomial(procedures, [0.11, 0.17, 0.35, 0.37]), -1, 0)
    hours = np.round(np.exp(rng.normal(np.log(21), 0.35, procedures.shape)), 1)
    return Protection(
        procedures=procedures,
        outcomes=outcomes,
        hours=np.where(procedures > 0, hours, np.nan),
        two_specialists=rng.binomial(
            procedures, np.clip(0.82 + 0.012 * np.arange(len(people.years)), 0, 0.97)[:, None]
        ),
        repeated=rng.binomial(procedures, 0.27),
    )


# From stage, to stage, age of the children, share of them in the stage, share that goes on, effect of deprivation on it.
STEPS = (
    ("fruehe_hilfen", "kita", 2, 0.17, 0.86, -0.20),
    ("kita", "grundschule", 6, 0.95, 0.89, -0.28),
    ("grundschule", "weiterfuehrende_schule", 10, 0.96, 0.965, -0.25),
    ("weiterfuehrende_schule", "ausbildung", 16, 0.95, 0.80, -0.42),
)
COHORTS = 8


def build_transitions(city: CityShape, people: People) -> list[tuple[str, str, str, np.ndarray, np.ndarray]]:
    """Steps of the last school years: cohort (`2024/25`), from, to, children who go on, children in the stage (areas).

    The children in a stage are some of the residents of that age at the end of the year in which the school year starts.
    """
    rng = stream(city.seed, "transitions")
    rows = []
    for start, end, age, share, go_on, slope in STEPS:
        place = rng.normal(0, 0.35, city.size)
        odds = np.log(go_on / (1 - go_on)) + slope * city.deprivation + place
        chance = 1 / (1 + np.exp(-odds))
        share_here = np.clip(share * np.exp(0.25 * city.deprivation), 0, 0.5) if start == "fruehe_hilfen" else share
        for k, year in list(enumerate(people.years))[:-1][-COHORTS:]:
            of = rng.binomial(people.counts[k, :, :, age].sum(axis=1), share_here)
            rows.append((f"{year}/{(year + 1) % 100:02d}", start, end, rng.binomial(of, chance), of))
    return rows


def protection_table(city: CityShape, people: People, protection: Protection) -> pd.DataFrame:
    """Table `protection`, by area and year."""
    years = len(people.years)
    frame = pd.DataFrame(
        {
            "area_id": np.repeat(city.area_id, years),
            "period": np.tile(np.array(people.years), city.size),
            "procedures": protection.procedures.T.ravel(),
        }
    )
    for name, counts in zip(("acute", "latent", "need", "none"), protection.outcomes, strict=True):
        frame[name] = counts.T.ravel()
    return frame.assign(
        first_contact_hours=protection.hours.T.ravel(),
        two_specialists=protection.two_specialists.T.ravel(),
        source_id="asd",
    )


def transition_table(city: CityShape, people: People) -> pd.DataFrame:
    """Table `transition`, by cohort, step and area."""
    columns = ["area_id", "cohort", "from_stage", "to_stage", "count", "of"]
    parts = [pd.DataFrame(columns=columns)]  # a single year has no cohort that has gone on
    parts += [
        pd.DataFrame(
            {"area_id": city.area_id, "cohort": cohort, "from_stage": start, "to_stage": end, "count": count, "of": of}
        )
        for cohort, start, end, count, of in build_transitions(city, people)
    ]
    source = {"fruehe_hilfen": "jugend", "kita": "gesundheit"}
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(source_id=frame["from_stage"].map(source).fillna("schule"))
