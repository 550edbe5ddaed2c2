"""Control limits: a value is outside exactly where its own interval does not hold the common rate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raumblick.stats.funnel import funnel_limits
from raumblick.stats.rates import rate_interval


def test_limits_of_a_share_are_those_of_the_score_test():
    low, high = funnel_limits("share", 20.0, [100, 400], 100.0)
    assert low == pytest.approx([20 - 1.959964 * 4, 20 - 1.959964 * 2], abs=1e-5)  # root of .2 * .8 / n is .04 and .02
    assert high == pytest.approx([20 + 1.959964 * 4, 20 + 1.959964 * 2], abs=1e-5)


def test_limits_narrow_with_size_and_widen_with_level():
    sizes = np.array([20.0, 200.0, 2000.0])
    for kind in ("share", "rate"):
        low, high = funnel_limits(kind, 100.0, sizes, 1000.0)
        far_low, far_high = funnel_limits(kind, 100.0, sizes, 1000.0, 0.998)
        assert (np.diff(low) > 0).all() and (np.diff(high) < 0).all()
        assert (far_low <= low).all() and (far_high > high).all()


def test_limits_stay_possible():
    low, high = funnel_limits("share", 50.0, 2, 100.0, 0.998)
    assert (low, high) == (0.0, 100.0)
    assert funnel_limits("rate", 3.0, 5, 1000.0)[0] == 0.0
    low, high = funnel_limits("share", 20.0, [0.0, np.nan, -3.0], 100.0)
    assert np.isnan(low).all() and np.isnan(high).all()


@given(
    st.sampled_from(["share", "rate"]), st.integers(0, 300), st.integers(1, 3000), st.floats(0.02, 0.6),
    st.sampled_from([0.95, 0.998]),
)  # fmt: skip
def test_outside_is_whose_interval_misses_the_city(kind, cases, people, common, level):
    if kind == "share" and cases > people:
        return
    low, high = funnel_limits(kind, 100 * common, people, 100.0, level)
    own_low, own_high = rate_interval(kind, cases, people, 100.0, level)
    value = 100 * cases / people
    if min(abs(own_low - 100 * common), abs(own_high - 100 * common)) < 0.02 * 100 * common:
        return  # on the line itself rounding decides
    if kind == "rate" and 8 <= cases <= 11:
        return  # the interval jumps a little where Byar's approximation takes over
    assert (value < low or value > high) == (own_low > 100 * common or own_high < 100 * common)


@pytest.mark.parametrize(("kind", "common"), [("ratio", 5.0), ("share", -1.0), ("share", 101.0), ("count", 5.0)])
def test_what_has_no_funnel_is_refused(kind, common):
    with pytest.raises(ValueError, match="funnel"):
        funnel_limits(kind, common, 100, 100.0)
