"""Standort-Planspiel: what if an offer opens, closes, grows or moves here, and where would it help most?"""

import streamlit as st

from raumblick.answers.access import SupplyError, offered, spread
from raumblick.answers.siting import MoveError, centres, helpful, play
from raumblick.ui import layout, plays_shelf, plays_view, search_view, selection, session, siting_map, siting_view, supply_view

METHOD = (
    "Jedes Angebot teilt sich unter allen Kindern auf, die es auf dem gewählten Weg erreichen (Luftlinie mal 1,3, nähere zählen "
    "mehr). Die Variante steht in der Adresse: Ein kopierter Link zeigt sie wieder."
)

with layout.page("Standort-Planspiel") as store:
    sentence = st.empty()
    known = session.ask(offered, store)
    places_of = session.ask(centres, store)
    if not known or places_of is None:
        layout.nothing(sentence, "Für das Planspiel fehlen Angebote mit Platzzahlen oder die Grenzen der Gebiete.", METHOD)
    desk = plays_view.begin(store)
    asked = supply_view.question(store, sentence, METHOD, known, places_of.level)
    text = siting_view.moves_text(siting_view.moves())
    try:
        result = session.ask(play, store, asked, text)
    except MoveError as error:
        st.warning(f"{layout.escape(str(error))} Gezeigt wird der Stand von heute.")
        selection.forget("variante")
        result, text = session.ask(play, store, asked, ""), ""
    except SupplyError as error:
        layout.nothing(sentence, f"So lässt sich das Planspiel nicht rechnen. {layout.escape(str(error))}", METHOD)
    with sentence.container():
        layout.answer(siting_view.sentence(result, result.base.service.name))
    usual = int(result.sites["places"].median()) if result.sites["places"].notna().any() else 50
    picture, panel = st.container(key="split").columns([5, 3], gap="large")
    beside = st.container()
    with beside:
        saved = plays_view.versus(desk, asked)
        both = plays_view.beside(store, asked, text, saved)
    better = None
    with panel:
        if result.base.target is not None and (part := layout.fold("Wo hilft ein weiteres Angebot am meisten?", "best")):
            with part:
                better = session.ask(helpful, store, asked, text, usual)
                siting_view.proposals(result, better, usual)
        st.header("Neues Angebot", anchor=False)
        siting_view.open_new(places_of.table, usual)
        st.header("Bestehendes Angebot", anchor=False)
        siting_view.change_one(result)
    with picture:
        for note in result.notes:
            st.warning(layout.escape(note.message))
        siting_map.draw(store, result, better, siting_map.filled(result, both))
        siting_view.listed(result)
    name = "" if saved is None else saved.name
    if both is not None:
        with beside:
            plays_view.compare(result, both, name)
    if part := layout.fold("Wo helfen mehrere Angebote zusammen?", "search"):
        with part:
            search_view.search(store, asked, text, usual)
    if part := layout.fold("Tabelle mit denselben Zahlen", "twin"):
        with part:
            siting_view.areas_table(store, result, both, name)
    if desk is not None and (store.view == "planung" or desk.scenario is not None):
        plays_shelf.shelf(store, desk, plays_view.variant_now(asked, result))
    supply_view.missing(result.base.notes)
    layout.method_link(f"{METHOD} {session.ask(spread, store)}")
