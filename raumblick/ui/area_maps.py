"""Answers as maps: class names, hatching and hover texts for the map component."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from raumblick.answers.measure import Measure
from raumblick.answers.priority import Ranking, Surety
from raumblick.answers.profile import area_list
from raumblick.answers.screen import Screening
from raumblick.answers.spread import Spread, SpreadChange
from raumblick.snapshot.store import Store
from raumblick.ui import format as fmt
from raumblick.ui import selection, session
from raumblick.ui.map import HIDDEN, MISSING, AreaMap, area_map
from raumblick.ui.palette import DIVERGING, SEQUENTIAL
from raumblick.ui.web import geometry_url

MOST_WITH_INTERVALS = 2000
MOST_WITH_TEXTS = 200


def spread_map(store: Store, result: Spread, key: str, selected: str | None = None, height: int = 560) -> None:
    """The indicator in colours; areas whose class is not sure are hatched. A click chooses the area."""
    if not _drawn(store, result.level):
        return
    sheet, rows = result.indicator, result.areas
    names = class_names(result.breaks, sheet.decimals)
    shown = AreaMap(
        geometry_url=geometry_url(store, result.level),
        classes=rows["class_index"].tolist(),
        values=rows["value"].tolist(),
        low=_bounds(rows, "low"),
        high=_bounds(rows, "high"),
        class_names=names,
        palette=SEQUENTIAL,
        uncertain=rows["wide"].tolist(),
        uncertain_name="unsicher: der 95-%-Bereich reicht über mehr als zwei Klassen",
        title=f"{sheet.name}, {fmt.period(result.period)}",
        unit=sheet.unit,
        digits=sheet.decimals,
        description=f"Karte der {fmt.level(result.level, many=True)}. Die Tabelle darunter hat dieselben Werte.",
        selected=selected,
        height=height,
    )
    area_map(shown, key, on_select=lambda: _choose(key, set(rows["area_id"])))


def change_map(store: Store, result: SpreadChange, key: str, selected: str | None = None, height: int = 560) -> None:
    """The change in two colours around a middle; changes that chance could explain are hatched."""
    if not _drawn(store, result.level):
        return
    sheet, rows = result.indicator, result.areas
    digits = fmt.change_decimals(sheet.kind, sheet.decimals)
    names = class_names(result.breaks, digits, sign=True)
    shown = AreaMap(
        geometry_url=geometry_url(store, result.level),
        classes=rows["class_index"].tolist(),
        values=rows["change"].tolist(),
        low=_bounds(rows, "low"),
        high=_bounds(rows, "high"),
        class_names=names,
        palette=DIVERGING.pick(len(names)),
        signed=True,
        uncertain=(rows["tested"] & ~rows["significant"]).tolist(),
        uncertain_name="Veränderung nicht gesichert",
        title=f"{sheet.name}, Veränderung {fmt.period(result.first)} bis {fmt.period(result.last)}",
        unit=fmt.points(sheet.unit),
        digits=digits,
        description=f"Karte der {fmt.level(result.level, many=True)}. Die Tabelle darunter hat dieselben Werte.",
        selected=selected,
        height=height,
    )
    area_map(shown, key, on_select=lambda: _choose(key, set(rows["area_id"])))


TIER_CLASSES = ("nicht", "unklar", "wahrscheinlich", "sicher")
ANSWER_CLASSES = ("nein", "knapp", "ja")


def tier_map(store: Store, ranking: Ranking, sure: Surety, key: str, selected: str | None = None, height: int = 560) -> None:
    """How sure each area is among those looked for: sure ones solid, probable ones hatched, unclear ones dotted.

    Areas that the index itself counts in are outlined.
    """
    if not _drawn(store, ranking.inputs.material.level):
        return
    rows, tiers = ranking.areas, sure.areas["tier"]
    many = len(rows) > MOST_WITH_TEXTS  # texts are many times as long as numbers, and a slider waits for them
    classes = _coded(tiers, TIER_CLASSES, rows["state"].eq("hidden"))
    shown = AreaMap(
        geometry_url=geometry_url(store, ranking.inputs.material.level),
        classes=classes.tolist(),
        values=rows["rank"].tolist() if many else _rank_texts(ranking, sure),
        low=sure.areas["rank_low"].tolist() if many else None,
        high=sure.areas["rank_high"].tolist() if many else None,
        interval_name="90-%-Bereich des Rangs",
        unit=f"von {ranking.judged}" if many else "",
        digits=0,
        class_names=(
            "gehört nicht dazu (unter 10 %)", "unklar (10 bis unter 50 %)", "wahrscheinlich (50 bis unter 90 %)",
            "sicher (ab 90 %)",
        ),
        palette=SEQUENTIAL.pick(4),
        uncertain=tiers.eq("wahrscheinlich").tolist(),
        uncertain_name="",
        dotted=tiers.eq("unklar").tolist(),
        dotted_name="",
        hidden_name="geheime Zahl, nicht bewertet",
        title=f"Wie sicher gehört ein Gebiet dazu? {ranking.spec.title}, {ranking.inputs.year}" + (", Rang" if many else ""),
        description="Karte der Stufen. Die Tabelle darunter hat dieselben Angaben.",
        selected=selected,
        highlight=tuple(rows.loc[rows["target"], "area_id"]),
        height=height,
    )  # fmt: skip
    area_map(shown, key, on_select=lambda: _choose(key, set(rows["area_id"])))


def class_map(store: Store, ranking: Ranking, key: str, selected: str | None = None, height: int = 560) -> None:
    """The index in its own classes, or in five classes of equal size where it has none or only two."""
    if not _drawn(store, ranking.inputs.material.level):
        return
    rows, model = ranking.areas, ranking.spec.status
    labels = list(model.classes.labels)
    if model.classes.method == "cuts" and 2 < len(labels) <= 5:
        ordered = labels if model.orientation > 0 else labels[::-1]
        names, codes = tuple(ordered), rows["status_class"].map({name: i for i, name in enumerate(ordered)})
    else:
        fifth = np.ceil(rows["rank"] / max(ranking.judged, 1) * 5)
        names, codes = tuple(f"{n}. Fünftel" for n in (5, 4, 3, 2, 1)), 5 - fifth
    codes = codes.astype(float).fillna(MISSING).astype(int)
    shown = AreaMap(
        geometry_url=geometry_url(store, ranking.inputs.material.level),
        classes=np.where(rows["state"] == "hidden", HIDDEN, codes).tolist(),
        values=rows["index"].tolist(),
        class_names=names,
        palette=SEQUENTIAL.pick(len(names)),
        digits=2,
        hidden_name="geheime Zahl, nicht bewertet",
        title=f"{ranking.spec.title}, {ranking.inputs.year}: Index",
        description="Karte der Klassen des Index. Die Tabelle darunter hat dieselben Werte.",
        selected=selected,
        highlight=tuple(rows.loc[rows["target"], "area_id"]),
        height=height,
    )
    area_map(shown, key, on_select=lambda: _choose(key, set(rows["area_id"])))


def answer_map(store: Store, result: Screening, key: str, selected: str | None = None, height: int = 520) -> None:
    """Areas that meet a rule, just meet it, or do not."""
    if not _drawn(store, result.level):
        return
    rows = result.areas
    classes = _coded(rows["answer"].where(rows["answer"] != "unbekannt"), ANSWER_CLASSES, rows["hidden"])
    shown = AreaMap(
        geometry_url=geometry_url(store, result.level),
        classes=classes.tolist(),
        values=rows["answer"].map({"ja": "erfüllt", "knapp": "knapp erfüllt", "nein": "nicht erfüllt"}).fillna("").tolist(),
        class_names=("nicht erfüllt", "knapp (im Spielraum)", "erfüllt"),
        palette=SEQUENTIAL.pick(3),
        uncertain=rows["answer"].eq("knapp").tolist(),
        uncertain_name="",
        hidden_name="hängt von einer geheimen Zahl ab",
        title="Welche Gebiete erfüllen die Bedingungen?",
        description=f"Karte der {fmt.level(result.level, many=True)}. Die Tabelle darunter hat dieselben Angaben.",
        selected=selected,
        height=height,
    )
    area_map(shown, key, on_select=lambda: _choose(key, set(rows["area_id"])))


def measure_map(store: Store, shown: Measure, key: str, selected: str | None = None, height: int = 560) -> None:
    """Any number of areas in at most five classes. A click chooses the area."""
    if not _drawn(store, shown.level):
        return
    known = set(shown.area_id)
    every = session.ask(area_list, store)
    shown = shown.over(sorted(set(every.loc[every["level"] == shown.level, "area_id"])))
    names = class_names(shown.breaks, shown.digits, sign=shown.diverging)
    few = len(shown.area_id) <= MOST_WITH_INTERVALS
    drawn = AreaMap(
        geometry_url=geometry_url(store, shown.level),
        classes=shown.classes.tolist(),
        values=shown.values.astype(float).tolist(),
        low=shown.low.astype(float).tolist() if few and shown.low is not None else None,
        high=shown.high.astype(float).tolist() if few and shown.high is not None else None,
        class_names=names,
        palette=DIVERGING.pick(len(names)) if shown.diverging else SEQUENTIAL,
        signed=shown.diverging,
        uncertain=None if shown.uncertain is None else shown.uncertain.tolist(),
        uncertain_name=shown.uncertain_name,
        dotted=None if shown.dotted is None else shown.dotted.tolist(),
        dotted_name=shown.dotted_name,
        title=shown.title,
        unit=shown.unit,
        digits=shown.digits,
        description=f"Karte der {fmt.level(shown.level, many=True)}. Die Tabelle darunter hat dieselben Werte.",
        selected=selected,
        height=height,
    )
    area_map(drawn, key, on_select=lambda: _choose(key, known))


def _coded(words: pd.Series, order: tuple[str, ...], hidden: pd.Series) -> NDArray:
    """Class numbers of words, MISSING or HIDDEN where there is none."""
    codes = words.map({word: place for place, word in enumerate(order)})
    return np.where(codes.notna(), codes.fillna(0), np.where(hidden, HIDDEN, MISSING)).astype(int)


def _rank_texts(ranking: Ranking, sure: Surety) -> list[str]:
    """`Rang 12, Bereich 10 bis 14, zu 96 % dabei`; empty where there is no rank, without the range where it is not known."""
    columns = zip(ranking.areas["rank"], sure.areas["rank_low"], sure.areas["rank_high"], sure.areas["probability"], strict=True)
    texts = []
    for rank, low, high, chance in columns:
        between = f", Bereich {low:.0f} bis {high:.0f}" if low == low else ""
        texts.append(f"Rang {rank:.0f}{between}, zu {fmt.chance(chance)} dabei" if rank == rank else "")
    return texts


def _drawn(store: Store, level: str) -> bool:
    """False, and a plain notice, for a city that was delivered without polygons."""
    if level in store.manifest["levels"]:
        return True
    st.info("Zu dieser Stadt sind keine Gebietsgrenzen eingelesen. Die Tabelle zeigt dieselben Zahlen.")
    return False


def _bounds(rows: pd.DataFrame, name: str) -> list[float] | None:
    """Bounds for the hover text; on maps of very many areas they would double what goes over the wire."""
    return None if len(rows) > MOST_WITH_INTERVALS else rows[name].tolist()


def class_names(breaks: NDArray, decimals: int, sign: bool = False) -> tuple[str, ...]:
    """`unter 5`, `5 bis unter 10`, `10 und mehr`: names of the classes between the borders."""
    if not len(breaks):
        return ("alle gleich",)
    write = fmt.signed if sign else fmt.number
    digits = decimals
    while digits < 4 and any(abs(round(b, digits) - b) > 1e-9 for b in breaks):
        digits += 1
    while digits > 0 and all(abs(round(b, digits - 1) - b) < 1e-9 for b in breaks):
        digits -= 1
    texts = [write(b, digits) for b in breaks]
    middle = [f"{a} bis unter {b}" for a, b in zip(texts[:-1], texts[1:], strict=True)]
    return (f"unter {texts[0]}", *middle, f"{texts[-1]} und mehr")


def _choose(key: str, known: set[str]) -> None:
    picked = st.session_state[key].select
    if picked in known:
        selection.put("gebiet", picked)
