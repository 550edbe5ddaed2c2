"""Überblick: what stands out in this city now? One line and one picture each for need, supply and money."""

import streamlit as st

from raumblick.answers.overview import overview
from raumblick.answers.values import levels
from raumblick.ui import area_maps, charts, layout, sentences, session, tables
from raumblick.ui import format as fmt

with layout.page("Überblick") as store:
    level = session.ask(levels, store)[0]
    result = session.ask(overview, store, level)
    layout.answer(sentences.overview_sentence(result, store.city["title"], level))

    left, right = st.container(key="split").columns(2, gap="large")
    for place, block, question, key in (
        (left, result.need, "Bedarf", "need"),
        (right, result.supply, "Versorgung", "supply"),
    ):
        with place:
            st.header(question, anchor=False)
            if block is None:
                st.info("Dazu sind in diesem Datenstand keine Zahlen eingelesen.")
                continue
            st.markdown(sentences.spread_sentence(block, store.city["title"]))
            area_maps.spread_map(store, block, f"map_{key}", height=360)
            if twin := layout.fold("Tabelle mit denselben Zahlen", f"twin_{key}"):
                with twin:
                    tables.table(*tables.spread_rows(block), store, f"table_{key}")
            st.page_link(
                "pages/lage/karte.py",
                label=f"{layout.escape(block.indicator.name)}: Karte, Veränderung und Tabelle",
                query_params={"stadt": store.city["city_id"], "kennzahl": block.indicator.key, "ebene": level},
            )

    st.header("Budget", anchor=False)
    if result.money is None:
        st.info("In diesem Datenstand sind keine Buchungen eingelesen.")
    else:
        st.markdown(sentences.spending_sentence(result.money))
        charts.show(charts.spending_chart(result.money), "money", sentences.spending_sentence(result.money))
        if twin := layout.fold("Tabelle mit denselben Zahlen", "twin_money"):
            columns = [
                tables.Column("year", "Jahr"),
                tables.Column("plan", "Ansatz (€)", 2),
                tables.Column("amended", "Fortgeschriebener Ansatz (€)", 2),
                tables.Column("actual", "Ist (€)", 2),
            ]
            with twin:
                tables.table(result.money.years, columns, "Hilfen zur Erziehung, Ansatz und Ist", store, "money", state=None)
        st.caption(sentences.LEGAL)
    layout.method_link(f"Gezeigt werden {fmt.level(level, many=True)}.")
