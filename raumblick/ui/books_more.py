"""Folded parts of Budgetstand: other ways to split the ledger, the forecast from cases, odd bookings."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from raumblick.answers.books import Books
from raumblick.answers.second import second
from raumblick.answers.split import SIDES, SPLITS, oddities, split, whole
from raumblick.snapshot.store import Store
from raumblick.ui import format as fmt
from raumblick.ui import layout, selection, session, tables

_WITHOUT = {"paragraph": "ohne Leistung", "kind": "keine davon", "carrier": "ohne Träger", "month": "ohne Monat"}


def other_ways(store: Store, result: Books) -> None:
    """The ledger by paragraph, kind of work, product, carrier, account or month; expense, revenue or what is left to pay."""
    with st.container(horizontal=True, gap="large"):
        by = selection.select("gliederung", "Gliedern nach", list(SPLITS), SPLITS.__getitem__, "product", width=240)
        side = selection.select("seite", "Seite", list(SIDES), SIDES.__getitem__, "expense", "segmented_control", required=True)
    rows = session.ask(split, store, result.year, result.basis, by, side)
    total = whole(rows)
    st.markdown(
        f"{SIDES[side]} {result.year}: Plan {fmt.number(total['plan'], 2, '€')}, fortgeschrieben "
        f"{fmt.number(total['amended'], 2, '€')}, Ist {fmt.number(total['actual'], 2, '€')}, gebunden "
        f"{fmt.number(total['committed'], 2, '€')}."
    )
    shown = rows.assign(name=[_label(by, key) for key in rows["key"]])
    shown = shown if by == "month" else shown.sort_values("amended", ascending=False)
    columns = [
        tables.Column("name", SPLITS[by]), tables.Column("plan", "Plan (€)", 2),
        tables.Column("amended", "fortgeschrieben (€)", 2), tables.Column("actual", "Ist (€)", 2),
        tables.Column("committed", "gebunden (€)", 2), tables.Column("available", "verfügbar (€)", 2),
        tables.Column("missing", "ohne Betrag", 0),
    ]  # fmt: skip
    title = f"{SIDES[side]} {result.year} nach {SPLITS[by]}"
    tables.table(shown, columns, title, store, "ways", state=None)


def _label(by: str, key: str) -> str:
    if not key:
        return _WITHOUT.get(by, "ohne Angabe")
    return fmt.MONTHS[int(key) - 1] if by == "month" else key


def from_cases(store: Store, result: Books) -> None:
    """Both forecasts side by side, and why they differ."""
    found = second(store, result)
    if found is None:
        st.info("Für eine Prognose aus den Fällen müssen die Fallzahlen bis zum gleichen Monat reichen wie die Buchungen.")
        return
    st.markdown(layout.escape(found.sentence))
    columns = [
        tables.Column("name", "Leistung"), tables.Column("books", "aus Buchungen (€)", 0),
        tables.Column("value", "aus Fällen (€)", 0), tables.Column("low", "80-%-Bereich von", 0), tables.Column("high", "bis", 0),
        tables.Column("total", "Unterschied (€)", 0), tables.Column("level", "davon Kosten je Fall (€)", 0),
        tables.Column("movement", "davon Zu- und Abgänge (€)", 0),
    ]  # fmt: skip
    tables.table(found.rows, columns, f"Prognose aus Fällen {result.year}", store, "second", state=None)


def odd(store: Store) -> None:
    """What is odd about the bookings; nothing is changed by it."""
    found = session.ask(oddities, store)
    st.markdown("Geprüft werden alle Jahre. Nichts davon ist geändert; die Summen enthalten es so, wie es gebucht ist.")
    if not found:
        st.markdown("Nichts aufgefallen.")
        return
    columns = [tables.Column("note", "Auffällig", width="large")]
    tables.table(pd.DataFrame({"note": found}), columns, "Auffällige Buchungen", store, "odd", state=None)
