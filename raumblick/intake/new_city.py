"""The city that single files are added to, and what a city starts with that only such files describe."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from raumblick.intake.delivery import City
from raumblick.intake.files.table import StatTable
from raumblick.intake.findings import Finding
from raumblick.intake.profiles.bricks import listing

WITHIN = ("planungsraum", "bezirk", "ortsteil")  # levels of parts of a city
_WORD = {"planungsraum": "Planungsräume", "bezirk": "Bezirke", "ortsteil": "Ortsteile"}
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, eq=False)
class Base:
    """The city that files are added to.

    `areas`: area_id, name, level and, where known, official_key. `geometry`: polygons of the base level or None.
    """

    city: City
    areas: pd.DataFrame
    geometry: gpd.GeoDataFrame | None


def new_base(city: City, official_key: str = "") -> Base:
    """A city that starts with nothing but itself: one area, no polygons; its official key (AGS) where it is known."""
    row = {"area_id": city.city_id, "name": city.title, "level": "stadt", "official_key": official_key or None}
    return Base(city, pd.DataFrame([row | {"parent_id": None}]), None)


def with_areas_of(base: Base, tables: Mapping[str, StatTable]) -> tuple[Base, list[Finding]]:
    """A new city with the parts that its first tables name.

    The rows of one level become areas below the city: of all levels of parts that the tables say they have, the one
    with most areas. Rows of other levels (sums of these) become none, because no table says what lies in what.

    Args:
        base: a new city (`new_base`).
        tables: name of the file -> its rows.

    Returns:
        (city, findings that name the areas).
    """
    rows = [table.rows[table.rows["level"].isin(WITHIN)].assign(file=name) for name, table in tables.items()]
    named = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=["level"])
    if not len(named):
        return base, []
    named = named.assign(region_key=named["region_key"].fillna(""), region=named["region"].fillna("").str.strip())
    places = named.drop_duplicates(["level", "region_key", "region"])
    counts = places["level"].value_counts()
    level = max(counts.index, key=lambda name: (counts[name], name))
    places = places[places["level"] == level].copy()
    places["area_id"] = _keys(places, base.city.city_id)
    once = places.drop_duplicates("area_id")
    areas = pd.DataFrame(
        {
            "area_id": once["area_id"].to_list(),
            "name": once["region"].where(once["region"] != "", once["region_key"]).to_list(),
            "level": str(level),
            "official_key": None,
            "parent_id": base.city.city_id,
        }
    )
    message = f"Die Stadt ist neu: {len(areas)} {_WORD[str(level)]} aus der Datei angelegt, ohne Grenzen und ohne Karte: "
    message += f"{listing(list(areas['name']), 5)}."
    remedy = "Sind es nicht die Gebiete der Stadt, verwerfen und die Stadt zuerst mit ihrer Gebietstabelle einlesen."
    finding = Finding("warning", "areas_new", ", ".join(places["file"].drop_duplicates()), message, remedy)
    return replace(base, areas=pd.concat([base.areas, areas], ignore_index=True)), [finding]


def same_level(level: str, of_area: str) -> bool:
    """Whether a row of `level` (empty: not known) can be meant by the name of an area of level `of_area`."""
    return level in ("", of_area) or (of_area == "stadt" and level not in WITHIN)


def _keys(places: pd.DataFrame, city_id: str) -> list[str]:
    """The key of each area: that of the file, else its name in plain letters; two names never share one."""
    keys: list[str] = []
    taken = {city_id: ""}
    for key, name in zip(places["region_key"], places["region"], strict=True):
        plain = key or re.sub(r"[^a-z0-9]+", "-", name.lower().translate(_SPELLED)).strip("-") or "gebiet"
        what, number = key or name, 2
        chosen = plain
        while taken.get(chosen, what) != what:
            chosen, number = f"{plain}-{number}", number + 1
        taken[chosen] = what
        keys.append(chosen)
    return keys
