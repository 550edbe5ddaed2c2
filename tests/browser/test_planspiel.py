"""The Planspiel in a real browser: a click on the map, a new offer, who gains; it survives a reload and asks no other host."""

import re

import pytest
from conftest import CHROMIUM
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this system")]


def test_an_offer_is_placed_by_a_click_and_survives_a_reload(visit, serve, cities_home):
    here = visit(serve(cities_home, "planung"))
    page = here.go("/planspiel", stadt="musterstadt")
    ground = page.frame_locator("iframe").first.locator(".leaflet-container")
    expect(ground.locator("path.leaflet-interactive").first).to_be_visible()
    box = ground.bounding_box()
    ground.click(position={"x": box["width"] * 0.5, "y": box["height"] * 0.35})
    expect(page.get_by_role("combobox", name=re.compile("^Wo|Selected Punkt auf der Karte"))).to_be_visible()
    here.wait()
    page.get_by_role("button", name="Hier eröffnen").click()
    page.wait_for_url(re.compile("variante=neu"))
    here.wait()
    said = page.locator(".st-key-answer").inner_text()
    assert re.search(r"Mit 1 Änderung erreichen [1-9]", said)
    page.reload()
    here.wait()
    assert page.locator(".st-key-answer").inner_text() == said
    assert here.strangers() == [] and here.faults == []
