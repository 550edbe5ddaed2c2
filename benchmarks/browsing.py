"""Pages in the system's Chromium that step with the arrow keys of a slider and say when the new picture stood there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

PROBE = Path(__file__).with_name("probe.js")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-background-networking", "--disable-component-update"]
SETTLED = 600  # ms without a message on the websocket; the rest of a page follows its map after 350
Kind = Literal["text", "canvas", "folium", "plotly"]


@dataclass(frozen=True)
class Step:
    """One step. Times in ms from the key press: `ms` to the painted picture, `send` to the request, `last` to the last
    message of the server before the picture. `blank` is the longest time with nothing on screen, `place` where the slider
    stands now.
    """

    ms: float
    send: float
    last: float
    blank: float
    place: str


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's browser, headless.

    Raises:
        FileNotFoundError: there is none.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise FileNotFoundError("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def new_context(browser: Browser) -> BrowserContext:
    """A visitor with an empty cache, whose pages carry the probe; requests to other hosts fail at once."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
    context.add_init_script(path=PROBE)
    context.route(lambda url: "://127.0.0.1" not in url, lambda route: route.abort())
    return context


class Slide:
    """A page with a slider, opened until its picture stands there (`opened_ms` after the address was given), then settled.

    Of several sliders the first whose label begins with `label` is moved.
    """

    def __init__(self, context: BrowserContext, url: str, kind: Kind, count: int = 0, settle: bool = True, label: str = ""):
        self.kind, self.count, self.label = kind, count, label
        self.page: Page = context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.goto(url, wait_until="commit")
        self.page.wait_for_function("([kind, count]) => bench.state(kind, count).complete", arg=[kind, count])
        self.opened_ms = float(self.page.evaluate("performance.now()"))
        self.key = "ArrowLeft"  # the slider stands on the newest year
        self.place = self.slider.input_value()
        if settle:
            self.settle()

    @property
    def slider(self) -> Locator:
        """The slider that is moved."""
        return self.page.get_by_role("slider", name=self.label).first if self.label else self.page.get_by_role("slider").first

    def settle(self) -> None:
        """Wait until the server has nothing more to say."""
        self.page.wait_for_function(f"() => bench.quietFor() > {SETTLED}", polling=50)  # a function: the pages forbid eval

    def step(self, pixels: bool = False, settle: bool = True) -> Step:
        """One year on, turning round at either end; `pixels` also looks at the canvas for blank moments, which costs time.

        Without `settle` it returns with the picture, while the server may still send the rest of the page.
        """
        page = self.page
        page.bring_to_front()
        page.evaluate("bench.rest()")
        slider = self.slider
        slider.focus()
        now, least, most = slider.evaluate("input => [input.value, input.min, input.max]")
        if now in (least, most):
            self.key = "ArrowRight" if now == least else "ArrowLeft"
        page.evaluate("([kind, count, pixels]) => bench.arm(kind, count, pixels)", [self.kind, self.count, pixels])
        page.keyboard.press(self.key)
        seen = page.evaluate("bench.result")
        if settle:
            self.settle()
        return Step(seen["ms"], seen["send"], seen["last"], seen["blank"], slider.input_value())

    def close(self) -> None:
        """Close the page and with it the session."""
        self.page.close()


def take_turns(slides: dict[str, Slide], warm: int = 2, rounds: int = 3, each: int = 6) -> dict[str, list[Step]]:
    """Steps by page: after `warm` of every page that do not count, `rounds` times `each` of one page after the other."""
    for slide in slides.values():
        for _ in range(warm):
            slide.step()
    steps: dict[str, list[Step]] = {name: [] for name in slides}
    for _ in range(rounds):
        for name, slide in slides.items():
            steps[name] += [slide.step() for _ in range(each)]
    return steps
