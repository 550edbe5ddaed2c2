"""Where would one or several more offers help most? The answer behind the search of the Standort-Planspiel.

Three goals: most children with an offer within reach (maximal covering), the shortest ways (p-median), and as few offers as
possible so that everybody has one (set covering). The quick answer comes at once; the proven one is searched in the background
with a time limit, and says how far it may be from the best.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from raumblick.answers.access import Question, home_ground
from raumblick.answers.siting import play
from raumblick.snapshot.store import Store
from raumblick.stats.words import Note
from raumblick.supply import siting
from raumblick.supply.errors import SupplyError
from raumblick.supply.exact import Progress, Watch, best, cover_all

__all__ = [
    "ALL", "COVERED", "DISTANCE", "GRID", "SITES", "Found", "Progress", "Search", "SupplyError", "Watch", "proven", "quick",
]  # fmt: skip

COVERED, DISTANCE, ALL = "covered", "distance", "all"
GRID, SITES = "raster", "standorte"
DETOUR = 1.3
_CANDIDATES = 250  # so many places that a proof stays within a minute


@dataclass(frozen=True)
class Search:
    """What is searched: `goal` COVERED, DISTANCE or ALL, at most `k` offers (not for ALL), among a GRID over the homes or the
    SITES of offers of other services."""

    goal: str
    k: int
    among: str


@dataclass(frozen=True, eq=False)
class Found:
    """An answer: `places` (lat, lon, area), the value before and after (children with an offer in reach; for DISTANCE the mean
    way of a child in metres), `gap` to the proven bound as a share (missing: not searched, 0: proven), `notes`."""

    search: Search
    places: pd.DataFrame
    children: float
    before: float
    after: float
    gap: float
    notes: tuple[Note, ...]


@lru_cache(maxsize=2)  # up to 40 MB each in a large city
def _put(store: Store, asked: Question, text: str, among: str) -> tuple[siting.Question, pd.DataFrame]:
    """The question in metres, and the candidates: candidate_id, x, y, area_id."""
    found = play(store, asked, text)
    homes = found.base.reach.homes.points
    if among == SITES:
        offers = home_ground(store).offers
        others = offers.loc[offers["service"] != asked.service, ["facility_id", "x", "y", "home_area"]]
        every = others.set_axis(["candidate_id", "x", "y", "area_id"], axis=1)
        every = every.dropna(subset=["x", "y"]).drop_duplicates(["x", "y"])
    else:
        every = homes.dropna(subset=["x", "y"]).rename(columns={"demand_id": "candidate_id"})
    step = max(1, math.ceil(len(every) / _CANDIDATES))
    candidates = every.iloc[::step][["candidate_id", "x", "y", "area_id"]]
    if not len(candidates):
        raise SupplyError("candidates", "Es gibt keine möglichen Orte: Kein Angebot einer anderen Leistung hat Koordinaten.")
    there = found.result.supply
    return siting.question(homes, candidates, there[there["places"] > 0], asked.radius_m, DETOUR), candidates


def quick(store: Store, asked: Question, text: str, search: Search) -> Found:
    """The greedy answer for COVERED and DISTANCE: each time the place that helps most.

    Args:
        store, asked, text: as in `raumblick.answers.siting.play`; offers of the variant count as there.

    Raises:
        MoveError, SupplyError: as `play`; or nothing can be searched.
    """
    put, candidates = _put(store, asked, text, search.among)
    found = siting.greedy(put, search.k, "distance" if search.goal == DISTANCE else "covered")
    return _found(store, search, put, candidates, found.chosen, float("nan"), found.notes)


def proven(store: Store, asked: Question, text: str, search: Search, seconds: float, watch: Watch | None = None) -> Found:
    """The best answer within a time limit, with its distance from the bound; arguments and errors as `quick`.

    `watch` is told after each round how far the search is.
    """
    put, candidates = _put(store, asked, text, search.among)
    if search.goal == ALL:
        cover = cover_all(put, seconds, watch)
        gap = 1 - cover.least / len(cover.chosen) if cover.chosen else 0.0
        return _found(store, search, put, candidates, cover.chosen, gap, cover.notes)
    found = best(put, search.k, "distance" if search.goal == DISTANCE else "covered", seconds, watch)
    return _found(store, search, put, candidates, found.chosen, found.gap, found.notes)


def _found(
    store: Store, search: Search, put: siting.Question, candidates: pd.DataFrame, chosen: tuple, gap: float,
    notes: tuple[Note, ...],
) -> Found:  # fmt: skip
    rows = candidates.set_index("candidate_id").loc[list(chosen)]
    lon, lat = home_ground(store).plane.degrees(rows["x"], rows["y"])
    names = store.read("area_names").drop_duplicates("area_id").set_index("area_id")["name"]
    places = pd.DataFrame({"lat": lat, "lon": lon, "area": rows["area_id"].map(names).fillna("außerhalb").to_numpy()})
    goal: siting.Goal = "distance" if search.goal == DISTANCE else "covered"
    children = float(put.children.sum())
    share = children if search.goal == DISTANCE and children > 0 else 1.0
    values = [put.value(put.candidates.get_indexer(list(keys)), goal) / share for keys in ((), chosen)]
    return Found(search, places, children, values[0], values[1], gap, notes)
