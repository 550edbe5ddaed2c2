"""The command line: `raumblick import | check | layout | demo | template | export | snapshots | scenarios | audit |
logins | backup | restore`.

Exit codes: 0 all is well, 1 findings or a fault that stopped the work (nothing has changed), 2 wrong use.
"""

from __future__ import annotations

import argparse
import datetime as dt
import errno
import io
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from raumblick import __version__, acts, cli_audit, cli_backup, cli_logins, cli_scenarios
from raumblick.answers.preview_text import lines_of
from raumblick.backup.archive import BackupError
from raumblick.catalogue import CatalogueError, load_catalogue
from raumblick.demo import write_demo
from raumblick.ingest import Ingested, Permit, Target, check_only, ingest, layouts_home
from raumblick.intake.findings import SEVERITY_LABEL, Finding, IntakeError
from raumblick.intake.layout_draft import answered, can_be_asked, draft, hint
from raumblick.intake.layout_shelf import keep
from raumblick.intake.layoutfile import Layout, load_layout, open_questions
from raumblick.intake.template import write_template
from raumblick.mapping import first_look
from raumblick.parser import GermanParser, area_count, positive
from raumblick.plans.model import PlanError
from raumblick.roles import LOCAL
from raumblick.settings import Settings, SettingsError, load_settings
from raumblick.snapshot.publish import Shelf, SnapshotError, shelves

_NO_FILE = {
    errno.ENOENT: "Datei oder Ordner fehlt",
    errno.EACCES: "Die Berechtigung fehlt",
    errno.EPERM: "Die Berechtigung fehlt",
    errno.ENOSPC: "Der Speicherplatz reicht nicht",
    errno.EROFS: "Das Dateisystem lässt sich nur lesen",
    errno.EEXIST: "Ein leerer Ordner wird gebraucht, da liegt aber schon etwas",
    errno.ENOTDIR: "Ein Ordner wird gebraucht, da liegt aber eine Datei",
    errno.EISDIR: "Eine Datei wird gebraucht, da liegt aber ein Ordner",
    errno.ENAMETOOLONG: "Der Name ist zu lang",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter shows another one
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options, load_settings()))
    except SettingsError as error:
        return _say_error(str(error), 2)
    except CatalogueError as error:
        more = f" (und {len(error.faults) - 1} weitere Fehler)" if len(error.faults) > 1 else ""
        return _say_error(f"Der Katalog ist fehlerhaft: {error.faults[0]}{more}.", 2)
    except (SnapshotError, PlanError, BackupError) as error:
        return _say_error(str(error), 1)
    except IntakeError as error:
        _report(error.findings)
        return 1
    except KeyboardInterrupt:
        return _say_error("Abgebrochen. Der Datenstand ist unverändert.", 1)
    except OSError as error:
        what = _NO_FILE.get(error.errno or 0, error.strerror or str(error))
        place = f" ({error.filename})" if error.filename else ""
        return _say_error(f"{what}{place}. Der Datenstand ist unverändert.", 1)


def _parser() -> argparse.ArgumentParser:
    parser = GermanParser(prog="raumblick", description="Raumblick: Daten einer Stadt prüfen, einlesen und veröffentlichen.")
    parser.add_argument("--version", action="version", help="die Version zeigen", version=f"raumblick {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="BEFEHL", parser_class=GermanParser)
    command = commands.add_parser("import", help="eine Lieferung prüfen, einlesen und veröffentlichen")
    _what(command)
    command.add_argument("--keep-layout", action="store_true", help="die Vorlage aufbewahren: Sie erkennt die nächste Datei")
    command.set_defaults(run=_import)
    command = commands.add_parser("check", help="eine Lieferung nur prüfen")
    _what(command)
    command.add_argument("--preview", action="store_true", help="auch zeigen, was sich ändern würde; nichts wird geändert")
    command.set_defaults(run=_check)
    command = commands.add_parser("layout", help="eine Vorlage für eine Tabelle schreiben, deren Aufbau Raumblick nicht kennt")
    command.add_argument("path", type=Path, metavar="DATEI")
    command.add_argument("--out", type=Path, metavar="VORLAGE.toml", help="Vorgabe: neben der Datei, mit ihrem Namen")
    command.set_defaults(run=_layout)
    command = commands.add_parser("demo", help="die erfundene Stadt Musterstadt schreiben und einlesen")
    command.add_argument("--out", type=Path, metavar="ORDNER", help="nur das Datenpaket dorthin schreiben")
    command.add_argument("--areas", type=area_count, default=63, metavar="ZAHL", help="Zahl der Ortsteile (Vorgabe 63)")
    command.add_argument("--if-missing", action="store_true", help="nur, wenn es noch keinen Datenstand gibt")
    command.set_defaults(run=_demo)
    command = commands.add_parser("template", help="die leere Vorlage des Datenpakets als XLSX schreiben")
    command.add_argument("path", type=Path, metavar="DATEI.xlsx")
    command.set_defaults(run=_template)
    command = commands.add_parser("export", help="eine Stadt als Datenpaket schreiben, das sich wieder einlesen lässt")
    command.add_argument("city", metavar="STADT")
    command.add_argument("path", type=Path, metavar="ORDNER")
    command.set_defaults(run=_export)
    _snapshot_commands(commands.add_parser("snapshots", help="Datenstände zeigen, zurücksetzen, aufräumen"))
    cli_scenarios.add(commands.add_parser("scenarios", help="gespeicherte Szenarien zeigen und endgültig löschen"))
    cli_audit.add(commands.add_parser("audit", help="das Protokoll prüfen, zeigen, kürzen"))
    cli_logins.add(commands.add_parser("logins", help="Anmeldungen sofort beenden"))
    cli_backup.add(commands)
    return parser


def _what(command: argparse.ArgumentParser) -> None:
    command.add_argument("path", type=Path, metavar="PFAD", help="Ordner, ZIP-Archiv oder einzelne Datei")
    command.add_argument("--city", metavar="KURZNAME", help="Stadt, zu der einzelne Dateien gehören")
    command.add_argument("--title", metavar="NAME", default="", help="Name der Stadt, wenn es sie noch nicht gibt")
    command.add_argument("--ags", metavar="SCHLÜSSEL", default="", help="amtlicher Schlüssel einer neuen Stadt, z. B. 01002")
    command.add_argument("--layout", type=Path, metavar="VORLAGE.toml", help="die Datei mit dieser Vorlage lesen")


def _given(options: argparse.Namespace) -> Layout | None:
    """The layout that was named; what is wrong with its file raises IntakeError."""
    return load_layout(options.layout) if getattr(options, "layout", None) else None


def _target(options: argparse.Namespace) -> Target | None:
    city = getattr(options, "city", None)
    return Target(city, options.title, options.ags) if city else None


def _snapshot_commands(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="AKTION", parser_class=GermanParser)
    action = actions.add_parser("list", help="alle Datenstände")
    action.set_defaults(run=_list)
    action = actions.add_parser("rollback", help="einen früheren Datenstand wieder in Kraft setzen")
    action.add_argument("city", metavar="STADT")
    action.add_argument("snapshot", nargs="?", metavar="DATENSTAND", help="Vorgabe: der vorige")
    action.set_defaults(run=_rollback)
    action = actions.add_parser("prune", help="alte Datenstände löschen")
    action.add_argument("city", metavar="STADT")
    action.add_argument("--keep", type=positive, default=5, metavar="ZAHL", help="so viele bleiben (Vorgabe 5)")
    action.set_defaults(run=_prune)


def _import(options: argparse.Namespace, settings: Settings) -> int:
    if not options.path.exists():
        return _say_error(f"„{options.path}“ gibt es nicht.", 2)
    now = dt.datetime.now(dt.UTC)

    def work(permit: Permit) -> Ingested:
        return ingest(
            options.path, settings, load_catalogue(), now, lambda step: print(f"… {step}"), target=_target(options),
            layout=_given(options), permit=permit,
        )  # fmt: skip

    result = acts.bring(settings, LOCAL, [options.path.name], work)
    _report(result.findings)
    if result.snapshot_id is None:
        print("Nicht eingelesen: Bitte die Fehler beheben. Es wurde nichts geändert.")
        return 1
    print(f"{result.title}: Datenstand {result.snapshot_id} gilt jetzt.")
    layout = _given(options)
    if layout is not None and options.keep_layout:
        kept = keep(layout, options.path, layouts_home(settings))
        print(f"Vorlage aufbewahrt: {kept}" if kept else "Ohne Überschrift lässt sich die nächste Datei nicht erkennen.")
    return 0


def _check(options: argparse.Namespace, settings: Settings) -> int:
    if not options.path.exists():
        return _say_error(f"„{options.path}“ gibt es nicht.", 2)
    if options.preview:
        return _preview(options, settings)
    reading = check_only(options.path, settings, load_catalogue(), _target(options), _given(options))
    _report(reading.findings)
    print("In Ordnung." if reading.ok else "Es gibt Fehler, die einen Import verhindern.")
    return 0 if reading.ok else 1


def _preview(options: argparse.Namespace, settings: Settings) -> int:
    """Build the candidate in a folder of its own, say what it would change, and throw it away."""
    now, catalogue = dt.datetime.now(dt.UTC), load_catalogue()
    with tempfile.TemporaryDirectory(prefix="raumblick-preview-") as folder:
        result = ingest(options.path, settings, catalogue, now, target=_target(options), into=Path(folder))
        _report(result.findings)
        if result.snapshot_id is None or result.city_id is None:
            print("Es gibt Fehler, die einen Import verhindern.")
            return 1
        in_force = Shelf(settings.home, result.city_id).current()
        for line in lines_of(Path(folder), settings.home, result.city_id, result.snapshot_id, in_force):
            print(line)
    print("In Ordnung. Es wurde nichts geändert.")
    return 0


def _layout(options: argparse.Namespace, settings: Settings) -> int:
    if not options.path.is_file():
        return _say_error(f"„{options.path}“ gibt es nicht.", 2)
    out = options.out or options.path.with_name(f"{options.path.name}.toml")
    if out.exists():
        return _say_error(f"„{out}“ gibt es schon; bitte mit --out einen anderen Namen angeben.", 1)
    seen, headings = first_look(options.path, settings)
    layout = seen.layout
    if len(seen.sheets) > 1:
        print(f"Tabellenblätter: {', '.join(seen.sheets)}")
    for line, cells in seen.rows[:10]:
        print(f"{line:>4} | " + " | ".join(cell[:20] for cell in cells[:10]))
    if sys.stdin.isatty():
        layout = _ask(layout)
    out.write_text(draft(layout, options.path.name, headings), encoding="utf-8", newline="\n")
    asked = open_questions(layout)
    for _, question in asked:
        print(f"Offen: {question}")
    print(f"Vorlage geschrieben: {out}" + (f" ({len(asked)} Fragen sind noch offen)" if asked else ""))
    return 0


def _ask(layout: Layout) -> Layout:
    """Ask the open questions one by one; an empty answer leaves one open."""
    left: set[str] = set()
    while asked := [(place, q) for place, q in open_questions(layout) if place not in left and can_be_asked(place)]:
        place, question = asked[0]
        try:
            answer = input(f"{question} ({hint(place)}; leer: offen lassen) ").strip()
        except EOFError:
            return layout
        left.add(place)
        if answer:
            try:
                layout = answered(layout, place, answer.strip('"'))
            except IntakeError as error:
                print(error.findings[0].message)
                left.discard(place)
    return layout


def _demo(options: argparse.Namespace, settings: Settings) -> int:
    if options.if_missing and shelves(settings.home):
        return 0
    if options.out:
        print(f"Datenpaket geschrieben: {write_demo(options.out, areas=options.areas)}")
        return 0
    with tempfile.TemporaryDirectory(prefix="raumblick-demo-") as folder:
        print("… Musterstadt erfinden")
        options.path = write_demo(Path(folder) / "musterstadt", areas=options.areas)
        return _import(options, settings)


def _template(options: argparse.Namespace, settings: Settings) -> int:
    if options.path.suffix.lower() != ".xlsx":
        return _say_error("Die Vorlage ist eine XLSX-Datei; bitte einen Namen mit .xlsx angeben.", 2)
    write_template(options.path, load_catalogue())
    print(f"Vorlage geschrieben: {options.path}")
    return 0


def _export(options: argparse.Namespace, settings: Settings) -> int:
    acts.export(settings, LOCAL, options.city, options.path, load_catalogue())
    print(f"Datenpaket geschrieben: {options.path}")
    return 0


def _list(options: argparse.Namespace, settings: Settings) -> int:
    found = shelves(settings.home)
    for shelf in found:
        for snapshot_id in shelf.ids():
            mark = "*" if snapshot_id == shelf.current() else " "
            print(f"{mark} {shelf.city_id:<20} {snapshot_id}")
    if not found:
        print("Es gibt noch keinen Datenstand.")
    return 0


def _rollback(options: argparse.Namespace, settings: Settings) -> int:
    snapshot_id = acts.roll_back(settings, LOCAL, options.city, options.snapshot)
    print(f"{options.city}: Datenstand {snapshot_id} gilt jetzt.")
    return 0


def _prune(options: argparse.Namespace, settings: Settings) -> int:
    gone = acts.prune(settings, LOCAL, options.city, options.keep)
    print(f"{options.city}: {len(gone)} Datenstände gelöscht.")
    return 0


def _report(findings: Sequence[Finding]) -> None:
    for finding in findings:
        print(finding)
    counts = {label: sum(f.severity == key for f in findings) for key, label in SEVERITY_LABEL.items()}
    if findings:
        print(", ".join(f"{label}: {count}" for label, count in counts.items()))


def _say_error(message: str, code: int) -> int:
    print(f"raumblick: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
