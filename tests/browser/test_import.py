"""A delivery from upload to published snapshot and back, in a real browser."""

from __future__ import annotations

import shutil
from pathlib import Path

import minicity
import pytest
from places import CHROMIUM
from playwright.sync_api import expect

from raumblick.snapshot.publish import Shelf

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this system")]


@pytest.fixture
def home(tmp_path, mini_home) -> Path:
    """A home of its own: this test changes what is in force."""
    shutil.copytree(mini_home, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def package(tmp_path) -> Path:
    """The data package of the mini city as a ZIP, with one other number and one thing to warn of."""
    tables = minicity.frames()
    rows = tables["observation"]
    rows.loc[(rows["indicator"] == "sgb2_u15") & (rows["area_id"] == "03") & (rows["period"] == "2023"), "numerator"] = 19
    tables["facility"].loc[0, "places_operable"] = 61
    folder = minicity.write_minicity(tmp_path / "mini", tables)
    return Path(shutil.make_archive(str(tmp_path / "lieferung"), "zip", folder))


def test_from_upload_to_published_and_back(visit, serve, home, package):
    shelf = Shelf(home, "mini")
    before = shelf.current()
    visitor = visit(serve(home, "planung"))
    page = visitor.go("/import", stadt="mini")
    page.locator('input[type="file"]').set_input_files(package)
    expect(page.get_by_text("lieferung.zip")).to_be_visible()
    page.get_by_role("button", name="Prüfen").click()
    publish = page.get_by_role("button", name="Veröffentlichen")
    expect(publish).to_be_visible(timeout=20_000)
    expect(page.get_by_role("heading", name="Befunde")).to_be_visible()
    expect(page.get_by_text("Ministadt (erfundene Daten). Fehler: 0, Warnung: 1")).to_be_visible()
    expect(page.get_by_role("heading", name="Was sich ändert")).to_be_visible()
    expect(page.get_by_text("Kennzahlen geändert")).to_be_visible()
    assert shelf.current() == before and len(shelf.ids()) == 2
    publish.click()
    expect(page.get_by_text("Der neue Datenstand gilt jetzt auf allen Seiten.")).to_be_visible()
    after = shelf.current()
    assert after != before
    visitor.wait()
    expect(page.get_by_text(f"In Kraft: {after}")).to_be_visible()
    page.get_by_role("button", name="Wieder in Kraft setzen").click()
    expect(page.get_by_text(f"Jetzt gilt der Datenstand {before}.")).to_be_visible()
    assert shelf.current() == before
