"""One measured line, and the table of lines that a benchmark hands over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any


@dataclass(frozen=True)
class Result:
    """One measurement against a peer or a limit.

    `what` was measured in `unit`; `against` names a peer of the same run or the limit, `base` is its number in the same
    unit. `most` is the largest ratio measured / base that meets the target: 1 for a limit, 0.2 for "five times faster".
    Without `most` the line is information, without `base` it has no ratio.
    """

    what: str
    measured: float
    unit: str
    against: str = ""
    base: float | None = None
    most: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Measured over base; None where there is no base or it is zero."""
        return self.measured / self.base if self.base else None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.most is None or self.base is None:
            return None
        return self.measured <= self.base * self.most

    @property
    def target(self) -> str:
        """The target in words."""
        if self.most is None:
            return ""
        if self.against == LIMIT:
            return f"at most {number(self.base or 0.0)} {self.unit}"
        if self.most < 1:
            return f"at least {number(1 / self.most)} times faster"
        return f"at most {number(self.most)} times"


LIMIT = "limit"
HEAD = ("measured", "", "peer or limit", "", "ratio", "target", "met")


def under(what: str, measured: float, unit: str, limit: float, note: str = "") -> Result:
    """A measurement that must not exceed a limit."""
    return Result(what, measured, unit, LIMIT, limit, 1.0, note)


def as_results(lines: Iterable[Result | Mapping[str, Any]]) -> list[Result]:
    """Lines of a benchmark as results.

    A mapping has `name` ("what [unit; note on the peer]"), `measured`, `peer` and `limit` (a number or None), and gives
    one line against the peer and, with a limit, one against that.
    """
    results: list[Result] = []
    for line in lines:
        if isinstance(line, Result):
            results.append(line)
            continue
        found = re.fullmatch(r"(.+?) \[(\w+)(?:; (.+))?\]", line["name"])
        what, unit, note = found.groups() if found else (line["name"], "", None)
        results.append(Result(what, line["measured"], unit, note or "peer", line["peer"]))
        if line["limit"] is not None:
            results.append(under(what, line["measured"], unit, line["limit"]))
    return results


def markdown(results: Sequence[Result]) -> str:
    """The lines as a Markdown table."""
    rows = [HEAD, ("---", "---:", "---", "---:", "---:", "---", "---")]
    rows += [_cells(result) for result in results]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _cells(r: Result) -> tuple[str, ...]:
    what = f"{r.what} ({r.note})" if r.note else r.what
    base = "" if r.base is None else f"{number(r.base)} {r.unit}"
    ratio = "" if r.ratio is None else f"{r.ratio:.2f}"
    met = {True: "yes", False: "**no**", None: ""}[r.met]
    return what, f"{number(r.measured)} {r.unit}", r.against, base, ratio, r.target, met


def number(value: float) -> str:
    """Three significant digits, no exponent."""
    if abs(value) >= 100 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def durations_ms(work: Callable[[], object], times: int = 15, warm: int = 2) -> list[float]:
    """How long each of `times` calls of `work` took, in ms, after `warm` calls that do not count; shortest first."""
    for _ in range(warm):
        work()
    durations = []
    for _ in range(times):
        began = perf_counter()
        work()
        durations.append((perf_counter() - began) * 1000)
    return sorted(durations)
