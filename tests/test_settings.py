"""Settings: defaults, what is allowed, and one German sentence that names variable, value and what is allowed."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raumblick.settings import ROOT, Settings, SettingsError, load_settings


def test_without_variables_the_defaults_hold():
    assert load_settings({}) == Settings()
    assert Settings() == Settings(ROOT / "var", "planung", 3, 5.0, "512MB")


@pytest.mark.parametrize(
    ("name", "text", "field", "expected"),
    [
        ("RAUMBLICK_HOME", "/srv/raumblick", "home", Path("/srv/raumblick")),
        ("RAUMBLICK_HOME", "~/daten", "home", Path.home() / "daten"),
        ("RAUMBLICK_HOME", "daten", "home", Path.cwd() / "daten"),
        ("RAUMBLICK_VIEW", "ausschuss", "view", "ausschuss"),
        ("RAUMBLICK_VIEW", " Ausschuss ", "view", "ausschuss"),
        ("RAUMBLICK_THRESHOLD", "5", "threshold", 5),
        ("RAUMBLICK_QUERY_SECONDS", "30", "query_seconds", 30.0),
        ("RAUMBLICK_MEMORY", "2GB", "memory_limit", "2GB"),
        ("RAUMBLICK_LOGIN", "An", "login", True),
        ("RAUMBLICK_ROLES", "/etc/rollen.toml", "roles", Path("/etc/rollen.toml")),
        ("RAUMBLICK_PROVIDER", "stadt", "provider", "stadt"),
        ("RAUMBLICK_SESSION_HOURS", "4", "session_hours", 4),
        ("RAUMBLICK_SESSION_HOURS", "0,25", "session_hours", 0.25),
        ("RAUMBLICK_SESSION_HOURS", "1.5", "session_hours", 1.5),
        ("RAUMBLICK_AUDIT_DAYS", "365", "audit_days", 365),
        ("RAUMBLICK_AUDIT_KEY", "k" * 32, "audit_key", "k" * 32),
        ("RAUMBLICK_MEMORY", "1 GiB", "memory_limit", "1 GiB"),
        ("RAUMBLICK_PLANS", "postgresql://anna@db/raumblick", "plans", "postgresql://anna@db/raumblick"),
        ("RAUMBLICK_PLANS", "sqlite:///plaene.sqlite", "plans", "sqlite:///plaene.sqlite"),
    ],
)
def test_a_variable_is_read(name, text, field, expected):
    settings = load_settings({name: text})
    assert getattr(settings, field) == expected
    assert dataclasses.replace(settings, **{field: getattr(Settings(), field)}) == Settings()


def test_scenarios_lie_beside_the_snapshots_unless_told_otherwise():
    assert load_settings({"RAUMBLICK_HOME": "/srv/r"}).plans_url == "sqlite:////srv/r/plaene.sqlite"
    assert load_settings({"RAUMBLICK_PLANS": "postgresql://db/r"}).plans_url == "postgresql://db/r"
    with pytest.raises(SettingsError, match=r"„mysql://anna:\*\*\*@db/x“"):
        load_settings({"RAUMBLICK_PLANS": "mysql://anna:geheim@db/x"})


@pytest.mark.parametrize("name", ["HOME", "VIEW", "THRESHOLD", "QUERY_SECONDS", "MEMORY", "PLANS", "LOGIN", "ROLES", "AUDIT_KEY"])
@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_variable_counts_as_not_set(name, text):
    assert load_settings({f"RAUMBLICK_{name}": text}) == Settings()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("RAUMBLICK_VIEW", "intern"),
        ("RAUMBLICK_PLANS", "mysql://db/x"),
        ("RAUMBLICK_PLANS", "plaene.sqlite"),
        ("RAUMBLICK_VIEW", "planung,ausschuss"),
        ("RAUMBLICK_THRESHOLD", "2"),  # one and two persons are never published
        ("RAUMBLICK_THRESHOLD", "-3"),
        ("RAUMBLICK_THRESHOLD", "3,5"),
        ("RAUMBLICK_THRESHOLD", "drei"),
        ("RAUMBLICK_THRESHOLD", "5²"),
        ("RAUMBLICK_THRESHOLD", "٥"),
        ("RAUMBLICK_THRESHOLD", "9" * 5000),
        ("RAUMBLICK_QUERY_SECONDS", "0"),
        ("RAUMBLICK_QUERY_SECONDS", "1.5"),
        ("RAUMBLICK_MEMORY", "viel"),
        ("RAUMBLICK_MEMORY", "0MB"),
        ("RAUMBLICK_MEMORY", "512"),
        ("RAUMBLICK_MEMORY", "512MB; drop"),
        ("RAUMBLICK_HOME", "~nobody_of_this_name/daten"),
        ("RAUMBLICK_LOGIN", "ja"),  # what is not understood must not mean off
        ("RAUMBLICK_PROVIDER", "stadt_1"),
        *(("RAUMBLICK_SESSION_HOURS", text) for text in ("0", "0,24", "8,01", "9", "-1", "1e0", "nan", "1,5,5", "½", "٤")),
        ("RAUMBLICK_AUDIT_DAYS", "29"),
    ],
)
def test_what_is_not_allowed_is_named(name, text):
    with pytest.raises(SettingsError) as caught:
        load_settings({name: text})
    message = str(caught.value)
    assert message.startswith(f"{name} ist „{text}“; ") and message.endswith(".")
    assert "erlaubt sind" in message or "kein Ordner" in message


@pytest.mark.parametrize("text", ["512MB", "2GB", "1 GiB", "300mib"])
def test_an_allowed_size_is_one_that_the_database_takes(text):
    limit = load_settings({"RAUMBLICK_MEMORY": text}).memory_limit
    duckdb.connect(config={"memory_limit": limit}).close()


@given(st.text(max_size=20), st.sampled_from(["VIEW", "THRESHOLD", "QUERY_SECONDS", "MEMORY"]))
def test_any_text_is_read_or_refused(text, name):
    try:
        settings = load_settings({f"RAUMBLICK_{name}": text})
    except SettingsError:
        return
    assert settings.threshold >= 3 and settings.query_seconds >= 1 and settings.view in ("planung", "ausschuss")


def test_settings_do_not_change():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().view = "ausschuss"


def test_the_server_does_not_start_with_a_wrong_setting_and_says_so_in_one_line():
    command = [sys.executable, "-m", "streamlit", "run", "server.py", "--server.port=0", "--server.address=127.0.0.1"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"RAUMBLICK_VIEW": "foo"}, capture_output=True, timeout=60)
    assert done.returncode == 1
    lines = [line for line in done.stderr.decode().splitlines() if line.strip()]
    assert lines == ["Raumblick startet nicht: RAUMBLICK_VIEW ist „foo“; erlaubt sind: planung, ausschuss."]


def test_a_short_key_is_refused_without_showing_it():
    with pytest.raises(SettingsError, match="RAUMBLICK_AUDIT_KEY ist zu kurz") as caught:
        load_settings({"RAUMBLICK_AUDIT_KEY": "geheim"})
    assert "geheim" not in str(caught.value)
