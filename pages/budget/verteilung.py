"""Verteilung: a fair formula, and why each area gets this euro."""

import streamlit as st

from raumblick.answers.profile import area_list
from raumblick.answers.sharing import LAW, MoneyError, ground, pots
from raumblick.ui import layout, selection, session, sharing_stage, sharing_view

METHOD = (
    "Der Sockel geht nach der Zahl junger Menschen, der Rest nach der Zahl belasteter junger Menschen und Haushalte (Fälle, "
    "keine Quoten). Grenzen gelten gegen den bisherigen Anteil am Topf; die Summe ist immer genau der Topf."
)

with layout.page("Verteilung") as store:
    sentence = st.empty()
    known = session.ask(pots, store)
    if not known:
        layout.nothing(
            sentence,
            "Dieser Datenstand hat keine geplanten Beträge nach Gebieten, die sich frei verteilen lassen.",
            METHOD,
            "Die Tabelle „booking“ des Datenpakets nimmt sie auf: Plan je Leistung und Gebiet.",
        )
    by_key = {pot.service: pot for pot in known}
    first = next((key for key in ("okja", "fallunspezifisch") if key in by_key), known[0].service)
    with st.container(key="controls"):
        chosen_pot = selection.select("topf", "Topf", list(by_key), lambda key: by_key[key].name, first)
    pot = by_key[chosen_pot]
    try:
        base = session.ask(ground, store, pot.level)
    except MoneyError as error:
        layout.nothing(sentence, f"Hier lässt sich nicht nach einer Formel verteilen. {layout.escape(str(error))}", METHOD)
    everywhere = set(session.ask(area_list, store)["area_id"])
    drawn = sharing_stage.stage(store, pot, base, everywhere, sentence)
    if drawn is None:
        layout.method_link(METHOD)
        raise layout.PageEndsError
    result, chosen = drawn
    st.header("Warum dieser Betrag?", anchor=False)
    names = result.rows.set_index("area_id")["name"]
    top = str(result.rows.sort_values("change")["area_id"].iloc[-1])
    shown = selection.select("gebiet", "Gebiet", list(names.index), names.__getitem__, chosen or top)
    sharing_view.one_area(result, shown)
    st.header("Alle Gebiete", anchor=False)
    sharing_view.areas_table(store, result, pot, base)
    if part := layout.fold("Der Weg zur Formel in Jahren", "way_part"):
        with part:
            sharing_view.years_table(store, pot, base)
    if base.left_out:
        names_left = ", ".join(map(layout.escape, base.left_out))
        st.caption(f"Nicht für alle Gebiete bekannt und darum nicht in der Formel: {names_left}.")
    st.caption(LAW)
    layout.method_link(METHOD)
