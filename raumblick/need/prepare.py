"""From a table to the numbers that an index is computed of: which areas are judged, and their values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from raumblick.need import checks
from raumblick.need.engine import complete
from raumblick.need.errors import IndexError_
from raumblick.need.model import IndexSpec, Model

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Reasons = NDArray[np.object_]


@dataclass(frozen=True)
class Prepared:
    """The judged areas of a table.

    `where` marks them among the rows of the table; `values` (by indicator key) and `extras` (columns that settings
    name) hold their numbers, NaN for a missing indicator.
    """

    where: Flags
    values: dict[str, Floats]
    extras: dict[str, Floats]


def prepare(table: pd.DataFrame, spec: IndexSpec, model: Model, reasons: Reasons, explain: bool = True) -> Prepared:
    """The areas without a reason that have enough indicators for `model`.

    `reasons`: one a row of the table, None where the area may be judged. With `explain` the reason of areas that lack
    indicators is written into it. Raises IndexError_ as `score` does.
    """
    where = np.array([reason is None for reason in reasons], dtype=bool)
    values = {leaf.key: checks.indicator_values(table, leaf, spec, where) for leaf in model.tree.leaves()}
    present = {key: ~np.isnan(v) for key, v in values.items()}
    enough = complete(model.tree, present)
    if not enough.all():
        lacking = np.flatnonzero(~enough)
        positions = np.flatnonzero(where)[lacking]
        if explain:
            for position, row in zip(positions, lacking, strict=True):
                reasons[position] = "keine Angabe: " + ", ".join(k for k, has in present.items() if not has[row])
        values = {key: v[enough] for key, v in values.items()}
        where[positions] = False
    left = int(where.sum())
    if left < spec.minimum_areas:
        raise IndexError_(
            model.tree.key,
            f"Nur {left} Gebiete haben alle nötigen Angaben; mindestens {spec.minimum_areas} sind nötig.",
        )
    return Prepared(where, values, checks.extra_columns(table, model, where))
