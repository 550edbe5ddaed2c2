"""A delivery: what a profile made of the files of one city, in canonical tables, before any check."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd

from raumblick.intake.findings import Finding


@dataclass(frozen=True)
class City:
    """The city a delivery is about. `synthetic` cities are invented and say so on every page."""

    city_id: str
    title: str
    synthetic: bool = False
    note: str = ""


@dataclass(frozen=True)
class Part:
    """Rows of one canonical table: a frame in canonical columns, or a CSV file of a data package.

    `file` is the name shown in findings. Exactly one of `frame` and `path` is given. `origin` says for each row of a
    frame from which file and line (1-based; None where no single line stands for it) it comes, where that is known.
    """

    file: str
    frame: pd.DataFrame | None = None
    path: Path | None = None
    origin: tuple[tuple[str, int | None], ...] | None = None

    def __post_init__(self) -> None:
        if (self.frame is None) == (self.path is None):
            raise ValueError("a part has either a frame or a path")


@dataclass(frozen=True)
class SourceFile:
    """One delivered file: name relative to the delivery, size in bytes, sha256 of its content."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Delivery:
    """Everything one import brings.

    `geometry` holds the polygons of the base level: columns `area_id` and `geometry`, EPSG:4326.
    `findings` are those of the reading itself; `raumblick.intake.checks` adds its own. With an error among those of
    `geometry_file`, `geometry` holds what could be read, or is None.
    `base` is the kept delivery that this one adds to; rows with the same key take the place of the earlier ones.
    A city that is not `drawn` has no polygons, and needs none.
    """

    city: City
    parts: dict[str, Part]
    geometry: gpd.GeoDataFrame | None
    geometry_file: str
    files: tuple[SourceFile, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    base: Path | None = None
    drawn: bool = True

    @property
    def csv_paths(self) -> dict[str, Path]:
        """The CSV behind each file name that findings use; parts given as frames have none."""
        return {part.file: part.path for part in self.parts.values() if part.path is not None}
