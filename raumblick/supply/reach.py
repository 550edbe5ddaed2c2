"""Who reaches how many places: two-step floating catchment on sparse weights, a block of facilities at a time.

    R_j = S_j / sum_c w_cj D_c        places for each child that a facility can be reached by
    A_c = sum_j w_cj R_j              places that a child at c reaches

A facility shares its places among all children within reach, also those of neighbouring areas, and a child adds up what
it reaches. Sources: Luo and Wang 2003; Luo and Qi 2009 (distance decay).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.stats.rates import Floats
from raumblick.stats.words import Note, number, several
from raumblick.supply.errors import SupplyError, numbers_of, unique_ids
from raumblick.supply.field import Field, field_by_distance, field_of
from raumblick.supply.near import Decay, Kernel


@dataclass(frozen=True, eq=False)
class ReachResult:
    """Reach of a set of facilities.

    `access`: by demand_id, places a child reaches; 0 out of reach, missing without coordinates.
    `ratio`: by facility_id, places for each (weighted) child in reach; 0 where nobody is in reach or there is no place,
    missing where places or coordinates are unknown.
    `seen`: by facility_id, weighted children in reach.
    `incomplete`: by demand_id, true where a facility without a number of places is in reach: `access` is a lower bound.
    `supply`: the facilities as used: x, y, places by facility_id. `notes`: what is missing and how much of it.
    """

    access: pd.Series
    ratio: pd.Series
    seen: pd.Series
    incomplete: pd.Series
    supply: pd.DataFrame
    field: Field
    notes: tuple[Note, ...]

    @property
    def reached_places(self) -> float:
        """Places of all facilities that anybody reaches; equals the sum of children times access."""
        return float(self.supply["places"].where(self.seen > 0).sum())

    @property
    def mean(self) -> float:
        """Access of the mean child; missing without children."""
        children = self.field.children[self.field.placed]
        total = children.sum()
        return float((self.access.to_numpy()[self.field.placed] * children).sum() / total) if total > 0 else float("nan")


def reach(
    demand: pd.DataFrame, supply: pd.DataFrame, radius_m: float, decay: Decay = "binary", detour: float = 1.0
) -> ReachResult:
    """Two-step floating catchment by straight distance.

    Args:
        demand: one row a point where children live: demand_id, x, y (metres), children.
        supply: one row a facility: facility_id, x, y (metres), places.
        radius_m: how far an offer reaches, in metres of way.
        decay: "binary" (all within the radius alike) or "gaussian" (nearer counts more).
        detour: way divided by straight line.

    Returns:
        Access of every point and ratio of every facility, in the order given; what is missing stands in the notes.

    Raises:
        SupplyError: a radius that is not positive, a missing column, a key there twice, a negative number.
    """
    return _reach(field_of(demand, Kernel(radius_m, decay, detour)), supply)


def reach_by_distance(
    demand: pd.DataFrame, supply: pd.DataFrame, distances: pd.DataFrame, radius_m: float, decay: Decay = "binary"
) -> ReachResult:
    """Two-step floating catchment with an imported table of distances.

    Args:
        demand: demand_id, children.
        supply: facility_id, places (x, y if known).
        distances: demand_id, facility_id, distance_m; missing pairs are out of reach.
        radius_m, decay: as in `reach`.

    Raises:
        SupplyError: as in `reach`, and for pairs that are there twice.
    """
    ids = unique_ids(supply, "facility_id", "Angebote")
    given = supply.assign(**{name: np.nan for name in ("x", "y") if name not in supply.columns})
    return _reach(field_by_distance(demand, ids, distances, Kernel(radius_m, decay)), given)


def _reach(field: Field, supply: pd.DataFrame) -> ReachResult:
    ids = unique_ids(supply, "facility_id", "Angebote")
    x, y = (numbers_of(supply, name, "Angebote", negative=True) for name in ("x", "y"))
    places = numbers_of(supply, "places", "Angebote")
    placed = ~(np.isnan(x) | np.isnan(y)) | (field.bands is None)
    children = field.children[field.order]
    seen, access, open_ended = np.zeros(len(ids)), np.zeros(len(children)), np.zeros(len(children))
    unknown = np.isnan(places) & placed
    for first, last, weights in field.weights(x, y):
        span = slice(first, last)
        seen[span] = weights @ children
        access += weights.T @ _shared(np.nan_to_num(places[span]), seen[span])
        if unknown[span].any():
            open_ended += weights.T @ unknown[span].astype(np.float64)
    ratio = np.where(placed & ~np.isnan(places), _shared(places, seen), np.nan)
    notes = field.notes + _notes(ids, places, placed, seen)
    return ReachResult(
        access=pd.Series(np.where(field.placed, _back(field, access), np.nan), field.ids, name="access"),
        ratio=pd.Series(ratio, ids, name="ratio"),
        seen=pd.Series(np.where(placed, seen, np.nan), ids, name="seen"),
        incomplete=pd.Series(_back(field, open_ended) > 0, field.ids, name="incomplete"),
        supply=pd.DataFrame({"x": x, "y": y, "places": places}, index=ids),
        field=field,
        notes=notes,
    )


def _shared(places: Floats, seen: Floats) -> Floats:
    """Places a child in reach; 0 where there is none."""
    return np.where(seen > 0, places / np.where(seen > 0, seen, 1.0), 0.0)


def _back(field: Field, values: Floats) -> Floats:
    """Values in the order of the points as given."""
    out = np.zeros(len(field.ids))
    out[field.order] = values
    return out


def _notes(ids: pd.Index, places: Floats, placed: np.ndarray, seen: Floats) -> tuple[Note, ...]:
    """What the facilities lack."""
    cases = (
        ("unplaced", ~placed, "ohne Koordinaten", "Sie sind in der Erreichbarkeit nicht enthalten."),
        ("places_unknown", placed & np.isnan(places), "ohne Platzzahl", "Was man dort erreicht, ist eine Untergrenze."),
        ("no_places", placed & (places == 0), "mit 0 Plätzen", "Sie tragen nichts bei."),
        ("reaches_nobody", placed & (places > 0) & (seen <= 0), "ohne Kinder in Reichweite", "Ihre Plätze erreicht niemand."),
    )
    notes = []
    for code, which, what, so in cases:
        rows = np.flatnonzero(which)
        if not rows.size:
            continue
        known = places[rows][~np.isnan(places[rows])]
        amount = float(known.sum()) if known.size else float("nan")
        size = f" mit {number(amount)} bekannten Plätzen" if code == "unplaced" and known.size else ""
        size = f" mit {number(amount)} Plätzen" if code == "reaches_nobody" else size
        message = f"{several(rows.size, 'Angebot', 'Angebote')} {what}{size}. {so}"
        notes.append(Note(code, message, rows.size, amount, tuple(map(str, ids[rows]))))
    return tuple(notes)


def by_area(result: ReachResult, area_of: pd.Series) -> pd.DataFrame:
    """Access of areas: the mean of their points, weighted by children.

    Args:
        result: of `reach`.
        area_of: area_id by demand_id; points without an area are left out.

    Returns:
        By area_id, ascending: children, access (missing where no child lives at a known point), incomplete, unplaced
        (children at points without coordinates), out_of_reach (children with access 0).

    Raises:
        SupplyError: `area_of` lacks a demand point.
    """
    at = area_of.index.get_indexer(result.field.ids)
    if (at < 0).any():
        raise SupplyError("area_of", "Nicht zu jedem Wohnort ist gesagt, in welchem Gebiet er liegt.")
    frame = pd.DataFrame({"area_id": area_of.to_numpy()[at]})
    children, access = result.field.children, result.access.to_numpy()
    known = np.where(result.field.placed, children, 0.0)
    frame["children"], frame["known"] = children, known
    frame["amount"] = known * np.nan_to_num(access)
    frame["incomplete"] = result.incomplete.to_numpy() & (children > 0)
    frame["unplaced"] = children - known
    frame["out_of_reach"] = np.where(access == 0, children, 0.0)
    table = frame.groupby("area_id", sort=True).agg(
        children=("children", "sum"), known=("known", "sum"), amount=("amount", "sum"), incomplete=("incomplete", "any"),
        unplaced=("unplaced", "sum"), out_of_reach=("out_of_reach", "sum"),
    )  # fmt: skip
    table.insert(1, "access", table.pop("amount") / table["known"].where(table["known"] > 0))
    return table.drop(columns="known")
