"""Secondary suppression and its audit, against linear programs that ask for every cell alone."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from raumblick.snapshot import disclosure
from raumblick.snapshot.disclosure import DisclosureError
from raumblick.snapshot.disclosure_board import board_of, relations_of
from raumblick.snapshot.disclosure_cases import cases_of, hide_flows
from raumblick.snapshot.disclosure_tree import FREE, Cells, Tree, bounds, exposed, protect
from raumblick.snapshot.disclosure_web import TINY, Sheet, equations, reach

TREE = Tree(np.array([6, 6, 6, 7, 7, 7, 8, 8, -1]), np.array([2, 2, 2, 2, 2, 2, 1, 1, 0]))  # six areas, two districts, a city


def full(base: np.ndarray) -> np.ndarray:
    """Six base areas and their sums, (9, tables)."""
    return np.vstack([base, base[:3].sum(axis=0), base[3:].sum(axis=0), base.sum(axis=0)]).astype(float)


def cells_of(value: np.ndarray, hidden: np.ndarray) -> Cells:
    zero = np.zeros(value.shape)
    return Cells(value, hidden, np.ones(value.shape), zero, zero)


def by_programs(sheet: Sheet) -> tuple[np.ndarray, np.ndarray]:
    """The two linear programs of every hidden cell."""
    matrix, hidden = equations(sheet, sheet.cells.hidden), sheet.cells.hidden
    floor = (sheet.cells.least - sheet.cells.value)[hidden]
    low, high = np.zeros(hidden.shape), np.zeros(hidden.shape)
    for sign, out in ((1, low), (-1, high)):
        found = []
        for cell in np.eye(int(hidden.sum())):
            limits = np.column_stack([floor, np.full(len(floor), 1e6)])
            rest = {"A_eq": matrix, "b_eq": np.zeros(matrix.shape[0])} if matrix.shape[0] else {}
            found.append(sign * linprog(sign * cell, bounds=limits, method="highs", **rest).fun)
        out[hidden] = found
    return low, high


tables = st.lists(st.integers(0, 9), min_size=6, max_size=6)


@settings(max_examples=60, deadline=None)
@given(tables)
def test_bounds_of_a_tree_are_those_of_the_linear_programs(numbers):
    value = full(np.array(numbers)[:, None])
    hidden = (value > 0) & (value < 3)
    hidden = protect(TREE, cells_of(value, hidden)) if sum(numbers) % 2 else hidden
    cells = cells_of(value, hidden)
    low, high = bounds(TREE, cells)
    asked_low, asked_high = by_programs(Sheet(TREE, cells, ()))
    free = asked_high > 1e5
    assert (high[hidden & free] > FREE / 2).all()
    np.testing.assert_allclose(low[hidden], asked_low[hidden], atol=1e-6)
    np.testing.assert_allclose(high[hidden & ~free], asked_high[hidden & ~free], atol=1e-6)


@settings(max_examples=100, deadline=None)
@given(st.lists(tables, min_size=1, max_size=4))
def test_after_protection_no_hidden_cell_is_exposed(columns):
    value = full(np.array(columns).T)
    small = (value > 0) & (value < 3)
    hidden = protect(TREE, cells_of(value, small))
    cells = cells_of(value, hidden)
    assert not exposed(cells, *bounds(TREE, cells)).any()
    assert (hidden | ~small).all()
    assert not hidden[value == 0].any()


def test_one_hidden_cell_takes_the_smallest_number_beside_it():
    value = full(np.array([[2], [5], [9], [4], [4], [4]]))
    hidden = protect(TREE, cells_of(value, (value > 0) & (value < 3)))
    assert list(np.flatnonzero(hidden[:, 0])) == [0, 1]


def test_a_district_without_a_partner_takes_one_in_the_next():
    value = full(np.array([[2], [0], [0], [4], [8], [9]]))
    hidden = protect(TREE, cells_of(value, (value > 0) & (value < 3)))
    assert list(np.flatnonzero(hidden[:, 0])) == [0, 3, 6, 7]  # the area, its district, the other district and a part of it


@settings(max_examples=25, deadline=None)
@given(tables, tables)
def test_what_the_audit_proves_the_linear_programs_allow(first, second):
    """Two parts and their published sum: the audit never says that a cell can move when it cannot, nor the reverse."""
    parts = [full(np.array(column)[:, None]) for column in (first, second)]
    value = np.hstack([*parts, sum(parts)])
    hidden = (value > 0) & (value < 3)
    sheet = Sheet(TREE, cells_of(value, hidden), (((0, 1.0), (1, 1.0), (2, -1.0)),))
    low, high = reach(sheet)
    asked_low, asked_high = by_programs(sheet)
    assert (low >= asked_low - TINY).all() and (high <= asked_high + TINY).all()
    moves = asked_high - asked_low >= 1
    assert (high - low >= 1 - TINY)[hidden & moves].all()


def numbers(rows: list[tuple]) -> tuple[pd.DataFrame, pd.DataFrame]:
    area = [(str(n), ("A" if n < 3 else "B"), 2) for n in range(6)]
    area += [("A", "C", 1), ("B", "C", 1), ("C", None, 0)]
    frame = pd.DataFrame(rows, columns=["quantity", "area_id", "period", "number"])
    return (
        pd.DataFrame(area, columns=["area_id", "parent_id", "level_rank"]),
        frame.assign(small=frame["number"].between(1, 2)),
    )


def test_copies_and_spans_are_found_in_the_numbers():
    ids = [*map(str, range(6)), "A", "B", "C"]
    rows = []
    for year in ("2022", "2023"):
        young, old = (full(np.array([[n * k + int(year) % 7] for n in range(3, 9)]))[:, 0] for k in (3, 5))
        for n, area in enumerate(ids):
            rows += [("residents.0.6.all", area, year, young[n]), ("residents.6..all", area, year, old[n])]
            rows += [("mine.numerator", area, year, young[n]), ("other.denominator", area, year, young[n])]
            rows += [("total.numerator", area, year, young[n] + old[n])]
    found = relations_of(board_of(*numbers(rows)))
    assert (("mine.numerator", 1.0), ("other.denominator", -1.0)) in found
    assert (("total.numerator", -1.0), ("residents.0.6.all", 1.0), ("residents.6..all", 1.0)) in found


def test_the_build_stops_where_a_number_can_be_worked_out(monkeypatch):
    ids = [*map(str, range(6)), "A", "B", "C"]
    value = full(np.array([[2], [5], [9], [4], [4], [4]]))[:, 0]
    board = board_of(*numbers([("x.numerator", area, "2023", value[n]) for n, area in enumerate(ids)]))
    with pytest.raises(DisclosureError, match="x.numerator im Gebiet 0, 2023"):
        disclosure._audit(board, [], 3, 1)
    board.hidden[1, 0] = True
    assert disclosure._audit(board, [], 3, 1) >= 1


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_hidden_entries_and_exits_cannot_be_worked_out(seed):
    """Stocks, entries and exits of three months in six areas, against the linear programs of the whole table."""
    lot = np.random.default_rng(seed)
    flow = {name: np.stack([full(lot.poisson(1.2, (6, 1)))[:, 0] for _ in range(3)]) for name in ("entries", "exits")}
    begin = full(lot.integers(20, 30, (6, 1)))[:, 0]
    stock = begin + np.cumsum(flow["entries"] - flow["exits"], axis=0)
    ids = [*map(str, range(6)), "A", "B", "C"]
    rows = pd.DataFrame(
        [
            (area, "heim", pd.Timestamp(2023, m + 1, 1), stock[m, n], flow["entries"][m, n], flow["exits"][m, n], 1, 1)
            for n, area in enumerate(ids)
            for m in range(3)
        ],
        columns=["area_id", "service", "month", "stock", "entries", "exits", "care_days", "cost"],
    )
    cases = cases_of(pd.Index(ids), TREE, rows, 3)
    hide_flows(cases, 3)
    for month in (1, 2):  # the first has no month before: its stock says nothing about who came
        value = np.column_stack([flow["entries"][month], flow["exits"][month]])
        hidden = np.column_stack([cases.shut[name][:, 0, month] for name in ("entries", "exits")])
        cells = Cells(value, hidden, np.zeros(value.shape), np.zeros(value.shape), np.zeros(value.shape))
        flows = Sheet(TREE, cells, ())
        matrix = equations(flows, hidden)
        pair = np.flatnonzero(hidden.all(axis=1))
        assert (hidden.any(axis=1) == hidden.all(axis=1)).all()
        place = np.full(hidden.shape, -1)
        place[hidden] = np.arange(hidden.sum())
        rule = np.zeros((len(pair), int(hidden.sum())))  # the published stocks: both go up or both go down
        rule[np.arange(len(pair)), place[pair, 0]], rule[np.arange(len(pair)), place[pair, 1]] = 1, -1
        every = np.vstack([matrix.toarray(), rule])
        for cell in np.eye(int(hidden.sum())):
            limits = np.column_stack([-value[hidden], np.full(int(hidden.sum()), 1e6)])
            ends = [linprog(s * cell, A_eq=every, b_eq=np.zeros(len(every)), bounds=limits).fun * s for s in (1, -1)]
            assert ends[1] - ends[0] >= 1 - TINY
