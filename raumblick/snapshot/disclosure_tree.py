"""Sums over nested areas: what an outsider can work out about a hidden cell, and which further cells must be hidden.

Everything is said in deviations from the true number: a published cell may deviate by nothing, a hidden one down to the
smallest number it could be and up without limit, and the deviations of the parts add up to that of their sum. Bounds
of such a system without circles are found exactly in two passes, from the base to the city and back (the same numbers
as two linear programs a cell; `tests/snapshot/test_disclosure.py` holds them side by side). The columns of all
arrays are independent tables (an indicator in a year, an age group at a date), so one pass serves thousands of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FREE = 1e9  # stands for "no limit": more people than live in any city


@dataclass(frozen=True)
class Tree:
    """Areas and what they lie in: `parent` (areas,) position of the parent or -1, `depth` (areas,) 0 at the top."""

    parent: np.ndarray
    depth: np.ndarray

    @property
    def floors(self) -> list[np.ndarray]:
        """Positions of the areas that have a parent, deepest first, one array a depth."""
        inner = self.parent >= 0
        return [np.flatnonzero(inner & (self.depth == d)) for d in range(int(self.depth.max(initial=0)), 0, -1)]

    def summed(self, values: np.ndarray, below: np.ndarray) -> np.ndarray:
        """Sum of the rows `below` at their parents; shape of `values`."""
        out = np.zeros_like(values)
        np.add.at(out, self.parent[below], values[below])
        return out


@dataclass(frozen=True)
class Cells:
    """Numbers and what is known of them; all arrays (areas, tables).

    `value` the true numbers, NaN where there is no row; `hidden` what is not published; `least` the smallest number a
    hidden cell could be for all an outsider knows; `up`, `down` how far the interval must reach above and below.
    """

    value: np.ndarray
    hidden: np.ndarray
    least: np.ndarray
    up: np.ndarray
    down: np.ndarray


def ties(tree: Tree, value: np.ndarray) -> np.ndarray:
    """Where an area's number is the sum of its parts, so that one gives away the other; (areas, tables) booleans."""
    total, some = np.zeros_like(value), np.zeros_like(value)
    for below in tree.floors:
        known = ~np.isnan(value[below])
        np.add.at(total, tree.parent[below], np.where(known, value[below], 0))
        np.add.at(some, tree.parent[below], known)
    return (some > 0) & (np.isnan(value) | np.isclose(total, value, rtol=1e-9, atol=1e-6))


def bounds(tree: Tree, cells: Cells) -> tuple[np.ndarray, np.ndarray]:
    """Smallest and largest deviation of every cell that fits all that is published; (areas, tables) each."""
    known = ~np.isnan(cells.value)
    tied_sums = ties(tree, cells.value)
    shut = known & ~cells.hidden
    low = np.where(shut, 0.0, np.where(known, np.minimum(cells.least - np.nan_to_num(cells.value), 0), -FREE))
    high = np.where(shut, 0.0, FREE)
    sums: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
    for below in tree.floors:
        fits = np.zeros_like(known)
        fits[tree.parent[below]] = tied_sums[tree.parent[below]]
        part_low = tree.summed(np.where(known, low, 0), below)
        part_high = tree.summed(np.where(known, high, 0), below)
        low = np.where(fits, np.maximum(low, part_low), low)
        high = np.where(fits, np.minimum(high, part_high), high)
        sums.append((below, fits, part_low, part_high))
    for below, fits, part_low, part_high in reversed(sums):
        up = tree.parent[below]
        rest_low, rest_high = part_low[up] - low[below], part_high[up] - high[below]
        tied = known[below] & fits[up]
        low[below] = np.where(tied, np.maximum(low[below], low[up] - rest_high), low[below])
        high[below] = np.where(tied, np.minimum(high[below], high[up] - rest_low), high[below])
    return low, high


def protect(tree: Tree, cells: Cells, least: int = 3) -> np.ndarray:
    """Hide further cells until no hidden cell is exposed; returns the new `hidden`, (areas, tables) booleans.

    A partner is looked for beside the exposed cell first: the smallest number from `least` on, an area without parts
    before one that needs a hidden part of its own. The sum above is hidden only where there is no partner, the city's
    last of all. Same input, same output.
    """
    hidden = cells.hidden.copy()
    children = [np.flatnonzero(tree.parent == p) for p in range(len(tree.parent))]
    tied = ties(tree, cells.value)
    tables = np.flatnonzero(hidden.any(axis=0))
    while len(tables):
        part = Cells(*(a[:, tables] for a in (cells.value, hidden, cells.least, cells.up, cells.down)))
        bad = exposed(part, *bounds(tree, part))
        before = hidden.sum()
        for column in np.flatnonzero(bad.any(axis=0)):
            table = tables[column]
            _mend(tree, children, tied[:, table], cells.value[:, table], hidden[:, table], bad[:, column], least)
        if hidden.sum() == before:
            break
        tables = tables[bad.any(axis=0)]
    return hidden


def _mend(
    tree: Tree,
    children: list[np.ndarray],
    tied: np.ndarray,
    value: np.ndarray,
    hidden: np.ndarray,
    bad: np.ndarray,
    least: int,
) -> None:
    """One more hidden cell for every group of one table in which a cell is exposed; changes `hidden` in place."""
    done: set[int] = set()
    # sums of published parts: one of the parts must go too, and only then it shows whether the group is safe
    hollow = [a for a in np.flatnonzero(bad) if tied[a] and len(children[a]) and not hidden[children[a]].any()]
    for area in hollow:
        _hide_best(children[area], children, value, hidden, least)
        done.add(int(tree.parent[area]))
    for area in np.flatnonzero(bad):
        if area in hollow:
            continue
        above = int(tree.parent[area])
        if above < 0 or above in done or not tied[above] or (hidden[above] and bad[above]):
            continue
        done.add(above)
        if not _hide_best(children[above], children, value, hidden, least) and not np.isnan(value[above]):
            hidden[above] = True


def _hide_best(among: np.ndarray, children: list[np.ndarray], value: np.ndarray, hidden: np.ndarray, least: int) -> bool:
    free = [int(a) for a in among if not hidden[a] and value[a] >= least]
    if not free:
        return False
    hidden[min(free, key=lambda a: (len(children[a]) > 0 and not hidden[children[a]].any(), value[a], a))] = True
    return True


def exposed(cells: Cells, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Hidden cells whose interval does not reach far enough; (areas, tables) booleans."""
    return cells.hidden & ((high < cells.up) | (-low < cells.down) | (high - low < 1))
