"""End logins at once: a folded part of the page Protokoll, for Leitung of all cities, with a second step before it happens."""

from __future__ import annotations

import streamlit as st

from raumblick.plans.model import PlanError
from raumblick.roles import EVERYWHERE, NotAllowedError, Person
from raumblick.ui import gate
from raumblick.ui.layout import escape, fold

_SAID = "_logins_said"
_WHO = "w_logins_who"


def part(person: Person) -> None:
    """The folded part; nothing for who may not, or where nobody logs in."""
    if said := st.session_state.pop(_SAID, None):
        worked, text = said
        (st.success if worked else st.warning)(text)
    if not gate.settings().login or not person.may("logins", EVERYWHERE):
        return
    if opened := fold("Anmeldungen sofort beenden", "logins"):
        with opened:
            st.caption(
                "Etwa, wenn jemand eine Rolle verloren hat oder ein Gerät fehlt. Wer danach noch eine Rolle hat, meldet sich "
                "nach einer halben Minute neu an."
            )
            who = st.text_input("Kennung der Person, wie im Protokoll (leer: alle)", key=_WHO, max_chars=220, width=420).strip()
            whose = f"von „{escape(who)}“" if who else "aller Personen, auch meine,"
            sure = st.checkbox(f"Ja, die Anmeldungen {whose} sofort beenden.", key=f"w_logins_sure_{who}")
            st.button("Beenden", on_click=_end, args=(who,), disabled=not sure, key="logins_end")


def _end(who: str) -> None:
    try:
        gate.end_others(who)
    except (PlanError, NotAllowedError) as error:
        st.session_state[_SAID] = (False, f"Nicht beendet. {escape(str(error))}")
        return
    st.session_state.pop(f"w_logins_sure_{who}", None)
    st.session_state[_SAID] = (True, f"Beendet: die Anmeldungen von „{escape(who)}“.")  # of everybody: nobody is there to read it
