"""Leipzig's files one by one, as additions to a Leipzig that is there: read by the same bricks as the whole folder.

What the folder would bring and the files do not (areas, children under 15, points of schools) comes from the city as it is
kept.
"""

from __future__ import annotations

import dataclasses
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from raumblick.catalogue import Catalogue
from raumblick.intake.addition import Addition, Ground
from raumblick.intake.files.source import SourceText
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.profiles import leipzig
from raumblick.intake.profiles.bricks import number, own_rows, source_row
from raumblick.intake.profiles.leipzig_check import compare_with_raw, read_raw, read_raw_csv
from raumblick.intake.profiles.leipzig_facilities import AFTER_SCHOOL, OWN_SERVICES, PLACES, SCHOOLS, read_facilities
from raumblick.intake.profiles.leipzig_measures import CHILDREN, DELIVERED, OWN_INDICATORS
from raumblick.intake.profiles.leipzig_statistics import (
    SOURCE,
    Statistics,
    counted,
    derived,
    observations,
    playgrounds,
    read_statistics,
)
from raumblick.intake.profiles.list_history import without_older_lists

TITLE = "Leipzig (einzelne Dateien der Ortsteile)"
KEY = "14713"
_HEADS: dict[str, set[str]] = {
    leipzig.STATISTICS: {"ortsteil_nr", "ortsteil", "jahr", "datensatz", "merkmal", "wert", "hinweis"},
    PLACES: {"art", "name", "plaetze", "lon", "lat", "quelle", "ortsteil_nr"},
    SCHOOLS: {"name", "ortsteil_quelle", "ortsteil_nr", "schulart_keys", "stand"},
}
_RAW = re.compile(r'\s*\{\s*"daten"\s*:\s*\[\s*\{.*?"kategorie_Nr".*?"ortsteil"', re.DOTALL)
_HORT = {"Name", "Adresse", "PLZ", "Ort"}
RAW_CSV = "kdvalues.csv"
_POINT = ["lon", "lat", "area_id"]


def knows(path: Path, file: SourceText) -> bool:
    """True for the files of Leipzig's folder that hold numbers or offers, told by their content."""
    return role_of(file) is not None


def fits(ground: Ground) -> bool:
    """True for Leipzig with its Ortsteile."""
    known = ground.official(KEY) or ground.city.city_id == leipzig.CITY.city_id
    return known and ground.geometry is not None and bool(ground.base_areas["level"].eq("ortsteil").all())


def role_of(file: SourceText) -> str | None:
    """Name that a file has in Leipzig's folder, or None."""
    if _RAW.match(file.text):
        return leipzig.RAW
    first = [cell.strip().lstrip("\ufeff") for cell in file.records[0]] if file.records else []
    if first[:2] == ["Gebiet", "Sachmerkmal"] and len(first) > 2 and all(re.fullmatch(r"\d{4}", cell) for cell in first[2:]):
        return RAW_CSV
    head = set(first)
    if head == _HORT:
        rows = [cells for cells in file.records[1:] if len(cells) == len(_HORT)]
        horte = sum("hort" in cells[0].lower() and cells[3].strip() == "Leipzig" for cells in rows)
        return AFTER_SCHOOL if horte * 2 > len(rows) else None
    return next((role for role, columns in _HEADS.items() if columns <= head), None)


def read(paths: Mapping[str, Path], ground: Ground, catalogue: Catalogue) -> Addition:
    """Leipzig's files as additions; arguments and errors as in `raumblick.intake.addition.Family`."""
    with tempfile.TemporaryDirectory(prefix="raumblick-leipzig-") as name:
        folder = Path(name)
        given: dict[str, str] = {}
        for shown, path in paths.items():
            target = role_of(SourceText.open(path)) or ""
            if target in given:
                message = f"Die Datei ist von derselben Art wie {given[target]}."
                raise IntakeError([Finding("error", "file_twice", shown, message, "Eine der beiden Dateien weglassen.")])
            given[target] = shown
            (folder / target).symlink_to(path.resolve())
        try:
            addition = _read(folder, ground, catalogue)
        except IntakeError as error:
            raise IntakeError(dataclasses.replace(f, file=given.get(f.file, f.file)) for f in error.findings) from error
    findings = (dataclasses.replace(f, file=given.get(f.file, f.file)) for f in addition.findings)
    return dataclasses.replace(addition, findings=tuple(findings))


def _read(folder: Path, ground: Ground, catalogue: Catalogue) -> Addition:
    assert ground.geometry is not None
    area = ground.rows("area")[["area_id", "name", "parent_id"]].astype("string")
    square_km = leipzig.square_km(ground.geometry)
    observed, findings, children = _figures(folder, area, square_km)
    facility, found = read_facilities(folder, ground.geometry)
    findings += found
    facility, found = without_older_lists(_with_kept_points(facility, ground.rows("facility")), ground.rows("facility"))
    findings += found
    played, found = _playgrounds(facility, children, ground)
    findings += found
    observation = pd.concat([observed, played], ignore_index=True)
    frames = {
        "observation": observation,
        "facility": facility,
        "source": _sources(folder),
        "service": own_rows(OWN_SERVICES, catalogue.services["key"], facility["service"]),
    }
    if len(observation):
        frames["indicator"] = own_rows(OWN_INDICATORS, catalogue.indicators["key"], observation["indicator"])
    return Addition({table: frame for table, frame in frames.items() if len(frame)}, tuple(findings))


def _figures(
    folder: Path, area: pd.DataFrame, square_km: pd.Series
) -> tuple[pd.DataFrame, list[Finding], pd.Series | None]:
    """Observations of the statistics or, without them, of the office's raw answer; and the children under 15, if known."""
    if (folder / leipzig.STATISTICS).is_file():
        statistics, findings = read_statistics(folder / leipzig.STATISTICS, area)
        if (folder / leipzig.RAW).is_file():
            findings += compare_with_raw(folder / leipzig.RAW, statistics, area)
        observed, found = observations(statistics, square_km)
        return observed, [*findings, *found], derived(statistics.wide)[CHILDREN].dropna()
    for name in (leipzig.RAW, RAW_CSV):
        if (folder / name).is_file():
            observed, findings = _raw_figures(folder / name, area, square_km)
            return observed, findings, None
    return pd.DataFrame(), [], None


def _raw_figures(path: Path, area: pd.DataFrame, square_km: pd.Series) -> tuple[pd.DataFrame, list[Finding]]:
    """What the office's raw answer says of Ortsteile; sums of districts and city follow from them."""
    small_areas = area[~area["area_id"].isin(set(area["parent_id"].dropna()))]
    raw = read_raw_csv(path, small_areas, _rubrics()) if path.name == RAW_CSV else read_raw(path)
    small = raw[(raw["level"] == "ortsteil") & raw["figure"].notna() & raw["period"].notna()]
    keys = dict(zip(small_areas["name"], small_areas["area_id"], strict=True))
    small = small.assign(area_id=small["area"].map(keys))
    lost = small.loc[small["area_id"].isna(), "area"].drop_duplicates()
    findings = [
        Finding("error", "area_unknown", path.name, f"Den Ortsteil „{name}“ gibt es nicht.", "Name prüfen.") for name in lost
    ]
    if small.duplicated(["area_id", "period", "figure"]).any():
        findings.append(Finding("error", "duplicate", path.name, "Werte stehen mehrfach in der Datei.", "Datei neu abrufen."))
    if findings or small.empty:
        nothing = Finding("error", "no_area", path.name, "In der Datei stehen keine Werte von Ortsteilen.", "Datei neu abrufen.")
        raise IntakeError(findings or [nothing])
    wide = small.pivot(index=["area_id", "period"], columns="figure", values="value").astype("Float64")
    statistics = Statistics(wide, frozenset(), small["figure"].value_counts().to_dict(), path.name)
    observed, found = counted(statistics, square_km)
    left = len(raw) - len(small)
    message = f"{number(left)} Zahlen der Stadtbezirke und der Stadt wurden nicht übernommen; sie sind Summen der Ortsteile."
    return observed, [*found, Finding("info", "sums_left", path.name, message, "")]


def _sources(folder: Path) -> pd.DataFrame:
    """Rows of the table `source`; the office's raw answer stands for its statistics where these are not there."""
    rows = leipzig.sources_of(folder)
    raw = next((folder / name for name in (leipzig.RAW, RAW_CSV) if (folder / name).is_file()), folder / leipzig.RAW)
    if not raw.is_file() or (folder / leipzig.STATISTICS).is_file():
        return rows
    title, office = "Antwort der Statistik-Schnittstelle", "Stadt Leipzig, Amt für Statistik und Wahlen"
    licence, url = "Datenlizenz Deutschland Namensnennung 2.0 (dl-de/by-2-0)", "https://statistik.leipzig.de"
    return pd.concat([rows, pd.DataFrame([source_row(SOURCE, title, office, licence, url, raw)])], ignore_index=True)


def _rubrics() -> dict[str, set[str]]:
    """Names of the figures that are taken, by the rubric they stand in."""
    found: dict[str, set[str]] = {}
    for column in DELIVERED:
        rubric, _, figure = column.partition("|")
        found.setdefault(rubric, set()).add(figure)
    return found


def _with_kept_points(facility: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    """Offers without a point with what the city keeps for the same offer: its point and area, or that it has no area.

    Schools and Horte name no points; theirs came from other lists, and so did the verdict that a stated area is none.
    """
    if facility.empty or kept.empty:
        return facility
    known = kept.drop_duplicates("facility_id").set_index("facility_id")
    out = facility.copy()
    there = out["facility_id"].isin(known.index)
    placed = out["facility_id"].map(known["lon"]).notna() | out["facility_id"].map(known["area_id"]).isna()
    bare = out["lon"].isna() & there & placed
    for column in _POINT:
        before = out["facility_id"].map(known[column])
        out[column] = out[column].astype("object").where(~bare, before.astype("object"))
    return out


def _playgrounds(
    facility: pd.DataFrame, children: pd.Series | None, ground: Ground
) -> tuple[pd.DataFrame, list[Finding]]:
    """Playgrounds and children under 15, each from the files or else as kept."""
    own = len(facility) > 0 and bool(facility["service"].eq("spielplatz").any())
    if not own and children is None:
        return pd.DataFrame(), []
    offers = facility if own else ground.rows("facility")
    if children is None:
        kept = ground.rows("observation")
        told = kept[kept["indicator"].eq("pop_u15_share") & kept["numerator"].notna()] if len(kept) else kept
        children = told.set_index(["area_id", "period"])["numerator"] if len(told) else None
    if children is None or not len(offers) or not len(children):
        return pd.DataFrame(), []
    return playgrounds(offers[offers["closes"].isna()] if "closes" in offers else offers, children)
