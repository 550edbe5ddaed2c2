import access.fca
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from town import FEW, distances, loop_access, offers, people, town, towns, weight

from raumblick.supply.errors import SupplyError
from raumblick.supply.reach import by_area, reach, reach_by_distance

DEMAND = people(("a", 0.0, 0.0, 100.0), ("b", 800.0, 0.0, 50.0), ("c", 5000.0, 0.0, 30.0))
SUPPLY = offers(("k1", 0.0, 0.0, 60.0), ("k2", 900.0, 0.0, 25.0), ("k3", 9000.0, 0.0, 10.0))


def test_two_steps_by_hand():
    """k1 is shared by a and b: 60/150 = 0.4; k2 too (900 m from a): 25/150. c reaches nothing, k3 nobody."""
    result = reach(DEMAND, SUPPLY, 1000.0, "binary")
    np.testing.assert_allclose(result.access, [0.4 + 25 / 150, 0.4 + 25 / 150, 0.0])
    np.testing.assert_allclose(result.ratio, [0.4, 25 / 150, 0.0])
    assert list(result.access.index) == ["a", "b", "c"] and list(result.ratio.index) == ["k1", "k2", "k3"]
    near = reach(DEMAND, SUPPLY, 850.0, "binary")
    np.testing.assert_allclose(near.access, [0.4, 0.4 + 0.5, 0.0])
    assert result.reached_places == 85.0
    assert result.mean == pytest.approx(85 / 180)
    assert [(n.code, n.count, n.amount) for n in result.notes] == [("reaches_nobody", 1, 10.0)]
    assert result.notes[0].message == "1 Angebot ohne Kinder in Reichweite mit 10 Plätzen. Ihre Plätze erreicht niemand."


def test_gaussian_by_hand():
    w = weight(800.0, 1000.0, "gaussian")
    result = reach(DEMAND.iloc[:2], SUPPLY.iloc[:1], 1000.0, "gaussian")
    ratio = 60 / (100 + 50 * w)
    np.testing.assert_allclose(result.access, [ratio, ratio * w])
    assert result.seen["k1"] == pytest.approx(100 + 50 * w)


@FEW
@given(towns())
def test_the_same_as_a_plain_loop(case):
    demand, supply, radius, decay = case
    np.testing.assert_allclose(reach(demand, supply, radius, decay).access, loop_access(demand, supply, radius, decay), rtol=1e-9)


@pytest.mark.parametrize("decay", ["binary", "gaussian"])
@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_pysal(decay, seed):
    demand, supply = town(400, 60, seed)
    away = distances(demand, supply)
    costs = pd.DataFrame(
        {
            "origin": np.tile(demand["demand_id"], len(supply)),
            "dest": np.repeat(supply["facility_id"], len(demand)),
            "cost": away.ravel(),
        }
    )
    theirs = access.fca.two_stage_fca(
        demand.set_index(demand["demand_id"].rename("geoid"))[["children"]],
        supply.set_index(supply["facility_id"].rename("geoid"))[["places"]],
        costs, 1000.0, demand_name="children", supply_name="places",
        weight_fn=None if decay == "binary" else lambda d: weight(d, 1000.0, "gaussian"),
    )  # fmt: skip
    ours = reach(demand, supply, 1000.0, decay).access
    assert len(theirs) > 100
    np.testing.assert_allclose(ours[theirs.index], theirs, rtol=0, atol=1e-9)
    assert (ours.drop(theirs.index) == 0).all()


@FEW
@given(towns())
def test_all_places_within_reach_are_handed_out(case):
    demand, supply, radius, decay = case
    result = reach(demand, supply, radius, decay)
    handed = float((result.access.to_numpy() * demand["children"].to_numpy()).sum())
    assert handed == pytest.approx(result.reached_places, rel=1e-9, abs=1e-9)
    assert result.reached_places == supply["places"].to_numpy()[result.seen.to_numpy() > 0].sum()


@FEW
@given(towns(), st.floats(0.01, 100.0))
def test_access_is_free_of_scale(case, factor):
    demand, supply, radius, decay = case
    one = reach(demand, supply, radius, decay).access
    many = reach(
        demand.assign(children=demand["children"] * factor), supply.assign(places=supply["places"] * factor), radius, decay
    )
    np.testing.assert_allclose(many.access, one, rtol=1e-9)


@FEW
@given(towns(), st.integers(0, 11), st.floats(0.0, 500.0))
def test_more_places_never_lower_access(case, which, more):
    demand, supply, radius, decay = case
    grown = supply.copy()
    grown.loc[which % len(supply), "places"] += more
    before, after = reach(demand, supply, radius, decay).access, reach(demand, grown, radius, decay).access
    assert (after >= before - 1e-12 * (1 + before)).all()


@FEW
@given(towns())
def test_an_endless_radius_gives_everybody_the_same(case):
    demand, supply, _, decay = case
    if demand["children"].sum() > 0:
        expected = supply["places"].sum() / demand["children"].sum()
        for radius in (1e9, np.inf):
            np.testing.assert_allclose(reach(demand, supply, radius, decay).access, expected, rtol=1e-6)


def test_order_of_the_rows_changes_nothing():
    demand, supply = town(200, 30, 4)
    mixed = reach(demand.sample(frac=1, random_state=1), supply.sample(frac=1, random_state=2), 900.0, "gaussian")
    straight = reach(demand, supply, 900.0, "gaussian")
    pd.testing.assert_series_equal(mixed.access.reindex(straight.access.index), straight.access, rtol=1e-12)
    pd.testing.assert_series_equal(mixed.ratio.reindex(straight.ratio.index), straight.ratio, rtol=1e-12)


# --- bad material ---------------------------------------------------------------------------------------------------


def codes(result):
    return {note.code: (note.count, note.amount) for note in result.notes}


def test_a_facility_without_coordinates_is_left_out_and_counted():
    supply = offers(("k1", 0.0, 0.0, 60.0), ("k4", np.nan, 0.0, 40.0), ("k5", 1.0, None, 7.0))
    result = reach(DEMAND, supply, 1000.0, "binary")
    np.testing.assert_allclose(result.access, [0.4, 0.4, 0.0])
    assert np.isnan(result.ratio["k4"]) and np.isnan(result.ratio["k5"])
    assert codes(result) == {"unplaced": (2, 47.0)}
    assert "2 Angebote ohne Koordinaten mit 47 bekannten Plätzen" in result.notes[0].message


def test_a_missing_number_of_places_is_missing_and_marked_where_it_matters():
    supply = offers(("k1", 0.0, 0.0, 60.0), ("k2", 900.0, 0.0, np.nan))
    result = reach(DEMAND, supply, 850.0, "binary")
    np.testing.assert_allclose(result.access, [0.4, 0.4, 0.0])
    assert list(result.incomplete) == [False, True, False]
    assert np.isnan(result.ratio["k2"]) and result.seen["k2"] == 50.0
    assert codes(result)["places_unknown"][0] == 1


def test_no_places_give_nothing_and_are_said():
    result = reach(DEMAND, offers(("k1", 0.0, 0.0, 0.0)), 1000.0, "binary")
    assert (result.access == 0).all() and result.ratio["k1"] == 0.0
    assert codes(result) == {"no_places": (1, 0.0)}


def test_places_without_children_around_give_zero():
    result = reach(people(("a", 0.0, 0.0, 0.0)), SUPPLY.iloc[:1], 1000.0, "binary")
    assert result.access["a"] == 0.0 and result.ratio["k1"] == 0.0 and np.isnan(result.mean)
    assert codes(result) == {"reaches_nobody": (1, 60.0)}


def test_points_without_place_or_number():
    demand = people(("a", 0.0, 0.0, 100.0), ("b", np.nan, 0.0, 20.0), ("c", 10.0, 0.0, np.nan))
    result = reach(demand, SUPPLY.iloc[:1], 1000.0, "binary")
    np.testing.assert_allclose(result.access, [0.6, np.nan, 0.6])
    found = codes(result)
    assert found["demand_unplaced"] == (1, 20.0) and found["children_unknown"][0] == 1


def test_nothing_at_all_is_an_answer():
    empty = reach(DEMAND.iloc[:0], SUPPLY.iloc[:0], 1000.0, "binary")
    assert empty.access.empty and empty.ratio.empty
    assert (reach(DEMAND, SUPPLY.iloc[:0], 1000.0, "binary").access == 0).all()
    assert (reach(DEMAND.iloc[:0], SUPPLY, 1000.0, "gaussian").ratio == 0).all()


@pytest.mark.parametrize(
    ("demand", "supply", "key", "text"),
    [
        (DEMAND.drop(columns="x"), SUPPLY, "x", "Spalte „x“"),
        (DEMAND, SUPPLY.drop(columns="places"), "places", "Spalte „places“"),
        (pd.concat([DEMAND, DEMAND]), SUPPLY, "demand_id", "„a“ mehrfach"),
        (DEMAND, pd.concat([SUPPLY, SUPPLY]), "facility_id", "„k1“ mehrfach"),
        (DEMAND.assign(children=-1), SUPPLY, "children", "negative Zahl"),
        (DEMAND, SUPPLY.assign(places=-1), "places", "negative Zahl"),
        (DEMAND, SUPPLY.assign(places="viele"), "places", "nicht nur Zahlen"),
        (DEMAND.assign(demand_id=None), SUPPLY, "demand_id", "keinen Schlüssel"),
    ],
)
def test_material_that_cannot_be_right_is_refused(demand, supply, key, text):
    with pytest.raises(SupplyError, match=text) as error:
        reach(demand, supply, 1000.0, "binary")
    assert error.value.key == key


def test_a_radius_of_zero_is_refused_in_german():
    with pytest.raises(SupplyError, match="Radius muss größer als 0 sein"):
        reach(DEMAND, SUPPLY, 0.0, "binary")


# --- imported distances ---------------------------------------------------------------------------------------------


@FEW
@given(towns())
def test_imported_distances_give_the_same_as_straight_ones(case):
    demand, supply, radius, decay = case
    ways = pd.DataFrame(
        {
            "demand_id": np.tile(demand["demand_id"], len(supply)),
            "facility_id": np.repeat(supply["facility_id"].to_numpy(), len(demand)),
            "distance_m": distances(demand, supply).ravel(),
        }
    )
    by_way = reach_by_distance(demand[["demand_id", "children"]], supply[["facility_id", "places"]], ways, radius, decay)
    np.testing.assert_allclose(by_way.access, reach(demand, supply, radius, decay).access, rtol=1e-9, atol=1e-12)


def test_missing_ways_are_out_of_reach_and_strange_ones_are_noted():
    ways = pd.DataFrame(
        [("a", "k1", 100.0), ("b", "k1", np.nan), ("x", "k1", 5.0)], columns=["demand_id", "facility_id", "distance_m"]
    )
    result = reach_by_distance(DEMAND, SUPPLY, ways, 1000.0, "binary")
    np.testing.assert_allclose(result.access, [0.6, 0.0, 0.0])
    assert codes(result)["distance_unknown"][0] == 2
    with pytest.raises(SupplyError, match="ein Paar mehrfach"):
        reach_by_distance(DEMAND, SUPPLY, pd.concat([ways, ways]), 1000.0)


# --- areas ----------------------------------------------------------------------------------------------------------


def test_areas_are_means_weighted_by_children():
    demand = people(("a", 0.0, 0.0, 90.0), ("b", 3000.0, 0.0, 30.0), ("c", 0.0, 9000.0, 0.0), ("d", np.nan, 0.0, 5.0))
    area_of = pd.Series(["X", "X", "Y", "Z"], ["a", "b", "c", "d"])
    table = by_area(reach(demand, SUPPLY.iloc[:1], 1000.0, "binary"), area_of)
    assert table.loc["X", "access"] == pytest.approx(90 * (60 / 90) / 120)
    assert table.loc["X", "out_of_reach"] == 30.0 and table.loc["X", "children"] == 120.0
    assert np.isnan(table.loc["Y", "access"]) and np.isnan(table.loc["Z", "access"])
    assert table.loc["Z", "unplaced"] == 5.0
    with pytest.raises(SupplyError, match="in welchem Gebiet"):
        by_area(reach(demand, SUPPLY, 1000.0, "binary"), area_of.iloc[:2])
