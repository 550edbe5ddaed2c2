"""Berlin's day-care centres, youth facilities and schools, each placed in the Planungsraum that its point lies in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.kinds import services_of
from raumblick.intake.numbers import parse_numbers, unreadable
from raumblick.intake.profiles.bricks import (
    areas_of_points,
    listing,
    not_used,
    number,
    number_column,
    open_table,
    source_row,
)

PATTERNS = ("kitas_????-??.csv", "jugendfreizeiteinrichtungen_????-??.geojson", "schulen_????-??.geojson")
_DATED = re.compile(r"_(\d{4})-(\d\d)\.")
_LICENCE = "CC BY 3.0 DE"


def read_facilities(path: Path, geometry: gpd.GeoDataFrame) -> tuple[pd.DataFrame, pd.DataFrame, list[Finding]]:
    """Rows of the tables `facility` and `source` for the lists in the folder, and what was found.

    Raises:
        IntakeError: a list cannot be read.
    """
    frames, sources, findings = [], [], []
    for pattern, reader in zip(PATTERNS, (_kitas, _youth, _schools), strict=True):
        files = sorted(path.glob(pattern))
        if not files:
            continue
        rows, source, found = reader(files[-1], geometry)
        frames.append(rows.assign(reference_date=_month(files[-1]), source_id=source["source_id"]))
        sources.append(source)
        findings += found
        for older in files[:-1]:
            findings.append(not_used(older, path, f"{files[-1].name} ist neuer.{_difference(older, rows)}"))
    if not frames:
        return pd.DataFrame({"service": pd.Series(dtype="string")}), pd.DataFrame(), findings
    return pd.concat(frames, ignore_index=True), pd.DataFrame(sources), findings


def _month(path: Path) -> pd.Timestamp:
    """First day of the month in the file name; the lists name no day."""
    found = _DATED.search(path.name)
    assert found is not None  # the patterns above ask for it
    return pd.Timestamp(int(found[1]), int(found[2]), 1)


def _difference(older: Path, rows: pd.DataFrame) -> str:
    """How many keys came and went since the older list of the same layout."""
    if older.suffix != ".csv":
        return ""
    before, now = set(open_table(older, ["id"]).frame["id"]), set(rows["facility_id"].str.removeprefix("kita-"))
    return f" Seitdem kamen {number(len(now - before))} Einträge hinzu, {number(len(before - now))} fielen weg."


def _kitas(path: Path, geometry: gpd.GeoDataFrame) -> tuple[pd.DataFrame, dict[str, Any], list[Finding]]:
    table = open_table(path, ["id", "name", "places", "type", "sponsor_name", "lat", "lon", "geojson_feature_id"])
    given = table.frame
    lon, findings = number_column(table, "lon", ".", path.name)
    lat, found = number_column(table, "lat", ".", path.name)
    places, more = number_column(table, "places", ",", path.name)
    findings += found + more
    rows = pd.DataFrame(
        {
            "facility_id": "kita-" + given["id"],
            "name": given["name"],
            "service": "kita",
            "carrier": given["sponsor_name"],
            "area_id": areas_of_points(lon, lat, geometry),
            "lon": lon,
            "lat": lat,
            "places_licensed": places.mask(places == 0),
        }
    )
    stated = given["geojson_feature_id"].str.zfill(8)
    other = (rows["area_id"].notna() & (stated != rows["area_id"])).fillna(False)
    if other.any():
        pairs = given[["id", "name"]].assign(said=stated, area=rows["area_id"])[other]
        cases = listing(f"{r.id} {r.name}: {r.said}, liegt in {r.area}" for r in pairs.itertuples(index=False))
        message = (
            f"{number(len(pairs))} von {number(len(rows))} Kitas nennen einen anderen Planungsraum als den, in dem ihr "
            f"Punkt liegt; es gilt der Punkt. {cases}."
        )
        remedy = "Koordinaten oder Gebiet in der Quelle berichtigen."
        findings.append(Finding("warning", "point_elsewhere", path.name, message, remedy, None, "geojson_feature_id"))
    findings += _outside(rows, path.name)
    zero = places == 0
    if zero.any():
        names = listing(given.loc[zero, "id"] + " " + given.loc[zero, "name"])
        message = f"{number(int(zero.sum()))} Kitas haben 0 Plätze; die Platzzahl gilt als unbekannt: {names}."
        findings.append(Finding("warning", "places_zero", path.name, message, "Platzzahl nachtragen.", None, "places"))
    findings.append(_kita_types(given, path.name))
    source = source_row(
        "berlin-kitas", "Kindertagesstätten", "Land Berlin", "CC BY 4.0", "https://daten.berlin.de", path
    )
    return rows, source, findings


def _kita_types(given: pd.DataFrame, file: str) -> Finding:
    types = "; ".join(f"{kind}: {number(n)}" for kind, n in given["type"].value_counts().items())
    message = f"Alle Einträge sind als Kita übernommen, auch Gruppen der Heilpädagogik und Sprachförderung ({types})."
    return Finding("info", "kita_types", file, message, "", None, "type")


def _youth(path: Path, geometry: gpd.GeoDataFrame) -> tuple[pd.DataFrame, dict[str, Any], list[Finding]]:
    given = _points(path, ["e_nr", "e_name", "e_platz", "t_art"])
    places, signs = parse_numbers(given["e_platz"], decimal=",")
    rows = pd.DataFrame(
        {
            "facility_id": "jfe-" + given["e_nr"],
            "name": given["e_name"],
            "service": "okja",
            "area_id": areas_of_points(given["lon"], given["lat"], geometry),
            "lon": given["lon"],
            "lat": given["lat"],
            "places_licensed": places,
        }
    )
    carriers = "; ".join(f"{kind}: {number(n)}" for kind, n in given["t_art"].value_counts().items())
    message = (
        f"Die Liste nennt nur die Art des Trägers ({carriers}), keinen Namen; die Spalte Träger bleibt leer. Nicht "
        "übernommen: Zielgruppen (zielgr1, zielgr2), deren Bedeutung nicht angegeben ist, und die Art der Einrichtung."
    )
    findings = [Finding("info", "columns_left", path.name, message, ""), *_outside(rows, path.name)]
    for place in unreadable(given["e_platz"], places, signs).to_numpy().nonzero()[0]:
        message = f"„{given['e_platz'].iloc[place]}“ ist keine Platzzahl."
        findings.append(Finding("error", "not_number", path.name, message, "Zahl berichtigen.", None, "e_platz"))
    source = source_row(
        "berlin-jugend", "Jugendfreizeiteinrichtungen", "Geoportal Berlin", _LICENCE, "https://gdi.berlin.de", path
    )
    return rows, source, findings


def _schools(path: Path, geometry: gpd.GeoDataFrame) -> tuple[pd.DataFrame, dict[str, Any], list[Finding]]:
    given = _points(path, ["bsn", "name", "schulart"])
    rows = pd.DataFrame(
        {
            "facility_id": "schule-" + given["bsn"],
            "name": given["name"],
            "service": services_of(given["schulart"]),
            "area_id": areas_of_points(given["lon"], given["lat"], geometry),
            "lon": given["lon"],
            "lat": given["lat"],
        }
    )
    findings = _outside(rows, path.name)
    unknown = rows["service"].isna()
    if unknown.any():
        kinds = listing(sorted(given.loc[unknown, "schulart"].unique()))
        message = f"{number(int(unknown.sum()))} Schulen mit unbekannter Schulart nicht übernommen: {kinds}."
        remedy = "Schulart einer Leistung zuordnen."
        findings.append(Finding("warning", "kind_unknown", path.name, message, remedy, None, "schulart"))
    source = source_row("berlin-schulen", "Schulen", "Geoportal Berlin", _LICENCE, "https://gdi.berlin.de", path)
    return rows[~unknown], source, findings


def _points(path: Path, columns: list[str]) -> gpd.GeoDataFrame:
    """Features of a point file with `lon` and `lat` in degrees, from whatever coordinate system it has.

    Raises:
        IntakeError: the file cannot be read, has no coordinate system or lacks one of `columns`.
    """
    try:
        given = gpd.read_file(path)
    except Exception as error:  # GDAL's drivers raise many kinds; whatever it is, the file is unreadable
        message = f"Die Datei lässt sich nicht lesen ({type(error).__name__})."
        raise IntakeError([Finding("error", "unreadable", path.name, message, "Datei neu abrufen.")]) from error
    if given.crs is None:
        message = "Das Koordinatensystem ist nicht angegeben."
        raise IntakeError([Finding("error", "crs_missing", path.name, message, "Datei neu abrufen.")])
    absent = [column for column in columns if column not in given]
    if absent:
        message = f"Spalten fehlen: {', '.join(absent)}."
        raise IntakeError([Finding("error", "column_missing", path.name, message, "Datei neu abrufen.")])
    degrees = given.geometry.to_crs(4326)
    return given.assign(lon=degrees.x.astype("Float64"), lat=degrees.y.astype("Float64"))


def _outside(rows: pd.DataFrame, file: str) -> list[Finding]:
    outside = rows[rows["area_id"].isna()]
    if outside.empty:
        return []
    names = listing(outside["name"])
    message = f"{number(len(outside))} Orte liegen in keinem Planungsraum, ihr Gebiet fehlt: {names}."
    return [Finding("warning", "point_outside", file, message, "Koordinaten prüfen.", None, "lon")]
