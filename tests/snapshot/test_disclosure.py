"""Secondary suppression and its audit, against linear programs that ask for every cell alone."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from raumblick.snapshot import disclosure
from raumblick.snapshot.disclosure import DisclosureError
from raumblick.snapshot.disclosure_board import Board, board_of, relations_of
from raumblick.snapshot.disclosure_cases import cases_of, few_cases, hide_money, link_years, shut_years
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
    assert disclosure._audit(board, [], 3, 1) == 5  # both are 1 to 6


def city_of_cases(stock: list[int], entries: list[int], exits: list[int]):
    """Two years of one service in a city without areas: its cases, and the board as the build's query lays it out."""
    months = pd.date_range("2022-01-01", periods=24, freq="MS")
    rows = pd.DataFrame(
        {"area_id": "city", "service": "heim", "month": months, "stock": stock, "entries": entries, "exits": exits}
    )
    rows = rows.assign(care_days=30 * rows["stock"], cost=100.0 * rows["stock"])
    tree = Tree(np.array([-1]), np.array([0]))
    cases = cases_of(pd.Index(["city"]), tree, rows)
    few = {name: rows[name].between(1, 2) for name in ("stock", "entries", "exits")}
    names, small = [], []
    for year in ("2022", "2023"):
        of_year = rows["month"].dt.strftime("%Y") == year
        for name in ("stock", "months", "begun", "ended"):
            names.append((f"{name}.heim", year))
            moved = few["entries"] | few["exits"]
            small.append(bool(((few["stock"] if name in ("stock", "months") else moved) & of_year).any()))
    value = np.full((1, 8), 50.0)
    return Board(pd.Index(["city"]), tree, names, value, np.array([small])), cases


@pytest.mark.parametrize(
    ("month", "name", "hidden"),
    [
        (3, "entries", {"begun 2022", "ended 2022"}),
        (15, "exits", {"begun 2023", "ended 2023"}),
        # a stock follows from the next one and those who came and went meanwhile
        (4, "stock", {"stock 2022", "months 2022", "begun 2022", "ended 2022", "begun 2023", "ended 2023"}),
        (20, "stock", {"stock 2023", "months 2023", "begun 2023", "ended 2023"}),
    ],
)
def test_what_is_hidden_of_a_service_is_hidden_for_the_year(month, name, hidden):
    numbers = {"stock": [40] * 24, "entries": [5] * 24, "exits": [5] * 24}
    numbers[name][month] = 2
    board, cases = city_of_cases(**numbers)
    link_years(board, cases)
    found = {f"{board.names[n][0].removesuffix('.heim')} {board.names[n][1]}" for n in np.flatnonzero(board.hidden[0])}
    assert found == hidden
    shut_years(cases, board)
    for column, quantity in (("stock", "months"), ("entries", "begun"), ("exits", "ended")):
        for part, year in ((slice(0, 12), "2022"), (slice(12, 24), "2023")):
            assert (cases.shut[column][0, 0, part] == (f"{quantity} {year}" in hidden)).all()


def test_money_of_few_cases_is_hidden_for_the_year_and_beside_another_area():
    months = pd.date_range("2022-01-01", periods=24, freq="MS")
    ids = [*map(str, range(6)), "A", "B", "C"]
    stock = full(np.tile([[5], [20], [9], [8], [7], [6]], 24))
    stock[0, 3] = 2
    rows = pd.DataFrame(
        [
            (area, "heim", month, stock[n, m], 3, 3, 30 * stock[n, m], 100 * stock[n, m])
            for n, area in enumerate(ids)
            for m, month in enumerate(months)
        ],
        columns=["area_id", "service", "month", "stock", "entries", "exits", "care_days", "cost"],
    )
    cases = cases_of(pd.Index(ids), TREE, rows)
    hide_money(cases, few_cases(cases, 3))
    for name in ("care_days", "cost"):
        shut = cases.shut[name][:, 0]
        assert shut[0, :12].all() and shut[2, :12].all()  # the area, and the smaller of those beside it
        assert shut.sum() == 24
