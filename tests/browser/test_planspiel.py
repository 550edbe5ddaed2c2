"""The Planspiel in a real browser: offers placed, grown, moved and closed on the map; variants that survive a reload, are saved,
opened by a link elsewhere, joined and compared; no other host is asked."""

import re

import pytest
from places import CHROMIUM, SHARED_DATA
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this system")]
GAINS = ".leaflet-gewinn-pane path"  # areas whose children gain or lose
MARKED = ".leaflet-overlay-pane path[d*='a9,9 0 1,0 18,0']"  # new, grown and moved offers are drawn large


def the_map(page):
    """The map, drawn."""
    ground = page.frame_locator("iframe").first.locator(".leaflet-container")
    expect(ground.locator("path.leaflet-interactive").first).to_be_visible()
    return ground


def answer(page):
    return page.locator(".st-key-answer").inner_text()


def click_on(here, across, down):
    """A click on the ground: the place is chosen for a new offer."""
    ground = the_map(here.page)
    box = ground.bounding_box()
    before = here.page.url
    ground.click(position={"x": box["width"] * across, "y": box["height"] * down})
    here.page.wait_for_url(lambda url: url != before and "punkt=" in url)
    expect(here.page.get_by_role("combobox", name="Wo", exact=True)).to_have_value("Punkt auf der Karte")
    here.wait()


def press(here, label):
    here.page.get_by_role("button", name=label, exact=True).click()
    return here.wait()


def save(here, name, author, label):
    page = here.page
    page.get_by_label("Name der Variante").fill(name)
    page.get_by_role("textbox", name="Kürzel").fill(author)
    press(here, label)
    expect(page.get_by_test_id("stAlert").filter(has_text=f"Gespeichert: „{name}“")).to_be_visible()


def test_offers_are_played_saved_shared_joined_and_compared(visit, serve, cities_home):
    address = serve(cities_home, "planung")
    here = visit(address)
    page = here.go("/planspiel", stadt="musterstadt")
    ground = the_map(page)
    expect(ground.locator(GAINS)).to_have_count(0)
    today = ground.locator("path.leaflet-interactive").count()

    click_on(here, 0.5, 0.35)
    press(here, "Hier eröffnen")
    expect(ground.locator(MARKED)).to_have_count(1)  # the map shows the offer and who gains
    expect(ground.locator(GAINS).first).to_be_visible()
    placed = answer(page)
    assert re.search(r"Mit 1 Änderung erreichen [1-9][\d.]* Kinder mehr Plätze als heute, 0 weniger", placed)
    page.reload()
    here.wait()
    assert answer(page) == placed
    expect(the_map(page).locator(MARKED)).to_have_count(1)
    expect(the_map(page).locator(GAINS).first).to_be_visible()
    save(here, "Neu im Norden", "ak", "Variante speichern")
    link = page.get_by_test_id("stCode").inner_text().strip()
    assert link.startswith(f"{address}/planspiel?stadt=musterstadt&szenario=")

    page.get_by_label("Plätze dort").fill("250")
    page.get_by_label("Plätze dort").press("Enter")
    here.wait()
    press(here, "Plätze ändern")  # an offer grows
    assert "Mit 2 Änderungen" in answer(page)
    click_on(here, 0.55, 0.6)
    press(here, "Zum gewählten Punkt verlegen")  # and moves
    assert "Mit 3 Änderungen" in answer(page) and not re.search(r"heute, 0 weniger", answer(page))
    press(here, "Schließen")  # closing takes its other changes back
    assert "Mit 2 Änderungen" in answer(page)
    expect(the_map(page).locator(MARKED)).to_have_count(1)
    save(here, "Mit Schließung", "ak", "Als neue Variante speichern")
    closed = answer(page)

    there = visit(address)  # somebody else, with the link
    other = there.page
    other.goto(link)
    there.wait()
    assert answer(other) == placed and "Geöffnet: Neu im Norden (ak" in other.locator(".stMain").inner_text()
    the_map(other)
    there.wait()  # the map has told the page that it is there
    box = other.get_by_role("combobox", name="Vergleichen mit")
    box.focus()
    box.press("ArrowDown")  # a list that opens while the page still scrolls would close again
    other.get_by_role("option", name=re.compile("Mit Schließung")).click()
    there.wait()
    table = other.get_by_test_id("stTable")
    expect(table).to_contain_text("„Mit Schließung“")
    expect(other.get_by_text("Gegenüber „Mit Schließung“")).to_be_visible()
    loss = re.search(r"([\d.]+) weniger", closed)[1]
    assert loss != "0" and loss in table.inner_text()
    expect(the_map(other).locator(GAINS).first).to_be_visible()  # filled by the difference of the two

    press(there, "Hier eröffnen")
    save(there, "Neu im Norden", "bm", "Speichern")
    page.goto(link.replace("szenario=", "variante=neu@51.87000,10.90000=40&szenario=") + ".1")  # an address from before
    here.wait()
    expect(page.get_by_text("wurde inzwischen von bm gespeichert (Fassung 2, Ihre beruht auf 1)")).to_be_visible()
    expect(page.get_by_role("button", name="Speichern", exact=True)).to_be_disabled()
    press(here, "Beides zusammenführen")
    expect(page.get_by_text("Zusammengeführt mit Fassung 2")).to_be_visible()
    assert the_map(page).locator("path.leaflet-interactive").count() > today


@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="real data not found beside the checkout")
def test_places_and_vanishing_gaps_of_berlin(visit, serve, cities_home):
    here = visit(serve(cities_home, "planung"))
    page = here.go("/luecken", stadt="berlin", ziel="eigen", wert="80", weg="1500")
    said = answer(page)
    assert "199.851 Plätze für" in said and "Kinder von 0 bis unter 6 Jahren in Berlin" in said
    # 110 with the census grid; 103 where children are spread evenly, as the committee sees it
    assert "208 von 542 Planungsräumen liegen unter 80 Plätzen je 100 Kinder; bei 110 davon (53\u00a0%) reichen" in said
    here.go("/planspiel", stadt="berlin", variante="neu@52.51000,13.35000=120")
    expect(the_map(page).locator(MARKED)).to_have_count(1)
    assert re.search(r"Mit 1 Änderung erreichen [1-9]", answer(page))


def test_the_planspiel_fits_a_tablet(visit, serve, cities_home):
    here = visit(serve(cities_home, "planung"), width=900)
    page = here.go("/planspiel", stadt="musterstadt", variante="neu@51.89000,10.92000=60")
    expect(the_map(page).locator(MARKED)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert the_map(page).bounding_box()["width"] > 500
