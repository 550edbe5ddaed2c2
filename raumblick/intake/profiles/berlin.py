"""Berlin: 542 Planungsräume (since 2021) in 12 districts, from open data of the state.

The folder holds the polygons lor_planungsraeume_2021.shp.zip, residents by age twice a year in bevoelkerung/ and,
where they are there, the monitoring of 2021, day-care centres, youth facilities and schools. Files of the areas
before 2021 are recognised (their keys look alike and mean other places) and converted.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from raumblick.catalogue import Catalogue
from raumblick.intake.areas import read_areas
from raumblick.intake.delivery import City, Delivery, Part
from raumblick.intake.findings import IntakeError, has_errors
from raumblick.intake.kinds import OWN_SERVICES
from raumblick.intake.profiles.berlin_children import CHILDREN
from raumblick.intake.profiles.berlin_facilities import PATTERNS, read_facilities
from raumblick.intake.profiles.berlin_grid import CENSUS, GRID, cell_rows, read_grid
from raumblick.intake.profiles.berlin_history import History, read_history
from raumblick.intake.profiles.berlin_history_text import TABLE
from raumblick.intake.profiles.berlin_monitoring import EDITIONS, read_monitoring
from raumblick.intake.profiles.berlin_population import FOLDER as POPULATION
from raumblick.intake.profiles.berlin_population import ORIGINAL, People, observation_rows, population_rows, read_population
from raumblick.intake.profiles.berlin_population import SOURCE as POPULATION_SOURCE
from raumblick.intake.profiles.berlin_vintages import OLD
from raumblick.intake.profiles.bricks import (
    attributes,
    canonical,
    fingerprint,
    own_rows,
    retrieval_finding,
    source_row,
    unknown_files,
)

TITLE = "Berlin (Planungsräume 2021, Open Data des Landes)"

CITY = City("berlin", "Berlin")
AREAS = "lor_planungsraeume_2021.shp.zip"
MONITORING = "mss_2021_indikatoren_plr542.csv"
DISTRICTS = {
    "01": "Mitte",
    "02": "Friedrichshain-Kreuzberg",
    "03": "Pankow",
    "04": "Charlottenburg-Wilmersdorf",
    "05": "Spandau",
    "06": "Steglitz-Zehlendorf",
    "07": "Tempelhof-Schöneberg",
    "08": "Neukölln",
    "09": "Treptow-Köpenick",
    "10": "Marzahn-Hellersdorf",
    "11": "Lichtenberg",
    "12": "Reinickendorf",
}


def detect(path: Path) -> bool:
    """True for a folder with Berlin's Planungsräume of 2021 and residents by age."""
    return (path / AREAS).is_file() and any((path / POPULATION).glob("????-0[12].csv"))


def read(path: Path, catalogue: Catalogue) -> Delivery:
    """Read Berlin's files.

    Raises:
        IntakeError: one of the files cannot be read at all.
    """
    geometry, findings = read_areas(path / AREAS, "PLR_ID")
    if has_errors(findings):
        raise IntakeError(findings)
    shapes = attributes(path / AREAS, ["PLR_ID", "PLR_NAME", "BEZ", "STAND", "GROESSE_M2"])
    people = read_population(path, shapes)
    monitoring, found = read_monitoring(path / MONITORING, set(shapes["PLR_ID"]))
    points, noted = read_grid(path / GRID)
    history = read_history(path, people, geometry, DISTRICTS, path / MONITORING, points)
    findings += [*people.findings, *found, *noted, *history.findings]
    facility, sources, found = read_facilities(path, geometry)
    findings += [*found, retrieval_finding(path), *unknown_files(path, _known(path))]
    frames = {
        "area": (_areas(shapes), AREAS),
        "area_share": (history.shares, OLD),
        "population": (_population(people, history), POPULATION),
        "observation": (_observations(people, history, shapes, monitoring), f"{POPULATION}, {MONITORING}"),
        "cell": (cell_rows(points), GRID),
        "facility": (facility, "Kitas, Jugendfreizeiteinrichtungen, Schulen"),
        "source": (pd.concat([sources_of(path), sources], ignore_index=True), "Quellen"),
        "service": (own_rows(OWN_SERVICES, catalogue.services["key"], facility["service"]), "Raumblick"),
    }
    parts = {
        name: Part(file, frame=canonical(catalogue.tables[name], frame))
        for name, (frame, file) in frames.items()
        if not frame.empty
    }
    files = tuple(fingerprint(file, path) for file in sorted(_known(path)) if file.is_file())
    return Delivery(CITY, parts, geometry, AREAS, files, findings)


def _population(people: People, history: History) -> pd.DataFrame:
    """Residents as published, and before 2021 as converted."""
    converted = population_rows(history.stocks, "estimated")
    return pd.concat([history.population, converted, population_rows(people.stocks, "real")], ignore_index=True)


def _observations(people: People, history: History, shapes: pd.DataFrame, monitoring: pd.DataFrame) -> pd.DataFrame:
    converted = observation_rows(history.stocks, shapes, "estimated")
    return pd.concat([converted, observation_rows(people.stocks, shapes, "real"), monitoring], ignore_index=True)


def _areas(shapes: pd.DataFrame) -> pd.DataFrame:
    valid_from = pd.to_datetime(shapes["STAND"], format="%d.%m.%Y").max()
    districts = sorted(set(shapes["BEZ"]))
    frames = [
        pd.DataFrame(
            {
                "area_id": [CITY.city_id],
                "name": [CITY.title],
                "level": ["stadt"],
                "parent_id": [None],
                "official_key": ["11000000"],
            }
        ),
        pd.DataFrame(
            {
                "area_id": districts,
                "name": [DISTRICTS.get(key, f"Bezirk {key}") for key in districts],
                "level": "bezirk",
                "parent_id": CITY.city_id,
            }
        ),
        pd.DataFrame(
            {
                "area_id": shapes["PLR_ID"],
                "name": shapes["PLR_NAME"],
                "level": "planungsraum",
                "parent_id": shapes["BEZ"],
            }
        ).sort_values("area_id"),
    ]
    return pd.concat(frames, ignore_index=True).assign(valid_from=valid_from)


def sources_of(path: Path) -> pd.DataFrame:
    """Rows of the table `source` for the files that are there."""
    newest = max((path / POPULATION).glob("????-0[12].csv"), default=path / ORIGINAL).relative_to(path)
    office, state = "Amt für Statistik Berlin-Brandenburg", "Senatsverwaltung für Stadtentwicklung Berlin"
    mss = "https://www.berlin.de/sen/sbw/stadtdaten/stadtwissen/monitoring-soziale-stadtentwicklung/"
    told, gdi, cc = "https://www.statistik-berlin-brandenburg.de", "https://gdi.berlin.de", "CC BY 3.0 DE"
    rows: list[tuple[str, str, str, str, str, str | Path]] = [
        ("berlin-lor", "Lebensweltlich orientierte Räume, Planungsräume 2021", "Geoportal Berlin", cc, gdi, AREAS),
        ("berlin-lor-alt", "Planungsräume vor 2021", "Geoportal Berlin", cc, gdi, OLD),
        (POPULATION_SOURCE, "Einwohnerinnen und Einwohner nach Alter in Planungsräumen, halbjährlich", office, cc, told, newest),
        ("berlin-kinder", "Kinder nach Alter in Planungsräumen vor 2021", office, cc, told, CHILDREN),
        ("berlin-mss-2021", "Monitoring Soziale Stadtentwicklung 2021, Indikatoren", state, cc, mss, MONITORING),
        (
            CENSUS,
            "Zensus 2022, Kinder unter 10 Jahren im 100-m-Gitter",
            "Statistische Ämter des Bundes und der Länder",
            "dl-de/by-2-0",
            "https://www.zensus2022.de",
            GRID,
        ),
    ]
    return pd.DataFrame([source_row(*row[:5], path / row[5]) for row in rows if (path / row[5]).is_file()])


def _known(path: Path) -> set[Path]:
    """Every file of the folder that this profile knows, used or not."""
    named = {path / name for name in (AREAS, MONITORING, ORIGINAL, OLD, TABLE, GRID, CHILDREN, *EDITIONS)}
    return named.union((path / POPULATION).glob("*.csv"), *(path.glob(pattern) for pattern in PATTERNS))
