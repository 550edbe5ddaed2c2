"""Which service a kind of place stands for: data/catalogue/facility_kinds.csv, by version.

Columns: kind (as lists name it, lower case; a `*` at its end stands for anything that follows), service, valid_from (of rows
with the same kind the latest counts), source. A kind that is itself the key of a service needs no row.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from raumblick.catalogue import DEFAULT_PATH, ColumnSpec, Fault, TableSpec
from raumblick.tables import CatalogueError, csv_rows, typed

FILE = "facility_kinds.csv"
SPEC = TableSpec(
    "facility_kind",
    label="Arten von Einrichtungen",
    grain="eine Zuordnung einer Art zu einer Leistung",
    key=("kind", "valid_from"),
    columns=(
        ColumnSpec("kind", "text", "Art", required=True),
        ColumnSpec("service", "text", "Leistung", required=True, refers="service.key"),
        ColumnSpec("valid_from", "date", "Gültig ab", required=True),
        ColumnSpec("source", "text", "Fundstelle", required=True),
    ),
)
_SCHOOL: dict[str, Any] = {
    "paragraph": "§ 81 SGB VIII, Schulgesetz des Landes",
    "topic": "Prävention im Sozialraum",
    "form": "institution",
    "entitlement": False,
    "allocable": False,
}
OWN_SERVICES: tuple[dict[str, Any], ...] = (  # services that kinds name and the catalogue does not know
    _SCHOOL
    | {
        "key": "berufsschule",
        "name": "Berufsbildende Schule",
        "age_from": 15,
        "description": "Oberstufenzentren, Berufsschulen, Berufsfachschulen und Fachschulen.",
    },
    _SCHOOL
    | {
        "key": "schule_verbund",
        "name": "Schule mit mehreren Schulformen",
        "age_from": 6,
        "age_to": 19,
        "description": "Freie Waldorfschulen und kombinierte Schulen, deren Schulformen die Liste nicht einzeln nennt.",
    },
)


def services_of(kinds: pd.Series, known: Collection[str] = ()) -> pd.Series:
    """The service of each kind, missing where the table does not say it. `known` are keys of services."""
    keys = set(known)
    found = {kind: _service(" ".join(str(kind).split()).lower(), keys) for kind in kinds.dropna().unique()}
    return kinds.map(found).astype("string")


def _service(kind: str, known: set[str]) -> str | None:
    if kind in known:
        return kind
    exact, begins = _kinds(DEFAULT_PATH)
    if kind in exact:
        return exact[kind]
    return next((service for start, service in begins if kind.startswith(start)), None)


@cache
def _kinds(folder: Path) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Exact kinds, and beginnings with the longest first.

    Raises:
        CatalogueError: the file is missing or at fault.
    """
    faults: list[Fault] = []
    rows = [row for _, row in typed(SPEC, FILE, csv_rows(SPEC, folder / FILE, faults), faults)]
    if faults:
        raise CatalogueError(faults)
    latest = {row["kind"]: row["service"] for row in sorted(rows, key=lambda row: row["valid_from"])}
    begins = sorted(((k[:-1], s) for k, s in latest.items() if k.endswith("*")), key=lambda pair: -len(pair[0]))
    return {k: s for k, s in latest.items() if not k.endswith("*")}, tuple(begins)
