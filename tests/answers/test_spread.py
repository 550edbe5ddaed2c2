"""Spread of an indicator on the mini city: children in 00 to 07 are 170, 210, ..., 450; on benefits 2, 5, 10, ..., 35."""

import numpy as np
import pytest

from raumblick.answers.spread import spread
from raumblick.answers.values import UnknownIndicatorError
from raumblick.stats.classes import classify

CHILDREN = (170, 210, 250, 290, 330, 370, 410, 450)
BENEFITS = (2, 5, 10, 15, 20, 25, 30, 35)


def column(result, name: str) -> dict:
    return dict(zip(result.areas["area_id"], result.areas[name], strict=True))


def test_values_are_numerator_by_denominator_and_the_city_is_the_sum(planung):
    result = spread(planung, "sgb2_u15", "ortsteil")
    assert list(result.areas["area_id"]) == [f"{n:02d}" for n in range(8)]
    assert column(result, "parent_name")["03"] == "West"
    assert column(result, "parent_name")["04"] == "Ost"
    expected = [100 * x / n for x, n in zip(BENEFITS, CHILDREN, strict=True)]
    assert list(result.areas["value"]) == pytest.approx(expected)
    assert (result.period, result.periods) == ("2023", ("2021", "2022", "2023"))
    assert result.city_value == pytest.approx(100 * 142 / 2480)
    assert (result.city_low, result.city_high) == pytest.approx((4.878024, 6.710536), abs=1e-6)
    assert (result.city_missing, result.count("value")) == (0, 8)


def test_intervals_are_wilsons_and_only_a_whole_interval_counts_against_the_city(planung):
    result = spread(planung, "sgb2_u15", "ortsteil")
    assert (column(result, "low")["00"], column(result, "high")["00"]) == pytest.approx((0.323226, 4.187470), abs=1e-6)
    assert (column(result, "low")["07"], column(result, "high")["07"]) == pytest.approx((5.645373, 10.624948), abs=1e-6)
    against = column(result, "against_city")  # the city has 5.7258: 5.6454 (area 07) is still below, 5.4516 (01) too
    assert {key for key, word in against.items() if word == "below"} == {"00", "01"}
    assert "above" not in against.values()


def test_a_district_is_the_sum_of_its_parts(planung):
    result = spread(planung, "sgb2_u15", "bezirk")
    assert list(result.areas["area_id"]) == ["B0", "B1"]
    assert list(result.areas["value"]) == pytest.approx([100 * 32 / 920, 100 * 110 / 1560])
    assert list(result.areas["parent_name"]) == ["Ministadt", "Ministadt"]


@pytest.mark.parametrize("period", ["1999", "2023-06", "", None])
def test_an_unknown_period_takes_the_newest(planung, period):
    assert spread(planung, "sgb2_u15", "ortsteil", period).period == "2023"


def test_classes_are_the_same_for_all_years_and_grow_with_the_value(planung):
    years = [spread(planung, "sgb2_u15", "ortsteil", year) for year in ("2021", "2022", "2023")]
    assert [result.period for result in years] == ["2021", "2022", "2023"]
    assert all(np.array_equal(result.breaks, years[0].breaks) for result in years)
    assert 1 <= len(years[0].breaks) <= 4
    for result in years:
        order = result.areas.sort_values("value")
        assert order["class_index"].is_monotonic_increasing
        assert set(order["class_index"]) <= set(range(len(result.breaks) + 1))


def test_hatched_is_who_reaches_over_more_than_two_classes(varied):
    result = spread(varied, "sgb2_u15", "ortsteil")
    known = result.areas.dropna(subset=["low"])
    reach = classify(known["high"], result.breaks) - classify(known["low"], result.breaks)
    assert list(known["wide"]) == list(reach >= 2)
    assert column(result, "wide")["05"] == False  # noqa: E712  (60 of 370 is clearly the highest)
    assert column(result, "wide")["03"] == True  # noqa: E712


@pytest.mark.parametrize("method", ["quantile", "equal", "jenks"])
def test_every_way_to_find_borders_keeps_the_values(planung, method):
    result = spread(planung, "sgb2_u15", "ortsteil", None, method)
    assert list(result.areas["class_index"]) == list(classify(result.areas["value"], result.breaks))
    assert result.city_value == pytest.approx(5.725806, abs=1e-6)


def test_missing_hidden_and_zero_are_three_things(varied, ausschuss):
    gap = spread(varied, "sgb2_u15", "ortsteil")
    assert (column(gap, "state")["04"], column(gap, "class_index")["04"]) == ("missing", -1)
    assert np.isnan(column(gap, "value")["04"])
    assert (column(gap, "state")["06"], column(gap, "value")["06"], column(gap, "low")["06"]) == ("value", 0, 0)
    assert column(gap, "class_index")["06"] == 0
    secret = spread(ausschuss, "sgb2_u15", "ortsteil")
    assert (column(secret, "state")["00"], column(secret, "class_index")["00"]) == ("hidden", -2)
    assert all(np.isnan(column(secret, name)["00"]) for name in ("numerator", "value", "low", "high"))
    assert (secret.count("hidden"), secret.count("missing"), secret.count("value")) == (2, 0, 6)  # area 01 guards 00


def test_the_city_says_how_many_areas_its_value_lacks(varied):
    result = spread(varied, "sgb2_u15", "ortsteil")
    assert result.city_missing == 1
    assert result.city_value == pytest.approx(100 * 127 / 2150)
    assert column(result, "against_city")["05"] == "above"
    assert column(result, "against_city")["06"] == "below"
    assert column(result, "against_city")["04"] == ""


def test_both_views_agree_on_what_is_not_hidden(planung, ausschuss):
    inside, outside = (spread(store, "sgb2_u15", "ortsteil").areas.set_index("area_id") for store in (planung, ausschuss))
    known = [f"{n:02d}" for n in range(2, 8)]  # area 01 guards area 00
    for name in ("numerator", "denominator", "value", "low", "high"):
        assert list(inside.loc[known, name]) == list(outside.loc[known, name])


def test_an_indicator_without_a_single_number_is_unknown(planung):
    for key in ("housing_space", "gibtesnicht", "'; drop table observation; --"):
        with pytest.raises(UnknownIndicatorError):
            spread(planung, key, "ortsteil")
    with pytest.raises(UnknownIndicatorError):
        spread(planung, "sgb2_u15", "planungsraum")  # the mini city has no such level
