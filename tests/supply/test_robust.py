import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from town import FEW, offers, people, town, towns

from raumblick.supply.errors import SupplyError
from raumblick.supply.reach import by_area, reach
from raumblick.supply.robust import RADII, inequality, robust_gaps, vanished, variants

DEMAND = people(("a", 0.0, 0.0, 100.0), ("b", 800.0, 0.0, 50.0), ("c", 5000.0, 0.0, 30.0), ("d", np.nan, 0.0, 5.0))
AREA = pd.Series(["X", "X", "Y", "Z"], ["a", "b", "c", "d"])
CHILDREN = DEMAND.set_index("demand_id")["children"]


@FEW
@given(towns())
def test_every_variant_is_the_reach_of_its_own(case):
    demand, supply, _, _ = case
    table = variants(demand, supply)
    assert table.shape == (len(demand), 12)
    for radius, decay in table.columns:
        np.testing.assert_allclose(table[radius, decay], reach(demand, supply, radius, decay).access, rtol=1e-9, atol=1e-12)


def test_order_of_radii_and_a_detour():
    demand, supply = town(80, 20, 2)
    supply.loc[0, "x"], supply.loc[1, "places"] = np.nan, np.nan
    table = variants(demand, supply, (900.0, 400.0), ("gaussian",), detour=1.3)
    assert list(table.columns) == [(900.0, "gaussian"), (400.0, "gaussian")]
    for radius in (900.0, 400.0):
        np.testing.assert_allclose(table[radius, "gaussian"], reach(demand, supply, radius, "gaussian", 1.3).access, atol=1e-12)


def test_gaps_are_counted_by_hand():
    """The offer at c reaches only c within 4 km, so X has a gap in all variants; c has 20/30 = 0.67 in all of them."""
    found = robust_gaps(variants(DEMAND, offers(("k", 5000.0, 0.0, 20.0))), CHILDREN, AREA, 0.5)
    assert found.variants == len(RADII) * 2 == 12
    assert found.areas.loc["X", ["gaps", "known"]].tolist() == [12, 12]
    assert found.areas.loc["Y", "gaps"] == 0 and found.areas.loc["Y", "least"] == pytest.approx(2 / 3)
    assert found.areas.loc["Z", ["gaps", "known"]].tolist() == [0, 0]
    assert found.sentence("X") == "Lücke in 12 von 12 Varianten."
    assert "keine Kinder" in found.sentence("Z")


def test_area_means_are_those_of_reach_and_targets_may_differ():
    demand, supply = town(120, 15, 5)
    area = pd.Series(np.arange(120) % 7, demand["demand_id"]).astype(str)
    children = demand.set_index("demand_id")["children"]
    table = variants(demand, supply, (1000.0,), ("gaussian",))
    found = robust_gaps(table, children, area, pd.Series({"0": 0.0, "1": 1e9}))
    np.testing.assert_allclose(
        found.access[1000.0, "gaussian"], by_area(reach(demand, supply, 1000.0, "gaussian"), area)["access"]
    )
    assert found.areas.loc["0", "gaps"] == 0 and found.areas.loc["1", "gaps"] == 1
    assert (found.areas.loc[["2", "3", "4", "5", "6"], "gaps"] == 0).all()  # no target, no gap


def test_refused():
    with pytest.raises(SupplyError, match="keine Variante"):
        variants(DEMAND, offers(("k", 0.0, 0.0, 1.0)), ())
    with pytest.raises(SupplyError, match="nicht negativ"):
        robust_gaps(variants(DEMAND, offers(("k", 0.0, 0.0, 1.0))), CHILDREN, AREA, -0.1)


def test_inequality_of_access():
    access, children = pd.Series([0.0, 1.0], list("ab")), pd.Series([10.0, 30.0], list("ab"))
    found = inequality(
        access, children, target=0.5, deprivation=pd.Series([2.0, 1.0], list("ab")), groups=pd.Series(["p", "q"], list("ab"))
    )
    assert found.gini == pytest.approx(0.25)  # the lower quarter has nothing
    assert found.concentration == pytest.approx(0.25)  # and it is the deprived one
    assert found.below == 0.25 and found.gap == 0.25 and found.severity == 0.25
    assert found.theil.between == pytest.approx(found.theil.total)
    plain = inequality(access, children)
    assert np.isnan(plain.below) and np.isnan(plain.concentration)


def test_gaps_that_vanish_with_neighbours():
    own = pd.Series({"A": 0.2, "B": 0.9, "C": 0.1, "D": np.nan, "E": 0.3})
    reached = pd.Series({"A": 0.6, "B": 0.4, "C": 0.3, "D": 0.9, "E": np.nan})
    assert vanished(own, reached, 0.5) == (2, 1)
