"""Builds the navigation and the frame that all pages share; nothing else."""

import streamlit as st

from raumblick.ui import layout, selection

PAGES = {
    "Lage": [
        st.Page("pages/lage/ueberblick.py", title="Überblick", default=True, help="Was fällt in dieser Stadt jetzt auf?"),
        st.Page("pages/lage/karte.py", title="Karte", help="Wie verteilt sich eine Kennzahl, wie hat sie sich verändert?"),
        st.Page("pages/lage/steckbrief.py", title="Steckbrief", help="Alles zu einem Gebiet auf einem Blatt"),
        st.Page("pages/lage/vergleich.py", title="Vergleich", help="Zwei bis fünf Gebiete auf einer Skala, ähnliche Gebiete"),
    ],
    "Bedarf": [
        st.Page("pages/bedarf/schwerpunktraeume.py", title="Schwerpunkträume", help="Wo ist der Bedarf am höchsten, wie sicher?"),
        st.Page("pages/bedarf/suche.py", title="Gebiete suchen", help="Welche Gebiete erfüllen mehrere Bedingungen zugleich?"),
    ],
    "Daten": [
        st.Page("pages/daten/quellen.py", title="Daten und Quellen", help="Definition, Quelle, Stand und Lücken jeder Zahl"),
        st.Page("pages/daten/importieren.py", title="Import", url_path="import", help="Dateien prüfen und veröffentlichen"),
        st.Page("pages/daten/methodik.py", title="Methodik", help="Wie gerechnet wird, Grenzen, Glossar, Barrierefreiheit"),
    ],
}

st.set_page_config(layout="wide")
selection.begin()
try:
    chosen = st.navigation(PAGES, position="hidden")
    layout.navigation(PAGES)
    layout.head()
    chosen.run()
finally:
    selection.finish()
