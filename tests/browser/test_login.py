"""Roles in the real app, with real providers as processes of their own: who sees what, and what gets nobody in."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from homes import HIDDEN_TEXTS, settle
from joserfc.jwk import OctKey, RSAKey
from logins import COOKIE, ROLES, Liar, door, liar, log_in, look, made, mock_provider, secrets_file
from minicity import frames, write_minicity
from places import CHROMIUM
from playwright.sync_api import expect
from running import free_port, start_app
from test_walk import violations

from raumblick.cli import main
from raumblick.plans.audit import open_trail
from raumblick.snapshot.publish import Shelf

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this system")]
SECOND = "zweite"


@dataclass
class House:
    """The running app with its providers."""

    address: str
    provider: str
    idp: Any
    home: Path
    liar: Liar


@pytest.fixture(scope="module")
def house(tmp_path_factory, guarded_home):
    """One server with login for all tests here: two cities, everybody of `logins.PEOPLE`."""
    folder = tmp_path_factory.mktemp("login")
    home = Path(shutil.copytree(guarded_home, folder / "home"))
    package = write_minicity(folder / "package", {name: frame.replace("mini", SECOND) for name, frame in frames().items()})
    descriptor = json.loads((package / "datapackage.json").read_text("utf-8")) | {"name": SECOND, "title": "Zweitstadt"}
    (package / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    settle(package, home)
    (home / "rollen.toml").write_text(ROLES, encoding="utf-8")
    port = free_port()
    with mock_provider(free_port()) as (provider, idp), liar() as teller:
        secrets = secrets_file(folder / "secrets.toml", f"http://127.0.0.1:{port}", provider, teller.address)
        process, address = start_app(
            home, "planung", folder / "log.txt", port, (f"--secrets.files={secrets}",), RAUMBLICK_LOGIN="an"
        )
        yield House(address, provider, idp, home, teller)
        process.terminate()
        process.wait(15)


@pytest.fixture
def enter(visit, house):
    """A visitor with a cookie, or none."""

    def come(cookie: str | None = None):
        visitor = visit(house.address)
        if cookie:
            visitor.page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": house.address}])
        return visitor

    return come


def sees(visitor, path: str = "/", **address: str) -> str:
    """All text of a page in the browser."""
    return visitor.go(path, **address).locator("body").inner_text()


def outside(received: bytes) -> str:
    """What somebody gets who does not come in: a plain page and not one number or name of a city; returns its words."""
    assert b"nmelden" in received
    for word in ("Ministadt", "Zweitstadt", "Datenstand:", "Ansicht:", "Kita", "duckdb"):
        assert word.encode() not in received, word
    return received.decode("utf-8", "replace")


def trail_of(house: House) -> list[tuple[str, str, str]]:
    trail = open_trail(f"sqlite:///{house.home / 'plaene.sqlite'}", house.home)
    assert trail.check().fault is None
    acts = [entry.act for entry in trail.entries()]
    trail.engine.dispose()
    return [(act.subject, act.action, act.state) for act in acts]


def test_a_fresh_server_shows_nobody_anything_on_any_address(enter, house):
    for page in ("protokoll", "import", "steckbrief", ""):
        asked = look(house.address, page, stadt="mini", rolle="leitung", view="planung")
        assert "nach der Anmeldung" in outside(asked)
    visitor = enter()
    assert "nach der Anmeldung" in sees(visitor, "/protokoll", stadt="mini")
    assert visitor.page.locator("h1").inner_text() == "Raumblick" and violations(visitor.page) == []
    outside(b"".join(visitor.frames))


def test_in_by_the_button_out_by_the_button_and_a_copied_cookie_is_worth_nothing(enter, house):
    visitor = enter()
    visitor.page.route("https://**", lambda route: route.abort())  # the provider's own page has a style of another host
    asked = {"stadt": SECOND, "kennzahl": "sgb2_u15"}
    sees(visitor, "/karte", **asked)
    visitor.page.get_by_role("button", name="Anmelden").click()
    visitor.page.get_by_role("button", name="lea", exact=True).click()
    expect(visitor.page.get_by_text("Angemeldet: Lea")).to_be_visible()
    at = urlsplit(visitor.wait().url)  # where she wanted to go
    assert at.path == "/karte" and asked.items() <= dict(parse_qsl(at.query)).items()
    (copied,) = [c["value"] for c in visitor.page.context.cookies() if c["name"] == COOKIE]
    twin = enter(copied)
    assert "Ansicht: Planung" in sees(twin, "/methodik")
    visitor.page.get_by_role("button", name="Abmelden").click()
    visitor.page.get_by_role("button", name="End session").click()  # the provider asks, too
    expect(visitor.page.get_by_role("button", name="Anmelden")).to_be_visible()
    assert not [c for c in visitor.page.context.cookies() if c["name"] == COOKIE]
    twin.page.get_by_role("link", name="Vergleich").first.click()  # the open page of the copy ends with the next click
    expect(twin.page.locator("h1")).to_have_text("Raumblick")
    assert "wurde beendet" in sees(twin, "/karte")
    assert "wurde beendet" in outside(look(house.address, "karte", copied))
    visitor.requests.clear()
    visitor.faults.clear()  # the style that was not loaded


def test_logout_by_its_address_ends_the_login_too(house):
    cookie, _ = log_in(house.address, "lea")
    assert b"Ansicht: Planung" in look(house.address, "methodik", cookie)
    httpx.get(f"{house.address}/auth/logout", cookies={COOKIE: cookie})
    assert "wurde beendet" in outside(look(house.address, "methodik", cookie))


def test_two_people_side_by_side_see_each_their_own(enter, house):
    cookies = {sub: log_in(house.address, sub)[0] for sub in ("paul", "anna")}
    paul, anna = enter(cookies["paul"]), enter(cookies["anna"])
    assert "Ansicht: Planung" in sees(paul, "/karte", stadt="mini", kennzahl="sgb2_u15")
    assert "Ansicht: Ausschuss" in sees(anna, "/karte", stadt="mini", kennzahl="sgb2_u15")
    shown, hidden = b"".join(paul.frames), b"".join(anna.frames)
    for kennzahl in ("hze_rate", "hze_stock"):
        shown += look(house.address, "karte", cookies["paul"], stadt="mini", kennzahl=kennzahl)
        hidden += look(house.address, "karte", cookies["anna"], stadt="mini", kennzahl=kennzahl)
    assert [text for text in HIDDEN_TEXTS if text.encode() in shown], "the planner sees what the committee must not"
    assert [text for text in HIDDEN_TEXTS if text.encode() in hidden] == []
    # Paul plans one city only; the other one does not exist for him.
    assert b"Zweitstadt" not in look(house.address, "karte", cookies["paul"], stadt=SECOND)
    assert b"Zweitstadt" in look(house.address, "karte", cookies["anna"], stadt=SECOND)


def test_a_committee_member_reaches_no_page_of_planners_by_address_header_or_parameter(enter, house):
    names = ("X-Remote-User", "X-Forwarded-User", "Remote-User", "X-Role", "X-Groups", "X-Forwarded-Groups")
    headers = {name: "leitung" if name == "X-Role" else "rb-leitung" if "Groups" in name else "lea" for name in names}
    asked = {"rolle": "leitung", "role": "leitung", "view": "planung", "groups": "rb-leitung", "stadt": "mini"}
    cookie = log_in(house.address, "anna")[0]
    anna = enter(cookie)
    anna.page.context.set_extra_http_headers(headers)
    text = sees(anna, "/import", **asked)
    assert "nur die Ansicht der Planung" in text and anna.page.locator('input[type="file"]').count() == 0
    assert b"Das Protokoll sieht nur die Leitung" in look(house.address, "protokoll", cookie, headers, **asked)
    ranks = look(house.address, "schwerpunktraeume", cookie, headers, **asked)
    assert b"Ansicht: Ausschuss" in ranks and b"GeoPackage herstellen" not in ranks


def test_without_a_role_nobody_comes_in_and_leitung_reads_of_it(enter, house):
    refused = outside(look(house.address, "karte", log_in(house.address, "fremd")[0]))
    assert "keine Rolle eingetragen" in refused and "Abmelden" in refused
    assert "keine Rolle eingetragen" in outside(look(house.address, "karte", log_in(house.address, "leer")[0]))
    for sub in ("fremd", "leer"):
        assert (sub, "angemeldet", "abgewiesen") in trail_of(house)
    paul = log_in(house.address, "paul")[0]
    assert b"Das Protokoll sieht nur die Leitung" in look(house.address, "protokoll", paul)
    assert b"Kurzname" not in look(house.address, "import", paul, stadt="mini")  # a new city is for those of all cities
    lea = enter(log_in(house.address, "lea")[0])
    text = sees(lea, "/protokoll")
    assert "sind da und unverändert" in text and "Angemeldet: Lea" in text
    lea.page.locator('[data-testid="stDataFrame"]').hover()
    assert lea.page.get_by_label("Fullscreen").first.is_visible()
    downloads = lea.page.get_by_label("Download as CSV").all()
    assert downloads and not any(button.is_visible() for button in downloads)  # not past the trail
    assert b"fremd" in b"".join(lea.frames) and violations(lea.page) == []


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"iat": int(time.time()) - 8 * 3600 - 5}, "ist abgelaufen"),
        ({"auth_time": int(time.time()) - 9 * 3600}, "ist abgelaufen"),
        ({"iat": int(time.time()) + 40_000}, "noch nicht ist"),
        ({"groups": None, "roles": ["rb-leitung"], "role": "leitung"}, "keine Rolle eingetragen"),
        ({"provider": "luege"}, "anderen Anmeldedienst"),
        ({"nonce": None}, "unvollständige Angaben"),
        ({"is_logged_in": False}, "nach der Anmeldung"),
        ({"origin": "https://anderswo.example"}, "nach der Anmeldung"),
        ({"secret": "ein anderes Geheimnis, das lang genug ist"}, "nach der Anmeldung"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_a_cookie_that_is_old_foreign_or_forged_gets_nobody_in(house, claims, said):
    assert said in outside(look(house.address, "karte", made(house.address, **claims), stadt="mini"))


def test_a_cookie_changed_by_hand_gets_nobody_in(enter, house):
    good = made(house.address)
    payload, moment, seal = good.rsplit(".", 2)
    other = made(house.address, groups=["rb-leitung"]).rsplit(".", 2)[0]
    for broken in (f"{other}.{moment}.{seal}", f"{payload}.{moment}.{seal[:-2]}", payload, "eyJ4IjoxfQ.x.y", "x" * 3000):
        assert "nach der Anmeldung" in outside(look(house.address, "karte", broken))
    assert b"Ansicht: Planung" in look(house.address, "karte", good)  # the others fail for their change alone
    visitor = enter(f"{other}.{moment}.{seal}")
    assert "nach der Anmeldung" in sees(visitor, "/karte")
    outside(b"".join(visitor.frames))


def test_files_are_taken_from_those_who_are_logged_in(house):
    address, file = f"{house.address}/_stcore/upload_file/x/y", {"file": ("a.csv", b"a;b")}
    for cookie in ("", made(house.address, groups=["rb-chefin"]), made(house.address, iat=1), "x.y.z"):
        answer = httpx.put(address, files=file, cookies={COOKIE: cookie})
        assert (answer.status_code, answer.text) == (403, "Dateien nimmt Raumblick nach der Anmeldung.")
    assert "nach der Anmeldung" not in httpx.put(address, files=file, cookies={COOKIE: made(house.address)}).text


def test_maps_and_made_files_are_given_to_those_alone_who_come_in(house):
    def asked(cookie: str, kind: str, city: str = "mini") -> httpx.Response:
        made_file = f"{house.address}/media/0123456789abcdef.csv"
        area = f"{house.address}/geo/{city}/{Shelf(house.home, city).current()}/ortsteil.json"
        return httpx.get(area if kind == "geo" else made_file, cookies={COOKIE: cookie} if cookie else {})

    ended = log_in(house.address, "lea")[0]
    assert (asked(ended, "geo").status_code, asked(ended, "media").status_code) == (200, 404)  # there is no such file
    httpx.get(f"{house.address}/auth/logout", cookies={COOKIE: ended})
    origin, old = {"origin": "https://anderswo.example"}, {"iat": int(time.time()) - 8 * 3600 - 5}
    for claims in (origin, old, {"provider": "luege"}, {"groups": ["rb-chefin"]}, {"is_logged_in": False}):
        for kind in ("geo", "media"):
            answer = asked(made(house.address, **claims), kind)
            assert (answer.status_code, answer.text) == (403, "Dateien gibt Raumblick nach der Anmeldung heraus."), claims
    for cookie in ("", ended, "x.y.z"):
        assert (asked(cookie, "geo").status_code, asked(cookie, "media").status_code) == (403, 403)
    paul, anna = (log_in(house.address, sub)[0] for sub in ("paul", "anna"))
    given = asked(paul, "geo")
    assert b"arcs" in given.content and given.headers["cache-control"].startswith("private")
    assert asked(paul, "geo", SECOND).text == "Diese Karte ist für Ihre Rolle nicht freigegeben."
    assert asked(anna, "geo", SECOND).status_code == 200


LIES = {
    "expired": lambda claims, header, key: ({**claims, "iat": claims["iat"] - 9000, "exp": claims["iat"] - 8000}, header, key),
    "for another client": lambda claims, header, key: ({**claims, "aud": "sportverein"}, header, key),
    "of another issuer": lambda claims, header, key: ({**claims, "iss": "https://anderswo.example"}, header, key),
    "another login's nonce": lambda claims, header, key: ({**claims, "nonce": "anders"}, header, key),
    "no nonce": lambda claims, header, key: ({k: v for k, v in claims.items() if k != "nonce"}, header, key),
    "another key": lambda claims, header, key: (claims, header, RSAKey.generate_key(2048, {"kid": "1"})),
    "symmetric key": lambda claims, header, key: (claims, {"alg": "HS256"}, OctKey.import_key(key.as_pem(private=False))),
    "no signature": lambda claims, header, key: (claims, header, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJsZWEifQ."),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_for_this_login_makes_no_cookie(house, lie):
    house.liar.lie = LIES[lie]
    assert house.liar.try_login(house.address) is None


def test_a_good_token_of_a_provider_that_is_not_ours_gives_a_cookie_and_no_access(house):
    house.liar.lie = None
    cookie = house.liar.try_login(house.address)
    assert cookie
    assert "anderen Anmeldedienst" in outside(look(house.address, "karte", cookie))


def test_an_answer_of_the_provider_is_good_once_and_in_one_browser(house):
    _, back = log_in(house.address, "lea")
    for address in (back, back.replace("code=", "code=x"), f"{house.address}/oauth2callback?code=x&state=y"):
        assert COOKIE not in httpx.get(address).cookies
    assert COOKIE not in httpx.get(f"{house.address}/auth/login?provider=x").cookies
    assert COOKIE not in httpx.get(door(house.address, "gibtesnicht")).cookies


def test_a_login_leads_back_to_the_page_and_never_elsewhere(house):
    def arrives(referer: str) -> str:
        with httpx.Client() as client:
            form = client.get(door(house.address), headers={"referer": referer}).headers["location"]
            back = client.post(form, data={"sub": "lea"}).headers["location"]
            answer = client.get(back)
            assert answer.cookies[COOKIE] and "raumblick_ziel" not in client.cookies  # it is good once
            return answer.headers["location"]

    assert arrives(f"{house.address}/karte?stadt=mini") == "/karte?stadt=mini"
    for referer in ("https://anderswo.example/karte", f"{house.address}//anderswo.example/karte", f"{house.address}/auth/logout"):
        assert arrives(referer) == "/"


def test_a_command_ends_the_logins_of_a_person_on_the_running_server(house, monkeypatch, capsys):
    petra, karl = (made(house.address, sub=sub) for sub in ("petra", "karl"))

    def comes_in(cookie: str) -> bool:
        area = f"{house.address}/geo/mini/{Shelf(house.home, 'mini').current()}/ortsteil.json"
        return httpx.get(area, cookies={COOKIE: cookie}).status_code == 200

    assert comes_in(petra) and comes_in(karl) and b"Ansicht: Planung" in look(house.address, "methodik", petra)
    monkeypatch.setenv("RAUMBLICK_HOME", str(house.home))
    assert main(["logins", "end", "--subject", "petra"]) == 0
    assert "„petra“" in capsys.readouterr().out
    until = time.monotonic() + 20  # other processes know a second later
    while comes_in(petra):
        assert time.monotonic() < until
        time.sleep(0.1)
    assert "von der Leitung beendet" in outside(look(house.address, "karte", petra)) and comes_in(karl)


def test_provider_down_is_a_plain_german_page_and_who_is_in_goes_on(house):
    cookie = log_in(house.address, "anna")[0]
    house.idp.terminate()
    house.idp.wait(10)
    answer = httpx.get(door(house.address))
    assert answer.status_code == 503 and COOKIE not in answer.cookies
    assert "Der Anmeldedienst antwortet nicht" in answer.text and '<html lang="de">' in answer.text
    assert "Traceback" not in answer.text and "error" not in answer.text.lower()
    assert b"Ansicht: Ausschuss" in look(house.address, "karte", cookie)
    assert "nach der Anmeldung" in outside(look(house.address))
