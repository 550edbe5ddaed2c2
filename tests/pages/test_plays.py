"""Variants of the Planspiel on the shelf: kept, opened by a link, joined, compared, put away; and what committees see of it."""

import re
from html import unescape

import pytest
import streamlit as st
from desk import Desk, answer, said

SITING = "Standort-Planspiel"
NEW = "neu@51.89000,10.92000=60"
CLOSED = "zu@K0144-36"


@pytest.fixture
def shelf(desk, city_home, tmp_path, monkeypatch):
    """The page on the demo city with an empty plan store of its own."""
    monkeypatch.setenv("RAUMBLICK_PLANS", f"sqlite:///{tmp_path / 'plans.sqlite'}")
    Desk.leave()  # settings are read anew
    desk.sit(city_home)
    yield desk
    Desk.leave()


def press(at, label):
    """Click the button with a label, also in a form."""
    return next(button for button in at.button if button.label == label).click().run()


def save(at, name, author, label="Variante speichern", notes=""):
    for box, text in ((at.text_input, name), (at.text_input, author)):
        wanted = "Name der Variante" if text is name else "Kürzel"
        next(field for field in box if field.label == wanted).set_value(text)
    next(field for field in at.text_area if field.label == "Notizen").set_value(notes)
    return press(at, label)


def told(at):
    return unescape(" ".join(box.value for box in (*at.success, *at.warning)))


def named(at, name):
    """What the address says."""
    value = at.query_params[name]
    return value if isinstance(value, str) else value[0]


def kept(desk, name, moves):
    """A saved variant; its key."""
    at = desk.open(SITING, variante=moves)
    save(at, name, "ak", notes="für den Ausschuss")
    assert f"Gespeichert: „{name}“." in told(at) and not at.exception
    return re.fullmatch(r"([\w-]+)\.1", named(at, "szenario"))[1]


def test_a_saved_variant_comes_back_by_its_link_and_is_compared(shelf):
    one, two = kept(shelf, "Nord", NEW), kept(shelf, "Schließung", CLOSED)
    at = shelf.open(SITING, szenario=one, ziel="ohne")
    assert not at.exception and not at.warning and "Mit **1 Änderung**" in answer(at) and "Zielwert" in answer(at)
    assert named(at, "variante") == NEW and named(at, "ziel") == "plan"
    assert "Geöffnet: **Nord (ak" in unescape(said(at)) and "für den Ausschuss" in unescape(said(at))
    assert at.code[0].value.endswith(f"?stadt=musterstadt&szenario={one}")
    at.get_by_key("w_zweite").select(two).run()
    assert not at.exception and "Gegenüber „Schließung“ erreichen mit dieser Variante" in unescape(said(at))
    rows = at.table[0].value
    assert list(rows.index) == ["heute", "„Schließung“", "diese Variante"] and rows["Änderungen"].tolist() == ["0", "1", "1"]
    assert rows.loc["„Schließung“", "mit weniger"] != "0" and rows.loc["diese Variante", "mit weniger"] == "0"
    assert "Am meisten gewinnen: " in unescape(said(at)) and "Am meisten verlieren: kein Gebiet" in unescape(said(at))
    at = shelf.unfold(at)
    heads = {column for frame in at.dataframe for column in frame.value.columns}
    assert {"„Schließung“", "gegen „Schließung“"} <= heads


def test_of_two_who_save_at_once_the_second_is_told_and_both_can_be_joined(shelf):
    key = kept(shelf, "Nord", NEW)
    mine, theirs = shelf.open(SITING, szenario=key), shelf.open(SITING, szenario=f"{key}.1", variante=f"{NEW};{CLOSED}")
    save(theirs, "Nord", "bm", "Speichern")
    assert "Gespeichert: „Nord“, Fassung 2." in told(theirs)
    mine.query_params["variante"] = f"{NEW};platz@K0001-36=5"
    mine.run()
    clash = "„Nord“ wurde inzwischen von bm gespeichert (Fassung 2, Ihre beruht auf 1). Es wurde nichts überschrieben."
    assert clash in told(mine)
    assert next(button for button in mine.button if button.label == "Speichern").disabled
    press(mine, "Beides zusammenführen")
    assert "Zusammengeführt mit Fassung 2 und noch nicht gespeichert" in told(mine) and clash not in told(mine)
    assert set(named(mine, "variante").split(";")) == {NEW, CLOSED, "platz@K0001-36=5"}
    save(mine, "Nord", "ak", "Speichern")
    assert "Fassung 3" in told(mine)
    # A page that was open all the while: the save itself is refused.
    late = shelf.open(SITING, szenario=f"{key}.3", variante=NEW)
    save(shelf.open(SITING, szenario=f"{key}.3", variante=f"{NEW};zu@K0001-36"), "Nord", "bm", "Speichern")
    save(late, "Nord", "ak", "Speichern")
    assert "wurde inzwischen von bm gespeichert (Fassung 4" in told(late)


def test_copy_archive_and_back(shelf):
    kept(shelf, "Nord", NEW)
    at = shelf.open(SITING, unfold=True)
    assert next(frame.value for frame in at.dataframe if "Variante" in frame.value.columns)["Variante"].tolist() == ["Nord"]
    press(at, "Kopieren")
    assert "Kopie angelegt und geöffnet: „Nord (Kopie)“" in told(at)
    press(at, "Archivieren")
    assert "Archiviert: " in told(at)
    at.toggle(key="w_plays_away").set_value(True).run()
    press(at, "Zurückholen")
    assert "Zurückgeholt: " in told(at) and not at.exception
    at.toggle(key="w_plays_away").set_value(False).run()
    shown = next(frame.value for frame in at.dataframe if "Kürzel" in frame.value.columns)
    assert sorted(shown["Variante"]) == ["Nord", "Nord (Kopie)"]


def test_deleted_for_good_after_a_second_step(shelf):
    one, two = kept(shelf, "Nord", NEW), kept(shelf, "Süd [x](y)", CLOSED)
    late = shelf.open(SITING, szenario=one, zweite=two)
    at = shelf.open(SITING, unfold=True, szenario=two, zweite=one)
    assert next(button for button in at.button if button.label == "Endgültig löschen").disabled
    at.get_by_key("w_removal_offers").select(two).run()
    asked = at.checkbox(key=f"w_removal_{two}_1").label
    assert "[x]" not in asked and "Ja, „Süd [x](y)“ mit allen Fassungen (1) löschen" in unescape(asked)
    at.checkbox(key=f"w_removal_{two}_1").check().run()
    at.get_by_key("w_removal_offers").select(one).run()
    assert next(button for button in at.button if button.label == "Endgültig löschen").disabled  # another one, another tick
    at.checkbox(key=f"w_removal_{one}_1").check().run()
    press(at, "Endgültig löschen")
    assert told(at) == "Gelöscht: „Nord“." and not at.exception
    assert "zweite" not in at.query_params and two in named(at, "szenario")  # what was compared with it goes on alone
    # The page that had it open all the while goes on with a free variant, and what it tries is refused with the reason.
    save(late, "Nord", "ak", "Speichern")
    assert "Nicht gespeichert. Dieses Szenario gibt es nicht." in told(late) and not late.exception
    assert named(late, "variante") == NEW and "szenario" not in late.query_params
    at.checkbox(key=f"w_removal_{two}_1").check().run()
    press(at, "Endgültig löschen")
    assert "Gelöscht: „Süd" in told(at) and "Hier ist nichts, was Sie löschen dürfen." in said(at)
    assert "szenario" not in at.query_params and not at.exception


def test_what_cannot_be_saved_or_opened_is_said(shelf):
    at = shelf.open(SITING)
    save(at, "Nichts", "ak")
    assert "Nicht gespeichert. Ohne eine Änderung" in told(at)
    at = shelf.open(SITING, variante=NEW)
    save(at, "", "ak")
    assert "Nicht gespeichert. Der Name fehlt" in told(at)
    save(at, "Nord", "")
    assert "Das Kürzel fehlt" in told(at)
    at = shelf.open(SITING, szenario="gibtesnicht.1", variante=NEW)
    assert "lässt sich nicht öffnen. Dieses Szenario gibt es nicht" in told(at) and "Mit **1 Änderung**" in answer(at)


def test_money_and_offers_do_not_mix(shelf):
    from raumblick.answers.shelf import scenarios
    from raumblick.plans.model import Change
    from raumblick.ui import session

    kept(shelf, "Nord", NEW)
    plans = scenarios(session.settings().plans_url)
    money = plans.create("musterstadt", "Mehr Geld", "ak", "s", (Change("budget", "P1", "okja", "1"),))
    at = shelf.open(SITING, szenario=money.scenario_id)
    assert "„Mehr Geld“ ist kein Planspiel; es gehört zur Seite Was-wäre-wenn." in told(at)
    options = " ".join(option for box in shelf.open("Was-wäre-wenn").selectbox for option in box.options)
    assert "Mehr Geld" in options and "Nord (ak" not in options
    other = plans.create("berlin", "Anderswo", "ak", "s", (Change("zu", "x", "kita", "ja"),), "", "offers")
    assert "gehört zu einer anderen Stadt" in told(shelf.open(SITING, szenario=other.scenario_id))


def test_committees_open_a_link_and_save_nothing(shelf, city_home):
    key = kept(shelf, "Nord", NEW)
    shelf.sit(city_home, "ausschuss")
    at = shelf.open(SITING, szenario=key)
    assert not at.exception and "Mit **1 Änderung**" in answer(at) and "Geöffnet: **Nord" in unescape(said(at))
    assert not [button for button in at.button if "peichern" in button.label]
    assert not [text for text in shelf.open(SITING).header if "Gespeicherte" in text.value]
    st.cache_resource.clear()
