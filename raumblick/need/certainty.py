"""How sure is a place in the index? Rank intervals, probabilities, tiers, and a list whose errors are controlled.

    counts = {"sgb2_u15": Counts(numerators, denominators, "share", 100), ...}
    result = certainty(table, spec, counts, top=13, seed=1)

The index is repeated under doubt (see `doubt.Sources`); what stays in front in nearly all repetitions is sure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from raumblick.need import checks
from raumblick.need.classing import class_codes
from raumblick.need.doubt import Sources
from raumblick.need.draws import need_draws
from raumblick.need.engine import evaluate
from raumblick.need.errors import IndexError_
from raumblick.need.model import IndexSpec, Model
from raumblick.need.posterior import Counts, Posterior, noise_variance, posterior
from raumblick.need.prepare import Prepared, prepare
from raumblick.need.ranks import descending_ranks, settled

__all__ = ["Certainty", "Counts", "Sources", "TIERS", "certainty", "controlled_list", "tiers"]

Floats = NDArray[np.float64]
TIERS = ("sicher", "wahrscheinlich", "unklar", "nicht")
_TIER_LIMITS = (0.9, 0.5, 0.1)
_MOST_CELLS = 10_000_000  # areas x ranks that are counted singly; ranks of larger cities are counted in bins


@dataclass(frozen=True)
class Certainty:
    """How sure the index is.

    `areas`: one row an input area: `area_id`, `rank` (as computed), `rank_low`, `rank_mid`, `rank_high` (interval of
    `level` and median over the repetitions), `probability` to be a target area, `tier` (one of TIERS), `listed` (in the
    list with controlled false discovery); missing for excluded areas. `target`: what a target area is, in German.
    `expected_false`: expected share of wrong areas on the list. `notes`: German sentences.
    """

    areas: pd.DataFrame
    target: str
    level: float
    expected_false: float
    draws: int
    seed: int
    sources: Sources
    notes: tuple[str, ...]


def certainty(
    table: pd.DataFrame,
    spec: IndexSpec,
    counts: Mapping[str, Counts] | None = None,
    *,
    top: int | None = None,
    sources: Sources | None = None,
    draws: int = 10_000,
    seed: int = 1,
    level: float = 0.90,
    q: float = 0.10,
) -> Certainty:
    """Rank intervals, probabilities and tiers of the areas of `table` under `spec`.

    `counts`: numerator and denominator of indicators by key, one a row of `table`; an indicator without them is taken
    as exact. `top`: a target area is among the first `top`; without it, it is in the worst class of the spec.
    Ends of the interval are quantiles of the mid-distribution of the rank, so that intervals of a discrete rank cover
    what `level` says. Raises IndexError_ as `score` does, and naming the indicator for bad counts.
    """
    sources = sources or Sources()
    ids = checks.area_ids(table)
    checks.require_columns(table, spec.keys)
    reasons, _ = checks.exclusion_reasons(table, spec)
    ready = prepare(table, spec, spec.status, reasons)
    size = int(ready.where.sum())
    wanted = _target_size(spec.status, top, size)
    known, notes = known_values(ready, counts or {}, sources)
    ranks, hits = _count(spec.status, ready, known, sources, draws, seed, wanted)
    low, mid, high = _rank_interval(ranks, size, level)
    chance = hits / draws
    listed = controlled_list(chance, q)
    need = evaluate(spec.status, ready.values, ready.extras) * spec.status.orientation
    columns: dict[str, Any] = {"area_id": ids.array}
    for name, values in (
        ("rank", descending_ranks(settled(need), spec.status.ties)), ("rank_low", low), ("rank_mid", mid), ("rank_high", high),
        ("probability", chance),
    ):  # fmt: skip
        full = np.full(len(ids), np.nan)
        full[ready.where] = values
        columns[name] = full
    columns["tier"] = np.full(len(ids), None, dtype=object)
    columns["tier"][ready.where] = tiers(chance)
    columns["listed"] = np.zeros(len(ids), dtype=bool)
    columns["listed"][ready.where] = listed
    target = f"unter den ersten {wanted}" if wanted is not None else f"Klasse „{spec.status.worst_class}“"
    false = float((1 - chance[listed]).mean()) if listed.any() else 0.0
    return Certainty(pd.DataFrame(columns), target, level, false, draws, seed, sources, tuple(notes))


def tiers(probability: Any) -> NDArray[np.object_]:
    """Tier of a probability: `sicher` from 0.9, `wahrscheinlich` from 0.5, `unklar` from 0.1, else `nicht`."""
    p = np.asarray(probability, dtype=np.float64)
    steps = np.add.reduce([p < limit for limit in _TIER_LIMITS], axis=0)
    return np.array([*TIERS, None], dtype=object)[np.where(np.isnan(p), len(TIERS), steps)]


def controlled_list(probability: Any, q: float = 0.10) -> NDArray[np.bool_]:
    """The longest list of areas of which, on average, at most the share `q` is no target area.

    `probability` of each area to be one, missing for none. Areas are taken in falling order while the mean of
    1 - probability stays <= q (Bayesian false discovery rate; Newton et al. 2004). Tied areas enter in their order.
    """
    p = np.nan_to_num(np.asarray(probability, dtype=np.float64))
    if not 0 <= q < 1:
        raise ValueError(f"q must lie in [0, 1), got {q!r}")
    order = np.argsort(-p, kind="stable")
    fine = np.cumsum(1 - p[order]) / np.arange(1, p.size + 1) <= q + 1e-12
    length = int(np.flatnonzero(fine)[-1]) + 1 if fine.any() else 0
    chosen = np.zeros(p.size, dtype=bool)
    chosen[order[:length]] = True
    return chosen


def known_values(ready: Prepared, counts: Mapping[str, Counts], sources: Sources) -> tuple[Posterior, list[str]]:
    """Posterior of the true indicator values, and notes on what is not part of the doubt.

    Raises IndexError_ naming the key for counts of an indicator that the index does not have.
    """
    for key in counts:
        if key not in ready.values:
            raise IndexError_(key, "Zähler und Nenner gehören zu keiner Kennzahl des Index.")
    values = np.array(list(ready.values.values()))
    noise = np.zeros(values.shape)
    if sources.counts:
        for row, key in enumerate(ready.values):
            if key in counts:
                noise[row] = np.nan_to_num(noise_variance(counts[key], ready.where, key))
    without = [key for key in ready.values if key not in counts]
    notes = []
    if sources.counts and without:
        notes.append("Ohne Zähler und Nenner gelten als genau bekannt: " + ", ".join(without) + ".")
    return posterior(values, noise), notes


def _target_size(model: Model, top: int | None, size: int) -> int | None:
    """How many first ranks are target areas; None where the target is a class cut on the index."""
    if top is not None:
        if not 1 <= top < size:
            raise IndexError_("top", f"Die Zahl der gesuchten Gebiete muss zwischen 1 und {size - 1} liegen.")
        return int(top)
    if model.classes.method == "none":
        raise IndexError_("top", "Der Index hat keine Klassen; nötig ist die Zahl der gesuchten Gebiete.")
    if model.classes.method == "cuts":
        return None
    ranks = np.arange(1.0, size + 1)
    codes = class_codes(model.classes, -ranks, ranks)
    return int((codes == model.classes.labels.index(model.worst_class or "")).sum())


def _count(
    model: Model, ready: Prepared, known: Posterior, sources: Sources, draws: int, seed: int, wanted: int | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How often each area has each rank (areas, bins), and how often it is a target area (areas,)."""
    size = int(ready.where.sum())
    bins = min(size, max(1, _MOST_CELLS // size))
    bin_of_rank = np.arange(size) * bins // size
    ranks, hits = np.zeros(size * bins, dtype=np.int64), np.zeros(size, dtype=np.int64)
    cut = None
    if wanted is None:
        cut = model.classes.cuts[-1] if model.orientation > 0 else -model.classes.cuts[0]
    for need in need_draws(model, ready, known, sources, draws, seed):
        order = np.argsort(-need, axis=1)
        ranks += np.bincount((order * bins + bin_of_rank).ravel(), minlength=size * bins)
        if cut is None:
            hits += np.bincount(order[:, :wanted].ravel(), minlength=size)
        else:
            hits += (need > cut).sum(axis=0)
    return ranks.reshape(size, bins), hits


def _rank_interval(ranks: NDArray[np.int64], size: int, level: float) -> tuple[Floats, Floats, Floats]:
    """Ends and median of each area's rank from how often it has each rank."""
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level!r}")
    share = ranks / ranks.sum(axis=1, keepdims=True)
    middle = np.cumsum(share, axis=1) - share / 2
    tail, bins = (1 - level) / 2, ranks.shape[1]
    low = np.argmax((middle >= tail) & (share > 0), axis=1)
    high = bins - 1 - np.argmax(((middle <= 1 - tail) & (share > 0))[:, ::-1], axis=1)
    median = np.argmax(np.cumsum(share, axis=1) >= 0.5 - 1e-12, axis=1)
    first, last = -(-np.arange(bins) * size // bins) + 1, -(-np.arange(1, bins + 1) * size // bins)
    return first[low].astype(float), ((first + last) / 2)[median].round(), last[high].astype(float)
