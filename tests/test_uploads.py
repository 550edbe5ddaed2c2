"""Uploaded files get harmless names inside the folder of the upload, and too much of them is refused before it is written."""

import dataclasses
import tomllib

import pytest
from homes import NOW

from raumblick import uploads
from raumblick.catalogue import load_catalogue
from raumblick.intake.archive import LIMITS
from raumblick.settings import ROOT, Settings
from raumblick.uploads import Upload, read_uploads, safe_name

NAMES = (
    "../../x.csv", "..\\..\\x.csv", "/etc/cron.d/x", "C:\\x.csv", "..", ".", "", "a\0b", "x\n.csv",
    "~", "-rf", "a/" * 500, "ä" * 999,
)


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_elsewhere(name, tmp_path):
    safe = safe_name(name, 7)
    assert 1 <= len(safe) <= 120 and not safe.startswith(".") and not set(safe) & set('/\\\0\n~"<>|:*?')
    assert (tmp_path / safe).resolve().parent == tmp_path.resolve()


@pytest.mark.parametrize(
    ("given", "code"),
    [([Upload("a.csv", b"12345678901")], "upload_large"), ([Upload("a.csv", b"1")] * 3, "upload_many"), ([], "nothing")],
)
def test_too_much_is_refused(monkeypatch, tmp_path, given, code):
    monkeypatch.setattr(uploads, "LIMITS", dataclasses.replace(LIMITS, file_size=10, files=2))
    result = read_uploads(given, Settings(home=tmp_path / "home"), load_catalogue(), NOW)
    assert result.snapshot_id is None and [f.code for f in result.findings] == [code]
    assert not (tmp_path / "home").exists()


def test_the_browser_is_told_the_same_limit():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["server"]["maxUploadSize"] << 20 == LIMITS.file_size
