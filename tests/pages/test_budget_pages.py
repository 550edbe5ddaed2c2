"""Pages of the group Budget in both views, by links and with odd addresses."""

import os
from dataclasses import replace

import minicity
import pytest
import streamlit
from desk import answer, said
from homes import settle
from reading import maps

from raumblick.answers.moving import move, scenarios
from raumblick.ui import format as fmt

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


def test_a_preset_and_the_way_in_years(desk, city_home):
    desk.sit(city_home)
    desk.open(SHARING)
    at = desk.open(SHARING, unfold=True, jahre="4")
    next(found for found in at.button if "Altona" in found.label).click().run()
    assert not at.exception and "97.5" in at.query_params["sockel"]
    rows = next(frame.value for frame in at.dataframe if "4. Jahr (€)" in frame.value.columns)
    assert len(rows) == 7


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
    assert ("Hält jedes der 7 Gebiete seine eigene" in said(at)) == (view == "planung")
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


@pytest.fixture
def own_plans(tmp_path, monkeypatch):
    """An empty plan store for one test."""
    monkeypatch.setenv("RAUMBLICK_PLANS", f"sqlite:///{tmp_path / 'plans.sqlite'}")
    streamlit.cache_resource.clear()


def test_money_moves_both_sides_show_it_and_it_can_be_kept(desk, city_home, own_plans):
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


def button(at, label):
    return next(found for found in at.button if found.label == label)


def test_one_area_is_set_by_slider_or_number_and_taken_back(desk, city_home, own_plans):
    desk.sit(city_home)
    at = desk.open(WHATIF, art="eins", einsgebiet="P2", einsl="okja")
    planned = next(box for box in at.text_input if box.key == "w_exact")
    before = float(planned.value.replace(".", "").replace(",", "."))
    at.slider(key="w_part").set_value(-10).run()
    assert f"noch frei **{fmt.number(before / 10, 2, '€')}**" in said(at)
    at.text_input(key="w_exact").set_value("1.234,50").run()
    assert "noch frei" in said(at) and at.text_input(key="w_exact").value == "1.234,50"
    assert at.slider(key="w_part").value == -100  # nearly all of it
    button(at, "Letzten Schritt zurück").click().run()
    assert at.slider(key="w_part").value == -10
    button(at, "Letzten Schritt zurück").click().run()
    assert "noch nichts verschoben" in answer(at) and not any(b.label == "Letzten Schritt zurück" for b in at.button)
    at.text_input(key="w_exact").set_value("12,3,4").run()
    assert "ist kein Betrag" in at.warning[0].value


def test_what_the_law_locks_is_shown_locked(desk, city_home, own_plans):
    desk.sit(city_home)
    at = desk.open(WHATIF, art="eins", einsgebiet="P2", einsl="heim")
    assert not at.slider and "gesetzlich gebunden (§ 34 SGB VIII)" in at.info[0].value
    assert "Gesetzlich gesperrt: **411,3" in said(at)


def test_too_much_is_refused_with_the_most_that_can_be_taken(desk, city_home, own_plans):
    desk.sit(city_home)
    at = desk.open(WHATIF)
    at.text_input(key="w_moving_amount").set_value("99.000.000")
    at.button(key="moving_go").click().run()
    assert "höchstens" in at.warning[0].value and "noch nichts verschoben" in answer(at)


def test_a_dearer_post_makes_fewer_posts(desk, city_home, own_plans):
    desk.sit(city_home)
    address = {"plan": "P1,okja,-156000;P2,okja,156000"}
    for post, expected in ((None, "2,0"), ("52.000", "3,0")):
        at = desk.open(WHATIF, **address, **({"stelle": post} if post else {}))
        rows = at.dataframe[0].value.set_index("Schlüssel")
        assert rows.loc["P2", "Stellen"] == expected and rows.loc["", "Planungsraum"] == "Zusammen"


def test_two_scenarios_beside_each_other_and_no_save_is_lost(desk, city_home, own_plans):
    desk.sit(city_home)
    plans = scenarios(os.environ["RAUMBLICK_PLANS"])
    one = plans.create("musterstadt", "Süden", "ak", "s", [move("P1", "okja", -200000), move("P4", "okja", 200000)])
    at = desk.open(WHATIF, plan="P1,okja,-100000;P2,okja,100000", gegen=one.scenario_id, karte_gegen="szenario")
    assert not at.exception and maps(at)[0]["title"].startswith("Veränderung gegen „Süden“")
    rows = at.dataframe[0].value.set_index("Schlüssel")
    numbers = {key: float(text.replace(".", "").replace(",", ".")) for key, text in rows["verglichenes Szenario (€)"].items()}
    assert numbers["P4"] - float(rows.loc["P4", "Plan (€)"].replace(".", "").replace(",", ".")) == pytest.approx(200_000)
    at.button(key="moving_load").click().run()
    at.text_input(key="w_moving_amount").set_value("1,00")
    at.button(key="moving_go").click().run()
    plans.save(replace(one, author="bm", notes="anders"))  # somebody else in the meantime
    at.button(key="moving_overwrite").click().run()
    assert "inzwischen von bm gespeichert" in at.warning[0].value
    assert plans.load(one.scenario_id).changes == one.changes
    at.button(key="moving_archive").click().run()
    assert plans.load(one.scenario_id).archived and not at.exception
    at = desk.open(WHATIF, unfold=True, plan="P1,okja,-100000;P2,okja,100000")  # what is archived can be deleted, too
    at.checkbox(key=f"w_removal_{one.scenario_id}_3").check().run()
    button(at, "Endgültig löschen").click().run()
    assert not at.exception and plans.everything() == () and at.success[0].value == "Gelöscht: „Süden“."


def test_what_cannot_be_moved_is_said(desk, city_home):
    desk.sit(city_home)
    at = desk.open(WHATIF, plan="P1,heim,100.00")
    assert not at.exception and "gesperrt" in at.warning[0].value
    assert "keine Verschiebung" in desk.open(WHATIF, plan="<b>;x").warning[0].value


def test_the_committee_sees_the_pot_and_no_scenarios(desk, city_home):
    desk.sit(city_home, "ausschuss")
    at = desk.open(WHATIF)
    assert not at.exception and "frei verteilbar" in answer(at)
    assert not any(button.label == "Speichern" for button in at.button)


@pytest.mark.parametrize("view", VIEWS)
def test_where_money_helps_most_is_said_with_its_assumption(desk, city_home, own_plans, view):
    desk.sit(city_home, view)
    desk.open(WHATIF)
    at = desk.open(WHATIF, unfold=True, mehr="250.000,00", stufen="halbe")
    assert not at.exception and "**Annahme**: Jedes Gebiet braucht" in said(at)
    assert "Die nächsten **250.000" in said(at) and "weder gekürzt noch verteilt" in said(at)
    rows = next(frame.value for frame in at.dataframe if "Stellen dazu" in frame.value.columns)
    assert {text.split(",")[1] for text in rows["Stellen dazu"]} == {"0", "5"}
    assert "ist kein Betrag" in " ".join(w.value for w in desk.open(WHATIF, unfold=True, mehr="viel").warning)


def test_prevention_starts_without_any_effect(desk, city_home):
    desk.sit(city_home)
    desk.open(RISK)
    at = desk.open(RISK, unfold=True)
    assert "Ohne angenommene Wirkung kostet der Plan" in said(at) and "Anteil fallunspezifischer Arbeit" in said(at)
    assert "nicht nötig" in said(desk.open(RISK, unfold=True, wirkung="-0.1"))
