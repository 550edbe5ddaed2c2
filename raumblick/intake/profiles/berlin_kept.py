"""Berlin's years before 2021 in files that come alone: converted with the shares that the city keeps.

When the old polygons come with the files, `berlin_history` does it all anew. Without them the kept rows of `area_share` say
how old areas divide. They hold all three bases; used is, for each age, the basis whose error was smallest when it was
measured (see `berlin_history`).
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from raumblick.intake.addition import Ground
from raumblick.intake.crosswalk import shares_from_table
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.profiles import berlin_history_text as text
from raumblick.intake.profiles.berlin import DISTRICTS
from raumblick.intake.profiles.berlin_children import CHILDREN, read_children
from raumblick.intake.profiles.berlin_history import (
    FIRST_DAY,
    LAST_DAY,
    History,
    area_shares,
    convert_children,
    convert_stocks,
    read_history,
)
from raumblick.intake.profiles.berlin_monitoring import EDITIONS, left_out_editions
from raumblick.intake.profiles.berlin_population import BANDS, FOREIGN, TOTAL, People, file_of, incomplete
from raumblick.intake.profiles.berlin_vintages import OLD, bases, read_old_areas
from raumblick.intake.profiles.bricks import number, number_column, open_table
from raumblick.intake.vintages import Vintage, vintage_of

_CHOSEN = pd.Series("einwohner", index=[TOTAL, *BANDS, FOREIGN]).mask(lambda s: s.index == "inhabitants_age_15_18", "kinder")
_HALF_YEAR_ROW = (6, 15)  # an age band that only the half-yearly files have
LATE = pd.Timestamp("2019-01-01")  # since when the last areas before 2021 were in force
Bases = dict[str, pd.DataFrame]


def read_kept_history(
    folder: Path, people: People, ground: Ground, monitoring: str, points: gpd.GeoDataFrame | None = None
) -> History:
    """What the files bring of the years before 2021.

    Args:
        folder: the files under their usual names.
        people: residents that `read_population` found in them.
        ground: Berlin as it is kept.
        monitoring: name of the monitoring of 2021 in `folder`.
        points: grid cells with weights, where the files bring them.

    Raises:
        IntakeError: a file cannot be read, or nothing is kept to convert it with.
    """
    assert ground.geometry is not None
    if (folder / OLD).is_file() and people.earlier:
        return read_history(folder, people, ground.geometry, DISTRICTS, folder / monitoring, points)
    kept = _kept(ground)
    if (folder / OLD).is_file():
        return _shares_alone(folder, ground, kept, points)
    findings: list[Finding] = []
    shares = pd.DataFrame()
    if not kept and (folder / text.TABLE).is_file():
        kept, findings = _of_table(folder / text.TABLE, ground)
        shares = area_shares(kept)
    if not kept:
        return _not_convertible(folder, people)
    stocks = _by_vintage(people, list(kept))
    converted: dict[pd.Timestamp, pd.DataFrame] = {}
    for vintage, own in stocks.items():
        converted |= convert_stocks(own, kept[vintage], _preferred(kept[vintage]))
    findings += text.converted(stocks, converted) if converted else []
    early, late = min(kept, key=lambda v: v.valid_from), max(kept, key=lambda v: v.valid_from)
    children, found = read_children(folder / CHILDREN, early.ids, people.earlier, _years(ground, people))
    findings += found
    if shares.empty:
        findings += text.table_compared(folder / text.TABLE, kept[late]["flaeche"], ground.geometry["area_id"].tolist())
    findings += left_out_editions(folder, kept[early]["flaeche"])
    population = convert_children(children, kept[early], _preferred(kept[early]))
    return History(converted, population, shares, findings)


def _kept(ground: Ground) -> dict[Vintage, Bases]:
    """Shares of each kept vintage by basis; where a basis says nothing about an area, those by surface stand in."""
    rows = ground.rows("area_share")
    found: dict[Vintage, Bases] = {}
    if rows.empty:
        return found
    first = pd.to_datetime(rows["from_vintage"])
    days = sorted(first.unique())
    for day, following in zip(days, [*days[1:], FIRST_DAY], strict=True):
        own = rows[first == day]
        surface = own[own["basis"] == "flaeche"]
        vintage = Vintage(pd.Timestamp(day), pd.Timestamp(following) - pd.Timedelta(days=1), frozenset(own["from_id"]))
        found[vintage] = {
            str(basis): _with_parts(_filled(part, surface)) for basis, part in own.groupby("basis")
        }
    return found


def _of_table(path: Path, ground: Ground) -> tuple[dict[Vintage, Bases], list[Finding]]:
    """Shares of the published table, for a city that keeps none; they are shares of the surface.

    Raises:
        IntakeError: the table is not in order.
    """
    assert ground.geometry is not None
    given = open_table(path, ["plr_id_pre2021", "plr_id_2021", "weight"])
    weight, findings = number_column(given, "weight", ".", path.name)
    keys = {"from_id": given.frame["plr_id_pre2021"].str.zfill(8), "to_id": given.frame["plr_id_2021"].str.zfill(8)}
    table = pd.DataFrame(keys).assign(share=weight).set_axis(given.lines, axis=0)
    old = set(table["from_id"])
    shares = shares_from_table(table, old, ground.geometry["area_id"].tolist(), path.name).assign(basis="flaeche")
    vintage = Vintage(LATE, LAST_DAY, frozenset(old))
    message = f"{number(len(shares))} Anteile von {number(len(old))} alten Gebieten an den heutigen, nach der Fläche."
    return {vintage: {"flaeche": shares}}, [*findings, Finding("info", "vintage_added", path.name, message, "")]


def _filled(part: pd.DataFrame, surface: pd.DataFrame) -> pd.DataFrame:
    """The shares of one basis with what was not kept: pieces that get nobody, and old areas that it says nothing about."""
    pair = ["from_id", "to_id"]
    both = surface.merge(part[[*pair, "share"]], on=pair, how="outer", suffixes=("_surface", ""))
    said = both["from_id"].isin(set(part["from_id"]))
    return both[pair].assign(share=both["share"].fillna(0.0).where(said, both["share_surface"]))


def _with_parts(shares: pd.DataFrame) -> pd.DataFrame:
    """Shares with `part`: how much of a new area each piece makes up, as far as the shares alone say it."""
    shares = shares.sort_values(["from_id", "to_id"], ignore_index=True)
    return shares.assign(part=shares["share"] / shares.groupby("to_id")["share"].transform("sum"))


def _preferred(shares: Bases) -> pd.Series:
    order = ("einwohner", "kinder", "flaeche")
    fallback = next((basis for basis in order if basis in shares), next(iter(shares)))
    return _CHOSEN.where(_CHOSEN.isin(list(shares)), fallback)


def _by_vintage(people: People, vintages: list[Vintage]) -> dict[Vintage, dict[pd.Timestamp, pd.DataFrame]]:
    found: dict[Vintage, dict[pd.Timestamp, pd.DataFrame]] = {vintage: {} for vintage in vintages}
    findings: list[Finding] = []
    for date, stock in people.earlier.items():
        vintage = vintage_of(stock.index, [date], vintages)
        if vintage is None or vintage.ids != set(stock.index):
            nearest = max(vintages, key=lambda v: len(v.ids & set(stock.index)))
            findings += incomplete(stock, nearest.ids, file_of(date))
        else:
            found[vintage][date] = stock
    if findings:
        raise IntakeError(findings)
    return found


def _years(ground: Ground, people: People) -> set[int]:
    """Years of which the city or the files have residents by the bands of the half-yearly files."""
    kept = ground.rows("population")
    low, high = _HALF_YEAR_ROW
    own = kept[(kept["age_from"] == low) & (kept["age_to"] == high)] if len(kept) else kept
    dates = pd.to_datetime(own["date"]).dt.year if len(own) else []
    return {*dates, *(date.year for date in [*people.stocks, *people.earlier])}


def _shares_alone(
    folder: Path, ground: Ground, kept: dict[Vintage, Bases], points: gpd.GeoDataFrame | None
) -> History:
    """Shares from the old polygons without any table of the old areas: the keys come from what is kept."""
    seen = set().union(*(vintage.ids for vintage in kept)) if kept else _keys_of_table(folder)
    old, findings = read_old_areas(folder / OLD, seen, DISTRICTS, LAST_DAY)
    assert ground.geometry is not None
    return History(shares=area_shares(bases(old, ground.geometry, points, None)), findings=findings)


def _keys_of_table(folder: Path) -> set[str]:
    path = folder / text.TABLE
    if path.is_file():
        return set(open_table(path, ["plr_id_pre2021"]).frame["plr_id_pre2021"].str.zfill(8))
    message = "Die alten Grenzen allein genügen nicht: Ein Schlüssel darin ist falsch, erst eine Tabelle sagt den richtigen."
    remedy = "Zusammen mit einer Einwohnerdatei vor 2021 oder der Umrechnungstabelle einlesen."
    raise IntakeError([Finding("error", "old_areas", OLD, message, remedy)])


def _not_convertible(folder: Path, people: People) -> History:
    """The findings when files speak of old areas and nothing is there to convert them with."""
    findings = [text.vintage_other(list(people.earlier))] if people.earlier else []
    for name in (CHILDREN, text.TABLE, *EDITIONS):
        if (folder / name).is_file():
            message = f"Die Datei wurde erkannt, aber nicht übernommen: {text.NO_POLYGONS}"
            findings.append(Finding("warning", "file_not_used", name, message, "Alte Grenzen mitliefern."))
    return History(findings=findings)
