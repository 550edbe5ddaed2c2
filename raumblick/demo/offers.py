"""Facilities and offers: where they are, who carries them, how many places they have and how many are taken."""

from __future__ import annotations

import numpy as np
import pandas as pd

from raumblick.demo.city import CityShape
from raumblick.demo.kitas import childminders, horte, kitas
from raumblick.demo.people import People
from raumblick.demo.places import (
    CARRIERS,
    CITY_CARRIER,
    COLUMNS,
    HELPERS,
    YOUTH,
    frame_of,
    keys,
    open_on,
    opened_lately,
    some_missing,
    spread,
)
from raumblick.demo.schools import school_social_work, schools
from raumblick.demo.seeds import stream

# service, number in a city of 63 areas, name, effect of deprivation on where it is, carriers, source, places from-to
# (None: not counted in places).
OTHERS: tuple[tuple[str, int, str, float, tuple[str, ...], str, tuple[int, int] | None], ...] = (
    ("okja", 48, "Jugendtreff", 0.25, (*YOUTH, CITY_CARRIER), "jugend", (25, 80)),
    ("jugendsozialarbeit", 13, "Mobile Jugendsozialarbeit", 0.4, YOUTH, "jugend", None),
    ("familienzentrum", 21, "Familienzentrum", 0.35, CARRIERS, "jugend", None),
    ("fruehe_hilfen", 9, "Frühe Hilfen", 0.4, (CITY_CARRIER, "Wegweiser Beratung e. V."), "jugend", None),
    ("erziehungsberatung", 9, "Beratungsstelle", 0.1, ("Wegweiser Beratung e. V.", CITY_CARRIER), "asd", None),
    ("beteiligung", 3, "Kinder- und Jugendbüro", 0.0, (CITY_CARRIER, "Stadtteilforum e. V."), "jugend", None),
    ("spielmobil", 3, "Spielmobil", 0.3, ("Spielraum e. V.",), "jugend", None),
    ("spielplatz", 150, "Spielplatz", 0.0, (CITY_CARRIER,), "gruen", None),
    ("kinderarzt", 40, "Kinderarztpraxis", -0.2, ("niedergelassen",), "gesundheit", None),
    ("gruppenarbeit", 6, "Soziale Gruppenarbeit", 0.4, HELPERS, "asd", (10, 24)),
    ("erziehungsbeistand", 9, "Erziehungsbeistand", 0.3, HELPERS, "asd", None),
    ("spfh", 12, "Sozialpädagogische Familienhilfe", 0.3, HELPERS, "asd", None),
    ("tagesgruppe", 17, "Tagesgruppe", 0.4, HELPERS, "asd", (9, 24)),
    ("vollzeitpflege", 2, "Pflegekinderdienst", 0.0, (CITY_CARRIER, "Nestwerk e. V."), "asd", None),
    ("heim", 30, "Wohngruppe", 0.0, HELPERS, "asd", (7, 48)),
    ("ise", 2, "Intensive Einzelbetreuung", 0.0, HELPERS, "asd", None),
    ("inobhutnahme", 4, "Kinder- und Jugendnotdienst", 0.0, (CITY_CARRIER, "Lebensbrücke gGmbH"), "asd", (8, 30)),
    ("mutter_kind", 4, "Gemeinsames Wohnen", 0.0, HELPERS, "asd", (6, 18)),
    ("volljaehrige", 6, "Betreutes Wohnen", 0.0, HELPERS, "asd", (6, 30)),
    ("egh35a", 5, "Eingliederungshilfe", 0.0, ("Tandem Integrationshilfe gGmbH", "Kompass Familienhilfe gGmbH"), "asd", None),
    ("schulbegleitung", 5, "Schulbegleitung", 0.0, ("Tandem Integrationshilfe gGmbH", "Lernhaus gGmbH"), "asd", None),
    ("jugendgerichtshilfe", 1, "Jugendhilfe im Strafverfahren", 0.0, (CITY_CARRIER,), "asd", None),
)  # fmt: skip


def build_offers(city: CityShape, people: People) -> pd.DataFrame:
    """Table `facility` and a column `area` (position of the area), ordered by key.

    Places of a past day are those of the offers open on it (`places.open_on`).
    """
    today = f"{people.years[-1]}-12-31"
    at = schools(city, people, stream(city.seed, "schools"))
    parts = [
        kitas(city, people, stream(city.seed, "kitas")),
        childminders(city, people, stream(city.seed, "childminders")),
        at,
        horte(city, people, at, stream(city.seed, "horte")),
        school_social_work(city, at, stream(city.seed, "school social work")),
        *(_other(city, people, row) for row in OTHERS),
    ]
    frame = pd.concat([p.astype(object) for p in parts], ignore_index=True)
    frame["area"] = frame["area"].astype(int)
    frame["area_id"] = city.area_id[frame["area"]]
    frame["reference_date"] = today
    for column in ("places_licensed", "places_operable", "enrolled"):
        frame[column] = pd.to_numeric(frame[column]).astype("Int64")
    frame["enrolled"] = frame["enrolled"].where(open_on(frame, today))
    return frame.sort_values("facility_id", ignore_index=True)[[*COLUMNS, "area"]]


def places_in(offers: pd.DataFrame, services: tuple[str, ...], day: str, size: int) -> np.ndarray:
    """Licensed places of the services open on `day`, for each of `size` areas."""
    rows = offers[offers["service"].isin(services) & open_on(offers, day)]
    return np.bincount(rows["area"], rows["places_licensed"].fillna(0).astype(float), size).astype(np.int64)


def number_of(offers: pd.DataFrame, services: tuple[str, ...], day: str, size: int) -> np.ndarray:
    """Offers of the services open on `day`, for each of `size` areas."""
    return np.bincount(offers.loc[offers["service"].isin(services) & open_on(offers, day), "area"], minlength=size)


def _other(
    city: CityShape, people: People, row: tuple[str, int, str, float, tuple[str, ...], str, tuple[int, int] | None]
) -> pd.DataFrame:
    """Offers of one service that are not day care and not a school."""
    service, number, word, slope, carriers, source, places = row
    rng = stream(city.seed, f"offers {service}")
    weight = people.of_age(0, 21)[-1] * np.exp(slope * city.deprivation + rng.normal(0, 0.45, city.size))
    if service in ("kinderarzt", "jugendgerichtshilfe"):
        weight = weight * np.where(city.depth < 0.45, 2.0, 0.8)
    area = rng.permuted(spread(rng, weight, max(round(number * city.size / 63), 1)))
    count = len(area)
    licensed = operable = enrolled = None
    if places:
        whole = rng.integers(places[0], places[1] + 1, count)
        licensed = some_missing(rng, whole, 0.45 if service == "okja" else 0.04)
        operable = licensed - (rng.random(count) < 0.25) * (whole // 10)
        enrolled = None if service == "okja" else (operable * rng.uniform(0.8, 1.0, count)).round().astype("Int64")
    return frame_of(
        city, rng, np.sort(area), facility_id=keys(f"{service}-", count), service=service, source_id=source,
        name=[f"{word} {city.name[a]}" for a in np.sort(area)], carrier=rng.choice(np.array(carriers, object), count),
        places_licensed=licensed, places_operable=operable, enrolled=enrolled,
        inclusive=rng.random(count) < 0.22, barrier_free=rng.random(count) < 0.5,
        opens=opened_lately(rng, people.years[-1], count, 0.2),
    )  # fmt: skip
