"""Are there enough places, for whom, within reach, and how sure is a gap? The answer behind Versorgung und Lücken."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from raumblick.answers.ground import Ground, ground
from raumblick.answers.supply import Reach, Service, Supply, reach_of, services, supply_of
from raumblick.snapshot.store import Store
from raumblick.stats.words import Note
from raumblick.supply.ages import KIND_LABEL
from raumblick.supply.errors import SupplyError
from raumblick.supply.ratio import FINDING_LABEL, SHORT
from raumblick.supply.robust import Inequality, inequality, robust_gaps, vanished, variants

__all__ = ["FINDING_LABEL", "KIND_LABEL", "Access", "Note", "SupplyError", "access", "certainty_of_gaps", "kinds", "offered"]

# Places of these services count together: parents choose between them.
TOGETHER = {"kita_u3": ("kindertagespflege",)}


@dataclass(frozen=True, eq=False)
class Access:
    """Supply of a service and who reaches it.

    `areas`, one row an area, ascending: area_id, name, children, offers, places, places_missing, supply, occupancy, reached
    (places a child reaches), need, gap, finding (with a target), own_gap, reached_gap (below the target), state.
    `gaps`: areas below the target by their own places, `closed`: those of them where neighbours have enough.
    """

    service: Service
    supply: Supply
    reach: Reach
    areas: pd.DataFrame
    target: pd.Series | None
    gaps: int
    closed: int
    inequality: Inequality
    notes: tuple[Note, ...]


@lru_cache(maxsize=4)
def home_ground(store: Store) -> Ground:
    """Offers and areas of a snapshot on one plane, read once."""
    return ground(store)


def offered(store: Store) -> tuple[Service, ...]:
    """Services whose places can be set against children of an age: those with numbers of places and an age group."""
    return tuple(s for s in services(store) if s.with_places and s.age_to is not None and s.form in ("place", "open"))


def kinds(store: Store, key: str) -> tuple[str, ...]:
    """Kinds of targets in force for a service: plan first, then law and the others."""
    known = dict.fromkeys(target.kind for target in supply_of(store, key, _lowest(store), base=home_ground(store)).targets)
    return tuple(sorted(known, key=lambda kind: (kind != "plan", kind != "law", kind)))


def access(store: Store, key: str, level: str, kind: str | None, radius_m: float) -> Access:
    """Ratios, gaps and reach of a service.

    Args:
        store: the open snapshot.
        key: service. level: of the areas.
        kind: kind of the targets to measure against; None: no target, then there is no gap.
        radius_m: way in metres that counts as within reach.

    Raises:
        SupplyError: no such service or target, or no date.
    """
    also = TOGETHER.get(key, ())
    found = supply_of(store, key, level, target_kind=kind, also=also, base=home_ground(store))
    near = reach_of(store, found, radius_m, base=home_ground(store))
    reached = near.areas[["access", "out_of_reach"]].rename(columns={"access": "reached"})
    areas = found.areas.merge(reached, on="area_id", how="left")
    areas["state"] = np.where(areas["supply"].notna(), "value", "missing")
    target, gaps, closed = None, 0, 0
    if kind is not None:
        by_id = areas.set_index("area_id")
        target = (by_id["need"] / by_id["children"].where(by_id["children"] > 0)).rename("target")
        gaps, closed = vanished(by_id["supply"], by_id["reached"], target)
        areas["own_gap"] = areas["finding"].eq(SHORT)
        areas["reached_gap"] = (areas.set_index("area_id")["reached"] < target * (1 - 1e-12)).to_numpy()
    people = near.homes.points.set_index("demand_id")["children"]
    wanted = None if target is None else float((target * by_id["children"]).sum() / by_id["children"].sum())
    unequal = inequality(near.result.access, people, wanted)
    return Access(found.service, found, near, areas, target, gaps, closed, unequal, (*found.notes, *near.notes))


def certainty_of_gaps(store: Store, key: str, level: str, kind: str, radius_m: float) -> pd.DataFrame:
    """In how many of twelve variants (six ways, two ways to count distance) an area lies below the target.

    Returns:
        area_id, name, gaps, known, least, most (places a child reaches), surest gaps first.
    """
    found = access(store, key, level, kind, radius_m)
    points = found.reach.homes.points
    sites = found.supply.offers.assign(places=found.supply.offers["places_licensed"])
    every = variants(points, sites, detour=1.3)
    upper = found.reach.homes.area_of
    if level != _lowest(store):
        members = store.read("area_members", level=level).set_index("base_id")["area_id"]
        upper = upper.map(members)
    assert found.target is not None
    rows = robust_gaps(every, points.set_index("demand_id")["children"], upper, found.target).areas.reset_index()
    names = found.areas.set_index("area_id")["name"]
    return rows.assign(name=rows["area_id"].map(names)).sort_values(["gaps", "least"], ascending=[False, True])


def _lowest(store: Store) -> str:
    return str(store.read("levels")["level"].iloc[-1])
