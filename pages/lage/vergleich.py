"""Vergleich: two to five areas, and the areas most like them, on one scale with intervals."""

import streamlit as st

from raumblick.answers.compare import LEAST, alike, comparison
from raumblick.answers.profile import area_list
from raumblick.ui import charts, compare_view, controls, layout, selection, session
from raumblick.ui import format as fmt

METHOD = (
    "Jede Zeile hat dieselbe Skala: der Abstand vom Wert der Stadt, geteilt durch die Standardabweichung der Gebiete. "
    "Balken sind 95-%-Bereiche. Ähnlich sind Gebiete, deren Kennzahlen der Lebenslage im Mittel nah beieinander liegen."
)

with layout.page("Vergleich") as store:
    sentence = st.container()
    with st.container(key="controls"):
        level = controls.level(store)
        areas = session.ask(area_list, store)
        rows = areas[areas["level"] == level].drop_duplicates("area_id").sort_values("name")
        twice = rows["name"].duplicated(keep=False)
        known = {
            key: f"{name}, {key}" if double else name
            for key, name, double in zip(rows["area_id"], rows["name"], twice, strict=True)
        }
        focus = selection.optional("gebiet", set(known), set(areas["area_id"]))
        first = focus or next(iter(rows.sort_values("area_id")["area_id"]))
        nearest = session.ask(alike, store, level, first)
        others = list(nearest.areas["area_id"]) if nearest is not None else [key for key in known if key != first]
        given = compare_view.chosen_areas(known, [first, *others[:2]])
    result = session.ask(comparison, store, level, tuple(given))
    with sentence:
        layout.answer(compare_view.sentence(result))
    if len(given) >= LEAST and len(result.rows):
        text = f"{METHOD} Die Tabelle hat dieselben Werte."
        charts.show(compare_view.chart(result), "compare", text)
        compared = sorted(set(result.rows["middle"]))
        if "mittel" in compared:
            st.caption(
                "Wo es keinen Wert der Stadt gibt oder Anzahlen verglichen werden, steht die Linie für das Mittel der Gebiete."
            )
        if twin := layout.fold("Tabelle mit denselben Zahlen", "twin_compare"):
            with twin:
                compare_view.twin(store, result)
    elif len(given) >= LEAST:
        st.markdown("Für diese Gebiete gibt es keine gemeinsame Kennzahl, die sich vergleichen lässt.")

    st.header("Wer ist ähnlich?", anchor=False)
    pool = given or [first]
    asked = selection.select("aehnlich", "Ähnlich wie", pool, known.__getitem__, pool[0], width=360)
    found = session.ask(alike, store, level, asked)
    if found is None:
        st.markdown(f"Für {layout.escape(known[asked])} sind zu wenige Kennzahlen bekannt, um ähnliche Gebiete zu finden.")
    else:
        st.markdown(compare_view.alike_sentence(found))
        compare_view.alike_table(store, found)
        if part := layout.fold("Woher der Abstand kommt", "alike_parts"):
            with part:
                note = "Unterschiede in Standardabweichungen: plus heißt höher als im gefragten Gebiet."
                charts.show(compare_view.alike_chart(found), "alike_chart", f"{note} Die Tabelle darüber nennt die größten.")
                st.caption(note)
        new = [key for key in found.areas["area_id"] if key not in given][:3]
        with st.container(horizontal=True):
            for key in new:
                name = layout.escape(known[key])
                st.button(f"{name} dazunehmen", key=f"add_{key}", on_click=compare_view.add, args=(key, given))
    layout.method_link(f"{METHOD} Ebene: {fmt.level(level, many=True)}.")
