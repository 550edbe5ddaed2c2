"""The shipped nginx configuration before the app: every page works in a browser under its policy; nothing else is open."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from places import CHROMIUM, ROOT
from running import free_port

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
# One page of each kind of content; that the policy, which the app writes itself, fits every page shows the walk over all.
PAGES = ("", "karte", "schwerpunktraeume", "planspiel", "budgetstand", "import")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this system"),
    pytest.mark.skipif(NGINX is None or shutil.which("openssl") is None, reason="no nginx or openssl on this system"),
]


def configured(folder: Path, upstream: str, plain: int, secure: int) -> str:
    """The shipped file with what an operator changes, and ports of this machine."""
    text = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    changes = {
        "127.0.0.1:8501": upstream.removeprefix("http://"), "raumblick.stadt.example": "localhost",
        "listen 80": f"listen 127.0.0.1:{plain}", "listen 443": f"listen 127.0.0.1:{secure}",
        "/etc/ssl/raumblick": str(folder), "308 https://$host$": f"308 https://$host:{secure}$",
    }  # fmt: skip
    for old, new in changes.items():
        assert old in text, f"{old} is not in deploy/nginx.conf"
        text = text.replace(old, new)
    (folder / "site.conf").write_text(text, "utf-8")
    places = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    return (
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; {places} default_type application/octet-stream; include {folder}/site.conf; }}\n"
    )


@pytest.fixture(scope="module")
def proxy(serve, city_home, tmp_path_factory) -> Iterator[str]:
    """Address of an nginx with the shipped configuration before the app."""
    upstream, folder = serve(city_home, "planung"), tmp_path_factory.mktemp("nginx")
    plain, secure = free_port(), free_port()
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    keys = ["-keyout", str(folder / "schluessel.pem"), "-out", str(folder / "kette.pem")]
    subprocess.run([*make, *keys], check=True, capture_output=True)
    (folder / "nginx.conf").write_text(configured(folder, upstream, plain, secure), "utf-8")
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen([NGINX, "-p", folder, "-c", folder / "nginx.conf"], stdout=out, stderr=out)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", secure)) == 0:
                    break
            assert process.poll() is None, (folder / "out").read_text("utf-8", "replace")
            time.sleep(0.05)
        yield f"https://localhost:{secure}"  # a name, for the configuration answers to names alone
    finally:
        process.terminate()
        process.wait(15)


def ask(proxy: str, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
    """One request, the path exactly as given."""
    trusting = ssl._create_unverified_context()  # the proxy of this test signs for itself
    connection = http.client.HTTPSConnection(urlsplit(proxy).netloc, context=trusting, timeout=20)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    return connection.getresponse()


def test_pages_work_behind_nginx(proxy, visit, tmp_path):
    """The console stays empty: no policy is offended (`visit` asserts it)."""
    visitor = visit(proxy)
    for name in PAGES:
        page = visitor.go(f"/{name}")
        assert page.locator("h1").count() == 1 and page.locator('[data-testid="stException"]').count() == 0, name
        if name == "planspiel":
            map_frame = page.frame_locator('iframe[title^="streamlit_folium"]')
            map_frame.locator(".leaflet-container path").first.wait_for()
        if name == "karte":
            assert page.locator("canvas.base").count() == 1
        if name == "import":
            (tmp_path / "kinder.csv").write_text("Gebiet;Kinder\n01;5\n", "utf-8")
            page.locator('input[type="file"]').first.set_input_files(tmp_path / "kinder.csv")
            page.get_by_text("kinder.csv").first.wait_for()
    assert any(url.startswith("wss://") for url in visitor.requests)


def test_a_script_that_somebody_slipped_in_does_not_run(proxy, browser):
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.goto(proxy)
    page.evaluate(
        """() => {
            window.offended = [];
            document.addEventListener("securitypolicyviolation", (e) => offended.push(e.effectiveDirective));
            document.body.insertAdjacentHTML("beforeend", "<img src=x: onerror='window.ran = 1'>");
            const inline = document.createElement("script");
            inline.textContent = "window.ran = 2";
            document.body.append(inline);
            new Image().src = "https://boese.example/x.png";
        }"""
    )
    page.wait_for_function("offended.includes('script-src-elem') && offended.includes('img-src')")
    assert page.evaluate("window.ran") is None
    context.close()


def test_a_page_carries_the_headers(proxy):
    answer = ask(proxy, "GET", "/karte")
    assert answer.status == 200
    assert "script-src 'self' 'sha256-" in answer.headers["Content-Security-Policy"]
    assert "unsafe-eval" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Strict-Transport-Security"] and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin" and answer.headers["Server"] == "nginx"
    assert "sandbox" in ask(proxy, "GET", "/media/x.svg").headers["Content-Security-Policy"]


CLOSED = (
    ("GET", "/_stcore/metrics"), ("GET", "/_stcore/script-health-check"), ("GET", "/_stcore/agent/openapi.json"),
    ("POST", "/_stcore/agent/interact"), ("GET", "/app/static/x"), ("GET", "/.streamlit/secrets.toml"),
    ("GET", "/pages/lage/karte.py"), ("GET", "/var/plaene.sqlite"), ("GET", "/geo/../.streamlit/secrets.toml"),
    ("GET", "/static/..%2f..%2f..%2fetc/passwd"), ("GET", "/geo/musterstadt/..%2f..%2fplaene.sqlite/x.json"),
    ("GET", "/static/%2e%2e/%2e%2e/secrets.toml"), ("GET", "/a" * 40), ("GET", "/%00"),
    ("POST", "/"), ("PUT", "/media/x"), ("DELETE", "/geo/x/y/z.json"), ("TRACE", "/"),
)  # fmt: skip


def test_nothing_else_is_open(proxy):
    refused = {(m, p): ask(proxy, m, p, **({"Content_Length": "0"} if m != "GET" else {})).status for m, p in CLOSED}
    assert {request: status for request, status in refused.items() if status not in (400, 403, 404, 405)} == {}


def test_what_is_too_much_is_refused(proxy):
    place = "/_stcore/upload_file/a/b"
    limit = int(re.search(r"maxUploadSize = (\d+)", (ROOT / ".streamlit" / "config.toml").read_text("utf-8"))[1])
    assert ask(proxy, "PUT", place, Content_Length=str((limit + 2) << 20)).status == 413
    assert ask(proxy, "GET", "/karte", Content_Length=str(1 << 20)).status == 413
    assert ask(proxy, "GET", "/karte?x=" + "x" * 20_000).status == 414
    assert {ask(proxy, "GET", "/auth/login").status for _ in range(50)} >= {429}


def test_another_name_gets_no_answer(proxy):
    with pytest.raises(http.client.RemoteDisconnected):
        ask(proxy, "GET", "/", Host="boese.example")
    with pytest.raises(ssl.SSLError):  # no name at all, as those send who search whole networks
        ask(proxy.replace("localhost", "127.0.0.1"), "GET", "/")
