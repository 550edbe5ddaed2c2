"""The Streamlit application object: map geometry, page language, warm start. Run it with `streamlit run server.py`."""

from __future__ import annotations

import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
import xstatic.pkg.jquery
import xstatic.pkg.leaflet
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from raumblick.settings import SettingsError, load_settings
from raumblick.ui.login_http import LoginRoutes, check_setup
from raumblick.ui.web import IndexPage, geometry, say_error, warm_up

ROOT = Path(__file__).resolve().parent

try:
    check_setup(load_settings())
except SettingsError as error:  # before anything is served
    sys.exit(f"Raumblick startet nicht: {error}")


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """Load everything once before the first visitor, then keep it out of all later collections of garbage."""
    warm_up()
    gc.collect()
    gc.freeze()
    yield


app = st.App(
    ROOT / "app.py",
    lifespan=lifespan,
    on_script_error=say_error,
    routes=[
        Route("/geo/{city}/{snapshot}/{level}.json", geometry),
        Mount("/leaflet", StaticFiles(directory=xstatic.pkg.leaflet.BASE_DIR)),  # of the Planspiel: from where pip put them
        Mount("/jquery", StaticFiles(directory=xstatic.pkg.jquery.BASE_DIR)),
    ],
    middleware=[Middleware(GZipMiddleware, minimum_size=2000), Middleware(IndexPage), Middleware(LoginRoutes)],
)
