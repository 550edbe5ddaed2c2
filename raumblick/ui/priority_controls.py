"""What can be chosen on Schwerpunkträume: index, year, number of areas, weights, doubt. All of it is in the address."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from raumblick.answers.material import Inputs, Material, inputs, material
from raumblick.answers.presets import Preset, presets
from raumblick.answers.priority import DEFAULT_DOUBTS, DOUBTS, Weights
from raumblick.answers.variants import VariantError, parse_weights, weights_text
from raumblick.snapshot.store import Store
from raumblick.ui import controls, selection, session
from raumblick.ui import format as fmt
from raumblick.ui.layout import escape

DOUBT_NAMES = {"zahlen": "Zufall kleiner Zahlen", "gewichte": "Gewichte (± ein Viertel)", "rechenweise": "Rechenweise"}
DRAWS = {"schnell": 2_000, "viele": 10_000}
SEEDS = tuple(str(n) for n in range(1, 21))
_OWNER = "_weights_of"  # the preset that the weights in the address are of
_STEP, _MIDDLE = 5, 50


@dataclass(frozen=True)
class Choice:
    """What the page shows: a preset on a level in a year, and how many areas are looked for (None: as the preset says)."""

    preset: Preset
    level: str
    found: Material
    now: Inputs
    top: int | None


@dataclass(frozen=True)
class Doubt:
    """Sources of doubt (of DOUBTS), repetitions, and the seed of chance."""

    doubts: tuple[str, ...]
    draws: int
    seed: int


def choice(store: Store) -> Choice | None:
    """Level, index, year and number of areas; None where the level has no number that any index could use."""
    which, when = st.columns([3, 2], gap="medium")
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        level = controls.level(store)
        known = session.ask(presets, store, level)
        if not known:
            return None
        by_key = {preset.key: preset for preset in known}
        with which:
            key = selection.select("index", "Index", list(by_key), lambda k: by_key[k].title, known[0].key)
        found = session.ask(material, store, key, level)
        with when:
            year = controls.period(found.years)
        now = inputs(found, year)
        mode = selection.select(
            "gesucht", "Gesucht", ["vorgabe", "zahl"], {"vorgabe": "wie im Index", "zahl": "feste Zahl"}.__getitem__, "vorgabe",
            "segmented_control", required=True,
        )  # fmt: skip
        numbers = [str(n) for n in range(1, max(2, len(found.areas)))]
        top = None
        if mode == "zahl" and len(numbers) > 1:
            start = str(max(1, round(0.2 * len(numbers))))
            top = int(selection.select("anzahl", "Zahl der Gebiete", numbers, str, start, "select_slider", width=320))
    return Choice(by_key[key], level, found, now, top)


def chosen_weights(now: Inputs) -> Weights:
    """Weights of the address as far as this index knows them; what nobody understands is said once."""
    preset, fresh = now.material.spec.key, selection.fresh("gewichte")
    if st.session_state.get(_OWNER, preset) != preset and not fresh:
        selection.forget("gewichte")
    st.session_state[_OWNER] = preset
    try:
        given = parse_weights(selection.text("gewichte"))
    except VariantError as error:
        st.warning(f"Die Gewichte in der Adresse gelten nicht: {escape(str(error))} Gezeigt wird die Vorgabe.")
        selection.forget("gewichte")
        return ()
    unknown = [key for key, _ in given if key not in now.material.spec.weights]
    if unknown and fresh:
        names = ", ".join(escape(key[:40]) for key in unknown[:5])
        st.warning(f"Diese Kennzahlen kommen im Index nicht vor und zählen nicht mit: {names}.")
    return tuple((key, weight) for key, weight in given if key in now.spec.weights)


def weight_sliders(now: Inputs, weights: Weights, shares: dict[str, float]) -> None:
    """One slider an indicator (or domain); the preset is the reference.

    Args:
        now: the index of the year.
        weights: those in force; empty for the preset's.
        shares: weight of each indicator in the whole, for the labels.
    """
    tree = now.spec.status.tree
    if tree.aggregate == "pca" or len(tree.children) < 2:
        st.caption("Die Gewichte dieses Index ergeben sich aus den Daten und lassen sich nicht verschieben.")
        return
    preset = points(now)
    current = preset | _in_points(weights)
    names = {child.key: now.names.get(child.key, child.name) for child in tree.children}
    for key, name in names.items():
        widget = f"w_gewicht_{key}"
        selection.show(widget, current[key])
        part = f" – {100 * shares[key]:.0f} %" if key in shares else " – 0 %" if current[key] == 0 else ""
        st.slider(
            f"{escape(name)}{part}", 0, 100, step=_STEP, key=widget, on_change=_take_weights, args=(preset,),
            help=f"Vorgabe: {preset[key]}. Es zählt der Anteil an der Summe aller Regler; 0 nimmt die Kennzahl heraus.",
        )  # fmt: skip
    if weights:
        st.button("Vorgabe wiederherstellen", on_click=selection.forget, args=("gewichte",), key="reset_weights")


def points(now: Inputs) -> dict[str, int]:
    """The preset's weights as slider values: the largest stands in the middle, so that each can be doubled or taken out."""
    children = now.spec.status.tree.children
    largest = max(child.weight for child in children) or 1.0
    return {child.key: round(_MIDDLE * child.weight / largest) for child in children}


def doubt() -> None:
    """Controls of the sources of doubt, the number of repetitions and the seed; read by `current_doubt`."""
    selection.show("w_zweifel", list(current_doubt().doubts))
    st.pills(
        "Was in Zweifel steht", DOUBTS, selection_mode="multi", format_func=DOUBT_NAMES.__getitem__, key="w_zweifel",
        on_change=_take_doubts,
        help="Zufall: was bei kleinen Zahlen auch anders hätte kommen können. Gewichte: jedes bis zu einem Viertel höher oder "
        "niedriger. Rechenweise: andere übliche Normierungen, geometrisches Mittel, Weglassen je einer Kennzahl.",
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        selection.select(
            "ziehungen", "Wiederholungen", list(DRAWS), lambda key: fmt.number(DRAWS[key]), "schnell", "segmented_control",
            required=True,
        )  # fmt: skip
        selection.select("start", "Startwert des Zufalls", SEEDS, str, "1", width=190)


def current_doubt() -> Doubt:
    """What is chosen, also while the controls are folded away."""
    text = selection.text("zweifel")
    chosen = tuple(d for d in DOUBTS if d in text.split(",")) if text else DEFAULT_DOUBTS
    draws = DRAWS[selection.current("ziehungen", tuple(DRAWS), "schnell")]
    return Doubt(chosen, draws, int(selection.current("start", SEEDS, "1")))


def _in_points(weights: Weights) -> dict[str, int]:
    """Weights as slider values; weights on another scale than 0 to 1 are put on it by their sum."""
    total = sum(weight for _, weight in weights)
    scale = 100.0 if all(weight <= 1 for _, weight in weights) else 100.0 / total
    return {key: round(scale * weight) for key, weight in weights}


def _take_weights(preset: dict[str, int]) -> None:
    """All sliders into the address; nothing where they stand as in the preset."""
    chosen = {key: int(st.session_state[f"w_gewicht_{key}"]) for key in preset}
    if chosen == preset:
        selection.forget("gewichte")
    else:
        selection.put("gewichte", weights_text(tuple((key, value / 100) for key, value in chosen.items())))


def _take_doubts() -> None:
    chosen = [d for d in DOUBTS if d in (st.session_state["w_zweifel"] or [])]
    if chosen == list(DEFAULT_DOUBTS):
        selection.forget("zweifel")
    else:
        selection.put("zweifel", ",".join(chosen) or "keine")
