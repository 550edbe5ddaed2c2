"""The variant of the Planspiel that a link opens, and the saved one that it is compared with.

The address carries `szenario=KEY` (opens what stands in the store) or `szenario=KEY.VERSION` (the variant on screen goes on
from that version), so that a copied or reloaded address can never overwrite what somebody saved in between.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from raumblick.answers.access import Question, SupplyError
from raumblick.answers.plays import (
    OFFERS,
    Contrast,
    PlanError,
    PlanStore,
    Scenario,
    Variant,
    contrast,
    kept,
    opened,
    scenarios,
    service_of,
    variant_of,
)
from raumblick.answers.siting import MoveError, Play, moves_text
from raumblick.snapshot.store import Store
from raumblick.ui import format as fmt
from raumblick.ui import selection, session, supply_view
from raumblick.ui.layout import escape

SAID = "_plays_said"
_LEAST = 0.05  # places: less is rounding


@dataclass(frozen=True)
class Desk:
    """What the page works on: the store of plans, the scenario that is open (None: a free variant), the version that the
    variant on screen goes on from, and the scenarios to choose from (for committees: those that the address names)."""

    plans: PlanStore
    scenario: Scenario | None
    version: int
    known: dict[str, Scenario]

    @property
    def clash(self) -> bool:
        """Somebody saved since."""
        return self.scenario is not None and self.scenario.version != self.version


def begin(store: Store) -> Desk | None:
    """Open the scenario of the address; call it before the controls. None when the plan store cannot be reached."""
    try:
        plans = scenarios(session.settings().plans_url)
        known = kept(plans, store, OFFERS) if store.view == "planung" else {}
    except PlanError as error:
        st.warning(escape(str(error)))
        return None
    key, _, version = selection.text("szenario").partition(".")
    found = _named(plans, store, "szenario", key)
    if found is not None and not version.isdigit():
        show(found)
        version = str(found.version)
    other = _named(plans, store, "zweite", selection.text("zweite"))
    named = {one.scenario_id: one for one in (found, other) if one is not None}
    return Desk(plans, found, int(version) if found is not None else 0, known | named)


def _named(plans: PlanStore, store: Store, name: str, key: str) -> Scenario | None:
    """The scenario that the address names, or why there is none."""
    if not key:
        return None
    try:
        return opened(plans, store, key)
    except PlanError as error:
        st.warning(f"Die gespeicherte Variante lässt sich nicht öffnen. {escape(str(error))}")
        selection.forget(name)
        return None


def show(found: Scenario) -> None:
    """Put a scenario into the address: its variant is on screen from now on."""
    try:
        variant = variant_of(found.changes)
    except MoveError as error:
        st.session_state[SAID] = ("warning", escape(str(error)))
        return
    values = {
        "leistung": variant.service, "ziel": variant.ziel, "weg": variant.weg, "wert": variant.wert, "variante": variant.moves,
        "szenario": f"{found.scenario_id}.{found.version}",
    }  # fmt: skip
    for name, value in values.items():
        selection.put(name, value) if value else selection.forget(name)


def variant_now(asked: Question, result: Play) -> Variant:
    """What is on screen, as it would be saved."""
    share = "" if asked.share is None else f"{100 * asked.share:.0f}"
    return Variant(asked.service, asked.kind or supply_view.NONE, f"{asked.radius_m:.0f}", share, moves_text(result.moves))


def versus(desk: Desk | None, asked: Question) -> Scenario | None:
    """The saved variant to compare with; none by default."""
    if desk is None:
        return None
    mine = desk.scenario.scenario_id if desk.scenario else ""
    fitting = {k: s for k, s in desk.known.items() if k != mine and service_of(s) == asked.service}
    if not fitting:
        return None
    chosen = selection.select(
        "zweite", "Vergleichen mit", ["", *fitting], lambda k: fmt.scenario(fitting[k]) if k else "heute", "", width=420
    )
    return fitting.get(chosen)


def beside(store: Store, asked: Question, text: str, saved: Scenario | None) -> Contrast | None:
    """The variant on screen against a saved one; None where there is none, or it cannot be played any more."""
    if saved is None:
        return None
    try:
        return session.ask(contrast, store, asked, variant_of(saved.changes).moves, text)
    except (MoveError, SupplyError) as error:
        st.warning(f"„{escape(saved.name)}“ lässt sich nicht vergleichen. {escape(str(error))}")
        return None


def compare(result: Play, both: Contrast, name: str) -> None:
    """This variant beside a saved one: the sums, and who gains and loses by the difference."""
    st.markdown(
        f"Gegenüber „{escape(name)}“ erreichen mit dieser Variante **{fmt.number(both.winning)}** Kinder mehr Plätze und "
        f"**{fmt.number(both.losing)}** weniger."
    )
    heads = ("Stand", "Änderungen", "Kinder mit mehr Plätzen", "mit weniger", "neu erreicht", "Gebiete mit Lücke")
    lines = [("heute", 0, 0.0, 0.0, 0.0, result.below[0])]
    for label, one in ((f"„{name}“", both.one), ("diese Variante", result)):
        lines.append((label, len(one.moves), one.winning, one.losing, one.newly_reached, one.below[1]))
    frame = pd.DataFrame([(label, *map(fmt.number, rest)) for label, *rest in lines], columns=heads)
    if result.base.target is None:
        frame = frame.drop(columns=heads[-1])
    st.table(frame.set_index("Stand"))
    for word, way in (("gewinnen", 1.0), ("verlieren", -1.0)):
        rows = both.areas.assign(size=way * both.areas["gain"])
        rows = rows[rows["size"] > _LEAST].nlargest(5, "size")
        names = [f"{escape(area)} ({fmt.signed(gain, 1)})" for area, gain in zip(rows["name"], rows["gain"], strict=True)]
        st.markdown(f"Am meisten {word}: {', '.join(names) or 'kein Gebiet'}" + (" Plätze in Reichweite." if names else "."))
