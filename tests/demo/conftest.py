"""The tables of the demo city, read once."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

TEXT = {
    "area_id": str, "parent_id": str, "period": str, "from_id": str, "to_id": str, "sign": str, "opens": str, "closes": str,
    "valid_to": str,
}  # fmt: skip


class Tables:
    """Reads a table of the package when it is asked for the first time."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._read:
            self._read[name] = pd.read_csv(self.folder / f"{name}.csv", dtype=TEXT, keep_default_na=False, na_values=[""])
        return self._read[name]

    def polygons(self) -> gpd.GeoDataFrame:
        return gpd.read_file(self.folder / "area.geojson")

    def residents(self, first: int, last: int | None = None) -> pd.Series:
        """Residents by area and year, from age `first` to below `last`; ages must fit the groups delivered."""
        rows = self["population"]
        rows = rows[(rows["age_from"] >= first) & (rows["age_to"].le(last) if last else True)]
        return rows.groupby(["area_id", rows["date"].str[:4].rename("period")])["count"].sum()

    def indicator(self, key: str) -> pd.DataFrame:
        """Rows of one indicator of the base level, by area and year."""
        rows = self["observation"]
        rows = rows[(rows["indicator"] == key) & rows["area_id"].str.fullmatch(r"\d+")]
        return rows.set_index(["area_id", "period"]).sort_index()


@pytest.fixture(scope="session")
def tables(musterstadt_package: Path) -> Tables:
    return Tables(musterstadt_package)
