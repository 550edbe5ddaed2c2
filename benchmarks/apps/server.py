"""A server with the settings of the real one (compression, page language, frozen garbage) for the pages that are compared.

Leaflet and jQuery of the folium page come from the installed packages: nothing is asked of another host.
"""

import gc
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
import xstatic.pkg.jquery
import xstatic.pkg.leaflet
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from raumblick.ui.web import IndexPage, geometry


@asynccontextmanager
async def lifespan(_):
    """What server.py does, with the libraries of the peers loaded as well."""
    import benchmarks.apps.parts  # noqa: F401

    gc.collect()
    gc.freeze()
    yield


app = st.App(
    Path(__file__).with_name("page.py"),
    lifespan=lifespan,
    routes=[
        Route("/geo/{city}/{snapshot}/{level}.json", geometry),
        Mount("/leaflet", StaticFiles(directory=xstatic.pkg.leaflet.BASE_DIR)),
        Mount("/jquery", StaticFiles(directory=xstatic.pkg.jquery.BASE_DIR)),
    ],
    middleware=[Middleware(GZipMiddleware, minimum_size=2000), Middleware(IndexPage)],
)
