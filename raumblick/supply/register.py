"""Which offers count on a day, and what is odd about where they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.stats.words import Note, number, several
from raumblick.supply.errors import SupplyError, need_columns, unique_ids

OPEN, COMING, GONE, CONTRADICTING = "open", "coming", "gone", "contradicting"
OK, NO_POINT, OUTSIDE, MISMATCH = "ok", "no_point", "outside", "mismatch"


@dataclass(frozen=True, eq=False)
class Register:
    """Offers on a day.

    `offers`: the open ones. `coming`: open later. `gone`: closed before. `contradicting`: closed before they opened; they
    count nowhere. `notes`: how many places are left out.
    """

    offers: pd.DataFrame
    coming: pd.DataFrame
    gone: pd.DataFrame
    contradicting: pd.DataFrame
    notes: tuple[Note, ...]


def standing(facilities: pd.DataFrame, day: str | pd.Timestamp) -> pd.Series:
    """State of each offer on a day: open, coming, gone, contradicting.

    An offer is open from the day `opens` until the day before `closes`; without a date it has always been, or will always
    be open. Closed before it opened is contradicting on every day.

    Raises:
        SupplyError: the columns opens and closes are missing, or the day is none.
    """
    need_columns(facilities, ["opens", "closes"], "Angebote")
    at = pd.to_datetime(day, errors="coerce")
    if pd.isna(at):
        raise SupplyError("day", f"„{day}“ ist kein Datum.")
    opens, closes = (pd.to_datetime(facilities[name], errors="coerce") for name in ("opens", "closes"))
    state = np.select(
        [(closes < opens).to_numpy(), (opens > at).to_numpy(), (closes <= at).to_numpy()], [CONTRADICTING, COMING, GONE], OPEN
    )
    return pd.Series(state, facilities.index)


def open_on(facilities: pd.DataFrame, day: str | pd.Timestamp) -> Register:
    """Offers open on a day.

    Args:
        facilities: one row an offer, with facility_id, opens, closes, places_licensed.
        day: the reference date.

    Raises:
        SupplyError: a column is missing, a key is there twice, or the day is none.
    """
    unique_ids(facilities, "facility_id", "Angebote")
    need_columns(facilities, ["places_licensed"], "Angebote")
    state = standing(facilities, day)
    parts = {name: facilities[state == name] for name in (OPEN, COMING, GONE, CONTRADICTING)}
    texts = {
        COMING: "öffnen erst nach dem Stichtag und zählen noch nicht",
        GONE: "sind am Stichtag schon geschlossen und zählen nicht mehr",
        CONTRADICTING: "schließen, bevor sie öffnen, und zählen nicht; bitte die Daten prüfen",
    }
    notes = tuple(_note(name, parts[name], text) for name, text in texts.items() if len(parts[name]))
    return Register(parts[OPEN], parts[COMING], parts[GONE], parts[CONTRADICTING], notes)


def _note(code: str, rows: pd.DataFrame, text: str) -> Note:
    places = float(pd.to_numeric(rows["places_licensed"]).sum(min_count=1))
    size = "" if np.isnan(places) else f" mit {number(places)} Plätzen"
    message = f"{several(len(rows), 'Angebot', 'Angebote')}{size}: {text}."
    return Note(code, message, len(rows), places, tuple(rows["facility_id"].astype(str)))


def located(facilities: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Where each offer counts, and what is odd about it.

    Args:
        facilities: facility_id, x, y (missing: no point), area_id (as delivered, may be missing), point_area (base area in
            which the point lies, missing outside of the city or without a point).

    Returns:
        The rows with `home_area`: the delivered area, or that of the point where none was delivered; and `place`: ok,
        no_point, outside (the point lies outside of the city), mismatch (area and point contradict each other). Ratios of
        areas use `home_area`; reach uses the point, because children walk to the door and not to the key of an area.

    Raises:
        SupplyError: a column is missing.
    """
    need_columns(facilities, ["facility_id", "x", "y", "area_id", "point_area"], "Angebote")
    point = facilities["x"].notna() & facilities["y"].notna()
    given, found = facilities["area_id"].notna(), facilities["point_area"].notna()
    differ = given & found & (facilities["area_id"].astype(object) != facilities["point_area"].astype(object))
    place = np.select([~point, ~found, differ], [NO_POINT, OUTSIDE, MISMATCH], OK)
    rows = facilities.assign(home_area=facilities["area_id"].where(given, facilities["point_area"].where(point)), place=place)
    texts = {
        NO_POINT: "ohne Koordinaten: In der Quote ihres Gebiets zählen sie mit, in der Erreichbarkeit nicht",
        OUTSIDE: "außerhalb der Stadt: Sie zählen für die Kinder der Stadt in ihrer Nähe; Kinder von dort sind nicht bekannt",
        MISMATCH: "mit einem Gebiet, in dem ihr Punkt nicht liegt: Die Quote folgt dem Gebiet, die Erreichbarkeit dem Punkt",
    }
    notes = [_place_note(code, rows[place == code], text) for code, text in texts.items() if (place == code).any()]
    lost = rows[rows["home_area"].isna()]
    if len(lost):
        notes.append(_place_note("no_area", lost, "ohne Gebiet: Sie zählen nur für die ganze Stadt"))
    return rows, tuple(notes)


def _place_note(code: str, rows: pd.DataFrame, text: str) -> Note:
    message = f"{several(len(rows), 'Angebot', 'Angebote')} {text}."
    return Note(code, message, len(rows), ids=tuple(rows["facility_id"].astype(str)))
