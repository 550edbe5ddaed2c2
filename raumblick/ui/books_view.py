"""The parts of Budgetstand: the sentence, key figures, what will be over, the year's course, the map of areas."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from raumblick.answers.books import MISS_YEARS, Books, Course
from raumblick.answers.measure import Measure
from raumblick.snapshot.store import Store
from raumblick.ui import charts, tables
from raumblick.ui import format as fmt
from raumblick.ui.layout import escape

SIGNS = {"grün": "● im Plan", "gelb": "◆ im Blick behalten", "rot": "▲ voraussichtlich über Plan", "": "keine Prognose"}


def sentence(result: Books) -> str:
    """What is spent, what the year will cost, and which services will be over."""
    row = result.whole
    until = "" if not result.running else f" bis {fmt.MONTHS[result.month - 1]}" if result.month else ""
    if not result.month:
        planned = fmt.money(row["amended"])
        return f"**{result.year}**: {planned} sind geplant; was davon ausgegeben ist, steht nicht in den Buchungen."
    said = f"**{result.year}**{until}: {fmt.money(row['actual'])} von {fmt.money(row['amended'])} sind ausgegeben"
    if row["committed"]:
        said += f", weitere {fmt.money(row['committed'])} gebunden"
    said += "."
    if fmt.known(row["forecast"]) and result.running:
        said += f" Bis Jahresende werden es voraussichtlich **{fmt.money(row['forecast'])}** "
        said += f"({fmt.money(row['low'])} bis {fmt.money(row['high'])})."
    named = result.services[result.services["key"] != ""]
    red = named[named["colour"] == "rot"].sort_values("excess", ascending=False)
    if not len(red):
        return f"{said} Keine Leistung liegt voraussichtlich mehr als 1 % über ihrem Plan."
    names = ", ".join(escape(name) for name in red["name"].head(3))
    word = "liegt" if len(red) == 1 else "liegen"
    sure = "voraussichtlich " if result.running else ""
    return f"{said} **{len(red)}** von {len(named)} Leistungen {word} {sure}über dem Plan, am meisten {names}."


def remarks(result: Books) -> list[str]:
    """What the plans of past years say about this one, and what no service stands for."""
    row, found = result.whole, []
    if fmt.known(row["miss"]) and result.running:
        size = fmt.number(abs(100 * row["miss"]), 1)
        side = "über" if row["miss"] > 0 else "unter"
        found.append(
            f"In {fmt.number(row['miss_years'])} abgeschlossenen Jahren lag das Ist im Mittel {size} % {side} dem Plan; die "
            "Prognose erwartet bei jeder Leistung den Plan mit ihrer eigenen üblichen Abweichung."
        )
    elif result.running and result.month:
        found.append(
            f"Für eine übliche Abweichung vom Plan fehlen abgeschlossene Jahre (nötig sind {MISS_YEARS}); die Prognose erwartet "
            "den Plan."
        )
    rest = result.services[result.services["key"] == ""]
    if len(rest) and len(result.services) > 1:
        amount = fmt.money(rest["amended"].iloc[0])
        found.append(f"Ohne Leistung der Jugendhilfe: {amount} des Plans. Die Produkte stehen unter „Andere Gliederung“.")
    return found


def course_chart(found: Course) -> go.Figure:
    """Spending so far beside the year before, the plan, and the forecast with its band."""
    figure, mio = go.Figure(), 1e-6
    figure.add_scatter(
        x=found.before["month"], y=mio * found.before["so_far"], mode="lines", name=str(found.year - 1),
        line={"color": charts.grey_ink(3), "width": 2}, hovertemplate="%{y:,.1f} Mio. €<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=found.months["month"], y=mio * found.months["so_far"], mode="lines+markers", name=f"{found.year} ausgegeben",
        line={"color": charts.focus_ink(), "width": 3}, hovertemplate="%{y:,.1f} Mio. €<extra></extra>",
    )  # fmt: skip
    if fmt.known(found.forecast) and len(found.months) < 12:
        figure.add_scatter(
            x=[found.months["month"].iloc[-1], 12], y=[mio * found.months["so_far"].iloc[-1], mio * found.forecast], mode="lines",
            name="Prognose (80-%-Bereich)", line={"color": charts.focus_ink(), "width": 2, "dash": "dot"},
            error_y={"type": "data", "symmetric": False, "array": [0, mio * (found.high - found.forecast)],
                     "arrayminus": [0, mio * (found.forecast - found.low)], "color": charts.focus_ink(), "thickness": 2},
            hovertemplate="%{y:,.1f} Mio. €<extra></extra>",
        )  # fmt: skip
    figure.add_hline(y=mio * found.amended, line={"color": charts.warm_ink(), "width": 2, "dash": "dash"}, annotation_text="Plan",
                     annotation_position="top left")  # fmt: skip
    figure.update_layout(**charts.plain_layout(360), legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    figure.update_xaxes(tickvals=list(range(1, 13)), ticktext=[name[:3] for name in fmt.MONTHS], range=[0.7, 12.4])
    figure.update_yaxes(title="Mio. € seit Jahresbeginn", rangemode="tozero")
    return figure


def course(found: Course) -> None:
    """The chart with what it says."""
    said = f"{found.name} {found.year}: {fmt.money(found.months['so_far'].iloc[-1])} bis {fmt.MONTHS[len(found.months) - 1]}, "
    said += f"Plan {fmt.money(found.amended)}"
    said += f", Prognose {fmt.money(found.forecast)}." if fmt.known(found.forecast) else "."
    st.markdown(escape(said))
    charts.show(course_chart(found), "course", said)


def table(store: Store, result: Books, rows: pd.DataFrame, head: str, key: str) -> None:
    """Lines of the ledger, the largest expected overspending first."""
    signs = SIGNS if result.running else SIGNS | {"rot": "▲ über Plan"}
    shown = rows.assign(
        sign=rows["colour"].map(signs), bound_text=100 * rows["bound"],
        chance_text=[fmt.chance(c) if fmt.known(c) else "" for c in rows["chance"]], miss_text=100 * rows["miss"],
    ).sort_values(["excess", "amended"], ascending=False, na_position="last")  # fmt: skip
    columns = [
        tables.Column("name", head), tables.Column("sign", "Ampel"), tables.Column("plan", "Plan (€)", 0),
        tables.Column("amended", "fortgeschrieben (€)", 0), tables.Column("actual", "Ist (€)", 0),
        tables.Column("committed", "gebunden (€)", 0), tables.Column("available", "verfügbar (€)", 0),
        tables.Column("bound_text", "Bindung (%)", 1), tables.Column("forecast", "Prognose (€)", 0),
        tables.Column("low", "80-%-Bereich von", 0), tables.Column("high", "bis", 0),
        tables.Column("chance_text", "über Plan zu"), tables.Column("miss_text", "übliche Abweichung (%)", 1),
        tables.Column("missing", "ohne Betrag", 0),
    ]  # fmt: skip
    if "kept" in shown:
        shown["kept_text"] = [_kept(row.kept, row.kept_years, row.kept_since) for row in shown.itertuples()]
        columns += [tables.Column("kept_text", "Budget eingehalten"), tables.Column("key", "Schlüssel")]
    else:
        columns.append(tables.Column("paragraph", "Rechtsgrundlage"))
    tables.table(shown, columns, f"Budgetstand {result.year} {head}", store, key, state=None)


def _kept(kept: object, of: object, since: object) -> str:
    """`in 4 von 6 Jahren, seit 2023`: how often the amended plan of an area was kept in the finished years."""
    if not fmt.known(of):
        return ""
    now = f"seit {fmt.number(since).replace('.', '')}" if fmt.known(since) else "zuletzt nicht"
    return f"in {fmt.number(kept)} von {fmt.number(of)} Jahren, {now}"


def measure(result: Books) -> Measure:
    """Forecast of the areas in percent of their plan."""
    rows = result.areas
    part = 100 * (rows["forecast"] / rows["amended"].where(rows["amended"] > 0) - 1)
    state = part.notna().map({True: "value", False: "missing"})
    title = f"{'Prognose' if result.running else 'Ist'} {result.year} gegen den Plan"
    return Measure(
        result.level, rows["key"], part, state, title, "%", 1, diverging=True,
        uncertain=rows["colour"].eq("gelb"), uncertain_name="im Blick behalten",
    )  # fmt: skip
