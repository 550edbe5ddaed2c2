"""Backup and restore: a drill from loss to an app that opens, work going on meanwhile, and whatever may be wrong with a file."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest
import streamlit as st
from homes import NOW
from streamlit.testing.v1 import AppTest

from raumblick import acts
from raumblick.backup import restore as restore_module
from raumblick.backup import take as take_module
from raumblick.backup.archive import LIST, BackupError, Writer, unpack
from raumblick.backup.restore import restore
from raumblick.backup.take import take
from raumblick.cli import main
from raumblick.plans.logins import open_logins
from raumblick.plans.model import PlanError
from raumblick.plans.store import open_plans
from raumblick.roles import LOCAL
from raumblick.settings import Settings
from raumblick.snapshot.publish import Shelf

ROOT = Path(__file__).resolve().parents[2]
CITY = "mini"


@pytest.fixture
def home(mini_home, tmp_path):
    """A home with a snapshot, a scenario, a layout, roles, and a trail."""
    home = Path(shutil.copytree(mini_home, tmp_path / "daten"))
    (home / "layouts").mkdir()
    (home / "layouts" / "kita.toml").write_text("# Vorlage\n", encoding="utf-8")
    (home / "rollen.toml").write_text('angabe = "groups"\n', encoding="utf-8")
    settings = Settings(home=home)
    snapshot_id = Shelf(home, CITY).current()
    store = open_plans(settings.plans_url)
    store.create(CITY, "Haushalt 2027", "AB", snapshot_id, notes="Wichtig")
    store.close()
    acts.roll_back(settings, LOCAL, CITY, snapshot_id)
    acts.trail(settings).engine.dispose()  # a home that somebody has open is not replaced
    acts._opened.cache_clear()
    yield home
    acts._opened.cache_clear()


def contents(home: Path) -> dict[str, bytes]:
    """Files of a home but for locks, the trail (each command adds to it) and what names its newest entry."""
    files = (p for p in home.rglob("*") if p.is_file() and not p.name.startswith((".", "protokoll.stand", "plaene.")))
    return {p.relative_to(home).as_posix(): p.read_bytes() for p in files}


def another(home: Path, second: int) -> str:
    """A snapshot as a publication a little later would leave it, in force."""
    shelf = Shelf(home, CITY)
    first = min(shelf.ids())
    made = f"{first[:13]}{second:02d}{first[15:]}"
    folder = shelf.path(first).with_name(made)
    shutil.copytree(shelf.path(first), folder)
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(first, made), encoding="utf-8")
    shelf.enforce(made)
    return made


def nothing_left(folder: Path, *known: str) -> bool:
    return sorted(p.name for p in folder.iterdir()) == sorted(known)


# --- the drill -----------------------------------------------------------------------------------------------------


def test_drill_backup_loss_restore_and_the_app_opens(home, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RAUMBLICK_HOME", str(home))
    settings, shelf = Settings(home=home), Shelf(home, CITY)
    before, content = contents(home), shelf.manifest(shelf.current())["content"]
    (tmp_path / "platte").mkdir()
    assert main(["backup", str(tmp_path / "platte")]) == 0
    (archive,) = (tmp_path / "platte").iterdir()
    assert archive.stat().st_mode & 0o077 == 0, "it holds all numbers and the key of the trail"

    left = open_logins(settings.plans_url)  # who logs out after the backup
    left.end("a")
    left.engine.dispose()
    shutil.rmtree(home)
    acts._opened.cache_clear()
    assert main(["restore", str(archive)]) == 0
    assert open_logins(settings.plans_url).ended("a", time.time() - 60)  # stays out, as everybody does
    assert f"{CITY}: Datenstand {shelf.current()} gilt jetzt." in capsys.readouterr().out
    assert contents(home) == before
    assert shelf.manifest(shelf.current())["content"] == content
    assert (home / "protokoll.schluessel").stat().st_mode & 0o077 == 0
    (scenario,) = open_plans(settings.plans_url).listing(CITY)
    assert (scenario.name, scenario.notes) == ("Haushalt 2027", "Wichtig")
    assert acts.trail(settings).check().fault is None
    assert [e.act.action for e in acts.trail(settings).entries()][:2] == ["wiederhergestellt", "gesichert"]
    assert nothing_left(tmp_path, "daten", "platte")

    st.cache_resource.clear()
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not at.exception and not at.error and at.title[0].value
    st.cache_resource.clear()


def test_what_stands_there_is_replaced_on_demand_only_and_kept(home, tmp_path):
    taken = take(Settings(home=home), tmp_path / "a.tar", NOW)
    (home / "layouts" / "neu.toml").write_text("# danach\n", encoding="utf-8")
    now = contents(home)
    with pytest.raises(BackupError, match="ist nicht leer. Mit --replace"):
        restore(Settings(home=home), taken.path, NOW)
    assert contents(home) == now
    done = restore(Settings(home=home), taken.path, NOW, replace=True)
    assert done.former is not None and contents(done.former) == now
    assert "layouts/neu.toml" in now and "layouts/neu.toml" not in contents(home)


def test_a_plan_store_elsewhere_goes_back_there(home, tmp_path):
    outside = tmp_path / "anderswo" / "p.sqlite"
    outside.parent.mkdir()
    (home / "plaene.sqlite").rename(outside)
    settings = Settings(home=home, plans=f"sqlite:///{outside}")
    taken = take(settings, tmp_path / "a.tar", NOW)
    outside.write_bytes(b"")
    restore(settings, taken.path, NOW, replace=True)
    assert len(open_plans(settings.plans_url).listing(CITY)) == 1
    assert sorted(p.name for p in outside.parent.iterdir()) == ["p.sqlite", "p.sqlite.vorher-20260115-120000"]


def test_postgresql_is_named_and_the_rest_saved(home, tmp_path):
    settings = Settings(home=home, plans="postgresql://niemand@127.0.0.1/x")
    taken = take(settings, tmp_path / "a.tar", NOW)
    assert taken.snapshots == 1 and "pg_dump" in taken.missing[0]


# --- while others work ---------------------------------------------------------------------------------------------


def meanwhile(monkeypatch, happens):
    """`happens(number)` before each file is added."""
    real, count = Writer.add, iter(range(1_000))

    def add(self, *args):
        happens(next(count))
        real(self, *args)

    monkeypatch.setattr(Writer, "add", add)


def test_published_and_pruned_while_copying_is_whole(home, tmp_path, monkeypatch):
    shelf = Shelf(home, CITY)
    published: list[str] = []

    def publish_and_prune(number: int) -> None:
        if number in (4, 9):
            published.append(another(home, 30 + number))
        if number == 6:
            shelf.prune(1)  # takes the snapshot that is being copied

    meanwhile(monkeypatch, publish_and_prune)
    taken = take(Settings(home=home), tmp_path / "a.tar", NOW)
    assert len(published) == 2 and taken.missing == ()
    restored = Settings(home=tmp_path / "neu")
    restore(restored, taken.path, NOW)
    fresh = Shelf(restored.home, CITY)
    assert fresh.current() == published[-1]
    assert [bool(fresh.manifest(i)) for i in fresh.ids()] == [True] * taken.snapshots


def test_an_import_holds_no_backup_up(home, tmp_path):
    with Shelf(home, CITY).lock():
        (home / CITY / "snapshots" / ".building-x").mkdir()
        taken = take(Settings(home=home), tmp_path / "a.tar", NOW)
    assert taken.snapshots == 1
    assert not [name for name in tarfile.open(taken.path).getnames() if ".building" in name or ".lock" in name]


def test_scenarios_saved_meanwhile_are_whole(home, tmp_path, monkeypatch):
    settings = Settings(home=home)
    store = open_plans(settings.plans_url)
    meanwhile(monkeypatch, lambda number: store.create(CITY, f"Nr. {number}", "AB", "x"))
    taken = take(settings, tmp_path / "a.tar", NOW)
    restored = Settings(home=tmp_path / "neu")
    restore(restored, taken.path, NOW)
    kept = open_plans(restored.plans_url).listing(CITY)
    assert kept and set(kept) < set(store.listing(CITY))


# --- what may be wrong ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def archive(mini_home, tmp_path_factory):
    return take(Settings(home=mini_home), tmp_path_factory.mktemp("archive") / "a.tar", NOW).path


def cut(path: Path, part: float) -> None:
    os.truncate(path, int(path.stat().st_size * part))


def flip(path: Path, part: float) -> None:
    content = bytearray(path.read_bytes())
    content[int(len(content) * part)] ^= 1
    path.write_bytes(content)


def evil(path: Path, name: str, kind: bytes = tarfile.REGTYPE) -> None:
    with tarfile.open(path, "w") as tar:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, "/etc/passwd"
        tar.addfile(info)


DAMAGE = {
    "empty": lambda path: path.write_bytes(b""),
    "no archive": lambda path: path.write_bytes(b"PK" * 5000),
    "cut early": lambda path: cut(path, 0.1),
    "cut late": lambda path: cut(path, 0.97),
    **{f"one bit at {part}": (lambda path, part=part: flip(path, part)) for part in (0.2, 0.5, 0.9)},
    "leads out": lambda path: evil(path, "home/../../x"),
    "absolute": lambda path: evil(path, "/etc/x"),
    "another folder": lambda path: evil(path, "etc/x"),
    "a link": lambda path: evil(path, "home/x", tarfile.SYMTYPE),
    "a hard link": lambda path: evil(path, "home/x", tarfile.LNKTYPE),
    "a device": lambda path: evil(path, "home/x", tarfile.CHRTYPE),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_file_is_refused_and_changes_nothing(archive, home, tmp_path, damage):
    broken = Path(shutil.copy(archive, tmp_path / "a.tar"))
    damage(broken)
    before = contents(home)
    with pytest.raises(BackupError, match="keine Sicherung oder beschädigt"):
        restore(Settings(home=home), broken, NOW, replace=True)
    assert contents(home) == before and nothing_left(tmp_path, "a.tar", "daten")


def rewritten(archive: Path, target: Path, change) -> Path:
    """The archive with another list."""
    with tarfile.open(archive) as old, target.open("wb") as stream:
        writer = Writer(stream)
        for member in old:
            if member.name != LIST:
                writer.add(member.name, old.extractfile(member), member.size, member.mode)
            else:
                said = json.loads(old.extractfile(member).read())
        change(writer, said)
        writer.finish({key: value for key, value in said.items() if key != "files"})
    return target


def test_another_version_and_a_missing_snapshot_are_refused(archive, tmp_path):
    later = rewritten(archive, tmp_path / "l.tar", lambda writer, said: said.update(format=2))
    with pytest.raises(BackupError, match="von einer anderen Version"):
        unpack(later, tmp_path / "x")
    lost = rewritten(archive, tmp_path / "f.tar", lambda writer, said: said["cities"].update(fort="20260115T120000-00000000"))
    with pytest.raises(BackupError, match="Datenstand von „fort“ beschädigt"):
        restore(Settings(home=tmp_path / "neu"), lost, NOW)
    assert not (tmp_path / "neu").exists()


def test_a_damaged_snapshot_is_left_out_and_said(home, tmp_path, monkeypatch, capsys):
    old, new = Shelf(home, CITY).current(), another(home, 40)
    cut(Shelf(home, CITY).path(old) / "public.duckdb", 0.5)
    monkeypatch.setenv("RAUMBLICK_HOME", str(home))
    assert main(["backup", str(tmp_path / "a.tar")]) == 1
    assert f"Der Datenstand {old} ist beschädigt und nicht in der Sicherung." in capsys.readouterr().err
    restore(Settings(home=tmp_path / "neu"), tmp_path / "a.tar", NOW)
    assert Shelf(tmp_path / "neu", CITY).ids() == [new]


def test_a_damaged_plan_store_stops_the_backup(home, tmp_path):
    (home / "plaene.sqlite").write_bytes(b"SQLite format 3\0" + b"x" * 4000)
    with pytest.raises(PlanError, match="belegt oder beschädigt"):
        take(Settings(home=home), tmp_path / "a.tar", NOW)
    assert nothing_left(tmp_path, "daten")


def full(*_, **__):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


FULL = ((take_module.os, "fsync"), (restore_module, "flush"), (restore_module.os, "rename"))


@pytest.mark.parametrize(("module", "name"), FULL)
def test_a_full_disk_leaves_nothing_half(archive, home, tmp_path, monkeypatch, module, name):
    before = contents(home)
    with monkeypatch.context() as patch:
        patch.setattr(module, name, full)
        with pytest.raises(OSError, match="No space"):
            if name == "fsync":
                take(Settings(home=home), tmp_path / "a.tar", NOW)
            else:
                restore(Settings(home=home), archive, NOW, replace=True)
    assert contents(home) == before and nothing_left(tmp_path, "daten")


@pytest.mark.parametrize(("target", "says"), [("daten/a.tar", "gehört nicht in den Ordner"), ("da.tar", "nie überschrieben")])
def test_targets_that_are_refused(home, tmp_path, target, says):
    (tmp_path / "da.tar").write_text("x")
    with pytest.raises(BackupError, match=says):
        take(Settings(home=home), tmp_path / target, NOW)
    assert (tmp_path / "da.tar").read_text() == "x"


def test_a_home_in_use_is_not_replaced(archive, home):
    code = f"import sys; f = open({str(home / 'plaene.sqlite')!r}); print('da', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"da\n"
        with pytest.raises(BackupError, match=f"läuft noch \\(Prozess {other.pid}\\)"):
            restore(Settings(home=home), archive, NOW, replace=True)
        other.stdin.close()


DIES = """
import datetime as dt, os, signal, sys
from pathlib import Path
from raumblick.backup import restore
from raumblick.settings import Settings
restore._swap = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
restore.restore(Settings(home=Path(sys.argv[1])), Path(sys.argv[2]), dt.datetime.now(dt.UTC), replace=True)
"""


def test_killed_while_restoring_leaves_the_old_home_and_the_next_try_clears_up(archive, home, tmp_path):
    before = contents(home)
    done = subprocess.run([sys.executable, "-c", DIES, str(home), str(archive)], cwd=ROOT)
    assert done.returncode == -signal.SIGKILL
    assert contents(home) == before and len(list(tmp_path.iterdir())) == 2
    restore(Settings(home=home), archive, NOW, replace=True)
    assert nothing_left(tmp_path, "daten", "daten.vorher-20260115-120000")
