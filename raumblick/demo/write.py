"""Writes the demo city as a data package: CSV tables, polygons and a descriptor, byte for byte the same for a seed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import shapely

from raumblick.demo.cases import build_cases, caseload_table
from raumblick.demo.city import CITY_ID, TITLE, CityShape, area_table, build_city
from raumblick.demo.indicators import World, build_indicators
from raumblick.demo.ledger import build_ledger
from raumblick.demo.offers import build_offers
from raumblick.demo.own import own_indicators, own_services, own_targets, shares_of_old_areas, sources
from raumblick.demo.people import GROUP_STARTS, People, build_people
from raumblick.demo.protection import build_protection, protection_table, transition_table

FULL = 200  # up to this number of areas every table is written; larger cities are benchmarks of the large tables
CREATED = "2026-01-15"
NOTE = "Erfundene Daten: Musterstadt gibt es nicht, alle Zahlen und Namen sind ausgedacht."


def write_demo(
    folder: Path,
    areas: int = 63,
    seed: int = 2025,
    years: tuple[int, int] = (2015, 2025),
    indicators: tuple[str, ...] | None = None,
) -> Path:
    """Write the invented city as a data package and return its folder.

    Args:
        folder: is created; files in it with the same names are replaced.
        areas: areas of the base level, at least 40. Above 200 only areas, residents, indicators (without those of case
            work), facilities and sources are written, and the city grows with the number of areas.
        seed: the same seed gives the same bytes.
        years: first and last year; residents and indicators are as of 31 December.
        indicators: keys to write; None writes all. Large cities for benchmarks may want few.

    Raises:
        ValueError: fewer than 40 areas, or the years are in the wrong order.
    """
    if years[0] > years[1]:
        raise ValueError("the first year is after the last")
    folder.mkdir(parents=True, exist_ok=True)
    city = build_city(areas, seed)
    people = build_people(city, years)
    offers = build_offers(city, people)
    world = World(city, people, offers)
    names = ["area", "area_share", "population", "observation", "facility", "source", "indicator", "service", "target"]
    if areas <= FULL:
        cases, protection = build_cases(city, people), build_protection(city, people)
        world = World(city, people, offers, cases, protection)
        _small(folder, "booking", build_ledger(city, people, offers, cases))
        _large(folder, "caseload", caseload_table(city, cases))
        _small(folder, "protection", protection_table(city, people, protection))
        _small(folder, "transition", transition_table(city, people))
        names += ["booking", "caseload", "protection", "transition"]
    _small(folder, "area", area_table(city))
    _small(folder, "area_share", shares_of_old_areas(city))
    _small(folder, "facility", offers.drop(columns="area"))
    _small(folder, "source", sources())
    _small(folder, "indicator", own_indicators())
    _small(folder, "service", own_services())
    _small(folder, "target", own_targets())
    _large(folder, "population", _population(city, people))
    _large(folder, "observation", build_indicators(world, indicators))
    _polygons(folder / "area.geojson", city)
    _descriptor(folder / "datapackage.json", names)
    return folder


def _small(folder: Path, name: str, frame: pd.DataFrame) -> None:
    """A table with free text: quoted where needed, booleans as true and false."""
    frame = frame.copy()
    for column in {"inclusive", "barrier_free"} & set(frame.columns):
        frame[column] = frame[column].map({True: "true", False: "false"})
    frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")


def _large(folder: Path, name: str, frames: Iterable[pd.DataFrame]) -> None:
    """A table of keys and numbers, written piece by piece; text in it needs no quotes."""
    options = pa.csv.WriteOptions(include_header=False, quoting_style="none", batch_size=65_536)
    with (folder / f"{name}.csv").open("wb") as stream:
        for k, frame in enumerate(frames):
            if k == 0:
                stream.write((",".join(frame.columns) + "\n").encode())
            pa.csv.write_csv(pa.Table.from_pandas(frame, preserve_index=False), stream, options)


def _population(city: CityShape, people: People) -> Iterator[pd.DataFrame]:
    """Table `population`, one frame a year: single ages to 26, then groups."""
    ends = (*GROUP_STARTS[1:], None)
    shape = (city.size, 2, len(GROUP_STARTS))
    for k, year in enumerate(people.years):
        counts = np.add.reduceat(people.counts[k], GROUP_STARTS, axis=2)
        yield pd.DataFrame(
            {
                "area_id": np.repeat(city.area_id, shape[1] * shape[2]),
                "date": f"{year}-12-31",
                "age_from": np.tile(np.array(GROUP_STARTS), shape[0] * shape[1]),
                "age_to": pd.array(np.tile(np.array(ends, object), shape[0] * shape[1]), dtype="Int64"),
                "sex": np.tile(np.repeat(["female", "male"], shape[2]), shape[0]),
                "count": counts.ravel(),
                "status": "synthetic",
            }
        )


def _polygons(file: Path, city: CityShape) -> None:
    """GeoJSON of the base level, one feature a line."""
    shapes = shapely.to_geojson(city.polygons)
    lines = [
        f'{{"type": "Feature", "properties": {{"area_id": "{key}"}}, "geometry": {shape}}}'
        for key, shape in zip(city.area_id, shapes, strict=True)
    ]
    file.write_text('{"type": "FeatureCollection", "features": [\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8")


def _descriptor(file: Path, names: list[str]) -> None:
    content = {
        "name": CITY_ID,
        "title": TITLE,
        "profile": "raumblick-1",
        "synthetic": True,
        "note": NOTE,
        "created": CREATED,
        "geometry": {"path": "area.geojson", "id": "area_id"},
        "resources": [{"name": name, "path": f"{name}.csv"} for name in names],
    }
    file.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
