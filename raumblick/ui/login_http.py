"""The HTTP side of a login: what must be set up before the server starts, and what Streamlit's own routes lack.

Streamlit's logout only deletes a cookie in one browser, its faults are English, and it takes files from anybody and gives
them to anybody who knows their address. Here the login itself ends, whoever does not get in reads why, and files pass for those
alone who come in, judged as for a page.
"""

from __future__ import annotations

import importlib.util
import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.auth_util import get_cookie_with_chunks, get_origin_from_redirect_uri, get_secrets_auth_section
from streamlit.config import get_option
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from raumblick.plans.model import PlanError
from raumblick.roles import Person, RefusedError, load_rules
from raumblick.settings import Settings, SettingsError
from raumblick.ui import gate, login_return

log = logging.getLogger(__name__)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_LOGOUT, _LOGINS, _UPLOAD = "/auth/logout", ("/auth/login", "/oauth2callback"), "/_stcore/upload_file/"
_NEEDED = ("client_id", "client_secret", "server_metadata_url")
_PAGE = """<!doctype html>
<html lang="de"><head><meta charset="utf-8"><title>Raumblick</title></head>
<body><h1>{title}</h1><p>{text}</p><p><a href="{base}/">Zurück zu Raumblick</a></p></body></html>
"""


def check_setup(settings: Settings) -> None:
    """Before the server starts: is everything there that a login needs, and is it safe?

    Raises:
        SettingsError: something is missing or weak; the message names it.
    """
    if not settings.login:
        if get_option("server.address") not in _LOOPBACK:
            log.warning("no login, and the server listens on other addresses than this machine's own (server.address)")
        return
    load_rules(settings.roles_path)
    if get_option("server.trustedUserHeaders"):
        raise SettingsError("server.trustedUserHeaders muss leer sein: Köpfe von Anfragen dürfen niemanden ausweisen.")
    if importlib.util.find_spec("authlib") is None or importlib.util.find_spec("httpx") is None:
        raise SettingsError("Für die Anmeldung fehlen die Pakete Authlib und httpx.")
    given = get_secrets_auth_section()
    auth = given.to_dict() if given else {}
    if not auth:
        raise SettingsError("Für die Anmeldung fehlt der Abschnitt [auth] in .streamlit/secrets.toml.")
    if len(str(auth.get("cookie_secret") or "")) < 32:
        raise SettingsError("[auth] cookie_secret fehlt oder ist kürzer als 32 Zeichen (openssl rand -hex 32).")
    named = auth if settings.provider == "default" else auth.get(settings.provider)
    provider = named if isinstance(named, Mapping) else {}
    missing = [name for name in _NEEDED if not provider.get(name)]
    if missing:
        raise SettingsError(f"[auth] nennt für „{settings.provider}“ nicht: {', '.join(missing)}.")
    for name, address in (("redirect_uri", auth.get("redirect_uri")), ("server_metadata_url", provider["server_metadata_url"])):
        parts = urlsplit(str(address or ""))
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise SettingsError(f"[auth] {name} muss mit https:// beginnen (außer auf diesem Rechner selbst).")
    if urlsplit(str(auth["redirect_uri"])).path.rpartition("/")[2] != "oauth2callback":
        raise SettingsError("[auth] redirect_uri muss auf /oauth2callback enden.")


class LoginRoutes:
    """Around Streamlit's routes of the login: logout ends the login of the cookie, and faults are said in German."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass every request on; look at those of the login only."""
        path = str(scope.get("path", "")) if scope["type"] == "http" and gate.settings().login else ""
        if path.endswith(_LOGOUT) and not _end(_claims(scope)):
            page = _page("Nicht abgemeldet", "Die Abmeldung ließ sich nicht festhalten. Bitte noch einmal abmelden.")
            await page(scope, receive, send)
        elif path and (said := await run_in_threadpool(_refusal, scope, path)):
            await PlainTextResponse(said, 403)(scope, receive, send)
        elif path.endswith(_LOGINS):
            await self._log_in(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _log_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        failed = False

        async def watch(message: Message) -> None:
            nonlocal failed
            if message["type"] == "http.response.start":
                failed = message["status"] >= 400
                login_return.guide(scope, message)
            if not failed:
                await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception:
            log.exception("login failed")
            failed = True
        if failed:
            text = "Der Anmeldedienst antwortet nicht oder hat die Anmeldung abgelehnt. Bitte später noch einmal versuchen."
            await _page("Anmeldung nicht möglich", text)(scope, receive, send)


def _page(title: str, text: str) -> HTMLResponse:
    """A plain page; it links to the app, which may lie below a path of its own."""
    base = str(get_option("server.baseUrlPath") or "").strip("/")
    return HTMLResponse(_PAGE.format(title=title, text=text, base=f"/{base}" if base else ""), 503)


def _claims(scope: Scope) -> dict[str, Any]:
    """The claims of a request's cookie, empty where it has none that this server signed."""
    jar, secret = cookie_parser(Headers(scope=scope).get("cookie", "")), get_cookie_secret()

    def signed(name: str) -> bytes | None:
        return decode_signed_value(secret, name, jar[name].encode("latin-1", "replace")) if name in jar else None

    try:
        claims = json.loads(get_cookie_with_chunks(signed, USER_COOKIE_NAME) or b"{}")
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


def _refusal(scope: Scope, path: str) -> str:
    """Why somebody may not leave or have a file, in German; "" for whoever may, and for all that is no file.

    A map is for those with a role in its city. Files that pages made have no city in their address: they are for everybody
    who comes in.
    """
    base = str(get_option("server.baseUrlPath") or "").strip("/")
    kind, city = ([*path.removeprefix(f"/{base}" if base else "").split("/"), "", ""])[1:3]
    if _UPLOAD in path and scope["method"] in ("PUT", "DELETE"):
        person = _person(scope)
        return "" if person and person.highest() not in (None, "oeffentlich") else "Dateien nimmt Raumblick nach der Anmeldung."
    if kind not in ("geo", "media"):
        return ""
    person = _person(scope)
    if person is None:
        return "Dateien gibt Raumblick nach der Anmeldung heraus."
    return "" if kind == "media" or person.view(city) else "Diese Karte ist für Ihre Rolle nicht freigegeben."


def _person(scope: Scope) -> Person | None:
    """The person whom a request's cookie lets in, or the public without one; None for who does not come in.

    As for a page: a cookie that was made for another address counts for none.
    """
    claims = _claims(scope)
    try:
        return gate.judged(claims if claims.get("origin") == get_origin_from_redirect_uri() else {})
    except RefusedError:
        return None


def _end(claims: Mapping[str, Any]) -> bool:
    """End the login with these claims; False where that could not be kept."""
    if not claims:
        return True
    try:
        gate.end(claims)
    except PlanError:
        log.exception("a login could not be ended")
        return False
    return True
