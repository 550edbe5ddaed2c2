"""Übergänge: where do children get lost between Frühe Hilfen, Kita, Schule and Ausbildung?"""

import streamlit as st

from raumblick.answers.profile import area_list
from raumblick.answers.steps import step_name, steps
from raumblick.ui import area_maps, controls, layout, selection, session, step_view, supply_view

COHORTS = {"3": "die drei jüngsten", "alle": "alle"}
METHOD = (
    "Ein Schritt zählt die Kinder eines Jahrgangs vorher und danach. Sicher anders heißt: genauer Binomialtest gegen die Stadt, "
    "höchstens 5 % der genannten Gebiete zu Unrecht genannt. Verlorene Kinder können auch weggezogen sein."
)

with layout.page("Übergänge") as store:
    sentence = st.empty()
    with st.container(horizontal=True, gap="medium", key="controls"):
        which = st.container(width=360)
        level = controls.level(store)
        newest = selection.select(
            "jahrgaenge", "Jahrgänge", list(COHORTS), COHORTS.__getitem__, "3", "segmented_control", required=True
        )
    result = session.ask(steps, store, level, None if newest == "alle" else int(newest))
    if result is None:
        layout.nothing(
            sentence,
            "Dieser Datenstand hat keine Zahlen zu Übergängen zwischen Kita, Schule und Ausbildung.",
            METHOD,
            "Die Tabelle „transition“ des Datenpakets nimmt sie auf: Kinder eines Jahrgangs vor und nach jedem Schritt.",
        )
    worst = max(result.keys, key=lambda k: len(result.losing(k)))
    with which:
        key = selection.select("schritt", "Schritt", list(result.keys), step_name, worst)
    everywhere = set(session.ask(area_list, store)["area_id"])
    chosen = selection.optional("gebiet", set(result.step(key)["area_id"]), everywhere)
    with sentence.container():
        layout.answer(step_view.sentence(result, key, store.city["title"]))
    area_maps.measure_map(store, step_view.measure(result, key), "map", chosen)
    if part := layout.fold("Tabelle mit denselben Zahlen", "twin"):
        with part:
            step_view.areas_table(store, result, key)
    st.header("Ein Gebiet im Ganzen", anchor=False)
    names = result.step(key).set_index("area_id")["name"]
    losing = result.losing(key)
    default = losing["area_id"].iloc[0] if len(losing) else names.index[0]
    shown = selection.select("gebiet", "Gebiet", list(names.index), names.__getitem__, str(chosen or default))
    step_view.life(store, result, shown, names[shown])
    step_view.offers(store, shown, names[shown], key)
    supply_view.missing(result.notes)
    layout.method_link(METHOD)
