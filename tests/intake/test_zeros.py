"""Zeros that are none: worked columns for every kind, and true zeros that must stay."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raumblick.intake.zeros import CHANCE, gap_chance, judge_zeros, zero_findings


def table(**periods: list[float | None]) -> pd.DataFrame:
    frame = pd.DataFrame({name[1:]: values for name, values in periods.items()}, dtype="Float64")
    return frame.set_axis([f"{i:02d}" for i in range(len(frame))])


def kinds(counts: pd.DataFrame) -> dict[str, int]:
    verdicts, _ = judge_zeros(counts)
    return verdicts.stack().value_counts().to_dict()


USUAL = [3.0, 1.0, 2.0, 5.0, 8.0, 4.0, 1.0, 9.0]


def test_a_period_of_zeros_was_not_published() -> None:
    counts = table(y2017=USUAL, y2018=[0.0] * 8)
    verdicts, patterns = judge_zeros(counts)
    assert (verdicts["2018"] == "unpublished").all()
    assert verdicts["2017"].isna().all()
    assert [(p.kind, p.period, p.zeros) for p in patterns] == [("unpublished", "2018", 8)]


def test_a_column_of_zeros_throughout_may_be_true() -> None:
    assert kinds(table(y2017=[0.0] * 8, y2018=[0.0] * 8)) == {}


def test_few_areas_prove_nothing() -> None:
    assert kinds(table(y2017=[3.0, 4.0, 1.0], y2018=[0.0] * 3)) == {}


def test_a_gap_above_many_zeros_means_hidden_numbers() -> None:
    column = [0.0, 0.0, 0.0, 0.0, 10.0, 10.0, 11.0, 12.0, 14.0, 15.0, 40.0]
    counts = table(y2018=column)
    verdicts, (pattern,) = judge_zeros(counts)
    assert (verdicts.loc[counts["2018"] == 0, "2018"] == "hidden").all()
    assert (pattern.kind, pattern.zeros, pattern.smallest) == ("hidden", 4, 10.0)
    # 4 zeros and 6 numbers from 10 to 18; none of ten falls into 9 of the 19 values 0 to 18
    assert pattern.chance == pytest.approx((10 / 19) ** 10)


def test_worked_chances() -> None:
    assert gap_chance(np.array([0.0, 0.0, 4.0, 6.0, 7.0])) == pytest.approx((4 / 7) ** 4)
    assert gap_chance(np.array([0.0, 1.0, 5.0])) == 1.0
    assert gap_chance(np.array([0.0, np.nan, 2.0])) == pytest.approx((2 / 3) ** 2)


def test_zeros_beside_small_numbers_are_true() -> None:
    assert kinds(table(y2018=[0.0, 0.0, 0.0, 1.0, 2.0, 2.0, 5.0, 9.0])) == {}


def test_one_zero_below_a_gap_stays_open() -> None:
    verdicts, patterns = judge_zeros(table(y2018=[0.0, 3.0, 6.0, 6.0, 9.0, 12.0]))
    assert verdicts.isna().all(axis=None)
    assert [(p.kind, p.zeros, p.smallest) for p in patterns] == [("open", 1, 3.0)]


def test_a_zero_between_large_numbers_is_a_gap() -> None:
    counts = table(y1=[30.0, 1.0, 2.0, 3.0, 4.0], y2=[0.0, 1.0, 0.0, 3.0, 4.0], y3=[28.0, 1.0, 2.0, 3.0, 4.0])
    verdicts, patterns = judge_zeros(counts)
    assert verdicts.loc["00", "2"] == "gap"
    assert verdicts.loc["02"].isna().all()  # 2, 0, 2 is nothing special
    assert [(p.kind, p.period, p.zeros) for p in patterns] == [("gap", "2", 1)]


def test_a_run_of_zeros_before_a_large_number_is_a_gap() -> None:
    rest = [1.0, 2.0, 3.0, 4.0]
    assert kinds(table(y1=[0.0, *rest], y2=[0.0, *rest], y3=[700.0, *rest])) == {"gap": 2}
    assert kinds(table(y1=[0.0, *rest], y2=[0.0, *rest], y3=[15.0, *rest])) == {}


def test_missing_cells_are_not_judged() -> None:
    verdicts, _ = judge_zeros(table(y2017=USUAL, y2018=[0.0] * 6 + [None, None]))
    assert verdicts["2018"].notna().tolist() == [True] * 6 + [False, False]


COUNTS = st.lists(st.lists(st.integers(0, 60), min_size=7, max_size=7), min_size=1, max_size=6)


@settings(deadline=None)
@given(COUNTS)
def test_only_zeros_are_judged(columns: list[list[int]]) -> None:
    counts = pd.DataFrame(dict(enumerate(columns)), dtype="Float64")
    verdicts, patterns = judge_zeros(counts)
    assert not (verdicts.notna() & (counts != 0)).any(axis=None)
    assert int(verdicts.notna().sum().sum()) == sum(p.zeros for p in patterns if p.kind != "open")
    for pattern in patterns:
        if pattern.kind == "hidden":
            assert pattern.chance is not None and pattern.chance < CHANCE


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), min_size=7, max_size=40))
def test_a_column_with_a_one_is_never_hidden(column: list[int]) -> None:
    assert "hidden" not in kinds(pd.DataFrame({"2020": [*column, 1]}, dtype="Float64"))


def test_true_small_counts_are_rarely_taken_for_hidden() -> None:
    """Poisson counts with a mean from 1 to 30 in 63 areas: at most 1 in 100 columns may be misjudged."""
    draw = np.random.default_rng(20)
    columns = {f"{mean}/{n}": draw.poisson(draw.gamma(2, mean / 2, 63)) for mean in range(1, 31) for n in range(20)}
    _, patterns = judge_zeros(pd.DataFrame(columns, dtype="Float64"))
    assert sum(p.kind == "hidden" for p in patterns) <= 6


def test_findings_give_the_evidence() -> None:
    column = [0.0, 0.0, 0.0, 0.0, 10.0, 10.0, 11.0, 12.0, 14.0, 15.0, 40.0]
    _, patterns = judge_zeros(table(y2017=[2.0, *column[1:]], y2018=column, y2019=[0.0] * 11))
    findings = {f.code: f for f in zero_findings(patterns, "Arbeitslose", "a.csv")}
    assert set(findings) == {"zero_hidden", "zero_unpublished"}
    assert findings["zero_hidden"].severity == "warning"
    assert "2018 4 Nullen, keine Zahl von 1 bis 9 (1 zu 613)" in findings["zero_hidden"].message
    assert "2019 11 Nullen" in findings["zero_unpublished"].message
