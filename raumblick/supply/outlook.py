"""Need to come: projected children times quotas, against places that open and close, as sure, planned or an idea."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from raumblick.supply.errors import SupplyError, need_columns, numbers_of
from raumblick.supply.register import OPEN, standing

STATUSES = ("sure", "planned", "idea")
STATUS_LABEL = {"sure": "sicher", "planned": "geplant", "idea": "Idee"}


def with_housing(areas: pd.DataFrame, housing: pd.DataFrame, statuses: Sequence[str] = ("sure",)) -> pd.DataFrame:
    """Projection with the children of known housing areas.

    Past moves are already in the ratios of cohorts: name only building beyond what the area has been used to.

    Args:
        areas: `Projection.areas`.
        housing: area_id, year (first year in which the homes are lived in), dwellings, children_per_dwelling (of the age
            group of the projection), status.
        statuses: which of sure, planned, idea count.

    Returns:
        The rows with `housing` (children added) in children, low and high alike.

    Raises:
        SupplyError: a missing column, a negative or missing number, an unknown status, or an unknown area.
    """
    need_columns(housing, ["area_id", "year", "status"], "Wohnungsbau")
    _known(housing["status"], statuses)
    unknown = set(housing["area_id"]) - set(areas["area_id"])
    if unknown:
        raise SupplyError("area_id", f"Das Gebiet „{sorted(map(str, unknown))[0]}“ des Wohnungsbaus gibt es nicht.")
    children = numbers_of(housing, "dwellings", "Wohnungsbau") * numbers_of(housing, "children_per_dwelling", "Wohnungsbau")
    if np.isnan(children).any():
        raise SupplyError("dwellings", "Beim Wohnungsbau fehlt eine Zahl.")
    rows = housing.assign(added=children)[housing["status"].isin(list(statuses)).to_numpy()]
    added = np.zeros(len(areas))
    for row in rows.itertuples():
        added += np.where((areas["area_id"] == row.area_id) & (areas["year"] >= row.year), row.added, 0.0)
    moved = {name: areas[name] + added for name in ("children", "low", "high")}
    return areas.assign(**moved, housing=added)


def places_to_come(
    facilities: pd.DataFrame, years: Sequence[int], plans: pd.DataFrame | None = None, day: str = "12-31"
) -> pd.DataFrame:
    """Places of coming years by how sure they are.

    Args:
        facilities: facility_id, home_area, places_licensed, opens, closes: what the register knows is sure.
        years: the years; places are those on `day` (month-day) of each.
        plans: area_id, year, places (negative: fewer), status: changes beyond the register, from `year` on.

    Returns:
        By area_id and year: sure (register and sure plans), planned (with planned ones), idea (with ideas), unknown
        (open offers without a number of places). A sum never falls below 0.

    Raises:
        SupplyError: a missing column or an unknown status.
    """
    need_columns(facilities, ["home_area"], "Angebote")
    size = numbers_of(facilities, "places_licensed", "Angebote")
    change = pd.DataFrame(columns=["area_id", "year", "places", "status"]) if plans is None else plans
    need_columns(change, ["area_id", "year", "status"], "Planungen")
    _known(change["status"], ())
    more = numbers_of(change, "places", "Planungen", negative=True)
    names = sorted(set(facilities["home_area"].dropna()) | set(change["area_id"]))
    parts = []
    for year in years:
        open_now = (standing(facilities, f"{year}-{day}") == OPEN).to_numpy()
        rows = pd.DataFrame({"area_id": facilities["home_area"], "places": size, "unknown": np.isnan(size)})[open_now]
        table = rows.groupby("area_id").sum().reindex(names).fillna(0.0)
        so_far = table.pop("places")
        due = change.assign(places=more)[(change["year"] <= year).to_numpy()]
        for status in STATUSES:
            extra = due[due["status"] == status].groupby("area_id")["places"].sum().reindex(names).fillna(0.0)
            so_far = so_far + extra.astype(float)
            table[status] = so_far.clip(lower=0.0)
        parts.append(table.assign(year=year).reset_index(names="area_id"))
    columns = ["area_id", "year", *STATUSES, "unknown"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def need_to_come(areas: pd.DataFrame, quotas: Mapping[str, float], places: pd.DataFrame) -> pd.DataFrame:
    """Need and gap of coming years under several quotas.

    Args:
        areas: `Projection.areas` (or `with_housing`).
        quotas: wanted share of the children by the name of the scenario, at least 0.
        places: of `places_to_come`; an area and year that is not there has no places.

    Returns:
        One row a scenario, area and year: scenario, area_id, year, children, need, need_low, need_high, sure, planned,
        idea, unknown, gap (need minus sure places; negative: surplus), gap_planned, gap_idea, finding: short (even the
        lower end of the need exceeds all places to come), risk (the need or its upper end exceeds the sure places),
        surplus (even the upper end leaves sure places free), enough, unknown.

    Raises:
        SupplyError: no scenario, or a negative quota.
    """
    if not quotas or any(not q >= 0 for q in quotas.values()):
        raise SupplyError("quotas", "Es wird mindestens eine Quote gebraucht, und keine darf negativ sein.")
    known = areas.merge(places, on=["area_id", "year"], how="left")
    for name in (*STATUSES, "unknown"):
        known[name] = known[name].fillna(0.0)
    parts = [_scenario(known, name, quota) for name, quota in quotas.items()]
    return pd.concat(parts, ignore_index=True)


def _scenario(known: pd.DataFrame, name: str, quota: float) -> pd.DataFrame:
    table = known[["area_id", "year", "children"]].assign(scenario=name)
    table["need"] = known["children"] * quota
    table["need_low"], table["need_high"] = known["low"] * quota, known["high"] * quota
    for status in (*STATUSES, "unknown"):
        table[status] = known[status]
    table["gap"], table["gap_planned"], table["gap_idea"] = (table["need"] - table[status] for status in STATUSES)
    low, high = table["need_low"].fillna(table["need"]), table["need_high"].fillna(table["need"])
    conditions = [table["need"].isna(), high < table["sure"] - 0.5, low > table["idea"] + 0.5, high > table["sure"] + 0.5]
    table["finding"] = np.select(conditions, ["unknown", "surplus", "short", "risk"], "enough")
    return table[["scenario", *[c for c in table.columns if c != "scenario"]]]


def _known(given: pd.Series, chosen: Sequence[str]) -> None:
    for status in (*given.dropna().unique(), *chosen):
        if status not in STATUSES:
            raise SupplyError("status", f"Den Stand „{status}“ gibt es nicht; möglich sind sicher, geplant und Idee.")
    if given.isna().any():
        raise SupplyError("status", "Bei einer Planung fehlt der Stand: sicher, geplant oder Idee.")
