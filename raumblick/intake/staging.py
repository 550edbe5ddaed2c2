"""The staging file: one DuckDB file with a typed table per canonical table, filled from one delivery.

A clean CSV is read once, with types, by DuckDB: that is as fast as a bare read. Only when that read fails is the file
read again cell by cell (`raumblick.intake.cells`) to say what is wrong where. Whole-number and money columns are kept
in wider types here, because a cast would round `2,5` without a word; the checks look at them, the build narrows them.
"""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd

from raumblick.catalogue import Catalogue, CatalogueError, ColumnSpec, Fault, TableSpec
from raumblick.intake.cells import at_lines, explain_csv
from raumblick.intake.delivery import Delivery, Part
from raumblick.intake.findings import Finding, has_errors
from raumblick.intake.header import read_header
from raumblick.queries import load_query

STAGING_TYPE = {
    "text": "varchar",
    "integer": "double",
    "number": "double",
    "decimal": "decimal(20, 4)",
    "date": "date",
    "boolean": "boolean",
}
READ_TYPE = {"number": "double", "date": "date", "boolean": "boolean"}  # all else is read as text first
OWN = {"indicator": "indicators", "service": "services", "target": "targets"}


class Staging:
    """One staging file, open for writing. Use it as a context manager; the file stays when it closes.

    `failed` names the tables whose rows could not be read, or whose own catalogue rows are at fault: what refers to
    them cannot be checked. `first` is the row number of the first delivered row of each table that came as a frame; rows
    before it were there already.
    """

    def __init__(self, path: Path, catalogue: Catalogue, base: Path | None = None, memory_limit: str = "1GB"):
        self.path = path
        self.catalogue = catalogue
        self.base = base
        self.failed: set[str] = set()
        self.first: dict[str, int] = {}
        if base is not None:
            shutil.copyfile(base, path)
        self.connection = duckdb.connect(str(path), config={"memory_limit": memory_limit})
        self.connection.begin()  # one commit for all tables: each costs a trip to the disk
        for spec in catalogue.tables.values():
            definitions = ", ".join(f'"{c.name}" {STAGING_TYPE[c.type]}' for c in spec.columns)
            self._run("intake/create_table", table=f'"{spec.name}"', definitions=definitions)
            if base is not None:
                for column in spec.columns:
                    places = {"column": f'"{column.name}"', "type": STAGING_TYPE[column.type]}
                    self._run("intake/add_column", table=f'"{spec.name}"', **places)
        self.connection.commit()

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def load(self, delivery: Delivery) -> list[Finding]:
        """Fill the tables from a delivery.

        Returns:
            Findings of the reading. A table with an error stays empty and stands in `failed`; the others can be
            checked. The staging file must not be built from then.
        """
        findings: list[Finding] = []
        for name, part in delivery.parts.items():
            spec = self.catalogue.tables[name]
            if part.path is None:
                self._load_frame(spec, part)
                continue
            found = self._load_csv(spec, part)
            if has_errors(found):
                self.failed.add(name)
            findings += found
        return findings + self._add_catalogue(delivery)

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
        known = [(place, spec.column(name)) for place, name in enumerate(header) if name in spec.names]
        types = dict.fromkeys(range(len(header)), "varchar")
        types |= {place: READ_TYPE.get(column.type, "varchar") for place, column in known}
        query = load_query("intake/load_csv").fill(
            table=f'"{spec.name}"',
            columns=", ".join(f'"{column.name}"' for _, column in known),
            cells=", ".join(_cell(place, column) for place, column in known),
            types="{" + ", ".join(f"c{place}: '{sql_type}'" for place, sql_type in types.items()) + "}",
        )
        try:
            self.connection.execute(query, {"path": str(part.path)})
        except (duckdb.InvalidInputException, duckdb.DataError):  # the file's fault; a full disk is not
            findings += self._load_cells(spec, part)
        return findings

    def _load_cells(self, spec: TableSpec, part: Part) -> list[Finding]:
        """The slow read: all rows, or none and the reasons."""
        assert part.path is not None
        self.connection.begin()
        try:
            findings = explain_csv(part.path, part.file, spec, lambda frame: self._append(spec.name, frame))
        except BaseException:
            self.connection.rollback()
            raise
        if has_errors(findings):
            self.connection.rollback()
        else:
            self.connection.commit()
        return findings

    def _load_frame(self, spec: TableSpec, part: Part) -> None:
        assert part.frame is not None
        known = [name for name in part.frame.columns if name in spec.names]
        unknown = [name for name in part.frame.columns if name not in spec.names]
        if unknown:
            raise ValueError(f"{spec.name}: columns {unknown} are not canonical")
        self._append(spec.name, part.frame[known])
        last = self.connection.execute(load_query("intake/last_row").fill(table=f'"{spec.name}"')).fetchall()
        self.first[spec.name] = int(last[0][0]) - len(part.frame) + 1

    def _append(self, table: str, frame: pd.DataFrame) -> None:
        columns = ", ".join(f'"{name}"' for name in frame.columns)
        self.connection.register("delivered", _with_exact_amounts(frame))
        try:
            if self.base is not None and table in self.catalogue.tables:
                key = self.catalogue.tables[table].key
                same = " and ".join(f'"{table}"."{k}" is not distinct from delivered."{k}"' for k in key)
                self._run("intake/delete_same", table=f'"{table}"', same_key=same)
            self._run("intake/load_frame", table=f'"{table}"', columns=columns)
        finally:
            self.connection.unregister("delivered")

    def _add_catalogue(self, delivery: Delivery) -> list[Finding]:
        """Tables known_indicator, known_service, known_target: the shipped catalogue and the city's own rows."""
        own = {OWN[name]: self.own(name) for name in OWN if self.count(name) and name not in self.failed}
        findings: list[Finding] = []
        try:
            merged = self.catalogue.with_own(**own)
        except CatalogueError as error:
            findings = [_own_fault(delivery, fault) for fault in error.faults]
            self.failed |= {fault.file for fault in error.faults}
            lost = self.failed | ({"target"} if "service" in self.failed else set())  # own targets need own services
            merged = self.catalogue.with_own(**{OWN[n]: own[OWN[n]] for n in OWN if OWN[n] in own and n not in lost})
        frames = {"indicator": merged.indicators, "service": merged.services, "target": merged.targets}
        self.connection.begin()
        for name, frame in frames.items():
            spec = self.catalogue.tables[name]
            definitions = ", ".join(f'"{c.name}" {STAGING_TYPE[c.type]}' for c in spec.columns)
            self._run("intake/create_table", table=f"known_{name}", definitions=definitions)
            self._append(f"known_{name}", frame[list(spec.names)])
        self.connection.commit()
        return at_lines(findings, delivery.csv_paths)

    def _run(self, query: str, **places: str) -> None:
        self.connection.execute(load_query(query).fill(**places))


def _with_exact_amounts(frame: pd.DataFrame) -> pd.DataFrame:
    """Decimal numbers as text: DuckDB takes the width of such a column from its first rows, and refuses a wider amount."""
    exact = [n for n, kind in frame.dtypes.items() if kind.kind == "O" and frame[n].map(lambda x: isinstance(x, Decimal)).any()]
    return frame.assign(**{str(n): frame[n].map(str, na_action="ignore").astype("string") for n in exact}) if exact else frame


def _cell(place: int, column: ColumnSpec) -> str:
    """How the CSV cell at `place` becomes a value; the names of a file's header never reach a query."""
    kind = column.type if column.type in ("text", "integer", "decimal") else "plain"
    return load_query(f"intake/cell/{kind}").fill(cell=f"c{place}")


def _own_fault(delivery: Delivery, fault: Fault) -> Finding:
    file, remedy = delivery.parts[fault.file].file, "Zeile berichtigen; docs/DATENPAKET.md erklärt die Spalten."
    return Finding("error", "own_catalogue", file, f"{fault.message}.", remedy, fault.row, fault.column)
