"""Budgetstand: plan, committed, spent and forecast, per area and service; what will be over?"""

import streamlit as st

from raumblick.answers.books import ALL, BASES, LAW, MoneyError, books, course, usual_basis, usual_year, years
from raumblick.answers.profile import area_list
from raumblick.ui import area_maps, books_more, books_view, layout, selection, session

METHOD = (
    "Verfügbar ist der fortgeschriebene Plan ohne Ist und gebundene Beträge. Die Prognose nimmt bis April die Mitte aus vier "
    "Verfahren, danach Hochrechnung und jüngste Monate; ihr Bereich kommt aus früheren Jahren. Gelb ab 20 %, rot ab 50 % "
    "Wahrscheinlichkeit, mehr als 1 % über dem Plan zu liegen."
)

with layout.page("Budgetstand") as store:
    sentence = st.empty()
    known = session.ask(years, store)
    if not known:
        layout.nothing(
            sentence,
            "Dieser Datenstand hat keine Buchungen.",
            METHOD,
            "Die Tabelle „booking“ des Datenpakets nimmt sie auf: Plan, Ist und gebundene Beträge je Leistung und Gebiet.",
        )
    options = [str(year) for year in known]
    with st.container(horizontal=True, gap="large", key="controls"):
        year = int(selection.select("jahr", "Jahr", options, str, str(session.ask(usual_year, store)), width=140))
        basis = selection.select(
            "zuordnung", "Zuordnung", list(BASES), BASES.__getitem__, session.ask(usual_basis, store), "segmented_control",
            required=True,
        )  # fmt: skip
    try:
        result = session.ask(books, store, year, basis)
    except MoneyError as error:
        layout.nothing(sentence, f"Die Buchungen lassen sich nicht auswerten. {layout.escape(str(error))}", METHOD)
    with sentence.container():
        layout.answer(books_view.sentence(result))
    names = {ALL: "Alle Leistungen"} | dict(zip(result.services["key"], result.services["name"], strict=True))
    left, right = st.container(key="split").columns([1, 1], gap="large")
    with left:
        service = selection.select("leistung", "Leistung", list(names), names.__getitem__, ALL)
        found = course(store, result, service)
        if found is None:
            st.info("Nach Monaten ist nichts gebucht; einen Verlauf im Jahr gibt es darum nicht.")
        else:
            books_view.course(found)
    with right:
        if len(result.areas):
            everywhere = set(session.ask(area_list, store)["area_id"])
            chosen = selection.optional("gebiet", set(result.areas["key"]), everywhere)
            area_maps.measure_map(store, books_view.measure(result), "map", chosen, 420)
    st.header("Leistungen", anchor=False)
    books_view.table(store, result, result.services, "Leistung", "services")
    if len(result.areas) and (part := layout.fold("Gebiete", "areas")):
        with part:
            books_view.table(store, result, result.areas, "Gebiet", "areas_table")
    if part := layout.fold("Andere Gliederung: Produkt, Träger, Art, Konto, Monat; Aufwand und Ertrag", "ways"):
        with part:
            books_more.other_ways(store, result)
    if result.running and result.month and (part := layout.fold("Zweite Meinung: Prognose aus den Fällen", "second")):
        with part:
            books_more.from_cases(store, result)
    if part := layout.fold("Auffälliges in den Buchungen", "odd"):
        with part:
            books_more.odd(store)
    for note in (*books_view.remarks(result), *result.notes):
        st.caption(layout.escape(note))
    st.caption(LAW)
    layout.method_link(METHOD)
