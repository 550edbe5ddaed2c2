"""The facts that a correct import of published GENESIS files reproduces, and damaged copies of these files."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from raumblick.intake.files import genesis_flat, genesis_table
from raumblick.intake.files.registry import recognise
from raumblick.intake.files.signs import resolve_dashes
from raumblick.intake.files.table import StatTable
from raumblick.intake.findings import IntakeError

pytestmark = pytest.mark.realdata

FLAT = ("12411-01-01-4_0.csv", "1000A-2022_0.csv", "12211-Z-11_0.csv", "32421-0012_2.csv")
TABLES = ("12411-01-01-4.csv", "22543-01-01-4_00.csv")


@pytest.fixture(scope="module")
def formats(shared_data: Path) -> Path:
    return shared_data / "formats"


@pytest.fixture(scope="module")
def read(formats: Path) -> Callable[[str], StatTable]:
    """Reads a file by its name, each once; a table has its name from the folder before it."""
    known: dict[str, StatTable] = {}

    def reader(name: str) -> StatTable:
        if name not in known:
            module = genesis_flat if name.startswith("genesis_ffcsv") else genesis_table
            known[name] = module.read(formats / name)
        return known[name]

    return reader


def all_files() -> list[str]:
    return [f"genesis_ffcsv/{name}" for name in FLAT] + [f"genesis_tabelle/{name}" for name in TABLES]


def one(table: StatTable, key: str, series: str, period: str | None = None) -> float:
    rows = table.rows[(table.rows["region_key"] == key) & (table.rows["series"] == series)]
    if period:
        rows = rows[rows["period"] == period]
    (value,) = rows["value"]
    return float(value)


def signs(table: StatTable) -> dict[str, int]:
    return {str(sign): int(count) for sign, count in table.rows["sign"].value_counts().items()}


@pytest.mark.parametrize("name", all_files())
def test_recognised_and_without_fault(formats: Path, read: Callable[[str], StatTable], name: str) -> None:
    layout = recognise(formats / name)
    assert layout is (genesis_flat if "ffcsv" in name else genesis_table)
    assert {finding.severity for finding in read(name).findings} <= {"info"}


@pytest.mark.parametrize("name", all_files())
def test_a_sign_is_never_a_number(read: Callable[[str], StatTable], name: str) -> None:
    rows = read(name).rows
    bare = rows["sign"].notna() & (rows["sign"] != "()")
    assert rows.loc[bare, "value"].isna().all()
    assert rows.loc[~bare, "value"].notna().all()
    assert rows[["region_key", "region", "period", "series", "unit"]].notna().all().all()
    assert (rows["unit"] != "").all() and (rows["level"] != "").all()


def test_population_of_districts(read: Callable[[str], StatTable]) -> None:
    table = read("genesis_ffcsv/12411-01-01-4_0.csv")
    assert len(table.rows) == 1467 and signs(table) == {"-": 222}
    assert one(table, "14713", "Bevölkerungsstand | Geschlecht: Insgesamt") == 611_850
    assert one(table, "14713", "Bevölkerungsstand | Geschlecht: weiblich") == 310_268
    assert one(table, "14713", "Bevölkerungsstand | Geschlecht: männlich") == 301_582
    assert table.rows["date"].unique().tolist() == ["2024-12-31"] and table.rows["period"].unique().tolist() == ["2024"]
    levels = table.rows.drop_duplicates("region_key")["level"].value_counts().to_dict()
    assert levels == {"kreis": 474, "bezirk": 12, "gemeinde": 3}


def test_a_dash_here_means_a_district_that_is_gone(read: Callable[[str], StatTable]) -> None:
    table = read("genesis_ffcsv/12411-01-01-4_0.csv")
    gone = set(table.rows.loc[table.rows["sign"] == "-", "region_key"])
    assert len(gone) == 74 and "03152" in gone
    resolved = resolve_dashes(table, lambda key, _: key not in gone)
    pd.testing.assert_frame_equal(resolved.rows, table.rows)
    assert signs(resolve_dashes(table, lambda key, _: key == "03152")) == {"-": 219}


def test_census_with_quality(read: Callable[[str], StatTable]) -> None:
    table = read("genesis_ffcsv/1000A-2022_0.csv")
    assert len(table.rows) == 1360 and signs(table) == {"-": 357}
    total = "Personen [PRS001] | Alter (10er-Jahresgruppen): 60 bis 69 Jahre | "
    total += "Einwanderungsgeschichte (ausführlich) [WDGAT2]: Insgesamt"
    assert one(table, "DG", total) == 11_059_795
    assert table.rows["period"].unique().tolist() == ["2022-05"]
    assert table.rows["quality"].isna().all(), "all numbers are final"


def test_thousands_are_scaled(read: Callable[[str], StatTable]) -> None:
    table = read("genesis_ffcsv/12211-Z-11_0.csv")
    assert len(table.rows) == 1956 and signs(table) == {"-": 1020, "/": 29, "()": 14}
    assert one(table, "14713", "Lebensformen | Art der Lebensform: Familien mit Kind(ern)") == 72_000
    assert table.rows["unit"].unique().tolist() == ["Anzahl"]
    limited = table.rows[table.rows["sign"] == "()"]
    assert limited["value"].notna().all(), "a number of limited worth is a number"


def test_english_file_with_decimal_point(read: Callable[[str], StatTable]) -> None:
    table = read("genesis_ffcsv/32421-0012_2.csv")
    assert len(table.rows) == 2240 and signs(table) == {"-": 1642, ".": 290}
    tail = " | Groups of substances: Total | Application areas: Coolants for first filling of new installations"
    assert one(table, "14", "Use of climate-affecting substances (CO2-equiv.)" + tail) == 54_300
    assert one(table, "14", "Use of climate-affecting substances" + tail) == 186.73
    assert table.rows["unit"].unique().tolist() == ["t"]


def test_table_of_population(read: Callable[[str], StatTable]) -> None:
    table = read("genesis_tabelle/12411-01-01-4.csv")
    assert table.rows["line"].nunique() == 526 and len(table.rows) == 3 * 526
    assert one(table, "14713", "Bevölkerungsstand | Insgesamt") == 560_472
    assert one(table, "14713", "Bevölkerungsstand | männlich") == 274_414
    assert one(table, "14713", "Bevölkerungsstand | weiblich") == 286_058
    assert (table.code, table.licence) == ("12411-01-01-4", "dl-de/by-2-0")
    assert table.publisher == "Statistische Ämter des Bundes und der Länder"
    assert "Böblingen, Landkreis" in set(table.rows["region"]), "ISO-8859-1 read as such"
    levels = table.rows.drop_duplicates("region_key")["level"].value_counts().to_dict()
    assert levels == {"kreis": 471, "regierungsbezirk": 35, "land": 16, "gemeinde": 3, "bund": 1}


def test_regions_add_up(read: Callable[[str], StatTable]) -> None:
    rows = read("genesis_tabelle/12411-01-01-4.csv").rows
    sums = rows.groupby(["series", "level"])["value"].sum().unstack()
    assert (sums["land"] == sums["bund"]).all()


def test_table_of_day_care(read: Callable[[str], StatTable]) -> None:
    table = read("genesis_tabelle/22543-01-01-4_00.csv")
    assert table.rows["line"].nunique() == 6312 and len(table.rows) == 6 * 6312
    assert one(table, "14713", "Betreute Kinder | Tageseinrichtung", "2010-03") == 32_230
    groups = {"unter 3 Jahre": 4_512, "3 bis unter 6 Jahre": 11_928, "6 bis unter 14 Jahre": 15_790}
    for group, value in groups.items():
        assert one(table, "14713", f"Betreute Kinder | Altersgruppe: {group} | Tageseinrichtung", "2010-03") == value
    assert one(table, "14713", "Betreute Kinder | Tagespflege", "2010-03") == 1_820
    days = table.rows.drop_duplicates("date")[["period", "date"]].to_numpy().tolist()
    assert days == [["2010-03", "2010-03-01"], ["2009-03", "2009-03-01"], ["2008-03", "2008-03-15"], ["2007-03", "2007-03-15"]]


# --- damaged copies ------------------------------------------------------------------------------------------------


def shortened(content: bytes, lines: int = 60) -> bytes:
    """The first lines and the foot of a file."""
    every = content.split(b"\n")
    return b"\n".join(every[:lines] + every[-10:])


def damaged(content: bytes, seed: int) -> bytes:
    """The content with one to four random changes of bytes."""
    chance = random.Random(seed)
    data = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data))
        kind = chance.choice(["flip", "cut", "insert", "repeat", "drop", "swap"])
        if kind == "flip":
            data[at] ^= 1 << chance.randrange(8)
        elif kind == "cut":
            del data[max(at, 1) :]
        elif kind == "insert":
            data[at:at] = bytes(chance.choice((b"\x00", b"\xff", b'"', b";", b"\n", b"\r", b"\xc3", b"-", b"_" * 12)))
        elif kind == "repeat":
            data[at:at] = data[at : at + chance.randint(1, 300)]
        elif kind == "drop":
            del data[at : at + chance.randint(1, 200)]
        else:
            data[at : at + 2] = data[at : at + 2][::-1]
        data = data or bytearray(b"\n")
    return bytes(data)


@pytest.mark.parametrize("seed", range(60))
def test_damaged_files_never_raise_anything_else(formats: Path, tmp_path: Path, seed: int) -> None:
    name = all_files()[seed % len(all_files())]
    path = tmp_path / Path(name).name
    path.write_bytes(damaged(shortened((formats / name).read_bytes()), seed))
    for module in (genesis_flat, genesis_table):
        try:
            table = module.read(path)
        except IntakeError as error:
            assert error.findings and all(f.severity in ("error", "warning", "info") for f in error.findings)
            assert any(f.severity == "error" for f in error.findings)
        else:
            assert isinstance(table, StatTable)
    recognise(path)
