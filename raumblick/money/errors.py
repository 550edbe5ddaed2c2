"""What can be wrong with the material of a question on money, and amounts in German sentences.

Messages are German, because a page shows them as they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from raumblick.stats.rates import Floats
from raumblick.stats.words import missing_column, number

LAW = "Planungsgröße: Das Budget begrenzt keinen Anspruch auf Hilfe (§§ 27, 36a SGB VIII)."


class MoneyError(ValueError):
    """Material or a wish that no answer can be given for; `key` names the column or setting, the text is German.

    `change` is the smallest change in euro (or as a share, where the text says so) that would make a wish possible.
    """

    def __init__(self, key: str, message: str, change: float | None = None):
        self.key = key
        self.change = change
        super().__init__(message)


def euro(value: float | Decimal) -> str:
    """An amount in a German sentence: 1.234 €, with cents where there are any."""
    whole = round(float(value), 2) == round(float(value))
    return f"{number(value, 0 if whole else 2)} €"


def percent(share: float, decimals: int = 0) -> str:
    """A share in a German sentence: 5 %, and 12,5 % where a whole number would be wrong."""
    value = 100 * share
    return f"{number(value, max(decimals, 0 if abs(value - round(value)) < 1e-9 else 1))} %"


def cents_of(amount: Any, key: str, what: str) -> int:
    """An amount in whole cents, halves up.

    Raises:
        MoneyError: no number, not finite, or negative.
    """
    try:
        value = Decimal(str(amount))
    except ArithmeticError as error:
        raise MoneyError(key, f"{what}: „{amount}“ ist kein Betrag.") from error
    if not value.is_finite():
        raise MoneyError(key, f"{what} fehlt.")
    if value < 0:
        raise MoneyError(key, f"{what} ist negativ ({euro(value)}).")
    return math.floor(value * 100 + Decimal("0.5"))


def need_columns(frame: pd.DataFrame, columns: Iterable[str], what: str) -> None:
    """Raises MoneyError for the first column that a frame lacks."""
    if lacking := missing_column(frame, columns, what):
        raise MoneyError(*lacking)


def not_negative(values: Any, key: str, what: str, finite: bool = True) -> Floats:
    """Numbers of any shape as floats.

    Raises:
        MoneyError: something is no number, missing, negative or (unless `finite` is False) infinite.
    """
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise MoneyError(key, f"{what}: Nicht alle Angaben sind Zahlen.") from error
    if np.isnan(array).any() or (finite and np.isinf(array).any()):
        raise MoneyError(key, f"{what}: Eine Angabe fehlt.")
    if (array < 0).any():
        raise MoneyError(key, f"{what}: Eine Angabe ist negativ ({number(float(array.min()), 2)}).")
    return array
