"""The invented city itself: its areas, how they nest, what kind of place each one is and how hard life is there."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from raumblick.demo.mesh import Mesh, build_mesh
from raumblick.demo.names import BEZIRKE, PLANUNGSRAEUME, area_names
from raumblick.demo.seeds import smooth_field, stream

CITY_ID = "musterstadt"
TITLE = "Musterstadt"
CENTRE = (10.9, 51.9)  # invented place, degrees east and north
KM_PER_DEGREE = (111.32 * np.cos(np.radians(CENTRE[1])), 111.13)
KINDS = ("kern", "gruenderzeit", "grosssiedlung", "siedlung", "dorf", "neubau")
DENSITY = {"kern": 7800, "gruenderzeit": 7600, "grosssiedlung": 6800, "siedlung": 2700, "dorf": 520, "neubau": 3600}
ESTATES = ((0.66, 0.2), (0.62, 2.3), (0.74, 3.9))  # depth and bearing (radians) of the estates of the 1970s
MIDDLE = 2015  # year of `residents`


@dataclass(frozen=True)
class CityShape:
    """Areas of the base level in ascending order of their key; all arrays have one element an area.

    `polygons` in degrees (EPSG:4326), `centre` in km (n x 2), `km2` in square kilometres, `kind` one of KINDS,
    `deprivation` with mean 0 and standard deviation 1 (high = poor), `residents` at the end of 2015,
    `neighbours` (m x 2) positions of areas with a common border.
    """

    seed: int
    area_id: np.ndarray
    name: list[str]
    bezirk: np.ndarray
    polygons: np.ndarray
    centre: np.ndarray
    km2: np.ndarray
    depth: np.ndarray
    kind: np.ndarray
    deprivation: np.ndarray
    residents: np.ndarray
    neighbours: np.ndarray

    @property
    def size(self) -> int:
        """Number of areas of the base level."""
        return len(self.area_id)

    @property
    def planungsraum(self) -> np.ndarray:
        """Number 0..6 of the Planungsraum of each area."""
        of_bezirk = {b: p for p, (_, members) in enumerate(PLANUNGSRAEUME) for b in members}
        return np.array([of_bezirk[b] for b in range(len(BEZIRKE))])[self.bezirk]


def build_city(areas: int, seed: int) -> CityShape:
    """City of `areas` areas (at least 40) with 8,200 residents an area in 2015; same seed, same city.

    Raises ValueError for fewer areas: ten Bezirke need some to divide.
    """
    if areas < 40:
        raise ValueError("a demo city has at least 40 areas")
    mesh = build_mesh(areas, seed)
    bezirk = _bezirke(mesh)
    order, keys = _keys(mesh, bezirk)
    place = np.empty(areas, int)
    place[order] = np.arange(areas)
    kind = _kinds(mesh, stream(seed, "kinds"))[order]
    km2 = shapely.area(mesh.polygons)[order]
    hardship = _deprivation(mesh, stream(seed, "deprivation"))[order]
    by_depth = np.argsort(mesh.depth[order], kind="stable")
    names = np.empty(areas, object)
    names[by_depth] = area_names(kind[by_depth])
    return CityShape(
        seed=seed,
        area_id=np.array(keys),
        name=list(names),
        bezirk=bezirk[order],
        polygons=_degrees(mesh.polygons[order]),
        centre=shapely.get_coordinates(shapely.point_on_surface(mesh.polygons[order])),
        km2=km2,
        depth=mesh.depth[order],
        kind=kind,
        deprivation=_standard(hardship - 0.5 * (kind == "dorf") + 0.3 * (kind == "grosssiedlung")),
        residents=_residents(kind, km2, stream(seed, "residents")),
        neighbours=np.unique(np.sort(place[mesh.neighbours], axis=1), axis=0),
    )


def _standard(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / values.std()


def _degrees(polygons: np.ndarray) -> np.ndarray:
    """Kilometres to degrees, rounded to about 10 cm; shared vertices stay shared."""
    scale = np.array(KM_PER_DEGREE)
    return shapely.transform(polygons, lambda xy: np.round(xy / scale + np.array(CENTRE), 6))


def _bearing(points: np.ndarray) -> np.ndarray:
    """Angle clockwise from north, 0 to 2 pi."""
    return np.mod(np.arctan2(points[:, 0], points[:, 1]), 2 * np.pi)


def _bezirke(mesh: Mesh) -> np.ndarray:
    """Number 0..9 of each area's Bezirk: the centre, and nine wedges around it; each in one piece."""
    count = len(mesh.depth)
    bezirk = np.zeros(count, int)
    outer = np.argsort(mesh.depth, kind="stable")[max(round(count / 9), 4) :]
    turned = np.mod(_bearing(mesh.seeds[outer]) + np.pi / 9, 2 * np.pi)
    wedge = np.empty(len(outer), int)
    wedge[np.argsort(turned, kind="stable")] = np.arange(len(outer)) * 9 // len(outer)
    bezirk[outer] = np.array([9, 1, 2, 3, 4, 5, 6, 7, 8])[wedge]
    return _in_one_piece(bezirk, mesh.neighbours)


def _in_one_piece(group: np.ndarray, neighbours: np.ndarray) -> np.ndarray:
    """Hand splinters of a group to the group they touch most, until every group is connected."""
    group = group.copy()
    a, b = neighbours.T
    for _ in range(20):
        same = group[a] == group[b]
        graph = coo_matrix((np.ones(same.sum()), (a[same], b[same])), shape=(len(group), len(group)))
        piece = connected_components(graph, directed=False)[1]
        size = np.bincount(piece)
        largest = {g: max(set(piece[group == g]), key=lambda p: (size[p], -p)) for g in np.unique(group)}
        stray = [p for p in range(len(size)) if p not in largest.values()]
        if not stray:
            return group
        for p in stray:
            touching = np.concatenate(
                [group[b[(piece[a] == p) & (piece[b] != p)]], group[a[(piece[b] == p) & (piece[a] != p)]]]
            )
            group[piece == p] = np.bincount(touching).argmax()
    raise ValueError("the Bezirke of this seed do not hold together; use another seed")


def _keys(mesh: Mesh, bezirk: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Order of the areas by key, and the keys: digit of the Bezirk and a running number from the centre outwards."""
    order = np.lexsort((_bearing(mesh.seeds), mesh.depth.round(1), bezirk))
    width = len(str(np.bincount(bezirk).max() - 1))
    within = np.concatenate([np.arange(n) for n in np.bincount(bezirk)])
    return order, [f"{b}{i:0{width}d}" for b, i in zip(bezirk[order], within, strict=True)]


def _near(mesh: Mesh, depth: float, bearing: float, reach: float) -> np.ndarray:
    """Closeness 0..1 of each area to a point given by depth and bearing."""
    angle = _bearing(mesh.seeds)
    own = np.stack([mesh.depth * np.sin(angle), mesh.depth * np.cos(angle)], axis=1)
    gap = np.hypot(*(own - depth * np.array([np.sin(bearing), np.cos(bearing)])).T)
    return np.exp(-0.5 * (gap / reach) ** 2)


def _kinds(mesh: Mesh, rng: np.random.Generator) -> np.ndarray:
    """What each area is: old town, quarter of 1900, estate of the 1970s, houses with gardens, village, new quarter."""
    shaken = mesh.depth + rng.normal(0, 0.03, len(mesh.depth))
    kind = np.select([shaken < 0.27, shaken < 0.53, shaken < 0.84], ["kern", "gruenderzeit", "siedlung"], "dorf")
    kind = kind.astype("<U13")
    for depth, bearing in ESTATES:
        kind[_near(mesh, depth, bearing, 0.15) > 0.42] = "grosssiedlung"
    fresh = np.flatnonzero((kind == "siedlung") | (kind == "gruenderzeit"))
    kind[rng.choice(fresh, max(len(kind) // 16, 2), replace=False)] = "neubau"
    return kind


def _deprivation(mesh: Mesh, rng: np.random.Generator) -> np.ndarray:
    """Hardship before the kind of place is counted: estates and two inner quarters high, one side of villas low."""
    field = 0.55 * smooth_field(rng, mesh.seeds, 1.1) + rng.normal(0, 0.14, len(mesh.depth))
    for depth, bearing in ESTATES:
        field += 2.1 * _near(mesh, depth, bearing, 0.2)
    field += 1.8 * _near(mesh, 0.36, 1.45, 0.14) + 1.0 * _near(mesh, 0.42, 4.4, 0.13)
    return field - 1.1 * _near(mesh, 0.55, 5.4, 0.22) - 0.6 * _near(mesh, 0.6, 3.0, 0.2)


def _residents(kind: np.ndarray, km2: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Residents of 2015 by kind and size of the place; 8,206 an area on average, some villages far below 1,000."""
    density = np.array([DENSITY[k] for k in kind])
    weight = density * km2**0.85 * np.exp(rng.normal(0, 1, len(kind)) * np.where(kind == "dorf", 0.45, 0.28))
    share = weight / weight.sum() * len(kind)
    share = np.clip(share, 0.07, 2.9)
    return share / share.sum() * len(kind) * 517_000 / 63


def area_table(city: CityShape) -> pd.DataFrame:
    """Table `area` with all four levels, each Ortsteil in a Bezirk in a Planungsraum in the city."""
    rows: list[tuple[str, str, str, str | None]] = [(CITY_ID, TITLE, "stadt", None)]
    rows += [
        (f"P{p + 1}", f"Planungsraum {name}", "planungsraum", CITY_ID) for p, (name, _) in enumerate(PLANUNGSRAEUME)
    ]
    of_bezirk = {b: p for p, (_, members) in enumerate(PLANUNGSRAEUME) for b in members}
    rows += [(f"B{b}", f"Stadtbezirk {name}", "bezirk", f"P{of_bezirk[b] + 1}") for b, name in enumerate(BEZIRKE)]
    rows += [
        (key, name, "ortsteil", f"B{b}") for key, name, b in zip(city.area_id, city.name, city.bezirk, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["area_id", "name", "level", "parent_id"])
    return frame.assign(valid_from="2015-01-01", valid_to=None, official_key=None)


def geometry(city: CityShape) -> gpd.GeoDataFrame:
    """Polygons of the base level: `area_id`, `geometry`, EPSG:4326."""
    return gpd.GeoDataFrame({"area_id": city.area_id}, geometry=list(city.polygons), crs="EPSG:4326")
