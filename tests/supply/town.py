"""Small towns for tests of reach: by hand, by chance, and a plain loop that says the same as the fast method."""

import numpy as np
import pandas as pd
from hypothesis import settings
from hypothesis import strategies as st

FEW = settings(max_examples=25, deadline=None)  # each example is a whole town


def people(*rows) -> pd.DataFrame:
    """Points (demand_id, x, y, children)."""
    return pd.DataFrame(rows, columns=["demand_id", "x", "y", "children"])


def offers(*rows) -> pd.DataFrame:
    """Facilities (facility_id, x, y, places)."""
    return pd.DataFrame(rows, columns=["facility_id", "x", "y", "places"])


def town(cells: int, sites: int, seed: int = 0, extent: float = 5000.0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Points and facilities anywhere in a square, some on a grid so that distances meet the radius exactly."""
    rng = np.random.default_rng(seed)
    at = np.round(rng.uniform(0, extent, (cells + sites, 2)) / 100) * 100 + rng.choice([0.0, 0.1], (cells + sites, 1))
    demand = pd.DataFrame(at[:cells], columns=["x", "y"]).assign(children=rng.poisson(6, cells).astype(float))
    demand.insert(0, "demand_id", [f"d{i}" for i in range(cells)])
    supply = pd.DataFrame(at[cells:], columns=["x", "y"]).assign(places=rng.integers(0, 120, sites).astype(float))
    supply.insert(0, "facility_id", [f"f{i}" for i in range(sites)])
    return demand, supply


def distances(demand: pd.DataFrame, supply: pd.DataFrame) -> np.ndarray:
    """Straight distances, facilities by points."""
    dx = supply["x"].to_numpy()[:, None] - demand["x"].to_numpy()
    dy = supply["y"].to_numpy()[:, None] - demand["y"].to_numpy()
    return np.sqrt(dx * dx + dy * dy)


def weight(distance: float, radius: float, decay: str) -> float:
    """The weight as it stands in the literature."""
    if distance > radius:
        return 0.0
    if decay == "binary":
        return 1.0
    edge = np.exp(-0.5)
    return max((np.exp(-0.5 * (distance / radius) ** 2) - edge) / (1 - edge), 0.0)


def loop_access(demand: pd.DataFrame, supply: pd.DataFrame, radius: float, decay: str) -> np.ndarray:
    """Two-step floating catchment, point by point."""
    away = distances(demand, supply)
    weights = np.array([[weight(d, radius, decay) for d in row] for row in away]).reshape(away.shape)
    weights[weights < 1e-12] = 0.0
    access = np.zeros(len(demand))
    for j, places in enumerate(supply["places"]):
        seen = sum(w * c for w, c in zip(weights[j], demand["children"], strict=True))
        if seen > 0:
            access += weights[j] * places / seen
    return access


@st.composite
def towns(draw):
    """A town, a radius and a decay."""
    demand, supply = town(draw(st.integers(1, 25)), draw(st.integers(1, 12)), draw(st.integers(0, 10_000)))
    return (
        demand,
        supply,
        draw(st.sampled_from([100.0, 500.0, 1000.0, 2500.0, 9000.0])),
        draw(st.sampled_from(["binary", "gaussian"])),
    )
