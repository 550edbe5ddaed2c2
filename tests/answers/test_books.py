"""The ledger of the demo city: sums exact, forecasts with their band, areas and services that add up."""

import pytest

from raumblick.answers.books import ALL, MISS_YEARS, _forecast, books, course, years
from raumblick.answers.planned import book
from raumblick.answers.second import second
from raumblick.answers.split import SPLITS, oddities, split, whole


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
    found = course(city, running, ALL)
    assert found.months["so_far"].is_monotonic_increasing and len(found.months) == running.month
    assert found.months["so_far"].iloc[-1] == pytest.approx(running.whole["actual"], rel=1e-3)
    assert len(found.before) == 12
    assert course(city, running, "heim").amended == running.services.set_index("key").loc["heim", "amended"]


def test_the_usual_miss_makes_no_forecast_worse(city):
    """Back-test: what the demo city's forecasts of finished years would have said in their first months, both ways."""
    lines = book(city)
    monthly = lines.lines[(lines.lines["side"] == "expense") & (lines.lines["month"] > 0)]
    plain, usual = {}, {}
    for year in years(city)[-3:-1]:
        done = books(city, year).services
        for row in done[(done["amended"] > 0) & done["miss"].notna()].itertuples():
            own = monthly[monthly["service"] == row.key]
            for expected, found in ((row.amended, plain), (row.amended * (1 + row.miss), usual)):
                for month in (1, 4):
                    error = abs(_forecast(own, expected, 0.0, year, month)[0] / row.actual - 1)
                    found.setdefault(month, []).append(error)
    for month in (1, 4):
        assert len(usual[month]) > 40 and sum(usual[month]) < 0.95 * sum(plain[month])


def test_a_miss_needs_finished_years_before_and_only_these(city, running):
    early = books(city, years(city)[MISS_YEARS - 1]).services["miss"]
    assert len(early) and early.isna().all()
    rows = running.services.set_index("key")
    past = [books(city, year).services.set_index("key").loc["heim"] for year in years(city)[:-1]]
    gaps = [row["actual"] / row["amended"] - 1 for row in past]
    assert rows.loc["heim", "miss"] == pytest.approx(sum(gaps) / len(gaps)) and rows.loc["heim", "miss_years"] == len(gaps)


def test_areas_say_how_often_their_budget_was_kept(running):
    rows = running.areas
    assert len(rows) == 7 and (rows["kept_years"] == 6).all() and rows["kept"].between(0, 6).all() and rows["key"].is_unique


def test_every_split_adds_up_to_the_cent(city, running):
    sums = {by: whole(split(city, running.year, "period", by, "expense")) for by in SPLITS}
    assert all(found.equals(sums["product"]) for found in sums.values())
    assert float(sums["product"]["actual"]) == running.whole["actual"]
    net = whole(split(city, running.year, "period", "kind", "net"))
    revenue = whole(split(city, running.year, "period", "kind", "revenue"))
    assert net["plan"] == sums["kind"]["plan"] - revenue["plan"] and revenue["plan"] > 0
    assert {"fallspezifisch", "fallübergreifend", "fallunspezifisch"} <= set(
        split(city, running.year, "period", "kind", "expense")["key"]
    )


def test_what_is_odd_about_the_demo_city_is_said(city):
    said = " ".join(oddities(city))
    assert "Doppelt gebucht?" in said and "Umbenannt?" in said and "holen wohl einen Monat" in said


def test_the_second_opinion_explains_its_difference(city, running):
    found = second(city, running)
    rows = found.rows
    assert rows["total"].to_numpy() == pytest.approx((rows["value"] - rows["books"]).to_numpy())
    assert rows["total"].to_numpy() == pytest.approx((rows["level"] + rows["movement"]).to_numpy())
    assert (rows["low"] <= rows["value"]).all() and (rows["value"] <= rows["high"]).all() and "heim" in set(rows["key"])
    both = rows.set_index("key").loc["heim"]
    assert both["value"] == pytest.approx(both["books"], rel=0.15) and found.sentence.startswith("Aus den Fällen kommen")
    assert second(city, running) is found and second(city, books(city, years(city)[0])) is None
