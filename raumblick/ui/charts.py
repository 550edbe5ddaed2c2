"""Charts in one manner: direct labels, intervals drawn, the area in focus in colour and everything else grey."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from raumblick.answers.overview import Spending
from raumblick.answers.profile import Series
from raumblick.ui import format as fmt
from raumblick.ui.palette import DIVERGING, FOCUS, GREYS

_MARKUP = re.compile(r"<(?!/?(?:b|br|i|extra)>)")
CONFIG = {"displayModeBar": False, "scrollZoom": False, "responsive": True}


def show(figure: go.Figure, key: str, description: str) -> None:
    """Draw a figure; `description` is what a screen reader says. Imported names in it are shown as text, never as markup."""
    _make_harmless(figure)
    ink = {"color": grey_ink(4)}
    figure.update_layout(font=ink, legend={"font": ink})
    figure.update_xaxes(tickfont=ink, title={"font": ink})
    figure.update_yaxes(tickfont=ink, title={"font": ink}, separatethousands=True, exponentformat="none")
    st.plotly_chart(figure, key=key, config=CONFIG, theme="streamlit", alt=description)


def _make_harmless(figure: go.Figure) -> None:
    """Plotly reads a small HTML in all its texts; only the marks that charts here use themselves may stay."""
    for trace in figure.data:
        for name in ("x", "y", "text", "customdata", "name", "hovertext"):
            if name in trace and trace[name] is not None:
                trace[name] = _plain_texts(trace[name])
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        if axis.ticktext is not None:
            axis.ticktext = _plain_texts(axis.ticktext)
    for note in figure.layout.annotations:
        note.text = _plain_texts(note.text)


def _plain_texts(value: Any) -> Any:
    if isinstance(value, str):
        return _MARKUP.sub("&lt;", value)
    if isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.dtype.kind in "OUS"):
        return [_plain_texts(part) for part in value]
    return value


def series_chart(result: Series, area_name: str, height: int = 230) -> go.Figure:
    """One indicator over time: the area with its 95 % interval, the city in grey, both labelled at their last point."""
    focus, grey = focus_ink(), grey_ink(3)
    sheet = result.indicator
    figure = go.Figure()
    known = result.area.dropna(subset=["value"])
    band = known.dropna(subset=["low", "high"])
    if len(band):
        figure.add_scatter(
            x=_years([*band["period"], *band["period"][::-1]]),
            y=[*band["high"], *band["low"][::-1]],
            mode="lines", fill="toself", fillcolor=faint(focus), line={"width": 0}, hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    city = result.city.dropna(subset=["value"])
    if sheet.kind != "count":
        _line(figure, city, "Stadt", grey, 1.5, sheet.decimals, sheet.unit)
    _line(figure, known, area_name, focus, 2.5, sheet.decimals, sheet.unit)
    figure.update_layout(
        **plain_layout(height),
        yaxis={"rangemode": "tozero", "ticksuffix": f" {sheet.unit}" if len(sheet.unit) < 3 else "", "nticks": 5},
    )
    figure.update_xaxes(tickformat="d", dtick=_step(known["period"]), showgrid=False)
    return figure


def ranked_chart(rows: pd.DataFrame, city: float | None, decimals: int, unit: str, focus_id: str | None = None) -> go.Figure:
    """Areas as dots with their intervals, highest on top; a line marks the city value.

    Args:
        rows: area_id, name, value, low, high; missing values are left out.
        city: value of the whole city, or None.
        decimals: of the indicator.
        unit: of the indicator.
        focus_id: area in colour.
    """
    shown = rows.dropna(subset=["value"]).sort_values("value")
    chosen = shown["area_id"].eq(focus_id)
    colors = [focus_ink() if mine else grey_ink(3) for mine in chosen] if chosen.any() else [focus_ink()] * len(shown)
    error = None
    if shown["low"].notna().any():
        error = {
            "type": "data", "symmetric": False, "array": shown["high"] - shown["value"],
            "arrayminus": shown["value"] - shown["low"], "color": grey_ink(2), "thickness": 1.5, "width": 0,
        }  # fmt: skip
    figure = go.Figure()
    figure.add_scatter(
        x=shown["value"], y=shown["name"], mode="markers", error_x=error, marker={"color": colors, "size": 8},
        hovertemplate=f"%{{y}}: %{{x:,.{decimals}f}} {unit}<extra></extra>", showlegend=False,
    )  # fmt: skip
    if city is not None:
        figure.add_vline(
            x=city,
            line={"color": grey_ink(4), "width": 1, "dash": "dot"},
            annotation_text="Stadt",
            annotation_position="top",
        )
    figure.update_layout(**plain_layout(90 + 19 * len(shown)))
    figure.update_xaxes(rangemode="tozero", side="top", title=unit, separatethousands=True, exponentformat="none")
    figure.update_yaxes(tickfont={"size": 12}, showgrid=False)
    return figure


def spending_chart(result: Spending, height: int = 300) -> go.Figure:
    """Plan as a line, actual as bars; the running year is paler and says how far it goes."""
    years = result.years
    text = [fmt.number(v / 1e6, 1) if fmt.known(v) else "" for v in years["actual"]]
    colors = [grey_ink(2) if year == result.running else focus_ink() for year in years["year"]]
    figure = go.Figure()
    figure.add_bar(
        x=list(years["year"].astype(str)),
        y=years["actual"] / 1e6,
        marker={"color": colors},
        text=text,
        textposition="inside",
        insidetextanchor="start",
        textangle=0,
        name="Ist",
        hovertemplate="%{x}: %{y:,.1f} Mio. €<extra>Ist</extra>",
    )
    figure.add_scatter(
        x=list(years["year"].astype(str)),
        y=years["plan"] / 1e6,
        mode="lines+markers",
        name="Ansatz",
        line={"color": warm_ink(), "width": 2},
        marker={"symbol": "line-ew", "size": 22, "line": {"width": 3, "color": warm_ink()}},
        hovertemplate="%{x}: %{y:,.1f} Mio. €<extra>Ansatz</extra>",
    )
    figure.update_traces(mode="markers", selector={"name": "Ansatz"})
    figure.update_layout(**plain_layout(height), showlegend=True, legend={"orientation": "h", "y": 1.15, "x": 0}, bargap=0.35)
    figure.update_yaxes(title="Mio. €", rangemode="tozero", nticks=5)
    until = f"<br>bis {fmt.MONTHS[(result.last_month or 12) - 1]}"
    names = [f"{year}{until}" if year == result.running else str(year) for year in years["year"]]
    figure.update_xaxes(type="category", tickvals=list(years["year"].astype(str)), ticktext=names)
    return figure


def spine_chart(rows: pd.DataFrame, spread: pd.DataFrame, height_of_row: int = 34) -> go.Figure:
    """Where one area stands: one line an indicator from the lowest to the highest area, every area a grey tick.

    Args:
        rows: key, name, value, low, high, city, least, most, against_city of the indicators shown, first on top.
        spread: indicator, value of every area of the level.
        height_of_row: px.
    """
    order = rows.iloc[::-1].reset_index(drop=True)
    figure = go.Figure()
    scale = (order["most"] - order["least"]).where(lambda s: s > 0, 1.0)
    places = pd.Series(order.index, index=order["key"])
    others = spread[spread["indicator"].isin(order["key"])].dropna(subset=["value"])
    at = others["indicator"].map(places).to_numpy(int)
    figure.add_scatter(
        x=list((others["value"].to_numpy(float) - order["least"].to_numpy(float)[at]) / scale.to_numpy(float)[at]), y=list(at),
        mode="markers", hoverinfo="skip", showlegend=False,
        marker={"symbol": "line-ns", "size": 13, "line": {"width": 1.2, "color": grey_ink(2)}},
    )  # fmt: skip
    mine, city = (order["value"] - order["least"]) / scale, (order["city"] - order["least"]) / scale
    figure.add_scatter(
        x=list(city), y=list(order.index), mode="markers", name="Stadt", hoverinfo="skip",
        marker={"symbol": "diamond", "size": 9, "color": grey_ink(4)},
    )  # fmt: skip
    low, high = (order["low"] - order["least"]) / scale, (order["high"] - order["least"]) / scale
    figure.add_scatter(
        x=list(mine), y=list(order.index), mode="markers", name="dieses Gebiet (mit 95-%-Bereich)",
        marker={"size": 13, "color": focus_ink()}, customdata=_spine_texts(order),
        error_x={
            "type": "data", "symmetric": False, "array": list((high.clip(upper=1.05) - mine).fillna(0)),
            "arrayminus": list((mine - low.clip(lower=-0.05)).fillna(0)), "color": focus_ink(), "thickness": 2, "width": 0,
        },
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    figure.update_layout(
        **plain_layout(84 + height_of_row * len(order)), legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0}
    )
    figure.update_xaxes(
        range=[-0.06, 1.06], tickvals=[0, 1], ticktext=["niedrigster Wert", "höchster Wert"], showgrid=False, zeroline=False
    )
    figure.update_yaxes(tickvals=list(order.index), ticktext=wrapped(order["name"]), showgrid=False, zeroline=False)
    return figure


def _spine_texts(rows: pd.DataFrame) -> list[str]:
    return [
        f"{row.name_text}: {fmt.number(row.value, int(row.decimals), row.unit)} (Stadt {fmt.number(row.city, int(row.decimals))})"
        for row in rows.rename(columns={"name": "name_text"}).itertuples()
    ]


def wrapped(names: Iterable[str], width: int = 34) -> list[str]:
    """Names broken into lines for the labels of an axis."""
    return ["<br>".join(textwrap.wrap(name, width)) for name in names]


def ages_chart(residents: pd.DataFrame, height: int = 230) -> go.Figure:
    """Residents below 27 by age group as bars; groups of several years are averaged to one year so that areas compare.

    Estimated numbers are hatched.
    """
    young = below_27(residents)
    width = (young["age_to"] - young["age_from"]).astype(float)
    ages = [_age(a, b) for a, b in zip(young["age_from"], young["age_to"], strict=True)]
    figure = go.Figure()
    figure.add_bar(
        x=young["age_from"] + width / 2, y=young["count"] / width, width=width * 0.9,
        marker={"color": focus_ink(), "pattern": {"shape": ["/" if guess else "" for guess in young["estimated"]]}},
        customdata=list(zip(ages, [fmt.number(c) for c in young["count"]], strict=True)),
        hovertemplate="%{customdata[0]}: %{customdata[1]} Personen<extra></extra>", showlegend=False,
    )  # fmt: skip
    figure.update_layout(**plain_layout(height))
    figure.update_yaxes(title="je Altersjahr", nticks=4)
    figure.update_xaxes(title="Alter", dtick=6)
    return figure


def below_27(residents: pd.DataFrame) -> pd.DataFrame:
    """The age groups that are not older than the law reaches (§ 7 SGB VIII)."""
    return residents[residents["age_to"].le(27).fillna(False)]


def _age(start: float, end: float) -> str:
    return f"{int(start)} Jahre" if end - start == 1 else f"{int(start)} bis unter {int(end)} Jahre"


def _line(figure: go.Figure, rows: pd.DataFrame, name: str, color: str, width: float, decimals: int, unit: str) -> None:
    if not len(rows):
        return
    figure.add_scatter(
        x=_years(rows["period"]), y=list(rows["value"]), mode="lines+markers", line={"color": color, "width": width},
        marker={"size": 5}, hovertemplate=f"%{{x}}: %{{y:,.{decimals}f}} {unit}<extra></extra>", showlegend=False,
    )  # fmt: skip
    last = rows.iloc[-1]
    label = f"<b>{fmt.number(last['value'], decimals)}</b>" if width > 2 else "Stadt"
    figure.add_annotation(
        x=_years([last["period"]])[0], y=last["value"], text=label,
        showarrow=False, xanchor="left", xshift=8, font={"color": color if width > 2 else grey_ink(4), "size": 12},
    )  # fmt: skip


def _years(periods: Iterable[str]) -> list[float]:
    """`2024` and `2024-06` as places on a time axis of years."""
    return [int(p[:4]) + (int(p[5:7]) - 1) / 12 if len(p) == 7 else int(p) for p in periods]


def _step(periods: pd.Series) -> int:
    """Years between two ticks, so that about five are named."""
    years = [int(p[:4]) for p in periods] or [0]
    return max(1, round((max(years) - min(years)) / 5))


def plain_layout(height: int) -> dict[str, object]:
    """What every chart shares: narrow margins, German numbers, no dragging."""
    return {
        "height": height,
        "margin": {"l": 10, "r": 48, "t": 10, "b": 10},
        "separators": ",.",
        "hovermode": "closest",
        "dragmode": False,
    }


def is_dark() -> bool:
    """True under the dark theme."""
    return st.context.theme.type == "dark"


def focus_ink() -> str:
    """Colour of what the chart talks about."""
    return FOCUS.of(is_dark())[0]


def grey_ink(step: int) -> str:
    """Grey from 0 (nearly the background) to 4 (strong)."""
    return GREYS.of(is_dark())[step]


def warm_ink() -> str:
    """Colour of a plan beside what happened."""
    return DIVERGING.of(is_dark())[4]


def faint(color: str) -> str:
    """The colour of a band around a line."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.14)"
