"""From nothing to the first map: a fresh process, a fresh visitor on a warm server, and what the server keeps in memory.

`cold` goes from the start of the process to the painted map of the page Karte in a browser that waits with an empty
cache; `first map` from opening the page on a server that has been running, again with an empty cache. The home holds
the cities of 63, 542 and 11,000 areas. Memory is the resident set of the server: after its start, and with twenty open
sessions on Karte.
"""

from __future__ import annotations

import time
from statistics import median

from playwright.sync_api import Browser

from benchmarks import cities
from benchmarks.browsing import Slide, chromium, new_context
from benchmarks.result import Result, under
from benchmarks.serving import APP, Server, serve, wait_until_healthy

SIZES = (cities.SMALL, cities.MEDIUM, cities.LARGE)
FIRST_MAP_SECONDS = 3.0
STARTS, VISITS, SESSIONS = 3, 5, 20


def run() -> list[Result]:
    """Starts, visits and memory; needs Chromium."""
    home = cities.home(*SIZES)
    results = []
    with chromium() as browser:
        cold = [_cold_start(browser, str(home)) for _ in range(STARTS)]
        results.append(Result("process start to the first map, 542 areas", median(cold), "s"))
        with serve(APP, RAUMBLICK_HOME=str(home)) as server:
            started = server.memory_mb()
            results += [_first_map(browser, server, areas) for areas in SIZES]
            results.append(Result("memory of the server after its start", started, "MB", note="three cities"))
            grown = _sessions(browser, server)
            results.append(Result(f"memory of the server with {SESSIONS} sessions on Karte", grown, "MB"))
    return results


def _cold_start(browser: Browser, home: str) -> float:
    context = new_context(browser)
    with serve(APP, wait=False, RAUMBLICK_HOME=home) as server:
        wait_until_healthy(server)
        Slide(context, _karte(server, cities.MEDIUM), "canvas", settle=False)
        seconds = time.perf_counter() - server.started
        context.close()
    return seconds


def _first_map(browser: Browser, server: Server, areas: int) -> Result:
    """Opening Karte as a visitor who never was here; the first visit of all, which fills the caches, does not count."""
    seconds = []
    for _ in range(VISITS + 1):
        context = new_context(browser)
        seconds.append(Slide(context, _karte(server, areas), "canvas", areas, settle=False).opened_ms / 1000)
        context.close()
    what = f"first map on a warm server, {areas:,} areas"
    if areas == cities.LARGE:
        return Result(what, median(seconds[1:]), "s")
    return under(what, median(seconds[1:]), "s", FIRST_MAP_SECONDS)


def _sessions(browser: Browser, server: Server) -> float:
    """Memory with all sessions open and one step made in each."""
    context = new_context(browser)
    for n in range(SESSIONS):
        Slide(context, _karte(server, SIZES[n % 2]), "canvas").step()
    memory = server.memory_mb()
    context.close()
    return memory


def _karte(server: Server, areas: int) -> str:
    return f"{server.url}/karte?stadt={cities.city_id(areas)}"
