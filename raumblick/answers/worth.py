"""Where does additional money help most, and what does equality cost? The answer behind a part of Was-wäre-wenn.

There is no measured need for open work, so one is assumed in sight of everybody: every area should have as much for each
burdened young person (or household) as the areas have that are well equipped today. The indicator of the burden and what
"well equipped" means are the user's choice. Only money that may be divided is looked at; help under entitlement is
forecast and never reduced.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.answers.danger import Assumptions, danger
from raumblick.answers.moving import POST, Current
from raumblick.answers.sharing import Ground
from raumblick.money.allocation import Allocation, Task, allocate, task
from raumblick.money.errors import LAW, MoneyError
from raumblick.money.frontier import Distance, distance, frontier
from raumblick.snapshot.store import Store
from raumblick.stats.rates import Floats

__all__ = [
    "LAW", "MARKS", "MoneyError", "Need", "Next", "Setting", "Trade", "burdens", "claims", "need_of", "next_money", "trade",
]  # fmt: skip

MARKS = {
    "0.5": "die mittlere Ausstattung", "0.75": "das besser ausgestattete Viertel", "1.0": "das am besten ausgestattete Gebiet",
}  # fmt: skip
SLOPES = (1.0, 1.25, 1.5)  # weights of the first, second and last third of an unmet need: empty hands count more


@dataclass(frozen=True)
class Setting:
    """What the user assumes: `indicator` of the burden, `mark` (quantile of today's equipment that is enough), euro of a full
    post, `loss` (share that an area's service may lose), whether more burdened areas weigh more, half posts only."""

    indicator: str
    mark: float = 0.75
    post: float = float(POST)
    loss: float = 0.1
    weigh: bool = True
    half: bool = False


@dataclass(frozen=True, eq=False)
class Need:
    """Assumed need: `posts` needed and `now` planned (areas x services, frames), `weight` by area, `setting`."""

    posts: pd.DataFrame
    now: pd.DataFrame
    weight: pd.Series
    setting: Setting

    @property
    def unmet(self) -> float:
        """Share of the needed posts that the plan does not pay for."""
        missing = (self.posts - self.now).clip(lower=0).to_numpy().sum()
        return float(missing / self.posts.to_numpy().sum())


@dataclass(frozen=True, eq=False)
class Next:
    """What additional euros bring while nobody loses: `rows` (area_id, service, posts, euro; where some go, largest first),
    `posts` in all, `before` and `after` (unmet share of the need), `left` euro for which there is no need, `each` weighted posts
    of need that the next 100,000 euro after these would meet (missing with half posts)."""

    rows: pd.DataFrame
    posts: float
    before: float
    after: float
    left: float
    each: float


@dataclass(frozen=True, eq=False)
class Trade:
    """Efficiency against equality with the money of the pot: `line` (worst: largest unmet share allowed, unmet: weighted posts),
    the own plan (`worst`, `unmet`) and its distance."""

    line: pd.DataFrame
    own: Distance


def burdens(base: Ground) -> dict[str, str]:
    """Indicators that need can go by: key to name with its period."""
    return {str(key): f"{base.names[key]} ({base.periods[key]})" for key in base.burden.columns}


def need_of(now: Current, base: Ground, setting: Setting) -> Need:
    """The assumed need of every area and service of the plan.

    Raises:
        MoneyError: an indicator that is not known for all areas.
    """
    if setting.indicator not in base.burden:
        raise MoneyError("indicator", "Diese Kennzahl ist nicht für alle Gebiete mit Fallzahlen bekannt.")
    burdened = base.burden[setting.indicator].astype(float)
    plan = now.amounts.astype({"amount": float}).pivot(index="area_id", columns="service", values="amount")
    plan = plan.reindex(burdened.index).fillna(0.0)
    each = plan.div(burdened.where(burdened > 0), axis=0)
    enough = each.quantile(setting.mark)
    posts = pd.DataFrame(np.outer(burdened, enough), plan.index, plan.columns) / setting.post
    share = burdened / base.youth.where(base.youth > 0)
    weight = share / (burdened.sum() / base.youth.sum()) if setting.weigh else share * 0 + 1
    return Need(posts, plan / setting.post, weight.fillna(1.0), setting)


def next_money(need: Need, more: float) -> Next:
    """The best use of `more` euro on top of the plan, nobody loses anything.

    Raises:
        MoneyError: an amount below 0.
    """
    step = 0.5 if need.setting.half else None
    plan = need.now.to_numpy()
    start = np.floor(plan / step + 1e-9) * step if step else plan
    work = _task(need, float(start.sum()) * need.setting.post + more, start, step)
    found = allocate(work)
    added = found.amounts - start
    rows = pd.DataFrame(added, need.now.index, need.now.columns).rename_axis("area_id").reset_index()
    rows = rows.melt("area_id", var_name="service", value_name="posts")
    rows = rows[rows["posts"] > 1e-6].assign(euro=lambda t: t["posts"] * need.setting.post)
    total = float(added.sum())
    return Next(
        rows.sort_values("posts", ascending=False, ignore_index=True), total, _unmet(work.need, start),
        _unmet(work.need, found.amounts), max(more - total * need.setting.post, 0.0), _each(found),
    )  # fmt: skip


def _each(found: Allocation) -> float:
    return found.shadow * 100_000


def trade(need: Need, own: pd.DataFrame, points: int = 9) -> Trade:
    """The line between equal and efficient with the money of a plan, and how far the plan is from it.

    Args:
        own: posts of the user's own plan, areas x services as `need.now`.

    Raises:
        MoneyError: as `task`.
    """
    plan = own.reindex(index=need.now.index, columns=need.now.columns).to_numpy()
    floor = np.minimum((1 - need.setting.loss) * need.now.to_numpy(), plan)
    work = _task(need, float(plan.sum()) * need.setting.post, floor, None)
    return Trade(frontier(work, points), distance(work, plan))


def _task(need: Need, budget: float, floor: Floats, step: float | None) -> Task:
    weight = np.broadcast_to(need.weight.to_numpy()[:, None], need.posts.shape)
    return task(need.posts.to_numpy(), need.setting.post, budget, weight, floor, slopes=SLOPES, step=step)


def _unmet(needed: Floats, amounts: Floats) -> float:
    return float(np.maximum(needed - amounts, 0).sum() / needed.sum()) if needed.sum() else 0.0


def claims(store: Store) -> tuple[float, float] | None:
    """What help under entitlement is planned with and what it will cost (euro); None where no cases are known."""
    found = danger(store, Assumptions())
    return None if found is None else (found.plan, found.mean)
