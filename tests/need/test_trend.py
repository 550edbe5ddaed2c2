"""Trends: level on constant series, power, detectability, gaps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raumblick.need.trend import CHI_SQUARE, FALLS, RISES, SHORT, STEADY, detection_power, trend_sentence, trends


@pytest.mark.parametrize("years", [5, 8, 15])
@pytest.mark.parametrize("mean", [3, 10, 30, 100, 1000])
def test_false_alarms_on_constant_poisson_series(mean, years):
    x = np.random.default_rng(mean).poisson(mean, (20_000, years))
    assert trends(x, None, np.arange(years), kind="count").significant.mean() <= 0.01


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_false_alarms_on_constant_shares_with_changing_denominators(share):
    rng = np.random.default_rng(1)
    n = rng.integers(20, 500, (20_000, 7))
    got = trends(rng.binomial(n, share), n, np.arange(2018, 2025), kind="share", multiplier=100)
    assert got.significant.mean() <= 0.01
    inside = (got.low <= 0) & (got.high >= 0)
    assert inside.mean() == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize(("mean", "change", "years"), [(100, 0.05, 8), (300, 0.03, 8), (1000, 0.02, 6), (50, 0.1, 10)])
def test_power_is_what_it_says(mean, change, years):
    t = np.arange(years)
    x = np.random.default_rng(2).poisson(mean * (1 + change * (t - t.mean())), (4000, years))
    found = (trends(x, None, t, kind="count").trend == RISES).mean()
    assert found == pytest.approx(detection_power(mean, change, years), abs=0.04)


def test_the_detectable_change_is_found_in_four_of_five_cases():
    t = np.arange(2015, 2025)
    detectable = trends(np.full((1, 10), 200), None, t, kind="count").detectable[0]
    x = np.random.default_rng(3).poisson(200 + detectable * (t - t.mean()), (4000, 10))
    assert trends(x, None, t, kind="count").significant.mean() == pytest.approx(0.8, abs=0.04)


def test_worked_by_hand():
    # Five years, equal denominators: slope = sum (t - 3) r / 10, chi-square = slope^2 * 10 * 100 / level.
    x = np.array([[10, 14, 20, 26, 30]])
    got = trends(x, np.full((1, 5), 100), np.arange(1, 6), kind="rate", multiplier=100).iloc[0]
    assert got["slope"] == pytest.approx(5.2) and got["level"] == pytest.approx(20)
    assert got["chi_square"] == pytest.approx(0.052**2 * 10 * 100 / 0.2)
    assert got["significant"] and got["trend"] == RISES
    assert trends(x[:, ::-1], np.full((1, 5), 100), np.arange(1, 6)).iloc[0]["trend"] == FALLS


def test_one_odd_year_makes_no_trend():
    """A jump in the last year alone passes the chi-square, but not the year left out."""
    got = trends([[50, 52, 51, 50, 49, 120]], None, range(6), kind="count").iloc[0]
    assert got["chi_square"] > CHI_SQUARE and not got["stable"]
    assert got["trend"] == STEADY and got["direction"] == 0


def test_gaps_and_short_series():
    x = np.array([[10, np.nan, 30, 40, 50, 60], [10, 20, np.nan, np.nan, 30, 40]])
    got = trends(x, np.full(x.shape, 100), np.arange(6), kind="rate")
    assert got.points.tolist() == [5, 4] and got.trend.tolist() == [RISES, SHORT]
    assert np.isnan(got.slope[1]) and np.isnan(got.detectable[1])


def test_uneven_years_are_respected():
    years = np.array([2010, 2012, 2015, 2016, 2020])
    rate = 0.1 + 0.01 * (years - 2010)
    got = trends((rate * 1000)[None], np.full((1, 5), 1000), years, kind="rate").iloc[0]
    assert got["slope"] == pytest.approx(0.01)


def test_unusable_years_are_left_out():
    got = trends([[5, 5, 5, 5, 5, 5]], [[9, 9, 0, 9, -1, 4]], range(6), kind="share").iloc[0]
    assert got["points"] == 3 and got["trend"] == SHORT


def test_no_cases_and_all_cases():
    got = trends([[0] * 6, [10] * 6], [[10] * 6] * 2, range(6), kind="share")
    assert got.trend.tolist() == [STEADY, STEADY] and not got.significant.any()


def test_bad_input():
    for args in ([[1, 2]], [[1, 2, 3]], [3, 2, 1]), ([[1, 2]], None, [1, 2, 3]), ([[1, 2]], None, [2, 1]):
        with pytest.raises(ValueError, match="years"):
            trends(*args)
    with pytest.raises(ValueError, match="kind"):
        trends([[1, 2]], None, [1, 2], kind="median")
    with pytest.raises(ValueError, match="five"):
        detection_power(10, 0.1, 4)


def test_sentences():
    t = range(2019, 2025)
    frame = trends(
        [[100, 130, 160, 190, 220, 250], [100, 101, 99, 100, 100, 100], [1, 2, np.nan, np.nan, 3, np.nan]],
        np.full((3, 6), 1000),
        t,
        multiplier=100,
    )
    texts = [trend_sentence(row, "Prozentpunkte") for _, row in frame.iterrows()]
    assert texts[0].startswith("Steigt belastbar: +3,0 Prozentpunkte im Jahr (")
    assert texts[1].startswith("Keine belastbare Veränderung; erkennbar wäre etwa")
    assert texts[2] == "Zu wenige Jahre (3) für eine Aussage; nötig sind 5."


@given(st.lists(st.integers(0, 200), min_size=5, max_size=10), st.integers(1, 50))
def test_turning_time_turns_the_trend(counts, factor):
    n = np.full((1, len(counts)), 200 * factor)
    t = np.arange(len(counts))
    there = trends(np.array([counts]) * factor, n, t, kind="share").iloc[0]
    back = trends(np.array([counts[::-1]]) * factor, n, t, kind="share").iloc[0]
    assert there["direction"] == -back["direction"]
    if np.isfinite(there["slope"]):
        assert there["slope"] == pytest.approx(-back["slope"], abs=1e-12)
