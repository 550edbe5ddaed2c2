"""Many tests at once: which of them may be believed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from raumblick.stats.rates import as_floats


def benjamini_hochberg(p: Any, q: float = 0.05) -> NDArray[np.bool_]:
    """Which p values are discoveries when at most the share `q` of the discoveries may be false.

    `p`: one p value a test, missing for none (never a discovery). ValueError where q is not between 0 and 1.
    Source: Benjamini and Hochberg 1995.
    """
    if not 0 < q < 1:
        raise ValueError(f"q must lie between 0 and 1, got {q!r}")
    values = as_floats(p)
    known = ~np.isnan(values)
    ordered = np.sort(values[known])
    below = np.flatnonzero(ordered <= q * np.arange(1, ordered.size + 1) / max(ordered.size, 1))
    limit = ordered[below[-1]] if below.size else -np.inf
    return known & (np.where(known, values, np.inf) <= limit)
