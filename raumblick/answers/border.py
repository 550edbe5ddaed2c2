"""Why an area is in or out: what each indicator adds, and who stands on either side of the border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.answers.priority import Ranking, Surety

NEAR = 3  # areas shown on either side of the border


@dataclass(frozen=True, eq=False)
class Why:
    """What makes the index of one area.

    `parts`: one row an indicator, largest contribution first: indicator, name, unit, decimals, period, value, city,
    weight (share of the index), standardised, contribution, state ("value", "missing", "hidden"). `base` plus the sum of
    the contributions is `index`. `border`: index half-way between the last area in and the first one out; missing where
    there is none.
    """

    area_id: str
    name: str
    rank: float
    index: float
    base: float
    border: float
    excluded: str
    parts: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Border:
    """Who is just in and just out.

    `areas`: area_id, name, rank, index, target, probability, tier; the last ones in, then the first ones out. `gap`:
    distance of the index between the last in and the first out. `parts`: what separates these two, one row an indicator:
    name, inside, outside, unit, decimals, and `difference` of their contributions (its sum is the gap), the largest first.
    """

    areas: pd.DataFrame
    inside: str
    outside: str
    gap: float
    parts: pd.DataFrame


def why(ranking: Ranking, area_id: str) -> Why:
    """What makes the index of one area. Raises KeyError for an area that the level does not have."""
    place = _place(ranking, area_id)
    row, now = ranking.areas.iloc[place], ranking.inputs
    parts = _used_sources(ranking)
    keys = list(parts["indicator"])
    values = now.table.iloc[place][keys].to_numpy(dtype=float)
    hidden = [bool(now.material.wide[k].hidden[p].iloc[place]) for k, p in zip(keys, parts["period"], strict=True)]
    parts = parts.assign(
        value=values,
        weight=[ranking.share[key] for key in keys],
        standardised=ranking.result.standardised.iloc[place][keys].to_numpy(dtype=float),
        contribution=ranking.result.contributions.iloc[place][keys].to_numpy(dtype=float),
        state=np.where(np.isfinite(values), "value", np.where(hidden, "hidden", "missing")),
    )
    return Why(
        area_id=area_id,
        name=str(row["name"]),
        rank=float(row["rank"]),
        index=float(row["index"]),
        base=float(ranking.result.base.iloc[place]),
        border=border_value(ranking),
        excluded=str(row["excluded"]),
        parts=parts.sort_values("contribution", ascending=False, key=_need_first(ranking), ignore_index=True),
    )


def border_value(ranking: Ranking) -> float:
    """Index half-way between the last area in and the first one out; missing where all or none are in."""
    inside, outside = _sides(ranking)
    if not len(inside) or not len(outside):
        return float("nan")
    return float((inside["index"].iloc[-1] + outside["index"].iloc[0]) / 2)


def border(ranking: Ranking, sure: Surety) -> Border | None:
    """Who is just in and just out, and what separates them; None where all areas or none are in."""
    inside, outside = _sides(ranking)
    if not len(inside) or not len(outside):
        return None
    shown = pd.concat([inside.tail(NEAR), outside.head(NEAR)])
    tiers = sure.areas.set_index("area_id")[["probability", "tier"]]
    columns = ["area_id", "name", "rank", "index", "target"]
    last, first = inside.iloc[-1], outside.iloc[0]
    return Border(
        areas=shown[columns].join(tiers, on="area_id").reset_index(drop=True),
        inside=str(last["name"]),
        outside=str(first["name"]),
        gap=float(abs(last["index"] - first["index"])),
        parts=_difference(ranking, str(last["area_id"]), str(first["area_id"])),
    )


def _difference(ranking: Ranking, inside: str, outside: str) -> pd.DataFrame:
    """Values and difference of contributions of two areas, one row an indicator."""
    parts = _used_sources(ranking)
    keys = list(parts["indicator"])
    one, two = _place(ranking, inside), _place(ranking, outside)
    table, share = ranking.inputs.table, ranking.result.contributions
    towards = ranking.spec.status.orientation
    parts = parts.assign(
        inside=table.iloc[one][keys].to_numpy(dtype=float),
        outside=table.iloc[two][keys].to_numpy(dtype=float),
        difference=towards * (share.iloc[one][keys] - share.iloc[two][keys]).to_numpy(dtype=float),
    )
    return parts.sort_values("difference", key=abs, ascending=False, ignore_index=True)


def _sides(ranking: Ranking) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Areas in and areas out, by rank."""
    judged = ranking.areas.dropna(subset=["rank"]).sort_values(["rank", "area_id"])
    return judged[judged["target"]], judged[~judged["target"]]


def _used_sources(ranking: Ranking) -> pd.DataFrame:
    """Sources of the indicators that carry weight."""
    sources = ranking.inputs.sources
    return sources[sources["indicator"].isin(ranking.spec.keys)].reset_index(drop=True)


def _place(ranking: Ranking, area_id: str) -> int:
    """Row of an area."""
    found = np.flatnonzero(ranking.areas["area_id"].to_numpy() == area_id)
    if not found.size:
        raise KeyError(area_id)
    return int(found[0])


def _need_first(ranking: Ranking):
    """Sort key under which the contribution that speaks most for need is the largest."""
    return lambda values: values * ranking.spec.status.orientation
