"""From a key on a slider of the pages on money to the new sums and map, in the system's Chromium, at 63 areas.

Was-wäre-wenn: the slider of one area's amount; Verteilung: the slider of the base share. Both maps show the seven areas that
the plan of the invented city names. The peer is an empty rerun (a slider and a text that echoes it) on a server with the same
settings; all take turns, a few steps each; medians. The time goes from the key press to the end of the frame that paints the
complete map; tables follow when the slider has rested for 350 ms.
"""

from __future__ import annotations

from statistics import median

from benchmarks import cities
from benchmarks.browsing import Slide, chromium, new_context, take_turns
from benchmarks.result import Result
from benchmarks.serving import APP, PEERS, serve

PAGES = {  # what is moved -> (address, label of the slider)
    "Was-wäre-wenn, amount to new map": ("waswaerewenn?art=eins&einsgebiet=P2&einsl=okja&", "Veränderung gegen den Plan"),
    "Verteilung, base share to new map": ("verteilung?unter=ohne&ober=ohne&", "Sockel nach jungen Menschen"),
}
LIMIT = 1.5  # times an empty rerun


def run() -> list[Result]:
    """Measure steps of both sliders against empty reruns; needs Chromium."""
    areas = cities.SMALL
    environment = {"RAUMBLICK_HOME": str(cities.home(areas)), "BENCH_PACKAGES": str(cities.package(areas).parent)}
    with serve(PEERS, **environment) as peers, serve(APP, **environment) as app, chromium() as browser:
        context = new_context(browser)
        slides = {"empty": Slide(context, f"{peers.url}/?page=empty", "text")}
        for name, (address, label) in PAGES.items():
            slides[name] = Slide(context, f"{app.url}/{address}stadt={cities.city_id(areas)}", "canvas", 7, label=label)
        steps = take_turns(slides)
        context.close()
    ms = {name: median(step.ms for step in found) for name, found in steps.items()}
    lines = []
    for name in PAGES:
        note = f"{median(step.last for step in steps[name]):.0f} ms of it until the server's last message"
        lines.append(Result(name, ms[name], "ms", "empty rerun", ms["empty"], LIMIT, note))
        lines.append(Result(f"{name}, longest blank moment", max(step.blank for step in steps[name]), "ms"))
    return lines
