"""Are there enough places, for whom, within reach, and how sure is a gap? The answer behind Versorgung und Lücken."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from raumblick.answers.ground import Ground, ground
from raumblick.answers.supply import Reach, Service, Supply, newest_day, reach_of, services, supply_of, targets_of
from raumblick.snapshot.store import Store
from raumblick.stats.words import Note
from raumblick.supply.ages import KIND_LABEL
from raumblick.supply.errors import SupplyError
from raumblick.supply.ratio import FINDING_LABEL, SHORT, gaps
from raumblick.supply.robust import Inequality, inequality, robust_gaps, vanished, variants

__all__ = [
    "CITY", "FINDING_LABEL", "KIND_LABEL", "OWN", "Access", "Note", "Question", "SupplyError", "access", "certainty_of_gaps",
    "kinds", "offered", "spread",
]  # fmt: skip

# Places of these services count together: parents choose between them.
TOGETHER = {"kita_u3": ("kindertagespflege",)}
# What areas are measured against where no target is chosen: the places a child has in the whole city, or a share somebody typed.
CITY, OWN = "stadt", "eigen"


@dataclass(frozen=True)
class Question:
    """What is asked: a service, the level of the areas, what to measure against, and the way in metres.

    `kind`: of the targets (plan, law, survey ...), CITY, OWN with `share` (places a child), or None: then there is no gap.
    """

    service: str
    level: str
    kind: str | None
    radius_m: float
    share: float | None = None


@dataclass(frozen=True, eq=False)
class Access:
    """Supply of a service and who reaches it.

    `areas`, one row an area, ascending: area_id, name, children, offers, places, places_missing, supply, occupancy, reached
    (places a child reaches), and with something to measure against need, gap, finding, own_gap, reached_gap (below it), and
    state. `target`: places a child by area_id, `mean_target`: those of the whole city (None without children). `gaps`: areas
    below it by their own places, `closed`: those of them where neighbours have enough.
    """

    question: Question
    service: Service
    supply: Supply
    reach: Reach
    areas: pd.DataFrame
    target: pd.Series | None
    mean_target: float | None
    gaps: int
    closed: int
    inequality: Inequality
    notes: tuple[Note, ...]


@lru_cache(maxsize=4)
def home_ground(store: Store) -> Ground:
    """Offers and areas of a snapshot on one plane, read once."""
    return ground(store)


def spread(store: Store) -> str:
    """A German sentence: what says where in their area the children live."""
    return home_ground(store).spread


def offered(store: Store) -> tuple[Service, ...]:
    """Services whose places can be set against children of an age: those with numbers of places and an age group."""
    known = services(store, home_ground(store))
    return tuple(s for s in known if s.with_places and s.age_to is not None and s.form in ("place", "open"))


def kinds(store: Store, key: str) -> tuple[str, ...]:
    """Kinds of targets in force for a service: plan first, then law and the others.

    Raises:
        SupplyError: no offer of the service names a date.
    """
    known = {target.kind for target in targets_of(store, key, newest_day(home_ground(store), key))}
    return tuple(sorted(known, key=lambda kind: (kind != "plan", kind != "law", kind)))


@lru_cache(maxsize=16)
def access(store: Store, asked: Question) -> Access:
    """Ratios, gaps and reach of a service.

    Raises:
        SupplyError: no such service or target, no date, an impossible way or share.
    """
    also, base = TOGETHER.get(asked.service, ()), home_ground(store)
    kind = None if asked.kind in (CITY, OWN) else asked.kind
    found = supply_of(store, asked.service, asked.level, target_kind=kind, also=also, base=base)
    near = reach_of(store, found, asked.radius_m, base=base)
    reached = near.areas[["access", "out_of_reach"]].rename(columns={"access": "reached"})
    areas = _compared(found, asked).merge(reached, on="area_id", how="left")
    areas["state"] = np.where(areas["supply"].notna(), "value", "missing")
    target, short, closed = None, 0, 0
    if "need" in areas:
        by_id = areas.set_index("area_id")
        target = (by_id["need"] / by_id["children"].where(by_id["children"] > 0)).rename("target")
        short, closed = vanished(by_id["supply"], by_id["reached"], target)
        areas["own_gap"] = areas["finding"].eq(SHORT)
        areas["reached_gap"] = (by_id["reached"] < target * (1 - 1e-12)).to_numpy()
    mean = None if target is None else _mean(target, by_id["children"])
    people = near.homes.points.set_index("demand_id")["children"]
    unequal = inequality(near.result.access, people, mean)
    notes = (*found.notes, *near.notes)
    return Access(asked, found.service, found, near, areas, target, mean, short, closed, unequal, notes)


def _mean(target: pd.Series, children: pd.Series) -> float | None:
    """The target of the whole city: the mean of the areas, weighted by children."""
    weight = children.where(target.notna()).sum()
    return float((target * children).sum() / weight) if weight > 0 else None


def _compared(found: Supply, asked: Question) -> pd.DataFrame:
    """The areas with need, gap and finding against the mean of the city or a share of one's own, where one of these is asked."""
    if asked.kind not in (CITY, OWN):
        return found.areas
    share = float(found.city["supply"]) if asked.kind == CITY else asked.share
    if share is None or not share > 0:  # also where the mean is missing
        if asked.kind == CITY:
            return found.areas
        raise SupplyError("share", "Der eigene Vergleichswert muss größer als 0 sein.")
    by_id = found.areas.set_index("area_id")
    return by_id.join(gaps(by_id["children"] * share, by_id)[["need", "gap", "finding"]]).reset_index()


def certainty_of_gaps(store: Store, asked: Question) -> pd.DataFrame:
    """In how many of twelve variants (six ways, two ways to count distance) an area lies below the target.

    Returns:
        area_id, name, gaps, known, least, most (places a child reaches), surest gaps first.
    """
    found = access(store, asked)
    if found.target is None:
        raise SupplyError("target_kind", "Ohne Zielwert gibt es keine Lücke.")
    points = found.reach.homes.points
    sites = found.supply.offers.assign(places=found.supply.offers["places_licensed"])
    every = variants(points, sites, detour=1.3)
    rows = robust_gaps(every, points.set_index("demand_id")["children"], found.reach.area_of, found.target).areas.reset_index()
    names = found.areas.set_index("area_id")["name"]
    return rows.assign(name=rows["area_id"].map(names)).sort_values(["gaps", "least"], ascending=[False, True])
