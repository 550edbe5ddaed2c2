from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raumblick.money.errors import MoneyError
from raumblick.money.faults import refuse, suspicions
from raumblick.money.ledger import (
    NOWHERE,
    AmendedPlan,
    by_month,
    cents,
    ledger,
    months_booked,
    place,
    totals,
    with_services,
)
from raumblick.money.record import compliance, finished_years, plan_quality, share_without_cases

COLUMNS = ["year", "month", "service", "area_id", "carrier", "side", "amount", "value_type", "basis"]


def book(*rows, **more):
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame.insert(0, "booking_id", [f"b{i}" for i in range(len(frame))])
    frame["month"] = frame["month"].astype("Int64")
    return frame.assign(
        **({"product": "3633", "account": np.where(frame["side"] == "expense", "533", "421"), "source_id": "s"} | more)
    )


ROWS = (
    (2024, None, "heim", "P1", None, "expense", "1000.10", "plan", "period"),
    (2024, None, "heim", "P2", None, "expense", "500.00", "plan", "period"),
    (2024, None, "heim", "P1", None, "expense", "1100.10", "amended", "period"),
    (2024, None, "heim", None, None, "revenue", "100.00", "plan", "period"),
    (2024, 1, "heim", "B1", "A", "expense", "300.05", "actual", "period"),
    (2024, 2, "heim", "B1", "A", "expense", "300.05", "actual", "payment"),
    (2024, 12, "heim", "B2", "B", "expense", "200.00", "actual", "period"),
    (2024, 3, "heim", None, None, "revenue", "50.01", "actual", "period"),
    (2024, 12, "heim", "B1", None, "expense", "99.99", "committed", "period"),
    (2023, 5, "spfh", "B1", "A", "expense", "10.00", "actual", "payment"),
)


def test_words_of_the_ledger():
    found = totals(ledger(book(*ROWS)).only(year=2024))
    row = found.iloc[0]
    assert (row["plan"], row["amended"], row["actual"], row["committed"]) == tuple(
        map(Decimal, ("1500.10", "1600.10", "500.05", "99.99"))
    )
    assert row["available"] == Decimal("1000.06") and row["bound"] == pytest.approx(600.04 / 1600.10)
    net = totals(ledger(book(*ROWS)).only(year=2024), side="net").iloc[0]
    assert (net["amended"], net["actual"]) == (Decimal("1500.10"), Decimal("450.04"))
    assert AmendedPlan(Decimal(100), Decimal(10), Decimal(5), Decimal(3), Decimal(-2), Decimal(6)).total == 110


def test_period_and_payment_are_never_added():
    paid = ledger(book(*ROWS), "payment")
    assert totals(paid.only(year=2024)).iloc[0]["actual"] == Decimal("300.05")
    assert totals(paid.only(year=2024)).iloc[0]["amended"] == Decimal("1600.10") and paid.notes == ()
    period = ledger(book(*ROWS))
    assert [n.message for n in period.notes] == ["2023: Das Ist gibt es nur nach Zahlungstag, nicht nach Leistungsmonat."]
    assert totals(period, ("year",))["actual"].tolist() == [Decimal("10.00"), Decimal("500.05")]
    with pytest.raises(MoneyError, match="Zuordnung"):
        ledger(book(*ROWS), "valuta")


def test_levels_agree_and_what_has_no_place_is_shown():
    book_ = ledger(book(*ROWS))
    placed = totals(place(book_, {"P1": "P1", "P2": "P2", "B1": "P1", "B2": "P2"}).only(year=2024), ("area_id",))
    assert placed["area_id"].tolist() == ["P1", "P2"] and placed["actual"].tolist() == [Decimal("300.05"), Decimal("200.00")]
    bezirk = totals(place(book_, {"B1": "B1", "B2": "B2"}).only(year=2024), ("area_id",)).set_index("area_id")
    assert bezirk.loc[NOWHERE, "plan"] == Decimal("1500.10") and bezirk.loc["B1", "actual"] == Decimal("300.05")


def test_an_amended_plan_on_another_level_replaces_the_plans():
    rows = [r for r in ROWS if r[7] != "amended"] + [(2024, None, "heim", None, None, "expense", "1700.00", "amended", "period")]
    found = ledger(book(*rows))
    assert totals(found.only(year=2024)).iloc[0]["amended"] == 1700
    assert found.notes[-1].code == "amended_elsewhere" and found.notes[-1].count == 2
    none = ledger(book(*[r for r in ROWS if r[7] != "amended"]))
    assert totals(none.only(year=2024)).iloc[0]["amended"] == Decimal("1500.10")


def test_paragraph_kind_month_and_missing():
    services = pd.DataFrame(
        {"key": ["heim", "spfh", "okja"], "paragraph": ["§ 34", "§ 31", "§ 11"], "form": ["case", "case", "open"]}
    )
    found = with_services(ledger(book(*ROWS)), services)
    assert totals(found, ("paragraph",))["paragraph"].tolist() == ["§ 31", "§ 34"]
    assert set(found.lines["kind"]) == {"fallspezifisch"}
    months = by_month(found, 2024)
    assert months["month"].tolist() == list(range(1, 13)) and months["so_far"].iloc[-1] == Decimal("500.05")
    assert (months_booked(found, 2024), months_booked(found, 2023), months_booked(found, 2020)) == (12, 5, 0)
    hidden = ledger(book(*ROWS[:4], (2024, 1, "heim", "B1", "A", "expense", None, "actual", "period")))
    assert totals(hidden).iloc[0]["missing"] == 1 and totals(hidden).iloc[0]["actual"] == 0
    renamed = ledger(book(*ROWS), renamed={"A": "B"})
    assert set(renamed.lines["carrier"]) == {"", "B"}


def test_cents_are_exact():
    assert cents(pd.Series([0.1 + 0.2, 1e9 + 0.01, None])).tolist() == [30, 100000000001, pd.NA]
    assert cents(pd.Series([Decimal("1.10"), "2.3", None])).tolist() == [110, 230, pd.NA]
    for wrong in ([1.005], ["1.005"], ["viel"]):
        with pytest.raises(MoneyError):
            cents(pd.Series(wrong))


amounts = st.integers(0, 10**9).map(lambda c: Decimal(c).scaleb(-2))
lines = st.tuples(
    st.sampled_from([2023, 2024]), st.integers(1, 12), st.sampled_from(["heim", "spfh", "okja"]),
    st.sampled_from(["B1", "B2", None]), st.sampled_from(["A", "B", None]), st.sampled_from(["expense", "revenue"]),
    amounts, st.sampled_from(["plan", "amended", "actual", "committed"]), st.just("period"),
)  # fmt: skip


@settings(deadline=None, max_examples=12)
@given(st.lists(lines, min_size=1, max_size=30))
def test_sums_agree_to_the_cent_on_every_level(rows):
    found = ledger(book(*rows))
    for side in ("expense", "revenue", "net"):
        whole = totals(found, side=side).iloc[0]
        for by in (("year",), ("service",), ("area_id",), ("carrier",), ("month",), ("product", "account", "year")):
            parts = totals(found, by, side)
            for column in ("plan", "amended", "actual", "committed", "available"):
                assert sum(parts[column], Decimal(0)) == whole[column]
    actual = sum((r[6] for r in rows if r[7] == "actual" and r[5] == "expense"), Decimal(0))
    assert totals(found).iloc[0]["actual"] == actual


def history(area, years):
    rows = []
    for year, (plan, actual) in years.items():
        rows.append((year, None, "heim", area, None, "expense", plan, "plan", "period"))
        rows.append((year, 12, "heim", area, None, "expense", actual, "actual", "period"))
    return rows


def test_budgets_that_were_kept():
    rows = history("01", {2020: (100, 110), 2021: (100, 99), 2022: (100, 100), 2023: (100, 98)})
    rows += history("02", {2021: (100, 90), 2022: (100, 95), 2023: (100, 125)}) + history("03", {2022: (50, 50), 2023: (50, 49)})
    rows.append((2024, 5, "heim", "02", None, "expense", 1, "actual", "period"))  # not finished
    found = ledger(book(*rows))
    assert finished_years(found) == (2020, 2021, 2022, 2023)
    kept = compliance(found).set_index("area_id")
    assert kept["kept_since"].tolist() == [2021, pd.NA, 2022] and kept["kept"].tolist() == [3, 2, 2]
    assert kept.loc["01", "worst"] == pytest.approx(0.10) and kept.loc["02", "worst_year"] == 2023
    quality = plan_quality(found, ("area_id",)).set_index("area_id")
    assert quality.loc["02", "mean"] == pytest.approx((-0.1 - 0.05 + 0.25) / 3) and quality.loc["03", "years"] == 2
    assert quality.loc["01", "most"] == pytest.approx(0.1)


def test_share_of_work_without_cases():
    spent = ((2024, "spfh", 300), (2024, "fallunspezifisch", 100), (2023, "spfh", 80), (2023, "kita", 80))
    rows = [(year, 1, service, "B1", None, "expense", amount, "actual", "period") for year, service, amount in spent]
    found = share_without_cases(ledger(book(*rows)), ["spfh"])
    assert found["share"].tolist() == [0, 0.25] and found["total"].tolist() == [80, 400]


ACTUAL = (2024, 1, "heim", "B1", "A", "expense", "5.00", "actual", "period")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"amount": "-5.00"}, "„b0“ hat einen negativen Betrag; eine Berichtigung steht ohne Vorzeichen"),
        ({"month": 13}, "„b0“ hat einen Monat, den es nicht gibt"),
        ({"booking_id": "b1"}, "„b1“ steht mehrfach da"),
        ({"side": "Ausgabe"}, "„side“ keinen bekannten Wert"),
        ({"value_type": "Soll"}, "„value_type“ keinen bekannten Wert"),
    ],
)
def test_what_no_ledger_can_be_made_of_is_refused(change, text):
    rows = book(ACTUAL, ACTUAL)
    for column, value in change.items():
        rows.loc[0, column] = value
    with pytest.raises(MoneyError, match=text):
        refuse(rows)


def test_two_plans_need_a_choice():
    plan = (2024, None, "heim", "P1", None, "expense", "10.00", "plan", "period")
    rows = book(plan, plan, ACTUAL, source_id=["alt", "neu", "neu"])
    with pytest.raises(MoneyError, match="zwei Ansätze aus verschiedenen Quellen .alt, neu."):
        refuse(rows)
    kept = refuse(rows, plan_source="neu")
    assert kept["booking_id"].tolist() == ["b1", "b2"] and totals(ledger(kept)).iloc[0]["plan"] == 10
    assert len(refuse(book(plan, ACTUAL))) == 2


def test_suspicions_are_named():
    rows = [
        (2022 + m // 12, m % 12 + 1, "heim", "B1", "Alt" if m < 18 else "Neu", "expense", "100.00", "actual", "period")
        for m in range(36)
    ]
    rows += [
        (2022 + m // 12, m % 12 + 1, "spfh", "B2", "C", "expense", "10.00", "actual", "period") for m in range(36) if m != 20
    ]
    rows.append((2024, 3, "spfh", "B2", "C", "expense", "10.00", "actual", "period"))
    rows.append((2024, 4, "spfh", None, None, "revenue", "3.00", "actual", "period"))
    rows.append((2024, 4, "spfh", "B2", "D", "expense", None, "actual", "period"))
    found = {note.code: note for note in suspicions(book(*rows, account="533"), products=["3633"])}
    assert set(found) == {"twice", "correction", "late", "no_plan", "renamed", "missing"}
    assert found["renamed"].ids == ("Alt", "Neu") and found["twice"].ids == ("b71",) and "10,00 €" in found["twice"].message
    assert set(found["late"].ids) == {"b61", "b71"} and found["no_plan"].count == 7
    unknown = suspicions(book(ACTUAL, product=" "))
    assert unknown[0].code == "product" and unknown[0].count == 1
    assert {n.code for n in suspicions(book(ACTUAL), products=["36"])} == {"product", "no_plan"}
    assert suspicions(book(ACTUAL, (2024, None, "heim", "P1", None, "expense", "9.00", "plan", "period"))) == []


def test_the_faults_of_the_demo_city_are_found(musterstadt_package):
    rows = pd.read_csv(musterstadt_package / "booking.csv", dtype={"amount": str, "area_id": str, "account": str})
    found = {note.code: note for note in suspicions(refuse(rows))}
    assert found["twice"].count == 1
    late = rows.set_index("booking_id").loc[list(found["late"].ids)]
    assert set(map(tuple, late[["service", "area_id", "year", "month"]].to_numpy())) == {("heim", "B4", 2024, 6)}
    assert any(set(n.ids) == {"Lebensbrücke gGmbH", "Lebensbrücke e. V."} for n in suspicions(rows) if n.code == "renamed")
    book_ = ledger(rows)
    assert finished_years(book_) == tuple(range(2019, 2025))
    assert sum(totals(book_, ("area_id", "service"))["actual"]) == totals(book_).iloc[0]["actual"]


def test_without_finished_years_plans_have_no_record():
    young = ledger(book(ROWS[0]))
    assert plan_quality(young).empty and compliance(young).empty
