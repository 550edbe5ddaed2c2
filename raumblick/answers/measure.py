"""Numbers of areas made ready for a map: classes with readable borders, and what is known of their doubt."""

from __future__ import annotations

from dataclasses import dataclass, field

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
        breaks = class_breaks(values.abs(), "quantile", 3) if self.diverging else class_breaks(values, "quantile")
        if self.diverging:
            breaks = np.concatenate([-breaks[::-1], breaks])
        unknown = (self.state == MISSING) | values.isna()
        found = np.where(self.state == HIDDEN, -2, np.where(unknown, -1, classify(values, breaks)))
        object.__setattr__(self, "breaks", breaks)
        object.__setattr__(self, "classes", found)
