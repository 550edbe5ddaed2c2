"""Words that several methods share: numbers in German sentences, notes beside an answer, a missing column said.

Messages are German, because a page shows them as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd


@dataclass(frozen=True)
class Note:
    """Something that an answer says beside its numbers.

    `code` tells the kind, `message` is a German sentence, `count` says how many rows it is about, `amount` how many
    places or children these rows stand for (missing where unknown or not asked), `ids` which they are.
    """

    code: str
    message: str
    count: int = 0
    amount: float = float("nan")
    ids: tuple[str, ...] = ()


def number(value: float | Decimal, decimals: int = 0) -> str:
    """A number as it is written in a German sentence: 1.234,5."""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def several(count: int, one: str, more: str) -> str:
    """`1 Punkt`, `2.345 Punkte`."""
    return f"{number(count)} {one if count == 1 else more}"


def missing_column(frame: pd.DataFrame, columns: Iterable[str], what: str) -> tuple[str, str] | None:
    """The first of the columns that a frame lacks, and a sentence that says so; None where all are there."""
    for column in columns:
        if column not in frame.columns:
            return column, f"In der Tabelle „{what}“ fehlt die Spalte „{column}“."
    return None
