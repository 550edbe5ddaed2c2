"""The commands `raumblick backup TARGET` and `raumblick restore SOURCE`."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import Any

from raumblick import acts
from raumblick.roles import LOCAL
from raumblick.settings import Settings


def add(commands: Any) -> None:
    """Add both commands; each sets `run`."""
    command = commands.add_parser("backup", help="alles sichern: Datenstände, Szenarien, Protokoll, Vorlagen; auch im Betrieb")
    command.add_argument("target", type=Path, metavar="ZIEL", help="eine neue Datei, oder ein Ordner dafür")
    command.set_defaults(run=_backup)
    command = commands.add_parser("restore", help="eine Sicherung prüfen und einspielen; die App vorher beenden")
    command.add_argument("source", type=Path, metavar="SICHERUNG")
    command.add_argument("--replace", action="store_true", help="auch, wenn schon Daten da sind; sie bleiben daneben liegen")
    command.set_defaults(run=_restore)


def _backup(options: argparse.Namespace, settings: Settings) -> int:
    taken = acts.save_all(settings, LOCAL, options.target, dt.datetime.now(dt.UTC))
    for said in taken.missing:
        print(f"raumblick: {said}", file=sys.stderr)
    print(f"Gesichert: {taken.path} ({taken.snapshots} Datenstände, {taken.size / 1e6:.0f} MB).")
    return 1 if taken.missing else 0


def _restore(options: argparse.Namespace, settings: Settings) -> int:
    restored = acts.bring_back(settings, LOCAL, options.source, dt.datetime.now(dt.UTC), options.replace)
    for said in restored.notes:
        print(said)
    for city_id, snapshot_id in restored.cities.items():
        print(f"{city_id}: Datenstand {snapshot_id or '(keiner)'} gilt jetzt.")
    if restored.former is not None:
        print(f"Das Frühere liegt in {restored.former}.")
    print(f"Eingespielt: Stand vom {restored.created}.")
    return 0
