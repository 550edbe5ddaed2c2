"""One reading of the plan for all pages: year, level, amended before plan, one basis, what has no area."""

from decimal import Decimal

import pandas as pd
import pytest

from raumblick.answers.books import usual_basis
from raumblick.answers.moving import current, move, moved
from raumblick.answers.planned import book, bookings, plan_level, plan_year, planned
from raumblick.answers.sharing import pots
from raumblick.answers.split import oddities

COLUMNS = ["year", "month", "service", "area_id", "amount", "value_type", "basis"]


class Ledgered:
    """The mini city with bookings of its own instead of those in its snapshot."""

    def __init__(self, store, rows):
        self._store, self.city = store, store.city
        ledger = pd.DataFrame(rows, columns=COLUMNS).assign(side="expense", product="36", source_id="s1")
        ledger = ledger.assign(carrier=None, account="5")
        ledger.insert(0, "booking_id", [f"b{n}" for n in range(len(ledger))])
        self._bookings = ledger.astype({"month": "Int64"})
        self.asked = []

    def read(self, name, **params):
        self.asked.append(name)
        return self._bookings if name == "bookings" else self._store.read(name, **params)


@pytest.fixture
def city(planung):
    """Builds the mini city with a ledger."""
    return lambda *rows: Ledgered(planung, rows)


def plan(year, area, amount, kind="plan", service="okja", basis="period"):
    return (year, None, service, area, amount, kind, basis)


def test_the_year_is_the_first_planned_after_the_last_finished_one(city):
    spent = (2022, None, "okja", None, "5.00", "actual", "period")
    middle_term = [plan(year, None, "7.00") for year in (2022, 2023, 2024, 2025)]
    store = city(spent, *middle_term)
    assert plan_year(store) == 2023 and plan_level(store) == "stadt"
    running = (2023, 4, "okja", None, "1.00", "actual", "period")
    assert plan_year(city(spent, running, *middle_term)) == 2023
    assert plan_year(city(*middle_term)) == 2025
    assert plan_year(city(spent)) is None and planned(city(spent)) is None


def test_bookings_are_read_once_for_all_questions_and_stay_as_they_are(city):
    store = city(plan(2023, "B0", "100.10"), plan(2023, None, "7.07"), (2022, 5, "okja", "B0", "3.00", "actual", "payment"))
    before = bookings(store).copy()
    assert usual_basis(store) == "period" and len(book(store).years) == len(book(store, "payment").years) == 2
    assert oddities(store) and planned(store) is not None
    assert store.asked.count("bookings") == 1
    pd.testing.assert_frame_equal(bookings(store), before)


def test_one_basis_counts_and_amended_amounts_replace_plans(city):
    store = city(
        plan(2023, "B0", "100.10"), plan(2023, "B0", "120.20", "amended"), plan(2023, "B1", "50.00"),
        plan(2023, "B0", "100.10", basis="payment"), plan(2023, None, "7.07"), plan(2023, "00", "1.00"),
        plan(2023, "B0", "900.00", service="heim"),
    )  # fmt: skip
    found = planned(store)
    amounts = found.cells.set_index(["service", "area_id"])["amount"].to_dict()
    assert amounts == {
        ("okja", "B0"): Decimal("120.20"), ("okja", "B1"): Decimal("50.00"), ("okja", "mini"): Decimal("7.07"),
        ("okja", "00"): Decimal("1.00"), ("heim", "B0"): Decimal("900.00"),
    }  # fmt: skip
    assert found.level == "bezirk" and found.by_service().loc["okja", "amount"] == Decimal("178.27")
    now = current(store)
    assert now.pot == Decimal("170.20") and now.locked["key"].tolist() == ["heim"]
    assert now.notes == ("8,07 € stehen auf einer anderen Ebene und lassen sich hier nicht verschieben.",)
    assert pots(store)[0].total == pytest.approx(170.20)


def test_without_areas_money_moves_between_services_of_the_whole_city(city):
    store = city(plan(2023, None, "100.00"), plan(2023, None, "40.00", service="fallunspezifisch"))
    now = current(store)
    assert now.level == "stadt" and now.areas["area_id"].tolist() == ["mini"] and pots(store) == ()
    then = moved(now, [move("mini", "okja", "-10.50"), move("mini", "fallunspezifisch", "10.50")])
    after = then.services.set_index("service")["after"].to_dict()
    assert after == {"okja": Decimal("89.50"), "fallunspezifisch": Decimal("50.50")}


def test_an_amount_that_is_not_known_is_no_zero(city):
    store = city(plan(2023, "B0", None), plan(2023, "B1", "50.00"))
    assert pots(store) == () and "okja" not in planned(store).by_service().index
    assert current(store).pot == 50 and "1 Ansätze fehlen" in current(store).notes[0]
