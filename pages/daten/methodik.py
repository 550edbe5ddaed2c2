"""Methodik: how it is computed, limits, glossary, privacy, accessibility."""

import streamlit as st

from raumblick.ui import layout, method_texts, session

with layout.page("Methodik"):
    layout.answer("So rechnet Raumblick, das sagen die Zahlen nicht, und das bedeuten die Wörter.")
    names = ["Wie gerechnet wird", "Grenzen", "Glossar", "Datenschutz", "Barrierefreiheit"]
    method, limits, glossary, privacy, access = st.tabs(names)
    with method:
        method_texts.show_sections(method_texts.METHOD)
    with limits:
        method_texts.show_sections(method_texts.LIMITS)
    with glossary:
        method_texts.show_glossary(session.catalogue())
    with privacy:
        method_texts.show_sections(method_texts.PRIVACY)
    with access:
        method_texts.show_sections(method_texts.ACCESS)
