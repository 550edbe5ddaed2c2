"""Grid cells say where in their area the children live: worked numbers on the mini city, and nothing for the committee."""

from dataclasses import replace

import minicity
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raumblick.answers.access import OWN, Question, access, spread
from raumblick.answers.ground import Ground, ground, homes
from raumblick.answers.supply import children_of, reach_of, supply_of
from raumblick.snapshot.store import open_store

PLANNED = "Die Kinder eines Gebiets sind darin so verteilt wie in: Ministatistik (15.05.2022)."
PUBLIC = "Die Kinder sind gleichmäßig über ihr Gebiet verteilt; "
PUBLIC += "Gitterzellen, die es genauer sagen, werden nur in der Planung benutzt."


@pytest.fixture(scope="module")
def stores(cells_home):
    return {view: open_store(cells_home, "mini", view) for view in ("planung", "ausschuss")}


@pytest.fixture(scope="module")
def base(stores) -> Ground:
    return ground(stores["planung"])


def counted(store) -> pd.DataFrame:
    return children_of(store, "ortsteil", 0, 6)[0]["count"].rename("children").reset_index()


def test_children_live_in_the_cells_and_evenly_where_there_is_none(base, stores):
    found = homes(base, counted(stores["planung"]))
    cells = found.points[found.points["basis"] == "cell"]
    assert cells["area_id"].tolist() == ["00", "00", "01"]
    np.testing.assert_allclose(cells["children"], [63.0, 21.0, 104.0])  # 84 as 3 to 1; 104 in the one cell that says a number
    even = found.points[found.points["basis"] == "even"]
    assert set(even["area_id"]) == set(minicity.AREAS[2:])
    assert [n.message for n in found.notes] == ["6 Gebiete ohne Wohnorte der Kinder: Dort sind sie gleichmäßig verteilt."]


def test_only_the_cell_beside_the_kita_reaches_it(base, stores):
    found = reach_of(stores["planung"], supply_of(stores["planung"], "kita", "ortsteil"), 300.0, base=base)
    rows = found.areas.loc[["00", "01"]]
    np.testing.assert_allclose(rows["access"], [60 / 84, 60 / 104])  # 60 places for 63 of 84 children, and for all 104
    np.testing.assert_allclose(rows["out_of_reach"], [21.0, 0.0])


def test_the_committee_has_no_cells_and_the_page_says_so(stores):
    assert spread(stores["planung"]) == PLANNED and spread(stores["ausschuss"]) == PUBLIC
    assert len(ground(stores["planung"]).cells) == 5 and not len(ground(stores["ausschuss"]).cells)
    asked = Question("kita", "ortsteil", OWN, 300.0, 0.5)
    seen = {view: access(store, asked) for view, store in stores.items()}
    assert set(seen["ausschuss"].reach.homes.points["basis"]) == {"even"}
    out = [found.areas.set_index("area_id")["out_of_reach"] for found in seen.values()]
    assert out[0]["01"] == 0 < out[1]["01"]
    assert seen["planung"].areas["children"].equals(seen["ausschuss"].areas["children"])


WEIGHT = st.one_of(st.none(), st.just(0.0), st.floats(1e-6, 1e6))


@settings(max_examples=40)
@given(
    cells=st.lists(st.tuples(st.sampled_from(minicity.AREAS[:3]), WEIGHT), max_size=9),
    children=st.lists(st.integers(0, 500), min_size=3, max_size=3),
)
def test_totals_of_areas_are_never_changed_by_cells(base, cells, children):
    frame = pd.DataFrame(cells, columns=["area_id", "weight"]).assign(x=0.0, y=0.0).astype({"weight": float})
    counts = pd.DataFrame({"area_id": minicity.AREAS[:3], "children": children})
    few = replace(base, shapes=base.shapes[base.shapes["area_id"].isin(counts["area_id"])], cells=frame)
    found = homes(few, counts).points
    sums = found.groupby("area_id")["children"].sum().reindex(counts["area_id"], fill_value=0.0)
    np.testing.assert_allclose(sums, children, rtol=1e-9, atol=1e-9)
    for area, weights in frame.groupby("area_id")["weight"]:
        basis = set(found.loc[found["area_id"] == area, "basis"])
        assert basis == ({"cell"} if (weights > 0).any() else {"even"})
