"""Residents: the right total, plausible ages, and cohorts that grow older."""

import numpy as np
import pytest

from raumblick.demo.city import build_city
from raumblick.demo.people import build_people


@pytest.fixture(scope="module")
def people():
    return build_people(build_city(63, 2025), (2015, 2025))


def test_about_550_000_residents_growing_until_2019(tables):
    total = tables.residents(0).groupby("period").sum()
    assert list(total.index) == [str(y) for y in range(2015, 2026)]
    assert 540_000 < total["2025"] < 560_000
    assert total["2019"] > total["2015"] * 1.03
    assert abs(total["2021"] / total["2019"] - 1) < 0.01
    assert total["2022"] > total["2021"] * 1.01


def test_every_age_is_delivered_once(tables):
    rows = tables["population"]
    ages = rows[["age_from", "age_to"]].drop_duplicates().sort_values("age_from")
    assert list(ages["age_from"]) == [*range(27), 27, *range(30, 90, 5)]
    assert list(ages["age_to"][:-1]) == list(ages["age_from"][1:])
    assert np.isnan(ages["age_to"].iloc[-1])
    assert len(rows) == 63 * 11 * 2 * len(ages)
    assert rows["count"].ge(0).all()


def test_ages_look_like_a_large_city(people):
    everybody = people.of_age(0)[-1].sum()
    assert 0.13 < people.of_age(0, 15)[-1].sum() / everybody < 0.165
    assert 0.18 < people.of_age(65)[-1].sum() / everybody < 0.24
    assert 0.12 < people.of_age(20, 30)[-1].sum() / everybody < 0.17
    women = people.counts[-1, :, 0].sum() / everybody
    assert 0.50 < women < 0.53


def test_fewer_births_after_2021(people):
    babies = people.of_age(0, 1).sum(axis=1)
    assert babies[-1] < 0.9 * babies[6]


def test_cohorts_grow_older(people):
    """Children of one year are next year's children one year older: far closer than any other age is."""
    children = people.counts.sum(axis=2)
    before, after = children[:-1, :, 3:10], children[1:, :, 4:11]
    same = np.corrcoef(before.ravel(), after.ravel())[0, 1]
    shift = np.abs(after - before).sum() / before.sum()
    assert same > 0.98
    assert shift < 0.17


def test_estates_shrink_and_new_quarters_grow(people):
    kind = build_city(63, 2025).kind
    change = people.of_age(0)[-1] / people.of_age(0)[0] - 1
    assert np.median(change[kind == "grosssiedlung"]) < 0 < np.median(change[kind == "neubau"])
    assert np.median(change[kind == "neubau"]) > 0.25


def test_years_can_be_chosen():
    people = build_people(build_city(63, 2025), (2020, 2022))
    assert people.years == (2020, 2021, 2022)
    assert people.counts.shape == (3, 63, 2, 100)
    assert 525_000 < people.of_age(0)[0].sum() < 552_000
