"""The door: who is at work in this session, and what somebody sees who does not come in.

`session` asks here before it opens a store, in every run of every page, so no page can be reached around the door.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import streamlit as st
from streamlit.config import get_option

from raumblick import acts
from raumblick.plans.logins import EndedLogins, open_logins
from raumblick.plans.model import PlanError
from raumblick.roles import (
    LOCAL,
    Person,
    RefusedError,
    Right,
    Rules,
    capped,
    identify,
    load_rules,
    names_of,
    session_key,
    visitor,
)
from raumblick.settings import Settings, load_settings

log = logging.getLogger(__name__)
_SAID = "_gate_said"
_NEEDED: dict[str, Right] = {"Import": "import", "Protokoll": "audit"}  # pages that say nothing to anybody else
_ENDED = {
    "alone": "Diese Anmeldung wurde beendet. Bitte neu anmelden.",
    "together": "Ihre Anmeldung wurde von der Leitung beendet. Bitte nach einer halben Minute neu anmelden.",
}
_TOLD = ("unknown", "foreign", "unfit", "future")  # refusals that somebody should look into


def settings() -> Settings:
    """Settings of this process."""
    return _settings()


@st.cache_resource(show_spinner=False)
def _settings() -> Settings:
    return load_settings()


@st.cache_resource(show_spinner=False)
def _rules() -> Rules:
    return load_rules(settings().roles_path)


@st.cache_resource(show_spinner=False)
def _logins(url: str) -> EndedLogins:
    return open_logins(url)


def who() -> Person:
    """The person of this session, judged anew in each call.

    Raises:
        RefusedError: nobody has logged in, or the login gives no access (any more).
    """
    known = settings()
    if not known.login:
        return capped(LOCAL, known.view)
    if get_option("server.trustedUserHeaders"):
        raise RefusedError("headers", "Raumblick ist falsch eingestellt: Köpfe von Anfragen dürfen niemanden ausweisen.")
    return judged(st.user.to_dict())


def judged(claims: Mapping[str, Any]) -> Person:
    """The person with these claims, which Streamlit has read from a cookie that it signed; errors as `who`."""
    known = settings()
    if not claims.get("is_logged_in"):
        person = visitor(_rules())
        if person is None:
            raise RefusedError("nobody", "Raumblick zeigt Daten nach der Anmeldung.")
        return capped(person, known.view)
    if claims.get("provider") != known.provider:
        raise RefusedError("foreign", "Diese Anmeldung kommt von einem anderen Anmeldedienst.")
    person = identify(claims, _rules(), time.time(), known.session_hours)
    try:
        names = names_of(claims, _rules())
        ended = _logins(known.plans_url).ended(session_key(claims), float(claims["iat"]), names)
    except PlanError as error:
        log.exception("ended logins cannot be read")
        raise RefusedError("unsure", str(error)) from error
    if ended:
        raise RefusedError("ended", _ENDED[ended])
    return capped(person, known.view)


def saving(city_id: str, snapshot_id: str, what: str) -> AbstractContextManager[acts.Note]:
    """Around a save of a scenario: only who may, and with an entry in the trail.

    Raises:
        NotAllowedError, AuditError: as `raumblick.acts.recorded`.
    """
    note = acts.Note(city_id, snapshot_id, what)
    return acts.recorded(settings(), who(), "szenario gespeichert", "scenario", note)


def admitted() -> bool:
    """True where the person of this session comes in; else says on the page why not, and where to log in."""
    try:
        who()
    except RefusedError as error:
        _closed(error)
        return False
    return True


def leads(title: str) -> bool:
    """True where a link to the page of this title leads somewhere; the page itself checks in any case."""
    return title not in _NEEDED or who().may_somewhere(_NEEDED[title])


def somebody() -> None:
    """In the sidebar: who is logged in, and the way out; nothing without login."""
    if not settings().login:
        return
    if not st.user.to_dict().get("is_logged_in"):
        st.button("Anmelden", on_click=_log_in, key="log_in")
        return
    name = " ".join(who().name.split())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"Angemeldet: {name}", width="content")
        st.button("Abmelden", on_click=leave, key="log_out")
    if said := st.session_state.pop(_SAID, None):
        st.error(said)


def leave() -> None:
    """End this login for good: a copy of its cookie gives no access any more."""
    claims = st.user.to_dict()
    if claims.get("is_logged_in"):
        try:
            end(claims)
        except PlanError as error:
            st.session_state[_SAID] = str(error)
            return
    st.logout()


def end(claims: Mapping[str, Any]) -> None:
    """Remember that the login with these claims has ended.

    Raises:
        PlanError: it could not be kept.
    """
    _logins(settings().plans_url).end(session_key(claims))


def end_others(subject: str) -> None:
    """End all logins at once: of one person as the trail names them, or with "" of everybody, this one too.

    Raises:
        NotAllowedError, AuditError: see `raumblick.acts.recorded`. PlanError: nothing was ended.
    """
    known = settings()
    acts.end_logins(known, who(), _logins(known.plans_url), subject)


def _log_in() -> None:
    provider = settings().provider
    st.login(None if provider == "default" else provider)


def _closed(error: RefusedError) -> None:
    st.title("Raumblick", anchor=False)
    if error.code == "nobody":
        st.markdown(str(error))
    else:
        st.warning(str(error))
        _tell(error)
    with st.container(horizontal=True):
        if error.code != "headers":
            st.button("Anmelden" if error.code == "nobody" else "Neu anmelden", on_click=_log_in, key="log_in")
        if st.user.to_dict().get("is_logged_in"):
            st.button("Abmelden", on_click=leave, key="log_out")
    if said := st.session_state.pop(_SAID, None):
        st.error(said)


def _tell(error: RefusedError) -> None:
    """Write a refusal into the log, and one that somebody should look into in the trail, once for each login."""
    claims: dict[str, Any] = dict(st.user.to_dict())
    mark = session_key(claims), error.code
    told = _told()
    if mark in told:
        return
    if len(told) > 10_000:
        told.clear()
    told.add(mark)
    subject = str(claims.get("sub") or "unbekannt")
    log.warning("login refused: %s, subject %r", error.code, subject[:100])
    if error.code in _TOLD:
        nobody = Person(subject, "", ())
        try:
            acts.write(settings(), nobody, "angemeldet", acts.Note("", detail=str(error)), "abgewiesen")
        except (PlanError, OSError):
            log.exception("audit: a refusal is not in the trail")


@st.cache_resource(show_spinner=False)
def _told() -> set[tuple[str, str]]:
    return set()
