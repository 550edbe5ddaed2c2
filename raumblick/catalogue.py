"""Reads data/catalogue: what the field knows of indicators, services, targets and topics, and what a city adds to it.

The catalogue is checked strictly while it is read: a wrong row stops the program with file, row and column, because
everything that is computed and drawn later trusts it. A city's own rows pass the same checks.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from raumblick.tables import (
    CatalogueError,
    ColumnSpec,
    Fault,
    Rows,
    TableSpec,
    check_keys,
    csv_rows,
    frame_rows,
    read_tables,
    to_frame,
    typed,
)

__all__ = ["Catalogue", "CatalogueError", "ColumnSpec", "Fault", "TableSpec", "load_catalogue"]

DEFAULT_PATH = Path(__file__).resolve().parent.parent / "data" / "catalogue"
FILES = {"indicator": "indicators.csv", "service": "services.csv", "target": "targets.csv"}


@dataclass(frozen=True, eq=False)
class Catalogue:
    """What the field knows. The frames keep the order of the files and are not to be changed in place.

    `indicators`, `services`, `targets` have the columns of [indicator], [service], [target]; `topics` has key, name,
    description; `glossary` has term, definition. Text is str, integers Int64, numbers float64, dates datetime64,
    booleans bool; a missing cell is NaN, <NA> or NaT.
    """

    tables: dict[str, TableSpec]
    indicators: pd.DataFrame
    services: pd.DataFrame
    targets: pd.DataFrame
    topics: pd.DataFrame
    glossary: pd.DataFrame

    def indicator(self, key: str) -> dict[str, Any]:
        """One indicator as a dict of its columns, missing cells None. KeyError when the catalogue does not know it."""
        return _one(self.indicators, key)

    def service(self, key: str) -> dict[str, Any]:
        """One service as a dict of its columns, missing cells None. KeyError when the catalogue does not know it."""
        return _one(self.services, key)

    def with_own(
        self,
        indicators: pd.DataFrame | None = None,
        services: pd.DataFrame | None = None,
        targets: pd.DataFrame | None = None,
    ) -> Catalogue:
        """This catalogue and a city's own rows; an own row takes the place of the row with the same key.

        The frames hold canonical columns, as text or typed; columns that may be empty may be missing. Raises
        CatalogueError: `file` is the table's name, `row` counts the first row of the frame as 2.
        """
        faults: list[Fault] = []
        merged = {"indicator": self.indicators, "service": self.services, "target": self.targets}
        own = {"indicator": indicators, "service": services, "target": targets}  # services first: targets refer to them
        for name, frame in own.items():
            if frame is None:
                continue
            spec = self.tables[name]
            rows = typed(spec, name, frame_rows(frame), faults)
            _check(spec, name, rows, {"service.key": set(merged["service"]["key"])}, faults)
            merged[name] = _overlay(spec, merged[name], to_frame(spec, rows))
        if faults:
            raise CatalogueError(faults)
        return dataclasses.replace(
            self, indicators=merged["indicator"], services=merged["service"], targets=merged["target"]
        )


def load_catalogue(path: Path | None = None) -> Catalogue:
    """Read and check the catalogue in the folder `path`.

    Default: the folder that the environment variable RAUMBLICK_CATALOGUE names, else data/catalogue beside the
    package. Raises CatalogueError with every fault: file, row and column.
    """
    folder = path or Path(os.environ.get("RAUMBLICK_CATALOGUE") or DEFAULT_PATH)
    tables = read_tables(folder / "tables.toml")
    absent = [Fault("tables.toml", None, name, "der Abschnitt fehlt") for name in FILES if name not in tables]
    if absent:
        raise CatalogueError(absent)
    faults: list[Fault] = []
    known: dict[str, set[Any]] = {}
    frames: dict[str, pd.DataFrame] = {}
    for file, spec in [("topics.csv", _TOPIC), ("glossary.csv", _GLOSSARY), *((FILES[n], tables[n]) for n in FILES)]:
        rows = typed(spec, file, csv_rows(spec, folder / file, faults), faults)
        _check(spec, file, rows, known, faults)
        frames[spec.name] = to_frame(spec, rows)
        known[f"{spec.name}.{spec.key[0]}"] = set(frames[spec.name][spec.key[0]])
    faults += _topic_faults(tables, frames["topic"])
    if faults:
        raise CatalogueError(faults)
    return Catalogue(
        tables, frames["indicator"], frames["service"], frames["target"], frames["topic"], frames["glossary"]
    )


def _plain_table(name: str, *columns: str) -> TableSpec:
    return TableSpec(name, name, name, columns[:1], tuple(ColumnSpec(c, "text", c, required=True) for c in columns))


# No city delivers these two, so tables.toml does not describe them.
_TOPIC = _plain_table("topic", "key", "name", "description")
_GLOSSARY = _plain_table("glossary", "term", "definition")


def _topic_faults(tables: dict[str, TableSpec], topics: pd.DataFrame) -> list[Fault]:
    """tables.toml lists the topic fields a second time, for templates and checks; both lists must agree."""
    named = set(topics["name"])
    return [
        Fault("tables.toml", None, f"{name}.topic", "die Themenfelder sind nicht die aus topics.csv")
        for name in ("indicator", "service")
        if set(tables[name].column("topic").values) != named
    ]


def _check(spec: TableSpec, file: str, rows: Rows, known: dict[str, set[Any]], faults: list[Fault]) -> None:
    check_keys(spec, file, rows, known, faults)
    check_row = _ROW_CHECKS.get(spec.name)
    if check_row:
        faults += [Fault(file, line, column, message) for line, row in rows for column, message in check_row(row)]


def _indicator_row(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    kind, low, high = row["kind"], row["low"], row["high"]
    if kind in ("share", "rate", "ratio") and row["denominator"] is None:
        yield "denominator", f"die Art {kind} braucht einen Nenner"
    if kind in ("count", "median") and row["denominator"] is not None:
        yield "denominator", f"die Art {kind} hat keinen Nenner"
    if kind == "share" and (row["unit"] != "%" or row["multiplier"] != 100):
        yield "multiplier", "ein Anteil (share) steht in % mit dem Faktor 100"
    if row["multiplier"] is not None and row["multiplier"] <= 0:
        yield "multiplier", "der Faktor muss größer als 0 sein"
    if low is not None and high is not None and low > high:
        yield "low", "die übliche Spanne ist verkehrt herum"


def _service_row(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _age_band(row)
    if row["entitlement"] and row["allocable"]:
        yield "allocable", "ein Rechtsanspruch ist nicht steuerbar"


def _target_row(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _age_band(row)
    if row["valid_from"] and row["valid_to"] and row["valid_from"] > row["valid_to"]:
        yield "valid_to", "liegt vor dem Beginn der Geltung"


def _age_band(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    low, high = row["age_from"], row["age_to"]
    if low is not None and low < 0:
        yield "age_from", "ein Alter ist nicht negativ"
    if low is not None and high is not None and low >= high:
        yield "age_to", "muss über dem unteren Alter liegen"


_ROW_CHECKS: dict[str, Callable[[dict[str, Any]], Iterator[tuple[str, str]]]] = {
    "indicator": _indicator_row,
    "service": _service_row,
    "target": _target_row,
}


def _overlay(spec: TableSpec, base: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Base rows in their order, replaced by own rows of the same key; new own rows at the end."""
    both = pd.concat([base, own], ignore_index=True)
    place = both.groupby(list(spec.key), dropna=False, sort=False).ngroup()
    return (
        both.assign(_place=place)
        .drop_duplicates("_place", keep="last")
        .sort_values("_place")
        .drop(columns="_place")
        .reset_index(drop=True)
    )


def _one(frame: pd.DataFrame, key: str) -> dict[str, Any]:
    found = frame[frame["key"] == key]
    if found.empty:
        raise KeyError(key)
    row = found.astype(object).to_dict("records")[0]
    return {str(name): None if pd.isna(value) else value for name, value in row.items()}
