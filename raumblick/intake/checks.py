"""All checks of a staged delivery: what the table description demands, and one SQL file for each further rule.

Every rule is asked, whatever the others found, so that a planner sees everything at once. Only tables that could not
be read are left out, and references to them.
"""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from raumblick.catalogue import ColumnSpec, TableSpec
from raumblick.intake.cells import MOST_AMOUNT, MOST_ROWS, at_lines, cap
from raumblick.intake.delivery import Delivery, Part
from raumblick.intake.findings import Finding, Severity
from raumblick.intake.header import shorten
from raumblick.intake.staging import Staging
from raumblick.queries import Query, load_query, queries_in

MOST = {"integer": 2e9, "number": 1e15, "decimal": MOST_AMOUNT}  # beyond these the build could not count on
OPEN_END = ("valid_to", "closes")  # columns in which 9999-12-31 means "without end"
Found = tuple[int | None, str | None, int]  # record of the file from 0, what stands there, how many there are in all
_MERGED = {"indicator": "known_indicator", "service": "known_service"}
_BEFORE = "bisheriger Datenstand"  # as the file of a row that an earlier delivery brought
_CORRECT = "Zahl berichtigen oder die Zelle leer lassen."
_PLACES = {
    "area": ("in der Gebietstabelle", "Schlüssel prüfen (führende Nullen, Gebietsstand) oder das Gebiet ergänzen."),
    "indicator": ("im Kennzahlenkatalog", "Schlüssel prüfen oder die Kennzahl in indicator.csv beschreiben."),
    "service": ("im Leistungskatalog", "Schlüssel prüfen oder die Leistung in service.csv beschreiben."),
    "source": ("in der Quellentabelle", "Quelle in source.csv beschreiben."),
}


def check(staging: Staging, delivery: Delivery) -> list[Finding]:
    """Check a staged delivery.

    Returns:
        Findings in German with file, row and column; empty when all is well. At most MOST_ROWS rows are named for one
        rule and table, the rest is counted.
    """
    findings = _missing_tables(staging, delivery)
    files = {name: part.file for name, part in delivery.parts.items() if name not in staging.failed}
    for name, file in files.items():
        spec = staging.catalogue.tables[name]
        found = [finding for column in spec.columns for finding in _check_column(staging, spec, column, file)]
        findings += _at_origin([*found, *_duplicates(staging, spec, file)], name, staging, delivery)
    for query in queries_in("check"):
        name = query.head["table"]
        if name in files:
            findings += _at_origin(_check_rule(staging, query, files[name]), name, staging, delivery)
    if "area" in files:
        found = _city_key(staging, delivery.city.city_id, files["area"])
        findings += _at_origin(found, "area", staging, delivery)
    findings += _geometry(staging, delivery)
    return at_lines(findings, delivery.csv_paths)


def _at_origin(findings: list[Finding], table: str, staging: Staging, delivery: Delivery) -> list[Finding]:
    """Findings about rows of one table that came from single files, with the file and line that each row stood in."""
    origin = delivery.parts[table].origin
    if origin is None:
        return findings
    first, out = staging.first[table], []
    for finding in findings:
        if finding.row is None:
            out.append(finding)
            continue
        place = finding.row - 2 - first
        file, line = origin[place] if 0 <= place < len(origin) else (_BEFORE, None)
        out.append(replace(finding, file=file, row=line))
    return out


def _missing_tables(staging: Staging, delivery: Delivery) -> list[Finding]:
    findings = []
    for spec in staging.catalogue.tables.values():
        part = delivery.parts.get(spec.name)
        if spec.name in staging.failed or (part is not None and staging.count(spec.name)):
            continue
        if spec.required and not (delivery.base and staging.count(spec.name)):
            file, message = part.file if part else f"{spec.name}.csv", f"Die Tabelle „{spec.label}“ fehlt."
            remedy = "Tabelle liefern; docs/DATENPAKET.md beschreibt sie."
            if part:
                message, remedy = f"Die Tabelle „{spec.label}“ hat keine Zeile.", "Zeilen liefern."
            findings.append(Finding("error", "table_missing", file, message, remedy))
        elif part:
            message = f"Die Tabelle „{spec.label}“ hat keine Zeile."
            findings.append(Finding("warning", "table_empty", part.file, message, "Zeilen liefern oder weglassen."))
    said = delivery.base is not None or any(f.code == "no_numbers" for f in delivery.findings)  # numbers come later
    if not said and not {"observation", "population", "facility", "booking"} & set(delivery.parts):
        message = "Es ist keine Tabelle mit Zahlen dabei."
        remedy = "Mindestens Kennzahlen oder Einwohner liefern."
        findings.append(Finding("error", "no_numbers", "Lieferung", message, remedy))
    return findings


def _check_column(staging: Staging, spec: TableSpec, column: ColumnSpec, file: str) -> list[Finding]:
    """What the table description says about one column: filled, allowed, known, of its type and of possible size."""
    findings = []

    def ask(rule: str, message: str, remedy: str, **places: str) -> None:
        question = load_query(f"check/generic/{rule}").fill(table=f'"{spec.name}"', column=f'"{column.name}"', **places)
        findings.extend(_listed(_ask(staging, question), "error", rule, file, column.name, message, remedy))

    if column.required:
        ask("required", f"„{column.label}“ ist leer.", "Wert eintragen oder die Zeile streichen.")
    if column.values:
        message, remedy = f"„{column.label}“ kann nicht „{{value}}“ sein.", f"Erlaubt sind: {', '.join(column.values)}."
        ask("values", message, remedy, values=", ".join(_literal(v) for v in column.values))
    elif column.refers:
        findings += _check_reference(staging, spec, column, file)
    elif column.type == "text":
        remedy = "Den Text neu eintippen; er wurde vermutlich aus einem anderen Programm kopiert."
        ask("control", f"„{column.label}“ enthält unsichtbare Steuerzeichen.", remedy)
    if column.type == "date":
        latest = "9999-12-31" if column.name in OPEN_END else "2200-12-31"
        ask("date_range", "„{value}“ ist kein glaubhaftes Datum.", "Datum prüfen; was fehlt, bleibt leer.", latest=latest)
    rule = {"integer": "whole", "number": "finite", "decimal": "cents"}.get(column.type)
    if rule:
        what = {"whole": "keine ganze Zahl", "finite": "keine Zahl", "cents": "auf mehr als Cent genau"}[rule]
        ask(rule, f"„{{value}}“ ist {what}.", _CORRECT)
        ask("large", "„{value}“ ist zu groß.", _CORRECT, most=f"{MOST[column.type]:.0f}")
    return findings


def _check_reference(staging: Staging, spec: TableSpec, column: ColumnSpec, file: str) -> list[Finding]:
    assert column.refers
    known_table, known_column = column.refers.split(".")
    if known_table in staging.failed or (known_table not in _MERGED and not staging.count(known_table)):
        return []  # said once, of the table that is missing
    question = load_query("check/generic/refers").fill(
        table=f'"{spec.name}"',
        column=f'"{column.name}"',
        known_table=_MERGED.get(known_table, known_table),
        known_column=f'"{known_column}"',
    )
    place, remedy = _PLACES[known_table]
    message = f"„{{value}}“ steht nicht {place}."
    return _listed(_ask(staging, question), "error", f"unknown_{known_table}", file, column.name, message, remedy)


def _duplicates(staging: Staging, spec: TableSpec, file: str) -> list[Finding]:
    table = f'"{spec.name}"'
    question = load_query("check/generic/duplicates").fill(
        table=table,
        key=", ".join(f'"{k}"' for k in spec.key),
        table_key=", ".join(f'{table}."{k}"' for k in spec.key),
        text_key=", ".join(f'cast({table}."{k}" as varchar)' for k in spec.key),
        same_key=" and ".join(f'{table}."{k}" is not distinct from repeated."{k}"' for k in spec.key),
    )
    message = f"Der Schlüssel ({', '.join(spec.key)}) „{{value}}“ steht schon weiter oben."
    remedy = "Doppelte Zeile streichen; je Schlüssel ist nur eine Zeile erlaubt."
    return _listed(_ask(staging, question), "error", "duplicate", file, spec.key[0], message, remedy)


def _check_rule(staging: Staging, query: Query, file: str) -> list[Finding]:
    head = query.head
    severity: Severity = "warning" if head["severity"] == "warning" else "error"
    return _listed(_ask(staging, query.sql), severity, head["code"], file, head["column"], head["message"], head["remedy"])


def _ask(staging: Staging, question: str) -> list[Found]:
    wrapped = load_query("check/generic/wrap").fill(question=question, most=str(MOST_ROWS))
    return staging.connection.execute(wrapped).fetchall()


def _listed(rows: list[Found], severity: Severity, code: str, file: str, column: str, message: str, remedy: str) -> list[Finding]:
    findings = []
    for row, value, _ in rows:
        text = message.replace("{value}", shorten(str(value or "")))
        findings.append(Finding(severity, code, file, text, remedy, None if row is None else row + 2, column))
    return cap(findings, rows[0][2]) if rows else []


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _city_key(staging: Staging, city_id: str, file: str) -> list[Finding]:
    """The area of the level stadt has the city's own key: pages ask for the city's values by it."""
    areas = staging.own("area")
    cities = areas[(areas["level"] == "stadt") & areas["area_id"].notna() & (areas["area_id"] != city_id)]
    message = f"Die Stadt hat hier den Schlüssel „{{}}“, im Datenpaket heißt sie „{city_id}“."
    remedy = f"In area.csv (und überall, wo die ganze Stadt gemeint ist) „{city_id}“ schreiben."
    return cap(
        [
            Finding("error", "city_key", file, message.format(shorten(key)), remedy, int(row) + 2, "area_id")
            for row, key in cities["area_id"].items()
        ]
    )


def _geometry(staging: Staging, delivery: Delivery) -> list[Finding]:
    """Polygons and base areas must be the same set; facilities should lie in the area they name."""
    file = delivery.geometry_file
    faulty = any(f.severity == "error" and f.file == file for f in delivery.findings)
    if not delivery.drawn:
        return []
    if delivery.geometry is None:
        message, remedy = "Es gibt keine Gebietsgrenzen.", "GeoJSON, GeoPackage oder Shapefile (ZIP) mitliefern."
        return [] if faulty else [Finding("error", "geometry_missing", file, message, remedy)]
    if not staging.count("area"):
        return []
    base = staging.base_areas()
    drawn = set(delivery.geometry["area_id"])
    lacking = set() if faulty else base - drawn  # a polygon with an error of its own is not missing
    remedy = "Polygon ergänzen oder Schlüssel prüfen."
    out = cap(
        [
            Finding("error", "area_without_polygon", file, f"Das Gebiet „{shorten(key)}“ hat keine Grenze.", remedy)
            for key in sorted(lacking)
        ]
    )
    message = "Die Grenze „{}“ gehört zu keinem Gebiet der untersten Ebene."
    remedy = "Gebiet in area.csv ergänzen oder Polygon streichen."
    out += cap(
        [Finding("error", "polygon_without_area", file, message.format(shorten(key)), remedy) for key in sorted(drawn - base)]
    )
    if not out and not faulty:
        if "facility" in delivery.parts and staging.count("facility"):
            out += _points(staging, delivery, base)
        if "cell" in delivery.parts and staging.count("cell"):
            out += _cells_outside(staging.own("cell"), delivery.geometry, delivery.parts["cell"].file)
    return out


def _cells_outside(rows: pd.DataFrame, areas: gpd.GeoDataFrame, file: str) -> list[Finding]:
    """Cells in none of the areas, named once: neighbours' cells are no fault, but where all lie elsewhere, something is wrong."""
    points = gpd.points_from_xy(rows["lon"], rows["lat"])
    inside = np.zeros(len(rows), dtype=bool)
    inside[areas.sindex.query(points, predicate="intersects")[0]] = True
    possible = rows["lon"].between(-180, 180) & rows["lat"].between(-90, 90)
    outside = rows[possible.to_numpy() & ~inside]
    if not len(outside):
        return []
    if not inside.any():
        message, remedy = "Kein Wohnort liegt in einem Gebiet der Stadt.", "Sind Länge und Breite vertauscht? Ist es diese Stadt?"
        return [Finding("error", "cells_outside", file, message, remedy, None, "lon")]
    some = ", ".join(shorten(str(key)) for key in outside["cell_id"].head(3))
    share = f"{len(outside):,} von {len(rows):,}".replace(",", ".")
    message = f"Wohnorte außerhalb aller Gebiete: {share}, zum Beispiel {some}. Sie zählen nicht mit."
    return [Finding("warning", "cells_outside", file, message, "Koordinaten prüfen, wenn sie zur Stadt gehören.", None, "lon")]


def _points(staging: Staging, delivery: Delivery, base: set[str]) -> list[Finding]:
    """Facilities outside the city, or in another base area than the one they name."""
    assert delivery.geometry is not None
    rows = staging.own("facility")
    part = delivery.parts["facility"]
    if delivery.base is not None and part.frame is not None:
        rows = rows.tail(len(part.frame)).reset_index(drop=True)  # those before were looked at when they came
    rows = rows.reset_index(names="position")
    rows = rows[rows["lon"].between(-180, 180) & rows["lat"].between(-90, 90)]
    points = gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(rows["lon"], rows["lat"]), crs=4326)
    areas = delivery.geometry.rename(columns={"area_id": "drawn_area"})
    inside = points.sjoin(areas[["drawn_area", "geometry"]], how="left", predicate="intersects")
    inside["other"] = inside["area_id"] != inside["drawn_area"]  # on a border the named area counts
    inside = inside.sort_values(["position", "other"]).drop_duplicates("position")
    drawn = inside["drawn_area"].notna()
    elsewhere = inside[drawn & inside["other"] & inside["area_id"].isin(base)]
    remedy = "Koordinaten und Gebiet prüfen; gerechnet wird mit dem genannten Gebiet."
    outside = [
        _at_place(part, at, "facility_outside", f"„{_name(row)}“ liegt außerhalb der Stadt.", remedy, "lon")
        for at, row in inside[~drawn].set_index("position").iterrows()
    ]
    message = "„{}“ nennt Gebiet {}, liegt aber in {}."
    wrong = [
        _at_place(
            part, at, "facility_elsewhere", message.format(_name(row), row["area_id"], row["drawn_area"]), remedy, "area_id"
        )
        for at, row in elsewhere.set_index("position").iterrows()
    ]
    return cap(outside) + cap(wrong)


def _at_place(part: Part, position: int, code: str, message: str, remedy: str, column: str) -> Finding:
    """A warning about the delivered row at `position` (from 0), with the file and line it stood in."""
    file, line = part.origin[position] if part.origin else (part.file, position + 2)
    return Finding("warning", code, file, message, remedy, line, column)


def _name(row: pd.Series) -> str:
    return shorten(str(row["facility_id"] if pd.isna(row["name"]) else row["name"]))
