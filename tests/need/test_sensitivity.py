"""Sobol indices against a function with known ones; leaving one indicator out."""

import numpy as np
import pandas as pd
import pytest
from needcity import spec_of, world

from raumblick.need.certainty import Sources
from raumblick.need.index import parse_spec, score
from raumblick.need.sensitivity import FACTORS, leave_one_out, sensitivity, sobol


def ishigami(x):
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_ishigami():
    rng = np.random.default_rng(0)
    a, b = rng.uniform(-np.pi, np.pi, (2, 60_000, 3))
    mixed = {}
    for i in range(3):
        ab = a.copy()
        ab[:, i] = b[:, i]
        mixed[str(i)] = ishigami(ab)
    got = sobol(ishigami(a), ishigami(b), mixed)
    np.testing.assert_allclose(got["first"], [0.314, 0.442, 0.0], atol=0.02)
    np.testing.assert_allclose(got["total"], [0.558, 0.442, 0.244], atol=0.02)


def test_nothing_varies():
    flat = np.ones(10)
    assert (sobol(flat, flat, {"a": flat})[["first", "total"]] == 0).all(axis=None)


def test_the_factor_that_varies_is_the_one_that_matters():
    _, observed, counts = world(1, areas=60, fewest=30, most=200)
    only = {
        "counts": Sources(weights="none"),
        "weights": Sources(counts=False),
    }
    for name, sources in only.items():
        got = sensitivity(observed, spec_of(4), counts, sources=sources, repetitions=200).factors.set_index("factor")
        assert got.loc[name, "total"] == pytest.approx(1, abs=0.1)
        assert got.loc[name, "first"] == pytest.approx(1, abs=0.25)
        assert (got["total"].drop(name) == 0).all()


def test_all_factors_share_the_variance():
    _, observed, counts = world(2, areas=60)
    result = sensitivity(observed, spec_of(4), counts, repetitions=200)
    assert result.factors["factor"].tolist() == list(FACTORS)
    assert (result.factors["total"] >= 0).all() and result.factors["total"].sum() > 0.9
    assert result.spread > 1 and result.factors["name"].iloc[result.factors["total"].argmax()] in result.sentence
    again = sensitivity(observed, spec_of(4), counts, repetitions=200)
    pd.testing.assert_frame_equal(result.factors, again.factors)


def test_a_certain_index_depends_on_nothing():
    _, observed, counts = world(2, areas=30)
    result = sensitivity(observed, spec_of(4), counts, sources=Sources(counts=False, weights="none"), repetitions=10)
    assert result.spread == 0 and "keiner" in result.sentence


def test_a_hierarchy_can_be_asked_too():
    _, observed, counts = world(3, areas=40)
    spec = parse_spec(
        {"key": "h", "title": "H", "domain": [{"key": "eins", "normalise": {"method": "z"}}, {"key": "zwei"}],
         "indicator": [{"key": f"x{i}", "direction": "+", "domain": ("eins", "zwei")[i // 2]} for i in range(4)]}
    )  # fmt: skip
    assert sensitivity(observed, spec, counts, repetitions=50).factors["total"].max() > 0


def test_leaving_one_indicator_out():
    _, observed, _ = world(4, areas=50)
    spec = spec_of(4)
    got = leave_one_out(observed, spec, top=10).set_index("indicator")
    rest = score(observed, spec.without("x2")).areas["rank"].astype(float)
    full = score(observed, spec).areas["rank"].astype(float)
    assert got.loc["x2", "mean_shift"] == pytest.approx((rest - full).abs().mean())
    assert got.loc["x2", "entering"] == sorted(observed["area_id"][(rest <= 10) & (full > 10)])
    assert len(got.loc["x2", "entering"]) == len(got.loc["x2", "leaving"])
    assert (got["correlation"] < 1).all()
    assert leave_one_out(observed, spec_of(1)).empty
