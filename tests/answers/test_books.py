"""The ledger of the demo city: sums exact, forecasts with their band, areas and services that add up."""

import pytest

from raumblick.answers.books import ALL, books, course, years


@pytest.fixture(scope="module")
def running(city):
    return books(city, years(city)[-1])


def test_services_and_areas_add_up_to_the_whole(running):
    for column in ("plan", "amended", "actual", "committed"):
        assert running.services[column].sum() == pytest.approx(running.whole[column], abs=0.01)
    assert running.areas["actual"].sum() <= running.whole["actual"] + 0.01


def test_what_is_available_is_what_is_left(running):
    rows = running.services
    assert (rows["amended"] - rows["actual"] - rows["committed"]).to_numpy() == pytest.approx(rows["available"].to_numpy())


def test_a_running_year_has_a_forecast_inside_its_band_and_above_what_is_booked(running):
    assert running.running and 0 < running.month < 12
    known = running.services.dropna(subset=["forecast"])
    assert len(known) > 10
    assert (known["low"] <= known["forecast"]).all() and (known["forecast"] <= known["high"]).all()
    assert (known["forecast"] >= known["actual"] - 0.01).all()
    assert set(known["colour"]) <= {"grün", "gelb", "rot"} and known["chance"].between(0, 1).all()


def test_a_finished_year_is_its_own_forecast(city):
    done = books(city, years(city)[0])
    assert not done.running
    known = done.services.dropna(subset=["forecast"])
    assert known["forecast"].to_numpy() == pytest.approx(known["actual"].to_numpy())
    assert set(known["colour"]) <= {"grün", "rot"}


def test_the_course_ends_where_the_table_stands(city, running):
    found = course(city, running.year, "period", ALL)
    assert found.months["so_far"].is_monotonic_increasing and len(found.months) == running.month
    assert found.months["so_far"].iloc[-1] == pytest.approx(running.whole["actual"], rel=1e-3)
    assert len(found.before) == 12
    assert course(city, running.year, "period", "heim").amended == running.services.set_index("key").loc["heim", "amended"]
