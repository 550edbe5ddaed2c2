"""Prognose: how many children of which age will live here, with which certainty?"""

import streamlit as st

from raumblick.answers.profile import area_list
from raumblick.answers.projection import GROUPS, SupplyError, outlook, services_for
from raumblick.ui import area_maps, controls, layout, projection_view, selection, session, supply_view

METHOD = (
    "Jahrgänge werden älter, wie es ihre Vorgänger im Gebiet taten (kleine Gebiete folgen auch der Stadt); Neugeborene sind das "
    "Mittel der drei jüngsten Jahrgänge. Der Bereich kommt aus den Fehlern derselben Rechnung in früheren Jahren. Neue "
    "Wohngebiete sind nur enthalten, soweit es sie auch früher gab."
)
CODES = {f"{low}-{high}": (low, high) for low, high in GROUPS}

with layout.page("Prognose") as store:
    sentence = st.empty()
    with st.container(horizontal=True, gap="medium", key="controls"):
        first = next((code for code, group in CODES.items() if session.ask(services_for, store, *group)), next(iter(CODES)))
        code = selection.select(
            "alter", "Alter", sorted(CODES, key=CODES.__getitem__), lambda c: projection_view.ages(*CODES[c]), first, width=260
        )
        level = controls.level(store)
        target = st.container(width=150)
    try:
        found = session.ask(outlook, store, level, *CODES[code])
    except SupplyError as error:
        layout.nothing(
            sentence,
            f"Hier ist keine Prognose möglich. {layout.escape(str(error))}",
            METHOD,
            "Gebraucht werden Einwohner nach Alter und Gebiet zum 31.12. mehrerer Jahre: Tabelle „population“ des Datenpakets.",
        )
    with target:
        years = [str(year) for year in found.years]
        year = int(selection.select("zieljahr", "Jahr", years, str, years[-1]))
    with sentence.container():
        layout.answer(projection_view.sentence(found, year, store.city["title"]))
    shown = selection.select(
        "karte", "Karte zeigt", list(projection_view.SHOWN), projection_view.SHOWN.__getitem__, "zahl", "segmented_control",
        required=True, label_visibility="collapsed",
    )  # fmt: skip
    rows = found.in_year(year)
    everywhere = set(session.ask(area_list, store)["area_id"])
    chosen = selection.optional("gebiet", set(rows["area_id"]), everywhere)
    area_maps.measure_map(store, projection_view.measure(found, year, shown), "map", chosen)
    if any(note.code == "ages_split" for note in found.notes):
        st.caption("Geschätzt: Die Einwohner sind nur in breiteren Altersgruppen bekannt und gleichmäßig auf Jahrgänge verteilt.")
    if part := layout.fold("Tabelle mit denselben Zahlen", "twin"):
        with part:
            projection_view.areas_table(store, found, year)
    st.header("Verlauf von Stadt und Gebiet", anchor=False)
    names = rows.set_index("area_id")["name"]
    largest = rows.loc[rows["change"].abs().idxmax(), "area_id"] if rows["change"].notna().any() else names.index[0]
    area = selection.select("gebiet", "Gebiet", list(names.index), names.__getitem__, str(chosen or largest))
    projection_view.paths(store, found, area, names[area], store.city["title"])
    st.header("Wie gut war die Rechnung bisher?", anchor=False)
    st.markdown(projection_view.record_text(found, year))
    if part := layout.fold("Rückrechnungen im Einzelnen", "record_part"):
        with part:
            projection_view.record(store, found)
    if part := layout.fold("Welche Plätze werden gebraucht?", "places_part"):
        with part:
            projection_view.places(store, found, year)
    supply_view.missing(found.notes)
    layout.method_link(METHOD)
