"""Leipzig: 63 Ortsteile in 10 Stadtbezirke, from the open data of the city and lists of places.

The folder holds ortsteile.json and bezirke.json (areas), statistik_lang.csv (figures of the city's statistics office
since 2000) and, where they are there, kdvalues_einwohner.json (the same office's raw answer, used to check the
figures), einrichtungen.csv, schulen_2019.csv and horte.csv (places).
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from raumblick.catalogue import Catalogue
from raumblick.intake.areas import read_areas
from raumblick.intake.delivery import City, Delivery, Part, SourceFile
from raumblick.intake.findings import IntakeError, has_errors
from raumblick.intake.profiles.bricks import (
    attributes,
    canonical,
    fingerprint,
    own_rows,
    retrieval_finding,
    source_row,
    unknown_files,
)
from raumblick.intake.profiles.leipzig_check import compare_with_raw
from raumblick.intake.profiles.leipzig_facilities import OWN_SERVICES, read_facilities
from raumblick.intake.profiles.leipzig_measures import CHILDREN, OWN_INDICATORS
from raumblick.intake.profiles.leipzig_statistics import derived, observations, playgrounds, read_statistics

TITLE = "Leipzig (Ortsteile, Open Data der Stadt)"

CITY = City("leipzig", "Leipzig")
VALID_FROM = pd.Timestamp("2000-01-01")
AREAS, DISTRICTS = "ortsteile.json", "bezirke.json"
STATISTICS, RAW = "statistik_lang.csv", "kdvalues_einwohner.json"
PLACES = ("einrichtungen.csv", "schulen_2019.csv", "horte.csv")
_KNOWN = (AREAS, DISTRICTS, STATISTICS, RAW, *PLACES)


def detect(path: Path) -> bool:
    """True for a folder with Leipzig's Ortsteile, districts and statistics under their usual names."""
    return all((path / name).is_file() for name in (AREAS, DISTRICTS, STATISTICS))


def read(path: Path, catalogue: Catalogue) -> Delivery:
    """Read Leipzig's files.

    Raises:
        IntakeError: one of the files cannot be read at all.
    """
    geometry, findings = read_areas(path / AREAS, "OT")
    if has_errors(findings):
        raise IntakeError(findings)
    area = _areas(path)
    statistics, found = read_statistics(path / STATISTICS, area)
    findings += found
    if (path / RAW).is_file():
        findings += compare_with_raw(path / RAW, statistics, area)
    observed, found = observations(statistics, square_km(geometry))
    findings += found
    facility, found = read_facilities(path, geometry)
    findings += [*found, retrieval_finding(path), *unknown_files(path, (path / name for name in _KNOWN))]
    played, found = playgrounds(facility, derived(statistics.wide)[CHILDREN].dropna())
    findings += found
    observed = pd.concat([observed, played], ignore_index=True)
    source = sources_of(path)
    parts = {
        "area": _part(catalogue, "area", area, AREAS),
        "observation": _part(catalogue, "observation", observed, STATISTICS),
        "source": _part(catalogue, "source", source, "Quellen"),
    }
    if not facility.empty:
        parts["facility"] = _part(catalogue, "facility", facility, ", ".join(n for n in PLACES if (path / n).is_file()))
    own = {
        "indicator": own_rows(OWN_INDICATORS, catalogue.indicators["key"], observed["indicator"]),
        "service": own_rows(OWN_SERVICES, catalogue.services["key"], facility["service"]),
    }
    parts |= {name: _part(catalogue, name, frame, "Raumblick") for name, frame in own.items() if not frame.empty}
    return Delivery(CITY, parts, geometry, AREAS, _files(path), findings)


def _part(catalogue: Catalogue, table: str, frame: pd.DataFrame, file: str) -> Part:
    return Part(file, frame=canonical(catalogue.tables[table], frame))


def _areas(path: Path) -> pd.DataFrame:
    """City, districts and Ortsteile; the first digit of an Ortsteil is its district."""
    small = attributes(path / AREAS, ["OT", "Name"])
    large = attributes(path / DISTRICTS, ["SBZ", "Name"])
    city = {"area_id": CITY.city_id, "name": CITY.title, "level": "stadt", "parent_id": None, "official_key": "14713000"}
    rows = [pd.DataFrame([city])]
    rows.append(
        pd.DataFrame({"area_id": large["SBZ"], "name": large["Name"], "level": "bezirk", "parent_id": CITY.city_id})
    )
    rows.append(
        pd.DataFrame(
            {"area_id": small["OT"], "name": small["Name"], "level": "ortsteil", "parent_id": small["OT"].str[:1]}
        )
    )
    return pd.concat(rows, ignore_index=True).assign(valid_from=VALID_FROM)


def square_km(geometry: gpd.GeoDataFrame) -> pd.Series:
    """Area of each Ortsteil in square kilometres (ETRS89 / UTM zone 33N), by key."""
    square_m = geometry.to_crs(25833).area
    return pd.Series((square_m / 1e6).to_numpy(), index=geometry["area_id"].to_numpy())


def sources_of(path: Path) -> pd.DataFrame:
    """Rows of the table `source` for the files that are there."""
    city, office = "Stadt Leipzig", "Stadt Leipzig, Amt für Statistik und Wahlen"
    licence = "Datenlizenz Deutschland Namensnennung 2.0 (dl-de/by-2-0)"
    rows = [
        ("leipzig-gebiete", "Ortsteile und Stadtbezirke", city, "offene Daten", "https://opendata.leipzig.de", AREAS),
        ("leipzig-statistik", "Statistik nach Ortsteilen", office, licence, "https://statistik.leipzig.de", STATISTICS),
        (
            "leipzig-einrichtungen",
            "Kitas und Spielplätze mit Koordinaten",
            "OpenStreetMap-Mitwirkende, kidsle, leipzigmaps",
            "Open Database License (ODbL)",
            "https://www.openstreetmap.org/copyright",
            "einrichtungen.csv",
        ),
        ("leipzig-schulen", "Schulen 2019", city, "offene Daten", "https://opendata.leipzig.de", "schulen_2019.csv"),
        ("leipzig-horte", "Horte", city, "offene Daten", "https://opendata.leipzig.de", "horte.csv"),
    ]
    return pd.DataFrame([source_row(*row[:5], path / row[5]) for row in rows if (path / row[5]).is_file()])


def _files(path: Path) -> tuple[SourceFile, ...]:
    return tuple(fingerprint(path / name, path) for name in _KNOWN if (path / name).is_file())
