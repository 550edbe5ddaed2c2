"""Places on a plane in metres: offers with their points, and points where the children of the areas live."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from raumblick.snapshot.store import SnapshotError, Store
from raumblick.stats.words import Note, several
from raumblick.supply.points import DemandPoints, demand_points
from raumblick.supply.register import located

_POINTS = ["area_id", "x", "y", "weight"]
EVEN = "Die Kinder sind gleichmäßig über ihr Gebiet verteilt."
_PLANNING = "Gitterzellen, die es genauer sagen, werden nur in der Planung benutzt."
_MOST_POINTS = 20_000  # of an even spread: enough for every radius in use, quick enough for twelve variants


@dataclass(frozen=True)
class Plane:
    """The zone of the Universal Transverse Mercator grid that a city lies in: metres east and north."""

    epsg: int

    def metres(self, lon: Any, lat: Any) -> tuple[np.ndarray, np.ndarray]:
        """x, y of degrees (WGS 84); missing stays missing."""
        return self._change(4326, self.epsg, lon, lat)

    def degrees(self, x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """lon, lat of metres."""
        return self._change(self.epsg, 4326, x, y)

    @staticmethod
    def _change(source: int, target: int, one: Any, two: Any) -> tuple[np.ndarray, np.ndarray]:
        from pyproj import Transformer  # loads a data base, which few visitors need

        first, second = (np.atleast_1d(np.asarray(values, dtype=np.float64)) for values in (one, two))
        first, second = Transformer.from_crs(source, target, always_xy=True).transform(first, second)
        known = np.isfinite(first) & np.isfinite(second)
        return np.where(known, first, np.nan), np.where(known, second, np.nan)


def plane_of(lon: Any) -> Plane:
    """The zone of the median longitude (Germany: 31 to 33), north of the equator."""
    known = np.asarray(lon, dtype=np.float64)
    known = known[np.isfinite(known)]
    middle = float(np.median(known)) if known.size else 9.0
    return Plane(32600 + int((middle + 180) // 6) + 1)


@dataclass(frozen=True, eq=False)
class Ground:
    """Offers and areas of a snapshot on one plane.

    `offers`: query `facilities` with x, y (metres), point_area, home_area, place (`raumblick.supply.register.located`).
    `shapes`: base areas with their polygons on the plane (GeoDataFrame area_id, geometry), None without polygons; `notes`
    says so. `cells`: area_id, x, y, weight of grid cells or addresses that say where in its area a child lives; none where the
    snapshot has none, or its view may not see them. `spread`: a German sentence about that.
    """

    plane: Plane
    offers: pd.DataFrame
    shapes: Any
    notes: tuple[Note, ...]
    cells: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=_POINTS))
    spread: str = EVEN

    @cached_property
    def grid(self) -> pd.DataFrame:
        """Points spread evenly over the base areas that have no cell: area_id, x, y, weight; none without polygons."""
        seen = self.cells.loc[self.cells["weight"] > 0, "area_id"].unique()
        rest = None if self.shapes is None else self.shapes[~self.shapes["area_id"].isin(seen)]
        return pd.DataFrame(columns=_POINTS) if rest is None or not len(rest) else _even(rest)

    @cached_property
    def centres(self) -> pd.DataFrame | None:
        """A point inside each base area: area_id, x, y; None without polygons."""
        if self.shapes is None:
            return None
        inside = self.shapes.geometry.representative_point()
        return pd.DataFrame({"area_id": self.shapes["area_id"], "x": inside.x, "y": inside.y})


def ground(store: Store) -> Ground:
    """All offers of a snapshot with their places.

    Without polygons no offer can be said to lie elsewhere than it was delivered; a note says so.
    """
    offers = store.read("facilities")
    try:
        shapes = store.polygons()
    except SnapshotError:
        shapes = None
    bounds = None if shapes is None else shapes.total_bounds
    plane = plane_of(offers["lon"].astype(float) if bounds is None else [bounds[0], bounds[2]])
    x, y = plane.metres(offers["lon"].astype(float), offers["lat"].astype(float))
    offers = offers.assign(x=x, y=y)
    notes: tuple[Note, ...] = ()
    if shapes is None:
        offers["point_area"] = offers["area_id"].where(offers["x"].notna())
        notes = (Note("no_polygons", "Ohne Gebietsgrenzen ist nicht geprüft, ob die Angebote in ihrem Gebiet liegen.", 1),)
    else:
        shapes = shapes.to_crs(plane.epsg)
        offers["point_area"] = _areas_of(offers, shapes)
    cells, spread = _cells_of(store, plane)
    return Ground(plane, located(offers)[0], shapes, notes, cells, spread)


def _cells_of(store: Store, plane: Plane) -> tuple[pd.DataFrame, str]:
    """Cells on the plane, and the sentence about what says where children live."""
    rows = store.read("cells")
    if not len(rows):
        kept = store.manifest["tables"]["cell"]["rows"] > 0  # the internal file has cells that this view has not
        return pd.DataFrame(columns=_POINTS), f"{EVEN[:-1]}; {_PLANNING}" if kept else EVEN
    x, y = plane.metres(rows["lon"], rows["lat"])
    day = f"{rows['reference_date'].iloc[0]:%d.%m.%Y}"
    titles = "; ".join(dict.fromkeys(rows["title"].dropna()))
    cells = pd.DataFrame({"area_id": rows["area_id"], "x": x, "y": y, "weight": rows["children"].astype(float)})
    return cells, f"Die Kinder eines Gebiets sind darin so verteilt wie in: {titles} ({day})."


def _areas_of(offers: pd.DataFrame, shapes: Any) -> pd.Series:
    """Base area in which each point lies; on a border the one with the smallest key; missing outside."""
    import geopandas as gpd

    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(offers["x"], offers["y"]), index=offers.index, crs=shapes.crs)
    found = points[offers["x"].notna()].sjoin(shapes[["area_id", "geometry"]], predicate="intersects")
    return found.groupby(level=0)["area_id"].min().reindex(offers.index)


def homes(base: Ground, children: pd.DataFrame) -> DemandPoints:
    """Points where the children of the base areas live.

    In each area the cells of `base` share its children by their weight; where none has a weight, the children are spread
    evenly over the area, and a note says so.

    Args:
        base: of `ground`.
        children: area_id (base areas), children (missing: unknown).

    Raises:
        SupplyError: cells that cannot be right.
    """
    cells = base.cells[base.cells["weight"] > 0].assign(basis="cell")
    if base.shapes is None:
        return demand_points(cells, children, base.centres)
    rest = base.grid.assign(basis="even")
    parts = [part for part in (cells, rest) if len(part)] or [rest]
    found = demand_points(pd.concat(parts, ignore_index=True), children, base.centres)
    even = found.points[found.points["basis"].eq("even") & ~found.points["children"].eq(0)]["area_id"].nunique()
    if not even:
        return found
    text = "Wo genau die Kinder wohnen, ist nicht bekannt; sie sind gleichmäßig über ihr Gebiet verteilt."
    if len(cells):
        text = f"{several(even, 'Gebiet', 'Gebiete')} ohne Wohnorte der Kinder: Dort sind sie gleichmäßig verteilt."
    return replace(found, notes=(Note("even_spread", text, even), *found.notes))


def _even(shapes: Any) -> pd.DataFrame:
    """Points of a square grid inside the polygons, at most 200 m apart in a small city, at most about 20,000 in all."""
    import geopandas as gpd

    left, bottom, right, top = shapes.total_bounds
    spacing = max(200.0, float(np.sqrt(shapes.area.sum() / _MOST_POINTS)))
    x, y = np.meshgrid(np.arange(left + spacing / 2, right, spacing), np.arange(bottom + spacing / 2, top, spacing))
    grid = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x.ravel(), y.ravel()), crs=shapes.crs)
    inside = grid.sjoin(shapes[["area_id", "geometry"]], predicate="within")
    inside = inside[~inside.index.duplicated()].sort_values(["area_id"], kind="stable")
    return pd.DataFrame({"area_id": inside["area_id"], "x": inside.geometry.x, "y": inside.geometry.y, "weight": 1.0})
