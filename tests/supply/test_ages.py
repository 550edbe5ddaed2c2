import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raumblick.catalogue import load_catalogue
from raumblick.supply.ages import Target, need, of_age, targets_on
from raumblick.supply.errors import SupplyError


def residents(*rows):
    return pd.DataFrame(rows, columns=["area_id", "age_from", "age_to", "count"])


BERLIN = [
    Target("okja", a, b, q, "ordinance", "JugFöVO") for a, b, q in ((6, 10, 0.09), (10, 18, 0.17), (18, 21, 0.05), (21, 27, 0.01))
]


def test_places_of_youth_work_by_the_ordinance_of_berlin():
    people = residents(("A", 6, 10, 1000), ("A", 10, 18, 2000), ("A", 18, 21, 800), ("A", 21, 27, 2000))
    table = need(people, BERLIN)
    assert table.loc["A", "need"] == pytest.approx(490.0)
    assert table.loc["A", "children"] == 5800 and not table.loc["A", "estimated"]


def test_the_catalogue_says_the_same_as_the_ordinance():
    found = targets_on(load_catalogue().targets, "okja", "2024-12-31")
    assert [(t.age_from, t.age_to, t.share) for t in found] == [(t.age_from, t.age_to, t.share) for t in BERLIN]
    assert found[0].label.startswith("Verordnung: Land Berlin")


def test_targets_come_and_go():
    table = load_catalogue().targets
    assert targets_on(table, "hort", "2026-07-31") == ()
    assert [t.age_to for t in targets_on(table, "hort", "2027-07-31")] == [7]
    assert [t.age_to for t in targets_on(table, "hort", "2029-08-01")] == [10]
    assert targets_on(table, "heim", "2024-01-01") == ()


def test_a_target_without_a_usable_unit_or_kind_is_refused():
    table = load_catalogue().targets
    with pytest.raises(SupplyError, match="Einheit"):
        targets_on(table.assign(unit="m²"), "okja", "2024-12-31")
    with pytest.raises(SupplyError, match="ohne Art gibt es keine Ampel"):
        targets_on(table.assign(kind="gut gemeint"), "okja", "2024-12-31")
    assert targets_on(table.assign(unit="je 1.000"), "okja", "2024-12-31")[0].share == 0.009


def test_single_years_and_both_sexes_add_up():
    people = residents(*[("A", age, age + 1, 10 + age) for age in range(10) for _ in range(2)], ("A", 10, None, 500))
    assert of_age(people, 3, 6)["count"].tolist() == [2 * (13 + 14 + 15)]
    assert of_age(people, 8, None)["count"].tolist() == [2 * (18 + 19) + 500]


def test_a_group_that_reaches_further_is_split_and_marked():
    people = residents(("A", 0, 6, 60), ("A", 6, 15, 90), ("A", 15, None, 900))
    found = of_age(people, 3, 10)
    assert found["count"].tolist() == [30 + 40] and found["estimated"].tolist() == [True]
    assert of_age(people, 0, 15)["estimated"].tolist() == [False]
    assert of_age(people, 10, 18)["count"].isna().all()  # an open group cannot be split


def test_what_is_unknown_stays_unknown():
    people = residents(("A", 0, 3, 30), ("A", 3, 6, None), ("B", 0, 3, 30), ("B", 4, 6, 9), ("C", 0, 6, 0))
    assert of_age(people, 0, 6)["count"].fillna(-1).tolist() == [-1, -1, 0]  # missing number, missing year, true zero
    assert of_age(people, 0, 3)["count"].tolist() == [30, 30, 0]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=12, max_size=12), st.integers(0, 11), st.integers(1, 12))
def test_age_groups_add_up_to_the_whole(counts, low, width):
    people = residents(*[("A", a, a + 1, n) for a, n in enumerate(counts)])
    high = min(low + width, 12)
    parts = [of_age(people, a, a + 1)["count"].iloc[0] for a in range(low, high)]
    assert of_age(people, low, high)["count"].iloc[0] == sum(parts) == sum(counts[low:high])


def test_impossible_questions():
    people = residents(("A", 0, 6, 60))
    with pytest.raises(SupplyError, match="leer"):
        of_age(people, 6, 6)
    with pytest.raises(SupplyError, match="keinen Zielwert"):
        need(people, [])
    with pytest.raises(SupplyError, match="dasselbe Alter"):
        need(people, [Target("kita", 0, 3, 0.5, "plan", "x"), Target("kita", 2, 6, 0.9, "plan", "y")])
    assert np.isnan(need(people, BERLIN)["need"].iloc[0])
