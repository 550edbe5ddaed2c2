"""What can be wrong with the material of a supply question.

Messages are German, because a page shows them as they are.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from raumblick.stats.rates import Floats, as_floats
from raumblick.stats.words import missing_column


class SupplyError(ValueError):
    """Material or a setting that no answer can be given for; `key` names the column or setting, the text is German."""

    def __init__(self, key: str, message: str):
        self.key = key
        super().__init__(message)


def need_columns(frame: pd.DataFrame, columns: Iterable[str], what: str) -> None:
    """Raises SupplyError for the first column that a frame lacks."""
    if lacking := missing_column(frame, columns, what):
        raise SupplyError(*lacking)


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
