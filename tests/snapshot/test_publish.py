"""The shelf of a city: one pointer, finished folders, a lock, and what is said of damaged ones."""

import json
import multiprocessing
import os
import shutil

import pytest

from raumblick.snapshot.publish import Shelf, SnapshotError, shelves

IDS = [f"2026010{day}T120000-0000000{day}" for day in range(1, 7)]


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "home", "mini")


def finished(shelf, snapshot_id):
    """A finished folder that looks like a snapshot; publishing looks into none of its files."""
    shelf.folder.joinpath("snapshots").mkdir(parents=True, exist_ok=True)
    folder = shelf.new_folder()
    (folder / "map").mkdir()
    files = {"internal.duckdb": b"all numbers", "public.duckdb": b"some", "map/stadt.json": b"{}"}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    manifest = {
        "snapshot_id": snapshot_id,
        "city": {"city_id": shelf.city_id},
        "files": [{"name": name, "size": len(content)} for name, content in files.items()],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


def publish(shelf, *ids):
    for snapshot_id in ids:
        shelf.publish(finished(shelf, snapshot_id), snapshot_id)


def names(shelf):
    """Everything that lies in the folder of the city."""
    return sorted(p.name for p in shelf.folder.iterdir())


# --- publish and list ----------------------------------------------------------------------------------------------


def test_an_empty_shelf(shelf):
    assert shelf.current() is None and shelf.ids() == [] and shelves(shelf.home) == []


def test_the_last_one_published_is_in_force_and_all_are_listed_newest_first(shelf):
    publish(shelf, *IDS[:3])
    assert shelf.current() == IDS[2] and shelf.ids() == IDS[2::-1]
    assert shelf.manifest(IDS[0])["snapshot_id"] == IDS[0]
    assert names(shelf) == ["current", "snapshots"]
    assert shelves(shelf.home) == [shelf]


def test_a_clock_that_was_set_back_loses_no_publication(shelf):
    publish(shelf, IDS[4], IDS[2])  # the later one by the calendar was published first
    assert shelf.current() == IDS[2] and shelf.ids() == [IDS[4], IDS[2]]
    assert shelf.prune(1) == [] and shelf.current() == IDS[2]
    assert shelf.roll_back(IDS[4]) == IDS[4] == shelf.current()


def test_others_may_read_what_is_published(shelf):
    publish(shelf, IDS[0])
    assert shelf.path(IDS[0]).stat().st_mode & 0o777 == 0o755
    assert shelf.folder.joinpath("current").stat().st_mode & 0o777 == 0o644


def test_a_name_is_given_once(shelf):
    publish(shelf, IDS[0])
    with pytest.raises(SnapshotError, match="gibt es schon"):
        publish(shelf, IDS[0])
    assert shelf.current() == IDS[0]


def test_kept_is_not_yet_in_force(shelf):
    publish(shelf, IDS[0])
    shelf.keep(finished(shelf, IDS[1]), IDS[1])
    assert shelf.current() == IDS[0] and shelf.ids() == IDS[1::-1]
    shelf.enforce(IDS[1])
    assert shelf.current() == IDS[1]


def test_discard_spares_what_is_in_force(shelf):
    publish(shelf, *IDS[:2])
    with pytest.raises(SnapshotError, match="in Kraft"):
        shelf.discard(IDS[1])
    shelf.discard(IDS[0])
    assert shelf.ids() == [IDS[1]]
    with pytest.raises(SnapshotError, match="gibt es für"):
        shelf.discard(IDS[0])


@pytest.mark.parametrize("name", ["", "..", "../mini", "Mini", "mini/x", "-mini", "x" * 41, "ä", "mini\n"])
def test_a_city_has_a_short_name(tmp_path, name):
    with pytest.raises(SnapshotError, match="kein Kurzname"):
        Shelf(tmp_path, name)


def test_other_folders_in_the_home_are_no_cities(shelf):
    publish(shelf, IDS[0])
    (shelf.home / "Backup").mkdir()
    (shelf.home / "empty").mkdir()
    (shelf.home / "file").write_text("x")
    assert [s.city_id for s in shelves(shelf.home)] == ["mini"]


@pytest.mark.parametrize("snapshot_id", ["", ".", "..", "../../etc", "20260101T120000", "20260101T120000-ZZZZZZZZ", IDS[5]])
def test_a_snapshot_that_is_not_there(shelf, snapshot_id):
    publish(shelf, IDS[0])
    with pytest.raises(SnapshotError, match="gibt es für „mini“ nicht"):
        shelf.path(snapshot_id)


# --- roll back and prune -------------------------------------------------------------------------------------------


def test_roll_back_goes_one_step_and_one_more(shelf):
    publish(shelf, *IDS[:3])
    assert shelf.roll_back() == IDS[1] == shelf.current()
    assert shelf.roll_back() == IDS[0] == shelf.current()
    with pytest.raises(SnapshotError, match="keinen früheren"):
        shelf.roll_back()
    assert shelf.current() == IDS[0]
    assert shelf.roll_back(IDS[2]) == IDS[2] == shelf.current()


def test_roll_back_passes_damaged_snapshots(shelf):
    publish(shelf, *IDS[:3])
    (shelf.path(IDS[1]) / "internal.duckdb").write_bytes(b"")
    assert shelf.roll_back() == IDS[0]
    with pytest.raises(SnapshotError, match="beschädigt"):
        shelf.roll_back(IDS[1])
    assert shelf.current() == IDS[0]


def test_prune_keeps_the_newest_and_the_one_in_force(shelf):
    publish(shelf, *IDS)
    shelf.roll_back(IDS[0])
    assert shelf.prune(2) == IDS[3:0:-1]
    assert shelf.ids() == [IDS[5], IDS[4], IDS[0]] and shelf.current() == IDS[0]
    assert shelf.prune(2) == [] and names(shelf) == [".lock", "current", "snapshots"]


@pytest.mark.parametrize("keep", [0, -3])
def test_prune_never_takes_everything(shelf, keep):
    publish(shelf, *IDS[:2])
    shelf.prune(keep)
    assert shelf.ids() == [IDS[1]]


def test_a_deletion_that_breaks_off_leaves_no_half_snapshot(shelf, monkeypatch):
    publish(shelf, *IDS[:3])
    real = shutil.rmtree

    def broken(path, **_):
        real(path / "map")
        raise OSError("power cut")

    monkeypatch.setattr("raumblick.snapshot.publish.shutil.rmtree", broken)
    with pytest.raises(OSError):
        shelf.discard(IDS[0])
    monkeypatch.setattr("raumblick.snapshot.publish.shutil.rmtree", real)
    assert shelf.ids() == IDS[2:0:-1]
    shelf.prune(5)
    assert sorted(p.name for p in shelf.folder.joinpath("snapshots").iterdir()) == IDS[1:3]


def test_a_city_without_snapshots_is_named_and_no_folder_is_left(shelf):
    for act in (shelf.roll_back, lambda: shelf.prune(3)):
        with pytest.raises(SnapshotError, match="Für „mini“ gibt es keinen Datenstand"):
            act()
    assert not shelf.folder.exists()


# --- the lock ------------------------------------------------------------------------------------------------------


def hold(shelf, ready, end):
    with shelf.lock():
        ready.set()
        end.wait(30)


def test_a_second_process_is_refused_until_the_first_has_ended(shelf):
    publish(shelf, *IDS[:2])
    context = multiprocessing.get_context("fork")
    ready, end = context.Event(), context.Event()
    process = context.Process(target=hold, args=(shelf, ready, end))
    process.start()
    try:
        assert ready.wait(30)
        for act in (shelf.roll_back, lambda: shelf.prune(1), lambda: shelf.enforce(IDS[0]), lambda: shelf.discard(IDS[0])):
            with pytest.raises(SnapshotError, match="anderer Vorgang"):
                act()
        assert shelf.current() == IDS[1] and len(shelf.ids()) == 2
    finally:
        end.set()
        process.join(30)
    assert shelf.roll_back() == IDS[0]


def test_the_lock_of_a_killed_process_is_free(shelf):
    publish(shelf, *IDS[:2])
    context = multiprocessing.get_context("fork")
    ready, end = context.Event(), context.Event()
    process = context.Process(target=hold, args=(shelf, ready, end))
    process.start()
    assert ready.wait(30)
    process.kill()
    process.join(30)
    assert shelf.roll_back() == IDS[0]


def test_another_city_is_not_locked(shelf):
    other = Shelf(shelf.home, "other")
    publish(other, IDS[0])
    with shelf.lock():
        assert other.prune(1) == []


def test_what_unfinished_work_left_is_swept(shelf):
    publish(shelf, *IDS[:2])
    shelf.new_folder()
    finished(shelf, IDS[4])
    (shelf.folder / ".current-abc").write_text(IDS[0])
    with shelf.lock():
        shelf.sweep()
    assert names(shelf) == [".lock", "current", "snapshots"]
    assert sorted(p.name for p in (shelf.folder / "snapshots").iterdir()) == IDS[:2]
    assert shelf.current() == IDS[1]


# --- damage --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"../../etc/passwd", b"20260101T120000", b"\0" * 100])
def test_a_damaged_pointer_points_nowhere_and_roll_back_mends_it(shelf, content):
    publish(shelf, *IDS[:2])
    (shelf.folder / "current").write_bytes(content)
    assert shelf.current() is None
    assert shelves(shelf.home) == [shelf]  # whoever opens it is told what to do
    assert shelf.roll_back() == IDS[1] == shelf.current()


def test_a_pointer_to_a_snapshot_that_is_gone(shelf):
    publish(shelf, *IDS[:2])
    shutil.rmtree(shelf.path(IDS[1]))
    assert shelf.current() == IDS[1]
    with pytest.raises(SnapshotError):
        shelf.manifest(IDS[1])
    assert shelf.roll_back() == IDS[0]


def other_id(folder):
    path = folder / "manifest.json"
    path.write_text(path.read_text("utf-8").replace(IDS[0], IDS[1]), "utf-8")


DAMAGES = {
    "no manifest": lambda f: (f / "manifest.json").unlink(),
    "empty manifest": lambda f: (f / "manifest.json").write_text(""),
    "half a manifest": lambda f: (f / "manifest.json").write_bytes((f / "manifest.json").read_bytes()[:40]),
    "a list": lambda f: (f / "manifest.json").write_text("[1]"),
    "an empty object": lambda f: (f / "manifest.json").write_text("{}"),
    "no files named": lambda f: (f / "manifest.json").write_text(
        json.dumps({"snapshot_id": IDS[0], "city": {"city_id": "mini"}, "files": []})
    ),
    "brackets": lambda f: (f / "manifest.json").write_text("[" * 100_000),
    "cp1252": lambda f: (f / "manifest.json").write_bytes(b'{"x": "\xe4"}'),
    "of another snapshot": other_id,
    "a truncated file": lambda f: os.truncate(f / "internal.duckdb", 3),
    "a longer file": lambda f: (f / "public.duckdb").write_bytes(b"some more"),
    "a file missing": lambda f: (f / "map" / "stadt.json").unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_snapshot_is_named_and_what_to_do(shelf, damage):
    publish(shelf, *IDS[:2])
    damage(shelf.path(IDS[0]))
    with pytest.raises(SnapshotError, match=f"{IDS[0]} ist beschädigt.*raumblick snapshots rollback"):
        shelf.manifest(IDS[0])
    with pytest.raises(SnapshotError, match="beschädigt"):
        shelf.enforce(IDS[0])
    assert shelf.current() == IDS[1] and shelf.manifest(IDS[1])
