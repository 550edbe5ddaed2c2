"""Lists of offers with points, from any publisher: a map file of points, or a CSV with longitude and latitude.

Columns are told by their usual names, the service by the kind of place (`raumblick.intake.kinds`). What is not certain is a
question to the planner; kinds that the table does not know are named, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from raumblick.catalogue import Catalogue
from raumblick.intake.addition import Addition, Ground
from raumblick.intake.files.source import SourceText
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.kinds import OWN_SERVICES, services_of
from raumblick.intake.map_columns import as_keys, open_map
from raumblick.intake.map_signature import holds_points
from raumblick.intake.numbers import AmbiguousNumbers, parse_numbers, unreadable
from raumblick.intake.profiles.bricks import areas_of_points, listing, number, own_rows, source_row, stable_key
from raumblick.intake.profiles.list_history import without_older_lists
from raumblick.intake.textfile import ragged_findings, read_table

TITLE = "Liste von Einrichtungen mit Koordinaten"
_STEPS: dict[str, tuple[str, ...]] = {  # what -> names of its column; a later step counts when the one before is absent
    "id": (r"facility_id", r"(e|einrichtungs?|objekt|schul|kita)_?(id|nr|nummer)|bsn|kennung", r"id|nr|nummer"),
    "name": (r"name", r"e_name|bezeichnung|einrichtung|einrichtungsname|titel"),
    "kind": (r"service|leistung", r"art|typ|type|kategorie|schulart|e_art|einrichtungsart|angebotsart"),
    "places": (r"places_licensed", r"pl(ä|ae)tze|places|kapazit(ä|ae)t|platzzahl|e_platz"),
    "carrier": (r"carrier", r"tr(ä|ae)ger|tr(ä|ae)gername|sponsor_name|betreiber"),
    "lon": (r"lon|lng|long|longitude|l(ä|ae)nge(ngrad)?|geo_?l(ä|ae)nge",),
    "lat": (r"lat|latitude|breite(ngrad)?|geo_?breite",),
    "date": (r"reference_date", r"stand|stichtag"),
}
_MONTH = re.compile(r"(?<!\d)(20\d\d)-(0[1-9]|1[0-2])(?!\d)")


def knows(path: Path, file: SourceText) -> bool:
    """True for a map file of points, and for a CSV that has columns for name, longitude and latitude."""
    if holds_points(path, file):
        return True
    head = [cell.strip().lstrip("\ufeff") for cell in file.records[0]] if file.records else []
    return all(_fitting(head, what) for what in ("name", "lon", "lat"))


def fits(ground: Ground) -> bool:
    """Any city can have offers."""
    return True


def read(paths: Mapping[str, Path], ground: Ground, catalogue: Catalogue) -> Addition:
    """Lists as rows of the table `facility`; arguments and errors as in `raumblick.intake.addition.Family`."""
    if ground.geometry is None:
        first = next(iter(paths))
        message = "Die Stadt hat noch keine Gebietsgrenzen; die Orte lassen sich keinem Gebiet zuordnen."
        raise IntakeError([Finding("error", "areas_needed", first, message, "Zuerst oder zusammen die Gebietsgrenzen einlesen.")])
    frames, sources, findings = [], [], []
    for name, path in paths.items():
        rows, source, found = _read(name, path, ground, catalogue)
        frames.append(rows)
        sources.append(source)
        findings += found
    every = pd.concat(frames, ignore_index=True)
    twice = every["facility_id"].duplicated()
    if twice.any():
        message = f"{number(int(twice.sum()))} Schlüssel stehen mehrfach da: {listing(every.loc[twice, 'facility_id'], 10)}."
        raise IntakeError([Finding("error", "duplicate", listing(paths), message, "Doppelte Zeilen streichen.")])
    facility, found = without_older_lists(every, ground.rows("facility"))
    named = {source["source_id"]: name for source, name in zip(sources, paths, strict=True)}
    findings += [Finding(f.severity, f.code, named.get(f.file, f.file), f.message, f.remedy) for f in found]
    own = own_rows(OWN_SERVICES, catalogue.services["key"], facility["service"])
    result = {"facility": facility, "source": pd.DataFrame(sources), "service": own}
    return Addition({table: frame for table, frame in result.items() if len(frame)}, tuple(findings))


def _read(
    name: str, path: Path, ground: Ground, catalogue: Catalogue
) -> tuple[pd.DataFrame, dict[str, Any], list[Finding]]:
    assert ground.geometry is not None
    given = _open(path, name)
    columns = {what: _column(list(given.columns), what, name) for what in _STEPS}
    if not columns["name"] or not columns["kind"]:
        what, canonical = ("dem Namen", "name") if not columns["name"] else ("der Art der Einrichtung", "service")
        message = f"Es fehlt eine Spalte mit {what}. Vorhanden: {listing(c for c in given.columns if not c.startswith('_'))}."
        raise IntakeError([Finding("error", "column_missing", name, message, f"Die Spalte „{canonical}“ ergänzen.")])
    services = services_of(given[columns["kind"]], set(catalogue.services["key"]) | {row["key"] for row in OWN_SERVICES})
    findings = _unknown_kinds(given[columns["kind"]], services, name, columns["kind"])
    slug = _slug(name)
    lon, found = _numbers(given, columns["lon"], name, ".")
    findings += found
    lat, found = _numbers(given, columns["lat"], name, ".")
    findings += found
    places, found = _numbers(given, columns["places"], name, "auto")
    findings += found
    keys = as_keys(given[columns["id"]]) if columns["id"] else stable_key("x", given[columns["name"]], lon.astype("string"))
    rows = pd.DataFrame(
        {
            "facility_id": slug + "-" + keys.fillna(stable_key("x", given[columns["name"]], lon.astype("string"))),
            "name": given[columns["name"]].astype("string").str.strip().replace("", pd.NA).fillna("(ohne Namen)"),
            "service": services,
            "carrier": given[columns["carrier"]].astype("string").replace("", pd.NA) if columns["carrier"] else pd.NA,
            "area_id": areas_of_points(lon, lat, ground.geometry),
            "lon": lon,
            "lat": lat,
            "places_licensed": places,
            "reference_date": _day(given, columns["date"], name),
        }
    )
    rows = rows[services.notna()].reset_index(drop=True)
    findings += _outside(rows, name)
    findings.append(_read_finding(name, columns, len(rows)))
    source = source_row(f"liste-{slug}", f"Einrichtungen: {name}", "nicht genannt", "nicht genannt", "", path) | {"url": None}
    return rows.assign(source_id=source["source_id"]), source, findings


def _open(path: Path, name: str) -> pd.DataFrame:
    """The list as text; points of a map file as columns lon and lat in degrees."""
    if holds_points(path, SourceText.open(path)):
        raw = open_map(path)
        points = raw.geometry.to_crs(4326).representative_point()
        frame = pd.DataFrame(raw.drop(columns="geometry")).drop(columns=["lon", "lat"], errors="ignore").astype("string")
        usable = ~(points.isna() | points.is_empty)
        return frame.assign(lon=points.x.where(usable).astype("string"), lat=points.y.where(usable).astype("string"))
    table = read_table(path)
    if table.ragged:
        raise IntakeError(ragged_findings(table, name))
    return table.frame


def _fitting(names: list[str], what: str) -> list[str]:
    for step in _STEPS[what]:
        fitting = [name for name in names if re.fullmatch(step, name.strip().lower())]
        if fitting:
            return fitting
    return []


def _column(names: list[str], what: str, file: str) -> str | None:
    fitting = _fitting(names, what)
    if len(fitting) > 1:
        message = f"Mehrere Spalten kommen für dasselbe in Frage: {listing(fitting)}."
        remedy = f"Die gemeinte Spalte in „{_STEPS[what][0].split('|')[0]}“ umbenennen."
        raise IntakeError([Finding("error", "column_unclear", file, message, remedy)])
    return fitting[0] if fitting else None


def _numbers(given: pd.DataFrame, column: str | None, file: str, decimal: str) -> tuple[pd.Series, list[Finding]]:
    """Numbers of a column (all missing when there is none) and an error for cells that are neither number nor sign."""
    if column is None:
        return pd.Series(pd.NA, index=given.index, dtype="Float64"), []
    cells = given[column].astype("string").fillna("")
    if decimal == "." and cells.str.contains(",").any() and not cells.str.contains(".", regex=False).any():
        decimal = ","
    try:
        values, signs = parse_numbers(cells, decimal=decimal)
    except AmbiguousNumbers as error:
        finding = Finding("error", "numbers_unclear", file, f"{error}.", "Zahlen ohne Tausenderzeichen schreiben.", None, column)
        return pd.Series(pd.NA, index=given.index, dtype="Float64"), [finding]
    wrong = cells[unreadable(cells, values, signs)]
    if not len(wrong):
        return values, []
    message = f"{number(len(wrong))} Zellen sind keine Zahl: {listing(wrong.drop_duplicates(), 5)}."
    return values, [Finding("error", "not_number", file, message, "Zahl berichtigen oder die Zelle leeren.", None, column)]


def _unknown_kinds(kinds: pd.Series, services: pd.Series, file: str, column: str) -> list[Finding]:
    unknown = kinds[services.isna()].astype("string").fillna("(leer)").value_counts()
    if not len(unknown):
        return []
    said = listing((f"{kind} ({number(count)})" for kind, count in unknown.items()), 20)
    message = f"{number(int(unknown.sum()))} Einträge mit unbekannter Art wurden nicht übernommen: {said}."
    remedy = "Arten in data/catalogue/facility_kinds.csv einer Leistung zuordnen, oder den Leistungsschlüssel eintragen."
    finding = Finding("warning", "kind_unknown", file, message, remedy, None, column)
    if services.isna().all():
        raise IntakeError([Finding("error", "kind_unknown", file, message, remedy, None, column)])
    return [finding]


def _outside(rows: pd.DataFrame, file: str) -> list[Finding]:
    outside = rows[rows["area_id"].isna()]
    if len(outside) == len(rows):
        message = "Keiner der Orte liegt in einem Gebiet der Stadt."
        raise IntakeError([Finding("error", "no_area", file, message, "Die richtige Stadt wählen; Koordinaten prüfen.")])
    if outside.empty:
        return []
    message = f"{number(len(outside))} Orte liegen in keinem Gebiet, ihr Gebiet fehlt: {listing(outside['name'], 20)}."
    return [Finding("warning", "point_outside", file, message, "Koordinaten prüfen.", None, "lon")]


def _day(given: pd.DataFrame, column: str | None, name: str) -> pd.Series:
    """The day of the list: of each row, else the month in the file name, else unknown."""
    if column:
        text = given[column].astype("string").str.strip()
        german = pd.to_datetime(text, format="%d.%m.%Y", errors="coerce")
        return german.fillna(pd.to_datetime(text, format="%Y-%m-%d", errors="coerce"))
    found = _MONTH.search(name)
    return pd.Series(pd.Timestamp(int(found[1]), int(found[2]), 1) if found else pd.NaT, index=given.index)


def _slug(name: str) -> str:
    """What stays the same in the names of two editions of one list."""
    plain = re.sub(r"\d+", "", name.lower().split(".")[0])
    for letter, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        plain = plain.replace(letter, written)
    return re.sub(r"[^a-z]+", "-", plain).strip("-")[:30] or "liste"


def _read_finding(name: str, columns: Mapping[str, str | None], rows: int) -> Finding:
    said = {"id": "Schlüssel", "name": "Name", "kind": "Art", "places": "Plätze", "carrier": "Träger", "date": "Stichtag"}
    used = "; ".join(f"{said[what]}: {column}" for what, column in columns.items() if column and what in said)
    return Finding("info", "list_read", name, f"{number(rows)} Einrichtungen übernommen ({used}).", "")
