"""The store: reads what queries ask and nothing else, ends what takes too long, shares one file between threads."""

import datetime as dt
import hashlib
import json
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor

import duckdb
import minicity
import pandas as pd
import pytest

from raumblick import queries
from raumblick.catalogue import load_catalogue
from raumblick.ingest import ingest
from raumblick.queries import UnknownQueryError
from raumblick.settings import Settings
from raumblick.snapshot.publish import SCHEMA, Shelf, SnapshotError
from raumblick.snapshot.store import QueryTimeoutError, open_store

NOW = dt.datetime(2026, 1, 15, 12, 0, tzinfo=dt.UTC)
SLOW = "select count(*) as n from range(1000000) as a, range(1000000) as b where a.range + b.range = 7"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    done = ingest(minicity.write_minicity(folder / "mini"), Settings(home=folder / "home"), load_catalogue(), NOW)
    assert done.snapshot_id is not None
    return folder / "home"


@pytest.fixture
def store(home):
    opened = open_store(home, "mini", "planung")
    yield opened
    opened.close()


@pytest.fixture
def own_query(tmp_path, monkeypatch):
    """Run any SQL text as a read query: a queries folder of our own for one test."""
    monkeypatch.setattr(queries, "FOLDER", tmp_path / "queries")
    queries.load_query.cache_clear()
    (tmp_path / "queries" / "read").mkdir(parents=True)

    def own(sql: str) -> str:
        (tmp_path / "queries" / "read" / "own.sql").write_text(sql, "utf-8")
        queries.load_query.cache_clear()
        return "own"

    yield own
    monkeypatch.undo()
    queries.load_query.cache_clear()


# --- reading -------------------------------------------------------------------------------------------------------


def test_what_is_asked_is_answered(store):
    areas = store.read("areas", level="ortsteil")
    assert list(areas["area_id"]) == minicity.AREAS and list(areas.columns) == ["area_id", "name", "parent_id", "parent_name"]
    assert store.read("areas", level="nirgends").empty
    assert len(store.read("area_names")) == 11


def test_a_store_names_its_snapshot(home, store):
    current = Shelf(home, "mini").current()
    assert store.snapshot_id == current and store.cache_key == ("mini", current, "planung")
    assert store.city["title"] == "Ministadt" and store.manifest["threshold"] == 3
    public = open_store(home, "mini", "ausschuss", snapshot_id=current)
    assert public.cache_key == ("mini", current, "ausschuss")
    public.close()


def test_each_view_reads_its_file(home, store):
    public = open_store(home, "mini", "ausschuss")
    question = {"indicator": "sgb2_u15", "level": "ortsteil"}
    inside, outside = store.read("values", **question), public.read("values", **question)
    public.close()
    assert list(inside["area_id"]) == list(outside["area_id"])
    first = inside["area_id"] == "00"
    assert (inside.loc[first, "numerator"] == 2).all()
    assert outside.loc[first, ["numerator", "value"]].isna().all(axis=None)
    beside = inside["area_id"] == "01"  # hidden so that the sum of the district does not give area 00 away
    assert beside.any() and outside.loc[beside, "status"].eq("hidden").all()
    pd.testing.assert_frame_equal(inside[~first & ~beside], outside[~first & ~beside])


@pytest.mark.parametrize("name", ["nix", "", "../build/10_area", "read/areas", "areas.sql", "Areas", "areas;drop", "/etc/passwd"])
def test_an_unknown_query_is_refused(store, name):
    with pytest.raises(UnknownQueryError):
        store.read(name)


def test_parameters_are_values_never_sql(store):
    attack = "ortsteil' or 1=1 --"
    assert store.read("areas", level=attack).empty
    assert store.read("offers", area_id=attack).empty


def test_a_missing_parameter_is_an_error_of_the_caller(store):
    with pytest.raises(duckdb.Error):
        store.read("areas")
    with pytest.raises(duckdb.Error):
        store.read("areas", level="ortsteil", more=1)


# --- hardening -----------------------------------------------------------------------------------------------------

WRITES = [
    "create table x as select 1 as a",
    "insert into area select * from area",
    "update observation set numerator = 1",
    "delete from area",
    "drop table area",
    "create or replace view x as select 1 as a",
]
OUTSIDE = [
    "select * from read_csv('{secret}')",
    "select * from read_text('{secret}')",
    "select * from glob('/*')",
    "select * from '{secret}'",
    "attach '{folder}/other.duckdb' as other",
    "copy area to '{folder}/out.csv'",
    "export database '{folder}/out'",
    "load httpfs",
    "install httpfs",
    "create secret s (type s3)",
    "select * from read_csv('http://127.0.0.1:9/x.csv')",
]
CONFIG = [
    "set enable_external_access = true",
    "set memory_limit = '64GB'",
    "set threads = 64",
    "set lock_configuration = false",
    "reset memory_limit",
    "set temp_directory = '/tmp'",
]


@pytest.mark.parametrize("sql", WRITES)
def test_nothing_can_be_written(store, own_query, sql):
    with pytest.raises(duckdb.Error):
        store.read(own_query(sql))


@pytest.mark.parametrize("sql", OUTSIDE)
def test_nothing_outside_the_file_can_be_reached(store, own_query, tmp_path, sql):
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    before = sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises((duckdb.Error, SnapshotError)):
        store.read(own_query(sql.format(secret=tmp_path / "secret.csv", folder=tmp_path)))
    assert sorted(p.name for p in tmp_path.iterdir()) == before


@pytest.mark.parametrize("sql", CONFIG)
def test_the_configuration_is_locked(store, own_query, sql):
    with pytest.raises(duckdb.Error):
        store.read(own_query(sql))


def test_reading_leaves_the_snapshot_as_it_is(home, store):
    def listing():
        return {p: (p.stat().st_size, p.stat().st_mtime_ns) for p in sorted(home.rglob("*"))}

    before = listing()
    store.read("city_values")
    open_store(home, "mini", "ausschuss").close()
    assert listing() == before


# --- the time limit ------------------------------------------------------------------------------------------------


def test_a_long_query_is_ended_and_the_store_goes_on(home, own_query):
    store = open_store(home, "mini", "planung", seconds=0.2)
    with pytest.raises(QueryTimeoutError, match="„own“ hat länger als .* Sekunden gebraucht.*Auswahl verkleinern"):
        store.read(own_query(SLOW))
    assert store.read(own_query("select 1 as a"))["a"][0] == 1
    store.close()


def test_only_the_long_query_is_ended(home, own_query, monkeypatch):
    """Other threads that read from the same store meanwhile are not disturbed."""
    store = open_store(home, "mini", "planung", seconds=1.0)
    texts = {"slow": SLOW, "fast": "select count(*) as n from range(300000)"}
    for name, sql in texts.items():
        (queries.FOLDER / "read" / f"{name}.sql").write_text(sql, "utf-8")
    with ThreadPoolExecutor(4) as pool:
        slow = pool.submit(store.read, "slow")
        fast = [pool.submit(store.read, "fast") for _ in range(30)]
        assert [f.result()["n"][0] for f in fast] == [300_000] * 30
        assert isinstance(slow.exception(), QueryTimeoutError)
    store.close()


def test_a_query_that_is_quick_enough_leaves_no_watchdog(store):
    import threading

    before = threading.active_count()
    for _ in range(20):
        store.read("levels")
    assert threading.active_count() <= before + 1  # the last one may just be ending


# --- threads -------------------------------------------------------------------------------------------------------


def test_threads_get_the_same_answers_as_one(store):
    """8 threads, 50 reads each, different questions mixed: a shared connection would mix up their rows."""
    questions = [
        ("values", {"indicator": "sgb2_u15", "level": "ortsteil"}),
        ("values", {"indicator": "pop_total", "level": "bezirk"}),
        *[("series", {"area_id": key}) for key in minicity.AREAS],
        ("offers", {"area_id": "mini"}),
        ("residents", {"area_id": "B1"}),
        ("sources", {}),
    ]
    expected = [store.read(name, **params) for name, params in questions]

    def work(worker: int) -> int:
        for step in range(50):
            place = (worker * 7 + step) % len(questions)
            name, params = questions[place]
            pd.testing.assert_frame_equal(store.read(name, **params), expected[place])
        return 50

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [50] * 8


# --- damage --------------------------------------------------------------------------------------------------------


@pytest.fixture
def copy(home, tmp_path):
    """A home of our own to damage; returns (home, folder of the snapshot)."""
    shutil.copytree(home, tmp_path / "home")
    shelf = Shelf(tmp_path / "home", "mini")
    return tmp_path / "home", shelf.path(shelf.current())


def test_no_snapshot_says_how_to_make_one(tmp_path):
    with pytest.raises(SnapshotError, match="noch keinen Datenstand.*raumblick import"):
        open_store(tmp_path, "mini", "planung")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_pointer_says_how_to_mend_it(copy):
    home, _ = copy
    (home / "mini" / "current").write_bytes(b"\xff")
    with pytest.raises(SnapshotError, match="raumblick snapshots rollback mini"):
        open_store(home, "mini", "planung")


def test_an_unknown_snapshot(home):
    with pytest.raises(SnapshotError, match="gibt es für „mini“ nicht"):
        open_store(home, "mini", "planung", snapshot_id="20200101T000000-00000000")


@pytest.mark.parametrize("view", ["planung", "ausschuss"])
def test_a_truncated_file_is_named(copy, view):
    home, folder = copy
    file = folder / ("internal.duckdb" if view == "planung" else "public.duckdb")
    os.truncate(file, file.stat().st_size // 2)
    with pytest.raises(SnapshotError, match="beschädigt.*rollback"):
        open_store(home, "mini", view)


def test_a_file_of_the_right_size_with_other_content_is_named(copy):
    home, folder = copy
    file = folder / "internal.duckdb"
    file.write_bytes(b"\0" * file.stat().st_size)
    with pytest.raises(SnapshotError, match="lässt sich nicht lesen.*rollback"):
        open_store(home, "mini", "planung")


def test_damage_inside_a_file_is_named_when_it_is_read(copy):
    """The header is sound, every block behind it is not."""
    home, folder = copy
    file = folder / "internal.duckdb"
    content = bytearray(file.read_bytes())
    for place in range(3 * 4096, len(content), 512):
        content[place] ^= 0xFF
    file.write_bytes(bytes(content))
    with pytest.raises(SnapshotError, match=re.escape(folder.name) + ".*lässt sich nicht lesen"):
        opened = open_store(home, "mini", "planung")
        for _ in range(2):
            opened.read("city_values")


# --- written by another version ------------------------------------------------------------------------------------

COLUMNS_OF_SCHEMA = {1: "eef2a85fdad9", 2: "63d6b84e41df"}  # digest of the tables and columns of each schema number


def renumber(folder, number):
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["schema"] = number
    if number is None:
        del manifest["schema"]
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def drop_column(folder):
    with duckdb.connect(str(folder / "internal.duckdb")) as con:
        con.execute("alter table facility drop column hidden")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    for entry in manifest["files"]:
        entry["size"] = (folder / entry["name"]).stat().st_size
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def test_a_snapshot_of_an_older_version_says_what_to_do(copy):
    home, folder = copy
    renumber(folder, SCHEMA - 1)
    with pytest.raises(SnapshotError, match="mit einer älteren Fassung.*geschrieben; bitte neu einlesen: raumblick import"):
        open_store(home, "mini", "planung")


def test_a_snapshot_of_a_newer_version_is_not_read_either(copy):
    home, folder = copy
    renumber(folder, SCHEMA + 1)
    with pytest.raises(SnapshotError, match="mit einer neueren Fassung"):
        open_store(home, "mini", "ausschuss")


@pytest.mark.parametrize("view", ["planung", "ausschuss"])
def test_a_snapshot_without_a_number_counts_where_its_tables_fit(copy, view):
    home, folder = copy
    renumber(folder, None)
    open_store(home, "mini", view).close()


def test_a_snapshot_without_a_number_and_with_other_tables_is_an_older_one(copy):
    home, folder = copy
    drop_column(folder)
    renumber(folder, None)
    with pytest.raises(SnapshotError, match="älteren Fassung"):
        open_store(home, "mini", "planung")


def test_other_columns_need_another_schema_number(home):
    """When this fails: raise SCHEMA in raumblick/snapshot/publish.py and write the new digest here beside the new number."""
    shelf = Shelf(home, "mini")
    with duckdb.connect(str(shelf.path(shelf.current()) / "internal.duckdb"), read_only=True) as con:
        found = con.execute(
            "select table_name, column_name, data_type from information_schema.columns "
            "where table_schema = 'main' order by table_name, column_name"
        ).fetchall()
    assert hashlib.sha256(repr(found).encode()).hexdigest()[:12] == COLUMNS_OF_SCHEMA[SCHEMA]
