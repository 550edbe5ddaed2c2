"""What would prevention have to do to pay for itself? The answer behind a part of Risiko; the effect is an assumption."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from raumblick.answers.cases import cells_of
from raumblick.answers.planned import book, planned
from raumblick.money.errors import LAW, MoneyError
from raumblick.money.prevention import PRESETS, Prevention, break_even, sentence, years_ahead
from raumblick.money.record import share_without_cases
from raumblick.snapshot.store import Store

__all__ = ["LAW", "PRESETS", "Ahead", "MoneyError", "Now", "Prevention", "ahead", "prevention_now"]

FREE = "fallunspezifisch"


@dataclass(frozen=True, eq=False)
class Now:
    """Money for prevention in the plan: service, name, amount (euro), largest first; `share`: year and share of work without
    cases in the spending for help (fallunspezifisch against it with the helps of cases)."""

    services: pd.DataFrame
    share: pd.DataFrame
    year: int


@dataclass(frozen=True, eq=False)
class Ahead:
    """`years` (year, without, with_plan, fewer, extra, net in euro), elasticity that is needed (missing: none is enough), German
    sentence with the legal notice."""

    years: pd.DataFrame
    needed: float
    sentence: str


def prevention_now(store: Store) -> Now | None:
    """None where no money is planned that may be divided, or no cases are known."""
    plan = planned(store)
    cells, _ = cells_of(store, "stadt")
    if plan is None or not len(cells):
        return None
    rows = plan.by_service()
    rows = rows[rows["allocable"] & rows["amount"].astype(bool)].astype({"amount": float})
    if not len(rows):
        return None
    share = share_without_cases(book(store), sorted(set(cells["service"])), FREE)
    rows = rows.rename_axis("service").reset_index().sort_values("amount", ascending=False, ignore_index=True)
    return Now(rows[["service", "name", "amount"]], share[["year", "share"]], plan.year)


def ahead(store: Store, plan: Prevention, years: int = 5) -> Ahead:
    """Cost of help in the coming years with and without more prevention.

    Raises:
        MoneyError: as `years_ahead`; no more money than today.
    """
    cells, _ = cells_of(store, "stadt")
    stock, months, price, entries = (cells[column].to_numpy(float) for column in ("stock", "months", "price", "entries"))
    ends = () if plan.band is None else plan.band
    found = [years_ahead(plan, stock, months, price, entries, years, e) for e in (plan.elasticity, *ends)]
    needed = break_even(plan, stock, months, price, entries, years)
    return Ahead(found[0], needed, sentence(plan, found, needed))
