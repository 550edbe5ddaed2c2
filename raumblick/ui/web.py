"""What the web server does besides Streamlit's pages: map files, page language, content security policy, warm start."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.pages_manager import PagesManager

from raumblick.answers.overview import overview
from raumblick.answers.values import levels
from raumblick.settings import load_settings
from raumblick.snapshot.publish import Shelf, SnapshotError, shelves
from raumblick.snapshot.store import Store

log = logging.getLogger(__name__)
_SCRIPT = Path(__file__).parent / "frontend" / "page.js"
_HEAD = f"<head><script>{_SCRIPT.read_text(encoding='utf-8')}</script>".encode()
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_SHARED = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'; "
)
_PARTS = b"/component/"  # documents that the page shows in a frame: the map of the Planspiel
FOREVER = "max-age=31536000, immutable"  # a snapshot never changes, and its id is in the address


async def geometry(request: Request) -> Response:
    """`/geo/<city>/<snapshot>/<level>.json`: the area borders of a snapshot, nothing else of it."""
    city, snapshot, level = (request.path_params[name] for name in ("city", "snapshot", "level"))
    known = load_settings()
    try:
        folder = Shelf(known.home, city).path(snapshot) / "map"
    except SnapshotError:
        return PlainTextResponse("Diese Karte gibt es nicht.", status_code=404)
    file = folder / f"{level}.json"
    if not level.isalpha() or not file.is_file():
        return PlainTextResponse("Diese Karte gibt es nicht.", status_code=404)
    whose = "private" if known.login else "public"  # a proxy must not keep what `LoginRoutes` gives to some alone
    return FileResponse(file, media_type="application/json", headers={"Cache-Control": f"{whose}, {FOREVER}"})


def geometry_url(store: Store, level: str) -> str:
    """Address of the map file of a level."""
    return f"/geo/{store.city['city_id']}/{store.snapshot_id}/{level}.json"


def policy(document: bytes, framed: bool) -> str:
    """The content security policy of an HTML document.

    A page runs scripts of this server and those that stand in the document itself, by their hash; nothing else, nothing made
    from text, and it stands in no frame. A part that is shown in a frame (`framed`) is the map of folium, whose code is made
    from text: what imported files say is escaped before it goes there (`ui/siting_map.py`).
    """
    if framed:
        return f"{_SHARED}script-src 'self' 'unsafe-inline' 'unsafe-eval'; frame-ancestors 'self'"
    hashes = (base64.b64encode(hashlib.sha256(text).digest()).decode() for text in _INLINE.findall(document))
    own = " ".join(f"'sha256-{text}'" for text in hashes)
    return f"{_SHARED}script-src 'self' {own}; worker-src 'self' blob:; frame-src 'self'; frame-ancestors 'none'"


class IndexPage:
    """Changes Streamlit's HTML: pages are German and run `frontend/page.js` before all else; each says what may run in it."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass every request on; change only HTML documents."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # Streamlit compresses by itself; what is to be changed must come as it is. The server compresses it afterwards.
        plain = {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]}
        start: Message | None = None
        body: list[bytes] = []

        async def change(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                kind = MutableHeaders(scope=message).get("content-type", "")
                if kind.startswith("text/html"):
                    start = message
                    return
            elif message["type"] == "http.response.body" and start is not None:
                body.append(message.get("body", b""))
                if message.get("more_body"):
                    return
                whole = b"".join(body).replace(b'<html lang="en"', b'<html lang="de"', 1)
                framed = scope["path"].encode().startswith(_PARTS)
                whole = whole if framed else whole.replace(b"<head>", _HEAD, 1)
                headers = MutableHeaders(scope=start)
                headers["content-security-policy"] = policy(whole, framed)
                headers["content-length"] = str(len(whole))
                del headers["etag"]
                await send(start)
                message = {"type": "http.response.body", "body": whole}
            await send(message)

        await self.app(plain, receive, change)


def say_error(error: BaseException) -> bool:
    """A plain message instead of a traceback; the log keeps what happened. Returns True: the error is dealt with."""
    log.error("page failed", exc_info=error)
    st.error(
        "Diese Seite ließ sich nicht zeigen. Es wurde nichts geändert. Bitte die Auswahl ändern oder die Seite neu laden; "
        "bleibt der Fehler, hilft das Protokoll des Servers der betreibenden Stelle weiter."
    )
    return True


def warm_up() -> None:
    """Import what pages need and ask each city its first question, so that no visitor waits for it."""
    # Streamlit takes a folder named `pages` for its old way of navigation until st.navigation has run once: the first
    # deep link to a fresh server would say "page not found" (and run page files without app.py, if any lay there).
    PagesManager.uses_pages_directory = False
    from raumblick.ui import charts, map, session, tables  # noqa: F401  (loaded for the side effect of loading)

    known = load_settings()
    for shelf in shelves(known.home):
        try:
            session.warm(shelf.city_id, overview, lambda opened: levels(opened)[0])
        except Exception:  # a damaged snapshot must not keep the server from starting; its page says what is wrong
            log.exception("warm start of %s failed", shelf.city_id)
