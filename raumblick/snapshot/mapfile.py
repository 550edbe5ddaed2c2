"""Map geometry files: one small JSON a level, drawn by `raumblick/ui/frontend`.

Areas are projected to a plane centred on the city (Lambert azimuthal equal-area, x to the east, y down) and put on an
integer grid of at most 65,536 steps. Borders are stored once, as arcs that the polygons on both sides refer to, so
neighbours meet exactly in every zoom quality and mesh lines are drawn once. The three qualities are nested: a coarser
one only leaves out vertices, so one set of arcs carries all three.

Format `raumblick-map-1`, compact UTF-8 JSON; every list of areas follows `ids`, which ascend as plain strings:

    format      "raumblick-map-1"
    level       name of the level
    step        metres of one grid step
    size        [width, height] of the grid
    ids, names  area_id and name of each area
    points      [x, y, r, ...]  label point (pole of inaccessibility) and radius of the free circle around it
    neighbours  neighbours (queen contiguity) of each area with a larger index, each list delta-encoded
    arcs        text of each border piece: vertices as quality digit, dx, dy
    rings       of each area, its rings as arc numbers; ~n is arc n backwards. All rings of one area are filled even-odd
    outer       numbers of the arcs that separate areas of different parents, or border on nothing

Numbers in `arcs` are written in base 32, five bits a character, lowest first, sign in the lowest bit (zigzag), one more
bit says whether another character follows; characters begin at `?` (63) as in encoded polylines, so an arc is plain
text without backslashes escaped beyond JSON's own. The quality digit is 0 (always drawn), 1 or 2 (finest only).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

FORMAT = "raumblick-map-1"
GRID = 65_536
MAX_VERTICES = 600_000  # of all rings in the finest quality; keeps 11,000 areas below 3 MB
SNAP_M = 0.1  # vertices nearer than this are one vertex
GAP_M = 2.0  # enclosed gaps narrower than this belong to a neighbour
TOLERANCES = (1 / 16_000, 1 / 5_000, 1 / 1_600)  # share of the map's longer side; finest first


def build_map(areas: gpd.GeoDataFrame, levels: Mapping[str, pd.Series], names: Mapping[str, str]) -> dict[str, bytes]:
    """One geometry file for each level, as bytes ready to be written to `map/<level>.json`.

    `areas` are the base areas (`area_id`, `geometry`; EPSG:4326); borders that neighbours do not share exactly are
    joined first. `levels` gives for each level the member that a base area belongs to
    (index area_id; the base level maps each area to itself). `names` maps every member of every level to its name;
    a member without a name shows its key. Raises ValueError when a base area has no member in some level.
    """
    plane = _to_plane(areas)
    order = sorted(levels, key=lambda level: levels[level].nunique(), reverse=True)
    files = {}
    for level, coarser in zip(order, [*order[1:], None], strict=True):
        member = _members(levels[level], plane.index, level)
        shapes = _dissolve(plane, member)
        parent = None
        if coarser is not None:
            above = _members(levels[coarser], plane.index, coarser)
            parent = above.groupby(member).first().reindex(shapes.index).to_numpy()
        files[level] = _level_file(level, shapes, parent, names)
    return files


def _to_plane(areas: gpd.GeoDataFrame) -> pd.Series:
    """Shapes by area_id in metres around the middle of the city, y pointing down."""
    west, south, east, north = areas.total_bounds
    local = f"+proj=laea +lat_0={(south + north) / 2} +lon_0={(west + east) / 2} +datum=WGS84 +units=m"
    shapes = shapely.force_2d(areas.geometry.to_crs(local).to_numpy())
    flipped = shapely.transform(shapes, lambda xy: xy * (1.0, -1.0))
    if not shapely.coverage_is_valid(flipped):
        flipped = shapely.coverage_clean(flipped, gap_width=GAP_M, snapping_distance=SNAP_M)
    return pd.Series(flipped, index=areas["area_id"].astype("str").to_numpy())


def _dissolve(plane: pd.Series, member: pd.Series) -> pd.Series:
    """Shapes of the members, in ascending order of their keys."""
    order = np.argsort(member.to_numpy(), kind="stable")
    keys, start = np.unique(member.to_numpy()[order].astype(str), return_index=True)
    groups = np.split(plane.to_numpy()[order], start[1:])
    return pd.Series([g[0] if len(g) == 1 else shapely.coverage_union_all(g) for g in groups], index=keys)


def _members(series: pd.Series, index: pd.Index, level: str) -> pd.Series:
    member = series.reindex(index)
    if member.isna().any():
        lost = ", ".join(member.index[member.isna()][:5])
        raise ValueError(f"no member of level {level!r} for area {lost}")
    return member.astype("str")


@dataclass(frozen=True)
class _Vertices:
    """All ring vertices of a coverage, rings closed implicitly: point number, ring and area of each."""

    xy: np.ndarray  # distinct points (n, 2), metres
    point: np.ndarray  # point number of each vertex
    ring: np.ndarray  # ring number of each vertex
    area: np.ndarray  # area number of each vertex


def _level_file(level: str, shapes: pd.Series, parent: np.ndarray | None, names: Mapping[str, str]) -> bytes:
    coverage = shapes.to_numpy()
    left, top, right, bottom = shapely.total_bounds(coverage)
    extent = max(right - left, bottom - top)
    step = extent / (GRID - 1)
    qualities = _qualities(coverage, extent)
    vertices = _vertices(qualities[0])
    grid = np.rint((vertices.xy - (left, top)) / step).astype(np.int64)
    arcs, ring_arcs = _cut(vertices)
    rank = _rank(vertices, qualities[1:])
    rings: list[list[list[int]]] = [[] for _ in coverage]
    for area, refs in ring_arcs:
        rings[area].append(refs)
    document = {
        "format": FORMAT,
        "level": level,
        "step": round(step, 6),
        "size": [int(n) for n in np.ceil(np.array([right - left, bottom - top]) / step)],
        "ids": shapes.index.tolist(),
        "names": [str(names.get(key, key)) for key in shapes.index],
        "points": _label_points(coverage, (left, top), step),
        "neighbours": _neighbours(vertices, len(coverage)),
        "arcs": [_encode(grid[arc], rank[arc]) for arc in arcs],
        "rings": rings,
        "outer": _outer(ring_arcs, len(arcs), parent),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _qualities(coverage: np.ndarray, extent: float) -> list[np.ndarray]:
    """Finest first, each made from the one before, so that a coarser one only leaves out vertices."""
    qualities: list[np.ndarray] = []
    current = coverage
    for share in TOLERANCES:
        current = shapely.coverage_simplify(current, extent * share)
        while not qualities and shapely.get_num_coordinates(current).sum() > MAX_VERTICES:
            share *= 1.5
            current = shapely.coverage_simplify(current, extent * share)
        qualities.append(current)
    return qualities


def _vertices(coverage: np.ndarray) -> _Vertices:
    parts, part_area = shapely.get_parts(coverage, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    last = np.r_[ring[1:] != ring[:-1], True]
    xy, ring = xy[~last], ring[~last]
    distinct, point = np.unique(xy, axis=0, return_inverse=True)
    return _Vertices(distinct, point.ravel(), ring, part_area[ring_part][ring])


def _junctions(v: _Vertices) -> np.ndarray:
    """True for points where borders branch: not every ring through the point has the same two neighbours there."""
    start, end = _ring_bounds(v)
    before, after = np.roll(v.point, 1), np.roll(v.point, -1)
    before[start], after[end - 1] = v.point[end - 1], v.point[start]
    pairs = pd.DataFrame({"point": v.point, "a": np.minimum(before, after), "b": np.maximum(before, after)})
    kinds = pairs.drop_duplicates().groupby("point").size()
    flags = np.zeros(len(v.xy), dtype=bool)
    flags[kinds.index[kinds > 1]] = True
    return flags


def _ring_bounds(v: _Vertices) -> tuple[np.ndarray, np.ndarray]:
    start = np.flatnonzero(np.r_[True, v.ring[1:] != v.ring[:-1]])
    return start, np.r_[start[1:], len(v.ring)]


def _cut(v: _Vertices) -> tuple[list[np.ndarray], list[tuple[int, list[int]]]]:
    """Arcs (point numbers from junction to junction) and, ring by ring, its area and its arc numbers."""
    junction = _junctions(v)
    known: dict[tuple[int, ...], int] = {}
    arcs: list[np.ndarray] = []
    rings = []
    for start, end in zip(*_ring_bounds(v), strict=True):
        refs = []
        for piece in _pieces(v.point[start:end], junction):
            forward = tuple(piece.tolist())
            backward = forward[::-1]
            if forward in known:
                refs.append(known[forward])
            elif backward in known:
                refs.append(~known[backward])
            else:
                known[forward] = len(arcs)
                refs.append(len(arcs))
                arcs.append(piece)
        rings.append((int(v.area[start]), refs))
    return arcs, rings


def _pieces(points: np.ndarray, junction: np.ndarray) -> list[np.ndarray]:
    """One ring cut at its junctions; a ring without any is one closed piece that begins at its smallest point."""
    cuts = np.flatnonzero(junction[points])
    if len(cuts) == 0:
        turned = np.roll(points, -int(np.argmin(points)))
        return [np.r_[turned, turned[0]]]
    turned = np.roll(points, -int(cuts[0]))
    closed = np.r_[turned, turned[0]]
    marks = np.r_[cuts - cuts[0], len(points)]
    return [closed[a : b + 1] for a, b in zip(marks[:-1], marks[1:], strict=True)]


def _rank(v: _Vertices, coarser: list[np.ndarray]) -> np.ndarray:
    """For each point the coarsest quality that still has it: 0 in all three, 1 in the finer two, 2 in the finest."""
    rank = np.full(len(v.xy), len(coarser))
    key = pd.MultiIndex.from_arrays(v.xy.T)
    for step, coverage in enumerate(coarser, start=1):
        kept = key.isin(pd.MultiIndex.from_arrays(np.unique(shapely.get_coordinates(coverage), axis=0).T))
        rank[kept] = len(coarser) - step
    return rank


def _encode(grid: np.ndarray, rank: np.ndarray) -> str:
    """Vertices of one arc as text: quality digit and zigzag deltas in base 32."""
    deltas = np.diff(grid, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    zigzag = np.where(deltas < 0, -2 * deltas - 1, 2 * deltas)
    text = []
    for digit, (dx, dy) in zip(rank.tolist(), zigzag.tolist(), strict=True):
        text.append(str(digit))
        for number in (dx, dy):
            while number >= 32:
                text.append(chr((number & 31) + 95))
                number >>= 5
            text.append(chr(number + 63))
    return "".join(text)


def _outer(ring_arcs: list[tuple[int, list[int]]], count: int, parent: np.ndarray | None) -> list[int]:
    """Arcs on the rim, and arcs between areas of different parents."""
    sides: list[list[int]] = [[] for _ in range(count)]
    for area, refs in ring_arcs:
        for ref in refs:
            sides[ref if ref >= 0 else ~ref].append(area)
    group = np.zeros(0) if parent is None else parent
    return [
        arc
        for arc, areas in enumerate(sides)
        if len(areas) == 1 or (parent is not None and len({group[area] for area in areas}) > 1)
    ]


def _neighbours(v: _Vertices, count: int) -> list[list[int]]:
    """Queen contiguity, each pair once at its smaller index, delta-encoded from that index."""
    touch = pd.DataFrame({"point": v.point, "area": v.area}).drop_duplicates()
    touch = touch[touch["point"].duplicated(keep=False)]
    pairs = touch.merge(touch, on="point")
    pairs = pairs.loc[pairs["area_x"] < pairs["area_y"], ["area_x", "area_y"]].drop_duplicates()
    lists: list[list[int]] = [[] for _ in range(count)]
    for small, large in pairs.sort_values(["area_x", "area_y"]).itertuples(index=False):
        lists[small].append(int(large))
    return [np.diff(found, prepend=index).tolist() if found else [] for index, found in enumerate(lists)]


def _label_points(coverage: np.ndarray, origin: tuple[float, float], step: float) -> list[int]:
    circles = shapely.maximum_inscribed_circle(coverage)
    centre = (shapely.get_coordinates(shapely.get_point(circles, 0)) - origin) / step
    radius = shapely.length(circles) / step
    return np.rint(np.column_stack([centre, radius])).astype(int).ravel().tolist()
