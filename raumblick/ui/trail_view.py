"""The trail as Leitung reads it: is it sound, who did what, narrowed by city, person and kind, as a table and a file."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import streamlit as st

from raumblick import acts
from raumblick.plans.audit import AuditError, Check, Entry
from raumblick.roles import EVERYWHERE, ROLE_LABEL, Person
from raumblick.ui import format as fmt
from raumblick.ui import selection, session, tables

__all__ = ["AuditError", "narrowed", "rows", "sentence", "sound", "table"]
_EVERY = ""
_DAYS = {"1": "ab gestern", "30": "letzte 30 Tage", "365": "letztes Jahr", "": "alles"}
_COLUMNS = (
    tables.Column("seq", "Nr.", 0, "small"),
    tables.Column("when", "Wann (UTC)"),
    tables.Column("subject", "Wer"),
    tables.Column("role", "Rolle"),
    tables.Column("action", "Was"),
    tables.Column("state", "Ergebnis"),
    tables.Column("city_id", "Stadt"),
    tables.Column("snapshot_id", "Datenstand"),
    tables.Column("detail", "Näheres", width="large"),
)


def sound() -> Check:
    """Whether the whole trail is as it was written; a long one is not gone through for every click.

    Raises:
        AuditError: it cannot be read.
    """
    known = session.settings()
    newest = acts.trail(known).entries(most=1)
    return _sound(known.plans_url, str(known.home), newest)


@st.cache_data(ttl=30, max_entries=8, show_spinner=False)
def _sound(url: str, home: str, newest: tuple[Entry, ...]) -> Check:
    return acts.trail(session.settings()).check()


def sentence(found: Check) -> str:
    """The answer of the page."""
    if found.fault:
        return (
            f"**Das Protokoll ist nicht in Ordnung.** {found.fault} Davor stimmen {fmt.number(found.entries)} Einträge. "
            "Bitte die betreibende Stelle verständigen."
        )
    if not found.entries:
        return "Das Protokoll ist leer: Es wurde noch nichts eingelesen, veröffentlicht oder ausgegeben."
    return f"Alle {fmt.number(found.entries)} Einträge sind da und unverändert; der neueste ist `{found.head}`."


def rows(person: Person, known: dict[str, str]) -> pd.DataFrame:
    """Entries that a person may read, newest first: of their cities and of none.

    Raises:
        AuditError: they cannot be read.
    """
    cities = tuple(city for city in known if person.may("audit", city))
    entries = acts.trail(session.settings()).entries(None if person.may("audit", EVERYWHERE) else cities)
    made = [
        (e.seq, _when(e.at), e.at[:10], e.act.subject, ROLE_LABEL.get(e.act.role, ""), e.act.action, e.act.state, e.act.city_id,
         e.act.snapshot_id, e.act.detail)
        for e in entries
    ]  # fmt: skip
    columns = ["seq", "when", "day", "subject", "role", "action", "state", "city_id", "snapshot_id", "detail"]
    return pd.DataFrame(made, columns=columns)


def _when(at: str) -> str:
    return f"{dt.datetime.fromisoformat(at):%d.%m.%Y %H:%M:%S}"


def narrowed(found: pd.DataFrame) -> pd.DataFrame:
    """The controls, and the entries that they leave."""
    one, two, three, four = st.columns(4, gap="medium")
    with one:
        found = _only(found, "was", "Was", "action")
    with two:
        found = _only(found, "wer", "Wer", "subject")
    with three:
        found = _only(found, "ergebnis", "Ergebnis", "state")
    with four:
        days = selection.select("tage", "Zeitraum", list(_DAYS), _DAYS.__getitem__, "30")
    if not days:
        return found
    first = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=int(days))
    return found[found["day"] >= first.isoformat()]


def _only(found: pd.DataFrame, name: str, label: str, column: str) -> pd.DataFrame:
    options = [_EVERY, *sorted(set(found[column]))]
    chosen = selection.select(name, label, options, lambda key: key or "alle", _EVERY)
    return found if chosen == _EVERY else found[found[column] == chosen]


def table(found: pd.DataFrame) -> None:
    """The entries, and the same as a file."""
    if found.empty:
        st.info("Zu dieser Auswahl gibt es keinen Eintrag.")
        return
    tables.table(found, _COLUMNS, "Protokoll", None, "trail", state=None)
