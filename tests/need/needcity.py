"""Specs and cities with a known truth, for the tests of need."""

import numpy as np
import pandas as pd

from raumblick.need.certainty import Counts
from raumblick.need.index import parse_spec


def spec_of(size, normalise=None, aggregate="mean", directions=None, **sections):
    items = [{"key": f"x{i}", "direction": (directions or "+" * size)[i]} for i in range(size)]
    defaults = {"normalise": normalise or {"method": "z"}}
    index = {"aggregate": aggregate} | sections.pop("index", {})
    return parse_spec({"key": "t", "title": "T", "indicator": items, "defaults": defaults, "index": index, **sections})


def world(seed, areas=120, size=4, fewest=60, most=2000, together=0.5, shape="logistic"):
    """True shares, observed table and counts of a city that never was."""
    rng = np.random.default_rng(seed)
    core = rng.normal(size=areas)
    theta = np.sqrt(together) * core + np.sqrt(1 - together) * rng.normal(size=(size, areas))
    truth = 1 / (1 + np.exp(2 - 0.5 * theta)) if shape == "logistic" else np.minimum(0.08 * np.exp(0.8 * theta), 0.95)
    people = np.exp(rng.uniform(np.log(fewest), np.log(most), (size, areas))).astype(int)
    cases = rng.binomial(people, truth)
    ids = pd.DataFrame({"area_id": [f"{i:03d}" for i in range(areas)]})
    observed = ids.assign(**{f"x{i}": cases[i] / people[i] * 100 for i in range(size)})
    true = ids.assign(**{f"x{i}": truth[i] * 100 for i in range(size)})
    return true, observed, {f"x{i}": Counts(cases[i], people[i]) for i in range(size)}
