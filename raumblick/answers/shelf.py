"""The plan store that answers read scenarios from and keep them in."""

from __future__ import annotations

from functools import lru_cache

from raumblick.plans.store import PlanStore, open_plans


@lru_cache(maxsize=4)
def scenarios(url: str) -> PlanStore:
    """The plan store at an address, opened once.

    Raises:
        PlanError: it cannot be opened.
    """
    return open_plans(url)
