"""Points and spans of time: what they are, and texts that are none."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raumblick.intake.files.moments import Moment, at_month, parse_moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024", Moment("2024")),
        (" 2024 ", Moment("2024")),
        ("2024-12-31", Moment("2024", "2024-12-31")),
        ("31.12.2024", Moment("2024", "2024-12-31")),
        ("1.3.2010", Moment("2010-03", "2010-03-01")),
        ("06/2024", Moment("2024-06")),
        ("2024-06", Moment("2024-06")),
        ("Mai 2024", Moment("2024-05")),
        ("March 2024", Moment("2024-03")),
        ("2023-Q4", Moment("2023", None, "4. Quartal")),
        ("3. Quartal 2023", Moment("2023", None, "3. Quartal")),
        ("2022/23", Moment("2022", None, "2022/23")),
        ("2020-2022", Moment("2020", None, "2020-2022")),
        ("SS 2023", Moment("2023", None, "SS 2023")),
        ("2023-04P6M", Moment("2023", None, "2023-04P6M")),
    ],
)
def test_moments(text: str, moment: Moment) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    ["", "1000", "2024-13", "2024/2020", "2024-02-30", "31.02.2024", "30.6", "Foo 2024", "2024 Leipzig", "14713", "²024"],
)
def test_other_texts_are_no_time(text: str) -> None:
    assert parse_moment(text) is None


@given(st.dates(dt.date(1800, 1, 1), dt.date(2099, 12, 31)))
def test_every_day_in_both_notations(day: dt.date) -> None:
    german = parse_moment(f"{day.day:02d}.{day.month:02d}.{day.year}")
    assert german == parse_moment(day.isoformat())
    assert german is not None and german.date == day.isoformat()
    assert german.period == (str(day.year) if (day.month, day.day) == (12, 31) else f"{day.year}-{day.month:02d}")


@given(st.text(max_size=20))
def test_any_text_is_answered(text: str) -> None:
    moment = parse_moment(text)
    assert moment is None or moment.period[:4].isdigit()


def test_months_of_a_year() -> None:
    assert at_month(Moment("2024"), 3) == Moment("2024-03")
    assert at_month(Moment("2024-06"), 3) == Moment("2024-06")
