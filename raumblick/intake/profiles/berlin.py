"""Berlin: 542 Planungsräume (since 2021) in 12 districts, from open data of the state.

The folder holds the polygons lor_planungsraeume_2021.shp.zip, residents by age twice a year in bevoelkerung/ and,
where they are there, the monitoring of 2021, day-care centres, youth facilities and schools. Files of the areas
before 2021 are recognised and left out: their keys look alike and mean other places.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from raumblick.catalogue import Catalogue
from raumblick.intake.areas import read_areas
from raumblick.intake.delivery import City, Delivery, Part
from raumblick.intake.findings import Finding, IntakeError, has_errors
from raumblick.intake.profiles.berlin_facilities import OWN_SERVICES, PATTERNS, read_facilities
from raumblick.intake.profiles.berlin_monitoring import read_monitoring
from raumblick.intake.profiles.berlin_population import FOLDER as POPULATION
from raumblick.intake.profiles.berlin_population import ORIGINAL, read_population
from raumblick.intake.profiles.bricks import (
    attributes,
    canonical,
    fingerprint,
    not_used,
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
_LATER = "sie wird mit der Umrechnung zwischen Gebietsständen eingelesen."
LATER = {
    "lor_planungsraeume_pre2021.shp.zip": f"Gebietsstand vor 2021; {_LATER}",
    "lor_crosswalk_2006_to_2021.csv": f"Umrechnung von alten auf neue Gebiete nach Flächenanteilen; {_LATER}",
    "ewr_kinder_2001_2016.csv": f"Kinder nach Alter im Gebietsstand vor 2021; {_LATER}",
    "mss_2013_plr447.csv": f"Monitoring 2013 im Gebietsstand vor 2021; {_LATER}",
    "mss_2015_plr447.csv": f"Monitoring 2015 im Gebietsstand vor 2021; {_LATER}",
    "mss_2017_plr447.csv": f"Monitoring 2017 im Gebietsstand vor 2021; {_LATER}",
    "mss_2019_plr447.csv": f"Monitoring 2019 im Gebietsstand vor 2021; {_LATER}",
    "zensus2022_100m_kinder_0_9.csv": f"Kinder im 100-m-Raster, als Gewicht für die Umrechnung gedacht; {_LATER}",
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
    findings += [*people.findings, *found]
    facility, sources, found = read_facilities(path, geometry)
    findings += [*found, *_left_out(path), retrieval_finding(path), *unknown_files(path, _known(path))]
    observed = pd.concat([people.observations, monitoring], ignore_index=True)
    frames = {
        "area": (_areas(shapes), AREAS),
        "population": (people.population, POPULATION),
        "observation": (observed, f"{POPULATION}, {MONITORING}"),
        "facility": (facility, "Kitas, Jugendfreizeiteinrichtungen, Schulen"),
        "source": (pd.concat([_sources(path), sources], ignore_index=True), "Quellen"),
        "service": (own_rows(OWN_SERVICES, catalogue.services["key"], facility["service"]), "Raumblick"),
    }
    parts = {
        name: Part(file, frame=canonical(catalogue.tables[name], frame))
        for name, (frame, file) in frames.items()
        if not frame.empty
    }
    files = tuple(fingerprint(file, path) for file in sorted(_known(path)) if file.is_file())
    return Delivery(CITY, parts, geometry, AREAS, files, findings)


def _areas(shapes: pd.DataFrame) -> pd.DataFrame:
    valid_from = pd.to_datetime(shapes["STAND"], format="%d.%m.%Y").max()
    districts = sorted(set(shapes["BEZ"]))
    frames = [
        pd.DataFrame({"area_id": [CITY.city_id], "name": [CITY.title], "level": ["stadt"], "parent_id": [None]}),
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


def _sources(path: Path) -> pd.DataFrame:
    newest = max((path / POPULATION).glob("????-0[12].csv"))
    rows = [
        source_row(
            "berlin-lor",
            "Lebensweltlich orientierte Räume, Planungsräume 2021",
            "Geoportal Berlin",
            "CC BY 3.0 DE",
            "https://gdi.berlin.de",
            path / AREAS,
        ),
        source_row(
            "berlin-einwohner",
            "Einwohnerinnen und Einwohner nach Alter in Planungsräumen, halbjährlich",
            "Amt für Statistik Berlin-Brandenburg",
            "CC BY 3.0 DE",
            "https://www.statistik-berlin-brandenburg.de",
            newest,
        ),
    ]
    if (path / MONITORING).is_file():
        rows.append(
            source_row(
                "berlin-mss-2021",
                "Monitoring Soziale Stadtentwicklung 2021, Indikatoren",
                "Senatsverwaltung für Stadtentwicklung Berlin",
                "CC BY 3.0 DE",
                "https://www.berlin.de/sen/sbw/stadtdaten/stadtwissen/monitoring-soziale-stadtentwicklung/",
                path / MONITORING,
            )
        )
    return pd.DataFrame(rows)


def _known(path: Path) -> set[Path]:
    """Every file of the folder that this profile knows, used or not."""
    named = {path / name for name in (AREAS, MONITORING, ORIGINAL, *LATER)}
    return named.union((path / POPULATION).glob("*.csv"), *(path.glob(pattern) for pattern in PATTERNS))


def _left_out(path: Path) -> list[Finding]:
    return [not_used(path / name, path, reason) for name, reason in LATER.items() if (path / name).is_file()]
