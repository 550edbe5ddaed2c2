"""The real app on a free port of this machine, and a browser that writes down everything it asks for and complains about."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SHARED_DATA = ROOT.parent / "shared" / "data"
SCREENSHOTS = Path(__file__).parent / "screenshots"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-background-networking", "--disable-component-update"]
OWN = re.compile(r"(https?|wss?)://127\.0\.0\.1(:\d+)?/|data:|blob:")

# What Streamlit's own pages cause and the app cannot mend: (address, reason).
KNOWN_FAULTS = (
    (
        re.compile(r"/[a-z]+/_stcore/(health|host-config)$"),
        "on a page's own address Streamlit first looks for a server below that address, and then finds it at the root",
    ),
)

READY = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    if (!app || app.getAttribute("data-test-script-state") !== "notRunning") return false;
    if (!document.querySelector("h1") || document.querySelector('[data-testid="stSkeleton"]')) return false;
    const drawn = (canvas) => canvas && (canvas.dataset.step || canvas.parentElement.clientWidth === 0);
    const inside = (host) => [...host.querySelectorAll("*")].map((e) => e.shadowRoot?.querySelector("canvas.base")).find(Boolean);
    return [...document.querySelectorAll(".stBidiComponent")].every((host) => drawn(inside(host)));
}"""


class Visitor:
    """One page of one browser context, and what happened on it: requests, faults, and frames of the web socket."""

    def __init__(self, page: Page, address: str):
        self.page, self.address = page, address
        self.requests: list[str] = []
        self.faults: list[str] = []
        self.frames: list[bytes] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", self._dialog)
        page.on("websocket", self._socket)

    def _console(self, message: Any) -> None:
        if message.type == "error" and not any(known.search(message.location["url"]) for known, _ in KNOWN_FAULTS):
            self.faults.append(f"{message.text} ({message.location['url']})")

    def _dialog(self, dialog: Any) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _socket(self, socket: Any) -> None:
        self.requests.append(socket.url)
        socket.on("framereceived", lambda frame: self.frames.append(frame if isinstance(frame, bytes) else frame.encode()))

    def go(self, path: str = "/", **address: str) -> Page:
        """Open an address of the app and wait until the page is complete."""
        query = "&".join(f"{name}={value}" for name, value in address.items())
        self.page.goto(f"{self.address}{path}{'?' if query else ''}{query}")
        return self.wait()

    def wait(self) -> Page:
        """Until the script has ended and every map on the page is drawn."""
        self.page.wait_for_timeout(120)  # a click has reached the server by then
        self.page.wait_for_function(READY, timeout=30_000)
        return self.page

    def look(self, scheme: str, width: int = 1440) -> Page:
        """The same page in another theme and width; colours need a moment to fade over."""
        self.page.set_viewport_size({"width": width, "height": 1000})
        self.page.emulate_media(color_scheme=scheme)
        self.page.wait_for_timeout(350)
        return self.wait()

    def strangers(self) -> list[str]:
        """Requests that left this machine."""
        return [url for url in self.requests if not OWN.match(url)]


@pytest.fixture(scope="session")
def cities_home(tmp_path_factory: pytest.TempPathFactory, city_home: Path, guarded_home: Path) -> Path:
    """Home with the demo city, the guarded mini city and, where their data lie beside the checkout, Leipzig and Berlin."""
    from homes import settle

    home = tmp_path_factory.mktemp("cities_home")
    for source in (city_home, guarded_home):
        shutil.copytree(source, home, dirs_exist_ok=True)
    for city in ("leipzig", "berlin"):
        if (SHARED_DATA / city).is_dir():
            settle(SHARED_DATA / city, home)
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


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def start_app(home: Path, view: str, log: Path, port: int = 0, more: tuple[str, ...] = (), **env: str) -> tuple[Any, str]:
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", "server.py", f"--server.port={port}"]
    command += ["--server.address=127.0.0.1", "--server.fileWatcherType=none", *more]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"RAUMBLICK_HOME": str(home), "RAUMBLICK_VIEW": view} | env,
            stdout=stream,
            stderr=stream,
        )
    address = f"http://127.0.0.1:{port}"
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return process, address
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.25)
    process.kill()
    raise TimeoutError(log.read_text(encoding="utf-8", errors="replace"))


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
            viewport={"width": width, "height": height}, color_scheme=scheme, locale="de-DE", reduced_motion="reduce"
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
