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
