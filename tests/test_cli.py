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
from raumblick.plans.audit import Act, open_trail
from raumblick.plans.logins import open_logins
from raumblick.plans.model import OFFERS, Change
from raumblick.plans.store import open_plans
from raumblick.roles import named
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
        (["scenarios", "delete"], "Es fehlt: KENNZEICHEN"),
        (["logins", "end", "--subject", "  "], "Die Kennung ist leer; ohne --subject enden alle Anmeldungen"),
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


def test_scenarios_are_listed_and_deleted_for_good(run, home):
    assert run("scenarios", "list") == (0, "Es ist kein Szenario gespeichert.\n", "")
    plans = open_plans(f"sqlite:///{home / 'plaene.sqlite'}")
    money = plans.create("mini", "Mehr für Nord", "ak", "s1", (Change("budget", "01", "okja", "5"),))
    offers = plans.archive(plans.create("mini", "Neue Kita", "bm", "s1", (Change("zu", "F1", "kita", "ja"),), kind=OFFERS))
    other = plans.create("zweite", "Süd", "ak", "s1")
    code, out, _ = run("scenarios", "list", "mini")
    lines = sorted(out.splitlines(), key=lambda line: "Neue Kita" in line)
    assert code == 0 and len(lines) == 2 and lines[0].startswith(money.scenario_id) and "Was-wäre-wenn, Fassung 1" in lines[0]
    assert "„Neue Kita“ (bm), Planspiel, Fassung 2 vom" in lines[1] and lines[1].endswith(", archiviert")
    code, out, err = run("scenarios", "delete", money.scenario_id, "gibtesnicht", "--yes")
    assert (code, out) == (1, "") and one_line(err)
    assert "„gibtesnicht“ gibt es nicht; „raumblick scenarios list“ zeigt alle" in err
    code, out, _ = run("scenarios", "delete", money.scenario_id)
    assert code == 1 and "Würde gelöscht: " in out and "--yes" in out and len(plans.everything()) == 3
    assert not [e for e in trail_of(home) if e.action == "szenario gelöscht"]
    code, out, _ = run("scenarios", "delete", money.scenario_id, offers.scenario_id, money.scenario_id, "--yes")
    assert code == 0 and out.count("Gelöscht: ") == 2 and plans.everything() == (other,)
    plans.close()
    acts_ = [e for e in trail_of(home) if e.action == "szenario gelöscht"]
    assert [(e.subject, e.state, e.city_id) for e in acts_] == [("lokal", "begonnen", "mini"), ("lokal", "fertig", "mini")] * 2
    assert acts_[0].detail == f"Mehr für Nord ({money.scenario_id}), Fassungen: 1"


def test_logins_are_ended_with_an_entry_in_the_trail(run, home):
    code, out, err = run("logins", "end", "--subject", " paul ")
    assert (code, err) == (0, "") and "Alle Anmeldungen von „paul“ von vorher gelten nicht mehr" in out
    logins = open_logins(f"sqlite:///{home / 'plaene.sqlite'}")
    before = time.time() - 1
    assert logins.ended("a", before, (named("paul"),)) and not logins.ended("b", before, (named("anna"),))
    code, out, _ = run("logins", "end")
    assert code == 0 and out.startswith("Alle Anmeldungen von vorher") and logins.ended("c", before, (named("anna"),))
    logins.engine.dispose()
    ended = [(e.subject, e.state, e.detail) for e in trail_of(home) if e.action == "anmeldungen beendet"]
    assert ended == [("lokal", state, of) for of in ("von paul", "von allen") for state in ("begonnen", "fertig")]


def trail_of(home) -> list[Act]:
    """What the trail says, oldest first."""
    trail = open_trail(f"sqlite:///{home / 'plaene.sqlite'}", home)
    assert trail.check().fault is None
    acts_ = [entry.act for entry in reversed(trail.entries())]
    trail.engine.dispose()
    return acts_


def test_a_damaged_pointer_is_shown_and_mended(run, home, mini):
    run("import", mini)
    current = Shelf(home, "mini").current()
    (home / "mini" / "current").write_bytes(b"\xff")
    assert run("snapshots", "list") == (0, f"  {'mini':<20} {current}\n", "")
    assert run("snapshots", "rollback", "mini")[0] == 0
    assert Shelf(home, "mini").current() == current


# --- layouts -------------------------------------------------------------------------------------------------------

UNKNOWN = "Statistik;;\nKinder je Ortsteil;;\nOrtsteil;Jahr;Kinder\n00;2023;1.200\n01;2023;unbekannt\n"
ANSWERS = {
    "header_rows": "[3]", "first_row": "4", "last_row": "0", "decimal": '","', "level": '"ortsteil"',
}  # fmt: skip


def answer(text: str) -> str:
    """The draft of the unknown table with its questions answered, as somebody does it by hand."""
    for entry, value in ANSWERS.items():
        text = re.sub(rf"(?m)^# {entry} = .*$", f"{entry} = {value}", text)
    text = text.replace('# column = "Schlüssel"', 'column = "Ortsteil"').replace('# column = "Jahr"', 'column = "Jahr"')
    section = '[[values]]\ncolumn = "Kinder"\nseries = "Kinder"\nunit = "Anzahl"\nscale = 1\n[signs]\nunbekannt = "."\n'
    return text.partition("# FRAGE: Welche Spalten")[0] + section


@pytest.fixture
def unknown(tmp_path):
    (tmp_path / "kinder.csv").write_text(UNKNOWN, encoding="utf-8")
    return tmp_path / "kinder.csv"


def test_an_unknown_table_gets_a_layout_and_is_read_with_it(run, home, mini, unknown):
    run("import", mini)
    code, out, _ = run("import", unknown, "--city", "mini")
    assert code == 1 and "Zuordnungs-Assistent" in out
    draft = unknown.with_name("kinder.csv.toml")
    code, out, err = run("layout", unknown)
    assert (code, err) == (0, "") and "   3 | Ortsteil | Jahr | Kinder" in out
    assert "Offen: In welchen Zeilen stehen die Überschriften?" in out and "8 Fragen sind noch offen" in out
    code, out, _ = run("import", unknown, "--city", "mini", "--layout", draft)
    assert code == 1 and out.count("[layout_open]") == 8 and "Es wurde nichts geändert." in out
    draft.write_text(answer(draft.read_text("utf-8")), encoding="utf-8")
    code, out, _ = run("import", unknown, "--city", "mini", "--layout", draft, "--keep-layout")
    assert code == 0 and "Vorlage aufbewahrt" in out, out
    draft.unlink()
    unknown.write_text(UNKNOWN.replace("1.200", "1.300"), encoding="utf-8")
    code, out, _ = run("check", unknown, "--city", "mini")
    assert code == 0, out


def test_a_layout_beside_the_table_reads_it(run, home, mini, unknown, tmp_path):
    run("import", mini)
    run("layout", unknown)
    draft = unknown.with_name("kinder.csv.toml")
    folder = tmp_path / "lieferung"
    folder.mkdir()
    (folder / "kinder.toml").write_text(answer(draft.read_text("utf-8")), encoding="utf-8")
    unknown.rename(folder / "kinder.csv")
    code, out, _ = run("check", folder, "--city", "mini")
    assert code == 0 and "Fehler" not in out.partition("Fehler: 0")[0], out


def test_wrong_cells_are_named_with_the_line_of_the_delivered_file(run, home, mini, unknown):
    run("import", mini)
    run("layout", unknown)
    draft = unknown.with_name("kinder.csv.toml")
    draft.write_text(answer(draft.read_text("utf-8")), encoding="utf-8")
    unknown.write_text(UNKNOWN.replace("1.200", "-999"), encoding="utf-8")
    code, out, _ = run("check", unknown, "--city", "mini", "--layout", draft)
    assert code == 1 and re.search(r"Fehler \[\w+\] kinder.csv, Zeile 4, Spalte (value|numerator)", out), out


@pytest.mark.parametrize("content", ["Vorname;Geburtsdatum;Ort\nAnna;01.02.2015;a\nBen;03.04.2016;b\n"])
def test_lists_of_persons_get_no_layout(run, home, unknown, content):
    unknown.write_text(content, encoding="utf-8")
    code, out, _ = run("layout", unknown)
    assert code == 1 and "§ 64 Abs. 3 SGB VIII" in out and not list(unknown.parent.glob("*.toml"))
    layout = unknown.with_name("a.toml")
    layout.write_text("", encoding="utf-8")
    code, out, _ = run("import", unknown, "--city", "neu", "--layout", layout)
    assert code == 1 and "§ 64 Abs. 3 SGB VIII" in out and not (home / "neu").exists()


def test_layout_wrong_use(run, home, unknown):
    assert run("layout", unknown.with_name("x.csv"))[0] == 2
    unknown.with_name("kinder.csv.toml").write_text("", encoding="utf-8")
    code, _, err = run("layout", unknown)
    assert code == 1 and one_line(err) and "gibt es schon" in err
    code, out, _ = run("import", unknown, "--city", "neu", "--layout", unknown.with_name("keine.toml"))
    assert code == 1 and "Die Vorlage lässt sich nicht lesen" in out


def test_on_a_terminal_questions_are_asked(run, home, unknown, monkeypatch):
    said = iter(["3", "vier", "4", "", ";", ",", "Ortsteil", *[""] * 20])
    asked = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or next(said))
    code, out, _ = run("layout", unknown)
    text = unknown.with_name("kinder.csv.toml").read_text("utf-8")
    assert code == 0 and "header_rows = [3]" in text and "first_row = 4" in text and 'column = "Ortsteil"' in text
    assert "„vier“ ist keine Zahl." in out and asked[0].startswith("In welchen Zeilen stehen die Überschriften?")


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
