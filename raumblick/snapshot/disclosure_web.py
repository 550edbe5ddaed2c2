"""Tables that are published together and tied to each other: an audit by linear programs, and the cells it asks for.

A sheet is one year: areas by quantities (a numerator, an age group, an outcome of § 8a). Along the areas sums hold as
in `disclosure_tree`; across the quantities the relations hold: residents under 6 are the sum of six years and two sexes.
What an outsider can know of a hidden cell lies between the smallest and the largest deviation that satisfies all of
them. One linear program moves as many cells at once as it can; every solution is a set of numbers that fits everything
published, so two solutions that differ in a cell prove that nobody can know it. Only a cell that no solution moves is
exposed. Solver: HiGHS through scipy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, hstack, vstack

from raumblick.snapshot.disclosure_tree import Cells, Tree, ties

Relation = Sequence[tuple[int, float]]  # (quantity, factor): the sum of factor times number is zero in every area
STEP = 2.0  # no solution moves a cell further: the answer asked for is one or two persons
REWARD = 1e4  # moving an exposed cell is worth more than any number of further hidden cells
TINY = 1e-6
LOTS = 20
LARGE = 4000  # variables of a linear program that looks everywhere
IDLE = 3  # lots in a row that moved nothing more


@dataclass(frozen=True)
class Sheet:
    """One year: `cells` with arrays (areas, quantities), and the relations across the quantities."""

    tree: Tree
    cells: Cells
    relations: tuple[Relation, ...]


def equations(sheet: Sheet, variable: np.ndarray) -> csr_array:
    """What ties the deviations of the cells in `variable` (areas, quantities) together: rows times them is zero."""
    number = np.full(variable.shape, -1)
    number[variable] = np.arange(variable.sum())
    value = sheet.cells.value
    rows: list[np.ndarray] = []
    cols: list[np.ndarray] = []
    facs: list[np.ndarray] = []
    tied = ties(sheet.tree, value)
    place = np.arange(value.size).reshape(value.shape)
    child = np.flatnonzero(sheet.tree.parent >= 0)
    above = sheet.tree.parent[child]
    use = variable[child] & tied[above]
    rows.append(place[above][use])
    cols.append(number[child][use])
    facs.append(np.ones(int(use.sum())))
    use = variable & tied
    rows.append(place[use])
    cols.append(number[use])
    facs.append(-np.ones(int(use.sum())))
    for n, relation in enumerate(sheet.relations):
        holds = np.isclose(sum(f * value[:, q] for q, f in relation), 0, atol=1e-6)
        for quantity, factor in relation:
            area = np.flatnonzero(variable[:, quantity] & holds)
            rows.append(value.size + n * len(value) + area)
            cols.append(number[area, quantity])
            facs.append(np.full(len(area), float(factor)))
    _, line = np.unique(np.concatenate(rows), return_inverse=True)
    shape = (int(line.max(initial=-1)) + 1, int(variable.sum()))
    return csr_array(coo_array((np.concatenate(facs), (line, np.concatenate(cols))), shape=shape))


def reach(sheet: Sheet, thorough: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """How far below and above its true number each hidden cell is proven to be possible; (areas, quantities) each.

    Stops looking for a cell as soon as it reaches `down` and `up`: the interval may be wider, never narrower. Cells pull
    in directions drawn by lot (fixed seed), because what one gains another loses; what is left then is asked one by one if
    `thorough`, and only a cell whose own linear program does not move it stays at zero.
    """
    cells = sheet.cells
    low, high = np.zeros(cells.value.shape), np.zeros(cells.value.shape)
    matrix = equations(sheet, cells.hidden)
    floor = np.minimum(cells.least - cells.value, 0)[cells.hidden]
    n = len(floor)
    below, above = np.zeros(n), np.zeros(n)
    up, down = cells.up[cells.hidden], cells.down[cells.hidden]
    lot = np.random.default_rng(7)

    def left() -> np.ndarray:
        return exposed_at(up, down, below, above)

    def learn(pull: np.ndarray) -> None:
        moved = _solve(matrix, floor, pull, np.zeros(n))
        np.minimum(below, moved, out=below)
        np.maximum(above, moved, out=above)

    idle, before = 0, -1
    for _ in range(LOTS):
        rest = left()
        idle = idle + 1 if rest.sum() == before else 0
        before = int(rest.sum())
        if not rest.any() or idle == IDLE:
            break
        learn(np.where(rest, lot.uniform(0.2, 1, n) * lot.choice([-1, 1], n), 0))
    for cell in np.flatnonzero(left()) if thorough else ():
        for sign in (1.0, -1.0):
            if left()[cell]:
                learn(np.where(np.arange(n) == cell, sign, 0))
    low[cells.hidden], high[cells.hidden] = below, above
    return low, high


def exposed_at(up: np.ndarray, down: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Which of some hidden cells do not reach far enough yet."""
    return (high < up - TINY) | (-low < down - TINY) | (high - low < 1 - TINY)


def mend(sheet: Sheet, bad: np.ndarray, price: np.ndarray, near: bool, seed: int) -> np.ndarray:
    """The sheet's `hidden` with few further cells that let the cells in `bad` move.

    `price` (areas, quantities): what hiding a published cell costs; infinite where it must not be hidden.
    `near`: look only among the areas beside those with an exposed cell, else everywhere (in large sheets: in all
    areas of quantities that hide something).
    """
    cells = sheet.cells
    free = cells.hidden | (np.isfinite(price) & (cells.value >= 3))
    if near:
        parent = sheet.tree.parent
        free &= cells.hidden | np.isin(parent, parent[bad.any(axis=1)])[:, None]
    elif free.sum() > LARGE:
        free &= cells.hidden.any(axis=0)
    matrix = equations(sheet, free)
    floor = np.where(cells.hidden, np.minimum(cells.least - cells.value, 0), 1 - cells.value)[free]
    cost = np.where(cells.hidden, 0, price)[free]
    lot = np.random.default_rng(seed)
    n = int(free.sum())
    target = bad[free]
    toward = np.where(floor > -TINY, 1.0, lot.choice([-1.0, 1.0], n))
    moved = _solve(matrix, floor, np.where(target, REWARD * lot.uniform(0.2, 1, n) * toward, 0), cost)
    hidden = cells.hidden.copy()
    hidden[free] |= np.abs(moved) > TINY
    return hidden


def _solve(matrix: csr_array, floor: np.ndarray, pull: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Deviations that follow the pull of the cells, at most STEP each, less the cost of moving those that have one."""
    n = len(floor)
    dear = np.flatnonzero(cost > 0)
    m = len(dear)
    low, high = np.maximum(floor, -STEP), np.full(n, STEP)
    paid = csr_array((np.ones(m), (np.arange(m), dear)), shape=(m, n))
    one = csr_array((np.ones(m), (np.arange(m), np.arange(m))), shape=(m, m))
    size = csr_array(vstack([hstack([paid, -one]), hstack([-paid, -one])])) if m else None
    found = linprog(
        np.concatenate([-pull, cost[dear]]),
        A_ub=size,
        b_ub=np.zeros(2 * m) if m else None,
        A_eq=csr_array(hstack([matrix, csr_array((matrix.shape[0], m))])) if matrix.shape[0] else None,
        b_eq=np.zeros(matrix.shape[0]) if matrix.shape[0] else None,
        bounds=np.column_stack([np.append(low, np.zeros(m)), np.append(high, np.full(m, STEP))]),
        method="highs",
    )
    return np.asarray(found.x[:n]) if found.status == 0 else np.zeros(n)


def shielded(sheet: Sheet, price: np.ndarray, rounds: int = 6) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hide until every hidden cell moves: (hidden, low, high), the last two the proven deviations."""
    low, high = reach(sheet, thorough=False)
    for n in range(rounds):
        cells = sheet.cells
        bad = cells.hidden & exposed_at(cells.up, cells.down, low, high)
        if not bad.any():
            return cells.hidden, low, high
        sheet = replace(sheet, cells=replace(cells, hidden=mend(sheet, bad, price, near=n < rounds - 2, seed=n)))
        low, high = reach(sheet, thorough=False)
    return sheet.cells.hidden, *reach(sheet)
