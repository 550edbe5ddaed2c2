"""Numbers, money and dates as Germans read them."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import pandas as pd

from raumblick.plans.model import Scenario

_EXACT = Context(prec=60)
MISSING_TEXT = "k. A."
MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip
_LEVELS = {
    "stadt": ("Stadt", "Stadt"),
    "bezirk": ("Stadtbezirk", "Stadtbezirke"),
    "planungsraum": ("Planungsraum", "Planungsräume"),
    "ortsteil": ("Ortsteil", "Ortsteile"),
}


def known(value: Any) -> bool:
    """False for None, NaN, NA and NaT."""
    return not pd.isna(value)


def number(value: Any, decimals: int = 0, unit: str = "") -> str:
    """`1.234,5 %`; a missing value is `k. A.`. The unit follows after a protected space."""
    if not known(value):
        return MISSING_TEXT
    text = f"{rounded(float(value), decimals):,.{decimals}f}".replace(",", "\0").replace(".", ",").replace("\0", ".")
    if float(text.replace(".", "").replace(",", ".")) == 0:
        text = text.lstrip("-")
    text = text.replace("-", "−")
    return f"{text}\u00a0{unit}" if unit else text


def rounded(value: float, decimals: int) -> Decimal:
    """Rounded half up, as Germans are taught; Python's own way would make 0,625 into 0,62."""
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_EXACT)


def signed(value: Any, decimals: int = 0, unit: str = "") -> str:
    """Like `number`, with a plus sign before gains."""
    text = number(value, decimals, unit)
    rises = text != MISSING_TEXT and float(value) > 0 and any(digit in text.split("\u00a0")[0] for digit in "123456789")
    return f"+{text}" if rises else text


def parse(text: str) -> float | None:
    """A number as Germans type it: `1.234,5`, `25,5`, `-3`; also `25.5`. None for anything else.

    A point is a thousands mark only where three digits follow each, as in `1.234`.
    """
    plain = text.strip().replace("\u2212", "-").replace("\u00a0", "").replace(" ", "").removesuffix("%")
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?", plain):
        plain = plain.replace(".", "")
    if not re.fullmatch(r"[+-]?\d{1,12}([.,]\d{1,9})?", plain):
        return None
    return float(plain.replace(",", "."))


def chance(probability: Any) -> str:
    """`96 %` from 0.96; `unter 1 %` and `über 99 %` instead of a certainty that simulation cannot give."""
    if not known(probability):
        return MISSING_TEXT
    p = float(probability)
    if p < 0.01:
        return "unter\u00a01\u00a0%"
    return "über\u00a099\u00a0%" if p > 0.99 else number(100 * p, 0, "%")


def money(euro: Any) -> str:
    """`1,2 Mio. €` from a million on, `12.345 €` below."""
    if not known(euro):
        return MISSING_TEXT
    if abs(float(euro)) >= 1e6:
        return number(float(euro) / 1e6, 1, "Mio. €")
    return number(euro, 0, "€")


def date(value: Any) -> str:
    """`31.12.2025` from a date, timestamp or ISO text; `k. A.` when missing."""
    if not known(value) or value == "":
        return MISSING_TEXT
    day = dt.date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{day:%d.%m.%Y}"


def moment(time: dt.datetime) -> str:
    """`31.12.2025 14:05` from a time in UTC without zone, in the zone of the server."""
    return f"{time.replace(tzinfo=dt.UTC).astimezone():%d.%m.%Y %H:%M}"


def scenario(one: Scenario) -> str:
    """`Nord (ak, 31.12.2025 14:05)`."""
    return f"{one.name} ({one.author}, {moment(one.saved)})"


def period(text: str) -> str:
    """`2024` stays; `2024-06` is `Juni 2024`."""
    if len(text) == 7:
        return f"{MONTHS[int(text[5:]) - 1]} {text[:4]}"
    return text


def level(name: str, many: bool = False) -> str:
    """German word for a level: `Ortsteil`, `Ortsteile`."""
    return _LEVELS.get(name, (name, name))[1 if many else 0]


def of_level(count: int, name: str) -> str:
    """Number and level after in, von, aus: `1 Ortsteil`, `14 Ortsteilen`."""
    word = level(name, many=count != 1)
    return f"{count} {word}{'n' if word.endswith('e') else ''}"


def points(unit: str) -> str:
    """Unit of a difference: percentage points for shares, the unit itself for everything else."""
    return "Prozentpunkte" if unit == "%" else unit


def change_decimals(kind: str, decimals: int) -> int:
    """Decimals of a change: at least one, but none for whole things (kind `count`) that are shown without."""
    return decimals if kind == "count" else max(decimals, 1)


def span(first: str, last: str) -> str:
    """`2015 bis 2024`, or `2020` where both are the same period."""
    return period(first) if first == last else f"{period(first)} bis {period(last)}"


def change_unit(unit: str) -> str:
    """Short form of `points` for tables and labels."""
    return "%-Punkte" if unit == "%" else unit
