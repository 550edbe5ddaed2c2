"""The commands `raumblick audit check | list | prune`."""

from __future__ import annotations

import argparse
import datetime as dt
import sys

from raumblick import acts
from raumblick.parser import GermanParser, positive
from raumblick.roles import LOCAL
from raumblick.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """Give the command its actions; each sets `run`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="AKTION", parser_class=GermanParser)
    action = actions.add_parser("check", help="prüfen, ob alle Einträge da und unverändert sind")
    action.add_argument("--head", metavar="NUMMER:ZEICHEN", default="", help="ein früher notierter Eintrag, der noch stehen muss")
    action.set_defaults(run=_check)
    action = actions.add_parser("list", help="die neuesten Einträge")
    action.add_argument("--most", type=positive, default=50, metavar="ZAHL", help="höchstens so viele (Vorgabe 50)")
    action.set_defaults(run=_list)
    action = actions.add_parser("prune", help="Einträge löschen, deren Frist vorbei ist (RAUMBLICK_AUDIT_DAYS)")
    action.set_defaults(run=_prune)


def _check(options: argparse.Namespace, settings: Settings) -> int:
    found = acts.trail(settings).check(options.head)
    if found.fault:
        print(f"Das Protokoll ist nicht in Ordnung: {found.fault} Davor stimmen {found.entries} Einträge.", file=sys.stderr)
        return 1
    print(f"Das Protokoll ist in Ordnung: {found.entries} Einträge, der neueste ist {found.head or 'keiner'}.")
    return 0


def _list(options: argparse.Namespace, settings: Settings) -> int:
    for entry in acts.trail(settings).entries(most=options.most):
        act = entry.act
        said = f"{entry.seq:>6} {entry.at[:19]} {act.subject} ({act.role}) {act.action}, {act.state}:"
        print(" ".join([said, *filter(None, (act.city_id, act.snapshot_id, act.detail))]))
    return 0


def _prune(options: argparse.Namespace, settings: Settings) -> int:
    gone = acts.keep_time(settings, LOCAL, dt.datetime.now(dt.UTC))
    print(f"{gone} Einträge gelöscht; die übrigen bleiben prüfbar.")
    return 0
