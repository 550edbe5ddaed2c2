import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from town import FEW, distances, offers, people, towns

from raumblick.supply.errors import SupplyError
from raumblick.supply.overlap import closing, concentration, interfaces, jaccard, pairs_within, parallel
from raumblick.supply.reach import reach

OFFERS = pd.DataFrame(
    [
        ("a", "okja", "T1", 6, 27, 0.0, 0.0, "Jugendamt"),
        ("b", "okja", "T1", 12, 18, 300.0, 400.0, "Jugendamt"),  # 500 m from a
        ("c", "okja", None, 0, 6, 0.0, 10.0, "Jugendamt"),  # other ages
        ("d", "okja", "T2", 14, None, 0.0, 900.0, None),
        ("e", "okja", "T2", 6, 27, np.nan, 0.0, "Jugendamt"),  # nowhere
        ("f", "gymnasium", "Stadt", 10, 19, 0.0, 100.0, "Schule"),
    ],
    columns=["facility_id", "service", "carrier", "age_from", "age_to", "x", "y", "office"],
)


def test_parallel_offers_by_hand():
    found = parallel(OFFERS, 500.0)
    assert list(zip(found["facility_id"], found["other_id"], found["distance_m"], strict=True)) == [("a", "b", 500.0)]
    assert found["same_carrier"].tolist() == [True]
    wider = parallel(OFFERS, 1000.0, detour=1.1)
    assert set(zip(wider["facility_id"], wider["other_id"], strict=True)) == {("a", "b"), ("a", "d"), ("b", "d")}
    assert wider["distance_m"].is_monotonic_increasing and wider["distance_m"].max() == pytest.approx(990.0)
    assert parallel(OFFERS.iloc[:1], 500.0).empty


def test_interfaces_are_other_offices_for_the_same_ages():
    found = interfaces(OFFERS, 1000.0)
    assert set(zip(found["facility_id"], found["other_id"], strict=True)) == {("a", "f"), ("b", "f")}
    assert found["office"].tolist() == ["Jugendamt"] * 2 and found["other_office"].tolist() == ["Schule"] * 2
    assert found["distance_m"].iloc[0] == 100.0


@FEW
@given(towns())
def test_pairs_are_those_of_a_plain_search(case):
    _, supply, radius, _ = case
    one, two, way = pairs_within(supply, radius)
    away = distances(supply, supply)
    expected = {(i, j) for i in range(len(supply)) for j in range(i + 1, len(supply)) if away[i, j] <= radius * (1 + 1e-12)}
    assert set(zip(one.tolist(), two.tolist(), strict=True)) == expected and len(one) == len(expected)
    np.testing.assert_allclose(way, away[one, two])


def test_concentration_by_hand():
    rows = pd.DataFrame(
        [("X", "T1", 50), ("X", "T2", 25), ("X", "T2", 25), ("Y", "T1", 10), ("Y", None, 10), ("Y", "T3", None), ("Z", None, 1)],
        columns=["area_id", "carrier", "places"],
    )
    found = concentration(rows, ["area_id"], "places")
    assert found.loc["X", "effective"] == pytest.approx(2.0) and found.loc["X", "share"] == 0.5 and found.loc["X", "gini"] == 0.0
    assert found.loc["Y", "effective"] == 1.0 and found.loc["Y", "unknown"] == 2 and found.loc["Y", "largest"] == "T1"
    assert found.loc["Z", "carriers"] == 0 and np.isnan(found.loc["Z", "effective"])
    whole = concentration(rows)
    assert whole.loc["alle", "effective"] == pytest.approx(1 / (0.4**2 + 0.4**2 + 0.2**2)) and whole.loc["alle", "unknown"] == 2
    assert concentration(rows.assign(service="k"), ["area_id", "service"]).index.names == ["area_id", "service"]
    assert concentration(rows.iloc[:0], ["area_id"]).empty


@given(st.lists(st.integers(1, 100), min_size=1, max_size=12))
def test_effective_carriers_lie_between_one_and_all(sizes):
    rows = pd.DataFrame({"carrier": [f"T{i}" for i in range(len(sizes))], "places": sizes})
    effective = concentration(rows, weight="places").loc["alle", "effective"]
    assert 1 - 1e-9 <= effective <= len(sizes) + 1e-9
    if len(set(sizes)) == 1:
        assert effective == pytest.approx(len(sizes))


DEMAND = people(("p", 0.0, 0.0, 60.0), ("q", 1000.0, 0.0, 30.0), ("r", 2000.0, 0.0, 10.0))
SUPPLY = offers(("k1", 0.0, 0.0, 45.0), ("k2", 1000.0, 0.0, 20.0), ("k3", 2000.0, 0.0, np.nan), ("k4", 9000.0, 0.0, 5.0))


def test_catchments_that_overlap_by_hand():
    """k1 sees p, q (90); k2 all (100); k3 q, r (40): k1 and k2 share 90 of 100, k2 and k3 40 of 100, k1 and k3 30 of 100."""
    for decay in ("binary", "gaussian"):
        found = jaccard(reach(DEMAND, SUPPLY, 1001.0, decay))
        rows = list(zip(found["facility_id"], found["other_id"], found["shared"], found["jaccard"], strict=True))
        assert rows == [("k1", "k2", 90.0, 0.9), ("k2", "k3", 40.0, 0.4), ("k1", "k3", 30.0, 0.3)]


@FEW
@given(towns())
def test_catchments_are_those_of_a_plain_loop(case):
    demand, supply, radius, _ = case
    seen = distances(demand, supply) <= radius
    children = demand["children"].to_numpy()
    found = jaccard(reach(demand, supply, radius, "binary"))
    expected = {}
    for i in range(len(supply)):
        for j in range(i + 1, len(supply)):
            shared = children[seen[i] & seen[j]].sum()
            if shared > 0:
                expected[f"f{i}", f"f{j}"] = shared / children[seen[i] | seen[j]].sum()
    assert dict(zip(zip(found["facility_id"], found["other_id"], strict=True), found["jaccard"], strict=True)) == pytest.approx(
        expected
    )


def test_what_the_closing_of_an_offer_costs():
    """p and q share k1 (45/90), all three share k2 (20/100). Without k1 p keeps 0.2 of 0.7, q too."""
    result = reach(DEMAND, SUPPLY, 1001.0, "binary")
    found = closing(result, "k1")
    assert found.places == 45.0 and found.losing == 90.0 and found.without == 0.0
    assert found.kept == pytest.approx(0.2 / 0.7)
    area = found.by_area(pd.Series(["X", "Y", "Y"], ["p", "q", "r"]))
    assert area.loc["X", "lost"] == pytest.approx(30.0) and list(area.index) == ["X", "Y"]
    last = closing(reach(DEMAND, SUPPLY.iloc[:1], 500.0, "binary"), "k1")
    assert last.without == 60.0 and last.kept == 0.0
    nobody = closing(result, "k4")
    assert nobody.losing == 0.0 and np.isnan(nobody.kept)
    with pytest.raises(SupplyError, match="keine Platzzahl"):
        closing(result, "k3")
    with pytest.raises(SupplyError, match="gibt es nicht"):
        closing(result, "k9")


@FEW
@given(towns())
def test_closing_takes_away_what_was_reached(case):
    demand, supply, radius, decay = case
    result = reach(demand, supply, radius, decay)
    for key in supply["facility_id"]:
        found = closing(result, key)
        lost = ((found.points["before"] - found.points["after"]) * found.points["children"]).sum()
        assert lost == pytest.approx(found.places if result.seen[key] > 0 else 0.0, abs=1e-8)


def test_refused():
    with pytest.raises(SupplyError, match="Radius"):
        parallel(OFFERS, 0.0)
    with pytest.raises(SupplyError, match="office"):
        interfaces(OFFERS.drop(columns="office"), 100.0)
