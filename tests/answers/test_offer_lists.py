"""Offers of the mini city, whose eight Kitas can be counted by hand, and of one with a second carrier and unknowns."""

import math

import minicity
import pandas as pd
import pytest
from homes import settle

from raumblick.answers.offers import (
    NO,
    UNKNOWN,
    YES,
    SupplyError,
    Wish,
    by_area,
    carriers_by_service,
    choices,
    closable,
    closing_cost,
    listing,
    newest_day,
    other_offices,
    pair_names,
)
from raumblick.answers.profile import UnknownAreaError
from raumblick.snapshot.store import open_store

DAY = "2023-12-31"
EAST = 0.02 * 111_320 * math.cos(math.radians(52.007)) * 1.3  # way between two Kitas side by side, metres
NORTH = 0.015 * 111_250 * 1.3


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """The mini city with a second carrier, one unknown, unknown flags, one closed Kita, and a primary school near K00."""
    tables = minicity.frames()
    rows = tables["facility"]
    rows["carrier"] = ["Träger A", "Träger B", None, *["Träger A"] * 5]
    rows["inclusive"] = pd.array([True, False, None, *[True] * 5], dtype="boolean")
    rows["closes"] = [None] * 7 + ["2022-08-01"]
    school = rows.iloc[[0]].assign(facility_id="S0", name="Schule 0", service="grundschule", inclusive=False)
    club = rows.iloc[[0]].assign(facility_id="J0", name="Treff 0", service="okja", carrier="Träger B", inclusive=None)
    tables["facility"] = pd.concat([rows, school, club], ignore_index=True)
    home = tmp_path_factory.mktemp("mixed_home")
    settle(minicity.write_minicity(tmp_path_factory.mktemp("mixed_package"), tables), home)
    return open_store(home, "mini", "planung")


def test_the_whole_city_by_hand(planung):
    found = listing(planung, "mini", DAY, Wish(), 2000.0)
    assert newest_day(planung) == DAY and found.whole and len(found.rows) == 8
    assert found.carriers["carriers"] == 1 and found.carriers["effective"] == 1.0
    assert len(found.pairs) == 6  # two rows of four squares: side by side is near, above each other is not
    assert found.pairs["distance_m"].to_numpy() == pytest.approx(EAST, rel=5e-3)
    assert found.pairs["same_carrier"].all()
    assert len(listing(planung, "mini", DAY, Wish(), NORTH * 1.01).pairs) == 6 + 4
    assert found.questions[0].text == "8 Angebote von 1 Träger: Kindertageseinrichtung (8)."


def test_an_area_knows_the_pairs_over_its_border(planung):
    found = listing(planung, "03", DAY, Wish(), 2500.0)
    assert not found.whole and list(found.rows["facility_id"]) == ["K03"]
    names = pair_names(planung, found)
    beside = [["Kita 02", "Kita 03", "ja"], ["Kita 03", "Kita 07", "ja"]]
    assert names[["name", "other_name", "same"]].to_numpy().tolist() == beside
    assert len(listing(planung, "B0", DAY, Wish(), 2500.0).rows) == 4


@pytest.mark.parametrize(
    ("wish", "ids"),
    [
        (Wish(service="grundschule"), ["S0"]),
        (Wish(carrier="Träger B"), ["K01", "J0"]),
        (Wish(carrier=UNKNOWN), ["K02"]),
        (Wish(inclusive=NO), ["K01", "S0"]),
        (Wish(inclusive=UNKNOWN), ["K02", "J0"]),
        (Wish(service="kita", inclusive=YES), ["K00", "K03", "K04", "K05", "K06"]),
        (Wish(barrier_free=YES), []),
        (Wish(service="gibt es nicht"), []),
    ],
)
def test_wishes(mixed, wish, ids):
    assert set(listing(mixed, "mini", DAY, wish, 500.0).rows["facility_id"]) == set(ids)


def test_a_day_decides_what_is_open(mixed):
    assert "K07" not in set(listing(mixed, "mini", DAY, Wish(), 500.0).rows["facility_id"])
    assert "K07" in set(listing(mixed, "mini", "2022-07-31", Wish(), 500.0).rows["facility_id"])
    with pytest.raises(SupplyError, match="kein Datum"):
        listing(mixed, "mini", "gestern", Wish(), 500.0)
    with pytest.raises(UnknownAreaError):
        listing(mixed, "zz", DAY, Wish(), 500.0)


def test_carriers_and_areas(mixed):
    found = listing(mixed, "mini", DAY, Wish(), 500.0)
    rows = carriers_by_service(found).set_index("service_name")
    kita = rows.loc["Kindertageseinrichtung"]
    assert (kita["offers"], kita["carriers"], kita["largest"], kita["unknown"]) == (7, 2, "Träger A", 1)
    assert kita["effective"] == pytest.approx(1 / ((5 / 6) ** 2 + (1 / 6) ** 2))
    areas = by_area(mixed, "bezirk", DAY, Wish()).set_index("area_id")
    assert areas["offers"].to_dict() == {"B0": 6, "B1": 3}
    assert areas.loc["B0", "inclusive"] == pytest.approx(2 / 4) and areas.loc["B0", "inclusive_unknown"] == 2
    nothing = by_area(mixed, "ortsteil", DAY, Wish(carrier="niemand"))
    assert (nothing["offers"] == 0).all() and nothing["inclusive"].isna().all() and len(nothing) == 8
    assert carriers_by_service(listing(mixed, "mini", DAY, Wish(carrier="niemand"), 500.0)).empty


def test_other_offices_at_the_door(mixed):
    whole = other_offices(mixed, listing(mixed, "mini", DAY, Wish(), 500.0), 500.0)
    assert len(whole) == 1  # school and club share ages, the Kita (under 6) does not
    assert set(whole.loc[0, ["office", "other_office"]]) == {"Schule", "Jugendamt"} and whole.loc[0, "pairs"] == 1
    club = other_offices(mixed, listing(mixed, "00", DAY, Wish(service="okja"), 500.0), 500.0)
    assert club[["office", "other_office"]].to_numpy().tolist() == [["Jugendamt", "Schule"]]
    assert other_offices(mixed, listing(mixed, "05", DAY, Wish(), 500.0), 500.0).empty


def test_what_a_closing_costs(planung, mixed):
    found = listing(planung, "mini", DAY, Wish(), 500.0)
    assert len(closable(planung, found)) == 8
    lost = closing_cost(planung, "K00", DAY, "ortsteil", 500.0)
    assert lost.places == 60 and lost.losing == lost.without > 0 and lost.kept == 0.0  # nobody else is within 500 m
    assert list(lost.areas["area_id"]) == ["00"] and lost.areas["lost"].sum() == pytest.approx(60)
    wide = closing_cost(planung, "K00", DAY, "ortsteil", 3000.0)
    assert wide.losing > lost.losing and wide.without < wide.losing and 0 < wide.kept < 1
    assert "S0" not in set(closable(mixed, listing(mixed, "mini", DAY, Wish(), 500.0))["facility_id"])


def test_names_of_services_and_carriers(mixed):
    services, carriers = choices(mixed)
    assert set(services) == {"kita", "grundschule", "okja"} and carriers == ("Träger A", "Träger B")
