"""Methodik: how it is computed, limits, glossary, accessibility."""

import streamlit as st

from raumblick.ui import layout, method_texts, session

with layout.page("Methodik"):
    layout.answer("So rechnet Raumblick, das sagen die Zahlen nicht, und das bedeuten die Wörter.")
    method, limits, glossary, access = st.tabs(["Wie gerechnet wird", "Grenzen", "Glossar", "Barrierefreiheit"])
    with method:
        method_texts.show_sections(method_texts.METHOD)
    with limits:
        method_texts.show_sections(method_texts.LIMITS)
    with glossary:
        method_texts.show_glossary(session.catalogue())
    with access:
        method_texts.show_sections(method_texts.ACCESS)
