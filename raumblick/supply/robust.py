"""How sure a gap is: the same question with several radii and ways of counting distance, and how unequal access is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from raumblick.stats.inequality import Theil, concentration, gini, shortfall, theil
from raumblick.stats.rates import Floats
from raumblick.supply.errors import SupplyError, numbers_of, unique_ids
from raumblick.supply.field import Field, field_of
from raumblick.supply.near import DECAYS, Block, Decay, Kernel

RADII = (500.0, 750.0, 1000.0, 1500.0, 2000.0, 3000.0)  # with two decays the twelve variants


@dataclass(frozen=True, eq=False)
class RobustGaps:
    """Gaps of areas under all variants.

    `areas`, by area_id: gaps (variants in which access is below the target), known (variants with an access), least and
    most access. `access`: one column a variant, by area_id. Areas without children have no access and no gap.
    """

    areas: pd.DataFrame
    access: pd.DataFrame

    @property
    def variants(self) -> int:
        """Number of variants."""
        return self.access.shape[1]

    def sentence(self, area_id: str) -> str:
        """`Lücke in 9 von 12 Varianten.`"""
        row = self.areas.loc[area_id]
        if row["known"] == 0:
            return "Hier wohnen keine Kinder dieser Altersgruppe, oder ihre Zahl fehlt."
        return f"Lücke in {int(row['gaps'])} von {int(row['known'])} Varianten."


def variants(
    demand: pd.DataFrame,
    supply: pd.DataFrame,
    radii: tuple[float, ...] = RADII,
    decays: tuple[Decay, ...] = DECAYS,
    detour: float = 1.0,
) -> pd.DataFrame:
    """Access of every point under all pairs of radius and decay, from one search for the pairs.

    Args:
        demand, supply, detour: as in `raumblick.supply.reach.reach`.
        radii: metres of way.
        decays: "binary", "gaussian".

    Returns:
        By demand_id, one column a variant (radius, decay); each is what `reach` gives for it.

    Raises:
        SupplyError: as `reach`; or no variant is named.
    """
    if not radii or not decays:
        raise SupplyError("radii", "Es ist keine Variante gewählt.")
    kernels = {pair: Kernel(pair[0], pair[1], detour) for pair in product(sorted(set(radii), reverse=True), decays)}
    field = field_of(demand, next(iter(kernels.values())))
    unique_ids(supply, "facility_id", "Angebote")
    places = np.nan_to_num(numbers_of(supply, "places", "Angebote"))
    x, y = (numbers_of(supply, name, "Angebote", negative=True) for name in ("x", "y"))
    assert field.bands is not None
    children = field.children[field.order]
    sums = {pair: np.zeros(len(children)) for pair in kernels}
    for block in field.bands.blocks(x, y, field.kernel.straight_m):
        _add(block, kernels, places, children, sums)
    table = {pair: _whole(field, sums[pair]) for pair in product(radii, decays)}
    return pd.DataFrame(table, index=field.ids).rename_axis(columns=["radius_m", "decay"])


def _add(
    block: Block,
    kernels: dict[tuple[float, Decay], Kernel],
    places: Floats,
    children: Floats,
    sums: dict[tuple[float, Decay], Floats],
) -> None:
    """Add what the facilities of a block give to every point; from the largest radius to the smallest, pairs thin out."""
    query, at, squared = block.query, block.at, block.squared
    here, count = places[block.first : block.last], block.last - block.first
    radius = np.inf
    for pair, kernel in kernels.items():
        if kernel.straight_m < radius:
            radius = kernel.straight_m
            inside = squared <= kernel.limit
            query, at, squared = query[inside], at[inside], squared[inside]
            near = children[at]
        weights = kernel.weights(squared) if kernel.decay != "binary" else None
        seen = np.bincount(query, near if weights is None else near * weights, minlength=count)
        ratio = np.where(seen > 0, here / np.where(seen > 0, seen, 1.0), 0.0)[query]
        sums[pair] += np.bincount(at, ratio if weights is None else ratio * weights, minlength=len(children))


def _whole(field: Field, values: Floats) -> Floats:
    out = np.where(field.placed, 0.0, np.nan)
    out[field.order] = values
    return out


def robust_gaps(access: pd.DataFrame, children: pd.Series, area_of: pd.Series, target: float | pd.Series) -> RobustGaps:
    """In how many variants an area lies below the target.

    Args:
        access: of `variants`.
        children: by demand_id; points with a missing number do not count.
        area_of: area_id by demand_id.
        target: places a child, one number or by area_id; an area without a target has no gap.

    Raises:
        SupplyError: a target that is negative.
    """
    if (np.asarray(target, dtype=np.float64) < 0).any():
        raise SupplyError("target", "Der Zielwert darf nicht negativ sein.")
    people = children.reindex(access.index).to_numpy(dtype=np.float64)
    values = access.to_numpy()
    weight = np.where(np.isnan(values[:, 0]), 0.0, np.nan_to_num(people))
    names, area = np.unique(area_of.reindex(access.index).astype(str), return_inverse=True)
    total = np.bincount(area, weight, len(names))
    amount = np.column_stack([np.bincount(area, weight * np.nan_to_num(column), len(names)) for column in values.T])
    mean = np.where(total[:, None] > 0, amount / np.where(total > 0, total, 1.0)[:, None], np.nan)
    table = pd.DataFrame(mean, index=pd.Index(names, name="area_id"), columns=access.columns)
    given = target if isinstance(target, pd.Series) else pd.Series(target, table.index)
    wanted = given.reindex(table.index).to_numpy(dtype=np.float64)
    known = ~np.isnan(mean)
    # Means that equal the target up to rounding are no gap.
    below = known & (mean < wanted[:, None] * (1 - 1e-12))
    areas = pd.DataFrame({"gaps": below.sum(axis=1), "known": known.sum(axis=1)}, index=table.index)
    return RobustGaps(areas.assign(least=table.min(axis=1), most=table.max(axis=1)), table)


@dataclass(frozen=True)
class Inequality:
    """How unequal access is among the children: measures of `raumblick.stats.inequality`.

    `below`, `gap`, `severity`: share of the children below the target, mean gap, mean squared gap; missing without target.
    """

    gini: float
    theil: Theil
    concentration: float
    below: float
    gap: float
    severity: float


def inequality(
    access: pd.Series,
    children: pd.Series,
    target: float | None = None,
    deprivation: pd.Series | None = None,
    groups: pd.Series | None = None,
) -> Inequality:
    """Measures of inequality of access, weighted by children.

    Args:
        access, children: by point or area.
        target: places a child.
        deprivation: more means more need; gives the concentration index.
        groups: districts, for the parts of Theil's index.
    """
    people = children.reindex(access.index)
    nothing = (float("nan"),) * 3
    return Inequality(
        gini(access, people),
        theil(access, people, None if groups is None else groups.reindex(access.index).to_numpy()),
        float("nan") if deprivation is None else concentration(access, people, deprivation.reindex(access.index)),
        *(nothing if target is None else shortfall(access, people, target)),
    )


def vanished(own: pd.Series, reached: pd.Series, target: float | pd.Series) -> tuple[int, int]:
    """How many gaps there are by the area's own places, and how many of these vanish once neighbours count.

    Args:
        own: places a child of the area itself, by area_id.
        reached: access of the area, by area_id.
        target: places a child.

    Returns:
        Gaps among areas where both are known, and those of them with access at or above the target.
    """
    both = pd.DataFrame({"own": own, "reached": reached, "target": target}).dropna()
    gaps = both[both["own"] < both["target"]]
    return len(gaps), int((gaps["reached"] >= gaps["target"] * (1 - 1e-12)).sum())
