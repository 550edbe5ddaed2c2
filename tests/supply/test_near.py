import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raumblick.supply.errors import SupplyError
from raumblick.supply.near import Bands, Kernel, squared_limit

COORDINATE = st.one_of(st.integers(-50, 50).map(float), st.floats(-1e6, 1e6))


def found(bands, x, y, radius, most=100_000):
    """Pairs (query, point as given) within the radius."""
    pairs = []
    for block in bands.blocks(x, y, radius, most):
        inside = block.squared <= squared_limit(radius)
        pairs += zip(block.first + block.query[inside], bands.order[block.at[inside]], strict=True)
    return sorted((int(q), int(p)) for q, p in pairs)


@given(
    st.lists(st.tuples(COORDINATE, COORDINATE), max_size=30),
    st.lists(st.tuples(COORDINATE, COORDINATE), min_size=1, max_size=8),
    st.one_of(st.integers(1, 60).map(float), st.floats(0.01, 2e6)),
    st.integers(1, 20),
)
def test_pairs_are_those_of_a_plain_search(points, queries, radius, most):
    x, y = (np.array([p[i] for p in points]) for i in (0, 1))
    qx, qy = (np.array([q[i] for q in queries]) for i in (0, 1))
    expected = sorted(
        (q, p)
        for q in range(len(queries))
        for p in range(len(points))
        if np.sqrt((x[p] - qx[q]) ** 2 + (y[p] - qy[q]) ** 2) <= radius
    )
    assert found(Bands.of(x, y, radius), qx, qy, radius) == expected
    assert found(Bands.of(x, y, 7.0), qx, qy, radius, most) == expected  # bands of another size, blocks of a few pairs


def test_a_point_exactly_on_the_circle_is_in():
    assert found(Bands.of([300.0, 301.0], [400.0, 400.0], 500.0), [0.0], [0.0], 500.0) == [(0, 0)]


def test_points_and_queries_without_coordinates_have_no_pairs():
    bands = Bands.of([0.0, np.nan, 1.0], [0.0, 0.0, np.nan], 5.0)
    assert found(bands, [np.nan, 0.0], [0.0, 0.0], 5.0) == [(1, 0)]
    assert found(Bands.of([np.nan], [np.nan], 5.0), [0.0], [0.0], 5.0) == []


def test_an_infinite_radius_finds_all():
    assert len(found(Bands.of([0.0, 1e6], [0.0, 5.0], np.inf), [3.0], [3.0], np.inf)) == 2


def test_weights_by_hand():
    squared = np.array([0.0, 500.0**2, 1000.0**2, 1000.5**2])
    assert Kernel(1000.0).weights(squared).tolist() == [1.0, 1.0, 1.0, 0.0]
    edge = np.exp(-0.5)
    middle = (np.exp(-0.125) - edge) / (1 - edge)  # 0.7014
    np.testing.assert_allclose(Kernel(1000.0, "gaussian").weights(squared), [1.0, middle, 0.0, 0.0], atol=1e-15)
    assert round(middle, 4) == 0.7014


@given(st.floats(1e-3, 1e7))
def test_the_limit_of_squares_is_that_of_roots(radius):
    limit = squared_limit(radius)
    assert np.sqrt(limit) <= radius < np.sqrt(np.nextafter(limit, np.inf))


def test_a_detour_shortens_the_straight_line():
    assert Kernel(1300.0, detour=1.3).weights(np.array([1000.0**2, 1001.0**2])).tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"radius_m": 0.0}, "radius_m"),
        ({"radius_m": -1.0}, "radius_m"),
        ({"radius_m": float("nan")}, "radius_m"),
        ({"radius_m": 1.0, "decay": "linear"}, "decay"),
        ({"radius_m": 1.0, "detour": 0.0}, "detour"),
    ],
)
def test_impossible_settings_are_refused_in_german(settings, key):
    with pytest.raises(SupplyError) as error:
        Kernel(**settings)
    assert error.value.key == key and str(error.value).endswith(".")
    assert "muss" in str(error.value) or "gibt es nicht" in str(error.value)
