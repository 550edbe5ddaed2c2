"""Was-wäre-wenn: move money in a fixed pot: who wins, who loses, what does the law lock?"""

import streamlit as st

from raumblick.answers.moving import LAW, MoneyError, PlanError, current, kept, scenarios
from raumblick.answers.profile import area_list
from raumblick.ui import layout, moving_shelf, moving_stage, moving_view, removal, session, worth_view

METHOD = (
    "Verschoben wird nur Geld, das die Stadt frei verteilen darf; die Summe bleibt der Topf. Erreicht heißt: So viele junge "
    "Menschen könnten zum üblichen Betrag der Stadt versorgt werden. Die Kosten einer Stelle sind eine Annahme."
)

with layout.page("Was-wäre-wenn") as store:
    sentence = st.empty()
    try:
        now = session.ask(current, store)
    except MoneyError as error:
        layout.nothing(sentence, f"Die Buchungen lassen sich nicht auswerten. {layout.escape(str(error))}", METHOD)
    if now is None:
        layout.nothing(
            sentence,
            "Dieser Datenstand hat keinen Plan, in dem sich Geld verschieben ließe.",
            METHOD,
            "Die Tabelle „booking“ des Datenpakets nimmt ihn auf: Plan je Leistung und Gebiet.",
        )
    known, against = {}, None
    if store.view == "planung":
        try:
            known = kept(scenarios(session.settings().plans_url), store)
        except PlanError as error:
            st.warning(layout.escape(str(error)))
    if (compared := moving_view.versus(known)) is not None:
        against = moving_stage.Against(compared.changes, compared.name, moving_view.map_against())
    everywhere = set(session.ask(area_list, store)["area_id"])
    drawn = moving_stage.stage(store, now, against, everywhere, sentence)
    st.markdown(moving_view.locked_line(now))
    if part := layout.fold("Was das Gesetz sperrt", "locked"):
        with part:
            moving_view.locked(store, now)
    st.header("Gebiete", anchor=False)
    moving_view.areas_table(store, now, drawn.result, drawn.other)
    if drawn.other is not None and against is not None:
        st.header("Leistungen", anchor=False)
        moving_view.both(store, drawn.result, drawn.other, against.name)
    if part := layout.fold("Wo hilft zusätzliches Geld am meisten? Gleichheit und Wirkung", "worth_part"):
        with part:
            worth_view.part(store, now, drawn.result, float(drawn.post))
    if store.view == "planung":
        st.header("Szenarien", anchor=False)
        moving_shelf.shelf(store, known, drawn.found)
        removal.part(store)
    for note in now.notes:
        st.caption(layout.escape(note))
    st.caption(LAW)
    layout.method_link(METHOD)
