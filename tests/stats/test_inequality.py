"""Inequality: worked numbers, decomposition, invariances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raumblick.stats.inequality import concentration, gini, lorenz, shortfall, theil

cities = st.integers(2, 30).flatmap(
    lambda n: st.tuples(
        st.lists(st.floats(0, 100), min_size=n, max_size=n), st.lists(st.floats(0.5, 100), min_size=n, max_size=n)
    )
).filter(lambda c: sum(c[0]) > 1)  # fmt: skip


def test_gini_worked():
    # Half of the children have 1, half have 3: the curve passes (0.5, 0.25), so the coefficient is 0.25.
    assert gini([1, 3], [10, 10]) == pytest.approx(0.25)
    assert gini([2, 2, 2], [1, 5, 9]) == pytest.approx(0)
    assert gini([0] * 99 + [1], [1] * 100) == pytest.approx(0.99)


def test_gini_is_the_mean_difference():
    rng = np.random.default_rng(0)
    x, w = rng.gamma(2, 1, 25), rng.integers(1, 40, 25)
    p = w / w.sum()
    expected = (p[:, None] * p * np.abs(x[:, None] - x)).sum() / (2 * (p * x).sum())
    assert gini(x, w) == pytest.approx(expected)


def test_theil_worked():
    got = theil([1, 3], [1, 1])
    assert got.total == pytest.approx((0.5 * np.log(0.5) + 1.5 * np.log(1.5)) / 2)
    assert got.within == got.total
    groups = theil([1, 3, 1, 3], [1, 1, 1, 1], ["a", "a", "b", "b"])
    assert groups.between == pytest.approx(0) and groups.within == pytest.approx(got.total)
    apart = theil([1, 1, 3, 3], [1, 1, 1, 1], ["a", "a", "b", "b"])
    assert apart.within == pytest.approx(0) and apart.between == pytest.approx(got.total)


def test_concentration_has_a_sign():
    deprivation = [30, 20, 10]
    assert concentration([3, 2, 1], [1, 1, 1], deprivation) == pytest.approx(-2 / 9)
    assert concentration([1, 2, 3], [1, 1, 1], deprivation) == pytest.approx(2 / 9)
    assert concentration([1, 3, 2], [1, 1, 1], [5, 5, 5]) == pytest.approx(0), "no order, no index"
    assert concentration([1, 2, 9], [1, 1, 1], [2, 1, np.nan]) == pytest.approx(concentration([1, 2], [1, 1], [2, 1]))


def test_shortfall_worked():
    assert shortfall([5, 10, 20], [1, 1, 2], 10) == pytest.approx((0.25, 0.125, 0.0625))
    assert shortfall([10, 20], [1, 1], 10) == (0, 0, 0)
    with pytest.raises(ValueError, match="target"):
        shortfall([1], [1], 0)


def test_missing_and_empty():
    assert gini([1, 3, np.nan, 7], [10, 10, 5, 0]) == pytest.approx(0.25)
    assert np.isnan(gini([], [])) and np.isnan(gini([0, 0], [1, 1])) and np.isnan(theil([np.nan], [1]).total)
    assert np.isnan(shortfall([], [], 5)).all() and np.isnan(concentration([1], [0], [1]))
    assert np.isnan(lorenz([0, 0], [1, 1])[1]).all()
    with pytest.raises(ValueError, match="negative"):
        gini([-1, 2], [1, 1])
    with pytest.raises(ValueError, match="weight"):
        gini([1, 2], [1])


@given(cities, st.floats(0.1, 10))
def test_scale_and_bounds(city, factor):
    x, w = (np.array(part) for part in city)
    coefficient = gini(x, w)
    assert -1e-9 <= coefficient < 1
    assert gini(x * factor, w) == pytest.approx(coefficient, abs=1e-9)
    assert gini(x, w * factor) == pytest.approx(coefficient, abs=1e-9)
    assert abs(concentration(x, w, np.arange(x.size))) <= coefficient + 1e-9
    groups = np.arange(x.size) % 3
    parts = theil(x, w, groups)
    assert parts.total == pytest.approx(parts.between + parts.within)
    assert parts.between >= -1e-9 and parts.within >= -1e-9
    people, amount = lorenz(x, w)
    assert people[0] == amount[0] == 0 and people[-1] == pytest.approx(1) and amount[-1] == pytest.approx(1)
    assert (amount <= people + 1e-9).all()


@given(cities)
def test_splitting_an_area_changes_nothing(city):
    x, w = (np.array(part) for part in city)
    twice, half = np.repeat(x, 2), np.repeat(w / 2, 2)
    assert gini(twice, half) == pytest.approx(gini(x, w), abs=1e-9)
    assert shortfall(twice, half, 20) == pytest.approx(shortfall(x, w, 20))
