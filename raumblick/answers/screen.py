"""Which areas meet conditions on indicators, years and changes? The answer behind Gebiete suchen.

A rule is text (`raumblick.need.screening`), so that it travels in an address: `sgb2_u15 > 25 und kita_cov_u6 < 90`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.answers.values import Indicator, areas, indicators
from raumblick.need.errors import IndexError_, SpecError
from raumblick.need.ruletext import parse_rule, rule_text
from raumblick.need.screening import UNKNOWN, Condition, Node, Rule, conditions, screen
from raumblick.snapshot.store import Store

__all__ = [
    "Condition", "Node", "Rule", "RuleError", "Screening", "conditions", "flat", "joined", "periods", "read_rule", "rule_text",
    "screening", "start_rule",
]  # fmt: skip
LEADS = ("sgb2_u15", "mss_s4", "sgb2_0_64", "unemp")
MOST_CONDITIONS = 6


class RuleError(ValueError):
    """A rule that cannot be read or asked here; the message is German."""


@dataclass(frozen=True, eq=False)
class Screening:
    """Which areas meet a rule.

    `areas`: one row an area in ascending area_id: area_id, name, parent_name, answer ("ja", "knapp", "nein", "unbekannt"),
    hidden (True where the answer depends on a hidden number), and for each condition i value_i and limit_i.
    `conditions` from left to right, `periods` the period each one compares (for changes the last one). `sheets` by key.
    """

    rule: Node
    level: str
    areas: pd.DataFrame
    conditions: tuple[Condition, ...]
    periods: tuple[str, ...]
    sheets: dict[str, Indicator]

    def count(self, answer: str) -> int:
        """Number of areas with an answer."""
        return int((self.areas["answer"] == answer).sum())


def read_rule(text: str) -> Node:
    """The rule in a text. Raises RuleError saying what was expected and where."""
    try:
        return parse_rule(text)
    except SpecError as error:
        raise RuleError(str(error).removeprefix("regel: ")) from error


def flat(rule: Node) -> tuple[str, tuple[Condition, ...]] | None:
    """("und" or "oder", conditions) of a rule without brackets; None where a form cannot show it."""
    if isinstance(rule, Condition):
        return "und", (rule,)
    parts = tuple(part for part in rule.parts if isinstance(part, Condition))
    return (rule.joined, parts) if len(parts) == len(rule.parts) <= MOST_CONDITIONS else None


def joined(word: str, parts: tuple[Condition, ...]) -> Node:
    """Conditions as one rule."""
    return parts[0] if len(parts) == 1 else Rule(word, parts)


def periods(store: Store, level: str) -> dict[str, tuple[str, ...]]:
    """Periods in which each indicator has a number (or a hidden one) on a level, rising."""
    rows = store.read("coverage", level=level)
    told = rows[(rows["known"] > 0) | (rows["hidden"] > 0)]
    return {str(key): tuple(sorted(group["period"].astype(str))) for key, group in told.groupby("indicator")}


def start_rule(store: Store, level: str) -> str:
    """A rule to begin with: where poverty of children (or the next best indicator) is a quarter above the city."""
    sheets = {sheet.key: sheet for sheet in indicators(store, level)}
    compared = [key for key in (*LEADS, *sheets) if key in sheets and sheets[key].kind != "count"]
    key = compared[0] if compared else next(iter(sheets))
    city = store.read("city_values")
    whole = city[(city["indicator"] == key) & city["value"].notna()]["period"]
    latest = sheets[key].last_period
    return f"{key} > {'stadt' if latest in set(whole.astype(str)) else 'median'}*1.25"


def screening(store: Store, level: str, text: str) -> Screening:
    """The areas of a level against the rule in a text.

    Raises:
        RuleError: it cannot be read, or names an indicator or period without numbers on this level.
    """
    rule = read_rule(text)
    sheets = {sheet.key: sheet for sheet in indicators(store, level)}
    parts = conditions(rule)
    for key in (part.indicator for part in parts):
        if key not in sheets:
            raise RuleError(f"Die Kennzahl „{key[:60]}“ hat auf dieser Ebene keine Zahlen.")
    order = areas(store, level).drop(columns="parent_id")
    rows = pd.concat([_grid(store, key, level, order["area_id"]) for key in dict.fromkeys(p.indicator for p in parts)])
    city = store.read("city_values")[["indicator", "period", "value"]].dropna()
    try:
        found = screen(rows[["area_id", "indicator", "period", "value"]], rule, city)
    except IndexError_ as error:
        names = {key: f"„{sheet.name}“" for key, sheet in sheets.items()}
        raise RuleError(str(error).replace(f"{error.key}:", f"{names.get(error.key, error.key)}:", 1)) from error
    periods = tuple(part.period or _latest(rows, part.indicator) for part in parts)
    frame = order.merge(found, on="area_id", how="left")
    hidden = np.any([_hidden(rows, part, period, order["area_id"]) for part, period in zip(parts, periods, strict=True)], axis=0)
    frame["hidden"] = hidden & frame["answer"].eq(UNKNOWN).to_numpy()
    return Screening(rule, level, frame, tuple(parts), periods, {part.indicator: sheets[part.indicator] for part in parts})


def _grid(store: Store, key: str, level: str, order: pd.Series) -> pd.DataFrame:
    """Values of an indicator with a row for every area and period, missing where there is no number."""
    rows = store.read("values", indicator=key, level=level)
    rows["period"] = rows["period"].astype(str)
    full = pd.MultiIndex.from_product([order, sorted(rows["period"].unique())], names=["area_id", "period"])
    wide = rows.set_index(["area_id", "period"])[["value", "status"]].reindex(full).reset_index()
    return wide.assign(indicator=key, value=wide["value"].astype(float))


def _latest(rows: pd.DataFrame, key: str) -> str:
    """The last period with any value, as the rule takes it."""
    own = rows[rows["indicator"] == key]
    known = own[own["value"].notna()]
    return str((known if len(known) else own)["period"].max())


def _hidden(rows: pd.DataFrame, part: Condition, period: str, order: pd.Series) -> np.ndarray:
    """Areas where a number that the condition needs is hidden; shape (areas,)."""
    asked = {period, part.since} - {""}
    own = rows[(rows["indicator"] == part.indicator) & rows["period"].isin(asked)]
    secret = own[own["status"].eq("hidden") & own["value"].isna()]["area_id"]
    return order.isin(set(secret)).to_numpy()
