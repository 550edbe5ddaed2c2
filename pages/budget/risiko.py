"""Risiko: how likely is the budget exceeded, which reserve is enough?"""

import streamlit as st

from raumblick.answers.danger import LAW, MoneyError, danger
from raumblick.answers.preventing import prevention_now
from raumblick.ui import danger_view, layout, prevention_view, session

METHOD = (
    "Aus laufenden Fällen, neuen Fällen, Dauer und Preis der letzten zwölf Monate; Mittel und Streuung sind exakt gerechnet. "
    "Dazu kommen gemeinsame Schwankungen: 5 % bei neuen Fällen, 2 % bei Preisen, für alle Leistungen zugleich."
)

with layout.page("Risiko") as store:
    sentence = st.empty()
    given = danger_view.assumptions()
    try:
        result = session.ask(danger, store, given)
    except MoneyError as error:
        layout.nothing(sentence, f"Das Risiko lässt sich nicht rechnen. {layout.escape(str(error))}", METHOD)
    if result is None:
        layout.nothing(
            sentence,
            "Dieser Datenstand hat keine Fallzahlen mit Kosten und Plan; ohne sie gibt es kein Risiko zu rechnen.",
            METHOD,
            "Die Tabellen „caseload“ und „booking“ des Datenpakets nehmen sie auf.",
        )
    with sentence.container():
        layout.answer(danger_view.sentence(result))
    danger_view.chart(result)
    st.header("Welche Rücklage reicht?", anchor=False)
    danger_view.reserves(result, given.level)
    st.header("Was, wenn das Jahr schwer wird?", anchor=False)
    danger_view.stress(result)
    now = session.ask(prevention_now, store)
    if now is not None and (part := layout.fold("Prävention: Was müsste sie leisten, damit sie sich trägt?", "prevention_part")):
        with part:
            prevention_view.part(store, now)
    if part := layout.fold("Tabelle mit denselben Zahlen", "twin"):
        with part:
            danger_view.services(store, result)
    for note in result.notes:
        st.caption(layout.escape(note))
    st.caption(LAW)
    layout.method_link(METHOD)
