"""What all offers share: carriers, keys, points on the map and how a number of offers is spread over the areas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from raumblick.demo.city import CityShape

CITY_CARRIER = "Stadt Musterstadt"
CARRIERS = (
    "Kinderland Musterstadt e. V.", "Evangelisches Kinderwerk Lume gGmbH", "Sozialwerk Sankt Annen e. V.",
    "Lernhaus gGmbH", "Nestwerk e. V.", "Familienbund Lumetal e. V.", "Spielraum e. V.", "Haus der kleinen Leute gGmbH",
)  # fmt: skip
HELPERS = (
    "Lebensbrücke gGmbH", "Kompass Familienhilfe gGmbH", "Rückenwind Jugendhilfe gGmbH", "Nestwerk e. V.",
    "Tandem Integrationshilfe gGmbH", "Hafen Wohngruppen gGmbH", "Wegweiser Beratung e. V.", "Sozialwerk Sankt Annen e. V.",
)  # fmt: skip
YOUTH = ("Jugendhaus-Verbund e. V.", "Stadtteilforum e. V.", "Spielraum e. V.", "Rückenwind Jugendhilfe gGmbH")

COLUMNS = [
    "facility_id", "name", "service", "carrier", "area_id", "lon", "lat", "places_licensed", "places_operable", "enrolled",
    "reference_date", "inclusive", "barrier_free", "opens", "closes", "source_id",
]  # fmt: skip


def spread(rng: np.random.Generator, weight: np.ndarray, count: int) -> np.ndarray:
    """Positions of `count` offers over the areas, as even as the weights allow."""
    edges = np.cumsum(weight) / weight.sum() * count
    return np.searchsorted(edges, np.arange(count) + rng.uniform(0, 1)).clip(0, len(weight) - 1)


def points(rng: np.random.Generator, city: CityShape, area: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A random point inside each offer's area, near its middle more often than at its border."""
    shapes = city.polygons[area]
    shapely.prepare(city.polygons)
    left, low, right, high = shapely.bounds(shapes).T
    middle = shapely.get_coordinates(shapely.point_on_surface(shapes))
    lon, lat = np.round(middle, 6).T
    todo = np.arange(len(area))
    for _ in range(200):
        if not len(todo):
            break
        pull = rng.uniform(0.15, 0.95, len(todo))
        x = np.round(middle[todo, 0] + pull * (rng.uniform(left[todo], right[todo]) - middle[todo, 0]), 6)
        y = np.round(middle[todo, 1] + pull * (rng.uniform(low[todo], high[todo]) - middle[todo, 1]), 6)
        hit = shapely.contains_xy(shapes[todo], x, y)
        lon[todo[hit]], lat[todo[hit]] = x[hit], y[hit]
        todo = todo[~hit]
    return lon, lat


def frame_of(city: CityShape, rng: np.random.Generator, area: np.ndarray, **columns: object) -> pd.DataFrame:
    """Rows for offers in `area` with a place on the map; columns that are not given are missing."""
    lon, lat = points(rng, city, area)
    frame = pd.DataFrame({"area": area, "lon": lon, "lat": lat}).assign(**columns)
    return frame.reindex(columns=[*COLUMNS, "area"]).astype({"opens": object, "closes": object})


def keys(prefix: str, count: int) -> list[str]:
    """Running keys of one kind of offer, equally long: K0001, K0002, ..."""
    return [f"{prefix}{i + 1:0{max(4, len(str(count)))}d}" for i in range(count)]


def some_missing(rng: np.random.Generator, values: np.ndarray, share: float) -> pd.Series:
    """The values with a `share` of them missing, as in real deliveries."""
    return pd.Series(values).astype("Int64").mask(rng.random(len(values)) < share)


def first_of_august(rng: np.random.Generator, first: int, last: int, count: int) -> list[str]:
    """First of August of random years."""
    return [f"{y}-08-01" for y in rng.integers(first, last + 1, count)]


def opened_lately(rng: np.random.Generator, last: int, count: int, share: float) -> np.ndarray:
    """A day of opening in the eight years before `last` for a `share` of offers, none for the others."""
    days = np.array(first_of_august(rng, last - 8, last - 1, count), object)
    days[rng.random(count) >= share] = None
    return days


def draw_carriers(rng: np.random.Generator, names: tuple[str, ...], count: int, city_share: float) -> np.ndarray:
    """A carrier for each of `count` offers: the city with `city_share`, else one of `names`, the first ones more often."""
    weight = 1 / np.arange(1, len(names) + 1) ** 0.6
    free = rng.choice(np.array(names, object), count, p=weight / weight.sum())
    return np.where(rng.random(count) < city_share, CITY_CARRIER, free)


def open_on(offers: pd.DataFrame, day: str) -> pd.Series:
    """True for each offer that is open on `day` (YYYY-MM-DD): it opened on the day or before and has not closed yet."""
    return (offers["opens"].fillna("") <= day) & ~(offers["closes"].fillna("9") <= day)
