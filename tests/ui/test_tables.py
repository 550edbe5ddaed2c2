"""The table twin and its downloads: numbers stay numbers, gaps are said, nothing runs in a spreadsheet."""

import csv
import io

import numpy as np
import openpyxl
import pandas as pd
import pytest
from homes import FORMULA, IMAGE

from raumblick.ui.tables import Column, safe, texts, to_csv, to_xlsx

COLUMNS = (
    Column("name", "Ortsteil"),
    Column("value", "Anteil (%)", 1),
    Column("low", "von", 1),
    Column("count", "Zähler", 0),
    Column("parent", "liegt in"),
)
ROWS = pd.DataFrame(
    {
        "name": ["Nord; West", FORMULA, "@SUMME(A1)", "Mitte"],
        "value": [1234.5678, np.nan, np.nan, 0.0],
        "low": [1200.25, np.nan, np.nan, -3.5],
        "count": pd.array([12, None, None, 0], dtype="Int64"),
        "parent": [IMAGE, "-1", None, "\tTab"],
        "state": ["value", "missing", "hidden", "value"],
    }
)
ORIGIN = ["Titel", "=HYPERLINK(1)", "Datenstand: 1"]


def test_on_screen_numbers_are_german_and_gaps_are_words():
    shown = texts(ROWS, COLUMNS)
    assert list(shown.columns) == [c.head for c in COLUMNS]
    assert list(shown["Anteil (%)"]) == ["1.234,6", "k. A.", "geheim", "0,0"]
    assert list(shown["Zähler"]) == ["12", "", "", "0"]
    assert list(shown["von"]) == ["1.200,3", "", "", "−3,5"]
    assert list(shown["liegt in"]) == [IMAGE, "-1", "", "\tTab"]


def test_without_a_state_a_gap_is_empty():
    assert list(texts(ROWS, COLUMNS, None)["Anteil (%)"]) == ["1.234,6", "", "", "0,0"]
    assert len(texts(ROWS.head(0), COLUMNS)) == 0


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert safe(text) == f"'{text}"


def test_other_text_is_left_alone():
    assert [safe(v) for v in ("Nord", "1 = 1", "", None, 5)] == ["Nord", "1 = 1", "", "", "5"]


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_csv_is_what_a_german_spreadsheet_opens():
    lines = read_csv(to_csv(ROWS, COLUMNS, ORIGIN))
    assert lines[0] == [c.head for c in COLUMNS]
    assert lines[1][:3] == ["Nord; West", "1234,5678", "1200,25"]
    assert lines[1][4] == IMAGE
    assert lines[2][:2] == ["'=1+1", "k. A."]
    assert lines[3][:2] == ["'@SUMME(A1)", "geheim"]
    assert lines[4][2] == "-3,5"
    assert lines[2][4] == "'-1"
    assert lines[6:] == [["Titel"], ["'=HYPERLINK(1)"], ["Datenstand: 1"]]


def test_csv_counts_have_no_decimals():
    assert read_csv(to_csv(ROWS, COLUMNS, ORIGIN))[1][3] == "12"


def test_xlsx_has_numbers_as_numbers_and_no_formula():
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(ROWS, COLUMNS, ORIGIN, "Anteil: 2024 / [Test]")))
    sheet = book.active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0] == [c.head for c in COLUMNS]
    assert cells[1] == ["Nord; West", 1234.5678, 1200.25, 12, IMAGE]
    assert [row[1] for row in cells[1:5]] == [1234.5678, "k. A.", "geheim", 0]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert cells[6][0] == "Titel"
    assert not set(sheet.title) & set("[]:*?/\\")
