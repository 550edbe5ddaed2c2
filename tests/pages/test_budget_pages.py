"""Pages of the group Budget in both views, by links and with odd addresses."""

import minicity
import pytest
from desk import answer, said
from homes import settle
from reading import maps

VIEWS = ("planung", "ausschuss")
SHARING, RISK, BOOKS = "Verteilung", "Risiko", "Budgetstand"


@pytest.mark.parametrize("view", VIEWS)
def test_the_formula_says_who_gains_and_why(desk, city_home, view):
    desk.sit(city_home, view)
    at = desk.open(SHARING)
    assert not at.exception and not at.error
    assert "Offene Kinder- und Jugendarbeit" in answer(at) and "Nach der Formel wechseln" in answer(at)
    assert "Budget begrenzt keinen Anspruch" in said(at) and "erhält" in said(at)
    assert maps(at)[0]["count"] == 7
    assert list(at.dataframe[0].value.columns)[:4] == ["Planungsraum", "unter 18 Jahren", "bisher (€)", "Formel allein (€)"]


def test_an_amount_is_read_the_german_way(desk, city_home):
    desk.sit(city_home)
    at = desk.open(SHARING, betrag="1.234.500,50", unter="ohne", ober="ohne")
    assert "1,2\xa0Mio. €" in answer(at)
    rows = at.dataframe[0].value
    total = sum(float(text.replace(".", "").replace(",", ".")) for text in rows["Ergebnis (€)"])
    assert total == pytest.approx(1_234_500, abs=1)


def test_what_is_no_amount_is_said_and_the_plan_stands(desk, city_home):
    desk.sit(city_home)
    at = desk.open(SHARING, betrag="viel")
    assert "ist kein Betrag" in at.warning[0].value and "9,8\xa0Mio. €" in answer(at)


def test_bounds_that_cannot_be_kept_are_refused_with_the_reason(desk, city_home):
    desk.sit(city_home)
    at = desk.open(SHARING, sockel="0", g_sgb2_u15="0", g_unemp_u25="0", g_sp_share="0")
    assert not at.exception
    assert "lässt sich der Topf nicht verteilen" in answer(at) and "Gewicht" in at.error[0].value


def test_a_city_without_bookings_says_how_to_bring_them(desk, tmp_path):
    frames = minicity.frames()
    frames.pop("booking", None)
    settle(minicity.write_minicity(tmp_path / "package", frames), tmp_path / "home")
    desk.sit(tmp_path / "home")
    at = desk.open(SHARING)
    assert not at.exception and "keine geplanten Beträge" in answer(at) and "booking" in at.info[0].value


@pytest.mark.parametrize("view", VIEWS)
def test_risk_says_how_likely_the_plan_holds(desk, city_home, view):
    desk.sit(city_home, view)
    at = desk.open(RISK, unfold=True)
    assert not at.exception and not at.error
    assert "Wahrscheinlichkeit überschritten" in answer(at)
    assert "in 80 % der Jahre reicht" in said(at).replace("\xa0", " ") and "Budget begrenzt keinen Anspruch" in said(at)
    assert "Heimerziehung und betreutes Wohnen" in set(at.dataframe[-1].value["Leistung"])


def test_more_cases_and_higher_prices_cost_more(desk, city_home):
    desk.sit(city_home)
    plain = desk.open(RISK).dataframe[0].value["kostet zusätzlich (€)"].tolist()
    dear = desk.open(RISK, faelle="30", preise="10").dataframe[0].value["kostet zusätzlich (€)"].tolist()
    as_numbers = [[int(text.replace(".", "")) for text in row] for row in (plain, dear)]
    assert all(more > less for less, more in zip(*as_numbers, strict=True))


@pytest.mark.parametrize("view", VIEWS)
def test_the_books_say_what_will_be_over(desk, city_home, view):
    desk.sit(city_home, view)
    at = desk.open(BOOKS, unfold=True)
    assert not at.exception and not at.error
    assert "sind ausgegeben" in answer(at)
    if view == "planung":
        assert "Bis Jahresende werden es voraussichtlich" in answer(at) and "Heimerziehung" in answer(at)
    assert maps(at)[0]["count"] == 7
    rows = next(frame.value for frame in at.dataframe if "Ampel" in frame.value.columns)
    assert "▲ voraussichtlich über Plan" in set(rows["Ampel"])
    heads = [set(frame.value.columns) for frame in at.dataframe]
    assert any({"Produkt", "Ist (€)"} <= head for head in heads) and any("Auffällig" in head for head in heads)
    assert any("Budget eingehalten" in head for head in heads)
    if view == "planung":
        assert any("aus Fällen (€)" in head for head in heads)
        assert "lag das Ist im Mittel" in said(at) and "üblichen Abweichung" in said(at)


def test_a_finished_year_has_no_forecast_but_its_result(desk, city_home):
    desk.sit(city_home)
    at = desk.open(BOOKS, jahr="2023", zuordnung="payment", leistung="heim")
    assert "voraussichtlich" not in answer(at) and "2023" in answer(at) and not at.warning


WHATIF = "Was-wäre-wenn"


def test_money_moves_both_sides_show_it_and_it_can_be_kept(desk, city_home, tmp_path, monkeypatch):
    monkeypatch.setenv("RAUMBLICK_PLANS", f"sqlite:///{tmp_path / 'plans.sqlite'}")
    desk.sit(city_home)
    at = desk.open(WHATIF)
    assert not at.exception and "frei verteilbar" in answer(at) and "noch nichts verschoben" in answer(at)
    at.text_input(key="w_moving_amount").set_value("200.000,50")
    at.button(key="moving_go").click().run()
    assert not at.exception and not at.warning
    assert "200.000,50" in answer(at)
    rows = at.dataframe[0].value
    assert sorted(text for text in rows["mehr oder weniger (€)"] if text != "0,00") == ["200.000,50", "−200.000,50"]
    name, author = (box for box in at.text_input if box.label in ("Name des Szenarios", "Kürzel"))
    name.set_value("Mehr für den Süden"), author.set_value("kw")
    next(button for button in at.button if button.label == "Speichern").click().run()
    assert not at.exception
    assert any("Mehr für den Süden" in option for box in at.selectbox for option in box.options)
    next(button for button in at.button if button.label == "Alles zurück").click().run()
    assert "noch nichts verschoben" in answer(at)
    at.button(key="moving_load").click().run()
    assert "200.000,50" in answer(at)


def test_what_cannot_be_moved_is_said(desk, city_home):
    desk.sit(city_home)
    at = desk.open(WHATIF, plan="P1,heim,100.00")
    assert not at.exception and "gesperrt" in at.warning[0].value
    assert "keine Verschiebung" in desk.open(WHATIF, plan="<b>;x").warning[0].value


def test_the_committee_sees_the_pot_and_no_scenarios(desk, city_home):
    desk.sit(city_home, "ausschuss")
    at = desk.open(WHATIF)
    assert not at.exception and not any(button.label == "Speichern" for button in at.button)
