"""Neighbourhood: contiguity, Moran's I and local Moran against esda, gaps."""

import numpy as np
import pytest
from shapely.geometry import box

from raumblick.need.neighbours import NO_NEIGHBOURS, NO_PATTERN, local_moran, moran, queen


def grid(side=12, gap=0.0):
    return [box(i, j, i + 1 - gap, j + 1 - gap) for i in range(side) for j in range(side)]


def hill(side=12, seed=0):
    i, j = np.divmod(np.arange(side * side), side)
    rough = np.random.default_rng(seed).normal(size=side * side)
    return np.exp(-((i - 3) ** 2 + (j - 3) ** 2) / 10) * 5 + rough


def test_queen_counts_corners():
    sizes = np.array([link.size for link in queen(grid()).links])
    assert sizes.reshape(12, 12)[0, 0] == 3 and sizes.reshape(12, 12)[0, 5] == 5 and sizes.reshape(12, 12)[5, 5] == 8


def test_tolerance_joins_borders_that_do_not_meet():
    loose = queen(grid(gap=0.001))
    assert all(link.size == 0 for link in loose.links)
    tight = queen(grid(gap=0.001), tolerance=0.01)
    assert [link.tolist() for link in tight.links] == [link.tolist() for link in queen(grid()).links]


def test_global_agrees_with_esda():
    esda = pytest.importorskip("esda")
    libpysal = pytest.importorskip("libpysal")
    neighbours = queen(grid())
    weights = libpysal.weights.W({i: link.tolist() for i, link in enumerate(neighbours.links)}, silence_warnings=True)
    for values in (hill(), np.random.default_rng(5).normal(size=144)):
        np.random.seed(1)
        theirs = esda.Moran(values, weights, transformation="r", permutations=999)
        ours = moran(values, neighbours)
        assert ours.i == pytest.approx(theirs.I) and ours.expected == pytest.approx(theirs.EI)
        assert ours.p == pytest.approx(theirs.p_sim, abs=0.05)


@pytest.mark.filterwarnings("ignore:The alternative hypothesis:DeprecationWarning")
def test_local_agrees_with_esda():
    esda = pytest.importorskip("esda")
    libpysal = pytest.importorskip("libpysal")
    neighbours, values = queen(grid()), hill()
    weights = libpysal.weights.W({i: link.tolist() for i, link in enumerate(neighbours.links)}, silence_warnings=True)
    theirs = esda.Moran_Local(values, weights, transformation="r", permutations=999, seed=3)
    ours = local_moran(values, neighbours, 999)
    np.testing.assert_allclose(ours["i"], theirs.Is, rtol=1e-9)
    assert np.abs(ours["p"] - theirs.p_sim).max() < 0.07 and np.corrcoef(ours["p"], theirs.p_sim)[0, 1] > 0.99
    sure = ours["p"] < 0.01
    quadrant = {"hoch bei hoch": 1, "niedrig bei hoch": 2, "niedrig bei niedrig": 3, "hoch bei niedrig": 4}
    found = sure & (ours["cluster"] != NO_PATTERN)
    assert found.sum() > 5
    assert (ours["tendency"][found] == ours["cluster"][found]).all()
    assert ((ours["p"] < 0.05) == (ours["tendency"] != NO_PATTERN)).all()
    assert (ours["cluster"][found].map(quadrant) == theirs.q[found.to_numpy()]).all()


def test_chance_makes_no_clusters():
    neighbours = queen(grid())
    found = [
        (local_moran(np.random.default_rng(seed).normal(size=144), neighbours, 4999)["cluster"] != NO_PATTERN).any()
        for seed in range(20)
    ]
    assert np.mean(found) <= 0.15
    p = [moran(np.random.default_rng(seed).normal(size=144), neighbours, 199).p for seed in range(60)]
    assert 0.0 <= np.mean(np.array(p) < 0.025) <= 0.12


def test_sentences():
    neighbours = queen(grid())
    assert moran(hill(), neighbours).sentence.startswith("Ähnliche Werte liegen beieinander (Morans I 0,")
    board = np.indices((12, 12)).sum(axis=0).ravel() % 2 + np.random.default_rng(0).normal(size=144) * 0.01
    rook_like = moran(board, neighbours)
    assert rook_like.i < rook_like.expected
    noise = moran(np.random.default_rng(5).normal(size=144), neighbours)
    assert (noise.p > 0.05) == noise.sentence.startswith("Ähnliche Werte liegen nicht")


def test_missing_values_and_islands():
    shapes = [*grid(4), box(50, 50, 51, 51)]
    values = np.r_[np.arange(16.0), 99.0]
    values[5] = np.nan
    got = local_moran(values, queen(shapes))
    assert got["cluster"][16] == NO_NEIGHBOURS and got["i"][[5, 16]].isna().all() and got["cluster"].isna()[5]
    rest = moran(np.delete(values, [5, 16]), queen([s for k, s in enumerate(shapes) if k not in (5, 16)]))
    assert moran(values, queen(shapes)).i == pytest.approx(rest.i) and rest.areas == 15


def test_the_same_seed_gives_the_same_answer():
    neighbours = queen(grid(6))
    values = np.random.default_rng(1).normal(size=36)
    assert moran(values, neighbours, 99).p == moran(values, neighbours, 99).p
    assert local_moran(values, neighbours, 99).equals(local_moran(values, neighbours, 99))


def test_bad_input():
    neighbours = queen(grid(3))
    with pytest.raises(ValueError, match="order"):
        moran([1.0, 2.0], neighbours)
    with pytest.raises(ValueError, match="different"):
        moran(np.ones(9), neighbours)
    with pytest.raises(ValueError, match="three"):
        local_moran([1.0, 2] + [np.nan] * 7, neighbours)
