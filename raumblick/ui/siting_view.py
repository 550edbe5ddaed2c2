"""The parts of the Standort-Planspiel: the folium map, the moves, what they change.

Leaflet and jQuery come from the server itself (`server.py`), nothing is asked of another host. Whatever is imported is
written into the map as text: names pass `_plain`.
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from typing import Any

import folium
import pandas as pd
import streamlit as st

from raumblick.answers.siting import CLOSE, NEW, PLACE, PLACES, Move, MoveError, Play, moves_text, read_moves
from raumblick.snapshot.store import Store
from raumblick.ui import charts, layout, selection, tables
from raumblick.ui import format as fmt
from raumblick.ui.layout import escape
from raumblick.ui.palette import DIVERGING, GREYS

SCRIPTS = [("leaflet", "/leaflet/leaflet.js"), ("jquery", "/jquery/jquery.min.js")]
STYLES = [("leaflet_css", "/leaflet/leaflet.css")]
_HERE = "_siting_here"  # the point that was clicked last: (lat, lon)
_FILL = {"neu": 4, "geändert": 3, "verlegt": 3, "bleibt": 0, "geschlossen": 0}
_MOST_SHAPES = 200  # with more areas borders are drawn coarser
POINT = "Punkt auf der Karte"


def moves() -> tuple[Move, ...]:
    """The variant of the address; what nobody understands is said and dropped."""
    try:
        return read_moves(selection.text("variante"))
    except MoveError as error:
        st.warning(f"Die Variante in der Adresse gilt nicht: {escape(str(error))} Gezeigt wird der Stand von heute.")
        selection.forget("variante")
        return ()


def add(move: Move) -> None:
    """Add a move to the variant; a later move of the same offer replaces an earlier one of its kind."""
    kept = [m for m in moves() if move.kind == NEW or (m.kind, m.facility) != (move.kind, move.facility)]
    if move.kind == CLOSE:
        kept = [m for m in kept if m.facility != move.facility]
    selection.put("variante", moves_text([*kept, move]))


def drop(number: int) -> None:
    """Take one move out of the variant."""
    kept = [m for i, m in enumerate(moves()) if i != number]
    selection.put("variante", moves_text(kept)) if kept else selection.forget("variante")


def sentence(result: Play, name: str) -> str:
    """Who gains and who loses, and what happens to the areas below the target."""
    if not result.moves:
        return (
            f"**{escape(name)}**: Auf die Karte klicken, ein Angebot eröffnen, vergrößern, verlegen oder schließen und sehen, "
            "wer gewinnt und wer verliert."
        )
    said = f"Mit **{len(result.moves)} {'Änderung' if len(result.moves) == 1 else 'Änderungen'}** erreichen "
    said += f"{fmt.number(result.winning)} Kinder mehr Plätze als heute, {fmt.number(result.losing)} weniger."
    if result.base.target is not None:
        before, after = result.below
        said += f" In Reichweite unter dem Zielwert liegen heute {before} Gebiete, dann **{after}**."
    return said


def draw(store: Store, result: Play, better: pd.DataFrame | None) -> None:
    """The map; a click on the ground is kept as a place, a click on an offer chooses it."""
    from streamlit_folium import st_folium  # registers its files with the running server: not before there is one

    shown = folium.Map(tiles=None, attributionControl=False, zoom_snap=0.25)
    shown.default_js, shown.default_css = SCRIPTS, STYLES
    ground = "#0b0e12" if charts.is_dark() else "#ffffff"
    figure = shown.get_root()
    assert isinstance(figure, folium.Figure)
    figure.header.add_child(folium.Element(f"<style>.leaflet-container {{ background: {ground}; }}</style>"))
    shapes = _shapes(store)
    _areas(result, shapes).add_to(shown)
    for marker in _sites(result, better):
        marker.add_to(shown)
    west, south, east, north = shapes["bounds"]
    shown.fit_bounds([[south, west], [north, east]])
    got = st_folium(
        shown, key="planspiel_map", height=560, use_container_width=True,
        returned_objects=["last_clicked", "last_object_clicked"],
    )  # fmt: skip
    _take(result, got or {})


@st.cache_resource(max_entries=8, show_spinner=False)
def _shapes_of(key: tuple[str, str, str], _store: Store) -> dict[str, Any]:
    polygons = _store.polygons()
    tolerance = 0.0004 if len(polygons) > _MOST_SHAPES else 0.0001
    simple = polygons.assign(geometry=polygons.geometry.simplify(tolerance, preserve_topology=True))
    return {"geojson": json.loads(simple.to_json()), "bounds": tuple(map(float, polygons.total_bounds))}


def _shapes(store: Store) -> dict[str, Any]:
    return _shapes_of(store.cache_key, store)


def _areas(result: Play, shapes: dict[str, Any]) -> folium.GeoJson:
    """Borders, filled where children gain or lose."""
    palette, grey = (DIVERGING.dark, GREYS.dark) if charts.is_dark() else (DIVERGING.light, GREYS.light)
    change = result.areas.set_index("area_id")["gain"].fillna(0.0)
    most = max(float(change.abs().max()), 1e-9)

    def style(feature: dict[str, Any]) -> dict[str, Any]:
        part = float(change.get(feature["properties"]["area_id"], 0.0)) / most
        step = 2 if abs(part) < 0.02 else (4 if part > 0.4 else 3) if part > 0 else (0 if part < -0.4 else 1)
        fill = palette[step]
        return {"fillColor": fill, "fillOpacity": 0.85, "color": grey[3], "weight": 0.8}

    return folium.GeoJson(shapes["geojson"], style_function=style, name="Gebiete", smooth_factor=0)


def _sites(result: Play, better: pd.DataFrame | None) -> list[folium.CircleMarker]:
    """Offers as circles; closed ones are hollow, proposals are numbered."""
    grey = GREYS.dark if charts.is_dark() else GREYS.light
    strong = {"neu": "#ad5b27", "geändert": "#0d4673", "verlegt": "#0d4673"}
    markers = []
    for row in result.sites.dropna(subset=["lon", "lat"]).itertuples():
        color = strong.get(str(row.state), grey[4])
        places = f"{fmt.number(row.places)} Plätze" if fmt.known(row.places) else "Platzzahl fehlt"
        tip = _plain(f"{row.name} ({row.state}, {places})")
        markers.append(
            folium.CircleMarker(
                (float(row.lat), float(row.lon)), radius=9 if row.state in strong else 3.5, color=color, weight=1.5,
                fill=row.state != "geschlossen", fill_color=color, fill_opacity=0.9, tooltip=tip,
            )  # fmt: skip
        )
    for number, row in enumerate(() if better is None else better.itertuples(), start=1):
        tip = _plain(f"Vorschlag {number}: {row.area}")
        markers.append(folium.CircleMarker((row.lat, row.lon), radius=11, color="#ad5b27", weight=3, fill=False, tooltip=tip))
    here = st.session_state.get(_HERE)
    if here:
        markers.append(folium.CircleMarker(here, radius=6, color="#000000", weight=3, fill=False, tooltip="gewählter Ort"))
    return markers


def _plain(text: str) -> str:
    """Text for a tooltip: no HTML, and nothing that JavaScript would read in a template."""
    return "".join(f"&#{ord(c)};" if c in "`$\\{}'\"<>&" else c for c in html.unescape(str(text)))


def _take(result: Play, got: dict[str, Any]) -> None:
    """What was clicked: the nearest offer within a hair's breadth, else a place on the ground."""
    clicked = got.get("last_object_clicked") or got.get("last_clicked")
    if not clicked or clicked == st.session_state.get("_siting_seen"):
        return
    st.session_state["_siting_seen"] = clicked
    lat, lon = float(clicked["lat"]), float(clicked["lng"])
    sites = result.sites.dropna(subset=["lon", "lat"])
    near = ((sites["lat"].astype(float) - lat) ** 2 + (sites["lon"].astype(float) - lon) ** 2) < 1e-9
    if got.get("last_object_clicked") and near.any():
        selection.put("angebot", str(sites.loc[near, "facility_id"].iloc[0]))
    else:
        st.session_state[_HERE] = (lat, lon)
    st.rerun()


def open_new(centres: pd.DataFrame, usual: int) -> None:
    """Controls of a new offer: where (clicked point or the middle of an area) and how many places."""
    here = st.session_state.get(_HERE)
    names = centres.set_index("area_id")["name"]
    options = [*([POINT] if here else []), *names.index]
    where = selection.select("ort", "Wo", options, lambda key: key if key == POINT else f"Mitte von {names[key]}", options[0])
    places = st.number_input("Plätze", 1, 2000, usual, step=5, key="w_siting_places")
    lat, lon = here if here and where == POINT else tuple(centres.set_index("area_id").loc[where, ["lat", "lon"]])
    st.button("Hier eröffnen", on_click=add, args=(Move(NEW, "", float(lat), float(lon), int(places)),), key="siting_open")


def change_one(result: Play) -> None:
    """Controls of an existing offer: its places, closing it, moving it to the clicked point."""
    sites = result.sites[~result.sites["state"].isin(["neu", "geschlossen"])].sort_values("name")
    if not len(sites):
        return
    names = dict(zip(sites["facility_id"], sites["name"], strict=True))
    chosen = selection.select("angebot", "Angebot", list(names), names.__getitem__, next(iter(names)))
    row = sites.set_index("facility_id").loc[chosen]
    now = int(row["places"]) if fmt.known(row["places"]) else 0
    places = st.number_input("Plätze dort", 0, 5000, now, step=5, key=f"w_siting_places_{chosen}")
    with st.container(horizontal=True):
        st.button("Plätze ändern", on_click=add, args=(Move(PLACES, chosen, places=int(places)),), disabled=int(places) == now)
        st.button("Schließen", on_click=add, args=(Move(CLOSE, chosen),))
        here = st.session_state.get(_HERE)
        lat, lon = here or (0.0, 0.0)
        st.button("Zum gewählten Punkt verlegen", on_click=add, args=(Move(PLACE, chosen, lat, lon),), disabled=here is None)


def listed(result: Play) -> None:
    """The moves of the variant, each with a way back."""
    if not result.moves:
        return
    names = result.sites.set_index("facility_id")["name"]
    for number, move in enumerate(result.moves):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{number + 1}. {_words(move, str(names.get(move.facility, '')))}", width="stretch")
            st.button("zurück", key=f"siting_drop_{number}", on_click=drop, args=(number,), help="Diese Änderung zurücknehmen")
    st.button("Alles zurück", on_click=selection.forget, args=("variante",), key="siting_reset")


def _words(move: Move, name: str) -> str:
    if move.kind == NEW:
        return f"Neues Angebot mit {move.places} Plätzen"
    if move.kind == PLACES:
        return f"{escape(name)}: {move.places} Plätze"
    return f"{escape(name)}: {'schließt' if move.kind == CLOSE else 'zieht um'}"


def areas_table(store: Store, result: Play, other: Play | None) -> None:
    """All areas, the largest gain first; beside it the variant that was kept for comparison."""
    rows = result.areas.assign(
        before_text=100 * result.areas["before"], after_text=100 * result.areas["after"], change_text=100 * result.areas["change"]
    )
    columns = [
        tables.Column("name", "Gebiet"), tables.Column("children", "Kinder", 0),
        tables.Column("before_text", "heute je 100 Kinder", 1), tables.Column("after_text", "Variante", 1),
        tables.Column("change_text", "Veränderung", 1),
    ]  # fmt: skip
    if other is not None:
        rows["other_text"] = 100 * other.areas["after"].to_numpy()
        columns.append(tables.Column("other_text", "gemerkte Variante", 1))
    columns.append(tables.Column("area_id", "Schlüssel"))
    tables.table(rows.sort_values("gain", ascending=False), columns, "Standort-Planspiel", store, "siting", state=None)


def compare(result: Play, other: Play | None) -> None:
    """Keep this variant, or show it beside the one that was kept."""
    with st.container(horizontal=True):
        st.button("Variante zum Vergleich merken", on_click=selection.put, args=("gemerkt", moves_text(result.moves)),
                  disabled=not result.moves, key="siting_keep")  # fmt: skip
        if other is not None:
            st.button("Vergleich beenden", on_click=selection.forget, args=("gemerkt",), key="siting_forget")
    if other is None:
        return
    named = (("heute", None, result), ("gemerkte Variante", other, other), ("diese Variante", result, result))
    rows = [(name, *_line(shown, base)) for name, shown, base in named]
    heads = ("Stand", "Änderungen", "Kinder mit mehr Plätzen", "mit weniger", "neu erreicht", "Gebiete unter dem Zielwert")
    st.table(pd.DataFrame(rows, columns=heads).set_index("Stand"))


def _line(shown: Play | None, base: Play) -> tuple[str, ...]:
    if shown is None:
        return ("0", "0", "0", "0", str(base.below[0]))
    numbers: Sequence[float] = (len(shown.moves), shown.winning, shown.losing, shown.newly_reached, shown.below[1])
    return tuple(fmt.number(n) for n in numbers)


def proposals(better: pd.DataFrame, places: int) -> None:
    """Where one more offer would help most, and a button for each."""
    if not len(better) or better["filled"].max() <= 0:
        st.markdown("Kein Ort füllt mit einem weiteren Angebot eine Lücke zum Zielwert.")
        return
    for number, row in enumerate(better.itertuples(), start=1):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"{number}. **{layout.escape(str(row.area))}**: {fmt.number(row.filled)} der {places} Plätze füllen eine Lücke; "
                f"{fmt.number(row.helped)} Kinder unter dem Zielwert in Reichweite.",
                width="stretch",
            )
            move = Move(NEW, "", float(row.lat), float(row.lon), places)
            st.button("eröffnen", key=f"siting_best_{number}", on_click=add, args=(move,))
