"""Points and periods of time as offices write them into headings and cells: `31.12.2013`, `Dez 2013`, `2013/2014`."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_MONTHS = {
    1: r"Jan(?:uary?|uar)?|Jänner",
    2: r"Feb(?:ruary?|ruar)?",
    3: r"März?|Mrz|March",
    4: r"Apr(?:il)?",
    5: r"Mai|May",
    6: r"Jun(?:[ie])?",
    7: r"Jul(?:[iy])?",
    8: r"Aug(?:ust)?",
    9: r"Sept?(?:ember)?",
    10: r"Okt(?:ober)?|Oct(?:ober)?",
    11: r"Nov(?:ember)?",
    12: r"De[zc](?:ember)?",
}
_NAME = "(?:" + "|".join(_MONTHS.values()) + r")\.?"
_YEAR = r"(?:19|20)\d\d"
_PATTERN = re.compile(
    rf"(?P<german>(?<![\d.])(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?(?P<year>{_YEAR})(?![\d.]))"
    rf"|(?P<iso>(?<![\d-]){_YEAR}-\d\d-\d\d(?![\d-]))"
    rf"|(?P<named>(?<![^\W\d])(?P<name>{_NAME})\s+(?P<name_year>{_YEAR})(?!\d))"
    rf"|(?P<short>(?<![\d/.])(?P<short_month>\d{{1,2}})/(?P<short_year>{_YEAR})(?![\d/]))"
    rf"|(?P<yearmonth>(?<![\d-])(?P<first>{_YEAR})-(?P<second>\d\d)(?![\d-]))"
    rf"|(?P<school>(?<![\d/])(?P<begins>{_YEAR})/(?P<ends>{_YEAR}|\d\d)(?![\d/]))"
    rf"|(?P<plain>(?<![\w.,/-]){_YEAR}(?![\w/-]|[.,]\d))"
)
_LIMIT = re.compile(
    r"(?:\b(?:bis|seit|ab|vor|nach|von|zwischen|unter|über|mindestens|höchstens|je|pro|als)\s+(?:Ende\s+|Anfang\s+|zu\s+)?|[<>≤≥+]\s*)$",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\s*(?:EUR|Euro|€|m²|km|ha|Einwohner|Personen|Kinder|Plätze|%)", re.IGNORECASE)
_LEADS = re.compile(r"(?:\b(?:im Jahr|am|zum|im|Stand(?: vom)?|Stichtag|Schuljahr|Jahr):?\s*)+$", re.IGNORECASE)


@dataclass(frozen=True)
class Period:
    """A period named in a text: `2013` or `2013-12`, the ISO day where one is named, and the text without it.

    A stock on 31 December stands for its year, a stock on another day for its month. `school_year`: the text names
    two years (`2013/2014`), the period is the first.
    """

    period: str
    date: str | None
    rest: str
    school_year: bool = False


def find_period(text: str) -> Period | None:
    """The one period that a text names; None when it names none or several that differ.

    A year behind `bis`, `seit`, `ab`, `vor`, `nach` and the like is a limit and no period.
    """
    found: set[tuple[str, str | None, bool]] = set()
    kept, last = [], 0
    for match in _PATTERN.finditer(text):
        read = _read(match)
        if read is None or _LIMIT.search(text[: match.start()]) or _COUNTED.match(text[match.end() :]):
            continue
        found.add(read)
        kept.append(_LEADS.sub("", text[last : match.start()]))
        last = match.end()
    if len(found) != 1:
        return None
    period, date, school_year = next(iter(found))
    rest = re.sub(r"\(\s*\)", "", "".join([*kept, text[last:]]))
    return Period(period, date, " ".join(rest.split()).strip(" ,;:"), school_year)


def read_period(text: str) -> Period | None:
    """The period that a cell is, without any other word: `2024`, `2024-06`, `06/2024`, `31.12.2024`, `Juni 2024`."""
    period = find_period(text)
    return period if period is not None and not period.rest else None


def _read(match: re.Match[str]) -> tuple[str, str | None, bool] | None:
    if match["german"] or match["iso"]:
        try:
            if match["german"]:
                day = dt.date(int(match["year"]), int(match["month"]), int(match["day"]))
            else:
                day = dt.date.fromisoformat(match["iso"])
        except ValueError:
            return None
        period = f"{day.year}" if (day.month, day.day) == (12, 31) else f"{day.year}-{day.month:02d}"
        return period, day.isoformat(), False
    if match["named"]:
        name = match["name"].rstrip(".")
        month = next(m for m, names in _MONTHS.items() if re.fullmatch(names, name))
        return f"{match['name_year']}-{month:02d}", None, False
    if match["short"]:
        return _month(match["short_year"], match["short_month"])
    if match["yearmonth"]:
        return _month(match["first"], match["second"])
    if match["school"]:
        begins, ends = int(match["begins"]), int(match["ends"])
        return (str(begins), None, True) if (begins + 1) % 100 == ends % 100 else None
    return match["plain"], None, False


def _month(year: str, month: str) -> tuple[str, str | None, bool] | None:
    return (f"{year}-{int(month):02d}", None, False) if 1 <= int(month) <= 12 else None
