"""One map, a year to step through, and what was chosen."""

import streamlit as st

from raumblick.ui.map import HIDDEN, MISSING, AreaMap, area_map

COUNT = 63
year = st.slider("Jahr", 2020, 2024, 2020)
shift = year - 2020
classes = [(n + shift) % 5 for n in range(COUNT)]
classes[3], classes[50] = MISSING, HIDDEN
values = [1234.5 + n if cls >= 0 else None for n, cls in enumerate(classes)]
if st.checkbox("Karte zeigen", value=True):
    picked = area_map(
        AreaMap(
            geometry_url="/geo/fehlt.json" if "fehlt" in st.query_params else "/geo/ortsteil.json",
            classes=classes[:62] if "kurz" in st.query_params else classes,
            values=values[:62] if "kurz" in st.query_params else values,
            low=[1000.0] * (62 if "kurz" in st.query_params else COUNT),
            high=[2000.0] * (62 if "kurz" in st.query_params else COUNT),
            class_names=("sehr gering", "gering", "mittel", "hoch", "sehr hoch"),
            uncertain=None if "kurz" in st.query_params else [n % 10 == 0 for n in range(COUNT)],
            title="Testquote",
            unit="%",
            selected=st.session_state.get("gewaehlt", "40"),
        ),
        key="karte",
        on_select=lambda: st.session_state.update(gewaehlt=st.session_state["karte"].select),
    )
    st.write(f"Klick: {picked or 'keiner'}")
st.write(f"Gewählt: {st.session_state.get('gewaehlt', 'nichts')}")
st.write(f"Jahr: {year}")
