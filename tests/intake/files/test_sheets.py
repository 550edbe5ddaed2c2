"""Workbooks as grids: three formats read back as written, cells that look empty and are not, files that must be refused."""

from __future__ import annotations

import datetime as dt
import math
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sheet_maker import write_ods, write_xls, write_xlsx

from raumblick.intake.files import sheet_worker, sheets
from raumblick.intake.files.sheets import cell_text, column_letters, is_workbook, read_workbook
from raumblick.intake.findings import Finding, IntakeError

WRITERS = {"xlsx": write_xlsx, "ods": write_ods, "xls": write_xls}
TEXT = st.text(st.characters(codec="latin-1", categories=("L", "N", "P", "Zs")), min_size=1, max_size=12).filter(
    lambda text: text == " ".join(text.split()) and not text.startswith("=")
)
NUMBER = st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9, allow_nan=False).map(lambda x: round(x, 3)))
ROWS = st.lists(st.lists(st.one_of(st.none(), TEXT, NUMBER), min_size=3, max_size=3), min_size=1, max_size=6).filter(
    lambda rows: any(cell is not None for row in rows for cell in row)
)


def refused(path: Path) -> Finding:
    with pytest.raises(IntakeError) as caught:
        read_workbook(path)
    (finding,) = caught.value.findings
    assert finding.severity == "error" and finding.file == path.name and finding.message and finding.remedy
    return finding


def same(read: str | float, written: str | float | None) -> bool:
    if isinstance(written, int | float):
        return not isinstance(read, str) and math.isclose(read, written, rel_tol=1e-12)
    return read == (written or "")


@pytest.mark.parametrize("kind", WRITERS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_what_is_written_is_read(kind, rows, tmp_path):
    path = WRITERS[kind](tmp_path / f"a.{kind}", rows)
    (sheet,) = read_workbook(path).sheets
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            inside = i < len(sheet.cells) and j < sheet.width
            assert same(sheet.cells[i][j] if inside else "", cell), (i, j)


@pytest.mark.parametrize("kind", WRITERS)
def test_merged_text_stands_in_each_cell_and_a_merged_number_once(kind, tmp_path):
    rows = [["Kinder", None, None], ["Mitte", 5, 7], [None, 6, None]]
    path = WRITERS[kind](tmp_path / f"a.{kind}", rows, [(0, 0, 0, 2), (1, 0, 2, 0), (1, 2, 2, 2)])
    book = read_workbook(path)
    assert book.sheets[0].cells == (("Kinder",) * 3, ("Mitte", 5, 7), ("Mitte", 6, ""))
    assert [(f.code, f.severity, f.row) for f in book.findings] == [("merged_number", "warning", 2)]


def test_dates_and_booleans_are_text(tmp_path):
    book = openpyxl.Workbook()
    book.active.append([dt.date(2024, 12, 31), dt.datetime(2024, 1, 2, 3, 4), True])
    book.save(tmp_path / "a.xlsx")
    assert read_workbook(tmp_path / "a.xlsx").sheets[0].cells == (("2024-12-31", "2024-01-02 03:04:00", "true"),)


def test_errors_and_unsaved_formulas_are_not_empty_cells(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [["x", 1], ["=1/0", "=A1"]])
    marked = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(marked, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                at = content.index(b'r="A2"')
                rest = content[at:].replace(b"<v></v>", b"<v>#DIV/0!</v>", 1).replace(b"<v />", b"<v>#DIV/0!</v>", 1)
                content = content[:at] + rest
                content = content.replace(b'r="A2"', b'r="A2" t="e"').replace(b't="e" t="str"', b't="e"')
            new.writestr(name, content)
    found = {f.code: f for f in read_workbook(marked).findings}
    assert found.keys() == {"sheet_error", "sheet_formula"}
    assert (found["sheet_error"].row, found["sheet_error"].column) == (2, "A")
    assert "B2" in found["sheet_formula"].message and found["sheet_formula"].severity == "error"


def test_hidden_sheets_are_named_and_empty_ones_left_out(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [["a", 1]], Geheim=[["b", 2]], Leer=[])
    book = openpyxl.load_workbook(path)
    book["Geheim"].sheet_state = "hidden"
    book.save(path)
    read = read_workbook(path)
    assert [(sheet.name, sheet.hidden) for sheet in read.sheets] == [("Tabelle1", False), ("Geheim", True)]
    assert [f.code for f in read.findings] == ["sheet_hidden"] and "Geheim" in read.findings[0].message


def test_a_workbook_without_cells(tmp_path):
    assert refused(write_xlsx(tmp_path / "a.xlsx", [])).code == "file_empty"


@pytest.mark.parametrize("kind", WRITERS)
def test_a_cut_file_is_broken(kind, tmp_path):
    path = WRITERS[kind](tmp_path / f"a.{kind}", [["a", 1]])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    assert refused(path).code == "workbook_broken"


def test_other_files_are_no_workbooks(tmp_path):
    (tmp_path / "a.xlsx").write_text("Gebiet;Kinder\nMitte;5\n", encoding="utf-8")
    assert refused(tmp_path / "a.xlsx").code == "not_workbook"
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as package:
        package.writestr("word/document.xml", "<w/>")
    assert refused(tmp_path / "b.xlsx").code == "not_workbook"
    (tmp_path / "c.xls").write_bytes(sheets.OLE + b"\x00" * 5000)
    assert refused(tmp_path / "c.xls").code == "not_workbook"
    assert not is_workbook(sheets.OLE + "WordDocument Workbook".encode("utf-16-le"))
    assert refused(tmp_path / "none.xlsx").code == "file_missing"


def test_passwords(tmp_path):
    ole = write_xls(tmp_path / "a.xls", [["a"]]).read_bytes()
    (tmp_path / "a.xlsx").write_bytes(ole + "EncryptedPackage".encode("utf-16-le"))
    assert refused(tmp_path / "a.xlsx").code == "workbook_password"
    path = write_xlsx(tmp_path / "b.xlsx", [["a"]])
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert refused(path).code == "workbook_password"


def test_a_file_that_unpacks_to_far_more(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [["a"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/image1.png", b"\x00" * 25_000_000)
    finding = refused(path)
    assert finding.code == "zip_bomb" and "25 MB" in finding.message


@pytest.mark.parametrize(("cell", "code"), [("XFD1048576", "workbook_memory"), ("DZZ1", "workbook_too_large")])
def test_a_stray_cell_far_away_ends_only_the_worker(cell, code, tmp_path):
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"], book.active[cell] = 1, 2
    book.save(path)
    assert refused(path).code == code


def test_limits_of_size_and_time(tmp_path, monkeypatch):
    path = write_xlsx(tmp_path / "a.xlsx", [["a", 1]])
    monkeypatch.setattr(sheet_worker, "SECONDS", 0.0)
    assert refused(path).code == "workbook_time"
    monkeypatch.setattr(sheets, "MOST_BYTES", 10)
    assert refused(path).code == "too_large"


def test_names_of_columns_and_text_of_cells():
    assert [column_letters(i) for i in (0, 25, 26, 51, 52, 701, 702, 16383)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"]
    assert [cell_text(c) for c in (1675.0, 0.125, -3.0, "  a\n b ", 1e20)] == ["1675", "0.125", "-3", "a b", "1e+20"]


def test_signatures(tmp_path):
    heads = {kind: write(tmp_path / f"a.{kind}", [["a"]]).read_bytes()[:65536] for kind, write in WRITERS.items()}
    assert all(is_workbook(head) for head in heads.values())
    assert not is_workbook(b"PK\x03\x04 word/document.xml") and not is_workbook(b"a;b\n1;2\n") and not is_workbook(b"")
