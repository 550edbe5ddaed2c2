"""Versorgung on the mini city, whose numbers can be checked by hand, and on the demo city."""

import math
from dataclasses import replace

import minicity
import numpy as np
import pandas as pd
import pytest

from raumblick.answers.ground import ground, homes, plane_of
from raumblick.answers.supply import (
    children_of,
    history,
    in_level,
    newest_day,
    reach_of,
    service_of,
    services,
    supply_of,
)
from raumblick.snapshot.store import open_store
from raumblick.supply.errors import SupplyError
from raumblick.supply.projection import project


def children(area: int, year: int = 2023) -> int:
    """Children under 6 of an area of the mini city, both sexes."""
    return 2 * (40 + 10 * area + (year - 2021))


def test_every_area_by_hand(planung):
    found = supply_of(planung, "kita", "ortsteil")
    assert (found.day, found.population_date) == ("2023-12-31", "2023-12-31")
    assert list(found.areas["area_id"]) == minicity.AREAS and found.areas["name"].iloc[0] == "Ortsteil 00"
    np.testing.assert_allclose(found.areas["supply"], [60 / children(i) for i in range(8)])
    np.testing.assert_allclose(found.areas["occupancy"], 50 / 58)
    assert found.city["places"] == 480 and found.city["children"] == sum(children(i) for i in range(8))
    assert found.areas["care"].isna().all() and "need" not in found.areas
    assert found.notes == ()


@pytest.mark.parametrize("level", ["ortsteil", "bezirk", "stadt"])
def test_levels_add_up(planung, level):
    found = supply_of(planung, "kita", level)
    assert found.areas["places"].sum() == 480 and found.areas["children"].sum() == found.city["children"]


def test_gaps_against_a_target_of_a_kind(planung):
    found = supply_of(planung, "kita", "ortsteil")
    assert found.targets == () and found.chosen == ()
    with pytest.raises(SupplyError, match="kein Zielwert dieser Art"):
        supply_of(planung, "kita", "ortsteil", target_kind="law")


def test_a_day_without_offers_and_another_year(planung):
    found = supply_of(planung, "kita", "ortsteil", day="2019-01-01")
    assert found.city["places"] == 480  # the offers have no opening day
    assert found.notes[-1].message == "Die Angebote sind vom 01.01.2019, die Kinder vom 31.12.2023."


def test_the_list_of_services(planung):
    found = services(planung)
    assert [(s.key, s.offers, s.with_places, s.age_from) for s in found] == [("kita", 8, 8, 0)]
    assert service_of(planung, "kita").name == "Kindertageseinrichtung"
    with pytest.raises(SupplyError, match="keine Angebote der Leistung „heim“"):
        service_of(planung, "heim")


def test_children_of_an_age_group(planung):
    found, date = children_of(planung, "bezirk", 0, 6)
    assert date == "2023-12-31" and found["count"].to_dict() == {
        "B0": sum(children(i) for i in range(4)), "B1": sum(children(i) for i in range(4, 8)),
    }  # fmt: skip
    assert children_of(planung, "bezirk", 3, 6)[0]["estimated"].all()
    assert children_of(planung, "bezirk", 0, None)[0]["count"].isna().all()


def test_offers_lie_on_the_plane_and_in_their_areas(planung):
    found = ground(planung)
    assert found.plane.epsg == 32632
    assert list(found.offers["point_area"]) == minicity.AREAS and set(found.offers["place"]) == {"ok"}
    lon, lat = found.plane.degrees(found.offers["x"], found.offers["y"])
    np.testing.assert_allclose(lon, found.offers["lon"].astype(float), atol=1e-9)
    east = found.offers["x"].iloc[1] - found.offers["x"].iloc[0]
    assert east == pytest.approx(0.02 * 111_320 * math.cos(math.radians(52.007)), rel=2e-3)


def test_planes_of_places():
    assert plane_of([13.4, None]).epsg == 32633 and plane_of([6.9]).epsg == 32632 and plane_of([]).epsg == 32632
    assert np.isnan(plane_of([9.0]).metres([np.nan], [52.0])[0]).all()


def test_levels_of_offers_are_found_by_climbing(planung):
    found = in_level(planung, "bezirk", pd.Series(["05", "B0", "mini", None, "fremd"]))
    assert [None if pd.isna(a) else a for a in found] == ["B1", "B0", None, None, None]


def test_children_are_spread_evenly_and_that_is_said(planung):
    base = ground(planung)
    found = homes(base, children_of(planung, "ortsteil", 0, 6)[0]["count"].rename("children").reset_index())
    sums = found.points.groupby("area_id")["children"].sum()
    np.testing.assert_allclose(sums, [children(i) for i in range(8)])
    assert set(found.points["basis"]) == {"even"} and found.notes[0].code == "even_spread"
    cells = pd.DataFrame({"area_id": ["00", "01"], "x": base.offers["x"][:2], "y": base.offers["y"][:2], "weight": [1, 1]})
    real = homes(replace(base, cells=cells), pd.DataFrame({"area_id": ["00", "01", "02"], "children": [5, 6, 7]}))
    assert real.points["children"][:2].tolist() == [5.0, 6.0] and list(real.points["basis"][:2]) == ["cell", "cell"]
    rest = real.points[2:]
    assert set(rest["area_id"]) == {"02"} and set(rest["basis"]) == {"even"} and rest["children"].sum() == pytest.approx(7.0)
    assert real.notes[0].message == "1 Gebiet ohne Wohnorte der Kinder: Dort sind sie gleichmäßig verteilt."


def test_reach_hands_out_all_places(planung):
    supply = supply_of(planung, "kita", "bezirk")
    for radius in (800.0, 3000.0, 50_000.0):
        found = reach_of(planung, supply, radius)
        assert (found.areas["access"] * found.areas["children"]).sum() == pytest.approx(480.0)
        assert list(found.areas.index) == ["B0", "B1"]
    np.testing.assert_allclose(found.areas["access"], 480 / supply.city["children"], rtol=0.02)


@pytest.fixture(scope="module")
def broken(odd_home):
    """The mini city with every kind of odd offer."""
    return open_store(odd_home, "mini", "planung")


def test_odd_facilities_have_an_answer_and_a_note(broken):
    found = supply_of(broken, "kita", "ortsteil", target_kind="plan")
    notes = {n.code: n for n in found.notes}
    assert {code: n.ids for code, n in notes.items() if n.ids} == {
        "no_point": ("K00",), "outside": ("K01",), "mismatch": ("K02",), "coming": ("K07",), "gone": ("K05",),
    }  # fmt: skip
    assert notes["places_unknown"].count == 1 and notes["occupancy_unknown"].count == 1
    areas = found.areas.set_index("area_id")
    assert areas["places"].fillna(-1).to_dict() == {"00": 60, "01": 60, "02": 0, "03": 0, "04": -1, "05": 0, "06": 60, "07": 60}
    assert [t.label for t in found.chosen] == ["Planung: Kita-Plan 2023"]
    np.testing.assert_allclose(areas["need"], [children(i) / 2 for i in range(8)])
    assert areas["finding"].to_dict() == {
        "00": "surplus", "01": "surplus", "02": "short", "03": "short", "04": "open", "05": "short", "06": "short", "07": "short",
    }  # fmt: skip
    reached = reach_of(broken, found, 3000.0)
    codes = {n.code: n for n in reached.notes}
    assert codes["unplaced"].ids == ("K00",) and codes["places_unknown"].ids == ("K04",) and codes["no_places"].ids == ("K03",)
    assert codes["reaches_nobody"].ids == ("K01",) and codes["reaches_nobody"].amount == 60.0
    handed = (reached.areas["access"] * reached.areas["children"]).sum()
    assert handed == pytest.approx(found.city["places"] - 60 - 60)  # without K00 and K01


def test_the_committee_sees_the_same_areas(planung, ausschuss):
    inside, outside = (supply_of(store, "kita", "ortsteil") for store in (planung, ausschuss))
    pd.testing.assert_frame_equal(inside.areas, outside.areas)  # nothing here is below the threshold


@pytest.fixture(scope="module")
def musterstadt(city_home):
    return open_store(city_home, "musterstadt", "planung")


def test_the_demo_city(musterstadt):
    base = ground(musterstadt)
    keys = {s.key for s in services(musterstadt)}
    assert {"kita_u3", "kita_36", "okja", "hort"} <= keys
    assert newest_day(base, "kita_36") == "2025-12-31"
    found = supply_of(musterstadt, "kita_36", "ortsteil", target_kind="law", base=base)
    assert len(found.areas) == 63 and 0.8 < found.city["supply"] < 1.2 and 0.7 < found.city["occupancy"] < 1.0
    assert {"coming", "gone"} <= {n.code for n in found.notes}
    assert {"short", "surplus"} <= set(found.areas["finding"])
    assert found.areas["need"].sum() == pytest.approx(found.city["children"])
    reached = reach_of(musterstadt, found, 1500.0, base=base)
    assert reached.areas["access"].std() < found.areas["supply"].std()  # neighbours even out
    assert reached.result.mean == pytest.approx(found.city["places"] / found.city["children"], rel=0.02)
    with_minders = supply_of(musterstadt, "kita_u3", "stadt", also=("kindertagespflege",), base=base)
    assert with_minders.city["places"] > supply_of(musterstadt, "kita_u3", "stadt", base=base).city["places"]


def test_children_of_the_demo_city_to_come(musterstadt):
    found = project(history(musterstadt, "ortsteil"), 3, 6)
    assert found.base_year == 2025 and len(found.areas) == 63 * 5 and found.areas["children"].notna().all()
    assert found.areas.loc[found.areas["year"] == 2026, "low"].notna().all()
    today = children_of(musterstadt, "ortsteil", 3, 6)[0]["count"].sum()
    assert found.city["children"].between(0.6 * today, 1.4 * today).all()
