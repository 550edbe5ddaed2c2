"""Charts of an index: ranks with their intervals, what makes an index, years, two ways to weigh, which choice matters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from raumblick.answers.border import Why
from raumblick.answers.trends import Funnel
from raumblick.answers.variants import Contrast, History
from raumblick.ui import format as fmt
from raumblick.ui.charts import focus_ink, grey_ink, is_dark, plain_layout, wrapped
from raumblick.ui.palette import DIVERGING, SEQUENTIAL

TIER_SYMBOLS = {"sicher": "circle", "wahrscheinlich": "diamond", "unklar": "circle-open", "nicht": "line-ns-open"}
_MOST_SLOPES = 60


def rank_chart(rows: pd.DataFrame, size: int, focus_id: str | None = None) -> go.Figure:
    """Areas by rank with the interval of the rank; a line marks how many are looked for.

    Args:
        rows: area_id, name, rank, rank_low, rank_high, probability, tier; in the order shown, first on top.
        size: number of areas looked for; 0 draws no line.
        focus_id: area whose name is set off.
    """
    figure, names = go.Figure(), _unique(rows["name"])
    for tier, symbol in TIER_SYMBOLS.items():
        part = rows["tier"] == tier
        if not part.any():
            continue
        some, ink = rows[part], tier_ink(tier)
        figure.add_scatter(
            x=some["rank"], y=[names[i] for i in np.flatnonzero(part)], mode="markers", name=tier,
            marker={"symbol": symbol, "size": 10, "color": ink, "line": {"width": 2, "color": ink}},
            error_x={
                "type": "data", "symmetric": False, "array": (some["rank_high"] - some["rank"]).clip(lower=0),
                "arrayminus": (some["rank"] - some["rank_low"]).clip(lower=0), "color": ink, "thickness": 2, "width": 0,
            },
            customdata=_rank_hover(some), hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip
    # The interval may lie wholly beside the rank: a bar of its own shows it then.
    aside = rows[(rows["rank_low"] > rows["rank"]) | (rows["rank_high"] < rows["rank"])]
    for row in aside.itertuples():
        y = names[rows.index.get_loc(row.Index)]
        figure.add_scatter(
            x=[row.rank_low, row.rank_high], y=[y, y], mode="lines", hoverinfo="skip", showlegend=False,
            line={"color": tier_ink(str(row.tier)), "width": 2},
        )  # fmt: skip
    if size:
        figure.add_vline(x=size + 0.5, line={"color": grey_ink(4), "width": 1, "dash": "dot"})
    ticks = [f"<b>{name}</b>" if key == focus_id else name for key, name in zip(rows["area_id"], names, strict=True)]
    figure.update_layout(**plain_layout(86 + 19 * len(rows)), legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0})
    figure.update_layout(margin={"r": 10, "t": 30})
    figure.update_yaxes(
        categoryorder="array", categoryarray=names[::-1], tickvals=names, ticktext=ticks, tickfont={"size": 12}, showgrid=False
    )
    start = "tozero" if rows["rank_low"].min() <= 5 else "normal"
    figure.update_xaxes(title="Rang (1 = höchster Bedarf)", rangemode=start, nticks=8, zeroline=False)
    return figure


def why_chart(why: Why) -> go.Figure:
    """From the average area to this one: what each indicator adds to the index or takes away."""
    parts = why.parts
    labels = [*wrapped(map(label, parts["name"]), 30), "<b>Index</b>"]
    values = [*parts["contribution"], why.index - why.base if np.isfinite(why.index) else 0.0]
    figure = go.Figure(
        go.Waterfall(
            orientation="h", y=labels, x=values, base=why.base, measure=[*["relative"] * len(parts), "total"],
            text=[*(fmt.signed(v, 2) for v in parts["contribution"]), f"<b>{fmt.number(why.index, 2)}</b>"],
            textposition="outside", constraintext="none", cliponaxis=False,
            increasing={"marker": {"color": focus_ink()}}, decreasing={"marker": {"color": grey_ink(2)}},
            totals={"marker": {"color": grey_ink(4)}}, connector={"line": {"color": grey_ink(2), "width": 1}},
            customdata=[*_value_texts(parts), "Summe"], hovertemplate="%{y}: %{customdata}<extra></extra>",
        )
    )  # fmt: skip
    if np.isfinite(why.border):
        figure.add_vline(
            x=why.border, line={"color": grey_ink(4), "width": 1, "dash": "dot"}, annotation_text="Grenze",
            annotation_position="top",
        )  # fmt: skip
    ends = np.cumsum([why.base, *parts["contribution"]])
    low, high = min(0.0, *ends), max(0.0, *ends, why.border if np.isfinite(why.border) else 0.0)
    room = 0.18 * max(high - low, 1e-6)
    figure.update_layout(**plain_layout(110 + 46 * len(parts)), showlegend=False)
    figure.update_layout(margin={"t": 26, "r": 10})
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(range=[low - room, high + room], zeroline=True, zerolinecolor=grey_ink(3), nticks=6)
    return figure


def history_chart(past: History, ids: list[str]) -> go.Figure:
    """Ranks of some areas over the years; years in which an area was among those looked for are filled.

    Args:
        past: the years.
        ids: areas, first on top.
    """
    ranks, targets = past.rank.loc[ids], past.target.loc[ids]
    filled = np.where(ranks.isna(), np.nan, targets.astype(float))
    text = [["" if v != v else f"{v:.0f}" for v in row] for row in ranks.to_numpy()]
    colors = SEQUENTIAL.of(is_dark())
    names = _unique(pd.Series([past.names[key] for key in ids]))
    figure = go.Figure(
        go.Heatmap(
            z=filled, x=list(ranks.columns), y=names, text=text, texttemplate="%{text}",
            textfont={"size": 12, "color": text_ink()},
            colorscale=[[0, grey_ink(0)], [0.5, grey_ink(0)], [0.5, colors[2]], [1, colors[2]]], zmin=0, zmax=1, showscale=False,
            xgap=2, ygap=2, hovertemplate="%{y}, %{x}: Rang %{text}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(**plain_layout(60 + 24 * len(ids)))
    figure.update_layout(margin={"t": 30, "r": 10})
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(type="category", side="top", showgrid=False)
    return figure


def slope_chart(both: Contrast, name_a: str, name_b: str) -> go.Figure:
    """Ranks of the areas that are in under one of two ways to weigh: left the first, right the second."""
    rows = both.areas[(both.areas["in_a"] | both.areas["in_b"])].dropna(subset=["rank_a", "rank_b"])
    moved = rows["in_a"] != rows["in_b"]
    rows = pd.concat([rows[~moved], rows[moved]]).tail(_MOST_SLOPES)
    colors = DIVERGING.of(is_dark())
    figure = go.Figure()
    for row in rows.itertuples():
        changed = row.in_a != row.in_b
        ink = colors[4] if row.in_b and changed else colors[0] if changed else grey_ink(2)
        figure.add_scatter(
            x=[0, 1], y=[row.rank_a, row.rank_b], mode="lines+markers", line={"color": ink, "width": 3 if changed else 1.2},
            marker={"size": 6}, showlegend=False, customdata=[label(row.name)] * 2,
            hovertemplate="%{customdata}: Rang %{y:.0f}<extra></extra>",
        )  # fmt: skip
        if changed:
            figure.add_annotation(
                x=1,
                y=row.rank_b,
                text=label(row.name),
                showarrow=False,
                xanchor="left",
                xshift=8,
                font={"color": ink, "size": 12},
            )
    figure.update_layout(**plain_layout(420))
    figure.update_layout(margin={"l": 40, "r": 160, "t": 30})
    figure.update_xaxes(tickvals=[0, 1], ticktext=[name_a, name_b], range=[-0.05, 1.05], showgrid=False, side="top")
    figure.update_yaxes(autorange="reversed", title="Rang", zeroline=False)
    return figure


def matters_chart(factors: pd.DataFrame) -> go.Figure:
    """Which choice matters: share of the spread of the ranks by each one alone, and with its interplay."""
    rows = factors.sort_values("total")
    figure = go.Figure()
    for column, name, ink in (("total", "mit Wechselwirkung", grey_ink(2)), ("first", "allein", focus_ink())):
        share = 100 * rows[column].clip(0, 1)
        figure.add_bar(
            y=wrapped(rows["name"], 26), x=share, name=name, orientation="h", marker={"color": ink},
            width=0.7 if column == "total" else 0.36,
            hovertemplate="%{y}: %{x:.0f} % (" + name + ")<extra></extra>",
        )  # fmt: skip
    figure.update_layout(
        **plain_layout(90 + 44 * len(rows)), barmode="overlay", legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0}
    )
    figure.update_xaxes(range=[0, 100], ticksuffix=" %", nticks=5)
    figure.update_yaxes(showgrid=False)
    return figure


def correlation_chart(matrix: pd.DataFrame, names: dict[str, str]) -> go.Figure:
    """How the indicators of an index go together: 1 the same order, 0 nothing in common, -1 the opposite."""
    colors = DIVERGING.of(is_dark())
    labels = wrapped([label(names.get(key, key)) for key in matrix.columns], 24)
    text = [[fmt.number(v, 2) for v in row] for row in matrix.to_numpy()]
    scale = [[i / 4, color] for i, color in enumerate(colors)]
    figure = go.Figure(
        go.Heatmap(
            z=matrix.to_numpy(), x=labels, y=labels, text=text, texttemplate="%{text}", colorscale=scale, zmin=-1, zmax=1,
            showscale=False, xgap=2, ygap=2, hovertemplate="%{y} mit %{x}: %{text}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(**plain_layout(110 + 52 * len(labels)))
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(side="top", showgrid=False, tickangle=0)
    return figure


def funnel_chart(result: Funnel, focus_id: str | None = None) -> go.Figure:
    """Values against the size of the areas; what lies outside of the funnel differs from the city by more than chance."""
    figure, sheet, limits = go.Figure(), result.indicator, result.limits
    for name, dash, wide in (("95", "dot", "95 %"), ("998", "dash", "99,8 %")):
        for side in ("low", "high"):
            figure.add_scatter(
                x=limits["denominator"], y=limits[f"{side}_{name}"], mode="lines", hoverinfo="skip", showlegend=side == "high",
                name=f"Zufallsbereich {wide}", line={"color": grey_ink(3), "width": 1.2, "dash": dash},
            )  # fmt: skip
    for beyond, where, ink, symbol in (
        (False, "im Zufallsbereich", grey_ink(3), "circle-open"), (True, "außerhalb", focus_ink(), "circle"),
    ):  # fmt: skip
        rows = result.areas[(result.areas["beyond"] > 0) == beyond]
        figure.add_scatter(
            x=rows["denominator"], y=rows["value"], mode="markers", name=where, customdata=[label(name) for name in rows["name"]],
            marker={"color": ink, "size": 8, "symbol": symbol, "line": {"width": 1.5, "color": ink}},
            hovertemplate=f"%{{customdata}}: %{{y:,.{sheet.decimals}f}} {label(sheet.unit)} (Nenner %{{x:,.0f}})<extra></extra>",
        )  # fmt: skip
    for row in result.areas[result.areas["area_id"] == focus_id].itertuples():
        figure.add_annotation(
            x=row.denominator, y=row.value, text=f"<b>{label(row.name)}</b>", showarrow=True, arrowhead=0, ay=-28
        )
    figure.add_hline(y=result.city, line={"color": grey_ink(4), "width": 1}, annotation_text="Stadt", annotation_position="right")
    figure.update_layout(**plain_layout(430), legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0})
    figure.update_xaxes(title=f"Größe des Gebiets: {label(sheet.denominator)}", rangemode="tozero", showgrid=False)
    figure.update_yaxes(title=label(sheet.unit), rangemode="tozero")
    return figure


def text_ink() -> str:
    """Colour of text on pale cells under the light theme, on dark ones under the dark theme."""
    return "#f3f5f8" if is_dark() else "#10161d"


def tier_ink(tier: str) -> str:
    """Colour of a tier, the same order as on the map and dark enough for a line."""
    colors = SEQUENTIAL.of(is_dark())
    light = {"sicher": colors[4], "wahrscheinlich": colors[3], "unklar": colors[3]}
    return light.get(tier, grey_ink(3))


def label(name: str) -> str:
    """Imported text in a chart: Plotly draws links and bold face from tags, and a name must not hold any."""
    return str(name).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _rank_hover(rows: pd.DataFrame) -> list[str]:
    return [
        f"{label(row.name_text)}: Rang {row.rank:.0f}, 90-%-Bereich {row.rank_low:.0f} bis {row.rank_high:.0f}, "
        f"zu {fmt.chance(row.probability)} dabei"
        for row in rows.rename(columns={"name": "name_text"}).itertuples()
    ]


def _value_texts(parts: pd.DataFrame) -> list[str]:
    """`10,3 % (Stadt 5,1)` of each indicator."""
    texts = []
    for row in parts.itertuples():
        if row.state != "value":
            texts.append("geheim" if row.state == "hidden" else "keine Angabe")
            continue
        city = f" (Stadt {fmt.number(row.city, int(row.decimals))})" if row.city == row.city else ""
        texts.append(fmt.number(row.value, int(row.decimals), str(row.unit)) + city)
    return texts


def _unique(names: pd.Series) -> list[str]:
    """Names for an axis: the second of two equal ones gets a protected space, or both would share a row."""
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(label(name) + "\u00a0" * (seen[name] - 1))
    return out
