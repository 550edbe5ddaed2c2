import numpy as np
import pandas as pd
import pytest

from raumblick.supply.errors import SupplyError
from raumblick.supply.outlook import need_to_come, places_to_come, with_housing

AREAS = pd.DataFrame(
    [
        ("A", 2026, 100.0, 90.0, 110.0),
        ("A", 2027, 120.0, 100.0, 140.0),
        ("B", 2026, 50.0, np.nan, np.nan),
        ("C", 2026, np.nan, np.nan, np.nan),
    ],
    columns=["area_id", "year", "children", "low", "high"],
)
HOUSING = pd.DataFrame(
    [("A", 2027, 200, 0.2, "sure"), ("B", 2026, 100, 0.1, "planned"), ("B", 2026, 10, 0.5, "sure")],
    columns=["area_id", "year", "dwellings", "children_per_dwelling", "status"],
)
FACILITIES = pd.DataFrame(
    [
        ("f1", "A", 80, None, None),
        ("f2", "A", 20, None, "2027-08-01"),
        ("f3", "B", 60, "2027-01-01", None),
        ("f4", "B", None, None, None),
    ],
    columns=["facility_id", "home_area", "places_licensed", "opens", "closes"],
)
PLANS = pd.DataFrame(
    [("A", 2027, 15, "planned"), ("A", 2026, 30, "idea"), ("B", 2026, 5, "sure"), ("C", 2026, -10, "sure")],
    columns=["area_id", "year", "places", "status"],
)


def test_housing_adds_children_from_its_year_on():
    found = with_housing(AREAS, HOUSING)
    assert found["housing"].tolist() == [0.0, 40.0, 5.0, 0.0]
    assert found["children"].fillna(-1).tolist() == [100.0, 160.0, 55.0, -1]
    assert found.loc[1, ["low", "high"]].tolist() == [140.0, 180.0]
    assert with_housing(AREAS, HOUSING, ("sure", "planned"))["housing"].tolist() == [0.0, 40.0, 15.0, 0.0]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"status": "vielleicht"}, "Stand „vielleicht“"),
        ({"status": None}, "fehlt der Stand"),
        ({"area_id": "Z"}, "Gebiet „Z“"),
        ({"dwellings": np.nan}, "fehlt eine Zahl"),
        ({"dwellings": -5}, "negative"),
    ],
)
def test_housing_that_cannot_be_right(change, text):
    with pytest.raises(SupplyError, match=text):
        with_housing(AREAS, HOUSING.assign(**change))


def test_places_open_and_close():
    found = places_to_come(FACILITIES, (2026, 2027), PLANS).set_index(["area_id", "year"])
    assert found.loc[("A", 2026)].tolist() == [100, 100, 130, 0]
    assert found.loc[("A", 2027)].tolist() == [80, 95, 125, 0]  # f2 has closed, the planned ones are there
    assert found.loc[("B", 2026)].tolist() == [5, 5, 5, 1]
    assert found.loc[("B", 2027)].tolist() == [65, 65, 65, 1]
    assert found.loc[("C", 2026)].tolist() == [0, 0, 0, 0]  # never fewer than none
    assert places_to_come(FACILITIES, (2026,)).set_index("area_id").loc["A", "idea"] == 100
    assert places_to_come(FACILITIES, ()).empty
    with pytest.raises(SupplyError, match="möglich sind sicher, geplant und Idee"):
        places_to_come(FACILITIES, (2026,), PLANS.assign(status="x"))


def test_need_under_several_quotas():
    places = places_to_come(FACILITIES, (2026, 2027), PLANS)
    found = need_to_come(AREAS, {"heute": 0.8, "Ausbau": 1.5}, places).set_index(["scenario", "area_id", "year"])
    a = found.loc[("heute", "A", 2026)]
    assert (a["need"], a["need_low"], a["need_high"]) == (80.0, 72.0, 88.0)
    assert (a["gap"], a["gap_planned"], a["gap_idea"], a["finding"]) == (-20.0, -20.0, -50.0, "surplus")
    assert found.loc[("heute", "A", 2027), "finding"] == "risk"  # 80 to 112 against 80 sure places
    assert found.loc[("Ausbau", "A", 2026), "finding"] == "short"  # at least 135 against 130 with all ideas
    assert found.loc[("heute", "B", 2026), "finding"] == "short" and found.loc[("heute", "B", 2026), "unknown"] == 1
    assert found.loc[("heute", "C", 2026), "finding"] == "unknown"
    even = need_to_come(AREAS.iloc[:1], {"x": 1.0}, pd.DataFrame([("A", 2026, 110, 110, 110, 0)], columns=places.columns))
    assert even["finding"].tolist() == ["enough"]
    for quotas in ({}, {"x": -0.1}, {"x": float("nan")}):
        with pytest.raises(SupplyError, match="Quote"):
            need_to_come(AREAS, quotas, places)
