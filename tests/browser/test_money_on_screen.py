"""The pages on money in a real browser: move 200,000 euro, see both sides, save, reload, compare; sums equal the export."""

import csv
import re
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from places import CHROMIUM
from playwright.sync_api import Page, expect
from test_walk import unfold, violations
from visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this system")]
NORTH, SOUTH = "Planungsraum Nord", "Planungsraum Süd"  # P2, P4
EURO = re.compile(r"[−-]?[\d.]+,\d\d")


def exact(text: str) -> Decimal:
    """`−1.234,50 €` as a number."""
    return Decimal(text.split("\u00a0")[0].replace("−", "-").replace(".", "").replace(",", "."))


def grid(page: Page, holds: str) -> list[dict[str, str]]:
    """The rows of the first table as they are on screen for screen readers, as soon as it holds a text."""
    frame = page.locator('[data-testid="stDataFrame"]').first
    frame.scroll_into_view_if_needed()  # drawn only where it can be seen
    expect(frame.locator("canvas table").first).to_contain_text(holds)
    heads = frame.locator("canvas thead th").all_text_contents()
    rows = [row.locator("td").all_text_contents() for row in frame.locator("canvas tbody tr").all()]
    return [dict(zip(heads, row, strict=True)) for row in rows]


def downloaded(here: Visitor, key: str, name: str) -> list[dict[str, object]]:
    """The rows of a download, without the lines of its origin; the run that the click causes is over then."""
    page = here.page
    here.settle()
    with page.expect_download() as waiting:
        page.locator(f".st-key-{key}").get_by_role("button", name=name).click()
    path = waiting.value.path()
    here.wait()
    if name == "CSV":
        return list(csv.DictReader(StringIO(path.read_text(encoding="utf-8-sig").split("\n\n")[0]), delimiter=";"))
    heads, *rows = load_workbook(BytesIO(path.read_bytes())).active.iter_rows(values_only=True)
    end = next(n for n, row in enumerate(rows) if all(v is None for v in row))
    return [dict(zip(heads, row, strict=True)) for row in rows[:end]]


def money_line(page: Page) -> list[Decimal]:
    """Pot, what changes places, what is left."""
    return [exact(text) for text in EURO.findall(page.locator(".st-key-money").inner_text())]


def answer(page: Page) -> str:
    return page.locator(".st-key-answer").inner_text()


def in_view(page: Page, part: str) -> bool:
    box = page.locator(part).bounding_box()
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= page.viewport_size["height"]


def test_money_is_moved_saved_reloaded_and_compared(visit, serve, cities_home):
    here = visit(serve(cities_home, "planung"))
    page = here.go("/waswaerewenn", stadt="musterstadt", von="P2", nach="P4")
    planned = {row["Planungsraum"]: exact(row["Plan (€)"]) for row in grid(page, "Zusammen")}
    page.get_by_label("Betrag in Euro").fill("200.000,00")
    page.get_by_role("button", name="Verschieben").click()
    page.wait_for_url(re.compile("plan=P2"))
    here.wait()
    assert "1 Gebiet bekommt mehr, 1 weniger; 200.000 € werden dazugegeben." in answer(page)
    assert money_line(page) == [planned["Zusammen"], Decimal(200_000), Decimal(0)]
    rows = {row["Planungsraum"]: row for row in grid(page, "−200.000,00")}
    changes = {key: exact(row["mehr oder weniger (€)"]) for key, row in rows.items()}
    assert {key for key, value in changes.items() if value} == {NORTH, SOUTH} and changes[NORTH] == -200_000
    _same_as_export(here, rows)
    page.get_by_label("Name des Szenarios").fill("Süden stärken")
    page.get_by_role("textbox", name="Kürzel").fill("kw")
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.get_by_text("Gespeichert: Süden stärken.")).to_be_visible()
    said = answer(page)
    page.reload()
    here.wait()
    assert answer(page) == said
    page.get_by_role("button", name="Alles zurück").click()
    expect(page.locator(".st-key-answer")).to_contain_text("noch nichts verschoben")
    here.wait()
    page.get_by_role("combobox", name=re.compile("Vergleichen mit")).click()
    page.get_by_role("option", name=re.compile("Süden stärken")).first.click()
    here.wait()
    rows = {row["Planungsraum"]: row for row in grid(page, "verglichenes Szenario")}
    assert exact(rows[SOUTH]["verglichenes Szenario (€)"]) == planned[SOUTH] + 200_000
    assert rows[SOUTH]["dann (€)"] == rows[SOUTH]["Plan (€)"]
    page.get_by_text("gegen das verglichene Szenario").click()
    here.wait()
    expect(page.locator(".st-key-map")).to_contain_text("Veränderung gegen „Süden stärken“")
    page.get_by_role("button", name="Laden").click()
    expect(page.locator(".st-key-answer")).to_contain_text("200.000 € werden dazugegeben")


def _same_as_export(here: Visitor, rows: dict[str, dict[str, str]]) -> None:
    """Every amount on screen stands in CSV and XLSX to the cent, and the areas add up to the last line."""
    heads = ["Plan (€)", "mehr oder weniger (€)", "dann (€)"]
    screen = {key: [exact(row[head]) for head in heads] for key, row in rows.items()}
    for name in ("CSV", "XLSX"):
        found = {str(row["Planungsraum"]): row for row in downloaded(here, "moving_downloads", name)}
        amounts = {key: [Decimal(str(row[head]).replace(",", ".")) for head in heads] for key, row in found.items()}
        assert amounts == screen
        for place in range(3):
            assert sum(values[place] for key, values in amounts.items() if key != "Zusammen") == amounts["Zusammen"][place]


@pytest.mark.parametrize("width", [1440, 900])
def test_one_area_is_set_and_the_money_stays_in_view(visit, serve, cities_home, width):
    here = visit(serve(cities_home, "planung"), width=width)
    page = here.go("/waswaerewenn", stadt="musterstadt", art="eins", einsgebiet="P2", einsl="okja")
    before = money_line(page)
    slider = page.get_by_role("slider", name="Veränderung gegen den Plan")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".st-key-money")).not_to_contain_text("noch frei 0,00")
    page.wait_for_url(re.compile("plan=P2"))
    here.wait()
    for pause in (20, 150, 380, 60, 330, 430, 250):  # while the page runs, while it follows, and between
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(pause)
    here.settle()
    assert slider.input_value() == "-8"
    amount = page.get_by_label(re.compile("Betrag danach in Euro"))
    assert exact(amount.input_value()) == _planned(page) - money_line(page)[2]
    amount.fill("1.234,50")
    amount.press("Enter")
    expect(page.locator(".st-key-money")).to_contain_text("noch frei")
    page.wait_for_function("() => document.querySelector('.st-key-money').innerText.split('noch frei')[1].length > 12")
    here.wait()
    assert money_line(page)[2] == _planned(page) - Decimal("1234.50") and money_line(page)[0] == before[0]
    assert page.locator('[data-testid="stMain"]').evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    page.get_by_role("heading", name="Szenarien").scroll_into_view_if_needed()
    page.get_by_role("link", name="Wie gerechnet?").scroll_into_view_if_needed()
    assert in_view(page, ".st-key-money")
    page.get_by_role("button", name="Letzten Schritt zurück").click()
    here.settle()  # a list that is open when it is drawn anew closes without a choice
    assert exact(amount.input_value()) > Decimal("1234.50")
    page.get_by_role("combobox", name=re.compile("Leistung")).click()
    page.get_by_role("option", name=re.compile("Heimerziehung.*gesperrt")).click()
    here.wait()
    expect(page.get_by_text("gesetzlich gebunden (§ 34 SGB VIII)")).to_be_visible()
    expect(page.get_by_role("slider")).to_have_count(0)
    assert violations(page) == []


def _planned(page: Page) -> Decimal:
    return exact(EURO.findall(page.get_by_text(re.compile(r"Betrag danach in Euro \(Plan")).first.inner_text())[0])


def test_the_other_pages_on_money(visit, serve, cities_home):
    here = visit(serve(cities_home, "planung"))
    page = here.go("/budgetstand", stadt="musterstadt", jahr="2024")
    unfold(here)
    said = page.get_by_text(re.compile(r"^Aufwand 2024: Plan")).inner_text()
    rows = downloaded(here, "ways_downloads", "CSV")
    for head, shown in zip(("Plan (€)", "fortgeschrieben (€)", "Ist (€)"), EURO.findall(said)[:3], strict=True):
        assert sum(Decimal(str(row[head]).replace(",", ".")) for row in rows) == exact(shown)
    page = here.go("/verteilung", stadt="musterstadt", unter="ohne", ober="ohne")
    box = page.get_by_role("textbox", name="Topf in Euro")
    box.fill("1.234.500,50")
    box.press("Enter")
    page.wait_for_url(re.compile("betrag="))
    here.wait()
    rows = downloaded(here, "sharing_downloads", "XLSX")
    assert sum(Decimal(str(row["Ergebnis (€)"])) for row in rows) == Decimal("1234500.50")
    page = here.go("/risiko", stadt="musterstadt")
    before = answer(page)
    page.get_by_role("slider", name="Neue Fälle").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("faelle=5"))
    here.wait()
    assert answer(page) != before and "Wahrscheinlichkeit" in answer(page)
