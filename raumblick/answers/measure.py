"""Numbers of areas made ready for a map: classes with readable borders, and what is known of their doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from raumblick.answers.values import HIDDEN, MISSING
from raumblick.stats.classes import class_breaks, classify


@dataclass(frozen=True, eq=False)
class Measure:
    """One number an area of a level, in ascending area_id.

    `values`, `low`, `high` by area; `state` value, missing or hidden; `uncertain` and `dotted` areas are hatched or dotted
    under these names. `diverging`: losses and gains around 0. `breaks` are the borders of at most five classes, `classes`
    the class of each area (-1 missing, -2 hidden).
    """

    level: str
    area_id: pd.Series
    values: pd.Series
    state: pd.Series
    title: str
    unit: str
    digits: int = 1
    low: pd.Series | None = None
    high: pd.Series | None = None
    uncertain: pd.Series | None = None
    uncertain_name: str = "unsicher"
    dotted: pd.Series | None = None
    dotted_name: str = "geschätzt"
    diverging: bool = False
    breaks: NDArray[np.float64] = field(init=False)
    classes: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        values = self.values.astype(float)
        breaks = _around_zero(values) if self.diverging else class_breaks(values, "quantile")
        unknown = (self.state == MISSING) | values.isna()
        found = np.where(self.state == HIDDEN, -2, np.where(unknown, -1, classify(values, breaks)))
        object.__setattr__(self, "breaks", breaks)
        object.__setattr__(self, "classes", found)

    def over(self, areas: Sequence[str]) -> Measure:
        """The same for all `areas` (ascending ids, as a map draws them); those without a row are missing."""
        if list(areas) == self.area_id.tolist():
            return self
        place = pd.Index(self.area_id).get_indexer(pd.Index(areas))

        def spread(column: pd.Series, empty: object) -> pd.Series:
            return pd.Series([column.iloc[n] if n >= 0 else empty for n in place])

        def if_any(column: pd.Series | None, empty: object) -> pd.Series | None:
            return None if column is None else spread(column, empty)

        return replace(
            self, area_id=pd.Series(list(areas)), values=spread(self.values, np.nan), state=spread(self.state, MISSING),
            low=if_any(self.low, np.nan), high=if_any(self.high, np.nan),
            uncertain=if_any(self.uncertain, False), dotted=if_any(self.dotted, False),
        )  # fmt: skip


def _around_zero(values: pd.Series) -> NDArray[np.float64]:
    """Borders -b, -a, a, b with round a and b: the middle class is small change, the outer ones more than half the largest."""
    most = float(values.abs().max())
    if not most > 0:
        return np.empty(0)
    power = 10.0 ** np.floor(np.log10(0.6 * most))
    round_ones = np.array([0.1, 0.2, 0.5, 1.0, 2.0, 5.0]) * power
    outer = int(np.flatnonzero(round_ones <= 0.6 * most * (1 + 1e-12))[-1])
    pair = round_ones[outer - 1 : outer + 1]
    return np.concatenate([-pair[::-1], pair])
