"""Risk of the plan on the demo city: from cases to a probability and a reserve."""

import minicity
import numpy as np
import pytest
from homes import settle

from raumblick.answers.danger import Assumptions, danger
from raumblick.money.risk import overspending
from raumblick.snapshot.store import open_store


@pytest.fixture(scope="module")
def plain(city):
    return danger(city, Assumptions())


def test_services_add_up_to_the_whole(plain):
    assert plain.mean == pytest.approx(plain.services["mean"].sum())
    assert plain.plan == pytest.approx(plain.services["plan"].sum())
    assert plain.quantiles["P10"] < plain.quantiles["P50"] < plain.quantiles["P95"]
    assert plain.quantiles["P50"] == pytest.approx(plain.mean)
    assert plain.verdict.over == pytest.approx(float(overspending(plain.mean, plain.sd, plain.plan)[0]))


def test_help_in_homes_costs_about_what_it_cost(plain):
    row = plain.services.set_index("service").loc["heim"]
    assert row["stock"] * row["price"] * 12 == pytest.approx(row["mean"], rel=0.1)
    assert 10 < row["months"] < 60


def test_common_shocks_and_more_cases_make_it_riskier(city, plain):
    calm = danger(city, Assumptions(demand_cv=0.0, price_cv=0.0))
    assert calm.sd < plain.sd and calm.mean == pytest.approx(plain.mean)
    worse = danger(city, Assumptions(more_cases=0.2, prices=0.05))
    assert worse.mean > plain.mean and worse.verdict.over > plain.verdict.over


def test_many_reserves_cost_more_than_one_and_safety_costs(city, plain):
    assert plain.alone > plain.pool > 0 and plain.areas == 7
    assert danger(city, Assumptions(level=0.95)).pool > plain.pool


def test_every_stress_costs(plain):
    assert len(plain.stress) == 4 and (plain.stress["extra"] > 0).all() and plain.stress["chance"].between(0, 1).all()
    assert np.isfinite(plain.stress["extra"]).all()


def test_a_city_without_cases_has_no_risk(tmp_path):
    frames = minicity.frames()
    del frames["caseload"]
    settle(minicity.write_minicity(tmp_path / "package", frames), tmp_path / "home")
    store = open_store(tmp_path / "home", "mini", "planung")
    try:
        assert danger(store, Assumptions()) is None
    finally:
        store.close()
