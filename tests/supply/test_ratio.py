import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raumblick.supply.ages import Target
from raumblick.supply.errors import SupplyError
from raumblick.supply.ratio import FINDING_LABEL, gaps, light, ratios

CHILDREN = pd.Series({"A": 100, "B": 50, "C": 0, "D": np.nan, "E": 40})
COLUMNS = ["home_area", "places_licensed", "places_operable", "enrolled"]
OFFERS = pd.DataFrame(
    [
        ("A", 60, 50, 45),
        ("A", 30, 30, None),  # does not say how many are taken
        ("B", None, None, None),  # says nothing
        ("C", 10, 10, 5),
        (None, 7, 7, 7),
    ],
    columns=COLUMNS,
)


def test_four_numbers_by_hand():
    found = ratios(CHILDREN, OFFERS, in_care=pd.Series({"A": 80, "B": 20, "C": 0, "D": 1, "E": 4}))
    a = found.areas.loc["A"]
    assert a["supply"] == 0.9 and a["occupancy"] == 0.9 and a["care"] == 0.8
    assert (a["operable"], a["enrolled"], a["occupancy_missing"], a["offers"]) == (50, 45, 1, 2)
    assert np.isnan(found.areas.loc["B", "places"]) and found.areas.loc["B", "places_missing"] == 1
    assert np.isnan(found.areas.loc["B", "supply"]) and np.isnan(found.areas.loc["C", "supply"])
    assert found.areas.loc["E", "places"] == 0 and found.areas.loc["E", "supply"] == 0.0  # no offer is a true zero
    assert np.isnan(found.areas.loc["D", "supply"])


def test_the_city_is_the_sum_with_what_has_no_area():
    city = ratios(CHILDREN, OFFERS).city
    assert (city["children"], city["places"], city["offers"], city["places_missing"]) == (190, 107, 5, 1)
    assert city["supply"] == pytest.approx(107 / 190) and city["occupancy"] == pytest.approx(57 / 67)
    assert np.isnan(city["care"])


def test_what_is_missing_is_said():
    notes = {n.code: n for n in ratios(CHILDREN, OFFERS).notes}
    assert notes["places_unknown"].count == 1 and notes["occupancy_unknown"].count == 2
    assert (notes["no_area"].count, notes["no_area"].amount) == (1, 7.0)
    assert notes["no_children"].ids == ("C",) and notes["children_unknown"].ids == ("D",)
    assert notes["places_unknown"].message == "1 Angebot ohne Platzzahl: Versorgungsquoten sind dort Untergrenzen."


def test_other_places_and_no_offers():
    assert ratios(CHILDREN, OFFERS, basis="places_operable").areas.loc["A", "supply"] == 0.8
    empty = ratios(CHILDREN, OFFERS.iloc[:0])
    assert (empty.areas["places"] == 0).all() and empty.city["supply"] == 0.0 and np.isnan(empty.city["occupancy"])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 90), st.integers(0, 90), st.integers(0, 90)), min_size=1))
def test_areas_add_up_to_the_city(rows):
    found = ratios(pd.Series({"A": 120, "B": 80}), pd.DataFrame(rows, columns=COLUMNS))
    for name in ("children", "offers", "places", "operable", "enrolled"):
        assert found.areas[name].sum() == found.city[name]


def test_refused():
    with pytest.raises(SupplyError, match="negative"):
        ratios(CHILDREN, OFFERS.assign(enrolled=-1))
    with pytest.raises(SupplyError, match="Spalte „home_area“"):
        ratios(CHILDREN, OFFERS.drop(columns="home_area"))


def test_gaps_and_surpluses():
    need = pd.Series({"A": 80.0, "B": 30.0, "C": 10.4, "D": np.nan, "E": 38.0})
    table = gaps(need, ratios(CHILDREN, OFFERS).areas)
    assert table["gap"].fillna(-99).tolist() == [-10.0, 30.0, pytest.approx(0.4), -99, 38.0]
    assert table["finding"].tolist() == ["surplus", "open", "even", "unknown", "short"]
    assert FINDING_LABEL["open"] == "Lücke möglich, Platzzahlen fehlen"
    assert set(table["finding"]) <= set(FINDING_LABEL)


def test_a_surplus_is_certain_even_where_numbers_are_missing():
    offers = pd.DataFrame([("A", 60, 60, 60), ("A", None, None, None)], columns=COLUMNS)
    areas = ratios(pd.Series({"A": 100}), offers).areas
    assert gaps(pd.Series({"A": 50.0}), areas)["finding"].tolist() == ["surplus"]
    assert gaps(pd.Series({"A": 70.0}), areas)["finding"].tolist() == ["open"]
    assert gaps(pd.Series({"Z": 70.0}), areas)["finding"].tolist() == ["unknown"]


def test_no_light_without_a_target():
    target = Target("kita", 0, 6, 0.8, "plan", "Kita-Plan 2024")
    assert light(0.5, None) is None and light(float("nan"), target) is None
    found = light(0.5, target)
    assert found is not None and (found.state, found.label) == ("short", "Planung: Kita-Plan 2024")
    assert [light(r, target).state for r in (0.8, 0.83, 0.84, 0.85)] == ["even", "even", "even", "surplus"]
    with pytest.raises(SupplyError):
        light(0.5, target, margin=-0.1)
