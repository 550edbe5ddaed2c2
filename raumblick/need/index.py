"""Scores areas by an index spec.

    spec = load_spec(path)
    result = score(table, spec)

`table` has one row an area: `area_id`, one column an indicator key of the spec, optionally `excluded` (a reason, or
missing) and the columns that settings of the spec name. How a spec is written stands in `spec.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from raumblick.need import checks
from raumblick.need.classing import class_codes, class_labels
from raumblick.need.contributions import contributions
from raumblick.need.engine import Step, evaluate
from raumblick.need.errors import IndexError_, SpecError
from raumblick.need.model import Group, IndexSpec, Model
from raumblick.need.prepare import Flags, Floats, Reasons, prepare
from raumblick.need.ranks import descending_ranks, settled
from raumblick.need.spec import load_spec, parse_spec

__all__ = ["IndexError_", "IndexResult", "IndexSpec", "SpecError", "change_columns", "load_spec", "parse_spec", "score"]


@dataclass(frozen=True)
class IndexResult:
    """An index of every area of a table.

    `areas`: one row an input area in input order, columns `area_id`, `index`, `rank` (1 = most need), `status_class`,
    `dynamics_index`, `dynamics_class`, `excluded` (the reason, or missing); an excluded area has no other value.
    `standardised`: normalised indicators (index `area_id`, one column a key, also those of the dynamics), large = need.
    `contributions`: what each indicator adds to the index (index `area_id`); `base + sum of a row = index`.
    `base`: what the index is without them (0 for z-scores). `domains`: value of every domain. `weights`: weight of each
    indicator and domain in its group (loadings for a principal component). `notes`: German sentences on what was left
    out or deserves a look.
    """

    areas: pd.DataFrame
    standardised: pd.DataFrame
    contributions: pd.DataFrame
    base: pd.Series
    domains: pd.DataFrame
    weights: dict[str, float]
    notes: tuple[str, ...]
    spec: IndexSpec


@dataclass(frozen=True)
class _Scored:
    """One model on the areas that it judges; `where` marks them in the table."""

    where: Flags
    index: Floats
    rank: Floats
    codes: NDArray[np.int64]
    trace: dict[str, Step]
    parts: dict[str, Floats]


def score(table: pd.DataFrame, spec: IndexSpec) -> IndexResult:
    """The index of every area in `table` by `spec`; see the module for the columns and `IndexResult` for the answer.

    Areas without enough indicators are excluded with the reason. Raises IndexError_ naming the column for missing
    columns, text, undeclared sentinels, duplicate areas, constant indicators, values outside the valid range, negative
    or missing reference columns, and where fewer than `minimum_areas` areas are left.
    """
    ids = checks.area_ids(table)
    checks.require_columns(table, spec.keys)
    reasons, notes = checks.exclusion_reasons(table, spec)
    status = _scored(table, spec, spec.status, reasons, explain=True)
    dynamics = None
    if spec.dynamics is not None:
        dynamics = _dynamics(table, spec, spec.dynamics, status.where, notes)
    excluded = ~status.where
    if excluded.any():
        notes.insert(0, f"{int(excluded.sum())} von {len(table)} Gebieten sind nicht bewertet.")
    notes += _loading_notes(status.trace)
    standardised = [_frame(ids, status.where, _values(spec.status, status))]
    if dynamics is not None and spec.dynamics is not None:
        standardised.append(_frame(ids, dynamics.where, _values(spec.dynamics, dynamics)))
    contribution = _frame(ids, status.where, status.parts)
    index = _spread(status.where, status.index)
    return IndexResult(
        areas=_areas(ids, spec, status, dynamics, reasons),
        standardised=pd.concat(standardised, axis=1) if len(standardised) > 1 else standardised[0],
        contributions=contribution,
        base=pd.Series(index - contribution.to_numpy().sum(axis=1), index=contribution.index, name="base"),
        domains=_frame(ids, status.where, {g.key: status.trace[g.key].value for g in _domains(spec.status)}),
        weights={k: w for g in spec.status.tree.groups() for k, w in _group_weights(g, status.trace)},
        notes=tuple(notes),
        spec=spec,
    )


def change_columns(now: pd.DataFrame, before: pd.DataFrame, spec: IndexSpec) -> pd.DataFrame:
    """`now` with the change columns that the dynamics of `spec` need: value now minus value before, by `area_id`.

    Every dynamics indicator with `of = "<column>"` gets its column; areas without an earlier value get a missing one.
    Raises IndexError_ naming a column that one of the tables lacks.
    """
    leaves = [] if spec.dynamics is None else [leaf for leaf in spec.dynamics.tree.leaves() if leaf.of]
    checks.area_ids(now)
    earlier = before.set_index(checks.area_ids(before)).reindex(now["area_id"])
    changed = {}
    for leaf in leaves:
        checks.require_columns(now, [leaf.of])
        checks.require_columns(before, [leaf.of])
        changed[leaf.key] = checks.number_column(now, leaf.of) - checks.number_column(earlier, leaf.of)
    return now.assign(**changed)


def _scored(table: pd.DataFrame, spec: IndexSpec, model: Model, reasons: Reasons, explain: bool) -> _Scored:
    """One model on all areas without a reason; `explain` writes the reason of areas without enough indicators."""
    ready = prepare(table, spec, model, reasons, explain)
    trace: dict[str, Step] = {}
    index = evaluate(model, ready.values, ready.extras, trace=trace)
    rank = descending_ranks(settled(index * model.orientation), model.ties)
    parts = contributions(model, trace, index, ready.extras)
    return _Scored(ready.where, index, rank, class_codes(model.classes, index, rank), trace, parts)


def _dynamics(table: pd.DataFrame, spec: IndexSpec, model: Model, where: Flags, notes: list[str]) -> _Scored | None:
    """The dynamics of the areas that have an index; None, with a note, where the table holds no change column."""
    if not any(key in table.columns for key in model.keys):
        notes.append("Die Dynamik ist nicht berechnet: die Tabelle enthält keine Veränderungen.")
        return None
    checks.require_columns(table, model.keys)
    scored = _scored(table, spec, model, _blocked(where), explain=False)
    lost = int(where.sum() - scored.where.sum())
    if lost:
        notes.append(f"Für {lost} Gebiete fehlen Veränderungen; sie haben keine Dynamik.")
    return scored


def _blocked(where: Flags) -> Reasons:
    """Reasons that keep every area out but those in `where`."""
    reasons: Reasons = np.full(where.size, None, dtype=object)
    reasons[~where] = "ohne Index"
    return reasons


def _areas(
    ids: pd.Series, spec: IndexSpec, status: _Scored, dynamics: _Scored | None, reasons: Reasons
) -> pd.DataFrame:
    """The table of areas, in input order."""
    whole = spec.status.ties != "average"
    rank = _spread(status.where, status.rank)
    columns: dict[str, object] = {
        "area_id": ids.array,
        "index": _spread(status.where, status.index),
        "rank": pd.array(rank, dtype="Int64") if whole else rank,
        "status_class": _labels(spec.status, status, len(ids)),
        "dynamics_index": np.full(len(ids), np.nan),
        "dynamics_class": np.full(len(ids), None, dtype=object),
        "excluded": reasons,
    }
    if dynamics is not None and spec.dynamics is not None:
        columns["dynamics_index"] = _spread(dynamics.where, dynamics.index)
        columns["dynamics_class"] = _labels(spec.dynamics, dynamics, len(ids))
    return pd.DataFrame(columns)


def _labels(model: Model, scored: _Scored, size: int) -> Reasons:
    """Class names of all areas of the table, None for those without an index."""
    labels: Reasons = np.full(size, None, dtype=object)
    labels[scored.where] = class_labels(model.classes, scored.codes)
    return labels


def _spread(where: Flags, values: Floats) -> Floats:
    """Values of the judged areas on all areas, NaN for the others."""
    full = np.full(where.size, np.nan)
    full[where] = values
    return full


def _frame(ids: pd.Series, where: Flags, columns: dict[str, Floats]) -> pd.DataFrame:
    """Columns of the judged areas as a frame over all areas, index `area_id`."""
    full = np.full((where.size, len(columns)), np.nan)
    if columns:
        full[where] = np.column_stack([np.broadcast_to(v, int(where.sum())) for v in columns.values()])
    return pd.DataFrame(full, index=pd.Index(ids.array, name="area_id"), columns=list(columns))


def _values(model: Model, scored: _Scored) -> dict[str, Floats]:
    """Normalised indicators."""
    return {key: scored.trace[key].value for key in model.keys}


def _domains(model: Model) -> list[Group]:
    """The groups below the index."""
    return [group for group in model.tree.groups() if group is not model.tree]


def _group_weights(group: Group, trace: dict[str, Step]) -> list[tuple[str, float]]:
    """Weights of a group's children as they were used."""
    return [(c.key, float(w)) for c, w in zip(group.children, trace[group.key].weights, strict=True)]


def _loading_notes(trace: dict[str, Step]) -> list[str]:
    """One sentence for every principal component: its share, and a warning where an indicator pulls the other way."""
    notes = []
    for key, step in trace.items():
        if step.variance_share is None:
            continue
        notes.append(f"Die erste Hauptkomponente von „{key}“ erklärt {100 * step.variance_share:.0f} % der Streuung.")
        if min(step.weights) < 0:
            notes.append(f"In „{key}“ wirkt mindestens eine Kennzahl entgegen ihrer angegebenen Richtung.")
    return notes
