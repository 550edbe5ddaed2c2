"""Children under 10 in the 100 m cells of the census 2022: where in their area Berlin's children live.

The cells weigh the conversion of old areas, too. Small cells are hidden in the source, so their sums are too small: only the
distribution inside of an area is used, never a count.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.profiles.bricks import number, number_columns, open_table

GRID = "zensus2022_100m_kinder_0_9.csv"
CENSUS = "zensus-2022-kinder"  # key of the source
_CRS = "EPSG:3035"
_DAY = pd.Timestamp("2022-05-15")
_HALF = 50  # metres from the middle of a cell to its south-west corner, which names it


def read_grid(path: Path) -> tuple[gpd.GeoDataFrame | None, list[Finding]]:
    """Middles of the cells as points (EPSG:3035) with the column weight (children); None when the file is not there.

    Raises:
        IntakeError: broken rows or cells that are no numbers.
    """
    if not path.is_file():
        return None, []
    table = open_table(path, ["value", "x", "y"])
    values, findings = number_columns(table, ("value", "x", "y"), ".", path.name)
    if findings:
        raise IntakeError(findings)
    frame = values.dropna()
    places = gpd.points_from_xy(frame["x"].astype(float), frame["y"].astype(float))
    points = gpd.GeoDataFrame({"weight": frame["value"].to_numpy(dtype=float)}, geometry=places, crs=_CRS)
    message = (
        f"{number(len(points))} Zellen mit {number(points['weight'].sum())} Kindern unter 10 Jahren sagen, wo in ihrem Gebiet "
        "Kinder wohnen, und gewichten die Umrechnung alter Gebiete; kleine Zellen sind in der Quelle verborgen."
    )
    return points, [Finding("info", "grid_read", path.name, message, "")]


def cell_rows(points: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """The points of `read_grid` as rows of the table `cell`, under the names that the European grid gives its cells."""
    if points is None:
        return pd.DataFrame()
    corner = [(points.geometry.y - _HALF).astype(int).astype(str), (points.geometry.x - _HALF).astype(int).astype(str)]
    degrees = points.geometry.to_crs(4326)
    return pd.DataFrame(
        {
            "cell_id": "CRS3035RES100mN" + corner[0] + "E" + corner[1],
            "lon": degrees.x.round(7),  # a centimetre; the last digits differ between machines
            "lat": degrees.y.round(7),
            "children": points["weight"],
            "reference_date": _DAY,
            "source_id": CENSUS,
        }
    )
