"""The parts of Übergänge: the sentence, the map of one step, all steps of an area beside the city, offers at the handover."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from raumblick.answers.measure import Measure
from raumblick.answers.steps import FEWER, FINDING_LABEL, MORE, Steps, handover_offers, step_name
from raumblick.snapshot.store import Store
from raumblick.ui import charts, session, tables
from raumblick.ui import format as fmt
from raumblick.ui.layout import escape

_COLUMNS = (
    tables.Column("lost_text", "gehen verloren (%)", 1),
    tables.Column("share_text", "gehen weiter (%)", 1),
    tables.Column("low_text", "95-%-Bereich von", 1),
    tables.Column("high_text", "bis", 1),
    tables.Column("of", "Kinder vorher", 0),
    tables.Column("count", "Kinder danach", 0),
    tables.Column("excess", "mehr verloren als in der Stadt", 1),
    tables.Column("finding_text", "gegen die Stadt", width="medium"),
)


def sentence(result: Steps, key: str, city_title: str) -> str:
    """What the step loses in the whole city, and where it surely loses more."""
    city, losing = result.of_city(key), result.losing(key)
    lost = fmt.number(100 * (1 - city["share"]), 1, "%")
    said = f"**{step_name(key)}**: In {escape(city_title)} gehen {lost} der Kinder hier verloren"
    said += f" ({fmt.number(city['of'] - city['count'])} von {fmt.number(city['of'])})."
    if not len(losing):
        return f"{said} Kein Gebiet verliert sicher mehr als die Stadt."
    names = ", ".join(escape(name) for name in losing["name"].head(3))
    where = fmt.of_level(len(losing), result.level)
    return f"{said} In **{where}** sind es sicher mehr, am deutlichsten in {names}."


def measure(result: Steps, key: str) -> Measure:
    """Share that is lost, for the map; areas that do not surely differ from the city are hatched."""
    rows = result.step(key)
    return Measure(
        level=result.level,
        area_id=rows["area_id"],
        values=100 - 100 * rows["share"],
        state=rows["state"],
        low=100 - 100 * rows["high"],
        high=100 - 100 * rows["low"],
        title=f"{step_name(key)}: Anteil, der verloren geht",
        unit="%",
        uncertain=~rows["finding"].isin([MORE, FEWER]) & rows["share"].notna(),
        uncertain_name="nicht sicher anders als die Stadt",
    )


def as_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of steps with shares in percent and findings in words."""
    shares = {f"{name}_text": 100 * rows[name] for name in ("share", "low", "high")}
    shares["lost_text"] = 100 - shares["share_text"]
    return rows.assign(finding_text=rows["finding"].map(FINDING_LABEL), **shares)


def areas_table(store: Store, result: Steps, key: str) -> None:
    """All areas at one step, the most children lost beyond the city's share first."""
    rows = as_rows(result.step(key)).sort_values("excess", ascending=False)
    columns = [tables.Column("name", fmt.level(result.level)), *_COLUMNS, tables.Column("area_id", "Schlüssel")]
    tables.table(rows, columns, f"Übergang {step_name(key)}", store, "steps", _note(result))


def _note(result: Steps) -> str:
    return f"Jahrgänge {', '.join(result.chosen)}. Verloren heißt: vorher gezählt, in der nächsten Stufe nicht."


def life(store: Store, result: Steps, area_id: str, name: str) -> None:
    """All steps of one area beside the city, as a chart and as a table."""
    rows = pd.concat([result.step(key)[lambda t: t["area_id"] == area_id] for key in result.keys], ignore_index=True)
    worst = rows[rows["finding"] == MORE].sort_values("excess", ascending=False)
    if len(worst):
        said = f"**{escape(name)}** verliert sicher mehr Kinder als die Stadt bei: {', '.join(map(step_name, worst['step']))}."
    else:
        said = f"**{escape(name)}** verliert bei keinem Schritt sicher mehr Kinder als die Stadt."
    st.markdown(said)
    charts.show(_life_chart(rows, result.city, name), "life", f"{said.replace('*', '')} Die Tabelle hat dieselben Zahlen.")
    shown = as_rows(rows.assign(what=rows["step"].map(step_name)))
    tables.table(shown, [tables.Column("what", "Schritt"), *_COLUMNS], f"Übergänge {name}", store, "life_rows", _note(result))


def _life_chart(rows: pd.DataFrame, city: pd.DataFrame, name: str) -> go.Figure:
    """Share of each step with its interval beside the city's."""
    labels = charts.wrapped(map(step_name, rows["step"]), 30)
    figure = go.Figure()
    figure.add_scatter(
        x=100 * city["share"], y=labels, mode="markers", name="Stadt",
        marker={"symbol": "diamond", "size": 11, "color": charts.grey_ink(4)},
        hovertemplate="Stadt: %{x:.1f} %<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=100 * rows["share"], y=labels, mode="markers", name=name,
        marker={"size": 12, "color": charts.focus_ink()},
        error_x={
            "type": "data", "symmetric": False, "array": 100 * (rows["high"] - rows["share"]),
            "arrayminus": 100 * (rows["share"] - rows["low"]), "color": charts.focus_ink(), "thickness": 2, "width": 0,
        },
        hovertemplate="%{x:.1f} %<extra></extra>",
    )  # fmt: skip
    figure.update_layout(**charts.plain_layout(110 + 46 * len(rows)), legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"})
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(title="gehen weiter (%)", range=[min(40.0, float(100 * rows["low"].min()) - 3), 101])
    return figure


def offers(store: Store, area_id: str, name: str, key: str) -> None:
    """Offers in the area that stand at this handover."""
    found = session.ask(handover_offers, store, area_id, key)
    st.markdown(
        f"An dieser Stelle stehen in **{escape(name)}** {len(found)} Angebote, die Kinder vorher kennen, danach aufnehmen oder "
        "beim Wechsel begleiten."
        if len(found)
        else f"In **{escape(name)}** ist kein Angebot eingetragen, das an diesem Übergang steht."
    )
    if len(found):
        columns = [
            tables.Column("service_name", "Leistung"), tables.Column("name", "Angebot"), tables.Column("carrier", "Träger"),
            tables.Column("area_name", "liegt in"), tables.Column("paragraph", "Rechtsgrundlage"),
        ]  # fmt: skip
        tables.table(found, columns, f"Angebote am Übergang {step_name(key)}", store, "step_offers", state=None)
