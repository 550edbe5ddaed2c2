"""The staging file: one DuckDB file with a typed table per canonical table, filled from one delivery.

A clean CSV is read once, with types, by DuckDB: that is as fast as a bare read. Only when that read fails is the file
read again cell by cell (`raumblick.intake.cells`) to say what is wrong where. Whole-number and money columns are kept
in wider types here, because a cast would round `2,5` without a word; the checks look at them, the build narrows them.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

from raumblick.catalogue import Catalogue, CatalogueError, TableSpec
from raumblick.intake.cells import explain_csv, read_header, shorten
from raumblick.intake.delivery import Delivery, Part
from raumblick.intake.findings import Finding, has_errors
from raumblick.queries import load_query

STAGING_TYPE = {
    "text": "varchar",
    "integer": "double",
    "number": "double",
    "decimal": "decimal(20, 4)",
    "date": "date",
    "boolean": "boolean",
}


class Staging:
    """One staging file, open for writing. Use it as a context manager; the file stays when it closes."""

    def __init__(self, path: Path, catalogue: Catalogue, memory_limit: str = "1GB"):
        self.path = path
        self.catalogue = catalogue
        self.connection = duckdb.connect(str(path), config={"memory_limit": memory_limit})
        for spec in catalogue.tables.values():
            definitions = ", ".join(f'"{c.name}" {STAGING_TYPE[c.type]}' for c in spec.columns)
            self._run("intake/create_table", table=f'"{spec.name}"', definitions=definitions)

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def load(self, delivery: Delivery) -> list[Finding]:
        """Fill the tables from a delivery.

        Returns:
            Findings of the reading; after an error the table concerned stays empty or partly filled, and the staging
            file must not be built from.
        """
        findings: list[Finding] = []
        for name, part in delivery.parts.items():
            spec = self.catalogue.tables[name]
            if part.path is not None:
                findings += self._load_csv(spec, part)
            else:
                self._load_frame(spec, part)
        if not has_errors(findings):
            findings += self._add_catalogue(delivery)
        return findings

    def own(self, table: str) -> pd.DataFrame:
        """The delivered rows of one table as a frame, in the order of the file."""
        return self.connection.execute(load_query("intake/rows").fill(table=f'"{table}"')).df()

    def count(self, table: str) -> int:
        """Number of delivered rows of one table."""
        row = self.connection.execute(load_query("intake/count").fill(table=f'"{table}"')).fetchone()
        return int(row[0]) if row else 0

    def base_areas(self) -> set[str]:
        """Keys of the areas that no other area belongs to: the level that has polygons."""
        return {row[0] for row in self.connection.execute(load_query("intake/base_areas").sql).fetchall()}

    def _load_csv(self, spec: TableSpec, part: Part) -> list[Finding]:
        assert part.path is not None
        header, findings = read_header(part.path, part.file, spec)
        if has_errors(findings):
            return findings
        known = [name for name in header if name in spec.names]
        types = {name: STAGING_TYPE[spec.column(name).type] if name in known else "varchar" for name in header}
        literal = ", ".join(f"'{quote_text(name)}': '{sql_type}'" for name, sql_type in types.items())
        columns = ", ".join(f'"{name}"' for name in known)
        query = load_query("intake/load_csv").fill(table=f'"{spec.name}"', columns=columns, types=f"{{{literal}}}")
        try:
            self.connection.execute(query, {"path": str(part.path)})
        except duckdb.Error as error:
            explained, frames = explain_csv(part.path, part.file, spec)
            if not explained:
                message = f"Die Datei lässt sich nicht lesen: {shorten(str(error))}"
                explained = [
                    Finding("error", "csv_unreadable", part.file, message, "Datei neu als CSV (UTF-8) speichern.")
                ]
            if not has_errors(explained):
                for frame in frames:
                    self._load_frame(spec, Part(part.file, frame=frame))
            findings += explained
        return findings

    def _load_frame(self, spec: TableSpec, part: Part) -> None:
        assert part.frame is not None
        known = [name for name in part.frame.columns if name in spec.names]
        unknown = [name for name in part.frame.columns if name not in spec.names]
        if unknown:
            raise ValueError(f"{spec.name}: columns {unknown} are not canonical")
        self._append(spec.name, part.frame[known])

    def _append(self, table: str, frame: pd.DataFrame) -> None:
        columns = ", ".join(f'"{name}"' for name in frame.columns)
        self.connection.register("delivered", frame)
        try:
            self._run("intake/load_frame", table=f'"{table}"', columns=columns)
        finally:
            self.connection.unregister("delivered")

    def _add_catalogue(self, delivery: Delivery) -> list[Finding]:
        """Tables known_indicator, known_service, known_target: the shipped catalogue and the city's own rows."""
        own = {name: self.own(name) if name in delivery.parts else None for name in ("indicator", "service", "target")}
        try:
            merged = self.catalogue.with_own(own["indicator"], own["service"], own["target"])
        except CatalogueError as error:
            remedy = "Zeile berichtigen; docs/DATENPAKET.md erklärt die Spalten."
            return [
                Finding(
                    "error",
                    "own_catalogue",
                    delivery.parts[fault.file].file,
                    f"{fault.message}.",
                    remedy,
                    fault.row,
                    fault.column,
                )
                for fault in error.faults
            ]
        frames = {"indicator": merged.indicators, "service": merged.services, "target": merged.targets}
        for name, frame in frames.items():
            spec = self.catalogue.tables[name]
            definitions = ", ".join(f'"{c.name}" {STAGING_TYPE[c.type]}' for c in spec.columns)
            self._run("intake/create_table", table=f"known_{name}", definitions=definitions)
            self._append(f"known_{name}", frame[list(spec.names)])
        return []

    def _run(self, query: str, **places: str) -> None:
        self.connection.execute(load_query(query).fill(**places))


def quote_text(text: str) -> str:
    """Text for a SQL string literal (used for column names of a CSV header, which no parameter can carry)."""
    return text.replace("'", "''")
