"""Borders of a level: eight squares of 0.02 by 0.015 degrees, two districts of four."""

import pytest
import shapely

from raumblick.answers.outlines import SnapshotError, drawing, drawn, polygons


def test_polygons_are_those_delivered(planung):
    frame = polygons(planung, "ortsteil")
    assert list(frame["area_id"]) == [f"{n:02d}" for n in range(8)]
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry.iloc[0].bounds == pytest.approx((10.0, 52.0, 10.02, 52.015))
    assert shapely.area(frame.geometry.to_numpy()) == pytest.approx([0.02 * 0.015] * 8)


def test_a_district_is_dissolved(planung):
    frame = polygons(planung, "bezirk")
    assert list(frame["area_id"]) == ["B0", "B1"]
    assert shapely.area(frame.geometry.to_numpy()) == pytest.approx([4 * 0.02 * 0.015] * 2)
    assert list(shapely.get_num_geometries(frame.geometry.to_numpy())) == [1, 1]  # no seam is left between the parts


def test_the_drawing_is_the_map(planung):
    plane = drawing(planung, "ortsteil")
    assert list(plane.paths) == [f"{n:02d}" for n in range(8)]
    assert plane.width == 1000
    shapes = {key: _shape(path) for key, path in plane.paths.items()}
    total = shapely.union_all(list(shapes.values()))
    assert total.area == pytest.approx(sum(shape.area for shape in shapes.values()), rel=1e-3)  # no gaps, no overlaps
    assert total.bounds == pytest.approx((0, 0, 1000, plane.height), abs=1.5)
    assert shapes["04"].bounds[3] < shapes["00"].bounds[3]  # y points down, area 04 lies north of 00
    for key, (x, y, room) in plane.points.items():
        assert shapes[key].contains(shapely.Point(x, y))
        assert room > 10


def test_a_level_without_a_map_is_refused(planung):
    assert drawn(planung, "ortsteil") and not drawn(planung, "planungsraum")
    for level in ("planungsraum", "../ortsteil", ""):
        with pytest.raises(SnapshotError):
            drawing(planung, level)


def test_a_snapshot_without_polygons_says_so(planung, tmp_path):
    from dataclasses import replace

    with pytest.raises(SnapshotError, match="keine Gebietsgrenzen"):
        polygons(replace(planung, folder=tmp_path), "ortsteil")


def _shape(path: str) -> shapely.Polygon:
    rings = [ring for ring in path.replace("Z", "").split("M") if ring]
    points = [[tuple(map(float, point.split(","))) for point in ring.split("L")] for ring in rings]
    return shapely.Polygon(points[0], points[1:])
