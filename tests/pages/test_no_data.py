"""No snapshot, a damaged one, one damaged among several: a plain message and a way on, never a traceback."""

import json
import shutil

import pytest
from desk import DATA_PAGES, answer


def foot(at) -> str:
    return at.get_by_key("foot").caption[0].value


def parts(home, name: str):
    return next(home.rglob(name))


def only_message(at) -> str:
    assert not at.exception
    assert not at.error
    assert len(at.title) == 1
    assert len(at.info) == 1
    assert not at.get("bidi_component")
    return at.info[0].value


@pytest.fixture
def damaged(tmp_path, mini_home):
    """A copy of the mini city's home to break."""
    return shutil.copytree(mini_home, tmp_path / "home")


@pytest.mark.parametrize("title", DATA_PAGES)
@pytest.mark.parametrize("kind", ["empty", "absent", "file", "strangers"])
def test_without_a_snapshot_the_page_says_what_to_do(desk, tmp_path, title, kind):
    home = tmp_path / "home"
    if kind == "file":
        home.write_text("keine Daten")
    elif kind != "absent":
        home.mkdir()
    if kind == "strangers":
        (home / "lost+found").mkdir()
        (home / "mini" / "snapshots").mkdir(parents=True)
        (home / "mini" / "snapshots" / ".building-x").mkdir()
    desk.sit(home)
    text = only_message(desk.open(title))
    assert "noch keinen Datenstand" in text
    assert "make run" in text
    assert "raumblick import" in text


@pytest.mark.parametrize("view", ["planung", "ausschuss"])
def test_the_import_page_is_the_way_on(desk, tmp_path, view):
    desk.sit(tmp_path / "nothing", view)
    at = desk.open("Import")
    assert not at.exception
    assert "noch keinen Datenstand" in at.info[0].value
    assert len(at.file_uploader) == (view == "planung")


def truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def garble(path):
    path.write_bytes(b"\x00garbage" * (path.stat().st_size // 8) + b"\0" * (path.stat().st_size % 8))


def delete(path):
    path.unlink()


def empty(path):
    path.write_bytes(b"")


def no_json(path):
    path.write_text("{" + path.read_text(encoding="utf-8"), encoding="utf-8")


def wrong_json(path):
    path.write_text("[1, 2]", encoding="utf-8")


def not_utf8(path):
    path.write_bytes(b"\xff\xfe" + path.read_bytes())


def without_city(path):
    manifest = json.loads(path.read_text(encoding="utf-8"))
    del manifest["city"]
    path.write_text(json.dumps(manifest), encoding="utf-8")


DATABASE = (truncate, garble, delete, empty)
MANIFEST = (delete, empty, no_json, wrong_json, not_utf8, without_city)


@pytest.mark.parametrize("view", ["planung", "ausschuss"])
@pytest.mark.parametrize("harm", DATABASE, ids=lambda f: f.__name__)
def test_a_broken_database_is_named(desk, damaged, view, harm):
    harm(parts(damaged, {"planung": "internal.duckdb", "ausschuss": "public.duckdb"}[view]))
    desk.sit(damaged, view)
    for title in DATA_PAGES:
        text = only_message(desk.open(title))
        assert "beschädigt" in text or "lässt sich nicht" in text
        assert "rollback" in text


@pytest.mark.parametrize("harm", MANIFEST, ids=lambda f: f.__name__)
def test_a_broken_manifest_is_named(desk, damaged, harm):
    harm(parts(damaged, "manifest.json"))
    desk.sit(damaged)
    for title in DATA_PAGES:
        assert "beschädigt" in only_message(desk.open(title))


@pytest.mark.parametrize("pointer", ["20991231T235959-00000000", "../../etc", "", "\n\n", "unsinn"])
def test_a_pointer_to_nothing(desk, damaged, pointer):
    (damaged / "mini" / "current").write_text(pointer)
    desk.sit(damaged)
    for title in ("Überblick", "Karte"):
        assert "Datenstand" in only_message(desk.open(title))


def test_a_damaged_city_does_not_stop_the_others(desk, damaged):
    other = damaged / "andere"
    shutil.copytree(damaged / "mini", other)
    truncate(next(other.rglob("internal.duckdb")))
    desk.sit(damaged)
    at = desk.open("Karte", stadt="andere")
    assert not at.exception
    assert "beschädigt" in at.info[0].value
    at.get_by_key("w_stadt").select("mini").run()
    assert not at.exception
    assert not at.info
    assert "Ministadt" in answer(at)
    at.get_by_key("w_stadt").select("andere").run()
    assert "beschädigt" in at.info[0].value


def test_a_snapshot_that_is_rolled_back_while_a_visitor_looks(desk, damaged):
    """The pointer moves between two clicks: the next click shows the snapshot that is in force."""
    import minicity
    from homes import NOW

    from raumblick.catalogue import load_catalogue
    from raumblick.ingest import ingest
    from raumblick.settings import Settings
    from raumblick.snapshot.publish import Shelf

    desk.sit(damaged)
    first = Shelf(damaged, "mini").current()
    at = desk.open("Karte")
    assert first in foot(at)
    tables = minicity.frames()
    tables["observation"] = tables["observation"][tables["observation"]["area_id"] != "07"]
    package = minicity.write_minicity(damaged.parent / "package", tables)
    second = ingest(package, Settings(home=damaged), load_catalogue(), NOW.replace(hour=13)).snapshot_id
    at.run()
    assert second in foot(at)
    assert "Ohne Angabe: 1." in answer(at)
    Shelf(damaged, "mini").roll_back()
    at.run()
    assert first in foot(at)
    assert "Ohne Angabe" not in answer(at)
