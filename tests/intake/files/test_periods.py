"""Periods in headings and cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raumblick.intake.files.periods import find_period, read_period


@pytest.mark.parametrize(
    ("text", "period", "date", "rest"),
    [
        ("Bevölkerung und Haushalte 31.12.2013", "2013", "2013-12-31", "Bevölkerung und Haushalte"),
        ("Kinder (Stand: 30.06.2024)", "2024-06", "2024-06-30", "Kinder"),
        ("Einwohner am 31.12.2023 nach Stadtteilen", "2023", "2023-12-31", "Einwohner nach Stadtteilen"),
        ("Arbeitslose (Dez 2013)", "2013-12", None, "Arbeitslose"),
        ("Kitas (März 2014)", "2014-03", None, "Kitas"),
        ("Zuzüge im Jahr 2013", "2013", None, "Zuzüge"),
        ("Einkommen in EUR (2010)", "2010", None, "Einkommen in EUR"),
        ("2024-06-30", "2024-06", "2024-06-30", ""),
        ("06/2022", "2022-06", None, ""),
        ("2022-06", "2022-06", None, ""),
        ("Marken 2000", "2000", None, "Marken"),
    ],
)
def test_a_period_is_found(text, period, date, rest):
    found = find_period(text)
    assert found is not None
    assert (found.period, found.date, found.rest, found.school_year) == (period, date, rest, False)


@pytest.mark.parametrize("text", ["Grundschulen (2013/2014)", "Schuljahr 2013/14"])
def test_a_school_year_is_the_year_it_begins_in(text):
    found = find_period(text)
    assert found is not None and found.period == "2013" and found.school_year


@pytest.mark.parametrize(
    "text",
    [
        "Sozialwohnungen mit Bindungsauslauf bis 2019 in %",
        "seit 2009",
        "Einkommen unter 2000 EUR",
        "2000 Einwohner",
        "je 2000",
        "von 2010 bis 2012",
        "2010 und 2011",
        "2013/2015",
        "99.99.2013",
        "2020-13",
        "PLR 01011101",
        "3-<6",
        "Anteil in %",
        "",
    ],
)
def test_a_limit_or_a_number_is_no_period(text):
    assert find_period(text) is None


@given(st.integers(1900, 2099), st.integers(1, 12), st.integers(1, 28))
def test_days_months_and_years_read_back(year, month, day):
    end = (month, day) == (12, 31)
    for text in (f"{day:02d}.{month:02d}.{year}", f"{day}.{month}.{year}", f"{year}-{month:02d}-{day:02d}"):
        found = read_period(text)
        assert found is not None and found.date == f"{year}-{month:02d}-{day:02d}"
        assert found.period == (str(year) if end else f"{year}-{month:02d}")
    assert read_period(str(year)).period == str(year)  # type: ignore[union-attr]
    assert read_period(f"Kinder {year}") is None


@given(st.text(max_size=30))
def test_any_text_is_judged(text):
    found = find_period(text)
    assert found is None or found.period[:4].isdecimal()
