"""The slow look at a CSV: number formats decided by column, lines that are lines of the file, pieces, limits."""

import csv
import datetime as dt
import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raumblick.catalogue import load_catalogue
from raumblick.intake import cells
from raumblick.intake.cells import at_lines, cap, explain_csv
from raumblick.intake.findings import Finding
from raumblick.intake.header import read_header, shorten

TABLES = load_catalogue().tables
FACILITY, OBSERVATION, CASELOAD = TABLES["facility"], TABLES["observation"], TABLES["caseload"]


@pytest.fixture
def write(tmp_path):
    """Write a CSV; returns its path."""

    def write(content: str | bytes):
        path = tmp_path / "t.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def read(path, spec=OBSERVATION):
    """(findings, all accepted rows)."""
    taken: list[pd.DataFrame] = []
    findings = explain_csv(path, "t.csv", spec, taken.append)
    return findings, pd.concat(taken, ignore_index=True) if taken else None


def places(findings):
    return [(f.code, f.row, f.column) for f in findings]


def numbers(*texts: str) -> str:
    """A CSV of one number column; cells with a comma are quoted."""
    return "value\n" + "".join(f'"{text}"\n' for text in texts)


# --- the header ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start",
    [b"indicator,area_id,period,source_id\n", b"\xef\xbb\xbfindicator,area_id,period,source_id\r\n",
     b' indicator ,"area_id",period,source_id \nx', b"indicator,area_id,period,source_id\rx,y,z,s\r"],
)  # fmt: skip
def test_a_header_is_read_with_mark_blanks_and_any_line_end(write, start):
    names, findings = read_header(write(start), "t.csv", OBSERVATION)
    assert names == ["indicator", "area_id", "period", "source_id"] and findings == []


def test_a_header_says_all_that_is_wrong_at_once(write):
    path = write("indicator,gebiet,period,period,quelle_id,xyz,,\n")
    _, findings = read_header(path, "t.csv", OBSERVATION)
    assert places(findings) == [
        ("column_twice", 1, "period"),
        ("column_unknown", 1, "gebiet"),
        ("column_misspelt", 1, "quelle_id"),
        ("column_unknown", 1, "xyz"),
        ("column_missing", 1, "area_id"),
    ]


@pytest.mark.parametrize("name", ["Area_Id", "areaid", "area-id", "Gebietsschlüssel", "gebietsschluessel"])
def test_a_near_name_is_recognised(write, name):
    _, findings = read_header(write(f"indicator,{name},period,source_id\n"), "t.csv", OBSERVATION)
    assert places(findings) == [("column_misspelt", 1, name)]
    assert "„area_id“ gemeint?" in findings[0].message


def test_a_name_that_stands_already_is_not_meant_again(write):
    _, findings = read_header(write("from_id,from_vintage,to_id,share,basis\n"), "t.csv", TABLES["area_share"])
    assert places(findings) == [("column_missing", 1, "to_vintage")]


# --- numbers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["12,5", "1.234", "3"], [12.5, 1234.0, 3.0]),
        (["12.5", "1,234", "3"], [12.5, 1234.0, 3.0]),
        (["1.234.567", "0,5"], [1234567.0, 0.5]),
        (["-3,25", "1 234,5", "7 %"], [-3.25, 1234.5, 7.0]),
        (["1.234", "7"], [1.234, 7.0]),  # the format of the package is a decimal point
        (["", "  ", "8"], [None, None, 8.0]),
    ],
)
def test_numbers_of_a_column(write, texts, expected):
    findings, rows = read(write(numbers(*texts)))
    assert [f for f in findings if f.severity != "info"] == []
    assert [None if pd.isna(v) else v for v in rows["value"]] == expected


@pytest.mark.parametrize(
    ("texts", "code", "row"),
    [
        (["1,5", "2", "2.5", "3.5"], "numbers_mixed", 4),
        (["2.5", "1,5"], "numbers_mixed", 3),
        (["7", "1,234"], "numbers_unclear", 3),
        (["1.234", "1,234"], "numbers_unclear", 3),
    ],
)
def test_a_column_that_cannot_be_read_is_named_once(write, texts, code, row):
    findings, rows = read(write(numbers(*texts)))
    assert places(findings) == [(code, row, "value")] and rows is None


@pytest.mark.parametrize(
    ("column", "cell", "proof", "expected"),
    [
        ("lat", "1.234", "0,5", 1234.0),
        ("lat", "1,234", "0,5", 1.234),
        ("lat", "1,234", "0.5", 1234.0),
        ("lat", "1.234", "0.5", 1.234),
        ("enrolled", "1.000", "0,5", 1000.0),
        ("enrolled", "1,000", "0.5", 1000.0),
        ("enrolled", "1.000", "0.5", None),  # a point elsewhere may be a coordinate: is this one child or a thousand?
        ("enrolled", "1,000", "0,5", None),
    ],
)
def test_another_column_of_the_file_can_settle_it(write, column, cell, proof, expected):
    findings, rows = read(write(f'lon,{column}\n"{proof}","{cell}"\n'), FACILITY)
    if expected is None:
        assert places(findings) == [("numbers_unclear", 2, column)] and rows is None
    else:
        assert list(rows[column]) == [expected]


def test_a_file_of_both_notations_settles_nothing(write):
    findings, _ = read(write('numerator,denominator,value\n1.234,"0,5",0.5\n'))
    assert places(findings) == [("numbers_unclear", 2, "numerator")]


def test_the_format_is_decided_on_the_whole_column_not_on_a_piece(write, monkeypatch):
    monkeypatch.setattr(cells, "PIECE", 2)
    findings, rows = read(write(numbers("1.234", "5.678", "9", "10", "0,5")))
    assert list(rows["value"]) == [1234.0, 5678.0, 9.0, 10.0, 0.5]
    assert places(findings) == [("german_numbers", None, None)]


def test_dates_and_yes_and_no_in_german(write):
    findings, rows = read(write("opens,closes,inclusive\n01.08.2020,2021-07-31,ja\n,,Nein\n"), FACILITY)
    assert findings == []
    assert rows["opens"][0] == pd.Timestamp("2020-08-01") and pd.isna(rows["opens"][1])
    assert rows["closes"][0] == pd.Timestamp("2021-07-31")
    assert list(rows["inclusive"]) == [True, False]


def test_a_sign_in_a_number_column_says_where_signs_go(write):
    findings, _ = read(write(numbers("x")))
    assert places(findings) == [("not_number", 2, "value")] and "Spalte sign" in findings[0].remedy


# --- lines, pieces, limits -----------------------------------------------------------------------------------------


def test_a_row_is_named_by_its_first_line(write):
    path = write('name,opens\n"two\nlines",2020-01-01\n\n\n"and\n\nmore",nie\nx,niemals\n')
    findings, _ = read(path, FACILITY)
    assert places(findings) == [("not_date", 6, "opens"), ("not_date", 9, "opens")]


def test_after_a_fault_nothing_more_is_accepted(write, monkeypatch):
    monkeypatch.setattr(cells, "PIECE", 2)
    findings, rows = read(write(numbers("1", "2", "3", "x", "5", "6")))
    assert places(findings) == [("not_number", 5, "value")]
    assert list(rows["value"]) == [1.0, 2.0]


def test_a_file_is_read_in_pieces(write, monkeypatch):
    monkeypatch.setattr(cells, "PIECE", 10)
    sizes = []
    path = write(numbers(*[str(n) for n in range(95)]))
    assert explain_csv(path, "t.csv", OBSERVATION, lambda frame: sizes.append(len(frame))) == []
    assert sizes == [10] * 9 + [5]


def test_many_faults_are_counted_not_listed(write):
    findings, _ = read(write(numbers(*["k.A."] * 1234)))
    assert [f.row for f in findings] == [*range(2, 22), None]
    assert findings[-1].message == "Dasselbe in 1.214 weiteren Zeilen."


def test_many_lines_of_wrong_length_are_counted(write):
    findings, _ = read(write("value,sign\n" + "1\n" * 50))
    assert [f.code for f in findings] == ["row_length"] * 21 and findings[-1].message.startswith("Dasselbe in 30 ")


def test_a_trailing_separator_is_forgiven(write):
    findings, rows = read(write("value,sign\n1,,\n2,,\n"))
    assert findings == [] and list(rows["value"]) == [1.0, 2.0]


def test_cap_keeps_short_lists_as_they_are():
    few = [Finding("error", "c", "f", "m", "r", n) for n in range(20)]
    assert cap(few) == few
    assert len(cap([*few, few[0]])) == 21 and cap([]) == []


def test_shorten_gives_one_line():
    assert shorten("a\n  b\tc") == "a b c"
    assert shorten("x" * 100) == "x" * 79 + "…"


# --- properties ----------------------------------------------------------------------------------------------------

MODEST = settings(max_examples=40, deadline=None)
AMOUNTS = st.integers(-(10**11), 10**11).map(lambda cents: cents / 100)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip)


def german(number: float) -> str:
    return f"{number:,.2f}".translate(str.maketrans(",.", ".,"))


@MODEST
@given(st.lists(AMOUNTS, min_size=1, max_size=20), st.sampled_from([german, "{:.2f}".format, "{:,.2f}".format]))
def test_amounts_survive_every_notation(tmp_path_factory, amounts, notation):
    path = tmp_path_factory.mktemp("amounts") / "t.csv"
    path.write_text("cost\n" + "".join(f'"{notation(a)}"\n' for a in amounts), encoding="utf-8")
    findings, rows = read(path, CASELOAD)
    assert {f.severity for f in findings} <= {"info"}
    assert list(rows["cost"]) == pytest.approx(amounts, abs=1e-6)


@MODEST
@given(st.lists(st.tuples(WORDS, st.dates(dt.date(1801, 1, 1), dt.date(2200, 1, 1)), st.booleans()), min_size=1, max_size=20))
def test_texts_dates_and_booleans_survive(tmp_path_factory, rows):
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["name", "opens", "inclusive"])
    for name, day, flag in rows:
        writer.writerow([name, f"{day:%d.%m.%Y}" if flag else day.isoformat(), "ja" if flag else "nein"])
    path = tmp_path_factory.mktemp("rows") / "t.csv"
    path.write_text(stream.getvalue(), encoding="utf-8", newline="")
    findings, read_back = read(path, FACILITY)
    assert findings == []
    assert [n if isinstance(n, str) else "" for n in read_back["name"]] == [name for name, _, _ in rows]
    assert [d.date() for d in read_back["opens"]] == [day for _, day, _ in rows]
    assert list(read_back["inclusive"]) == [flag for _, _, flag in rows]


RECORDS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["x", "a\nb", "\n\n", "a\r\nb"])), min_size=1, max_size=15)


@MODEST
@given(RECORDS, st.data())
def test_records_are_found_at_their_lines(tmp_path_factory, rows, data):
    """`rows`: blank lines before a record, and its cell. The line is counted while the text is put together."""
    content, expected, line = "name,carrier\n", {1: 1}, 2
    for number, (blank, cell) in enumerate(rows, start=2):
        content += "\n" * blank
        line += blank
        expected[number] = line
        content += f'"{cell}",y\n'
        line += cell.count("\n") + 1
    path = tmp_path_factory.mktemp("lines") / "t.csv"
    path.write_text(content, encoding="utf-8", newline="")
    asked = data.draw(st.lists(st.sampled_from(sorted(expected)), min_size=1))
    found = at_lines([Finding("error", "c", "t.csv", "m", "r", n) for n in asked], {"t.csv": path})
    assert [f.row for f in found] == [expected[n] for n in asked]
    other = Finding("error", "c", "other.csv", "m", "r", 7)
    assert at_lines([other], {"t.csv": path}) == [other]
