"""Numbers, money, dates and periods as Germans read them; missing is never a number."""

import datetime as dt
import math
import re
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from raumblick.ui import format as fmt
from raumblick.ui.map import pack

SPACE = "\u00a0"
NOTHING = (None, math.nan, np.nan, pd.NA, pd.NaT)


@pytest.mark.parametrize(
    ("value", "decimals", "unit", "expected"),
    [
        (0, 0, "", "0"),
        (0, 1, "%", f"0,0{SPACE}%"),
        (1234.5, 1, "%", f"1.234,5{SPACE}%"),
        (1_234_567, 0, "Personen", f"1.234.567{SPACE}Personen"),
        (999.95, 1, "", "1.000,0"),
        (-3.25, 2, "", "−3,25"),
        (-0.04, 1, "", "0,0"),
        (0.125, 2, "", "0,13"),  # halves go up, as at school
        (-2.5, 0, "", "−3"),
        (2.675, 2, "", "2,68"),
        (np.float32(2.5), 1, "", "2,5"),
        (np.int64(7), 2, "", "7,00"),
    ],
)
def test_number(value, decimals, unit, expected):
    assert fmt.number(value, decimals, unit) == expected


@pytest.mark.parametrize("nothing", NOTHING)
def test_missing_is_said(nothing):
    assert not fmt.known(nothing)
    assert fmt.number(nothing, 1, "%") == "k. A."
    assert fmt.signed(nothing, 1) == "k. A."
    assert fmt.money(nothing) == "k. A."
    assert fmt.date(nothing) == "k. A."


@given(some.floats(-1e12, 1e12), some.integers(0, 4))
def test_a_number_reads_back_as_what_it_was(value, decimals):
    text = fmt.number(value, decimals)
    assert re.fullmatch(r"−?\d{1,3}(\.\d{3})*(,\d+)?", text)
    back = Decimal(text.replace(".", "").replace(",", ".").replace("−", "-"))
    # Compared as decimals: half a unit of the last place is exact there, and a tie may lie on it.
    assert abs(back - Decimal(repr(value))) <= Decimal("0.5").scaleb(-decimals)
    assert not text.startswith("−0,0000") or value <= -0.00005
    assert text != "−0"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(2.04, "+2,0"), (0.06, "+0,1"), (0.04, "0,0"), (0.0, "0,0"), (-0.04, "0,0"), (-1.5, "−1,5"), (10, "+10,0")],
)
def test_only_a_gain_that_is_seen_has_a_plus(value, expected):
    assert fmt.signed(value, 1) == expected


@pytest.mark.parametrize(
    ("euro", "expected"),
    [
        (0, f"0{SPACE}€"),
        (12345.4, f"12.345{SPACE}€"),
        (999_999, f"999.999{SPACE}€"),
        (1_250_000, f"1,3{SPACE}Mio. €"),
        (-2_560_000, f"−2,6{SPACE}Mio. €"),
    ],
)
def test_money(euro, expected):
    assert fmt.money(euro) == expected


@pytest.mark.parametrize(
    "value", ["2025-12-31", "2025-12-31T23:59:59+00:00", dt.date(2025, 12, 31), pd.Timestamp(2025, 12, 31, 8)]
)
def test_date(value):
    assert fmt.date(value) == "31.12.2025"


def test_period_and_levels():
    assert [fmt.period(p) for p in ("2024", "2024-01", "2024-12")] == ["2024", "Januar 2024", "Dezember 2024"]
    assert [fmt.level("ortsteil"), fmt.level("ortsteil", many=True)] == ["Ortsteil", "Ortsteile"]
    assert fmt.level("kiez") == "kiez"


def test_a_difference_of_percentages_is_percentage_points():
    assert (fmt.points("%"), fmt.change_unit("%")) == ("Prozentpunkte", "%-Punkte")
    assert (fmt.points("je 1.000"), fmt.change_unit("€")) == ("je 1.000", "€")


@pytest.mark.parametrize(
    ("value", "decimals"),
    [(1.25, 1), (0.25, 1), (12.5, 0), (62.5, 0), (1.005, 2), (2.675, 2), (-0.25, 1), (-12.5, 0), (0.049999999999, 1), (7.0, 1)],
)
def test_a_map_shows_the_number_of_its_table(value, decimals):
    packed = pack(np.array([value]), decimals)  # one number: it is the smallest
    assert fmt.number(packed["min"] / 10**decimals, decimals) == fmt.number(value, decimals)


def test_a_change_of_whole_things_has_no_decimals():
    assert [fmt.change_decimals("count", 0), fmt.change_decimals("count", 1)] == [0, 1]
    assert [fmt.change_decimals("rate", 0), fmt.change_decimals("share", 2)] == [1, 2]


def test_a_span_of_one_period_is_that_period():
    assert [fmt.span("2020", "2020"), fmt.span("2015", "2024-06")] == ["2020", "2015 bis Juni 2024"]
