"""A small application with one map of 63 made-up areas, served like the real one: geometry from a route of its own."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import streamlit as st
from starlette.responses import Response
from starlette.routing import Route

from raumblick.snapshot.mapfile import build_map

COLUMNS, ROWS = 9, 7
EVIL = "<img src=x onerror=alert(1)>"


def made_up_areas() -> gpd.GeoDataFrame:
    """A wavy grid, ids `00` (south-west) to `62`, row by row."""
    boxes = [shapely.box(i, j, i + 1, j + 1) for j in range(ROWS) for i in range(COLUMNS)]
    shapes = shapely.transform(
        shapely.segmentize(boxes, 0.1),
        lambda xy: (xy + 0.12 * np.sin(xy[:, ::-1] * 4.0 + xy * 1.3)) * 900 + (318_000, 5_690_000),
    )
    ids = [f"{n:02d}" for n in range(len(boxes))]
    return gpd.GeoDataFrame({"area_id": ids}, geometry=shapes, crs=25833).to_crs(4326)


def geometry() -> bytes:
    areas = made_up_areas()
    ids = pd.Series(areas["area_id"].to_numpy(), index=areas["area_id"].to_numpy())
    names = {key: f"Ortsteil {key}" for key in ids} | {"31": EVIL}
    return build_map(areas, {"ortsteil": ids}, names)["ortsteil"]


CONTENT = geometry()


async def geo(request) -> Response:
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(CONTENT, media_type="application/json", headers=headers)


app = st.App(Path(__file__).with_name("page.py"), routes=[Route("/geo/ortsteil.json", geo)])
