"""Table `observation`: all indicators of the demo city."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from raumblick.demo.counted import day_care, help_in_cases, in_protection, offers_for_children, residents
from raumblick.demo.series import Series, World, rows
from raumblick.demo.shares import drawn, surveys


def build_indicators(world: World, keys: tuple[str, ...] | None = None) -> Iterator[pd.DataFrame]:
    """Table `observation`, one frame an indicator in the order of their names; `keys` limits them."""
    for series in sorted(_all(world), key=lambda s: s.key):
        if keys is None or series.key in keys:
            yield rows(world, series)


def _all(world: World) -> list[Series]:
    found = [*residents(world), *drawn(world), *surveys(world), *day_care(world), *offers_for_children(world)]
    if world.cases is not None and world.protection is not None:
        found += help_in_cases(world, world.cases) + in_protection(world, world.protection)
    return found
