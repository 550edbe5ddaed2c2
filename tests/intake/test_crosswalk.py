"""Shares of old areas in new ones: worked squares, properties, and what must be refused."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from raumblick.intake.crosswalk import (
    CrosswalkError,
    fallen_back,
    shares_from_counts,
    shares_from_points,
    shares_from_polygons,
    shares_from_table,
    unite,
)
from raumblick.intake.findings import IntakeError

CRS = "EPSG:25833"
EAST, NORTH = 390_000.0, 5_820_000.0


def areas(**rectangles: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    """Rectangles (left, bottom, right, top) in kilometres."""
    shapes = [box(EAST + 1000 * w, NORTH + 1000 * s, EAST + 1000 * e, NORTH + 1000 * n) for w, s, e, n in rectangles.values()]
    return gpd.GeoDataFrame({"area_id": list(rectangles)}, geometry=shapes, crs=CRS)


def points(*places: tuple[float, float, float]) -> gpd.GeoDataFrame:
    """Points (x, y in kilometres, weight)."""
    where = [Point(EAST + 1000 * x, NORTH + 1000 * y) for x, y, _ in places]
    return gpd.GeoDataFrame({"weight": [weight for _, _, weight in places]}, geometry=where, crs=CRS)


def share_of(shares: pd.DataFrame) -> dict[tuple[str, str], float]:
    rows = zip(shares["from_id"], shares["to_id"], shares["share"], strict=True)
    return {(old, new): pytest.approx(share) for old, new, share in rows}


OLD = areas(A=(0, 0, 2, 1), B=(2, 0, 4, 1))
NEW = areas(X=(0, 0, 1, 1), Y=(1, 0, 3, 1), Z=(3, 0, 4, 1))


# --- polygons ------------------------------------------------------------------------------------------------------


def test_shares_by_area():
    shares = shares_from_polygons(OLD, NEW, CRS)
    assert list(shares.columns) == ["from_id", "to_id", "weight", "share", "part", "basis"]
    assert share_of(shares) == {("A", "X"): 0.5, ("A", "Y"): 0.5, ("B", "Y"): 0.5, ("B", "Z"): 0.5}
    assert shares["part"].tolist() == pytest.approx([1.0, 0.5, 0.5, 1.0])
    assert shares["weight"].tolist() == pytest.approx([1e6] * 4)
    assert set(shares["basis"]) == {"flaeche"}


def test_the_same_areas_are_themselves():
    shares = shares_from_polygons(OLD, OLD, CRS)
    assert share_of(shares) == {("A", "A"): 1, ("B", "B"): 1}
    assert shares["share"].tolist() == [1.0, 1.0]  # exactly: what touches along a border alone is no piece


def test_areas_are_measured_in_the_stated_crs():
    shares = shares_from_polygons(OLD.to_crs(4326), NEW.to_crs(4326), CRS)
    assert shares["share"].tolist() == pytest.approx([0.5] * 4, abs=1e-6)


def test_slivers_are_dropped_and_the_rest_rescaled():
    shifted = areas(X=(0, 0, 1.004, 1), Y=(1.004, 0, 2.004, 1), Z=(2.004, 0, 4, 1))
    shares = shares_from_polygons(OLD, shifted, CRS)
    assert share_of(shares) == {("A", "X"): 1004 / 2000, ("A", "Y"): 996 / 2000, ("B", "Z"): 1}  # 4 m of Y lie in B
    kept = shares_from_polygons(OLD, shifted, CRS, sliver=0.001)
    assert share_of(kept)[("B", "Y")] == 0.002
    assert kept.groupby("from_id")["share"].sum().tolist() == pytest.approx([1, 1], abs=1e-12)


def test_a_small_piece_of_a_large_area_that_is_half_of_a_small_one_stays():
    forest, rest = areas(W=(0, 0, 10, 10), V=(10, 0, 11, 10)), areas(K=(9.9, 0, 10.1, 1), L=(0, 0, 11, 10))
    cut = rest.assign(geometry=[rest.geometry[0], rest.geometry[1].difference(rest.geometry[0])])
    shares = shares_from_polygons(forest, cut, CRS)
    assert share_of(shares)[("W", "K")] == 0.001
    assert shares.set_index(["from_id", "to_id"]).loc[("W", "K"), "part"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (OLD, areas(X=(0, 0, 2, 1), Y=(2, 0, 3.8, 1)), "B"),  # a tenth of B lies outside
        (OLD, areas(X=(0, 0, 2.2, 1), Y=(2, 0, 4, 1)), "B"),  # a tenth of B lies in two
        (OLD, areas(X=(0, 0, 2, 1)), "B"),
        (pd.concat([OLD, OLD[:1]]), NEW, "A"),
        (OLD, pd.concat([NEW, NEW[:1]]), "X"),
    ],
)
def test_areas_that_do_not_cover_each_other_are_refused(old, new, key):
    with pytest.raises(CrosswalkError) as error:
        shares_from_polygons(old, new, CRS)
    assert error.value.areas == (key,) and key in str(error.value)


# --- points --------------------------------------------------------------------------------------------------------


def by_points(*places: tuple[float, float, float]) -> pd.DataFrame:
    return shares_from_points(OLD, NEW, points(*places), shares_from_polygons(OLD, NEW, CRS))


def test_shares_by_weights():
    shares = by_points((0.5, 0.5, 1), (1.5, 0.5, 3), (2.5, 0.5, 2), (3.5, 0.5, 0), (9, 9, 50))
    assert share_of(shares) == {("A", "X"): 0.25, ("A", "Y"): 0.75, ("B", "Y"): 1, ("B", "Z"): 0}
    assert shares["part"].tolist() == pytest.approx([1, 0.6, 0.4, 1])
    assert set(shares["basis"]) == {"kinder"} and fallen_back(shares, "kinder") == []


def test_areas_without_weight_fall_back_to_the_surface_and_are_named():
    shares = by_points((0.5, 0.5, 1), (1.5, 0.5, 3))
    assert share_of(shares) == {("A", "X"): 0.25, ("A", "Y"): 0.75, ("B", "Y"): 0.5, ("B", "Z"): 0.5}
    assert fallen_back(shares, "kinder") == ["B"]
    assert shares.loc[shares["from_id"] == "B", "basis"].tolist() == ["flaeche", "flaeche"]
    assert shares.groupby("to_id")["part"].sum().tolist() == pytest.approx([1, 1, 1])


def test_a_point_on_a_border_counts_once_and_never_beside_a_piece():
    shares = by_points((1, 0.5, 8), (2, 0.5, 4), (0.5, 0.5, 1), (3.5, 0.5, 1))
    # x = 1 is the border of X and Y: X; x = 2 is the border of A and B, in Y: A
    assert share_of(shares) == {("A", "X"): 9 / 13, ("A", "Y"): 4 / 13, ("B", "Y"): 0, ("B", "Z"): 1}
    moved = areas(X=(0, 0, 1, 1), Y=(1, 0, 1.995, 1), Z=(1.995, 0, 4, 1))
    pieces = shares_from_polygons(OLD, moved, CRS)
    shares = shares_from_points(OLD, moved, points((0.5, 0.5, 1), (1.997, 0.5, 9)), pieces)
    assert share_of(shares)[("A", "X")] == 1 and ("A", "Z") not in share_of(shares)


@pytest.mark.parametrize("weight", [-1, np.nan])
def test_impossible_weights_are_refused(weight):
    with pytest.raises(CrosswalkError):
        by_points((0.5, 0.5, weight))


# --- counts of one day on both sides -------------------------------------------------------------------------------


def test_shares_that_reproduce_known_counts():
    pieces = shares_from_polygons(OLD, NEW, CRS)
    old, new = pd.Series({"A": 100, "B": 40}), pd.Series({"X": 90, "Y": 20, "Z": 30})
    shares = shares_from_counts(pieces, old, new)
    assert share_of(shares) == {("A", "X"): 0.9, ("A", "Y"): 0.1, ("B", "Y"): 0.25, ("B", "Z"): 0.75}
    assert set(shares["basis"]) == {"einwohner"}


def test_a_new_area_without_count_is_not_scaled():
    pieces = shares_from_polygons(OLD, NEW, CRS)
    shares = shares_from_counts(pieces, pd.Series({"A": 100, "B": 40}), pd.Series({"X": 90, "Z": None}, dtype="Float64"))
    assert share_of(shares)[("A", "X")] == pytest.approx(0.9, abs=0.01) and share_of(shares)[("B", "Z")] == 0.5


def test_an_empty_old_area_falls_back_and_a_missing_count_is_refused():
    pieces = shares_from_polygons(OLD, NEW, CRS)
    shares = shares_from_counts(pieces, pd.Series({"A": 100, "B": 0}), pd.Series({"X": 90, "Y": 10, "Z": 0}))
    assert fallen_back(shares, "einwohner") == ["B"] and share_of(shares)[("B", "Z")] == 0.5
    with pytest.raises(CrosswalkError) as error:
        shares_from_counts(pieces, pd.Series({"A": 100}), pd.Series({"X": 90}))
    assert error.value.areas == ("B",)


# --- tables --------------------------------------------------------------------------------------------------------


def table(*rows: tuple[str, str, float | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["from_id", "to_id", "share"], index=range(2, len(rows) + 2))
    return frame.astype({"share": "Float64"})


def test_a_table_within_tolerance_is_rescaled():
    given_shares = table(("A", "X", 0.4996), ("A", "Y", 0.5), ("B", "Y", 1.0), ("B", "Z", 0.0))
    shares = shares_from_table(given_shares, ["A", "B"], ["X", "Y", "Z"], "t.csv")
    assert share_of(shares) == {("A", "X"): 4996 / 9996, ("A", "Y"): 5000 / 9996, ("B", "Y"): 1}
    assert shares.groupby("from_id")["share"].sum().tolist() == pytest.approx([1, 1], abs=1e-12)
    assert set(shares["basis"]) == {"amtlich"}
    assert shares.groupby("to_id")["part"].sum().tolist() == pytest.approx([1, 1])


@pytest.mark.parametrize(
    ("rows", "line", "said"),
    [
        ([("A", "X", 1.0), ("B", "Q", 1.0)], 3, "Q ist kein neues Gebiet"),
        ([("A", "X", 1.0), ("B", "Y", 1.0), ("C", "Y", 1.0)], 4, "C ist kein altes Gebiet"),
        ([("A", "X", 1.2), ("A", "Y", -0.2), ("B", "Y", 1.0)], 3, "-0.2"),
        ([("A", "X", 1.0), ("A", "Y", None), ("B", "Y", 1.0)], 3, "unmöglich"),
        ([("A", "X", 0.5), ("A", "X", 0.5), ("B", "Y", 1.0)], 3, "zweimal"),
        ([("A", "X", 0.99), ("B", "Y", 1.0)], None, "ergeben 0,9900 statt 1"),
        ([("A", "X", 1.0)], None, "B fehlen"),
    ],
)
def test_faults_of_a_table(rows, line, said):
    with pytest.raises(IntakeError) as error:
        shares_from_table(table(*rows), ["A", "B"], ["X", "Y", "Z"], "t.csv")
    assert any(said in f.message and f.row == line and f.file == "t.csv" for f in error.value.findings)


def test_all_faults_of_a_table_are_named_at_once():
    with pytest.raises(IntakeError) as error:
        shares_from_table(table(("A", "Q", 0.5), ("C", "X", -1.0)), ["A", "B"], ["X"], "t.csv")
    codes = [(f.code, f.row) for f in error.value.findings]
    assert codes == [("share_table", 3), ("share_table", 2), ("share_table", 3), ("share_sum", None), ("share_sum", None)]


# --- areas joined --------------------------------------------------------------------------------------------------


def test_joined_areas_share_by_weight():
    pieces = shares_from_polygons(OLD, NEW, CRS)
    names = pd.Series({"A": "AB", "B": "AB"})
    joint = unite(pieces, names, "flaeche")
    assert share_of(joint) == {("AB", "X"): 0.25, ("AB", "Y"): 0.5, ("AB", "Z"): 0.25}
    children = by_points((0.5, 0.5, 1), (1.5, 0.5, 3))
    assert share_of(unite(children, names, "kinder", joint)) == {("AB", "X"): 0.25, ("AB", "Y"): 0.75, ("AB", "Z"): 0}
    nobody = unite(by_points((9, 9, 1)), names, "kinder", joint)
    assert fallen_back(nobody, "kinder") == ["AB"] and share_of(nobody) == share_of(joint)


# --- properties ----------------------------------------------------------------------------------------------------

weights = st.lists(st.one_of(st.just(0.0), st.floats(1e-3, 1e6)), min_size=16, max_size=16)
GRID_OLD = areas(**{f"o{i}{j}": (2 * i, 2 * j, 2 * i + 2, 2 * j + 2) for i in range(2) for j in range(2)})
GRID_NEW = areas(**{f"n{i}": (i, 0, i + 1, 4) for i in range(4)})
GRID_PIECES = shares_from_polygons(GRID_OLD, GRID_NEW, CRS)
CELLS = [(x + 0.5, y + 0.5) for x in range(4) for y in range(4)]


@settings(deadline=None, max_examples=50)
@given(weights)
def test_shares_and_parts_sum_to_one_whatever_the_weights(values):
    cells = points(*((x, y, weight) for (x, y), weight in zip(CELLS, values, strict=True)))
    shares = shares_from_points(GRID_OLD, GRID_NEW, cells, GRID_PIECES)
    assert np.allclose(shares.groupby("from_id")["share"].sum(), 1, atol=1e-12)
    assert np.allclose(shares.groupby("to_id")["part"].sum(), 1, atol=1e-9)
    assert (shares["share"] >= 0).all() and set(shares["from_id"]) == set(GRID_OLD["area_id"])


@settings(deadline=None, max_examples=50)
@given(weights)
def test_fitted_shares_sum_to_one_and_keep_the_old_counts(values):
    old = pd.Series(values[:4], index=GRID_OLD["area_id"])
    new = pd.Series(values[4:8], index=GRID_NEW["area_id"])
    shares = shares_from_counts(GRID_PIECES, old, new)
    assert np.allclose(shares.groupby("from_id")["share"].sum(), 1, atol=1e-9)
    has = ~shares["from_id"].isin(fallen_back(shares, "einwohner"))
    fitted = shares[has].groupby("from_id")["weight"].sum()
    assert np.allclose(fitted, old.reindex(fitted.index), rtol=1e-9)
