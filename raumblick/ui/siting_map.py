"""The folium map of the Standort-Planspiel: who gains and loses, the offers, and what was clicked.

Leaflet and jQuery come from the server itself (`server.py`), nothing is asked of another host. Whatever is imported is
written into the map as text: names pass `_plain`.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import folium
import pandas as pd
import streamlit as st

from raumblick.answers.plays import Contrast
from raumblick.answers.siting import PLACE, Play
from raumblick.snapshot.store import Store
from raumblick.ui import charts, selection
from raumblick.ui import format as fmt
from raumblick.ui.palette import DIVERGING, GROUND

SCRIPTS = [("leaflet", "/leaflet/leaflet.js"), ("jquery", "/jquery/jquery.min.js")]
STYLES = [("leaflet_css", "/leaflet/leaflet.css")]
POINT = "punkt"  # the place that was clicked last, in the address: latitude, longitude
_PLACE = re.compile(r"(-?\d{1,2}\.\d{1,7}),(-?\d{1,3}\.\d{1,7})")
_SEEN = "_siting_seen"  # the clicks that were taken already
_MOST_SHAPES = 200  # with more areas borders are drawn coarser
_MANY = 800  # offers: more are drawn smaller
_VISIBLE = 0.02  # of the largest gain: less is no fill
_NOTHING = 1e-6  # places


def here() -> tuple[float, float] | None:
    """The place that was clicked last (latitude, longitude)."""
    found = _PLACE.fullmatch(selection.text(POINT))
    return (float(found[1]), float(found[2])) if found else None


def draw(store: Store, result: Play, better: pd.DataFrame | None, gain: pd.Series) -> None:
    """The map, filled by `gain` (places that the children of an area reach more, by area_id); a click on the ground is kept as
    a place, a click on an offer chooses it.

    The borders and today's offers stay in the browser; only what a move changes is sent again, and the zoom stays.
    """
    from streamlit_folium import st_folium  # registers its files with the running server: not before there is one

    shown = folium.Map(tiles=None, attributionControl=False, zoom_snap=0.25)
    shown.default_js, shown.default_css = SCRIPTS, STYLES
    ground, unchanged = GROUND.of(charts.is_dark())[0], DIVERGING.of(charts.is_dark())[2]
    figure = shown.get_root()
    assert isinstance(figure, folium.Figure)
    figure.header.add_child(folium.Element(f"<style>.leaflet-container {{ background: {ground}; }}</style>"))
    for name, height in (("boden", 340), ("gewinn", 350), ("grenzen", 360)):  # all below the offers
        folium.map.CustomPane(name, z_index=height).add_to(shown)
    shapes = _shapes(store)
    line = charts.grey_ink(3)
    _polygons(shapes["geojson"], "boden", lambda _: {"fillColor": unchanged, "fillOpacity": 0.85, "weight": 0}).add_to(shown)
    _polygons(shapes["geojson"], "grenzen", lambda _: {"fill": False, "color": line, "weight": 0.8}).add_to(shown)
    _today(result).add_to(shown)
    west, south, east, north = shapes["bounds"]
    shown.fit_bounds([[south, west], [north, east]])
    changed = folium.FeatureGroup(name="Variante")
    for layer in (*_gains(gain, shapes), *_changed(result), *_proposed(better)):
        layer.add_to(changed)
    got = st_folium(
        shown, key="planspiel_map", height=560, use_container_width=True, feature_group_to_add=changed,
        returned_objects=["last_clicked", "last_object_clicked"],
    )  # fmt: skip
    st.caption(
        "Orange: Kinder erreichen mehr Plätze, violett: weniger. Große Punkte: neu (orange) oder geändert (blau); hohle: "
        "geschlossen oder verlegt. Ein Klick wählt ein Angebot oder einen Ort."
    )
    _take(result, got or {})


def filled(result: Play, both: Contrast | None) -> pd.Series:
    """What the map shows: places gained against today, or against the variant that is compared."""
    against = "heute"
    if both is not None:
        words = {"heute": "gegen heute", "zweite": "gegen die verglichene Variante"}
        against = selection.select(
            "gegen_was", "Karte zeigt", list(words), words.__getitem__, "zweite", "segmented_control", required=True,
            label_visibility="collapsed",
        )  # fmt: skip
    rows = both.areas if both is not None and against == "zweite" else result.areas
    return rows.set_index("area_id")["gain"]


@st.cache_resource(max_entries=8, show_spinner=False)
def _shapes_of(key: tuple[str, str, str], _store: Store) -> dict[str, Any]:
    polygons = _store.polygons()
    tolerance = 0.0004 if len(polygons) > _MOST_SHAPES else 0.0001
    simple = polygons.assign(geometry=polygons.geometry.simplify(tolerance, preserve_topology=True))
    return {"geojson": json.loads(simple.to_json()), "bounds": tuple(map(float, polygons.total_bounds))}


def _shapes(store: Store) -> dict[str, Any]:
    return _shapes_of(store.cache_key, store)


def _polygons(geojson: dict[str, Any], pane: str, style: Callable[[dict[str, Any]], dict[str, Any]]) -> folium.GeoJson:
    return folium.GeoJson(geojson, style_function=style, smooth_factor=0, pane=pane, interactive=False)


def _gains(gain: pd.Series, shapes: dict[str, Any]) -> list[folium.GeoJson]:
    """The areas whose children gain or lose, two steps each way; none where nothing changes."""
    most = float(gain.abs().max()) if gain.notna().any() else 0.0
    part = (gain.fillna(0.0) / max(most, 1e-9)).loc[lambda v: v.abs() >= _VISIBLE]
    if most <= _NOTHING or not len(part):
        return []
    steps = DIVERGING.of(charts.is_dark())
    fills = {area: steps[(4 if p > 0.4 else 3) if p > 0 else (0 if p < -0.4 else 1)] for area, p in part.items()}
    found = [feature for feature in shapes["geojson"]["features"] if feature["properties"]["area_id"] in fills]
    style = {"fillOpacity": 0.85, "weight": 0}
    return [
        _polygons(
            {"type": "FeatureCollection", "features": found}, "gewinn",
            lambda feature: style | {"fillColor": fills[feature["properties"]["area_id"]]},
        )  # fmt: skip
    ]


def _today(result: Play) -> folium.GeoJson:
    """The offers as they are today: one layer, because a large city has thousands."""
    rows = result.base.supply.offers.dropna(subset=["lon", "lat"])
    points = [
        {"type": "Feature", "id": str(number), "properties": {"text": _tip(str(row.name_), row.places_licensed)},
         "geometry": {"type": "Point", "coordinates": [round(float(row.lon), 6), round(float(row.lat), 6)]}}
        for number, row in enumerate(rows.rename(columns={"name": "name_"}).itertuples())
    ]  # fmt: skip
    color = charts.grey_ink(4)
    radius = 3.5 if len(points) <= _MANY else 2.0
    marker = folium.CircleMarker(radius=radius, color=color, weight=radius / 2.5, fill=True, fill_color=color, fill_opacity=0.9)
    tooltip = folium.GeoJsonTooltip(fields=["text"], labels=False) if points else None
    return folium.GeoJson({"type": "FeatureCollection", "features": points}, marker=marker, tooltip=tooltip)


def _tip(name: str, places: Any, state: str = "") -> str:
    words = [state] if state else []
    words.append(f"{fmt.number(places)} Plätze" if fmt.known(places) else "Platzzahl fehlt")
    return _plain(f"{name} ({', '.join(words)})")


def _changed(result: Play) -> list[folium.CircleMarker]:
    """What the moves change: new, grown and moved offers large, closed ones and left places hollow; and the clicked place."""
    grey, ground, ring = charts.grey_ink(4), GROUND.of(charts.is_dark())[0], "#ffffff" if charts.is_dark() else "#000000"
    markers = []
    for row in result.sites[result.sites["state"] != "bleibt"].dropna(subset=["lon", "lat"]).itertuples():
        tip = _tip(str(row.name), row.places, str(row.state))
        if row.state == "geschlossen":
            look = {"radius": 7, "color": grey, "fill_color": ground}
        else:
            color = charts.warm_ink() if row.state == "neu" else charts.focus_ink()
            look = {"radius": 9, "color": ring, "fill_color": color}
        markers.append(_marker((float(row.lat), float(row.lon)), tip, **look))
    before = result.base.supply.offers.set_index("facility_id")
    for move in result.moves:
        if move.kind == PLACE and fmt.known(before.at[move.facility, "lat"]):
            left = (float(before.at[move.facility, "lat"]), float(before.at[move.facility, "lon"]))
            name = _plain(f"{before.at[move.facility, 'name']} (bisheriger Ort)")
            markers.append(_marker(left, name, radius=5, color=grey, fill_color=ground))
    place = here()
    taken = {(round(move.lat, 5), round(move.lon, 5)) for move in result.moves}
    if place and place not in taken:
        markers.append(folium.CircleMarker(place, radius=6, color=ring, weight=3, fill=False, tooltip="gewählter Ort"))
    return markers


def _marker(place: tuple[float, float], tip: str, **look: Any) -> folium.CircleMarker:
    return folium.CircleMarker(place, tooltip=tip, weight=1.5, fill=True, fill_opacity=0.9, **look)


def _proposed(better: pd.DataFrame | None) -> list[folium.CircleMarker]:
    """Proposals as rings."""
    markers, ring = [], charts.warm_ink()
    for number, row in enumerate(() if better is None else better.itertuples(), start=1):
        tip = _plain(f"Vorschlag {number}: {row.area}")
        markers.append(folium.CircleMarker((row.lat, row.lon), radius=9, color=ring, weight=3, fill=False, tooltip=tip))
    return markers


def _plain(text: str) -> str:
    """Text for a tooltip: no HTML, and nothing that JavaScript would read in a template."""
    return "".join(f"&#{ord(c)};" if c in "`$\\{}'\"<>&" else c for c in html.unescape(str(text)))


def _take(result: Play, got: dict[str, Any]) -> None:
    """What was clicked since: the offer under the click, else a place on the ground."""
    seen = st.session_state.get(_SEEN, {})
    if got == seen:
        return
    st.session_state[_SEEN] = dict(got)
    clicked = got.get("last_object_clicked")
    on_offer = bool(clicked) and clicked != seen.get("last_object_clicked")
    clicked = clicked if on_offer else got.get("last_clicked")
    if not clicked:
        return
    lat, lon = float(clicked["lat"]), float(clicked["lng"])
    sites = result.sites[~result.sites["state"].isin(["neu", "geschlossen"])].dropna(subset=["lon", "lat"])
    near = ((sites["lat"].astype(float) - lat) ** 2 + (sites["lon"].astype(float) - lon) ** 2) < 1e-9
    if on_offer and near.any():
        selection.put("angebot", str(sites.loc[near, "facility_id"].iloc[0]))
    elif not on_offer:
        selection.put(POINT, f"{lat:.5f},{lon:.5f}")
        selection.put("ort", POINT)
    selection.again()
