"""The shelf of the Planspiel: save the variant on screen, and what else is saved: open, join, copy, put away, pass on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import streamlit as st

from raumblick.answers.plays import (
    OFFERS,
    ConflictError,
    PlanError,
    PlanStore,
    Scenario,
    Variant,
    changes_of,
    kept,
    merged,
    size_of,
)
from raumblick.answers.siting import MoveError
from raumblick.roles import NotAllowedError
from raumblick.snapshot.store import Store
from raumblick.ui import format as fmt
from raumblick.ui import gate, removal, selection, tables
from raumblick.ui.layout import escape, fold
from raumblick.ui.plays_view import SAID, Desk, show

_NOTES = 2000  # characters


def shelf(store: Store, desk: Desk, now: Variant) -> None:
    """Save this variant, and everything that is saved: open, copy, put away, pass on."""
    st.header("Gespeicherte Varianten", anchor=False)
    kind, said = st.session_state.pop(SAID, ("", ""))
    if said:
        (st.success if kind == "success" else st.warning)(said)
    if store.view == "planung":
        _clash(desk, now)
    _opened(store, desk)
    if store.view != "planung":  # who may not plan sees what a link names, and saves nothing
        return
    _form(store, desk, now)
    if part := fold("Alle gespeicherten Varianten", "plays"):
        with part:
            _list(store, desk)
    removal.part(store, OFFERS)


def _clash(desk: Desk, now: Variant) -> None:
    """What to do when somebody else saved since this variant was opened; nothing is lost either way."""
    found = desk.scenario
    if found is None or not desk.clash:
        return
    st.warning(
        f"„{escape(found.name)}“ wurde inzwischen von {escape(found.author)} gespeichert (Fassung {found.version}, Ihre beruht "
        f"auf {desk.version}). Es wurde nichts überschrieben."
    )
    with st.container(horizontal=True):
        st.button(f"Fassung {found.version} öffnen", on_click=show, args=(found,), key="plays_theirs")
        st.button("Beides zusammenführen", on_click=_merge, args=(desk, now), key="plays_merge")
    st.caption("Oder unten als neue Variante speichern: Dann stehen beide nebeneinander.")


def _merge(desk: Desk, now: Variant) -> None:
    assert desk.scenario is not None
    try:
        both, theirs = merged(desk.plans, desk.scenario.scenario_id, desk.version, now)
    except (PlanError, MoveError) as error:
        st.session_state[SAID] = ("warning", escape(str(error)))
        return
    show(theirs)
    selection.put("variante", both.variant.moves)
    said = f"Zusammengeführt mit Fassung {theirs.version} und noch nicht gespeichert: bitte prüfen."
    if both.torn:
        said += f" Hier gilt die Fassung von {theirs.author}: {'; '.join(both.torn)}."
    st.session_state[SAID] = ("success", escape(said))


def _opened(store: Store, desk: Desk) -> None:
    found = desk.scenario
    if found is None:
        return
    st.markdown(f"Geöffnet: **{escape(fmt.scenario(found))}**, Fassung {desk.version}{', archiviert' if found.archived else ''}.")
    if found.notes:
        st.markdown(escape(found.notes))
    if found.snapshot_id != store.snapshot_id:
        st.caption(f"Gespeichert auf dem Datenstand {found.snapshot_id}; gerechnet wird mit dem heutigen.")
    address = str(st.context.url or "").partition("?")[0]
    st.caption("Link zum Weitergeben")
    st.code(f"{address}?stadt={store.city['city_id']}&szenario={found.scenario_id}", language=None)
    st.button("Schließen und frei weiterarbeiten", on_click=selection.forget, args=("szenario",), key="plays_leave")


def _form(store: Store, desk: Desk, now: Variant) -> None:
    found = desk.scenario
    mark = f"{found.scenario_id}_{found.version}" if found else "new"
    with st.form("plays_save", border=False):
        one, two = st.columns([3, 1])
        names = [f"w_plays_{field}_{mark}" for field in ("name", "author", "notes")]
        one.text_input("Name der Variante", found.name if found else "", max_chars=80, key=names[0])
        two.text_input("Kürzel", max_chars=40, key=names[1], help="Wer speichert; kein Klarname nötig")
        st.text_area("Notizen", found.notes if found else "", max_chars=_NOTES, key=names[2], height=80)
        with st.container(horizontal=True):
            if found is not None:
                st.form_submit_button("Speichern", on_click=_save, args=(store, desk, now, names), disabled=desk.clash)
            label = "Als neue Variante speichern" if found else "Variante speichern"
            st.form_submit_button(label, on_click=_create, args=(store, desk, now, names))


def _told(work: Callable[[], tuple[Scenario, str]]) -> None:
    """Do something in the store; what came out or went wrong is said above the shelf."""
    try:
        found, said = work()
    except ConflictError as error:
        st.session_state[SAID] = ("warning", escape(str(error)))
    except (PlanError, MoveError, NotAllowedError) as error:
        st.session_state[SAID] = ("warning", f"Nicht gespeichert. {escape(str(error))}")
    else:
        st.session_state[SAID] = ("success", escape(said.format(found.name, found.version)))


def _typed(names: list[str]) -> tuple[str, str, str]:
    name, author, notes = (str(st.session_state.get(key) or "") for key in names)
    return name, author, notes


def _save(store: Store, desk: Desk, now: Variant, names: list[str]) -> None:
    def work() -> tuple[Scenario, str]:
        assert desk.scenario is not None
        name, author, notes = _typed(names)
        mine = replace(
            desk.scenario, version=desk.version, name=name, author=author, notes=notes, snapshot_id=store.snapshot_id,
            changes=changes_of(now),
        )  # fmt: skip
        with gate.saving(mine.city_id, store.snapshot_id, name):
            found = desk.plans.save(mine)
        show(found)
        return found, "Gespeichert: „{}“, Fassung {}."

    _told(work)


def _create(store: Store, desk: Desk, now: Variant, names: list[str]) -> None:
    def work() -> tuple[Scenario, str]:
        name, author, notes = _typed(names)
        city = str(store.city["city_id"])
        changes = changes_of(now)
        with gate.saving(city, store.snapshot_id, name):
            made_by = gate.who().mark
            found = desk.plans.create(city, name, author, store.snapshot_id, changes, notes, OFFERS, made_by)
        show(found)
        return found, "Gespeichert: „{}“."

    _told(work)


def _list(store: Store, desk: Desk) -> None:
    """All saved variants as a table, and what can be done with one of them."""
    away = st.toggle("Archivierte zeigen", key="w_plays_away")
    try:
        known = kept(desk.plans, store, OFFERS, away)
    except PlanError as error:
        st.warning(escape(str(error)))
        return
    if not known:
        st.markdown("Es ist nichts archiviert." if away else "Noch ist keine Variante gespeichert.")
        return
    rows = pd.DataFrame(
        [(s.name, size_of(s), s.author, fmt.moment(s.saved), s.version, s.notes) for s in known.values()],
        columns=["name", "moves", "author", "saved", "version", "notes"],
    )  # fmt: skip
    columns = [
        tables.Column("name", "Variante"), tables.Column("moves", "Änderungen", 0), tables.Column("author", "Kürzel"),
        tables.Column("saved", "gespeichert"), tables.Column("version", "Fassung", 0), tables.Column("notes", "Notizen"),
    ]  # fmt: skip
    tables.table(rows, columns, "Gespeicherte Varianten", store, "plays_list", state=None)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = {key: fmt.scenario(one) for key, one in known.items()}
        key = st.selectbox("Variante", list(words), format_func=words.__getitem__, width=420, key=f"w_plays_one_{away}")
        found = known[key]
        st.button("Öffnen", on_click=show, args=(found,), key="plays_open")
        st.button("Kopieren", on_click=_copy, args=(desk.plans, found), key="plays_copy")
        st.button("Zurückholen" if away else "Archivieren", on_click=_archive, args=(desk, found, not away), key="plays_away")


def _copy(plans: PlanStore, found: Scenario) -> None:
    def work() -> tuple[Scenario, str]:
        with gate.saving(found.city_id, found.snapshot_id, f"{found.name}, Kopie"):
            made = plans.copy(found.scenario_id, found.author, owner=gate.who().mark)
        show(made)
        return made, "Kopie angelegt und geöffnet: „{}“."

    _told(work)


def _archive(desk: Desk, found: Scenario, away: bool) -> None:
    def work() -> tuple[Scenario, str]:
        with gate.saving(found.city_id, found.snapshot_id, f"{found.name}, {'ins Archiv' if away else 'aus dem Archiv'}"):
            put = desk.plans.archive(found, away)
        if desk.scenario is not None and desk.scenario.scenario_id == put.scenario_id and not desk.clash:
            selection.put("szenario", f"{put.scenario_id}.{put.version}")
        return put, "Archiviert: „{}“." if away else "Zurückgeholt: „{}“."

    _told(work)
