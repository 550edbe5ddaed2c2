"""The best places for new offers with proof: maximal covering, p-median, set covering, as mixed-integer programmes.

Solved by HiGHS through `scipy.optimize.milp`, in rounds of doubled time. After each round the best answer so far, the
bound and their gap are handed to a progress function, which can stop the search. A round begins anew, so the search takes
at most twice as long as without progress. Sources: Church and ReVelle 1974 (maximal covering), ReVelle and Swain 1970
(p-median), Toregas et al. 1971 (set covering).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, hstack, vstack

from raumblick.stats.rates import Floats, as_floats
from raumblick.stats.words import Note, number
from raumblick.supply.errors import SupplyError
from raumblick.supply.siting import Answer, Goal, Question, check_goal, greedy

MOST_VARIABLES = 400_000
_FIRST_ROUND = 1.0


@dataclass(frozen=True)
class Progress:
    """How far the search is: seconds allowed so far, value of the best answer, bound, gap (share), whether it is proven."""

    seconds: float
    value: float
    bound: float
    gap: float
    proven: bool


Watch = Callable[[Progress], bool | None]


@dataclass(frozen=True)
class Cover:
    """The fewest places that reach every child who can be reached.

    `chosen`: keys. `least`: fewer than this are proven not to do (equal to len(chosen): proven). `left`: children whom no
    candidate reaches.
    """

    chosen: tuple
    least: int
    left: float
    notes: tuple[Note, ...]

    @property
    def proven(self) -> bool:
        """Whether it is proven that fewer do not suffice."""
        return len(self.chosen) == self.least


@dataclass(frozen=True, eq=False)
class _Model:
    """Minimise cost @ v with 0 <= v <= 1, low <= rows @ v <= high; the first `binary` variables are whole."""

    cost: Floats
    rows: csr_array
    low: Floats
    high: Floats
    binary: int


@dataclass(frozen=True)
class _Round:
    seconds: float
    chosen: NDArray[np.int64] | None
    bound: float  # of cost @ v
    proven: bool


def best(put: Question, k: int, goal: Goal = "covered", seconds: float = 30.0, watch: Watch | None = None) -> Answer:
    """The best k places.

    Args:
        put: of `raumblick.supply.siting.question`.
        k: how many new offers at most.
        goal: "covered" (children within the radius, maximal covering) or "distance" (sum of ways, p-median).
        seconds: time limit of the search.
        watch: called after each round; returns False to stop.

    Returns:
        The best answer found, never worse than the quick one, with the proven bound and gap. `steps` is the value of
        the whole choice. A gap above 0 is named in the notes.

    Raises:
        SupplyError: k is below 1, the goal or the time limit is impossible, or the programme is too large.
    """
    check_goal(put, k, goal)
    _check_time(seconds)
    answer = greedy(put, k, goal)
    if not len(put.children) or (goal == "covered" and not (put.reach.any(axis=1) & (put.now > put.radius_m)).any()):
        return replace(answer, bound=answer.after)
    model, offset = _covering(put, k) if goal == "covered" else _median(put, k)
    sign = -1.0 if goal == "covered" else 1.0
    for tried in _rounds(model, seconds):
        if tried.chosen is not None:
            answer = _better(put, answer, tried.chosen, goal)
        bound = answer.after if tried.proven else _limit(put, goal, sign * tried.bound + offset)
        answer = replace(answer, bound=bound)
        done = tried.proven or answer.gap == 0.0
        report = Progress(tried.seconds, answer.after, answer.bound, answer.gap, done)
        if (watch is not None and watch(report) is False) or done:
            break
    return _with_gap(answer)


def cover_all(put: Question, seconds: float = 30.0, watch: Watch | None = None) -> Cover:
    """The fewest new offers with which everybody within reach of a candidate is reached.

    Args:
        put: of `raumblick.supply.siting.question`. Children whom an existing offer reaches need no new one.
        seconds: time limit. watch: called after each round; returns False to stop.

    Raises:
        SupplyError: the time limit is impossible, or the programme is too large.
    """
    _check_time(seconds)
    open_points = put.now > put.radius_m
    reachable = put.reach.any(axis=1)
    left = float(put.children[open_points & ~reachable].sum())
    rows, _ = _groups(put.reach[open_points & reachable], put.children[open_points & reachable])
    if not rows.shape[0]:
        return Cover((), 0, left, put.notes)
    chosen = greedy(put, len(put.candidates), "covered").chosen
    least = 1
    m = len(put.candidates)
    model = _Model(np.ones(m), csr_array(rows), np.ones(rows.shape[0]), np.full(rows.shape[0], np.inf), m)
    _check_size(m)
    for tried in _rounds(model, seconds):
        if tried.chosen is not None and len(tried.chosen) < len(chosen):
            chosen = tuple(put.candidates[tried.chosen])
        proven_at_least = tried.bound if np.isfinite(tried.bound) else 1.0
        least = len(chosen) if tried.proven else max(least, int(np.ceil(proven_at_least - 1e-6)))
        proven = least >= len(chosen)
        report = Progress(tried.seconds, len(chosen), least, (len(chosen) - least) / len(chosen), proven)
        if (watch is not None and watch(report) is False) or proven:
            break
    notes = put.notes
    if least < len(chosen):
        text = f"{number(len(chosen))} Angebote reichen; ob auch {number(least)} reichen, ist in der Zeit nicht bewiesen."
        notes += (Note("not_proven", text, len(chosen) - least),)
    return Cover(chosen, least, left, notes)


def _check_time(seconds: float) -> None:
    if not 0 < seconds < np.inf:
        raise SupplyError("seconds", "Die Zeit für die Suche muss größer als 0 sein.")


def _check_size(variables: int) -> None:
    if variables > MOST_VARIABLES:
        raise SupplyError(
            "candidates",
            "Für eine bewiesene Antwort ist die Frage zu groß. Bitte weniger mögliche Orte oder weniger Wohnorte wählen; "
            "die schnelle Antwort geht weiterhin.",
        )


def _rounds(model: _Model, seconds: float) -> Iterator[_Round]:
    """Search with 1, 2, 4 ... seconds until proven or the time is used up; the last round has what is left."""
    spent, length = 0.0, min(_FIRST_ROUND, seconds)
    while True:
        found = _solve(model, length)
        spent += length
        yield _Round(spent, *found)
        if found[2] or spent >= seconds - 1e-9:
            return
        length = min(length * 2, seconds - spent)


def _solve(model: _Model, seconds: float) -> tuple[NDArray[np.int64] | None, float, bool]:
    whole = np.zeros(len(model.cost))
    whole[: model.binary] = 1
    result: Any = milp(
        model.cost,
        integrality=whole,
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(model.rows, model.low, model.high),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    chosen = None if result.x is None else np.flatnonzero(result.x[: model.binary] > 0.5)
    bound = getattr(result, "mip_dual_bound", None)
    return chosen, -np.inf if bound is None else float(bound), result.status == 0


def _groups(reach: NDArray[np.bool_], children: Floats) -> tuple[NDArray[np.bool_], Floats]:
    """Points that the same candidates reach, as one row with all their children."""
    if not len(reach):
        return reach, children
    rows, group = np.unique(np.packbits(reach, axis=1), axis=0, return_inverse=True)
    bits = np.unpackbits(rows, axis=1, count=reach.shape[1]).astype(bool)
    return bits, as_floats(np.bincount(group.ravel(), children, len(rows)))


def _covering(put: Question, k: int) -> tuple[_Model, float]:
    """Maximal covering: x candidates, y groups of points; y <= sum of x that reach it, sum x <= k, most children in y."""
    lacking = (put.now > put.radius_m) & put.reach.any(axis=1)
    reach, children = _groups(put.reach[lacking], put.children[lacking])
    groups, m = reach.shape
    _check_size(groups + m)
    link = hstack([csr_array(-reach.astype(float)), _identity(groups)])
    count = csr_array(np.r_[np.ones(m), np.zeros(groups)][None, :])
    cost = np.r_[np.zeros(m), -children]
    rows = csr_array(vstack([link, count]))
    model = _Model(cost, rows, np.full(groups + 1, -np.inf), np.r_[np.zeros(groups), k], m)
    return model, float(put.children[put.now <= put.radius_m].sum())


def _identity(size: int) -> csr_array:
    at = np.arange(size)
    return csr_array((np.ones(size), (at, at)), shape=(size, size))


def _median(put: Question, k: int) -> tuple[_Model, float]:
    """p-median: z gives a point to a candidate nearer than its offer now; z <= x, at most one each, sum x <= k."""
    nearer = put.distance < put.now[:, None]
    point, site = np.nonzero(nearer)
    pairs, m, n = len(point), len(put.candidates), len(put.children)
    _check_size(pairs + m)
    endless = np.isinf(put.now)
    saved = put.distance[point, site] - np.where(endless, 0.0, put.now)[point]
    each = np.arange(pairs)
    ones = np.ones(pairs)
    open_first = coo_array((np.r_[ones, -ones], (np.r_[each, each], np.r_[m + each, site])), shape=(pairs, m + pairs))
    one_each = coo_array((ones, (point, m + each)), shape=(n, m + pairs))
    count = csr_array(np.r_[np.ones(m), np.zeros(pairs)][None, :])
    low = np.r_[np.full(pairs, -np.inf), np.where(endless, 1.0, -np.inf), 0.0]
    high = np.r_[np.zeros(pairs), np.ones(n), k]
    model = _Model(
        np.r_[np.zeros(m), saved * put.children[point]], csr_array(vstack([open_first, one_each, count])), low, high, m
    )
    return model, float((np.where(endless, 0.0, put.now) * put.children).sum())


def _better(put: Question, answer: Answer, chosen: NDArray[np.int64], goal: Goal) -> Answer:
    """The new choice where it is better than the answer so far."""
    value = put.value(chosen, goal)
    improved = value > answer.after if goal == "covered" else value < answer.after
    return replace(answer, chosen=tuple(put.candidates[chosen]), after=value, steps=(value,)) if improved else answer


def _limit(put: Question, goal: Goal, bound: float) -> float:
    """The bound of the search, or what all candidates together could do where the search has none."""
    everywhere = put.value(np.arange(len(put.candidates)), goal)
    return min(bound, everywhere) if goal == "covered" else max(bound, everywhere)


def _with_gap(answer: Answer) -> Answer:
    if not answer.gap > 0:
        return answer
    text = (
        f"Die Suche wurde nach Ablauf der Zeit beendet. Eine bessere Auswahl ist möglich, aber um höchstens "
        f"{number(answer.gap * 100, 1)} %."
    )
    return replace(answer, notes=(*answer.notes, Note("not_proven", text, 1, answer.gap)))
