"""The commands `raumblick scenarios list | delete`."""

from __future__ import annotations

import argparse
from contextlib import closing

from raumblick import acts
from raumblick.parser import GermanParser
from raumblick.plans.model import BUDGET, PlanError, Scenario, UnknownScenarioError
from raumblick.plans.store import PlanStore, open_plans
from raumblick.roles import LOCAL
from raumblick.settings import Settings

_PAGE = {BUDGET: "Was-wäre-wenn"}  # every other kind is of the Planspiel


def add(parser: argparse.ArgumentParser) -> None:
    """Give the command its actions; each sets `run`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="AKTION", parser_class=GermanParser)
    action = actions.add_parser("list", help="alle Szenarien, auch archivierte")
    action.add_argument("city", nargs="?", metavar="STADT", help="nur die dieser Stadt")
    action.set_defaults(run=_list)
    action = actions.add_parser("delete", help="Szenarien mit allen Fassungen endgültig löschen")
    action.add_argument("keys", nargs="+", metavar="KENNZEICHEN", help="wie „scenarios list“ sie zeigt")
    action.add_argument("--yes", action="store_true", help="wirklich löschen; ohne das wird nur gezeigt, was gelöscht würde")
    action.set_defaults(run=_delete)


def _list(options: argparse.Namespace, settings: Settings) -> int:
    with closing(open_plans(settings.plans_url)) as plans:
        found = plans.everything(options.city)
    for one in found:
        print(_line(one))
    if not found:
        print("Es ist kein Szenario gespeichert.")
    return 0


def _delete(options: argparse.Namespace, settings: Settings) -> int:
    with closing(open_plans(settings.plans_url)) as plans:
        found = [_known(plans, key) for key in dict.fromkeys(options.keys)]  # one that is unknown, and nothing is deleted
        for one in found:
            if options.yes:
                acts.remove(settings, LOCAL, plans, one)
            print(f"{'Gelöscht' if options.yes else 'Würde gelöscht'}: {_line(one)}")
    if not options.yes:
        print("Es wurde nichts gelöscht. Zum endgültigen Löschen denselben Befehl mit --yes geben.")
    return 0 if options.yes else 1


def _known(plans: PlanStore, key: str) -> Scenario:
    try:
        return plans.load(key)
    except UnknownScenarioError as error:
        message = f"Ein Szenario „{key}“ gibt es nicht; „raumblick scenarios list“ zeigt alle. Es wurde nichts gelöscht."
        raise PlanError(message) from error


def _line(one: Scenario) -> str:
    away = ", archiviert" if one.archived else ""
    page = _PAGE.get(one.kind, "Planspiel")
    said = f"„{one.name}“ ({one.author}), {page}, Fassung {one.version} vom {one.saved:%d.%m.%Y}{away}"
    return f"{one.scenario_id}  {one.city_id:<20} {said}"
