"""Borders of the areas of a level: as polygons for a geographic information system, as paths for a drawing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raumblick.snapshot.store import SnapshotError, Store

if TYPE_CHECKING:
    import geopandas as gpd

_GRID = 1e-7  # degrees, about a centimetre

__all__ = ["Drawing", "SnapshotError", "drawing", "drawn", "polygons"]


@dataclass(frozen=True)
class Drawing:
    """Areas of a level on a plane, y down, by area_id.

    `paths`: SVG path data, rings to be filled even-odd. `points`: a place well inside, x, y and the distance to the border.
    """

    width: int
    height: int
    paths: dict[str, str]
    points: dict[str, tuple[float, float, float]]


def drawn(store: Store, level: str) -> bool:
    """True where the level has a map."""
    return level in store.manifest.get("levels", [])


def polygons(store: Store, level: str) -> gpd.GeoDataFrame:
    """Polygons of a level, dissolved from the base areas: area_id, geometry (EPSG:4326), ascending area_id.

    Raises:
        SnapshotError: the snapshot keeps no polygons.
    """
    members = store.read("area_members", level=level)
    base = store.polygons().merge(members, left_on="area_id", right_on="base_id", suffixes=("_base", ""))
    if base["area_id"].is_unique:
        return base[["area_id", "geometry"]].sort_values("area_id", ignore_index=True)
    # Borders that neighbours do not share to the last digit would leave seams.
    dissolved = base[["area_id", "geometry"]].dissolve(by="area_id", grid_size=_GRID).reset_index()
    return dissolved.sort_values("area_id", ignore_index=True)


def drawing(store: Store, level: str, width: int = 1000) -> Drawing:
    """The borders as they are on the map (`raumblick.snapshot.mapfile`), scaled to a width of `width`.

    Raises:
        SnapshotError: there is no map of this level.
    """
    file = store.folder / "map" / f"{level}.json"
    if not drawn(store, level) or not file.is_file():
        raise SnapshotError(f"Zum Datenstand {store.snapshot_id} gibt es keine Karte dieser Ebene.")
    document = json.loads(file.read_text(encoding="utf-8"))
    scale = width / max(document["size"][0], 1)
    arcs = [_decoded(text) * scale for text in document["arcs"]]
    paths = {
        area_id: "".join(_ring(refs, arcs) for refs in rings)
        for area_id, rings in zip(document["ids"], document["rings"], strict=True)
    }
    places = (np.array(document["points"], dtype=float).reshape(-1, 3) * scale).tolist()
    points = {area_id: (x, y, room) for area_id, (x, y, room) in zip(document["ids"], places, strict=True)}
    return Drawing(width, int(np.ceil(document["size"][1] * scale)), paths, points)


def _decoded(text: str) -> np.ndarray:
    """Vertices (n, 2) of one arc in its finest quality: a quality digit, then dx and dy, zigzag in base 32."""
    numbers, place = [], 0
    while place < len(text):
        place += 1  # the quality digit
        for _ in range(2):
            number, shift = 0, 0
            while (code := ord(text[place])) >= 95:
                number |= (code - 95) << shift
                shift, place = shift + 5, place + 1
            number |= (code - 63) << shift
            place += 1
            numbers.append(number >> 1 if number % 2 == 0 else -((number + 1) >> 1))
    return np.cumsum(np.array(numbers, dtype=np.int64).reshape(-1, 2), axis=0)


def _ring(refs: list[int], arcs: list[np.ndarray]) -> str:
    """One closed ring as path data with one decimal; `~n` is arc n backwards."""
    pieces = [arcs[ref] if ref >= 0 else arcs[~ref][::-1] for ref in refs]
    points = np.concatenate([piece[:-1] for piece in pieces])
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points) + "Z"
