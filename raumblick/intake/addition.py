"""What a family of single files builds on, and what it makes of them: rows and polygons that come to a city."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import geopandas as gpd
import pandas as pd

from raumblick.catalogue import Catalogue
from raumblick.intake.delivery import City
from raumblick.intake.files.source import SourceText
from raumblick.intake.findings import Finding


@dataclass(frozen=True, eq=False)
class Ground:
    """The city as it is before the files come.

    `geometry`: polygons of the base level (area_id, geometry in EPSG:4326) or None. `rows`: the kept rows of a canonical
    table by its name, empty for a city that is new.
    """

    city: City
    geometry: gpd.GeoDataFrame | None
    rows: Callable[[str], pd.DataFrame]
    is_new: bool = False

    @property
    def base_areas(self) -> pd.DataFrame:
        """Rows of the table `area` that no other area belongs to."""
        area = self.rows("area")
        return area[~area["area_id"].isin(set(area["parent_id"].dropna()))]

    def official(self, key: str) -> bool:
        """True when the city carries this official key or the name that stands for it in Raumblick."""
        area = self.rows("area")
        top = area.loc[area["level"] == "stadt", "official_key"].dropna().astype(str)
        return bool(top.str.startswith(key).any())


@dataclass(frozen=True, eq=False)
class Addition:
    """Rows of canonical tables, and new polygons of the base level where the files bring them."""

    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    geometry: gpd.GeoDataFrame | None = None


class Family(Protocol):
    """A module that reads some kinds of single files together, because they depend on each other."""

    TITLE: str

    def knows(self, path: Path, file: SourceText) -> bool:
        """True when the file is of this family, told by its content."""

    def fits(self, ground: Ground) -> bool:
        """True when files of this family can belong to the city."""

    def read(self, paths: Mapping[str, Path], ground: Ground, catalogue: Catalogue) -> Addition:
        """The files (name for findings -> file) as an addition. IntakeError: one of them cannot be read."""
