"""All checks of a staged delivery: what the table description demands, and one SQL file for each further rule.

Every rule is asked, whatever the others found, so that a planner sees everything at once.
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from raumblick.catalogue import ColumnSpec, TableSpec
from raumblick.intake.cells import MOST_ROWS, cap, shorten
from raumblick.intake.delivery import Delivery
from raumblick.intake.findings import Finding, Severity
from raumblick.intake.staging import Staging, quote_text
from raumblick.queries import Query, load_query, queries_in

_MERGED = {"indicator": "known_indicator", "service": "known_service"}


def check(staging: Staging, delivery: Delivery) -> list[Finding]:
    """Check a staged delivery.

    Returns:
        Findings in German with file, row and column; empty when all is well. At most MOST_ROWS rows are named for one
        rule and table, the rest is counted.
    """
    findings = _missing_tables(staging, delivery)
    for name, part in delivery.parts.items():
        spec = staging.catalogue.tables[name]
        for column in spec.columns:
            findings += _check_column(staging, spec, column, part.file)
        findings += _duplicates(staging, spec, part.file)
    for query in queries_in("check"):
        if query.head["table"] in delivery.parts:
            findings += _check_rule(staging, query, delivery.parts[query.head["table"]].file)
    findings += _geometry(staging, delivery)
    return findings


def _missing_tables(staging: Staging, delivery: Delivery) -> list[Finding]:
    findings = []
    for spec in staging.catalogue.tables.values():
        if not spec.required:
            continue
        part = delivery.parts.get(spec.name)
        file = part.file if part else f"{spec.name}.csv"
        if part is None or not staging.count(spec.name):
            message = f"Die Tabelle „{spec.label}“ fehlt oder hat keine Zeile."
            findings.append(
                Finding("error", "table_missing", file, message, "Tabelle liefern; docs/DATENPAKET.md beschreibt sie.")
            )
    if not {"observation", "population", "facility", "booking"} & set(delivery.parts):
        message = "Es ist keine Tabelle mit Zahlen dabei."
        findings.append(
            Finding("error", "no_numbers", "Lieferung", message, "Mindestens Kennzahlen oder Einwohner liefern.")
        )
    return findings


def _check_column(staging: Staging, spec: TableSpec, column: ColumnSpec, file: str) -> list[Finding]:
    table, name = f'"{spec.name}"', f'"{column.name}"'
    findings = []
    if column.required:
        remedy = "Wert eintragen oder die Zeile streichen."
        rows = _ask(staging, load_query("check/generic/required").fill(table=table, column=name))
        findings += _listed(rows, "error", "required", file, column.name, f"„{column.label}“ ist leer.", remedy)
    if column.values:
        values = ", ".join(f"'{quote_text(v)}'" for v in column.values)
        rows = _ask(staging, load_query("check/generic/values").fill(table=table, column=name, values=values))
        remedy = f"Erlaubt sind: {', '.join(column.values)}."
        findings += _listed(
            rows, "error", "values", file, column.name, f"„{column.label}“ kann nicht „{{value}}“ sein.", remedy
        )
    if column.refers:
        findings += _check_reference(staging, spec, column, file)
    rule = {"integer": "whole", "number": "finite", "decimal": "cents"}.get(column.type)
    if rule:
        what = {"whole": "keine ganze Zahl", "finite": "keine Zahl", "cents": "auf mehr als Cent genau"}[rule]
        rows = _ask(staging, load_query(f"check/generic/{rule}").fill(table=table, column=name))
        findings += _listed(
            rows,
            "error",
            rule,
            file,
            column.name,
            f"„{{value}}“ ist {what}.",
            "Zahl berichtigen oder die Zelle leer lassen.",
        )
    return findings


def _check_reference(staging: Staging, spec: TableSpec, column: ColumnSpec, file: str) -> list[Finding]:
    assert column.refers
    known_table, known_column = column.refers.split(".")
    question = load_query("check/generic/refers").fill(
        table=f'"{spec.name}"',
        column=f'"{column.name}"',
        known_table=_MERGED.get(known_table, known_table),
        known_column=f'"{known_column}"',
    )
    where = {
        "area": ("in der Gebietstabelle", "Schlüssel prüfen (führende Nullen, Gebietsstand) oder das Gebiet ergänzen."),
        "indicator": ("im Kennzahlenkatalog", "Schlüssel prüfen oder die Kennzahl in indicator.csv beschreiben."),
        "service": ("im Leistungskatalog", "Schlüssel prüfen oder die Leistung in service.csv beschreiben."),
        "source": ("in der Quellentabelle", "Quelle in source.csv beschreiben."),
    }
    place, remedy = where[known_table]
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
    return _listed(
        _ask(staging, query.sql), severity, head["code"], file, head["column"], head["message"], head["remedy"]
    )


def _ask(staging: Staging, question: str) -> pd.DataFrame:
    wrapped = load_query("check/generic/wrap").fill(question=question, most=str(MOST_ROWS))
    return staging.connection.execute(wrapped).df()


def _listed(
    rows: pd.DataFrame, severity: Severity, code: str, file: str, column: str, message: str, remedy: str
) -> list[Finding]:
    findings = [
        Finding(severity, code, file, message.replace("{value}", shorten(str(value))), remedy, int(row) + 2, column)
        for row, value in zip(rows["row_number"], rows["value"], strict=True)
    ]
    return cap(findings, int(rows["total"].iloc[0])) if findings else []


def _geometry(staging: Staging, delivery: Delivery) -> list[Finding]:
    """Polygons and base areas must be the same set; facilities should lie in the area they name."""
    file = delivery.geometry_file
    if delivery.geometry is None:
        message = "Es gibt keine Gebietsgrenzen."
        return [
            Finding("error", "geometry_missing", file, message, "GeoJSON, GeoPackage oder Shapefile (ZIP) mitliefern.")
        ]
    base = staging.base_areas()
    drawn = set(delivery.geometry["area_id"])
    findings = []
    for area_id in sorted(base - drawn):
        findings.append(
            Finding(
                "error",
                "area_without_polygon",
                file,
                f"Das Gebiet „{area_id}“ hat keine Grenze.",
                "Polygon ergänzen oder Schlüssel prüfen.",
                None,
                "area_id",
            )
        )
    for area_id in sorted(drawn - base):
        findings.append(
            Finding(
                "error",
                "polygon_without_area",
                file,
                f"Die Grenze „{shorten(area_id)}“ gehört zu keinem Gebiet der untersten Ebene.",
                "Gebiet in area.csv ergänzen oder Polygon streichen.",
                None,
                "area_id",
            )
        )
    out = []
    for code in ("area_without_polygon", "polygon_without_area"):
        out += cap([f for f in findings if f.code == code])
    if "facility" in delivery.parts and not out:
        out += _points(staging, delivery)
    return out


def _points(staging: Staging, delivery: Delivery) -> list[Finding]:
    assert delivery.geometry is not None
    file = delivery.parts["facility"].file
    rows = staging.own("facility").reset_index(names="position")
    rows = rows[rows["lon"].between(-180, 180) & rows["lat"].between(-90, 90)]
    points = gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(rows["lon"], rows["lat"]), crs=4326)
    areas = delivery.geometry.rename(columns={"area_id": "drawn_area"})
    inside = points.sjoin(areas[["drawn_area", "geometry"]], how="left", predicate="intersects")
    inside = inside.drop_duplicates("position").sort_values("position")
    outside = inside[inside["drawn_area"].isna()]
    base = staging.base_areas()
    other = inside[
        inside["drawn_area"].notna() & inside["area_id"].isin(base) & (inside["area_id"] != inside["drawn_area"])
    ]
    listed = [
        ("facility_outside", outside, lambda r: f"„{shorten(r.name)}“ liegt außerhalb der Stadt.", "lon"),
        (
            "facility_elsewhere",
            other,
            lambda r: f"„{shorten(r.name)}“ nennt Gebiet {r.area_id}, liegt aber in {r.drawn_area}.",
            "area_id",
        ),
    ]
    findings = []
    for code, frame, message, column in listed:
        remedy = "Koordinaten und Gebiet prüfen; gerechnet wird mit dem genannten Gebiet."
        named = [
            Finding("warning", code, file, message(row), remedy, int(row.position) + 2, column)
            for row in frame[["position", "name", "area_id", "drawn_area"]]
            .set_index("position", drop=False)
            .itertuples(index=False)
        ]
        findings += cap(named)
    return findings
