"""What an import would change: areas, indicators, tables, and the biggest jumps with a verdict."""

from __future__ import annotations

from contextlib import ExitStack

import streamlit as st

from raumblick.answers.preview import Preview, preview
from raumblick.ui import session, tables

_COUNTS = {"area": "Gebiete", "population": "Einwohner", "facility": "Plätze", "booking": "Euro", "caseload": "Fälle"}
_COUNTS |= {"protection": "Verfahren", "transition": "Kinder", "cell": "Kinder"}


def compare(city_id: str, snapshot_id: str, current: str | None) -> Preview:
    """What would change if a candidate came into force; the files are open only while they are compared.

    Raises:
        SnapshotError: one of the snapshots is gone or damaged.
        NotAllowedError: the person may not import into this city.
    """
    ids = [snapshot_id] if current in (None, snapshot_id) else [snapshot_id, str(current)]
    with ExitStack() as open_files:
        stores = []
        for name in ids:
            stores.append(session.open_snapshot(city_id, name))
            open_files.callback(stores[-1].close)
        return preview(stores[0], stores[1] if len(stores) > 1 else None)


def show(result: Preview, is_first: bool) -> None:
    """The answer on the page; `is_first`: the city has no snapshot in force yet."""
    st.header("Was sich ändert", anchor=False)
    if is_first:
        st.markdown("Für diese Stadt gibt es noch keinen Datenstand: Alles ist neu.")
    elif result.empty:
        st.info("Diese Lieferung hat denselben Inhalt wie der Datenstand, der gilt.")
    changed = result.indicators[result.indicators["state"] != "unverändert"]
    said = [f"Gebiete neu: {len(result.areas_new)}, weggefallen: {len(result.areas_gone)}"]
    said += [f"Kennzahlen {state}: {count}" for state, count in changed["state"].value_counts().items()]
    st.markdown(" · ".join(said))
    columns = [
        tables.Column("name", "Kennzahl"),
        tables.Column("state", "Stand"),
        tables.Column("periods_new", "neue Zeiträume"),
        tables.Column("periods_changed", "geänderte Zeiträume"),
        tables.Column("periods_gone", "weggefallene Zeiträume"),
    ]
    if len(changed):
        tables.table(changed, columns, "Geänderte Kennzahlen", None, "changed", state=None)
    if len(result.tables):
        shown = result.tables.assign(what=result.tables["name"].map(_COUNTS))
        columns = [
            tables.Column("what", "Tabelle"),
            tables.Column("year", "Jahr"),
            tables.Column("rows_before", "Zeilen vorher", 0),
            tables.Column("rows_after", "nachher", 0),
            tables.Column("total_before", "Summe vorher", 0),
            tables.Column("total_after", "Summe nachher", 0),
        ]
        tables.table(shown, columns, "Geänderte Tabellen", None, "tables_changed", state=None)
    _show_jumps(result)


def _show_jumps(result: Preview) -> None:
    if not len(result.jumps):
        return
    unusual = int(result.jumps["unusual"].sum())
    st.markdown(
        f"**Die größten Sprünge** gegenüber dem Zeitraum davor; {unusual} davon sind ungewöhnlich: weiter von den "
        "Veränderungen der anderen Gebiete entfernt, als zu erwarten ist, und nicht durch Zufall zu erklären."
    )
    verdict = result.jumps["unusual"].map({True: "ungewöhnlich, bitte prüfen", False: "möglich"})
    columns = [
        tables.Column("name", "Kennzahl"),
        tables.Column("area", "Gebiet"),
        tables.Column("first", "von"),
        tables.Column("before", "Wert", 1),
        tables.Column("last", "bis"),
        tables.Column("after", "Wert dann", 1),
        tables.Column("verdict", "Urteil"),
    ]
    tables.table(result.jumps.assign(verdict=verdict), columns, "Größte Sprünge", None, "jumps", state=None)
