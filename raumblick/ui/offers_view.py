"""The parts of Angebote: controls, the sentence, the map, the guiding questions, the tables, what a closing costs."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import streamlit as st

from raumblick.answers.measure import Measure
from raumblick.answers.offers import (
    ALL,
    NO,
    UNKNOWN,
    YES,
    Listing,
    Loss,
    SupplyError,
    Wish,
    carriers_by_service,
    choices,
    closable,
    closing_cost,
    other_offices,
    pair_names,
)
from raumblick.snapshot.store import Store
from raumblick.ui import format as fmt
from raumblick.ui import layout, selection, session, tables
from raumblick.ui.layout import escape

SHOWN = {"angebote": "Angebote", "inklusiv": "Anteil inklusiver", "barrierefrei": "Anteil barrierefreier"}
NEAR = ("300", "500", "1000")
REACH = ("500", "1000", "1500", "2000", "3000")
_FLAG = {ALL: "alle", YES: "ja", NO: "nein", UNKNOWN: "nicht bekannt"}
_FIRST, _YEARS_AHEAD = dt.date(1990, 1, 1), 10


def day(default: str) -> str:
    """The day on which the offers stand, from the address or the newest; an impossible one is said."""
    newest, given = dt.date.fromisoformat(default), selection.text("tag")
    last = newest.replace(month=12, day=31, year=newest.year + _YEARS_AHEAD)
    try:
        chosen = dt.date.fromisoformat(given) if given else newest
    except ValueError:
        chosen = _FIRST - dt.timedelta(1)
    if not _FIRST <= chosen <= last:
        if selection.fresh("tag"):
            st.warning("Den Stichtag aus der Adresse gibt es nicht. Gezeigt wird der neueste; bitte neu wählen.")
        selection.put("tag", default)
        chosen = newest
    selection.show("w_tag", chosen)
    st.date_input("Stand am", key="w_tag", min_value=_FIRST, max_value=last, format="DD.MM.YYYY", on_change=_take_day, width=150)
    return chosen.isoformat()


def _take_day() -> None:
    picked = st.session_state.get("w_tag")
    if isinstance(picked, dt.date):
        selection.put("tag", picked.isoformat())


def wish(store: Store) -> Wish:
    """Which offers: service, carrier, inclusive, barrier-free."""
    services, carriers = session.ask(choices, store)
    service = selection.select("leistung", "Leistung", [ALL, *services], lambda key: services.get(key, "alle Leistungen"), ALL)
    every = [ALL, *carriers, UNKNOWN]
    words = {ALL: "alle Träger", UNKNOWN: "ohne Angabe"}
    carrier = selection.select("traeger", "Träger", every, lambda key: words.get(key, key), ALL)
    inclusive = selection.select("inklusiv", "Inklusiv", list(_FLAG), _FLAG.__getitem__, ALL, width=150)
    free = selection.select("barrierefrei", "Barrierefrei", list(_FLAG), _FLAG.__getitem__, ALL, width=150)
    return Wish(service, carrier, inclusive, free)


def way(name: str, label: str, options: tuple[str, ...], default: str) -> float:
    """A way in metres, kept in the address."""
    return float(selection.select(name, label, options, lambda m: f"{fmt.number(float(m))} m", default, width=150))


def sentence(found: Listing, radius_m: float) -> str:
    """How many offers of how many carriers, what is inclusive, what runs in parallel."""
    count, carriers = len(found.rows), found.carriers
    where = f"In **{escape(found.area_name)}**"
    if not count:
        return f"{where} ist am {fmt.date(found.day)} kein Angebot verzeichnet, auf das die Auswahl passt."
    offers = "1 Angebot" if count == 1 else f"{fmt.number(count)} Angebote"
    said = f"{where} {'ist' if count == 1 else 'sind'} am {fmt.date(found.day)} **{offers}** verzeichnet"
    if carriers["carriers"]:
        many = int(carriers["carriers"])
        said += f", getragen von {'einem Träger' if many == 1 else f'{fmt.number(many)} Trägern'}"
    said += f"; {_share(found.rows['inclusive'], 'inklusiv')}, {_share(found.rows['barrier_free'], 'barrierefrei')}."
    pairs = len(found.pairs)
    beside = "Kein Paar" if not pairs else "**1 Paar**" if pairs == 1 else f"**{fmt.number(pairs)} Paare**"
    verb = "liegt" if pairs < 2 else "liegen"
    return f"{said} {beside} gleicher Angebote {verb} höchstens {fmt.number(radius_m)} m Weg auseinander."


def _share(flags: pd.Series, word: str) -> str:
    known = flags.dropna()
    if not len(known):
        return f"ob sie {word} sind, ist nicht bekannt"
    beside = f" der {fmt.number(len(known))}, von denen es bekannt ist," if len(known) < len(flags) else ""
    return f"{fmt.number(100 * float(known.mean()), 0, '%')}{beside} sind {word}"


def measure(rows: pd.DataFrame, level: str, shown: str) -> Measure:
    """What the map shows."""
    if shown == "angebote":
        state = pd.Series("value", rows.index)
        return Measure(level, rows["area_id"], rows["offers"].astype(float), state, "Angebote im Gebiet", "", 0)
    name, word = ("inclusive", "inklusiver") if shown == "inklusiv" else ("barrier_free", "barrierefreier")
    values = 100 * rows[name]
    state = values.notna().map({True: "value", False: "missing"})
    dotted = (rows[f"{name}_unknown"] > 0) & values.notna()
    return Measure(
        level, rows["area_id"], values, state, f"Anteil {word} Angebote", "%", 0,
        dotted=dotted if dotted.any() else None, dotted_name="bei einem Teil der Angebote nicht bekannt",
    )  # fmt: skip


def areas_table(store: Store, rows: pd.DataFrame, level: str, on: str) -> None:
    """All areas, the most offers first."""
    shown = rows.assign(inclusive_text=100 * rows["inclusive"], free_text=100 * rows["barrier_free"])
    columns = [
        tables.Column("name", fmt.level(level)), tables.Column("offers", "Angebote", 0),
        tables.Column("carriers", "Träger", 0), tables.Column("inclusive_text", "inklusiv (%)", 0),
        tables.Column("inclusive_unknown", "inklusiv: nicht bekannt", 0), tables.Column("free_text", "barrierefrei (%)", 0),
        tables.Column("barrier_free_unknown", "barrierefrei: nicht bekannt", 0), tables.Column("area_id", "Schlüssel"),
    ]  # fmt: skip
    note = f"Offene Angebote am {fmt.date(on)}; Anteile an den Angeboten, von denen es bekannt ist."
    tables.table(shown.sort_values("offers", ascending=False), columns, "Angebote nach Gebieten", store, "offers", note, None)


def questions(found: Listing) -> None:
    """The guiding questions with their answers."""
    for answer in found.questions:
        st.markdown(f"**{answer.question}** {escape(answer.text)}")


def register(store: Store, found: Listing) -> None:
    """Every offer of the selection."""
    flags = {True: "ja", False: "nein"}
    rows = found.rows.assign(
        inclusive_text=found.rows["inclusive"].map(flags), free_text=found.rows["barrier_free"].map(flags),
        enrolled_text=[
            tables.STATE_TEXT["hidden"] if h else fmt.number(e) if fmt.known(e) else ""
            for h, e in zip(found.rows["hidden"], found.rows["enrolled"], strict=True)
        ],
        since=[fmt.date(value) if fmt.known(value) else "" for value in found.rows["opens"]],
        until=[fmt.date(value) if fmt.known(value) else "" for value in found.rows["closes"]],
    )  # fmt: skip
    columns = [
        tables.Column("service_name", "Leistung"), tables.Column("name", "Angebot"), tables.Column("carrier", "Träger"),
        tables.Column("area_name", "liegt in"), tables.Column("paragraph", "Rechtsgrundlage"),
        tables.Column("places_licensed", "Plätze", 0), tables.Column("enrolled_text", "belegt"),
        tables.Column("inclusive_text", "inklusiv"), tables.Column("free_text", "barrierefrei"),
        tables.Column("since", "offen seit"), tables.Column("until", "schließt am"), tables.Column("facility_id", "Schlüssel"),
    ]  # fmt: skip
    note = f"Offene Angebote am {fmt.date(found.day)}. Leeres Feld: nicht angegeben."
    tables.table(rows, columns, f"Angebote {found.area_name}", store, "register", note, None)


def side_by_side(store: Store, found: Listing) -> None:
    """Offers of the same service for the same ages, nearest first."""
    if not len(found.pairs):
        st.markdown("Auf diesem Weg liegen keine zwei gleichen Angebote beieinander.")
        return
    st.markdown("Gleiche Leistung für dasselbe Alter. Ein Paar ist noch kein Zuviel: Es zeigt, wo Absprachen nahe liegen.")
    columns = [
        tables.Column("service_name", "Leistung"), tables.Column("name", "Angebot"),
        tables.Column("other_name", "und daneben"), tables.Column("distance_m", "Weg (m)", 0),
        tables.Column("same", "gleicher Träger"),
    ]  # fmt: skip
    tables.table(pair_names(store, found), columns, f"Parallele Angebote {found.area_name}", store, "pairs", state=None)


def offices(store: Store, found: Listing, radius_m: float) -> None:
    """Where another office works with the same ages nearby."""
    rows = other_offices(store, found, radius_m)
    if not len(rows):
        st.markdown("Kein Angebot eines anderen Amtes für dasselbe Alter liegt auf diesem Weg.")
        return
    st.markdown("Dasselbe Alter, ein anderes Amt, in der Nähe. Das Amt ist aus der Rechtsgrundlage geschlossen.")
    columns = [
        tables.Column("service_name", "Leistung"), tables.Column("office", "Amt"), tables.Column("other_name", "in der Nähe"),
        tables.Column("other_office", "anderes Amt"), tables.Column("pairs", "Paare", 0),
        tables.Column("nearest", "nächster Weg (m)", 0),
    ]  # fmt: skip
    tables.table(rows, columns, f"Schnittstellen {found.area_name}", store, "offices", state=None)


def carriers(store: Store, found: Listing) -> None:
    """How many carriers share the offers, all together and by service."""
    every = found.carriers
    if not len(every) or not every["carriers"]:
        st.markdown("Zu diesen Angeboten ist kein Träger verzeichnet.")
        return
    st.markdown(
        f"Größter Träger: **{escape(every['largest'])}** mit {fmt.number(100 * every['share'], 0, '%')} der Angebote. "
        f"Die Verteilung ist so, als gäbe es **{fmt.number(every['effective'], 1)}** gleich große Träger (wirksame Zahl)."
    )
    rows = carriers_by_service(found)
    columns = [
        tables.Column("service_name", "Leistung"), tables.Column("offers", "Angebote", 0), tables.Column("carriers", "Träger", 0),
        tables.Column("effective", "wirksame Zahl", 1), tables.Column("largest", "größter Träger"),
        tables.Column("share_text", "dessen Anteil (%)", 0), tables.Column("unknown", "ohne Träger", 0),
    ]  # fmt: skip
    rows = rows.assign(share_text=100 * rows["share"])
    tables.table(rows, columns, f"Träger {found.area_name}", store, "carriers", state=None)


def closing(store: Store, found: Listing, level: str) -> None:
    """Choose an offer and read what its closing would cost whom."""
    rows = closable(store, found)
    if not len(rows):
        st.markdown(
            "Das lässt sich nur für Angebote mit Koordinaten, Platzzahl und Altersgruppe rechnen; in dieser Auswahl ist keines."
        )
        return
    names = {row.facility_id: f"{row.label} ({row.service_name})" for row in rows.rename(columns={"name": "label"}).itertuples()}
    with st.container(horizontal=True):
        key = selection.select("schliessen", "Angebot, das schließt", list(names), names.__getitem__, next(iter(names)))
        radius = way("schulweg", "Weg", REACH, "1500")
    try:
        lost = session.ask(closing_cost, store, key, found.day, level, radius)
    except SupplyError as error:
        st.markdown(escape(str(error)))
        return
    st.markdown(loss_text(lost, radius))
    columns = [
        tables.Column("name", fmt.level(level)), tables.Column("lost", "es fehlen Plätze", 0),
        tables.Column("children", "Kinder, die es erreichten", 0), tables.Column("without", "davon dann ohne Angebot", 0),
        tables.Column("area_id", "Schlüssel"),
    ]  # fmt: skip
    tables.table(lost.areas, columns, f"Schließung {lost.name}", store, "closing", f"Weg {fmt.number(radius)} m.", None)


def loss_text(lost: Loss, radius_m: float) -> str:
    """What a closing costs, in sentences."""
    said = f"Schließt **{escape(lost.name)}** ({fmt.number(lost.places)} Plätze), verlieren {fmt.number(lost.losing)} Kinder "
    said += f"im Umkreis von {fmt.number(radius_m)} m Weg ein erreichbares Angebot"
    if not lost.losing:
        return f"**{escape(lost.name)}** erreicht auf diesem Weg kein Kind der Altersgruppe."
    alone = "alle erreichen noch ein anderes"
    if round(lost.without):
        alone = f"**{fmt.number(lost.without)} davon erreichen dann keines mehr**"
    return f"{said}; {alone}. Zusammen behalten sie {fmt.number(100 * lost.kept, 0, '%')} der Plätze, die sie jetzt erreichen."


def folds(store: Store, found: Listing, level: str, radius_m: float) -> None:
    """Everything below the map, folded: what nobody opens is not computed."""
    if part := layout.fold(f"Verzeichnis ({fmt.number(len(found.rows))})", "register_part"):
        with part:
            register(store, found)
    if part := layout.fold("Was läuft nebeneinander?", "pairs_part"):
        with part:
            side_by_side(store, found)
    if part := layout.fold("Schnittstellen zu anderen Ämtern", "offices_part"):
        with part:
            offices(store, found, radius_m)
    if part := layout.fold("Wer trägt die Angebote?", "carriers_part"):
        with part:
            carriers(store, found)
    if part := layout.fold("Was kostet eine Schließung?", "closing_part"):
        with part:
            closing(store, found, level)
