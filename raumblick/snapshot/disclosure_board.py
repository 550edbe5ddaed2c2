"""All counts of a snapshot side by side: areas by tables, where a table is one quantity in one period.

A quantity is named `<where>.<what>`: `kwg_rate.numerator`, `residents.3.4.female`, `protection.acute`, `stock.heim`.
Which quantities are the same people, or the sum of others, is partly written down (data/catalogue/relations.csv) and partly
found in the numbers themselves, so that an indicator of a city's own is seen too.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from raumblick.catalogue import DEFAULT_PATH
from raumblick.snapshot.disclosure_tree import Cells, Tree, ties

ALIKE = 0.95  # share of equal cells from which two quantities count as the same people
OF_CASES = ("stock.", "months.", "begun.", "ended.")
ENOUGH = 8  # cells that must be there to judge it
Terms = tuple[tuple[str, float], ...]


@dataclass
class Board:
    """Numbers and what is hidden of them; arrays (areas, tables). `table` finds the column of (quantity, period).

    `small` is hidden for its own sake, `hidden` altogether.
    """

    areas: pd.Index
    tree: Tree
    names: list[tuple[str, str]]
    value: np.ndarray
    small: np.ndarray
    hidden: np.ndarray = field(init=False)
    table: dict[tuple[str, str], int] = field(init=False)

    def __post_init__(self) -> None:
        self.hidden = self.small.copy()
        self.table = {name: n for n, name in enumerate(self.names)}

    def cells(self, tables: np.ndarray | slice = slice(None), threshold: int = 3) -> Cells:
        """The cells of some tables, with what their intervals must reach.

        A small count without parts of its own must be able to be any number below the threshold; a sum, and what is
        hidden for the sake of others, at least one other number.
        """
        value, hidden = self.value[:, tables], self.hidden[:, tables]
        number = np.nan_to_num(value)
        own = self.small[:, tables] & (number < threshold) & ~ties(self.tree, value)
        up = np.where(own, threshold - 1 - number, 0)
        return Cells(
            value,
            hidden,
            np.ones(value.shape),
            up,
            np.where(own, number - 1, 0),
        )

    def periods(self) -> dict[str, dict[str, int]]:
        """Period -> quantity -> table."""
        out: dict[str, dict[str, int]] = {}
        for (quantity, period), n in self.table.items():
            out.setdefault(period, {})[quantity] = n
        return out


def board_of(area: pd.DataFrame, numbers: pd.DataFrame) -> Board:
    """Lay the numbers out.

    Args:
        area: area_id, parent_id, level_rank; one row an area.
        numbers: quantity, area_id, period, number, small.
    """
    areas = pd.Index(area["area_id"])
    parent = areas.get_indexer(area["parent_id"].to_numpy(dtype=object))
    tree = Tree(parent, area["level_rank"].to_numpy(dtype=int))
    keys = numbers.groupby(["quantity", "period"], sort=True, observed=True)
    column = keys.ngroup().to_numpy()
    names = [(str(q), str(p)) for q, p in keys.groups] if len(numbers) else []
    row = areas.get_indexer(numbers["area_id"].to_numpy(dtype=object))

    def spread(values: np.ndarray, empty: float) -> np.ndarray:
        out = np.full((len(areas), len(names)), empty)
        out[row, column] = values
        return out

    return Board(
        areas, tree, names,
        spread(numbers["number"].to_numpy(float), np.nan),
        spread(numbers["small"].to_numpy(float), 0) > 0,
    )  # fmt: skip


def relations_of(board: Board) -> list[Terms]:
    """Every relation between quantities: (quantity, factor) whose sum is zero in an area and period."""
    known = {quantity for quantity, _ in board.names}
    found: list[Terms] = list(_written(known))
    sums = _city_sums(board)
    found += _copies(board, sums)
    found += _spans(sums)
    return found


def _written(known: set[str]) -> list[Terms]:
    """data/catalogue/relations.csv, as far as the city has the numbers."""
    out = []
    rows = pd.read_csv(DEFAULT_PATH / "relations.csv")
    for total, parts in zip(rows["total"], rows["parts"], strict=True):
        terms = [(total, -1.0), *((part, 1.0) for part in parts.split("+"))]
        if all(quantity in known for quantity, _ in terms):
            out.append(tuple(terms))
    return out


def summed_services() -> list[list[str]]:
    """Services whose money together is an indicator, one list an indicator, as data/catalogue/relations.csv says."""
    parts = pd.read_csv(DEFAULT_PATH / "relations.csv")["parts"]
    return [row.removeprefix("cost.").split("+cost.") for row in parts if row.startswith("cost.")]


def _city_sums(board: Board) -> pd.DataFrame:
    """Sum over the areas at the top of the tree or, where there is none, over all; quantities x periods."""
    base = ~np.isin(np.arange(len(board.areas)), board.tree.parent)
    totals = np.nansum(board.value[base], axis=0)
    frame = pd.DataFrame(board.names, columns=["quantity", "period"]).assign(total=totals)
    return frame.pivot(index="quantity", columns="period", values="total")


def _copies(board: Board, sums: pd.DataFrame) -> list[Terms]:
    """Pairs of quantities that are the same people: equal in nearly every area and period they share."""
    plain = [q for q in sums.index if not q.startswith(("residents.", "transition.", *OF_CASES))]
    totals = sums.loc[plain].to_numpy()
    out: list[Terms] = []
    group: dict[str, str] = {}
    for i, first in enumerate(plain):
        if first in group:
            continue
        near = np.abs(totals - totals[i]) <= 0.05 * np.abs(totals[i])
        both = ~np.isnan(totals) & ~np.isnan(totals[i])
        likely = (near & both).sum(axis=1) >= ALIKE * np.maximum(both.sum(axis=1), 1)
        for j in np.flatnonzero(likely & (np.arange(len(plain)) > i)):
            if plain[j] not in group and _alike(board, first, plain[j], list(sums.columns[both[j]])):
                group[plain[j]] = first
                out.append(((first, 1.0), (plain[j], -1.0)))
    return out


def _alike(board: Board, first: str, second: str, periods: list[str]) -> bool:
    one, two = ([board.table[name, period] for period in periods] for name in (first, second))
    left, right = board.value[:, one], board.value[:, two]
    both = ~np.isnan(left) & ~np.isnan(right)
    if both.sum() < ENOUGH or len(np.unique(left[both])) < ENOUGH:
        return False
    return bool((left[both] == right[both]).mean() >= ALIKE)


def _spans(sums: pd.DataFrame) -> list[Terms]:
    """Counts that are the residents of a span of ages: equal to them in the whole city in nearly every year."""
    ages = [q for q in sums.index if q.startswith("residents.")]
    groups: dict[tuple[int, float], list[str]] = {}
    for quantity in ages:
        _, low, high, _ = quantity.split(".")
        groups.setdefault((int(low), float(high) if high else np.inf), []).append(quantity)
    order = sorted(groups)
    if not order or any(a[1] > b[0] for a, b in zip(order, order[1:], strict=False)):
        return []  # age groups that overlap: their spans are not sums of parts
    parts = np.stack([sums.loc[groups[key]].sum(axis=0, min_count=1).to_numpy() for key in order])
    rising = np.vstack([np.zeros(parts.shape[1]), np.nancumsum(parts, axis=0)])
    there = ~np.isnan(parts).all(axis=0)
    out: list[Terms] = []
    for quantity in [q for q in sums.index if q.endswith((".numerator", ".denominator"))]:
        row = sums.loc[quantity].to_numpy()
        use = there & ~np.isnan(row)
        if not use.any() or row[use].max() <= 0:
            continue
        equal = (rising[None, :, use] - rising[:, None, use] == row[use]).mean(axis=2)
        low, high = np.unravel_index(int(np.argmax(equal)), equal.shape)
        if equal[low, high] >= 0.6 and high > low:
            people = [name for key in order[low:high] for name in groups[key]]
            out.append(((quantity, -1.0), *((name, 1.0) for name in people)))
    return out
