"""GENESIS tables: written and read back, the forms the offices write, faults with their findings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from genesis_maker import FOOTER, Cell, Made, sample, table_series, tables, write
from genesis_maker import table as table_text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from raumblick.intake.files import genesis_flat, genesis_table
from raumblick.intake.files.genesis_table import read
from raumblick.intake.files.source import SourceText
from raumblick.intake.files.table import StatTable
from raumblick.intake.findings import Finding, IntakeError

PROPERTY = settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])


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


def codes(findings: tuple[Finding, ...] | list[Finding]) -> set[str]:
    return {finding.code for finding in findings}


def found_in(table: StatTable, code: str) -> Finding:
    return next(finding for finding in table.findings if finding.code == code)


def numbers(table: StatTable, region: str) -> dict[tuple[str, str, str], float]:
    """(period, series, unit) -> value of one region key."""
    rows = table.rows[table.rows["region_key"] == region]
    return {(r.period, r.series, r.unit): r.value for r in rows.itertuples()}


# --- what is written is read ---------------------------------------------------------------------------------------


@PROPERTY
@given(tables(), st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]), st.sampled_from(["\n", "\r\n"]))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, made: Made, encoding: str, line_end: str) -> None:
    text = table_text(made).replace("\n", line_end)
    table = read(write(tmp_path_factory.mktemp("table"), text, encoding=encoding))
    assert [f for f in table.findings if f.severity == "error"] == []
    assert results(table) == expected(made, table_series)
    assert len(table.rows) == len(made.cells)


def test_title_code_publisher_licence_and_notes(tmp_path: Path) -> None:
    table = read(write(tmp_path, table_text(sample()), "umbenannt.csv"))
    assert (table.title, table.code) == ("Erfundene Tabelle, Kreise Statistik der Erfindung", "12411-01-01-4")
    assert (table.publisher, table.licence) == ("Statistische Ämter des Bundes und der Länder", "dl-de/by-2-0")
    assert found_in(table, "source_state").message == "Stand der Tabelle: 14.01.2026."
    assert "alle Zahlen sind erfunden" in found_in(table, "source_note").message


def test_levels_come_from_keys_and_blanks(tmp_path: Path) -> None:
    text = table_text(sample()).replace("14713;      Leipzig, Stadt", "03241001;      Hannover, Landeshauptstadt")
    table = read(write(tmp_path, text))
    regions = table.rows.drop_duplicates("region_key").set_index("region_key")
    assert regions["level"].to_dict() == {"DG": "bund", "01": "land", "01001": "kreis", "03241001": "gemeinde"}
    assert regions["region"].tolist()[1] == "Schleswig-Holstein", "no leading blanks in names"
    assert "Hannover" in found_in(table, "levels_indent").message, "indented like a Kreis, keyed like a Gemeinde"


def test_rows_carry_the_line_they_stand_in(tmp_path: Path) -> None:
    text = table_text(sample())
    table = read(write(tmp_path, text))
    lines = text.split("\n")
    for row in table.rows.itertuples():
        assert lines[row.line - 1].startswith(f"{row.period};{row.region_key};")


# --- forms that the offices write ----------------------------------------------------------------------------------


def test_several_measures_groups_and_units(tmp_path: Path) -> None:
    text = """GENESIS-Tabelle: 22543-01-01-4
Statistik der Tagespflege,;;;;;;
nach Art - Stichtage -;;;;;;
Statistik der Tagespflege;;;;;;
;;;;Betreute Kinder;Betreute Kinder;Betreute Kinder;Ausgaben
;;;;;Altersgruppe;Altersgruppe;
;;;;;unter 3 Jahre;3 bis unter 6 Jahre;
;;;;Anzahl;Anzahl;Anzahl;Tsd. EUR
01.03.2010;14713;      Leipzig;Tageseinrichtung;32230;4512;11928;1.5
01.03.2010;14713;      Leipzig;Tagespflege;1820;.;-;...
"""
    table = read(write(tmp_path, text + FOOTER))
    assert table.title == "Statistik der Tagespflege nach Art - Stichtage -"
    got = numbers(table, "14713")
    assert got["2010-03", "Betreute Kinder | Tageseinrichtung", "Anzahl"] == 32230
    assert got["2010-03", "Betreute Kinder | Altersgruppe: unter 3 Jahre | Tageseinrichtung", "Anzahl"] == 4512
    assert got["2010-03", "Ausgaben | Tageseinrichtung", "EUR"] == 1500
    assert table.rows["sign"].fillna("").tolist() == ["", "", "", "", "", ".", "-", "..."]
    assert table.rows["date"].unique().tolist() == ["2010-03-01"]


def test_times_above_the_numbers_and_names_without_keys(tmp_path: Path) -> None:
    text = """GENESIS-Tabelle: 11111-0001
Gebietsfläche: Bundesländer, Stichtag;;
Feststellung des Gebietsstands;;
Gebietsfläche (qkm);;
;Stichtag;Stichtag
;31.12.2021;31.12.2022
Sachsen;18449,93;18449,86
Insgesamt;357592,67;357595,99
"""
    table = read(write(tmp_path, text + FOOTER))
    assert table.title == "Gebietsfläche: Bundesländer, Stichtag"
    assert numbers(table, "14") == {("2021", "Gebietsfläche", "km²"): 18449.93, ("2022", "Gebietsfläche", "km²"): 18449.86}
    total = table.rows[table.rows["region"] == "Insgesamt"]
    assert total["level"].tolist() == ["", ""] and "Insgesamt" in found_in(table, "regions_pseudo").message


def test_a_country_in_the_title_and_units_in_the_rows(tmp_path: Path) -> None:
    text = """GENESIS-Tabelle: 14111-0001
Wahlberechtigte, Wahlbeteiligung:;;
Deutschland, Stichtag;;
Allgemeine Wahlstatistik;;
Deutschland;;
;;26.09.2021
Wahlberechtigte;1000;61181
Wahlbeteiligung;Prozent;76,6
"""
    table = read(write(tmp_path, text + FOOTER))
    assert numbers(table, "DG") == {
        ("2021-09", "Wahlberechtigte", "Anzahl"): 61_181_000,
        ("2021-09", "Wahlbeteiligung", "%"): 76.6,
    }


def test_months_and_indices(tmp_path: Path) -> None:
    text = """GENESIS-Tabelle: 61111-0002
Verbraucherpreisindex: Deutschland, Monate;;;
Verbraucherpreisindex für Deutschland;;;
Deutschland;;;
;;Verbraucherpreisindex;Veränderung zum Vorjahresmonat
;;2020=100;in (%)
2024;Januar;117,6;2,9
2024;Februar;118,1;2,5
"""
    got = numbers(read(write(tmp_path, text + FOOTER)), "DG")
    assert got["2024-01", "Verbraucherpreisindex", "2020=100"] == 117.6
    assert got["2024-02", "Veränderung zum Vorjahresmonat", "%"] == 2.5


def test_days_in_lines_of_their_own_and_long_keys(tmp_path: Path) -> None:
    text = """Tabelle: 1000A-0001
Persons: Official population and area (municipalities);;;;
Population in brief;;;;
;;Persons;Area;Population density
;;number;km²;Inh/km²
2022-05-15;;;;
010010000000;Flensburg, Stadt;95015;56.73;1675
2023-05-15;;;;
010010000000;Flensburg, Stadt;96000;56.73;1692
;;;;
"""
    table = read(write(tmp_path, text))
    assert numbers(table, "010010000000") == {
        ("2022-05", "Persons", "Anzahl"): 95015,
        ("2022-05", "Area", "km²"): 56.73,
        ("2022-05", "Population density", "Einwohner je km²"): 1675,
        ("2023-05", "Persons", "Anzahl"): 96000,
        ("2023-05", "Area", "km²"): 56.73,
        ("2023-05", "Population density", "Einwohner je km²"): 1692,
    }
    assert table.rows["level"].unique().tolist() == ["gemeinde"]


def test_blocks_with_a_line_of_their_own(tmp_path: Path) -> None:
    text = table_text(sample()).replace("2019;DG;", "Kreisfreie Städte;;;;;;;;\n2019;DG;", 1)
    series = read(write(tmp_path, text)).rows["series"]
    assert series.str.endswith("| Kreisfreie Städte").all()


def test_saved_by_a_spreadsheet(tmp_path: Path) -> None:
    text = """GENESIS-Tabelle: 12411-0018;;;;
Bevölkerung: Kreise, Stichtag, Geschlecht;;;;
Fortschreibung des Bevölkerungsstandes;;;;
Bevölkerungsstand (Anzahl);;;;
;;;männlich;weiblich
31.12.2019;1001;Flensburg, kreisfreie Stadt;1405;1261
31.12.2019;14713;Leipzig, Stadt;3526;3281
__________;;;;
© Statistisches Bundesamt (Destatis), 2020;;;;
Stand: 24.02.2020 / 00:01:03;;;;
"""
    table = read(write(tmp_path, text))
    assert table.rows["region_key"].unique().tolist() == ["01001", "14713"]
    assert table.publisher == "Statistisches Bundesamt (Destatis)" and table.licence == ""
    commas = text.replace("Flensburg, k", "Flensburg k").replace("Leipzig, S", "Leipzig S").replace("e, Stichtag, G", "e und G")
    commas = commas.replace(";", ",")
    assert read(write(tmp_path, commas)).rows["value"].tolist() == table.rows["value"].tolist()


@pytest.mark.parametrize("line", ["2016", "Jahr: 2016", "Berichtsjahr 2016", "Stichtag: 31.12.2016"])
def test_a_time_for_the_whole_table_and_units_behind_labels(tmp_path: Path, line: str) -> None:
    text = f"""GENESIS-Tabelle: 33111-01-02-4
Bodenfläche, Kaufwerte;;;
Statistik der Bodenfläche;;;
{line};;;
;;Fläche (ha);Kaufsumme (Tsd. EUR)
14713;      Leipzig, Stadt;29780;12,5
"""
    got = numbers(read(write(tmp_path, text + FOOTER)), "14713")
    assert got == {("2016", "Fläche", "ha"): 29780, ("2016", "Kaufsumme", "EUR"): 12500}


def test_quality_marks_beside_the_numbers(tmp_path: Path) -> None:
    text = """Tabelle: 12411-0015
Bevölkerung: Kreise, Stichtag;;;;;
Fortschreibung des Bevölkerungsstandes;;;;;
Bevölkerungsstand (1000);;;;;
;;31.12.2021;31.12.2021;31.12.2022;31.12.2022
01001;Flensburg, kreisfreie Stadt;91;e;92;p
01002;Kiel, kreisfreie Stadt;246;e;-;
"""
    rows = read(write(tmp_path, text + FOOTER)).rows
    assert rows["value"].fillna(-1).tolist() == [91_000, 92_000, 246_000, -1]
    assert rows["quality"].fillna("").tolist() == ["", "p", "", ""]


def test_a_selection_named_below_the_measure_belongs_to_the_series(tmp_path: Path) -> None:
    text = """GENESIS-Tabelle: Temporär
Auszahlungen nach Produktgruppen;;;;
Finanzstatistik der Gemeinden;;;;
Auszahlungen (Tsd. EUR);;;;
Auszahlungskonten: Auszahlungen insgesamt;;;;
;;;;Jahr
;;;;2009
05;Nordrhein-Westfalen;363;Hilfe zur Erziehung;7950
05978040;Werne, Stadt;363;Hilfe zur Erziehung;185
"""
    table = read(write(tmp_path, text + FOOTER))
    series = "Auszahlungen | Auszahlungskonten: Auszahlungen insgesamt | 363 | Hilfe zur Erziehung"
    assert numbers(table, "05978040") == {("2009", series, "EUR"): 185_000}
    assert table.code == "" and table.title == "Auszahlungen nach Produktgruppen"


# --- detection -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "first", ["GENESIS-Tabelle: 12411-0015", "GENESIS-Tabelle: Temporär;;;", '"Tabelle: 1000A-0001"', "Tabelle: 73111-030i"]
)
def test_detected_by_its_first_line(tmp_path: Path, first: str) -> None:
    file = SourceText.open(write(tmp_path, f"\ufeff{first}\nTitel;;\n;;2019\n", "download"))
    assert genesis_table.detect(file) and not genesis_flat.detect(file)


@pytest.mark.parametrize("first", ["", "Tabelle: Einwohner nach Alter", "Die GENESIS-Tabelle: x", "Tabelle;1"])
def test_other_files_are_not_detected(tmp_path: Path, first: str) -> None:
    assert not genesis_table.detect(SourceText.open(write(tmp_path, f"{first}\na;b\n", "12411-01-01-4.csv")))


# --- faults --------------------------------------------------------------------------------------------------------

GOOD = (
    """GENESIS-Tabelle: 12411-01-01-4
Bevölkerung nach Geschlecht;;;;
Fortschreibung des Bevölkerungsstandes;;;;
Bevölkerungsstand (Anzahl);;;;
;;31.12.2015;31.12.2015;31.12.2015
;;Insgesamt;männlich;weiblich
14;  Sachsen;4084851;2009350;2075501
14713;      Leipzig, Stadt;560472;274414;286058
"""
    + FOOTER
)
UNITS_TWICE = GOOD.replace(";;Insgesamt;männlich;weiblich\n", ";;Insgesamt;männlich;weiblich\n;;Prozent;Prozent;Prozent\n")

BARE = GOOD.replace("31.12.2015;31.12.2015\n", "31.12.2015;\n").replace(";männlich;weiblich", ";;weiblich")
BARE = BARE.replace(";;31.12.2015;31.12.2015;\n", ";;31.12.2015;;31.12.2015\n")
MORE = "".join(f"0100{n};      Kreis {n};1;2;3\n" for n in range(1, 6))

UNREADABLE: dict[str, tuple[str | bytes, str, int | None]] = {
    "no head": (GOOD.replace(";;31.12.2015;31.12.2015;31.12.2015\n;;Insgesamt;männlich;weiblich\n", ""), "header_missing", 5),
    "no rows": (GOOD.split("14;", 1)[0] + FOOTER, "rows_missing", None),
    "first line only": ("GENESIS-Tabelle: 12411-01-01-4\n", "header_missing", 1),
    "open quote": (GOOD.replace("Leipzig", '"Leipzig', 1).replace("      ", ""), "csv_broken", 8),
    "UTF-16": (GOOD.encode("utf-16"), "not_text", None),
    "undefined byte": (GOOD.encode("cp1252") + b"\x81", "encoding", None),
    "empty": (b"\n", "file_empty", None),
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


FAULTS: dict[str, tuple[str, str, str, int | None, int]] = {  # text, code, severity, row, rows that are read
    "cut in the middle of a row": (GOOD.split(";286058")[0], "row_length", "error", 8, 3),
    "cut after a row": (GOOD.split(FOOTER)[0], "footer_missing", "warning", None, 6),
    "cut in the key": (GOOD.split("713;      Leipzig")[0], "row_length", "error", 8, 3),
    "a cell too many": (GOOD.replace("560472", "560;472"), "row_length", "error", 8, 3),
    "text for a number": (GOOD.replace("274414", "viele"), "not_number", "error", 8, 6),
    "a number missing": (GOOD.replace("274414", ""), "value_missing", "warning", 8, 6),
    "comma and point": (GOOD.replace("274414", "1,5").replace("286058", "2.55"), "numbers_mixed", "error", 8, 6),
    "no time": (GOOD.replace(";;31.12.2015;31.12.2015;31.12.2015\n", ""), "time_missing", "error", 6, 6),
    "an unknown unit": (GOOD.replace("(Anzahl)", "(Vollzeitäquivalente)"), "unit_unknown", "warning", 7, 6),
    "no unit": (GOOD.replace(" (Anzahl)", ""), "unit_missing", "warning", 7, 6),
    "two units above one column": (UNITS_TWICE, "unit_twice", "error", 5, 6),
    "two units in the title": (GOOD.replace(";;31", "Anteil (Prozent);;;;\n;;31"), "unit_twice", "error", 5, 6),
    "a column twice": (GOOD.replace("Insgesamt;männlich;weiblich", "Insgesamt;männlich;männlich"), "column_twice", "error", 5, 6),
    "no heading": (BARE, "heading_missing", "error", 5, 4),
    "a key that is none": (GOOD.replace("14713;", f"{MORE}147a0;"), "key_unknown", "warning", 13, 21),
    "a row without a key": (GOOD.replace("14713;", " ;      Leipzig, alt;1;2;3\n14713;"), "key_missing", "warning", 8, 9),
    "the head twice": (GOOD.replace("14713;", ";;Insgesamt;männlich;weiblich\n14713;"), "header_again", "warning", 8, 6),
    "a second table": (GOOD + GOOD, "table_twice", "error", 9, 6),
    "a second table without a foot between": (GOOD.split(FOOTER)[0] + GOOD, "table_twice", "error", 9, 6),
    "two values for one thing": (GOOD.replace("14713;", "14;  Sachsen;1;2;3\n14713;"), "row_twice", "error", 8, 9),
    "letters coded twice": (GOOD.encode().decode("cp1252"), "encoding_doubled", "warning", 2, 6),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_named_and_the_rest_is_read(tmp_path: Path, name: str) -> None:
    text, code, severity, row, count = FAULTS[name]
    table = read(write(tmp_path, text))
    found = [finding for finding in table.findings if finding.code == code]
    assert found, codes(table.findings)
    assert (found[0].severity, found[0].row) == (severity, row)
    assert found[0].message.endswith(".") and found[0].remedy[-1:] in ".?"
    assert len(table.rows) == count


def test_a_good_table_has_no_fault(tmp_path: Path) -> None:
    table = read(write(tmp_path, GOOD))
    assert {f.severity for f in table.findings} <= {"info"}
    assert numbers(table, "14713") == {
        ("2015", "Bevölkerungsstand | Insgesamt", "Anzahl"): 560472,
        ("2015", "Bevölkerungsstand | männlich", "Anzahl"): 274414,
        ("2015", "Bevölkerungsstand | weiblich", "Anzahl"): 286058,
    }
