"""Class borders: exact Jenks, ties, few values, readable numbers."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raumblick.stats.classes import METHODS, class_breaks, classify

numbers = st.lists(
    st.one_of(st.floats(-1e6, 1e6).map(lambda v: round(v, 3)), st.integers(0, 5), st.none()), min_size=0, max_size=60
)


def within(values, classes):
    return sum(((values[classes == c] - values[classes == c].mean()) ** 2).sum() for c in np.unique(classes))


def test_quantiles_split_evenly_with_readable_borders():
    values = np.random.default_rng(0).gamma(4, 5, 542)
    breaks = class_breaks(values)
    sizes = np.bincount(classify(values, breaks))
    assert len(sizes) == 5 and sizes.min() > 542 / 5 * 0.8 and sizes.max() < 542 / 5 * 1.2
    assert all(len(f"{b:g}") <= 4 for b in breaks)


def test_equal_steps_are_equal_and_round():
    np.testing.assert_allclose(class_breaks([3, 12, 27, 33, 48], "equal"), [10, 20, 30, 40])
    np.testing.assert_allclose(class_breaks([0.02, 0.05, 0.07, 0.08, 0.11], "equal"), [0.04, 0.06, 0.08, 0.1])
    np.testing.assert_allclose(class_breaks([9000, 21000, 39000], "equal", 3), [20000])


def test_equal_steps_leave_no_empty_class():
    breaks = class_breaks([1, 2, 3, 100], "equal")
    assert set(classify([1, 2, 3, 100], breaks)) == set(range(len(breaks) + 1))


@pytest.mark.parametrize("seed", range(5))
def test_jenks_is_the_optimum_of_all_splits(seed):
    values = np.sort(np.random.default_rng(seed).gamma(2, 10, 14).round(1))
    got = classify(values, class_breaks(values, "jenks", 4))
    cuts = (np.searchsorted(c, np.arange(14), side="right") for c in combinations(range(1, 14), 3))
    assert within(values, got) == pytest.approx(min(within(values, c) for c in cuts))


def test_jenks_finds_the_gaps():
    values = [1, 2, 2, 3, 50, 51, 52, 90, 91]
    assert classify(values, class_breaks(values, "jenks", 3)).tolist() == [0] * 4 + [1] * 3 + [2] * 2


def test_border_belongs_to_the_class_above_and_missing_is_minus_one():
    assert classify([4.9, 5, 10, None], [5, 10]).tolist() == [0, 1, 2, -1]


def test_falling_borders_are_refused():
    with pytest.raises(ValueError, match="ascending"):
        classify([1.0], [5, 3])


@pytest.mark.parametrize("method", METHODS)
def test_few_values(method):
    assert class_breaks([], method).size == 0
    assert class_breaks([None, 7, 7, 7], method).size == 0
    assert classify([1, 2], class_breaks([1, 2], method)).tolist() == [0, 1]


def test_many_zeros_are_one_class():
    values = [0] * 80 + list(range(1, 21))
    classes = classify(values, class_breaks(values))
    assert (classes[:80] == 0).all() and (classes[80:] > 0).all()


def test_unknown_settings_are_refused():
    with pytest.raises(ValueError, match="method"):
        class_breaks([1, 2], "std")
    with pytest.raises(ValueError, match="classes"):
        class_breaks([1, 2], classes=7)


@pytest.mark.parametrize("method", METHODS)
@given(values=numbers, classes=st.integers(2, 5))
def test_every_class_is_filled_and_order_is_kept(method, values, classes):
    breaks = class_breaks(values, method, classes)
    assert len(breaks) <= classes - 1 and (np.diff(breaks) > 0).all()
    got = classify(values, breaks)
    known = [(v, c) for v, c in zip(values, got, strict=True) if v is not None]
    assert sorted(known) == sorted(known, key=lambda p: (p[0], p[1]))
    if known:
        assert {c for _, c in known} == set(range(len(breaks) + 1))
    if len({v for v, _ in known}) > 1:
        assert len(breaks) >= 1
