"""Which choice matters? Variance-based sensitivity of the ranks, and what leaving one indicator out changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from raumblick.need import checks
from raumblick.need.certainty import known_values
from raumblick.need.doubt import Sources, drawn_weights, leave_outs, variants, without_one
from raumblick.need.draws import simulated
from raumblick.need.engine import evaluate
from raumblick.need.index import score
from raumblick.need.model import IndexSpec, Model
from raumblick.need.posterior import Counts, Posterior
from raumblick.need.prepare import Prepared, prepare
from raumblick.need.ranks import descending_ranks

Floats = NDArray[np.float64]
FACTORS = {
    "counts": "Zufall kleiner Zahlen",
    "weights": "Gewichte",
    "convention": "Normierung und Zusammenfassung",
    "left_out": "Weglassen einer Kennzahl",
}


@dataclass(frozen=True)
class Sensitivity:
    """Shares of the variance of the ranks: `factors` has `factor`, `name`, `first` (alone), `total` (with others).

    `sentence` says in German which choice matters most; `spread` is the mean standard deviation of a rank.
    """

    factors: pd.DataFrame
    spread: float
    sentence: str


@dataclass(frozen=True)
class _Draws:
    """One random realisation of every factor, `size` repetitions each."""

    columns: Mapping[str, Floats]
    weights: Mapping[str, Any]
    convention: NDArray[np.int64]
    left_out: NDArray[np.int64]


def sobol(y_a: Floats, y_b: Floats, y_ab: Mapping[str, Floats]) -> pd.DataFrame:
    """First-order and total indices from model outputs of shape (repetitions,) or (repetitions, outputs).

    `y_ab[factor]`: output of sample A with this factor taken from sample B. Several outputs are weighted by their
    variance. Columns `factor`, `first`, `total`; all 0 where nothing varies. Estimators: Saltelli et al. 2010
    (first order), Jansen 1999 (total).
    """
    variance = np.var(np.concatenate([y_a, y_b]), axis=0).sum()
    scale = 1 / variance if variance > 0 else 0.0
    rows = [
        (
            factor,
            float((y_b * (mixed - y_a)).mean(axis=0).sum() * scale),
            float(((y_a - mixed) ** 2).mean(axis=0).sum() / 2 * scale),
        )
        for factor, mixed in y_ab.items()
    ]
    return pd.DataFrame(rows, columns=["factor", "first", "total"])


def sensitivity(
    table: pd.DataFrame,
    spec: IndexSpec,
    counts: Mapping[str, Counts] | None = None,
    *,
    sources: Sources | None = None,
    repetitions: int = 256,
    seed: int = 1,
) -> Sensitivity:
    """How much of the uncertainty of the ranks comes from counts, weights, convention and the choice of indicators.

    Arguments as in `certainty`; the index is computed `repetitions` x 6 times. Raises IndexError_ as `certainty`.
    """
    sources = sources or Sources(conventions=True)
    checks.area_ids(table)
    checks.require_columns(table, spec.keys)
    reasons, _ = checks.exclusion_reasons(table, spec)
    ready = prepare(table, spec, spec.status, reasons)
    known, _ = known_values(ready, counts or {}, sources)
    rng = np.random.default_rng(seed)
    model = spec.status
    a, b = (_draw(model, ready, known, sources, rng, repetitions) for _ in range(2))
    middle = (ready.where.sum() + 1) / 2  # centred outputs make the first-order estimator precise
    mixed = {factor: _ranks(model, ready, _swap(a, b, factor)) - middle for factor in FACTORS}
    y_a, y_b = _ranks(model, ready, a) - middle, _ranks(model, ready, b) - middle
    mean = (y_a.mean(axis=0) + y_b.mean(axis=0)) / 2
    factors = sobol(y_a - mean, y_b - mean, {k: v - mean for k, v in mixed.items()})
    factors.insert(1, "name", factors["factor"].map(FACTORS))
    spread = float(np.concatenate([y_a, y_b]).std(axis=0).mean())
    return Sensitivity(factors, spread, _sentence(factors, spread))


def _draw(
    model: Model, ready: Prepared, known: Posterior, sources: Sources, rng: np.random.Generator, size: int
) -> _Draws:
    """One sample of all factors; a factor that is switched off does not vary."""
    ways, keys = len(variants(model)), leave_outs(model)
    fixed = np.zeros(size, dtype=np.int64)
    return _Draws(
        columns=simulated(ready, known, sources, rng, size),
        weights=drawn_weights(model, sources, rng, size),
        convention=rng.integers(ways, size=size) if sources.conventions else fixed,
        left_out=rng.integers(-1, len(keys), size) if sources.conventions and keys else fixed - 1,
    )


def _swap(a: _Draws, b: _Draws, factor: str) -> _Draws:
    """Sample A with one factor of sample B."""
    return _Draws(
        columns=b.columns if factor == "counts" else a.columns,
        weights=b.weights if factor == "weights" else a.weights,
        convention=b.convention if factor == "convention" else a.convention,
        left_out=b.left_out if factor == "left_out" else a.left_out,
    )


def _ranks(model: Model, ready: Prepared, drawn: _Draws) -> Floats:
    """Ranks of all areas in every repetition, shape (repetitions, areas)."""
    size = drawn.convention.size
    weights = without_one(model, drawn.weights, drawn.left_out, leave_outs(model))
    ranks = np.empty((size, int(ready.where.sum())))
    for position, (_, _, way) in enumerate(variants(model)):
        use = drawn.convention == position
        if not use.any():
            continue
        columns = {key: values[use] for key, values in drawn.columns.items()}
        chosen = {key: w[use] for key, w in weights.items()}
        need = evaluate(way, columns, ready.extras, chosen) * way.orientation
        ranks[use] = descending_ranks(np.broadcast_to(need, columns[next(iter(columns))].shape), "average")
    return ranks


def _sentence(factors: pd.DataFrame, spread: float) -> str:
    """Which factor explains most of the spread of the ranks, in German."""
    if spread < 1e-9:
        return "Die Rangfolge hängt von keiner der geprüften Entscheidungen ab."
    first = factors.sort_values("total", ascending=False).iloc[0]
    share = f"{100 * min(max(first['total'], 0.0), 1.0):.0f} %"
    size = f"{spread:.1f}".replace(".", ",")
    return f"Im Mittel schwankt ein Rang um {size} Plätze. Am meisten zählt „{first['name']}“: bis zu {share} davon."


def leave_one_out(table: pd.DataFrame, spec: IndexSpec, top: int | None = None) -> pd.DataFrame:
    """What leaving each indicator out changes, one row an indicator in the order of the spec.

    Columns: `indicator`, `correlation` (Spearman with the full index), `mean_shift` and `largest_shift` of the rank,
    and with `top` the lists `entering` and `leaving` of area ids among the first `top`. Indicators whose loss would
    leave nothing are not listed. Raises IndexError_ as `score`.
    """
    full = score(table, spec).areas.set_index("area_id")["rank"].astype(float)
    rows = []
    for key in spec.keys if len(spec.keys) > 1 else ():
        rank = score(table, spec.without(key)).areas.set_index("area_id")["rank"].astype(float)
        both = full.notna() & rank.notna()
        shift = (rank - full)[both].abs()
        row: dict[str, Any] = {
            "indicator": key,
            "correlation": float(np.corrcoef(full[both].rank(), rank[both].rank())[0, 1]),
            "mean_shift": float(shift.mean()),
            "largest_shift": float(shift.max()),
        }
        if top is not None:
            before, after = set(full.index[full <= top]), set(rank.index[rank <= top])
            row |= {"entering": sorted(after - before), "leaving": sorted(before - after)}
        rows.append(row)
    return pd.DataFrame(rows)
