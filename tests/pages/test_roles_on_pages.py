"""The door before every page, without a browser: each page as each role, also a page's file alone, without `app.py`."""

from __future__ import annotations

import ast
import datetime as dt
import shutil
import time
from pathlib import Path

import minicity
import pytest
import streamlit as st
from desk import DATA_PAGES, PAGES, ROOT, Desk, beside
from streamlit.testing.v1 import AppTest

from raumblick import acts
from raumblick.answers.values import levels
from raumblick.catalogue import load_catalogue
from raumblick.ingest import ingest
from raumblick.plans.audit import KEY_FILE
from raumblick.plans.logins import SLACK, open_logins
from raumblick.plans.model import UnknownScenarioError
from raumblick.plans.store import open_plans
from raumblick.roles import LOCAL, NotAllowedError, Person
from raumblick.settings import Settings
from raumblick.snapshot.publish import Shelf, SnapshotError
from raumblick.ui import login_http, session
from raumblick.uploads import Upload, read_uploads

ROLES = """
angabe = "groups"
[[rolle]]
wert = "leitung"
rolle = "leitung"
[[rolle]]
wert = "planung"
rolle = "planung"
stadt = "mini"
[[rolle]]
wert = "ausschuss"
rolle = "ausschuss"
[[rolle]]
wert = "stadtleitung"
rolle = "leitung"
stadt = "mini"
[[rolle]]
wert = "anderswo"
rolle = "leitung"
stadt = "hamburg"
"""
NOW = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
PAULA = Person("paula", "Paula", (("mini", "planung"),))
ANNA = Person("anna", "Anna", (("mini", "ausschuss"),))
LEA = Person("lea", "Lea", (("mini", "leitung"),))


@pytest.fixture
def home(tmp_path, mini_home):
    """A home of its own with the file of roles, and without what other tests did in the one it is copied from."""
    copy = Path(shutil.copytree(mini_home, tmp_path / "home", ignore=shutil.ignore_patterns("plaene*", "protokoll*")))
    (copy / "rollen.toml").write_text(ROLES, encoding="utf-8")
    return copy


@pytest.fixture
def login(desk, home, monkeypatch):
    """The app with login switched on."""
    monkeypatch.setenv("RAUMBLICK_LOGIN", "an")
    desk.sit(home)
    yield desk
    Desk.leave()  # the next test's settings are others


def claims(*groups: str, **more) -> dict:
    usual = {"is_logged_in": True, "provider": "default", "sub": "s1", "iat": int(time.time()) - 9, "nonce": "n", "name": "Eva"}
    return {**usual, "groups": list(groups), **more}


def opened(title: str, user: dict) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    at._bidi_component_manager = Desk.components
    at.user = user
    if title == "Import":
        at.run()
    at.switch_page(PAGES[title]).run()
    Desk.components = at._bidi_component_manager
    return at


def closed(at: AppTest) -> bool:
    """The plain page without access: one title, nothing of any city."""
    bare = not (at.dataframe or at.caption or at.selectbox or at.get("bidi_component") or at.get("page_link") or at.exception)
    return bare and [title.value for title in at.title] == ["Raumblick"]


@pytest.mark.parametrize("title", PAGES)
def test_no_page_without_login_or_role(login, title):
    assert closed(opened(title, {"is_logged_in": False}))
    assert closed(opened(title, claims("niemand")))


@pytest.mark.parametrize("title", DATA_PAGES)
def test_a_role_in_another_city_shows_nothing_of_this_one(login, title):
    at = opened(title, claims("anderswo"))
    assert not at.exception and "Ansicht" not in beside(at) and not at.dataframe
    assert "keine Stadt freigegeben" in at.info[0].value


def test_the_view_follows_the_role(login):
    for group, view in (("ausschuss", "Ausschuss"), ("planung", "Planung"), ("leitung", "Planung")):
        at = opened("Daten und Quellen", claims(group, sub=group))
        assert f"Ansicht: {view}" in beside(at) and not at.exception
        assert [b.label for b in at.sidebar.button] == ["Abmelden"]
    for group, missing in (("ausschuss", {"Import", "Protokoll"}), ("planung", {"Protokoll"}), ("leitung", set())):
        links = {link.label for link in opened("Methodik", claims(group)).sidebar.get("page_link")}
        assert set(PAGES) - links == missing
    assert opened("Import", claims("ausschuss")).info[0].value == "Daten einlesen kann nur die Ansicht der Planung."
    assert len(opened("Import", claims("planung")).file_uploader) == 1
    assert not opened("Protokoll", claims("planung")).dataframe


@pytest.mark.parametrize("file", sorted((ROOT / "pages").rglob("*.py")), ids=lambda path: path.stem)
def test_the_file_of_a_page_alone_shows_nothing_either(login, file):
    at = AppTest.from_file(str(file), default_timeout=30)
    at.user = {"is_logged_in": False}
    at.session_state["_chosen"], at.session_state["_used"], at.session_state["_wrong"] = {}, set(), []
    at.session_state["_fresh"] = set()
    at.run()
    assert at.info[0].value == "Raumblick zeigt Daten nach der Anmeldung."  # the door, and no fault before it
    assert not (at.dataframe or at.selectbox or at.get("bidi_component") or at.get("plotly_chart") or at.file_uploader)
    assert not any("Ministadt" in text.value for text in [*at.markdown, *at.caption, *at.info])


def test_who_logs_out_or_is_too_late_is_out_with_the_next_click(login, home):
    user = claims("planung")
    at = opened("Karte", user)
    assert "Ansicht: Planung" in beside(at)
    at.user = user | {"iat": int(time.time()) - 9 * 3600}
    assert closed(at.run()) and "abgelaufen" in at.warning[0].value
    at.user = user
    assert "Ansicht: Planung" in beside(at.run())
    at.sidebar.button("log_out").click().run()
    at.user = user  # a copied cookie
    assert closed(at.run()) and "wurde beendet" in at.warning[0].value
    st.cache_resource.clear()  # a server that starts anew
    assert closed(opened("Karte", user))
    assert "Ansicht: Planung" in beside(opened("Karte", user | {"nonce": "the next login"}))


def test_leitung_ends_the_logins_of_one_person_or_of_all(login, home):
    paul, anna, lea = (claims(group, sub=group, name=group) for group in ("planung", "ausschuss", "leitung"))
    desks = {name: opened("Karte", user) for name, user in (("paul", paul), ("anna", anna))}
    assert "logins" not in [part.key for part in opened("Protokoll", claims("stadtleitung")).expander]  # of one city only
    at = login.unfold(opened("Protokoll", lea))
    assert at.button(key="logins_end").disabled
    at.text_input(key="w_logins_who").set_value("planung").run()
    at.checkbox(key="w_logins_sure_planung").check().run()
    at.text_input(key="w_logins_who").set_value("").run()
    assert at.button(key="logins_end").disabled  # the tick was for one person, not for all
    at.text_input(key="w_logins_who").set_value("planung").run()
    at.checkbox(key="w_logins_sure_planung").check().run()
    at.button(key="logins_end").click().run()
    assert at.success[0].value == "Beendet: die Anmeldungen von „planung“." and not at.exception
    assert closed(desks["paul"].run()) and "von der Leitung beendet" in desks["paul"].warning[0].value
    assert "Ansicht: Ausschuss" in beside(desks["anna"].run())
    at.text_input(key="w_logins_who").set_value("").run()
    at.checkbox(key="w_logins_sure_").check().run()
    assert closed(at.button(key="logins_end").click().run()) and closed(desks["anna"].run())
    again = int(time.time()) + SLACK + 5  # whoever logs in again, a little later
    assert "Ansicht: Planung" in beside(opened("Karte", {**paul, "iat": again}))
    assert [act for act in acted(home) if act[2] == "anmeldungen beendet"] == [
        ("leitung", "leitung", "anmeldungen beendet", state) for state in ("begonnen", "fertig") * 2
    ]
    known = Settings(home=home)
    for person in (PAULA, Person("karl", "", (("mini", "leitung"),))):
        with pytest.raises(NotAllowedError):
            acts.end_logins(known, person, open_logins(known.plans_url))


def test_a_shorter_login_ends_sooner(login, monkeypatch):
    monkeypatch.setenv("RAUMBLICK_SESSION_HOURS", "0,25")
    user = claims("planung", iat=int(time.time()) - 14 * 60)
    assert "Ansicht: Planung" in beside(opened("Methodik", user))
    assert closed(opened("Methodik", user | {"iat": int(time.time()) - 15 * 60}))


def test_where_ended_logins_cannot_be_read_nobody_comes_in(login, home):
    assert "Ansicht" in beside(opened("Methodik", claims("planung")))
    (home / "plaene.sqlite").write_bytes(b"no database" * 1000)
    st.cache_resource.clear()
    at = opened("Methodik", claims("planung"))
    assert closed(at) and "nicht" in at.warning[0].value


def test_public_cities_need_no_login(login, home):
    (home / "rollen.toml").write_text('oeffentlich = ["mini"]\n' + ROLES, encoding="utf-8")
    at = opened("Karte", {"is_logged_in": False})
    assert "Ansicht: Ausschuss" in beside(at) and [b.label for b in at.sidebar.button] == ["Anmelden"]
    assert closed(opened("Karte", claims("niemand")))


@pytest.mark.parametrize("base", ["", "raum"])
def test_files_of_a_public_city_need_no_login_and_those_of_others_do(login, home, monkeypatch, base):
    (home / "rollen.toml").write_text('oeffentlich = ["mini"]\n' + ROLES, encoding="utf-8")
    monkeypatch.setattr(login_http, "get_option", lambda name: base)
    cookie: dict = {}
    monkeypatch.setattr(login_http, "_claims", lambda scope: cookie)
    monkeypatch.setattr(login_http, "get_origin_from_redirect_uri", lambda: "https://rb.example")

    def refused(path: str, method: str = "GET") -> bool:
        scope = {"type": "http", "path": path, "method": method}
        said = login_http._refusal(scope, path)
        if base:
            assert login_http._refusal(scope, f"/{base}{path}") == said
        return bool(said)

    files = ("/geo/mini/x/ortsteil.json", "/media/x.csv", "/geo/hamburg/x/ortsteil.json")
    assert [refused(path) for path in files] == [False, False, True]
    assert refused("/_stcore/upload_file/x/y", "PUT") and refused("/_stcore/upload_file/x/y", "DELETE")
    cookie.update(claims("anderswo"), origin="https://rb.example")
    assert [refused(path) for path in files] == [True, False, False]
    assert not refused("/_stcore/upload_file/x/y", "PUT")
    cookie["iat"] = 1
    assert all(refused(path) for path in files)
    assert not any(refused(path) for path in ("/", "/karte", "/static/media/font.woff2", "/leaflet/leaflet.js"))


OPENERS = {"open_store", "FILE_OF_VIEW", "session._open", "session._in_force", "session._answer"}


def openers_in(code: str) -> set[str]:
    """What opens a file of a snapshot, or answers without asking the door, and is named in a piece of code."""
    tree = ast.parse(code)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    names |= {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {name.rpartition(".")[2] for name in names if name.startswith("store.")}
    return names & OPENERS


def test_only_the_session_opens_stores_for_pages():
    """One place decides which file is opened: nothing else below pages or ui may name what opens one."""
    files = [ROOT / "app.py", ROOT / "server.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "raumblick" / "ui").rglob("*.py")]
    found = {path.name: openers_in(path.read_text(encoding="utf-8")) for path in files}
    assert {name: what for name, what in found.items() if what and name != "session.py"} == {}
    assert openers_in("from raumblick.snapshot.store import open_store") and openers_in("session._in_force('a', 'planung')")
    assert openers_in("from raumblick.snapshot import store\nstore.open_store(1)") and not openers_in("def _open(): pass")


def test_a_store_of_planners_answers_nobody_else(login, monkeypatch):
    """Whoever holds a store that was opened for somebody else gets no answer from it."""
    monkeypatch.setattr("raumblick.ui.gate.who", lambda: PAULA)
    store = session.open_city("mini")
    assert store.view == "planung" and len(session.ask(levels, store)) > 1
    monkeypatch.setattr("raumblick.ui.gate.who", lambda: ANNA)
    with pytest.raises(NotAllowedError):
        session.ask(levels, store)
    with pytest.raises(NotAllowedError):
        session.open_snapshot("mini", store.snapshot_id)
    assert session.open_city("mini").view == "ausschuss"


# --- what changes data ------------------------------------------------------------------------------------------------


def acted(home) -> list[tuple[str, str, str, str]]:
    trail = acts.trail(Settings(home=home))
    assert trail.check().fault is None
    return [(e.act.subject, e.act.role, e.act.action, e.act.state) for e in reversed(trail.entries())]


def candidate(home) -> str:
    tables = minicity.frames()
    tables["facility"]["enrolled"] = 7
    package = minicity.write_minicity(home.parent / "package", tables)
    done = ingest(package, Settings(home=home), load_catalogue(), NOW, publish=False)
    assert done.snapshot_id
    return done.snapshot_id


def test_publishing_and_rolling_back_need_leitung_and_stand_in_the_trail(home):
    known, shelf = Settings(home=home), Shelf(home, "mini")
    old, new = shelf.current(), candidate(home)
    assert old is not None
    for person in (PAULA, ANNA):
        with pytest.raises(NotAllowedError, match="nur die Rolle Leitung"):
            acts.enforce(known, person, "mini", new)
        assert shelf.current() == old
    acts.enforce(known, LEA, "mini", new)
    assert shelf.current() == new
    acts.enforce(known, LEA, "mini", old)
    with pytest.raises(SnapshotError):
        acts.enforce(known, LEA, "mini", "20990101T000000-00000000")
    assert acted(home) == [
        ("paula", "planung", "veröffentlicht", "abgewiesen"), ("anna", "ausschuss", "veröffentlicht", "abgewiesen"),
        ("lea", "leitung", "veröffentlicht", "begonnen"), ("lea", "leitung", "veröffentlicht", "fertig"),
        ("lea", "leitung", "zurückgesetzt", "begonnen"), ("lea", "leitung", "zurückgesetzt", "fertig"),
        ("lea", "leitung", "veröffentlicht", "begonnen"), ("lea", "leitung", "veröffentlicht", "gescheitert"),
    ]  # fmt: skip


@pytest.mark.parametrize("fault", ["no key", "damaged"])
def test_without_a_trail_nothing_is_done(home, fault):
    known, shelf = Settings(home=home), Shelf(home, "mini")
    old, new = shelf.current(), candidate(home)
    acts.discard(known, LOCAL, "mini", candidate_again(home))
    acts._opened.cache_clear()
    (home / KEY_FILE).unlink() if fault == "no key" else (home / "plaene.sqlite").write_bytes(b"x" * 5000)
    for act in (
        lambda: acts.enforce(known, LOCAL, "mini", new),
        lambda: acts.discard(known, LOCAL, "mini", new),
        lambda: acts.prune(known, LOCAL, "mini", 1),
        lambda: acts.bring(known, LOCAL, ["a.csv"], lambda permit: pytest.fail("read all the same")),
    ):
        with pytest.raises(acts.AuditError, match="was sich nicht protokollieren lässt, geschieht nicht"):
            act()
    assert shelf.current() == old and new in shelf.ids()


def candidate_again(home) -> str:
    tables = minicity.frames()
    tables["facility"]["enrolled"] = 8
    package = minicity.write_minicity(home.parent / "package2", tables)
    done = ingest(package, Settings(home=home), load_catalogue(), NOW + dt.timedelta(hours=1), publish=False)
    assert done.snapshot_id
    return done.snapshot_id


def test_planners_import_into_their_own_cities_alone(home):
    known, catalogue = Settings(home=home), load_catalogue()
    package = minicity.write_minicity(home.parent / "package")
    uploads = [Upload(path.name, path.read_bytes()) for path in sorted(package.iterdir())]

    def bring(person):
        return acts.bring(known, person, ["paket"], lambda permit: read_uploads(uploads, known, catalogue, NOW, permit=permit))

    before = set(Shelf(home, "mini").ids())
    with pytest.raises(NotAllowedError, match="nur Planung und Leitung"):
        bring(ANNA)
    with pytest.raises(NotAllowedError, match="Für „mini“"):
        bring(Person("olga", "", (("hamburg", "planung"),)))
    assert set(Shelf(home, "mini").ids()) == before
    done = bring(PAULA)
    assert done.snapshot_id and Shelf(home, "mini").current() in before
    known = Settings(home=home, threshold=5)
    later = NOW + dt.timedelta(hours=2)
    acts.bring(known, PAULA, ["paket"], lambda permit: read_uploads(uploads, known, catalogue, later, permit=permit))
    assert acted(home) == [
        ("anna", "ausschuss", "eingelesen", "abgewiesen"),
        ("olga", "planung", "eingelesen", "begonnen"), ("olga", "", "eingelesen", "abgewiesen"),
        ("paula", "planung", "eingelesen", "begonnen"), ("paula", "planung", "eingelesen", "fertig"),
        ("paula", "planung", "eingelesen", "begonnen"), ("paula", "planung", "schwelle", "fertig"),
        ("paula", "planung", "eingelesen", "fertig"),
    ]  # fmt: skip


def test_a_scenario_is_deleted_by_who_made_it_or_by_leitung_and_never_without_an_entry(home):
    known = Settings(home=home)
    plans = open_plans(known.plans_url)
    own, other, old = (plans.create("mini", name, "ak", "s", owner=owner) for name, owner in
                       (("Eins", PAULA.mark), ("Zwei", LEA.mark), ("Drei", "")))  # fmt: skip
    paula_elsewhere = Person("paula", "", (("hamburg", "leitung"),))
    for person, scenario in ((PAULA, other), (PAULA, old), (ANNA, own), (paula_elsewhere, own)):
        assert not acts.may_remove(person, scenario)
        with pytest.raises(NotAllowedError):
            acts.remove(known, person, plans, scenario)
    assert len(plans.everything()) == 3
    acts.remove(known, PAULA, plans, own)
    acts.remove(known, LEA, plans, old)
    with pytest.raises(UnknownScenarioError):
        acts.remove(known, LEA, plans, old)
    assert plans.everything() == (other,)
    assert [(who, state) for who, _, action, state in acted(home) if action == "szenario gelöscht"] == [
        ("paula", "abgewiesen"), ("paula", "abgewiesen"), ("anna", "abgewiesen"), ("paula", "abgewiesen"),
        ("paula", "begonnen"), ("paula", "fertig"), ("lea", "begonnen"), ("lea", "fertig"),
        ("lea", "begonnen"), ("lea", "gescheitert"),
    ]  # fmt: skip
    acts._opened.cache_clear()
    (home / KEY_FILE).unlink()
    with pytest.raises(acts.AuditError):
        acts.remove(known, LEA, plans, other)
    assert plans.everything() == (other,)
    plans.close()


def test_files_with_numbers_that_are_not_public_stand_in_the_trail(desk, home):
    for view, expected in (("ausschuss", []), ("planung", [("lokal", "leitung", "ausgegeben", "fertig")])):
        desk.sit(home, view)
        desk.open("Karte", unfold=True)
        assert desk.downloads[0]()
        assert acted(home) == expected
    acts._opened.cache_clear()
    (home / KEY_FILE).unlink()
    with pytest.raises(acts.AuditError):
        desk.downloads[0]()


def test_leitung_reads_filters_and_takes_the_trail(desk, home):
    known = Settings(home=home)
    acts.write(known, LEA, "veröffentlicht", acts.Note("mini", "s1", '=HYPERLINK("x") <b>[x](y)</b>'))
    acts.write(known, PAULA, "szenario gespeichert", acts.Note("mini"))
    acts.write(known, LEA, "veröffentlicht", acts.Note("hamburg"))
    desk.sit(home)
    at = desk.open("Protokoll")
    assert "Alle 3 Einträge sind da und unverändert" in at.get_by_key("answer").markdown[0].value
    assert list(at.dataframe[0].value["Wer"]) == ["lea", "paula", "lea"]
    assert '"\'=HYPERLINK' in desk.downloads[0]().decode("utf-8-sig")
    at.selectbox("w_wer").select("paula").run()
    assert list(at.dataframe[0].value["Was"]) == ["szenario gespeichert"]
    (home / KEY_FILE).write_text("f" * 64)
    acts._opened.cache_clear()
    st.cache_data.clear()
    at = desk.open("Protokoll")
    assert "nicht in Ordnung" in at.get_by_key("answer").markdown[0].value and not at.exception
