"""Area files: every layout gives the same areas, every fault is named, borders are mended without moving areas."""

import json
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as some

from raumblick.intake.areas import mend_coverage, read_areas

LEIPZIG = (318_000.0, 5_690_000.0)  # EPSG:25833, in metres


def grid(side: int = 3, cell: float = 1000.0) -> gpd.GeoDataFrame:
    """Squares in EPSG:25833 with keys that begin with zeros."""
    x, y = LEIPZIG
    boxes = [
        shapely.box(x + i * cell, y + j * cell, x + (i + 1) * cell, y + (j + 1) * cell) for j in range(side) for i in range(side)
    ]
    return gpd.GeoDataFrame({"key": [f"{n:03d}" for n in range(side**2)]}, geometry=boxes, crs=25833)


def save(frame: gpd.GeoDataFrame, folder: Path, kind: str) -> Path:
    if kind == "geojson":
        path = folder / "gebiete.geojson"
        frame.to_crs(4326).to_file(path, driver="GeoJSON")
    elif kind == "gpkg":
        path = folder / "gebiete.gpkg"
        frame.to_file(path, driver="GPKG")
    else:
        path = folder / "gebiete.shp"
        frame.to_file(path)
    if kind in ("zip", "zip in folder"):
        inner = "daten/" if kind == "zip in folder" else ""
        with zipfile.ZipFile(folder / "gebiete.zip", "w") as archive:
            for part in folder.glob("gebiete.*"):
                if part.suffix != ".zip":
                    archive.write(part, inner + part.name)
        path = folder / "gebiete.zip"
    return path


def codes(findings) -> list[tuple[str, str]]:
    return [(f.severity, f.code) for f in findings]


@pytest.mark.parametrize("kind", ["geojson", "gpkg", "shp", "zip", "zip in folder"])
def test_every_layout_gives_the_same_areas(tmp_path, kind):
    areas, findings = read_areas(save(grid(), tmp_path, kind), "key")
    assert findings == []
    assert list(areas.columns) == ["area_id", "geometry"]
    assert areas["area_id"].tolist() == [f"{n:03d}" for n in range(9)]
    assert areas.crs.to_epsg() == 4326
    assert areas.to_crs(25833).area.to_numpy() == pytest.approx(1e6, rel=1e-6)
    assert shapely.coverage_is_valid(areas.geometry.values)


def test_whole_numbers_as_keys_stay_whole(tmp_path):
    frame = grid(2).assign(key=[1.0, 2.0, 3.0, np.nan])
    areas, findings = read_areas(save(frame, tmp_path, "gpkg"), "key")
    assert areas["area_id"].tolist() == ["1", "2", "3"]
    assert [(f.code, f.row, f.column) for f in findings] == [("area_id_empty", 4, "key")]


def test_heights_are_dropped(tmp_path):
    frame = grid()
    frame = frame.set_geometry(shapely.force_3d(frame.geometry.values, 120.0))
    areas, findings = read_areas(save(frame, tmp_path, "gpkg"), "key")
    assert findings == []
    assert not shapely.has_z(areas.geometry.values).any()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("kaputt.geojson", b'{"type": "FeatureCollection", '),
        ("kaputt.zip", b"kein ZIP"),
        ("kaputt.gpkg", b"\0" * 200),
        ("tabelle.csv", b"key;name\n1;a\n"),
    ],
)
def test_unreadable_file_is_one_error(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    areas, findings = read_areas(tmp_path / name, "key")
    assert areas.empty and areas.crs.to_epsg() == 4326
    assert codes(findings) == [("error", "area_unreadable")]
    assert findings[0].file == name


def test_missing_file_is_one_error(tmp_path):
    assert codes(read_areas(tmp_path / "fehlt.geojson", "key")[1]) == [("error", "area_unreadable")]


def test_archive_with_two_area_files_names_both(tmp_path):
    with zipfile.ZipFile(tmp_path / "zwei.zip", "w") as archive:
        archive.writestr("a.geojson", "{}")
        archive.writestr("b.geojson", "{}")
    _, findings = read_areas(tmp_path / "zwei.zip", "key")
    assert codes(findings) == [("error", "area_unreadable")]
    assert "a.geojson, b.geojson" in findings[0].message


def test_missing_key_column_names_the_columns_there_are(tmp_path):
    frame = grid().assign(name="x")
    areas, findings = read_areas(save(frame, tmp_path, "geojson"), "PLR_ID")
    assert areas.empty
    assert codes(findings) == [("error", "area_id_missing")]
    assert "key, name" in findings[0].message and findings[0].column == "PLR_ID"


def test_missing_coordinate_system(tmp_path):
    path = save(grid(), tmp_path, "shp")
    path.with_suffix(".prj").unlink()
    assert codes(read_areas(path, "key")[1]) == [("error", "area_crs_missing")]


def test_faulty_features_are_named_by_their_number(tmp_path):
    frame = grid()
    shapes = frame.geometry.to_numpy(copy=True)
    x, y = LEIPZIG
    shapes[1] = None
    shapes[2] = shapely.LineString([(x, y), (x + 10, y)])
    shapes[5] = shapely.Polygon([(x, y), (x + 9, y + 9), (x + 9, y), (x, y + 9)])  # a bow tie
    frame = frame.set_geometry(gpd.GeoSeries(shapes, crs=25833))
    frame.loc[7, "key"] = "006"
    frame.loc[8, "key"] = None
    areas, findings = read_areas(save(frame.drop(index=[0]), tmp_path, "geojson"), "key")
    by_code = {f.code: f for f in findings}
    assert {c: (f.severity, f.row) for c, f in by_code.items()}.items() >= {
        "area_empty": ("error", 1),
        "area_not_polygon": ("error", 2),
        "area_invalid": ("warning", 5),
        "area_id_duplicate": ("error", 7),
        "area_id_empty": ("error", 8),
    }.items()
    assert "zuerst in Fläche 6" in by_code["area_id_duplicate"].message
    assert areas["area_id"].tolist() == ["003", "004", "005", "006"]
    assert areas.geometry.is_valid.all()


def _geojson(folder: Path, ring: list[tuple[float, float]]) -> Path:
    feature = {"type": "Feature", "properties": {"key": "1"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    path = folder / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


@pytest.mark.parametrize(
    ("corner", "expected"),
    [
        ((12.3, 51.3), []),  # GeoJSON without a coordinate system counts as WGS 84
        ((51.3, 12.3), [("error", "area_swapped")]),
        ((318_000.0, 5_690_000.0), [("error", "area_out_of_range")]),
        ((2.3, 48.8), [("warning", "area_abroad")]),
    ],
)
def test_coordinates_that_do_not_fit(tmp_path, corner, expected):
    x, y = corner
    path = _geojson(tmp_path, [(x, y), (x + 0.1, y), (x + 0.1, y + 0.1), (x, y)])
    areas, findings = read_areas(path, "key")
    assert codes(findings) == expected
    assert areas.empty == any(severity == "error" for severity, _ in expected)


def test_degrees_declared_as_metres_are_out_of_range(tmp_path):
    frame = grid().to_crs(4326).set_crs(25833, allow_override=True)
    areas, findings = read_areas(save(frame, tmp_path, "gpkg"), "key")
    assert areas.empty
    assert codes(findings) == [("error", "area_out_of_range")]
    assert "EPSG:25833" in findings[0].message


def test_small_misfits_are_mended_with_a_hint(tmp_path):
    frame = grid()
    frame = frame.set_geometry(shapely.segmentize(frame.geometry.values, [100.0 + 7 * n for n in range(9)]))
    areas, findings = read_areas(save(frame, tmp_path, "gpkg"), "key")
    assert codes(findings) == [("info", "area_borders_mended")]
    assert shapely.coverage_is_valid(areas.geometry.values)


def test_large_overlap_names_the_areas(tmp_path):
    frame = grid()
    shapes = frame.geometry.to_numpy(copy=True)
    shapes[4] = shapely.buffer(shapes[4], 60.0, join_style="mitre")
    frame = frame.set_geometry(gpd.GeoSeries(shapes, crs=25833))
    areas, findings = read_areas(save(frame, tmp_path, "gpkg"), "key")
    assert ("warning", "area_overlap") in codes(findings)
    assert any("Gebiets 004" in f.message and f.row == 5 for f in findings)
    assert shapely.coverage_is_valid(areas.geometry.values)


def test_an_area_under_another_is_an_error(tmp_path):
    frame = grid()
    shapes = frame.geometry.to_numpy(copy=True)
    shapes[8] = shapes[0]
    areas, findings = read_areas(save(frame.set_geometry(shapes, crs=25833), tmp_path, "gpkg"), "key")
    assert [f.severity for f in findings if f.code == "area_covered"] == ["error"]
    assert len(areas) == 8


@settings(max_examples=25, deadline=None)
@given(seed=some.integers(0, 10_000), noise=some.floats(0.0, 0.09))
def test_mending_keeps_areas_and_touches_nothing_else(seed, noise):
    frame = grid(4)
    phases = np.random.default_rng(seed).uniform(0, 6, 16)
    shapes = shapely.segmentize(frame.geometry.values, 170.0)
    shaken = [shapely.transform(s, lambda xy, p=p: xy + noise * np.sin(xy + p)) for s, p in zip(shapes, phases, strict=True)]
    shaken = gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=shaken, crs=25833)
    mended = mend_coverage(shaken)
    assert shapely.coverage_is_valid(mended.geometry.values)
    assert mended.area.to_numpy() == pytest.approx(shaken.area.to_numpy(), rel=0.001)
    assert mended["key"].tolist() == frame["key"].tolist() and mended.crs == frame.crs


def test_mending_a_coverage_changes_nothing():
    frame = grid()
    assert mend_coverage(frame) is frame


@pytest.mark.realdata
def test_leipzig_becomes_a_coverage(shared_data):
    path = shared_data / "leipzig" / "ortsteile.json"
    areas, findings = read_areas(path, "OT")
    raw = gpd.read_file(path).to_crs(25833)
    assert len(areas) == 63 and areas["area_id"].str.startswith("0").sum() == 7
    assert codes(findings) == [("info", "area_borders_mended")]
    assert not shapely.coverage_is_valid(raw.geometry.values)
    assert shapely.coverage_is_valid(areas.geometry.values)
    assert areas.to_crs(25833).area.to_numpy() == pytest.approx(raw.area.to_numpy(), rel=0.001)


@pytest.mark.realdata
def test_berlin_from_a_zipped_shapefile(shared_data):
    path = shared_data / "berlin" / "lor_planungsraeume_2021.shp.zip"
    areas, findings = read_areas(path, "PLR_ID")
    assert findings == []
    assert len(areas) == 542 and areas["area_id"].str.len().eq(8).all()
    assert areas.to_crs(25833).area.sum() == pytest.approx(gpd.read_file(path).area.sum(), rel=1e-6)
