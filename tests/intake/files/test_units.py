"""Units: base, factor, and what is not known; scaling without binary dust."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raumblick.intake.files.units import Unit, parse_unit, scale

KNOWN = {
    "Anzahl": ("Anzahl", 1),
    "number": ("Anzahl", 1),
    "1000": ("Anzahl", 1e3),
    "1 000": ("Anzahl", 1e3),
    "1.000": ("Anzahl", 1e3),
    "in 1000": ("Anzahl", 1e3),
    "Tausend": ("Anzahl", 1e3),
    "Mill.": ("Anzahl", 1e6),
    "Tsd. EUR": ("EUR", 1e3),
    "Tsd._EUR": ("EUR", 1e3),
    "Tsd EUR": ("EUR", 1e3),
    "Tsd. €": ("EUR", 1e3),
    "TEUR": ("EUR", 1e3),
    "T€": ("EUR", 1e3),
    "1000 EUR": ("EUR", 1e3),
    "EUR 1000": ("EUR", 1e3),
    "EUR mn": ("EUR", 1e6),
    "Mill. EUR": ("EUR", 1e6),
    "Mill._EUR": ("EUR", 1e6),
    "Mio. Euro": ("EUR", 1e6),
    "Mrd. EUR": ("EUR", 1e9),
    "EUR bn": ("EUR", 1e9),
    "EUR": ("EUR", 1),
    "Prozent": ("%", 1),
    "(%)": ("%", 1),
    "in (%)": ("%", 1),
    "per cent": ("%", 1),
    "Prozentpunkte": ("Prozentpunkte", 1),
    "qkm": ("km²", 1),
    "1000_qm": ("m²", 1e3),
    "1000 t": ("t", 1e3),
    "1000t": ("t", 1e3),
    "100 kg": ("kg", 100),
    "dt/ha": ("dt je ha", 1),
    "Ew/qkm": ("Einwohner je km²", 1),
    "Inh/km²": ("Einwohner je km²", 1),
    "EUR je qm": ("EUR je m²", 1),
    "Tsd. EUR je Einwohner": ("EUR je Einwohner", 1e3),
    "je 1000 Einwohner": ("je 1000 Einwohner", 1),
    "Fälle je 10 000 Einwohner": ("Fälle je 10 000 Einwohner", 1),
    "2020=100": ("2020=100", 1),
    "2010 = 100": ("2010 = 100", 1),
    "Personen": ("Personen", 1),
    "1000 Personen": ("Personen", 1e3),
    "Jahre": ("Jahre", 1),
}


@pytest.mark.parametrize(("text", "expected"), KNOWN.items())
def test_known_units(text: str, expected: tuple[str, float]) -> None:
    unit = parse_unit(text)
    assert (unit.base, unit.factor, unit.known) == (*expected, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vollzeitäquivalente", Unit("Vollzeitäquivalente", known=False)),
        ("1000 Vollzeitäquivalente", Unit("Vollzeitäquivalente", 1e3, known=False)),
        ("billion EUR", Unit("billion EUR", known=False)),  # 1e9 or 1e12, by language
        ("1234 EUR", Unit("1234 EUR", known=False)),
        ("Euro 4", Unit("Euro 4", known=False)),  # an emission class, not money
        ("", Unit("", known=False)),
        ("  ", Unit("", known=False)),
    ],
)
def test_unknown_units_are_kept_and_named(text: str, expected: Unit) -> None:
    assert parse_unit(text) == expected


def test_counted_things_can_be_headings_too() -> None:
    assert parse_unit("Personen").noun and parse_unit("1000 Personen").noun
    assert not parse_unit("Anzahl").noun and not parse_unit("1000").noun


@given(st.text(max_size=30))
def test_any_text_gives_a_unit(text: str) -> None:
    unit = parse_unit(text)
    assert unit.factor >= 1
    assert unit.base == unit.base.strip()
    assert unit.base or not unit.known


@given(st.integers(0, 10**7), st.integers(0, 4), st.sampled_from([1, 100, 1000, 10**6]))
def test_scaling_is_exact_in_decimal(digits: int, places: int, factor: int) -> None:
    number = Decimal(digits).scaleb(-places)
    scaled = scale(pd.Series([float(number)], dtype="Float64"), pd.Series([float(factor)], dtype="Float64"))
    assert scaled[0] == float(number * factor)


def test_scaling_keeps_missing_numbers_and_unscaled_ones() -> None:
    values = pd.Series([0.1 + 0.2, None, 4.35, 1.005], dtype="Float64")
    scaled = scale(values, pd.Series([1, 1000, 100, 1000], dtype="Float64"))
    assert scaled.isna().tolist() == [False, True, False, False]
    assert scaled[[0, 2, 3]].tolist() == [0.1 + 0.2, 435.0, 1005.0]
