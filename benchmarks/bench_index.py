"""Speed of the index engine and of its certainty against a plain pandas loop in the same run.

    python -m benchmarks.bench_index

`run()` gives one dict a line: `name`, `measured`, `peer` and `limit` in the same unit (seconds, or MB where the name
says so), `ratio` = measured / peer. A loop that would take minutes is run in part and scaled up; its name says so.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from raumblick.need.certainty import Counts, Sources, certainty
from raumblick.need.index import IndexSpec, parse_spec, score
from raumblick.need.trend import detection_power, trends

DRAWS = 10_000
_LOOP_DRAWS = 40  # of the peer; scaled up to DRAWS


def city(areas: int, indicators: int, seed: int = 0) -> tuple[pd.DataFrame, dict[str, Counts]]:
    """A table of shares with their counts."""
    rng = np.random.default_rng(seed)
    core = rng.normal(size=areas)
    people = rng.integers(100, 3000, (indicators, areas))
    odds = -2 + 0.5 * (0.7 * core + 0.7 * rng.normal(size=(indicators, areas)))
    cases = rng.binomial(people, 1 / (1 + np.exp(-odds)))
    table = pd.DataFrame({f"x{i}": cases[i] / people[i] * 100 for i in range(indicators)})
    table.insert(0, "area_id", [f"{i:08d}" for i in range(areas)])
    return table, {f"x{i}": Counts(cases[i], people[i]) for i in range(indicators)}


def spec(indicators: int, method: str, classes: dict[str, Any]) -> IndexSpec:
    """An index of equal weights."""
    items = [{"key": f"x{i}", "direction": "+", "normalise": {"method": method}} for i in range(indicators)]
    return parse_spec({"key": "b", "title": "Benchmark", "indicator": items, "classes": classes})


def loop_score(table: pd.DataFrame, keys: tuple[str, ...]) -> pd.DataFrame:
    """The same z-score index as most people would write it: indicator by indicator, area by area."""
    standard = {}
    for key in keys:
        mean, deviation = table[key].mean(), table[key].std(ddof=0)
        standard[key] = table[key].apply(lambda v, m=mean, s=deviation: (v - m) / s)
    rows = []
    for position, row in table.iterrows():
        rows.append({"area_id": row["area_id"], "index": sum(standard[key][position] for key in keys) / len(keys)})
    result = pd.DataFrame(rows)
    result["rank"] = result["index"].rank(ascending=False, method="min")
    return result


def loop_exponential(table: pd.DataFrame, keys: tuple[str, ...]) -> pd.DataFrame:
    """The same rank-based exponential index, column by column with an `apply` over areas."""
    n = len(table)
    total = pd.Series(0.0, index=table.index)
    for key in keys:
        scaled = table[key].rank() / n
        total += scaled.apply(lambda r: -23 * np.log(1 - r * (1 - np.exp(-100 / 23)))) / len(keys)
    rank = total.rank(ascending=False, method="min")
    return pd.DataFrame({"index": total, "decile": rank.apply(lambda r: int(np.ceil(r * 10 / n)))})


def loop_certainty(table: pd.DataFrame, counts: dict[str, Counts], draws: int, top: int) -> pd.DataFrame:
    """Draws of noise and weights, each scored with pandas."""
    rng = np.random.default_rng(1)
    ranks = []
    for _ in range(draws):
        drawn = pd.DataFrame({k: rng.binomial(c.denominator, table[k] / 100) / c.denominator for k, c in counts.items()})
        standard = (drawn - drawn.mean()) / drawn.std(ddof=0)
        weights = rng.uniform(0.75, 1.25, len(counts))
        ranks.append((standard * weights).sum(axis=1).rank(ascending=False))
    frame = pd.DataFrame(ranks)
    low, high = frame.quantile(0.05), frame.quantile(0.95)
    return pd.DataFrame({"low": low, "high": high, "p": (frame <= top).mean()})


def seconds(work: Callable[[], object], times: int = 5) -> float:
    """Least duration of several calls: what the work itself needs, apart from other load on the machine."""
    durations = []
    for _ in range(times):
        began = perf_counter()
        work()
        durations.append(perf_counter() - began)
    return min(durations)


def line(name: str, measured: float, peer: float, limit: float | None) -> dict[str, Any]:
    """One line of the table."""
    return {"name": name, "measured": measured, "peer": peer, "ratio": measured / peer, "limit": limit}


def run() -> list[dict[str, Any]]:
    """All measurements of this file."""
    table, counts = city(542, 12)
    small = spec(12, "z", {"method": "top", "top": [50], "labels": ["Schwerpunktraum", "andere"]})
    large_table, _ = city(33_755, 7)
    large = spec(7, "exponential", {"method": "quantiles"})
    loop = seconds(lambda: loop_certainty(table, counts, _LOOP_DRAWS, 50), 1) * DRAWS / _LOOP_DRAWS
    lines = [
        line(
            "score 542 areas x 12 indicators [s]",
            seconds(lambda: score(table, small), 20),
            seconds(lambda: loop_score(table, small.keys), 3),
            0.005,
        ),
        line(
            "score 33,755 areas x 7 domains, exponential ranks [s]",
            seconds(lambda: score(large_table, large)),
            seconds(lambda: loop_exponential(large_table, large.keys), 1),
            0.1,
        ),
    ]
    for name, sources in (("counts and weights", Sources()), ("all sources of doubt", Sources(conventions=True))):
        measured = seconds(lambda s=sources: certainty(table, small, counts, draws=DRAWS, sources=s), 2)
        lines.append(line(f"10,000 draws at 542 x 12, {name} [s; loop scaled up]", measured, loop, 1.5))
    lines.append(
        line("memory of 10,000 draws at 542 x 12 [MB; peer keeps them all]", memory(table, small, counts), 520.0, 300.0)
    )
    return lines


def memory(table: pd.DataFrame, small: IndexSpec, counts: dict[str, Counts]) -> float:
    """Peak memory of the certainty in MB."""
    tracemalloc.start()
    certainty(table, small, counts, draws=DRAWS, sources=Sources(conventions=True))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def trend_table() -> pd.DataFrame:
    """False alarms of trends on constant Poisson series, and power for yearly changes, over eight years."""
    rng = np.random.default_rng(1)
    t = np.arange(8) - 3.5
    rows = []
    for mean in (3, 10, 30, 100, 300, 1000):
        row: dict[str, Any] = {"mean": mean}
        row["false alarms"] = trends(rng.poisson(mean, (50_000, 8)), None, t, kind="count").significant.mean()
        for change in (0.02, 0.05, 0.10):
            found = trends(rng.poisson(mean * (1 + change * t), (5000, 8)), None, t, kind="count").significant.mean()
            row[f"power {change:.0%}"] = found
            row[f"formula {change:.0%}"] = detection_power(mean, change, 8)
        rows.append(row)
    return pd.DataFrame(rows)


def main() -> None:
    """Prints the tables."""
    print(f"{'':62}{'measured':>10}{'peer':>10}{'ratio':>8}{'limit':>8}")
    for r in run():
        limit = "" if r["limit"] is None else f"{r['limit']:.4g}"
        print(f"{r['name']:62}{r['measured']:>10.4g}{r['peer']:>10.4g}{r['ratio']:>8.4f}{limit:>8}")
    print("\nTrends: share of series called a change (eight years)")
    print(trend_table().to_string(index=False, float_format=lambda v: f"{v:.4f}"))


if __name__ == "__main__":
    main()
