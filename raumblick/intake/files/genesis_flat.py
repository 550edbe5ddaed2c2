"""GENESIS flat CSV (ffcsv) of Destatis, Regionaldatenbank, Zensusdatenbank and the offices of the Länder.

One row a number, with every characteristic beside it; rows stand in no order. Both layouts (see
`genesis_flat_header`), German and English, with and without quality columns. The format is described by the Federal
Statistical Office; the older one was delivered until the end of 2024 and still lies in many folders.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from raumblick.intake.cells import cap
from raumblick.intake.files.genesis_flat_header import KNOWN, FlatHeader, Group, canonical_name, read_flat_header
from raumblick.intake.files.genesis_offices import file_code, publisher_of
from raumblick.intake.files.moments import MONTHS, Moment, at_month, parse_moment
from raumblick.intake.files.records import cut, read_text, wrong_length
from raumblick.intake.files.regions import looks_like_keys
from raumblick.intake.files.rows import IDENTITY, empty_file, finish
from raumblick.intake.files.source import SourceText
from raumblick.intake.files.table import StatTable
from raumblick.intake.files.values import read_values
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.header import shorten

TITLE = "GENESIS-Flat-CSV (Destatis, Regionaldatenbank, Zensus)"
GENERAL_LICENCE = "dl-de/by-2-0"  # of the offices; the file itself names none
_DATA = re.compile(r'"?[0-9]{4,5}[A-Z]?"?([;,\t])[^;\t]*\1"?(?:JAHR|STAG|SMONAT|MONAT|QUARTG|SEMEST|SJ\w*)"?\1')
_FOOTER = re.compile(r"_{3,}")
_REGION = re.compile(
    r"(?<!wahl)kreis|gemeind|länder|laender|bundesl|deutschl|region|bezirk|district|municipal|count(?:y|ies)|german|state",
    re.IGNORECASE,
)
_GERMAN_TIME = {"jahr", "jahre", "stichtag", "monat", "quartal", "schuljahr", "semester"}
_ENGLISH_TIME = {"year", "years", "reference date", "month", "quarter", "school year"}
_MONTH_CODE = re.compile(r"MONAT(0[1-9]|1[0-2])")


def detect(file: SourceText) -> bool:
    """True for a flat file of GENESIS, also when its first line was lost."""
    first = next((line for line in file.lines[:3] if line.strip()), "")
    names = {canonical_name(name.strip('"')) for name in re.split("[;,\t]", first)}
    return ("statistics_code" in names and len(names & KNOWN) >= 3) or bool(_DATA.match(first))


def read(path: Path) -> StatTable:
    """One flat file as a long table.

    Returns:
        The table; `rows` has the additional column `quality` (p preliminary, r revised, s estimated). What is wrong
        with single rows and cells stands in its findings; with an error among them the table is not to be used.

    Raises:
        IntakeError: the file as a whole cannot be read.
    """
    text, findings = read_text(path)
    header, records, more = _records(text, path.name)
    findings += [*header.findings, *more]
    lines = pd.Series([line for line, _ in records], dtype="int64")
    cells = pd.DataFrame([row for _, row in records], columns=range(len(header.names)), dtype="object")
    german = _language(cells, header)
    region = _region_group(cells, header)
    frame, found = _rows(cells, lines, header, region, path.name, german)
    findings += found
    rows, found = finish(frame, path.name)
    if region is None:
        remedy = "Die Werte gelten für das ganze Gebiet der Statistik; Gebiet beim Import angeben."
        message = "Die Datei hat keine Spalte mit Gebieten."
        findings.append(Finding("warning", "region_missing", path.name, message, remedy, 1))
    codes = cells[header.at["statistics_code"]].unique()
    code = file_code(path.stem, str(codes[0]))
    labels = cells[header.at["statistics_label"]].unique() if "statistics_label" in header.at else []
    title = " / ".join(str(label) for label in labels[:3]) or code
    return StatTable(title, code, publisher_of(code), "", rows, (*findings, *found))


def _records(text: str, file: str) -> tuple[FlatHeader, list[tuple[int, list[str]]], list[Finding]]:
    """Header, records of the right length without blanks around their cells, and findings about the others."""
    lines = text.split("\n")
    start = next(number for number, line in enumerate(lines) if line.strip())
    if _DATA.match(lines[start]):
        remedy = "Die Datei mit ihrer ersten Zeile neu abrufen."
        raise IntakeError([Finding("error", "header_missing", file, "Die Kopfzeile mit den Spaltennamen fehlt.", remedy, 1)])
    delimiter = max(";,\t", key=lines[start].count)
    footer = next((n for n, line in enumerate(lines) if _FOOTER.match(line.strip('" '))), len(lines))
    records = cut(islice(lines, start, footer), delimiter, file, start + 1)
    header = read_flat_header(next(records, (1, []))[1], file)
    width, good, wrong, again = len(header.names), [], [], []
    time = header.at["time"]
    kept: dict[str, str] = {}  # labels repeat in every row: each text is kept once
    for line, cells in records:
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        if len(cells) != width:
            wrong.append(wrong_length(line, len(cells), width, file))
        elif cells[time].strip() == header.names[time]:
            again.append(line)
        else:
            good.append((line, [kept[cell] if cell in kept else kept.setdefault(cell, cell.strip()) for cell in cells]))
    findings = cap(wrong, len(wrong))
    if again:
        message = f"Die Kopfzeile steht {len(again)} weitere Male in der Datei und wurde übergangen."
        remedy = "Prüfen, ob mehrere Dateien aneinandergehängt sind."
        findings.append(Finding("warning", "header_again", file, message, remedy, again[0]))
    if footer < len(lines):
        message = f"{len(lines) - footer} Zeilen am Ende sind Anmerkungen und keine Daten."
        findings.append(Finding("info", "source_note", file, message, "", footer + 1))
    if not good:
        raise IntakeError([*findings, empty_file(file, "eine Kopfzeile")])
    return header, good, findings


def _language(cells: pd.DataFrame, header: FlatHeader) -> bool | None:
    """True for German, False for English, None when the labels do not tell."""
    label = str(cells[header.at["time_label"]].iloc[0]).lower() if "time_label" in header.at else ""
    if header.german or label in _GERMAN_TIME:
        return True
    return False if label in _ENGLISH_TIME else None


def _region_group(cells: pd.DataFrame, header: FlatHeader) -> Group | None:
    """The first variable that is named like a region and whose codes are official keys."""
    for group in header.groups:
        named = cells[group.variable_label].drop_duplicates().str.contains(_REGION)
        if named.any() and looks_like_keys(cells[group.code]):
            return group
    return None


def _rows(
    cells: pd.DataFrame, lines: pd.Series, header: FlatHeader, region: Group | None, file: str, german: bool | None
) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows as `finish` takes them, and findings of times and numbers."""
    moments, month, findings = _moments(cells, lines, header, file)
    frame = pd.DataFrame({"line": lines})
    for name, column in (("region_key", region and region.code), ("region", region and region.label)):
        frame[name] = "" if column is None else cells[column]
    frame["period"] = [moment.period for moment in moments]
    frame["date"] = pd.Series([moment.date for moment in moments], dtype="object")
    others = [group for group in header.groups if group is not region and group is not month]
    notes = pd.Series([f" | {moment.note}" if moment.note else "" for moment in moments])
    frames = [frame.assign(**part) for part in _contents(cells, header)]
    frame = pd.concat(frames)
    frame = frame.assign(place=np.repeat(np.arange(len(frames)), len(cells))).sort_values(["line", "place"], kind="stable")
    at = frame.index.to_numpy()
    frame = frame.reset_index(drop=True)
    plain = _series(cells, others, lambda label, code: label).iloc[at].to_numpy() + notes.iloc[at].to_numpy()
    frame["series"] = frame["measure"] + plain
    if frame.duplicated(IDENTITY).any():
        frame["series"] = _told_apart(frame, cells, others, at) + notes.iloc[at].to_numpy()
    read = read_values(frame["cell"], frame["line"], frame["column"], file, german)
    frame["value"], frame["sign"] = read.values, read.signs
    limited = (frame["quality"] == "()") & frame["sign"].isna()
    frame["sign"] = frame["sign"].mask(limited, "()")
    frame["quality"] = frame["quality"].where(~frame["quality"].isin(["", "e", "()"])).astype("string")
    return frame, findings + read.findings


def _moments(
    cells: pd.DataFrame, lines: pd.Series, header: FlatHeader, file: str
) -> tuple[list[Moment], Group | None, list[Finding]]:
    """When each row is; the variable that holds months, if there is one; findings."""
    texts = cells[header.at["time"]]
    known = {text: parse_moment(str(text)) for text in texts.unique()}
    findings = []
    for text in (text for text, moment in known.items() if moment is None):
        row, column = int(lines[(texts == text).idxmax()]), header.names[header.at["time"]]
        message = f"„{shorten(str(text), 40)}“ ist kein Zeitpunkt."
        findings.append(Finding("error", "time_unreadable", file, message, "Jahr oder Datum prüfen.", row, column))
    moments = [known[text] or Moment("") for text in texts]
    for group in header.groups:
        months = {pair: _month(*pair) for pair in set(zip(cells[group.code], cells[group.label], strict=True))}
        if all(months.values()):
            pairs = zip(cells[group.code], cells[group.label], strict=True)
            moments = [at_month(moment, months[pair] or 0) for moment, pair in zip(moments, pairs, strict=True)]
            return moments, group, cap(findings)
    return moments, None, cap(findings)


def _month(code: str, label: str) -> int | None:
    found = _MONTH_CODE.fullmatch(code)
    return int(found[1]) if found else MONTHS.get(label.lower())


def _contents(cells: pd.DataFrame, header: FlatHeader) -> list[dict[str, object]]:
    """For each column of numbers: cells, measure, its code, unit, quality and the name of the column."""
    if header.measures:
        return [
            {
                "cell": cells[m.column],
                "measure": m.label,
                "measure_code": m.code,
                "unit": m.unit,
                "quality": "" if m.quality is None else cells[m.quality],
                "column": m.name,
            }
            for m in header.measures
        ]
    at = header.at
    code = at.get("value_variable_code")
    quality = at.get("value_q")
    return [
        {
            "cell": cells[at["value"]],
            "measure": cells[at["value_variable_label"]],
            "measure_code": "" if code is None else cells[code],
            "unit": cells[at["value_unit"]],
            "quality": "" if quality is None else cells[quality],
            "column": header.names[at["value"]],
        }
    ]


def _series(cells: pd.DataFrame, groups: list[Group], name: Callable[[str, str], str]) -> pd.Series:
    """ ` | variable: attribute` for each variable; `name` makes a name of (label, code)."""
    text = pd.Series("", index=cells.index, dtype="object")
    for group in groups:
        codes = cells[group.code] if group.variable_code is None else cells[group.variable_code]
        variable = _named(cells[group.variable_label], codes, name)
        text = text + " | " + variable + ": " + _named(cells[group.label], cells[group.code], name)
    return text


def _named(labels: pd.Series, codes: pd.Series, name: Callable[[str, str], str]) -> pd.Series:
    pairs = pd.Series(list(zip(labels, codes, strict=True)), index=labels.index)
    return pairs.map({pair: name(*pair) for pair in pairs.unique()})


def _told_apart(frame: pd.DataFrame, cells: pd.DataFrame, groups: list[Group], at: np.ndarray) -> pd.Series:
    """Series in which labels that stand for several codes carry the code: `Personen [PRS018]`."""
    pairs: set[tuple[str, str]] = set(zip(frame["measure"], frame["measure_code"], strict=True))
    for group in groups:
        for label, code in ((group.variable_label, group.variable_code), (group.label, group.code)):
            if code is not None:
                pairs |= set(zip(cells[label], cells[code], strict=True))
    labels = [label for label, _ in pairs]
    several = {label for label in labels if labels.count(label) > 1}

    def name(label: str, code: str) -> str:
        return f"{label} [{code}]" if label in several and code else label

    return _named(frame["measure"], frame["measure_code"], name) + _series(cells, groups, name).iloc[at].to_numpy()
