"""Speed and memory of reach against PySAL `access` in the same run, of what-ifs, of twelve variants, of siting.

    python -m benchmarks.bench_reach

The peer is `access.fca.two_stage_fca`. It wants a table of distances; its own function for that joins all pairs, 300 million
here, which does not fit into memory. So the pairs within the radius are found for it with scipy's KD tree: that time is part
of "from coordinates" (the task that `reach` does), and "pairs given" leaves it out, for the peer alone. Real grid cells and
Kitas of Berlin are used where `../shared/data` is there; otherwise invented ones of the same number, and the line says so.
"""

from __future__ import annotations

import tracemalloc
from functools import partial
from math import exp
from pathlib import Path
from typing import Any

import access.fca
import numpy as np
import pandas as pd
from pyproj import Transformer
from scipy.spatial import cKDTree

from benchmarks.bench_index import line, seconds
from raumblick.supply.exact import best
from raumblick.supply.near import Decay
from raumblick.supply.reach import reach
from raumblick.supply.robust import variants
from raumblick.supply.siting import greedy, question
from raumblick.supply.whatif import with_places, with_site

BERLIN = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "berlin"
RADIUS = 2000.0
CELLS, FACILITIES = 100_000, 3_000


def city(cells: int, facilities: int, spacing: float = 100.0, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A square city on a grid, facilities anywhere in it."""
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(cells)))
    x, y = (axis.ravel()[:cells] * spacing for axis in np.meshgrid(np.arange(side), np.arange(side)))
    demand = pd.DataFrame({"demand_id": np.arange(cells), "x": x, "y": y, "children": rng.poisson(5, cells).astype(float)})
    supply = pd.DataFrame({"facility_id": np.arange(facilities)})
    supply[["x", "y"]] = rng.uniform(0, side * spacing, (facilities, 2))
    return demand, supply.assign(places=rng.integers(20, 150, facilities).astype(float))


def berlin() -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Grid cells with children and Kitas with places in metres, and what they are."""
    if not BERLIN.is_dir():
        return *city(26_625, 2_893), "invented cells"
    cells = pd.read_csv(BERLIN / "zensus2022_100m_kinder_0_9.csv")
    demand = pd.DataFrame({"demand_id": np.arange(len(cells)), "x": cells["x"], "y": cells["y"], "children": cells["value"]})
    kitas = pd.read_csv(BERLIN / "kitas_2026-01.csv", dtype={"id": str})
    x, y = Transformer.from_crs(4326, 3035, always_xy=True).transform(kitas["lon"].to_numpy(), kitas["lat"].to_numpy())
    return demand, pd.DataFrame({"facility_id": kitas["id"], "x": x, "y": y, "places": kitas["places"]}), "real cells"


def costs(demand: pd.DataFrame, supply: pd.DataFrame, radius: float) -> pd.DataFrame:
    """All pairs within the radius as the peer wants them."""
    homes, sites = (cKDTree(frame[["x", "y"]].to_numpy()) for frame in (demand, supply))
    pairs = homes.sparse_distance_matrix(sites, radius, output_type="ndarray")
    origin, dest = demand["demand_id"].to_numpy()[pairs["i"]], supply["facility_id"].to_numpy()[pairs["j"]]
    return pd.DataFrame({"origin": origin, "dest": dest, "cost": pairs["v"]})


def peer(demand: pd.DataFrame, supply: pd.DataFrame, cost: pd.DataFrame, radius: float, decay: Decay) -> pd.Series:
    """Two-step floating catchment by PySAL `access`."""
    edge = exp(-0.5)
    fall = {"binary": None, "gaussian": lambda d: (exp(-0.5 * (d / radius) ** 2) - edge) / (1 - edge)}
    return access.fca.two_stage_fca(
        demand.set_index(demand["demand_id"].rename("geoid"))[["children"]],
        supply.set_index(supply["facility_id"].rename("geoid"))[["places"]],
        cost, radius, demand_name="children", supply_name="places", weight_fn=fall[decay],
    )  # fmt: skip


def run() -> list[dict[str, Any]]:
    """All measurements of this file."""
    demand, supply = city(CELLS, FACILITIES)
    cost = costs(demand, supply, RADIUS)
    finding = seconds(lambda: costs(demand, supply, RADIUS), 5)
    lines = []
    for decay in ("binary", "gaussian"):
        ours = seconds(partial(reach, demand, supply, RADIUS, decay), 10)
        theirs = seconds(partial(peer, demand, supply, cost, RADIUS, decay), 3)
        name = f"reach {CELLS:,} cells x {FACILITIES:,} facilities at 2 km, {decay}"
        whole = finding + theirs
        lines.append(line(f"{name} [s; PySAL access, from coordinates; limit a tenth of it]", ours, whole, whole / 10))
        lines.append(line(f"{name} [s; PySAL access, pairs given]", ours, theirs, None))
        same = reach(demand, supply, RADIUS, decay).access
        difference = float((same - peer(demand, supply, cost, RADIUS, decay).reindex(same.index).fillna(0.0)).abs().max())
        lines.append(line(f"largest difference to PySAL access, {decay} [places]", difference, float(same.max()), 1e-9))
    lines.append(line("memory of the reach above [MB; table of all pairs]", memory(demand, supply), len(cost) * 24 / 1e6, 300.0))
    return lines + _what_ifs(demand, supply) + _areas() + _berlin()


def memory(demand: pd.DataFrame, supply: pd.DataFrame) -> float:
    """Peak memory of the reach in MB, beyond the two tables."""
    tracemalloc.start()
    reach(demand, supply, RADIUS, "gaussian")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def _what_ifs(demand: pd.DataFrame, supply: pd.DataFrame) -> list[dict[str, Any]]:
    now = reach(demand, supply, RADIUS, "gaussian")
    anew = seconds(lambda: reach(demand, supply, RADIUS, "gaussian"), 3)
    middle = float(demand["x"].mean())
    grown = seconds(lambda: with_places(now, 7, 500.0), 20)
    opened = seconds(lambda: with_site(now, -1, middle, middle, 80.0), 20)
    note = "[s; all computed anew]"
    return [
        line(f"what if a facility grows, {CELLS:,} x {FACILITIES:,} {note}", grown, anew, 0.05),
        line(f"what if a facility opens, {CELLS:,} x {FACILITIES:,} {note}", opened, anew, 0.05),
    ]


def _areas() -> list[dict[str, Any]]:
    demand, supply = city(542, 2_893, spacing=1300.0)
    cost = costs(demand, supply, RADIUS)
    ours = seconds(lambda: reach(demand, supply, RADIUS, "gaussian"), 20)
    theirs = seconds(lambda: peer(demand, supply, cost, RADIUS, "gaussian"), 3)
    return [line("reach 542 areas x 2,893 facilities at 2 km [s; PySAL access, pairs given]", ours, theirs, 0.02)]


def _berlin() -> list[dict[str, Any]]:
    demand, supply, what = berlin()
    twelve = seconds(lambda: variants(demand, supply), 3)
    one_by_one = seconds(lambda: [reach(demand, supply, r, d) for r, d in variants(demand[:1], supply[:1]).columns], 1)
    sites = demand.iloc[:: len(demand) // 200][["demand_id", "x", "y"]].rename(columns={"demand_id": "candidate_id"})
    put = question(demand, sites, supply, 500.0)
    quick, exact = seconds(lambda: greedy(put, 5), 3), seconds(lambda: best(put, 5, "covered", 30.0), 1)
    size = f"{len(demand):,} {what} x {len(supply):,} Kitas"
    return [
        line(f"12 variants, {size} [s; twelve times reach]", twelve, one_by_one, 2.0),
        line(f"5 more offers of {len(sites)} candidates, quick, {len(demand):,} {what} [s; with proof]", quick, exact, None),
    ]


def main() -> None:
    """Prints the table."""
    for r in run():
        limit = "" if r["limit"] is None else f"{r['limit']:.4g}"
        print(f"{r['name']:100}{r['measured']:>10.4g}{r['peer']:>10.4g}{r['ratio']:>8.4f}{limit:>10}")


if __name__ == "__main__":
    main()
