"""What is chosen: read from the address, written back, kept over pages, and said when nobody knows it."""

import pytest
from streamlit.testing.v1 import AppTest


def desk() -> None:
    """A page with one control, one optional choice and, on demand, a second page that asks for something else."""
    import streamlit as st

    from raumblick.ui import selection

    selection.begin()
    if st.session_state.get("other"):
        selection.select("jahr", "Jahr", ["2022", "2023"], str, "2023", "select_slider")
    else:
        selection.select("ebene", "Ebene", ["ortsteil", "bezirk"], str.title, "ortsteil", "segmented_control", required=True)
        st.text(f"Gebiet: {selection.optional('gebiet', {'01', '02'}, {'01', '02', 'B0'})}")
    st.button("B1", on_click=selection.put, args=("gebiet", "02"))
    st.text(f"falsch: {selection.wrong()}")
    selection.finish()


def opened(**address: str) -> AppTest:
    at = AppTest.from_function(desk)
    for name, value in address.items():
        at.query_params[name] = value
    return at.run()


def said(at: AppTest) -> list[str]:
    assert not at.exception
    return [text.value for text in at.text]


def test_defaults_are_written_to_the_address():
    at = opened()
    assert said(at) == ["Gebiet: None", "falsch: []"]
    assert at.query_params == {"ebene": "ortsteil"}


def test_a_copied_address_opens_the_same_view():
    at = opened(ebene="bezirk", gebiet="01")
    assert at.get_by_key("w_ebene").value == "bezirk"
    assert said(at) == ["Gebiet: 01", "falsch: []"]
    assert at.query_params == {"ebene": "bezirk", "gebiet": "01"}


def test_what_nobody_knows_is_said_once_and_replaced():
    at = opened(ebene="kiez", gebiet="99", fremd="1")
    assert said(at) == ["Gebiet: None", "falsch: [('ebene', 'kiez'), ('gebiet', '99')]"]
    assert at.query_params == {"ebene": "ortsteil"}
    at.run()
    assert said(at)[-1] == "falsch: []"


def test_a_known_area_of_another_level_is_kept_and_not_wrong():
    at = opened(gebiet="B0")
    assert said(at) == ["Gebiet: None", "falsch: []"]
    assert at.query_params["gebiet"] == "B0"


def test_a_widget_changes_the_address():
    at = opened(ebene="ortsteil")
    at.get_by_key("w_ebene").set_value("bezirk").run()
    assert at.query_params["ebene"] == "bezirk"
    at.button[0].click().run()
    assert said(at)[0] == "Gebiet: 02"
    assert at.query_params == {"ebene": "bezirk", "gebiet": "02"}


def test_a_choice_travels_over_a_page_that_does_not_use_it():
    at = opened(ebene="bezirk", gebiet="02")
    at.session_state["other"] = True
    at.run()
    assert at.query_params == {"jahr": "2023"}
    at.session_state["other"] = False
    at.run()
    assert at.query_params == {"ebene": "bezirk", "gebiet": "02"}


def test_the_address_wins_when_it_is_changed_by_hand():
    at = opened(ebene="bezirk")
    at.query_params["ebene"] = "ortsteil"
    at.run()
    assert at.get_by_key("w_ebene").value == "ortsteil"
    at.query_params["ebene"] = "unsinn"
    at.run()
    assert said(at)[-1] == "falsch: [('ebene', 'unsinn')]"


@pytest.mark.parametrize("value", ["", " ", "x" * 5000, "<img src=x>", "bezirk\n", "ＢＥＺＩＲＫ", "\x00"])
def test_odd_values_do_no_harm(value):
    at = opened(ebene=value)
    assert at.query_params == {"ebene": "ortsteil"}
    assert len(said(at)[-1]) < 400


def test_a_widget_is_set_only_where_something_else_changed_it(monkeypatch):
    """Else what a visitor moves while the page runs would be undone."""
    now = [100.0]
    monkeypatch.setattr("raumblick.ui.selection.monotonic", lambda: now[0])
    at = opened()
    assert at.get_by_key("w_ebene").proto.set_value
    at.run()
    assert not at.get_by_key("w_ebene").proto.set_value
    at.get_by_key("w_ebene").set_value("bezirk").run()
    assert not at.get_by_key("w_ebene").proto.set_value and at.query_params["ebene"] == "bezirk"
    now[0] += 0.6
    at.query_params["ebene"] = "ortsteil"
    at.run()
    assert at.get_by_key("w_ebene").proto.set_value and at.get_by_key("w_ebene").value == "ortsteil"


def ranked() -> None:
    """One choice whose texts change while the choice stays."""
    import streamlit as st

    from raumblick.ui import selection

    rank = st.session_state.get("rank", 1)
    selection.begin()
    selection.select("gebiet", "Gebiet", ["01", "02"], lambda key: f"{key} (Rang {rank})", "01")
    st.button("weiter", on_click=lambda: st.session_state.update(rank=rank + 1))
    selection.finish()


def test_a_choice_stays_when_the_texts_of_its_options_change():
    at = AppTest.from_function(ranked).run()
    at.get_by_key("w_gebiet").set_value("02").run()
    at.button[0].click().run()
    assert not at.exception
    assert at.get_by_key("w_gebiet").proto.set_value and at.get_by_key("w_gebiet").value == "02"
    assert at.get_by_key("w_gebiet").options == ["01 (Rang 2)", "02 (Rang 2)"]


def pair() -> None:
    """Two controls of one choice, as a map and a list are."""
    import streamlit as st

    from raumblick.ui import selection

    selection.begin()
    selection.select("gebiet", "Gebiet", ["01", "02", "03"], str, "01")
    for key in ("01", "02", "03"):
        st.button(key, on_click=selection.put, args=("gebiet", key))
    st.button("sonst")
    selection.finish()


def test_what_the_browser_only_repeats_is_no_choice(monkeypatch):
    """A click can leave the browser before the list has followed the map, and takes the old state of the list along."""
    now = [100.0]
    monkeypatch.setattr("raumblick.ui.selection.monotonic", lambda: now[0])
    at = AppTest.from_function(pair).run()
    at.button[1].click().run()
    at.button[2].click().run()
    assert at.get_by_key("w_gebiet").value == "03"
    for stale in ("01", "02"):
        at.get_by_key("w_gebiet").set_value(stale)
        at.button[3].click().run()
        assert at.get_by_key("w_gebiet").value == "03" and at.query_params["gebiet"] == "03"
    now[0] += 1.5  # nobody's browser is as late as that: now it is a choice
    at.get_by_key("w_gebiet").set_value("02").run()
    assert at.get_by_key("w_gebiet").value == "02" and at.query_params["gebiet"] == "02"


def test_an_address_that_is_late_undoes_nothing(monkeypatch):
    """The second click left the browser before the address of the first had reached it; later the same address means Back."""
    now = [100.0]
    monkeypatch.setattr("raumblick.ui.selection.monotonic", lambda: now[0])
    at = opened(ebene="ortsteil", gebiet="01")
    at.get_by_key("w_ebene").set_value("bezirk").run()
    before = {"ebene": "ortsteil", "gebiet": "01"}
    at.query_params.clear()
    for name, value in before.items():
        at.query_params[name] = value
    at.button[0].click().run()
    assert said(at)[0] == "Gebiet: 02" and at.query_params == {"ebene": "bezirk", "gebiet": "02"}
    now[0] += 0.6
    for name, value in before.items():
        at.query_params[name] = value
    at.run()
    assert said(at)[0] == "Gebiet: 01" and at.get_by_key("w_ebene").value == "ortsteil"
