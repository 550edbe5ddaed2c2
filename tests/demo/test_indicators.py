"""Indicators: believable levels, correlations and clusters; and agreement with the tables they follow from."""

import warnings

import esda
import libpysal
import numpy as np
import pandas as pd
import pytest

from raumblick.catalogue import load_catalogue
from raumblick.demo.cases import AMBULANT, HZE, PART_TIME, RESIDENTIAL

POVERTY = ("sgb2_u15", "sgb2_0_64", "unemp", "unemp_u25")
HELP = {
    "hze_rate": HZE,
    "hze_stat_rate": (*RESIDENTIAL, "volljaehrige"),
    "egh35a_rate": ("egh35a", "schulbegleitung"),
}


@pytest.fixture(scope="module")
def poverty(tables) -> pd.DataFrame:
    """Shares of the last year: areas x indicators."""
    found = {}
    for key in POVERTY:
        rows = tables.indicator(key).xs("2025", level="period")
        found[key] = rows["numerator"] / rows["denominator"]
    return pd.DataFrame(found)


def test_all_indicators_are_in_the_catalogue(tables):
    keys = set(tables["observation"]["indicator"])
    own = set(tables["indicator"]["key"])
    known = set(load_catalogue().indicators["key"])
    assert keys <= known | own
    assert own <= keys and not own & known
    assert len(keys) >= 40


def test_poverty_correlates_but_not_perfectly(poverty):
    pairs = poverty.corr().to_numpy()[np.triu_indices(len(POVERTY), 1)]
    assert pairs.min() >= 0.85 and pairs.max() <= 0.975


def test_poverty_clusters(tables, poverty):
    with warnings.catch_warnings(action="ignore"):
        weights = libpysal.weights.Queen.from_dataframe(tables.polygons(), use_index=False)
    weights.transform = "r"
    for key in POVERTY:
        assert 0.3 <= esda.Moran(poverty[key].to_numpy(), weights, permutations=0).I <= 0.5, key


def test_levels_of_poverty(tables, poverty):
    rows = tables.indicator("sgb2_u15").xs("2025", level="period")
    assert 0.13 < rows["numerator"].sum() / rows["denominator"].sum() < 0.19
    assert 0.07 < poverty["sgb2_u15"].median() < 0.13
    assert 0.35 < poverty["sgb2_u15"].max() < 0.55


def test_small_areas_are_noisy(tables):
    """Change from year to year is larger where there are few children."""
    rows = tables.indicator("sgb2_u15")
    rate = (rows["numerator"] / rows["denominator"]).unstack()
    children = rows["denominator"].unstack().mean(axis=1)
    jump = (rate.diff(axis=1).abs() / rate.mean(axis=1).to_numpy()[:, None]).mean(axis=1)
    assert jump[children < 300].median() > 1.5 * jump[children > 1500].median()


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [("sgb2_u15", 0, 15), ("sgb2_0_64", 0, 65), ("unemp", 15, 65), ("unemp_u25", 15, 25), ("migr_share", 0, None),
     ("kwg_rate", 0, 18), ("hze_rate", 0, 21), ("okja_fte", 6, 21), ("kita_cov_u3", 1, 3), ("kita_cov_u6", 0, 6),
     ("jgh_rate", 14, 21), ("playgrounds", 0, 15)],
)  # fmt: skip
def test_denominators_are_residents(tables, key, first, last):
    rows = tables.indicator(key)["denominator"].dropna()
    assert len(rows) >= 63
    assert (rows == tables.residents(first, last)[rows.index]).all()


@pytest.mark.parametrize(("key", "last"), [("pop_total", None), ("pop_u6", 6), ("pop_u18", 18), ("pop_u21", 21)])
def test_numbers_of_residents_are_residents(tables, key, last):
    rows = tables.indicator(key)["numerator"]
    assert len(rows) == 63 * 11
    assert (rows == tables.residents(0, last)[rows.index]).all()


def test_growth_follows_from_residents_on_every_level(tables):
    rows = tables["observation"].query("indicator == 'pop_growth5' and period == '2025'").set_index("area_id")["value"]
    people = tables.residents(0).unstack()
    assert rows["musterstadt"] == pytest.approx((people["2025"].sum() / people["2020"].sum() - 1) * 100, abs=0.01)
    assert rows["00"] == pytest.approx((people.loc["00", "2025"] / people.loc["00", "2020"] - 1) * 100, abs=0.01)
    assert len(rows) == 63 + 10 + 7 + 1


@pytest.mark.parametrize(
    ("key", "services"),
    [("kita_cov_u3", ["kita_u3", "kindertagespflege"]), ("kita_cov_36", ["kita_36"]),
     ("kita_cov_u6", ["kita_u3", "kita_36", "kindertagespflege"])],
)  # fmt: skip
@pytest.mark.parametrize("year", ["2016", "2025"])
def test_places_are_those_of_the_facilities_open_on_the_day(tables, key, services, year):
    day = f"{year}-12-31"
    offers = tables["facility"]
    here = offers[offers["service"].isin(services) & (offers["opens"].fillna("") <= day) & ~(offers["closes"].fillna("9") <= day)]
    places = here.groupby("area_id")["places_licensed"].sum()
    given = tables.indicator(key).xs(year, level="period")["numerator"]
    assert (given == places.reindex(given.index).fillna(0)).all()


def test_occupancy_is_that_of_the_facilities(tables):
    offers = tables["facility"]
    here = offers[offers["service"].isin(["kita_u3", "kita_36"]) & offers["enrolled"].notna()]
    sums = here.groupby("area_id")[["enrolled", "places_operable"]].sum()
    given = tables.indicator("kita_occ").xs("2025", level="period")
    sums = sums.reindex(given.index).fillna(0)
    assert (given["numerator"] == sums["enrolled"]).all() and (given["denominator"] == sums["places_operable"]).all()


@pytest.mark.parametrize("key", HELP)
def test_help_is_counted_from_the_cases(tables, key):
    cases = tables["caseload"].query("month >= '2024-01-01' and month <= '2024-12-01'")
    cases = cases[cases["service"].isin(HELP[key])]
    helped = cases.groupby("area_id")["exits"].sum() + cases[cases["month"] == "2024-12-01"].groupby("area_id")["stock"].sum()
    given = tables.indicator(key).xs("2024", level="period")["numerator"]
    assert (given == helped[given.index]).all()


def test_cost_is_counted_from_the_cases(tables):
    cases = tables["caseload"].query("month >= '2024-01-01' and month <= '2024-12-01'")
    cost = cases[cases["service"].isin(HZE)].groupby("area_id")["cost"].sum()
    given = tables.indicator("hze_cost_u21").xs("2024", level="period")["numerator"]
    assert np.allclose(given, cost[given.index], atol=0.005)
    share = tables.indicator("hze_amb_share").xs("2024", level="period")
    assert (share["numerator"] <= share["denominator"]).all()
    assert set(AMBULANT) | set(PART_TIME) | set(RESIDENTIAL) < set(HZE)


def test_procedures_agree_with_their_table(tables):
    table = tables["protection"].set_index(["area_id", "period"])
    rate, confirmed = tables.indicator("kwg_rate"), tables.indicator("kwg_confirmed")
    assert (rate["numerator"] == table.loc[rate.index, "procedures"]).all()
    assert (confirmed["numerator"] == (table["acute"] + table["latent"])[confirmed.index]).all()


def test_signs_stand_where_numbers_are_missing(tables):
    rows = tables["observation"]
    marked = rows["sign"].notna()
    assert set(rows.loc[marked, "sign"]) == {".", "...", "/"}
    assert rows.loc[marked, ["numerator", "denominator", "value"]].isna().all().all()
    assert rows.loc[~marked, "numerator"].notna().eq(rows.loc[~marked, "value"].isna()).all()
    assert set(rows.loc[rows["sign"] == "...", "period"]) == {"2025"}
    assert rows["status"].eq("synthetic").all()


def test_some_indicators_start_later_and_one_has_a_gap(tables):
    years = tables["observation"].groupby("indicator")["period"].unique().map(set)
    assert min(years["eingang_speech"]) == "2017" and "2020" not in years["eingang_speech"]
    assert min(years["sgb2_u15"]) == "2015" and len(years["sgb2_u15"]) == 11
