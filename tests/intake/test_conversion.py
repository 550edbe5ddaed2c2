"""Counts and rates of old areas in new ones: totals stay, what is missing stays missing, rates are never averaged."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raumblick.intake.conversion import convert_counts, convert_observations, round_counts
from raumblick.intake.crosswalk import CrosswalkError


def shares(*rows: tuple[str, str, float]) -> pd.DataFrame:
    """A crosswalk of old areas that count alike."""
    frame = pd.DataFrame(rows, columns=["from_id", "to_id", "share"])
    return frame.assign(part=frame["share"] / frame.groupby("to_id")["share"].transform("sum"), basis="flaeche")


def values(counts: dict[str, float | None], **things: object) -> pd.DataFrame:
    frame = pd.DataFrame({"area_id": list(counts), "count": pd.array(list(counts.values()), "Float64")})
    return frame.assign(**things)


def by_area(rows: pd.DataFrame) -> dict[str, float | None]:
    return {key: None if pd.isna(count) else count for key, count in zip(rows["area_id"], rows["count"], strict=True)}


HALVES = shares(("A", "X", 0.5), ("A", "Y", 0.5), ("B", "Y", 0.25), ("B", "Z", 0.75))
SAME = shares(("A", "A", 1.0), ("B", "B", 1.0))


def test_counts_are_divided_by_share():
    assert by_area(convert_counts(values({"A": 10, "B": 8}), HALVES)) == {"X": 5, "Y": 7, "Z": 6}


def test_the_same_areas_keep_their_counts():
    given_counts = values({"B": 8, "A": 10.5}, age_from=3)
    converted = convert_counts(given_counts, SAME)
    assert by_area(converted) == {"A": 10.5, "B": 8} and list(converted.columns) == list(given_counts.columns)


def test_every_thing_is_converted_for_itself_also_without_upper_age():
    open_end = pd.concat([values({"A": 10, "B": 8}, age_from=65, age_to=pd.NA), values({"A": 2, "B": 4}, age_from=0, age_to=6)])
    rows = convert_counts(open_end.astype({"age_to": "Int64"}), HALVES)
    assert rows["age_from"].tolist() == [65] * 3 + [0] * 3 and rows["age_to"].isna().tolist() == [True] * 3 + [False] * 3
    assert rows["count"].tolist() == [5, 7, 6, 1, 2, 3]
    assert str(rows["age_to"].dtype) == "Int64" and str(rows["count"].dtype) == "Float64"


def test_what_is_missing_stays_missing():
    assert by_area(convert_counts(values({"A": None, "B": 8}), HALVES)) == {"X": None, "Y": None, "Z": 6}
    assert by_area(convert_counts(values({"B": 8}), HALVES)) == {"X": None, "Y": None, "Z": 6}  # a row that is not there
    rows = pd.concat([values({"A": 1, "B": 1}, sex="female"), values({"A": 1}, sex="male")])
    assert convert_counts(rows, HALVES)["count"].isna().tolist() == [False] * 3 + [False, True, True]


def test_a_new_area_that_owes_little_to_a_missing_one_has_a_number():
    little = shares(("A", "X", 1.0), ("B", "X", 0.008), ("B", "Z", 0.992))
    counts = values({"A": 10, "B": None})
    assert by_area(convert_counts(counts, little)) == {"X": 10, "Z": None}
    assert by_area(convert_counts(counts, little, most_missing=0.001)) == {"X": None, "Z": None}


def test_areas_without_shares_and_repeated_rows_are_refused():
    with pytest.raises(CrosswalkError) as error:
        convert_counts(values({"A": 1, "Q": 2}), HALVES)
    assert error.value.areas == ("Q",)
    with pytest.raises(CrosswalkError) as error:
        convert_counts(pd.concat([values({"A": 1}), values({"A": 2})]), HALVES)
    assert error.value.areas == ("A",)


def test_nothing_to_convert_gives_nothing():
    empty = values({}, date="2020-12-31")
    assert convert_counts(empty, HALVES).empty


# --- observations --------------------------------------------------------------------------------------------------

COLUMNS = ["indicator", "area_id", "period", "numerator", "denominator", "value", "source_id"]
KINDS = {"sgb2_u15": "share", "cases": "count", "rent": "median"}


def observed(*rows: tuple[object, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=COLUMNS[:-1]).assign(source_id="s1")
    return frame.astype({"numerator": "Float64", "denominator": "Float64", "value": "Float64"})


def test_rates_are_computed_from_converted_counts():
    rows = observed(("sgb2_u15", "A", "2019", 10, 100, None), ("sgb2_u15", "B", "2019", 30, 40, None))
    out, left = convert_observations(rows, HALVES, KINDS)
    assert left.empty and out["value"].isna().all() and set(out["status"]) == {"estimated"}
    assert out["numerator"].tolist() == [5, 12.5, 22.5] and out["denominator"].tolist() == [50, 60, 30]
    # the rate of Y is 12.5 / 60; the mean of the rates of A and B would be 42.5 %
    assert out["numerator"][1] / out["denominator"][1] == pytest.approx(0.2083, abs=1e-4)


def test_values_without_counts_are_left_out_and_named():
    rows = observed(
        ("sgb2_u15", "A", "2019", None, None, 12.5),
        ("sgb2_u15", "B", "2019", None, None, 20.0),
        ("rent", "A", "2019", None, None, 9.5),
        ("sgb2_u15", "A", "2020", 10, 100, None),
        ("sgb2_u15", "B", "2020", None, None, 20.0),
    )
    out, left = convert_observations(rows, HALVES, KINDS)
    assert left.to_numpy().tolist() == [["rent", "2019", 1], ["sgb2_u15", "2019", 2], ["sgb2_u15", "2020", 1]]
    assert set(out["period"]) == {"2020"} and out["numerator"].isna().tolist() == [False, True, True]


def test_half_a_pair_counts_as_missing_but_a_count_needs_no_denominator():
    rows = observed(
        ("sgb2_u15", "A", "2019", 10, 100, None),
        ("sgb2_u15", "B", "2019", 30, None, None),
        ("cases", "A", "2019", 4, None, None),
        ("cases", "B", "2019", 4, None, None),
    )
    out, left = convert_observations(rows, HALVES, KINDS)
    share, cases = out[out["indicator"] == "sgb2_u15"], out[out["indicator"] == "cases"]
    assert share["numerator"].isna().tolist() == share["denominator"].isna().tolist() == [False, True, True]
    assert cases["numerator"].tolist() == [2, 3, 3] and cases["denominator"].isna().all() and left.empty


# --- rounding ------------------------------------------------------------------------------------------------------


def test_the_largest_remainders_are_rounded_up():
    counts = values({"A": 1.2, "B": 1.5, "C": 1.3, "D": None})
    assert round_counts(counts).tolist() == [1, 2, 1, pd.NA]
    assert round_counts(values({"A": 0.5, "B": 0.5})).tolist() == [1, 0]  # equal remainders: the first
    assert round_counts(values({"A": 2.9999999999, "B": 3.0000000001})).tolist() == [3, 3]


def test_every_thing_keeps_its_own_total():
    counts = pd.concat([values({"A": 1.5, "B": 1.5}, age=0), values({"A": 0.4, "B": 0.6}, age=1)], ignore_index=True)
    assert round_counts(counts, ["age"]).tolist() == [2, 1, 0, 1]


def test_a_limit_moves_the_surplus_to_others():
    counts = values({"A": 1.6, "B": 2.4, "C": 1.0})
    assert round_counts(counts, at_most=pd.Series([1, 9, 9])).tolist() == [1, 3, 1]
    assert round_counts(counts, at_most=pd.Series([1, 2, 9])).tolist() == [1, 2, 2]
    assert round_counts(counts, at_most=pd.Series([1, 2, 1])).tolist() == [1, 2, 1]  # no room: the total falls short
    assert round_counts(counts, at_most=pd.Series([1, None, 0], dtype="Int64")).tolist() == [1, 4, 0]


# --- properties ----------------------------------------------------------------------------------------------------

positive = st.floats(0.001, 1000)
crosswalks = st.lists(st.lists(positive, min_size=5, max_size=5), min_size=1, max_size=8)
amounts = st.lists(st.floats(0, 1e6), min_size=8, max_size=8)


def random_shares(rows: list[list[float]]) -> pd.DataFrame:
    """Shares of as many old areas as there are rows in five new ones."""
    pieces = [(f"o{i}", f"n{j}", weight / sum(row)) for i, row in enumerate(rows) for j, weight in enumerate(row)]
    return shares(*pieces)


@settings(deadline=None, max_examples=50)
@given(crosswalks, amounts)
def test_totals_are_preserved(rows, counts):
    old = values({f"o{i}": counts[i] for i in range(len(rows))})
    converted = convert_counts(old, random_shares(rows))
    assert converted["count"].sum() == pytest.approx(old["count"].sum(), rel=1e-9, abs=1e-9)
    assert (converted["count"] >= 0).all()


@settings(deadline=None, max_examples=50)
@given(crosswalks, amounts, st.integers(0, 7))
def test_a_missing_area_takes_no_number_from_others(rows, counts, gone):
    """An area with a number is never less than what the known old areas give it, whatever is missing elsewhere."""
    crosswalk = random_shares(rows)
    old = {f"o{i}": (None if i == gone else counts[i]) for i in range(len(rows))}
    converted = convert_counts(values(old), crosswalk, most_missing=0.3)
    known = convert_counts(values({key: count or 0.0 for key, count in old.items()}), crosswalk)
    parts = crosswalk[crosswalk["from_id"] == f"o{gone}"].set_index("to_id")["part"]
    for key, count in by_area(converted).items():
        assert (count is None) == (parts.get(key, 0.0) > 0.3 + 1e-12)
        assert count is None or count == pytest.approx(by_area(known)[key])


@settings(deadline=None, max_examples=100)
@given(st.lists(st.floats(0, 1000), min_size=1, max_size=20))
def test_rounding_keeps_the_total_and_moves_nobody_far(counts):
    whole = round_counts(values({f"n{i}": count for i, count in enumerate(counts)})).to_numpy(dtype=float)
    assert whole.sum() == round(sum(counts)) or abs(sum(counts) % 1 - 0.5) < 1e-6
    assert (np.abs(whole - counts) < 1 + 1e-6).all()
