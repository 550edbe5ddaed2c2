"""The parts of Versorgung und Lücken: the controls that the Planspiel shares, the sentence, what the map shows, the tables, how
sure a gap is."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from raumblick.answers.access import (
    CITY,
    FINDING_LABEL,
    KIND_LABEL,
    OWN,
    Access,
    Note,
    Question,
    Service,
    SupplyError,
    kinds,
)
from raumblick.answers.measure import Measure
from raumblick.snapshot.store import Store
from raumblick.ui import controls, layout, selection, session, tables
from raumblick.ui import format as fmt
from raumblick.ui.layout import escape

RADII = ("500", "1000", "1500", "2000", "3000")
NONE = "ohne"
SHARES = tuple(map(str, range(1, 151)))  # places for 100 children
SHOWN = {"quote": "Plätze im Gebiet", "reichweite": "Plätze in Reichweite", "luecke": "Lücke oder Überschuss"}


def question(store: Store, sentence: DeltaGenerator, method: str, known: Sequence[Service], level: str | None = None) -> Question:
    """The controls of a page about places: service, level (unless it is given), what to measure against, and the way.

    Without an answer the page ends (`layout.nothing` with `sentence` and `method`).
    """
    by_key = {service.key: service for service in known}
    first = next((key for key in ("kita_36", "kita", "hort") if key in by_key), known[0].key)
    with st.container(horizontal=True, gap="medium", key="controls"):
        which = st.container(width=250)
        level = level or controls.level(store)
        with which:
            key = selection.select("leistung", "Leistung", list(by_key), lambda k: by_key[k].name, first)
        try:
            options = [*session.ask(kinds, store, key), CITY, OWN, NONE]
        except SupplyError as error:
            layout.nothing(sentence, layout.escape(str(error)), method)
        kind = selection.select("ziel", "Verglichen mit", options, kind_text, options[0], width=200)
        share = None
        if kind == OWN:
            share = int(selection.select("wert", "Plätze je 100 Kinder", SHARES, str, "100", width=150)) / 100
        radius = selection.select("weg", "Weg", RADII, way_text, "1500", width=110)
    return Question(key, level, None if kind == NONE else kind, float(radius), share)


def below(result: Access) -> str:
    """What a gap lies below: `unter dem Zielwert`."""
    asked = result.question
    if asked.kind == CITY:
        return "unter dem Durchschnitt der Stadt"
    return f"unter {fmt.number(100 * (asked.share or 0))} Plätzen je 100 Kinder" if asked.kind == OWN else "unter dem Zielwert"


def ages(result: Access) -> str:
    """`von 3 bis unter 6 Jahren`."""
    return f"von {result.service.age_from} bis unter {result.service.age_to} Jahren"


def sentence(result: Access, city_title: str) -> str:
    """Places and children of the city, how full the offers are, and how many gaps are left once neighbours count."""
    city, name = result.supply.city, escape(result.service.name)
    said, where = f"**{name}** am {fmt.date(result.supply.day)}: ", escape(city_title)
    if not fmt.known(city["supply"]):
        return f"{said}{fmt.number(city['places'])} Plätze in {where}; die Zahl der Kinder {ages(result)} fehlt."
    said += f"{fmt.number(city['places'])} Plätze für {fmt.number(city['children'])} Kinder {ages(result)} in {where} "
    said += f"(**{fmt.number(100 * city['supply'], 0, '%')}**)"
    if fmt.known(city["occupancy"]):
        said += f"; belegt sind {fmt.number(100 * city['occupancy'], 0, '%')}"
    said += "."
    if result.target is None:
        return said + " Ohne Vergleichswert gibt es keine Lücke."
    where = f"{result.gaps} von {fmt.of_level(len(result.areas), result.supply.level)}"
    if not result.gaps:
        return f"{said} Kein Gebiet liegt {below(result)}."
    share = fmt.number(100 * result.closed / result.gaps, 0, "%")
    said += f" **{where}** liegen {below(result)}; bei {result.closed} davon ({share}) reichen die Plätze der Nachbarn."
    return said


def target_line(result: Access) -> str:
    """Which target of which kind stands behind the gaps, or that there is none."""
    if result.question.kind in (CITY, OWN):
        what = "dem Durchschnitt der Stadt" if result.question.kind == CITY else "einem selbst gewählten Wert"
        value = fmt.number(100 * result.mean_target, 0) if result.mean_target is not None else fmt.MISSING_TEXT
        return f"Verglichen wird mit {what} ({value} Plätze je 100 Kinder). Das ist kein Zielwert aus Gesetz oder Planung."
    return " ".join(
        f"Zielwert ({escape(t.label)}): {fmt.number(100 * t.share, 0, '%')} der Kinder ab {t.age_from} Jahren"
        + (f" bis unter {t.age_to}." if t.age_to is not None else ".")
        for t in result.supply.chosen
    )


def measure(result: Access, shown: str) -> Measure:
    """What the map shows."""
    rows, unit = result.areas, "Plätze je 100 Kinder"
    ids, missing = rows["area_id"], rows["children"].fillna(0) == 0
    if shown == "luecke":
        gap = -rows["gap"]
        state = gap.notna().map({True: "value", False: "missing"})
        name = f"{result.service.name}: Überschuss (+) oder Lücke (−)"
        return Measure(result.supply.level, ids, gap, state, name, "Plätze", 0, diverging=True)
    values = 100 * (rows["supply"] if shown == "quote" else rows["reached"])
    state = values.notna().map({True: "value", False: "missing"}).mask(missing, "missing")
    where = "im Gebiet" if shown == "quote" else "in Reichweite"
    dotted = rows["places_missing"].fillna(0) > 0
    return Measure(
        result.supply.level, ids, values, state, f"{result.service.name}: Plätze {where}", unit, 0,
        dotted=dotted if dotted.any() else None, dotted_name="Untergrenze: Platzzahlen fehlen",
    )  # fmt: skip


def areas_table(store: Store, result: Access) -> None:
    """All areas, the largest gap first."""
    rows = result.areas.assign(
        supply_text=100 * result.areas["supply"], reached_text=100 * result.areas["reached"],
        occupancy_text=100 * result.areas["occupancy"],
    )  # fmt: skip
    columns = [
        tables.Column("name", fmt.level(result.supply.level)), tables.Column("children", "Kinder", 0),
        tables.Column("places", "Plätze", 0), tables.Column("supply_text", "je 100 Kinder", 0),
        tables.Column("reached_text", "in Reichweite je 100", 0), tables.Column("occupancy_text", "belegt (%)", 0),
    ]  # fmt: skip
    if result.target is not None:
        rows = rows.assign(finding_text=rows["finding"].map(FINDING_LABEL)).sort_values("gap", ascending=False)
        columns += [
            tables.Column("need", need_head(result), 0), tables.Column("gap", "es fehlen", 0),
            tables.Column("finding_text", "Befund"),
        ]  # fmt: skip
    columns += [tables.Column("offers", "Angebote", 0), tables.Column("area_id", "Schlüssel")]
    note = f"Stand der Angebote {fmt.date(result.supply.day)}, der Kinder {fmt.date(result.supply.population_date)}."
    tables.table(rows, columns, f"Versorgung {result.service.name}", store, "supply", note, state=None)


def need_head(result: Access) -> str:
    """Head of the places that would be needed."""
    return "Bedarf nach Vergleichswert" if result.question.kind in (CITY, OWN) else "Bedarf nach Zielwert"


def sure_gaps(store: Store, rows: pd.DataFrame, level: str) -> None:
    """In how many variants an area has a gap."""
    always = int((rows["gaps"] == rows["known"]).sum()) if len(rows) else 0
    never = int((rows["gaps"] == 0).sum())
    st.markdown(
        f"Gerechnet mit sechs Wegen (500 m bis 3 km) und zwei Arten, Entfernung zu zählen: In **{always}** Gebieten fehlen in "
        f"jeder Variante Plätze, in {never} in keiner. Dazwischen hängt die Lücke davon ab, welcher Weg noch zumutbar ist."
    )
    text = [f"in {int(g)} von {int(k)}" if k else "" for g, k in zip(rows["gaps"], rows["known"], strict=True)]
    shown = rows.assign(text=text, least_text=100 * rows["least"], most_text=100 * rows["most"])
    columns = [
        tables.Column("name", fmt.level(level)), tables.Column("text", "Lücke"),
        tables.Column("least_text", "kleinste Reichweite je 100", 0), tables.Column("most_text", "größte", 0),
    ]  # fmt: skip
    tables.table(shown, columns, "Wie sicher ist die Lücke", store, "sure", state=None)


def unequal(result: Access) -> str:
    """How unequal access is, in a sentence."""
    found = result.inequality
    said = f"Ungleichheit der Reichweite unter den Kindern: Gini {fmt.number(found.gini, 2)} "
    said += "(0: alle gleich, 1: alles bei einem Kind)."
    if fmt.known(found.below):
        said += f" {fmt.number(100 * found.below, 0, '%')} der Kinder liegen unter dem Vergleichswert der ganzen Stadt."
    return said


def way_text(metres: str) -> str:
    """`1,5 km`."""
    return fmt.number(float(metres) / 1000, 1, "km")


def missing(notes: Sequence[Note]) -> None:
    """What the data lack, folded: each sentence once."""
    said = list(dict.fromkeys(note.message for note in notes))
    if said and (part := layout.fold(f"Was in den Daten fehlt ({len(said)})", "lacking")):
        with part:
            st.markdown("\n".join(f"* {layout.escape(message)}" for message in said))


def kind_text(kind: str) -> str:
    """`Planung`, `Durchschnitt der Stadt`, `ohne Vergleich`."""
    return {CITY: "Durchschnitt der Stadt", OWN: "eigener Wert", NONE: "ohne Vergleich"}.get(kind) or KIND_LABEL[kind]
