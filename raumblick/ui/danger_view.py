"""The parts of Risiko: the assumptions, the sentence, the services against their plan, reserves and stress cases."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from raumblick.answers.danger import Assumptions, Danger
from raumblick.snapshot.store import Store
from raumblick.ui import charts, selection, tables
from raumblick.ui import format as fmt

_CASES = ("-20", "-10", "-5", "0", "5", "10", "20", "30")
_PRICES = ("0", "1", "2", "3", "4", "5", "6", "8", "10")
_SURE = ("80", "90", "95")


def assumptions() -> Assumptions:
    """Controls of the coming year."""
    with st.container(horizontal=True, gap="large", key="controls"):
        cases = selection.select("faelle", "Neue Fälle", _CASES, _change, "0", "select_slider", width=260)
        prices = selection.select("preise", "Preise", _PRICES, _change, "0", "select_slider", width=260)
        sure = selection.select(
            "sicherheit", "Rücklage reicht in", _SURE, lambda p: f"{p} % der Jahre", "80", "segmented_control", required=True
        )
    return Assumptions(more_cases=int(cases) / 100, prices=int(prices) / 100, level=int(sure) / 100)


def _change(key: str) -> str:
    return "wie bisher" if key == "0" else f"{fmt.signed(int(key), 0, '%')}"


def sentence(result: Danger) -> str:
    """What the coming year costs, and how likely the plan holds."""
    low, high = fmt.money(result.quantiles["P10"]), fmt.money(result.quantiles["P90"])
    over = fmt.chance(result.verdict.over)
    said = f"Die Hilfen kosten in den nächsten zwölf Monaten voraussichtlich **{fmt.money(result.mean)}** (in 80 % der Jahre "
    said += f"{low} bis {high}). Der Plan {result.plan_year} von {fmt.money(result.plan)} wird mit **{over}** "
    said += "Wahrscheinlichkeit überschritten"
    if result.verdict.over >= 0.01:
        said += f", dann im Mittel um {fmt.money(round(result.verdict.size, -4))}"
    return said + "."


def chart(result: Danger) -> None:
    """Each service against its plan: expected cost in percent of the plan with the band of 80 % of the years."""
    rows = result.services[result.services["plan"] > 0].iloc[::-1]
    said = "Erwartete Kosten der Leistungen in Prozent ihres Plans, mit dem Bereich für 80 % der Jahre."
    figure = go.Figure()
    part, low, high = (100 * rows[name] / rows["plan"] for name in ("mean", "low", "high"))
    ink = [charts.warm_ink() if chance > 0.5 else charts.focus_ink() for chance in rows["chance"]]
    labels = charts.wrapped(rows["name"], 34)
    figure.add_scatter(
        x=part, y=labels, mode="markers", marker={"size": 11, "color": ink, "symbol": _symbols(rows["chance"])}, name="erwartet",
        error_x={"type": "data", "symmetric": False, "array": high - part, "arrayminus": part - low,
                 "color": charts.grey_ink(3), "thickness": 2, "width": 0},
        customdata=np.column_stack([[fmt.money(v) for v in rows["mean"]], [fmt.money(v) for v in rows["plan"]],
                                    [fmt.chance(v) for v in rows["chance"]]]),
        hovertemplate="%{y}: %{customdata[0]}, Plan %{customdata[1]}; überschritten zu %{customdata[2]}<extra></extra>",
    )  # fmt: skip
    figure.add_vline(x=100, line={"color": charts.grey_ink(4), "width": 1, "dash": "dot"}, annotation_text="Plan")
    figure.update_layout(**charts.plain_layout(90 + 34 * len(rows)), showlegend=False)
    figure.update_xaxes(title="Erwartete Kosten in Prozent des Plans", ticksuffix=" %")
    st.markdown("**Erwartete Kosten gegen den Plan** (Raute: wird eher überschritten als eingehalten)")
    charts.show(figure, "danger", said)


def _symbols(chances: object) -> list[str]:
    return ["diamond" if chance > 0.5 else "circle" for chance in chances]  # type: ignore[attr-defined]


def services(store: Store, result: Danger) -> None:
    """All services, those with the largest expected overspending first."""
    rows = result.services.assign(chance_text=[fmt.chance(c) for c in result.services["chance"]])
    columns = [
        tables.Column("name", "Leistung"), tables.Column("stock", "laufende Fälle", 0),
        tables.Column("months", "Dauer (Monate)", 1), tables.Column("price", "€ je Fall und Monat", 0),
        tables.Column("mean", "erwartet (€)", 0),
        tables.Column("low", "80-%-Bereich von", 0), tables.Column("high", "bis", 0), tables.Column("plan", "Plan (€)", 0),
        tables.Column("chance_text", "überschritten zu"), tables.Column("excess", "im Mittel fehlen (€)", 0),
        tables.Column("paragraph", "Rechtsgrundlage"),
    ]  # fmt: skip
    tables.table(rows, columns, f"Risiko {result.plan_year}", store, "danger", f"Fälle bis {result.until}.", state=None)


def reserves(result: Danger, level: float) -> None:
    """One reserve against one for each area."""
    if not result.pool > 0:
        return
    enough = (
        f"Damit es in {fmt.number(100 * level)} % der Jahre reicht, genügen **{fmt.money(result.pool)}** über dem erwarteten Wert"
    )
    if result.areas:
        st.markdown(
            f"{enough}, wenn alle Gebiete eine gemeinsame Rücklage haben. Hält jedes der {result.areas} Gebiete seine eigene, "
            f"sind es zusammen **{fmt.money(result.alone)}**, das {fmt.number(result.alone / result.pool, 1)}-Fache."
        )
    else:
        st.markdown(f"{enough}. Was getrennte Rücklagen der Gebiete kosten, steht hier nicht: Fälle einzelner Gebiete fehlen.")


def stress(result: Danger) -> None:
    """What would happen in hard years."""
    rows = result.stress.assign(chance_text=[fmt.chance(c) for c in result.stress["chance"]])
    columns = [
        tables.Column("title", "Fall", width="large"), tables.Column("extra", "kostet zusätzlich (€)", 0),
        tables.Column("chance_text", "Plan überschritten zu"),
    ]  # fmt: skip
    tables.table(rows, columns, "Belastungsproben", None, "stress", state=None)
