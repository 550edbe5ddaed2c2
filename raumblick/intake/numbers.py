"""Numbers as offices write them: German and English notation, and the signs that stand where a number is missing.

Whether `1.234` is a thousand or a bit more than one is decided once for a whole column, from cells that can be read
in one way only. A column without such a cell is refused, because a guess would be wrong by a factor of 1,000.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

SIGNS: dict[str, str] = {
    "-": "-",
    "−": "-",
    "–": "–",
    "—": "–",
    ".": ".",
    "·": ".",
    "•": ".",
    "...": "...",
    "…": "...",
    "/": "/",
    "x": "x",
    "X": "x",
    "()": "()",
}
_UNIT = re.compile(r"\s*(%|‰|€|EUR|Euro)$")
_SPACES = re.compile(r"^\d{1,3}(?:[\s'’]\d{3})+(?=$|[.,])")
_BODY = re.compile(r"[\d.,]*\d[\d.,]*(?:[eE][+-]?\d+)?")


class AmbiguousNumbers(ValueError):
    """A column whose decimal mark cannot be told from its cells. `examples` are delivered cells that show it."""

    def __init__(self, message: str, examples: Iterable[str]):
        self.examples = tuple(examples)
        super().__init__(f"{message}: {', '.join(self.examples)}")


def parse_numbers(series: pd.Series, decimal: str = "auto") -> tuple[pd.Series, pd.Series]:
    """Numbers and signs of a text column.

    Args:
        series: text cells; missing and blank cells stay missing.
        decimal: the decimal mark `,` or `.`; `auto` takes it from the column itself (see `decimal_mark`).

    Returns:
        (values Float64, signs string), both with the index of `series`. A sign is one of `-` `.` `...` `/` `x` `()`
        `–` and never has a value beside it, but for `(12)`, a number of limited worth: 12 with the sign `()`.
        A percent or euro sign after the number is dropped, the number is not divided. A cell that is neither number
        nor sign has neither value nor sign; `unreadable` finds those.

    Raises:
        AmbiguousNumbers: `auto`, and the column gives no or contradicting evidence.
        ValueError: `decimal` is not one of the three.
    """
    if decimal not in ("auto", ",", "."):
        raise ValueError(f"decimal must be 'auto', ',' or '.', not {decimal!r}")
    text = series.astype("string").str.strip()
    mark = decimal_mark(text) if decimal == "auto" else decimal
    cells = [cell for cell in text.dropna().unique() if cell]
    read = {cell: _read(cell, mark) for cell in cells}
    values = text.map({cell: number for cell, (number, _) in read.items() if number is not None}).astype("Float64")
    signs = text.map({cell: sign for cell, (_, sign) in read.items() if sign is not None}).astype("string")
    return values, signs


def decimal_mark(series: pd.Series) -> str:
    """The decimal mark of a column, `,` or `.`, from the cells that can be read in one way only.

    `12,5` and `1.234.567` speak for the comma, `0.5`, `12.34` and `1,234.5` for the point; `1.234` alone speaks for
    neither. A column of whole numbers without any mark counts as `.`.

    Raises:
        AmbiguousNumbers: cells speak for both, or there are only cells like `1.234`.
    """
    witnesses: dict[str, list[str]] = {",": [], ".": [], "?": []}
    for cell in series.astype("string").str.strip().dropna().unique():
        verdict = _evidence(cell)
        if verdict:
            witnesses[verdict].append(cell)
    if witnesses[","] and witnesses["."]:
        raise AmbiguousNumbers(
            "Zahlen mit Dezimalkomma und mit Dezimalpunkt in einer Spalte", [witnesses[","][0], witnesses["."][0]]
        )
    if witnesses["?"] and not witnesses[","] and not witnesses["."]:
        raise AmbiguousNumbers(
            "Tausenderpunkt und Dezimalpunkt sind nicht zu unterscheiden", witnesses["?"][:3]
        )
    return "," if witnesses[","] else "."


def unreadable(series: pd.Series, values: pd.Series, signs: pd.Series) -> pd.Series:
    """Boolean mask of the cells that hold text but neither a number nor a sign."""
    filled = series.astype("string").str.strip().fillna("") != ""
    return (filled & values.isna() & signs.isna()).astype(bool)


def _read(cell: str, mark: str) -> tuple[float | None, str | None]:
    if cell.isascii() and cell.isdigit():  # most cells of counts; the long way gives the same
        return float(cell), None
    if cell in SIGNS:
        return None, SIGNS[cell]
    if cell.startswith("(") and cell.endswith(")"):
        number = _number(cell[1:-1].strip(), mark)
        return number, None if number is None else "()"
    return _number(cell, mark), None


def _number(cell: str, mark: str) -> float | None:
    factor, body = _bare(cell)
    other = "." if mark == "," else ","
    m, o = re.escape(mark), re.escape(other)
    grouped, plain = rf"[1-9]\d{{0,2}}(?:{o}\d{{3}})+(?:{m}\d+)?", rf"\d*{m}\d+|\d+"
    if re.fullmatch(rf"{grouped}|(?:{plain})(?:[eE][+-]?\d+)?", body, re.ASCII):
        return factor * float(body.replace(other, "").replace(mark, "."))
    return None


def _bare(cell: str) -> tuple[int, str]:
    """(+1 or -1, digits and marks) without unit, sign and the spaces between thousands."""
    body = _UNIT.sub("", cell)
    factor = 1
    if body[:1] in "+-−" and body[1:2].isdigit():
        factor = 1 if body[0] == "+" else -1
        body = body[1:]
    elif body[-1:] in "-−" and body[:1].isdigit():  # ledgers write 12,50- for a negative amount
        factor, body = -1, body[:-1]
    spaced = _SPACES.match(body)
    if spaced:
        body = re.sub(r"[\s'’]", "", spaced.group()) + body[spaced.end() :]
    return factor, body


def _evidence(cell: str) -> str | None:
    """The decimal mark this cell proves, `?` when it fits both, None when it has no mark or is no number."""
    inner = cell[1:-1].strip() if cell.startswith("(") and cell.endswith(")") else cell
    body = _bare(inner)[1]
    if not _BODY.fullmatch(body):
        return None
    readings = [mark for mark in (",", ".") if _number(inner, mark) is not None]
    if len(readings) == 1:
        return readings[0]
    return "?" if len(readings) == 2 and ("," in body or "." in body) else None
