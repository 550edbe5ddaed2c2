"""The real app on a free port of this machine, and a browser that writes down everything it asks for and complains about."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from places import CHROMIUM, SCREENSHOTS, SHARED_DATA
from playwright.sync_api import Browser, sync_playwright
from running import start_app
from visitor import Visitor

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def cities_home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Home with the demo city, the guarded mini city and, where their data lie beside the checkout, Leipzig and Berlin."""
    sources = [request.getfixturevalue(name) for name in ("city_home", "guarded_home")]
    if SHARED_DATA.is_dir():
        sources += [request.getfixturevalue("real_home")(c) for c in ("leipzig", "berlin") if (SHARED_DATA / c).is_dir()]
    home = tmp_path_factory.mktemp("cities_home")
    for source in sources:
        shutil.copytree(source, home, dirs_exist_ok=True)
    return home


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path, str], str]]:
    """Starts the app for a home and a view, once each, and returns its address; all are ended with the run."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this system")
    running: dict[tuple[Path, str], tuple[subprocess.Popen[bytes], str]] = {}

    def start(home: Path, view: str) -> str:
        if (home, view) not in running:
            running[home, view] = start_app(home, view, tmp_path_factory.mktemp("server") / "log.txt")
        return running[home, view][1]

    yield start
    for process, _ in running.values():
        process.terminate()
        process.wait(15)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this system")
    SCREENSHOTS.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Opens a context at an address of the app; at the end nothing may have left this machine or gone wrong."""
    visitors: list[Visitor] = []

    def open_context(address: str, scheme: str = "light", width: int = 1440, height: int = 1000) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, locale="de-DE", reduced_motion="reduce",
            ignore_https_errors=address.startswith("https"),  # a proxy of a test signs for itself
        )
        visitors.append(Visitor(context.new_page(), address))
        return visitors[-1]

    yield open_context
    for visitor in visitors:
        visitor.page.context.close()
    assert [url for visitor in visitors for url in visitor.strangers()] == []
    assert [fault for visitor in visitors for fault in visitor.faults] == []


@pytest.fixture
def page(visit: Callable[..., Visitor], serve: Callable[[Path, str], str], cities_home: Path) -> Visitor:
    """A visitor of the planners' view at 1440 x 1000."""
    return visit(serve(cities_home, "planung"))
