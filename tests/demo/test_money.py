"""Cases, procedures, transitions and the ledger: identities to the cent, and the faults that the README names."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from raumblick.demo.cases import HZE
from raumblick.demo.money import CASE_LINES


@pytest.fixture(scope="module")
def cents(tables, musterstadt_package) -> pd.DataFrame:
    """The ledger with exact amounts in cents."""
    exact = pd.read_csv(musterstadt_package / "booking.csv", usecols=["amount"], dtype=str)["amount"]
    assert exact.str.fullmatch(r"\d+\.\d\d").all()
    return tables["booking"].assign(cents=[int(Decimal(a) * 100) for a in exact])


@pytest.fixture(scope="module")
def case_cents(tables) -> pd.DataFrame:
    cases = tables["caseload"]
    return cases.assign(year=cases["month"].str[:4].astype(int), cents=(cases["cost"] * 100).round().astype(int))


def test_stock_flows(tables):
    cases = tables["caseload"].sort_values(["area_id", "service", "month"])
    before = cases.groupby(["area_id", "service"])["stock"].shift()
    flow = before + cases["entries"] - cases["exits"]
    assert before.isna().sum() == 63 * cases["service"].nunique()
    assert (flow.dropna() == cases["stock"][flow.notna()]).all()
    assert len(cases) == 63 * 60 * 14
    assert (cases[["stock", "entries", "exits", "care_days", "cost"]] >= 0).all().all()


def test_help_costs_about_140_million(case_cents):
    cost = case_cents[case_cents["service"].isin(HZE)].groupby("year")["cents"].sum() / 1e8
    assert 132 < cost[2025] < 148
    assert cost.is_monotonic_increasing


@pytest.mark.parametrize("year", [2021, 2022])
def test_ledger_by_period_is_the_cost_of_the_cases(cents, case_cents, year):
    booked = cents.query("year == @year and value_type == 'actual' and basis == 'period' and side == 'expense'")
    booked = booked[booked["service"].isin(list(CASE_LINES))].groupby("service")["cents"].sum()
    spent = case_cents.query("year == @year").groupby("service")["cents"].sum()
    assert booked.to_dict() == spent.to_dict()


def test_a_late_invoice_moves_cost_to_the_next_year(cents, case_cents):
    booked = cents.query("value_type == 'actual' and basis == 'period' and side == 'expense' and service == 'heim'")
    gap = case_cents.query("service == 'heim'").groupby("year")["cents"].sum() - booked.groupby("year")["cents"].sum()
    assert gap[2023] > 10_000_000 and gap[2023] + gap[2024] == 0
    assert gap[2022] == 0


def test_payments_lag_behind_the_service_but_lose_nothing(cents):
    """Over the years both bases book nearly the same; in January invoices of the old year are paid."""
    rows = cents.query("value_type == 'actual' and side == 'expense' and service == 'spfh' and year < 2025")
    sums = rows.groupby("basis")["cents"].sum()
    assert sums["payment"] == pytest.approx(sums["period"], rel=0.02)
    assert sums["payment"] != sums["period"]
    monthly = rows.groupby(["basis", "year", "month"])["cents"].sum()
    service, paid = monthly["period"].to_numpy(), monthly["payment"].to_numpy()
    assert np.corrcoef(paid[2:], service[1:-1])[0, 1] > np.corrcoef(paid[2:], service[2:])[0, 1]


def test_plans_are_about_8_percent_too_low(cents):
    rows = cents[cents["service"].isin(HZE) & (cents["side"] == "expense") & (cents["year"] < 2025)]
    plan = rows[rows["value_type"] == "plan"].groupby("year")["cents"].sum()
    actual = rows[(rows["value_type"] == "actual") & (rows["basis"] == "period")].groupby("year")["cents"].sum()
    miss = actual / plan - 1
    assert 0.05 < miss.mean() < 0.11
    assert 0.03 < miss.std() < 0.12


def test_every_plan_has_an_amended_plan_that_is_a_total(cents):
    keys = ["year", "service", "area_id", "side"]
    plan = cents[cents["value_type"] == "plan"].set_index(keys)["cents"]
    amended = cents[cents["value_type"] == "amended"].set_index(keys)["cents"]
    assert plan.index.is_unique and set(plan.index) == set(amended.index)
    assert (amended[plan.index] >= plan).all() and (amended[plan.index] > plan).any()


def test_the_running_year_ends_in_september(cents):
    rows = cents[cents["year"] == 2025]
    assert rows.loc[rows["value_type"] == "actual", "month"].max() == 9
    assert set(cents.loc[cents["value_type"] == "committed", ["year", "month"]].itertuples(index=False, name=None)) == {(2025, 9)}
    assert cents.query("year == 2024 and value_type == 'actual'")["month"].max() == 12
    assert sorted(cents["year"].unique()) == list(range(2019, 2026))


def test_documented_faults_are_there(cents):
    old, new = (cents[cents["carrier"] == f"Lebensbrücke {form}"] for form in ("e. V.", "gGmbH"))
    clock = [rows["year"] * 12 + rows["month"] for rows in (old, new)]
    assert clock[0].max() < 2023 * 12 + 7 <= clock[1].min()
    lost = cents[(cents["value_type"] == "actual") & cents["area_id"].isna()]
    assert set(lost["service"]) == {"heim"} and set(lost["year"]) == {2023} and set(lost["month"]) == {11, 12}
    content = cents.drop(columns="booking_id")
    twice = cents[content.duplicated(keep=False)]
    assert len(twice) == 2 and set(twice["service"]) == {"spfh"} and twice["booking_id"].is_unique


def test_work_without_a_case_is_a_fifth_of_the_social_space_budget(cents):
    rows = cents.query("year == 2024 and value_type == 'actual' and basis == 'period' and side == 'expense'")
    sums = rows.groupby("service")["cents"].sum()
    free = sums["fallunspezifisch"]
    pool = sums[["gruppenarbeit", "erziehungsbeistand", "spfh", "ise", "tagesgruppe"]].sum()
    assert 0.17 < free / (free + pool) < 0.22


def test_procedures_add_up(tables):
    rows = tables["protection"]
    assert (rows["procedures"] == rows[["acute", "latent", "need", "none"]].sum(axis=1)).all()
    assert (rows["two_specialists"] <= rows["procedures"]).all()
    assert rows["first_contact_hours"].isna().eq(rows["procedures"] == 0).all()
    rate = rows.query("period == '2025'")["procedures"].sum() / tables.residents(0, 18).xs("2025", level="period").sum() * 10_000
    assert 120 < rate < 190
    assert rows["procedures"].isin([1, 2]).sum() > 10  # suppression has work to do


def test_transitions_are_consistent_with_residents(tables):
    rows = tables["transition"].assign(period=tables["transition"]["cohort"].str[:4]).set_index(["area_id", "period"])
    assert (rows["count"] <= rows["of"]).all() and (rows["count"] >= 0).all()
    assert sorted(rows["cohort"].unique())[-1] == "2024/25"
    for stage, age in (("fruehe_hilfen", 2), ("kita", 6), ("grundschule", 10), ("weiterfuehrende_schule", 16)):
        step = rows[rows["from_stage"] == stage]
        assert len(step) == 63 * 8
        assert (step["of"] <= tables.residents(age, age + 1)[step.index]).all()
    last = rows[(rows["from_stage"] == "weiterfuehrende_schule") & (rows["cohort"] == "2024/25") & (rows["of"] > 60)]
    share = last["count"] / last["of"]
    assert share.max() - share.min() > 0.2
