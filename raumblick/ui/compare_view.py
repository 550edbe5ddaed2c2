"""The parts of Vergleich: which areas, all core indicators on one scale, and who is alike."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from raumblick.answers.compare import LEAST, MOST, Alike, Comparison
from raumblick.snapshot.store import Store
from raumblick.ui import charts, selection, tables
from raumblick.ui import format as fmt
from raumblick.ui.index_charts import label
from raumblick.ui.layout import escape
from raumblick.ui.palette import DIVERGING, GREYS, SEQUENTIAL

SYMBOLS = ("circle", "diamond", "square", "triangle-up", "x")
_REACH = 4.0  # standard deviations shown; intervals of tiny areas are cut there


def chosen_areas(known: dict[str, str], start: list[str]) -> list[str]:
    """Two to five areas by name; those of the address first, `start` where it names none.

    Args:
        known: area_id to name, in the order offered.
        start: area_id shown when nothing is chosen.
    """
    asked = [key for key in selection.text("gebiete").split(",") if key]
    wrong = [key for key in asked if key not in known]
    if wrong and selection.fresh("gebiete"):
        some = ", ".join(f"„{escape(key[:40])}“" for key in wrong[:5])
        st.warning(f"Diese Gebiete gibt es auf dieser Ebene nicht: {some}.")
    given = list(dict.fromkeys(key for key in asked if key in known))[:MOST] or start
    selection.show("w_gebiete", given, tuple(known.values()))
    st.multiselect(
        "Gebiete (zwei bis fünf)", list(known), format_func=known.__getitem__, key="w_gebiete", max_selections=MOST,
        on_change=_take, placeholder="Gebiet wählen",
    )  # fmt: skip
    return list(st.session_state["w_gebiete"])


def add(area_id: str, given: list[str]) -> None:
    """Take one more area into the comparison; of five, the last one makes room."""
    kept = [key for key in given if key != area_id][: MOST - 1]
    selection.put("gebiete", ",".join([*kept, area_id]))


def _take() -> None:
    selection.put("gebiete", ",".join(st.session_state["w_gebiete"]))


def sentence(result: Comparison) -> str:
    """Where the first areas differ surely: intervals that do not touch."""
    names = list(result.names.values())
    if len(names) < LEAST:
        return "Zum Vergleichen bitte mindestens **zwei Gebiete** wählen."
    rows = result.rows
    who = " und ".join([", ".join(f"**{escape(n)}**" for n in names[:-1]), f"**{escape(names[-1])}**"])
    if not len(rows):
        return f"{who}: Zu keiner der Kennzahlen, die sich vergleichen lassen, gibt es hier Zahlen."
    tested = rows.dropna(subset=["low", "high"])
    apart = [
        key for key, group in tested.groupby("key", sort=False) if len(group) > 1 and group["low"].max() > group["high"].min()
    ]
    count = tested["key"].nunique()
    if not count:
        return f"{who}: Ob Unterschiede mehr als Zufall sind, lässt sich ohne Zähler und Nenner nicht sagen."
    if not apart:
        return f"{who} unterscheiden sich bei keiner der {count} geprüften Kennzahlen sicher."
    widest = rows[rows["key"].isin(apart)].groupby("key", sort=False)["place"].agg(lambda p: p.max() - p.min())
    most = rows.loc[rows["key"] == widest.idxmax(), "name"].iloc[0]
    these = "unterscheiden sich" if len(names) == 2 else "unterscheiden sich (mindestens zwei von ihnen)"
    return (
        f"{who} {these} bei **{len(apart)} von {count}** geprüften Kennzahlen **sicher**: Die 95-%-Bereiche berühren sich nicht. "
        f"Am stärksten ist der Unterschied bei „{escape(most)}“."
    )


def chart(result: Comparison) -> go.Figure:
    """Every core indicator as one row, every area as one mark with its interval; the line is the whole city."""
    rows = result.rows
    keys = list(dict.fromkeys(rows["key"]))
    figure = go.Figure()
    count = len(result.names)
    for number, (area_id, name) in enumerate(result.names.items()):
        own = rows[(rows["area_id"] == area_id) & rows["place"].notna()]
        ink = inks()[number]
        place = own["place"].clip(-_REACH, _REACH)
        shift = (number - (count - 1) / 2) * 0.15
        low, high = own["place_low"].clip(lower=-_REACH), own["place_high"].clip(upper=_REACH)
        figure.add_scatter(
            x=place, y=[keys.index(key) + shift for key in own["key"]], mode="markers", name=label(name),
            marker={"symbol": SYMBOLS[number], "size": 10, "color": ink},
            error_x={
                "type": "data", "symmetric": False, "array": (high - place).clip(lower=0).fillna(0),
                "arrayminus": (place - low).clip(lower=0).fillna(0), "color": ink, "thickness": 2, "width": 0,
            },
            customdata=_hover(own), hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip
    between = [  # all at once: plotly takes 10 ms for each line that it is given alone
        {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "y0": row - 0.5, "y1": row - 0.5,
         "line": {"color": charts.grey_ink(1), "width": 1}}
        for row in range(1, len(keys))
    ]  # fmt: skip
    figure.update_layout(shapes=between)
    figure.add_vline(x=0, line={"color": charts.grey_ink(4), "width": 1.5}, annotation_text="Stadt", annotation_position="top")
    figure.update_layout(
        **charts.plain_layout(120 + (26 + 7 * count) * len(keys)),
        legend={"orientation": "h", "y": 1.0, "yanchor": "top", "yref": "container", "x": 0},
    )
    figure.update_layout(margin={"t": 62, "r": 10})
    names = rows.drop_duplicates("key")["name"]
    figure.update_yaxes(
        tickvals=list(range(len(keys))), ticktext=charts.wrapped(map(label, names), 34), range=[len(keys) - 0.4, -0.6],
        showgrid=False, zeroline=False,
    )  # fmt: skip
    figure.update_xaxes(
        title="niedriger ← Abstand vom Wert der Stadt in Standardabweichungen der Gebiete → höher", zeroline=False,
        ticksuffix="", nticks=9,
    )  # fmt: skip
    return figure


def inks() -> list[str]:
    """Five colours that can be told apart without colour vision by their lightness; symbols differ as well."""
    if charts.is_dark():
        return [SEQUENTIAL.dark[3], DIVERGING.dark[4], DIVERGING.dark[0], SEQUENTIAL.dark[2], GREYS.dark[4]]
    return [SEQUENTIAL.light[4], DIVERGING.light[4], DIVERGING.light[0], SEQUENTIAL.light[2], GREYS.light[3]]


def _hover(rows: pd.DataFrame) -> list[str]:
    texts = []
    for row in rows.to_dict("records"):
        text = f"{label(row['name'])}: {fmt.number(row['value'], int(row['decimals']), label(row['unit']))}"
        if row["low"] == row["low"]:
            text += f" ({fmt.number(row['low'], int(row['decimals']))} bis {fmt.number(row['high'], int(row['decimals']))})"
        city = f", Stadt {fmt.number(row['city'], int(row['decimals']))}" if row["city"] == row["city"] else ""
        texts.append(f"{text}{city}, {fmt.period(row['period'])}")
    return texts


def twin(store: Store, result: Comparison) -> None:
    """The same numbers as a table: one row an indicator, value and interval of each area."""
    rows = []
    for _, group in result.rows.groupby("key", sort=False):
        first = group.iloc[0]
        decimals = int(first["decimals"])
        row = {"name": f"{first['name']} ({first['unit']})", "period": fmt.period(str(first["period"])), "city": first["city"]}
        row["city_text"] = fmt.number(first["city"], decimals) if first["city"] == first["city"] else ""
        for record in group.to_dict("records"):
            row[f"v_{record['area_id']}"] = _cell(record, decimals)
        rows.append(row)
    seen: dict[str, int] = {}
    columns = [tables.Column("name", "Kennzahl", width="medium")]
    for area_id, name in result.names.items():
        seen[name] = seen.get(name, 0) + 1
        columns.append(tables.Column(f"v_{area_id}", name + "\u00a0" * (seen[name] - 1)))
    columns += [tables.Column("city_text", "Stadt"), tables.Column("period", "Stand")]
    tables.table(pd.DataFrame(rows), columns, f"Vergleich {', '.join(result.names.values())}", store, "compared", state=None)


def _cell(record: dict[str, object], decimals: int) -> str:
    state = tables.STATE_TEXT.get(str(record["state"]))
    if state:
        return state
    text = fmt.number(record["value"], decimals)
    low, high = record["low"], record["high"]
    return f"{text} ({fmt.number(low, decimals)} bis {fmt.number(high, decimals)})" if low == low else text


def alike_sentence(found: Alike) -> str:
    """Who is nearest, and how near that is."""
    first = found.areas.iloc[0]
    near = "sehr ähnlich" if first["distance"] < 0.5 else "ähnlich" if first["distance"] < 1 else "noch am ähnlichsten"
    return (
        f"**{escape(first['name'])}** ist **{escape(found.name)}** {near}: Über {int(first['compared'])} Kennzahlen der "
        f"Lebenslage liegen beide im Mittel {fmt.number(first['distance'], 2)} Standardabweichungen auseinander."
    )


def alike_table(store: Store, found: Alike) -> None:
    """The nearest areas with their distance and where it comes from."""
    columns = [
        tables.Column("name", "Gebiet"),
        tables.Column("distance", "Abstand", 2),
        tables.Column("compared", "Kennzahlen", 0),
        tables.Column("like", "am ähnlichsten bei"),
        tables.Column("unlike", "am verschiedensten bei"),
        tables.Column("parent_name", "liegt in"),
    ]
    tables.table(found.areas, columns, f"Gebiete ähnlich {found.name}", store, "alike", state=None)


def alike_chart(found: Alike) -> go.Figure:
    """Differences of the nearest areas, indicator by indicator, in standard deviations."""
    matrix = found.differences
    names = dict(zip(found.areas["area_id"], found.areas["name"], strict=True))
    order = matrix.abs().mean().sort_values().index
    colors = DIVERGING.of(charts.is_dark())
    text = [["" if v != v else fmt.signed(v, 1) for v in row] for row in matrix[order].T.to_numpy()]
    columns = [label(names[key]) + "\u00a0" * i for i, key in enumerate(matrix.index)]
    figure = go.Figure(
        go.Heatmap(
            z=np.clip(matrix[order].T.to_numpy(), -2, 2), x=charts.wrapped(columns, 16), text=text,
            y=charts.wrapped([label(n) for n in order], 34),
            texttemplate="%{text}", colorscale=[[i / 4, color] for i, color in enumerate(colors)], zmin=-2, zmax=2,
            showscale=False, xgap=2, ygap=2, hovertemplate="%{y}, %{x}: %{text} Standardabweichungen<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(**charts.plain_layout(90 + 30 * len(order)))
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(side="top", showgrid=False, tickangle=0)
    return figure
