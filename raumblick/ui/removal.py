"""Delete saved scenarios for good: a folded part of both pages that keep some, with a second step before it happens."""

from __future__ import annotations

import streamlit as st

from raumblick import acts
from raumblick.answers.shelf import kept, scenarios
from raumblick.plans.model import BUDGET, PlanError, Scenario
from raumblick.roles import NotAllowedError
from raumblick.snapshot.store import Store
from raumblick.ui import format as fmt
from raumblick.ui import gate, selection, session
from raumblick.ui.layout import escape, fold

_SAID = "_removal_said"
_NAMED = ("szenario", "zweite", "gegen")  # choices in the address that may name a scenario


def part(store: Store, kind: str = BUDGET) -> None:
    """The folded part for one kind of scenarios; archived ones are offered too."""
    if said := st.session_state.pop(_SAID, None):
        worked, text = said
        (st.success if worked else st.warning)(text)
    if opened := fold("Gespeichertes endgültig löschen", f"removal_{kind}"):
        with opened:
            _choose(store, kind)


def _choose(store: Store, kind: str) -> None:
    plans, person = scenarios(session.settings().plans_url), gate.who()
    try:
        known = kept(plans, store, kind) | kept(plans, store, kind, archived=True)
    except PlanError as error:
        st.warning(escape(str(error)))
        return
    mine = {key: one for key, one in known.items() if acts.may_remove(person, one)}
    st.caption("Löschen darf, wer ein Szenario angelegt hat, und die Leitung. In Sicherungen steht es, bis deren Frist endet.")
    if not mine:
        st.markdown("Hier ist nichts, was Sie löschen dürfen.")
        return
    words = {key: f"{fmt.scenario(one)}{', archiviert' if one.archived else ''}" for key, one in mine.items()}
    key = st.selectbox("Löschen", list(words), format_func=words.__getitem__, width=420, key=f"w_removal_{kind}")
    chosen = mine[key]
    # Of another scenario, or after another save, the tick is another widget: nobody deletes what they did not mean.
    label = f"Ja, „{escape(chosen.name)}“ mit allen Fassungen ({chosen.version}) löschen; das lässt sich nicht zurücknehmen."
    sure = st.checkbox(label, key=f"w_removal_{key}_{chosen.version}")
    st.button("Endgültig löschen", on_click=_remove, args=(chosen,), disabled=not sure, key=f"removal_go_{kind}")


def _remove(chosen: Scenario) -> None:
    known = session.settings()
    try:
        acts.remove(known, gate.who(), scenarios(known.plans_url), chosen)
    except (PlanError, NotAllowedError) as error:
        st.session_state[_SAID] = (False, f"Nicht gelöscht. {escape(str(error))}")
        return
    for name in _NAMED:
        if selection.text(name).partition(".")[0] == chosen.scenario_id:
            selection.forget(name)
    st.session_state[_SAID] = (True, f"Gelöscht: „{escape(chosen.name)}“.")
