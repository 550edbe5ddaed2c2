"""After a login: the page that was asked for, and never an address that somebody else chose."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from raumblick.ui import login_return

APP, SECRET = "https://rb.example", "ein Geheimnis der Prüfung, lang genug für alle"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True, params=["", "raum"], ids=["root", "below"])
def base(request, monkeypatch):
    """The app at the root and below a path of its own."""
    monkeypatch.setattr(login_return, "get_option", lambda name: request.param)
    monkeypatch.setattr(login_return, "get_cookie_secret", lambda: SECRET)
    monkeypatch.setattr(login_return, "get_origin_from_redirect_uri", lambda: APP)
    return f"/{request.param}" if request.param else ""


def answer(path: str, location: str, query: str = "", **headers: str) -> dict[str, list[str]]:
    """The headers of an answer of Streamlit's, as they leave the server."""
    sent = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
    message = {"type": "http.response.start", "status": 302, "headers": [(b"location", location.encode())]}
    login_return.guide({"type": "http", "path": path, "query_string": query.encode(), "headers": sent}, message)
    found: dict[str, list[str]] = {}
    for name, value in message["headers"]:
        found.setdefault(name.decode(), []).append(value.decode())
    return found


def noted(base: str, referer: str, state: str = "s1") -> str:
    """The cookie that the way in leaves, or ""."""
    given = answer(f"{base}/auth/login", f"https://idp.example/a?state={state}&nonce=n", referer=referer)
    assert given["location"] == [f"https://idp.example/a?state={state}&nonce=n"]
    (header,) = given.get("set-cookie", [""])
    if header:
        assert f"Path={base}/oauth2callback" in header and "HttpOnly" in header and "SameSite=lax" in header
        assert "Max-Age=600" in header and len(header) < 4000
    return header.partition("=")[2].partition(";")[0]


def led(base: str, cookie: str, state: str = "s1", location: str | None = None) -> str:
    """Where the way back leads with a cookie."""
    cookies = {"cookie": f"{login_return.COOKIE}={cookie}"} if cookie else {}
    at = answer(f"{base}/oauth2callback", f"{base}/" if location is None else location, f"code=c&state={state}", **cookies)
    assert bool(cookie) == any("Max-Age=0" in header for header in at.get("set-cookie", []))  # it is good once
    return at["location"][0]


def test_back_to_the_page_and_its_choices(base):
    for asked in ("/karte?stadt=mini&gebiet=07", "/import", "/?stadt=mini", "/schwerpunktraeume?regel=a+%26+b%3Bc&name=%C3%BC"):
        assert led(base, noted(base, f"{APP}{base}{asked}")) == base + asked
    assert led(base, noted(base, f"{APP}{base}/karte/")) == f"{base}/karte"
    assert led(base, noted(base, f"{APP}{base}/karte?embed=true&embed_options=x&stadt=a&X=1&__a=b")) == f"{base}/karte?stadt=a"
    assert led(base, noted(base, f"{APP}{base}/karte?regel={'x' * 3000}")) == f"{base}/karte"


def test_known_pages_are_those_of_the_app():
    pages = re.findall(r'st\.Page\("[^"]*/(\w+)\.py",([^\n]*)\)', (ROOT / "app.py").read_text("utf-8"))
    named = {re.search('url_path="(.+?)"', more) or name for name, more in pages if "default=True" not in more}
    assert {name if isinstance(name, str) else name[1] for name in named} == login_return.PAGES


@pytest.mark.parametrize(
    "referer",
    [
        "https://anderswo.example/karte", "//anderswo.example/karte", "https://rb.example.anderswo.example/karte",
        "https://rb.example@anderswo.example/karte", "http://rb.example/karte", "https://rb.example:444/karte", "null", "",
        f"{APP}//anderswo.example", f"{APP}//anderswo.example/karte", f"{APP}/\\anderswo.example", f"{APP}/https://anderswo.example",
        f"{APP}/karte/../auth/logout", f"{APP}/auth/logout", f"{APP}/_stcore/health", f"{APP}/geo/a/b/c.json", "https://[",
    ],
)  # fmt: skip
def test_what_is_no_page_of_ours_is_not_noted(base, referer):
    assert noted(base, referer) == ""
    assert noted(base, referer.replace(APP, APP + base)) == ""


def test_a_cookie_of_another_login_or_made_by_hand_leads_to_the_start(base):
    good = noted(base, f"{APP}{base}/karte")
    assert led(base, good) == f"{base}/karte"
    assert led(base, good, state="s2") == f"{base}/" and led(base, good, state="") == f"{base}/"
    other = create_signed_value("x" * 40, login_return.COOKIE, json.dumps(["s1", f"{base}/karte"])).decode()
    foreign = create_signed_value(SECRET, "_streamlit_user", json.dumps(["s1", f"{base}/karte"])).decode()
    for cookie in ("x", other, foreign, good[:-2], "x" * 3000):
        assert led(base, cookie) == f"{base}/"
    assert led(base, "") == f"{base}/"
    elsewhere = "https://idp.example/logout"  # Streamlit leads to another place: left alone
    assert led(base, good, location=elsewhere) == elsewhere


def test_an_old_cookie_leads_to_the_start(base, monkeypatch):
    good = noted(base, f"{APP}{base}/karte")
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: 1e11)
    assert led(base, good) == f"{base}/"


starts = st.sampled_from(["/", "//", "/\\", "/karte", "/karte?", APP])


@given(text=st.one_of(st.text(max_size=60), st.builds("{}{}".format, starts, st.text(max_size=30))))
def test_even_a_signed_target_is_never_anything_but_a_page(text):
    base = login_return._base()
    for target in (text, base + text):
        at = led(base, create_signed_value(SECRET, login_return.COOKIE, json.dumps(["s1", target])).decode())
        assert at.startswith(f"{base}/") and at.isascii() and at.isprintable()
        parts = urlsplit(at)
        assert (parts.scheme, parts.netloc) == ("", "") and parts.path.removeprefix(f"{base}/") in login_return.PAGES | {""}
