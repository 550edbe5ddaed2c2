import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raumblick.supply.cohorts import cohort_ratio, coming_cohorts, grow, history_of
from raumblick.supply.errors import SupplyError


def test_a_population_one_step_on():
    matrix = [[0, 0.675, 0.03], [0.65, 0, 0], [0, 0.75, 0.15]]
    np.testing.assert_allclose(grow(matrix, (18000, 17000, 14000)), (11895, 11700, 14850))
    np.testing.assert_allclose(grow(matrix, (18000, 17000, 14000), 2), grow(matrix, (11895, 11700, 14850)))
    assert grow(matrix, (1, 2, 3), 0).tolist() == [1, 2, 3]
    with pytest.raises(SupplyError):
        grow(matrix, (1, 2))


def test_cohorts_to_come():
    assert coming_cohorts((61, 60, 56, 65, 55, 59), 2, rounded=True).tolist() == [60, 58]
    np.testing.assert_allclose(coming_cohorts((65, 55, 59), 2), [179 / 3, (55 + 59 + 179 / 3) / 3])
    assert coming_cohorts((0, 1, 2), 0).tolist() == [] and coming_cohorts([1, 1, 2.5], 1, rounded=True).tolist() == [2]
    with pytest.raises(SupplyError, match="drei Jahrgänge"):
        coming_cohorts((1, 2), 1)


def test_ratio_by_hand():
    """Two windows, k = 10; city (90 + 110) / (100 + 100) = 1: (8 + 12 + 20) / (10 + 10 + 20)."""
    u = [np.array([10.0, 90.0]), np.array([10.0, 90.0])]
    o = [np.array([8.0, 82.0]), np.array([12.0, 98.0])]
    np.testing.assert_allclose(cohort_ratio(u, o, 10.0), [1.0, 1.0])
    np.testing.assert_allclose(cohort_ratio(u[:1], o[:1], 10.0), [(8 + 10 * 0.9) / 20, (82 + 9) / 100])
    np.testing.assert_allclose(cohort_ratio(u[:1], o[:1], 0.0), [0.8, 82 / 90])


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=12), st.floats(0.1, 1e4))
def test_ratios_lie_between_area_and_city(pairs, shrink):
    u, o = (np.array([p[i] for p in pairs], dtype=float) for i in (0, 1))
    found = cohort_ratio([u], [o], shrink)
    city = o.sum() / u.sum() if u.sum() > 0 else 1.0
    for i in np.flatnonzero(u > 0):
        assert min(o[i] / u[i], city) - 1e-9 <= found[i] <= max(o[i] / u[i], city) + 1e-9
    np.testing.assert_allclose(cohort_ratio([u], [o], 1e13), city, rtol=1e-6, atol=1e-6)


def test_ratios_without_numbers():
    unknown = np.array([np.nan, 10.0, 0.0])
    found = cohort_ratio([unknown, np.array([5.0, 10.0, 0.0])], [np.array([4.0, 12.0, 0.0])] * 2, 0.0)
    np.testing.assert_allclose(found, [0.8, 1.2, (4 + 24) / 25])  # the last has no cohort: the city's
    np.testing.assert_allclose(cohort_ratio([np.zeros(2)], [np.zeros(2)], 50.0), 1.0)
    with pytest.raises(SupplyError, match="fehlen Jahre"):
        cohort_ratio([], [])
    with pytest.raises(SupplyError, match="nicht negativ"):
        cohort_ratio([np.ones(1)], [np.ones(1)], -1.0)


def rows(*given):
    return pd.DataFrame(given, columns=["area_id", "year", "age_from", "age_to", "count"])


def test_age_groups_of_a_history():
    found = history_of(
        rows(("B", 2020, 0, 3, 30), ("B", 2020, 3, 6, 33), ("A", 2020, 0, 3, 3), ("A", 2020, 0, 3, 3), ("A", 2021, 0, 1, None),
             ("A", 2021, 6, None, 9))
    )  # fmt: skip
    assert found.years == (2020, 2021) and list(found.areas) == ["A", "B"]
    np.testing.assert_array_equal(found.count(2020, 0, 3), [6, 30])
    np.testing.assert_array_equal(found.count(2020, 2, 6), [np.nan, 43])
    np.testing.assert_array_equal(found.count(2021, 0, 1), [np.nan, np.nan])
    for year, low, high in ((2019, 0, 3), (2020, 3, 7), (2021, 0, 7), (2021, 6, 8)):
        assert np.isnan(found.count(year, low, high)).all()
    assert found.split(0, 1) and not found.split(0, 3)


def test_a_broken_history_is_refused():
    with pytest.raises(SupplyError, match="doppelt"):
        history_of(rows(("A", 2020, 0, 3, 1), ("A", 2020, 0, 6, 1)))
    with pytest.raises(SupplyError, match="keine Einwohnerzahlen"):
        history_of(rows())
    with pytest.raises(SupplyError, match="negative"):
        history_of(rows(("A", 2020, 0, 3, -1)))
