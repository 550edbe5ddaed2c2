"""What the public file must not give away: further cells are hidden, and the build stops where that is not enough.

The queries in queries/public hide small counts for their own sake. This module hides what would give them back: sums over
areas, ages and services, copies of the same count in another table, entries and exits between two stocks. Then it
audits every hidden cell: how far could the number be from the true one for all that is published?
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from raumblick.queries import load_query, queries_in
from raumblick.snapshot.disclosure_board import Board, Terms, board_of, relations_of
from raumblick.snapshot.disclosure_cases import MONEY, Cases, cases_of, few_cases, hide_money, link_years, shut_years
from raumblick.snapshot.disclosure_tree import Cells, bounds, exposed, protect
from raumblick.snapshot.disclosure_web import TINY, Sheet, shielded
from raumblick.snapshot.publish import SnapshotError

TWINNED = ("residents.", "protection.")  # parts of sums, many of them in the same ones
PRICES = (1.0, 4.0, 60.0)  # of hiding a cell: an area without parts, one with parts, the whole city
MOST_CELLS = 12_000  # areas times tables in one linear program; more would take minutes


class DisclosureError(SnapshotError):
    """A hidden number could be worked out from the public file; the message is German and names the place."""


@dataclass(frozen=True)
class Report:
    """What was hidden. `cells` rows with counts of persons, `primary` hidden for their own sake, `secondary` for others'.

    `tables`: by table the same, and `numbers`, how many single numbers the secondary step took. `linear_programs` groups
    of tables that were audited by linear programs, the others by exact bounds of trees; `narrowest` the smallest proven
    width of an interval of a hidden count; `seconds` of it all.
    """

    cells: int
    primary: int
    secondary: int
    share: float
    linear_programs: int
    narrowest: float
    seconds: float
    tables: dict[str, dict[str, int]]

    def content(self) -> dict[str, Any]:
        """For the manifest."""
        return asdict(self)


def protect_public(con: duckdb.DuckDBPyConnection, threshold: int, width: int = 1) -> Report:
    """Hide further cells of the public file and audit it.

    Args:
        con: the public file, open for writing, with the internal one attached as `internal`; small counts are hidden.
        threshold: smallest count of persons that is published.
        width: an interval of a hidden count must be at least so wide.

    Raises:
        DisclosureError: the audit found a number that can be worked out.
    """
    began = time.perf_counter()
    before = _counted(con)
    area = con.execute(load_query("snapshot/disclosure_areas").sql).df()
    numbers = con.execute(load_query("snapshot/disclosure_numbers").sql, {"threshold": threshold}).df()
    rows = con.execute(load_query("snapshot/disclosure_cases").sql).df()
    cases, board, tried = _hide(area, numbers, rows, threshold)
    narrowest = _audit(board, tried, threshold, width)
    _write(con, board, cases)
    after = _counted(con)
    cells, primary = int(before["cells"].sum()), int(before["hidden"].sum())
    secondary = int(after["hidden"].sum()) - primary
    return Report(
        cells=cells,
        primary=primary,
        secondary=secondary,
        share=round((primary + secondary) / max(cells, 1), 4),
        linear_programs=len(tried),
        narrowest=narrowest,
        seconds=round(time.perf_counter() - began, 2),
        tables={
            str(name): {"primary": int(old), "secondary": int(new - old), "numbers": int(lost)}
            for name, old, new, lost in zip(
                before["name"], before["hidden"], after["hidden"], before["numbers"] - after["numbers"], strict=True
            )
        },
    )


def _counted(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    return con.execute(load_query("snapshot/disclosure_count").sql).df()


@dataclass(frozen=True)
class Tried:
    """The linear programs' answer for one period: tables and the proven deviations (areas, tables)."""

    period: str
    tables: np.ndarray
    low: np.ndarray
    high: np.ndarray


def _hide(area: pd.DataFrame, numbers: pd.DataFrame, rows: pd.DataFrame, threshold: int) -> tuple[Cases, Board, list[Tried]]:
    """Hide by trees, then by linear programs, until nothing changes."""
    areas = pd.Index(area["area_id"])
    board = board_of(area, numbers)
    cases = cases_of(areas, board.tree, rows)
    relations = relations_of(board)
    _hide_sums(board, relations, threshold)
    _hide_twins(board, relations, threshold)
    tried: list[Tried] = []
    solved: dict[tuple[str, bytes, bytes], Tried] = {}
    before = -1
    while board.hidden.sum() != before:
        link_years(board, cases)
        _hide_sums(board, relations, threshold)
        before = int(board.hidden.sum())
        tried = _hide_web(board, relations, threshold, solved)
    shut_years(cases, board)
    hide_money(cases, few_cases(cases, threshold))
    return cases, board, tried


def _hide_sums(board: Board, relations: list[Terms], threshold: int) -> None:
    """Trees of areas, and the same count in every table that holds it."""
    periods = board.periods()
    copies = [(a[0], b[0]) for a, b in (r for r in relations if len(r) == 2)]
    before = -1
    while board.hidden.sum() != before:
        before = int(board.hidden.sum())
        for first, second in copies:
            for quantities in periods.values():
                if first in quantities and second in quantities:
                    one, two = quantities[first], quantities[second]
                    same = board.value[:, one] == board.value[:, two]
                    either = same & (board.hidden[:, one] | board.hidden[:, two])
                    board.hidden[either, one] = board.hidden[either, two] = True
        board.hidden = protect(board.tree, board.cells(threshold=threshold), threshold)


def _hide_twins(board: Board, relations: list[Terms], threshold: int) -> None:
    """Parts that stand in the same sums: where one is hidden in some areas, another goes in the same areas.

    Then one can be more and the other less in one area, and the reverse beside it, and every sum stays as it is.
    """
    sums = [r for r in relations if len(r) > 2]
    for quantities in board.periods().values():
        stands: dict[str, list[int]] = {}
        for n, relation in enumerate(sums):
            if all(q in quantities for q, _ in relation):
                for quantity, factor in relation:
                    if factor > 0 and quantity.startswith(TWINNED):
                        stands.setdefault(quantity, []).append(n)
        atoms: dict[tuple[int, ...], list[int]] = {}
        for quantity, where in stands.items():
            atoms.setdefault(tuple(where), []).append(quantities[quantity])
        for members in atoms.values():
            _twin(board, np.array(members), threshold)


def _twin(board: Board, members: np.ndarray, threshold: int) -> None:
    hidden = board.hidden[:, members]
    areas = np.flatnonzero(hidden.any(axis=1))
    if len(members) < 2 or not len(areas):
        return
    value = np.nan_to_num(board.value[np.ix_(areas, members)])
    large = (value >= threshold).sum(axis=0)
    best = max(range(len(members)), key=lambda m: (large[m], hidden[areas, m].sum(), -value[:, m].sum(), -m))
    board.hidden[areas[value[:, best] >= threshold], members[best]] = True


def _hide_web(board: Board, relations: list[Terms], threshold: int, solved: dict[tuple[str, bytes, bytes], Tried]) -> list[Tried]:
    """Every period in which a relation holds hidden cells: sheets of what hangs together, solved until all cells move."""
    out = []
    prices = _prices(board)
    for period, quantities in sorted(board.periods().items()):
        for tables, here in _woven(board, relations, quantities):
            if len(board.areas) * len(tables) > MOST_CELLS:
                _hide_whole_areas(board, tables)
                continue
            key = (period, tables.tobytes(), board.hidden[:, tables].tobytes())
            if key not in solved:
                price = np.repeat(prices[:, None], len(tables), axis=1)
                sheet = Sheet(board.tree, _loose(board.cells(tables, threshold)), tuple(here))
                board.hidden[:, tables], low, high = shielded(sheet, price)
                key = (period, tables.tobytes(), board.hidden[:, tables].tobytes())
                solved[key] = Tried(period, tables, low, high)
            out.append(solved[key])
    return out


def _hide_whole_areas(board: Board, tables: np.ndarray) -> None:
    """Instead of linear programs that would take minutes: in an area with one hidden part, all parts and sums are hidden.

    No sum across parts is left there to work with; sums over areas are guarded by the trees as always.
    """
    known = ~np.isnan(board.value[:, tables])
    touched = (board.hidden[:, tables] & known).any(axis=1)
    board.hidden[np.ix_(touched, tables)] |= known[touched]


def _loose(cells: Cells) -> Cells:
    """Across tables it is enough that a cell could be another number."""
    return replace(cells, up=np.zeros(cells.up.shape), down=np.zeros(cells.down.shape))


def _prices(board: Board) -> np.ndarray:
    has_parts = np.isin(np.arange(len(board.areas)), board.tree.parent)
    return np.where(board.tree.parent < 0, PRICES[2], np.where(has_parts, PRICES[1], PRICES[0]))


def _woven(
    board: Board, relations: list[Terms], quantities: dict[str, int]
) -> list[tuple[np.ndarray, list[list[tuple[int, float]]]]]:
    """Tables of a period that hang together with a hidden cell by a sum across quantities, each with its relations."""
    here = [r for r in relations if all(q in quantities for q, _ in r)]
    hiding = {q for q, n in quantities.items() if board.hidden[:, n].any()}
    here = [r for r in here if any(q in hiding for q, _ in r)]
    lead: dict[str, str] = {}

    def find(q: str) -> str:
        while lead.setdefault(q, q) != q:
            q = lead[q]
        return q

    for relation in here:
        held = [q for q, _ in relation if q in hiding]
        for q in held:
            lead[find(q)] = find(held[0])
    groups: dict[str, list[Terms]] = {}
    for relation in here:
        groups.setdefault(find(next(q for q, _ in relation if q in hiding)), []).append(relation)
    out = []
    for _, group in sorted(groups.items()):
        if any(len(r) > 2 for r in group):
            place = {q: n for n, q in enumerate(sorted({q for r in group for q, _ in r}))}
            out.append((np.array([quantities[q] for q in place], dtype=int), [[(place[q], f) for q, f in r] for r in group]))
    return out


def _audit(board: Board, tried: list[Tried], threshold: int, width: int) -> float:
    """The narrowest interval of a hidden count; raises where one is too narrow."""
    cells = board.cells(threshold=threshold)
    low, high = bounds(board.tree, cells)
    for answer in tried:
        low[:, answer.tables], high[:, answer.tables] = answer.low, answer.high
        cells.up[:, answer.tables] = cells.down[:, answer.tables] = 0
    bad = exposed(cells, low - TINY, high + TINY) | (cells.hidden & (high - low < width - TINY))
    if bad.any():
        area, table = (int(n[0]) for n in np.nonzero(bad))
        quantity, period = board.names[table]
        raise DisclosureError(
            f"Die öffentliche Fassung gäbe geheime Zahlen preis: {int(bad.sum())} Zellen lassen sich ausrechnen, "
            f"zuerst {quantity} im Gebiet {board.areas[area]}, {period}. Der Datenstand wird nicht gebildet."
        )
    open_ended = np.minimum(high - low, 1e9)[cells.hidden]
    return float(open_ended.min(initial=1e9))


def _write(con: duckdb.DuckDBPyConnection, board: Board, cases: Cases) -> None:
    """Take the hidden numbers out of the public file."""
    area, table = np.nonzero(board.hidden & ~np.isnan(board.value))
    names = pd.DataFrame(board.names, columns=["quantity", "period"]).iloc[table].reset_index(drop=True)
    con.register("hidden_numbers", names.assign(area_id=board.areas[area]))
    place = np.nonzero(np.any([cases.shut[name] for name in cases.shut], axis=0))
    frame = pd.DataFrame(
        {
            "area_id": board.areas[place[0]],
            "service": pd.Index(cases.services, dtype=object)[place[1]] if cases.services else [],
            "month": cases.months[place[2]],
            **{name: cases.shut[name][place] for name in ("stock", "entries", "exits", *MONEY)},
        }
    )
    con.register("hidden_cases", frame)
    for query in queries_in("hide"):
        con.execute(query.sql)
    con.unregister("hidden_numbers")
    con.unregister("hidden_cases")
