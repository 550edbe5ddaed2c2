"""Was-wäre-wenn: move money in a fixed pot: who wins, who loses, what does the law lock?"""

import streamlit as st

from raumblick.answers.moving import LAW, MoneyError, PlanError, current, moved
from raumblick.answers.profile import area_list
from raumblick.ui import area_maps, layout, moving_view, selection, session
from raumblick.ui import format as fmt

METHOD = (
    "Verschoben wird nur Geld, das die Stadt frei verteilen darf; die Summe bleibt der Topf. Eine volle Stelle ist mit 78.000 € "
    "im Jahr gerechnet. Erreicht heißt: So viele junge Menschen könnten zum üblichen Betrag der Stadt versorgt werden."
)

with layout.page("Was-wäre-wenn") as store:
    sentence = st.empty()
    now = session.ask(current, store)
    if now is None:
        layout.nothing(
            sentence,
            "Dieser Datenstand hat keinen Plan nach Gebieten, in dem sich Geld verschieben ließe.",
            METHOD,
            "Die Tabelle „booking“ des Datenpakets nimmt ihn auf: Plan je Leistung und Gebiet.",
        )
    found = moving_view.changes()
    try:
        result = moved(now, found)
    except MoneyError as error:
        st.warning(f"{layout.escape(str(error))} Die Verschiebungen sind zurückgenommen.")
        selection.forget("plan")
        found = ()
        result = moved(now, found)
    with sentence.container():
        pot = fmt.money(float(now.pot))
        layout.answer(f"**{pot}** im Plan {now.year} sind frei verteilbar. {layout.escape(result.sentence)}")
    left, right = st.container(key="split").columns([5, 4], gap="large")
    with left:
        moving_view.form(now)
        moving_view.listed(now, found)
    everywhere = set(session.ask(area_list, store)["area_id"])
    chosen = selection.optional("gebiet", set(result.areas["area_id"]), everywhere)
    with right:
        area_maps.measure_map(store, moving_view.measure(now, result), "map", chosen, 400)
    st.header("Gebiete", anchor=False)
    other, name = None, ""
    try:
        known = moving_view.kept(store) if store.view == "planung" else {}
        compared = moving_view.versus(known)
        if compared is not None:
            other, name = moved(now, compared.changes), compared.name
    except (PlanError, MoneyError) as error:
        known = {}
        st.warning(layout.escape(str(error)))
    moving_view.areas_table(store, now, result, other)
    if other is not None:
        moving_view.both(result, other, name)
    if store.view == "planung":
        st.header("Szenarien", anchor=False)
        moving_view.shelf(store, known, found)
    if part := layout.fold("Was das Gesetz sperrt", "locked"):
        with part:
            moving_view.locked(now)
    for note in now.notes:
        st.caption(layout.escape(note))
    st.caption(LAW)
    layout.method_link(METHOD)
