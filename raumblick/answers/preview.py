"""What would change if a new snapshot came into force? The answer behind the preview of an import."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.answers.spread import tested_change
from raumblick.answers.values import areas, indicators, levels
from raumblick.snapshot.store import Store

UNUSUAL = 5.0  # robust standard deviations from which a change differs from those of the other areas
LARGE = 0.25  # share of the value before from which a change without a test counts as large
_SAME = 1e-9


@dataclass(frozen=True, eq=False)
class Preview:
    """Differences between a new snapshot and the one in force (everything is new when there is none).

    `areas_new`, `areas_gone`: area_id, name. `indicators`: key, name, state ("neu", "geändert", "entfällt",
    "unverändert"), periods_new, periods_changed, periods_gone (texts). `tables`: name, year, rows_before, rows_after,
    total_before, total_after, only years that differ. `jumps`: key, name, area_id, area, first, last, before, after,
    change, significant, distance (robust standard deviations from the median change of all areas), unusual; largest
    distance first.
    """

    areas_new: pd.DataFrame
    areas_gone: pd.DataFrame
    indicators: pd.DataFrame
    tables: pd.DataFrame
    jumps: pd.DataFrame

    @property
    def empty(self) -> bool:
        """True when nothing would change."""
        changed = self.indicators["state"].ne("unverändert").any() if len(self.indicators) else False
        return not (len(self.areas_new) or len(self.areas_gone) or changed or len(self.tables))


def preview(new: Store, old: Store | None, most_jumps: int = 12) -> Preview:
    """Compare a new snapshot with the one in force.

    Args:
        new: the candidate.
        old: the snapshot in force, or None for a new city.
        most_jumps: how many of the largest changes are named.
    """
    level = levels(new)[0]
    after, before = _areas(new), _areas(old)
    changed = _indicators(new, old, level)
    return Preview(
        areas_new=after[~after["area_id"].isin(before["area_id"])],
        areas_gone=before[~before["area_id"].isin(after["area_id"])],
        indicators=changed,
        tables=_tables(new, old),
        jumps=_jumps(new, level, changed, most_jumps),
    )


def _areas(store: Store | None) -> pd.DataFrame:
    if store is None:
        return pd.DataFrame(columns=["area_id", "name"])
    return store.read("area_names")[["area_id", "name"]].drop_duplicates("area_id")


def _indicators(new: Store, old: Store | None, level: str) -> pd.DataFrame:
    after = new.read("observation_digest", level=level)
    before = old.read("observation_digest", level=level) if old else after.head(0)
    both = after.merge(before, on=["indicator", "period"], how="outer", suffixes=("", "_old"), indicator=True)
    sides = both["_merge"].map({"left_only": "new", "right_only": "gone", "both": "same"}).astype(str)
    same = np.ones(len(both), dtype=bool)
    for name in ("known", "total", "counted", "based", "placed"):
        same &= np.isclose(both[name].astype(float), both[f"{name}_old"].astype(float), rtol=_SAME, atol=0, equal_nan=True)
    sides = sides.where((sides != "same") | same, "changed")
    names = {sheet.key: sheet.name for sheet in indicators(new, level)}
    rows = []
    for key, group in both.assign(side=sides).groupby("indicator", sort=True):
        periods = {side: list(group.loc[group["side"] == side, "period"]) for side in ("new", "changed", "gone", "same")}
        if not periods["gone"] and not periods["changed"] and not periods["new"]:
            state = "unverändert"
        elif not periods["same"] and not periods["changed"] and not periods["gone"]:
            state = "neu"
        else:
            state = "entfällt" if len(periods["gone"]) == len(group) else "geändert"
        texts = {f"periods_{side}": ", ".join(periods[side]) for side in ("new", "changed", "gone")}
        rows.append({"key": key, "name": names.get(str(key), key), "state": state, **texts})
    return pd.DataFrame(rows, columns=["key", "name", "state", "periods_new", "periods_changed", "periods_gone"])


def _tables(new: Store, old: Store | None) -> pd.DataFrame:
    after = new.read("table_digest")
    before = old.read("table_digest") if old else after.head(0)
    both = after.merge(before, on=["name", "year"], how="outer", suffixes=("_after", "_before"))
    counts = both[["row_count_before", "row_count_after"]].fillna(0).astype(int)
    totals = both[["total_before", "total_after"]].astype(float)
    same = counts["row_count_before"].eq(counts["row_count_after"]) & np.isclose(
        totals["total_before"], totals["total_after"], rtol=_SAME, equal_nan=True
    )
    out = both[["name", "year"]].assign(
        rows_before=counts["row_count_before"],
        rows_after=counts["row_count_after"],
        total_before=totals["total_before"],
        total_after=totals["total_after"],
    )
    return out[~same].reset_index(drop=True)


def _jumps(new: Store, level: str, changed: pd.DataFrame, most: int) -> pd.DataFrame:
    """The changes since the period before that stand out most, for indicators that the import touches."""
    parts = []
    places = areas(new, level)[["area_id", "name"]]
    touched = set(changed.loc[changed["state"].isin(["neu", "geändert"]), "key"])
    for sheet in indicators(new, level):
        if sheet.key not in touched:
            continue
        values = new.read("values", indicator=sheet.key, level=level)
        periods = sorted(values.loc[values["value"].notna(), "period"].unique())
        if len(periods) < 2:
            continue
        first, last = periods[-2:]
        change = tested_change(sheet, values, places["area_id"], first, last)
        rows = pd.concat([places, change], axis=1).dropna(subset=["change"])
        middle = rows["change"].median()
        scale = 1.4826 * (rows["change"] - middle).abs().median()
        if len(rows) < 5 or scale == 0:
            continue
        parts.append(
            rows.assign(
                key=sheet.key, sheet_name=sheet.name, first=first, last=last,
                distance=(rows["change"] - middle).abs() / scale,
            )
        )  # fmt: skip
    columns = [
        "key",
        "name",
        "area_id",
        "area",
        "first",
        "last",
        "before",
        "after",
        "change",
        "significant",
        "distance",
        "unusual",
    ]
    if not parts:
        return pd.DataFrame(columns=columns)
    found = pd.concat(parts).rename(columns={"name": "area"}).rename(columns={"sheet_name": "name"})
    large = (found["change"].abs() > LARGE * found["before"].abs()) & ~found["tested"]
    found["unusual"] = (found["distance"] >= UNUSUAL) & (found["significant"] | large)
    found = found.sort_values(["unusual", "distance"], ascending=False).head(most)
    return found[columns].reset_index(drop=True)
