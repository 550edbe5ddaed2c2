"""Before the server starts with login: what is missing or weak is named, and only a sound set-up starts."""

import logging

import pytest

from raumblick.settings import Settings, SettingsError
from raumblick.ui import login_http

ROLES = 'angabe = "groups"\n[[rolle]]\nwert = "x"\nrolle = "leitung"\n'
AUTH = {
    "redirect_uri": "https://rb.example/oauth2callback", "cookie_secret": "x" * 32, "client_id": "rb", "client_secret": "s",
    "server_metadata_url": "https://idp.example/.well-known/openid-configuration",
}  # fmt: skip


class Section(dict):
    def to_dict(self) -> dict:
        return dict(self)


@pytest.fixture
def check(tmp_path, monkeypatch):
    """Runs the check with secrets and options of Streamlit."""
    (tmp_path / "rollen.toml").write_text(ROLES, encoding="utf-8")

    def run(auth: dict, login: bool = True, provider: str = "default", **options) -> None:
        monkeypatch.setattr(login_http, "get_secrets_auth_section", lambda: Section(auth) if auth else None)
        monkeypatch.setattr(login_http, "get_option", lambda name: options.get(name.rpartition(".")[2]))
        login_http.check_setup(Settings(home=tmp_path, login=login, provider=provider))

    return run


def test_a_sound_set_up_starts(check):
    check(AUTH)
    check(AUTH | {"redirect_uri": "http://127.0.0.1:8501/oauth2callback"})
    check({k: AUTH[k] for k in ("redirect_uri", "cookie_secret")} | {"stadt": AUTH}, provider="stadt")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cookie_secret": "kurz"}, "cookie_secret fehlt oder ist kürzer als 32 Zeichen"),
        ({"cookie_secret": None}, "cookie_secret fehlt"),
        ({"client_id": None, "client_secret": ""}, "nicht: client_id, client_secret"),
        ({"redirect_uri": "http://rb.example/oauth2callback"}, "redirect_uri muss mit https:// beginnen"),
        ({"redirect_uri": None}, "redirect_uri muss mit https:// beginnen"),
        ({"redirect_uri": "https://rb.example/"}, "muss auf /oauth2callback enden"),
        ({"server_metadata_url": "http://idp.example/x"}, "server_metadata_url muss mit https:// beginnen"),
        ({"server_metadata_url": "http://localhost.example/x"}, "server_metadata_url muss mit https:// beginnen"),
    ],
)
def test_what_is_missing_or_weak_is_named(check, change, said):
    with pytest.raises(SettingsError) as error:
        check(AUTH | change)
    assert said in str(error.value)


def test_no_section_no_roles_no_such_provider_no_headers(check, tmp_path):
    with pytest.raises(SettingsError, match=r"fehlt der Abschnitt \[auth\]"):
        check({})
    with pytest.raises(SettingsError, match="nennt für „stadt“ nicht: client_id"):
        check(AUTH, provider="stadt")
    with pytest.raises(SettingsError, match="trustedUserHeaders muss leer sein"):
        check(AUTH, trustedUserHeaders={"X-User": "sub"})
    (tmp_path / "rollen.toml").unlink()
    with pytest.raises(SettingsError, match="RAUMBLICK_ROLES"):
        check(AUTH)


def test_without_login_other_machines_are_warned_of(check, caplog):
    with caplog.at_level(logging.WARNING):
        check({}, login=False, address="127.0.0.1")
        assert not caplog.records
        check({}, login=False, address="0.0.0.0")
    assert "no login" in caplog.text
