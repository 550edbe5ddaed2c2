"""The plan store that answers read scenarios from and keep them in."""

from __future__ import annotations

from functools import lru_cache

from raumblick.plans.model import BUDGET, Scenario
from raumblick.plans.store import PlanStore, open_plans
from raumblick.snapshot.store import Store


@lru_cache(maxsize=4)
def scenarios(url: str) -> PlanStore:
    """The plan store at an address, opened once.

    Raises:
        PlanError: it cannot be opened.
    """
    return open_plans(url)


def kept(plans: PlanStore, store: Store, kind: str = BUDGET, archived: bool = False) -> dict[str, Scenario]:
    """Scenarios of one kind of this city by key, last saved first; the archived ones on request only.

    Raises:
        PlanError: the plan store cannot be reached.
    """
    return {found.scenario_id: found for found in plans.listing(str(store.city["city_id"]), archived, kind)}
