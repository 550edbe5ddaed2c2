"""From a key on the slider of a weight to the new map of Schwerpunkträume, in the system's Chromium, at 542 areas.

The peer is an empty rerun (a slider and a text that echoes it) on a server with the same settings; both take turns, a few
steps each; medians. The time goes from the key press to the end of the frame that paints the complete picture. That picture
comes from few repetitions; the page with all of them follows when the slider has rested for 350 ms.
"""

from __future__ import annotations

from statistics import median

from benchmarks import cities
from benchmarks.browsing import Slide, chromium, new_context, take_turns
from benchmarks.result import Result
from benchmarks.serving import APP, PEERS, serve

LABEL = "Kinder unter 15 Jahren im SGB-II-Bezug"
LIMIT = 1.5  # times an empty rerun


def run() -> list[Result]:
    """Measure steps of a weight against empty reruns; needs Chromium."""
    areas = cities.MEDIUM
    environment = {"RAUMBLICK_HOME": str(cities.home(areas)), "BENCH_PACKAGES": str(cities.package(areas).parent)}
    with serve(PEERS, **environment) as peers, serve(APP, **environment) as app, chromium() as browser:
        context = new_context(browser)
        address = f"{app.url}/schwerpunktraeume?stadt={cities.city_id(areas)}"
        slides = {
            "empty": Slide(context, f"{peers.url}/?page=empty", "text"),
            "weight": Slide(context, address, "canvas", areas, label=LABEL),
        }
        steps = take_turns(slides)
        context.close()
    ms = {name: median(step.ms for step in found) for name, found in steps.items()}
    last = median(step.last for step in steps["weight"])
    note = f"{last:.0f} ms of it until the server's last message"
    return [
        Result("542 areas: weight to new map", ms["weight"], "ms", "empty rerun", ms["empty"], LIMIT, note),
        Result("542 areas: weight, longest blank moment", max(step.blank for step in steps["weight"]), "ms"),
    ]
