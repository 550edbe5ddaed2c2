"""Who publishes a GENESIS table, as far as its number tells, and under which licence the offices publish."""

from __future__ import annotations

import re

OFFICES = "Statistische Ämter des Bundes und der Länder"
DESTATIS = "Statistisches Bundesamt (Destatis)"
_TABLE_CODE = r"[0-9A-Z]{2,6}(?:-[0-9A-Za-z]+)+"
_BY_CODE = (
    (r"[0-9]{5}-[0-9]{2}-[0-9]{2}-[0-9](?:-B)?|AI[A-Z0-9-]+", OFFICES),  # Regionaldatenbank Deutschland
    (r"[1-9][0-9]{3}[A-Z](?:-[0-9A-Za-z]+)*", OFFICES),  # Zensusdatenbank
    (r"[0-9]{5}-[0-9]{4}", DESTATIS),
)
_LICENCES = (
    (r"Datenlizenz Deutschland.*Namensnennung.*2\.0", "dl-de/by-2-0"),
    (r"Datenlizenz Deutschland.*Zero.*2\.0", "dl-de/zero-2-0"),
)


def file_code(stem: str, statistic: str) -> str:
    """Number of the table from the name of its file, where that name begins with the number of the statistic.

    `12411-01-01-4_0` of statistic 12411 gives `12411-01-01-4`; any other name gives the number of the statistic.
    """
    found = re.match(_TABLE_CODE, stem)
    return found[0] if found and statistic and found[0].startswith(f"{statistic}-") else statistic


def publisher_of(code: str) -> str:
    """The office behind the number of a table, empty when the number does not tell."""
    return next((office for pattern, office in _BY_CODE if re.fullmatch(pattern, code)), "")


def licence_in(text: str) -> str:
    """The licence that a note names, empty when it names none."""
    flat = " ".join(text.split())
    return next((name for pattern, name in _LICENCES if re.search(pattern, flat)), "")
