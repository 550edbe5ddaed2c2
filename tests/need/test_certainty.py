"""Certainty: calibration against a known truth, agreement of both ways of simulation, switches, faults."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from needcity import spec_of, world
from scipy import stats

from raumblick.need.certainty import Counts, Sources, certainty, controlled_list, tiers
from raumblick.need.doubt import variants
from raumblick.need.draws import _flat_blocks, _full_blocks
from raumblick.need.index import IndexError_, SpecError, parse_spec, score
from raumblick.need.posterior import noise_variance, posterior
from raumblick.need.prepare import prepare

COUNTS_ONLY = Sources(weights="none")


def coverage(spec, repeats=14, draws=1500, top=15, **settings):
    """Share of areas whose true rank lies in its interval; share of wrong areas on the list; expected share."""
    hit, wrong, listed, expected = [], 0, 0, []
    for seed in range(repeats):
        true, observed, counts = world(seed, **settings)
        result = certainty(observed, spec, counts, top=top, sources=COUNTS_ONLY, draws=draws, seed=seed)
        rank = score(true, spec).areas["rank"].astype(float)
        areas = result.areas
        hit.append(((areas["rank_low"] <= rank) & (rank <= areas["rank_high"])).mean())
        wrong += int((rank[areas["listed"]] > top).sum())
        listed += int(areas["listed"].sum())
        expected.append(result.expected_false)
    return float(np.mean(hit)), wrong / max(listed, 1), listed / repeats


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"together": 0.0},
        {"together": 0.9, "shape": "heavy"},
        {"fewest": 20, "most": 300},
        {"fewest": 1000, "most": 5000},
        {"size": 1},
        {"areas": 40},
    ],
    ids=str,
)
def test_rank_intervals_cover_and_the_list_holds_its_rate(settings):
    covered, wrong, listed = coverage(spec_of(settings.get("size", 4)), **settings)
    assert 0.85 <= covered <= 0.95
    assert wrong <= 0.16 and listed > 1  # about 150 listed areas: two standard errors above 10 %


@pytest.mark.parametrize(
    ("normalise", "aggregate", "directions"),
    [
        ({"method": "percentile", "to": [1, 100]}, "mean", None),
        ({"method": "exponential"}, "sum", "+-+-"),
        ({"method": "minmax", "to": [1, 100]}, "geometric", "++--"),
    ],
)
def test_curved_indices_are_calibrated_too(normalise, aggregate, directions):
    covered, wrong, _ = coverage(spec_of(4, normalise, aggregate, directions))
    assert 0.85 <= covered <= 0.95 and wrong <= 0.16


def test_a_hierarchy_is_simulated_in_full_and_calibrated():
    spec = parse_spec(
        {"key": "h", "title": "H", "domain": [{"key": "eins", "normalise": {"method": "z"}}, {"key": "zwei", "aggregate": "pca"}],
         "indicator": [{"key": f"x{i}", "direction": "+", "domain": ("eins", "zwei")[i // 2]} for i in range(4)]}
    )  # fmt: skip
    covered, wrong, _ = coverage(spec, repeats=8, draws=500)
    assert 0.85 <= covered <= 0.95 and wrong <= 0.2


def test_taking_counts_at_face_value_would_not_cover():
    """Why the posterior is there: with little signal, intervals around the observed values miss."""
    rng = np.random.default_rng(0)
    hits = []
    for _ in range(30):
        truth, noise = rng.normal(0, 1, 100), 2.0
        seen = truth + rng.normal(0, noise, 100)
        rank = stats.rankdata(-truth)
        for shrink in (False, True):
            known = posterior(seen[None], np.full((1, 100), noise**2)) if shrink else None
            centre = seen if known is None else known.mean[0]
            spread = noise if known is None else np.sqrt(known.covariance[:, 0, 0])
            ranks = stats.rankdata(-(centre + spread * rng.normal(size=(400, 100))), axis=1)
            low, high = np.quantile(ranks, [0.05, 0.95], axis=0)
            hits.append((shrink, ((low <= rank) & (rank <= high)).mean()))
    face, drawn = (np.mean([h for s, h in hits if s is flag]) for flag in (False, True))
    assert face < 0.85 < drawn < 0.95


@pytest.mark.parametrize("way", range(5))
def test_the_short_way_agrees_with_the_full_simulation(way):
    _, observed, counts = world(3, areas=60, fewest=150)
    spec = spec_of(4, directions="+-++", index={"normalise": {"method": "z"}})
    label, aggregate, model = variants(spec.status)[way]
    ready = prepare(observed, spec, spec.status, np.full(60, None, dtype=object))
    noise = np.array([noise_variance(c, ready.where, k) for k, c in counts.items()])
    known = posterior(np.array(list(ready.values.values())), noise)
    chance = []
    for blocks in (_flat_blocks, _full_blocks):
        rng = np.random.default_rng(1)
        need = np.vstack(list(blocks(model, ready, known, Sources(), 4000, rng)))
        chance.append((stats.rankdata(-need, axis=1) <= 10).mean(axis=0))
    assert np.abs(chance[0] - chance[1]).max() < 0.06, (label, aggregate)
    assert np.corrcoef(chance)[0, 1] > 0.99


def test_the_same_seed_gives_the_same_answer_and_order_does_not_matter():
    _, observed, counts = world(1)
    one = certainty(observed, spec_of(4), counts, top=15, draws=500, seed=7)
    two = certainty(observed, spec_of(4), counts, top=15, draws=500, seed=7)
    pd.testing.assert_frame_equal(one.areas, two.areas)
    other = certainty(observed, spec_of(4), counts, top=15, draws=500, seed=8)
    assert not one.areas["probability"].equals(other.areas["probability"])
    assert np.corrcoef(one.areas["probability"], other.areas["probability"])[0, 1] > 0.99


def test_without_doubt_everything_is_certain():
    _, observed, counts = world(2)
    result = certainty(observed, spec_of(4), counts, top=15, sources=Sources(counts=False, weights="none"), draws=50)
    areas = result.areas
    assert (areas["rank"] == areas["rank_low"]).all() and (areas["rank"] == areas["rank_high"]).all()
    assert (areas["probability"] == (areas["rank"] <= 15)).all()
    assert (areas["tier"] == np.where(areas["rank"] <= 15, "sicher", "nicht")).all()


def test_every_source_adds_doubt():
    _, observed, counts = world(4)
    width = {}
    for name, sources in {
        "counts": COUNTS_ONLY,
        "range": Sources(counts=False),
        "dirichlet": Sources(counts=False, weights="dirichlet"),
        "conventions": Sources(counts=False, weights="none", conventions=True),
        "all": Sources(conventions=True),
    }.items():
        areas = certainty(observed, spec_of(4), counts, top=15, sources=sources, draws=800).areas
        width[name] = (areas["rank_high"] - areas["rank_low"]).mean()
    assert all(w > 1 for w in width.values())
    assert width["all"] > max(w for name, w in width.items() if name != "all")


def test_more_people_mean_narrower_intervals():
    widths = []
    for factor in (1, 100):
        _, observed, counts = world(5)
        counts = {k: Counts(c.numerator * factor, c.denominator * factor) for k, c in counts.items()}
        areas = certainty(observed, spec_of(4), counts, top=15, sources=COUNTS_ONLY, draws=500).areas
        widths.append((areas["rank_high"] - areas["rank_low"]).mean())
    assert widths[1] < widths[0] / 3


def test_the_worst_class_as_target():
    _, observed, counts = world(6)
    classes = {"method": "cuts", "cuts": [0, 1], "labels": ["wenig", "mittel", "viel"]}
    spec = spec_of(4, index={"normalise": {"method": "z"}}, classes=classes)
    result = certainty(observed, spec, counts, draws=800)
    assert "viel" in result.target
    sure = result.areas[result.areas["tier"] == "sicher"]
    index = score(observed, spec).areas.set_index("area_id")["index"]
    assert len(sure) > 2 and (index[sure["area_id"]] > 0.9).all()
    turned = spec_of(
        4, index={"normalise": {"method": "z"}, "orientation": "-"},
        classes={"method": "cuts", "cuts": [-1, 0], "labels": ["viel", "mittel", "wenig"]},
    )  # fmt: skip
    other = certainty(observed, turned, counts, draws=800)
    np.testing.assert_allclose(other.areas["probability"], result.areas["probability"])
    tenths = certainty(observed, spec_of(4, classes={"method": "quantiles", "k": 10}), counts, draws=200)
    assert tenths.target == "unter den ersten 12"


def test_large_cities_count_ranks_in_bins(monkeypatch):
    _, observed, counts = world(6, areas=200)
    exact = certainty(observed, spec_of(4), counts, top=15, draws=500).areas
    monkeypatch.setattr("raumblick.need.certainty._MOST_CELLS", 200 * 33)
    binned = certainty(observed, spec_of(4), counts, top=15, draws=500).areas
    assert (binned["probability"] == exact["probability"]).all()
    assert (binned["rank_low"] - exact["rank_low"]).abs().max() <= 7
    assert (binned["rank_high"] - exact["rank_high"]).abs().max() <= 7
    assert binned["rank_low"].min() == 1 and binned["rank_high"].max() == 200


def test_excluded_areas_have_no_certainty():
    _, observed, counts = world(7)
    observed.loc[5, "x1"] = np.nan
    result = certainty(observed, spec_of(4), counts, top=15, draws=100)
    row = result.areas.iloc[5]
    assert row[["rank", "rank_low", "rank_high", "probability", "tier"]].isna().all() and not row["listed"]


def test_a_missing_indicator_is_carried_by_the_others():
    _, observed, counts = world(8)
    gap = observed.copy()
    gap.loc[5, "x1"] = np.nan
    spec = spec_of(4, index={"missing": "reweight"})
    whole = certainty(observed, spec, counts, top=15, sources=COUNTS_ONLY, draws=2000).areas
    partly = certainty(gap, spec, counts, top=15, sources=COUNTS_ONLY, draws=2000).areas
    assert partly["tier"].notna().all()
    rest = partly.index != 5
    assert (partly["rank_low"][rest] - whole["rank_low"][rest]).abs().mean() < 2
    expected = score(gap, spec).areas["rank"][5]
    assert partly["rank_low"][5] - 10 <= expected <= partly["rank_high"][5] + 10


def test_indicators_without_counts_are_named():
    _, observed, counts = world(9)
    counts.pop("x2")
    result = certainty(observed, spec_of(4), counts, top=15, draws=100)
    assert any("x2" in note and "x1" not in note for note in result.notes)


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (lambda c: c | {"x1": Counts(c["x1"].numerator, np.where(c["x1"].denominator > 0, -5, 0))}, "x1"),
        (lambda c: c | {"x1": Counts(c["x1"].numerator, c["x1"].denominator * np.nan)}, "x1"),
        (lambda c: c | {"x1": Counts(c["x1"].numerator, c["x1"].denominator * 0)}, "x1"),
        (lambda c: c | {"x1": Counts(-c["x1"].numerator - 1, c["x1"].denominator)}, "x1"),
        (lambda c: c | {"x1": Counts(c["x1"].denominator + 1, c["x1"].denominator)}, "x1"),
        (lambda c: c | {"x1": Counts(c["x1"].numerator[:5], c["x1"].denominator[:5])}, "x1"),
        (lambda c: c | {"x1": Counts(c["x1"].numerator, c["x1"].denominator, "median")}, "x1"),
        (lambda c: c | {"fremd": c["x1"]}, "fremd"),
    ],
)
def test_bad_counts_name_the_indicator(fault, key):
    _, observed, counts = world(10)
    with pytest.raises(IndexError_) as caught:
        certainty(observed, spec_of(4), fault(counts), top=15, draws=10)
    assert caught.value.key == key


def test_bad_settings_are_refused():
    _, observed, counts = world(10)
    for top in (0, 120, None):
        with pytest.raises(IndexError_, match="^top"):
            certainty(observed, spec_of(4), counts, top=top, draws=10)
    with pytest.raises(SpecError):
        Sources(weights="uniform")
    with pytest.raises(ValueError, match="level"):
        certainty(observed, spec_of(4), counts, top=5, draws=10, level=1.0)


def test_no_case_at_all_is_not_read_as_certainty():
    variance = noise_variance(Counts([0, 10, 20], [50, 50, 50]), np.ones(3, dtype=bool), "x")
    assert (variance > 0).all()


def test_tiers():
    assert tiers([1, 0.9, 0.89, 0.5, 0.49, 0.1, 0.09, 0, np.nan]).tolist() == [
        "sicher", "sicher", "wahrscheinlich", "wahrscheinlich", "unklar", "unklar", "nicht", "nicht", None,
    ]  # fmt: skip


def test_the_list_worked_by_hand():
    # 1 - p: 0, 0.1, 0.2, 0.4 -> means 0, 0.05, 0.1, 0.175
    assert controlled_list([0.6, 0.9, 1.0, 0.8], q=0.10).tolist() == [False, True, True, True]
    assert controlled_list([0.6, 0.9, 1.0, 0.8], q=0.05).tolist() == [False, True, True, False]
    assert not controlled_list([0.6, 0.5]).any()
    assert controlled_list([np.nan, 1.0]).tolist() == [False, True]
    with pytest.raises(ValueError, match="q"):
        controlled_list([1.0], q=1.0)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(0, 0.5))
def test_the_list_is_the_longest_that_holds(chances, q):
    p = np.array(chances)
    chosen = controlled_list(p, q)
    if chosen.any():
        assert (1 - p[chosen]).mean() <= q + 1e-9
        assert p[chosen].min() >= p[~chosen].max(initial=0) - 1e-12
    ordered = np.sort(1 - p)
    longest = max((k for k in range(1, len(p) + 1) if ordered[:k].mean() <= q), default=0)
    assert chosen.sum() >= longest - 1e-9
