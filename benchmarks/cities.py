"""Invented cities of 63, 542 and 11,000 areas, each with a snapshot in one home; made once for all benchmarks of a run."""

from __future__ import annotations

import atexit
import datetime as dt
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

from raumblick.catalogue import load_catalogue
from raumblick.demo import write_demo
from raumblick.ingest import ingest
from raumblick.settings import Settings

SMALL, MEDIUM, LARGE = 63, 542, 11_000
INDICATOR = "sgb2_u15"  # what the page Karte shows first
LEFT_OUT = {"population", "area_share", "facility"}  # of the large city: ten million rows that no map needs
YEARS = {LARGE: (2018, 2025)}
CHOSEN = {LARGE: (INDICATOR, "but_rate", "unemp")}


@cache
def workshop() -> Path:
    """A temporary folder that is removed when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="raumblick-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def city_id(areas: int) -> str:
    """Key of the invented city with that many areas."""
    return f"stadt{areas}"


@cache
def package(areas: int) -> Path:
    """Data package of the city; the one of 11,000 areas has three indicators over eight years and no residents."""
    years, chosen = YEARS.get(areas, (2015, 2025)), CHOSEN.get(areas)
    folder = write_demo(workshop() / "packages" / city_id(areas), areas=areas, years=years, indicators=chosen)
    descriptor = folder / "datapackage.json"
    content = json.loads(descriptor.read_text(encoding="utf-8"))
    before, after = content["name"], city_id(areas)
    content |= {"name": after, "title": f"Stadt mit {areas} Ortsteilen"}
    if areas == LARGE:
        content["resources"] = [r for r in content["resources"] if r["name"] not in LEFT_OUT]
    descriptor.write_text(json.dumps(content), encoding="utf-8")
    for name in ("area", "observation"):
        file = folder / f"{name}.csv"
        file.write_text(file.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    return folder


@cache
def home(*sizes: int) -> Path:
    """Home with a snapshot of each of these cities.

    Raises:
        RuntimeError: an import found errors.
    """
    folder = workshop() / ("home-" + "-".join(map(str, sizes)))
    for areas in sizes:
        done = ingest(package(areas), Settings(home=folder), load_catalogue(), dt.datetime.now(dt.UTC))
        if done.snapshot_id is None:
            raise RuntimeError(f"import of {areas} areas failed: {[str(f) for f in done.findings[:5]]}")
    return folder
