"""The map in a real browser: it draws, answers to mouse and keyboard, tells screen readers, and trusts no name."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

from raumblick.ui.palette import SEQUENTIAL

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-background-networking", "--disable-component-update"]
EVIL = "<img src=x onerror=alert(1)>"

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this system")]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = Path(__file__).with_name("map_app") / "server.py"
    options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
    options += ["--browser.gatherUsageStats=false", "--server.fileWatcherType=none"]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), *options],
        cwd=tmp_path_factory.mktemp("server"),
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/_stcore/health")
        yield address
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str) -> None:
    for _ in range(120):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    raise TimeoutError(url)


@pytest.fixture(scope="module")
def browser():
    """One context for all tests, so that Streamlit's own files are loaded once."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium.new_context(viewport={"width": 900, "height": 900}, locale="de-DE")
        chromium.close()


def open_page(browser, server: str, scheme: str = "light") -> Page:
    """The map page, complete; `page.seen` collects requests, dialogs and errors."""
    page = browser.new_page()
    page.emulate_media(color_scheme=scheme)
    page.seen = {"requests": [], "faults": []}
    page.on("request", lambda r: page.seen["requests"].append(r.url))
    page.on("dialog", lambda d: (page.seen["faults"].append(d.message), d.dismiss()))
    page.on("pageerror", lambda e: page.seen["faults"].append(str(e)))
    page.goto(server)
    page.wait_for_selector("canvas.base[data-step]")
    return page


@pytest.fixture
def page(browser, server):
    """A fresh session, for tests that choose areas or step through the years."""
    page = open_page(browser, server)
    yield page
    page.close()
    assert page.seen["faults"] == []


@pytest.fixture(scope="module", params=["light", "dark"])
def still(browser, server, request):
    """One session a theme, for tests that leave the page as they found it."""
    page = open_page(browser, server, request.param)
    yield page
    page.close()
    assert page.seen["faults"] == []


@pytest.fixture(scope="module")
def light(browser, server):
    page = open_page(browser, server)
    yield page
    page.close()
    assert page.seen["faults"] == []


def place_of(page: Page, key: str) -> tuple[float, float]:
    """Label point of an area in the viewport, the whole map being in view."""
    document = json.loads(page.request.get(page.url.split("?")[0] + "geo/ortsteil.json").body())
    index = document["ids"].index(key)
    x, y = document["points"][3 * index : 3 * index + 2]
    box = page.locator(".frame").bounding_box()
    width, height = document["size"]
    scale = min((box["width"] - 20) / width, (box["height"] - 20) / height)
    left, top = (box["width"] - width * scale) / 2, (box["height"] - height * scale) / 2
    return box["x"] + left + x * scale, box["y"] + top + y * scale


def pixels(page: Page) -> dict[str, int]:
    """How many pixels of the map canvas have which colour."""
    return page.eval_on_selector(
        "canvas.base",
        """canvas => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const found = {};
            for (let i = 0; i < data.length; i += 4) {
                const hex = [0, 1, 2].map((c) => data[i + c].toString(16).padStart(2, "0")).join("");
                const name = data[i + 3] < 255 ? "clear" : `#${hex}`;
                found[name] = (found[name] ?? 0) + 1;
            }
            return found;
        }""",
    )


def next_year(page: Page) -> None:
    version = page.locator("canvas.base").get_attribute("data-version")
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("canvas.base")).not_to_have_attribute("data-version", version)


def test_every_class_is_on_the_canvas_in_its_colour(still):
    dark = still.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    found = pixels(still)
    everything = sum(found.values())
    for color in SEQUENTIAL.dark if dark else SEQUENTIAL.light:
        assert found.get(color, 0) > 0.03 * everything
    assert found["clear"] < 0.5 * everything


def test_steps_are_counted_and_never_blank(page):
    page.eval_on_selector(
        "canvas.base",
        """canvas => {
            window.leastFilled = Infinity;
            const look = () => {
                const { width, height } = canvas;
                const row = canvas.getContext("2d").getImageData(0, height / 2, width, 1).data;
                let filled = 0;
                for (let i = 3; i < row.length; i += 4) filled += row[i] > 0;
                window.leastFilled = canvas.isConnected ? Math.min(window.leastFilled, filled / width) : -1;
                requestAnimationFrame(look);
            };
            look();
        }""",
    )
    before = pixels(page)
    first = int(page.locator("canvas.base").get_attribute("data-step"))
    next_year(page)
    next_year(page)
    assert int(page.locator("canvas.base").get_attribute("data-step")) >= first + 2
    assert pixels(page) != before
    assert page.evaluate("window.leastFilled") > 0.5


def test_geometry_is_fetched_once(page):
    next_year(page)
    page.get_by_text("Karte zeigen").click()
    expect(page.locator("canvas.base")).to_have_count(0)
    page.get_by_text("Karte zeigen").click()
    page.wait_for_selector("canvas.base[data-step]")
    assert len([url for url in page.seen["requests"] if "/geo/" in url]) == 1


def test_nothing_leaves_this_computer(light):
    light.mouse.move(*place_of(light, "20"))
    assert {re.sub(r"^\w+://([^:/]+).*", r"\1", url) for url in light.seen["requests"]} <= {"127.0.0.1"}


def test_a_click_returns_the_area(page):
    page.mouse.click(*place_of(page, "12"))
    expect(page.get_by_text("Klick: 12")).to_be_visible()
    expect(page.get_by_text("Gewählt: 12")).to_be_visible()
    next_year(page)  # a click lasts for one run, the choice stays
    expect(page.get_by_text("Klick: keiner")).to_be_visible()
    expect(page.get_by_text("Gewählt: 12")).to_be_visible()


def test_a_drag_is_not_a_click(page):
    page.get_by_role("button", name="Karte vergrößern").click()
    x, y = place_of(page, "31")
    step = page.locator("canvas.base").get_attribute("data-step")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 90, y + 40, steps=4)
    page.mouse.up()
    expect(page.locator("canvas.base")).not_to_have_attribute("data-step", step)
    page.wait_for_timeout(300)
    expect(page.get_by_text("Gewählt: nichts")).to_be_visible()


def test_arrow_keys_lead_to_neighbours_and_enter_chooses(page):
    stage = page.get_by_role("listbox", name="Testquote, %")
    stage.focus()
    live = page.locator(".map > .unseen[aria-live]")
    page.keyboard.press("ArrowRight")  # from the selected area 40
    expect(live).to_have_text("Ortsteil 41: 1.275,5 %, Klasse gering, 95-%-Bereich: 1.000,0 bis 2.000,0")
    assert stage.get_attribute("aria-activedescendant") == page.get_by_role("option").get_attribute("id")
    expect(page.get_by_role("option")).to_have_text("Ortsteil 41")
    page.keyboard.press("ArrowUp")  # row by row from the south
    expect(page.get_by_role("option")).to_have_text("Ortsteil 50")
    expect(live).to_have_text("Ortsteil 50: geheim")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Gewählt: 40")).not_to_be_visible()  # 40 was selected already
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Gewählt: 31")).to_be_visible()
    expect(page.get_by_role("option")).to_have_attribute("aria-selected", "true")


def test_home_end_and_zoom_by_keyboard(light):
    light.get_by_role("listbox").focus()
    light.keyboard.press("End")
    expect(light.get_by_role("option")).to_have_text("Ortsteil 62")
    light.keyboard.press("Home")
    expect(light.get_by_role("option")).to_have_text("Ortsteil 00")
    whole = pixels(light)["clear"]
    light.keyboard.press("+")
    light.keyboard.press("+")
    light.wait_for_timeout(200)
    assert pixels(light).get("clear", 0) < whole
    light.keyboard.press("0")
    light.wait_for_timeout(200)
    assert pixels(light)["clear"] == whole


def test_the_wheel_scrolls_the_page_and_zooms_with_ctrl(light):
    light.mouse.move(*place_of(light, "31"))
    step = light.locator("canvas.base").get_attribute("data-step")
    light.mouse.wheel(0, -120)
    light.wait_for_timeout(200)
    expect(light.locator("canvas.base")).to_have_attribute("data-step", step)
    expect(light.get_by_text("Strg + Mausrad vergrößert die Karte")).to_be_visible()
    light.keyboard.down("Control")
    light.mouse.wheel(0, -240)
    light.keyboard.up("Control")
    expect(light.locator("canvas.base")).not_to_have_attribute("data-step", step)
    light.get_by_role("button", name="Ganze Karte zeigen").click()


def test_the_legend_names_and_counts_every_class(light):
    entries = light.get_by_role("group", name="Legende").get_by_role("listitem").all_inner_texts()
    found = dict(re.fullmatch(r"(.+?) (\d+) Gebiete?", " ".join(entry.split())).groups() for entry in entries)
    assert found == {
        "sehr gering": "12",
        "gering": "13",
        "mittel": "13",
        "hoch": "11",
        "sehr hoch": "12",
        "keine Angabe": "1",
        "geheim": "1",
        "unsicher": "6",
    }


def test_a_name_with_markup_is_text(page):
    page.mouse.move(*place_of(page, "31"))
    expect(page.locator(".tip .name")).to_have_text(EVIL)
    page.mouse.click(*place_of(page, "31"))
    expect(page.get_by_text("Gewählt: 31")).to_be_visible()
    page.get_by_role("listbox").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".map > .unseen[aria-live]")).to_contain_text(EVIL)
    assert page.locator(".map img").count() == 0  # and no dialog: see the fixture


def test_hover_shows_value_interval_and_marks(light):
    light.mouse.move(*place_of(light, "20"))
    expect(light.locator(".tip p")).to_have_text(
        ["Ortsteil 20", "1.254,5 %", "95-%-Bereich: 1.000,0 bis 2.000,0", "Klasse: sehr gering", "unsicher"]
    )
    light.mouse.move(*place_of(light, "03"))
    expect(light.locator(".tip p")).to_have_text(["Ortsteil 03", "keine Angabe"])


def test_axe_finds_nothing(still):
    still.get_by_role("listbox").focus()
    still.keyboard.press("ArrowRight")
    context = {"include": [["[data-testid='stBidiComponentIsolated']"]]}
    result = Axe().run(still, context=context, options={"resultTypes": ["violations", "passes"]}).response
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in result["violations"]] == []
    assert {"aria-required-children", "button-name", "color-contrast"} <= {rule["id"] for rule in result["passes"]}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("fehlt", "Die Karte konnte nicht geladen werden."),
        ("kurz", "Karte (63 Gebiete) und Daten (62) passen nicht zusammen."),
    ],
)
def test_what_cannot_be_drawn_is_said(browser, server, query, message):
    page = browser.new_page()
    page.goto(f"{server}/?{query}=1")
    expect(page.get_by_text(message)).to_be_visible()
    page.close()


def test_print_shows_map_and_legend_only(light):
    light.emulate_media(media="print")
    expect(light.get_by_role("button", name="Karte vergrößern")).not_to_be_visible()
    expect(light.get_by_role("group", name="Legende")).to_be_visible()
    expect(light.locator("canvas.base")).to_be_visible()
    light.emulate_media(media="screen")


def test_a_phone_gets_a_map_no_higher_than_wide(browser, server):
    page = browser.new_page()
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(server)
    page.wait_for_selector("canvas.base[data-step]")
    box = page.locator(".frame").bounding_box()
    assert box["height"] <= box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
