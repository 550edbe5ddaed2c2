"""One cell that is a point or span of time, as the statistical offices write it: its period and its day."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

_NAMES = (
    "januar january jan", "februar february feb", "märz maerz march mrz", "april apr", "mai may", "juni june jun",
    "juli july jul", "august aug", "september sept sep", "oktober october okt oct", "november nov", "dezember december dez dec",
)  # fmt: skip
MONTHS: dict[str, int] = {name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()}
TIME_NAMES = {
    "stichtag", "jahr", "jahre", "monat", "monate", "quartal", "quartale", "semester", "schuljahr", "zeit", "berichtsjahr",
    "reference date", "year", "years", "month", "months", "quarter", "time", "school year",
}  # fmt: skip
_YEAR = r"((?:18|19|20)[0-9]{2})"
_DAYS = (
    (re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})"), (1, 2, 3)),
    (re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})"), (3, 2, 1)),
)
_MONTHLY = ((re.compile(rf"{_YEAR}-([0-9]{{2}})"), (1, 2)), (re.compile(rf"([0-9]{{1,2}})[/.]{_YEAR}"), (2, 1)))
_NAMED_MONTH = re.compile(rf"([A-Za-zä]+)\.?\s*{_YEAR}")
_QUARTER = re.compile(rf"([1-4])\.?\s*(?:Quartal|Vj\.?|quarter)\s*{_YEAR}|{_YEAR}\s*[-/ ]?\s*Q([1-4])", re.IGNORECASE)
_SPANS = (
    re.compile(rf"(?:WS|WiSe|Schuljahr|Wintersemester)?\s*{_YEAR}\s*[/-]\s*([0-9]{{2}}|[0-9]{{4}})"),
    re.compile(rf"(?:SS|SoSe|Sommersemester)\s*{_YEAR}"),
    re.compile(rf"{_YEAR}-[0-9]{{2}}(?:-[0-9]{{2}})?P[0-9]+[YM]"),
)


@dataclass(frozen=True)
class Moment:
    """A point or span of time: `period` is `2024` or `2024-06`, `date` the ISO day of a point in time.

    `note` keeps what the period cannot say (`2. Quartal`, `2022/23`); it belongs to the series.
    """

    period: str
    date: str | None = None
    note: str = ""


@lru_cache(maxsize=4096)
def parse_moment(text: str) -> Moment | None:
    """What `text` says about time; None when the whole of it is no time.

    The last day of a year is that year's stock (`31.12.2024` is the period 2024), any other day stands for its month.
    """
    plain = " ".join(text.split())
    if re.fullmatch(_YEAR, plain):
        return Moment(plain)
    for pattern, order in _DAYS:
        found = pattern.fullmatch(plain)
        if found:
            return _day(*(int(found[place]) for place in order))
    for pattern, (year, month) in _MONTHLY:
        found = pattern.fullmatch(plain)
        if found and 1 <= int(found[month]) <= 12:
            return Moment(f"{found[year]}-{int(found[month]):02d}")
    named = _NAMED_MONTH.fullmatch(plain)
    if named and named[1].lower() in MONTHS:
        return Moment(f"{named[2]}-{MONTHS[named[1].lower()]:02d}")
    quarter = _QUARTER.fullmatch(plain)
    if quarter:
        return Moment(quarter[2] or quarter[3], None, f"{quarter[1] or quarter[4]}. Quartal")
    spans = (pattern.fullmatch(plain) for pattern in _SPANS)
    return next((Moment(span[1], None, plain) for span in spans if span and _ends_later(span)), None)


def at_month(moment: Moment, month: int) -> Moment:
    """The month of a year; a moment that is no whole year stays as it is."""
    return Moment(f"{moment.period}-{month:02d}", None, moment.note) if len(moment.period) == 4 else moment


def _ends_later(span: re.Match[str]) -> bool:
    """True for one to ten years, so that `2024-13` is no span."""
    if span.re.groups < 2:
        return True
    return 1 <= (int(span[2]) - int(span[1])) % (100 if len(span[2]) == 2 else 10_000) <= 10


def _day(year: int, month: int, day: int) -> Moment | None:
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return None
    if not 1800 <= year < 2100:
        return None
    return Moment(str(year) if (month, day) == (12, 31) else f"{year}-{month:02d}", date.isoformat())
