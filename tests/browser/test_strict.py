"""Login with the certified provider `oidc-provider` (npm), which insists on PKCE: part of `make soak`.

Its packages are installed by this test from `strict/package-lock.json`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from logins import COOKIE, ROLES, door, look, made, secrets_file
from running import free_port, start_app

HERE = Path(__file__).parent / "strict"
pytestmark = [
    pytest.mark.skipif(not os.environ.get("RAUMBLICK_STRICT"), reason="part of make soak (or RAUMBLICK_STRICT=1)"),
    pytest.mark.skipif(not shutil.which("node") or not shutil.which("npm"), reason="no Node.js on this system"),
]


@pytest.fixture(scope="module")
def app(tmp_path_factory, mini_home):
    """Address of the app, whose login is the strict provider."""
    folder = tmp_path_factory.mktemp("strict")
    for name in ("package.json", "package-lock.json", "provider.js"):
        shutil.copy(HERE / name, folder)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"npm cannot install oidc-provider here: {done.stderr[-300:]}")
    home = Path(shutil.copytree(mini_home, folder / "home"))
    (home / "rollen.toml").write_text(ROLES, encoding="utf-8")
    port, own = free_port(), free_port()
    secrets = secrets_file(folder / "secrets.toml", f"http://127.0.0.1:{port}", f"http://127.0.0.1:{own}")
    idp = subprocess.Popen(["node", "provider.js", str(own), f"http://127.0.0.1:{port}"], cwd=folder, stdout=subprocess.PIPE)
    assert idp.stdout is not None and idp.stdout.readline() == b"ready\n"
    process, address = start_app(home, "planung", folder / "log.txt", port, (f"--secrets.files={secrets}",), RAUMBLICK_LOGIN="an")
    yield address
    for one in (process, idp):
        one.terminate()
        one.wait(15)


def log_in(client: httpx.Client, app: str, sub: str) -> httpx.Response:
    """Through the provider's two forms (who, and consent) back to the app; returns the app's answer."""
    page = client.get(door(app))
    for answer in ({"prompt": "login", "login": sub, "password": "x"}, {"prompt": "consent"}):
        form = re.search(r'action="([^"]+)"', page.text)
        assert form, page.text[:500]
        page = client.post(str(page.url.join(form[1])), data=answer)
        if page.url.path == "/":
            break
    return page


def test_login_with_pkce_role_and_time_and_logout_at_both_ends(app):
    with httpx.Client(follow_redirects=True) as client:
        asked = parse_qs(urlsplit(httpx.get(door(app)).headers["location"]).query)
        assert asked["code_challenge_method"] == ["S256"] and asked["prompt"] == ["login"] and asked["nonce"] and asked["state"]
        log_in(client, app, "paul")
        cookie = client.cookies[COOKIE]
        assert b"Ansicht: Planung" in look(app, "karte", cookie)
        assert b"Das Protokoll sieht nur die Leitung" in look(app, "protokoll", cookie)
        asks = client.get(f"{app}/auth/logout")
        assert asks.status_code == 200 and asks.url.path == "/session/end"  # the provider knows the address to come back to
        assert COOKIE not in client.cookies
    assert b"wurde beendet" in look(app, "karte", cookie)


@pytest.mark.parametrize(
    ("sub", "seen"), [("lea", b"Ansicht: Planung"), ("anna", b"Ansicht: Ausschuss"), ("niemand", b"keine Rolle eingetragen")]
)
def test_everybody_has_the_role_of_the_provider(app, sub, seen):
    with httpx.Client(follow_redirects=True) as client:
        log_in(client, app, sub)
        assert seen in look(app, "karte", client.cookies[COOKIE])


@pytest.mark.parametrize("without", ["code_challenge", "redirect_uri", "client_id"])
def test_a_request_that_was_changed_on_the_way_makes_no_cookie(app, without):
    with httpx.Client(follow_redirects=True) as client:
        address = urlsplit(client.get(door(app), follow_redirects=False).headers["location"])
        asked = {name: values[0] for name, values in parse_qs(address.query).items() if name != without}
        if without == "redirect_uri":
            asked["redirect_uri"] = f"{app}/anderswo"
        client.get(f"{address.scheme}://{address.netloc}{address.path}?{urlencode(asked)}")
        assert COOKIE not in client.cookies


def test_an_old_proof_does_not_count_as_a_new_login(app):
    """The provider tells when the password was typed (`auth_time`); the app counts from then on."""
    assert b"Ansicht: Planung" in look(app, "karte", made(app, auth_time=int(time.time()) - 7 * 3600))
    assert b"ist abgelaufen" in look(app, "karte", made(app, auth_time=int(time.time()) - 9 * 3600))
