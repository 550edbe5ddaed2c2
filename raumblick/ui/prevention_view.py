"""A part of Risiko: what prevention would have to do to pay for itself; the effect is the user's assumption."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from raumblick.answers.preventing import PRESETS, Ahead, MoneyError, Now, Prevention, ahead
from raumblick.snapshot.store import Store
from raumblick.ui import charts, selection, session, tables
from raumblick.ui import format as fmt
from raumblick.ui.layout import escape

_MORE = ("5", "10", "20", "30", "50")
_LAGS = {"12": "nach einem Jahr", "24": "nach zwei Jahren", "36": "nach drei Jahren"}
_YEARS = ("3", "5", "8", "10")
_EFFECTS = {f"{effect:g}": text for effect, text in PRESETS}


def part(store: Store, now: Now) -> None:
    """Assumptions, answer, chart, table; how much goes to work without cases."""
    plan, years = _plan(now)
    try:
        found = session.ask(ahead, store, plan, years)
    except MoneyError as error:
        st.info(escape(str(error)))
        return
    st.markdown(escape(found.sentence))
    charts.show(_chart(found), "prevention", found.sentence)
    columns = [
        tables.Column("year", "Jahr", 0), tables.Column("without", "Hilfen ohne mehr Prävention (€)", 0),
        tables.Column("with_plan", "Hilfen mit (€)", 0), tables.Column("fewer", "nicht nötig (€)", 0),
        tables.Column("extra", "Prävention zusätzlich (€)", 0), tables.Column("net", "Saldo (€)", 0),
    ]  # fmt: skip
    tables.table(found.years, columns, f"Prävention ab {now.year}", store, "prevention", state=None)
    st.caption(_tracked(now))


def _plan(now: Now) -> tuple[Prevention, int]:
    names = dict(zip(now.services["service"], now.services["name"], strict=True))
    amounts = dict(zip(now.services["service"], now.services["amount"], strict=True))
    first = "fallunspezifisch" if "fallunspezifisch" in names else next(iter(names))
    one, two = st.columns(2, gap="medium")
    with one:
        service = selection.select("praev", "Mehr Geld für", list(names), names.__getitem__, first)
        more = selection.select("praevmehr", "Wie viel mehr", _MORE, lambda p: f"{p} %", "10")
        years = selection.select("praevjahre", "Betrachtet werden", _YEARS, lambda n: f"{n} Jahre", "5")
    with two:
        effect = selection.select("wirkung", "Angenommene Wirkung", list(_EFFECTS), _EFFECTS.__getitem__, "0")
        lag = selection.select("verzug", "Wirkt frühestens", list(_LAGS), _LAGS.__getitem__, "12")
    elasticity = float(effect)
    band = (2 * elasticity, 0.0) if elasticity else None
    amount = amounts[service]
    return Prevention(amount, amount * (1 + int(more) / 100), elasticity, band, int(lag)), int(years)


def _chart(found: Ahead) -> go.Figure:
    rows, figure = found.years, go.Figure()
    labels = [f"Jahr {year}" for year in rows["year"]]
    figure.add_bar(x=labels, y=rows["fewer"], name="Hilfen, die nicht nötig werden", marker={"color": charts.focus_ink()},
                   hovertemplate="%{x}: %{y:,.0f} €<extra></extra>")  # fmt: skip
    figure.add_bar(x=labels, y=rows["extra"], name="Prävention zusätzlich", marker={"color": charts.warm_ink()},
                   hovertemplate="%{x}: %{y:,.0f} €<extra></extra>")  # fmt: skip
    figure.update_layout(**charts.plain_layout(300), barmode="group",
                         legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})  # fmt: skip
    figure.update_yaxes(title="Euro im Jahr", tickformat=",d", nticks=6, rangemode="tozero")
    return figure


def _tracked(now: Now) -> str:
    """Share of work without cases in the spending for helps and it, over the years."""
    known = now.share.dropna(subset=["share"])
    if not len(known):
        return "Der Anteil fallunspezifischer Arbeit an den Ausgaben ist nicht bekannt."
    parts = ", ".join(f"{row.year}: {fmt.number(100 * row.share, 1, '%')}" for row in known.itertuples())
    return f"Anteil fallunspezifischer Arbeit an den Ausgaben für sie und die Hilfen in Fällen: {parts}."
