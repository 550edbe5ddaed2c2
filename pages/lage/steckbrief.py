"""Steckbrief: everything on one area on one screen, readable in 60 seconds, printable."""

import streamlit as st

from raumblick.answers.overview import spending
from raumblick.answers.profile import area_list, profile, series
from raumblick.answers.spread import spread
from raumblick.answers.trends import trend_of
from raumblick.answers.values import indicators
from raumblick.ui import area_maps, charts, controls, layout, parts, sentences, session, tables
from raumblick.ui import format as fmt

FIGURES = ("pop_total", "pop_u15_share", "pop_u18_share", "sgb2_u15", "mss_s4", "unemp", "hze_rate", "kita_cov_u6")
LEADS = ("sgb2_u15", "mss_s4", "sgb2_0_64", "unemp", "pop_total")
TRENDS = ("sgb2_u15", "mss_s4", "hze_rate", "kwg_rate", "pop_u6", "pop_total", "unemp", "sp_bg_share", "foreign_share")

with layout.page("Steckbrief") as store:
    areas = session.ask(area_list, store)
    sentence = st.container()
    with st.container(horizontal=True, key="controls", vertical_alignment="bottom"):
        base = areas[areas["is_base"]].sort_values("area_id")
        area_id = controls.area(areas, str(base["area_id"].iloc[0]))
    result = session.ask(profile, store, area_id)
    with sentence:
        layout.answer(sentences.profile_sentence(result))
    known = {sheet.key for sheet in session.ask(indicators, store, result.area.level)}
    figures = [session.ask(series, store, key, result.area) for key in FIGURES if key in known][:4]
    facts, locator = st.container(key="split").columns([5, 2], gap="medium")
    with facts:
        st.caption(parts.place(result))
        parts.key_figures(figures)
        st.header("Wo steht das Gebiet?", anchor=False)
        core = parts.core(result)
        if len(core):
            description = "Lage des Gebiets zwischen dem niedrigsten und dem höchsten; die Tabelle unten hat dieselben Werte"
            charts.show(charts.spine_chart(core, result.spread), "spine", description)
        else:
            st.info("Für dieses Gebiet gibt es keine Kennzahlen, die sich vergleichen lassen.")
    with locator:
        lead = next((key for key in LEADS if key in known), None)
        if lead and result.area.level != "stadt":
            area_maps.spread_map(store, session.ask(spread, store, lead, result.area.level), "locator", area_id, 300)
        if len(result.residents):
            st.markdown(f"**Unter 27-Jährige nach Alter** ({fmt.date(result.residents['date'].iloc[0])})")
            charts.show(charts.ages_chart(result.residents, 200), "ages", "Einwohner unter 27 Jahren nach Alter")
            if guessed := sentences.ages_sentence(charts.below_27(result.residents)):
                st.caption(guessed)

    trends = [session.ask(series, store, key, result.area) for key in TRENDS if key in known]
    trends = [t for t in trends if t.area["value"].notna().sum() > 1][:3]
    if trends:
        st.header("Wie hat es sich entwickelt?", anchor=False)
        if any(trend.area["low"].notna().any() for trend in trends):
            st.caption("Helle Fläche: 95-%-Bereich des Gebiets. Grau: die ganze Stadt.")
        grid = st.grid(3, min_column_width=260)
        for trend in trends:
            with grid.cell():
                st.markdown(f"**{layout.escape(trend.indicator.name)}** ({layout.escape(trend.indicator.unit)})")
                said = sentences.series_sentence(trend)
                charts.show(charts.series_chart(trend, result.area.name), f"trend_{trend.indicator.key}", said)
                st.caption(f"{said}  \n{sentences.trend_line(trend_of(trend), trend.indicator)}")

        if twin := layout.fold("Tabelle mit denselben Zahlen", "twin_trends"):
            with twin:
                columns = [
                    tables.Column("name", "Kennzahl"),
                    tables.Column("period", "Zeitraum"),
                    tables.Column("value", result.area.name, 1),
                    tables.Column("low", "95-%-Bereich von", 1),
                    tables.Column("high", "bis", 1),
                    tables.Column("city", "Stadt", 1),
                    tables.Column("unit", "Einheit"),
                ]
                tables.table(parts.series_rows(trends), columns, f"Entwicklung {result.area.name}", store, "trends")

    st.header("Alle Kennzahlen", anchor=False)
    standing = parts.standing(result)
    if len(standing):
        tables.table(standing, parts.STANDING, f"Steckbrief {result.area.name}", store, "standing", state=None)
    else:
        st.info("Für dieses Gebiet gibt es keine Kennzahlen.")

    st.header("Was gibt es hier?", anchor=False)
    offers = parts.offers(result)
    if len(offers):
        tables.table(
            offers,
            [
                tables.Column("service_name", "Leistung"),
                tables.Column("paragraph", "Rechtsgrundlage"),
                tables.Column("count", "Angebote", 0),
                tables.Column("places", "Plätze", 0),
                tables.Column("enrolled", "belegt"),
                tables.Column("inclusive", "davon inklusiv", 0),
                tables.Column("without_places", "ohne Platzangabe", 0),
            ],
            f"Angebote {result.area.name}",
            store,
            "offers",
            state=None,
        )
    else:
        st.info("In diesem Gebiet ist kein Angebot verzeichnet.")
    money = session.ask(spending, store, area_id)
    if money is not None:
        st.header("Was kostet es?", anchor=False)
        st.markdown(sentences.spending_sentence(money))
        charts.show(charts.spending_chart(money, 240), "money", sentences.spending_sentence(money))
        st.caption(sentences.LEGAL)
    layout.method_link("Verglichen wird mit dem Wert der ganzen Stadt; „sicher“ heißt: der 95-%-Bereich enthält ihn nicht.")
