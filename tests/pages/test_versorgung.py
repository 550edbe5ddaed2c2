"""Pages of the group Versorgung in both views, by links and with odd addresses."""

from html import unescape

import minicity
import pytest
from desk import answer, said
from homes import settle
from reading import maps

VIEWS = ("planung", "ausschuss")
STEPS, PLACES, SITING = "Übergänge", "Versorgung und Lücken", "Standort-Planspiel"


@pytest.mark.parametrize("view", VIEWS)
def test_where_children_are_lost(desk, city_home, view):
    desk.sit(city_home, view)
    at = desk.open(STEPS, unfold=True)
    assert not at.exception and not at.warning
    assert "gehen" in answer(at) and "der Kinder hier verloren" in answer(at) and "sicher mehr" in answer(at)
    assert maps(at)[0]["count"] == 63
    shown = next(frame.value for frame in at.dataframe if "gegen die Stadt" in frame.value.columns)
    assert "verliert mehr Kinder als die Stadt" in set(shown["gegen die Stadt"])
    assert "verliert sicher mehr Kinder als die Stadt bei" in said(at)


def test_a_step_and_an_area_by_link(desk, city_home):
    desk.sit(city_home)
    at = desk.open(STEPS, schritt="kita>grundschule", gebiet="05", ebene="ortsteil")
    assert "Kita → Grundschule" in answer(at)
    assert not at.warning
    assert "An dieser Stelle stehen in **Schlossvorstadt** 5 Angebote" in said(at)


def test_a_city_without_transitions_says_how_to_bring_them(desk, tmp_path):
    frames = minicity.frames()
    del frames["transition"]
    settle(minicity.write_minicity(tmp_path / "package", frames), tmp_path / "home")
    desk.sit(tmp_path / "home")
    at = desk.open(STEPS)
    assert not at.exception
    assert "keine Zahlen zu Übergängen" in answer(at)
    assert "transition" in at.info[0].value


@pytest.mark.parametrize("view", VIEWS)
def test_places_children_and_what_neighbours_close(desk, city_home, view):
    desk.sit(city_home, view)
    at = desk.open(PLACES, unfold=True)
    assert not at.exception and not at.warning and not at.error
    assert "Kindergarten" in answer(at) and "Plätze für" in answer(at) and "reichen die Plätze der Nachbarn" in answer(at)
    assert maps(at)[0]["count"] == 63
    rows = next(frame.value for frame in at.dataframe if "es fehlen" in frame.value.columns)
    assert {"Unterversorgung", "Überversorgung"} <= set(rows["Befund"])
    assert any("Lücke" in frame.value.columns for frame in at.dataframe)  # in how many variants
    assert "fehlen in jeder Variante" in said(at) and "Gini" in said(at)


@pytest.mark.parametrize("title", [PLACES, SITING, "Angebote"])
def test_pages_say_what_spreads_the_children(desk, cells_home, title):
    even, planned = "Die Kinder sind gleichmäßig über ihr Gebiet verteilt", "darin so verteilt wie in: Ministatistik (15.05.2022)"
    for view, expected in (("planung", planned), ("ausschuss", f"{even}; Gitterzellen, die es genauer sagen, werden nur")):
        desk.sit(cells_home, view)
        at = desk.open(title)
        assert not at.exception and expected in unescape(said(at))


def test_without_a_target_there_is_no_gap(desk, city_home):
    desk.sit(city_home)
    at = desk.open(PLACES, ziel="ohne", weg="3000", leistung="hort")
    assert "Ohne Vergleichswert gibt es keine Lücke" in answer(at)
    assert not any("es fehlen" in frame.value.columns for frame in at.dataframe)


def test_a_city_without_offers_says_how_to_bring_them(desk, tmp_path):
    frames = minicity.frames()
    del frames["facility"]
    settle(minicity.write_minicity(tmp_path / "package", frames), tmp_path / "home")
    desk.sit(tmp_path / "home")
    at = desk.open(PLACES)
    assert not at.exception and "keine Angebote mit Platzzahlen" in answer(at)


def test_several_offers_are_found_at_once_and_opened(desk, city_home):
    desk.sit(city_home)
    at = desk.unfold(desk.open(SITING, weg="1000", suchzahl="2"))
    assert not at.exception and "Mit **2** weiteren Angeboten haben" in said(at) and "Schnelle Antwort" in said(at)
    at.button(key="search_open").click().run()
    assert not at.exception and "Mit **2 Änderungen** erreichen" in answer(at)
    at.get_by_key("w_suchziel").select("all").run()
    assert not at.exception and "Schnelle Antwort" not in said(at)


def test_every_odd_offer_is_told_and_counted(desk, odd_home):
    desk.sit(odd_home)
    at = desk.open(PLACES, weg="0")
    assert not at.exception and "240 Plätze für" in answer(at)  # of eight Kitas four count, one says no number
    assert "„0“ gibt es in diesem Datenstand nicht" in at.warning[0].value
    at = desk.unfold(at)
    for told in (
        "1 Angebot mit 60 Plätzen: öffnen erst nach dem Stichtag", "1 Angebot mit 60 Plätzen: sind am Stichtag schon geschlossen",
        "1 Angebot ohne Koordinaten", "1 Angebot außerhalb der Stadt", "1 Angebot mit einem Gebiet, in dem ihr Punkt nicht liegt",
        "1 Angebot ohne Platzzahl", "1 Angebot mit 0 Plätzen", "1 Angebot ohne Kinder in Reichweite mit 60 Plätzen",
    ):  # fmt: skip
        assert told in unescape(said(at)), told
    at = desk.open(SITING, variante="platz@K00=5")
    assert "K00" in at.warning[0].value and not at.exception
    assert "K00" not in at.get_by_key("w_angebot").options


def test_an_offer_that_reaches_nobody_is_told(desk, city_home):
    desk.sit(city_home)
    at = desk.open(SITING, variante="neu@53.00000,10.92000=50")
    told = "1 Angebot der Variante mit 50 Plätzen ohne Kinder in Reichweite: Dort wäre niemand erreicht."
    assert told in unescape(at.warning[0].value) and "erreichen 0 Kinder mehr" in answer(at)


def test_a_placed_offer_changes_the_answer_and_goes_back(desk, city_home):
    desk.sit(city_home)
    at = desk.open(SITING)
    assert not at.exception and "Auf die Karte klicken" in answer(at)
    next(button for button in at.button if button.label == "Hier eröffnen").click().run()
    assert not at.exception and "Mit **1 Änderung** erreichen" in answer(at)
    assert "neu@" in str(at.query_params["variante"])
    next(button for button in at.button if button.label == "zurück").click().run()
    assert "Auf die Karte klicken" in answer(at)


@pytest.mark.parametrize("text", ["zu@gibtesnicht", "<b>", "neu@1,2", "neu@0,0=50"])
def test_odd_variants_break_nothing(desk, city_home, text):
    desk.sit(city_home)
    at = desk.open(SITING, variante=text)
    assert not at.exception and not at.error
    assert at.warning or "erreichen 0 Kinder mehr" in answer(at)


def test_names_cannot_leave_a_tooltip():
    from raumblick.ui.siting_map import _plain

    for text in ("<script>alert(1)</script>", "`${alert(1)}`", "\\u003cb\\u003e", "{{ 7*7 }}", "&lt;b&gt;", "'\"//"):
        assert not set(_plain(text).replace("&#", "").replace(";", "")) & set("`$\\{}'\"<>&")


def test_every_service_and_target_of_the_demo_city_has_an_answer(desk, city_home):
    desk.sit(city_home)
    at = desk.open(PLACES)
    services = list(at.get_by_key("w_leistung").options)
    assert len(services) == 5
    for service in services:
        at.get_by_key("w_leistung").select(service).run()
        kinds = list(at.get_by_key("w_ziel").options)
        assert len(kinds) > 1, service
        for kind in kinds:
            at.get_by_key("w_ziel").select(kind).run()
            assert not at.exception, (service, kind)
            assert "Plätze" in answer(at) and "nicht rechnen" not in answer(at), (service, kind, answer(at))
