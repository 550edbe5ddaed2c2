"""A year slider, the year in words, and the map that the address asks for: `?page=empty|component|folium|plotly&city=...`."""

import streamlit as st

from benchmarks.apps import parts

kind, city = st.query_params["page"], st.query_params.get("city", "")
year = st.slider("Jahr", *parts.YEARS, parts.YEARS[1])
with st.container(key="echo"):
    st.text(f"Jahr {year}")
if kind != "empty":
    parts.DRAW[kind](parts.load(city), year)
