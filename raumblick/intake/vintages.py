"""Vintages: which state of a city's areas a table speaks of.

Keys of two states often look alike (Berlin's areas before and since 2021 both have eight digits), so the form of a key
proves nothing: a vintage is recognised by the whole set of its keys, and by dates only where sets are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Vintage:
    """One state of the areas of a city: its keys and the days of its validity. `valid_to` None: still in force."""

    valid_from: pd.Timestamp
    valid_to: pd.Timestamp | None
    ids: frozenset[str]

    def holds(self, dates: Sequence[pd.Timestamp]) -> bool:
        """True when there are dates and all lie in the validity."""
        return bool(dates) and self.valid_from <= min(dates) and (self.valid_to is None or max(dates) <= self.valid_to)


def vintage_of(ids: Iterable[str], dates: Iterable[pd.Timestamp], vintages: Sequence[Vintage]) -> Vintage | None:
    """The vintage whose areas a table names, or None where that is not certain.

    Args:
        ids: area keys of the table (text, leading zeros kept); repetitions do not matter.
        dates: days of the table, for the choice between vintages that the keys do not tell apart; may be empty.
        vintages: those the city has had.

    A vintage with exactly these keys comes first; else those that know every key, of which the table then names only
    a part. Dates alone never decide: offices publish old years in new areas and new years in old ones.
    """
    keys = frozenset(ids)
    if not keys:
        return None
    fitting = [vintage for vintage in vintages if vintage.ids == keys] or [v for v in vintages if v.ids > keys]
    if len(fitting) > 1:
        days = list(dates)
        fitting = [vintage for vintage in fitting if vintage.holds(days)]
    return fitting[0] if len(fitting) == 1 else None
