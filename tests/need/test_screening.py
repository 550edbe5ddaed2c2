"""Screening: rules as text and back, answers with missing values and tolerance."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raumblick.need.errors import IndexError_, SpecError
from raumblick.need.ruletext import parse_rule, rule_text
from raumblick.need.screening import Condition, Rule, screen, sentence

OBSERVATIONS = pd.DataFrame(
    [
        ("a", "sgb2_u15", "2024", 30.0), ("b", "sgb2_u15", "2024", 24.5), ("c", "sgb2_u15", "2024", 10.0),
        ("d", "sgb2_u15", "2024", np.nan),
        ("a", "sgb2_u15", "2020", 20.0), ("b", "sgb2_u15", "2020", 24.0), ("c", "sgb2_u15", "2020", 0.0),
        ("d", "sgb2_u15", "2020", 5.0),
        ("a", "kita", "2023", 80.0), ("b", "kita", "2023", 95.0), ("c", "kita", "2023", 85.0), ("d", "kita", "2023", 99.0),
    ],
    columns=["area_id", "indicator", "period", "value"],
)  # fmt: skip
CITY = pd.DataFrame({"indicator": ["sgb2_u15", "sgb2_u15"], "period": ["2020", "2024"], "value": [15.0, 20.0]})


def answers(text, city=None):
    return screen(OBSERVATIONS, parse_rule(text), city).set_index("area_id")["answer"].to_dict()


def test_the_example_of_the_module():
    rule = parse_rule("sgb2_u15 > 25 und kita_cov_u6 < 90 und diff(pop_u6, 2019, 2024) > 0")
    assert rule == Rule(
        "und",
        (
            Condition("sgb2_u15", ">", 25),
            Condition("kita_cov_u6", "<", 90),
            Condition("pop_u6", ">", 0, "2024", "2019", "diff"),
        ),
    )
    second = parse_rule("(unemp@2023 >= stadt*1.5 oder unemp_u25 >= median) und pct(pop_u18, 2019) > 5 ~ 1")
    assert second.parts[0].parts[0] == Condition("unemp", ">=", 1.5, "2023", reference="stadt")
    assert second.parts[1] == Condition("pop_u18", ">", 5, "", "2019", "pct", tolerance=1)


def test_values_and_missing_ones():
    assert answers("sgb2_u15 > 25") == {"a": "ja", "b": "nein", "c": "nein", "d": "unbekannt"}
    assert answers("sgb2_u15 > 25 und kita < 90") == {"a": "ja", "b": "nein", "c": "nein", "d": "nein"}
    assert answers("sgb2_u15 > 25 oder kita > 98")["d"] == "ja", "known whatever the missing value is"
    assert answers("sgb2_u15 > 25 oder kita < 90")["d"] == "unbekannt"


def test_tolerance_is_just_met():
    assert answers("sgb2_u15 > 25 ~ 1") == {"a": "ja", "b": "knapp", "c": "nein", "d": "unbekannt"}
    assert answers("sgb2_u15 > 25 ~ 1 und kita > 90")["b"] == "knapp"
    assert answers("kita <= 80 ~ 5") == {"a": "ja", "b": "nein", "c": "knapp", "d": "nein"}


def test_equal_to_the_limit():
    assert answers("kita > 80")["a"] == "nein" and answers("kita >= 80")["a"] == "ja"
    assert answers("kita < 80")["a"] == "nein" and answers("kita <= 80")["a"] == "ja"


def test_changes():
    assert answers("diff(sgb2_u15, 2020, 2024) >= 10") == {"a": "ja", "b": "nein", "c": "ja", "d": "unbekannt"}
    assert answers("pct(sgb2_u15, 2020) > 40")["c"] == "unbekannt", "no per cent of zero"
    assert answers("sgb2_u15@2020 < 10") == {"a": "nein", "b": "nein", "c": "ja", "d": "ja"}


def test_references():
    got = screen(OBSERVATIONS, parse_rule("sgb2_u15 > stadt*1.2"), CITY)
    assert got["limit_0"].eq(24).all() and got["answer"].tolist() == ["ja", "ja", "nein", "unbekannt"]
    assert answers("diff(sgb2_u15, 2020) > stadt", CITY)["a"] == "ja"
    assert answers("kita >= median") == {"a": "nein", "b": "ja", "c": "nein", "d": "ja"}


def test_brackets_and_precedence():
    flat = answers("kita > 98 oder sgb2_u15 > 25 und kita > 98")
    grouped = answers("(kita > 98 oder sgb2_u15 > 25) und kita > 98")
    assert flat["d"] == "ja" == grouped["d"] and flat["a"] == grouped["a"] == "nein"


def test_german_decimal_comma():
    assert parse_rule("kita < 90,5") == Condition("kita", "<", 90.5)
    assert parse_rule("pct(kita, 2019, 2020) > -1,5 ~ 0,5") == Condition(
        "kita", ">", -1.5, "2020", "2019", "pct", "", 0.5
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "eine Kennzahl"),
        ("kita", "ein Vergleich"),
        ("kita >", "eine Zahl"),
        ("kita > viel", "eine Zahl"),
        ("kita > 1 und", "eine Kennzahl"),
        ("(kita > 1", "schließende Klammer"),
        ("kita > 1)", "das Ende"),
        ("diff(kita) > 1", "Komma"),
        ("kita = 1", "Unbekanntes Zeichen „=“ an Stelle 6"),
        ("kita > 1 ~ -1", "Spielraum"),
        ("kita > inf", "eine Zahl"),
        (" und ".join(["a > 1"] * 51), "50 Bedingungen"),
        ("(" * 5000, "50 Bedingungen"),
    ],
)
def test_mistakes_are_explained(text, expected):
    with pytest.raises(SpecError, match=expected) as caught:
        parse_rule(text)
    assert caught.value.key == "regel"


def test_unknown_indicators_and_periods_are_named():
    for text, key in [("fehlt > 1", "fehlt"), ("kita@1999 > 1", "kita"), ("sgb2_u15 > stadt", "stadt")]:
        with pytest.raises(IndexError_) as caught:
            answers(text)
        assert caught.value.key == key
    with pytest.raises(IndexError_, match="^area_id"):
        screen(pd.concat([OBSERVATIONS, OBSERVATIONS]), parse_rule("kita > 1"))


def test_the_sentence_is_german():
    rule = parse_rule("sgb2_u15 > 25.5 und (kita < stadt*0.9 oder diff(pop, 2019) > 0) und kita@2023 >= 80 ~ 2")
    text = sentence(rule, {"sgb2_u15": "Kinder in SGB II", "kita": "Versorgung", "pop": "Kinder"}, {"sgb2_u15": "%"})
    assert text == (
        "Kinder in SGB II über 25,5 % und (Versorgung unter dem 0,9-fachen von dem Wert der Stadt oder Veränderung von Kinder"
        " seit 2019 über 0) und Versorgung (2023) mindestens 80 (Spielraum 2)"
    )


keys = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(
    lambda k: k not in ("und", "oder", "diff", "pct", "stadt", "median", "inf", "nan")
)
periods = st.sampled_from(["2019", "2024", "2024-06"])
floats = st.floats(-1e6, 1e6, allow_nan=False).map(lambda v: v + 0.0)


@st.composite
def any_condition(draw):
    change = draw(st.sampled_from(["", "diff", "pct"]))
    return Condition(
        indicator=draw(keys),
        operator=draw(st.sampled_from([">", "<", ">=", "<="])),
        limit=draw(floats),
        period=draw(st.one_of(st.just(""), periods)),
        since=draw(periods) if change else "",
        change=change,
        reference=draw(st.sampled_from(["", "stadt", "median"])),
        tolerance=draw(st.floats(0, 1e3)),
    )


any_rule = st.recursive(
    any_condition(),
    lambda inner: st.builds(Rule, st.sampled_from(["und", "oder"]), st.lists(inner, min_size=2, max_size=3).map(tuple)),
    max_leaves=8,
)


@given(any_rule)
def test_a_rule_survives_the_address(rule):
    assert parse_rule(rule_text(rule)) == rule


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text):
    try:
        parse_rule(text)
    except SpecError:
        pass
