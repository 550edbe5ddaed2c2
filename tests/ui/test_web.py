"""The web server's own part: the language of the page, map files and nothing else, a plain word when a page fails."""

import asyncio
import base64
import gzip
import hashlib
import re

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from streamlit.testing.v1 import AppTest

from raumblick.ui.web import IndexPage, geometry, geometry_url

INDEX = '<!doctype html><html lang="en"><body>lang="en" bleibt hier</body></html>'


def get(app, path: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> tuple[int, dict[str, str], bytes]:
    """One request to an ASGI application: status, headers, body."""
    sent: list[dict] = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": list(headers), "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1), "root_path": "",
        "http_version": "1.1", "asgi": {"spec_version": "2.4"},
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    head = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], head, b"".join(message.get("body", b"") for message in sent[1:])


def site() -> IndexPage:
    async def index(request) -> Response:
        return HTMLResponse(INDEX, headers={"etag": '"1"'})

    async def packed(request) -> Response:
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return HTMLResponse(INDEX)
        return Response(gzip.compress(INDEX.encode()), media_type="text/html", headers={"content-encoding": "gzip"})

    async def script(request) -> Response:
        return PlainTextResponse(INDEX, media_type="text/javascript")

    return IndexPage(Starlette(routes=[Route("/", index), Route("/karte", packed), Route("/a.js", script)]))


def test_the_page_says_that_it_is_german():
    status, head, body = get(site(), "/")
    assert (status, body.decode()) == (200, INDEX.replace('lang="en"', 'lang="de"', 1))
    assert head["content-length"] == str(len(body))
    assert "etag" not in head


def test_the_head_of_the_page_keeps_the_history_before_anything_else_runs():
    async def index(request) -> Response:
        return HTMLResponse("<html><head><script src=a.js></script></head></html>")

    _, head, body = get(IndexPage(Starlette(routes=[Route("/", index)])), "/")
    assert body.startswith(b"<html><head><script>") and body.index(b"history.pushState =") < body.index(b"a.js")
    assert head["content-length"] == str(len(body))


def test_a_page_names_what_may_run_in_it_by_hash():
    async def index(request) -> Response:
        return HTMLResponse("<html><head><script>\n  window.x = false\n</script></head></html>")

    _, head, body = get(IndexPage(Starlette(routes=[Route("/", index)])), "/")
    policy = head["content-security-policy"]
    hashes = re.findall(r"'sha256-([^']+)'", policy)
    scripts = re.findall(rb"<script>(.*?)</script>", body, re.DOTALL)
    assert [base64.b64encode(hashlib.sha256(text).digest()).decode() for text in scripts] == hashes != hashes[:1]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "script-src 'self' " in policy
    assert "unsafe-eval" not in policy and "http" not in policy and policy.count("unsafe-inline") == 1  # styles


def test_what_is_no_page_is_left_alone():
    assert get(site(), "/a.js")[2].decode() == INDEX


def test_a_compressed_page_is_german_too():
    _, head, body = get(site(), "/karte", ((b"accept-encoding", b"gzip"),))
    text = gzip.decompress(body) if head.get("content-encoding") == "gzip" else body
    assert b'<html lang="de"' in text


@pytest.fixture
def maps(mini_home, monkeypatch):
    monkeypatch.setenv("RAUMBLICK_HOME", str(mini_home))
    return Starlette(routes=[Route("/geo/{city}/{snapshot}/{level}.json", geometry)])


def test_map_files_are_served_for_good(maps, planung):
    status, head, body = get(maps, geometry_url(planung, "ortsteil"))
    assert status == 200
    assert body == (planung.folder / "map" / "ortsteil.json").read_bytes()
    assert "immutable" in head["cache-control"]


@pytest.mark.parametrize(
    ("city", "snapshot", "level"),
    [
        ("mini", "{id}", "kiez"),
        ("mini", "{id}", ".."),
        ("mini", "{id}", "..%2fmanifest"),
        ("mini", "{id}", "../manifest"),
        ("mini", "20990101T000000-00000000", "ortsteil"),
        ("mini", "..", "ortsteil"),
        ("..", "{id}", "ortsteil"),
        ("", "", ""),
        ("gibtesnicht", "{id}", "ortsteil"),
    ],
)
def test_nothing_else_is_served(maps, planung, city, snapshot, level):
    status, _, body = get(maps, f"/geo/{city}/{snapshot.format(id=planung.snapshot_id)}/{level}.json")
    assert status == 404
    assert b"area" not in body


def test_a_failing_page_says_a_plain_word():
    def page() -> None:
        from raumblick.ui.web import say_error

        assert say_error(ValueError("geheime Innereien")) is True

    at = AppTest.from_function(page).run()
    assert not at.exception
    assert "Es wurde nichts geändert" in at.error[0].value
    assert "geheime Innereien" not in at.error[0].value
