"""Statistical spreadsheets: headings of several rows, sums found by adding up, notes, and what is told of the rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sheet_maker import Rows, write_ods, write_xls, write_xlsx

from raumblick.intake.files import spreadsheet
from raumblick.intake.files.levels import level_word
from raumblick.intake.files.sheet_head import kind_of, unit_of
from raumblick.intake.files.sheet_sums import find_sums
from raumblick.intake.files.source import SourceText
from raumblick.intake.files.table import StatTable
from raumblick.intake.findings import Finding, IntakeError, has_errors

AREAS = ["Nord", "Süd", "Ost", "West"]


def read(tmp_path: Path, rows: Rows, merged=(), **more) -> StatTable:
    return spreadsheet.read(write_xlsx(tmp_path / "a.xlsx", rows, merged, **more))


def found(table: StatTable, code: str) -> Finding:
    (finding,) = [f for f in table.findings if f.code == code]
    return finding


def codes(table: StatTable) -> set[str]:
    return {finding.code for finding in table.findings}


def refused(tmp_path: Path, rows: Rows) -> Finding:
    with pytest.raises(IntakeError) as caught:
        read(tmp_path, rows)
    return caught.value.findings[-1]


def wide(table: StatTable) -> pd.DataFrame:
    """region x series."""
    return table.rows.pivot(index="region", columns="series", values="value")


# --- headings ------------------------------------------------------------------------------------------------------

HEADED: Rows = [
    ["Kleinräumige Statistik, © Amt für Statistik Musterstadt", None, None, None, None],
    ["Stadtteil", "Bevölkerung 31.12.2023", None, "Kitas (März 2024)", "Preise in EUR/m²"],
    [None, "Ein-wohner", "Anteil unter 18 in %", "Anzahl der Plätze", "je m²"],
    ["Nord", 1200, 17.5, 90, 3000],
    ["Süd", 800, ".", "-", 2500],
    ["Hinweis: . geheim", None, None, None, None],
    ["Datenlizenz Deutschland – Namensnennung – Version 2.0", None, None, None, None],
]
MERGED = [(1, 0, 2, 0), (1, 1, 1, 2)]


def test_merged_headings_become_series_units_and_periods(tmp_path):
    table = read(tmp_path, HEADED, MERGED)
    rows = table.rows.set_index(["region", "series"])
    assert len(rows) == 8 and rows["sign"].notna().sum() == 2
    people = rows.loc[("Nord", "Bevölkerung | Einwohner")]
    assert (people["value"], people["period"], people["date"], people["line"]) == (1200, "2023", "2023-12-31", 4)
    share = rows.loc[("Süd", "Bevölkerung | Anteil unter 18 in %")]
    assert (share["unit"], share["sign"], pd.isna(share["value"])) == ("%", ".", True)
    places = rows.loc[("Süd", "Kitas | Anzahl der Plätze")]
    assert (places["unit"], places["sign"], places["period"]) == ("Anzahl", "-", "2024-03")
    assert (rows["level"] == "ortsteil").all()
    assert rows.loc[("Nord", "Preise in EUR/m² | je m²"), "unit"] == "EUR je m²"


def test_title_publisher_licence_and_notes(tmp_path):
    table = read(tmp_path, HEADED, MERGED)
    assert table.title == "Kleinräumige Statistik" and table.publisher == "Amt für Statistik Musterstadt"
    assert table.licence.startswith("Datenlizenz Deutschland")
    assert "geheim" in found(table, "notes").message
    assert "1 mal „.“, 1 mal „-“" in found(table, "signs").message
    assert "Preise" in found(table, "period_missing").message or "je m²" in found(table, "period_missing").message
    assert not has_errors(table.findings)


@pytest.mark.parametrize("write", [write_ods, write_xls])
def test_the_three_formats_give_the_same_table(write, tmp_path):
    expected = read(tmp_path, HEADED, MERGED)
    table = spreadsheet.read(write(tmp_path / "b", HEADED, MERGED))
    pd.testing.assert_frame_equal(table.rows, expected.rows)
    assert (table.title, table.publisher, table.licence) == (expected.title, expected.publisher, expected.licence)


def test_a_heading_that_is_not_merged_is_continued_and_told(tmp_path):
    rows: Rows = [["Gebiet", "Kinder 2020", None, "Alte 2021"], [None, "w", "m", "alle"], ["A", 1, 2, 3], ["B", 4, 5, 6]]
    table = read(tmp_path, rows)
    assert wide(table).columns.tolist() == ["Alte | alle", "Kinder | m", "Kinder | w"]
    assert "Kinder" in found(table, "heading_continued").message


def test_years_and_ages_as_headings(tmp_path):
    table = read(tmp_path, [["Stadtteil", 2021, 2022, 2023], ["Nord", 5, 6, 7], ["Süd", 1, 2, 3]])
    assert sorted(table.rows["period"]) == ["2021"] * 2 + ["2022"] * 2 + ["2023"] * 2
    assert set(table.rows["series"]) == {"Tabelle1"}
    ages = read(tmp_path, [["Einwohner 2023", None, None, None], ["Stadtteil", 0, 1, 2], ["Nord", 5, 6, 7], ["Süd", 1, 2, 3]])
    assert set(ages.rows["series"]) == {"0", "1", "2"} and set(ages.rows["period"]) == {"2023"}


def test_a_row_that_counts_the_columns_is_no_name(tmp_path):
    table = read(tmp_path, [["Gebiet", "Kinder 2020", "Alte 2020"], [1, 2, 3], ["A", 10, 20], ["B", 30, 40]])
    assert set(table.rows["series"]) == {"Kinder", "Alte"} and table.rows["line"].min() == 3


def test_keys_and_names(tmp_path):
    table = read(tmp_path, [["Nr.", "Name", "Kinder 2020"], ["01", "A", 1], ["02", "B", 2]])
    assert table.rows[["region_key", "region"]].to_numpy().tolist() == [["01", "A"], ["02", "B"]]
    numbers = read(tmp_path, [["PLR", "Kinder 2020"], [1011101, 1], [12000000, 2]])
    assert numbers.rows["region_key"].tolist() == ["1011101", "12000000"] and set(numbers.rows["region"]) == {""}
    assert "7, 8 Stellen" in found(numbers, "key_length").message


def test_a_column_of_years(tmp_path):
    table = read(tmp_path, [["Jahr", "Stadtteil", "Kinder"], [2020, "Nord", 1], [2021, "Nord", 2], [2020, "Süd", 3]])
    assert table.rows["period"].tolist() == ["2020", "2021", "2020"] and "region_twice" in codes(table)


def test_several_sheets(tmp_path):
    one: Rows = [["Stadtteil", "Kinder"], ["Nord", 1], ["Süd", 2]]
    table = read(tmp_path, one, name="2022", **{"2023": one, "Deckblatt": [["Bericht"]]})
    pairs = sorted(zip(table.rows["period"], table.rows["series"], strict=True))
    assert pairs == [("2022", "Kinder")] * 2 + [("2023", "Kinder")] * 2
    assert "Deckblatt" in found(table, "sheet_unused").message
    named = read(tmp_path, one, name="Kita", Hort=one)
    assert set(named.rows["series"]) == {"Kita | Kinder", "Hort | Kinder"}


# --- rows ----------------------------------------------------------------------------------------------------------


def test_numbers_kept_as_text_are_read_and_unclear_ones_refused(tmp_path):
    table = read(tmp_path, [["Gebiet", "EUR 2020"], ["A", "1.234,5"], ["B", "1.234"], ["C", 7]])
    assert table.rows["value"].tolist() == [1234.5, 1234.0, 7.0]
    unclear = read(tmp_path, [["Gebiet", "EUR 2020"], ["A", "1.234"], ["B", 7]])
    assert found(unclear, "numbers_unclear").severity == "error"
    wrong = read(tmp_path, [["Gebiet", "EUR 2020"], ["A", "k. A."], ["B", 7]])
    assert (found(wrong, "not_number").row, found(wrong, "not_number").column) == (2, "B")


def test_units_scale(tmp_path):
    table = read(tmp_path, [["Gebiet", "Ausgaben in Tsd. EUR 2020"], ["A", 1.005], ["B", 2]])
    assert table.rows["value"].tolist() == [1005.0, 2000.0] and set(table.rows["unit"]) == {"EUR"}


def test_what_is_not_read_is_named(tmp_path):
    rows: Rows = [
        ["Gebiet", "Kinder 2020", "Bemerkung"],
        ["A", 1, "neu"],
        ["Bezirk 2", None, None],
        ["B", 2, None],
        [None, 3, None],
        [None, None, None],
        ["Gebiet", "Alte", "Junge"],
        ["A", 5, 6],
    ]
    table = read(tmp_path, rows)
    assert table.rows["value"].tolist() == [1, 2, 3] and found(table, "table_second").row == 7
    assert "C" in found(table, "column_unread").message
    assert "Bezirk 2" in found(table, "rows_text").message
    assert found(table, "region_missing").row == 5


def test_a_second_table_on_the_sheet_is_told(tmp_path):
    table = read(
        tmp_path,
        [["Gebiet", "Kinder 2020", "Alte 2020"], ["A", 1, 4], ["B", 2, 5], [], ["Gebiet", "Plätze", "Gruppen"], ["A", 5, 6]],
    )
    assert len(table.rows) == 4 and found(table, "table_second").row == 5


def test_percent_that_may_be_a_fraction(tmp_path):
    table = read(tmp_path, [["Gebiet", "Anteil in % 2020"], ["A", 0.25], ["B", 0.5], ["C", 0.125]])
    assert "0 und 1" in found(table, "percent_fraction").message


def test_columns_that_cannot_be_told_apart(tmp_path):
    table = read(tmp_path, [["Gebiet", "Kinder 2020", "Kinder 2020"], ["A", 1, 2], ["B", 3, 4]])
    assert found(table, "column_twice").severity == "error"


@pytest.mark.parametrize(
    "rows",
    [
        [["Protokoll der Sitzung"], ["Es waren alle da."]],
        [["Gebiet", "Bemerkung"], ["A", "gut"], ["B", "schlecht"]],
        [[1, 2], [3, 4]],
    ],
)
def test_a_sheet_without_a_table(rows, tmp_path):
    assert refused(tmp_path, rows).code == "table_missing"


def test_a_list_of_persons_is_refused(tmp_path):
    rows: Rows = [["Vorname", "Nachname", "Geburtsdatum", "Kosten"], ["Ada", "L.", "10.12.2015", 5], ["Bo", "M.", "1.2.2016", 6]]
    with pytest.raises(IntakeError, match="§ 64"):
        read(tmp_path, rows)


# --- sums ----------------------------------------------------------------------------------------------------------


@st.composite
def cities(draw: st.DrawFn) -> tuple[list[list[int]], list[int], str]:
    """(numbers of the districts' parts, number of parts of each district, where the sums stand)."""
    sizes = draw(st.lists(st.integers(2, 5), min_size=2, max_size=4))
    seed = draw(st.integers(0, 2**32 - 1))
    numbers = np.random.default_rng(seed).integers(200, 99_999, (sum(sizes), 6)).tolist()
    return numbers, sizes, draw(st.sampled_from(["before", "after", "end"]))


@settings(max_examples=40, deadline=None)
@given(cities())
def test_sums_are_found_wherever_they_stand(city):
    numbers, sizes, where = city
    values, levels, start = [], [], 0
    sums = []
    for size in sizes:
        block = numbers[start : start + size]
        start += size
        total = np.sum(block, axis=0).tolist()
        sums.append(total)
        parts, total_row = [(row, "part") for row in block], (total, "district")
        marked = {"before": [total_row, *parts], "after": [*parts, total_row], "end": parts}[where]
        values += [row for row, _ in marked]
        levels += [level for _, level in marked]
    if where == "end":
        values += sums
        levels += ["district"] * len(sums)
    values.append(np.sum(numbers, axis=0).tolist())
    levels.append("city")
    sums_found = find_sums(np.array(values, float), [f"x{i}" for i in range(len(values))])
    expected = {row: {"district": 1, "city": 2}[level] for row, level in enumerate(levels) if level != "part"}
    assert {row: found.tier for row, found in sums_found.items()} == expected
    assert len(sums_found[len(values) - 1].leaves) == len(numbers)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 40), st.integers(1, 4), st.sampled_from([3, 10, 1000]))
def test_small_numbers_that_add_up_by_chance_are_no_sums(seed, height, width, most):
    values = np.random.default_rng(seed).integers(0, most, (height, width)).astype(float)
    assert find_sums(values, [f"x{i}" for i in range(height)]) == {}


def test_a_named_total_of_one_column(tmp_path):
    table = read(tmp_path, [["Stadtteil", "Kinder 2020"], ["Nord", 5], ["Süd", 7], ["Insgesamt", 12]])
    assert table.rows["level"].tolist() == ["ortsteil", "ortsteil", "stadt"]
    wrong = read(tmp_path, [["Stadtteil", "Kinder 2020"], ["Nord", 5], ["Süd", 7], ["Insgesamt", 13]])
    assert wrong.rows["level"].tolist() == ["ortsteil", "ortsteil", "summe"]
    assert "Insgesamt" in found(wrong, "sums_open").message


def test_a_total_that_is_nearly_the_sum(tmp_path):
    rows: Rows = [["Stadtteil", "Einwohner 2020", "Kinder 2020", "Alte 2020"]]
    rows += [[area, 10_000 + i, 2_000 + 7 * i, 3_000 + 11 * i] for i, area in enumerate(AREAS)]
    rows.append(["Stadt", 40_006 + 50, 8_042, 12_066])
    table = read(tmp_path, rows)
    assert table.rows["level"].tolist()[-1] == "stadt"
    assert "B 40.006 statt 40.056" in found(table, "sums_differ").message


def test_sums_are_found_for_each_year_of_a_long_table(tmp_path):
    rows: Rows = [["Jahr", "Stadtteil", "Einwohner", "Kinder"]]
    for year in (2020, 2021):
        block = [[year, area, 10_000 + i * year, 2_000 + 7 * i] for i, area in enumerate(AREAS)]
        rows += [*block, [year, "Alle Stadtteile", sum(r[2] for r in block), sum(r[3] for r in block)]]
    table = read(tmp_path, rows)
    assert (table.rows["level"] == "stadt").sum() == 4 and (table.rows["level"] == "ortsteil").sum() == 16


# --- pieces --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "base", "factor"),
    [
        (["Anteil in %"], "%", 1),
        (["Miete (EUR)"], "EUR", 1),
        (["Ausgaben in Mio. EUR"], "EUR", 1e6),
        (["Einwohner (in 1 000)"], "Anzahl", 1000),
        (["Wohnfläche je Einwohner/-in in m²"], "m²", 1),
        (["Kinder", "%"], "%", 1),
        (["Anzahl der Kinder in Mindestsicherung"], "Anzahl", 1),
        (["PKW je 1 000 Einwohner"], "je 1 000 Einwohner", 1),
        (["Kinder"], "", 1),
    ],
)
def test_units(parts, base, factor):
    unit = unit_of(parts)
    assert (unit.base, unit.factor) == (base, factor)


def test_kinds_of_cells():
    kinds = {5.0: "number", "1.234,5": "number", "12 %": "number", "-": "sign", "x": "sign", " ": "empty", "3-<6": "text"}
    assert {cell: kind_of(cell) for cell in kinds} == kinds


def test_levels_named_by_words():
    assert level_word(["Gebiet", "Stadtteile und Bezirke"]) == "ortsteil"
    assert level_word(["Stadtbezirk", "Ortsteile"]) == "bezirk" and level_word(["Gebiet"]) == ""


def test_detection_is_by_content(tmp_path):
    path = write_xlsx(tmp_path / "a.csv", [["a", 1]])
    assert spreadsheet.detect(SourceText.open(path))
    (tmp_path / "b.xlsx").write_text("a;b\n1;2\n", encoding="utf-8")
    assert not spreadsheet.detect(SourceText.open(tmp_path / "b.xlsx"))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(
        st.lists(st.one_of(st.integers(0, 10**6), st.sampled_from([".", "-", "/", "x"])), min_size=2, max_size=2),
        min_size=2,
        max_size=8,
    ).filter(lambda rows: isinstance(rows[0][0], int))
)
def test_every_number_and_sign_is_kept(values, tmp_path):
    rows: Rows = [["Gebiet", "Kinder 2020", "Alte 2021"], *([f"G{i}", *row] for i, row in enumerate(values))]
    table = read(tmp_path, rows)
    cells = [cell for row in values for cell in row]
    given = [(None if isinstance(c, str) else float(c), c if isinstance(c, str) else None) for c in cells]
    taken = [
        (None if pd.isna(v) else v, None if pd.isna(s) else s)
        for v, s in zip(table.rows["value"], table.rows["sign"], strict=True)
    ]
    assert taken == given
