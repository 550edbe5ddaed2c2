"""kill -9 at any moment of an import leaves the old snapshot in force and readable, and the next import works.

`RAUMBLICK_CRASHES` says how often the random kill is tried; without it, 12 times, or fewer on a machine so busy that they
would take longer than 20 seconds, yet at least once in every step.
"""

import datetime as dt
import multiprocessing
import os
import random
import shutil
import signal
import time
from pathlib import Path

import minicity
import pytest

from raumblick.catalogue import load_catalogue
from raumblick.ingest import ingest
from raumblick.settings import Settings
from raumblick.snapshot import publish
from raumblick.snapshot.publish import Shelf
from raumblick.snapshot.store import open_store

CRASHES = int(os.environ.get("RAUMBLICK_CRASHES", "12"))
PATIENCE = 86_400 if "RAUMBLICK_CRASHES" in os.environ else 20  # seconds
FIRST = dt.datetime(2026, 1, 15, 12, 0, tzinfo=dt.UTC)
STEPS = ("Dateien lesen und prüfen", "Tabellen rechnen", "Öffentliche Fassung schreiben", "Karten zeichnen", "Veröffentlichen")
POINTS = ("before the rename", "after the rename", "before the pointer", "after the pointer")

# Processes fork from a server that has read all modules and started no thread: quick, and as clean as a new process.
SERVER = multiprocessing.get_context("forkserver")


def package(folder: Path, version: int) -> Path:
    """The mini city with the number of this version in every area, so that a reader sees what it reads."""
    frames = minicity.frames()
    chosen = frames["observation"]["indicator"] == "sgb2_u15"
    frames["observation"].loc[chosen, ["numerator", "denominator"]] = version, 2000
    return minicity.write_minicity(folder / f"version{version}" / "mini", frames)


def run(path: Path, home: Path, version: int, progress=lambda step: None) -> str | None:
    now = FIRST + dt.timedelta(hours=version)
    return ingest(path, Settings(home=home), load_catalogue(), now, progress).snapshot_id


def report_and_run(path, home, version, pipe):
    """In a process of its own: an import that tells each step before it takes it."""
    run(path, home, version, pipe.send)
    pipe.close()


def die_at_and_run(path, home, version, point):
    """In a process of its own: an import that kills itself at one exact point of publishing."""

    def die(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)

    def deadly(real, deadly_before):
        def call(*args, **options):
            if deadly_before:
                die()
            real(*args, **options)
            die()

        return call

    if "rename" in point:
        publish.Path.rename = deadly(Path.rename, point.startswith("before"))
    else:
        publish.os.replace = deadly(os.replace, point.startswith("before"))
    run(path, home, version)


def version_in_force(home: Path) -> int:
    """What both files of the snapshot in force say; every number of it must agree."""
    seen = set()
    for view in ("planung", "ausschuss"):
        store = open_store(home, "mini", view)
        rows = store.read("values", indicator="sgb2_u15", level="ortsteil")
        assert len(rows) == len(minicity.AREAS) * len(minicity.YEARS)
        seen |= set(rows["numerator"])
        city = store.read("series", area_id="mini")
        assert set(city.loc[city["indicator"] == "sgb2_u15", "numerator"]) == {8 * n for n in seen}
        assert len(store.read("city_values")) > 10 and len(store.read("offers", area_id="mini")) == 8
        for level in store.manifest["levels"]:
            assert (store.folder / "map" / f"{level}.json").read_bytes().startswith(b'{"format"')
        store.close()
    (version,) = seen
    return int(version)


def leftovers(home: Path) -> list[str]:
    return [p.name for p in (*Shelf(home, "mini").folder.rglob(".building-*"), *Shelf(home, "mini").folder.glob(".current-*"))]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A home in which version 10 is in force (numbers above the threshold, so that both files show them)."""
    SERVER.set_forkserver_preload(["raumblick.ingest", "raumblick.snapshot.store", "minicity"])
    folder = tmp_path_factory.mktemp("good")
    assert run(package(folder, 10), folder / "home", 10)
    return folder / "home"


@pytest.fixture
def home(good, tmp_path):
    """A copy of it to crash in."""
    return Path(shutil.copytree(good, tmp_path / "home"))


def test_kill_at_random_moments(home, tmp_path):
    rng = random.Random(20260115)
    in_force, seen, start = 10, 0, time.monotonic()
    for attempt in range(CRASHES):
        if attempt >= len(STEPS) and time.monotonic() - start > PATIENCE:
            break
        version = 11 + attempt
        here, there = SERVER.Pipe(duplex=False)
        process = SERVER.Process(target=report_and_run, args=(package(tmp_path, version), home, version, there))
        process.start()
        there.close()
        wanted = STEPS[attempt % len(STEPS)]
        while here.poll(60) and here.recv() != wanted:
            pass
        process.join(rng.random() * 0.15)
        process.kill()
        process.join()
        here.close()
        now = version_in_force(home)
        assert now in (in_force, version), f"killed in „{wanted}“"
        if now == version:
            in_force = version
        seen += len(leftovers(home))
    assert seen, "no kill hit a build: the test proves nothing"
    assert run(package(tmp_path, 1000), home, 1000)
    assert version_in_force(home) == 1000 and leftovers(home) == []


@pytest.mark.parametrize("point", POINTS)
def test_kill_while_publishing(home, tmp_path, point):
    process = SERVER.Process(target=die_at_and_run, args=(package(tmp_path, 20), home, 20, point))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert version_in_force(home) == (20 if point == "after the pointer" else 10)
    assert len(Shelf(home, "mini").ids()) == (1 if point == "before the rename" else 2)
    assert run(package(tmp_path, 30), home, 30)
    assert version_in_force(home) == 30 and leftovers(home) == []


def swing(home, ids, pipe):
    """In a process of its own: back and forth between snapshots, telling how often it has moved."""
    for number in range(1_000_000):
        Shelf(home, "mini").enforce(ids[number % 3])
        pipe.send(number)


def test_kill_while_rolling_back(home):
    shelf, rng = Shelf(home, "mini"), random.Random(20260116)
    first = shelf.ids()[0]
    ids = [first, f"{first}-1", f"{first}-2"]
    for other in ids[1:]:
        folder = Path(shutil.copytree(shelf.path(first), shelf.path(first).with_name(other)))
        manifest = (folder / "manifest.json").read_text("utf-8")
        (folder / "manifest.json").write_text(manifest.replace(first, other), "utf-8")
    for _ in range(CRASHES if "RAUMBLICK_CRASHES" in os.environ else 5):
        here, there = SERVER.Pipe(duplex=False)
        process = SERVER.Process(target=swing, args=(home, ids, there))
        process.start()
        there.close()
        told = here.recv()
        process.join(rng.random() * 0.02)
        process.kill()
        process.join()
        try:
            while True:
                told = here.recv()
        except EOFError:
            pass
        moved = shelf.current()
        assert moved in ids and shelf.manifest(moved)
        assert moved in (ids[told % 3], ids[(told + 1) % 3]), "a move that was told is lost"
    assert version_in_force(home) == 10
    shelf.prune(3)
    assert leftovers(home) == []
