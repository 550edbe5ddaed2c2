"""Budgets as cities publish them: sums to the cent, both conventions of signs, and the other files about money."""

from __future__ import annotations

import csv
import random
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from raumblick.catalogue import load_catalogue
from raumblick.intake.files import budget, genesis_flat, genesis_table, shipped
from raumblick.intake.files.ledger import Ledger
from raumblick.intake.files.source import SourceText
from raumblick.intake.files.table import StatTable
from raumblick.intake.findings import Finding, IntakeError, has_errors
from raumblick.intake.layout_model import open_questions
from raumblick.intake.layoutfile import suggest

pytestmark = pytest.mark.realdata
KIEL, MOERS, WESEL = "kiel_Haushalt-Kiel-2017.csv", "moers_Haushalt.csv", "wesel_hhplan2017.csv"
BERLIN, BERLIN_2026 = "berlin_bezirke_jugend_2015_2016_ansatz_ist.csv", "berlin_bezirke_jugend_2026_2027_ansatz.csv"
FOUR = (KIEL, MOERS, WESEL, BERLIN)
_READ: dict[str, Ledger] = {}


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "budget"


def read(folder: Path, name: str) -> Ledger:
    if name not in _READ:
        assert budget.detect(SourceText.open(folder / name))
        _READ[name] = budget.read(folder / name)
    return _READ[name]


def records(folder: Path, name: str) -> list[dict[str, str]]:
    """The file as the standard library reads it, without any code of the intake."""
    german = name in (KIEL, MOERS, WESEL)
    with (folder / name).open(encoding="cp1252" if german else "utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";" if german else ","))


def euros(text: str) -> Decimal:
    """An amount of the three German files (`1.234,5`) in euros and cents."""
    return dollars(text.replace(".", "").replace(",", "."))


def dollars(text: str) -> Decimal:
    """An amount of the files with a decimal point."""
    return Decimal(text).quantize(Decimal("0.01"))


def told(found: Ledger | StatTable, code: str) -> list[Finding]:
    return [finding for finding in found.findings if finding.code == code]


def booked(ledger: Ledger, year: int, kind: str, basis: str = "period") -> dict[str, Decimal]:
    rows = ledger.rows[(ledger.rows["year"] == year) & (ledger.rows["value_type"] == kind) & (ledger.rows["basis"] == basis)]
    return {str(side): sum(part["amount"], Decimal(0)) for side, part in rows.groupby("side")}


@pytest.mark.parametrize("name", FOUR)
def test_bookings_are_canonical(name, folder):
    ledger = read(folder, name)
    spec = load_catalogue().tables["booking"]
    rows = ledger.rows
    assert tuple(rows.columns) == spec.names and rows["booking_id"].is_unique
    for column in spec.columns:
        assert not column.required or rows[column.name].notna().all(), column.name
        assert not column.values or set(rows[column.name].dropna()) <= set(column.values), column.name
    assert all(isinstance(amount, Decimal) and amount >= 0 for amount in rows["amount"])
    assert set(rows["service"].dropna()) <= set(load_catalogue().services["key"])
    assert not has_errors(ledger.findings)


@pytest.mark.parametrize("name", FOUR)
def test_the_sums_say_what_corrections_did(name, folder):
    ledger = read(folder, name)
    assert (ledger.sums["delivered"] + ledger.sums["corrections"] == ledger.sums["booked"]).all()
    for keys, part in ledger.rows.groupby(["year", "value_type", "basis", "side"]):
        same = (ledger.sums[["year", "value_type", "basis", "side"]] == list(keys)).all(axis=1)
        assert ledger.sums.loc[same, "booked"].tolist() == [sum(part["amount"], Decimal(0))]
    both = ledger.sums.groupby(["year", "value_type", "basis"])["corrections"]
    assert (both.nunique() == 1).all()  # what leaves one side arrives on the other


def test_kiel_writes_expenses_with_a_minus(folder):
    ledger, lines = read(folder, KIEL), records(folder, KIEL)
    delivered = {way: sum(euros(r["Betrag"]) for r in lines if r["Aufwand/Ertrag"] == way) for way in ("Aufwand", "Ertrag")}
    assert delivered == {"Aufwand": Decimal("-1037188900.00"), "Ertrag": Decimal("1019885500.00")}
    moved = Decimal("6100.00")
    assert booked(ledger, 2017, "plan") == {"expense": -delivered["Aufwand"] + moved, "revenue": delivered["Ertrag"] + moved}
    assert len(ledger.rows) == len(lines) == 6595
    (correction,) = told(ledger, "amount_corrected")
    assert correction.row == 4703 and "6.100,00 EUR" in correction.message
    assert told(ledger, "value_type_found") and ledger.rows["month"].isna().all()


@pytest.mark.parametrize(
    ("year", "kind", "column"),
    [(2015, "actual", "Ist 2015"), (2016, "actual", "Ist 2016"), (2016, "plan", "Plan 2016"), (2017, "plan", "Plan 2017")],
)
def test_moers_writes_revenues_with_a_minus(year, kind, column, folder):
    ledger, lines = read(folder, MOERS), records(folder, MOERS)
    cells = [(r["Kontengruppe-Nummer"][0], euros(r[column])) for r in lines]
    revenue, expense = (-sum(c for digit, c in cells if digit == "4"), sum(c for digit, c in cells if digit == "5"))
    from_revenue = sum(c for digit, c in cells if digit == "4" and c > 0)
    from_expense = -sum(c for digit, c in cells if digit == "5" and c < 0)
    moved = from_revenue + from_expense
    assert booked(ledger, year, kind) == {"expense": expense + moved, "revenue": revenue + moved}


def test_moers_has_one_shifted_line_and_restored_zeros(folder):
    ledger = read(folder, MOERS)
    assert [finding.row for finding in told(ledger, "line_shifted")] == [984]
    assert len(ledger.rows) == (2119 - 1) * 4
    assert {"0104", "0601", "060301", "120101"} <= set(ledger.rows["product"])
    assert told(ledger, "scheme_found")[0].message.endswith("(06).")


def test_wesel_agrees_with_its_own_total_in_every_column(folder):
    ledger, lines = read(folder, WESEL), records(folder, WESEL)
    last = lines[-1]
    years = [c for c in last if c.startswith(("Ist", "Plan")) and c not in ("Plan 2021", "Plan 2022")]
    for column in years:
        kind, year = ("actual" if column.startswith("Ist") else "plan"), int(column[-4:])
        sides = [booked(ledger, year, kind, basis) for basis in ("period", "payment")]
        net = sum(s["expense"] - s["revenue"] for s in sides)
        imputed = sum(euros(r[column]) for r in lines if r["Kostenart"].startswith("9"))
        assert net + imputed == euros(last[column]), column
    assert [finding.row for finding in told(ledger, "total_found")] == [5973]
    assert "514 Zeilen" in told(ledger, "imputed_costs")[0].message
    assert {finding.column for finding in told(ledger, "amounts_zero")} == {"Plan 2021", "Plan 2022"}
    assert "VE 2018 0,00 EUR" in told(ledger, "authority_unread")[0].message
    assert len(ledger.rows) == (5972 - 1 - 514) * 7


def test_berlin_by_district_chapter_and_title(folder):
    ledger, lines = read(folder, BERLIN), records(folder, BERLIN)
    for year in (2015, 2016):
        for column, kind in (("Ansatz", "plan"), ("Ist", "actual")):
            cells = [(r["Titelart"], dollars(r[column])) for r in lines if r["Jahr"] == str(year)]
            sums = {way: sum(c for w, c in cells if w == way) for way in ("Ausgabetitel", "Einnahmetitel")}
            moved = -sum(c for _, c in cells if c < 0)
            expected = {"expense": sums["Ausgabetitel"] + moved, "revenue": sums["Einnahmetitel"] + moved}
            assert booked(ledger, year, kind, "payment") == expected
    assert sorted(ledger.rows["area_id"].unique()) == [f"{n:02d}" for n in range(1, 13)]
    assert len(ledger.rows) == 3134 * 2 and ledger.rows["account"].str.len().eq(5).all()


def test_products_become_services(folder):
    kiel = read(folder, KIEL).products.set_index("product")
    expected = {"363350": "spfh", "363370": "vollzeitpflege", "363390": "heim", "363430": "egh35a", "365001": "kita"}
    assert kiel.loc[list(expected), "service"].to_dict() == expected
    assert "363900 Verwaltung der Jugendhilfe" in told(read(folder, KIEL), "products_open")[0].message
    wesel = read(folder, WESEL).rows
    assert {"erziehungsbeistand", "spfh", "tagesgruppe"} <= set(wesel[wesel["product"] == "060304"]["service"].dropna())
    berlin = read(folder, BERLIN).rows
    assert set(berlin[berlin["account"] == "67149"]["service"]) == {"spfh"}
    assert berlin[berlin["product"] == "4042"]["service"].nunique() == 10
    for name in FOUR:
        rows = read(folder, name).rows
        assert rows["service"].notna().any() and rows["product"].notna().all()


# --- the other files about money -----------------------------------------------------------------------------------


def test_berlin_2026_is_a_ledger_with_its_assumption_told(folder):
    ledger, lines = shipped.read(folder / BERLIN_2026), records(folder, BERLIN_2026)
    assert isinstance(ledger, Ledger) and len(ledger.rows) == 3278
    for year in (2026, 2027):
        cells = [dollars(r["betrag"]) for r in lines if r["jahr"] == str(year)]
        moved = -sum(c for c in cells if c < 0)
        assert booked(ledger, year, "plan", "payment") == {"expense": sum(cells) + moved, "revenue": moved}
    assert told(ledger, "layout_assumes")[0].severity == "warning"
    assert {"spfh", "heim", "fallunspezifisch"} <= set(ledger.rows["service"].dropna())


def test_spending_of_the_districts(folder):
    table = shipped.read(folder / "berlin_hze_bezirke_2011_2016_TEUR.csv")
    assert len(table.rows) == 72 and set(table.rows["unit"]) == {"EUR"}
    mitte = table.rows[table.rows["region_key"] == "01"].set_index("period")["value"]
    assert (mitte["2011"], mitte["2016"]) == (42_238_000, 57_940_000)
    assert told(table, "layout_assumes")[0].severity == "warning"


def test_ebersberg_and_the_monthly_payments(folder):
    table = shipped.read(folder / "ebersberg_jha.csv")
    rows = table.rows.set_index(["period", "series"])["value"]
    assert rows[("2015", "Ausgaben bis 31. Mai")] == 4_959_463 and rows[("2019", "Ausgaben im Jahr")] == 14_692_497
    assert "plan_pct" in told(table, "column_unread")[0].message
    months = shipped.read(folder / "monthly_children.csv")
    assert len(months.rows) == 789 * 2
    payments = months.rows[months.rows["unit"] == "GBP"]
    assert payments.groupby("region")["period"].nunique().to_dict() == {"calderdale": 143, "newcastle": 67, "salford": 93}
    assert payments[payments["region"] == "newcastle"]["series"].nunique() == 7
    expected = sum(Decimal(r["sum"]) for r in records(folder, "monthly_children.csv"))
    assert float(payments["value"].sum()) == pytest.approx(float(expected), abs=0.01)


def test_each_file_is_known_by_exactly_one_layout(folder):
    for path in sorted(folder.glob("*.csv")):
        source = SourceText.open(path)
        assert sum(layout.detect(source) for layout in (genesis_flat, genesis_table, budget, shipped)) == 1, path.name


def test_suggestions_for_real_files_are_preview_and_questions(folder):
    for path in sorted(folder.glob("*.csv")):
        rows, layout = suggest(path)
        assert rows and open_questions(layout), path.name
    _, layout = suggest(folder / "berlin_hze_bezirke_2011_2016_TEUR.csv")
    assert (layout.file.encoding, layout.file.delimiter, layout.file.header_rows, layout.file.decimal) == (
        "utf-8",
        ",",
        (1,),
        ".",
    )


@pytest.mark.parametrize("name", [KIEL, MOERS, WESEL, BERLIN])
def test_damaged_bytes_are_read_or_refused(name, folder, tmp_path):
    """On the first 150 lines, so that many damages are tried in little time."""
    content = b"".join((folder / name).read_bytes().splitlines(keepends=True)[:150])
    draw = random.Random(name)
    for _ in range(8):
        damaged = bytearray(content)
        for _ in range(draw.choice([1, 5, 60])):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        (tmp_path / "a.csv").write_bytes(damaged)
        try:
            budget.detect(SourceText.open(tmp_path / "a.csv"))
            assert isinstance(budget.read(tmp_path / "a.csv").rows, pd.DataFrame)
        except IntakeError as error:
            assert has_errors(error.findings)
