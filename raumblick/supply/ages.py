"""Children of an age group from residents by age, and the targets that say how many of them should have a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.supply.errors import SupplyError, need_columns, numbers_of

KIND_LABEL = {
    "law": "Gesetz",
    "ordinance": "Verordnung",
    "plan": "Planung",
    "recommendation": "Empfehlung",
    "demand": "Bedarf",
    "survey": "Befragung",
}
_PARTS = {"%": 100.0, "je 100": 100.0, "je 1.000": 1000.0, "je 1000": 1000.0}


@dataclass(frozen=True)
class Target:
    """How many children of an age group should have a place: `share` 0 to 1, who says so (`kind`), and where (`source`)."""

    service: str
    age_from: int
    age_to: int | None
    share: float
    kind: str
    source: str

    @property
    def label(self) -> str:
        """`Gesetz: § 24 Abs. 3 SGB VIII`."""
        return f"{KIND_LABEL[self.kind]}: {self.source}"


def of_places(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table `target` about places; posts or offers for each resident say nothing of them."""
    return table[table["unit"].isin(list(_PARTS))]


def targets_on(table: pd.DataFrame, service: str, day: str | pd.Timestamp) -> tuple[Target, ...]:
    """Targets of a service in force on a day, in the order of the table; of one kind and age the newest alone is in force.

    Args:
        table: as the canonical table `target`: service, age_from, age_to, value, unit, kind, valid_from, valid_to, source.
        service: key of the service.
        day: the reference date.

    Raises:
        SupplyError: a column is missing, the unit is no share of children, or the kind is unknown.
    """
    columns = ["service", "age_from", "age_to", "value", "unit", "kind", "valid_from", "valid_to", "source"]
    need_columns(table, columns, "Zielwerte")
    start, end = (pd.to_datetime(table[name], errors="coerce") for name in ("valid_from", "valid_to"))
    at = pd.Timestamp(day)
    rows = table.assign(_start=start)[(table["service"] == service) & ~(start > at) & ~(end < at)]
    order = rows.sort_values("_start", kind="stable", na_position="first")
    newest = order.drop_duplicates(["kind", "age_from", "age_to"], keep="last")
    rows = rows.loc[rows.index.isin(newest.index), columns]
    return tuple(_target(row) for row in rows.to_dict("records"))


def _target(row: dict) -> Target:
    if row["unit"] not in _PARTS:
        raise SupplyError("unit", f"Der Zielwert „{row['source']}“ hat die Einheit „{row['unit']}“; möglich ist zum Beispiel %.")
    if row["kind"] not in KIND_LABEL:
        raise SupplyError("kind", f"Der Zielwert „{row['source']}“ hat keine gültige Art; ohne Art gibt es keine Ampel.")
    age_to = None if pd.isna(row["age_to"]) else int(row["age_to"])
    share = float(row["value"]) / _PARTS[row["unit"]]
    return Target(str(row["service"]), int(row["age_from"]), age_to, share, str(row["kind"]), str(row["source"]))


def of_age(population: pd.DataFrame, age_from: int, age_to: int | None) -> pd.DataFrame:
    """Residents of an age group by area.

    Args:
        population: area_id, age_from, age_to (excluded; missing: and older), count (missing: unknown). Sexes are summed.
        age_from: included. age_to: excluded; None: and older.

    Returns:
        By area_id, ascending: count (missing where a needed age group is missing or unknown) and estimated (true where a
        delivered group reaches beyond the ages asked for and was split evenly over its years).

    Raises:
        SupplyError: a column is missing, an age group is empty, or a number is negative.
    """
    top = np.inf if age_to is None else float(age_to)
    if not age_from < top:
        raise SupplyError("age_to", "Die Altersgruppe ist leer.")
    need_columns(population, ["area_id"], "Einwohner")
    low = numbers_of(population, "age_from", "Einwohner")
    high = numbers_of(population, "age_to", "Einwohner")
    high = np.where(np.isnan(high), np.inf, high)
    count = numbers_of(population, "count", "Einwohner")
    inside = np.minimum(high, top) - np.maximum(low, age_from)
    touching = inside > 0
    whole = (low >= age_from) & (high <= top)
    # An open group that is only partly asked for cannot be split: nobody knows over how many years.
    part = np.where(whole, 1.0, np.where(np.isinf(high), np.nan, inside / np.where(np.isinf(high), 1.0, high - low)))
    frame = pd.DataFrame({"area_id": population["area_id"].to_numpy(), "low": low, "high": high})
    frame = frame.assign(count=count * part, estimated=~whole)[touching]
    years = frame.drop_duplicates(["area_id", "low", "high"])
    span = np.minimum(years["high"], top) - np.maximum(years["low"], age_from)
    covered = span.groupby(years["area_id"]).sum()
    frame["unknown"] = frame["count"].isna()
    sums = frame.groupby("area_id", sort=True).agg({"count": "sum", "unknown": "any", "estimated": "any"})
    areas = pd.Index(sorted(pd.unique(population["area_id"])), name="area_id")
    sums = sums.reindex(areas)
    complete = (covered.reindex(areas) >= top - age_from) & ~sums["unknown"].eq(True)
    return pd.DataFrame(
        {"count": sums["count"].astype(float).where(complete), "estimated": sums["estimated"].eq(True) & complete}, index=areas
    )


def need(population: pd.DataFrame, targets: Sequence[Target]) -> pd.DataFrame:
    """Places needed by area: the sum over age groups of children times target.

    Args:
        population: as in `of_age`.
        targets: one an age group; they must not overlap.

    Returns:
        By area_id: children (of all age groups), need (places; missing where an age group is unknown), estimated.

    Raises:
        SupplyError: no target, or two for the same age.
    """
    if not targets:
        raise SupplyError("targets", "Es gibt keinen Zielwert; ohne Zielwert lässt sich kein Bedarf rechnen.")
    ordered = sorted(targets, key=lambda t: t.age_from)
    for one, two in zip(ordered, ordered[1:], strict=False):
        if one.age_to is None or two.age_from < one.age_to:
            raise SupplyError("targets", f"Zwei Zielwerte gelten für dasselbe Alter: {one.label}; {two.label}.")
    groups = [of_age(population, t.age_from, t.age_to) for t in ordered]
    wanted = sum((g["count"] * t.share for g, t in zip(groups, ordered, strict=True)), start=0.0 * groups[0]["count"])
    children = sum((g["count"] for g in groups[1:]), start=groups[0]["count"])
    estimated = np.any([g["estimated"] for g in groups], axis=0)
    return pd.DataFrame({"children": children, "need": wanted, "estimated": estimated})
