"""A walk through the real app: every page of every city, wide and narrow, light and dark; what is chosen travels.

Pictures of every page lie in `tests/browser/screenshots` after a run.
"""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from homes import ENTITY, HIDDEN_TEXTS, IMAGE
from places import CHROMIUM, ROOT, SCREENSHOTS, SHARED_DATA
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this system")]

PAGES = re.findall(r'st\.Page\("[^"]+", title="([^"]+)"', (ROOT / "app.py").read_text("utf-8"))
OF_A_CITY = [title for title in PAGES if title not in ("Import", "Methodik", "Protokoll")]  # those that differ from city to city
PATHS = ("karte", "steckbrief", "quellen", "methodik")
WITH_MAP = {"Überblick": 2, "Karte": 1, "Steckbrief": 1, "Methodik": 0}  # maps on a page, where that is fixed
CITIES = [
    "musterstadt",
    "mini",
    *(
        pytest.param(city, marks=pytest.mark.skipif(not (SHARED_DATA / city).is_dir(), reason=f"no data of {city}"))
        for city in ("leipzig", "berlin")
    ),
]
# Rules of axe that Streamlit's own markup breaks and the app cannot mend: (rule, part of the element, reason).
AXE_EXCEPTIONS = (
    ("region", 'id="stFloatingOverlayPortal"', "the help of what is under the pointer is drawn outside all landmarks"),
    ("presentation-role-conflict", 'data-testid="stFileUploaderDropzone"', "a drop zone without a role that can be focused"),
)

axe = Axe()


def check(page: Page, title: str) -> None:
    """What must hold on every page."""
    assert page.evaluate("document.documentElement.lang") == "de"
    assert [h.inner_text() for h in page.locator("h1").all()] == [title]
    assert page.locator('[data-testid="stException"], [data-testid="stAlertContentError"]').count() == 0
    assert len(page.locator(".st-key-answer").inner_text()) > 30
    assert page.locator("canvas.base").count() == WITH_MAP.get(title, page.locator("canvas.base").count())
    for canvas in page.locator("canvas.base").all():
        assert filled(canvas) > 0.15
    main = page.locator('[data-testid="stMain"]')
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0


def filled(canvas) -> float:
    """Share of the canvas that is painted."""
    return canvas.evaluate(
        """canvas => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            let painted = 0;
            for (let i = 3; i < data.length; i += 4) if (data[i] > 0) painted++;
            return painted / (data.length / 4);
        }"""
    )


def violations(page: Page) -> list[str]:
    """What axe finds, except what stands in AXE_EXCEPTIONS."""
    found = []
    for violation in axe.run(page).response["violations"]:
        for node in violation["nodes"]:
            if not any(violation["id"] == rule and part in node["html"] for rule, part, _ in AXE_EXCEPTIONS):
                found.append(f"{violation['id']} at {node['target']}: {node['html'][:160]}")
    return found


def unfold(visitor) -> None:
    """Open every folded part of the page."""
    closed = visitor.page.locator("details:not([open]) > summary")
    for _ in range(closed.count()):
        closed.first.click()
        visitor.wait()


def place_of(page: Page, address: str, key: str) -> tuple[float, float]:
    """Where an area lies in the viewport, the whole map being in view."""
    document = json.loads(page.request.get(address).body())
    index = document["ids"].index(key)
    x, y = document["points"][3 * index : 3 * index + 2]
    page.locator(".frame").scroll_into_view_if_needed()
    box = page.locator(".frame").bounding_box()
    width, height = document["size"]
    scale = min((box["width"] - 20) / width, (box["height"] - 20) / height)
    left, top = (box["width"] - width * scale) / 2, (box["height"] - height * scale) / 2
    return box["x"] + left + x * scale, box["y"] + top + y * scale


def query(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def map_address(page) -> str:
    return [url for url in page.requests if "/geo/" in url][-1]


@pytest.mark.parametrize("city", CITIES)
def test_every_page_wide_and_narrow(page, city):
    """Through the links of the sidebar, as a visitor goes: light at 1440 px, and in the demo city also dark at 900 px.

    Axe looks at a made, a hostile and one real city: a second real one has the same markup with other words.
    """
    found = {}
    looks = (("light", 1440), ("dark", 900)) if city == "musterstadt" else (("light", 1440),)
    page.go("/", stadt=city)
    for title in PAGES if city == "musterstadt" else OF_A_CITY:
        looks = looks[::-1]
        page.page.locator('[data-testid="stSidebar"]').get_by_role("link", name=title, exact=True).click()
        expect(page.page.locator("h1")).to_have_text(title)
        for scheme, width in looks:
            check(page.look(scheme, width), title)
            page.page.screenshot(path=SCREENSHOTS / f"{city}_{title.lower().replace(' ', '_')}_{width}_{scheme}.png")
            found[title, scheme] = violations(page.page) if city != "berlin" else []
    assert {place: faults for place, faults in found.items() if faults} == {}


def test_parts_that_open_are_accessible_too(page):
    """Folded tables and rankings, the map of changes, views of the data page, an unknown key, the tabs of the method."""
    here = page.page
    for path, address in (
        ("/karte", {"stadt": "musterstadt", "zeige": "veraenderung", "gebiet": "0101"}),
        ("/karte", {"stadt": "mini", "ebene": "unsinn"}),
        ("/quellen", {"stadt": "mini", "blick": "luecken"}),
        ("/methodik", {}),
    ):
        page.go(path, **address)
        unfold(page)
        for part in here.get_by_role("tab").all() or [None]:
            if part is not None:
                part.click()
            for scheme in ("light", "dark"):
                page.look(scheme)
                assert violations(here) == [], (path, scheme, here.url)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_opened_by_its_own_address_is_german(page, path):
    response = page.page.request.get(f"{page.address}/{path}", headers={"Accept-Encoding": "gzip"})
    assert '<html lang="de"' in response.text()


def test_every_page_has_its_own_title(page):
    page.go("/methodik")
    assert "Methodik" in page.page.title()
    page.page.locator('[data-testid="stSidebar"]').get_by_role("link", name="Karte", exact=True).click()
    expect(page.page).to_have_title(re.compile("Karte"))


def test_controls_change_the_address_and_a_copied_address_opens_the_same_view(visit, serve, cities_home):
    server = serve(cities_home, "planung")
    here = visit(server)
    page = here.go("/karte", stadt="musterstadt", kennzahl="sgb2_u15")
    year = query(page)["jahr"]
    page.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowLeft")  # and on at once: what is chosen while the page runs counts, too
    page.get_by_role("radio", name="Stadtbezirke").click()
    page.wait_for_url(lambda url: f"jahr={int(year) - 1}" in url and "ebene=bezirk" in url)
    here.wait()  # another level has other indicators: a list that is open when it changes closes without a choice
    page.get_by_role("combobox", name=re.compile("Kennzahl")).click()
    page.get_by_role("option", name="Arbeitslosenanteil", exact=True).click()
    page.wait_for_url(re.compile("kennzahl=unemp"))
    here.wait()
    there = visit(server, scheme="dark", width=900)
    there.page.goto(page.url)
    there.wait()
    assert query(there.page) == query(page)
    for part in (".st-key-answer", "h1"):
        assert there.page.locator(part).inner_text() == page.locator(part).inner_text()
    version = page.locator("canvas.base").get_attribute("data-version")
    expect(there.page.locator("canvas.base")).to_have_attribute("data-version", version)


def test_a_click_and_the_keyboard_choose_an_area_that_travels(page):
    here = page.go("/karte", stadt="mini", kennzahl="pop_total", ebene="bezirk")
    here.mouse.click(*place_of(here, map_address(page), "B1"))
    here.wait_for_url(re.compile("gebiet=B1"))
    page.wait()
    assert "Ost" in here.locator('[data-testid="stMain"]').get_by_role("link", name=re.compile("Steckbrief")).inner_text()
    stage = here.locator(".stage")
    stage.focus()
    here.keyboard.press("ArrowUp")  # West lies south of Ost or beside it: any arrow that moves will do
    for key in ("ArrowDown", "ArrowLeft", "ArrowRight"):
        if here.locator('.stage [role="option"]').inner_text() != "West":
            here.keyboard.press(key)
    here.keyboard.press("Enter")
    here.wait_for_url(re.compile("gebiet=B0"))
    page.wait()
    here.locator('[data-testid="stMain"]').get_by_role("link", name=re.compile("Steckbrief")).click()
    expect(here.locator("h1")).to_have_text("Steckbrief")
    page.wait()
    assert query(here)["gebiet"] == "B0"
    assert "West" in here.locator(".st-key-answer").inner_text()
    here.go_back()
    page.wait()
    expect(here.locator("h1")).to_have_text("Karte")
    page.wait()
    assert (query(here)["gebiet"], query(here)["kennzahl"]) == ("B0", "pop_total")


def test_a_page_change_is_one_step_of_the_history(page):
    here = page.go("/", stadt="mini")
    steps = [here.evaluate("history.length")]
    for title in ("Karte", "Steckbrief", "Karte", "Methodik"):
        here.locator('[data-testid="stSidebar"]').get_by_role("link", name=title, exact=True).click()
        expect(here.locator("h1")).to_have_text(title)
        page.wait()
        steps.append(here.evaluate("history.length"))
    assert steps == [steps[0] + n for n in range(5)]
    for title in ("Karte", "Steckbrief", "Karte", "Überblick"):
        here.go_back()
        expect(here.locator("h1")).to_have_text(title)
        page.wait()


def test_an_opened_address_is_one_step_of_the_history(visit, serve, cities_home):
    here = visit(serve(cities_home, "planung"))
    before = here.page.evaluate("history.length")
    assert here.go("/karte").evaluate("history.length") <= before + 1


def test_back_undoes_a_choice(page):
    here = page.go("/karte", stadt="mini", kennzahl="pop_total", ebene="bezirk")
    here.get_by_role("radio", name="Ortsteile").click()
    here.wait_for_url(re.compile("ebene=ortsteil"))
    page.settle()  # an old address that comes sooner only accompanies a click
    here.go_back()
    expect(here.get_by_role("radio", name="Stadtbezirke")).to_be_checked()
    page.wait()
    assert query(here)["ebene"] == "bezirk"


def test_the_city_changes_while_looking(page):
    here = page.go("/", stadt="musterstadt")
    here.locator('[data-testid="stSidebar"]').get_by_role("combobox").click()
    here.get_by_role("option", name="Ministadt", exact=True).click()
    here.wait_for_url(re.compile("stadt=mini"))
    page.wait()
    check(here, "Überblick")
    assert "/geo/mini/" in map_address(page)
    assert here.locator('[data-testid="stAlert"]').count() == 0


def test_hostile_names_are_only_text(page):
    """No picture, link, colour or script comes out of a name, on the page, in its tables and on the map."""
    here = page.page
    for path, address in (("/karte", {"gebiet": "00"}), ("/steckbrief", {"gebiet": "00"}), ("/quellen", {"blick": "quellen"})):
        page.go(path, stadt="mini", **address)
        unfold(page)
        assert here.locator('img[src="x"], svg script, svg image').count() == 0
        assert here.locator('a[href^="javascript"]').count() == 0
        assert here.locator(".st-key-answer").locator("code, em, .katex, [class*=stMarkdownColored]").count() == 0
    page.go("/karte", stadt="mini", kennzahl="pop_total", ebene="ortsteil")
    for key, name in (("00", IMAGE), ("05", ENTITY)):
        here.mouse.move(*place_of(here, map_address(page), key))
        expect(here.locator(".tip .name")).to_have_text(name)
        assert here.locator(".tip img, .tip b").count() == 0


def test_a_name_is_no_link_in_a_chart(page):
    page.go("/karte", stadt="mini", kennzahl="pop_total", ebene="ortsteil")
    unfold(page)
    page.page.wait_for_selector(".js-plotly-plot text")
    assert page.page.locator("svg a").count() == 0


def test_an_address_in_a_name_is_no_link(page):
    here = page.go("/steckbrief", stadt="mini", gebiet="07")
    assert here.locator('a[href*="boese"]').count() == 0


def test_the_committee_gets_no_hidden_value_over_the_wire(visit, serve, cities_home):
    """Frames of the web socket, files and the page itself, by the same walk in both views."""
    held = {}
    for view in ("planung", "ausschuss"):
        visitor = visit(serve(cities_home, view))
        pages = []
        for path, address in (("/karte", {"kennzahl": "sgb2_u15"}), ("/steckbrief", {"gebiet": "03"})):
            visitor.go(path, stadt="mini", **address)
            unfold(visitor)
            pages.append(visitor.page.content())
            assert ("Ansicht: Ausschuss" in pages[-1]) == (view == "ausschuss")
        text = b"\n".join(visitor.frames).decode("utf-8", "replace") + "".join(pages)
        held[view] = {secret for secret in HIDDEN_TEXTS if re.search(rf"(?<![\w.,]){re.escape(secret)}(?!\w)", text)}
        assert len(visitor.frames) > 20
    assert {"28,6", "21,3"} <= held["planung"]
    assert held["ausschuss"] == set()


@pytest.mark.parametrize(
    "path",
    ["/geo/mini/x/ortsteil.json", "/geo/mini/../ortsteil.json", "/geo/x/y/z.json", "/geo/mini/%2e%2e/manifest.json"],
)
def test_only_map_files_are_served(page, path):
    response = page.page.request.get(page.address + path)
    assert "area_id" not in response.text()
    assert response.status == 404 or "<html" in response.text()


def test_on_a_phone_nothing_is_cut_off(visit, serve, cities_home):
    visitor = visit(serve(cities_home, "planung"), width=390, height=844)
    for path, title in (("/", "Überblick"), ("/karte", "Karte"), ("/steckbrief", "Steckbrief")):
        page = visitor.go(path, stadt="musterstadt")
        expect(page.locator("h1")).to_have_text(title)
        main = page.locator('[data-testid="stMain"]')
        assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0, title
        page.screenshot(path=SCREENSHOTS / f"phone_{title.lower().replace(' ', '_')}.png")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_of_charts_can_be_read(visit, serve, cities_home, scheme):
    """axe does not look into charts: contrast of every text on the page's background, WCAG 1.4.3."""
    visitor = visit(serve(cities_home, "planung"), scheme=scheme)
    page = visitor.go("/steckbrief", stadt="musterstadt")
    page.wait_for_selector(".js-plotly-plot text")
    ground, inks = page.evaluate(
        """() => {
            const texts = [...document.querySelectorAll(".js-plotly-plot text")].filter((text) => text.textContent.trim());
            const ground = getComputedStyle(document.querySelector('[data-testid="stApp"]')).backgroundColor;
            return [ground, texts.map((text) => [text.textContent, getComputedStyle(text).fill])];
        }"""
    )
    assert len(inks) > 20
    assert {text: contrast(ink, ground) for text, ink in inks if contrast(ink, ground) < 4.5} == {}


def test_charts_follow_the_theme_of_the_system(page):
    here = page.go("/", stadt="musterstadt")
    text = here.locator(".js-plotly-plot .ytick text").first
    light = text.evaluate("e => getComputedStyle(e).fill")
    here.emulate_media(color_scheme="dark")
    expect(text).not_to_have_css("fill", light)
    ground = here.locator('[data-testid="stApp"]').evaluate("e => getComputedStyle(e).backgroundColor")
    assert contrast(text.evaluate("e => getComputedStyle(e).fill"), ground) >= 4.5
    page.wait()


def contrast(ink: str, ground: str) -> float:
    """Contrast of two CSS colours after WCAG 2; a see-through ink is laid on the ground first."""
    below = [float(n) for n in re.findall(r"[\d.]+", ground)]
    above = [float(n) for n in re.findall(r"[\d.]+", ink)]
    share = above[3] if len(above) > 3 else 1.0
    mixed = [a * share + b * (1 - share) for a, b in zip(above[:3], below[:3], strict=True)]
    light, dark = sorted((luminance(mixed), luminance(below[:3])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: list[float]) -> float:
    shares = [c / 255 for c in color]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return sum(c * weight for c, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))
