"""Logins without a browser: through a real provider by HTTP, cookies made by hand, and a provider that lies."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, generate_xsrf_token_string
from websockets.sync.client import connect

SECRET = "ein Geheimnis der Prüfung, lang genug für alle"
COOKIE = "_streamlit_user"
ROLES = """
angabe = "groups"
kennung = "preferred_username"
[[rolle]]
wert = "rb-leitung"
rolle = "leitung"
[[rolle]]
wert = "rb-planung"
rolle = "planung"
stadt = ["mini"]
[[rolle]]
wert = "rb-ausschuss"
rolle = "ausschuss"
"""
PEOPLE = {
    "lea": ["rb-leitung"],
    "paul": ["rb-planung"],
    "anna": ["rb-ausschuss", "sportverein"],
    "fremd": ["rb-chefin"],
    "leer": [],
}


def look(app: str, page: str = "", cookie: str = "", headers: dict[str, str] | None = None, **address: str) -> bytes:
    """Everything that the server sends somebody who opens a page, without a browser."""
    token = generate_xsrf_token_string()
    cookies = f"_streamlit_xsrf={token}" + (f"; {COOKIE}={cookie}" if cookie else "")
    asked = BackMsg()
    asked.rerun_script.page_name = page
    asked.rerun_script.query_string = urlencode(address)
    received = b""
    with connect(
        f"{app.replace('http', 'ws', 1)}/_stcore/stream", origin=app, subprotocols=["streamlit", token], max_size=None,
        additional_headers={"Cookie": cookies, **(headers or {})},
    ) as socket:  # fmt: skip
        socket.send(asked.SerializeToString())
        while True:
            frame = bytes(socket.recv(timeout=60, decode=False))
            received += frame
            answer = ForwardMsg()
            answer.ParseFromString(frame)
            ended = answer.WhichOneof("type") == "script_finished"
            if ended and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return received


def secrets_file(path: Path, app: str, provider: str, liar: str = "http://127.0.0.1:9") -> Path:
    """Streamlit's secrets for a login at `provider`, and a second provider that Raumblick does not trust for logins."""
    path.write_text(
        f"""
[auth]
redirect_uri = "{app}/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "raumblick"
client_secret = "geheim"
server_metadata_url = "{provider}/.well-known/openid-configuration"
client_kwargs = {{ scope = "openid profile", prompt = "login" }}

[auth.luege]
client_id = "raumblick"
client_secret = "geheim"
server_metadata_url = "{liar}/.well-known/openid-configuration"
""",
        encoding="utf-8",
    )
    return path


@contextmanager
def mock_provider(port: int) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The provider of the package oidc-provider-mock as a process of its own, with everybody of PEOPLE."""
    command = [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), "-n"]
    for sub, groups in PEOPLE.items():
        claims = {"sub": sub, "groups": groups, "name": sub.capitalize(), "preferred_username": f"{sub}.{sub}"}
        command += ["--user-claims", json.dumps(claims)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                httpx.get(f"{address}/.well-known/openid-configuration")
                break
            except httpx.TransportError:
                assert process.poll() is None
                time.sleep(0.1)
        yield address, process
    finally:
        process.terminate()
        process.wait(10)


def door(app: str, provider: str = "default") -> str:
    """The address that the button Anmelden leads to."""
    token = jwt.encode({"alg": "HS256"}, {"provider": provider, "exp": int(time.time()) + 60}, OctKey.import_key(SECRET))
    return f"{app}/auth/login?{urlencode({'provider': token})}"


def log_in(app: str, sub: str) -> tuple[str, str]:
    """Log in as somebody by HTTP; returns the cookie and the address that the provider sent the browser back to."""
    with httpx.Client() as client:
        form = client.get(door(app)).headers["location"]
        back = client.post(form, data={"sub": sub}).headers["location"]
        client.get(back)
        return client.cookies[COOKIE], back


def made(app: str, secret: str = SECRET, **claims: Any) -> str:
    """A cookie as Streamlit would write it for a planner's login, with other claims where they are given."""
    usual = {
        "iss": "http://idp", "sub": "paul", "iat": int(time.time()) - 60, "nonce": "n", "groups": ["rb-planung"],
        "origin": app, "is_logged_in": True, "provider": "default",
    }  # fmt: skip
    return create_signed_value(secret, COOKIE, json.dumps({**usual, **claims})).decode()


@dataclass
class Liar:
    """A provider whose tokens are not what they should be. `lie` changes (claims, header, key) of the next token."""

    address: str = ""
    lie: Any = None
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    nonces: dict[str, str] = field(default_factory=dict)

    def token(self, code: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": "raumblick", "sub": "paul", "iat": now, "exp": now + 300, "nonce": self.nonces[code],
            "groups": ["rb-leitung"],
        }  # fmt: skip
        header, key = {"alg": "RS256", "kid": "1"}, self.key
        if self.lie:
            claims, header, key = self.lie(claims, header, key)
        return key if isinstance(key, str) else jwt.encode(header, claims, key, algorithms=["RS256", "HS256"])

    def answer(self, path: str, form: dict[str, list[str]]) -> dict[str, Any]:
        if path.endswith("openid-configuration"):
            return {
                "issuer": self.address, "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token", "jwks_uri": f"{self.address}/jwks",
                "response_types_supported": ["code"], "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }  # fmt: skip
        if path == "/jwks":
            return {"keys": [self.key.as_dict(private=False)]}
        return {"access_token": "x", "token_type": "Bearer", "expires_in": 300, "id_token": self.token(form["code"][0])}

    def try_login(self, app: str) -> str | None:
        """Go through a login; returns the cookie, or None where there is none."""
        with httpx.Client() as client:
            asked = parse_qs(urlsplit(client.get(door(app, "luege")).headers["location"]).query)
            assert asked["code_challenge_method"] == ["S256"] and len(asked["nonce"][0]) > 10
            code = f"code{len(self.nonces)}"
            self.nonces[code] = asked["nonce"][0]
            client.get(f"{asked['redirect_uri'][0]}?{urlencode({'code': code, 'state': asked['state'][0]})}")
            return client.cookies.get(COOKIE)


@contextmanager
def liar() -> Iterator[Liar]:
    """A lying provider on a free port of this process."""
    teller = Liar()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say({})

        def do_POST(self) -> None:
            self._say(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))

        def _say(self, form: dict[str, list[str]]) -> None:
            body = json.dumps(teller.answer(urlsplit(self.path).path, form)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    teller.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield teller
    finally:
        server.shutdown()
