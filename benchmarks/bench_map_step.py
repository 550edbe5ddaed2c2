"""From a key on the year slider to the new map on screen, in the system's Chromium, at 63, 542 and 11,000 areas.

Compared are our component alone on a page, the page Karte of the real app, an empty rerun (a slider and a text that
echoes it), stock streamlit-folium with folium.Choropleth, and plotly's choropleth map. All run on servers with the
same settings; that the peers' server has its garbage frozen too is in their favour. A time goes from the key press to
the end of the frame that paints the complete picture. Pages take turns, a few steps each; medians. Bytes are what the
server sends until that picture, counted by a relay; the rest of the page Karte (sentence of the foot, tables, the address)
follows when the slider has rested for 350 ms and is given apart. A step of Karte is told apart by whether anybody asked for
that year before. The component paints one frame after the text of an empty rerun can: Streamlit calls components when the
frame with the page's own elements has been painted.
"""

from __future__ import annotations

from statistics import median

from playwright.sync_api import Browser

from benchmarks import cities
from benchmarks.browsing import Kind, Slide, Step, chromium, new_context
from benchmarks.result import Result, under
from benchmarks.serving import APP, PEERS, Server, serve
from benchmarks.tap import tap

KINDS: dict[str, Kind] = {"empty": "text", "component": "canvas", "karte": "canvas", "folium": "folium", "plotly": "plotly"}
OURS = ("component", "karte")
WARM, ROUNDS, EACH, EACH_SLOW = 2, 3, 7, 2  # steps before counting; rounds; steps a round; of peers with 11,000 areas
EMPTY_RERUNS = 40
TIMES = {cities.MEDIUM: 5, cities.LARGE: 10}  # how many times faster than stock folium
KILOBYTES = {cities.MEDIUM: 10.0, cities.LARGE: 60.0}


def run() -> list[Result]:
    """Measure all sizes; needs Chromium."""
    sizes = (cities.SMALL, cities.MEDIUM, cities.LARGE)
    home = cities.home(*sizes)
    environment = {"RAUMBLICK_HOME": str(home), "BENCH_PACKAGES": str(cities.package(cities.SMALL).parent)}
    with serve(PEERS, **environment) as peers, serve(APP, **environment) as app, chromium() as browser:
        results = [_empty_rerun(browser, peers)]
        for areas in sizes:
            results += _judge(areas, _measure(browser, peers, app, areas), _wire(browser, peers, app, areas))
    return results


def _empty_rerun(browser: Browser, peers: Server) -> Result:
    """Processor time of the whole server process for one empty rerun, the mean of many."""
    context = new_context(browser)
    slide = Slide(context, f"{peers.url}/?page=empty", "text")
    for _ in range(WARM):
        slide.step()
    before = peers.cpu_ms()
    for _ in range(EMPTY_RERUNS):
        slide.step()
    used = (peers.cpu_ms() - before) / EMPTY_RERUNS
    context.close()
    return under("empty rerun, processor time of the server", used, "ms", 20.0)


def _address(kind: str, peers: str, app: str, areas: int) -> str:
    city = cities.city_id(areas)
    return f"{app}/karte?stadt={city}" if kind == "karte" else f"{peers}/?page={kind}&city={city}"


def _measure(browser: Browser, peers: Server, app: Server, areas: int) -> dict[str, list[Step]]:
    """Steps of every kind of page; those of Karte for a year that was never asked for before as `karte, new year`."""
    context = new_context(browser)
    slides = {k: Slide(context, _address(k, peers.url, app.url, areas), kind, areas) for k, kind in KINDS.items()}
    steps: dict[str, list[Step]] = {kind: [] for kind in (*slides, "karte, new year")}
    asked = {slides["karte"].place, *(slides["karte"].step().place for _ in range(WARM))}
    for kind in KINDS:
        for _ in range(WARM if kind != "karte" else 0):
            slides[kind].step()
    for _ in range(ROUNDS):
        for kind, slide in slides.items():
            slow = areas == cities.LARGE and kind not in ("empty", *OURS)
            for _ in range(EACH_SLOW if slow else EACH):
                step = slide.step()
                new = kind == "karte" and step.place not in asked
                asked |= {step.place} if kind == "karte" else set()
                steps["karte, new year" if new else kind].append(step)
    for kind in OURS:
        steps[f"{kind}, pixels"] = [slides[kind].step(pixels=True) for _ in range(4)]
    context.close()
    return steps


def _wire(browser: Browser, peers: Server, app: Server, areas: int) -> dict[str, float]:
    """kB that the server sends for the picture of one step of every kind of page, the mean of three; of Karte also the rest."""
    sizes = {}
    with tap(peers.url) as to_peers, tap(app.url) as to_app:
        for kind, shown in KINDS.items():
            context = new_context(browser)
            slide = Slide(context, _address(kind, to_peers.url, to_app.url, areas), shown, areas)
            slide.step()
            picture = rest = 0
            for _ in range(3):
                before = to_peers.received + to_app.received
                slide.step(settle=False)
                there = to_peers.received + to_app.received
                slide.settle()
                picture, rest = picture + there - before, rest + to_peers.received + to_app.received - there
            sizes[kind] = picture / 3000
            if kind == "karte":
                sizes["karte, rest of the page"] = rest / 3000
            context.close()
    return sizes


def _judge(areas: int, steps: dict[str, list[Step]], size: dict[str, float]) -> list[Result]:
    """The lines of one size."""
    ms = {kind: median(step.ms for step in found) for kind, found in steps.items() if found}
    last = {kind: median(step.last for step in found) for kind, found in steps.items() if found}
    at, medium = f"{areas:,} areas", areas == cities.MEDIUM
    lines = []
    for kind, name in (("component", "component"), ("karte", "Karte, year known"), ("karte, new year", "Karte, new year")):
        note = f"{last[kind]:.0f} ms of it until the server's last message"
        lines.append(Result(f"{at}: {name}", ms[kind], "ms", "empty rerun", ms["empty"], 1.25 if medium else None, note))
        faster = 1 / TIMES[areas] if areas in TIMES else None
        lines.append(Result(f"{at}: {name}", ms[kind], "ms", "stock folium", ms["folium"], faster))
    lines.append(Result(f"{at}: component", ms["component"], "ms", "plotly map", ms["plotly"]))
    for kind in size:
        what, most = f"{at}: {kind}, sent a step", KILOBYTES.get(areas)
        lines.append(under(what, size[kind], "kB", most) if most and kind in OURS else Result(what, size[kind], "kB"))
    for kind in OURS:
        blank = max(step.blank for step in (*steps[kind], *steps[f"{kind}, pixels"]))
        lines.append(under(f"{at}: {kind}, longest blank moment", blank, "ms", 0.0))
    lines.append(Result(f"{at}: folium, longest blank moment", max(step.blank for step in steps["folium"]), "ms"))
    return lines
