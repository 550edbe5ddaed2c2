"""The area map of every page: one class for each area, drawn on canvas by `frontend/map.js`.

The polygons are fetched by the browser once from `geometry_url` (format: `raumblick.snapshot.mapfile`); a rerun sends
only one character and one packed number for each area. Everything is aligned with the ascending area_id of that file.

    picked = area_map(AreaMap("/geo/musterstadt/20260115-1/ortsteil.json", classes=[0, 2, -1], values=[4.2, 17.0, None],
                              class_names=("unter 5", "5 bis unter 10", "10 und mehr"), title="SGB-II-Quote", unit="%"),
                      key="karte")
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from raumblick.ui import format as fmt
from raumblick.ui.palette import SEQUENTIAL, Palette

MISSING = -1  # class of an area without a number: "keine Angabe"
HIDDEN = -2  # class of an area whose number must not be shown: "geheim"
MAX_CLASSES = 10
COMPONENT = "raumblick.area_map"
_FIRST_CHAR = 40  # "(": class, hatch and dots of an area are one printable character that JSON need not escape


@dataclass(frozen=True)
class AreaMap:
    """What one map shows.

    `classes`: for each area 0 to len(class_names) - 1, MISSING or HIDDEN. `values`: numbers (None or NaN: no number)
    or texts, shown with `unit` on hover; numbers keep `digits` decimals and, when
    `signed`, a plus before gains. `low`, `high`: bounds of an interval, shown
    under `interval_name`. `uncertain` areas are hatched, `dotted` areas are dotted; their names stand in the legend.
    `selected` is outlined strongly, `highlight` lightly (both area_id). `title` is the accessible name and, with
    `unit`, the head of the legend; `description` is read to screen readers. `height` is the canvas height in px.
    """

    geometry_url: str
    classes: Sequence[int]
    values: Sequence[float | None] | Sequence[str]
    class_names: tuple[str, ...]
    title: str
    unit: str = ""
    digits: int = 1
    signed: bool = False
    description: str = ""
    palette: Palette = field(default=SEQUENTIAL)
    low: Sequence[float | None] | None = None
    high: Sequence[float | None] | None = None
    interval_name: str = "95-%-Bereich"
    uncertain: Sequence[bool] | None = None
    uncertain_name: str = "unsicher"
    dotted: Sequence[bool] | None = None
    dotted_name: str = "geschätzt"
    hidden_name: str = "geheim"
    selected: str | None = None
    highlight: tuple[str, ...] = ()
    height: int = 520


def area_map(m: AreaMap, key: str, on_select: Callable[[], None] | None = None) -> str | None:
    """Draw the map; the area_id that was clicked or chosen by keyboard in this very run, else None.

    The id comes from the browser: look it up among the known areas before use. With `on_select`, the callback runs
    before the page and finds the id in `st.session_state[key].select`.
    """
    result = _component()(
        key=key, data=payload(m), width="stretch", height="content", on_select_change=on_select or (lambda: None)
    )
    picked = result.get("select")
    return picked if isinstance(picked, str) else None


def payload(m: AreaMap) -> dict[str, Any]:
    """What goes over the wire for one step, ready for JSON: about 4 bytes an area, 9 with intervals.

    `version` is a hash of the rest; the canvas carries it as `data-version` when the picture is complete. Raises
    ValueError when lengths differ or a class has no name.
    """
    count = len(m.classes)
    colors = m.palette if len(m.palette.light) == len(m.class_names) else m.palette.pick(len(m.class_names))
    data: dict[str, Any] = {
        "geometry": m.geometry_url,
        "count": count,
        "codes": _codes(m),
        "digits": m.digits,
        "signed": m.signed,
        "classNames": list(m.class_names),
        "colors": list(colors.light),
        "colorsDark": list(colors.dark),
        "title": m.title,
        "unit": m.unit,
        "description": m.description,
        "names": {"uncertain": m.uncertain_name, "dotted": m.dotted_name, "hidden": m.hidden_name},
        "selected": m.selected,
        "highlight": list(m.highlight),
        "height": m.height,
        **_values(m, count),
    }
    digest = hashlib.blake2b(json.dumps(data, sort_keys=True).encode(), digest_size=6)
    return data | {"version": digest.hexdigest()}


def _codes(m: AreaMap) -> str:
    """One character an area: (class + 2) * 4 + hatched + 2 * dotted, from `(` on."""
    classes = np.asarray(m.classes, dtype=np.int64)
    if len(m.class_names) > MAX_CLASSES or (len(classes) and not HIDDEN <= classes.min() <= classes.max() < len(m.class_names)):
        raise ValueError(f"classes must be {HIDDEN} to {len(m.class_names) - 1}, at most {MAX_CLASSES} of them")
    code = (classes + 2) * 4 + _FIRST_CHAR
    for mask, weight in ((m.uncertain, 1), (m.dotted, 2)):
        if mask is not None:
            code = code + _same_length(np.asarray(mask, dtype=bool), len(classes)) * weight
    return bytes(code.astype(np.uint8)).decode("ascii")


def _values(m: AreaMap, count: int) -> dict[str, Any]:
    """Values and bounds; areas without a class send none, whatever the page passes."""
    shown = np.asarray(m.classes) >= 0
    if any(isinstance(v, str) for v in m.values):
        texts = _same_length(np.asarray(m.values, dtype=object), count)
        return {"texts": [str(text) if show else "" for text, show in zip(texts, shown, strict=True)]}

    def packed(numbers: Sequence[Any]) -> dict[str, Any]:
        return pack(np.where(shown, _same_length(np.asarray(numbers, dtype=float), count), np.nan), m.digits)

    data = {"values": packed(m.values)}
    if m.low is not None and m.high is not None:
        data |= {"low": packed(m.low), "high": packed(m.high)}
    return data | {"intervalName": m.interval_name}


def pack(numbers: np.ndarray, digits: int) -> dict[str, Any]:
    """Numbers as base64 of the smallest unsigned integers that keep `digits` decimals exactly.

    `min` is the smallest number times 10**digits; each number is `width` bytes, little endian, as the distance from
    it; all bits set means no number. Halves go up, as in the tables.
    """
    known = np.isfinite(numbers)
    exact = np.where(known, numbers, 0.0) * 10.0**digits
    scaled = np.rint(exact)
    for place in np.flatnonzero(np.abs(np.abs(exact - scaled) - 0.5) < 1e-6):  # (nearly) halves, by the table's own rule
        scaled[place] = float(fmt.rounded(float(numbers[place]), digits).scaleb(digits))
    smallest = int(scaled[known].min()) if known.any() else 0
    spread = int(scaled[known].max()) - smallest if known.any() else 0
    width = next(w for w in (1, 2, 3, 4, 6) if spread < 256**w - 1)
    distance = np.where(known, scaled - smallest, 256**width - 1).astype("<u8")
    octets = distance.view(np.uint8).reshape(-1, 8)[:, :width]
    return {"min": smallest, "width": width, "data": base64.b64encode(octets.tobytes()).decode("ascii")}


def _same_length(array: np.ndarray, count: int) -> np.ndarray:
    if len(array) != count:
        raise ValueError(f"{len(array)} entries for {count} areas")
    return array


def _component() -> Callable[..., Any]:
    """The mount command; our files are declared here, so that a checkout works without being installed."""
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(COMPONENT) is None:
        project, name = COMPONENT.split(".")
        manifest = ComponentManifest(project, "1", [ComponentConfig(name, asset_dir="frontend")])
        manager.register_from_manifest(manifest, Path(__file__).parent)
    return _declare()


@cache
def _declare() -> Callable[..., Any]:
    return st.components.v2.component(COMPONENT, js="map.js")
