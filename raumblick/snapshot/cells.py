"""In which base area each demand cell lies: done once when a snapshot is built, with the polygons of that build."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd


def places_of_cells(cells: pd.DataFrame, geometry: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """The base area of every cell.

    Args:
        cells: cell_id, reference_date, lon, lat (degrees, WGS 84).
        geometry: polygons of the base level, columns area_id and geometry, EPSG:4326; None for a city without any.

    Returns:
        cell_id, reference_date, area_id of the cells inside of the city, in their order. On a border the area with the
        smallest key counts.
    """
    keys = cells[["cell_id", "reference_date"]]
    if geometry is None or not len(cells):
        return keys.iloc[:0].assign(area_id=pd.Series(dtype="str"))
    points = gpd.points_from_xy(cells["lon"], cells["lat"])
    hit, area = geometry.sindex.query(points, predicate="intersects")
    pairs = pd.DataFrame({"row": hit, "area_id": geometry["area_id"].to_numpy(dtype=str)[area]})
    first = pairs.sort_values(["row", "area_id"]).drop_duplicates("row")
    return keys.iloc[first["row"]].assign(area_id=first["area_id"].to_numpy()).reset_index(drop=True)
