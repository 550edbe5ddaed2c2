"""Single files of other cities become cities of their own: bookings with their source, areas with their numbers."""

from __future__ import annotations

import datetime as dt
import re

import duckdb
import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from raumblick.answers.overview import overview
from raumblick.answers.profile import profile
from raumblick.catalogue import load_catalogue
from raumblick.ingest import Target, ingest
from raumblick.settings import ROOT, Settings
from raumblick.snapshot.store import open_store

pytestmark = pytest.mark.realdata
NOW = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
BUDGETS = {  # file -> (official key or name that the file knows its area by)
    "kiel_Haushalt-Kiel-2017.csv": ("Kiel", ""),
    "moers_Haushalt.csv": ("Moers", ""),
    "wesel_hhplan2017.csv": ("Wesel", ""),
    "berlin_bezirke_jugend_2015_2016_ansatz_ist.csv": ("Berlin", ""),
    "berlin_bezirke_jugend_2026_2027_ansatz.csv": ("Berlin", ""),
    "ebersberg_jha.csv": ("Ebersberg", "09175"),
    "monthly_children.csv": ("newcastle", ""),
}


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue()


def settle(path, home, catalogue, target):
    done = ingest(path, Settings(home=home), catalogue, NOW, target=target)
    assert done.snapshot_id is not None, [str(f) for f in done.findings if f.severity == "error"]
    return home / target.city_id / "snapshots" / done.snapshot_id / "internal.duckdb", done


@pytest.mark.parametrize("name", BUDGETS)
def test_a_budget_becomes_a_city(name, shared_data, tmp_path, catalogue):
    title, key = BUDGETS[name]
    file, done = settle(shared_data / "budget" / name, tmp_path, catalogue, Target("neu", title, key))
    with duckdb.connect(str(file), read_only=True) as con:
        lost = "select count(*) from {} where source_id is null or source_id not in (select source_id from source)"
        counts = {t: con.execute(f"select count(*) from {t}").fetchone()[0] for t in ("booking", "observation")}
        assert con.execute(lost.format("booking")).fetchone()[0] == 0
        assert con.execute(lost.format("observation")).fetchone()[0] == 0
        assert sum(counts.values()) > 0
        assert con.execute("select count(*) from area where level = 'stadt'").fetchone()[0] == 1
    if counts["booking"]:
        store = open_store(tmp_path, "neu", "planung", done.snapshot_id)
        try:
            assert overview(store, "stadt") is not None
        finally:
            store.close()


def test_hamburg_becomes_a_city_of_its_districts(shared_data, tmp_path, catalogue):
    path = next((shared_data / "formats" / "hamburg").glob("*.xlsx"))
    file, done = settle(path, tmp_path, catalogue, Target("hamburg", "Hamburg"))
    found = {f.code: f for f in done.findings}
    assert "99 Ortsteile" in found["areas_new"].message
    assert found["other_areas"].message.startswith("476 von 7276 Zahlen gehören zu 7 anderen Gebieten")  # sums of the districts
    assert found["rows_undated"].severity == "warning"
    with duckdb.connect(str(file), read_only=True) as con:
        areas = dict(con.execute("select level, count(*) from area group by level").fetchall())
        assert areas == {"stadt": 1, "ortsteil": 99}
        residents = con.execute(
            "select observation.numerator from observation inner join indicator on observation.indicator = indicator.key "
            "where observation.area_id = 'hamburg-altstadt' and indicator.name like 'Bevölkerung%' order by indicator.name"
        ).fetchall()
    assert residents
    store = open_store(tmp_path, "hamburg", "planung", done.snapshot_id)
    try:
        assert profile(store, "hamburg-altstadt") is not None
    finally:
        store.close()


def test_a_city_without_areas_and_polygons_has_all_pages(shared_data, tmp_path, catalogue, monkeypatch):
    """A budget alone, or one statistic alone: every page says what is there, and none falls over."""
    settle(shared_data / "budget" / "moers_Haushalt.csv", tmp_path, catalogue, Target("moers", "Moers"))
    statistic = shared_data / "formats" / "genesis_ffcsv" / "12411-01-01-4_0.csv"
    settle(statistic, tmp_path, catalogue, Target("leipzig", "Leipzig", "14713"))
    monkeypatch.setenv("RAUMBLICK_HOME", str(tmp_path))
    streamlit.cache_resource.clear()
    faults, components = [], None
    for city in ("moers", "leipzig"):
        for file in re.findall(r'st\.Page\("([^"]+)"', (ROOT / "app.py").read_text("utf-8")):
            at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
            at._bidi_component_manager = components  # looking through all installed packages takes longer than a page
            at.query_params["stadt"] = city
            if file.endswith("importieren.py"):  # its address is not its file's name, which a first run teaches
                at.run()
            at.switch_page(file).run()
            components = at._bidi_component_manager
            faults += [(city, file, error.value) for error in (*at.exception, *at.error)]
    streamlit.cache_resource.clear()
    assert faults == []


@pytest.mark.parametrize(
    ("name", "value"), [("genesis_ffcsv/12411-01-01-4_0.csv", 611850), ("genesis_tabelle/12411-01-01-4.csv", 560472)]
)
def test_a_statistic_becomes_a_city_by_its_official_key(name, value, shared_data, tmp_path, catalogue):
    file, _ = settle(shared_data / "formats" / name, tmp_path, catalogue, Target("leipzig", "Leipzig", "14713"))
    with duckdb.connect(str(file), read_only=True) as con:
        assert value in [row[0] for row in con.execute("select numerator from observation").fetchall()]


def test_a_second_reading_of_the_same_budget_adds_nothing(shared_data, tmp_path, catalogue):
    path, target = shared_data / "budget" / "moers_Haushalt.csv", Target("moers", "Moers")
    first, _ = settle(path, tmp_path, catalogue, target)
    again = ingest(path, Settings(home=tmp_path), catalogue, NOW + dt.timedelta(minutes=1), target=target)
    assert again.snapshot_id is not None and "booking_again" not in {f.code for f in again.findings}
    second = tmp_path / "moers" / "snapshots" / again.snapshot_id / "internal.duckdb"
    sums = []
    for file in (first, second):
        with duckdb.connect(str(file), read_only=True) as con:
            sums.append(con.execute("select count(*), sum(amount) from booking").fetchone())
    assert sums[0] == sums[1]
