"""Page Prognose in both views, by links, with odd addresses, and for cities without enough years."""

import minicity
import pytest
from desk import answer, said
from homes import settle
from reading import maps

VIEWS = ("planung", "ausschuss")
PAGE = "Prognose"


@pytest.mark.parametrize("view", VIEWS)
def test_children_five_years_ahead(desk, city_home, view):
    desk.sit(city_home, view)
    at = desk.open(PAGE, unfold=True)
    assert not at.exception and not at.warning and not at.error
    assert "werden 2030 voraussichtlich" in answer(at) and "Kinder von 3 bis unter 6 Jahren** leben" in answer(at)
    assert "als Ende 2025" in answer(at) and "80-%-Bereich" in answer(at)
    assert maps(at)[0]["count"] == 63
    assert "lag die Rechnung bisher im Mittel" in said(at) and "alles bleibt, wie es ist" in said(at)
    assert "Kindergarten 2030" in said(at) and "Plätze gebraucht" in said(at)
    heads = [set(frame.value.columns) for frame in at.dataframe]
    for head in ("Prognose 2030", "Art", "Rückrechnungen", "Ganze Stadt", "Befund"):
        assert any(head in columns for columns in heads), head


def test_an_age_an_area_and_a_year_by_link(desk, city_home):
    desk.sit(city_home)
    address = {"alter": "0-3", "ebene": "bezirk", "zieljahr": "2028", "karte": "prozent", "quote": "50"}
    at = desk.open(PAGE, unfold=True, **address)
    assert not at.exception and not at.warning
    assert "werden 2028" in answer(at) and "Kinder unter 3 Jahren" in answer(at) and "von 10 Stadtbezirken" in answer(at)
    assert maps(at)[0]["count"] == 10
    assert "Krippe 2028** bei 50\u00a0%" in said(at)
    assert "Zwei Zielwerte gelten" not in said(at)  # the newer survey is in force


@pytest.mark.parametrize("name", ["alter", "zieljahr", "karte", "quote", "leistung"])
def test_an_odd_address_shows_the_default(desk, city_home, name):
    desk.sit(city_home)
    at = desk.open(PAGE, unfold=True, **{name: "<b>x</b>"})
    assert not at.exception and "werden 2030" in answer(at)
    assert len(at.warning) == 1 and "<b>" not in at.warning[0].value


def test_a_few_years_reach_a_few_years_ahead(desk, mini_home):
    desk.sit(mini_home)
    at = desk.open(PAGE, unfold=True)
    assert "werden 2025" in answer(at) and "keinen Bereich" in answer(at)
    assert "Geschätzt: Die Einwohner sind nur in breiteren Altersgruppen bekannt" in said(at)
    assert "Für eine Rückrechnung reichen die Jahre nicht" in said(at)


def test_an_age_without_a_record(desk, mini_home):
    desk.sit(mini_home)
    at = desk.open(PAGE, alter="18-21")
    assert not at.exception
    assert "werden 2025 voraussichtlich **1.312 junge Menschen von 18 bis unter 21 Jahren**" in answer(at)
    assert "ihre Zahlen haben keinen Bereich" in answer(at)


def test_one_year_of_residents_is_not_enough(desk, tmp_path):
    frames = minicity.frames()
    frames["population"] = frames["population"][frames["population"]["date"] == "2023-12-31"]
    settle(minicity.write_minicity(tmp_path / "package", frames), tmp_path / "home")
    desk.sit(tmp_path / "home")
    at = desk.open(PAGE)
    assert not at.exception and not at.error
    assert "Hier ist keine Prognose möglich. Für die Prognose fehlen Jahre" in answer(at)
    assert "population" in at.info[0].value
    assert any(link.value == "Wie gerechnet?" for link in at.page_link) and at.query_params["alter"] == "0-6"
