"""GENESIS flat files: both layouts written and read back, facts by hand, faults with their findings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from genesis_maker import Cell, Made, Variable, english, flat_series, new_flat, old_flat, sample, tables, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from raumblick.intake.files import genesis_flat, genesis_table
from raumblick.intake.files.genesis_flat import detect, read
from raumblick.intake.files.signs import resolve_dashes
from raumblick.intake.files.source import SourceText
from raumblick.intake.files.table import COLUMNS, StatTable
from raumblick.intake.findings import Finding, IntakeError

PROPERTY = settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
HEAD = "statistics_code;statistics_label;time_code;time_label;time;1_variable_code;1_variable_label;"
HEAD += "1_variable_attribute_code;1_variable_attribute_label;value;value_unit;value_variable_code;value_variable_label"


def results(table: StatTable) -> dict[str, set[tuple[object, ...]]]:
    """series -> (key, period, date, unit, value, sign) of its rows."""
    found: dict[str, set[tuple[object, ...]]] = {}
    for row in table.rows.astype(object).where(table.rows.notna(), None).itertuples():
        found.setdefault(row.series, set()).add((row.region_key, row.period, row.date, row.unit, row.value, row.sign))
    return found


def expected(made: Made, series: Callable[[Made, Cell], str]) -> dict[str, set[tuple[object, ...]]]:
    found: dict[str, set[tuple[object, ...]]] = {}
    for cell in made.cells:
        found.setdefault(series(made, cell), set()).add(made.result(cell))
    return found


def rows_of(*rows: str, head: str = HEAD) -> str:
    return "\n".join([head, *rows]) + "\n"


def leipzig(value: str, unit: str = "Anzahl", time: str = "2024", measure: str = "Bevölkerungsstand", key: str = "14713") -> str:
    return f"12411;Fortschreibung;JAHR;Jahr;{time};KREISE;Kreise;{key};Leipzig, Stadt;{value};{unit};BEVSTD;{measure}"


def codes(findings: tuple[Finding, ...] | list[Finding]) -> set[str]:
    return {finding.code for finding in findings}


def errors(table: StatTable) -> list[Finding]:
    return [finding for finding in table.findings if finding.severity == "error"]


# --- what is written is read ---------------------------------------------------------------------------------------


@PROPERTY
@given(tables(), st.booleans(), st.integers(0, 5), st.sampled_from([";", ",", "\t"]))
def test_layout_of_today(tmp_path_factory: pytest.TempPathFactory, made: Made, quality: bool, seed: int, mark: str) -> None:
    path = write(tmp_path_factory.mktemp("flat"), new_flat(made, quality, seed, mark))
    table = read(path)
    assert errors(table) == []
    assert results(table) == expected(made, flat_series)
    assert len(table.rows) == len(made.cells)


@PROPERTY
@given(tables(), st.booleans(), st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]))
def test_older_layout(tmp_path_factory: pytest.TempPathFactory, made: Made, quality: bool, encoding: str) -> None:
    path = write(tmp_path_factory.mktemp("flat"), old_flat(made, quality, english=not made.german), encoding=encoding)
    table = read(path)
    assert errors(table) == []
    assert results(table) == expected(made, flat_series)


def test_both_layouts_give_the_same_rows(tmp_path: Path) -> None:
    made = sample()
    new, old = read(write(tmp_path, new_flat(made), "neu.csv")), read(write(tmp_path, old_flat(made), "alt.csv"))
    order = ["region_key", "period", "series", "unit"]
    wanted = [name for name in COLUMNS if name != "line"]
    left, right = (t.rows.sort_values(order).reset_index(drop=True)[wanted] for t in (new, old))
    pd.testing.assert_frame_equal(left, right)


def test_rows_carry_the_line_they_stand_in(tmp_path: Path) -> None:
    text = new_flat(sample())
    table = read(write(tmp_path, text))
    lines = text.split("\n")
    for row in table.rows.itertuples():
        assert f";{row.region_key};" in lines[row.line - 1]


def test_types_and_levels(tmp_path: Path) -> None:
    table = read(write(tmp_path, new_flat(sample())))
    assert [table.rows[name].dtype for name in ("region_key", "value", "line")] == ["string", "Float64", "int64"]
    levels = table.rows.drop_duplicates("region_key").set_index("region_key")["level"].to_dict()
    assert levels == {"DG": "bund", "01": "land", "01001": "kreis", "14713": "kreis"}
    assert table.code == "12411-01-01-4" and table.publisher == "Statistische Ämter des Bundes und der Länder"
    assert {"levels_mixed", "regions_pseudo", "signs", "unit_scaled"} <= codes(table.findings)


def test_the_name_of_the_file_gives_a_table_only_of_its_own_statistic(tmp_path: Path) -> None:
    assert read(write(tmp_path, new_flat(sample()), "12411-0015_00.csv")).code == "12411-0015"
    assert read(write(tmp_path, new_flat(sample()), "99999-0015.csv")).code == "12411"


# --- what the offices write ----------------------------------------------------------------------------------------


def test_quality_marks(tmp_path: Path) -> None:
    head = HEAD + ";value_q"
    rows = (leipzig("1", time="2019") + ";e", leipzig("2", time="2020") + ";p", leipzig("3", time="2021") + ";()")
    table = read(write(tmp_path, rows_of(*rows, leipzig("(4)", time="2022") + ";s", leipzig("-", time="2023") + ";", head=head)))
    assert table.rows["quality"].fillna("").tolist() == ["", "p", "", "s", ""]
    assert table.rows["sign"].fillna("").tolist() == ["", "", "()", "()", "-"]
    assert table.rows["value"].fillna(-1).tolist() == [1, 2, 3, 4, -1]
    assert "1 vorläufig" in next(f.message for f in table.findings if f.code == "quality")


def test_months_become_periods(tmp_path: Path) -> None:
    made = sample()
    month = Variable("MONAT", "Monate", {"MONAT02": "Februar", "MONAT11": "November"})
    cells = tuple(Cell("01", "2023", (code,), 0, text) for code, text in (("MONAT02", "5"), ("MONAT11", "6")))
    made = Made(made.measures[:1], (month,), cells)
    for text in (new_flat(made), old_flat(made)):
        rows = read(write(tmp_path, text)).rows.sort_values("period")
        assert rows["period"].tolist() == ["2023-02", "2023-11"]
        assert rows["series"].unique().tolist() == ["Bevölkerungsstand"]


@pytest.mark.parametrize(
    ("time", "period", "date", "note"),
    [
        ("31.12.2024", "2024", "2024-12-31", ""),
        ("01.03.2010", "2010-03", "2010-03-01", ""),
        ("04/1991", "1991-04", None, ""),
        ("2024-06", "2024-06", None, ""),
        ("Juni 2024", "2024-06", None, ""),
        ("2022/23", "2022", None, " | 2022/23"),
        ("2020/2022", "2020", None, " | 2020/2022"),
        ("WS 2022/23", "2022", None, " | WS 2022/23"),
        ("2022-10P6M", "2022", None, " | 2022-10P6M"),
        ("2. Quartal 2023", "2023", None, " | 2. Quartal"),
        ("2023-Q2", "2023", None, " | 2. Quartal"),
    ],
)
def test_times(tmp_path: Path, time: str, period: str, date: str | None, note: str) -> None:
    row = read(write(tmp_path, rows_of(leipzig("7", time=time)))).rows.iloc[0]
    assert (row["period"], None if pd.isna(row["date"]) else row["date"]) == (period, date)
    assert row["series"] == f"Bevölkerungsstand{note}"


def test_labels_that_stand_for_two_codes_carry_the_code(tmp_path: Path) -> None:
    other = leipzig("2").replace("BEVSTD", "BEV002")
    assert read(write(tmp_path, rows_of(leipzig("1"), other))).rows["series"].tolist() == [
        "Bevölkerungsstand [BEVSTD]",
        "Bevölkerungsstand [BEV002]",
    ]


def test_changes_of_the_older_layout_have_no_unit(tmp_path: Path) -> None:
    made = sample()
    head, *rows = old_flat(made).splitlines()
    head = head.replace("KOST01__Ausgaben__Tsd._EUR", "Bevölkerungsstand__CH0004;PREIS1__Verbraucherpreisindex__q")
    table = read(write(tmp_path, "\n".join([head, *(row + ";e" for row in rows)])))
    assert "Bevölkerungsstand (CH0004) | Geschlecht: männlich" in set(table.rows["series"])
    assert "unit_missing" in codes(table.findings)


def test_leading_zeros_that_a_spreadsheet_ate(tmp_path: Path) -> None:
    rows = [leipzig(str(n), key=key) for n, key in enumerate(["1001", "1", "31", "14713", "14", "3241001", "DG"])]
    table = read(write(tmp_path, rows_of(*rows)))
    assert table.rows["region_key"].tolist() == ["01001", "01", "031", "14713", "14", "03241001", "DG"]
    assert "keys_restored" in codes(table.findings)


def test_two_digits_are_a_land_where_no_zero_was_eaten(tmp_path: Path) -> None:
    table = read(write(tmp_path, rows_of(leipzig("1", key="14"), leipzig("2", key="18"))))
    assert table.rows["region_key"].tolist() == ["14", "18"]
    assert table.rows["level"].tolist() == ["land", ""]  # 18 is the sum of the Länder


def test_a_file_without_regions_says_so(tmp_path: Path) -> None:
    text = rows_of(leipzig("1").replace("KREISE;Kreise;14713;Leipzig, Stadt", "GES;Geschlecht;GESM;männlich"))
    table = read(write(tmp_path, text))
    assert table.rows["region_key"].tolist() == [""]
    assert table.rows["series"].tolist() == ["Bevölkerungsstand | Geschlecht: männlich"]
    assert "region_missing" in codes(table.findings)


def test_constituencies_are_no_regions_of_the_statistics(tmp_path: Path) -> None:
    rows = [leipzig("1", key=key).replace("KREISE;Kreise", "WAHLK;Wahlkreise") for key in ("150", "151", "152")]
    assert "region_missing" in codes(read(write(tmp_path, rows_of(*rows))).findings)


@pytest.mark.parametrize(("german", "text", "value"), [(True, "1,234", 1.234), (False, "1.234", 1.234), (True, "1234,5", 1234.5)])
def test_the_language_decides_where_the_numbers_do_not(tmp_path: Path, german: bool, text: str, value: float) -> None:
    row = leipzig(f'"{text}"') if german else leipzig(text).replace(";Jahr;", ";Year;")
    table = read(write(tmp_path, rows_of(row)))
    assert errors(table) == [] and table.rows["value"].tolist() == [value]


def test_a_dash_is_zero_only_where_told(tmp_path: Path) -> None:
    rows = (leipzig("-"), leipzig("-", key="14714"), leipzig(".", time="2023"), leipzig("5", time="2022"))
    table = read(write(tmp_path, rows_of(*rows)))
    asked: list[tuple[str, str]] = []

    def exists(key: str, period: str) -> bool:
        asked.append((key, period))
        return key == "14713"

    resolved = resolve_dashes(table, exists)
    assert asked == [("14713", "2024"), ("14714", "2024")]
    assert resolved.rows["value"].fillna(-1).tolist() == [0, -1, -1, 5]
    assert resolved.rows["sign"].fillna("").tolist() == ["", "-", ".", ""]
    assert table.rows["sign"].fillna("").tolist() == ["-", "-", ".", ""], "the table given stays as it was"
    (finding,) = resolved.findings[len(table.findings) :]
    assert finding.code == "dashes_zero" and "besteht: 1 mal; „-“ bleibt stehen: 1 mal" in finding.message
    assert resolve_dashes(resolved, lambda *_: False).rows["value"].tolist()[0] == 0


def test_without_a_dash_nothing_is_resolved(tmp_path: Path) -> None:
    table = read(write(tmp_path, rows_of(leipzig("5"))))
    assert resolve_dashes(table, lambda *_: True) is table


# --- detection -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        new_flat(sample()),
        new_flat(sample(), quality=True, delimiter=","),
        old_flat(sample()),
        old_flat(english(sample()), english=True),
        "\n".join(new_flat(sample()).split("\n")[1:]),  # its first line was lost
    ],
)
def test_detected_by_its_first_line(tmp_path: Path, text: str) -> None:
    file = SourceText.open(write(tmp_path, text, "download.txt"))
    assert detect(file) and not genesis_table.detect(file)


@pytest.mark.parametrize("text", ["", "id,name\n1,a\n", "time;value\n2024;1\n", "GENESIS-Tabelle: 12411-01-01-4\n"])
def test_other_files_are_not_detected(tmp_path: Path, text: str) -> None:
    assert not genesis_flat.detect(SourceText.open(write(tmp_path, text, "12411-01-01-4_flat.csv")))


# --- faults --------------------------------------------------------------------------------------------------------

GOOD = rows_of(leipzig("600000"), leipzig("610000", time="2023"), leipzig("12", "1000", measure="Haushalte"))

UNREADABLE: dict[str, tuple[str | bytes, str, int | None]] = {
    "empty": (b"", "file_empty", None),
    "blank lines": (b"\n \n\n", "file_empty", None),
    "UTF-16": (GOOD.encode("utf-16"), "not_text", None),
    "undefined byte": (b"a;b\n\x81;\xff\n", "encoding", None),
    "header lost": (GOOD.split("\n", 1)[1], "header_missing", 1),
    "header only": (HEAD + "\n", "rows_missing", None),
    "time renamed": (GOOD.replace(";time;1", ";when;1"), "column_missing", 1),
    "attribute without a name": (GOOD.replace("1_variable_attribute_label", "name"), "column_missing", 1),
    "unit missing": (GOOD.replace("value_unit", "unit"), "column_missing", 1),
    "value missing": (GOOD.replace(";value;", ";wrt;"), "column_missing", 1),
    "column doubled": (GOOD.replace("value_unit", "value"), "column_twice", 1),
    "variable doubled": (GOOD.replace("1_variable_attribute_label", "1_variable_label"), "column_twice", 1),
    "open quote": (GOOD.replace("Leipzig", '"Leipzig', 1), "csv_broken", 2),
    "wrong delimiter": (GOOD.replace(";", "|"), "column_missing", 1),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_files_are_refused_in_german(tmp_path: Path, name: str) -> None:
    content, code, row = UNREADABLE[name]
    with pytest.raises(IntakeError) as error:
        read(write(tmp_path, content))
    found = [finding for finding in error.value.findings if finding.code == code]
    assert found, codes(error.value.findings)
    assert found[0].row == row and found[0].severity == "error" and found[0].file == "12411-01-01-4.csv"
    assert found[0].message.endswith(".") and found[0].remedy[-1:] in ".?"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(IntakeError) as error:
        read(tmp_path / "fehlt.csv")
    assert codes(error.value.findings) == {"file_missing"}


KEYS = ("14713", "01001", "01002", "01003", "99999")
FAULTS: dict[str, tuple[str, str, str, int | None, int]] = {  # text, code, severity, row, rows that are read
    "cut in the middle of a row": (GOOD[:-30], "row_length", "error", 4, 2),
    "a cell too many": (GOOD.replace("600000;", "600;000;"), "row_length", "error", 2, 2),
    "text for a number": (GOOD.replace("610000", "viele"), "not_number", "error", 3, 3),
    "a number missing": (GOOD.replace("610000", ""), "value_missing", "warning", 3, 3),
    "comma and point": (GOOD.replace("600000", "1,5").replace("610000", "2.55"), "numbers_mixed", "error", 3, 3),
    "a point that can mean two things": (GOOD.replace("600000", "1.234"), "numbers_unclear", "error", 2, 3),
    "a time that is none": (GOOD.replace(";2023;", ";31.02.2023;"), "time_unreadable", "error", 3, 3),
    "a key that is none": (rows_of(*(leipzig("1", key=k) for k in KEYS)), "key_unknown", "warning", 6, 5),
    "an unknown unit": (GOOD.replace(";1000;", ";1000 Vollzeitäquivalente;"), "unit_unknown", "warning", 4, 3),
    "no unit": (GOOD.replace(";1000;", ";;"), "unit_missing", "warning", 4, 3),
    "two values for one thing": (GOOD + leipzig("7") + "\n", "row_twice", "error", 5, 4),
    "a row twice": (GOOD + leipzig("600000") + "\n", "rows_repeated", "warning", 5, 3),
    "the header twice": (GOOD + GOOD.replace("2024", "2020").replace("2023", "2019"), "header_again", "warning", 5, 6),
    "a foreign column": ("\n".join(line + ";x" for line in GOOD.splitlines()), "column_unknown", "warning", 1, 3),
    "notes below": (GOOD + "__________\n© Statistisches Bundesamt\n", "source_note", "info", 5, 3),
    "letters coded twice": (GOOD.encode().decode("cp1252"), "encoding_doubled", "warning", 2, 3),
    "letters lost": (GOOD.replace("ö", "\ufffd"), "encoding_lost", "warning", 2, 3),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_named_and_the_rest_is_read(tmp_path: Path, name: str) -> None:
    text, code, severity, row, count = FAULTS[name]
    table = read(write(tmp_path, text))
    found = [finding for finding in table.findings if finding.code == code]
    assert found, codes(table.findings)
    assert (found[0].severity, found[0].row) == (severity, row)
    assert found[0].message.endswith(".") and (severity == "info" or found[0].remedy[-1:] in ".?")
    assert len(table.rows) == count


def test_a_good_file_has_no_fault(tmp_path: Path) -> None:
    table = read(write(tmp_path, GOOD))
    assert {f.severity for f in table.findings} <= {"info"}
    assert table.rows["value"].tolist() == [600000, 610000, 12000]


def test_many_faults_of_one_kind_are_counted(tmp_path: Path) -> None:
    table = read(write(tmp_path, rows_of(*(leipzig(f"n{year}", time=str(year)) for year in range(1950, 2000)))))
    found = [finding for finding in table.findings if finding.code == "not_number"]
    assert len(found) == 21 and "30 weiteren" in found[-1].message


def test_two_units_of_one_content_are_scaled_row_by_row(tmp_path: Path) -> None:
    table = read(write(tmp_path, rows_of(leipzig("600", "1000"), leipzig("610000", "Anzahl", time="2023"))))
    assert table.rows["value"].tolist() == [600_000, 610_000]
    assert table.rows["unit"].unique().tolist() == ["Anzahl"]
