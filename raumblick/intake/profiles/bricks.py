"""What every source profile needs: files, numbers, canonical frames, stable keys, points in areas, German text."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from raumblick.intake.delivery import SourceFile
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.numbers import parse_numbers, unreadable
from raumblick.intake.textfile import TextTable, ragged_findings, read_table
from raumblick.tables import TableSpec

_DTYPES = {
    "text": "string",
    "integer": "Int64",
    "number": "Float64",
    "decimal": "object",
    "date": "datetime64[s]",
    "boolean": "boolean",
}


def fingerprint(path: Path, folder: Path) -> SourceFile:
    """Name relative to `folder`, size and sha256 of one file."""
    content = path.read_bytes()
    return SourceFile(path.relative_to(folder).as_posix(), len(content), hashlib.sha256(content).hexdigest())


def attributes(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Attributes of an area or point file without its geometry, as text.

    Raises:
        IntakeError: the file cannot be read or lacks one of `columns`.
    """
    try:
        frame = gpd.read_file(path, ignore_geometry=True)
    except Exception as error:  # GDAL's drivers raise many kinds; whatever it is, the file is unreadable
        message = f"Die Datei lässt sich nicht lesen ({type(error).__name__})."
        raise IntakeError([Finding("error", "unreadable", path.name, message, "Datei neu abrufen.")]) from error
    absent = [column for column in columns if column not in frame]
    if absent:
        message = f"Spalten fehlen: {', '.join(absent)}."
        raise IntakeError([Finding("error", "column_missing", path.name, message, "Datei neu abrufen.")])
    return frame[list(columns)].astype("string")


def open_table(path: Path, columns: Iterable[str], label: str = "") -> TextTable:
    """A CSV file as text that has at least `columns`. `label` is the name in findings, by default the file's.

    Raises:
        IntakeError: the file cannot be read, a column is missing or a record has too many or too few cells.
    """
    table = read_table(path)
    label = label or path.name
    absent = [column for column in columns if column not in table.frame]
    if absent:
        message = f"Spalten fehlen: {', '.join(absent)}."
        raise IntakeError([Finding("error", "column_missing", label, message, "Datei neu abrufen.", 1)])
    if table.ragged:
        raise IntakeError(ragged_findings(table, label))
    return table


def number_column(table: TextTable, column: str, decimal: str, label: str) -> tuple[pd.Series, list[Finding]]:
    """Numbers of one column (Float64, signs missing) and an error for each cell that is neither number nor sign."""
    frame, findings = number_columns(table, [column], decimal, label)
    return frame[column], findings


def number_columns(
    table: TextTable, columns: Sequence[str], decimal: str, label: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """Numbers of several columns as in `number_column`, read in one go: a text that comes often is read once."""
    cells = pd.concat([table.frame[column] for column in columns], ignore_index=True)
    values, signs = parse_numbers(cells, decimal=decimal)
    remedy = "Eine Zahl schreiben oder die Zelle leer lassen."
    findings = []
    for place in np.flatnonzero(unreadable(cells, values, signs)):
        at, line = divmod(int(place), len(table.frame))
        message = f"„{cells.iloc[place]}“ ist keine Zahl."
        findings.append(Finding("error", "not_number", label, message, remedy, int(table.lines[line]), columns[at]))
    rows = len(table.frame)
    parts = {name: values.iloc[at * rows : (at + 1) * rows].set_axis(table.frame.index) for at, name in enumerate(columns)}
    return pd.DataFrame(parts, index=table.frame.index), findings


def canonical(spec: TableSpec, frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` with exactly the columns of `spec`, in their order and types; absent columns are missing throughout.

    Text is string, integers Int64, numbers Float64, dates datetime64, booleans boolean.

    Raises:
        ValueError: `frame` has a column that the table does not know.
    """
    unknown = set(frame.columns) - set(spec.names)
    if unknown:
        raise ValueError(f"{spec.name}: columns {sorted(unknown)} are not canonical")
    columns = {}
    for column in spec.columns:
        given = frame[column.name] if column.name in frame else pd.Series(None, index=frame.index, dtype="object")
        columns[column.name] = given.astype(_DTYPES[column.type])
    return pd.DataFrame(columns).reset_index(drop=True)


def stack(spec: TableSpec, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The rows of several frames as one canonical frame, in the given order."""
    return pd.concat([canonical(spec, frame) for frame in frames], ignore_index=True)


def source_row(source_id: str, title: str, publisher: str, licence: str, url: str, path: Path) -> dict[str, Any]:
    """One row of the table `source`. The day of retrieval is the day on which the file was last changed."""
    retrieved = dt.datetime.fromtimestamp(path.stat().st_mtime, tz=dt.UTC).date()
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return {
        "source_id": source_id,
        "title": title,
        "publisher": publisher,
        "licence": licence,
        "url": url,
        "retrieved": pd.Timestamp(retrieved),
        "sha256": sha256,
    }


def own_rows(rows: Sequence[Mapping[str, Any]], known: Iterable[str], used: Iterable[str]) -> pd.DataFrame:
    """Rows of a city's own indicators or services: those that are used and that the catalogue does not know."""
    wanted = set(used) - set(known)
    return pd.DataFrame([dict(row) for row in rows if row["key"] in wanted])


def stable_key(prefix: str, *parts: pd.Series) -> pd.Series:
    """Keys made of the content of a row, for lists without keys: the same row gets the same key in any order.

    A row that is repeated word for word gets the number of its repetition behind its key.
    """
    text = parts[0].astype("string").fillna("")
    for part in parts[1:]:
        text = text + "|" + part.astype("string").fillna("")
    digest = text.map(lambda row: hashlib.sha256(row.encode()).hexdigest()[:10])
    key = (prefix + "-" + digest).astype("string")
    again = key.groupby(key).cumcount()
    return key.where(again == 0, key + "-" + (again + 1).astype("string"))


def areas_of_points(lon: pd.Series, lat: pd.Series, geometry: gpd.GeoDataFrame) -> pd.Series:
    """Key of the area that each point lies in, missing where there is no point or no area.

    `lon`, `lat` are degrees in WGS 84; `geometry` has `area_id` and polygons in EPSG:4326. A point on a border
    belongs to the area with the smaller key.
    """
    x, y = (values.to_numpy(dtype=float, na_value=np.nan) for values in (lon, lat))
    points = gpd.GeoSeries(gpd.points_from_xy(x, y), index=lon.index)
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    hit, area = geometry.sindex.query(points.iloc[known].to_numpy(), predicate="intersects")
    pairs = pd.DataFrame({"row": known[hit], "area_id": geometry["area_id"].to_numpy()[area]})
    first = pairs.sort_values(["row", "area_id"]).drop_duplicates("row").set_index("row")["area_id"]
    found = first.reindex(range(len(lon))).astype("string")
    return found.set_axis(lon.index)


def not_used(path: Path, folder: Path, reason: str) -> Finding:
    """An info finding for a file that was recognised but not taken."""
    name = path.relative_to(folder).as_posix()
    return Finding("info", "file_not_used", name, f"Die Datei wurde erkannt, aber nicht übernommen: {reason}", "")


def unknown_files(folder: Path, known: Iterable[Path]) -> list[Finding]:
    """An info finding that names the files of a delivery that the profile does not know."""
    names = sorted(p.relative_to(folder).as_posix() for p in set(folder.rglob("*")) - set(known) if p.is_file())
    if not names:
        return []
    message = f"Dateien, die dieses Profil nicht kennt, wurden nicht gelesen: {listing(names)}."
    return [Finding("info", "file_unknown", folder.name, message, "")]


def retrieval_finding(folder: Path) -> Finding:
    """Says where the days of retrieval of the sources come from."""
    message = "Die Dateien nennen keinen Abruftag; als Abruftag gilt der Tag ihrer letzten Änderung."
    return Finding("info", "retrieved_day", folder.name, message, "")


def number(value: float, decimals: int = 0) -> str:
    """A number in German notation, e.g. `1.234,5`."""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def listing(names: Iterable[object], most: int = 60) -> str:
    """Names joined by `; `, at most `most` of them, then how many more there are."""
    every = [" ".join(str(name).split()) for name in names]
    shown = "; ".join(every[:most])
    return shown if len(every) <= most else f"{shown}; und {number(len(every) - most)} weitere"
