"""False discovery rate."""

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from raumblick.stats.multiple import benjamini_hochberg


def test_agrees_with_scipy():
    p = np.random.default_rng(0).uniform(size=200) ** 3
    assert (benjamini_hochberg(p, 0.1) == (false_discovery_control(p) <= 0.1)).all()
    assert benjamini_hochberg(p, 0.1).sum() > 5


def test_missing_and_nothing():
    assert benjamini_hochberg([np.nan, 0.001, 0.9], 0.05).tolist() == [False, True, False]
    assert not benjamini_hochberg([0.5, 0.9]).any() and benjamini_hochberg([]).size == 0
    with pytest.raises(ValueError, match="q"):
        benjamini_hochberg([0.1], 0)


def test_the_rate_holds():
    rng = np.random.default_rng(1)
    shares = []
    for _ in range(300):
        p = rng.uniform(size=100)
        p[:20] = rng.uniform(size=20) / 500
        found = benjamini_hochberg(p, 0.1)
        shares.append(found[20:].sum() / max(found.sum(), 1))
    assert 0.04 < np.mean(shares) < 0.1
