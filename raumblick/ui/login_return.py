"""After a login: back to the page that was asked for. Streamlit leads everybody to the start page.

The way to the provider starts from the page itself, so the browser names it (`Referer`). What is kept of it is a page of this
app and its choices, in a cookie that is signed, belongs to this one login (`state`) and lasts ten minutes. Nothing of it is
ever an address: the answer is put together anew from a page that there is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import Message, Scope
from streamlit.auth_util import get_origin_from_redirect_uri
from streamlit.config import get_option
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, decode_signed_value

PAGES = frozenset(
    "karte steckbrief vergleich schwerpunktraeume suche prognose luecken angebote uebergaenge planspiel budgetstand waswaerewenn "
    "verteilung risiko quellen import methodik protokoll".split()
)  # addresses of all pages of app.py but the start page
COOKIE = "raumblick_ziel"
_CALLBACK = "/oauth2callback"
_SECONDS = 600
_KEY = re.compile("(?!embed)[a-z][a-z0-9_]{0,29}")  # of a choice; `embed` is Streamlit's own and changes the frame
_LONGEST = 2000  # characters of all choices: a browser keeps 4096 of a cookie


def guide(scope: Scope, message: Message) -> None:
    """Change the start of an answer of Streamlit's: at the way in note the page, at the way back lead there."""
    headers = MutableHeaders(scope=message)
    if str(scope["path"]).endswith(_CALLBACK):
        _lead_back(scope, headers)
        return
    state = _one(parse_qs(urlsplit(headers.get("location", "")).query), "state")
    target = _target(Headers(scope=scope).get("referer", ""))
    if state and target:
        value = create_signed_value(get_cookie_secret(), COOKIE, json.dumps([state, target])).decode()
        headers.append("set-cookie", _cookie(value, _SECONDS))


def _lead_back(scope: Scope, headers: MutableHeaders) -> None:
    kept = cookie_parser(Headers(scope=scope).get("cookie", "")).get(COOKIE)
    if kept is None:
        return
    headers.append("set-cookie", _cookie("", 0))
    signed = decode_signed_value(get_cookie_secret(), COOKIE, kept.encode("latin-1", "replace"), _SECONDS / 86400)
    try:
        state, target = json.loads(signed or b"[]")
    except ValueError:
        return
    asked = _one(parse_qs(bytes(scope["query_string"]).decode("latin-1")), "state")
    if asked and asked == state and headers.get("location") == f"{_base()}/":  # not where Streamlit leads elsewhere
        headers["location"] = _own(str(target)) or f"{_base()}/"


def _target(referer: str) -> str:
    """The page and choices that a header names, as an address on this server; "" where it names none of this app."""
    try:
        parts = urlsplit(referer)
    except ValueError:
        return ""
    if f"{parts.scheme}://{parts.netloc}" != get_origin_from_redirect_uri():
        return ""
    return _own(f"{parts.path}?{parts.query}")


def _own(address: str) -> str:
    """The same address put together anew from a known page and choices; "" for every other, and for the bare start page."""
    path, _, query = address.partition("?")
    page = path.removeprefix(f"{_base()}/").removesuffix("/")
    if not path.startswith(f"{_base()}/") or page not in PAGES | {""}:
        return ""
    try:
        choices = [(name, value) for name, value in parse_qsl(query, max_num_fields=100) if _KEY.fullmatch(name)]
    except ValueError:
        choices = []
    text = urlencode(choices)
    said = f"?{text}" if text and len(text) <= _LONGEST else ""
    return f"{_base()}/{page}{said}" if page or said else ""


def _base() -> str:
    """`/path` that the app lies below, or ""."""
    base = str(get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def _one(fields: Mapping[str, list[str]], name: str) -> str:
    return fields.get(name, [""])[0]


def _cookie(value: str, seconds: int) -> str:
    """The header that sets our cookie for the way back alone, or takes it away."""
    made = Response()
    made.set_cookie(COOKIE, value, max_age=seconds, path=f"{_base()}{_CALLBACK}", httponly=True, samesite="lax")
    return made.headers["set-cookie"]
