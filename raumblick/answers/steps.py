"""Where do children get lost between the stages of growing up? The answer behind Übergänge."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from raumblick.answers.values import HIDDEN, MISSING, VALUE, areas
from raumblick.snapshot.store import Store
from raumblick.stats.words import Note
from raumblick.supply.transition import FEWER, FINDING_LABEL, MORE, STAGES, UNKNOWN, flows, offers_at

__all__ = ["FEWER", "FINDING_LABEL", "MORE", "Steps", "handover_offers", "step_name", "steps"]


@dataclass(frozen=True, eq=False)
class Steps:
    """All steps of the chosen cohorts on one level.

    `cohorts`: those the snapshot has, oldest first; `chosen`: those that are summed. `areas`: as `supply.transition.Flows`,
    every area of the level with every step, plus name and state (value, missing, hidden). `city`: one row a step.
    """

    level: str
    cohorts: tuple[str, ...]
    chosen: tuple[str, ...]
    areas: pd.DataFrame
    city: pd.DataFrame
    notes: tuple[Note, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Steps as `kita>grundschule`, in the order of a life."""
        return tuple(f"{a}>{b}" for a, b in zip(self.city["from_stage"], self.city["to_stage"], strict=True))

    def step(self, key: str) -> pd.DataFrame:
        """Areas at one step, in ascending area_id."""
        return self.areas[self.areas["step"] == key].sort_values("area_id", ignore_index=True)

    def of_city(self, key: str) -> pd.Series:
        """The whole city at one step."""
        return self.city.iloc[self.keys.index(key)]

    def losing(self, key: str) -> pd.DataFrame:
        """Areas that surely lose more than the city at one step, the most children beyond the city's share first."""
        rows = self.step(key)
        return rows[rows["finding"] == MORE].sort_values("excess", ascending=False, ignore_index=True)


def step_name(key: str) -> str:
    """`Kita → Grundschule`."""
    one, two = key.split(">")
    return f"{STAGES.get(one, one)} → {STAGES.get(two, two)}"


def steps(store: Store, level: str, newest: int | None = 3) -> Steps | None:
    """Steps between stages, the newest cohorts summed; None where the snapshot has no transitions.

    Args:
        store: the open snapshot.
        level: level of the areas.
        newest: how many of the newest cohorts are summed, for each step its own; None: all.
    """
    rows = store.read("transitions", level=level)
    if not len(rows):
        return None
    rows = rows.rename(columns={"hidden": "is_hidden"})
    every = tuple(sorted(rows["cohort"].unique()))
    if newest is not None:
        rank = rows.groupby(["from_stage", "to_stage"])["cohort"].rank(method="dense", ascending=False)
        rows = rows[rank <= newest]
    found = flows(rows)
    keys = found.areas["from_stage"] + ">" + found.areas["to_stage"]
    known = areas(store, level)
    grid = pd.MultiIndex.from_product([keys.unique(), known["area_id"]], names=["step", "area_id"])
    table = found.areas.assign(step=keys).set_index(["step", "area_id"]).reindex(grid).reset_index()
    veiled = rows.assign(step=rows["from_stage"] + ">" + rows["to_stage"]).groupby(["step", "area_id"])["is_hidden"].any()
    dark = veiled.reindex(grid).fillna(False).to_numpy(dtype=bool)
    table["state"] = [VALUE if s == s else HIDDEN if h else MISSING for s, h in zip(table["share"], dark, strict=True)]
    table["finding"] = table["finding"].fillna(UNKNOWN)
    table["name"] = table["area_id"].map(known.set_index("area_id")["name"])
    return Steps(level, every, tuple(sorted(rows["cohort"].unique())), table, found.city, found.notes)


def handover_offers(store: Store, area_id: str, key: str) -> pd.DataFrame:
    """Offers of an area that stand at a step: name, service_name, carrier, area_name, paragraph."""
    return offers_at(store.read("offers", area_id=area_id), *key.split(">"))
