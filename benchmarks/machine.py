"""What a measurement was made on: cores, memory, versions, and how busy the machine was with other work."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import time
from importlib.metadata import version

import psutil

LIBRARIES = ("streamlit", "duckdb", "pandas", "numpy", "folium", "streamlit-folium", "plotly")
QUIET = 0.15  # share of all cores in use that still counts as an idle machine


def describe() -> str:
    """Cores, memory and versions in one line; nothing that names the machine."""
    memory = psutil.virtual_memory().total / 2**30
    parts = [f"{os.cpu_count()} cores", f"{memory:.0f} GB RAM", f"{platform.system()} {platform.machine()}"]
    parts += [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in LIBRARIES), chromium_version()]
    return ", ".join(parts)


def chromium_version() -> str:
    """Name and version of the system's browser."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        return "no Chromium"
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout.split()
    return " ".join(said[:2])


def wait_until_quiet(seconds: float) -> float:
    """Wait until other work leaves the processor alone, at most `seconds`; returns the share of all cores in use (0 to 1).

    Call it while nothing of ours runs.
    """
    ends = time.monotonic() + seconds
    while True:
        busy = psutil.cpu_percent(interval=2.0) / 100
        if busy <= QUIET or time.monotonic() >= ends:
            return busy
