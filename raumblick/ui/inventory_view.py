"""The parts of Daten und Quellen: the sheet of an indicator, the gaps, the sources, the data status."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from raumblick.answers.inventory import Inventory
from raumblick.answers.values import Indicator
from raumblick.snapshot.store import Store
from raumblick.ui import charts, tables
from raumblick.ui import format as fmt
from raumblick.ui.layout import escape, fold
from raumblick.ui.palette import SEQUENTIAL

DIRECTION = {"+": "mehr heißt mehr Bedarf", "-": "mehr heißt weniger Bedarf", "o": "Kontext, nicht in einem Index"}
KIND = {
    "share": "Anteil, 95-%-Bereich nach Wilson",
    "rate": "Rate, 95-%-Bereich nach Byar",
    "ratio": "Verhältnis, ohne Unsicherheitsbereich",
    "count": "Anzahl",
    "median": "Wert ohne Zähler und Nenner; wird nicht auf größere Gebiete gerechnet",
}
SENSITIVITY = {"low": "gering", "mid": "mittel", "high": "hoch"}


def sentence(result: Inventory, level: str) -> str:
    """How much there is and how much is missing."""
    known, cells = int(result.coverage["known"].sum()), int(result.coverage["areas"].sum())
    hidden = int(result.coverage["hidden"].sum())
    share = fmt.number(100 * known / cells, 1, "%") if cells else "k. A."
    return (
        f"**{len(result.indicators)} Kennzahlen** aus {len(result.sources)} Quellen für {fmt.level(level, many=True)}; "
        f"{share} der möglichen Werte liegen vor, {fmt.number(hidden)} sind geheim."
    )


def kind_text(kind: str, counted: bool) -> str:
    """What kind of number it is, and its interval; without delivered counts there is none."""
    if counted or "Bereich" not in KIND[kind]:
        return KIND[kind]
    return f"{KIND[kind].split(',')[0]}; ohne Zähler geliefert, darum ohne 95-%-Bereich"


def sheet(indicator: Indicator, result: Inventory) -> None:
    """Definition, counts, law, source and gaps of one indicator."""
    gaps = result.coverage[result.coverage["indicator"] == indicator.key]
    rows = {
        "Definition": indicator.definition,
        "Zähler": indicator.numerator,
        "Nenner": indicator.denominator or "keiner",
        "Altersgruppe": indicator.age_group or "alle",
        "Einheit": indicator.unit,
        "Art": kind_text(indicator.kind, bool(gaps["counted"].sum())),
        "Richtung": DIRECTION[indicator.direction],
        "Rechtsgrundlage": indicator.paragraph or "keine",
        "Themenfeld": indicator.topic,
        "Übliche Quelle": indicator.typical_source or "k. A.",
        "Empfindlich bei kleinen Zahlen": SENSITIVITY[indicator.sensitivity],
        "Zeiträume mit Zahlen": fmt.span(indicator.first_period, indicator.last_period),
        "Schlüssel": indicator.key,
    }
    missing = [
        f"{fmt.period(g.period)}: {g.areas - g.known - g.hidden} ohne Angabe, {g.hidden} geheim"
        for g in gaps.itertuples()
        if g.known < g.areas
    ]
    rows["Lücken"] = "; ".join(missing) if missing else "keine"
    st.header(escape(indicator.name), anchor=False)
    st.table(
        {"": list(rows), " ": [escape(text) for text in rows.values()]},
        hide_index=True,
        hide_header=True,
        border="horizontal",
    )


def gaps(result: Inventory, store: Store) -> None:
    """Indicator by period: share of areas with a number, as a picture and as a table."""
    cover = result.coverage.assign(share=lambda f: 100 * f["known"] / f["areas"])
    grid = cover.pivot(index="name", columns="period", values="share").sort_index(ascending=False)
    colors = SEQUENTIAL.of(charts.is_dark())
    figure = go.Figure(
        go.Heatmap(
            z=grid.to_numpy(), x=[fmt.period(p) for p in grid.columns], y=list(grid.index), zmin=0, zmax=100, xgap=2, ygap=2,
            colorscale=[[0, charts.grey_ink(1)], [0.01, colors[1]], [1, colors[3]]],
            colorbar={"title": "% der Gebiete", "thickness": 12, "len": 160, "lenmode": "pixels", "y": 1, "yanchor": "top"},
            hovertemplate="%{y}, %{x}: %{z:.0f} % der Gebiete<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(
        height=120 + 18 * len(grid), margin={"l": 10, "r": 10, "t": 30, "b": 10}, separators=",.", dragmode=False
    )
    figure.update_xaxes(type="category", side="top", showgrid=False)
    figure.update_yaxes(showgrid=False, tickfont={"size": 11})
    charts.show(
        figure,
        "coverage",
        "Anteil der Gebiete mit einer Zahl je Kennzahl und Zeitraum; die Tabelle darunter hat dieselben Werte",
    )
    st.caption(
        "Leer: Die Kennzahl gibt es in diesem Zeitraum nicht. Grau: Es gibt sie, aber kein Gebiet hat eine Zahl (fehlt oder "
        "geheim). Blau: so viele Gebiete haben eine Zahl."
    )
    columns = [
        tables.Column("name", "Kennzahl"),
        tables.Column("period", "Zeitraum"),
        tables.Column("known", "Gebiete mit Zahl", 0),
        tables.Column("hidden", "geheim", 0),
        tables.Column("estimated", "davon geschätzt", 0),
        tables.Column("areas", "Gebiete", 0),
    ]
    if twin := fold("Tabelle mit denselben Zahlen", "twin_gaps"):
        with twin:
            tables.table(result.coverage, columns, "Lücken", store, "gaps", state=None)


def sources(result: Inventory, store: Store) -> None:
    """Where the numbers come from."""
    rows = result.sources.assign(retrieved=[fmt.date(d) for d in result.sources["retrieved"]])
    columns = [
        tables.Column("title", "Titel"),
        tables.Column("publisher", "Herausgeber"),
        tables.Column("licence", "Lizenz"),
        tables.Column("retrieved", "Abgerufen am"),
        tables.Column("values", "Kennzahlwerte daraus", 0),
        tables.Column("url", "Adresse"),
        tables.Column("source_id", "Schlüssel"),
    ]
    tables.table(rows, columns, "Quellen", store, "sources", state=None)


def disclosure_sentence(protection: dict[str, float]) -> str:
    """What the public version hides, and that it was checked."""
    share = fmt.number(100 * protection["share"], 1, "%")
    return (
        f"In der öffentlichen Fassung sind {fmt.number(protection['primary'])} Zeilen geheim, weil sie sehr wenige Personen "
        f"betreffen, und {fmt.number(protection['secondary'])} weitere, weil man die ersten sonst aus Summen ausrechnen "
        f"könnte (zusammen {share}). Aus den geprüften Beziehungen zwischen den Zahlen lässt sich keine davon errechnen."
    )


def status(result: Inventory, store: Store) -> None:
    """Name, time, content and files of the snapshot."""
    manifest = result.manifest
    city = manifest["city"]
    st.markdown(
        f"Datenstand **{store.snapshot_id}**, gebildet am {fmt.date(manifest['created'])} "
        f"aus {len(manifest['delivered'])} Dateien mit {manifest['warnings']} Warnungen. {escape(city['note'])}"
    )
    st.markdown(
        f"Anzahlen von Personen unter {manifest['threshold']} und die Werte daraus stehen nicht in der öffentlichen Fassung. "
        f"Prüfsumme des Inhalts: `{manifest['content'][:16]}`."
    )
    if protection := manifest.get("disclosure"):
        st.markdown(disclosure_sentence(protection))
    columns = [tables.Column("name", "Tabelle"), tables.Column("rows", "Zeilen", 0)]
    tables.table(result.tables, columns, "Tabellen", store, "tables", state=None)
