"""Standort-Planspiel: what if an offer opens, closes, grows or moves here, and where would it help most?"""

import streamlit as st

from raumblick.answers.access import SupplyError, kinds, offered
from raumblick.answers.siting import MoveError, centres, helpful, play
from raumblick.ui import layout, selection, session, siting_view, supply_view

METHOD = (
    "Jedes Angebot teilt sich unter allen Kindern auf, die es auf dem gewählten Weg erreichen (Luftlinie mal 1,3, nähere zählen "
    "mehr). Orange gewinnt, violett verliert. Die Variante steht in der Adresse: Ein kopierter Link zeigt sie wieder."
)

with layout.page("Standort-Planspiel") as store:
    sentence = st.empty()
    known = session.ask(offered, store)
    places_of = session.ask(centres, store)
    if not known or places_of is None:
        layout.nothing(sentence, "Für das Planspiel fehlen Angebote mit Platzzahlen oder die Grenzen der Gebiete.", METHOD)
    by_key = {service.key: service for service in known}
    first = next((key for key in ("kita_36", "kita", "hort") if key in by_key), known[0].key)
    with st.container(horizontal=True, gap="medium", key="controls"):
        key = selection.select("leistung", "Leistung", list(by_key), lambda k: by_key[k].name, first, width=280)
        try:
            targets = session.ask(kinds, store, key)
        except SupplyError as error:
            layout.nothing(sentence, layout.escape(str(error)), METHOD)
        kind = selection.select("ziel", "Zielwert", [*targets, "ohne"], supply_view.kind_text, [*targets, "ohne"][0], width=180)
        radius = float(selection.select("weg", "Weg", supply_view.RADII, supply_view.way_text, "1500", width=130))
    level, wanted = places_of.level, None if kind == "ohne" else kind
    text = siting_view.moves_text(siting_view.moves())
    try:
        result = session.ask(play, store, key, level, wanted, radius, text)
    except MoveError as error:
        st.warning(f"{layout.escape(str(error))} Gezeigt wird der Stand von heute.")
        selection.forget("variante")
        result = session.ask(play, store, key, level, wanted, radius, "")
    kept = selection.text("gemerkt")
    try:
        other = session.ask(play, store, key, level, wanted, radius, kept) if kept else None
    except MoveError:
        selection.forget("gemerkt")
        other = None
    with sentence.container():
        layout.answer(siting_view.sentence(result, by_key[key].name))
    usual = int(result.sites["places"].median()) if result.sites["places"].notna().any() else 50
    picture, panel = st.container(key="split").columns([5, 3], gap="large")
    better = None
    with panel:
        if wanted and (part := layout.fold("Wo hilft ein weiteres Angebot am meisten?", "best")):
            with part:
                better = session.ask(helpful, store, key, level, wanted, radius, text, usual)
                siting_view.proposals(better, usual)
        st.header("Neues Angebot", anchor=False)
        siting_view.open_new(places_of.table, usual)
        st.header("Bestehendes Angebot", anchor=False)
        siting_view.change_one(result)
    with picture:
        siting_view.draw(store, result, better)
        siting_view.listed(result)
    siting_view.compare(result, other)
    if part := layout.fold("Tabelle mit denselben Zahlen", "twin"):
        with part:
            siting_view.areas_table(store, result, other)
    supply_view.missing(result.base.notes)
    layout.method_link(METHOD)
