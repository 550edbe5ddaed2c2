"""The four numbers of supply, never mixed, and gaps and surpluses in places.

    Versorgungsquote  = places / children
    Betreuungsquote   = children in care / children
    Bedarfsquote      = wanted share of the children (`raumblick.supply.ages`)
    Auslastung        = occupied / operable places, of the offers that say both

What an offer does not say is missing and counted, never filled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from raumblick.stats.rates import rate
from raumblick.stats.words import Note, number, several
from raumblick.supply.ages import Target
from raumblick.supply.errors import SupplyError, need_columns, numbers_of

SHORT, SURPLUS, EVEN, OPEN, UNKNOWN = "short", "surplus", "even", "open", "unknown"
FINDING_LABEL = {
    SHORT: "Unterversorgung",
    SURPLUS: "Überversorgung",
    EVEN: "ausgeglichen",
    OPEN: "Lücke möglich, Platzzahlen fehlen",
    UNKNOWN: "nicht bekannt",
}
Basis = Literal["places_licensed", "places_operable"]
_EVEN = 0.5  # less than half a place is none


@dataclass(frozen=True, eq=False)
class Ratios:
    """Supply of areas and of the whole city.

    `areas`, by area_id: children; offers, places (known), places_missing (offers without a number), supply
    (Versorgungsquote, a lower bound where places are missing); operable and enrolled (of offers that say both),
    occupancy_missing (offers that do not), occupancy (Auslastung); in_care, care (Betreuungsquote). Ratios are missing
    where their denominator is 0 or missing; places are missing where no offer of the area says any.
    `city`: the same sums and ratios, with offers that have no area. `notes`: what is missing.
    """

    areas: pd.DataFrame
    city: pd.Series
    notes: tuple[Note, ...]


def ratios(
    children: pd.Series, offers: pd.DataFrame, in_care: pd.Series | None = None, basis: Basis = "places_licensed"
) -> Ratios:
    """Ratios of one service and age group on one day.

    Args:
        children: residents of the age group by area_id; missing: unknown. Every area has a row.
        offers: open offers of the service: home_area (may be missing), places_licensed, places_operable, enrolled.
        in_care: children in care by the area where they live. Without it, Betreuungsquoten are missing: the enrolled of
            an area's offers live anywhere.
        basis: which places count in the Versorgungsquote.

    Raises:
        SupplyError: a column is missing, or a number is negative.
    """
    need_columns(offers, ["home_area"], "Angebote")
    size = numbers_of(offers, basis, "Angebote")
    operable, enrolled = numbers_of(offers, "places_operable", "Angebote"), numbers_of(offers, "enrolled", "Angebote")
    both = ~np.isnan(operable) & ~np.isnan(enrolled)
    rows = pd.DataFrame(
        {
            "home_area": offers["home_area"].to_numpy(),
            "offers": 1,
            "places": size,
            "places_missing": np.isnan(size),
            "operable": np.where(both, operable, np.nan),
            "enrolled": np.where(both, enrolled, np.nan),
            "occupancy_missing": ~both,
        }
    )
    counted = rows.groupby("home_area").sum(min_count=1).reindex(children.index)
    areas = _filled(counted).assign(children=children.astype(float))
    areas["in_care"] = np.nan if in_care is None else in_care.reindex(children.index).astype(float)
    city = _filled(rows.drop(columns="home_area").sum(min_count=1).to_frame().T).iloc[0]
    city["children"] = areas["children"].sum(min_count=1)
    city["in_care"] = areas["in_care"].sum(min_count=1) if areas["in_care"].notna().all() else np.nan
    elsewhere = rows[~rows["home_area"].isin(children.index)]
    return Ratios(_with_ratios(areas), _with_ratios(city.to_frame().T).iloc[0], _notes(areas, rows, elsewhere))


def _filled(counted: pd.DataFrame) -> pd.DataFrame:
    """Areas without any offer have 0 places; areas whose offers say nothing have a missing number."""
    counted = counted.astype(float)
    none = counted["offers"].fillna(0) == 0
    for name in ("offers", "places_missing", "occupancy_missing"):
        counted[name] = counted[name].fillna(0)
    counted["places"] = counted["places"].where(~none, 0.0)
    return counted


def _with_ratios(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.astype(float)
    columns = ["children", "offers", "places", "places_missing", "supply", "operable", "enrolled"]
    columns += ["occupancy_missing", "occupancy", "in_care", "care"]
    return frame.assign(
        supply=rate(frame["places"], frame["children"]),
        occupancy=rate(frame["enrolled"], frame["operable"]),
        care=rate(frame["in_care"], frame["children"]),
    )[columns]


def _notes(areas: pd.DataFrame, rows: pd.DataFrame, elsewhere: pd.DataFrame) -> tuple[Note, ...]:
    notes = []
    missing = int(rows["places_missing"].sum())
    if missing:
        text = f"{several(missing, 'Angebot', 'Angebote')} ohne Platzzahl: Versorgungsquoten sind dort Untergrenzen."
        notes.append(Note("places_unknown", text, missing))
    silent = int(rows["occupancy_missing"].sum())
    if silent:
        text = f"{several(silent, 'Angebot', 'Angebote')} ohne Angabe zur Belegung: In der Auslastung sind sie nicht enthalten."
        notes.append(Note("occupancy_unknown", text, silent))
    if len(elsewhere):
        places = float(elsewhere["places"].sum())
        text = (
            f"{several(len(elsewhere), 'Angebot', 'Angebote')} mit {number(places)} Plätzen ohne Gebiet: "
            "Sie zählen nur für die ganze Stadt."
        )
        notes.append(Note("no_area", text, len(elsewhere), places))
    unknown = areas.index[areas["children"].isna()]
    if len(unknown):
        text = f"{several(len(unknown), 'Gebiet', 'Gebiete')} ohne Kinderzahl: Dort gibt es keine Quote."
        notes.append(Note("children_unknown", text, len(unknown), ids=tuple(map(str, unknown))))
    empty = areas.index[areas["children"] == 0]
    if len(empty):
        text = f"{several(len(empty), 'Gebiet', 'Gebiete')} ohne Kinder dieses Alters: Eine Quote wäre dort sinnlos."
        notes.append(Note("no_children", text, len(empty), ids=tuple(map(str, empty))))
    return tuple(notes)


def gaps(need: pd.Series, areas: pd.DataFrame) -> pd.DataFrame:
    """Gap or surplus of areas in places.

    Args:
        need: places needed by area_id (`raumblick.supply.ages.need`); missing: unknown.
        areas: `Ratios.areas`: places, places_missing.

    Returns:
        By area_id: need, places, gap (need minus places; negative: surplus), finding. Where offers do not say their places
        a gap is only possible (`open`), a surplus is certain.
    """
    table = areas[["places", "places_missing"]].reindex(need.index)
    gap = (need - table["places"].fillna(0)).where(table["places_missing"].notna())
    state = np.select([gap.isna(), gap < -_EVEN, table["places_missing"] > 0, gap > _EVEN], [UNKNOWN, SURPLUS, OPEN, SHORT], EVEN)
    return pd.DataFrame({"need": need, "places": table["places"], "gap": gap, "finding": state}, index=need.index)


@dataclass(frozen=True)
class Light:
    """A traffic light: `state` short, even or surplus against a target; `label` says which target of which kind."""

    state: str
    label: str


def light(ratio: float, target: Target | None, margin: float = 0.05) -> Light | None:
    """State of a Versorgungsquote against a target; None without a target or without a ratio: then there is no light.

    Args:
        ratio: places a child. target: with its kind. margin: share of the target by which it may be exceeded before that
            is a surplus.

    Raises:
        SupplyError: a negative margin.
    """
    if margin < 0:
        raise SupplyError("margin", "Der Spielraum über dem Ziel darf nicht negativ sein.")
    if target is None or np.isnan(ratio):
        return None
    state = SHORT if ratio < target.share - 1e-12 else SURPLUS if ratio > target.share * (1 + margin) + 1e-12 else EVEN
    return Light(state, target.label)
