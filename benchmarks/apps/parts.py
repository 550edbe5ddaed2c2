"""The same invented numbers on three maps: our component, stock folium, plotly."""

from __future__ import annotations

import gc
import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import branca.colormap
import folium
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from raumblick.settings import load_settings
from raumblick.snapshot.publish import Shelf
from raumblick.ui.area_maps import MOST_WITH_INTERVALS
from raumblick.ui.map import AreaMap, area_map

YEARS = (2015, 2025)
CLASS_NAMES = ("unter 20", "20 bis unter 30", "30 bis unter 40", "40 bis unter 50", "50 und mehr")
HEIGHT = 560
SCRIPTS = [("leaflet", "/leaflet/leaflet.js"), ("jquery", "/jquery/jquery.min.js")]
STYLES = [("leaflet_css", "/leaflet/leaflet.css")]


@dataclass(frozen=True)
class Areas:
    """Areas of one city: keys in ascending order, their polygons, a point in the middle, and our map file's address."""

    ids: tuple[str, ...]
    geojson: dict
    middle: tuple[float, float]
    geometry_url: str


@cache
def load(city: str) -> Areas:
    """Read the polygons of the data package; the snapshot has the same areas."""
    geojson = json.loads((Path(os.environ["BENCH_PACKAGES"]) / city / "area.geojson").read_text(encoding="utf-8"))
    geojson["features"].sort(key=lambda feature: feature["properties"]["area_id"])
    ids = tuple(feature["properties"]["area_id"] for feature in geojson["features"])
    corners = (np.ravel(feature["geometry"]["coordinates"][0][0])[:2] for feature in geojson["features"])
    lon, lat = np.mean([*corners], axis=0)
    gc.freeze()  # millions of numbers in lists: without this, every rerun of every page would pay for looking through them
    shelf = Shelf(load_settings().home, city)
    return Areas(ids, geojson, (float(lat), float(lon)), f"/geo/{city}/{shelf.current()}/ortsteil.json")


def values(count: int, year: int) -> np.ndarray:
    """A number from 10.3 to 59.3 for each area; every area changes its class every year."""
    return 10.3 + (np.arange(count) * 7 + (year - YEARS[0]) * 13) % 50


def component(areas: Areas, year: int) -> None:
    """Our map with intervals and hatching, as the page Karte shows it."""
    numbers, few = values(len(areas.ids), year), len(areas.ids) <= MOST_WITH_INTERVALS
    shown = AreaMap(
        geometry_url=areas.geometry_url,
        classes=(numbers // 10).astype(int) - 1,
        values=numbers,
        low=numbers - 3 if few else None,
        high=numbers + 3 if few else None,
        uncertain=np.arange(len(numbers)) % 5 == year % 5,
        class_names=CLASS_NAMES,
        title=f"Quote, {year}",
        unit="%",
        height=HEIGHT,
    )
    area_map(shown, "map")


def stock_folium(areas: Areas, year: int) -> None:
    """folium.Choropleth as its documentation shows it, without tiles and without the legend that loads d3 from a host."""
    from streamlit_folium import st_folium  # registers its files with the running server: not before there is one

    frame = pd.DataFrame({"area_id": areas.ids, "value": values(len(areas.ids), year)})
    shown = folium.Map(location=areas.middle, zoom_start=11, tiles=None)
    shown.default_js, shown.default_css = SCRIPTS, STYLES
    layer = folium.Choropleth(
        geo_data=areas.geojson,
        data=frame,
        columns=["area_id", "value"],
        key_on="feature.properties.area_id",
        fill_color="YlGnBu",
    )
    for key, child in list(layer._children.items()):
        if isinstance(child, branca.colormap.ColorMap):
            del layer._children[key]
    layer.add_to(shown)
    st_folium(shown, height=HEIGHT, use_container_width=True)


def plotly_map(areas: Areas, year: int) -> None:
    """plotly's choropleth map on an empty ground."""
    trace = go.Choroplethmap(
        geojson=areas.geojson,
        locations=areas.ids,
        z=values(len(areas.ids), year),
        featureidkey="properties.area_id",
        meta=year,
    )
    lat, lon = areas.middle
    figure = go.Figure(trace, {"map": {"style": "white-bg", "zoom": 9, "center": {"lat": lat, "lon": lon}}, "height": HEIGHT})
    st.plotly_chart(figure, key="map")


DRAW = {"component": component, "folium": stock_folium, "plotly": plotly_map}
