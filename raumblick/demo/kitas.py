"""Day care: Kitas (two rows each: places below three and from three), childminders, and care after school."""

from __future__ import annotations

import numpy as np
import pandas as pd

from raumblick.demo.city import CityShape
from raumblick.demo.people import People
from raumblick.demo.places import CARRIERS, draw_carriers, first_of_august, frame_of, keys, some_missing, spread

THEMES = (
    "Sonnenkäfer", "Regenbogen", "Zwergenhaus", "Pfiffikus", "Waldwichtel", "Kunterbunt", "Löwenzahn", "Schatzinsel",
    "Wirbelwind", "Spatzennest", "Sternschnuppe", "Rasselbande", "Inselhaus", "Farbenklecks", "Purzelbaum", "Bienenkorb",
    "Villa Knirps", "Kleine Entdecker", "Märchenwiese", "Flohzirkus", "Seepferdchen", "Apfelbäumchen", "Drachenhöhle",
)  # fmt: skip


def kitas(city: CityShape, people: People, rng: np.random.Generator) -> pd.DataFrame:
    """Two rows a Kita: places below three, places from three; over-supplied and under-supplied areas."""
    back = max(len(people.years) - 3, 0)  # built for the children of two years ago; since then there are fewer
    small, large = people.of_age(1, 3)[back], people.of_age(3, 6)[back] + 0.5 * people.of_age(6, 7)[back]
    plenty = np.exp(rng.normal(0, 0.16, city.size))
    want_u3 = small * 0.62 * plenty * np.exp(-0.07 * city.deprivation)
    want_36 = large * 0.985 * plenty
    sites = np.floor((want_u3 + want_36) / 146 + rng.uniform(0.25, 0.8, city.size)).astype(int)
    area = np.repeat(np.arange(city.size), sites)
    size = np.exp(rng.normal(0, 0.25, len(area)))
    size /= np.bincount(area, size, city.size)[area]
    count, last = len(area), people.years[-1]
    themes = rng.permuted(np.arange(count) % len(THEMES))
    new, old = first_of_august(rng, last - 9, last - 3, count), first_of_august(rng, 1955, last - 11, count)
    shared = frame_of(
        city, rng, area,
        name=[f"Kita {THEMES[t]} {city.name[a]}" for t, a in zip(themes, area, strict=True)],
        carrier=draw_carriers(rng, CARRIERS, count, city_share=0.34),
        inclusive=rng.random(count) < 0.28, barrier_free=rng.random(count) < 0.42, source_id="kita",
        opens=np.where(rng.random(count) < 0.18, new, old),
    )  # fmt: skip
    _open_and_close(rng, city, shared, last)
    parts = []
    for tail, service, want, taken in (("U3", "kita_u3", want_u3, 0.80), ("36", "kita_36", want_36, 0.915)):
        licensed = np.maximum(np.round(want[area] * size), 6).astype(int)
        operable = np.where(
            rng.random(count) < 0.3, np.floor(licensed * rng.uniform(0.84, 0.99, count)), licensed
        ).astype(int)
        full = np.clip(rng.normal(taken - 0.35 * (plenty[area] - 1), 0.07), 0.4, 1.0)
        part = shared.assign(
            service=service, facility_id=[f"{k}-{tail}" for k in keys("K", count)], places_licensed=licensed
        )
        parts.append(
            part.assign(
                places_operable=operable, enrolled=some_missing(rng, np.floor(operable * full).astype(int), 0.006)
            )
        )
    return pd.concat(parts, ignore_index=True)


def _open_and_close(rng: np.random.Generator, city: CityShape, kitas: pd.DataFrame, last: int) -> None:
    """A few Kitas closed lately or will close (estates), a few will open (new quarters); changes `kitas`."""
    kind = city.kind[kitas["area"]]
    scale = max(round(city.size / 63), 1)
    old = np.flatnonzero(np.isin(kind, ["grosssiedlung", "siedlung"]) & (kitas["opens"] < f"{last - 11}"))
    gone = rng.choice(old, min(6 * scale, len(old)), replace=False)
    for n, row in enumerate(gone):
        kitas.loc[row, "closes"] = f"{last - 1 + n % 3}-07-31"
    fresh = np.flatnonzero(np.isin(kind, ["neubau"]))
    for row in rng.choice(fresh, min(3 * scale, len(fresh)), replace=False):
        kitas.loc[row, "opens"], kitas.loc[row, "closes"] = f"{last + 1}-08-01", None


def childminders(city: CityShape, people: People, rng: np.random.Generator) -> pd.DataFrame:
    """Childminders with three to five places; some did not say how many are taken."""
    area = spread(rng, people.of_age(1, 3)[-1] * np.exp(-0.2 * city.deprivation), round(42 * city.size / 63))
    count = len(area)
    licensed = rng.integers(3, 6, count)
    taken = np.maximum(licensed - rng.integers(0, 3, count), 1)
    return frame_of(
        city, rng, area, facility_id=keys("T", count), service="kindertagespflege", source_id="kita",
        name=[f"Kindertagespflege {THEMES[t]}" for t in rng.integers(0, len(THEMES), count)], carrier="selbstständig",
        places_licensed=licensed, places_operable=licensed,
        enrolled=some_missing(rng, taken, 0.08),
        inclusive=rng.random(count) < 0.06, barrier_free=rng.random(count) < 0.15,
        opens=first_of_august(rng, 2008, people.years[-1] - 1, count),
    )  # fmt: skip


def horte(city: CityShape, people: People, schools: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """A Hort beside every primary school; some areas have places for few of their children."""
    school = schools[schools["service"] == "grundschule"]
    area = school["area"].to_numpy()
    share = np.clip(0.78 + rng.normal(0, 0.07, city.size) - 0.05 * city.deprivation, 0.45, 0.98)
    children = people.of_age(6, 11)[-1] * share
    licensed = np.maximum(np.round(children[area] / np.bincount(area, minlength=city.size)[area]), 12).astype(int)
    operable = np.floor(licensed * np.where(rng.random(len(area)) < 0.25, 0.93, 1)).astype(int)
    return pd.DataFrame(
        {
            "facility_id": keys("H", len(area)), "name": [f"Hort der {n}" for n in school["name"]], "service": "hort",
            "carrier": draw_carriers(rng, CARRIERS, len(area), 0.45), "area": area, "source_id": "kita",
            "lon": school["lon"].to_numpy(), "lat": school["lat"].to_numpy(), "places_licensed": licensed,
            "places_operable": operable, "enrolled": np.floor(operable * np.clip(rng.normal(0.93, 0.04, len(area)), 0.6, 1)),
            "inclusive": rng.random(len(area)) < 0.3, "barrier_free": rng.random(len(area)) < 0.4,
            "opens": school["opens"].to_numpy(),
        }
    )  # fmt: skip
