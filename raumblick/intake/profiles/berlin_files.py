"""Berlin's files one by one, as additions to a Berlin that is there: read by the same bricks as the whole folder.

The files are laid out under the names of the folder and read together, because they depend on each other. What the folder
would bring and the files do not (today's areas, shares of the old areas in them) comes from the city as it is kept. Old and
new area keys look alike; which state a file speaks of is told by the whole set of its keys.
"""

from __future__ import annotations

import dataclasses
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyogrio

from raumblick.catalogue import Catalogue
from raumblick.intake.addition import Addition, Ground
from raumblick.intake.files.source import SourceText
from raumblick.intake.findings import Finding, IntakeError, has_errors
from raumblick.intake.kinds import OWN_SERVICES
from raumblick.intake.profiles import berlin
from raumblick.intake.profiles.berlin_children import CHILDREN
from raumblick.intake.profiles.berlin_facilities import read_facilities
from raumblick.intake.profiles.berlin_grid import GRID, cell_rows, read_grid
from raumblick.intake.profiles.berlin_history_text import TABLE
from raumblick.intake.profiles.berlin_kept import read_kept_history
from raumblick.intake.profiles.berlin_monitoring import EDITIONS, read_monitoring
from raumblick.intake.profiles.berlin_population import (
    BANDS,
    FOLDER,
    ORIGINAL,
    SOURCE,
    TOTAL,
    observation_rows,
    population_rows,
    read_population,
    read_table_of_day,
)
from raumblick.intake.profiles.berlin_vintages import CRS, OLD
from raumblick.intake.profiles.bricks import own_rows, source_row
from raumblick.intake.profiles.list_history import without_older_lists

TITLE = "Berlin (einzelne Dateien der Planungsräume)"
KEY = "11000"  # the state, as the official key begins
_HALF_YEAR = re.compile(r"(?<!\d)(\d{4}-0[12])(?!\d)")
_DAY = re.compile(r"(?<!\d)(0[1-9]|1[0-2])-(\d{4})(?!\d)")
_EDITION = re.compile(r"mss_(2013|2015|2017|2019)")
_MONTH = re.compile(r"(\d{4})-(\d\d)(?!\d)")
_HEADS: dict[str, set[str]] = {  # role -> columns that tell it
    "population": {"id", TOTAL, *BANDS},
    "day": {"PLR-ID", "Gesamt", "unter6", "65undmehr"},
    "monitoring": {"PLR_ID", "PLR_NAME", "KOM", "S1", "S3", "S4"},
    "edition": {"id", "status_class_pub", "dynamic_class_pub", "S1", "S2", "S3", "S4"},
    "table": {"plr_id_pre2021", "plr_id_2021", "weight"},
    "grid": {"value", "x", "y", "PLR_ID"},
    "kitas": {"id", "places", "sponsor_name", "lat", "lon", "geojson_feature_id"},
}
_POINTS = {"jugendfreizeiteinrichtungen": ('"e_nr"', '"e_platz"', '"t_art"'), "schulen": ('"bsn"', '"schulart"')}
_DATED = {"kitas": "kitas_{}.csv", **{name: f"{name}_{{}}.geojson" for name in _POINTS}}
_LISTS = {"berlin-kitas": "kitas_", "berlin-jugend": "jugendfreizeiteinrichtungen_", "berlin-schulen": "schulen_"}


def knows(path: Path, file: SourceText) -> bool:
    """True for Berlin's files by Planungsraum, told by their columns."""
    return role_of(path, file) is not None


def fits(ground: Ground) -> bool:
    """True for Berlin with its Planungsräume of 2021."""
    return ground.geometry is not None and (ground.official(KEY) or ground.city.city_id == berlin.CITY.city_id)


def role_of(path: Path, file: SourceText) -> str | None:
    """What part of Berlin's folder a file is, or None."""
    if file.head.startswith(b"PK"):
        return "old" if {"PLANUNGSRA", "BEZIRKSNAM", "DATUM_GUEL"} <= _fields(path) else None
    for role, marks in _POINTS.items():
        if file.text.lstrip().startswith("{") and all(mark in file.text for mark in marks):
            return role
    head = {cell.strip("\ufeff ") for cell in file.records[0]} if file.records else set()
    if any(re.fullmatch(r"\d{4}_E_E00_01", cell) for cell in head):
        return "children"
    return next((role for role, columns in _HEADS.items() if columns <= head), None)


def read(paths: Mapping[str, Path], ground: Ground, catalogue: Catalogue) -> Addition:
    """Berlin's files as additions; arguments and errors as in `raumblick.intake.addition.Family`."""
    with tempfile.TemporaryDirectory(prefix="raumblick-berlin-") as name:
        folder = Path(name)
        given, findings = _lay_out(paths, folder)
        if has_errors(findings):
            raise IntakeError(findings)
        try:
            addition = _read(folder, ground, catalogue)
        except IntakeError as error:
            raise IntakeError(_named(f, given) for f in error.findings) from error
    return dataclasses.replace(addition, findings=(*findings, *(_named(f, given) for f in addition.findings)))


def _fields(path: Path) -> set[str]:
    try:
        return set(pyogrio.read_info(path)["fields"])
    except Exception:  # GDAL's drivers raise many kinds; what cannot be opened is none of these files
        return set()


def _lay_out(paths: Mapping[str, Path], folder: Path) -> tuple[dict[str, str], list[Finding]]:
    """Link the files under the names that the folder's readers ask for; returns those names with the given ones."""
    given: dict[str, str] = {}
    findings = []
    (folder / FOLDER).mkdir()
    for name, path in paths.items():
        target = _target(role_of(path, SourceText.open(path)) or "", name)
        if target is None:
            message = "Die Datei nennt ihren Stichtag nicht, und ihr Name auch nicht."
            remedy = "Umbenennen: Einwohner JJJJ-01.csv (Juni) oder JJJJ-02.csv (Dezember), Listen mit JJJJ-MM im Namen."
            findings.append(Finding("error", "date_unknown", name, message, remedy))
        elif target in given:
            message = f"Die Datei ist von derselben Art und demselben Stichtag wie {given[target]}."
            findings.append(Finding("error", "file_twice", name, message, "Eine der beiden Dateien weglassen."))
        else:
            given[target] = name
            (folder / target).symlink_to(path.resolve())
    return given, findings


def _target(role: str, name: str) -> str | None:
    """Name of a file in Berlin's folder; None when the day it speaks of is not known."""
    fixed = {"monitoring": berlin.MONITORING, "table": TABLE, "grid": GRID, "old": OLD, "children": CHILDREN}
    if role in fixed:
        return fixed[role]
    if role == "population":
        found = _HALF_YEAR.search(name)
        return f"{FOLDER}/{found[0]}.csv" if found else None
    if role == "day":
        found = _DAY.search(name)
        return f"einwohnerbestand_{found[1]}-{found[2]}_plr.csv" if found else None
    if role == "edition":
        found = _EDITION.search(name)
        return next(edition for edition in EDITIONS if found[1] in edition) if found else None
    found = _MONTH.search(name)
    return _DATED[role].format(f"{found[1]}-{found[2]}") if found and 1 <= int(found[2]) <= 12 else None


def _read(folder: Path, ground: Ground, catalogue: Catalogue) -> Addition:
    assert ground.geometry is not None
    shapes = _shapes(ground)
    people = read_population(folder, shapes)
    stocks, findings = dict(people.stocks), list(people.findings)
    for table in sorted(folder.glob("einwohnerbestand_*_plr.csv")):
        if table.name != ORIGINAL or not (folder / FOLDER / "2022-01.csv").exists():
            date, stock, found = read_table_of_day(table, set(shapes["PLR_ID"]))
            stocks[date] = stock
            findings += found
    monitoring, found = read_monitoring(folder / berlin.MONITORING, set(shapes["PLR_ID"]))
    points, noted = read_grid(folder / GRID)
    history = read_kept_history(folder, people, ground, berlin.MONITORING, points)
    findings = [f for f in findings if f.code != "file_not_used" or not stocks] + [*found, *noted, *history.findings]
    facility, sources, found = read_facilities(folder, ground.geometry)
    findings += found
    facility, found = without_older_lists(facility, ground.rows("facility"))
    findings += found
    converted = population_rows(history.stocks, "estimated")
    observed = [observation_rows(history.stocks, shapes, "estimated"), observation_rows(stocks, shapes, "real"), monitoring]
    frames = {
        "population": pd.concat([history.population, converted, population_rows(stocks, "real")], ignore_index=True),
        "observation": pd.concat(observed, ignore_index=True),
        "area_share": history.shares,
        "cell": cell_rows(points),
        "facility": facility,
        "service": own_rows(OWN_SERVICES, catalogue.services["key"], facility["service"]),
    }
    filled = {table: frame for table, frame in frames.items() if len(frame)}
    if filled:
        filled["source"] = _sources(folder, sources, filled)
    return Addition(filled, tuple(findings))


def _shapes(ground: Ground) -> pd.DataFrame:
    """Key and size of today's areas: the size that the kept densities were made with, else that of the polygons."""
    assert ground.geometry is not None
    plane = ground.geometry.to_crs(CRS)
    drawn = pd.Series(plane.area.to_numpy(), index=plane["area_id"].astype(str))
    kept = ground.rows("observation")
    if len(kept):
        density = kept[kept["indicator"].eq("density") & kept["area_id"].isin(drawn.index)].dropna(subset=["denominator"])
        known = density.drop_duplicates("area_id", keep="last").set_index("area_id")["denominator"].astype(float) * 1e6
        drawn.update(known)
    return pd.DataFrame({"PLR_ID": drawn.index, "GROESSE_M2": drawn.to_numpy()})


def _sources(folder: Path, lists: pd.DataFrame, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Rows of the table `source` for the files that are there; of lists, only those that were taken."""
    own = berlin.sources_of(folder)
    tables = sorted(folder.glob("einwohnerbestand_*_plr.csv"))
    if tables and not len(own[own["source_id"] == SOURCE] if len(own) else own):
        title, office = "Einwohnerinnen und Einwohner in Planungsräumen", "Amt für Statistik Berlin-Brandenburg"
        url = "https://www.statistik-berlin-brandenburg.de"
        row = source_row(SOURCE, title, office, "CC BY 3.0 DE", url, tables[-1])
        own = pd.concat([own, pd.DataFrame([row])], ignore_index=True)
    if len(lists):
        taken = set(frames["facility"]["source_id"]) if "facility" in frames else set()
        own = pd.concat([own, lists[lists["source_id"].isin(taken)]], ignore_index=True)
    return own


def _named(finding: Finding, given: Mapping[str, str]) -> Finding:
    """A finding with the name under which the file came."""
    name = given.get(finding.file) or given.get(f"{FOLDER}/{finding.file}")
    if name is None and finding.file in _LISTS:
        name = next((n for target, n in given.items() if target.startswith(_LISTS[finding.file])), None)
    if name is None and finding.file == FOLDER:
        name = ", ".join(n for target, n in given.items() if target.startswith(f"{FOLDER}/"))
    return dataclasses.replace(finding, file=name) if name else finding
