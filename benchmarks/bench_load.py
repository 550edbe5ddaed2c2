"""Fifty people at once in one process: how long a step takes, what a session weighs, and whether memory grows.

Visitors speak the websocket of the app as a browser would, without drawing. A step goes from the request to the end of the
page: half of them open another of all pages, half another area on the same page. Before that one visitor opens every page
twice, so that what is cached for all is there. Memory of a session is what the server holds more with all fifty than
before, by fifty. The long walk has no time to think; its memory is the mean of the last fifth against that of the second.
`RAUMBLICK_LOAD_MINUTES` (5) and `RAUMBLICK_LOAD_STEPS` (24000) make it shorter.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Sequence
from statistics import mean, quantiles

import websockets

from benchmarks import cities, visitors
from benchmarks.result import Result, under
from benchmarks.serving import APP, Server, serve
from benchmarks.visitors import PAGES, Visits, visit

SESSIONS, TOGETHER = 50, 4
THINK = (6.0, 18.0)  # seconds between two steps of one person
STEP_MS, SESSION_MB, GROWTH = 300.0, 5.0, 0.10
SLOWEST = 6  # pages that get a line of their own


def run() -> list[Result]:
    """Fifty sessions, then the long walk."""
    minutes = float(os.environ.get("RAUMBLICK_LOAD_MINUTES", "5"))
    steps = int(os.environ.get("RAUMBLICK_LOAD_STEPS", "24000"))
    home = cities.home(cities.SMALL)
    with serve(APP, RAUMBLICK_HOME=str(home)) as server:
        asyncio.run(_warm(server))
        before = server.memory_mb()
        visits, memory, cpu = asyncio.run(_together(server, minutes * 60))
        results = _steps(visits, cpu)
        results.append(under(f"memory of a session, {SESSIONS} open", (max(memory) - before) / SESSIONS, "MB", SESSION_MB))
        results += asyncio.run(_long_walk(server, steps)) if steps else []
    return results


def _steps(visits: Visits, cpu: float) -> list[Result]:
    every = [ms for seconds in visits.seconds.values() for ms in _ms(seconds)]
    known = f"{visits.pages} steps, {SESSIONS} sessions, {THINK[0]:.0f} to {THINK[1]:.0f} s to think"
    results = [
        under("step, 95 of 100 are quicker", _p95(every), "ms", STEP_MS, note=known),
        Result("step, median", quantiles(every, n=2)[0], "ms"),
        Result("processor time of the server, of one core", cpu * 100, "%"),
        under("faults", sum(visits.faults.values()), "steps", 0.0, note="; ".join(visits.faults)[:200]),
    ]
    slow = sorted(((_p95(_ms(s)), page) for page, s in visits.seconds.items() if len(s) > 1), reverse=True)[:SLOWEST]
    return results + [Result(f"95 of 100 steps on {page or 'ueberblick'}", ms, "ms") for ms, page in slow]


async def _warm(server: Server) -> None:
    """One visitor on every page, twice."""
    address = server.url.replace("http", "ws", 1) + "/_stcore/stream"
    visits, draw = Visits(), random.Random(0)
    async with websockets.connect(address, subprotocols=["streamlit"], max_size=None) as socket:  # type: ignore[list-item]
        for page in (*PAGES, *PAGES):
            await visitors._look(socket, draw, visits, page)


async def _together(server: Server, seconds: float) -> tuple[Visits, list[float], float]:
    """All sessions for a while: what they saw, memory of the server (MB), and its processor time as a part of one core."""
    visits, memory = Visits(), []
    began, used = time.monotonic(), server.cpu_ms()
    tasks = [asyncio.create_task(visit(server.url, n, began + seconds, visits, THINK)) for n in range(SESSIONS)]
    while time.monotonic() < began + seconds:
        await asyncio.sleep(2.0)
        memory.append(server.memory_mb())
    cpu = (server.cpu_ms() - used) / 1000 / (time.monotonic() - began)
    await asyncio.gather(*tasks)
    return visits, memory, cpu


async def _long_walk(server: Server, steps: int) -> list[Result]:
    """A few sessions without a pause, until all steps are made."""
    visits, memory = Visits(), []
    tasks = [
        asyncio.create_task(visit(server.url, 1000 + n, float("inf"), visits, (0.0, 0.0), steps)) for n in range(TOGETHER)
    ]
    while not all(task.done() for task in tasks):
        await asyncio.sleep(1.0)
        memory.append(server.memory_mb())
    await asyncio.gather(*tasks)
    fifth = max(1, len(memory) // 5)
    first, last = mean(memory[fifth : 2 * fifth] or memory), mean(memory[-fifth:])
    what = f"growth of memory over {visits.pages:,} steps"
    return [
        under(what, max(last / first - 1, 0.0) * 100, "%", GROWTH * 100, note=f"{first:.0f} to {last:.0f} MB"),
        under("faults on the long walk", sum(visits.faults.values()), "steps", 0.0, note="; ".join(visits.faults)[:200]),
    ]


def _ms(seconds: Sequence[float]) -> list[float]:
    return [s * 1000 for s in seconds]


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1]
