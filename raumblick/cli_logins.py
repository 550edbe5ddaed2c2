"""The command `raumblick logins end`."""

from __future__ import annotations

import argparse

from raumblick import acts
from raumblick.parser import GermanParser
from raumblick.plans.logins import SLACK, open_logins
from raumblick.roles import LOCAL
from raumblick.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """Give the command its action, which sets `run`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="AKTION", parser_class=GermanParser)
    action = actions.add_parser("end", help="alle Anmeldungen sofort beenden, oder die einer Person")
    only = "nur diese Person, benannt wie im Protokoll oder im Anmeldedienst"
    action.add_argument("--subject", type=_somebody, metavar="KENNUNG", help=only)
    action.set_defaults(run=_end)


def _somebody(text: str) -> str:
    """What somebody is called; an empty variable of a script must not mean everybody."""
    if not text.strip():
        raise argparse.ArgumentTypeError("Die Kennung ist leer; ohne --subject enden alle Anmeldungen.")
    return text.strip()


def _end(options: argparse.Namespace, settings: Settings) -> int:
    logins = open_logins(settings.plans_url)
    acts.end_logins(settings, LOCAL, logins, options.subject or "")
    logins.engine.dispose()
    whose = f"von „{options.subject}“ " if options.subject else ""
    print(f"Alle Anmeldungen {whose}von vorher gelten nicht mehr. Neu anmelden geht in {SLACK} Sekunden.")
    if options.subject:
        print("Ob es jemanden mit dieser Kennung gibt, weiß nur der Anmeldedienst; „raumblick audit list“ nennt Kennungen.")
    return 0
