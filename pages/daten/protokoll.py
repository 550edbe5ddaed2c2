"""Protokoll: who did what with the data and when? For Leitung alone."""

import streamlit as st

from raumblick.ui import layout, logins_view, session, trail_view
from raumblick.ui.gate import who

with layout.page_without_data("Protokoll"):
    place = st.empty()
    person = who()
    if not person.may_somewhere("audit"):
        layout.nothing(place, "Das Protokoll sieht nur die Leitung.")
    try:
        found = trail_view.sound()
        entries = trail_view.rows(person, session.cities())
    except (trail_view.AuditError, OSError) as error:
        layout.nothing(place, layout.escape(str(error)))
    with place.container():
        layout.answer(trail_view.sentence(found))
    trail_view.table(trail_view.narrowed(entries))
    logins_view.part(person)
    st.caption(
        "Jeder Eintrag ist mit dem vorigen versiegelt: Wird einer geändert, entfernt oder eingeschoben, stimmt die Kette nicht "
        f"mehr. Einträge werden nach {session.settings().audit_days} Tagen gelöscht. Dasselbe prüft der Befehl "
        "„raumblick audit check“."
    )
