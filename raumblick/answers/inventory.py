"""Every number's definition, source, date, licence and gaps: the answer behind Daten und Quellen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from raumblick.answers.values import Indicator, indicators
from raumblick.snapshot.store import Store


@dataclass(frozen=True, eq=False)
class Inventory:
    """What a snapshot holds.

    `coverage`: indicator, name, topic, period, known, hidden, estimated, counted, areas. `sources`: query `sources`.
    `tables`: name, rows, public_rows. `manifest`: the snapshot's own description.
    """

    indicators: tuple[Indicator, ...]
    coverage: pd.DataFrame
    sources: pd.DataFrame
    tables: pd.DataFrame
    manifest: dict[str, Any]


def inventory(store: Store, level: str) -> Inventory:
    """Indicators, gaps, sources and tables of a snapshot, seen on one level."""
    manifest = store.manifest
    tables = pd.DataFrame(
        {
            "name": list(manifest["tables"]),
            "rows": [entry["rows"] for entry in manifest["tables"].values()],
            "public_rows": [manifest["public_tables"].get(name, {}).get("rows", 0) for name in manifest["tables"]],
        }
    )
    return Inventory(
        indicators=indicators(store, level),
        coverage=store.read("coverage", level=level),
        sources=store.read("sources"),
        tables=tables,
        manifest=manifest,
    )
