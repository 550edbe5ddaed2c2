"""Cases by month: who came, who left, how many are there, what they cost, and what that gives away.

Months are published for the whole city alone, and what is hidden of a service is hidden for whole years: sums of a year
(helps that ended in it, its cost) are indicators too, and one hidden month beside eleven published ones would follow from
them. The stock of a month is that of the month before, plus entries, minus exits: where the stock of a year is hidden, so
are entries and exits of that year and the next. On the board (`disclosure_board.py`) a service's year is four numbers,
`stock` in December, `months` (sum of twelve stocks), `begun` and `ended`, tied to the indicators of the year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.snapshot.disclosure_board import Board, summed_services
from raumblick.snapshot.disclosure_tree import Cells, Tree, protect

FLOWS = ("entries", "exits")
MONEY = ("care_days", "cost")
STOCKS, MOVES = ("stock", "months"), ("begun", "ended")  # as the board names them


@dataclass
class Cases:
    """Arrays (areas, services, months); NaN where there is no number. `shut` what is hidden, by column."""

    tree: Tree
    services: list[str]
    months: pd.DatetimeIndex
    number: dict[str, np.ndarray]
    shut: dict[str, np.ndarray]

    @property
    def years(self) -> np.ndarray:
        """Position of each month's year, and as many as there are months."""
        year = self.months.year.to_numpy()
        return np.searchsorted(np.unique(year), year)


def cases_of(areas: pd.Index, tree: Tree, rows: pd.DataFrame) -> Cases:
    """Lay out the caseload, nothing of it hidden; `rows` as in queries/snapshot/disclosure_cases.sql."""
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
    return Cases(tree, services, months, number, {name: np.zeros(values.shape, dtype=bool) for name, values in number.items()})


def link_years(board: Board, cases: Cases) -> None:
    """Hide on the board what hidden stocks, entries or exits of a service's year give away; changes it in place."""
    years = sorted({f"{month:%Y}" for month in cases.months})
    for service in cases.services:
        stock_before = np.zeros(len(board.areas), dtype=bool)
        for year in years:
            stocks, moves = (_tables(board, names, service, year) for names in (STOCKS, MOVES))
            stock = np.asarray(board.hidden[:, stocks].any(axis=1))
            flow = np.asarray(board.hidden[:, moves].any(axis=1) | stock | stock_before)
            board.hidden[:, stocks] |= stock[:, None] & ~np.isnan(board.value[:, stocks])
            board.hidden[:, moves] |= flow[:, None] & ~np.isnan(board.value[:, moves])
            stock_before = stock


def _tables(board: Board, names: tuple[str, ...], service: str, year: str) -> list[int]:
    found = (board.table.get((f"{name}.{service}", year)) for name in names)
    return [table for table in found if table is not None]


def shut_years(cases: Cases, board: Board) -> None:
    """Take over from the board which years of stocks, entries and exits are hidden; changes `shut` in place."""
    for s, service in enumerate(cases.services):
        for m, month in enumerate(cases.months):
            for names, columns in ((STOCKS, ("stock",)), (MOVES, FLOWS)):
                for table in _tables(board, names, service, f"{month:%Y}"):
                    for column in columns:
                        known = ~np.isnan(cases.number[column][:, s, m])
                        cases.shut[column][:, s, m] |= board.hidden[:, table] & known


def hide_money(cases: Cases, few: np.ndarray) -> None:
    """Care days and cost are absent where the stock is or a month concerns few persons, in an area's whole year.

    In the years of further areas, too, where that is not enough: then two areas have two hidden months each, and what
    one month has more in one area it may have less in the other.
    """
    shut, years = cases.shut["stock"] | few, cases.years
    summed = [np.isin(cases.services, services) for services in summed_services()]
    before = -1
    while shut.sum() != before:
        before = int(shut.sum())
        for name in MONEY:
            value = cases.number[name]
            of_years = _guarded(cases.tree, _sums(value, years), _sums(shut, years) > 0)
            for services in summed:
                of_years |= _second(value, shut | of_years[..., years], years, services)
            shut = _guarded(cases.tree, value, shut | of_years[..., years])
    for name in MONEY:
        cases.shut[name] = shut & ~np.isnan(cases.number[name])


def _second(value: np.ndarray, shut: np.ndarray, years: np.ndarray, summed: np.ndarray) -> np.ndarray:
    """A second service where a single month's money is hidden in an area's year: the sum of the year would give it away."""
    paid = value > 0
    months = _sums(shut & paid, years)
    alone = np.nansum(np.where(summed[:, None], months, 0), axis=1) == 1
    free = np.where(summed[:, None] & np.isnan(months), _sums(value, years), np.nan)
    out = np.zeros(free.shape, dtype=bool)
    for area, year in zip(*np.nonzero(alone & (free > 0).any(axis=1)), strict=True):
        out[area, np.nanargmin(free[area, :, year]), year] = True
    return out


def _sums(cube: np.ndarray, years: np.ndarray) -> np.ndarray:
    """Sums over the months of each year; NaN where nothing is."""
    out = np.zeros((*cube.shape[:2], int(years.max(initial=-1)) + 1))
    for month, year in enumerate(years):
        out[..., year] += np.nan_to_num(cube[..., month].astype(float))
    return np.where(out > 0, out, np.nan)


def _guarded(tree: Tree, value: np.ndarray, shut: np.ndarray) -> np.ndarray:
    """`shut` with the cells that keep sums over areas from giving it away; amounts only have to be uncertain."""
    flat = value.reshape(len(value), -1)
    zero, hidden = np.zeros(flat.shape), shut.reshape(len(value), -1)
    cells = Cells(flat, hidden & ~np.isnan(flat) & (flat > 0), zero, zero, zero)
    return shut | protect(tree, cells).reshape(value.shape)


def few_cases(cases: Cases, threshold: int) -> np.ndarray:
    """Rows whose days and cost tell of one or two persons: who run, and who run or ended in the month."""
    stock = np.nan_to_num(cases.number["stock"])
    return np.any([(0 < n) & (n < threshold) for n in (stock, stock + np.nan_to_num(cases.number["exits"]))], axis=0)
