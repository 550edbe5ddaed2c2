import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from town import FEW, distances, offers, people, town, towns

from raumblick.supply.errors import SupplyError
from raumblick.supply.reach import reach, reach_by_distance
from raumblick.supply.whatif import moved, with_places, with_site, without_site

DEMAND = people(("a", 0.0, 0.0, 100.0), ("b", 800.0, 0.0, 50.0), ("c", 5000.0, 0.0, 30.0))
SUPPLY = offers(("k1", 0.0, 0.0, 60.0), ("k2", 900.0, 0.0, 25.0), ("k3", np.nan, 0.0, 10.0), ("k4", 0.0, 0.0, np.nan))


def same(change, demand, supply, radius, decay):
    """The change says the same as a computation from the start."""
    fresh = reach(demand, supply, radius, decay)
    np.testing.assert_allclose(change.result.access, fresh.access, rtol=1e-9, atol=1e-9)
    pd.testing.assert_series_equal(change.result.ratio, fresh.ratio, rtol=1e-9)
    pd.testing.assert_series_equal(change.result.seen, fresh.seen, rtol=1e-9)
    pd.testing.assert_frame_equal(change.result.supply, fresh.supply)


@FEW
@given(towns(), st.integers(0, 11), st.integers(0, 300))
def test_other_places(case, which, places):
    demand, supply, radius, decay = case
    key = supply["facility_id"].iloc[which % len(supply)]
    change = with_places(reach(demand, supply, radius, decay), key, places)
    same(change, demand, supply.assign(places=supply["places"].where(supply["facility_id"] != key, places)), radius, decay)


@FEW
@given(towns(), st.floats(-500, 6000), st.floats(-500, 6000), st.integers(0, 300))
def test_a_new_site(case, x, y, places):
    demand, supply, radius, decay = case
    change = with_site(reach(demand, supply, radius, decay), "neu", x, y, places)
    same(change, demand, pd.concat([supply, offers(("neu", x, y, float(places)))], ignore_index=True), radius, decay)


@FEW
@given(towns(), st.integers(0, 11))
def test_a_site_that_closes(case, which):
    demand, supply, radius, decay = case
    key = supply["facility_id"].iloc[which % len(supply)]
    same(
        without_site(reach(demand, supply, radius, decay), key),
        demand, supply[supply["facility_id"] != key], radius, decay,
    )  # fmt: skip


@FEW
@given(towns(), st.integers(0, 11), st.floats(0, 5000), st.floats(0, 5000))
def test_a_site_that_moves(case, which, x, y):
    demand, supply, radius, decay = case
    row = supply.iloc[which % len(supply)]
    change = moved(reach(demand, supply, radius, decay), row["facility_id"], x, y)
    rest = supply[supply["facility_id"] != row["facility_id"]]
    same(change, demand, pd.concat([rest, offers((row["facility_id"], x, y, row["places"]))], ignore_index=True), radius, decay)


@FEW
@given(towns(), st.integers(0, 11), st.integers(0, 300))
def test_what_is_not_touched_stays_to_the_last_digit(case, which, places):
    demand, supply, radius, decay = case
    before = reach(demand, supply, radius, decay)
    change = with_places(before, supply["facility_id"].iloc[which % len(supply)], places)
    rest = before.access.index.difference(change.touched.index)
    assert (change.result.access[rest] == before.access[rest]).all()
    assert before.supply.equals(reach(demand, supply, radius, decay).supply)  # the old result is as it was


def test_a_series_of_changes_and_back():
    demand, supply = town(300, 40, 1)
    start = reach(demand, supply, 1200.0, "gaussian")
    now = with_site(start, "neu", 2500.0, 2500.0, 80).result
    now = with_places(now, "f3", 200).result
    now = with_places(now, "f3", float(supply["places"][3])).result
    now = without_site(now, "neu").result
    np.testing.assert_allclose(now.access, start.access, rtol=1e-9, atol=1e-12)
    assert list(now.ratio.index) == list(start.ratio.index)


def test_who_gains_by_hand():
    start = reach(DEMAND, SUPPLY.iloc[:1], 1000.0, "binary")
    change = with_site(start, "neu", 5000.0, 100.0, 15)
    assert change.gain == pytest.approx(15.0) and change.newly_reached == 30.0 and change.no_longer_reached == 0.0
    assert list(change.touched.index) == ["c"] and change.touched.loc["c", "after"] == pytest.approx(0.5)
    area = change.by_area(pd.Series(["X", "X", "Y"], ["a", "b", "c"]))
    assert list(area.index) == ["Y"] and area.loc["Y", "gain"] == pytest.approx(15.0)
    closed = without_site(start, "k1")
    assert closed.gain == pytest.approx(-60.0) and closed.no_longer_reached == 150.0


def test_unknown_places_become_known():
    change = with_places(reach(DEMAND, SUPPLY, 1000.0, "binary"), "k4", 30)
    assert change.result.access["a"] == pytest.approx((60 + 25 + 30) / 150)


def test_nobody_in_reach():
    change = with_site(reach(DEMAND, SUPPLY, 1000.0, "binary"), "neu", 90_000.0, 0.0, 50)
    assert change.touched.empty and change.gain == 0.0 and change.result.ratio["neu"] == 0.0


@pytest.mark.parametrize(
    ("what", "text"),
    [
        (lambda r: with_places(r, "k9", 5), "gibt es nicht"),
        (lambda r: with_places(r, "k3", 5), "keine Koordinaten"),
        (lambda r: with_places(r, "k1", -1), "0 oder größer"),
        (lambda r: with_places(r, "k1", float("nan")), "0 oder größer"),
        (lambda r: with_site(r, "k1", 0.0, 0.0, 5), "schon vergeben"),
        (lambda r: with_site(r, "neu", float("nan"), 0.0, 5), "fehlt der Ort"),
        (lambda r: with_site(r, "neu", 0.0, 0.0, -5), "0 oder größer"),
        (lambda r: without_site(r, "k9"), "gibt es nicht"),
        (lambda r: moved(r, "k4", 0.0, 1.0), "0 oder größer"),
    ],
)
def test_impossible_changes_are_refused(what, text):
    with pytest.raises(SupplyError, match=text):
        what(reach(DEMAND, SUPPLY, 1000.0, "binary"))


def test_imported_distances_know_their_facilities_but_no_new_place():
    demand, supply = town(60, 12, 3)
    ways = pd.DataFrame(
        {
            "demand_id": np.tile(demand["demand_id"], len(supply)),
            "facility_id": np.repeat(supply["facility_id"].to_numpy(), len(demand)),
            "distance_m": distances(demand, supply).ravel(),
        }
    )
    start = reach_by_distance(demand, supply, ways, 1500.0, "gaussian")
    grown = supply.assign(places=supply["places"].where(supply["facility_id"] != "f2", 333.0))
    np.testing.assert_allclose(
        with_places(start, "f2", 333).result.access, reach_by_distance(demand, grown, ways, 1500.0, "gaussian").access
    )
    assert without_site(start, "f2").result.supply.loc["f2", "places"] == 0.0
    with pytest.raises(SupplyError, match="fehlen die Entfernungen"):
        with_site(start, "neu", 0.0, 0.0, 5)
