"""Conditions on the city of tests/needcity_home.py, whose values are 10, 20, ..., 80 per cent; the city has 45."""

import pytest

from raumblick.answers.screen import (
    Condition,
    Rule,
    RuleError,
    flat,
    joined,
    periods,
    read_rule,
    rule_text,
    screening,
    start_rule,
)
from raumblick.snapshot.store import open_store


@pytest.fixture(scope="module")
def store(need_home):
    return open_store(need_home, "mini", "planung")


def answers(result) -> dict[str, str]:
    return dict(zip(result.areas["area_id"], result.areas["answer"], strict=True))


@pytest.mark.parametrize(
    ("rule", "hits"),
    [
        ("sgb2_u15 > 60", {"06", "07"}),
        ("sgb2_u15 >= 60", {"05", "06", "07"}),
        ("sgb2_u15 > stadt", {"04", "05", "06", "07"}),
        ("sgb2_u15 >= stadt*1.5", {"06", "07"}),  # 67.5
        ("sgb2_u15 > median", {"04", "05", "06", "07"}),
        ("diff(sgb2_u15, 2018) > 0", {"07"}),
        ("pct(sgb2_u15, 2018, 2020) > 50", {"07"}),  # from 30 to 50
        ("sgb2_u15@2018 < 25", {"00", "01"}),
        ("sgb2_u15 > 30 und leave_nodeg > 30", {"03", "04"}),
        ("sgb2_u15 < 15 oder sgb2_u15 > 75", {"00", "07"}),
        ("sgb2_u15 < 15 oder sgb2_u15 > 55 und diff(sgb2_u15, 2018) <= 0", {"00", "05", "06"}),
        ("(sgb2_u15 < 15 oder sgb2_u15 > 55) und diff(sgb2_u15, 2018) <= 0", {"00", "05", "06"}),
    ],
)
def test_rules_find_the_areas(store, rule, hits):
    assert {key for key, answer in answers(screening(store, "ortsteil", rule)).items() if answer == "ja"} == hits


def test_tolerance_makes_it_close(store):
    found = answers(screening(store, "ortsteil", "sgb2_u15 > 65 ~ 5"))
    assert (found["06"], found["05"], found["04"]) == ("ja", "knapp", "nein")


def test_values_and_limits_are_told(store):
    result = screening(store, "ortsteil", "sgb2_u15 > stadt*1.2 und diff(sgb2_u15, 2018) > 0")
    row = result.areas.set_index("area_id").loc["07"]
    assert (row["value_0"], row["limit_0"], row["value_1"]) == pytest.approx((80, 54, 50))
    assert result.periods == ("2023", "2023")
    assert result.count("ja") == 1


def test_what_depends_on_a_hidden_number_is_unknown(ausschuss):
    result = screening(ausschuss, "ortsteil", "sgb2_u15 > 0")
    row = result.areas.set_index("area_id").loc["00"]
    assert (row["answer"], row["hidden"]) == ("unbekannt", True)
    assert result.areas["hidden"].sum() == 2  # and the area that guards it
    either = screening(ausschuss, "ortsteil", "sgb2_u15 > 0 oder pop_u6 >= 0")  # the second holds everywhere
    assert set(either.areas["answer"]) == {"ja"}


def test_an_area_without_a_row_is_unknown_too(varied):
    result = screening(varied, "ortsteil", "sgb2_u15 > 0")
    assert answers(result)["04"] == "unbekannt"
    assert answers(result)["06"] == "nein"  # zero is a number
    assert len(result.areas) == 8


@pytest.mark.parametrize(
    "rule",
    ["", "sgb2_u15", "sgb2_u15 > ", "gibtesnicht > 3", "sgb2_u15@1999 > 3", "sgb2_u15 > 3 und", "'; drop table x", "x" * 3000],
)
def test_a_rule_that_cannot_be_asked_is_refused_in_german(store, rule):
    with pytest.raises(RuleError) as error:
        screening(store, "ortsteil", rule)
    assert len(str(error.value)) < 300


def test_a_form_shows_flat_rules_only():
    word, parts = flat(read_rule("a > 1 und b < 2"))
    assert (word, [part.indicator for part in parts]) == ("und", ["a", "b"])
    assert flat(read_rule("a > 1"))[0] == "und"
    assert flat(read_rule("a > 1 und (b < 2 oder c < 3)")) is None
    assert flat(read_rule(" und ".join(f"a{i} > 1" for i in range(9)))) is None
    one, two = Condition("a", ">", 1.0), Condition("b", "<", 2.0)
    assert rule_text(joined("oder", (one, two))) == "a > 1 oder b < 2"
    assert joined("und", (one,)) == one
    assert isinstance(joined("und", (one, two)), Rule)


def test_there_is_a_rule_to_begin_with(store, planung, ausschuss):
    assert start_rule(store, "ortsteil") == "sgb2_u15 > stadt*1.25"
    for opened in (planung, ausschuss):
        result = screening(opened, "ortsteil", start_rule(opened, "ortsteil"))
        assert result.count("ja") > 0


def test_periods_are_those_with_numbers(store, planung):
    assert periods(store, "ortsteil")["eingang_speech"] == ("2020", "2021", "2022", "2023")
    assert "housing_space" not in periods(planung, "ortsteil")
