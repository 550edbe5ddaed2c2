"""Rows of a table that are sums of other rows: found by adding up, not by their names.

A row is a sum when in many columns its number is exactly the sum of a run of other rows. How much that proves depends
on the numbers: five digits that agree in ten columns cannot be chance, a 3 = 1 + 2 can. So the evidence is counted in
decimal digits of the numbers that agree, and must exceed what the best of all possible runs would reach by chance.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

TOTAL = re.compile(
    r"^(?:insgesamt|gesamt|summe|zusammen|total|alle)\b|\b(?:insgesamt|gesamt|zusammen|summe|total)$", re.IGNORECASE
)
MOST_ROWS = 1_000
_COLUMNS = 8  # columns in which runs are looked for; what is found is checked in all of them
_SPARE_DIGITS = 3.0  # chance of 1 in 1,000 that the best run agrees by accident


@dataclass(frozen=True)
class SumRow:
    """One row that is a sum: its position, the rows without sums below it, and in how many columns it agrees.

    `tier` is 1 for a sum of plain rows, one more than the highest sum it contains otherwise. `by_name`: only its name
    says so, the numbers do not agree.
    """

    row: int
    leaves: frozenset[int]
    tier: int
    columns: int
    by_name: bool = False


def find_sums(values: np.ndarray, names: list[str]) -> dict[int, SumRow]:
    """The rows of a table that are sums.

    Args:
        values: rows x columns, NaN where there is no number.
        names: name of each row.

    Returns:
        Position of each sum row -> what it sums. Rows whose name says so, but whose numbers do not, have no leaves.
    """
    found: dict[int, SumRow] = {}
    height = len(values)
    if 3 <= height <= MOST_ROWS:
        sums = _Sums(values, names)
        while True:
            plain = [row for row in range(height) if row not in found]
            runs = [(row, plain) for row in plain]
            tops = [row for row in range(height) if row in found and not _inside(row, found)]
            if len(tops) > 1:
                runs += [(row, tops) for row in plain if not any(row in s.leaves for s in found.values())]
            fresh = sums.best(runs, found)
            if not fresh:
                break
            found |= fresh
    for row, name in enumerate(names):
        if row not in found and TOTAL.search(name.strip()) and height > 1:
            found[row] = SumRow(row, frozenset(), 1, 0, by_name=True)
    return _tiers(found)


def _inside(row: int, found: dict[int, SumRow]) -> bool:
    """True when a found sum contains all leaves of the found sum `row`."""
    mine = found[row].leaves
    return any(other != row and mine < sums.leaves for other, sums in found.items())


def _tiers(found: dict[int, SumRow]) -> dict[int, SumRow]:
    tiers: dict[int, int] = {}
    for row in sorted(found, key=lambda r: len(found[r].leaves)):
        below = [tiers[other] for other in tiers if found[other].leaves and found[other].leaves < found[row].leaves]
        tiers[row] = 1 + max(below, default=0)
    return {r: SumRow(r, s.leaves, tiers[r], s.columns, s.by_name) for r, s in sorted(found.items())}


class _Sums:
    def __init__(self, values: np.ndarray, names: list[str]):
        self.values, self.names = values, names
        filled = np.isfinite(values)
        numbers = np.where(filled, values, 0.0)
        useful = np.mean(numbers > 0, axis=0) * np.log10(1 + numbers.max(axis=0).clip(min=0.0))
        negative = np.asarray(numbers.min(axis=0) < 0)
        order = np.argsort(-np.where(negative, -1.0, useful), kind="stable")
        self.columns = [int(c) for c in order[:_COLUMNS] if useful[c] > 0 and not negative[c]]
        self.size = np.abs(numbers).sum(axis=1)
        self.needed = 3 * np.log10(len(values)) + _SPARE_DIGITS

    def best(self, runs: list[tuple[int, list[int]]], found: dict[int, SumRow]) -> dict[int, SumRow]:
        """The sums among the given (row, rows it may sum) that are proven; none contains another.

        Rows come in ascending size, so that a sum is known before a larger one could take it for a plain row.
        """
        fresh: dict[int, SumRow] = {}
        for row, among in sorted(runs, key=lambda run: self.size[run[0]]):
            block = self._block(row, [other for other in among if other != row])
            if block is None or row in fresh:
                continue
            members, columns = block
            leaves = frozenset(leaf for m in members for leaf in (found[m].leaves if m in found else (m,)))
            if not fresh.keys() & set(members) and not any(row in known.leaves for known in fresh.values()):
                fresh[row] = SumRow(row, leaves, 1, columns)
        return fresh

    def _block(self, row: int, others: list[int]) -> tuple[list[int], int] | None:
        """(the run of rows that `row` sums, columns that agree), or None."""
        votes: Counter[tuple[int, int]] = Counter()
        for column in self.columns:
            target = self.values[row, column]
            if np.isfinite(target) and target > 0:
                votes.update(_runs(np.nan_to_num(self.values[others, column]), target))
        named = bool(TOTAL.search(self.names[row].strip()))
        for (start, end), _ in votes.most_common(3):
            members = others[start:end]
            agree, digits = self._evidence(row, members)
            whole = len(members) == len(others)
            if digits >= self.needed or (named and whole and digits >= 1):
                return members, agree
        return None

    def _evidence(self, row: int, members: list[int]) -> tuple[int, float]:
        """(columns that agree, their decimal digits). Columns with gaps among the members do not count."""
        target = self.values[row]
        total = self.values[members].sum(axis=0)
        with np.errstate(invalid="ignore"):
            agree = np.isfinite(total) & np.isfinite(target) & (target != 0) & (np.abs(total - target) <= _slack(target))
        return int(agree.sum()), float(np.log10(1 + np.abs(target[agree])).sum())


def _runs(values: np.ndarray, target: float) -> list[tuple[int, int]]:
    """(first, one behind the last) of the runs of two and more values (>= 0) that sum to `target`.

    Zeros at either end of a run can belong to it or not; the longest run is given.
    """
    sums = np.concatenate([[0.0], np.cumsum(values)])
    slack = float(_slack(target))
    ends = np.searchsorted(sums, sums + target + slack, side="right") - 1
    starts = np.flatnonzero((np.abs(sums[ends] - sums - target) <= slack) & (ends - np.arange(len(sums)) >= 2))
    longest: dict[int, int] = {}
    for start in starts:
        longest.setdefault(int(ends[start]), int(start))
    return [(start, end) for end, start in longest.items()]


def _slack(target: np.ndarray | float) -> np.ndarray | float:
    return 1e-6 + 1e-9 * np.abs(target)
