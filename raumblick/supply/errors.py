"""What can be wrong with the material of a supply question: errors stop it, notes go with the answer.

Messages are German, because a page shows them as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.stats.rates import Floats, as_floats


class SupplyError(ValueError):
    """Material or a setting that no answer can be given for; `key` names the column or setting, the text is German."""

    def __init__(self, key: str, message: str):
        self.key = key
        super().__init__(message)


@dataclass(frozen=True)
class Note:
    """Something that an answer says beside its numbers.

    `code` tells the kind, `message` is a German sentence, `count` says how many rows it is about, `amount` how many
    places or children these rows stand for (missing where unknown), `ids` which they are.
    """

    code: str
    message: str
    count: int
    amount: float = float("nan")
    ids: tuple[str, ...] = ()


def number(value: float, decimals: int = 0) -> str:
    """A number as it is written in a German sentence: 1.234,5."""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def several(count: int, one: str, more: str) -> str:
    """`1 Punkt`, `2.345 Punkte`."""
    return f"{number(count)} {one if count == 1 else more}"


def need_columns(frame: pd.DataFrame, columns: Iterable[str], what: str) -> None:
    """Raises SupplyError for the first column that a frame lacks."""
    for column in columns:
        if column not in frame.columns:
            raise SupplyError(column, f"In der Tabelle „{what}“ fehlt die Spalte „{column}“.")


def unique_ids(frame: pd.DataFrame, column: str, what: str) -> pd.Index:
    """The keys of a frame.

    Raises:
        SupplyError: the column is missing, or a key is missing or there twice.
    """
    need_columns(frame, [column], what)
    ids = pd.Index(frame[column], name=column)
    if ids.hasnans:
        raise SupplyError(column, f"In der Tabelle „{what}“ hat eine Zeile keinen Schlüssel.")
    if not ids.is_unique:
        twice = ids[ids.duplicated()][0]
        raise SupplyError(column, f"In der Tabelle „{what}“ steht der Schlüssel „{twice}“ mehrfach.")
    return ids


def numbers_of(frame: pd.DataFrame, column: str, what: str, negative: bool = False) -> Floats:
    """A column as numbers, missing as NaN.

    Raises:
        SupplyError: the column is missing or holds something else, or a negative number where none may be.
    """
    need_columns(frame, [column], what)
    try:
        values = as_floats(frame[column])
    except (TypeError, ValueError) as error:
        raise SupplyError(column, f"In der Tabelle „{what}“ stehen in der Spalte „{column}“ nicht nur Zahlen.") from error
    if not negative and (np.nan_to_num(values) < 0).any():
        raise SupplyError(column, f"In der Tabelle „{what}“ steht in der Spalte „{column}“ eine negative Zahl.")
    return values
