"""What the past says about plans: budgets that were kept, and how far plans miss the actual."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from raumblick.money.errors import need_columns
from raumblick.money.ledger import Ledger, months_booked, totals


def finished_years(book: Ledger) -> tuple[int, ...]:
    """Years with actual bookings up to December."""
    return tuple(year for year in book.years if months_booked(book, year) == 12)


def compliance(book: Ledger, by: Sequence[str] = ("area_id",), plan: str = "amended") -> pd.DataFrame:
    """How each budget was kept in the finished years.

    Args:
        by: what a budget is, e.g. area_id for Sozialraumbudgets (choose their services with `Ledger.only` before).
        plan: "amended" or "plan".

    Returns:
        One row a budget: the columns, years (with a plan), kept (how many), kept_since (first year of the run of kept years
        up to now; missing where the last one broke), worst (largest actual / plan - 1), worst_year, last (that of the last
        year).
    """
    rows = _yearly(book, by, plan)
    found = []
    for key, group in rows.groupby(list(by), sort=True):
        kept = (group["actual"] <= group[plan]).to_numpy()
        run = len(kept) if kept.all() else int(np.argmin(kept[::-1]))
        years, gap = group["year"].to_numpy(), group["gap"].to_numpy(dtype=float)
        at = int(np.argmax(gap))
        found.append(
            dict(zip(by, key, strict=True))
            | {"years": len(kept), "kept": int(kept.sum()), "kept_since": years[len(kept) - run] if run else None}
            | {"worst": gap[at], "worst_year": years[at], "last": gap[-1]}
        )
    columns = [*by, "years", "kept", "kept_since", "worst", "worst_year", "last"]
    return pd.DataFrame(found, columns=columns).astype({"kept_since": "Int64"})


def plan_quality(book: Ledger, by: Sequence[str] = ("service",), plan: str = "plan") -> pd.DataFrame:
    """Actual / plan - 1 of the finished years by line: the columns, years, mean, sd (missing below two years), least, most."""
    rows = _yearly(book, by, plan)
    gaps = rows.groupby(list(by), sort=True)["gap"]
    return pd.DataFrame(
        {"years": gaps.count(), "mean": gaps.mean(), "sd": gaps.std(), "least": gaps.min(), "most": gaps.max()}
    ).reset_index()


def _yearly(book: Ledger, by: Sequence[str], plan: str) -> pd.DataFrame:
    """Actual and plan by year and line, finished years with a plan above 0."""
    sums = totals(book.only(year=finished_years(book)), ("year", *by))
    need_columns(sums, [plan], "Haushalt")
    sums = sums[np.array([value > 0 for value in sums[plan]], dtype=bool)]  # a plain empty list would choose columns
    return sums.assign(gap=[float(a / p - 1) for a, p in zip(sums["actual"], sums[plan], strict=True)])


def share_without_cases(
    book: Ledger, services: Sequence[str], free: str = "fallunspezifisch", by: Sequence[str] = ()
) -> pd.DataFrame:
    """Share of the money for work without single cases in a social-space budget, by year (and further columns).

    Args:
        services: all services of the budget, `free` among them or added.

    Returns:
        year, by, free, total (Decimal euro, actual), share (missing where nothing was spent).
    """
    own = book.only(service=[*services, free])
    whole = totals(own, ("year", *by)).set_index(["year", *by])["actual"]
    part = totals(own.only(service=free), ("year", *by)).set_index(["year", *by])["actual"].reindex(whole.index)
    share = [float(p / t) if t and not pd.isna(p) else (0.0 if t else np.nan) for p, t in zip(part, whole, strict=True)]
    return pd.DataFrame({"free": part.where(part.notna(), 0), "total": whole, "share": share}).reset_index()
