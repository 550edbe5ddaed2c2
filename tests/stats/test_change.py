"""Tested change: published examples, calibration, missing values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raumblick.stats.change import change, rate_change, rate_ratio, share_change


def test_newcombe_published_intervals():
    # Newcombe 1998 (differences), table II, method 10: 56/70 - 48/80, 9/10 - 3/10, 5/56 - 0/29, 10/10 - 0/10.
    got = share_change([48, 3, 0, 0], [80, 10, 29, 10], [56, 9, 5, 10], [70, 10, 56, 10])
    np.testing.assert_allclose(got.change, [0.2, 0.6, 0.0893, 1.0], atol=5e-5)
    np.testing.assert_allclose(got.low, [0.0524, 0.1705, -0.0381, 0.6075], atol=5e-5)
    np.testing.assert_allclose(got.high, [0.3339, 0.8090, 0.1926, 1.0], atol=5e-5)
    assert got.significant.tolist() == [True, True, False, True]


def test_ratio_interval_is_exact():
    # Equal bases: the ratio's interval is the odds of the Clopper-Pearson interval of 14 in 20.
    got = rate_ratio(6, 100, 14, 100)
    assert got.change == pytest.approx(14 / 6)
    assert (got.low, got.high) == pytest.approx((0.4572 / 0.5428, 0.8811 / 0.1189), rel=2e-3)
    assert not got.significant
    assert rate_ratio(6, 100, 40, 100).significant


def test_ratio_without_earlier_cases_has_no_upper_end():
    got = rate_ratio(0, 50, 12, 50)
    assert np.isnan(got.change) and np.isnan(got.high) and got.low > 1 and got.significant


def test_multiplier_scales_everything_but_the_test():
    one, hundred = share_change(30, 100, 60, 100), share_change(30, 100, 60, 100, 100)
    assert (hundred.change, hundred.low, hundred.high) == pytest.approx(
        (one.change * 100, one.low * 100, one.high * 100)
    )
    assert one.significant and hundred.significant


def test_untestable_changes_have_no_arrow():
    got = change("share", [10, None, 20, 3], [100, 100, 10, 0], [90, 50, 90, 5], [100, 100, 100, 10], 100)
    assert got.significant.tolist() == [True, False, False, False]
    assert np.isnan(got.change[1:]).all() and np.isnan(got.low[1:]).all()
    for kind in ("count", "median"):
        got = change(kind, [100], [None], [900], [None])
        assert got.change.tolist() == [800] and not got.significant.any() and np.isnan(got.low).all()
    assert change("ratio", 1, 2, 3, 2).change == 1.0
    with pytest.raises(ValueError, match="quota"):
        change("quota", 1, 2, 3, 4)


@pytest.mark.parametrize("mean", [5, 40, 400])
def test_false_alarms_stay_near_the_level(mean):
    rng = np.random.default_rng(3)
    x1, x2 = rng.poisson(mean, 20_000), rng.poisson(2 * mean, 20_000)
    assert rate_change(x1, 1000, x2, 2000).significant.mean() < 0.06
    assert rate_ratio(x1, 1000, x2, 2000).significant.mean() < 0.051
    p1, p2 = rng.binomial(500, mean / 600, 20_000), rng.binomial(700, mean / 600, 20_000)
    assert 0.02 < share_change(p1, 500, p2, 700).significant.mean() < 0.06


@given(st.integers(0, 300), st.integers(1, 300), st.integers(0, 300), st.integers(1, 300))
def test_turning_time_turns_the_sign(x1, n1, x2, n2):
    x1, x2 = min(x1, n1), min(x2, n2)
    there, back = share_change(x1, n1, x2, n2), share_change(x2, n2, x1, n1)
    assert (there.change, there.low, there.high) == pytest.approx((-back.change, -back.high, -back.low))
    assert there.low <= there.change <= there.high
    there, back = rate_change(x1, n1, x2, n2), rate_change(x2, n2, x1, n1)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
