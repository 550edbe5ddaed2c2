"""The mapping wizard: a table that no layout knows is looked at, asked about, tried out, and kept as a layout file."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pandas as pd
import streamlit as st

from raumblick import mapping
from raumblick.intake.findings import SEVERITY_LABEL, Finding, IntakeError
from raumblick.mapping import FilePart, Heads, Layout, Look, Workpiece, open_questions
from raumblick.ui import layout_fields as fields
from raumblick.ui import session, tables
from raumblick.ui.layout import escape
from raumblick.ui.layout_fields import Form

_PIECE = "_map_piece"
_PURPOSES = {"statistics": "Zahlen je Gebiet", "budget": "ein Haushalt (Buchungen mit Produkten)"}
_COLUMNS = (
    tables.Column("severity", "Art"),
    tables.Column("row", "Zeile", 0),
    tables.Column("column", "Spalte"),
    tables.Column("message", "Was ist", width="large"),
    tables.Column("remedy", "Was tun", width="large"),
)


def show(name: str, content: bytes, proceed: Callable[[Layout], None], back: Callable[[], None]) -> None:
    """The wizard for one uploaded table.

    Args:
        name: plain file name.
        content: its bytes.
        proceed: called with the layout when it is complete, tried and kept.
        back: called when the planner leaves without one.
    """
    st.header("Datei zuordnen", anchor=False)
    st.markdown(f"**{escape(name)}**: Was die Datei nicht selbst beweist, wird gefragt; nichts wird geraten.")
    if st.button("Zurück ohne Zuordnung", key="map_back"):
        back()
    try:
        piece = _piece(name, content)
        look = mapping.look(piece, session.settings(), st.session_state.get("map_sheet"))
        _first_rows(look)
        layout, asked = _answers(look, piece)
    except IntakeError as error:
        _findings(error.findings)
        st.error("So lässt sich die Datei nicht lesen.")
        return
    if asked:
        st.info("Noch offen:\n\n" + "\n".join(f"* {escape(question)}" for question in asked))
        return
    _outcome(layout, piece, proceed)


def forget() -> None:
    """Drop the file that was last mapped."""
    st.session_state.pop(_PIECE, None)


def _piece(name: str, content: bytes) -> Workpiece:
    piece = st.session_state.get(_PIECE)
    if piece is None or piece.path.name != name:
        piece = mapping.lay_down(name, content)
        st.session_state[_PIECE] = piece
    return piece


def _first_rows(look: Look) -> None:
    st.subheader("Die ersten Zeilen", anchor=False)
    if not look.rows:
        st.caption("Bitte unten das Tabellenblatt wählen.")
        return
    width = max(len(cells) for _, cells in look.rows)
    rows = [[line, *cells, *[""] * (width - len(cells))] for line, cells in look.rows]
    frame = pd.DataFrame(rows, columns=["Zeile", *(f"Spalte {n}" for n in range(1, width + 1))])
    st.dataframe(frame, hide_index=True, key="map_rows", height=320)


def _answers(look: Look, piece: Workpiece) -> tuple[Layout, list[str]]:
    """The layout as far as it is answered, and the questions that are left."""
    st.subheader("Was zu klären ist", anchor=False)
    form = Form(st.container(), st.expander("Sicher erkannt und weitere Angaben", key="map_sure"))
    if look.kept:
        form.open.caption("Die Überschrift ist die einer aufbewahrten Vorlage; deren Angaben gelten, soweit die Datei sie trägt.")
    part = fields.file_part(form, look)
    layout = dataclasses.replace(look.layout, file=part)
    asked = [question for place, question in open_questions(layout) if place.startswith("file.") and place != "file.decimal"]
    if asked:
        return layout, asked
    found = mapping.heads(piece, part)
    certain = look.layout if look.kept else found.layout
    return _columns(form, found, look, certain, piece, part)


def _columns(
    form: Form, heads: Heads, look: Look, certain: Layout, piece: Workpiece, part: FilePart
) -> tuple[Layout, list[str]]:
    purpose = certain.is_budget and "budget" or (certain.key.level is not None and "statistics") or None
    chosen = form.choose("Was enthält die Datei?", tuple(_PURPOSES), purpose, "purpose", _PURPOSES)
    if chosen is None:
        return certain, ["Was enthält die Datei?"]
    layout = dataclasses.replace(_named(form, certain, piece), file=part)
    asked = []
    if chosen == "budget":
        booking = fields.booking(form, heads, certain, piece, part)
        asked += [] if booking.product is not None else ["Welche Spalte nennt das Produkt?"]
        layout = dataclasses.replace(layout, booking=booking, period=fields.period(form, heads, certain))
    else:
        key, period, series = fields.statistics(form, heads, certain)
        layout = dataclasses.replace(layout, key=key, period=period, series=series)
    values = fields.values(form, heads, certain, chosen == "budget")
    columns = tuple(value.column for value in values)
    said: dict[str, str] = {}
    proven = certain.file.decimal if look.kept else mapping.decimal_mark(piece, part, heads, columns)
    part = dataclasses.replace(part, decimal=fields.decimal_mark(form, proven))
    layout = dataclasses.replace(layout, file=part)
    if part.decimal is not None and columns:
        strange = mapping.strange_texts(piece, part, heads, columns)
        said = fields.signs(form, strange, mapping.signs_in(piece, part, heads, columns), certain.signs)
        asked += [f"Was bedeutet „{text}“ in den Zahlen?" for text in strange if text not in said]
    layout = dataclasses.replace(layout, values=values or None, signs=said)
    if chosen == "budget" and not layout.is_budget:
        return layout, asked
    return layout, [*(question for _, question in open_questions(layout)), *asked]


def _named(form: Form, certain: Layout, piece: Workpiece) -> Layout:
    title = form.sure.text_input("Titel der Tabelle", certain.title or piece.path.stem, key="map_title", max_chars=120)
    publisher = form.sure.text_input("Herausgeber", certain.publisher, key="map_publisher", max_chars=120)
    licence = form.sure.text_input("Lizenz", certain.licence, key="map_licence", max_chars=60)
    return dataclasses.replace(certain, title=title.strip(), publisher=publisher.strip(), licence=licence.strip())


def _outcome(layout: Layout, piece: Workpiece, proceed: Callable[[Layout], None]) -> None:
    """What the layout makes of the file, and the ways on."""
    st.subheader("So wird die Datei gelesen", anchor=False)
    tried = mapping.attempt(layout, piece)
    if tried.total:
        st.caption(f"{tried.total} Zeilen; die ersten {len(tried.rows)}:")
        st.dataframe(tried.rows, hide_index=True, key="map_preview")
    _findings(tried.findings)
    broken = not tried.total or any(finding.severity == "error" for finding in tried.findings)
    if broken:
        st.error("So lässt sich die Datei nicht lesen. Bitte die Angaben oben ändern.")
    with st.container(horizontal=True):
        st.download_button(
            "Vorlage herunterladen", mapping.dump_layout(layout), f"{piece.path.name}.toml", "application/toml",
            key="map_download", on_click="ignore",
        )  # fmt: skip
        if st.button("Vorlage aufbewahren und weiter", key="map_proceed", disabled=broken):
            _keep(layout, piece)
            forget()
            proceed(layout)


def _keep(layout: Layout, piece: Workpiece) -> None:
    """Keep the layout for the next file of this heading; that it cannot be kept stops nobody from reading on."""
    try:
        kept = mapping.keep_layout(layout, piece, session.settings())
    except OSError:
        kept = None
    if kept is None:
        st.session_state["_import_notice"] = "Die Vorlage gilt für diese Datei; aufbewahrt werden konnte sie nicht."
    else:
        st.session_state["_import_notice"] = "Vorlage aufbewahrt: Die nächste Datei mit dieser Überschrift wird erkannt."


def _findings(findings: tuple[Finding, ...]) -> None:
    rows = [(SEVERITY_LABEL[f.severity], f.row, f.column, f.message, f.remedy) for f in findings]
    if rows:
        frame = pd.DataFrame(rows, columns=[column.name for column in _COLUMNS])
        tables.table(frame, _COLUMNS, "Befunde zur Zuordnung", None, "map_findings", state=None)
