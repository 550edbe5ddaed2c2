"""Cases by month: who came, who left, how many are there, and what that gives away.

The stock of a month is that of the month before, plus entries, minus exits. Where both stocks are published, entries and
exits are known up to those who came and left within the month (`churn`). A pair of them in an area may therefore only be
published where it gives no other pair away: below it nothing is hidden, or at least two pairs are, and at least three
areas have churn that can move between them. Everything here is vectorised over services and months.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.snapshot.disclosure_tree import Cells, Tree, protect

FLOWS = ("entries", "exits")
MONEY = ("care_days", "cost")
CHURNING = 3  # areas with churn below a published pair


@dataclass
class Cases:
    """Arrays (areas, services, months); NaN where there is no number. `shut` what is hidden, by column."""

    tree: Tree
    services: list[str]
    months: pd.DatetimeIndex
    number: dict[str, np.ndarray]
    shut: dict[str, np.ndarray]


def cases_of(areas: pd.Index, tree: Tree, rows: pd.DataFrame, threshold: int) -> Cases:
    """Lay out the caseload with its small counts hidden; `rows` as in queries/snapshot/disclosure_cases.sql."""
    services = sorted(rows["service"].unique())
    months = pd.DatetimeIndex(sorted(rows["month"].unique()))
    place = (
        areas.get_indexer(rows["area_id"].to_numpy(dtype=object)),
        pd.Index(services).get_indexer(rows["service"].to_numpy(dtype=object)),
        months.get_indexer(pd.DatetimeIndex(rows["month"])),
    )
    number: dict[str, np.ndarray] = {}
    for name in ("stock", *FLOWS, *MONEY):
        number[name] = np.full((len(areas), len(services), len(months)), np.nan)
        number[name][place] = rows[name].to_numpy(float)
    shut = {name: _small(number[name], threshold) for name in ("stock", *FLOWS)}
    return Cases(tree, services, months, number, shut)


def _small(number: np.ndarray, threshold: int) -> np.ndarray:
    return (number > 0) & (number < threshold)


def _before(cube: np.ndarray, months: pd.DatetimeIndex, empty: float) -> np.ndarray:
    """The cube of the month before; `empty` where that month is not there."""
    out = np.full(cube.shape, empty)
    index = months.get_indexer(months - pd.DateOffset(months=1))
    out[..., index >= 0] = cube[..., index[index >= 0]]
    return out


def hide_flows(cases: Cases, threshold: int) -> None:
    """Decide which entries and exits stay; changes `shut` in place. Call again when more stock is hidden."""
    tree, number = cases.tree, cases.number
    entries, exits = number["entries"], number["exits"]
    small = _small(entries, threshold) | _small(exits, threshold)
    stock_shut = cases.shut["stock"] | (_before(cases.shut["stock"].astype(float), cases.months, 0) > 0)
    linked = ~np.isnan(number["stock"] + _before(number["stock"], cases.months, np.nan) + entries + exits)
    chained = linked.any(axis=0)
    _hide_apart(cases, ~chained, threshold)
    known = ~np.isnan(entries) | ~np.isnan(exits)
    churn = np.minimum(np.nan_to_num(entries), np.nan_to_num(exits)) >= 1
    has_parts = np.zeros(known.shape)
    for below in tree.floors:
        np.add.at(has_parts, tree.parent[below], known[below])
    pairs = np.where(has_parts > 0, 0.0, known & (small | stock_shut))
    movers = np.where(has_parts > 0, 0.0, pairs * churn)
    closed = pairs > 0
    for below in [*tree.floors, np.flatnonzero(tree.parent < 0)]:
        # what the areas of this depth pass on: the hidden pairs below them that no published pair has fenced in
        inner = has_parts[below] > 0
        safe = (pairs[below] == 0) | ((pairs[below] >= 2) & (movers[below] >= CHURNING))
        shown = inner & safe & ~(small | stock_shut)[below] & (entries + exits >= 0)[below]
        closed[below] |= inner & known[below] & ~shown
        pairs[below], movers[below] = np.where(shown, 0, pairs[below]), np.where(shown, 0, movers[below])
        up = tree.parent[below]
        np.add.at(pairs, up[up >= 0], pairs[below][up >= 0])
        np.add.at(movers, up[up >= 0], movers[below][up >= 0])
    for name in FLOWS:
        cases.shut[name] |= closed & chained & ~np.isnan(number[name])


def _hide_apart(cases: Cases, where: np.ndarray, threshold: int) -> None:
    """Months without a month before: entries and exits are two tables of their own."""
    for name in FLOWS:
        value = cases.number[name][:, where]
        if value.size:
            cases.shut[name][:, where] = protect(cases.tree, counts(value, cases.shut[name][:, where], threshold), threshold)


def counts(value: np.ndarray, hidden: np.ndarray, threshold: int) -> Cells:
    """Cells of counts that only have to be uncertain by one."""
    return Cells(value, hidden, np.ones(value.shape), np.zeros(value.shape), np.zeros(value.shape))


def hide_money(cases: Cases, few: np.ndarray) -> None:
    """Care days and cost are absent where the stock is, where the month concerns few persons, and where that is not enough."""
    shut = (cases.shut["stock"] | few).reshape(len(few), -1)
    numbers = {name: cases.number[name].reshape(len(few), -1) for name in MONEY}
    before = -1
    while shut.sum() != before:
        before = int(shut.sum())
        for value in numbers.values():
            zero = np.zeros(value.shape)
            shut = shut | protect(cases.tree, Cells(value, shut & ~np.isnan(value) & (value > 0), zero, zero, zero))
    for name, value in numbers.items():
        cases.shut[name] = (shut & ~np.isnan(value)).reshape(few.shape)


def few_cases(cases: Cases, threshold: int) -> np.ndarray:
    """Rows whose days and cost are those of one or two persons: running or ended in the month."""
    persons = np.nan_to_num(cases.number["stock"]) + np.nan_to_num(cases.number["exits"])
    return _small(persons, threshold)
