"""Map files opened, and which of their columns hold the key and the name: told by usual names, asked when not certain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from raumblick.intake.areas import is_topology
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.profiles.bricks import listing

_UNIT = r"(plr|ot|sbz|stb|bzr|pgr|stadtteil|ortsteil|bezirk|stadtbezirk|gebiets?|viertel|quartier|statbez|raum)"
# Each step is tried whole before the next one; two fitting columns within one step are a question to the planner.
KEY_STEPS: tuple[str, ...] = (
    r"area_id",
    _UNIT + r"[ _-]?(id|nr|nummer|key|schl(ü|ue)ssel|schl|kennung|code)?",
    r"(gebiets?)?schl(ü|ue)ssel|kennziffer|kennung|ags|ars|rs",
    r"id|nr|nummer|key|code",
)
NAME_STEPS: tuple[str, ...] = (
    r"name",
    _UNIT + r"[ _-]?(name|bez|bezeichnung)",
    r"bezeichnung|gen|bez|label|titel|namen?_?lang|ortsteil|stadtteil|stadtbezirk|bezirk|gebiet|viertel|quartier",
)
LEVEL_OF_WORD = (
    (r"plr|planungsr", "planungsraum"),
    (r"ot|ortsteil|stadtteil|stt|viertel|quartier", "ortsteil"),
    (r"sbz|stb|stadtbezirk|bez|bezirk", "bezirk"),
)
DAY_STEPS = (r"valid_from|g(ü|ue)ltig_?(ab|von)?|datum_?guel.*|stand|stichtag",)
_RENAME = "Die gemeinte Spalte in „{}“ umbenennen und noch einmal einlesen."


def open_map(path: Path) -> gpd.GeoDataFrame:
    """The one layer with shapes of a map file, in its own coordinate system.

    TopoJSON names no coordinate system; its coordinates are degrees in WGS 84, and the checks of the areas say it when they
    cannot be.

    Raises:
        IntakeError: the file cannot be read, has no shapes, several layers or no coordinate system.
    """
    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        frame = gpd.read_file(path, layer=layers[0]) if len(layers) == 1 else None
    except Exception as error:  # GDAL's drivers raise many kinds; whatever it is, the file is unreadable
        message = f"Die Kartendatei lässt sich nicht lesen ({type(error).__name__})."
        raise IntakeError([_fault("area_unreadable", path.name, message, "Datei neu exportieren.")]) from error
    if frame is None or "geometry" not in frame or frame.geometry.isna().all():
        found = f"{len(layers)} Ebenen: {listing(layers, 10)}" if layers else "keine Ebene mit Flächen oder Punkten"
        message = f"Die Kartendatei muss genau eine Ebene haben; gefunden: {found}."
        raise IntakeError([_fault("map_layers", path.name, message, "Nur die gemeinte Ebene exportieren.")])
    if frame.crs is None and is_topology(path):
        frame = frame.set_crs(4326)
    if frame.crs is None:
        message, remedy = "Das Koordinatensystem ist nicht angegeben.", "Mit Koordinatensystem neu exportieren (.prj mitliefern)."
        raise IntakeError([_fault("area_crs_missing", path.name, message, remedy)])
    return frame


def key_column(frame: pd.DataFrame, file: str, known: Iterable[str] = ()) -> str:
    """The column that names each row once.

    Args:
        frame: attributes.
        file: name for findings.
        known: keys that the city already has; the one column that shares most of its values with them is the key.

    Raises:
        IntakeError: there is none, or there are several.
    """
    unique = [str(c) for c in frame.columns if _names_each(frame[c])]
    wanted = set(known)
    met = [c for c in unique if len(wanted & set(as_keys(frame[c]))) > len(frame) / 2] if wanted else []
    if len(met) == 1:
        return met[0]
    return _chosen(met or unique, KEY_STEPS, frame, file, "area_id", "dem Gebietsschlüssel", needed=True) or ""


def name_column(frame: pd.DataFrame, file: str, key: str) -> str | None:
    """The column with names, or None when there is none. IntakeError: several come into question."""
    texts = [str(c) for c in frame.columns if c not in ("geometry", key) and _is_text(frame[c])]
    return _chosen(texts, NAME_STEPS, frame, file, "name", "dem Namen", needed=False)


def day_column(frame: pd.DataFrame) -> pd.Series:
    """The day from which each row is valid, missing where no column says it."""
    for column in frame.columns:
        if any(re.fullmatch(step, str(column).strip().lower()) for step in DAY_STEPS):
            text = frame[column].astype("string").str.strip()
            german = pd.to_datetime(text, format="%d.%m.%Y", errors="coerce")
            return german.fillna(pd.to_datetime(text, format="%Y-%m-%d", errors="coerce"))
    return pd.Series(pd.NaT, index=frame.index)


def level_of(words: Sequence[str]) -> str | None:
    """The level that the names of key and name column speak of; None when they do not."""
    for word in words:
        parts = re.split(r"[ _-]", word.strip().lower())
        for pattern, level in LEVEL_OF_WORD:
            if any(re.fullmatch(f"({pattern})(name|nr|id|nummer|schlüssel)?", part) for part in parts):
                return level
    return None


def as_keys(column: pd.Series) -> pd.Series:
    """Keys as text without the `.0` of a number column; missing stays missing."""
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    return column.astype("string").str.strip().replace("", pd.NA)


def _chosen(
    candidates: Sequence[str], steps: Sequence[str], frame: pd.DataFrame, file: str, canonical: str, what: str, needed: bool
) -> str | None:
    for step in steps:
        fitting = [c for c in candidates if re.fullmatch(step, c.strip().lower())]
        if len(fitting) > 1:
            message = f"Mehrere Spalten kommen als Spalte mit {what} in Frage: {listing(fitting)}."
            raise IntakeError([_fault("column_unclear", file, message, _RENAME.format(canonical))])
        if fitting:
            return fitting[0]
    if not needed:
        return None
    present = listing(c for c in frame.columns if c != "geometry") or "keine"
    message = (
        f"Welche Spalte gehört zu {what}? Keine mit einem üblichen Namen benennt jede Zeile genau einmal. "
        f"Vorhanden: {present}."
    )
    raise IntakeError([_fault("column_unclear", file, message, _RENAME.format(canonical))])


def _names_each(column: pd.Series) -> bool:
    keys = as_keys(column) if not pd.api.types.is_datetime64_any_dtype(column) else column
    return bool(keys.notna().all() and keys.is_unique)


def _is_text(column: pd.Series) -> bool:
    text = column.dropna()
    words = len(text) > 0 and text.map(lambda cell: isinstance(cell, str)).all()
    return bool(words and text.str.contains(r"[A-Za-zÄÖÜäöü]").mean() > 0.5)


def _fault(code: str, file: str, message: str, remedy: str) -> Finding:
    return Finding("error", code, file, message, remedy)
