"""Tested change between two years: worked numbers after Newcombe (method 10), in percentage points."""

import numpy as np
import pytest

from raumblick.answers.spread import spread_change


def row(result, area_id: str):
    return result.areas.set_index("area_id").loc[area_id]


def test_a_steep_rise_and_a_fall_to_zero_are_sure(varied):
    result = spread_change(varied, "sgb2_u15", "ortsteil", "2021", "2023")
    rise = row(result, "05")  # 5 of 362 to 60 of 370
    assert (rise["before"], rise["after"]) == pytest.approx((100 * 5 / 362, 100 * 60 / 370))
    assert (rise["change"], rise["low"], rise["high"]) == pytest.approx((14.835001, 10.978069, 19.010083), abs=1e-6)
    fall = row(result, "06")  # 30 of 402 to 0 of 410
    assert (fall["change"], fall["low"], fall["high"]) == pytest.approx((-7.462687, -10.453507, -5.088180), abs=1e-6)
    assert set(result.areas.loc[result.areas["significant"], "area_id"]) == {"05", "06"}
    assert result.tested


def test_a_small_difference_is_not_sure(planung):
    result = spread_change(planung, "sgb2_u15", "ortsteil", "2021", "2023")
    same = row(result, "07")  # 35 of 442 to 35 of 450
    assert (same["change"], same["low"], same["high"]) == pytest.approx((-0.140774, -3.736486, 3.439070), abs=1e-6)
    assert not result.areas["significant"].any()
    assert result.city_change == pytest.approx(100 * 142 / 2480 - 100 * 142 / 2416)
    assert not result.city_significant


def test_backwards_is_the_same_with_the_other_sign(varied):
    forth = spread_change(varied, "sgb2_u15", "ortsteil", "2021", "2023").areas
    back = spread_change(varied, "sgb2_u15", "ortsteil", "2023", "2021").areas
    for one, other in (("change", "change"), ("low", "high"), ("high", "low")):
        assert np.allclose(forth[one], -back[other], equal_nan=True)
    assert list(forth["significant"]) == list(back["significant"])


def test_the_middle_class_holds_zero_and_the_borders_are_symmetric(varied):
    result = spread_change(varied, "sgb2_u15", "ortsteil", "2021", "2023")
    assert list(result.breaks) == pytest.approx([-b for b in result.breaks[::-1]])
    assert len(result.breaks) in (2, 4)
    assert row(result, "05")["class_index"] == len(result.breaks)
    assert row(result, "06")["class_index"] == 0


def test_no_change_has_no_borders(planung):
    result = spread_change(planung, "sgb2_u15", "ortsteil", "2022", "2022")
    assert list(result.areas["change"]) == [0.0] * 8
    assert len(result.breaks) == 0
    assert set(result.areas["class_index"]) == {0}
    assert not result.areas["significant"].any()


def test_missing_and_hidden_stay_apart(varied, ausschuss):
    gap = row(spread_change(varied, "sgb2_u15", "ortsteil", "2021", "2023"), "04")
    assert (gap["state"], gap["class_index"], gap["significant"]) == ("missing", -1, False)
    assert np.isnan(gap["change"])
    secret = row(spread_change(ausschuss, "sgb2_u15", "ortsteil", "2021", "2023"), "00")
    assert (secret["state"], secret["class_index"]) == ("hidden", -2)
    assert np.isnan([secret[name] for name in ("before", "after", "change", "low", "high")]).all()


def test_counts_have_a_difference_and_no_test(planung):
    result = spread_change(planung, "pop_total", "ortsteil", "2021", "2023")
    assert list(result.areas["change"]) == [24.0] * 8  # two more in each of six age groups and two sexes
    assert not result.tested
    assert not result.areas["significant"].any()
    assert result.city_change == 8 * 24.0


def test_the_city_is_not_compared_over_different_sets_of_areas(varied):
    result = spread_change(varied, "sgb2_u15", "ortsteil", "2021", "2023")
    assert result.city_change is None or result.city_change == pytest.approx(100 * 127 / 2150 - 100 * 102 / 2094)
