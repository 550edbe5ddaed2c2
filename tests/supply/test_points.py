import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from town import FEW, offers, people

from raumblick.supply.errors import SupplyError
from raumblick.supply.points import demand_points, nearest

CELLS = pd.DataFrame(
    [("X", 0.0, 0.0, 3.0), ("X", 100.0, 0.0, 9.0), ("Y", 200.0, 0.0, 4.0), ("fremd", 300.0, 0.0, 5.0), ("Z", 0.0, 9.0, None)],
    columns=["area_id", "x", "y", "weight"],
)
CENTROIDS = pd.DataFrame([("X", 50.0, 0.0), ("Z", 0.0, 50.0), ("W", 1.0, 1.0)], columns=["area_id", "x", "y"])


def counts(**children):
    return pd.DataFrame({"area_id": list(children), "children": list(children.values())})


def test_cells_are_rescaled_to_the_number_of_their_area():
    found = demand_points(CELLS, counts(X=60, Y=10))
    assert found.points["children"].tolist() == [15.0, 45.0, 10.0]
    assert set(found.points["basis"]) == {"cell"} and list(found.area_of) == ["X", "X", "Y"]
    assert [(n.code, n.count) for n in found.notes] == [("cells_outside", 2)]


def test_an_area_without_cells_is_its_centroid_and_marked():
    found = demand_points(CELLS, counts(X=60, Y=10, Z=7, V=3), CENTROIDS)
    assert found.points.iloc[-1].to_dict() == {
        "demand_id": "area-Z", "area_id": "Z", "x": 0.0, "y": 50.0, "children": 7.0, "basis": "centroid",
    }  # fmt: skip
    notes = {n.code: n for n in found.notes}
    assert notes["centroid"].ids == ("Z",) and notes["centroid"].amount == 7.0
    assert notes["no_points"].ids == ("V",) and "3 Kindern" in notes["no_points"].message


def test_an_area_without_children_needs_no_centroid():
    found = demand_points(CELLS, counts(X=60, Z=0), CENTROIDS)
    assert list(found.points["area_id"]) == ["X", "X"]


def test_an_unknown_number_stays_unknown():
    found = demand_points(CELLS, counts(X=None, Y=10, W=None), CENTROIDS)
    assert found.points.loc[found.points["area_id"] == "X", "children"].isna().all()
    assert {n.code: n.count for n in found.notes}["counts_unknown"] == 2


@FEW
@given(
    st.lists(st.tuples(st.sampled_from("ABCD"), st.floats(0, 50)), min_size=1, max_size=30),
    st.lists(st.integers(0, 500), min_size=4, max_size=4),
)
def test_areas_keep_their_numbers(cells, children):
    frame = pd.DataFrame([(a, 0.0, float(i), w) for i, (a, w) in enumerate(cells)], columns=["area_id", "x", "y", "weight"])
    centres = pd.DataFrame({"area_id": list("ABCD"), "x": 0.0, "y": 0.0})
    found = demand_points(frame, pd.DataFrame({"area_id": list("ABCD"), "children": children}), centres)
    sums = found.points.groupby("area_id")["children"].sum().reindex(list("ABCD"), fill_value=0.0)
    np.testing.assert_allclose(sums, children, rtol=1e-9)
    assert found.points["demand_id"].is_unique


def test_keys_that_are_given_are_kept_and_broken_ones_refused():
    keyed = CELLS.assign(demand_id=list("vwxyz"))
    assert list(demand_points(keyed, counts(X=60)).points["demand_id"]) == ["v", "w"]
    with pytest.raises(SupplyError, match="mehrfach"):
        demand_points(keyed.assign(demand_id="v"), counts(X=60))
    with pytest.raises(SupplyError, match="negative"):
        demand_points(CELLS.assign(weight=-1.0), counts(X=60))


DEMAND = people(("a", 0.0, 0.0, 30.0), ("b", 1000.0, 0.0, 10.0), ("c", np.nan, 0.0, 99.0))
SUPPLY = offers(("k1", 300.0, 400.0, 5.0), ("k2", 1000.0, 100.0, 5.0), ("k3", np.nan, 0.0, 5.0))


def test_the_nearest_offer():
    found = nearest(DEMAND, SUPPLY, detour=1.2)
    assert list(found.table["facility_id"])[:2] == ["k1", "k2"] and pd.isna(found.table.loc["c", "facility_id"])
    np.testing.assert_allclose(found.table["distance_m"], [600.0, 120.0, np.nan])
    assert found.mean_distance() == pytest.approx((30 * 600 + 10 * 120) / 40)
    assert found.share_within(120.0) == 0.25 and found.share_within(600.0) == 1.0 and found.share_within(100.0) == 0.0


def test_no_offer_at_all_is_infinitely_far():
    found = nearest(DEMAND, SUPPLY.iloc[2:])
    assert found.table.loc["a", "distance_m"] == np.inf and found.share_within(1e9) == 0.0
    assert np.isnan(found.mean_distance()) and np.isnan(nearest(DEMAND.iloc[:0], SUPPLY).share_within(5.0))
    with pytest.raises(SupplyError):
        nearest(DEMAND, SUPPLY, detour=0.0)
