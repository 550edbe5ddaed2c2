"""Berlin's residents by age, twice a year: tells the files of today's areas from those of earlier ones.

Keys of the areas before and since 2021 both have eight digits, so nothing but the set of keys tells them apart. What
has other keys is handed on to `raumblick.intake.profiles.berlin_history`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from raumblick.intake.findings import Finding, IntakeError, has_errors
from raumblick.intake.profiles.bricks import listing, number, number_columns, open_table

SOURCE = "berlin-einwohner"
FOLDER = "bevoelkerung"
ORIGINAL = "einwohnerbestand_06-2022_plr.csv"
ORIGINAL_DATE = pd.Timestamp("2022-06-30")
_FILE = re.compile(r"(\d{4})-(0[12])\.csv")
_DAY = {"01": "06-30", "02": "12-31"}  # first and second half of a year
TOTAL, FEMALE, FOREIGN = "inhabitants", "inhabitants_female", "inhabitants_foreigners"
BANDS: dict[str, tuple[int, int | None]] = {
    "inhabitants_age_below_6": (0, 6),
    "inhabitants_age_6_15": (6, 15),
    "inhabitants_age_15_18": (15, 18),
    "inhabitants_age_18_27": (18, 27),
    "inhabitants_age_27_45": (27, 45),
    "inhabitants_age_45_55": (45, 55),
    "inhabitants_age_55_65": (55, 65),
    "inhabitants_age_above_65": (65, None),
}
_ORIGINAL_COLUMNS = {
    "PLR-ID": "id",
    "Gesamt": TOTAL,
    "unter6": "inhabitants_age_below_6",
    "6-15": "inhabitants_age_6_15",
    "15-18": "inhabitants_age_15_18",
    "18-27": "inhabitants_age_18_27",
    "27-45": "inhabitants_age_27_45",
    "45-55": "inhabitants_age_45_55",
    "55-65": "inhabitants_age_55_65",
    "65undmehr": "inhabitants_age_above_65",
    "weiblich": FEMALE,
    "ausländer": FOREIGN,
}
_COLUMNS = list(_ORIGINAL_COLUMNS.values())


@dataclass(frozen=True, eq=False)
class People:
    """Residents of each date as frames by area key (`stocks`), and what was found.

    A stock has the columns `inhabitants...` of the files. `earlier` are stocks with none of today's keys.
    """

    stocks: dict[pd.Timestamp, pd.DataFrame]
    earlier: dict[pd.Timestamp, pd.DataFrame]
    findings: list[Finding]


def read_population(path: Path, shapes: pd.DataFrame) -> People:
    """Residents of all half-years. Today's areas are those of `shapes` (column PLR_ID).

    Raises:
        IntakeError: a file has broken rows, cells that are no numbers, or a part of today's areas.
    """
    keys = set(shapes["PLR_ID"])
    stocks: dict[pd.Timestamp, pd.DataFrame] = {}
    earlier: dict[pd.Timestamp, pd.DataFrame] = {}
    findings: list[Finding] = []
    for file in sorted((path / FOLDER).glob("*.csv")):
        stock, found = _read_stock(file)
        findings += found
        name = _FILE.fullmatch(file.name)
        if name is None:
            message = "Der Dateiname nennt keinen Stichtag (JJJJ-01 oder JJJJ-02); die Datei wurde nicht übernommen."
            findings.append(Finding("warning", "date_unknown", f"{FOLDER}/{file.name}", message, "Datei umbenennen."))
            continue
        date, known = pd.Timestamp(f"{name[1]}-{_DAY[name[2]]}"), set(stock.index) & keys
        if known:
            stocks[date] = stock
            findings += incomplete(stock, keys, file.name)
        else:
            earlier[date] = stock
    if has_errors(findings):
        raise IntakeError(findings)
    findings += _compare(path / ORIGINAL, stocks) if (path / ORIGINAL).is_file() else []
    every = stocks | earlier
    if every:
        findings += [_rounding_finding(every), _not_taken_finding(every)]
    return People(stocks, earlier, findings)


def file_of(date: pd.Timestamp) -> str:
    """Name of the file with the residents of a date."""
    return f"{date.year}-{'01' if date.month == 6 else '02'}.csv"


def incomplete(stock: pd.DataFrame, keys: Collection[str], file: str) -> list[Finding]:
    """An error unless the areas of `stock` are `keys`: a file that shares some areas with a vintage is damaged."""
    missing, strange = len(set(keys) - set(stock.index)), len(set(stock.index) - set(keys))
    if not missing and not strange:
        return []
    message = f"{number(missing)} Planungsräume fehlen, {number(strange)} Schlüssel sind unbekannt."
    return [Finding("error", "areas_incomplete", f"{FOLDER}/{file}", message, "Datei neu abrufen.", None, "id")]


def _read_stock(file: Path, columns: dict[str, str] | None = None) -> tuple[pd.DataFrame, list[Finding]]:
    """Numbers of one file by area key; signs become missing. Columns are renamed by `columns`."""
    names = columns or {column: column for column in _COLUMNS}
    label = file.name if columns else f"{FOLDER}/{file.name}"
    table = open_table(file, names, label)
    counted = [given for given, column in names.items() if column != "id"]
    stock, findings = number_columns(table, counted, ",", label)
    (key,) = set(names) - set(counted)
    keys = table.frame[key].str.zfill(8).rename("area_id")  # some files lose the leading zero
    for line, key in zip(table.lines[keys.duplicated()], keys[keys.duplicated()], strict=True):
        message = f"Das Gebiet {key} steht schon weiter oben."
        findings.append(Finding("error", "duplicate", label, message, "Eine der Zeilen streichen.", int(line)))
    return stock.rename(columns=names).set_index(keys), findings


def read_table_of_day(path: Path, keys: Collection[str]) -> tuple[pd.Timestamp, pd.DataFrame, list[Finding]]:
    """The office's own table of one day, its month in the file name: (day, residents by area key, findings).

    Where one age is a sign and the other ages add up to the total, nobody is of that age: the sign is a 0 there. Every
    other sign stays missing.

    Raises:
        IntakeError: broken rows, cells that are no numbers, or areas other than `keys`.
    """
    stock, findings = _read_stock(path, _ORIGINAL_COLUMNS)
    findings += incomplete(stock, keys, path.name)
    if has_errors(findings):
        raise IntakeError([replace(finding, file=path.name) for finding in findings])
    ages = stock[list(BANDS)]
    proven = stock[TOTAL].eq(ages.sum(axis=1)).fillna(False)
    signs, filled = ages.isna(), ages.mask(ages.isna().mul(proven, axis=0), 0)
    stock = stock.assign(**{name: filled[name] for name in BANDS})
    if signs.to_numpy().any():
        known = int(signs.mul(proven, axis=0).to_numpy().sum())
        message = (
            f"{number(int(signs.to_numpy().sum()))} Zellen tragen ein Zeichen statt einer Zahl. In {number(known)} davon "
            f"ergeben die übrigen Altersgruppen genau die Gesamtzahl, dort ist es 0; sonst fehlt die Zahl "
            f"({listing(stock.index[stock[TOTAL].isna()])})."
        )
        findings.append(Finding("warning", "sign_as_zero", path.name, message, "Beim Amt für Statistik klären."))
    month, year = path.name.split("_")[1].split("-")
    return pd.Timestamp(int(year), int(month), 1) + pd.offsets.MonthEnd(0), stock, findings


def population_rows(stocks: dict[pd.Timestamp, pd.DataFrame], status: str) -> pd.DataFrame:
    """Rows of the table `population` with all age bands of each date."""
    if not stocks:
        return pd.DataFrame(columns=["area_id", "date", "age_from", "age_to", "sex", "count", "status"])
    counts = pd.concat([stock[list(BANDS)] for stock in stocks.values()])
    rows = pd.DataFrame({"area_id": counts.index, "date": np.repeat(list(stocks), [len(s) for s in stocks.values()])})
    bands = [
        rows.assign(age_from=first, age_to=pd.array([end] * len(rows), "Int64"), count=counts[column].to_numpy())
        for column, (first, end) in BANDS.items()
    ]
    return pd.concat(bands, ignore_index=True).assign(sex="all", status=status)


def observation_rows(stocks: dict[pd.Timestamp, pd.DataFrame], shapes: pd.DataFrame, status: str) -> pd.DataFrame:
    """Rows of the table `observation`: share of foreigners and density at the end of each year.

    `shapes` has the columns PLR_ID and GROESSE_M2 (square metres). Where nobody lives, a share is 0 of 0.
    """
    square_km = (shapes.set_index("PLR_ID")["GROESSE_M2"].astype(float) / 1e6).astype("Float64")
    frames = []
    for date, stock in stocks.items():
        if date.month != 12:
            continue
        total = stock[TOTAL]
        for indicator, numerator, denominator in (
            ("foreign_share", stock[FOREIGN], total),
            ("density", total, square_km.reindex(stock.index)),
        ):
            rows = pd.DataFrame({"numerator": numerator, "denominator": denominator})
            frames.append(rows.reset_index().assign(indicator=indicator, period=str(date.year)))
    if not frames:
        return pd.DataFrame()
    return pd.concat(frames, ignore_index=True).assign(status=status, source_id=SOURCE)


def _compare(file: Path, stocks: dict[pd.Timestamp, pd.DataFrame]) -> list[Finding]:
    """Hold the office's own table of June 2022 against the file of that date and take over what it says is missing.

    Where the table has a sign and the other file a 0, the 0 stays if the remaining ages add up to the total, and
    becomes missing if the total is a sign too.
    """
    table, findings = _read_stock(file, _ORIGINAL_COLUMNS)
    stock = stocks.get(ORIGINAL_DATE)
    if stock is None or set(table.index) != set(stock.index):
        message = f"Zu dieser Tabelle gibt es keine Datei desselben Stichtags in {FOLDER}; sie wurde nicht übernommen."
        return [*findings, Finding("info", "file_not_used", file.name, message, "")]
    table = table.reindex(stock.index)
    unequal = (table.notna() & stock.notna() & (table != stock)).fillna(False)
    signs = table.isna()
    empty = signs[TOTAL]
    unknown = signs.mul(empty, axis=0)
    stocks[ORIGINAL_DATE] = stock.mask(unknown)
    compared, other = number(int((~signs).to_numpy().sum())), f"{FOLDER}/2022-01.csv"
    if unequal.to_numpy().any():
        cells = [f"{area} {column}" for area, column in unequal.stack()[lambda s: s].index]
        message = f"{number(len(cells))} von {compared} Zahlen widersprechen {other}: {listing(cells, 10)}."
        findings.append(Finding("warning", "conflict", file.name, message, "Beim Amt für Statistik klären."))
    else:
        message = f"{compared} Zahlen mit {other} verglichen, kein Widerspruch. Die Datei dient nur der Prüfung."
        findings.append(Finding("info", "compared_equal", file.name, message, ""))
    findings.append(_sign_finding(signs, empty, file.name))
    return findings


def _sign_finding(signs: pd.DataFrame, empty: pd.Series, file: str) -> Finding:
    kept = signs[~empty]
    message = (
        f"{number(int(signs.to_numpy().sum()))} Zellen tragen „–“, die andere Datei hat dort 0. In "
        f"{number(int(kept.to_numpy().sum()))} Zellen ergeben die übrigen Altersgruppen genau die Gesamtzahl, dort "
        f"bleibt die 0. In {number(int(empty.sum()))} Gebieten trägt auch die Gesamtzahl „–“ "
        f"({listing(empty.index[empty])}): dort fehlen die Zahlen am 30.06.2022."
    )
    return Finding("warning", "sign_as_zero", file, message, "Beim Amt für Statistik klären, ob dort jemand wohnt.")


def _rounding_finding(stocks: dict[pd.Timestamp, pd.DataFrame]) -> Finding:
    cells = pd.concat([stock.stack() for stock in stocks.values()])
    counts = {value: int((cells == value).sum()) for value in (0, 1, 2, 3)}
    if counts[1] or counts[2]:
        return Finding("info", "small_numbers", FOLDER, "Auch die Zahlen 1 und 2 kommen vor.", "")
    message = (
        f"In {number(len(cells))} Zellen steht nie 1 oder 2, aber {number(counts[0])}-mal 0 und {number(counts[3])}-mal"
        " 3: Die Quelle verändert kleine Zahlen zum Schutz der Menschen. Eine 0 kann für einen Menschen stehen."
    )
    return Finding("info", "small_numbers", FOLDER, message, "")


def _not_taken_finding(stocks: dict[pd.Timestamp, pd.DataFrame]) -> Finding:
    june = sum(len(stock) for date, stock in stocks.items() if date.month == 6)
    every = sum(len(stock) for stock in stocks.values())
    message = (
        f"Nicht übernommen: Frauen ({number(every)} Werte, dafür gibt es keine Kennzahl) und Ausländer im Juni "
        f"({number(june)} Werte; der Ausländeranteil bezieht sich auf das Jahresende)."
    )
    return Finding("info", "columns_left", FOLDER, message, "")
