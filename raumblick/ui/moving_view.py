"""The parts of Was-wäre-wenn that show: the line of sums, the map, tables before and after, what the law locks."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pandas as pd
import streamlit as st

from raumblick.answers.measure import Measure
from raumblick.answers.moving import Current, Moved, Scenario
from raumblick.snapshot.store import Store
from raumblick.ui import format as fmt
from raumblick.ui import selection, tables
from raumblick.ui.layout import escape


def measure(now: Current, result: Moved, other: Moved | None = None, name: str = "") -> Measure:
    """Euro more or less for each child, against the plan or against another scenario; in percent where children are not known."""
    rows, base = result.areas, result.areas["before"] if other is None else other.areas["after"]
    against = "gegen den Plan" if other is None else f"gegen „{name}“"
    change = (rows["after"] - base.to_numpy()).astype(float)
    children = rows["area_id"].map(now.children)
    if children.notna().all():
        change, unit, title = change / children.where(children > 0), "€", f"Veränderung {against} je jungem Menschen"
    else:
        before = base.astype(float)
        change, unit, title = 100 * change / before.where(before > 0), "%", f"Veränderung {against}"
    state = change.notna().map({True: "value", False: "missing"})
    return Measure(now.level, rows["area_id"], change, state, title, unit, 0, diverging=True)


def areas_table(store: Store, now: Current, result: Moved, other: Moved | None) -> None:
    """All areas before and after, and their sum; beside it the scenario that is compared."""
    rows = result.areas.drop(columns=["per_child_before", "per_child_after"])
    if other is not None:
        rows["other"] = other.areas["after"].to_numpy()
    rows = pd.concat([rows, pd.DataFrame([_together(rows)])], ignore_index=True)
    children = rows["area_id"].map(now.children)
    children.iloc[-1] = now.children.sum(skipna=False)
    for column in ("before", "after"):
        rows[f"per_child_{column}"] = rows[column].astype(float) / children.where(children > 0).to_numpy()
    columns = [
        tables.Column("name", fmt.level(now.level)), tables.Column("before", "Plan (€)", 2),
        tables.Column("change", "mehr oder weniger (€)", 2), tables.Column("after", "dann (€)", 2),
        tables.Column("per_child_before", "€ je jungem Menschen", 0), tables.Column("per_child_after", "dann", 0),
        tables.Column("posts", "Stellen", 1), tables.Column("reached", "junge Menschen erreicht", 0),
    ]  # fmt: skip
    if other is not None:
        columns.insert(4, tables.Column("other", "verglichenes Szenario (€)", 2))
    columns.append(tables.Column("area_id", "Schlüssel"))
    tables.table(rows, columns, f"Was-wäre-wenn {now.year}", store, "moving", state=None)


def _together(rows: pd.DataFrame) -> dict[str, object]:
    """The sum of all areas, exact."""
    exact = [column for column in ("before", "change", "after", "other") if column in rows]
    sums = {column: sum(rows[column], Decimal(0)) for column in exact}
    return {"name": "Zusammen", "area_id": "", **sums, **{c: rows[c].sum(min_count=1) for c in ("posts", "reached")}}


def locked_line(now: Current) -> str:
    """How much the law locks, and the largest of it."""
    if not len(now.locked):
        return ""
    total = fmt.money(float(sum(now.locked["amount"], Decimal(0))))
    names = ", ".join(escape(name) for name in now.locked["name"].head(3))
    return f"Gesetzlich gesperrt: **{total}** in {len(now.locked)} Leistungen, am meisten {names}."


def locked(store: Store, now: Current) -> None:
    """What the law locks, as a table."""
    rows = now.locked.assign(amount_euro=now.locked["amount"].astype(float))
    st.markdown(
        "Auf diese Leistungen besteht ein Anspruch, oder sie sind Pflicht. Ihr Bedarf wird vorausgeschätzt (Seite Risiko) und "
        "hier nicht verschoben."
    )
    columns = [
        tables.Column("name", "Leistung"), tables.Column("amount_euro", "Plan (€)", 2), tables.Column("paragraph", "Gesetz"),
    ]  # fmt: skip
    tables.table(rows, columns, f"Gesetzlich gesperrt {now.year}", store, "locked", state=None)


def totals(now: Current, result: Moved) -> None:
    """Pot, what changes places, and what is left: the line that stays in view."""
    left = result.remaining
    word = "noch frei" if left >= 0 else "es fehlen"
    st.markdown(
        f"Topf **{fmt.number(now.pot, 2, '€')}** · verschoben **{fmt.number(result.moved, 2, '€')}** · "
        f"{word} **{fmt.number(abs(left), 2, '€')}**"
    )


def versus(known: Mapping[str, Scenario]) -> Scenario | None:
    """The scenario to compare with; none by default."""
    if not known:
        return None
    chosen = selection.select(
        "gegen", "Vergleichen mit", ["", *known], lambda key: fmt.scenario(known[key]) if key else "nichts", "", width=420
    )
    return known.get(chosen)


def map_against() -> bool:
    """Whether the map shows the difference to the compared scenario instead of to the plan."""
    words = {"plan": "gegen den Plan", "szenario": "gegen das verglichene Szenario"}
    chosen = selection.select("karte_gegen", "Karte zeigt", list(words), words.__getitem__, "plan", "segmented_control",
                              required=True)  # fmt: skip
    return chosen == "szenario"


def both(store: Store, result: Moved, other: Moved, name: str) -> None:
    """Two scenarios beside the plan, by service."""
    rows = result.services[["service", "name"]].assign(
        plan=result.services["before"].astype(float), this=result.services["after"].astype(float),
        that=other.services["after"].astype(float).to_numpy(),
    )  # fmt: skip
    columns = [
        tables.Column("name", "Leistung"), tables.Column("plan", "Plan (€)", 2), tables.Column("this", "diese Variante (€)", 2),
        tables.Column("that", f"{name} (€)", 2),
    ]  # fmt: skip
    tables.table(pd.DataFrame(rows), columns, "Vergleich der Leistungen", store, "both", state=None)
