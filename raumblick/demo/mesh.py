"""Polygons that look like a city: small in the dense centre, large at the edge, borders along a river.

The plane is cut into many small cells. Each area grows from its seed over neighbouring cells along the cheapest way
(a shortest-path tree, so every area is connected); the river cannot be crossed, so borders follow it. Borders are
traced once between two areas and smoothed once, so that neighbours share every vertex.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Voronoi, cKDTree

from raumblick.demo.seeds import smooth_field, stream

RIM = 1.38  # the plane reaches this far beyond the city (city radius = 1), so that outer borders are traced like inner ones
CENTRE_SCALE = 0.34  # linear size of areas in the centre against the middle of the city
RADIUS_KM = 10.2  # radius of the city of 63 areas; area grows with the number of areas


@dataclass(frozen=True)
class Mesh:
    """Shape of a city in kilometres around its centre.

    `polygons` (n shapely polygons, edge-matched), `seeds` (n x 2, where each area grew from; unit disc: centre 0,
    edge about 1), `depth` (n, 0 in the centre, 1 at the outer border), `neighbours` (m x 2, pairs of areas with a
    common border, the lower number first), `river` (k x 2, its course through and beyond the city).
    """

    polygons: np.ndarray
    seeds: np.ndarray
    depth: np.ndarray
    neighbours: np.ndarray
    river: np.ndarray


@dataclass(frozen=True)
class River:
    """Meandering line v = f(u) in a rotated frame of the unit disc."""

    angle: float
    phases: tuple[float, float, float]

    def height(self, u: np.ndarray) -> np.ndarray:
        """Course of the river at `u`, in city radii."""
        a, b, c = self.phases
        return 0.06 + 0.12 * np.sin(3.6 * u + a) + 0.07 * np.sin(8.5 * u + b) + 0.03 * np.sin(17 * u + c)

    def frame(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Coordinates of `points` (n x 2) along and across the river's main direction."""
        c, s = np.cos(self.angle), np.sin(self.angle)
        return points[:, 0] * c + points[:, 1] * s, -points[:, 0] * s + points[:, 1] * c

    def side(self, points: np.ndarray) -> np.ndarray:
        """-1 or +1: bank on which each point lies."""
        u, v = self.frame(points)
        return np.where(v > self.height(u), 1, -1)

    def banks(self, step: float) -> np.ndarray:
        """Mirrored pairs of points beside the river, `step` apart: borders between them run along the river."""
        fine = np.linspace(-RIM, RIM, 20_000)
        line = np.stack([fine, self.height(fine)], axis=1)
        length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        at = np.interp(np.arange(step / 2, length[-1], step), length, fine)
        slope = (self.height(at + 1e-4) - self.height(at - 1e-4)) / 2e-4
        normal = np.stack([-slope, np.ones_like(slope)], axis=1) / np.hypot(slope, 1)[:, None]
        middle = np.stack([at, self.height(at)], axis=1)
        return self._turned(np.concatenate([middle + 0.4 * step * normal, middle - 0.4 * step * normal]))

    def course(self) -> np.ndarray:
        """Points along the river from one end of the plane to the other (400 x 2)."""
        u = np.linspace(-RIM, RIM, 400)
        return self._turned(np.stack([u, self.height(u)], axis=1))

    def _turned(self, framed: np.ndarray) -> np.ndarray:
        """From the river's frame back to the unit disc."""
        c, s = np.cos(self.angle), np.sin(self.angle)
        return np.stack([framed[:, 0] * c - framed[:, 1] * s, framed[:, 0] * s + framed[:, 1] * c], axis=1)


def build_mesh(areas: int, seed: int) -> Mesh:
    """Shape of a city of `areas` areas; the same `seed` gives the same city."""
    rng = stream(seed, "mesh")
    river = River(rng.uniform(0.5, 0.9), tuple(rng.uniform(0, 2 * np.pi, 3)))
    seeds, score = _seeds(rng, areas)
    chosen = np.sort(np.argsort(score, kind="stable")[:areas])
    cells = _cells(rng, river, count=len(seeds) * int(np.clip(14_000 / areas, 12, 54)))
    radius = RADIUS_KM * np.sqrt(areas / 63)
    places = _warp(stream(seed, "warp"), cells, radius)
    voronoi = Voronoi(places)
    label = _grow(rng, river, cells, voronoi.ridge_points, seeds)
    number = np.full(len(seeds), -1)
    number[chosen] = np.arange(areas)
    label = number[label]
    polygons = _trace(voronoi, places, label, smooth=2 if areas < 200 else 1)
    depth = score[chosen] / score[chosen].max()
    return Mesh(
        polygons=np.array([polygons[i] for i in range(areas)]),
        seeds=seeds[chosen],
        depth=depth,
        neighbours=_pairs(voronoi, label),
        river=_warp(stream(seed, "warp"), river.course(), radius),
    )


def _pairs(voronoi: Voronoi, label: np.ndarray) -> np.ndarray:
    """Pairs of areas whose cells share a side."""
    both = np.sort(label[voronoi.ridge_points], axis=1)
    return np.unique(both[(both[:, 0] >= 0) & (both[:, 0] != both[:, 1])], axis=0)


def _seeds(rng: np.random.Generator, areas: int) -> tuple[np.ndarray, np.ndarray]:
    """Evenly spread seeds in a disc wider than the city, and their distance from the centre against the outline's."""
    count = int(areas * RIM**2 * 1.02) + 12
    sample = _disc(rng, count * 40)
    seeds = _disc(rng, count)
    for _ in range(5):  # Lloyd's relaxation, stopped early: areas of real cities are not all alike
        nearest = cKDTree(seeds).query(sample)[1]
        members = np.bincount(nearest, minlength=count)
        moved = np.stack([np.bincount(nearest, sample[:, k], count) for k in (0, 1)], axis=1)
        seeds = np.where(members[:, None] > 0, moved / np.maximum(members, 1)[:, None], seeds)
    angle = np.arctan2(seeds[:, 1], seeds[:, 0])
    reach = np.ones(count)
    for wave, strength in ((2, 0.09), (3, 0.06), (5, 0.03), (8, 0.02)):
        reach += strength * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    return seeds, np.hypot(*seeds.T) / reach


def _disc(rng: np.random.Generator, count: int) -> np.ndarray:
    """Uniform random points in the disc of radius RIM."""
    radius, angle = RIM * np.sqrt(rng.uniform(0, 1, count)), rng.uniform(0, 2 * np.pi, count)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _cells(rng: np.random.Generator, river: River, count: int) -> np.ndarray:
    """Centres of the small cells in the unit disc: a shaken hexagonal grid, and both banks of the river."""
    rim = RIM + 0.06
    step = np.sqrt(np.pi * rim**2 / count * 2 / np.sqrt(3))
    rows = np.arange(-rim, rim, step * np.sqrt(3) / 2)
    columns = np.arange(-rim, rim, step)
    x = columns[None, :] + np.where(np.arange(len(rows)) % 2, step / 2, 0)[:, None]
    y = np.broadcast_to(rows[:, None], x.shape)
    grid = np.stack([x.ravel(), y.ravel()], axis=1)
    grid += rng.uniform(-0.36, 0.36, grid.shape) * step
    grid = grid[np.hypot(*grid.T) < rim]
    banks = river.banks(step)
    far = cKDTree(banks).query(grid)[0] > 0.62 * step
    return np.concatenate([grid[far], banks[np.hypot(*banks.T) < rim]])


def _warp(rng: np.random.Generator, points: np.ndarray, radius_km: float) -> np.ndarray:
    """From the unit disc to kilometres: the centre is packed, the edge is wide, nothing is round."""
    u = np.hypot(*points.T)
    stretch = CENTRE_SCALE + (1 - CENTRE_SCALE) * u**1.15
    bend = np.stack([smooth_field(rng, points, 1.1), smooth_field(rng, points, 1.1)], axis=1)
    moved = points * stretch[:, None] + 0.045 * bend * np.minimum(u, 1)[:, None]
    return moved * radius_km * np.array([1.06, 0.95])


def _grow(
    rng: np.random.Generator, river: River, cells: np.ndarray, pairs: np.ndarray, seeds: np.ndarray
) -> np.ndarray:
    """Number of the seed that reaches each cell most cheaply; no way crosses the river."""
    a, b = pairs.T
    spacing = np.sqrt(np.pi * RIM**2 / len(seeds))
    rough = smooth_field(rng, cells, 0.9 * spacing) + 0.5 * smooth_field(rng, cells, 0.35 * spacing)
    cost = np.hypot(*(cells[a] - cells[b]).T) * np.exp(0.26 * (rough[a] + rough[b]) / 2)
    side = river.side(cells)
    dry = side[a] == side[b]
    graph = coo_matrix((cost[dry], (a[dry], b[dry])), shape=(len(cells), len(cells))).tocsr()
    tree = [cKDTree(cells[side == s]) for s in (-1, 1)]
    bank = (river.side(seeds) + 1) // 2
    member = [np.flatnonzero(side == s) for s in (-1, 1)]
    start = np.array([member[k][tree[k].query(p)[1]] for p, k in zip(seeds, bank, strict=True)])
    sources = dijkstra(graph, directed=False, indices=start, min_only=True, return_predecessors=True)[2]
    number = np.full(len(cells), -1)
    number[start] = np.arange(len(seeds))
    return number[sources]


def _trace(voronoi: Voronoi, places: np.ndarray, label: np.ndarray, smooth: int) -> dict[int, shapely.Polygon]:
    """One polygon a label (>= 0) from the cell sides between different labels, smoothed while they stay valid."""
    a, b = voronoi.ridge_points.T
    border = np.flatnonzero((label[a] != label[b]) & (np.maximum(label[a], label[b]) >= 0))
    ends = np.array([voronoi.ridge_vertices[i] for i in border])
    lines = shapely.linestrings(voronoi.vertices[ends])
    chains = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    for rounds in range(smooth, -1, -1):
        found = _polygons([_smooth(c, rounds) for c in chains], places, label)
        if len(found) == len(np.unique(label[label >= 0])) and _matched(found):
            return found
    raise ValueError("the areas of this seed do not form a coverage; use another seed")


def _smooth(chain: shapely.LineString, rounds: int) -> shapely.LineString:
    """Corners cut (Chaikin), both ends kept: junctions of three areas do not move."""
    points = shapely.get_coordinates(chain)
    if len(points) < 3 or chain.is_ring:
        return chain
    for i in range(rounds):
        if i == 0:  # first a gentle mean takes the zigzag out, later rounds make curves
            points[1:-1] = (points[:-2] + 2 * points[1:-1] + points[2:]) / 4
        else:
            first, second = points[:-1] * 0.75 + points[1:] * 0.25, points[:-1] * 0.25 + points[1:] * 0.75
            cut = np.stack([first, second], axis=1).reshape(-1, 2)[1:-1]
            points = np.concatenate([points[:1], cut, points[-1:]])
    return shapely.linestrings(points)


def _polygons(chains: list[shapely.LineString], places: np.ndarray, label: np.ndarray) -> dict[int, shapely.Polygon]:
    """Faces between the chains, each named by the label of most cells in it."""
    faces = shapely.get_parts(shapely.polygonize(chains))
    cell, face = shapely.STRtree(shapely.points(places)).query(faces, predicate="contains")[::-1]
    keep = label[cell] >= 0
    width = label.max() + 1
    key, votes = np.unique(face[keep] * width + label[cell[keep]], return_counts=True)
    best = {int(k // width): int(k % width) for k in key[np.argsort(votes, kind="stable")]}
    return {name: faces[i] for i, name in best.items()}


def _matched(found: dict[int, shapely.Polygon]) -> bool:
    shapes = np.array(list(found.values()))
    return bool(shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes))
