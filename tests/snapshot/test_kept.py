"""The delivery of a city comes out as a data package that imports to the same content."""

import datetime as dt
import json

import pytest
from homes import NOW
from minicity import cells, frames, write_minicity

from raumblick.catalogue import load_catalogue
from raumblick.ingest import ingest
from raumblick.settings import Settings
from raumblick.snapshot.kept import FILE, export_package
from raumblick.snapshot.publish import Shelf, SnapshotError

NOON = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)


def content(home, city_id):
    shelf = Shelf(home, city_id)
    return shelf.manifest(shelf.current())["content"]


def test_what_is_written_out_imports_to_the_same_content(tmp_path):
    catalogue = load_catalogue()
    tables = {**frames(), "cell": cells()}
    first = ingest(write_minicity(tmp_path / "mini", tables), Settings(home=tmp_path / "a"), catalogue, NOON)
    shelf = Shelf(tmp_path / "a", "mini")
    package = export_package(shelf, first.snapshot_id, tmp_path / "out", catalogue)
    again = ingest(package, Settings(home=tmp_path / "b"), catalogue, NOON + dt.timedelta(days=400))
    assert again.findings == ()
    assert content(tmp_path / "a", "mini") == content(tmp_path / "b", "mini")
    twice = export_package(Shelf(tmp_path / "b", "mini"), again.snapshot_id, tmp_path / "twice", catalogue)
    for file in sorted(package.iterdir()):
        if file.name != "datapackage.json":
            assert file.read_bytes() == (twice / file.name).read_bytes(), file.name


def test_the_demo_city_goes_out_and_in(tmp_path, city_home):
    catalogue = load_catalogue()
    shelf = Shelf(city_home, "musterstadt")
    package = export_package(shelf, shelf.current(), tmp_path / "out", catalogue)
    again = ingest(package, Settings(home=tmp_path / "b"), catalogue, NOW)
    assert again.snapshot_id == shelf.current()


def test_other_content_has_another_hash(tmp_path):
    catalogue = load_catalogue()
    ingest(write_minicity(tmp_path / "mini"), Settings(home=tmp_path / "a"), catalogue, NOON)
    package = write_minicity(tmp_path / "other")
    text = (package / "protection.csv").read_text(encoding="utf-8").replace("20.0", "21.0")
    (package / "protection.csv").write_text(text, encoding="utf-8")
    ingest(package, Settings(home=tmp_path / "b"), catalogue, NOON)
    assert content(tmp_path / "a", "mini") != content(tmp_path / "b", "mini")


def test_nothing_is_written_over(tmp_path):
    catalogue = load_catalogue()
    first = ingest(write_minicity(tmp_path / "mini"), Settings(home=tmp_path / "a"), catalogue, NOON)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(OSError, match="nicht leer"):
        export_package(Shelf(tmp_path / "a", "mini"), first.snapshot_id, tmp_path / "out", catalogue)
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_a_snapshot_without_its_delivery_says_so(tmp_path):
    catalogue = load_catalogue()
    first = ingest(write_minicity(tmp_path / "mini"), Settings(home=tmp_path / "a"), catalogue, NOON)
    shelf = Shelf(tmp_path / "a", "mini")
    folder = shelf.path(first.snapshot_id)
    (folder / FILE).unlink()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"] = [f for f in manifest["files"] if f["name"] != FILE]
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(SnapshotError, match="keine Lieferung"):
        export_package(shelf, first.snapshot_id, tmp_path / "out", catalogue)


def test_a_snapshot_can_be_looked_at_before_it_is_in_force(tmp_path):
    catalogue = load_catalogue()
    settings = Settings(home=tmp_path / "a")
    package = write_minicity(tmp_path / "mini")
    first = ingest(package, settings, catalogue, NOON)
    second = ingest(package, settings, catalogue, NOON + dt.timedelta(hours=1), publish=False)
    shelf = Shelf(tmp_path / "a", "mini")
    assert shelf.current() == first.snapshot_id
    shelf.enforce(second.snapshot_id)
    assert shelf.current() == second.snapshot_id
    with pytest.raises(SnapshotError, match="in Kraft"):
        shelf.discard(second.snapshot_id)
    shelf.discard(first.snapshot_id)
    assert shelf.ids() == [second.snapshot_id]
