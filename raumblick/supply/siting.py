"""Where one or k more offers would help most: the question, quick answers, and how good an answer is.

The question is put once (`question`): who lives where, what is there, which places are possible. `greedy` answers at
once, one offer after the other, each time the one that helps most; `raumblick.supply.exact` proves how much better an
answer can be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from raumblick.stats.rates import Floats
from raumblick.stats.words import Note, number, several
from raumblick.supply.errors import SupplyError, numbers_of, unique_ids
from raumblick.supply.near import Bands, squared_limit

Goal = Literal["covered", "distance"]
MOST_PAIRS = 30_000_000  # ways between points and candidates: 240 MB
GOALS: tuple[Goal, ...] = ("covered", "distance")


@dataclass(frozen=True, eq=False)
class Question:
    """Children, existing offers and candidates.

    `candidates`: keys. `distance`: ways in metres, points (rows) by candidates. `now`: way of each point to the nearest
    existing offer (infinite without one). `children` at each point. `radius_m`: what counts as reached.
    """

    candidates: pd.Index
    distance: Floats
    now: Floats
    children: Floats
    radius_m: float
    notes: tuple[Note, ...] = ()

    @property
    def reach(self) -> NDArray[np.bool_]:
        """Whether a candidate (column) reaches a point (row)."""
        return self.distance <= self.radius_m

    def value(self, chosen: NDArray[np.int64], goal: Goal) -> float:
        """Children reached (`covered`), or the sum of ways to the nearest offer in child-metres (`distance`)."""
        way = np.minimum(self.now, self.distance[:, chosen].min(axis=1)) if len(chosen) else self.now
        if goal == "covered":
            return float(self.children[way <= self.radius_m].sum())
        return float((way * self.children)[self.children > 0].sum())


@dataclass(frozen=True, eq=False)
class Answer:
    """Chosen candidates.

    `chosen`: keys in the order of choice. `before`, `after`: value of the goal (children reached, or child-metres).
    `steps`: value after each choice. `bound`: no choice of as many can be better than this (missing where not computed);
    `gap`: how far `after` is from it, as a share; 0 is proof. `notes`: German.
    """

    goal: Goal
    chosen: tuple
    before: float
    after: float
    steps: tuple[float, ...]
    bound: float
    notes: tuple[Note, ...]

    @property
    def gap(self) -> float:
        """Distance to the bound as a share of the answer; missing without a bound."""
        if np.isnan(self.bound):
            return float("nan")
        return abs(self.bound - self.after) / max(abs(self.after), 1e-12) if self.bound != self.after else 0.0


def question(
    demand: pd.DataFrame, candidates: pd.DataFrame, existing: pd.DataFrame, radius_m: float, detour: float = 1.0
) -> Question:
    """Put a question of siting.

    Args:
        demand: demand_id, x, y (metres), children. Points without children or coordinates take no part.
        candidates: candidate_id, x, y: existing sites, a grid or drawn points. Without coordinates: left out.
        existing: x, y of the offers that are there (may be empty); without coordinates: left out.
        radius_m: way that counts as reached.
        detour: way divided by straight line.

    Raises:
        SupplyError: a missing column, a key there twice, no candidate with a place, or a radius that is not positive.
    """
    if not radius_m > 0:
        raise SupplyError("radius_m", "Der Radius muss größer als 0 sein; bei 0 ist kein Angebot erreichbar.")
    if not 0 < detour < np.inf:
        raise SupplyError("detour", "Der Umwegfaktor muss größer als 0 sein.")
    unique_ids(demand, "demand_id", "Wohnorte")
    keys = unique_ids(candidates, "candidate_id", "Mögliche Orte")
    children = np.nan_to_num(numbers_of(demand, "children", "Wohnorte"))
    home, sites, there = _points(demand, "Wohnorte"), _points(candidates, "Mögliche Orte"), _points(existing, "Angebote")
    lives, placed = (children > 0) & ~np.isnan(home).any(axis=1), ~np.isnan(sites).any(axis=1)
    if not placed.any():
        raise SupplyError("candidates", "Es gibt keinen möglichen Ort mit Koordinaten.")
    home, children = home[lives], children[lives]
    _check_size(len(home), int(placed.sum()))
    squared = (home[:, [0]] - sites[placed, 0]) ** 2
    squared += (home[:, [1]] - sites[placed, 1]) ** 2
    distance = np.sqrt(squared, out=squared)
    distance *= detour
    there = there[~np.isnan(there).any(axis=1)]
    now = cKDTree(there).query(home)[0] * detour if len(there) and len(home) else np.full(len(home), np.inf)
    put = Question(keys[placed], distance, now, children, radius_m)
    return replace(put, notes=_notes(put, keys[~placed]))


def _check_size(points: int, candidates: int) -> None:
    """A table of all ways must fit into memory."""
    if points * candidates > MOST_PAIRS:
        most = number(MOST_PAIRS // max(points, 1))
        raise SupplyError("candidates", f"Das sind zu viele mögliche Orte für so viele Wohnorte; möglich sind bis zu {most}.")


def _points(frame: pd.DataFrame, what: str) -> Floats:
    return np.column_stack([numbers_of(frame, name, what, negative=True) for name in ("x", "y")])


def _notes(put: Question, unplaced: pd.Index) -> tuple[Note, ...]:
    notes = []
    if len(unplaced):
        text = f"{several(len(unplaced), 'möglicher Ort', 'mögliche Orte')} ohne Koordinaten: nicht geprüft."
        notes.append(Note("unplaced", text, len(unplaced), ids=tuple(map(str, unplaced))))
    nobody = put.candidates[~put.reach.any(axis=0)]
    if len(nobody):
        text = f"{several(len(nobody), 'möglicher Ort', 'mögliche Orte')} ohne Kinder in Reichweite: Dort wäre niemand erreicht."
        notes.append(Note("reaches_nobody", text, len(nobody), 0.0, tuple(map(str, nobody))))
    lost = float(put.children[(put.now > put.radius_m) & ~put.reach.any(axis=1)].sum())
    if lost > 0:
        text = f"{number(lost)} Kinder erreicht weder ein bestehendes Angebot noch ein möglicher Ort."
        notes.append(Note("out_of_all_reach", text, int(np.ceil(lost)), lost))
    return tuple(notes)


def greedy(put: Question, k: int, goal: Goal = "covered") -> Answer:
    """k offers, each time the one that helps most; of equals the first. Stops where nothing helps any more.

    For `covered` never worse than 63 % of the best answer (Nemhauser, Wolsey and Fisher 1978), mostly far better.

    Raises:
        SupplyError: k is below 1, the goal is unknown.
    """
    check_goal(put, k, goal)
    way = put.now.copy()
    chosen: list[int] = []
    steps: list[float] = []
    for _ in range(min(k, len(put.candidates))):
        gains = _gains(put, way, goal)
        gains[chosen] = -1.0
        best = int(np.argmax(gains))
        if not gains[best] > 0:
            break
        chosen.append(best)
        way = np.minimum(way, put.distance[:, best])
        steps.append(put.value(np.array(chosen), goal))
    notes = put.notes
    if len(chosen) < k:
        text = f"Nach {several(len(chosen), 'Angebot', 'Angeboten')} hilft kein weiterer Ort mehr."
        notes += (Note("enough", text, len(chosen)),)
    before = put.value(np.empty(0, dtype=np.int64), goal)
    after = steps[-1] if steps else before
    return Answer(goal, tuple(put.candidates[chosen]), before, after, tuple(steps), float("nan"), notes)


def check_goal(put: Question, k: int, goal: str) -> None:
    """Raises SupplyError where k is below 1 or the goal is unknown."""
    if k < 1:
        raise SupplyError("k", "Es muss mindestens ein neues Angebot gesucht werden.")
    if goal not in GOALS:
        raise SupplyError("goal", f"Das Ziel „{goal}“ gibt es nicht.")


def _gains(put: Question, way: Floats, goal: Goal) -> Floats:
    """What each candidate would add now. Points that nobody reaches yet gain most, whatever the way."""
    if goal == "covered":
        return put.children[way > put.radius_m] @ put.reach[way > put.radius_m]
    endless = np.isinf(way)
    if endless.any():
        # Without any offer the first is the one with the shortest sum of ways.
        total = put.children @ put.distance
        return total.max() - total + 1.0
    return put.children @ np.maximum(way[:, None] - put.distance, 0.0)


@dataclass(frozen=True, eq=False)
class Help:
    """What one more offer with some places would do at each candidate, by candidate_id.

    `table`: children (in reach), helped (children whose access rises from below the target), filled (places of shortfall
    below the target that it fills), the most filled first.
    """

    table: pd.DataFrame
    notes: tuple[Note, ...]


def most_helpful(
    access: pd.Series, demand: pd.DataFrame, candidates: pd.DataFrame, places: float, radius_m: float, target: float
) -> Help:
    """Where one more offer with `places` places fills most of the shortfall below a target.

    Args:
        access: places a child reaches now, by demand_id (`raumblick.supply.reach`).
        demand: demand_id, x, y (metres), children.
        candidates: candidate_id, x, y.
        places: of the new offer.
        radius_m: all children within it share the new places alike.
        target: places a child.

    Raises:
        SupplyError: places, radius or target are not positive, a missing column, a key there twice.
    """
    if not (places > 0 and radius_m > 0 and target > 0):
        raise SupplyError("places", "Plätze, Radius und Ziel müssen größer als 0 sein.")
    keys = unique_ids(candidates, "candidate_id", "Mögliche Orte")
    home, sites = _points(demand, "Wohnorte"), _points(candidates, "Mögliche Orte")
    children = np.nan_to_num(numbers_of(demand, "children", "Wohnorte"))
    has = access.reindex(unique_ids(demand, "demand_id", "Wohnorte")).to_numpy(dtype=float)
    lacking = np.maximum(target - np.where(np.isnan(has), target, has), 0.0)
    bands = Bands.of(home[:, 0], home[:, 1], radius_m)
    inside, helped, filled = (np.zeros(len(keys)) for _ in range(3))
    for block in bands.blocks(sites[:, 0], sites[:, 1], radius_m):
        near = block.squared <= squared_limit(radius_m)
        query, at = block.query[near], bands.order[block.at[near]]
        span, count = slice(block.first, block.last), block.last - block.first
        inside[span] = np.bincount(query, children[at], minlength=count)
        each = places / np.where(inside[span] > 0, inside[span], np.inf)
        filled[span] = np.bincount(query, np.minimum(lacking[at], each[query]) * children[at], minlength=count)
        helped[span] = np.bincount(query, np.where(lacking[at] > 0, children[at], 0.0), minlength=count)
    table = pd.DataFrame({"children": inside, "helped": helped, "filled": filled}, index=keys)
    notes = []
    nobody = keys[inside <= 0]
    if len(nobody):
        text = f"{several(len(nobody), 'möglicher Ort', 'mögliche Orte')} ohne Kinder in Reichweite: Dort wäre niemand erreicht."
        notes.append(Note("reaches_nobody", text, len(nobody), 0.0, tuple(map(str, nobody))))
    return Help(table.sort_values("filled", ascending=False, kind="stable"), tuple(notes))
