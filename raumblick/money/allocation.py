"""Allocable money over areas and services so that the least need stays unmet, and what the wish for equality costs.

    minimise   sum w_as s_k u_ask          (u: unmet need by step k, steps with rising slopes s_k)
    with       x_as + sum_k u_ask >= need_as,   floor <= x <= cap,   sum price_as x_as <= budget

Only allocable services (§§ 11-16, work without cases, posts) are decided here. Entitlements are forecast and come off the
budget before; nothing here reduces them. Amounts of any size are exact by order, whole steps to a gap that is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from raumblick.money.errors import MoneyError, euro, not_negative, percent
from raumblick.stats.rates import Floats
from raumblick.stats.words import number, several

_SLACK = 1e-9
_CORE = 7  # items on either side of the first that no longer fits whole, of which all combinations are tried


@dataclass(frozen=True, eq=False)
class Task:
    """A checked task: need, price, weight, floor, cap (areas x services), budget in euro, slopes of the unmet need (equal
    parts of it, rising), step (of posts or places; None: any amount)."""

    need: Floats
    price: Floats
    weight: Floats
    floor: Floats
    cap: Floats
    budget: float
    slopes: tuple[float, ...]
    step: float | None

    def penalty(self, amounts: Any) -> float:
        """Weighted unmet need of amounts, with rising slopes."""
        unmet = np.maximum(self.need - np.asarray(amounts, dtype=float), 0.0)
        part = self.need / len(self.slopes)
        steps = [s * np.clip(unmet - k * part, 0, part) for k, s in enumerate(self.slopes)]
        return float((self.weight * np.sum(steps, axis=0)).sum())

    def worst(self, amounts: Any) -> float:
        """Largest unmet share of a need."""
        some = self.need > 0
        if not some.any():
            return 0.0
        return float((np.maximum(self.need - np.asarray(amounts, dtype=float), 0.0)[some] / self.need[some]).max())

    def cost(self, amounts: Any) -> float:
        """Euro of amounts."""
        return float((self.price * np.asarray(amounts, dtype=float)).sum())


@dataclass(frozen=True, eq=False)
class Allocation:
    """Amounts (areas x services, in units of need), weighted unmet need, worst unmet share, euro spent, `shadow` (weighted
    unmet need that the next euro removes; missing with steps), `gap` (proved distance from the best, 0 if exact)."""

    task: Task
    amounts: Floats
    unmet: float
    worst: float
    spent: float
    shadow: float
    gap: float


def task(
    need: Any, price: Any, budget: float, weight: Any = 1.0, floor: Any = 0.0, cap: Any = None, slopes: Sequence[float] = (1.0,),
    step: float | None = None, entitlements: float = 0.0, allocable: Any = None,
) -> Task:  # fmt: skip
    """A task from its numbers, broadcast to the shape of `need`.

    Args:
        need: units (posts, places) that would be needed, areas x services.
        price: euro a unit.
        budget: euro for everything, `entitlements` included.
        weight: of an unmet unit.
        floor, cap: units at least and at most; default cap: the need (or the floor where that is higher).
        slopes: weights of the first, second, ... equal part of the unmet need, rising.
        step: whole steps only, e.g. 0.5 posts.
        entitlements: forecast euro of services that the law locks; taken off first.
        allocable: per service (last axis), whether money may be allocated; a service under entitlement is refused.

    Raises:
        MoneyError: wrong numbers; floors above caps; entitlements or floors that cost more than the budget (with the smallest
            change that helps).
    """
    wanted = not_negative(need, "need", "Der Bedarf")
    if allocable is not None and not np.asarray(allocable, dtype=bool).all():
        count = int((~np.asarray(allocable, dtype=bool)).sum())
        raise MoneyError(
            "allocable",
            f"{several(count, 'Leistung ist ein Rechtsanspruch', 'Leistungen sind Rechtsansprüche')}. "
            "Das wird vorausgeschätzt und steht nicht zur Verteilung.",
        )
    shape = wanted.shape
    prices = np.broadcast_to(not_negative(price, "price", "Der Preis"), shape)
    weights = np.broadcast_to(not_negative(weight, "weight", "Das Gewicht"), shape)
    least = np.broadcast_to(not_negative(floor, "floor", "Die Untergrenze"), shape)
    most = np.maximum(wanted, least) if cap is None else np.broadcast_to(not_negative(cap, "cap", "Die Obergrenze"), shape)
    if (prices <= 0).any():
        raise MoneyError("price", "Jede Leistung braucht einen Preis über 0.")
    rising = np.asarray(slopes, dtype=float)
    if not len(rising) or (rising < 0).any() or (np.diff(rising) < 0).any():
        raise MoneyError("slopes", "Die Steigungen des ungedeckten Bedarfs dürfen nicht fallen.")
    if step is not None:
        if not step > 0:
            raise MoneyError("step", "Die Schrittweite muss größer als 0 sein.")
        least, most = np.ceil(least / step - _SLACK) * step, np.floor(most / step + _SLACK) * step
        if cap is None:
            most = np.ceil(np.maximum(wanted, least) / step - _SLACK) * step
    if (least > most + _SLACK).any():
        count = int((least > most + _SLACK).sum())
        raise MoneyError("floor", f"An {several(count, 'Stelle', 'Stellen')} liegt die Untergrenze über der Obergrenze.")
    money = _money(budget, entitlements, float((prices * least).sum()))
    return Task(wanted, prices, weights, least, most, money, tuple(map(float, rising)), step)


def _money(budget: float, entitlements: float, floors: float) -> float:
    """Budget left for allocation; raises where entitlements or floors are dearer."""
    total, locked = (float(v) for v in not_negative([budget, entitlements], "budget", "Das Budget"))
    left = total - locked
    if left < -0.005:
        raise MoneyError(
            "entitlements",
            f"Schon die Rechtsansprüche kosten voraussichtlich {euro(locked)}, {euro(-left)} mehr als das Budget. Sie lassen "
            "sich nicht kürzen; das Budget muss steigen.",
            -left,
        )
    if floors > left + 0.005:
        raise MoneyError(
            "floor",
            f"Die Untergrenzen kosten {euro(floors)}, zu verteilen sind {euro(left)}. Kleinste Änderung: das Budget um "
            f"{euro(floors - left)} erhöhen oder alle Untergrenzen auf {percent(np.floor(1000 * left / floors) / 1000)} senken.",
            floors - left,
        )
    return left


def allocate(work: Task, worst: float | None = None) -> Allocation:
    """The amounts that leave the least weighted need unmet.

    Args:
        worst: no need may stay unmet by more than this share (equality); default: no such wish.

    Raises:
        MoneyError: `worst` cannot be reached under budget and caps (with the least that can).
    """
    least = work.floor if worst is None else _raised(work, worst)
    if work.step is None:
        return _continuous(work, least)
    return _stepped(work, least)


def _raised(work: Task, worst: float) -> Floats:
    """Floors that keep every unmet share at or below `worst`."""
    wanted = np.maximum(work.floor, work.need * (1 - worst))
    if work.step is not None:
        wanted = np.ceil(wanted / work.step - _SLACK) * work.step
    if (wanted > work.cap + 1e-6).any() or work.cost(wanted) > work.budget * (1 + 1e-9) + 0.005:
        best = least_worst(work)
        raise MoneyError(
            "worst",
            f"Mit diesem Budget und diesen Obergrenzen bleiben mindestens {percent(np.ceil(1000 * best) / 1000)} eines Bedarfs "
            "ungedeckt.",
            best,
        )
    return np.minimum(wanted, work.cap)


def _continuous(work: Task, least: Floats) -> Allocation:
    """Any amounts: only the budget couples the cells, and every met step has its gain a euro, so the best euro goes first.

    That is the exact solution of the linear program (a fractional knapsack); rising slopes put the steps of a cell in order.
    """
    gain, room = _gains(work, least)
    worth = np.flatnonzero(gain.ravel() > 0)
    price = np.broadcast_to(work.price, gain.shape).ravel()[worth]
    ratio = gain.ravel()[worth] / price
    order = np.argsort(-ratio, kind="stable")
    costs = (price * room.ravel()[worth])[order]
    left = max(work.budget - work.cost(least), 0.0)
    paid = np.clip(left - (np.cumsum(costs) - costs), 0.0, costs)
    bought = np.zeros(gain.size)
    bought[worth[order]] = paid / price[order]
    open_ = np.flatnonzero(paid < costs - _SLACK * max(left, 1.0))
    shadow = float(ratio[order][open_[0]]) if len(open_) else 0.0
    return _done(work, least + bought.reshape(gain.shape).sum(axis=0), shadow, 0.0)


def _gains(work: Task, least: Floats) -> tuple[Floats, Floats]:
    """By step of unmet need: weight removed by a unit, and units that can still be bought (steps x areas x services)."""
    part = work.need / len(work.slopes)
    gain = np.stack([work.weight * slope for slope in work.slopes])
    high = np.stack([work.need - k * part for k in range(len(work.slopes))])  # amounts at which a step is met
    low = high - part
    room = np.clip(np.minimum(high, work.cap) - np.maximum(low, least), 0.0, None)
    return np.where(room > 0, gain, 0.0), room


def _stepped(work: Task, least: Floats) -> Allocation:
    """Whole steps: each step of a cell is an item with gain and price, taken in the order of gain a euro.

    Around the item that no longer fits whole, all combinations are tried; far from it the order is right anyway (the core of
    a knapsack, Balas and Zemel 1980). The gap to the bound of the continuous order says what may be missing.
    """
    step = float(work.step or 1.0)
    gain, cell = _step_items(work, least, step)
    price = step * work.price.ravel()[cell]
    order = np.argsort(-gain / price, kind="stable")
    gain, cell, price = gain[order], cell[order], price[order]
    left = max(work.budget - work.cost(least), 0.0) + 1e-6
    at = int(np.searchsorted(np.cumsum(price), left, side="right"))
    start, end = max(at - _CORE, 0), min(at + _CORE, len(gain))
    taken = np.arange(len(gain)) < start
    left -= float(price[:start].sum())
    taken[start:end] = _best_of(gain[start:end], price[start:end], left)
    amounts = least + step * np.bincount(cell[taken], minlength=work.need.size).reshape(work.need.shape)
    rest = left - float(price[start:at].sum())
    bound = float(gain[:at].sum()) + (rest / price[at] * gain[at] if at < len(gain) else 0.0)
    best = work.penalty(least) - bound
    unmet = work.penalty(amounts)
    return _done(work, amounts, float("nan"), max(unmet - best, 0.0) / unmet if unmet > _SLACK else 0.0)


def _best_of(gain: Floats, price: Floats, money: float) -> NDArray[np.bool_]:
    """The items that gain most for the money, of all combinations."""
    chosen = (np.arange(1 << len(gain))[:, None] >> np.arange(len(gain))) & 1
    value = np.where(chosen @ price <= money, chosen @ gain, -1.0)
    return chosen[int(value.argmax())].astype(bool)


def _step_items(work: Task, least: Floats, step: float) -> tuple[Floats, NDArray[np.intp]]:
    """Gain of each further step that meets some need, and the cell it belongs to; gains of a cell never rise."""
    useful = np.ceil((np.minimum(work.cap, np.ceil(work.need / step - _SLACK) * step) - least) / step - _SLACK)
    count = np.maximum(useful, 0).astype(int).ravel()
    cell = np.repeat(np.arange(work.need.size), count)
    number_ = np.arange(len(cell)) - np.repeat(np.cumsum(count) - count, count)
    need, start = work.need.ravel()[cell], least.ravel()[cell] + step * number_
    part = need / len(work.slopes)
    gain = np.zeros(len(cell))
    for k, slope in enumerate(work.slopes):
        before, after = (np.clip(need - amount - k * part, 0, part) for amount in (start, start + step))
        gain += slope * work.weight.ravel()[cell] * (before - after)
    keep = gain > 0
    return gain[keep], cell[keep]


def _done(work: Task, amounts: Floats, shadow: float, gap: float) -> Allocation:
    return Allocation(work, amounts, work.penalty(amounts), work.worst(amounts), work.cost(amounts), shadow, gap)


def least_worst(work: Task) -> float:
    """The smallest share that the worst-off need must stay unmet by, under budget and caps (amounts without steps).

    The cost of "no need unmet by more than z" falls in z, so the least z is found by halving.
    """

    def fits(z: float) -> bool:
        wanted = np.maximum(work.floor, work.need * (1 - z))
        return bool((wanted <= work.cap + 1e-9).all()) and work.cost(wanted) <= work.budget * (1 + 1e-12)

    low, high = 0.0, 1.0
    if fits(low):
        return 0.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def explain_next(work: Task, more: float = 100_000.0) -> tuple[Floats, float, str]:
    """What the next euros bring: additional amounts, weighted unmet need removed, and a German sentence."""
    one, two = allocate(work), allocate(replace(work, budget=work.budget + more))
    added, removed = two.amounts - one.amounts, max(one.unmet - two.unmet, 0.0)
    spent = two.spent - one.spent
    if removed < 1e-9:
        return added, 0.0, "Mehr Geld deckt hier keinen weiteren Bedarf: Alle Obergrenzen sind erreicht."
    text = f"Die nächsten {euro(more)} decken {number(removed, 1)} Punkte gewichteten Bedarf"
    return added, removed, f"{text}; davon werden {euro(round(spent))} gebraucht." if spent < more - 1 else f"{text}."
