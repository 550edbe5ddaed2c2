"""Numbers made ready for a map."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raumblick.answers.measure import Measure


def measure(values, state=None, diverging=False):
    ids = pd.Series([f"{n:02}" for n in range(len(values))])
    states = pd.Series(state or ["value"] * len(values))
    return Measure("ortsteil", ids, pd.Series(values), states, "Titel", "%", diverging=diverging)


def test_gains_and_losses_have_round_borders_on_both_sides():
    made = measure([-11.7, -5.0, -1.0, 0.0, 3.5, 11.7], diverging=True)
    assert list(made.breaks) == [-5, -2, 2, 5]
    assert list(made.classes) == [0, 1, 2, 2, 3, 4]


def test_missing_and_hidden_have_no_class_whatever_their_number():
    made = measure([1.0, 2.0, np.nan, 4.0], ["value", "hidden", "value", "missing"])
    assert list(made.classes[1:]) == [-2, -1, -1] and made.classes[0] >= 0


@pytest.mark.parametrize("values", [[0.0, 0.0], [np.nan, np.nan]])
def test_nothing_to_tell_apart_gives_one_class(values):
    assert len(measure(values, diverging=True).breaks) == 0


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30))
def test_borders_around_zero_are_the_same_on_both_sides_and_rise(values):
    breaks = measure(values, diverging=True).breaks
    assert np.allclose(breaks, -breaks[::-1]) and (np.diff(breaks) > 0).all()


def test_a_map_has_all_areas_in_order_and_those_without_a_row_are_missing():
    given = Measure(
        "ortsteil", pd.Series(["c", "a"]), pd.Series([3.0, -1.0]), pd.Series(["value", "hidden"]), "Titel", "€",
        uncertain=pd.Series([True, False]),
    )  # fmt: skip
    shown = given.over(["a", "b", "c"])
    assert shown.area_id.tolist() == ["a", "b", "c"]
    assert shown.state.tolist() == ["hidden", "missing", "value"]
    assert shown.classes.tolist()[:2] == [-2, -1] and shown.classes[2] == given.classes[0]
    assert shown.uncertain.tolist() == [False, False, True]
    assert shown.low is None
    assert shown.over(["a", "b", "c"]) is shown
    assert shown.over(["a", "c"]).area_id.tolist() == ["a", "c"]
