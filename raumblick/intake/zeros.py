"""Zeros that are none: years that were never published, small numbers that the source hides, gaps in a series.

Some offices write 0 where a number is secret or was not delivered. A sum or a rate built on such a zero is wrong and
looks plausible, so every column of counts is asked three questions:

* Is a whole period zero while others are not? Then it was not published.
* Does nothing lie between 0 and the smallest number, though the numbers just above it are common? Then small numbers
  are hidden. With z zeros, smallest number m and k numbers from m to 2m - 2: were they spread evenly over 0 to 2m - 2,
  none of them would fall into 1 to m - 1 with probability (m / (2m - 1)) ** (z + k).
* Is an area's number zero between two numbers of 10 and more? With 10 expected, a true zero has the probability
  exp(-10), one in 22,000.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from raumblick.intake.findings import Finding, Severity

Kind = Literal["unpublished", "hidden", "gap", "open"]

MIN_AREAS = 5  # fewer areas prove nothing about a period
MOST_HIDDEN = 20  # offices hide numbers below 3, 5, 10, at most 20
CHANCE = 0.01
EXPECTED = 10.0


@dataclass(frozen=True)
class ZeroPattern:
    """What the zeros of one period are taken for, and why.

    `zeros` is the number of cells, `smallest` the smallest number above zero in the period, `chance` the probability
    that true zeros would look like this (None where it was not computed). Kind `open`: the zeros stay zeros, although
    no number below `smallest` (3 or more) shows that small numbers are published.
    """

    kind: Kind
    period: str
    zeros: int
    smallest: float | None = None
    chance: float | None = None


def judge_zeros(counts: pd.DataFrame) -> tuple[pd.DataFrame, list[ZeroPattern]]:
    """Judge every zero of one column of counts.

    Args:
        counts: one row an area (index), one column a period in ascending order, cells are counts >= 0 or missing.

    Returns:
        (verdicts, patterns). `verdicts` has the shape of `counts`: a `Kind` where a zero is doubtful, else missing;
        `open` zeros have no verdict. `patterns` say what was found, in the order of the periods.
    """
    values = counts.to_numpy(dtype=float, na_value=np.nan)
    verdicts = np.full(values.shape, None, dtype=object)
    patterns: list[ZeroPattern] = []
    periods = [str(period) for period in counts.columns]
    if (values == 0).any() and (values > 0).any():
        for column, period in enumerate(periods):
            pattern = _judge_period(period, values[:, column])
            if pattern is not None:
                patterns.append(pattern)
                verdicts[values[:, column] == 0, column] = pattern.kind
        patterns += _judge_series(values, verdicts, periods)
        patterns += _open(values, verdicts, periods)
    frame = pd.DataFrame(verdicts, index=counts.index, columns=counts.columns, dtype="string")
    return frame, sorted(patterns, key=lambda p: (p.period, p.kind))


def gap_chance(column: np.ndarray) -> float:
    """Probability that true zeros leave the gap that `column` shows between 0 and its smallest number above zero.

    `column` holds counts, missing ones NaN. 1.0 when the smallest number is 1, because then there is no gap.
    """
    zeros = int((column == 0).sum())
    smallest = float(column[column > 0].min())
    near = int(((column > 0) & (column <= 2 * smallest - 2)).sum())
    return (smallest / (2 * smallest - 1)) ** (zeros + near)


def _judge_period(period: str, column: np.ndarray) -> ZeroPattern | None:
    zeros = int((column == 0).sum())
    if not zeros or np.isfinite(column).sum() < MIN_AREAS:
        return None
    if not (column > 0).any():
        return ZeroPattern("unpublished", period, zeros)
    smallest = float(column[column > 0].min())
    chance = gap_chance(column)
    if 2 <= smallest <= MOST_HIDDEN and chance < CHANCE:
        return ZeroPattern("hidden", period, zeros, smallest, chance)
    return None


def _judge_series(values: np.ndarray, verdicts: np.ndarray, periods: list[str]) -> list[ZeroPattern]:
    """Zeros whose nearest numbers of the same area, before and after, are all large. Marks them in `verdicts`."""
    positive = pd.DataFrame(np.where(values > 0, values, np.nan))
    before, after = positive.ffill(axis=1).to_numpy(), positive.bfill(axis=1).to_numpy()
    one_sided = np.isnan(before) | np.isnan(after)  # at the edge one neighbour must do, so it must be larger
    needed = np.where(one_sided, 2 * EXPECTED, EXPECTED)
    doubtful = (values == 0) & (verdicts == None) & (np.fmin(before, after) >= needed)  # noqa: E711  (elementwise)
    verdicts[doubtful] = "gap"
    return [ZeroPattern("gap", p, int(n)) for p, n in zip(periods, doubtful.sum(axis=0), strict=True) if n]


def _open(values: np.ndarray, verdicts: np.ndarray, periods: list[str]) -> list[ZeroPattern]:
    found = []
    for column, period in enumerate(periods):
        cells = values[:, column]
        zeros = int(((cells == 0) & (verdicts[:, column] == None)).sum())  # noqa: E711  (elementwise)
        if zeros and (cells > 0).any() and float(cells[cells > 0].min()) >= 3:
            found.append(ZeroPattern("open", period, zeros, float(cells[cells > 0].min()), gap_chance(cells)))
    return found


def zero_findings(patterns: list[ZeroPattern], name: str, file: str) -> list[Finding]:
    """One German finding for each kind of pattern of the column `name` of `file`, with the evidence by period."""
    findings = []
    for kind, (before, after) in _WORDS.items():
        found = [p for p in patterns if p.kind == kind]
        if not found:
            continue
        cases = "; ".join(_case(p) for p in found)
        remedy = "" if kind == "open" else "Bei der Statistikstelle nachfragen und Werte nachliefern."
        message = f"„{name}“: {before} {cases}. {after}"
        severity: Severity = "info" if kind == "open" else "warning"
        findings.append(Finding(severity, f"zero_{kind}", file, message, remedy, None, name))
    return findings


_WORDS: dict[Kind, tuple[str, str]] = {
    "unpublished": ("alle Gebiete 0, in anderen Jahren nicht:", "Das gilt als nicht veröffentlicht, die Jahre fehlen."),
    "hidden": (
        "Nullen, aber keine kleinen Zahlen:",
        "Die Nullen gelten als geheim gehaltene kleine Zahlen. In Klammern: die Chance, dass echte Nullen so aussehen.",
    ),
    "gap": ("Nullen zwischen hohen Zahlen desselben Gebiets:", "Sie gelten als nicht geliefert."),
    "open": ("Nullen ohne kleine Zahlen daneben:", "Ob sie echt sind, ist offen; sie bleiben 0."),
}


def _case(pattern: ZeroPattern) -> str:
    zeros = f"{pattern.period} {pattern.zeros} Null{'en' if pattern.zeros > 1 else ''}"
    if pattern.smallest is None:
        return zeros
    below = int(pattern.smallest) - 1
    case = f"{zeros}, keine 1" if below == 1 else f"{zeros}, keine Zahl von 1 bis {below}"
    if pattern.kind != "hidden" or pattern.chance is None:
        return case
    odds = min(1 / pattern.chance, 1e6)
    number = f"{odds:,.0f}".replace(",", ".")
    return f"{case} (1 zu {'mehr als ' if odds == 1e6 else ''}{number})"
