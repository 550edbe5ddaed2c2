"""The parts of Was-wäre-wenn: move money between areas and services, see who gains, keep and compare scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pandas as pd
import streamlit as st

from raumblick.answers.measure import Measure
from raumblick.answers.moving import Change, ConflictError, Current, MoneyError, Moved, PlanError, Scenario, move, scenarios
from raumblick.snapshot.store import Store
from raumblick.ui import format as fmt
from raumblick.ui import selection, session, tables
from raumblick.ui.layout import escape

_NAME = "plan"
_SAID = "_moving_said"


def changes() -> tuple[Change, ...]:
    """The changes of the address; what nobody understands is said and dropped."""
    found = []
    for part in filter(None, selection.text(_NAME).split(";")):
        pieces = part.split(",")
        try:
            area, service, amount = pieces
            found.append(move(area, service, amount))
        except (ValueError, MoneyError):
            st.warning(f"„{escape(part[:40])}“ in der Adresse ist keine Verschiebung. Gezeigt wird der Plan.")
            selection.forget(_NAME)
            return ()
    return tuple(found)


def keep(found: Sequence[Change]) -> None:
    """Write changes to the address, those of one area and service as one."""
    sums: dict[tuple[str, str], Decimal] = {}
    for change in found:
        key = (change.area_id, change.service)
        sums[key] = sums.get(key, Decimal(0)) + change.amount
    text = ";".join(f"{area},{service},{amount:.2f}" for (area, service), amount in sorted(sums.items()) if amount)
    selection.put(_NAME, text) if text else selection.forget(_NAME)


def form(now: Current) -> None:
    """From where, to where, how much."""
    areas = dict(zip(now.areas["area_id"], now.areas["name"], strict=True))
    services = dict(zip(now.services["key"], now.services["name"], strict=True))
    one, two, three = st.columns([3, 3, 2], gap="medium", vertical_alignment="bottom")
    with one:
        start = selection.select("von", "Von Gebiet", list(areas), areas.__getitem__, next(iter(areas)))
        taken = selection.select("vonl", "Leistung", list(services), services.__getitem__, next(iter(services)))
    with two:
        end = selection.select("nach", "Nach Gebiet", list(areas), areas.__getitem__, list(areas)[-1])
        given = selection.select("nachl", "Leistung dort", list(services), services.__getitem__, next(iter(services)))
    with three:
        st.text_input("Betrag in Euro", key="w_moving_amount", placeholder="1.234,50")
        st.button("Verschieben", on_click=_moved, args=(start, taken, end, given), key="moving_go")
    said = st.session_state.pop(_SAID, None)
    if said:
        st.warning(said)


def _moved(start: str, taken: str, end: str, given: str) -> None:
    text = str(st.session_state.get("w_moving_amount") or "")
    amount = fmt.parse(text)
    if amount is None or amount <= 0:
        st.session_state[_SAID] = f"„{escape(text[:30])}“ ist kein Betrag. Schreibweise: 1.234,50."
        return
    value = Decimal(str(amount)).quantize(Decimal("0.01"))
    keep([*changes(), move(start, taken, -value), move(end, given, value)])


def listed(now: Current, found: Sequence[Change]) -> None:
    """The changes, each with a way back."""
    areas = dict(zip(now.areas["area_id"], now.areas["name"], strict=True))
    services = dict(zip(now.services["key"], now.services["name"], strict=True))
    for number, change in enumerate(found):
        with st.container(horizontal=True, vertical_alignment="center"):
            what = f"{escape(areas.get(change.area_id, change.area_id))}, {escape(services.get(change.service, change.service))}"
            st.markdown(f"{what}: **{fmt.signed(float(change.amount), 2, '€')}**", width="stretch")
            rest = tuple(c for i, c in enumerate(found) if i != number)
            st.button("zurück", key=f"moving_drop_{number}", on_click=keep, args=(rest,), help="Diese Verschiebung zurücknehmen")
    if found:
        st.button("Alles zurück", on_click=selection.forget, args=(_NAME,), key="moving_reset")


def measure(now: Current, result: Moved) -> Measure:
    """Euro more or less for each child."""
    rows = result.areas
    change = (rows["per_child_after"] - rows["per_child_before"]).astype(float)
    state = change.notna().map({True: "value", False: "missing"})
    return Measure(
        now.level, rows["area_id"], change, state, "Veränderung je jungem Menschen", "€", 0, diverging=True
    )


def areas_table(store: Store, now: Current, result: Moved, other: Moved | None) -> None:
    """All areas before and after; beside it the scenario that is compared."""
    rows = result.areas.assign(
        **{f"{name}_euro": result.areas[name].astype(float) for name in ("before", "change", "after")}
    )
    columns = [
        tables.Column("name", fmt.level(now.level)), tables.Column("before_euro", "Plan (€)", 2),
        tables.Column("change_euro", "mehr oder weniger (€)", 2), tables.Column("after_euro", "dann (€)", 2),
        tables.Column("per_child_before", "€ je jungem Menschen", 0), tables.Column("per_child_after", "dann", 0),
        tables.Column("posts", "Stellen", 1), tables.Column("reached", "junge Menschen erreicht", 0),
    ]  # fmt: skip
    if other is not None:
        rows["other_euro"] = other.areas["after"].astype(float).to_numpy()
        columns.append(tables.Column("other_euro", "verglichenes Szenario (€)", 2))
    columns.append(tables.Column("area_id", "Schlüssel"))
    tables.table(rows, columns, f"Was-wäre-wenn {now.year}", store, "moving", state=None)


def locked(now: Current) -> None:
    """What the law locks, as a table."""
    rows = now.locked.assign(amount_euro=now.locked["amount"].astype(float))
    st.markdown(
        "Auf diese Leistungen besteht ein Anspruch. Ihr Bedarf wird vorausgeschätzt (Seite Risiko) und hier nicht verschoben."
    )
    columns = [
        tables.Column("name", "Leistung"), tables.Column("amount_euro", "Plan (€)", 0), tables.Column("paragraph", "Gesetz"),
    ]  # fmt: skip
    tables.table(rows, columns, f"Gesetzlich gesperrt {now.year}", None, "locked", state=None)


def kept(store: Store) -> dict[str, Scenario]:
    """Scenarios of this city, last saved first."""
    return {s.scenario_id: s for s in scenarios(session.settings().plans_url).listing(str(store.city["city_id"]))}


def shelf(store: Store, known: dict[str, Scenario], found: Sequence[Change]) -> None:
    """Save this variant under a name, load one that was kept."""
    with st.form("moving_save", border=False):
        one, two, three = st.columns([3, 2, 1], vertical_alignment="bottom")
        name = one.text_input("Name des Szenarios", max_chars=80)
        author = two.text_input("Kürzel", max_chars=40, help="Wer das Szenario angelegt hat; kein Klarname nötig")
        if three.form_submit_button("Speichern"):
            _save(store, name, author, found)
    if known:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chosen = st.selectbox("Gespeicherte Szenarien", list(known), format_func=lambda key: _title(known[key]), width=420)
            st.button("Laden", on_click=keep, args=(known[chosen].changes,), key="moving_load")


def _title(one: Scenario) -> str:
    return f"{one.name} ({one.author}, {one.saved:%d.%m.%Y %H:%M})"


def _save(store: Store, name: str, author: str, found: Sequence[Change]) -> None:
    if not name.strip() or not author.strip() or not found:
        st.warning("Zum Speichern gehören eine Verschiebung, ein Name und ein Kürzel.")
        return
    plans = scenarios(session.settings().plans_url)
    try:
        plans.create(str(store.city["city_id"]), name, author, store.snapshot_id, found)
    except (PlanError, ConflictError) as error:
        st.warning(escape(str(error)))
        return
    st.success(f"Gespeichert: {escape(name)}.")
    st.rerun()


def versus(known: dict[str, Scenario]) -> Scenario | None:
    """The scenario to compare with; none by default."""
    if not known:
        return None
    chosen = selection.select(
        "gegen", "Vergleichen mit", ["", *known], lambda key: _title(known[key]) if key else "nichts", "", width=420
    )
    return known.get(chosen)


def both(result: Moved, other: Moved, name: str) -> None:
    """Two scenarios beside the plan, by service."""
    rows = result.services[["service", "name"]].assign(
        plan=result.services["before"].astype(float), this=result.services["after"].astype(float),
        that=other.services["after"].astype(float).to_numpy(),
    )  # fmt: skip
    columns = [
        tables.Column("name", "Leistung"), tables.Column("plan", "Plan (€)", 0), tables.Column("this", "diese Variante (€)", 0),
        tables.Column("that", f"{name} (€)", 0),
    ]  # fmt: skip
    tables.table(pd.DataFrame(rows), columns, "Vergleich der Leistungen", None, "both", state=None)
