"""Correlations, redundancy, principal component and alpha."""

import numpy as np
import pandas as pd
import pytest
from needcity import spec_of

from raumblick.need.index import score
from raumblick.need.quality import alpha_sentence, cronbach_alpha, quality


def table(correlated=0.0, size=400, keys=3):
    rng = np.random.default_rng(0)
    core = rng.normal(size=size)
    columns = {
        f"x{i}": np.sqrt(correlated) * core + np.sqrt(1 - correlated) * rng.normal(size=size) for i in range(keys)
    }
    return pd.DataFrame({"area_id": range(size), **columns})


def test_alpha_of_standardised_items_is_the_classic_formula():
    data = table(0.5)[["x0", "x1", "x2"]]
    z = (data - data.mean()) / data.std(ddof=0)
    classic = 3 / 2 * (1 - z.var(ddof=0).sum() / z.sum(axis=1).var(ddof=0))
    assert cronbach_alpha(z) == pytest.approx(classic)
    assert classic == pytest.approx(3 * 0.5 / 2, abs=0.05)


def test_directions_are_turned_before():
    data = table(0.8)
    data["x1"] = -data["x1"]
    result = quality(score(data, spec_of(3, directions="+-+")))
    assert result.alpha > 0.9 and (result.loadings > 0.8).all()
    assert result.explained == pytest.approx((1 + 2 * 0.8) / 3, abs=0.05)


def test_redundant_pairs():
    data = table()
    data["x3"] = data["x0"] + 0.1 * data["x1"]
    got = quality(score(data, spec_of(4))).redundant
    assert got[["first", "second"]].to_numpy().tolist() == [["x0", "x3"]] and got["correlation"][0] > 0.99


def test_an_indicator_that_does_not_belong_is_seen():
    data = table(0.7)
    data["x3"] = np.random.default_rng(9).normal(size=len(data))
    got = quality(score(data, spec_of(4)))
    assert got.alpha_without.idxmax() == "x3" and got.loadings.idxmin() == "x3"


@pytest.mark.parametrize(
    ("alpha", "word"), [(0.97, "fast dasselbe"), (0.8, "gut dasselbe"), (0.6, "mäßig"), (0.2, "kaum"), (-0.3, "−0,30")]
)
def test_sentences(alpha, word):
    assert word in alpha_sentence(alpha, 4) and "4 Kennzahlen" in alpha_sentence(alpha, 4)


def test_one_indicator():
    got = quality(score(table(keys=1), spec_of(1)))
    assert np.isnan(got.alpha) and "einzigen" in got.sentence and got.redundant.empty
