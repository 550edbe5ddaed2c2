"""The command line: exit codes 0, 1 and 2, one clear German line for wrong use, and what each command leaves behind."""

import errno
import re
import subprocess
import sys
import time

import minicity
import pytest

from raumblick import __version__
from raumblick.cli import main
from raumblick.settings import ROOT
from raumblick.snapshot.publish import Shelf, SnapshotError

ENGLISH = re.compile(r"\b(usage|error|argument|required|choose|invalid|expected|unrecognized|the|and|not)\b", re.IGNORECASE)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RAUMBLICK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def run(home, capsys):
    """Run a command; returns (exit code, standard output, standard error)."""

    def run(*arguments: object) -> tuple[int, str, str]:
        try:
            code = main([str(a) for a in arguments])
        except SystemExit as end:
            code = end.code
        out = capsys.readouterr()
        return code, out.out, out.err

    return run


@pytest.fixture
def mini(tmp_path):
    return minicity.write_minicity(tmp_path / "mini")


def one_line(text: str) -> bool:
    return text.startswith("raumblick: ") and text.endswith("\n") and text.count("\n") == 1 and not ENGLISH.search(text)


# --- wrong use: 2 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Es fehlt: BEFEHL"),
        (["impotr"], "„impotr“ gibt es nicht; möglich sind: import, check"),
        (["import"], "Es fehlt: PFAD"),
        (["import", "a", "b"], "Unbekannt: b"),
        (["import", "/nirgends/x"], "„/nirgends/x“ gibt es nicht"),
        (["check", "/nirgends/x"], "„/nirgends/x“ gibt es nicht"),
        (["check"], "Es fehlt: PFAD"),
        (["demo", "--areas", "5"], "erlaubt sind"),
        (["demo", "--areas", "²"], "erlaubt sind"),
        (["demo", "--areas"], "Nach --areas fehlt die Angabe"),
        (["demo", "--are", "63"], "Unbekannt: --are 63"),
        (["demo", "--if-missing=ja"], "--if-missing steht ohne Angabe"),
        (["template"], "Es fehlt: DATEI.xlsx"),
        (["template", "vorlage.csv"], ".xlsx"),
        (["snapshots"], "Es fehlt: AKTION"),
        (["snapshots", "zeigen"], "„zeigen“ gibt es nicht; möglich sind: list, rollback, prune"),
        (["snapshots", "rollback"], "Es fehlt: STADT"),
        (["snapshots", "prune", "mini", "--keep", "0"], "„0“ ist keine Zahl ab 1"),
        (["snapshots", "prune", "mini", "--keep", "viele"], "„viele“ ist keine Zahl ab 1"),
        (["--schnell"], "BEFEHL"),
    ],
)
def test_wrong_use_is_one_line_and_2(run, home, arguments, says):
    code, out, err = run(*arguments)
    assert code == 2 and out == ""
    assert one_line(err) and says in err, err
    assert not home.exists()


@pytest.mark.parametrize(
    ("name", "text"), [("RAUMBLICK_VIEW", "geheim"), ("RAUMBLICK_THRESHOLD", "1"), ("RAUMBLICK_MEMORY", "viel")]
)
def test_a_wrong_setting_is_one_line_and_2(run, monkeypatch, name, text):
    monkeypatch.setenv(name, text)
    code, out, err = run("snapshots", "list")
    assert code == 2 and out == "" and one_line(err) and name in err and text in err


def test_a_wrong_catalogue_is_one_line_and_2(run, mini, monkeypatch, tmp_path):
    monkeypatch.setenv("RAUMBLICK_CATALOGUE", str(tmp_path / "nirgends"))
    code, _, err = run("import", mini)
    assert code == 2 and err.startswith("raumblick: Der Katalog ist fehlerhaft: tables.toml") and err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--help"], ["import", "--help"], ["snapshots", "-h"], ["snapshots", "prune", "--help"]])
def test_help_is_german_and_0(run, arguments):
    code, out, err = run(*arguments)
    assert code == 0 and err == ""
    assert out.startswith("Aufruf: raumblick") and "diese Hilfe zeigen" in out
    assert not re.search(r"\b(usage|options|positional|show this|optional)\b", out)


def test_the_version(run):
    assert run("--version") == (0, f"raumblick {__version__}\n", "")


# --- import and check ----------------------------------------------------------------------------------------------


def test_a_good_import_is_0_and_in_force(run, home, mini):
    code, out, err = run("import", mini)
    current = Shelf(home, "mini").current()
    assert code == 0 and err == "" and current
    assert out.endswith(f"Ministadt: Datenstand {current} gilt jetzt.\n")


def test_a_good_check_is_0_and_leaves_nothing(run, home, mini):
    assert run("check", mini) == (0, "In Ordnung.\n", "")
    assert not home.exists()


def test_findings_are_1_and_change_nothing(run, home, mini):
    run("import", mini)
    before = Shelf(home, "mini").current()
    (mini / "booking.csv").write_text((mini / "booking.csv").read_text("utf-8").replace("1000.50", "-1000.50"), "utf-8")
    for command, says in (("import", "Es wurde nichts geändert."), ("check", "Es gibt Fehler, die einen Import verhindern.")):
        code, out, err = run(command, mini)
        assert code == 1 and err == "" and says in out
        assert "Fehler [amount] booking.csv, Zeile 2, Spalte amount: Der Betrag -1000.5" in out
        assert "Fehler: 1, Warnung: 0, Hinweis: 0" in out
    assert Shelf(home, "mini").ids() == [before]


def test_warnings_are_told_and_do_not_stop(run, home, mini):
    text = (mini / "facility.csv").read_text("utf-8")
    (mini / "facility.csv").write_text(text.replace(",60,58,50,", ",60,61,50,", 1), "utf-8")
    code, out, _ = run("import", mini)
    assert code == 0 and "Warnung [places_order] facility.csv, Zeile 2" in out and Shelf(home, "mini").current()


def test_a_running_build_is_1(run, home, mini):
    with Shelf(home, "mini").lock():
        code, _, err = run("import", mini)
    assert code == 1 and one_line(err) and "anderer Vorgang" in err


def test_the_same_second_is_1_not_a_mess(run, home, mini, monkeypatch):
    run("import", mini)
    current = Shelf(home, "mini").current()
    monkeypatch.setattr("raumblick.snapshot.build._manifest", lambda *_: {"snapshot_id": current})
    code, _, err = run("import", mini)
    assert code == 1 and one_line(err) and "gibt es schon" in err
    assert Shelf(home, "mini").ids() == [current]


# --- a machine that cannot -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/srv/x"), "Der Speicherplatz reicht nicht (/srv/x)."),
        (PermissionError(errno.EACCES, "Permission denied", "/srv/x"), "Die Berechtigung fehlt (/srv/x)."),
        (OSError(errno.EROFS, "Read-only file system"), "Das Dateisystem lässt sich nur lesen."),
        (OSError("Der Datenstand ließ sich nicht schreiben: x"), "Der Datenstand ließ sich nicht schreiben: x."),
        (KeyboardInterrupt(), "Abgebrochen."),
        (SnapshotError("Das geht gerade nicht."), "Das geht gerade nicht."),
    ],
)
def test_what_stops_the_work_is_one_line_and_1(run, mini, monkeypatch, error, says):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("raumblick.cli.ingest", fail)
    code, _, err = run("import", mini)
    assert code == 1 and one_line(err) and err.startswith(f"raumblick: {says}")


def test_a_home_that_is_a_file(run, home, mini):
    home.write_text("x")
    code, _, err = run("import", mini)
    assert code == 1 and one_line(err) and "da liegt aber eine Datei" in err
    assert home.read_text() == "x"


def test_a_full_disk_while_building_leaves_the_old_snapshot(run, home, mini, monkeypatch):
    run("import", mini)
    before = Shelf(home, "mini").current()

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("raumblick.snapshot.build.flush", full)
    code, _, err = run("import", mini)
    assert code == 1 and "Der Speicherplatz reicht nicht" in err
    shelf = Shelf(home, "mini")
    assert shelf.ids() == [before] == [shelf.current()]
    assert [p.name for p in (home / "mini" / "snapshots").iterdir()] == [before]


# --- snapshots -----------------------------------------------------------------------------------------------------


@pytest.fixture
def two(run, home, mini):
    """Two snapshots of the mini city, oldest first."""
    run("import", mini)
    (mini / "booking.csv").write_text((mini / "booking.csv").read_text("utf-8").replace("1000.50", "2000.50"), "utf-8")
    while len(Shelf(home, "mini").ids()) < 2:
        time.sleep(0.1)  # ids hold seconds and content; here the content differs
        run("import", mini)
    return Shelf(home, "mini").ids()[::-1]


def test_list_roll_back_and_prune(run, home, two):
    assert run("snapshots", "list") == (0, f"* {'mini':<20} {two[1]}\n  {'mini':<20} {two[0]}\n", "")
    assert run("snapshots", "rollback", "mini") == (0, f"mini: Datenstand {two[0]} gilt jetzt.\n", "")
    assert Shelf(home, "mini").current() == two[0]
    code, _, err = run("snapshots", "rollback", "mini")
    assert code == 1 and one_line(err) and "keinen früheren" in err
    assert run("snapshots", "rollback", "mini", two[1])[0] == 0
    code, _, err = run("snapshots", "rollback", "mini", "20200101T000000-00000000")
    assert code == 1 and one_line(err) and "gibt es für „mini“ nicht" in err
    assert run("snapshots", "prune", "mini", "--keep", "1") == (0, "mini: 1 Datenstände gelöscht.\n", "")
    assert Shelf(home, "mini").ids() == [two[1]]


def test_no_snapshots(run, home):
    assert run("snapshots", "list") == (0, "Es gibt noch keinen Datenstand.\n", "")
    for action in ("rollback", "prune"):
        code, _, err = run("snapshots", action, "mini")
        assert code == 1 and one_line(err) and "Für „mini“ gibt es keinen Datenstand" in err
        code, _, err = run("snapshots", action, "../mini")
        assert code == 1 and one_line(err) and "kein Kurzname" in err
    assert not home.exists()


def test_a_damaged_pointer_is_shown_and_mended(run, home, mini):
    run("import", mini)
    current = Shelf(home, "mini").current()
    (home / "mini" / "current").write_bytes(b"\xff")
    assert run("snapshots", "list") == (0, f"  {'mini':<20} {current}\n", "")
    assert run("snapshots", "rollback", "mini")[0] == 0
    assert Shelf(home, "mini").current() == current


# --- template, demo, process ---------------------------------------------------------------------------------------


def test_the_template_is_written(run, tmp_path):
    code, out, err = run("template", tmp_path / "Vorlage.XLSX")
    assert (code, err) == (0, "") and (tmp_path / "Vorlage.XLSX").read_bytes()[:2] == b"PK"
    code, _, err = run("template", tmp_path / "nirgends" / "v.xlsx")
    assert code == 1 and one_line(err) and "Datei oder Ordner fehlt" in err


def test_demo_if_missing_does_nothing_where_there_is_a_city(run, home, mini, monkeypatch):
    monkeypatch.setattr("raumblick.cli.write_demo", lambda *_, **__: pytest.fail("the demo city was written"))
    run("import", mini)
    assert run("demo", "--if-missing") == (0, "", "")


def test_demo_writes_a_package_or_imports_it(run, home, tmp_path, monkeypatch):
    monkeypatch.setattr("raumblick.cli.write_demo", lambda out, areas: minicity.write_minicity(out))
    code, out, _ = run("demo", "--out", tmp_path / "paket")
    assert code == 0 and str(tmp_path / "paket") in out and (tmp_path / "paket" / "datapackage.json").is_file()
    assert not home.exists()
    assert run("demo")[0] == 0 and Shelf(home, "mini").current()


def test_as_a_process_of_its_own(tmp_path):
    """Exit codes reach the shell, and findings a terminal that knows no umlauts."""
    folder = tmp_path / "Übung"
    folder.mkdir()
    environment = {"PATH": "", "PYTHONIOENCODING": "ascii", "RAUMBLICK_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "raumblick.cli", "check", str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=120, cwd=ROOT)
    assert done.returncode == 1 and done.stderr == b""
    assert done.stdout.startswith(b"Fehler [unknown_delivery] ?bung") and b"Traceback" not in done.stdout
