"""What is checked before an index is computed: areas, columns, sentinels, exclusions.

An area is never dropped silently: it is scored, or it is excluded with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from raumblick.need.errors import IndexError_
from raumblick.need.model import Exclusion, IndexSpec, Leaf, Model

Floats = NDArray[np.float64]
Reasons = NDArray[np.object_]
# Numbers that statistical offices and programs write for "no value".
_SENTINELS = np.array([s * float(n) for n in (9, 99, 999, 9999, 99999, 999999) for s in (-1, 1)] + [-1.0])


def area_ids(table: pd.DataFrame) -> pd.Series:
    """The column `area_id`, checked: present, complete, unique. Raises IndexError_."""
    if "area_id" not in table.columns:
        raise IndexError_("area_id", "Die Tabelle hat keine Spalte „area_id“.")
    ids = table["area_id"]
    if ids.isna().any():
        raise IndexError_("area_id", f"In {int(ids.isna().sum())} Zeilen fehlt der Gebietsschlüssel.")
    if not ids.is_unique:
        twice = ids[ids.duplicated()].unique()
        raise IndexError_("area_id", f"Gebiete kommen mehrfach vor: {_some(twice)}.")
    return ids


def number_column(table: pd.DataFrame, key: str) -> Floats:
    """A column as numbers, NaN for missing. Raises IndexError_ for text and for infinite values."""
    column = table[key]
    try:
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        bad = column[pd.to_numeric(column, errors="coerce").isna() & column.notna()]
        raise IndexError_(key, f"Die Spalte enthält Text statt Zahlen: {_some(bad.unique())}.") from None
    if np.isinf(values).any():
        raise IndexError_(key, "Die Spalte enthält unendliche Werte.")
    return values


def require_columns(table: pd.DataFrame, keys: Iterable[str]) -> None:
    """Raises IndexError_ naming every key that is no column of the table."""
    missing = [key for key in keys if key not in table.columns]
    if missing:
        raise IndexError_(missing[0], f"Diese Kennzahlen fehlen in der Tabelle: {', '.join(missing)}.")


def exclusion_reasons(table: pd.DataFrame, spec: IndexSpec) -> tuple[Reasons, list[str]]:
    """Reason of every excluded area (None: not excluded) and notes on rules that could not be applied.

    The column `excluded` of the table comes first, then the rules of the spec in their order.
    """
    reasons: Reasons = np.full(len(table), None, dtype=object)
    notes: list[str] = []
    if "excluded" in table.columns:
        given = table["excluded"].to_numpy(dtype=object)
        # False and empty text mean "not excluded", as missing does.
        filled = np.array([str(v).strip() not in ("", "False") for v in given], dtype=bool)
        named = table["excluded"].notna().to_numpy() & filled
        reasons[named] = ["ausgeschlossen" if str(v) == "True" else str(v) for v in given[named]]
    for rule in spec.exclusions:
        if rule.column is not None and rule.column not in table.columns:
            if not rule.optional:
                raise IndexError_(rule.column, "Diese Spalte fehlt; eine Ausschlussregel braucht sie.")
            notes.append(f"Ausschlussregel nicht geprüft, weil die Spalte {rule.column} fehlt: {rule.reason}.")
            continue
        hit = _rule_hits(table, rule)
        reasons[hit & (reasons == None)] = rule.reason  # noqa: E711  (elementwise)
    return reasons, notes


def _rule_hits(table: pd.DataFrame, rule: Exclusion) -> NDArray[np.bool_]:
    """Which areas a rule excludes. A missing value is hit only by `missing = true`."""
    hit = table["area_id"].astype(str).isin(rule.areas).to_numpy() if rule.areas else np.zeros(len(table), dtype=bool)
    if rule.column is None:
        return hit
    column = table[rule.column]
    absent = column.isna().to_numpy()
    if rule.below is not None or rule.above is not None:
        values = number_column(table, rule.column)
        low = -np.inf if rule.below is None else rule.below
        high = np.inf if rule.above is None else rule.above
        hit = hit | (values < low) | (values > high)
    if rule.equals:
        hit = hit | column.isin(rule.equals).to_numpy()
    if rule.not_equals:
        hit = hit | (~column.isin(rule.not_equals).to_numpy() & ~absent)
    return hit | absent if rule.missing else hit


def indicator_values(table: pd.DataFrame, leaf: Leaf, spec: IndexSpec, included: NDArray[np.bool_]) -> Floats:
    """Values of an indicator for the included areas, declared sentinels as NaN.

    Raises IndexError_ naming the key for a value that looks like an undeclared sentinel or lies outside `valid`.
    """
    values = number_column(table, leaf.key)[included]
    if spec.sentinels:
        values = np.where(np.isin(values, spec.sentinels), np.nan, values)
    _refuse_sentinels(values, leaf.key)
    if leaf.valid is not None and ((values < leaf.valid[0]) | (values > leaf.valid[1])).any():
        wrong = values[(values < leaf.valid[0]) | (values > leaf.valid[1])]
        raise IndexError_(leaf.key, f"Werte außerhalb von {leaf.valid[0]:g} bis {leaf.valid[1]:g}: {_some(wrong)}.")
    return values


def _refuse_sentinels(values: Floats, key: str) -> None:
    """A repeated 9 (or -1) that is negative among positive values, or ten times as large as any other value."""
    known = values[~np.isnan(values)]
    if not known.size:
        return
    low, high = known.min(), known.max()
    for suspect in (low, high):
        if suspect not in _SENTINELS:
            continue
        others = known[known != suspect]
        if not others.size:
            continue
        lonely = suspect < 0 and others.min() >= 0
        if lonely or abs(suspect) > 10 * np.abs(others).max():
            count = int((known == suspect).sum())
            raise IndexError_(
                key,
                f"Der Wert {suspect:g} ({count} Gebiete) sieht aus wie ein Kennzeichen für „kein Wert“. Er muss als "
                "fehlend geliefert oder im Index unter „sentinels“ genannt werden.",
            )


def extra_columns(table: pd.DataFrame, model: Model, included: NDArray[np.bool_]) -> dict[str, Floats]:
    """Columns that settings name (population weights, multiplier), for the included areas.

    Raises IndexError_ naming a column that is absent, has gaps or negative numbers, or sums to 0.
    """
    names = {leaf.normalise.weighted_by for leaf in model.tree.leaves()} | {model.times}
    names |= {group.normalise.weighted_by for group in model.tree.groups()}
    extras: dict[str, Floats] = {}
    for name in sorted(n for n in names if n is not None):
        require_columns(table, [name])
        values = number_column(table, name)[included]
        if np.isnan(values).any() or (values < 0).any() or not values.sum() > 0:
            ids = table["area_id"][included][np.isnan(values) | (values < 0)]
            raise IndexError_(name, f"Die Bezugsgröße fehlt oder ist negativ: {_some(ids)}.")
        extras[name] = values
    return extras


def _some(values: Any, most: int = 5) -> str:
    """The first few values as text."""
    shown = [f"{v:g}" if isinstance(v, float) else str(v) for v in list(values)[:most]]
    return ", ".join(shown) + (f" und {len(values) - most} weitere" if len(values) > most else "")
