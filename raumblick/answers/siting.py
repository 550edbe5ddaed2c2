"""What if an offer opens, closes, grows or moves, and where would one help most? The answer behind the Standort-Planspiel.

A variant is a list of moves, written as one line of text that fits into an address:
`neu@51.8902,10.9201=60;platz@F0001=80;zu@F0002;ort@F0003=51.89,10.92`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from raumblick.answers.access import Access, Question, access, home_ground
from raumblick.answers.ground import Plane
from raumblick.answers.values import levels
from raumblick.snapshot.store import Store
from raumblick.stats.words import Note, number, several
from raumblick.supply.errors import SupplyError
from raumblick.supply.reach import ReachResult, by_area
from raumblick.supply.siting import most_helpful
from raumblick.supply.whatif import moved, with_places, with_site, without_site

__all__ = [
    "CLOSE", "MOST_MOVES", "NEW", "PLACE", "PLACES", "Centres", "Move", "MoveError", "Play", "centres", "helpful", "moves_text",
    "play", "read_moves",
]  # fmt: skip

MOST_MOVES = 20
NEW, PLACES, CLOSE, PLACE = "neu", "platz", "zu", "ort"
_NUMBER = r"-?\d{1,3}(?:\.\d{1,7})?"
_MOVE = re.compile(
    rf"(?P<new>neu)@(?P<new_lat>{_NUMBER}),(?P<new_lon>{_NUMBER})=(?P<new_places>\d{{1,5}})"
    rf"|(?P<places>platz)@(?P<of>[^;@=]{{1,80}})=(?P<count>\d{{1,5}})"
    rf"|(?P<close>zu)@(?P<closed>[^;@=]{{1,80}})"
    rf"|(?P<place>ort)@(?P<who>[^;@=]{{1,80}})=(?P<lat>{_NUMBER}),(?P<lon>{_NUMBER})"
)
_CANDIDATES = 3000


class MoveError(ValueError):
    """A variant that cannot be read or played; the text is German."""


@dataclass(frozen=True)
class Move:
    """One move: `kind` neu, platz, zu or ort; the offer (not for neu), a place in degrees, and a number of places."""

    kind: str
    facility: str = ""
    lat: float = math.nan
    lon: float = math.nan
    places: int = 0

    @property
    def text(self) -> str:
        """The move as it stands in an address."""
        where = f"{self.lat:.5f},{self.lon:.5f}"
        return {
            NEW: f"neu@{where}={self.places}", PLACES: f"platz@{self.facility}={self.places}", CLOSE: f"zu@{self.facility}",
            PLACE: f"ort@{self.facility}={where}",
        }[self.kind]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Play:
    """A variant beside today.

    `result`: the reach with the moves. `areas`, one row an area: area_id, name, children, before, after (places a child
    reaches), change, gain (children times change), below_before, below_after (below the target).
    `sites`: facility_id, name, lon, lat, places, state (bleibt, neu, geändert, verlegt, geschlossen). `winning`, `losing`:
    children who reach more or fewer places than today. `notes`: offers of the variant that nobody reaches.
    """

    base: Access
    moves: tuple[Move, ...]
    result: ReachResult
    areas: pd.DataFrame
    sites: pd.DataFrame
    winning: float
    losing: float
    newly_reached: float
    notes: tuple[Note, ...]

    @property
    def below(self) -> tuple[int, int]:
        """Areas below the target today and in the variant."""
        return int(self.areas["below_before"].sum()), int(self.areas["below_after"].sum())


def read_moves(text: str) -> tuple[Move, ...]:
    """The moves of a variant.

    Raises:
        MoveError: a part that is no move, or more than MOST_MOVES.
    """
    moves = []
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        found = _MOVE.fullmatch(part)
        if found is None:
            raise MoveError(f"„{part[:40]}“ ist keine Änderung an einem Angebot.")
        moves.append(_move(found))
    if len(moves) > MOST_MOVES:
        raise MoveError(f"Das sind {len(moves)} Änderungen; möglich sind {MOST_MOVES}.")
    return tuple(moves)


def _move(found: re.Match[str]) -> Move:
    if found["new"]:
        return Move(NEW, "", float(found["new_lat"]), float(found["new_lon"]), int(found["new_places"]))
    if found["places"]:
        return Move(PLACES, found["of"], places=int(found["count"]))
    if found["close"]:
        return Move(CLOSE, found["closed"])
    return Move(PLACE, found["who"], float(found["lat"]), float(found["lon"]))


def moves_text(moves: Sequence[Move]) -> str:
    """The line of text that `read_moves` reads."""
    return ";".join(move.text for move in moves)


@lru_cache(maxsize=32)
def play(store: Store, asked: Question, text: str) -> Play:
    """A variant of the offers of a service against today; only what the moved offers reach is computed anew.

    Args:
        store, asked: as for `raumblick.answers.access.access`.
        text: the moves.

    Raises:
        MoveError: the text is no variant, or names an offer that is not there.
        SupplyError: as `access`.
    """
    base, moves = access(store, asked), read_moves(text)
    plane, offers = home_ground(store).plane, base.supply.offers.set_index("facility_id")
    sites = offers[["name", "lon", "lat"]].assign(places=offers["places_licensed"], state="bleibt")
    result, today = base.reach.result, base.reach.result
    for place, move in enumerate(moves, start=1):
        try:
            result = _played(result, move, f"{NEW}{place}", plane)
        except SupplyError as error:
            raise MoveError(str(error)) from error
        _note_site(sites, move, f"{NEW}{place}")
    areas = _areas(base, result)
    before, after = today.access, result.access
    people = pd.Series(today.field.children, today.field.ids)
    return Play(
        base, moves, result, areas, sites.reset_index(),
        winning=float(people[after > before + 1e-9].sum()), losing=float(people[after < before - 1e-9].sum()),
        newly_reached=float(people[(before <= 0) & (after > 0)].sum()), notes=_alone(result, sites),
    )  # fmt: skip


def _alone(result: ReachResult, sites: pd.DataFrame) -> tuple[Note, ...]:
    """Offers that the variant opens or moves to where no child is within reach."""
    seen = result.seen.reindex(sites.index[sites["state"].isin(["neu", "verlegt"])])
    lost = sites.loc[seen.index[seen <= 0]]
    places = float(lost["places"].sum())
    text = f"{several(len(lost), 'Angebot', 'Angebote')} der Variante mit {number(places)} Plätzen ohne Kinder in Reichweite: "
    return (Note("reaches_nobody", f"{text}Dort wäre niemand erreicht.", len(lost), places),) if len(lost) else ()


def _played(result: ReachResult, move: Move, name: str, plane: Plane) -> ReachResult:
    if move.kind == PLACES:
        return with_places(result, move.facility, move.places).result
    if move.kind == CLOSE:
        return without_site(result, move.facility).result
    x, y = (float(values[0]) for values in plane.metres(move.lon, move.lat))
    if move.kind == NEW:
        return with_site(result, name, x, y, move.places).result
    return moved(result, move.facility, x, y).result


def _note_site(sites: pd.DataFrame, move: Move, name: str) -> None:
    if move.kind == NEW:
        sites.loc[name] = [f"Neues Angebot {name.removeprefix(NEW)}", move.lon, move.lat, float(move.places), "neu"]
    elif move.kind == CLOSE:
        sites.loc[move.facility, "state"] = "geschlossen"
    elif move.kind == PLACES:
        sites.loc[move.facility, ["places", "state"]] = [float(move.places), "geändert"]
    else:
        sites.loc[move.facility, ["lon", "lat", "state"]] = [move.lon, move.lat, "verlegt"]


def _areas(base: Access, result: ReachResult) -> pd.DataFrame:
    before, after = base.reach.areas["access"], by_area(result, base.reach.area_of)["access"]
    rows = base.areas[["area_id", "name", "children"]].set_index("area_id")
    rows = rows.assign(before=before, after=after, change=after - before)
    rows["gain"] = rows["change"] * rows["children"]
    target = base.target if base.target is not None else pd.Series(float("nan"), rows.index)
    for when in ("before", "after"):
        rows[f"below_{when}"] = rows[when] < target * (1 - 1e-12)
    return rows.reset_index()


@dataclass(frozen=True, eq=False)
class Centres:
    """The base level and a point inside each of its areas: area_id, name, lat, lon."""

    level: str
    table: pd.DataFrame


def centres(store: Store) -> Centres | None:
    """A place for a new offer in each base area; None without polygons."""
    base = home_ground(store)
    if base.shapes is None:
        return None
    inside = base.shapes.geometry.representative_point()
    lon, lat = base.plane.degrees(inside.x, inside.y)
    names = store.read("area_names").drop_duplicates("area_id").set_index("area_id")["name"]
    table = pd.DataFrame({"area_id": base.shapes["area_id"].to_numpy(), "lat": lat, "lon": lon})
    table.insert(1, "name", table["area_id"].map(names))
    return Centres(levels(store)[0], table.sort_values("name", ignore_index=True))


def helpful(store: Store, asked: Question, text: str, places: int, best: int = 5) -> pd.DataFrame:
    """Where one more offer would fill most of what is missing to the target, best place first.

    Returns:
        lat, lon, area (name of the area), children (in reach), helped (children below the target there), filled (places of
        the shortfall that it fills). Places nearer than half the way to a better one are left out.

    Raises:
        MoveError, SupplyError: as `play`; or there is nothing to measure against.
    """
    found = play(store, asked, text)
    points, target = found.base.reach.homes.points, found.base.mean_target
    if target is None:
        raise SupplyError("target_kind", "Ohne Zielwert gibt es keine Lücke, die ein Angebot füllen könnte.")
    every = points.dropna(subset=["x", "y"])
    step = max(1, math.ceil(len(every) / _CANDIDATES))
    candidates = every.iloc[::step].rename(columns={"demand_id": "candidate_id"})[["candidate_id", "x", "y", "area_id"]]
    table = most_helpful(found.result.access, points, candidates, places, asked.radius_m / 1.3, target).table
    rows = table.join(candidates.set_index("candidate_id"))
    names = store.read("area_names").drop_duplicates("area_id").set_index("area_id")["name"]
    chosen: list[int] = []
    for place, (x, y) in enumerate(zip(rows["x"], rows["y"], strict=True)):
        if all(math.hypot(x - rows["x"].iloc[i], y - rows["y"].iloc[i]) >= asked.radius_m / 2 for i in chosen):
            chosen.append(place)
        if len(chosen) == best:
            break
    rows = rows.iloc[chosen]
    lon, lat = home_ground(store).plane.degrees(rows["x"], rows["y"])
    out = rows.assign(lat=lat, lon=lon, area=rows["area_id"].map(names))
    return out[["lat", "lon", "area", "children", "helped", "filled"]].reset_index(drop=True)
