"""Visitors without a browser: they speak Streamlit's websocket, go from page to page and note what went wrong."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlencode

import websockets
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PAGES = (
    "", "karte", "steckbrief", "vergleich", "schwerpunktraeume", "suche", "prognose", "luecken", "angebote", "uebergaenge",
    "planspiel", "budgetstand", "waswaerewenn", "verteilung", "risiko", "quellen", "import", "methodik", "protokoll",
)  # fmt: skip
AREAS = [f"{ten}{one}" for ten, many in enumerate((7, 6, 6, 6, 8, 5, 6, 6, 6, 7)) for one in range(many)]  # of Musterstadt
SAME = 0.5  # part of the steps that stay on the page and look at another area
THINK = (3.0, 9.0)  # seconds between two pages
PATIENCE = 90.0  # seconds a page may take on a busy machine
STAY = 12  # pages after which a visitor leaves and comes back as a new session
_FAILED = ForwardMsg.FINISHED_WITH_COMPILE_ERROR


@dataclass
class Visits:
    """What all visitors saw together: pages that were shown, faults by their text, and by page the seconds of its steps."""

    pages: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


async def visit(
    url: str, number: int, ends: float, visits: Visits, think: tuple[float, float] = THINK, most: float = float("inf")
) -> None:
    """One visitor until `ends` (`time.monotonic`) or until all saw `most` pages, who leaves and comes back now and then.

    Args:
        url: of the server, http://...
        number: which visitor; decides what is looked at.
        ends: when to stop.
        visits: where pages and faults are counted.
        think: seconds between two steps, from and to.
    """
    draw = random.Random(number)
    await asyncio.sleep(draw.random() * think[1])
    while time.monotonic() < ends and visits.pages < most:
        try:
            address = url.replace("http", "ws", 1) + "/_stcore/stream"
            async with websockets.connect(address, subprotocols=["streamlit"], max_size=None) as socket:  # type: ignore[list-item]
                page = ""
                for _ in range(STAY):
                    if time.monotonic() >= ends or visits.pages >= most:
                        break
                    page = page if draw.random() < SAME else draw.choice(PAGES)
                    await _look(socket, draw, visits, page)
                    await asyncio.sleep(draw.uniform(*think))
        except (OSError, websockets.WebSocketException, TimeoutError) as error:
            visits.faults[f"Verbindung: {type(error).__name__}: {str(error)[:120]}"] += 1
            await asyncio.sleep(1.0)


async def _look(socket: websockets.ClientConnection, draw: random.Random, visits: Visits, page: str) -> None:
    """Ask for a page with one area chosen and read until it stands."""
    began = time.monotonic()
    asked = BackMsg()
    asked.rerun_script.page_name = page
    asked.rerun_script.query_string = urlencode({"gebiet": draw.choice(AREAS), "ebene": "ortsteil"})
    await socket.send(asked.SerializeToString())
    async with asyncio.timeout(PATIENCE):
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(bytes(await socket.recv(decode=False)))
            fault = _fault(answer)
            if fault:
                visits.faults[f"Seite „{page or 'ueberblick'}“: {fault}"] += 1
            kind = answer.WhichOneof("type")
            if kind == "script_finished" and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                break
    visits.seconds[page].append(time.monotonic() - began)
    visits.pages += 1


def _fault(answer: ForwardMsg) -> str:
    """What is wrong with a message of the server, empty when nothing is."""
    kind = answer.WhichOneof("type")
    if kind == "page_not_found":
        return "Seite nicht gefunden"
    if kind == "script_finished" and answer.script_finished == _FAILED:
        return "Seite lief nicht zu Ende"
    if kind != "delta" or answer.delta.WhichOneof("type") != "new_element":
        return ""
    element = answer.delta.new_element
    if element.WhichOneof("type") == "exception":
        return f"{element.exception.type}: {element.exception.message[:120]}"
    if element.WhichOneof("type") == "alert" and element.alert.format == Alert.ERROR:
        return element.alert.body[:120]
    return ""
