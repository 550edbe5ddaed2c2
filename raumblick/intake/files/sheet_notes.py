"""What is said about a table read from a spreadsheet: findings on its heading, values and sums, and whose it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from raumblick.intake.files.sheet_head import Head, Measure
from raumblick.intake.files.sheet_sums import SumRow
from raumblick.intake.files.sheets import Sheet, column_letters
from raumblick.intake.findings import Finding
from raumblick.intake.header import shorten
from raumblick.intake.profiles.bricks import listing, number

_PUBLISHER = re.compile(r"(?:©|\(c\)|Quelle:|Herausgeber:|Datenquelle:)\s*(?:\d{4}\s*)?([^;|©]+)", re.IGNORECASE)
_LICENCE = re.compile(r"dl-de/(?:by|zero)-2-0|Datenlizenz Deutschland[^,;.]*|CC[ -](?:BY|0)[A-Z0-9 .-]*", re.IGNORECASE)
_NEARLY = 0.1  # a total that differs more than this from the sum of its parts is none (a rate, an average)


def publisher_and_licence(texts: Sequence[str]) -> tuple[str, str]:
    """Whom and which licence titles and notes name (`© Statistikamt Nord`, `Quelle: ...`); empty where none does."""
    publisher = next((shorten(match[1].strip(" ,.")) for text in texts if (match := _PUBLISHER.search(text))), "")
    licence = next((match[0].strip() for text in texts if (match := _LICENCE.search(text))), "")
    return publisher, licence


def head_findings(sheet: Sheet, head: Head, rows: pd.DataFrame, file: str) -> list[Finding]:
    """What the heading says and what it leaves open. `rows` are the rows of the StatTable made from the sheet."""
    lines = f"Zeile {head.first + 1}" + (f" bis {head.data}" if head.data > head.first + 1 else "")
    regions = rows[["region_key", "region", "level"]].drop_duplicates()
    message = f"Blatt „{sheet.name}“: Überschrift in {lines}, {number(len(head.measures))} Spalten mit Zahlen, "
    message += f"{number(len(regions))} Gebiete."
    findings = [Finding("info", "table_read", file, message, "")]
    if head.filled:
        message = f"Überschriften gelten auch für die leeren Zellen rechts davon: {listing(head.filled, 10)}."
        findings.append(Finding("info", "heading_continued", file, message, "", head.first + 1))
    if head.unread:
        columns = ", ".join(map(column_letters, head.unread))
        message = f"Spalten mit Text wurden nicht gelesen: {columns}."
        findings.append(Finding("warning", "column_unread", file, message, "Nur Zahlen und Zeichen werden gelesen."))
    findings += _period_findings(head, rows, file)
    unitless = [measure for measure in head.measures if not measure.unit.base]
    if unitless:
        message = f"{number(len(unitless))} Spalten nennen keine Einheit: {_columns(unitless)}."
        findings.append(Finding("info", "unit_missing", file, message, ""))
    names = [(measure.series, measure.period) for measure in head.measures]
    twice = [measure for measure in head.measures if names.count((measure.series, measure.period)) > 1]
    if twice:
        message = f"Spalten haben dieselbe Überschrift und sind nicht zu unterscheiden: {_columns(twice)}."
        findings.append(Finding("error", "column_twice", file, message, "Die Überschriften ergänzen.", head.data))
    return findings


def _period_findings(head: Head, rows: pd.DataFrame, file: str) -> list[Finding]:
    findings = []
    open_columns = [measure for measure in head.measures if measure.period is None]
    if open_columns and rows["period"].isna().any():
        message = f"{number(len(open_columns))} Spalten nennen keinen Zeitraum: {_columns(open_columns)}."
        remedy = "Das Jahr in die Überschrift schreiben oder im Zuordnungs-Assistenten angeben."
        findings.append(Finding("warning", "period_missing", file, message, remedy, head.data))
    school = [measure for measure in head.measures if measure.period and measure.period.school_year]
    if school:
        message = f"Schuljahre stehen unter dem Jahr, in dem sie beginnen: {_columns(school)}."
        findings.append(Finding("info", "school_year", file, message, ""))
    return findings


def value_findings(head: Head, values: np.ndarray, signs: np.ndarray, file: str) -> list[Finding]:
    """Signs by count, empty cells, and shares that may be fractions instead of per cent."""
    findings = []
    marks = pd.Series(signs.ravel()).value_counts()
    if len(marks):
        text = ", ".join(f"{number(count)} mal „{sign}“" for sign, count in marks.items())
        findings.append(Finding("info", "signs", file, f"Zeichen der Statistik: {text}. Keines wird zu 0.", ""))
    empty = int((np.isnan(values) & pd.isna(signs)).sum())
    if empty:
        message = f"{number(empty)} Zellen der Tabelle sind leer; sie bleiben ohne Wert."
        findings.append(Finding("info", "value_missing", file, message, ""))
    fractions = []
    for measure, column in zip(head.measures, values.T, strict=True):
        filled = column[np.isfinite(column)]
        if measure.unit.base == "%" and len(filled) > 2 and filled.max() <= 1 and filled.max() > 0:
            fractions.append(measure)
    if fractions:
        message = f"Alle Werte liegen zwischen 0 und 1, obwohl die Spalte Prozent verspricht: {_columns(fractions)}."
        remedy = "Sind die Zellen als Prozent formatiert, die Werte mit 100 malnehmen."
        findings.append(Finding("warning", "percent_fraction", file, message, remedy, head.data + 1))
    return findings


def sum_findings(head: Head, values: np.ndarray, names: Sequence[str], sums: dict[int, SumRow], file: str) -> list[Finding]:
    """Which rows are sums, and where the rows do not add up to the row that sums all of them."""
    findings = []
    proven = [found for found in sums.values() if found.leaves]
    if proven:
        texts = [f"{names[s.row]} ({number(len(s.leaves))} Zeilen, {number(s.columns)} Spalten stimmen genau)" for s in proven]
        message = f"{number(len(proven))} Zeilen sind Summen anderer Zeilen: {listing(texts, 15)}."
        findings.append(Finding("info", "sums_found", file, message, ""))
    claimed = [names[found.row] for found in sums.values() if found.by_name]
    if claimed:
        message = f"Zeilen heißen nach einer Summe, aber keine anderen Zeilen ergeben sie: {listing(claimed, 10)}."
        findings.append(Finding("warning", "sums_open", file, message, "Prüfen, ob Zeilen fehlen."))
    plain = [row for row in range(len(values)) if row not in sums]
    for found in proven:
        if len(found.leaves) == len(plain) > 0:
            findings += _differences(head, values, names[found.row], found.row, plain, file)
    return findings


def _differences(head: Head, values: np.ndarray, name: str, row: int, plain: list[int], file: str) -> list[Finding]:
    """The columns of counts in which the plain rows nearly, but not quite, sum to the row of all."""
    parts = np.nansum(values[plain], axis=0)
    texts = []
    for measure, total, part in zip(head.measures, values[row], parts, strict=True):
        rate = measure.unit.base not in ("", "Anzahl") or not np.isfinite(total)
        if not rate and 1e-6 < abs(total - part) <= _NEARLY * abs(total):
            texts.append(f"{column_letters(measure.column)} {number(part)} statt {number(total)}")
    if not texts:
        return []
    message = f"In {number(len(texts))} Spalten ergeben die Zeilen nicht ganz die Summe „{name}“: {listing(texts, 8)}."
    return [Finding("info", "sums_differ", file, message, "Meist fehlen nicht zugeordnete oder geheime Fälle.")]


def _columns(measures: Sequence[Measure]) -> str:
    return listing([f"{column_letters(m.column)} „{shorten(m.series.split(' | ')[-1], 50)}“" for m in measures], 5)
