"""Builds the navigation and the frame that all pages share; nothing else."""

from contextlib import suppress

import streamlit as st

from raumblick.ui import gate, layout, selection

PAGES = {
    "Lage": [
        st.Page("pages/lage/ueberblick.py", title="Überblick", default=True),
        st.Page("pages/lage/karte.py", title="Karte"),
        st.Page("pages/lage/steckbrief.py", title="Steckbrief"),
        st.Page("pages/lage/vergleich.py", title="Vergleich"),
    ],
    "Bedarf": [
        st.Page("pages/bedarf/schwerpunktraeume.py", title="Schwerpunkträume"),
        st.Page("pages/bedarf/suche.py", title="Gebiete suchen"),
        st.Page("pages/bedarf/prognose.py", title="Prognose", help="Wie viele Kinder welchen Alters werden hier leben?"),
    ],
    "Versorgung": [
        st.Page("pages/versorgung/luecken.py", title="Versorgung und Lücken"),
        st.Page("pages/versorgung/angebote.py", title="Angebote"),
        st.Page("pages/versorgung/uebergaenge.py", title="Übergänge"),
        st.Page("pages/versorgung/planspiel.py", title="Standort-Planspiel"),
    ],
    "Budget": [
        st.Page("pages/budget/budgetstand.py", title="Budgetstand"),
        st.Page("pages/budget/waswaerewenn.py", title="Was-wäre-wenn"),
        st.Page("pages/budget/verteilung.py", title="Verteilung"),
        st.Page("pages/budget/risiko.py", title="Risiko"),
    ],
    "Daten": [
        st.Page("pages/daten/quellen.py", title="Daten und Quellen"),
        st.Page("pages/daten/importieren.py", title="Import", url_path="import"),
        st.Page("pages/daten/methodik.py", title="Methodik"),
        st.Page("pages/daten/protokoll.py", title="Protokoll"),
    ],
}

st.set_page_config(layout="wide")
selection.begin()
chosen = st.navigation(PAGES, position="hidden")
if gate.admitted():  # else the address stays as it is: after the login it counts
    try:
        layout.navigation(PAGES)
        layout.head()
        with suppress(layout.PageEndsError):
            chosen.run()
    finally:
        selection.finish()
