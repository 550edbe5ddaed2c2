"""Official keys of regions: which level a key has, and keys whose leading zeros a spreadsheet ate.

DG is Germany; 2 digits are a Land, 3 a Regierungsbezirk or statistical region, 5 a Kreis or kreisfreie Stadt, 8 a
Gemeinde, and in the longer Regionalschlüssel 9 a Gemeindeverband and 12 a Gemeinde. The Bezirke of Berlin have 8
digits as well (11001001 is Mitte).
"""

from __future__ import annotations

import re

import pandas as pd

LAENDER: dict[str, str] = {
    "Schleswig-Holstein": "01",
    "Hamburg": "02",
    "Niedersachsen": "03",
    "Bremen": "04",
    "Nordrhein-Westfalen": "05",
    "Hessen": "06",
    "Rheinland-Pfalz": "07",
    "Baden-Württemberg": "08",
    "Bayern": "09",
    "Saarland": "10",
    "Berlin": "11",
    "Brandenburg": "12",
    "Mecklenburg-Vorpommern": "13",
    "Sachsen": "14",
    "Sachsen-Anhalt": "15",
    "Thüringen": "16",
}
WHOLE = {"deutschland", "germany", "insgesamt", "total", "deutschland insgesamt"}
LEVEL_NAMES = {
    "bund": "Deutschland",
    "land": "Länder",
    "regierungsbezirk": "Regierungsbezirke",
    "kreis": "Kreise",
    "gemeindeverband": "Gemeindeverbände",
    "gemeinde": "Gemeinden",
    "bezirk": "Bezirke",
    "": "ohne Ebene",
}
INDENT_LEVEL = {2: "land", 4: "regierungsbezirk", 6: "kreis", 8: "gemeinde"}
_BY_LENGTH = {2: "land", 3: "regierungsbezirk", 5: "kreis", 8: "gemeinde", 9: "gemeindeverband", 12: "gemeinde"}
_KEY = re.compile(r"DG|(?:0[1-9]|1[0-6])(?:[0-9]|[0-9]{3}|[0-9]{6}|[0-9]{7}|[0-9]{10})?|1[789]")
_EATEN = re.compile(r"[1-9](?:[0-9]{3}|[0-9]{6}|[0-9]{10})?")


def is_key(text: str) -> bool:
    """True for an official key. The sums 17 to 19 (e.g. `18 Summe der Länder`) count as keys."""
    return bool(_KEY.fullmatch(text))


def level_of(key: str) -> str:
    """Level of an official key, empty for anything else and for the sums 17 to 19."""
    if key == "DG":
        return "bund"
    if not is_key(key) or key in ("17", "18", "19"):
        return ""
    if len(key) == 8 and key.startswith("11") and key != "11000000":
        return "bezirk"
    return _BY_LENGTH[len(key)]


def looks_like_keys(cells: pd.Series, share: float = 0.8) -> bool:
    """True when at least `share` of the distinct filled cells are official keys, with or without their leading zero."""
    cells = cells[cells != ""].unique()
    hits = sum(1 for cell in cells if is_key(cell) or _EATEN.fullmatch(cell))
    return bool(len(cells)) and hits >= share * len(cells)


def restore_zeros(keys: pd.Series) -> tuple[pd.Series, int]:
    """Keys with the leading zeros that a spreadsheet ate, and how many cells were mended.

    Keys of 1, 4, 7 or 11 digits prove the loss; only then is 31 the Regierungsbezirk 031.
    """
    distinct = [key for key in keys.dropna().unique() if key]
    if not any(_EATEN.fullmatch(key) for key in distinct):
        return keys, 0
    short = re.compile(r"[2-9][0-9]")  # as two digits no Land: a Regierungsbezirk without its zero
    mended = {key: f"0{key}" for key in distinct if _EATEN.fullmatch(key) or short.fullmatch(key)}
    return keys.map(lambda key: mended.get(key, key)), int(keys.isin(list(mended)).sum())
