"""Page Angebote in both views, by links and with odd addresses."""

import minicity
import pytest
from desk import answer, said
from homes import settle
from reading import maps

VIEWS = ("planung", "ausschuss")
OFFERS = "Angebote"
QUESTIONS = ("Was gibt es hier?", "Was läuft nebeneinander?", "Welche Angebote sind exklusiv?", "Wie offen ist der Zugang?")


@pytest.mark.parametrize("view", VIEWS)
def test_offers_and_the_guiding_questions(desk, city_home, view):
    desk.sit(city_home, view)
    at = desk.open(OFFERS, unfold=True)
    assert not at.exception and not at.warning and not at.error
    assert "Angebote** verzeichnet" in answer(at) and "sind inklusiv" in answer(at) and "Paare** gleicher Angebote" in answer(at)
    assert maps(at)[0]["count"] == 63
    for question in QUESTIONS:
        assert f"**{question}**" in said(at)
    heads = [set(frame.value.columns) for frame in at.dataframe]
    for head in ("offen seit", "und daneben", "anderes Amt", "wirksame Zahl", "es fehlen Plätze", "inklusiv: nicht bekannt"):
        assert any(head in columns for columns in heads), head
    assert "verlieren" in said(at) and "behalten sie" in said(at)


def test_offers_of_an_area_by_link(desk, city_home):
    desk.sit(city_home)
    address = {"gebiet": "05", "leistung": "kita_36", "inklusiv": "nein", "tag": "2024-06-30", "karte": "inklusiv", "nah": "1000"}
    at = desk.open(OFFERS, unfold=True, **address)
    assert not at.exception and not at.warning
    assert "am 30.06.2024" in answer(at) and "höchstens 1.000 m" in answer(at)
    shown = next(frame.value for frame in at.dataframe if "offen seit" in frame.value.columns)
    assert set(shown["Leistung"]) == {"Kindergarten"} and set(shown["inklusiv"]) == {"nein"}
    at = desk.open(OFFERS, traeger="offen")
    assert "kein Angebot verzeichnet, auf das die Auswahl passt" in answer(at) and not at.exception


@pytest.mark.parametrize("day", ["gestern", "0001-01-01", "9999-12-31", "2024-02-30"])
def test_an_impossible_day_is_said(desk, city_home, day):
    desk.sit(city_home)
    at = desk.open(OFFERS, tag=day)
    assert not at.exception and "am 31.12.2025" in answer(at)
    assert "Den Stichtag aus der Adresse gibt es nicht" in at.warning[0].value


def test_a_choice_of_an_offer_that_is_not_in_the_selection(desk, city_home):
    desk.sit(city_home)
    at = desk.open(OFFERS, unfold=True, schliessen="gibt es nicht", gebiet="05")
    assert not at.exception and "schliessen" in at.warning[0].value


def test_a_register_without_offers_says_how_to_bring_them(desk, tmp_path):
    frames = minicity.frames()
    del frames["facility"]
    settle(minicity.write_minicity(tmp_path / "package", frames), tmp_path / "home")
    desk.sit(tmp_path / "home")
    at = desk.open(OFFERS)
    assert not at.exception and "keine Angebote" in answer(at) and "facility" in at.info[0].value
    assert any(link.value == "Wie gerechnet?" for link in at.page_link) and at.query_params["stadt"] == "mini"
