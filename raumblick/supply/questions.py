"""The guiding questions of Sozialraumorientierung, answered for one area from its offers.

What exists, what runs in parallel, which regular institutions can be extended, which offers are exclusive, how open is
access. What the data do not say is counted and named as not known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.stats.words import number, several
from raumblick.supply.errors import need_columns

REGULAR = frozenset(
    {
        "kita",
        "kita_u3",
        "kita_36",
        "hort",
        "grundschule",
        "oberschule",
        "gymnasium",
        "foerderschule",
        "schule_verbund",
        "berufsschule",
    }
)
ROOM = 0.9  # an institution that is fuller than this has no room to extend into
COLUMNS = ("facility_id", "service", "service_name", "paragraph", "form", "carrier", "inclusive", "barrier_free")


@dataclass(frozen=True)
class Answer:
    """One guiding question: `key`, the German `question`, a German `text`, and the offers it is about (facility_id)."""

    key: str
    question: str
    text: str
    offers: tuple[str, ...]


def guiding_questions(offers: pd.DataFrame, pairs: pd.DataFrame) -> tuple[Answer, ...]:
    """All guiding questions for one area.

    Args:
        offers: offers of the area open on the day: facility_id, service, service_name, paragraph, form, carrier,
            inclusive, barrier_free (missing: not known), places_operable, enrolled.
        pairs: of `raumblick.supply.overlap.parallel`; pairs with at least one offer of the area count.

    Raises:
        SupplyError: a missing column.
    """
    need_columns(offers, (*COLUMNS, "places_operable", "enrolled"), "Angebote")
    need_columns(pairs, ("facility_id", "other_id", "service"), "Parallele Angebote")
    return (_exists(offers), _parallel(offers, pairs), _extendable(offers), _exclusive(offers), _access(offers))


def _ids(rows: pd.DataFrame) -> tuple[str, ...]:
    return tuple(rows["facility_id"].astype(str))


def _exists(offers: pd.DataFrame) -> Answer:
    question = "Was gibt es hier?"
    if offers.empty:
        return Answer("exists", question, "Zum Stichtag ist hier kein Angebot verzeichnet.", ())
    kinds = offers["service_name"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    listed = ", ".join(f"{name} ({number(count)})" for name, count in kinds.head(6).items())
    rest = len(kinds) - 6
    more = f" und {several(rest, 'weitere Leistung', 'weitere Leistungen')}" if rest > 0 else ""
    carriers = offers["carrier"].nunique()
    text = f"{several(len(offers), 'Angebot', 'Angebote')} von {several(carriers, 'Träger', 'Trägern')}: {listed}{more}."
    return Answer("exists", question, text, _ids(offers))


def _parallel(offers: pd.DataFrame, pairs: pd.DataFrame) -> Answer:
    question = "Was läuft nebeneinander?"
    here = pairs[pairs["facility_id"].isin(offers["facility_id"]) | pairs["other_id"].isin(offers["facility_id"])]
    involved = pd.unique(pd.concat([here["facility_id"], here["other_id"]]))
    if not len(here):
        return Answer("parallel", question, "Keine zwei Angebote derselben Leistung liegen nah beieinander.", ())
    count = several(len(here), "Paar", "Paare")
    names = dict(zip(offers["service"], offers["service_name"], strict=True))
    kinds = ", ".join(sorted({str(names.get(key, key)) for key in here["service"]}))
    text = f"{count} von Angeboten derselben Leistung für dasselbe Alter in der Nähe: {kinds}."
    return Answer("parallel", question, text, tuple(map(str, involved)))


def _extendable(offers: pd.DataFrame) -> Answer:
    """Regular institutions with room: less than nine of ten places taken."""
    question = "Welche Regeleinrichtungen lassen sich ausbauen?"
    regular = offers[offers["service"].isin(REGULAR)]
    places, taken = (pd.to_numeric(regular[name]).astype(float) for name in ("places_operable", "enrolled"))
    known = (places > 0) & taken.notna()
    room = regular[known & (taken / places.where(places > 0) < ROOM)]
    silent = int((~known).sum())
    unknown = f" Bei {number(silent)} ist die Belegung nicht bekannt." if silent else ""
    if regular.empty:
        return Answer("extendable", question, "Hier gibt es keine Kita, keinen Hort und keine Schule.", ())
    kinds = several(len(regular), "Regeleinrichtung", "Regeleinrichtungen")
    if room.empty:
        text = f"Von {kinds} hat nach den Daten keine mehr als ein Zehntel freie Plätze.{unknown}"
        return Answer("extendable", question, text, ())
    free = float((places - taken)[room.index].sum())
    text = f"Mehr als ein Zehntel frei: {number(len(room))} von {kinds}, zusammen {number(free)} Plätze.{unknown}"
    return Answer("extendable", question, text, _ids(room))


def _exclusive(offers: pd.DataFrame) -> Answer:
    question = "Welche Angebote sind exklusiv?"
    flag = offers["inclusive"].astype("boolean")
    only, silent = offers[(~flag).fillna(False)], int(flag.isna().sum())
    unknown = f" Bei {number(silent)} ist es nicht bekannt." if silent else ""
    text = f"Nicht als inklusiv verzeichnet: {number(len(only))} von {several(len(offers), 'Angebot', 'Angeboten')}.{unknown}"
    return Answer("exclusive", question, text, _ids(only))


def _access(offers: pd.DataFrame) -> Answer:
    question = "Wie offen ist der Zugang?"
    free, step = offers[offers["form"] == "open"], offers["barrier_free"].astype("boolean")
    silent = int(step.isna().sum())
    unknown = f" Bei {number(silent)} ist die Barrierefreiheit nicht bekannt." if silent else ""
    text = (
        f"Offen und ohne Antrag: {number(len(free))} von {several(len(offers), 'Angebot', 'Angeboten')}; "
        f"barrierefrei: {number(int(np.sum(step.fillna(False))))}.{unknown}"
    )
    return Answer("access", question, text, _ids(free))


def office(paragraph: str) -> str:
    """Who answers for a service by its legal basis: Schule, Gesundheit, Eingliederungshilfe, Grünflächen or Jugendamt.

    A rough rule for the usual split of offices in a German city; a city that splits otherwise passes its own list.
    """
    if "Schulgesetz" in paragraph:
        return "Schule"
    if "SGB V," in paragraph or paragraph.endswith("SGB V"):
        return "Gesundheit"
    if "§ 1 Abs. 3 Nr. 5" in paragraph:
        return "Grünflächen und Stadtplanung"
    if "SGB IX" in paragraph and "SGB VIII" not in paragraph:
        return "Eingliederungshilfe"
    return "Jugendamt"
