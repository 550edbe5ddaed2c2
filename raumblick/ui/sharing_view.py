"""The parts of Verteilung: the settings of the formula, the sentence, the map of gains and losses, one area's euro."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from raumblick.answers.measure import Measure
from raumblick.answers.sharing import Ground, MoneyError, Pot, Sharing, Wish, way
from raumblick.snapshot.store import Store
from raumblick.ui import charts, selection, tables
from raumblick.ui import format as fmt
from raumblick.ui.layout import escape

_PERCENT = (*(str(n) for n in range(0, 100, 5)), "97.5", "100")
_PRESETS = {"40": "40 % Sockel", "80": "80 % Sockel (wie Hamburg)", "97.5": "97,5 % Sockel (wie Altona)"}
_YEARS = ("2", "3", "4", "5")
_BOUNDS = ("ohne", "0", "2", "5", "10", "15", "20", "30", "50")
_LIMITS = {"unter": "5", "ober": "15"}  # largest loss and gain to start with
_AGAINST = "Gegen den bisherigen Anteil am Topf."
_POINTS = tuple(str(n) for n in range(0, 101, 10))


def wish(pot: Pot, base: Ground) -> Wish:
    """The formula as the address says it."""
    floor, cap = (_bound(selection.current(name, _BOUNDS, usual)) for name, usual in _LIMITS.items())
    share = float(selection.current("sockel", _PERCENT, "40")) / 100
    points = {key: selection.current(f"g_{key}", _POINTS, _first(base, key)) for key in map(str, base.burden.columns)}
    weights = tuple((key, int(value)) for key, value in points.items())
    return Wish(round(_given(pot)[0], 2), share, weights, floor, cap)


def controls(pot: Pot, base: Ground) -> None:
    """The controls of the formula; everything travels in the address."""
    _amount(pot)
    selection.select(
        "sockel", "Sockel nach jungen Menschen", _PERCENT, _percent, "40", "select_slider",
        help="Dieser Teil geht nach der Zahl der Menschen unter 18 Jahren, der Rest nach der Belastung.",
    )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        for part, title in _PRESETS.items():
            st.button(title, key=f"preset_{part}", on_click=selection.put, args=("sockel", part), type="tertiary")
    floor, cap = st.columns(2)
    with floor:
        selection.select("unter", "Höchster Verlust", _BOUNDS, _bound_text, _LIMITS["unter"], help=_AGAINST)
    with cap:
        selection.select("ober", "Höchster Gewinn", _BOUNDS, _bound_text, _LIMITS["ober"], help=_AGAINST)
    for key in map(str, base.burden.columns):
        label = f"{escape(base.names[key])} ({base.periods[key]})"
        selection.select(f"g_{key}", label, _POINTS, str, _first(base, key), "select_slider")


def _percent(key: str) -> str:
    return f"{key.replace('.', ',')} %"


def years_table(store: Store, pot: Pot, base: Ground) -> None:
    """The way to the formula over some years, as a table."""
    years = int(selection.select("jahre", "In wie vielen Jahren", _YEARS, lambda n: f"{n} Jahre", "3", width=200))
    try:
        rows = way(base, pot, wish(pot, base), years)
    except MoneyError as error:
        st.info(escape(str(error)))
        return
    st.markdown("Jedes Jahr geht ein gleicher Teil des Rests zur Formel; höchster Verlust und Gewinn gelten gegen das Vorjahr.")
    columns = [tables.Column("name", fmt.level(base.level)), tables.Column("previous", "bisher (€)", 0)]
    columns += [tables.Column(str(n), f"{n}. Jahr (€)", 0) for n in range(1, years + 1)]
    columns.append(tables.Column("area_id", "Schlüssel"))
    tables.table(rows, columns, f"Weg zur Formel {pot.name}", store, "way", _note_of(pot), state=None)


def _note_of(pot: Pot) -> str:
    return f"Ausgangspunkt: Plan {pot.year}."


def _first(base: Ground, key: str) -> str:
    """Points that an indicator starts with."""
    return str(10 * round(base.start.get(key, 0) / 10))


def _given(pot: Pot) -> tuple[float, str]:
    """The pot in euro, and the text of the address where it is no amount: then the plan stands."""
    text = selection.text("betrag")
    given = fmt.parse(text) if text else None
    wrong = bool(text) and (given is None or not 0 < given < 1e12)
    return (pot.total if given is None or wrong else given), (text if wrong else "")


def _amount(pot: Pot) -> None:
    """The pot in euro as people write it; what cannot be read is said."""
    amount, wrong = _given(pot)
    if wrong:
        st.warning(f"„{escape(wrong[:40])}“ ist kein Betrag. Schreibweise: 1.234.500 oder 1234500,50. Gezeigt wird der Plan.")
    selection.show("w_betrag", fmt.number(amount, 0 if float(amount).is_integer() else 2))
    planned = f"Plan {pot.year}: {fmt.money(pot.total)}"
    st.text_input("Topf in Euro", key="w_betrag", on_change=_take_amount, args=(pot.total,), help=planned)


def _take_amount(planned: float) -> None:
    text = str(st.session_state["w_betrag"]).strip()
    if fmt.parse(text) == planned or not text:
        selection.forget("betrag")
    else:
        selection.put("betrag", text)


def _bound_text(key: str) -> str:
    return "ohne Grenze" if key == "ohne" else f"{key} %"


def _bound(key: str) -> float | None:
    return None if key == "ohne" else int(key) / 100


def sentence(result: Sharing, pot: Pot, base: Ground) -> str:
    """How much changes places, who gains and who loses most."""
    rows = result.rows.sort_values("change")
    said = f"**{fmt.money(result.found.amounts.sum())}** für „{escape(pot.name)}“: "
    if result.moved < 1:
        return f"{said}Die Formel ändert nichts an der Verteilung."
    worst, best = rows.iloc[0], rows.iloc[-1]
    gaining = int((rows["change"] > 0).sum())
    said += f"Nach der Formel wechseln **{fmt.money(result.moved)}** das Gebiet. Mehr bekommen {gaining} von "
    said += f"{fmt.of_level(len(rows), base.level)}, am meisten {escape(best['name'])} ({fmt.signed(best['change'], 0, '€')}); "
    return said + f"am meisten gibt {escape(worst['name'])} ab ({fmt.signed(worst['change'], 0, '€')})."


def measure(result: Sharing, base: Ground) -> Measure:
    """Gains and losses in percent of what an area had."""
    rows = result.rows
    return Measure(
        level=base.level, area_id=rows["area_id"], values=rows["share"],
        state=rows["share"].notna().map({True: "value", False: "missing"}),
        title="Veränderung gegen bisher", unit="%", diverging=True,
    )  # fmt: skip


def areas_table(store: Store, result: Sharing, pot: Pot, base: Ground) -> None:
    """All areas, the largest gain first."""
    columns = [
        tables.Column("name", fmt.level(base.level)), tables.Column("youth", "unter 18 Jahren", 0),
        tables.Column("previous", "bisher (€)", 0), tables.Column("formula", "Formel allein (€)", 0),
        tables.Column("amount", "Ergebnis (€)", 0), tables.Column("change", "mehr oder weniger (€)", 0),
        tables.Column("share", "Veränderung (%)", 1), tables.Column("per_child", "€ je jungem Menschen", 0),
        tables.Column("bound", "Grenze"), tables.Column("area_id", "Schlüssel"),
    ]  # fmt: skip
    rows = result.rows.sort_values("change", ascending=False)
    tables.table(rows, columns, f"Verteilung {pot.name} {pot.year}", store, "sharing", _note(result), state=None)


def _note(result: Sharing) -> str:
    found = result.found
    weights = ", ".join(f"{key} {fmt.number(100 * value, 0)} %" for key, value in found.weights.items())
    base = f"Sockel {_percent(f'{100 * found.base_share:g}')}"
    return f"{base}; Gewichte: {weights or 'keine'}; gerundet auf {fmt.number(found.unit)} €."


def one_area(result: Sharing, area_id: str) -> None:
    """Why this area gets its euro, as a sentence and as a waterfall."""
    said = result.sentences[area_id]
    st.markdown(escape(said))
    charts.show(_waterfall(result, area_id), "waterfall", said)


def _waterfall(result: Sharing, area_id: str) -> go.Figure:
    """From nothing to the amount, step by step."""
    row = result.parts.loc[area_id]
    row = row[row.abs() >= 0.5]
    labels = [*charts.wrapped(map(str, row.index), 30), "<b>Ergebnis</b>"]
    total = float(result.found.amounts[area_id])
    figure = go.Figure(
        go.Waterfall(
            orientation="h", y=labels, x=[*row, total], measure=[*["relative"] * len(row), "total"],
            text=[*(fmt.signed(v, 0, "€") for v in row), f"<b>{fmt.number(total, 0, '€')}</b>"], textposition="outside",
            cliponaxis=False, constraintext="none", increasing={"marker": {"color": charts.focus_ink()}},
            decreasing={"marker": {"color": charts.warm_ink()}}, totals={"marker": {"color": charts.grey_ink(4)}},
            connector={"line": {"color": charts.grey_ink(2), "width": 1}}, hovertemplate="%{y}: %{x:,.0f} €<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(**charts.plain_layout(90 + 44 * len(labels)), showlegend=False)
    figure.update_layout(margin={"r": 90})
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(title="Euro", tickformat=",d", nticks=6)
    return figure
