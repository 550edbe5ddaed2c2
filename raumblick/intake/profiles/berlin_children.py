"""Berlin's children by age 2001 to 2016, in the 447 areas before 2019.

The lines carry running numbers instead of area keys. Each is recognised by its residents and its children under 6 at the
end of 2015 and 2016, which the half-yearly files hold with keys: all four numbers are equal, and no two areas share them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.profiles.berlin_population import TOTAL, file_of
from raumblick.intake.profiles.bricks import listing, number, number_columns, open_table

CHILDREN = "ewr_kinder_2001_2016.csv"
UNDER_6 = "inhabitants_age_below_6"
AGES: dict[str, tuple[int, int]] = {"00_01": (0, 1), "01_02": (1, 2), "02_03": (2, 3), "03_05": (3, 5), "05_06": (5, 6)}
_TOTAL = re.compile(r"(\d{4})_E_E")
_REMEDY = "Datei mit den Schlüsseln der Planungsräume abrufen."


def read_children(
    path: Path, keys: Collection[str], stocks: Mapping[pd.Timestamp, pd.DataFrame], taken: Collection[int]
) -> tuple[pd.DataFrame, list[Finding]]:
    """Residents at the end of each year in the ages 0, 1, 2, 3-4, 5 and from 6, the last as the rest of the total.

    Args:
        path: the file; when it is not there, the answer is empty.
        keys: keys of the areas, before 2019.
        stocks: residents by area at several dates, for the recognition of the lines.
        taken: years that other files hold; they are left out, so that nobody counts twice.

    Returns:
        Columns area_id, date, age_from, age_to, count. Empty where the lines cannot be told.

    Raises:
        IntakeError: broken rows or cells that are no numbers.
    """
    if not path.is_file():
        return pd.DataFrame(), []
    header = open_table(path, ["id"]).frame.columns
    years = sorted(int(found[1]) for name in header if (found := _TOTAL.fullmatch(str(name))))
    names = [f"{year}_E_E{age}" for year in years for age in ("", *AGES)]
    table = open_table(path, ["id", *names])
    figures, findings = number_columns(table, names, ".", path.name)
    if findings:
        raise IntakeError(findings)
    areas, matched = _areas(table.frame["id"], figures, set(keys), stocks)
    if areas is None:
        message = "Die Zeilen tragen keine Gebietsschlüssel und lassen sich nicht zuordnen; nichts wurde übernommen."
        return pd.DataFrame(), [Finding("warning", "areas_unknown", path.name, message, _REMEDY, None, "id")]
    wanted = [year for year in years if year not in taken]
    rows = [_year(figures.set_index(areas), year) for year in wanted]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(), [_finding(path.name, matched, wanted, years)]


def _areas(
    given: pd.Series, figures: pd.DataFrame, keys: set[str], stocks: Mapping[pd.Timestamp, pd.DataFrame]
) -> tuple[pd.Index | None, list[pd.Timestamp]]:
    """Area key of every line, and the dates at which lines were recognised (none when the lines name their area)."""
    named = given.str.zfill(8)
    if set(named) == keys and named.is_unique:
        return pd.Index(named, name="area_id"), []
    dates = [day for day in stocks if day.month == 12 and f"{day.year}_E_E" in figures and set(stocks[day].index) == keys]
    if not dates:
        return None, []
    known = pd.concat([stocks[day][[TOTAL, UNDER_6]] for day in dates], axis=1)
    lines = pd.concat([part for day in dates for part in _marks(figures, day.year)], axis=1)
    area_of = dict(zip(known.itertuples(index=False, name=None), known.index, strict=True))
    found = pd.Index([area_of.get(line, "") for line in lines.itertuples(index=False, name=None)], name="area_id")
    return (found, dates) if set(found) == keys and found.is_unique and len(area_of) == len(keys) else (None, [])


def _marks(figures: pd.DataFrame, year: int) -> list[pd.Series]:
    """Residents and children under 6 of one year, by line."""
    return [figures[f"{year}_E_E"], figures[[f"{year}_E_E{age}" for age in AGES]].sum(axis=1, skipna=False)]


def _year(figures: pd.DataFrame, year: int) -> pd.DataFrame:
    ages: dict[tuple[int, int | None], pd.Series] = {AGES[age]: figures[f"{year}_E_E{age}"] for age in AGES}
    ages[(6, None)] = figures[f"{year}_E_E"] - sum(ages.values())
    date = pd.Timestamp(year, 12, 31)
    rows = [
        counts.rename("count").reset_index().assign(date=date, age_from=first, age_to=pd.array([end] * len(counts), "Int64"))
        for (first, end), counts in ages.items()
    ]
    return pd.concat(rows, ignore_index=True)


def _finding(file: str, matched: list[pd.Timestamp], wanted: list[int], years: list[int]) -> Finding:
    message = ""
    if matched:
        message = (
            "Die Zeilen tragen laufende Nummern. Sie wurden an Einwohnern und Kindern unter 6 wiedererkannt, die mit "
            f"{listing(file_of(day) for day in matched)} in allen Zeilen genau und eindeutig übereinstimmen. "
        )
    left = [str(year) for year in years if year not in wanted]
    message += f"Übernommen: {number(len(wanted))} Jahre"
    message += f"; nicht übernommen, weil die halbjährlichen Dateien sie enthalten: {', '.join(left)}." if left else "."
    message += " Einwohner ab 6 Jahren sind die Gesamtzahl abzüglich der Kinder."
    return Finding("info", "children_read", file, message, "", None, "id")
