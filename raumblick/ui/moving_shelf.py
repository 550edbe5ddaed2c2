"""Scenarios of Was-wäre-wenn: keep one under a name, load it, save changes to it, put it away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from raumblick.answers.moving import Change, ConflictError, PlanError, Scenario, scenarios
from raumblick.roles import NotAllowedError
from raumblick.snapshot.store import Store
from raumblick.ui import format as fmt
from raumblick.ui import gate, moving_changes, session
from raumblick.ui.layout import escape

_OPEN = "_moving_open"  # the scenario as it was loaded, for saving changes to it
_DONE = "_moving_done"


def shelf(store: Store, known: Mapping[str, Scenario], found: Sequence[Change]) -> None:
    """Save this variant under a name; load, overwrite or archive one that was kept."""
    if done := st.session_state.pop(_DONE, ""):
        st.success(done)
    with st.form("moving_save", border=False):
        one, two, three = st.columns([3, 2, 2], vertical_alignment="bottom")
        name = one.text_input("Name des Szenarios", max_chars=80)
        author = two.text_input("Kürzel", max_chars=40, help="Wer das Szenario angelegt hat; kein Klarname nötig")
        if three.form_submit_button("Speichern"):
            _create(store, name, author, found)
    if not known:
        st.caption("Es ist noch kein Szenario gespeichert.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = {key: fmt.scenario(one) for key, one in known.items()}
        chosen = st.selectbox("Gespeicherte Szenarien", list(words), format_func=words.__getitem__, width=420)
        st.button("Laden", on_click=_load, args=(known[chosen],), key="moving_load")
        st.button("Ins Archiv", on_click=_archive, args=(known[chosen],), key="moving_archive")
    opened = st.session_state.get(_OPEN)
    if opened is not None and opened.scenario_id in known and tuple(found) != opened.changes and found:
        label = f"Änderungen in „{escape(opened.name)}“ speichern"
        st.button(label, on_click=_save, args=(opened, tuple(found)), key="moving_overwrite")


def _create(store: Store, name: str, author: str, found: Sequence[Change]) -> None:
    if not name.strip() or not author.strip() or not found:
        st.warning("Zum Speichern gehören eine Verschiebung, ein Name und ein Kürzel.")
        return
    plans = scenarios(session.settings().plans_url)
    try:
        with gate.saving(str(store.city["city_id"]), store.snapshot_id, name):
            city, made_by = str(store.city["city_id"]), gate.who().mark
            st.session_state[_OPEN] = plans.create(city, name, author, store.snapshot_id, found, owner=made_by)
    except (PlanError, ConflictError, NotAllowedError) as error:
        st.warning(escape(str(error)))
        return
    st.session_state[_DONE] = f"Gespeichert: {escape(name)}."
    st.rerun()


def _load(one: Scenario) -> None:
    st.session_state[_OPEN] = one
    moving_changes.keep(one.changes)


def _save(opened: Scenario, found: tuple[Change, ...]) -> None:
    """Save changes to the scenario that was loaded; what somebody else saved meanwhile is never overwritten."""
    plans = scenarios(session.settings().plans_url)
    try:
        with gate.saving(opened.city_id, opened.snapshot_id, opened.name):
            st.session_state[_OPEN] = plans.save(replace(opened, changes=found))
        st.session_state[_DONE] = f"Gespeichert: {escape(opened.name)}."
    except (PlanError, NotAllowedError) as error:
        moving_changes.say(str(error))


def _archive(one: Scenario) -> None:
    try:
        with gate.saving(one.city_id, one.snapshot_id, f"{one.name}, ins Archiv"):
            scenarios(session.settings().plans_url).archive(one)
        st.session_state[_DONE] = f"Im Archiv: {escape(one.name)}."
    except (PlanError, NotAllowedError) as error:
        moving_changes.say(str(error))
