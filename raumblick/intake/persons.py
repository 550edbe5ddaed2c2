"""Refuse lists of persons: planning needs counts, and § 64 (3) SGB VIII wants data made anonymous without delay.

A column is judged by its name and by what stands in it; the name alone is enough for words that only person-level
lists carry, the content alone for birth dates together with names.
"""

from __future__ import annotations

import re

import pandas as pd

from raumblick.intake.findings import Finding

LEGAL = (
    "Raumblick nimmt keine Angaben zu einzelnen Menschen an (§ 64 Abs. 3 SGB VIII: Planungsdaten sind unverzüglich zu "
    "anonymisieren)."
)
REMEDY = "Vor dem Einlesen zu Anzahlen je Gebiet zusammenfassen und die Spalte löschen."
_PERSON_WORDS = re.compile(
    r"^(vor ?name|nach ?name|familien ?name|zu ?name|geburts ?name|ruf ?name|first ?name|last ?name|sur ?name|"
    r"geburts ?(datum|tag)|geb ?\.? ?(am|dat\.?|datum)|birth ?(date|day)|date ?of ?birth|"
    r"akten ?(zeichen|nummer|nr\.?)|fall ?(nummer|nr\.?|id)|az|klienten? ?(nummer|nr\.?|id|name)|personen ?(nummer|nr\.?|id)|"
    r"kind ?name|name (des|der) (kindes|kinder|mutter|vaters|eltern|klient\w*|jugendlichen)|sozialversicherungs ?nummer|"
    r"steuer ?(id|identifikationsnummer)|krankenversicherten ?nummer|iban|bg ?(nummer|nr\.?)|personalausweis ?(nummer|nr\.?)|"
    r"(wohn|melde|privat) ?(adresse|anschrift)|telefon ?privat|handy ?(nummer|nr\.?)?|mobil ?(nummer|nr\.?))$"
)
_PLANNING_DAYS = re.compile(
    r"(date|datum|stichtag|stand|open|close|eröff|schließ|valid|gültig|retriev|abruf|monat|month|beginn|ende)"
)
_PLACES = re.compile(r"(ortsteil|gebiet|bezirk|raum|stadtteil|gemeinde|region|träger|carrier|einricht|schule|titel|title|area)")
_BIRTH_WORDS = re.compile(r"(geburt|geb\.|birth)")
_DATE = re.compile(r"(\d{1,2}\.\d{1,2}\.(19|20)\d{2}|(19|20)\d{2}-\d{2}-\d{2})")
_FULL_NAME = re.compile(r"[A-ZÄÖÜ][a-zäöüß]+(-[A-ZÄÖÜ][a-zäöüß]+)?,? [A-ZÄÖÜ][a-zäöüß]+(-[A-ZÄÖÜ][a-zäöüß]+)?")
_LEAST_ROWS = 3


def person_findings(file: str, frame: pd.DataFrame, header_row: int = 1) -> list[Finding]:
    """Columns that look like person-level data, each as an error with the legal reason.

    Args:
        file: name shown in findings.
        frame: the first rows as text, one column a delivered column.
        header_row: 1-based line of the column names.

    Returns:
        One error a suspicious column; empty when the table looks like planning data. Names and addresses of offers are
        no personal data here: a plain `Name` or `Straße` alone is never refused.
    """
    found = []
    names = {str(column): _plain(str(column)) for column in frame.columns}
    for column, plain in names.items():
        if _PERSON_WORDS.match(plain):
            found.append(_refuse(file, column, header_row, f"Die Spalte „{column[:40]}“ gehört zu einer Liste von Personen."))
    told = {f.column for f in found}
    for column in names:
        if column not in told and _BIRTH_WORDS.search(names[column]) and _birth_dates(frame[column]):
            found.append(_refuse(file, column, header_row, f"In der Spalte „{column[:40]}“ stehen Geburtsdaten."))
    if not found:
        found += _people_with_days(file, frame, names, header_row)
    return found


def _people_with_days(file: str, frame: pd.DataFrame, names: dict[str, str], header_row: int) -> list[Finding]:
    """A column of full names next to a column of days, unless their headings speak of places and of days of planning."""
    people = [c for c in names if not _PLACES.search(names[c]) and _full_names(frame[c])]
    days = [c for c in names if not _PLANNING_DAYS.search(names[c]) and _birth_dates(frame[c])] if people else []
    if days:
        message = f"Die Spalten „{people[0][:40]}“ und „{days[0][:40]}“ sehen nach Namen und Geburtsdaten aus."
        return [_refuse(file, people[0], header_row, message)]
    return []


def _birth_dates(values: pd.Series) -> bool:
    """True for a column of many different days of which most lie 0 to 27 years and more back and hardly any repeats."""
    text = _texts(values)
    days = [cell for cell in text if _DATE.fullmatch(cell)]
    return len(days) >= _LEAST_ROWS and len(days) > 0.8 * len(text) and len(set(days)) > 0.7 * len(days)


def _full_names(values: pd.Series) -> bool:
    """True for a column of which more than four fifths look like first and family names."""
    text = _texts(values)
    return len(text) >= _LEAST_ROWS and sum(_FULL_NAME.fullmatch(cell) is not None for cell in text) > 0.8 * len(text)


def _texts(values: pd.Series) -> list[str]:
    """The cells of a column that are not empty. In plain Python: a file of a few rows is looked at several times."""
    stripped = (str(cell).strip() for cell in values.dropna().tolist())
    return [cell for cell in stripped if cell]


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-]+", " ", name).strip().lower()


def _refuse(file: str, column: str, row: int, message: str) -> Finding:
    return Finding("error", "person_data", file, f"{message} {LEGAL}", REMEDY, row, column)
