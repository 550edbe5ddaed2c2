"""Speed of risk, distribution and allocation against plain ways in the same run, and how good risk and forecast are.

    python -m benchmarks.bench_money

Peers: the double sum over months cell by cell, a distribution by halving with pandas, the linear program of HiGHS. The
back-test needs the monthly payments of the folder of real data beside the checkout and is left out without it; it takes
lines of two million a year or more and, as information, those of one million and all lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack, vstack

from benchmarks.bench_index import seconds
from benchmarks.payments import SHARED_DATA, yearly_lines
from benchmarks.result import Result, markdown, under
from raumblick.money.allocation import Task, allocate, task
from raumblick.money.forecast import backtest, coverage
from raumblick.money.formula import distribute
from raumblick.money.risk import year_moments

SIZES = ((63, 8), (542, 20))
LIMITS = {"risk": (0.005, 0.030), "allocation": (0.050, 3.0)}
TARGETS = {3: 10.7, 6: 5.8, 9: 2.8}
YEARS = 100_000


def cells(areas: int, services: int) -> tuple[Any, ...]:
    """Stock, duration, price, entries of a city."""
    rng = np.random.default_rng(1)
    stock = rng.integers(0, 30, (areas, services))
    length = rng.uniform(3, 40, services)
    return stock, length, rng.uniform(500, 7000, services), stock * -np.expm1(-1 / length)


def loop_moments(stock: Any, length: Any, price: Any, entries: Any, months: int = 12) -> list[tuple[float, float]]:
    """The same moments cell by cell as the formulas are written: a double sum over months."""
    found = []
    for (area, service), n0 in np.ndenumerate(stock):
        q, lam = np.exp(-1 / length[service]), entries[area, service]
        mean = [n0 * q**t + lam * (1 - q**t) / (1 - q) for t in range(1, months + 1)]
        spread = [m - n0 * q ** (2 * (t + 1)) for t, m in enumerate(mean)]
        variance = sum(q ** abs(s - t) * spread[min(s, t)] for s in range(months) for t in range(months))
        found.append((price[service] * sum(mean), price[service] * variance**0.5))
    return found


def town(areas: int) -> tuple[float, pd.Series, pd.DataFrame, pd.Series]:
    """Pot, residents, four burdens, previous amounts."""
    rng = np.random.default_rng(2)
    ids = [f"{i:08d}" for i in range(areas)]
    before = pd.Series(rng.integers(20_000, 200_000, areas), ids)
    burden = pd.DataFrame(rng.integers(0, 500, (areas, 4)), ids, columns=list("abcd"))
    return float(before.sum() * 102 // 100), pd.Series(rng.integers(50, 3000, areas), ids), burden, before


def loop_distribute(pot: float, people: pd.Series, burden: pd.DataFrame, before: pd.Series) -> pd.Series:
    """The same formula with floor and cap by halving lambda, area by area; not rounded."""
    target = people.apply(lambda n: pot * 0.4 * n / people.sum())
    for column in burden:
        target += burden[column].apply(lambda i, c=column: pot * 0.6 / 4 * i / burden[c].sum())
    low, high = 0.0, 100.0
    for _ in range(50):
        middle = (low + high) / 2
        amounts = pd.Series({a: min(max(middle * target[a], 0.95 * before[a]), 1.15 * before[a]) for a in target.index})
        low, high = (middle, high) if amounts.sum() < pot else (low, middle)
    return amounts


def wishes(areas: int, services: int, **more: Any) -> Task:
    """An allocation with half of the money that would be needed."""
    rng = np.random.default_rng(3)
    need, price = rng.uniform(0, 6, (areas, services)), rng.uniform(40_000, 90_000, services)
    return task(need, price, 0.5 * float((need * price).sum()), rng.uniform(0.5, 2, (areas, 1)), **more)


def program(work: Task) -> float:
    """The same least unmet need as a linear program over amounts and unmet need."""
    count = work.need.size
    identity = eye_array(count, format="csr")
    pay = np.concatenate([work.price.ravel(), np.zeros(count)])[None, :]
    rows = hstack([-identity, -identity], format="csr")
    matrix = vstack([rows, csr_array(pay)], format="csr")
    right = np.append(-work.need.ravel(), work.budget)
    bounds = np.stack(
        [np.concatenate([work.floor.ravel(), np.zeros(count)]), np.concatenate([work.cap.ravel(), work.need.ravel()])], axis=1
    )
    costs = np.concatenate([np.zeros(count), work.weight.ravel()])
    return float(linprog(costs, A_ub=matrix, b_ub=right, bounds=bounds, method="highs").fun)


def speed() -> Iterator[Result]:
    """Milliseconds against peers and limits."""
    for (areas, services), limit in zip(SIZES, LIMITS["risk"], strict=True):
        given = cells(areas, services)
        took = seconds(lambda g=given: year_moments(g[0], g[1], g[2], entries=g[3], case_mix_cv=0.3), 20)
        loop = seconds(lambda g=given: loop_moments(*g), 1)
        name = f"exact risk {areas} x {services}"
        yield Result(name, 1e3 * took, "ms", "cell by cell", 1e3 * loop)
        yield under(name, 1e3 * took, "ms", 1e3 * limit)
    pot, people, burden, before = town(542)
    took = seconds(lambda: distribute(pot, people, burden, [1.0] * 4, before, floor=0.05, cap=0.15), 20)
    loop = seconds(lambda: loop_distribute(pot, people, burden, before), 1)
    yield Result("distribution 542 areas, floor and cap", 1e3 * took, "ms", "halving with pandas", 1e3 * loop)
    yield under("distribution 542 areas, floor and cap", 1e3 * took, "ms", 10)
    for (areas, services), limit in zip(SIZES, LIMITS["allocation"], strict=True):
        for title, more in (
            ("", {}),
            (", half posts", {"step": 0.5}),
            (", half posts, rising slopes", {"step": 0.5, "slopes": (1, 2, 3)}),
        ):
            work = wishes(areas, services, **more)
            took, name = seconds(lambda w=work: allocate(w), 3), f"allocation {areas} x {services}{title}"
            if not more:
                best, found = program(work), allocate(work).unmet
                assert abs(found / best - 1) < 1e-6, "ordered way and linear program differ"
                yield Result(name, 1e3 * took, "ms", "linear program (HiGHS)", 1e3 * seconds(lambda w=work: program(w), 1))
            yield under(name, 1e3 * took, "ms", 1e3 * limit)


def simulated() -> Iterator[Result]:
    """Exact moments against simulated years, month by month and case by case."""
    for n0, length in ((20, 21.0), (4, 9.0)):
        rng = np.random.default_rng(4)
        q, lam = np.exp(-1 / length), 1.1 * n0 * -np.expm1(-1 / length)
        cases, months = np.full(YEARS, n0), np.zeros(YEARS)
        for _ in range(12):
            cases = rng.binomial(cases, q) + rng.poisson(lam, YEARS)
            months += cases
        mean, sd = (float(v) for v in year_moments(n0, length, 1.0, entries=lam))
        name = f"{n0} cases of {length:.0f} months, {YEARS:,} simulated years"
        yield under(f"{name}: mean off by", 100 * abs(mean / months.mean() - 1), "%", 1)
        yield under(f"{name}: sd off by", 100 * abs(sd / months.std() - 1), "%", 3)


def past() -> Iterator[Result]:
    """Mean absolute error of the year-end forecast, and how often its 80 % interval held."""
    if not SHARED_DATA.is_dir():
        return
    for least, title in ((2e6, "lines from 2 million a year"), (1e6, "lines from 1 million a year"), (0.0, "all lines")):
        tests = {name: backtest(history) for name, history in yearly_lines(SHARED_DATA, least).items()}
        rows = pd.concat(tests.values())
        errors = rows.assign(error=100 * rows["error"].abs()).pivot_table(index="month", columns="method", values="error")
        held = coverage(tests).set_index("month")
        for month, limit in TARGETS.items():
            of = f"{title} ({held.loc[month, 'years']:.0f} years), month {month}"
            error, covered = errors.loc[month, "default"], 100 * held.loc[month, "covered"]
            linear = Result(f"{of}: mean absolute error", error, "%", "linear", errors.loc[month, "linear"])
            if least < 2e6:
                yield linear
                yield Result(f"{of}: 80 % interval held", covered, "%")
                continue
            yield linear
            yield under(f"{of}: mean absolute error", error, "%", limit)
            yield under(f"{of}: 80 % interval held, off 80 by", abs(covered - 80), "points", 5, f"{covered:.1f} %")


def run() -> list[Result]:
    """All measurements of this file."""
    return [*speed(), *simulated(), *past()]


if __name__ == "__main__":
    print(markdown(run()))
