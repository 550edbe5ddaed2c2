"""Berlin before 2021: residents of the 447 and 448 old areas, converted into today's 542 Planungsräume.

Three bases divide an old area: its surface (`flaeche`), children under 10 in 100 m cells of the census 2022 (`kinder`), and
residents of 31 December 2020, the one day that is published for old and new areas (`einwohner`, fitted to both). Which
one is used is measured at the change: 31 December 2020 converted against 30 June 2021 as published. Percent of the
people who come to lie in a wrong area (half the sum of absolute differences, city total made equal):

    age              all   <6    6-14  15-17 18-26 27-44 45-54 55-64 65+   foreigners
    flaeche          5.4   6.6   6.4   7.4   6.5   6.3   5.7   5.3   5.3   6.6
    kinder           2.2   3.4   2.5   3.5   3.1   3.0   2.5   2.9   3.1   3.7
    einwohner        0.4   2.4   2.2   3.7   2.2   1.6   1.5   1.7   2.1   2.8
    no change        0.4   1.6   1.2   2.7   1.4   0.9   1.0   1.0   0.7   1.5

The last line is the same figure in the 273 areas that did not change: what half a year moves anyway. So every age group
goes by `einwohner`, only 15 to 17 by `kinder`. The measurement is repeated at every import and stands in the findings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from raumblick.intake.conversion import convert_counts, round_counts
from raumblick.intake.crosswalk import CrosswalkError
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.profiles import berlin_history_text as text
from raumblick.intake.profiles.berlin_children import CHILDREN, UNDER_6, read_children
from raumblick.intake.profiles.berlin_monitoring import EDITIONS, left_out_editions
from raumblick.intake.profiles.berlin_population import BANDS, FOREIGN, TOTAL, People, file_of, incomplete
from raumblick.intake.profiles.berlin_vintages import OLD, OldAreas, bases, read_old_areas
from raumblick.intake.profiles.bricks import not_used, number_column, open_table
from raumblick.intake.vintages import Vintage, vintage_of

LAST_DAY = pd.Timestamp("2020-12-31")
FIRST_DAY = pd.Timestamp("2021-01-01")
NEXT_STOCK = pd.Timestamp("2021-06-30")
PREFERENCE = ("einwohner", "kinder", "flaeche")  # where nothing can be measured

Shares = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, eq=False)
class History:
    """Years before 2021 in today's areas, all of them estimated.

    `stocks` are like `People.stocks` with whole numbers, `population` rows of further years, `shares` rows of the table
    `area_share`.
    """

    stocks: dict[pd.Timestamp, pd.DataFrame] = field(default_factory=dict)
    population: pd.DataFrame = field(default_factory=pd.DataFrame)
    shares: pd.DataFrame = field(default_factory=pd.DataFrame)
    findings: list[Finding] = field(default_factory=list)


def read_history(
    path: Path,
    people: People,
    geometry: gpd.GeoDataFrame,
    districts: dict[str, str],
    monitoring: Path,
    points: gpd.GeoDataFrame | None = None,
) -> History:
    """Convert what the folder holds of the years before 2021.

    Args:
        path: Berlin's folder.
        people: residents of today's and of earlier areas.
        geometry: today's areas (area_id, geometry).
        districts: name of each district by the first two digits of its areas' keys.
        monitoring: the monitoring of 2021, whose column EW holds the residents of 31 December 2020 in today's areas.
        points: grid cells with weights, of `raumblick.intake.profiles.berlin_grid.read_grid`.

    Raises:
        IntakeError: a file cannot be read, or its areas are a part of a vintage.
    """
    if not people.earlier:
        return History()
    if not (path / OLD).is_file():
        needy = (CHILDREN, text.TABLE, *EDITIONS)
        left = [not_used(path / name, path, text.NO_POLYGONS) for name in needy if (path / name).is_file()]
        return History(findings=[text.vintage_other(list(people.earlier)), *left])
    seen = set().union(*(stock.index for stock in people.earlier.values()))
    old, findings = read_old_areas(path / OLD, seen, districts, LAST_DAY)
    stocks = _by_vintage(people.earlier, old)
    counts = _counts_of_last_day(monitoring, people.earlier.get(LAST_DAY))
    try:
        shares = bases(old, geometry, points, counts)
    except CrosswalkError as error:
        raise IntakeError([Finding("error", "crosswalk", OLD, str(error), "Grenzen neu abrufen.")]) from error
    errors = _errors(shares[old.late], people)
    chosen = errors.idxmin(axis=1) if len(errors) else _preferred(shares[old.late])
    parts = [convert_stocks(stocks[vintage], shares[vintage], chosen) for vintage in stocks]
    converted = {date: stock for part in parts for date, stock in part.items()}
    taken = {date.year for date in [*people.stocks, *people.earlier]}
    children, found = read_children(path / CHILDREN, old.early.ids, people.earlier, taken)
    findings += found
    findings += [*text.converted(stocks, converted), text.measured(errors, chosen), *text.without_weight(shares[old.late])]
    findings += text.table_compared(path / text.TABLE, shares[old.late]["flaeche"], geometry["area_id"].tolist())
    findings += left_out_editions(path, shares[old.early]["flaeche"])
    return History(converted, convert_children(children, shares[old.early], chosen), area_shares(shares), findings)


def _by_vintage(
    earlier: Mapping[pd.Timestamp, pd.DataFrame], old: OldAreas
) -> dict[Vintage, dict[pd.Timestamp, pd.DataFrame]]:
    """The stocks of each vintage; a file of a part of the areas is an error."""
    found: dict[Vintage, dict[pd.Timestamp, pd.DataFrame]] = {old.early: {}, old.late: {}}
    findings: list[Finding] = []
    for date, stock in earlier.items():
        vintage = vintage_of(stock.index, [date], (old.early, old.late))
        if vintage is None or vintage.ids != set(stock.index):
            findings += incomplete(stock, old.late.ids, file_of(date))
        else:
            found[vintage][date] = stock
    if findings:
        raise IntakeError(findings)
    return found


def _counts_of_last_day(monitoring: Path, stock: pd.DataFrame | None) -> tuple[pd.Series, pd.Series] | None:
    """Residents of the last day of the old areas, by old and by new area; None unless both sum to the same."""
    if stock is None or not monitoring.is_file():
        return None
    table = open_table(monitoring, ["PLR_ID", "EW"])
    given, findings = number_column(table, "EW", ".", monitoring.name)
    if findings:
        raise IntakeError(findings)
    new = given.mask(given < 0).set_axis(table.frame["PLR_ID"].str.zfill(8))
    return (stock[TOTAL], new) if stock[TOTAL].notna().all() and stock[TOTAL].sum() == new.sum() else None


def _errors(shares: Shares, people: People) -> pd.DataFrame:
    """Percent of people in a wrong area at the change, by column of a stock (rows) and basis; empty if unmeasurable."""
    before, after = people.earlier.get(LAST_DAY), people.stocks.get(NEXT_STOCK)
    if before is None or after is None:
        return pd.DataFrame()
    columns = [TOTAL, *BANDS, FOREIGN]
    seen = after[columns].to_numpy(dtype=float, na_value=np.nan)
    found = {}
    for basis, frame in shares.items():
        rows = _converted({LAST_DAY: before[columns]}, frame)
        stock = _wide(rows, rows["count"]).loc[LAST_DAY].reindex(after.index)
        made = stock[columns].to_numpy(dtype=float, na_value=np.nan)
        total = np.nansum(made, axis=0)
        published = seen * total / np.nansum(seen, axis=0)
        found[basis] = pd.Series(np.nansum(np.abs(made - published), axis=0) / total * 50, index=columns)
    return pd.DataFrame(found)


def _preferred(shares: Shares) -> pd.Series:
    basis = next(name for name in PREFERENCE if name in shares)
    return pd.Series(basis, index=[TOTAL, *BANDS, FOREIGN])


def _converted(stocks: Mapping[pd.Timestamp, pd.DataFrame], shares: pd.DataFrame) -> pd.DataFrame:
    """Counts of stocks in new areas, not whole: columns area_id, date, column, count."""
    long = pd.concat(stocks, names=["date"]).rename_axis(["date", "area_id"]).reset_index()
    return convert_counts(long.melt(["date", "area_id"], var_name="column", value_name="count"), shares)


def _wide(rows: pd.DataFrame, count: pd.Series) -> pd.DataFrame:
    """Rows as one frame by date and area, a column each thing counted."""
    return rows.assign(count=count).pivot(index=["date", "area_id"], columns="column", values="count")


def convert_stocks(
    stocks: Mapping[pd.Timestamp, pd.DataFrame], shares: Shares, chosen: pd.Series
) -> dict[pd.Timestamp, pd.DataFrame]:
    """Whole stocks of one vintage in new areas: every age band keeps its city total, the total is their sum."""
    if not stocks:
        return {}
    parts = [
        _converted({date: stock[columns] for date, stock in stocks.items()}, shares[basis])
        for basis in sorted(set(chosen))
        if (columns := [name for name in (*BANDS, FOREIGN) if chosen[name] == basis])
    ]
    rows = pd.concat(parts, ignore_index=True)
    ages, foreign = rows[rows["column"] != FOREIGN], rows[rows["column"] == FOREIGN]
    whole = _wide(ages, round_counts(ages, ["date", "column"]))
    whole[TOTAL] = whole[list(BANDS)].sum(axis=1, skipna=False)
    limit = whole[TOTAL].reindex(pd.MultiIndex.from_frame(foreign[["date", "area_id"]])).set_axis(foreign.index)
    whole[FOREIGN] = _wide(foreign, round_counts(foreign, ["date"], limit))[FOREIGN]
    return {pd.Timestamp(str(date)): stock.droplevel("date").astype("Float64") for date, stock in whole.groupby(level="date")}


def convert_children(rows: pd.DataFrame, shares: Shares, chosen: pd.Series) -> pd.DataFrame:
    """Rows of the table `population`: children by the basis of those under 6, everybody else by that of all."""
    if rows.empty:
        return rows
    young = rows["age_to"].notna()
    frames = [convert_counts(rows[young], shares[chosen[UNDER_6]]), convert_counts(rows[~young], shares[chosen[TOTAL]])]
    out = pd.concat(frames, ignore_index=True)
    return out.assign(count=round_counts(out, ["date", "age_from"]), sex="all", status="estimated")


def area_shares(shares: Mapping[Vintage, Shares]) -> pd.DataFrame:
    """All shares as rows of the table `area_share`; those that fell back to the surface stand there once."""
    frames = [
        frame.assign(from_vintage=vintage.valid_from, to_vintage=FIRST_DAY)
        for vintage, of_basis in shares.items()
        for frame in of_basis.values()
    ]
    every = pd.concat(frames, ignore_index=True).drop(columns=["weight", "part"])
    return every[every["share"] > 0].drop_duplicates(["from_id", "from_vintage", "to_id", "basis"])
