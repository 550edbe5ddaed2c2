"""What every source profile needs: file fingerprints, canonical frames, stable keys, points in areas, German text."""

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
from raumblick.intake.findings import Finding
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
    """Keys made of the content of a row, for lists without keys: the same row gets the same key in any order."""
    text = parts[0].astype("string").fillna("")
    for part in parts[1:]:
        text = text + "|" + part.astype("string").fillna("")
    digest = text.map(lambda row: hashlib.sha256(row.encode()).hexdigest()[:10])
    return (prefix + "-" + digest).astype("string")


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


def number(value: float, decimals: int = 0) -> str:
    """A number in German notation, e.g. `1.234,5`."""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def listing(names: Iterable[object], most: int = 60) -> str:
    """Names joined by `; `, at most `most` of them, then how many more there are."""
    every = [" ".join(str(name).split()) for name in names]
    shown = "; ".join(every[:most])
    return shown if len(every) <= most else f"{shown}; und {number(len(every) - most)} weitere"
