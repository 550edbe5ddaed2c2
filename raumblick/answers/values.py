"""What every answer about indicators shares: the indicator's sheet, intervals, and which of three things a gap is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from raumblick.snapshot.store import Store
from raumblick.stats.rates import rate_interval

VALUE, MISSING, HIDDEN = "value", "missing", "hidden"


class UnknownIndicatorError(KeyError):
    """The snapshot has no numbers for this indicator on this level."""


@dataclass(frozen=True)
class Indicator:
    """The sheet of one indicator (section [indicator] of the table description) and the periods it has numbers for."""

    key: str
    name: str
    definition: str
    numerator: str
    denominator: str
    age_group: str
    unit: str
    kind: str
    multiplier: float
    decimals: int
    direction: str
    paragraph: str
    topic: str
    typical_source: str
    sensitivity: str
    first_period: str
    last_period: str


@lru_cache(maxsize=32)  # a page asks for its level's a dozen times
def indicators(store: Store, level: str) -> tuple[Indicator, ...]:
    """All indicators that have a number on a level, by topic and name."""
    rows = store.read("indicators", level=level)
    fields = Indicator.__dataclass_fields__
    return tuple(Indicator(**{name: _plain(row[name]) for name in fields}) for row in rows.to_dict("records"))


def indicator(store: Store, key: str, level: str) -> Indicator:
    """One indicator.

    Raises:
        UnknownIndicatorError: no numbers on this level.
    """
    for found in indicators(store, level):
        if found.key == key:
            return found
    raise UnknownIndicatorError(key)


def levels(store: Store) -> tuple[str, ...]:
    """Levels of the city from the base areas up to the whole city."""
    return tuple(store.read("levels")["level"][::-1])


def areas(store: Store, level: str) -> pd.DataFrame:
    """Areas of a level in ascending area_id, the order of the map file: area_id, name, parent_id, parent_name."""
    return store.read("areas", level=level)


def complete(rows: pd.DataFrame, kind: str, multiplier: float) -> pd.DataFrame:
    """Add 95 % intervals and the state of each row.

    Args:
        rows: columns numerator, denominator, value, status.
        kind: kind of the indicator; decides the interval (`raumblick.stats.rates.rate_interval`).
        multiplier: of the indicator.

    Returns:
        The rows with `low`, `high` (missing where the kind has no interval or counts are missing) and `state`:
        value, missing or hidden. Zero is a value.
    """
    low, high = rate_interval(kind, rows["numerator"], rows["denominator"], multiplier)
    return _with_intervals(rows, low, high)


def complete_all(rows: pd.DataFrame, sheets: Iterable[Indicator]) -> pd.DataFrame:
    """`complete` for rows of many indicators (column `indicator`), all of a kind at once; the order stays.

    Rows of indicators without a sheet are left out.
    """
    by_key = {sheet.key: sheet for sheet in sheets}
    rows = rows[rows["indicator"].isin(list(by_key))]
    mine = [by_key[key] for key in rows["indicator"]]
    kinds, multipliers = np.array([s.kind for s in mine], dtype=object), np.array([s.multiplier for s in mine], dtype=float)
    counts = rows[["numerator", "denominator"]].to_numpy(dtype=float, na_value=np.nan)
    low, high = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    for kind in set(kinds):
        at = kinds == kind
        low[at], high[at] = rate_interval(kind, counts[at, 0], counts[at, 1], multipliers[at])
    return _with_intervals(rows, low, high)


def _with_intervals(rows: pd.DataFrame, low: Any, high: Any) -> pd.DataFrame:
    known = rows["value"].notna()
    state = np.where(known, VALUE, np.where(rows["status"].eq("hidden"), HIDDEN, MISSING))
    return rows.assign(low=np.where(known, low, np.nan), high=np.where(known, high, np.nan), state=state)


@lru_cache(maxsize=8)  # a level of one city each; one page asks for it up to three times, and every area of it once
def latest(store: Store, level: str) -> pd.DataFrame:
    """The newest value of every indicator in every area of a level (query `latest_values`), completed; not to be changed."""
    return complete_all(store.read("latest_values", level=level), indicators(store, level))


def _plain(value: Any) -> Any:
    return "" if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)) else value
