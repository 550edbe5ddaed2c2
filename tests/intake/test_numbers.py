"""Numbers as offices write them: worked cells, columns that must be refused, and round trips."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raumblick.intake.numbers import SIGNS, AmbiguousNumbers, decimal_mark, parse_numbers, unreadable

NBSP, THIN, NARROW = "\u00a0", "\u2009", "\u202f"


def column(*cells: str | None) -> pd.Series:
    return pd.Series(cells, dtype="string")


def read(cell: str, decimal: str) -> tuple[float | None, str | None]:
    values, signs = parse_numbers(column(cell), decimal)
    return (None if values.isna()[0] else values[0], None if signs.isna()[0] else signs[0])


@pytest.mark.parametrize(
    ("cell", "decimal", "number"),
    [
        ("0", ".", 0.0),
        ("473.0", ".", 473.0),
        ("1234.5", ".", 1234.5),
        ("1,234.5", ".", 1234.5),
        ("1.234,5", ",", 1234.5),
        ("1.234", ",", 1234.0),
        ("1.234", ".", 1.234),
        ("1,234", ".", 1234.0),
        ("1,234", ",", 1.234),
        ("1.234.567,89", ",", 1234567.89),
        ("1 234", ",", 1234.0),
        (f"1{NBSP}234{NBSP}567,5", ",", 1234567.5),
        (f"1{THIN}234", ".", 1234.0),
        (f"12{NARROW}345.5", ".", 12345.5),
        ("1'234.50", ".", 1234.5),
        ("-3,1", ",", -3.1),
        ("−3,1", ",", -3.1),
        ("+5", ".", 5.0),
        ("12,50-", ",", -12.5),
        ("12,5 %", ",", 12.5),
        ("12 %", ".", 12.0),
        ("1.234,56 €", ",", 1234.56),
        ("1.234,56 EUR", ",", 1234.56),
        (",5", ",", 0.5),
        ("1,5E+05", ",", 150000.0),
        ("  42 ", ".", 42.0),
        ("01.01100101", ".", 1.01100101),
    ],
)
def test_number(cell: str, decimal: str, number: float) -> None:
    assert read(cell, decimal) == (number, None)


@pytest.mark.parametrize("sign", sorted(SIGNS))
@pytest.mark.parametrize("decimal", ["auto", ",", "."])
def test_a_sign_is_never_a_number(sign: str, decimal: str) -> None:
    assert read(f" {sign} ", decimal) == (None, SIGNS[sign])


def test_signs_are_those_that_tables_allow() -> None:
    assert set(SIGNS.values()) == {"-", ".", "...", "/", "x", "()", "–"}


def test_brackets_keep_the_number_and_say_that_it_is_limited() -> None:
    assert read("(12)", ",") == (12.0, "()")
    assert read("( 1.234,5 )", ",") == (1234.5, "()")
    assert read("(k. A.)", ",") == (None, None)


@pytest.mark.parametrize(
    ("cell", "decimal"),
    [
        ("k. A.", ","),
        ("12 34", "."),
        ("1.23.456", ","),
        ("0.123", ","),  # no group of thousands begins with 0
        ("1.2345", ","),
        ("1,5", "."),
        ("1,2,3", ","),
        ("--5", "."),
        ("5 Kinder", "."),
        ("1e", "."),
        ("²", "."),
        ("nan", "."),
        ("inf", "."),
    ],
)
def test_what_is_no_number_is_unreadable_not_wrong(cell: str, decimal: str) -> None:
    cells = column(cell)
    values, signs = parse_numbers(cells, decimal)
    assert unreadable(cells, values, signs).tolist() == [True]


def test_blank_and_missing_cells_are_missing_and_readable() -> None:
    cells = column("", "  ", None, "3")
    values, signs = parse_numbers(cells)
    assert values.isna().tolist() == [True, True, True, False]
    assert signs.isna().all()
    assert not unreadable(cells, values, signs).any()


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["1.234", "12,5"], ","),
        (["1.234", "1.234.567"], ","),
        (["1.234", "0.5"], "."),
        (["1.234", "0.123"], "."),
        (["1.234", "1234.567"], "."),
        (["1,234", "1,234.5"], "."),
        (["1,234", "3,5"], ","),
        (["1.234", "(7,5)", "–"], ","),
        (["12", "7", "x"], "."),
        ([], "."),
    ],
)
def test_the_column_decides(cells: list[str], mark: str) -> None:
    assert decimal_mark(column(*cells)) == mark


@pytest.mark.parametrize("cells", [["1.234"], ["1.234", "999"], ["12,345"], ["1.234", "5,678"]])
def test_a_column_without_evidence_is_refused(cells: list[str]) -> None:
    with pytest.raises(AmbiguousNumbers, match="nicht zu unterscheiden"):
        parse_numbers(column(*cells))


def test_a_column_with_both_marks_is_refused_with_examples() -> None:
    with pytest.raises(AmbiguousNumbers) as caught:
        parse_numbers(column("3", "1,5", "2.5"))
    assert caught.value.examples == ("1,5", "2.5")


def test_the_index_of_the_column_stays() -> None:
    cells = pd.Series(["1,5", "x", "2"], index=[7, 3, 9], dtype="string")
    values, signs = parse_numbers(cells)
    assert list(values.index) == list(signs.index) == [7, 3, 9]
    assert (values.dtype, signs.dtype) == ("Float64", "string")


def test_unknown_decimal_mark_is_an_error() -> None:
    with pytest.raises(ValueError, match="decimal"):
        parse_numbers(column("1"), decimal=";")


NUMBERS = st.integers(-(10**12), 10**12).map(lambda n: n / 100)


def german(value: float) -> str:
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


@settings(deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=30))
def test_german_and_english_columns_come_back_unchanged(numbers: list[float]) -> None:
    for written in ([german(n) for n in numbers], [f"{n:,.2f}" for n in numbers], [f"{n:.2f}" for n in numbers]):
        values, signs = parse_numbers(column(*written))
        assert values.tolist() == numbers
        assert signs.isna().all()


@settings(deadline=None)
@given(st.lists(st.text(alphabet="0123456789.,()-–x/ %", max_size=8), max_size=12))
def test_no_cell_is_read_alone(cells: list[str]) -> None:
    """Whatever a column holds: it is refused as a whole, or read as it would be under one named mark."""
    try:
        values, signs = parse_numbers(column(*cells))
    except AmbiguousNumbers:
        return
    expected, expected_signs = parse_numbers(column(*cells), decimal_mark(column(*cells)))
    pd.testing.assert_series_equal(values, expected)
    pd.testing.assert_series_equal(signs, expected_signs)
    assert (signs.isna() | values.isna() | (signs == "()")).all()
