"""Two to five areas on one scale, and the areas most like one of them: the answer behind Vergleich."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.answers.values import MISSING, Indicator, areas, indicators, latest
from raumblick.need.errors import IndexError_
from raumblick.need.similar import most_similar
from raumblick.snapshot.store import Store

LEAST, MOST = 2, 5
_CLEAR = 0.25  # standard deviations; a smaller difference is not worth naming
# The living situation first, then who lives there, then supply and help: what planners look at side by side.
CORE = (
    "sgb2_u15", "mss_s4", "sgb2_0_64", "mss_s3", "unemp", "mss_s1", "unemp_u25", "sp_share", "sp_bg_share", "sp_bg_pop",
    "hh_3plus", "leave_nodeg", "eingang_speech", "gym_rec", "pop_u15_share", "pop_u18_share", "migr_share", "foreign_share",
    "mobility", "kita_cov_u3", "kita_cov_36", "kita_cov_u6", "hze_rate", "kwg_rate",
)  # fmt: skip
# What makes two areas alike: how people live there, not what is on offer.
LIKENESS = (
    "sgb2_u15", "mss_s4", "sgb2_0_64", "mss_s3", "unemp", "mss_s1", "unemp_u25", "sp_share", "sp_bg_pop", "hh_3plus",
    "leave_nodeg", "eingang_speech", "pop_u15_share", "pop_u18_share", "migr_share", "foreign_share", "density", "mobility",
    "housing_space",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Comparison:
    """Areas of one level side by side.

    `names`: area_id to name, in the order asked for. `rows`: one row an indicator and area: key, name, unit, decimals,
    period, area_id, area, value, low, high (95 %), state, city, and `place`, `place_low`, `place_high`: the same as
    distance from the middle in standard deviations of the areas. The middle is the value of the city, or the mean of the
    areas (`middle` "stadt" or "mittel" in each row) where the city has none or a count cannot be compared.
    """

    level: str
    names: dict[str, str]
    rows: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Alike:
    """The areas most like one area.

    `areas`: area_id, name, parent_name, distance (mean difference in standard deviations), compared (indicators), like and
    unlike (the indicator that differs least, and the one that differs most with its direction); nearest first.
    `indicators`: names of what was compared. `differences`: area_id (index) by indicator name, signed, in standard
    deviations; `parts`: its share of the squared distance.
    """

    area_id: str
    name: str
    areas: pd.DataFrame
    indicators: tuple[str, ...]
    differences: pd.DataFrame
    parts: pd.DataFrame


def comparison(store: Store, level: str, ids: Sequence[str]) -> Comparison:
    """Core indicators of some areas, newest period of each.

    Raises KeyError for an area that the level does not have.
    """
    frame = areas(store, level).set_index("area_id")
    names = {key: str(frame.at[key, "name"]) for key in ids}
    city = store.read("city_values").set_index(["indicator", "period"])["value"]
    sheets = {sheet.key: sheet for sheet in indicators(store, level)}
    newest = dict(list(latest(store, level).groupby("indicator", sort=False)))
    found = [_rows(sheets[key], newest[key], names, city) for key in CORE if key in sheets and key in newest]
    shown = [rows for rows in found if rows is not None]
    return Comparison(level, names, pd.concat(shown, ignore_index=True) if shown else pd.DataFrame(columns=["key"]))


def alike(store: Store, level: str, area_id: str, count: int = 5) -> Alike | None:
    """The areas most like one area, by the living situation; None where too few indicators are known.

    Raises KeyError for an area that the level does not have.
    """
    frame = areas(store, level).set_index("area_id")
    name = str(frame.at[area_id, "name"])
    sheets = {sheet.key: sheet for sheet in indicators(store, level)}
    newest = latest(store, level)
    keys = [key for key in LIKENESS if key in sheets]
    values = newest[newest["indicator"].isin(keys)].pivot(index="area_id", columns="indicator", values="value")
    values = values.reindex(index=frame.index, columns=keys).astype(float)
    if not keys or values.loc[area_id].notna().sum() < min(2, len(keys)) or not values.loc[area_id].notna().any():
        return None
    words = {key: sheets[key].name for key in keys}
    try:
        found = most_similar(values, area_id, count=count, names=words)
    except IndexError_:
        return None
    if not len(found.areas):
        return None
    shown = found.areas.join(frame[["name", "parent_name"]], on="area_id")
    ends = [_ends(row.dropna(), words) for _, row in found.differences.iterrows()]
    shown = shown.assign(like=[like for like, _ in ends], unlike=[unlike for _, unlike in ends])
    rename = {key: words[key] for key in found.differences.columns}
    return Alike(
        area_id, name, shown.reset_index(drop=True), tuple(rename.values()),
        found.differences.rename(columns=rename), found.parts.rename(columns=rename),
    )  # fmt: skip


def _ends(differences: pd.Series, words: dict[str, str]) -> tuple[str, str]:
    """Name of the indicator that differs least, and of the one that differs most with its direction ("" for none)."""
    order = list(differences.abs().sort_values(kind="stable").index)
    far = differences[order[-1]]
    unlike = f"{words[order[-1]]} ({'höher' if far > 0 else 'niedriger'})" if abs(far) >= _CLEAR else ""
    return words[order[0]], unlike


def _rows(sheet: Indicator, newest: pd.DataFrame, names: dict[str, str], city: pd.Series) -> pd.DataFrame | None:
    """One indicator in the chosen areas; None where it is the same everywhere or nobody chosen has it."""
    values = newest["value"].dropna().to_numpy(float)
    spread = float(values.std()) if len(values) > 2 else 0.0
    own = newest.set_index("area_id")[["value", "low", "high", "state"]].reindex(list(names))
    if spread <= 0 or not own["value"].notna().any():
        return None
    period = str(newest["period"].iloc[0])
    whole = float(city.get((sheet.key, period), np.nan)) if sheet.kind != "count" else np.nan
    middle = whole if np.isfinite(whole) else float(values.mean())
    columns: dict[str, object] = {
        "key": sheet.key, "name": sheet.name, "unit": sheet.unit, "decimals": sheet.decimals, "period": period,
        "area_id": list(names), "area": list(names.values()), "city": whole,
        "middle": "stadt" if np.isfinite(whole) else "mittel",
    }  # fmt: skip
    for name in ("value", "low", "high"):
        numbers = own[name].to_numpy(dtype=float)
        columns |= {name: numbers, "place" if name == "value" else f"place_{name}": (numbers - middle) / spread}
    return pd.DataFrame(columns | {"state": own["state"].fillna(MISSING).to_numpy()})
