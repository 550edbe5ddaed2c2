"""Budgets become ledgers: sides and signs by evidence, corrections on the other side, sums to the cent, services by table."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from budget_maker import NRW, Budget, german, random_budget
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from raumblick.catalogue import load_catalogue
from raumblick.intake.files import budget
from raumblick.intake.files.budget_columns import find_columns
from raumblick.intake.files.ledger import Ledger, money
from raumblick.intake.files.products import assign, find_scheme, load_rules, rules_of
from raumblick.intake.files.source import SourceText
from raumblick.intake.findings import Finding, IntakeError, has_errors
from raumblick.tables import CatalogueError

HEADER = "Produkt;Produkt-Bez;Aufwand/Ertrag;Sachkonto;Sachkonto-Bez;"
FEW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def write(tmp_path: Path, *lines: str, header: str = HEADER + "Plan 2020", encoding: str = "utf-8") -> Path:
    path = tmp_path / "a.csv"
    path.write_bytes("\n".join((header, *lines)).encode(encoding))
    return path


def lines_of(side: str, amounts: list[str], product: str = "363350;Sozialpädagogische Familienhilfe") -> list[str]:
    return [f"{product};{side};5000{i:04d};Konto {i};{amount}" for i, amount in enumerate(amounts)]


def found(ledger: Ledger, code: str) -> list[Finding]:
    return [finding for finding in ledger.findings if finding.code == code]


def refused(path: Path, code: str) -> Finding:
    with pytest.raises(IntakeError) as caught:
        budget.read(path)
    errors = [finding for finding in caught.value.findings if finding.severity == "error"]
    assert errors and all(finding.message and finding.remedy for finding in errors)
    assert code in [finding.code for finding in errors]
    return next(finding for finding in errors if finding.code == code)


def total(ledger: Ledger, side: str, year: int, kind: str = "plan") -> Decimal:
    rows = ledger.rows
    return sum(rows.loc[(rows["side"] == side) & (rows["year"] == year) & (rows["value_type"] == kind), "amount"], Decimal(0))


# --- signs and sums ------------------------------------------------------------------------------------------------


@FEW
@given(seed=st.integers(0, 2**32), scheme=st.sampled_from(["36", "06"]), negative=st.sampled_from(["expense", "revenue", None]))
def test_every_convention_of_signs_gives_the_same_ledger(seed, scheme, negative, tmp_path):
    written = random_budget(seed, scheme, negative, corrections=3)
    ledger = budget.read(written.write(tmp_path / "a.csv", total=True if scheme == "06" else False))
    plain = budget.read(random_budget(seed, scheme, None, corrections=3).write(tmp_path / "b.csv"))
    columns = ["year", "product", "account", "side", "amount", "value_type", "basis", "service"]
    pd.testing.assert_frame_equal(ledger.rows[columns], plain.rows[columns])
    assert not has_errors(ledger.findings)


@FEW
@given(seed=st.integers(0, 2**32), corrections=st.integers(0, 5))
def test_sums_agree_to_the_cent_before_and_after(seed, corrections, tmp_path):
    written = random_budget(seed, "06", "revenue", corrections=corrections)
    ledger = budget.read(written.write(tmp_path / "a.csv", total=True))
    kinds = [(2015, "actual"), (2016, "plan"), (2017, "plan")]
    for i, (year, kind) in enumerate(kinds):
        expense, revenue = (total(ledger, side, year, kind) for side in ("expense", "revenue"))
        cents = {side: written.sums(side)[i] for side in ("expense", "revenue")}
        assert expense - revenue == Decimal(cents["expense"] - cents["revenue"]) / 100
        for side, booked in (("expense", expense), ("revenue", revenue)):
            row = ledger.sums[(ledger.sums["year"] == year) & (ledger.sums["side"] == side)].iloc[0]
            assert row["delivered"] == Decimal(cents[side]) / 100
            assert row["booked"] == booked == row["delivered"] + row["corrections"]
    assert len(found(ledger, "total_found")) == 1
    assert len(found(ledger, "amount_corrected")) == min(corrections, 1) + (corrections > 1)
    assert all(amount >= 0 for amount in ledger.rows["amount"])


def test_a_correction_stands_on_the_other_side(tmp_path):
    path = write(tmp_path, *lines_of("Aufwand", ["100,00"] * 20), *lines_of("Aufwand", ["-7,50"]), *lines_of("Ertrag", ["5,00"]))
    ledger = budget.read(path)
    assert total(ledger, "expense", 2020) == 2000 and total(ledger, "revenue", 2020) == Decimal("12.50")
    moved = ledger.rows[ledger.rows["amount"] == Decimal("7.5")].iloc[0]
    assert (moved["side"], moved["account"], moved["booking_id"].split(":")[1:]) == ("revenue", "50000000", ["22", "6"])
    (finding,) = found(ledger, "amount_corrected")
    assert finding.row == 22 and "-7,50 EUR" in finding.message and "Ertrag" in finding.message
    sums = ledger.sums.set_index("side")
    assert sums.loc["expense", ["delivered", "corrections", "booked"]].tolist() == [Decimal("1992.5"), Decimal("7.5"), 2000]


def test_mixed_signs_ask(tmp_path):
    finding = refused(write(tmp_path, *lines_of("Aufwand", ["1,00", "-2,00"] * 5)), "sign_unclear")
    assert "5 Beträge sind positiv, 5 negativ" in finding.message
    both = write(tmp_path, *lines_of("Aufwand", ["-1,00"] * 5), *lines_of("Ertrag", ["-1,00"] * 5))
    assert "beide" in refused(both, "sign_unclear").message


def test_sides_without_evidence_ask(tmp_path):
    rows = [f"10101;1.100.01.01.01;Gremien;{account};Konto;5,00" for account in ("41000000", "50000000")]
    path = write(tmp_path, *rows, header=f"{NRW};Plan 2020")
    finding = refused(path, "side_unknown")
    assert finding.column == "Kostenart" and "Aufwand" in finding.remedy


def test_the_meaning_of_classes_is_the_files_own(tmp_path):
    """In Lower Saxony 3 is revenue and 4 expense; only the names say so."""
    rows = [f"361001;1;Kinder;3{i:07d};Erträge aus Gebühren;-5,00" for i in range(5)]
    rows += [f"361001;1;Kinder;4{i:07d};Aufwendungen für Personal;7,00" for i in range(5)]
    ledger = budget.read(write(tmp_path, *rows, header=f"{NRW};Plan 2020"))
    assert total(ledger, "revenue", 2020) == 25 and total(ledger, "expense", 2020) == 35
    assert "3 = Ertrag" in found(ledger, "sides_found")[0].message


def test_payments_and_imputed_costs(tmp_path):
    rows = [f"10101;1.100.01.01.01;Gremien;5{i:07d};Aufwendungen;5,00" for i in range(4)]
    rows += [f"10101;1.100.01.01.01;Gremien;7{i:07d};Auszahlungen für Baumaßnahmen;9,00" for i in range(4)]
    rows += [f"10101;1.100.01.01.01;Gremien;98{i:06d};Kalk. Zinsen;100,00" for i in range(4)]
    ledger = budget.read(write(tmp_path, *rows, header=f"{NRW};Plan 2020"))
    assert ledger.rows.groupby("basis").size().to_dict() == {"payment": 4, "period": 4}
    (finding,) = found(ledger, "imputed_costs")
    assert finding.severity == "warning" and "Plan 2020 400,00 EUR" in finding.message and "98" in finding.message


# --- lines ---------------------------------------------------------------------------------------------------------


def test_a_total_that_differs_stops(tmp_path):
    written = random_budget(1, "06", "revenue")
    path = written.write(tmp_path / "a.csv", total=True)
    lines = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\r\n".join([*lines[:10], *lines[11:]]))
    finding = refused(path, "total_differs")
    assert finding.row == 61 and finding.column == "Ist 2015"


def test_a_shifted_line_without_money_is_named_and_with_money_stops(tmp_path):
    rows = lines_of("Aufwand", ["1,00"] * 5)
    ledger = budget.read(write(tmp_path, *rows, "Sonstiges;;Aufwand;1;x;0,00"))
    assert found(ledger, "line_shifted")[0].row == 7 and len(ledger.rows) == 5
    assert refused(write(tmp_path, *rows, "Sonstiges;;Aufwand;1;x;0,01"), "product_missing").row == 7
    assert refused(write(tmp_path, *rows, ";;Aufwand;1;x;3,00"), "product_missing").row == 7


def test_columns_of_zeros_and_authorisations_are_no_bookings(tmp_path):
    rows = [f"{row};0,00;4,00" for row in lines_of("Aufwand", ["1,00"] * 3)]
    ledger = budget.read(write(tmp_path, *rows, header=HEADER + "Plan 2020;Plan 2021;VE 2021"))
    assert set(ledger.rows["year"]) == {2020} and len(ledger.rows) == 3
    assert found(ledger, "amounts_zero")[0].column == "Plan 2021"
    assert "VE 2021 12,00 EUR" in found(ledger, "authority_unread")[0].message


def test_empty_cells_give_no_booking_and_zeros_do(tmp_path):
    ledger = budget.read(write(tmp_path, *lines_of("Aufwand", ["1,00", "", "0,00"])))
    assert ledger.rows["amount"].tolist() == [1, 0]


def test_thousands_of_euros(tmp_path):
    ledger = budget.read(write(tmp_path, *lines_of("Aufwand", ["1,5", "2"]), header=HEADER + "Ansatz 2020 (TEUR)"))
    assert ledger.rows["amount"].tolist() == [1500, 2000]


def test_leading_zeros_of_products_come_back_only_with_proof(tmp_path):
    row = "{};{};Jugendarbeit;5291{};Aufwendungen;5,00"
    rows = [row.format("60301", "1.100.06.03.01", i) for i in range(4)]
    assert set(budget.read(write(tmp_path, *rows, header=f"{NRW};Plan 2020")).rows["product"]) == {"060301"}
    rows = [row.format("60301", "1.100.36.03.01", i) for i in range(4)]
    assert set(budget.read(write(tmp_path, *rows, header=f"{NRW};Plan 2020")).rows["product"]) == {"60301"}


# --- what must not be guessed --------------------------------------------------------------------------------------


def test_plan_or_actual_is_told_by_round_amounts_or_asked(tmp_path):
    header = HEADER + "Betrag;Jahr"
    rows = [f"{row};2020" for row in lines_of("Aufwand", [f"{i}00,00" for i in range(1, 60)])]
    ledger = budget.read(write(tmp_path, *rows, header=header))
    assert set(ledger.rows["value_type"]) == {"plan"} and found(ledger, "value_type_found")
    rows[3] = rows[3].replace("400,00", "400,01")
    assert refused(write(tmp_path, *rows, header=header), "value_type_unknown").column == "Betrag"


def test_a_column_may_say_plan_or_actual(tmp_path):
    rows = [f"{row};2020;{kind}" for kind in ("Ansatz", "Ist") for row in lines_of("Aufwand", ["5,01"] * 2)]
    ledger = budget.read(write(tmp_path, *rows, header=HEADER + "Betrag;Jahr;Betragstyp"))
    assert ledger.rows["value_type"].tolist() == ["plan"] * 2 + ["actual"] * 2
    bad = [row.replace("Ist", "etwas") for row in rows]
    assert refused(write(tmp_path, *bad, header=HEADER + "Betrag;Jahr;Betragstyp"), "value_type_unknown").row == 4


def test_days_of_booking_give_months(tmp_path):
    rows = [f"{row};15.0{i}.2020" for i, row in enumerate(lines_of("Aufwand", ["5,01"] * 4), start=1)]
    ledger = budget.read(write(tmp_path, *rows, header=HEADER + "Ist;Datum"))
    assert ledger.rows["month"].tolist() == [1, 2, 3, 4]
    rows.append(lines_of("Aufwand", ["1,00"])[0] + ";bald")
    assert refused(write(tmp_path, *rows, header=HEADER + "Ist;Datum"), "year_missing").row == 6


@pytest.mark.parametrize(
    ("amount", "code"),
    [("5,0O", "not_number"), ("1e15", "amount_large"), ("12 EURO", "not_number")],
)
def test_wrong_amounts(amount, code, tmp_path):
    finding = refused(write(tmp_path, *lines_of("Aufwand", ["1,00", amount, "2,00"])), code)
    assert (finding.row, finding.column) == (3, "Plan 2020")


def test_amounts_that_could_mean_two_things(tmp_path):
    assert refused(write(tmp_path, *lines_of("Aufwand", ["1.000", "2.000"])), "numbers_unclear").row == 2
    assert refused(write(tmp_path, *lines_of("Aufwand", ["1.000,5", "2.5"])), "numbers_mixed").row == 3


def test_wrong_sides_lines_and_files(tmp_path):
    assert refused(write(tmp_path, *lines_of("Aufwand", ["1,00"]), *lines_of("vielleicht", ["1,00"])), "side_unknown").row == 3
    assert refused(write(tmp_path, "363350;Hilfe;Aufwand;5;x"), "row_length").row == 2
    assert refused(write(tmp_path), "rows_missing").row == 1
    assert refused(write(tmp_path, "Mitte;5", header="Gebiet;Kinder"), "not_budget").row == 1
    assert refused(tmp_path / "none.csv", "file_missing").file == "none.csv"


# --- detection -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "known"),
    [
        (NRW + ";Ist 2015;Plan 2016", True),
        ("Produkt;Konto;Ansatz 2020", True),
        ("Kapitel;Titel;Titelart;Ist;Jahr", True),
        ("Produkt;Konto;Betrag", False),
        ("Produkt;Ansatz 2020", False),
        ("Gebiet;Jahr;Kinder", False),
        ("", False),
    ],
)
def test_a_budget_is_known_by_its_columns(header, known):
    assert (find_columns(header.split(";")) is not None) == known


def test_detection_is_by_content_not_by_name(tmp_path):
    path = random_budget(1, "06", "revenue").write(tmp_path / "kinder.txt")
    assert budget.detect(SourceText.open(path))
    (tmp_path / "haushalt.csv").write_text("Gebiet;Kinder\nMitte;5\n", encoding="utf-8")
    assert not budget.detect(SourceText.open(tmp_path / "haushalt.csv"))


def test_encodings_give_the_same(tmp_path):
    written = random_budget(5, "06", "revenue")
    first = budget.read(written.write(tmp_path / "a.csv", encoding="cp1252"))
    second = budget.read(written.write(tmp_path / "b.csv", encoding="utf-8-sig"))
    assert first.rows["amount"].tolist() == second.rows["amount"].tolist()
    assert set(first.products["name"]) == set(second.products["name"])


@FEW
@given(seed=st.integers(0, 2**32))
def test_damaged_budgets_are_read_or_refused(seed, tmp_path):
    content = bytearray(random_budget(seed % 7, "06" if seed % 2 else "36", "revenue", 12).write(tmp_path / "a.csv").read_bytes())
    draw = random.Random(seed)
    for _ in range(draw.randint(1, 12)):
        content[draw.randrange(len(content))] = draw.randrange(256)
    (tmp_path / "a.csv").write_bytes(content[: draw.randint(1, len(content))] if seed % 3 == 0 else content)
    budget.detect(SourceText.open(tmp_path / "a.csv"))
    try:
        assert all(amount >= 0 for amount in budget.read(tmp_path / "a.csv").rows["amount"])
    except IntakeError as error:
        assert has_errors(error.findings)


# --- products ------------------------------------------------------------------------------------------------------


def test_products_become_services_and_unknown_ones_are_named(tmp_path):
    rows = lines_of("Aufwand", ["1,00"] * 3)
    rows += lines_of("Aufwand", ["2,00"], "363902;Jugendverwaltung") + lines_of("Aufwand", ["3,00"], "111101;Rat")
    ledger = budget.read(write(tmp_path, *rows))
    services = ledger.rows.groupby("product")["service"].first()
    assert services["363350"] == "spfh" and pd.isna(services["363902"]) and pd.isna(services["111101"])
    assert "363902 Jugendverwaltung" in found(ledger, "products_open")[0].message
    assert "1 Produkte außerhalb" in found(ledger, "products_other")[0].message
    assert ledger.products.set_index("product").loc["363350", "paragraph"] == "§ 31 SGB VIII"


def test_accounts_tell_more_than_their_product():
    told = assign("06", "060304", "Familienunterstützende HzE", ("Tagesgruppe",), 2017)
    assert (told.service, told.paragraph) == ("tagesgruppe", "§ 32 SGB VIII")
    assert assign("06", "060304", "Familienunterstützende HzE", ("Miete",), 2017).paragraph == "§§ 27-35 SGB VIII"
    assert assign("36", "363410", "Hilfen für junge Volljährige", ("Heimerziehung",), 2017).service == "volljaehrige"
    assert assign("06", "010101", "Politische Gremien", ("Tagesgruppe",), 2017).paragraph == ""
    assert assign("", "363350", "Sozialpädagogische Familienhilfe", (), 2017).service == ""


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("Hilfe zur Erziehung, Eingliederungshilfe für seelisch Behinderte und Inobhutnahme", ""),
        ("Förderung von Kindern in Tageseinrichtungen und Tagespflege", ""),
        ("Jugendsozialarbeit an Schulen", "schulsozialarbeit"),
        ("Jugendsozialarbeit", "jugendsozialarbeit"),
        ("Volljährige in Vollzeitpflege", "volljaehrige"),
        ("Schutz von Kindern/Inobhutnahme", "inobhutnahme"),
        ("Erziehungsbeistandschaften", "erziehungsbeistand"),
        ("Beistandschaften", "beistandschaft"),
    ],
)
def test_a_name_of_several_services_names_none(name, service):
    assert assign("36", "363000", name, (), 2017).service == service


def test_versions_of_the_law():
    for year, paragraph in ((2017, "§ 13 SGB VIII"), (2021, "§ 13 SGB VIII"), (2022, "§ 13a SGB VIII")):
        assert assign("36", "363101", "Jugendsozialarbeit an Schulen", (), year).paragraph == paragraph
    assert assign("36", "363101", "Verfahrenslotsen", (), 2023).service == ""
    assert assign("36", "363101", "Verfahrenslotsen", (), 2024).service == "verfahrenslotse"


def test_the_table_knows_only_services_of_the_catalogue():
    services = load_catalogue().services.set_index("key")
    for rule in load_rules():
        assert not rule.service or rule.service in services.index
        assert rule.source and rule.paragraph
    assert {rule.scheme for rule in rules_of(2020)} == {"*", "36", "06", "berlin"}


def test_a_broken_table_is_refused(tmp_path):
    path = tmp_path / "products.csv"
    header = "scheme,product,text,service,paragraph,valid_from,source"
    path.write_text(f"{header}\n36,,,kita,§ 22,2020-01-01,x\n77,1,,,§ 1,bald,\n", encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_rules(path)
    places = {(fault.row, fault.column) for fault in caught.value.faults}
    assert places >= {(2, "product"), (3, "scheme"), (3, "valid_from"), (3, "source")}


def test_the_scheme_is_told_by_names():
    assert find_scheme([("361001", "Kinder in Kitas"), ("111101", "Rat")]) == "36"
    assert find_scheme([("060101", "Jugendarbeit"), ("010101", "Rat")]) == "06"
    assert find_scheme([("361001", "Straßen"), ("060101", "Abwasser")]) == ""
    assert find_scheme([("361001", "Kinder"), ("060101", "Jugend")]) == ""


def test_an_unknown_scheme_leaves_all_products_open(tmp_path):
    ledger = budget.read(write(tmp_path, *lines_of("Aufwand", ["1,00"] * 3, "9;Straßen")))
    assert ledger.rows["service"].isna().all() and found(ledger, "scheme_unknown")[0].severity == "warning"


def test_berlin_by_chapter_and_title(tmp_path):
    header = "Bereich,Bereichsbezeichnung,Kapitel,Kapitelbezeichnung,Titelart,Titel,Titelbezeichnung,Ansatz,Ist,Jahr"
    rows = [
        "31,Mitte,4042,{},Ausgabetitel,67149,Sozialpädagogische Familienhilfe,1000.0,1200.5,2015",
        "42,Reinickendorf,4042,{},Einnahmetitel,11979,Verschiedene Einnahmen,10.0,-1e-12,2015",
    ]
    rows = [row.format("Hilfe zur Erziehung und Inobhutnahme") for row in rows]
    ledger = budget.read(write(tmp_path, *rows, header=header))
    assert ledger.rows["area_id"].tolist() == ["01", "01", "12", "12"] and set(ledger.rows["basis"]) == {"payment"}
    assert ledger.rows["amount"].tolist() == [1000, Decimal("1200.5"), 10, 0] and ledger.rows["service"].tolist()[0] == "spfh"
    assert ledger.rows["side"].tolist() == ["expense", "expense", "revenue", "revenue"]


def test_money_is_written_in_german():
    assert [money(cents) for cents in (0, 5, -123456789)] == ["0,00 EUR", "0,05 EUR", "-1.234.567,89 EUR"]
    assert german(-123456) == "-1.234,56" and Budget("06", ("Plan 2020",), None).sums("expense") == [0]
