"""Rates and intervals: worked numbers, agreement with exact methods, missing values."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from raumblick.stats.rates import as_floats, byar, marshall_eb, rate, rate_interval, wilson


def test_rate_is_numerator_over_denominator():
    np.testing.assert_allclose(rate([1, 0, 30], [4, 5, 60], 100), [25.0, 0.0, 50.0])


def test_scalar_in_scalar_out():
    assert rate(1, 4, 100) == 25.0
    low, high = wilson(5, 10)
    assert np.ndim(low) == 0 and np.ndim(high) == 0


def test_missing_stays_missing_and_zero_denominator_is_missing():
    got = rate([1, None, 3, 4, -1, np.inf], [0, 5, None, -2, 10, 10], 100)
    assert np.isnan(got).all()


def test_nullable_series_are_understood():
    x = pd.Series([1, None, 3], dtype="Int64")
    np.testing.assert_allclose(rate(x, pd.Series([2, 2, 4]), 100), [50, np.nan, 75])


def test_text_is_refused():
    with pytest.raises(ValueError):
        as_floats(["a"])


def test_wilson_worked_numbers():
    # Newcombe 1998, table I: 81/263 and 15/148 and the ends 0/20 and 29/29.
    low, high = wilson([81, 15, 0, 29], [263, 148, 20, 29])
    np.testing.assert_allclose(low, [0.2553, 0.0624, 0.0, 0.8830], atol=5e-5)
    np.testing.assert_allclose(high, [0.3662, 0.1605, 0.1611, 1.0], atol=5e-5)


def test_wilson_solves_its_score_equation():
    x, n, z = 17.0, 60.0, stats.norm.ppf(0.95)
    for p in wilson(x, n, 0.90):
        assert abs((x / n - p) / np.sqrt(p * (1 - p) / n)) == pytest.approx(z)


def test_wilson_refuses_more_cases_than_people():
    low, high = wilson([11, -1, 3, np.nan], [10, 10, 0, 5])
    assert np.isnan(low).all() and np.isnan(high).all()


def test_byar_exact_below_ten():
    low, high = byar([0, 1, 5, 9])
    np.testing.assert_allclose(low, [0, 0.0253, 1.6235, 4.1154], atol=1e-4)
    np.testing.assert_allclose(high, [3.6889, 5.5716, 11.6683, 17.0848], atol=1e-4)


def test_byar_from_ten_on_is_the_approximation():
    low, high = byar(10)
    assert (low, high) == pytest.approx((4.7874, 18.3915), abs=5e-4)
    exact = stats.chi2.ppf([0.025, 0.975], [20, 22]) / 2
    assert (low, high) == pytest.approx(tuple(exact), rel=0.01)
    assert (low, high) != pytest.approx(tuple(exact), rel=1e-5)
    low, high = byar(100)
    assert (low, high) == pytest.approx((81.36, 121.63), abs=0.02)


def test_intervals_follow_the_kind():
    low, high = rate_interval("share", [20, 30], [100, 20], 100)
    np.testing.assert_allclose(low[0], wilson(20, 100)[0] * 100)
    assert np.isnan(low[1]) and np.isnan(high[1])
    low, high = rate_interval("rate", [20, 30], [100, 20], 1000)
    np.testing.assert_allclose(high, byar([20, 30])[1] / [100, 20] * 1000)
    for kind in ("count", "ratio", "median"):
        assert np.isnan(np.array(rate_interval(kind, [1, 2], [3, 4]))).all()


def test_unknown_kind_and_level_are_refused():
    with pytest.raises(ValueError, match="quota"):
        rate_interval("quota", 1, 2)
    with pytest.raises(ValueError, match="level"):
        wilson(1, 2, 1.0)


@given(st.integers(0, 500), st.integers(1, 500), st.sampled_from([0.8, 0.95, 0.99]))
def test_intervals_hold_their_rate(x, n, level):
    x = min(x, n)
    low, high = wilson(x, n, level)
    assert 0 <= low <= x / n <= high <= 1
    low, high = byar(x, level)
    assert 0 <= low <= x < high


@given(st.integers(0, 200), st.integers(1, 400))
def test_wilson_mirrors_the_complement(x, n):
    x = min(x, n)
    low, high = wilson(x, n)
    np.testing.assert_allclose(wilson(n - x, n), (1 - high, 1 - low), atol=1e-12)


def test_marshall_agrees_with_esda():
    smoothing = pytest.importorskip("esda.smoothing")
    rng = np.random.default_rng(1)
    b = rng.integers(50, 3000, 80).astype(float)
    e = rng.binomial(b.astype(int), rng.beta(4, 20, 80)).astype(float)
    np.testing.assert_allclose(marshall_eb(e, b), np.ravel(smoothing.Empirical_Bayes(e, b).r), rtol=1e-12)


def test_marshall_draws_small_areas_to_the_mean():
    got = marshall_eb([1, 100, 300, 100], [2, 1000, 1000, 1000], 100)
    mean = 501 / 3002 * 100
    assert abs(got[0] - mean) < abs(50 - mean) * 0.1
    assert abs(got[2] - 30) < 1


def test_marshall_without_spread_is_the_common_rate():
    np.testing.assert_allclose(marshall_eb([10, 20, 30], [100, 200, 300]), 0.1)
    np.testing.assert_allclose(marshall_eb([0, 0], [100, 200]), 0.0)


def test_marshall_leaves_unusable_areas_out():
    whole = marshall_eb([10, 40], [100, 200])
    got = marshall_eb([10, 5, 40, np.nan, -3], [100, 0, 200, 50, 50])
    np.testing.assert_allclose(got[[0, 2]], whole)
    assert np.isnan(got[[1, 3, 4]]).all()
    assert np.isnan(marshall_eb([1.0], [0.0])).all()
