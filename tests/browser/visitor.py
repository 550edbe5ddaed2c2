"""A page of a browser that writes down everything it asks for and complains about."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page

OWN = re.compile(r"(https?|wss?)://(127\.0\.0\.1|localhost)(:\d+)?/|data:|blob:")

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
        self.seen: tuple[str, int] | None = None
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

    def settle(self) -> Page:
        """After a fragment has answered, until the whole page has followed 350 ms later: a download asked for just then fails."""
        self.page.wait_for_timeout(500)
        return self.wait()

    def look(self, scheme: str, width: int = 1440) -> Page:
        """The same page in another theme and width; colours need a moment to fade over."""
        if self.seen != (scheme, width):
            self.page.set_viewport_size({"width": width, "height": 1000})
            self.page.emulate_media(color_scheme=scheme)
            self.page.wait_for_timeout(350)
            self.seen = (scheme, width)
        return self.wait()

    def strangers(self) -> list[str]:
        """Requests that left this machine."""
        return [url for url in self.requests if not OWN.match(url)]
