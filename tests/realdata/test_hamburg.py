"""Hamburg's Stadtteil profiles of 2014: three merged heading rows, 84 points, subtotals by Bezirk, one city row."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pytest

from raumblick.intake.files import spreadsheet
from raumblick.intake.files.sheets import read_workbook
from raumblick.intake.files.source import SourceText
from raumblick.intake.files.table import StatTable
from raumblick.intake.findings import IntakeError, has_errors

pytestmark = pytest.mark.realdata
PEOPLE = "Bevölkerung und Haushalte | Bevölkerung | Anzahl der Einwohnerinnen und Einwohner"
DISTRICTS = {
    "Hamburg-Mitte": 16,
    "Altona": 14,
    "Eimsbüttel": 9,
    "Hamburg-Nord": 13,
    "Wandsbek": 18,
    "Bergedorf": 14,
    "Harburg": 15,
}


@pytest.fixture(scope="module")
def path(shared_data: Path) -> Path:
    return shared_data / "formats" / "hamburg" / "Daten_fuer_die_Stadtteilprofile_2014.xlsx"


@pytest.fixture(scope="module")
def table(path: Path) -> StatTable:
    assert spreadsheet.detect(SourceText.open(path))
    return spreadsheet.read(path)


def test_the_sheet_has_111_rows_and_69_columns(path):
    (sheet,) = read_workbook(path).sheets
    assert (len(sheet.cells), sheet.width) == (111, 69)
    assert len(sheet.merged) == 6 and sum(cell == "." for row in sheet.cells for cell in row) == 84


def test_every_cell_is_kept(table):
    rows = table.rows
    assert len(rows) == 107 * 68 and rows["series"].nunique() == 68
    assert rows["sign"].value_counts().to_dict() == {".": 84}
    assert rows["value"].notna().sum() == 107 * 68 - 84
    assert (rows["value"].isna() == rows["sign"].notna()).all()
    assert (rows["line"].min(), rows["line"].max()) == (5, 111)
    assert table.title == "Statistische Daten zu den Stadtteilen Hamburgs" and table.publisher == "Statistikamt Nord"
    assert not has_errors(table.findings)


def test_subtotals_and_the_city_are_recognised_by_adding_up(table):
    levels = table.rows.drop_duplicates("line").set_index("line")["level"]
    assert levels.value_counts().to_dict() == {"ortsteil": 99, "bezirk": 7, "stadt": 1}
    assert set(levels.loc[104:110]) == {"bezirk"} and levels[111] == "stadt"
    (told,) = [finding for finding in table.findings if finding.code == "sums_found"]
    for name, parts in DISTRICTS.items():
        assert f"{name} ({parts} Zeilen" in told.message
    assert "Hamburg (99 Zeilen" in told.message


def test_known_numbers(table):
    rows = table.rows.set_index(["level", "region", "series"])
    assert rows.loc[("stadt", "Hamburg", PEOPLE), "value"] == 1_788_994
    assert rows.loc[("bezirk", "Hamburg-Mitte", PEOPLE), "value"] == 289_876
    assert rows.loc[("ortsteil", "Eimsbüttel", PEOPLE), "value"] == 56_097
    assert rows.loc[("bezirk", "Eimsbüttel", PEOPLE), "value"] == 252_340
    districts = table.rows[(table.rows["level"] == "bezirk") & (table.rows["series"] == PEOPLE)]
    assert districts["value"].sum() == 1_788_994


def test_periods_and_units_come_from_the_headings(table):
    first = table.rows[table.rows["line"] == 5].set_index("series")
    assert first.loc[PEOPLE, ["period", "date", "unit"]].tolist() == ["2013", "2013-12-31", "Anzahl"]
    series = {" | ".join(name.split(" | ")[:2]): name for name in first.index}
    expected = {
        "Sozialstruktur | Arbeitslose": ("2013-12", "Anzahl"),
        "Sozialstruktur | Arbeitslosenanteil in %": ("2013-12", "%"),
        "Sozialstruktur | Durchschnittliches Einkommen je Steuerpflichtigen in EUR": ("2010", "EUR"),
        "Bevölkerungsbewegung | Geburten": ("2013", "Anzahl"),
        "Bevölkerung und Haushalte | Fläche in km²": ("2013", "km²"),
        "Wohnen | Preise für Grundstücke in EUR/m²": ("2014-01", "EUR je m²"),
        "Infrastruktur und Verkehr | Grundschulen": ("2013", "Anzahl"),
    }
    assert {name: tuple(first.loc[series[name], ["period", "unit"]]) for name in expected} == expected
    undated = table.rows[table.rows["period"].isna()]["series"].unique()
    assert len(undated) == 2 and all("bis 2019" in name for name in undated)
    assert any(finding.code == "period_missing" and finding.severity == "warning" for finding in table.findings)


def test_two_prices_of_one_place(table):
    rows = table.rows[table.rows["region"] == "HafenCity"].set_index("series")
    price = "Wohnen | Preise für {} in EUR/m² | Durchschnittlicher Immobilienpreis für {} in EUR/m²"
    assert rows.loc[price.format("Eigentumswohnungen", "eine Eigentumswohnung"), "value"] == 6465
    ground = rows.loc[price.format("Grundstücke", "ein Grundstück")]
    assert pd.isna(ground["value"]) and ground["sign"] == "."


def test_damaged_bytes_are_read_or_refused(path, tmp_path):
    content = path.read_bytes()
    draw = random.Random(2014)
    for number in range(25):
        damaged = bytearray(content)
        for _ in range(draw.choice([1, 3, 30])):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        copy = tmp_path / f"{number}.xlsx"
        copy.write_bytes(damaged if number % 5 else damaged[: draw.randrange(len(damaged))])
        try:
            assert len(spreadsheet.read(copy).rows)
        except IntakeError as error:
            assert has_errors(error.findings)
