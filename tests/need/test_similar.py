"""Most similar areas."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raumblick.need.errors import IndexError_
from raumblick.need.similar import most_similar


def table():
    return pd.DataFrame(
        {"a": [0.0, 0, 2, 4], "b": [10.0, 10, 10, 30], "c": [1.0, 1.5, 1, 1]}, index=["w", "x", "y", "z"]
    )


def test_worked_by_hand():
    data = table()
    got = most_similar(data, "w", count=2)
    spread = data.std(ddof=0)
    assert got.areas["area_id"].tolist() == ["y", "x"]
    assert got.areas["distance"].tolist() == pytest.approx(
        [np.sqrt((2 / spread.a) ** 2 / 3), np.sqrt((0.5 / spread.c) ** 2 / 3)]
    )
    assert got.parts.loc["y"].tolist() == [1, 0, 0]
    assert got.differences.loc["x", "c"] == pytest.approx(0.5 / spread.c)
    assert got.areas["compared"].tolist() == [3, 3]


def test_sentences_name_what_is_alike_and_what_differs():
    got = most_similar(table(), "w", count=3, names={"a": "Armut", "b": "Bildung", "c": "Kita"})
    assert got.sentences[0] == "Am ähnlichsten: Bildung und Kita. Am verschiedensten: Armut (höher)."


def test_weights_change_who_is_near():
    assert most_similar(table(), "w", weights={"c": 0}).areas["area_id"].tolist() == ["x", "y", "z"]
    for key, weights in (("d", {"d": 1}), ("a", {"a": -1})):
        with pytest.raises(IndexError_, match=f"^{key}"):
            most_similar(table(), "w", weights=weights)


def test_missing_values_and_equal_indicators():
    data = table().assign(same=5.0, gap=[1, np.nan, np.nan, np.nan])
    data.loc["x", ["a", "b"]] = np.nan
    got = most_similar(data, "w", least_shared=0.5)
    assert "x" not in got.areas["area_id"].tolist() and "same" not in got.parts.columns
    assert most_similar(data, "w", least_shared=0.1).areas["area_id"].tolist()[0] in "xyz"


def test_unknown_and_repeated_areas():
    with pytest.raises(IndexError_, match="^q"):
        most_similar(table(), "q")
    with pytest.raises(IndexError_, match="^area_id"):
        most_similar(pd.concat([table(), table()]), "w")


@given(st.integers(0, 10**6), st.floats(0.01, 100), st.floats(-50, 50))
@settings(max_examples=30, deadline=None)
def test_units_do_not_matter_and_parts_sum_to_one(seed, factor, shift):
    data = pd.DataFrame(np.random.default_rng(seed).normal(size=(15, 4)), columns=list("abcd"))
    one = most_similar(data, 3, count=14)
    two = most_similar(data.assign(a=data.a * factor + shift), 3, count=14)
    np.testing.assert_allclose(one.areas["distance"], two.areas["distance"], rtol=1e-6)
    np.testing.assert_allclose(one.parts.sum(axis=1), 1)
    assert one.areas["distance"].is_monotonic_increasing and 3 not in one.areas["area_id"].tolist()
