"""Finds areas by conditions on indicators, years and changes, joined by "und" and "oder".

A rule can be written, and kept in an address, as text:

    sgb2_u15 > 25 und kita_cov_u6 < 90 und diff(pop_u6, 2019, 2024) > 0
    (unemp@2023 >= stadt*1.5 oder unemp_u25 >= median) und pct(pop_u18, 2019) > 5 ~ 1

* `key` is the latest value, `key@period` that of a period;
* `diff(key, from, to)` is the change between two periods in the unit of the indicator, `pct(key, from, to)` in per cent
  of the first one; without `to` up to the latest;
* the limit is a number, `stadt` (the value of the city) or `median` (of the areas), both may carry a factor: `stadt*1.2`;
* `~ 1` is a tolerance: an area that misses the limit by no more than this just meets it ("knapp");
* "und" binds closer than "oder"; brackets group.

A missing value is neither met nor missed: an area is "unbekannt" where the answer depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from raumblick.need.errors import IndexError_

OPERATORS = (">=", "<=", ">", "<")
REFERENCES = ("", "stadt", "median")
ANSWERS = ("nein", "knapp", "ja")
UNKNOWN = "unbekannt"


@dataclass(frozen=True)
class Condition:
    """One condition: an indicator's value, or its change since `since`, against a limit.

    `period` "" is the latest. `change` is "" (value), "diff" or "pct". The limit is `limit`, or `limit` times the
    `reference` ("stadt", "median"). `tolerance` is in the unit of the compared value.
    """

    indicator: str
    operator: str
    limit: float
    period: str = ""
    since: str = ""
    change: str = ""
    reference: str = ""
    tolerance: float = 0.0


@dataclass(frozen=True)
class Rule:
    """Conditions or rules of which all ("und") or any ("oder") must hold."""

    joined: str
    parts: tuple[Condition | Rule, ...]


Node = Condition | Rule


def screen(observations: pd.DataFrame, rule: Node, city: pd.DataFrame | None = None) -> pd.DataFrame:
    """Which areas meet a rule, one row an area in order of first appearance.

    `observations`: long, columns `area_id`, `indicator`, `period` (text), `value`; `city`: the same without `area_id`
    for the whole city, needed for the reference "stadt". Columns of the answer: `area_id`, `answer` ("ja", "knapp",
    "nein", "unbekannt"), and for every condition i `value_i` and `limit_i`. Raises IndexError_ naming an indicator or
    period that does not occur, repeated values, or the reference that is not given.
    """
    if observations.duplicated(["area_id", "indicator", "period"]).any():
        raise IndexError_("area_id", "Für ein Gebiet, eine Kennzahl und einen Zeitraum gibt es mehrere Werte.")
    areas = pd.Index(observations["area_id"].unique())
    columns: dict[str, Any] = {"area_id": areas.array}
    bounds = []
    for position, condition in enumerate(conditions(rule)):
        value = _value(observations, condition).reindex(areas).to_numpy(dtype=np.float64)
        limit = _limit(condition, value, city)
        columns |= {f"value_{position}": value, f"limit_{position}": np.full(len(areas), limit)}
        bounds.append(_bounds(condition, value, limit))
    low, high = _joined(rule, iter(bounds))
    answers = np.array(ANSWERS, dtype=object)[low]
    answers[low != high] = UNKNOWN
    frame = pd.DataFrame(columns)
    frame.insert(1, "answer", answers)
    return frame


def conditions(rule: Node) -> list[Condition]:
    """All conditions of a rule, from left to right."""
    return [rule] if isinstance(rule, Condition) else [c for part in rule.parts for c in conditions(part)]


def sentence(rule: Node, names: Mapping[str, str], units: Mapping[str, str] | None = None) -> str:
    """A rule in plain German, e.g. "Kinder im SGB-II-Bezug über 25 % und ...". `units` by indicator key."""
    if isinstance(rule, Condition):
        return _condition_sentence(rule, names.get(rule.indicator, rule.indicator), (units or {}).get(rule.indicator, ""))
    texts = [
        f"({sentence(part, names, units)})" if isinstance(part, Rule) else sentence(part, names, units)
        for part in rule.parts
    ]
    return f" {rule.joined} ".join(texts)


def _condition_sentence(condition: Condition, name: str, unit: str) -> str:
    """One condition in plain German."""
    unit = "%" if condition.change == "pct" else unit
    words = {">": "über", ">=": "mindestens", "<": "unter", "<=": "höchstens"}
    number = f"{condition.limit:.10g}".replace(".", ",").replace("-", "−") + (f" {unit}" if unit else "")
    if condition.reference:
        factor = "" if condition.limit == 1 else f"dem {condition.limit:.10g}-fachen von ".replace(".", ",")
        number = factor + {"stadt": "dem Wert der Stadt", "median": "dem mittleren Gebiet"}[condition.reference]
    what = name
    if condition.change:
        what = f"Veränderung von {name} seit {condition.since}" + (f" bis {condition.period}" if condition.period else "")
    elif condition.period:
        what = f"{name} ({condition.period})"
    slack = f" (Spielraum {condition.tolerance:.10g})".replace(".", ",") if condition.tolerance else ""
    return f"{what} {words[condition.operator]} {number}{slack}"


def _value(observations: pd.DataFrame, condition: Condition) -> pd.Series:
    """The compared value by area: of a period, or the change between two."""
    chosen = observations[observations["indicator"] == condition.indicator]
    if chosen.empty:
        raise IndexError_(condition.indicator, "Zu dieser Kennzahl gibt es keine Werte.")
    later = _of_period(chosen, condition.period or _latest(chosen), condition)
    if not condition.change:
        return later
    earlier = _of_period(chosen, condition.since, condition)
    difference = later - earlier
    return difference if condition.change == "diff" else 100 * difference / earlier.where(earlier != 0)


def _latest(chosen: pd.DataFrame) -> str:
    """The last period with any value; the last one at all where there is none."""
    known = chosen[chosen["value"].notna()]
    return str((known if len(known) else chosen)["period"].astype(str).max())


def _of_period(chosen: pd.DataFrame, period: str, condition: Condition) -> pd.Series:
    """Values of one period by area."""
    rows = chosen[chosen["period"].astype(str) == period]
    if rows.empty:
        raise IndexError_(condition.indicator, f"Für {period} gibt es keine Werte dieser Kennzahl.")
    return rows.set_index("area_id")["value"].astype(np.float64)


def _limit(condition: Condition, value: np.ndarray, city: pd.DataFrame | None) -> float:
    """The limit as a number; missing where the reference has no value."""
    if not condition.reference:
        return condition.limit
    if condition.reference == "median":
        return condition.limit * float(np.nanmedian(value)) if (~np.isnan(value)).any() else float("nan")
    if city is None:
        raise IndexError_("stadt", "Für den Vergleich mit der Stadt fehlen ihre Werte.")
    whole = _value(city.assign(area_id="stadt"), replace(condition, reference=""))
    return condition.limit * float(whole.iloc[0])


def _bounds(condition: Condition, value: np.ndarray, limit: float) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest possible answer (0 nein, 1 knapp, 2 ja); they differ where the value is missing."""
    slack = condition.tolerance
    if condition.operator[0] == ">":
        strict, near = value > limit, value >= limit - slack
    else:
        strict, near = value < limit, value <= limit + slack
    if "=" in condition.operator:
        strict |= value == limit
    answer = np.where(strict, 2, np.where(near & (slack > 0), 1, 0))
    missing = np.isnan(value) | np.isnan(limit)
    return np.where(missing, 0, answer), np.where(missing, 2, answer)


def _joined(rule: Node, bounds: Any) -> tuple[np.ndarray, np.ndarray]:
    """Answers of a rule from those of its conditions, in order: the least for "und", the best for "oder"."""
    if isinstance(rule, Condition):
        return next(bounds)
    parts = [_joined(part, bounds) for part in rule.parts]
    pick = np.minimum if rule.joined == "und" else np.maximum
    return pick.reduce([low for low, _ in parts]), pick.reduce([high for _, high in parts])
