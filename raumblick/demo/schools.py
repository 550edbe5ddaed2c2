"""Schools and the social work at them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from raumblick.demo.city import CityShape
from raumblick.demo.people import People
from raumblick.demo.places import CITY_CARRIER, YOUTH, first_of_august, frame_of, keys, opened_lately, spread

SCHOOL_NAMES = (
    "Linden", "Ahorn", "Kastanien", "Birken", "Park", "Ufer", "Turm", "Garten", "Brücken", "Mühlen", "Wiesen", "Anger",
    "Bach", "Quellen", "Sonnen", "Berg", "Tal", "Weiden", "Ring", "Tor", "Eichen", "Ulmen", "Heide", "Hafen", "Stern",
)  # fmt: skip
# service, ages of the pupils, pupils a school, share of the age group, key, word, share with social work
TYPES = (
    ("grundschule", 6, 10, 320, 0.96, "G", "Grundschule", 0.55),
    ("oberschule", 10, 16, 470, 0.46, "O", "Oberschule", 1.0),
    ("gymnasium", 10, 18, 860, 0.42, "Y", "Gymnasium", 0.35),
    ("foerderschule", 6, 16, 230, 0.035, "F", "Förderschule", 0.85),
)


def schools(city: CityShape, people: People, rng: np.random.Generator) -> pd.DataFrame:
    """Primary schools where the children live, other schools spread over the denser half of the city."""
    parts = []
    for service, first, last, size, share, key, word, _ in TYPES:
        pupils = people.of_age(first, last)[-1] * share
        if service == "grundschule":
            area = np.repeat(
                np.arange(city.size), np.floor(pupils / size + rng.uniform(0.3, 0.75, city.size)).astype(int)
            )
        else:
            area = spread(rng, pupils * np.where(city.kind == "dorf", 0.25, 1), max(round(pupils.sum() / size), 1))
        count = len(area)
        room = np.round(np.exp(rng.normal(0, 0.16, count)) * pupils.sum() / count * 1.06).astype(int)
        taken = np.minimum(np.round(room * np.clip(rng.normal(0.93, 0.06, count), 0.5, 1)), room).astype(int)
        name = [f"{SCHOOL_NAMES[i % len(SCHOOL_NAMES)]}-{word} {city.name[a]}" for i, a in enumerate(area)]
        parts.append(
            frame_of(
                city, rng, area, facility_id=keys(key, count), name=name, service=service, source_id="schule",
                carrier=np.where(rng.random(count) < 0.1, "Freie Schulen Lumetal gGmbH", CITY_CARRIER),
                places_licensed=room, places_operable=room, enrolled=taken, barrier_free=rng.random(count) < 0.4,
                inclusive=(rng.random(count) < 0.6) & (service != "foerderschule"),
                opens=opened_lately(rng, people.years[-1], count, 0.06),
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def school_social_work(city: CityShape, at: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Social work at a part of the schools, at the same place; primary schools in poor areas first."""
    share = {service: s for service, *_, s in TYPES}
    wanted = at["service"].map(share).to_numpy() + np.where(
        at["service"] == "grundschule", 0.18 * city.deprivation[at["area"]], 0
    )
    school = at[rng.random(len(at)) < wanted]
    count = len(school)
    opens = np.maximum(
        np.array(first_of_august(rng, 2008, 2023, count), object), school["opens"].fillna("").to_numpy(object)
    )
    return school.assign(
        facility_id=keys("S", count), name=("Schulsozialarbeit " + school["name"]).to_numpy(), service="schulsozialarbeit",
        carrier=rng.choice(np.array(YOUTH, object), count), places_licensed=None, places_operable=None, enrolled=None,
        inclusive=True, opens=opens, source_id="jugend",
    )  # fmt: skip
