"""The workbook that the command line writes: its sheets, saved as CSV, are the tables of a data package."""

import csv
import zipfile

import pytest
from openpyxl import load_workbook

from raumblick.catalogue import load_catalogue
from raumblick.intake.header import read_header
from raumblick.intake.template import TYPE_LABEL, write_template

KNOWN = load_catalogue()


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "vorlage.xlsx"
    write_template(path, KNOWN)
    return path


@pytest.fixture(scope="module")
def book(file):
    return load_workbook(file)


def test_one_sheet_a_table_after_the_guide(book):
    assert book.sheetnames == ["Anleitung", *KNOWN.tables]


@pytest.mark.parametrize("name", KNOWN.tables)
def test_a_sheet_saved_as_csv_has_the_header_of_its_table(book, name, tmp_path):
    spec, path = KNOWN.tables[name], tmp_path / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(book[name].iter_rows(max_row=1, values_only=True))
    header, findings = read_header(path, path.name, spec)
    assert header == list(spec.names) and findings == []
    assert book[name].max_row == 1 and book[name].freeze_panes == "A2"


@pytest.mark.parametrize("name", KNOWN.tables)
def test_every_heading_explains_its_column(book, name):
    for cell, column in zip(book[name][1], KNOWN.tables[name].columns, strict=True):
        note = cell.comment.text
        assert column.label in note and TYPE_LABEL[column.type] in note and (column.help or "") in note
        assert all(value in note for value in column.values)
        assert (cell.fill.start_color.rgb == "001F4E79") == column.required


@pytest.mark.parametrize("name", KNOWN.tables)
def test_keys_keep_their_leading_zeros_and_dates_stay_as_typed(book, name):
    for cell, column in zip(book[name][1], KNOWN.tables[name].columns, strict=True):
        expected = "@" if column.type in ("text", "date") else "General"
        assert book[name].column_dimensions[cell.column_letter].number_format == expected, column.name


def test_columns_with_few_allowed_values_have_a_list(book):
    lists = {str(rule.sqref): rule.formula1 for rule in book["population"].data_validations.dataValidation}
    assert lists["E2:E20000"] == '"female,male,all"'
    yes_no = {rule.formula1 for rule in book["facility"].data_validations.dataValidation}
    assert yes_no == {'"true,false"'}


def test_a_list_that_a_workbook_cannot_hold_is_left_out(book):
    """Excel takes no list above 255 characters; such a file would be reported as damaged."""
    rules = [rule for sheet in book for rule in sheet.data_validations.dataValidation]
    assert rules and all(len(rule.formula1) <= 255 for rule in rules)
    topic = [c.values for c in KNOWN.tables["indicator"].columns if c.name == "topic"][0]
    assert len(",".join(topic)) > 100


def test_the_guide_names_every_table_and_column(book):
    rows = [row[:2] for row in book["Anleitung"].iter_rows(min_row=2, values_only=True)]
    expected = [(spec.name, name or None) for spec in KNOWN.tables.values() for name in ("", *spec.names)]
    assert [(table, column or None) for table, column in rows] == expected


def test_the_file_is_a_whole_workbook_and_small(file):
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
    assert file.stat().st_size < 100_000


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path):
    with pytest.raises(OSError):
        write_template(tmp_path / "nirgends" / "x.xlsx", KNOWN)
