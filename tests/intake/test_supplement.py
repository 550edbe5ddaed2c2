"""Single files as an addition: areas met, areas of a new city, and findings at the line of the delivered file."""

from __future__ import annotations

import datetime as dt
import shutil

import pandas as pd
import pytest

from raumblick.catalogue import load_catalogue
from raumblick.ingest import Target, check_only, ingest
from raumblick.intake.delivery import City
from raumblick.intake.files.table import COLUMNS, StatTable
from raumblick.intake.layout_model import FilePart, KeyPart, Layout, PeriodPart, ValuePart
from raumblick.intake.new_city import new_base, same_level, with_areas_of
from raumblick.settings import Settings
from raumblick.snapshot.publish import SnapshotError

NOW = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
LAYOUT = Layout(
    title="Salden",
    file=FilePart("csv", "utf-8", ";", None, (1,), 2, 0, None, ","),
    key=KeyPart(name="Gebiet", level="ortsteil"),
    period=PeriodPart(column="Jahr"),
    values=(ValuePart("Saldo", "Saldo", "%", 1),),
)


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue()


@pytest.fixture
def home(tmp_path, mini_home):
    shutil.copytree(mini_home, tmp_path / "home")
    return Settings(home=tmp_path / "home")


def write(path, *lines):
    path.write_text("\n".join(["Gebiet;Jahr;Saldo", *lines, ""]), encoding="utf-8")
    return path


def test_a_wrong_number_is_named_with_the_line_it_stands_in(home, tmp_path, catalogue):
    """The staging table already holds the rows of the city; the line is still that of the file."""
    path = write(tmp_path / "a.csv", "Ortsteil 00;2023;1,5", "", "Ortsteil 01;2023;-9999", "Ortsteil 02;2023;2")
    reading = check_only(path, home, catalogue, Target("mini"), LAYOUT)
    wrong = [f for f in reading.findings if f.severity == "error"]
    assert [(f.code, f.file, f.row) for f in wrong] == [("value_range", "a.csv", 4)]


def test_two_files_keep_their_own_lines(home, tmp_path, catalogue):
    folder = tmp_path / "both"
    folder.mkdir()
    write(folder / "a.csv", "Ortsteil 00;2023;1", "Ortsteil 01;2023;-999")
    write(folder / "b.csv", "Ortsteil 02;2024;-99")
    reading = check_only(folder, home, catalogue, Target("mini"), LAYOUT)
    assert {(f.file, f.row) for f in reading.findings if f.severity == "error"} == {("a.csv", 3), ("b.csv", 2)}


def test_balances_may_be_negative(home, tmp_path, catalogue):
    path = write(tmp_path / "a.csv", "Ortsteil 00;2023;-12,5", "Ortsteil 01;2023;3")
    done = ingest(path, home, catalogue, NOW, target=Target("mini"), layout=LAYOUT)
    assert done.snapshot_id, [str(f) for f in done.findings]
    assert done.synthetic and done.title == "Ministadt"


def test_a_name_on_another_level_is_another_area(home, tmp_path, catalogue):
    path = write(tmp_path / "a.csv", "West;2023;1", "Ortsteil 00;2023;2")
    reading = check_only(path, home, catalogue, Target("mini"), LAYOUT)
    told = next(f for f in reading.findings if f.code == "other_areas")
    assert told.message == "1 von 2 Zahlen gehören zu 1 anderen Gebieten: West."


def test_a_new_city_gets_the_areas_of_its_file(tmp_path, catalogue):
    path = write(tmp_path / "a.csv", "Höhe;2023;1", "Hohe;2023;2", "Hoehe;2023;3", "Höhe;2024;4")
    done = ingest(path, Settings(home=tmp_path / "neu"), catalogue, NOW, target=Target("neu", "Neustadt"), layout=LAYOUT)
    assert done.snapshot_id, [str(f) for f in done.findings]
    assert [f.severity for f in done.findings if f.code == "areas_new"] == ["warning"]


@pytest.mark.parametrize("city", ["", "../neu", "Neu Stadt"])
def test_a_city_needs_a_plain_name(city, tmp_path, catalogue):
    path, home = write(tmp_path / "a.csv", "a;2023;1"), Settings(home=tmp_path / "h")
    with pytest.raises(SnapshotError):
        ingest(path, home, catalogue, NOW, target=Target(city), layout=LAYOUT)


def table(*rows: tuple[str, str, str]) -> StatTable:
    named = [dict(zip(("region_key", "region", "level"), row, strict=True)) for row in rows]
    frame = pd.DataFrame([dict.fromkeys(COLUMNS) | row for row in named])
    return StatTable("t", "", "", "", frame)


def test_keys_of_new_areas_are_never_shared():
    base = new_base(City("stadt", "Stadt"))
    rows = [("", name, "ortsteil") for name in ("Höhe", "Hoehe", "Stadt", "!", "?")]
    new, findings = with_areas_of(base, {"a.csv": table(*rows)})
    keys = new.areas["area_id"].to_list()
    assert keys == ["stadt", "hoehe", "hoehe-2", "stadt-2", "gebiet", "gebiet-2"] and len(findings) == 1
    given, _ = with_areas_of(base, {"a.csv": table(("01", "A", "bezirk"), ("02", "", "bezirk"), ("9", "Summe", "stadt"))})
    assert given.areas[["area_id", "name", "level"]].to_numpy().tolist()[1:] == [["01", "A", "bezirk"], ["02", "02", "bezirk"]]


def test_the_level_with_most_areas_becomes_the_areas():
    rows = [("", "A", "ortsteil"), ("", "B", "ortsteil"), ("", "A", "bezirk")]
    new, _ = with_areas_of(new_base(City("x", "X")), {"a.csv": table(*rows)})
    assert set(new.areas["level"]) == {"stadt", "ortsteil"} and len(new.areas) == 3
    none, findings = with_areas_of(new_base(City("x", "X")), {"a.csv": table(("14713", "Leipzig", "kreis"))})
    assert len(none.areas) == 1 and findings == []


def test_levels_that_a_name_may_mean():
    assert same_level("", "ortsteil") and same_level("ortsteil", "ortsteil") and same_level("kreis", "stadt")
    assert not same_level("bezirk", "ortsteil") and not same_level("ortsteil", "stadt")
