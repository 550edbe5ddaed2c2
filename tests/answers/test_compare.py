"""Areas side by side on one scale, and the areas most like one."""

import numpy as np
import pytest

from raumblick.answers.compare import CORE, alike, comparison
from raumblick.snapshot.store import open_store

DEVIATION = 22.912878474779198  # of 10, 20, ..., 80


@pytest.fixture(scope="module")
def store(need_home):
    return open_store(need_home, "mini", "planung")


def test_every_indicator_is_put_around_the_city(store):
    result = comparison(store, "ortsteil", ("07", "00"))
    assert result.names == {"07": "Ortsteil 07", "00": "Ortsteil 00"}
    rows = result.rows[result.rows["key"] == "sgb2_u15"].set_index("area_id")
    assert list(rows.index) == ["07", "00"]  # in the order asked for
    assert rows.loc["07", "place"] == pytest.approx(35 / DEVIATION)
    assert rows.loc["00", "place"] == pytest.approx(-35 / DEVIATION)
    assert rows.loc["07", "place_low"] == pytest.approx((rows.loc["07", "low"] - 45) / DEVIATION)
    assert (rows.loc["07", "period"], rows.loc["07", "middle"]) == ("2023", "stadt")
    order = [key for key in CORE if key in set(result.rows["key"])]
    assert list(dict.fromkeys(result.rows["key"])) == order


def test_an_indicator_without_intervals_still_has_its_place(planung):
    rows = comparison(planung, "ortsteil", ("01", "06")).rows
    supply = rows[rows["key"] == "kita_cov_u6"]
    assert supply["place"].notna().all()
    assert supply["place_low"].isna().all()


def test_hidden_stays_hidden(ausschuss):
    rows = comparison(ausschuss, "ortsteil", ("00", "05")).rows
    row = rows[(rows["key"] == "sgb2_u15") & (rows["area_id"] == "00")].iloc[0]
    assert row["state"] == "hidden"
    assert np.isnan([row["value"], row["low"], row["place"]]).all()


def test_unknown_areas_are_refused(store):
    for ids in (("99",), ("00", "B0"), ("",)):
        with pytest.raises(KeyError):
            comparison(store, "ortsteil", ids)
    with pytest.raises(KeyError):
        alike(store, "ortsteil", "99")


def test_the_nearest_are_the_next_in_value(store):
    found = alike(store, "ortsteil", "04")
    assert set(found.areas["area_id"].head(2)) == {"03", "05"}
    assert found.areas["distance"].is_monotonic_increasing
    assert found.parts.sum(axis=1).to_numpy() == pytest.approx(np.ones(len(found.areas)))
    step = 10 / DEVIATION
    assert found.differences.loc["05", "Haushalte von Alleinerziehenden"] == pytest.approx(step)
    assert found.differences.loc["05", "Abgänge ohne Hauptschulabschluss"] == pytest.approx(-step)
    assert found.name == "Ortsteil 04"


def test_where_nothing_is_known_nobody_is_alike(store):
    assert alike(store, "stadt", "mini") is None
