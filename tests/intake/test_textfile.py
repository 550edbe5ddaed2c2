"""CSV files as text: encodings, delimiters, line numbers, faults."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raumblick.intake.findings import IntakeError
from raumblick.intake.textfile import DELIMITERS, decode, ragged_findings, read_table, sniff_delimiter


def write(folder: Path, content: bytes | str) -> Path:
    path = folder / "datei.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def code_of(error: pytest.ExceptionInfo[IntakeError]) -> str:
    (finding,) = error.value.findings
    return finding.code


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("Ort;Straße\n1;Größe €\n".encode(), "utf-8"),
        ("Ort;Straße\n1;Größe €\n".encode("utf-8-sig"), "utf-8"),
        ("Ort;Straße\n1;Größe €\n".encode("cp1252"), "cp1252"),
    ],
)
def test_encodings_give_the_same_text(tmp_path: Path, content: bytes, encoding: str) -> None:
    table = read_table(write(tmp_path, content))
    assert table.encoding == encoding
    assert table.delimiter == ";"
    assert table.frame.columns.tolist() == ["Ort", "Straße"]
    assert table.frame.iloc[0].tolist() == ["1", "Größe €"]


def test_utf8_comes_first_because_cp1252_would_read_it_wrongly() -> None:
    assert decode("ausländer –".encode()) == ("ausländer –", "utf-8")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a;b\n\x81\xff\x8d\n", "encoding"),
        ("a;b\n1;2\n".encode("utf-16"), "not_text"),
        (b"PK\x03\x04rest of a workbook", "not_text"),
        (b"", "file_empty"),
        (b"\n1;2\n", "file_empty"),
        (b";;\n", "file_empty"),
        (b"a;a\n1;2\n", "column_twice"),
        (b'a;b\n1;"2\n3;4\n', "csv_broken"),
    ],
)
def test_faults_are_named(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(IntakeError) as error:
        read_table(write(tmp_path, content), ";")
    assert code_of(error) == code


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(IntakeError) as error:
        read_table(tmp_path / "fehlt.csv")
    assert code_of(error) == "file_missing"


def test_cells_stay_text(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "id,n,leer,na\n01100101,1.0,,NA\n"))
    assert table.frame.iloc[0].tolist() == ["01100101", "1.0", "", "NA"]
    assert (table.frame.dtypes == "string").all()


def test_rows_are_named_by_their_first_line(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, 'name,n\n"zwei\nZeilen",1\n\nletzte,2\n'))
    assert table.frame["name"].tolist() == ["zwei\nZeilen", "letzte"]
    assert table.lines.tolist() == [2, 5]


def test_rows_of_wrong_length_are_named_and_kept(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "a,b,c\n1,2\n1,2,3\n1,2,3,4\n"))
    assert table.frame.to_numpy().tolist() == [["1", "2", ""], ["1", "2", "3"], ["1", "2", "3"]]
    assert table.ragged == ((2, 2), (4, 4))
    findings = ragged_findings(table, "datei.csv")
    assert [(f.severity, f.row) for f in findings] == [("error", 2), ("error", 4)]
    assert "4 statt 3 Zellen" in findings[1].message


def test_header_only(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "a;b\n"))
    assert table.frame.columns.tolist() == ["a", "b"]
    assert table.frame.empty


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a;b\n1,5;2,5\n3,25;4\n", ";"),
        ("a,b\n1;2,3\n4,5\n", ","),
        ("a\tb\n1,0\t2,0\n", "\t"),
        ("a|b\nx|y\n", "|"),
        ('name;ort\n"Maier, Müller, Schulze";Leipzig\n', ";"),
        ("eine Spalte\nnoch eine, Zeile\nund noch eine\n", ","),
        ("", ","),
    ],
)
def test_delimiter(text: str, delimiter: str) -> None:
    assert sniff_delimiter(text) == delimiter


CELLS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00\r", exclude_categories=("Cs",)), max_size=12)


@settings(deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8), st.sampled_from(DELIMITERS))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]], mark: str) -> None:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=mark, quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b", "c"), *rows])
    table = read_table(write(tmp_path_factory.mktemp("csv"), stream.getvalue()), mark)
    assert table.frame.to_numpy().tolist() == [list(row) for row in rows if any(row)]
    assert table.ragged == ()
