"""The parts of the Standort-Planspiel beside its map: the moves, what they change, proposals."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from raumblick.answers.plays import Contrast
from raumblick.answers.siting import CLOSE, NEW, PLACE, PLACES, Move, MoveError, Play, moves_text, read_moves
from raumblick.snapshot.store import Store
from raumblick.ui import format as fmt
from raumblick.ui import layout, selection, supply_view, tables
from raumblick.ui.layout import escape
from raumblick.ui.siting_map import POINT, here


def moves() -> tuple[Move, ...]:
    """The variant of the address; what nobody understands is said and dropped."""
    try:
        return read_moves(selection.text("variante"))
    except MoveError as error:
        st.warning(f"Die Variante in der Adresse gilt nicht: {escape(str(error))} Gezeigt wird der Stand von heute.")
        selection.forget("variante")
        return ()


def add(move: Move) -> None:
    """Add a move to the variant; a later move of the same offer replaces an earlier one of its kind."""
    kept = [m for m in moves() if move.kind == NEW or (m.kind, m.facility) != (move.kind, move.facility)]
    if move.kind == CLOSE:
        kept = [m for m in kept if m.facility != move.facility]
    selection.put("variante", moves_text([*kept, move]))


def drop(number: int) -> None:
    """Take one move out of the variant."""
    kept = [m for i, m in enumerate(moves()) if i != number]
    selection.put("variante", moves_text(kept)) if kept else selection.forget("variante")


def sentence(result: Play, name: str) -> str:
    """Who gains and who loses, and what happens to the areas below the target."""
    if not result.moves:
        return (
            f"**{escape(name)}**: Auf die Karte klicken, ein Angebot eröffnen, vergrößern, verlegen oder schließen und sehen, "
            "wer gewinnt und wer verliert."
        )
    said = f"Mit **{len(result.moves)} {'Änderung' if len(result.moves) == 1 else 'Änderungen'}** erreichen "
    said += f"{fmt.number(result.winning)} Kinder mehr Plätze als heute, {fmt.number(result.losing)} weniger."
    if result.base.target is not None:
        before, after = result.below
        said += f" In Reichweite {supply_view.below(result.base)} liegen heute {before} Gebiete, dann **{after}**."
    return said


def open_new(centres: pd.DataFrame, usual: int) -> None:
    """Controls of a new offer: where (clicked point or the middle of an area) and how many places."""
    place = here()
    names = centres.set_index("area_id")["name"]
    words = {POINT: "Punkt auf der Karte"} | {key: f"Mitte von {name}" for key, name in names.items()}
    where = selection.select("ort", "Wo", list(words), words.__getitem__, str(names.index[0]))
    places = st.number_input("Plätze", 1, 2000, usual, step=5, key="w_siting_places")
    lat, lon = (place or (0.0, 0.0)) if where == POINT else tuple(centres.set_index("area_id").loc[where, ["lat", "lon"]])
    unknown = where == POINT and place is None
    new = Move(NEW, "", float(lat), float(lon), int(places))
    st.button("Hier eröffnen", on_click=add, args=(new,), key="siting_open", disabled=unknown)
    if unknown:
        st.caption("Bitte zuerst auf die Karte klicken.")


def change_one(result: Play) -> None:
    """Controls of an existing offer: its places, closing it, moving it to the clicked point."""
    known = result.sites.dropna(subset=["lon", "lat"])  # without a place nobody reaches it
    sites = known[~known["state"].isin(["neu", "geschlossen"])].sort_values("name")
    if not len(sites):
        return
    names = dict(zip(sites["facility_id"], sites["name"], strict=True))
    chosen = selection.select("angebot", "Angebot", list(names), names.__getitem__, next(iter(names)))
    row = sites.set_index("facility_id").loc[chosen]
    now = int(row["places"]) if fmt.known(row["places"]) else 0
    places = st.number_input("Plätze dort", 0, 5000, now, step=5, key=f"w_siting_places_{chosen}")
    with st.container(horizontal=True):
        st.button("Plätze ändern", on_click=add, args=(Move(PLACES, chosen, places=int(places)),), disabled=int(places) == now)
        st.button("Schließen", on_click=add, args=(Move(CLOSE, chosen),))
        place = here()
        lat, lon = place or (0.0, 0.0)
        st.button("Zum gewählten Punkt verlegen", on_click=add, args=(Move(PLACE, chosen, lat, lon),), disabled=place is None)


def listed(result: Play) -> None:
    """The moves of the variant, each with a way back."""
    if not result.moves:
        return
    names = result.sites.set_index("facility_id")["name"]
    for number, move in enumerate(result.moves):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{number + 1}. {_words(move, str(names.get(move.facility, '')))}", width="stretch")
            st.button("zurück", key=f"siting_drop_{number}", on_click=drop, args=(number,), help="Diese Änderung zurücknehmen")
    st.button("Alles zurück", on_click=selection.forget, args=("variante",), key="siting_reset")


def _words(move: Move, name: str) -> str:
    if move.kind == NEW:
        return f"Neues Angebot: {move.places} Plätze"
    if move.kind == PLACES:
        return f"{escape(name)}: {move.places} Plätze"
    return f"{escape(name)}: {'schließt' if move.kind == CLOSE else 'zieht um'}"


def areas_table(store: Store, result: Play, other: Contrast | None, name: str = "") -> None:
    """All areas, the largest gain first; beside it the variant that is compared."""
    rows = result.areas.assign(
        before_text=100 * result.areas["before"], after_text=100 * result.areas["after"], change_text=100 * result.areas["change"]
    )
    columns = [
        tables.Column("name", "Gebiet"), tables.Column("children", "Kinder", 0),
        tables.Column("before_text", "heute je 100 Kinder", 1), tables.Column("after_text", "diese Variante", 1),
        tables.Column("change_text", "gegen heute", 1),
    ]  # fmt: skip
    if other is not None:
        rows = rows.assign(other_text=100 * other.areas["one"], difference_text=100 * other.areas["difference"])
        columns += [tables.Column("other_text", f"„{name}“", 1), tables.Column("difference_text", f"gegen „{name}“", 1)]
    columns.append(tables.Column("area_id", "Schlüssel"))
    tables.table(rows.sort_values("gain", ascending=False), columns, "Standort-Planspiel", store, "siting", state=None)


def proposals(result: Play, better: pd.DataFrame, places: int) -> None:
    """Where one more offer would help most, and a button for each."""
    if not len(better) or better["filled"].max() <= 0:
        st.markdown("Kein Ort füllt mit einem weiteren Angebot eine Lücke.")
        return
    for number, row in enumerate(better.itertuples(), start=1):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"{number}. **{layout.escape(str(row.area))}**: {fmt.number(row.filled)} der {places} Plätze füllen eine Lücke; "
                f"{fmt.number(row.helped)} Kinder {supply_view.below(result.base)} in Reichweite.",
                width="stretch",
            )
            move = Move(NEW, "", float(row.lat), float(row.lon), places)
            st.button("eröffnen", key=f"siting_best_{number}", on_click=add, args=(move,))
