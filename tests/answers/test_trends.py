"""Tested trends and the funnel on the city of tests/needcity_home.py: only area 07 moves, from 30 to 80 per cent."""

import numpy as np
import pytest

from raumblick.answers.profile import find_area, series
from raumblick.answers.spread import spread
from raumblick.answers.trends import area_trends, funnel, trend_of
from raumblick.snapshot.store import open_store


@pytest.fixture(scope="module")
def store(need_home):
    return open_store(need_home, "mini", "planung")


def test_an_arrow_stands_only_where_a_number_moves(store):
    result = area_trends(store, "sgb2_u15", "ortsteil")
    rows = result.areas.set_index("area_id")
    assert (result.first, result.last) == ("2018", "2023")
    assert rows["direction"].to_dict() == {f"{n:02d}": int(n == 7) for n in range(8)}
    assert rows.loc["07", "slope"] == pytest.approx(10.0)  # ten percentage points a year
    assert rows.loc["00", "slope"] == pytest.approx(0.0)
    assert rows["tested"].all()


def test_one_area_says_the_same_as_the_table(store):
    rising = trend_of(series(store, "sgb2_u15", find_area(store, "07")))
    assert (rising.direction, rising.tested, rising.first, rising.last) == (1, True, "2018", "2023")
    assert rising.sentence.startswith("Steigt belastbar: +10,0 im Jahr")
    steady = trend_of(series(store, "sgb2_u15", find_area(store, "03")))
    assert (steady.direction, steady.tested) == (0, True)
    assert steady.sentence.startswith("Keine belastbare Veränderung; erkennbar wäre")


def test_few_years_and_kinds_without_counts_have_no_trend(store, planung):
    short = trend_of(series(store, "eingang_speech", find_area(store, "01")))  # 2020 to 2023
    assert (short.direction, short.tested) == (0, False)
    assert "4 von mindestens 5" in short.sentence
    assert area_trends(store, "eingang_speech", "ortsteil") is None
    assert area_trends(planung, "sgb2_u15", "ortsteil") is None  # three years
    assert trend_of(series(planung, "kita_cov_u6", find_area(planung, "01"))).tested is False


def test_a_count_is_tested_without_a_denominator(store):
    result = trend_of(series(store, "pop_u6", find_area(store, "03")))
    assert result.tested is False  # three years of residents
    assert result.direction == 0


def test_the_funnel_agrees_with_the_intervals_of_the_page(store):
    shown = spread(store, "sgb2_u15", "ortsteil", "2023")
    result = funnel(shown)
    assert result.city == pytest.approx(45.0)
    outside = result.areas.set_index("area_id")["beyond"] > 0
    assert outside.to_dict() == (shown.areas.set_index("area_id")["against_city"] != "").to_dict()
    sides = result.areas.set_index("area_id")["side"]
    assert (sides["00"], sides["07"]) == ("below", "above")
    limits = result.limits
    assert (limits["low_998"] <= limits["low_95"]).all() and (limits["high_95"] <= limits["high_998"]).all()
    assert np.ptp(limits["denominator"]) > 0


def test_kinds_without_counts_have_no_funnel(planung):
    assert funnel(spread(planung, "kita_cov_u6", "ortsteil")) is None
    assert funnel(spread(planung, "pop_u6", "ortsteil")) is None
    assert funnel(spread(planung, "sgb2_u15", "bezirk")) is None  # two areas are no funnel
