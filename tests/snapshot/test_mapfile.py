"""Map files: what the browser decodes is the delivered geography, edge-matched and nested in every quality."""

import json
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from raumblick.intake.areas import read_areas
from raumblick.snapshot import mapfile
from raumblick.snapshot.mapfile import FORMAT, TOLERANCES, build_map


def city(side: int = 8, cell: float = 900.0) -> gpd.GeoDataFrame:
    """A wavy grid of areas near Leipzig; area `0_0` has a hole that area `see` fills."""
    boxes = [shapely.box(i * cell, j * cell, (i + 1) * cell, (j + 1) * cell) for j in range(side) for i in range(side)]
    lake = shapely.Point(cell / 2, cell / 2).buffer(cell / 6)
    shapes = shapely.segmentize(shapely.union_all([boxes], axis=0), 20.0)
    shapes[0] = shapely.difference(shapes[0], lake)
    shapes = shapely.transform(
        np.append(shapes, lake),
        lambda xy: xy + np.column_stack([60 * np.sin(xy[:, 1] / 170), 60 * np.cos(xy[:, 0] / 140)]) + (318_000, 5_690_000),
    )
    ids = [f"{j}_{i}" for j in range(side) for i in range(side)] + ["see"]
    return gpd.GeoDataFrame({"area_id": ids}, geometry=shapes, crs=25833).to_crs(4326)


def levels_of(areas: gpd.GeoDataFrame) -> dict[str, pd.Series]:
    ids = pd.Series(areas["area_id"].to_numpy(), index=areas["area_id"].to_numpy())
    district = ids.where(ids != "see", "0").str[0].map(lambda row: "AB"[int(row) % 2] if row < "4" else "C")
    return {"stadt": pd.Series("stadt", index=ids.index), "bezirk": district, "ortsteil": ids}


def decode(content: bytes, quality: int) -> tuple[dict, list[shapely.Geometry]]:
    """An independent reader of the format: the document and its areas in grid units."""
    document = json.loads(content)
    arcs = []
    for text in document["arcs"]:
        at, x, y, points = 0, 0, 0, []
        while at < len(text):
            rank, at, delta = int(text[at]), at + 1, []
            for _ in range(2):
                value = shift = 0
                while True:
                    code = ord(text[at]) - 63
                    at += 1
                    value |= (code & 31) << shift
                    shift += 5
                    if code < 32:
                        break
                delta.append(-(value + 1) // 2 if value & 1 else value // 2)
            x, y = x + delta[0], y + delta[1]
            points.append((rank, x, y))
        arcs.append(points)
    areas = []
    for rings in document["rings"]:
        shape = shapely.Polygon()
        for refs in rings:
            path: list[tuple[int, int]] = []
            for ref in refs:
                arc = arcs[ref] if ref >= 0 else arcs[~ref][::-1]
                kept = [(x, y) for rank, x, y in arc if rank <= quality]
                path += kept[1:] if path and path[-1] == kept[0] else kept
            shape = shapely.symmetric_difference(shape, shapely.make_valid(shapely.Polygon(path)))
        areas.append(shape)
    return document, areas


@pytest.fixture(scope="module")
def areas() -> gpd.GeoDataFrame:
    return city()


@pytest.fixture(scope="module")
def files(areas) -> dict[str, bytes]:
    return build_map(areas, levels_of(areas), {"0_1": "Nordstadt", "A": "Bezirk A"})


def test_areas_ascend_and_carry_their_names(files):
    document = json.loads(files["ortsteil"])
    assert document["format"] == FORMAT and document["level"] == "ortsteil"
    assert document["ids"] == sorted(document["ids"]) and len(document["ids"]) == 65
    assert document["names"][document["ids"].index("0_1")] == "Nordstadt"
    assert document["names"][-1] == "see"
    assert json.loads(files["bezirk"])["ids"] == ["A", "B", "C"]
    assert json.loads(files["stadt"])["ids"] == ["stadt"]


@pytest.mark.parametrize("quality", range(len(TOLERANCES)))
@pytest.mark.parametrize("level", ["ortsteil", "bezirk", "stadt"])
def test_every_quality_covers_the_city_without_overlap(files, areas, level, quality):
    document, shapes = decode(files[level], quality)
    whole = shapely.union_all(shapes)
    summed = sum(shape.area for shape in shapes)
    assert summed == pytest.approx(whole.area, rel=1e-9)  # no overlap
    assert all(len(part.interiors) == 0 for part in shapely.get_parts([whole]))  # no gap
    true_area = areas.to_crs(25833).area.sum()
    assert summed * document["step"] ** 2 == pytest.approx(true_area, rel=0.002)


def test_finest_quality_keeps_every_area(files, areas):
    document, shapes = decode(files["ortsteil"], 2)
    true_area = areas.to_crs(25833).set_index(areas["area_id"]).area
    for key, shape in zip(document["ids"], shapes, strict=True):
        assert shape.area * document["step"] ** 2 == pytest.approx(true_area[key], rel=0.005)


def test_coarser_qualities_have_fewer_vertices(files):
    counts = [shapely.get_num_coordinates(decode(files["ortsteil"], q)[1]).sum() for q in range(3)]
    assert counts[0] < counts[1] < counts[2]


def test_arcs_meet_end_to_end_in_every_quality(files):
    """Junctions belong to the coarsest quality, otherwise rings would jump."""
    document = json.loads(files["ortsteil"])
    arcs = document["arcs"]
    for rings in document["rings"]:
        for refs in rings:
            if len(refs) > 1:
                assert all(arcs[ref if ref >= 0 else ~ref][0] == "0" for ref in refs)


def test_north_is_up_and_east_is_right(files):
    document = json.loads(files["ortsteil"])
    points = dict(zip(document["ids"], np.array(document["points"]).reshape(-1, 3), strict=True))
    assert points["7_0"][1] < points["0_0"][1]  # row 7 lies north, y points down
    assert points["0_7"][0] > points["0_0"][0]
    assert max(document["size"]) <= 65_536


def test_label_points_lie_in_their_areas_with_their_circle(files):
    document, shapes = decode(files["ortsteil"], 2)
    for (x, y, radius), shape in zip(np.array(document["points"]).reshape(-1, 3), shapes, strict=True):
        circle = shapely.Point(x, y).buffer(radius * 0.97)
        assert shape.contains(shapely.Point(x, y))
        assert circle.difference(shape).area < 0.02 * circle.area


def test_neighbours_are_queen_contiguity(files, areas):
    document = json.loads(files["ortsteil"])
    shapes = areas.set_index("area_id").geometry.to_crs(25833)[document["ids"]]
    expected = {
        (i, j)
        for i in range(len(shapes))
        for j in range(i + 1, len(shapes))
        if shapely.dwithin(shapes.iloc[i], shapes.iloc[j], 0.01)
    }
    found = set()
    for i, deltas in enumerate(document["neighbours"]):
        found |= {(i, int(j)) for j in i + np.cumsum(deltas)}
    assert found == expected


def test_outer_arcs_separate_districts_or_the_rim(files, areas):
    document = json.loads(files["ortsteil"])
    district = levels_of(areas)["bezirk"][document["ids"]].to_numpy()
    sides: dict[int, list[int]] = {}
    for area, rings in enumerate(document["rings"]):
        for ref in (ref for refs in rings for ref in refs):
            sides.setdefault(ref if ref >= 0 else ~ref, []).append(area)
    expected = [n for n, s in sorted(sides.items()) if len(s) == 1 or district[s[0]] != district[s[1]]]
    assert document["outer"] == expected
    assert 0 < len(expected) < len(sides)


def test_a_base_area_without_member_is_an_error(areas):
    levels = levels_of(areas)
    levels["bezirk"] = levels["bezirk"].drop("3_3")
    with pytest.raises(ValueError, match="bezirk.*3_3"):
        build_map(areas, levels, {})


def test_borders_that_do_not_match_are_joined_first(areas):
    ragged = areas.to_crs(25833)
    shapes = ragged.geometry.to_numpy(copy=True)
    shapes[20] = shapely.simplify(shapes[20], 0.5)  # its neighbours keep all vertices
    ragged = ragged.set_geometry(gpd.GeoSeries(shapes, crs=25833)).to_crs(4326)
    assert not shapely.coverage_is_valid(ragged.geometry.values)
    _, found = decode(build_map(ragged, levels_of(areas), {})["stadt"], 2)
    assert len(shapely.get_parts(found)) == 1 and not list(found[0].interiors)


def test_finest_quality_is_coarsened_to_the_budget(areas, files, monkeypatch):
    monkeypatch.setattr(mapfile, "MAX_VERTICES", 1500)
    small = build_map(areas, levels_of(areas), {})["ortsteil"]
    assert len(small) < 0.6 * len(files["ortsteil"])
    shapes = decode(small, 2)[1]
    assert shapely.get_num_coordinates(shapes).sum() <= 1600
    assert min(shape.area for shape in shapes) > 0


def test_same_input_same_bytes(areas, files):
    again = build_map(areas.sample(frac=1, random_state=1), levels_of(areas), {"0_1": "Nordstadt", "A": "Bezirk A"})
    assert {k: len(v) for k, v in again.items()} == {k: len(v) for k, v in files.items()}
    for level in files:
        ours, theirs = decode(files[level], 2)[1], decode(again[level], 2)[1]
        assert all(a.equals(b) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.realdata
def test_berlin_fits_in_400_kilobytes(shared_data):
    areas, _ = read_areas(shared_data / "berlin" / "lor_planungsraeume_2021.shp.zip", "PLR_ID")
    ids = pd.Series(areas["area_id"].to_numpy(), index=areas["area_id"].to_numpy())
    files = build_map(areas, {"planungsraum": ids, "bezirk": ids.str[:2]}, {})
    assert len(files["planungsraum"]) < 400_000
    document, shapes = decode(files["planungsraum"], 0)
    assert len(shapes) == 542 and min(shape.area for shape in shapes) > 0
    sizes = [len(decode(files["bezirk"], q)[1][0].exterior.coords) for q in range(3)]
    assert all(a < b for a, b in pairwise(sizes))
