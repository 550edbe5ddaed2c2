"""The parts of Prognose: the sentence, the map of the change, the paths of city and area, the record, places to come."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from raumblick.answers.access import KIND_LABEL
from raumblick.answers.measure import Measure
from raumblick.answers.projection import TODAY, Need, Outlook, SupplyError, need, quotas, services_for
from raumblick.snapshot.store import Store
from raumblick.ui import charts, layout, selection, session, tables
from raumblick.ui import format as fmt
from raumblick.ui.layout import escape

SHOWN = {"zahl": "Veränderung", "prozent": "Veränderung in Prozent", "kinder": "Zahl im Zieljahr"}
UNCLEAR = "unsicher: der 80-%-Bereich schließt den heutigen Stand ein"
FINDING = {
    "short": "fehlt auch am unteren Ende", "risk": "kann fehlen", "enough": "reicht", "surplus": "bleibt übrig", "unknown": "",
}  # fmt: skip
OWN = ("30", "40", "50", "60", "70", "80", "90", "100")


def ages(age_from: int, age_to: int) -> str:
    """`von 3 bis unter 6 Jahren`, `unter 3 Jahren`."""
    return f"unter {age_to} Jahren" if age_from == 0 else f"von {age_from} bis unter {age_to} Jahren"


def people(age_from: int, age_to: int) -> str:
    """`Kinder unter 3 Jahren`, `junge Menschen von 18 bis unter 21 Jahren`."""
    return f"{'junge Menschen' if age_from >= 14 else 'Kinder'} {ages(age_from, age_to)}"


def sentence(found: Outlook, year: int, city_title: str) -> str:
    """How many there will be, how sure that is, and in how many areas the number clearly changes."""
    city, before, rows = found.of_city(year), found.before(found.city_id), found.in_year(year)
    who = people(found.age_from, found.age_to)
    if not fmt.known(city["children"]):
        said = f"Für ganz {escape(city_title)} reichen die Einwohnerzahlen nicht für eine Prognose."
    else:
        said = f"In **{escape(city_title)}** werden {year} voraussichtlich **{fmt.number(city['children'])} {who}** leben"
        if fmt.known(before) and before > 0:
            change = float(city["children"]) - before
            word = "weniger" if change < 0 else "mehr"
            share = fmt.signed(100 * change / before, 1, "%")
            said += f", **{fmt.number(abs(change))} {word}** als Ende {found.base_year} ({share})"
        said += "."
        if fmt.known(city["low"]):
            said += f" Nach den Fehlern früherer Jahre können es {fmt.number(city['low'])} bis {fmt.number(city['high'])} sein."
    clear = rows[rows["clear"]]
    fewer = int((clear["change"] < 0).sum())
    where = fmt.of_level(len(rows), found.level)
    if not rows["low"].notna().any():
        return f"{said} Für die Gebiete gibt es zu wenige Rückrechnungen; ihre Zahlen haben keinen Bereich."
    return (
        f"{said} In **{fewer} von {where}** liegt der 80-%-Bereich ganz unter dem heutigen Stand, "
        f"in {f'**{more}**' if (more := len(clear) - fewer) else 'keinem'} ganz darüber."
    )


def measure(found: Outlook, year: int, shown: str) -> Measure:
    """What the map shows; areas whose interval holds today's number are hatched."""
    rows, who = found.in_year(year), people(found.age_from, found.age_to)
    unsure = ~rows["clear"] & rows["children"].notna()
    if shown == "kinder":
        return Measure(
            found.level, rows["area_id"], rows["children"], rows["state"], f"{who}, {year}", "", 0,
            low=rows["low"], high=rows["high"], uncertain=unsure, uncertain_name=UNCLEAR,
        )  # fmt: skip
    scale = 1.0 if shown == "zahl" else 100 / rows["before"].where(rows["before"] > 0)
    values, low, high = ((rows[name] - rows["before"]) * scale for name in ("children", "low", "high"))
    title = f"{who}: Veränderung {found.base_year} bis {year}"
    return Measure(
        found.level, rows["area_id"], values, rows["state"], title, "" if shown == "zahl" else "%", 0 if shown == "zahl" else 1,
        low=low, high=high, uncertain=unsure, uncertain_name=UNCLEAR, diverging=True,
    )  # fmt: skip


def areas_table(store: Store, found: Outlook, year: int) -> None:
    """All areas in one year, the largest change first."""
    rows = found.in_year(year).sort_values("change", key=lambda c: -c.abs(), na_position="last")
    share = 100 * rows["change"] / rows["before"].where(rows["before"] > 0)
    rows = rows.assign(share=share, verdict=rows["clear"].map({True: "ja", False: "nein"}).where(rows["low"].notna()))
    columns = [
        tables.Column("name", fmt.level(found.level)), tables.Column("children", f"Prognose {year}", 0),
        tables.Column("low", "80-%-Bereich von", 0), tables.Column("high", "bis", 0),
        tables.Column("before", f"Ende {found.base_year}", 0), tables.Column("change", "Veränderung", 0),
        tables.Column("share", "in Prozent", 1), tables.Column("verdict", "Bereich ohne heutigen Stand"),
        tables.Column("unborn", "davon noch nicht geboren", 0), tables.Column("area_id", "Schlüssel"),
    ]  # fmt: skip
    note = f"{people(found.age_from, found.age_to)}, fortgeschrieben vom 31.12.{found.base_year}."
    tables.table(rows, columns, f"Prognose {_short(found)} {year}", store, "outlook", note)


def _short(found: Outlook) -> str:
    return f"{found.age_from} bis unter {found.age_to}"


def paths(store: Store, found: Outlook, area_id: str, name: str, city_title: str) -> None:
    """The city and one area: past years and the coming ones with their span, and the same numbers as a table."""
    mine = found.areas[found.areas["area_id"] == area_id]
    both = ((found.city_id, city_title, found.city, "Spanne früherer Fehler"), (area_id, name, mine, "80-%-Bereich"))
    for place, (key, title, coming, band) in zip(st.columns(2, gap="large"), both, strict=True):
        with place:
            st.markdown(f"**{escape(title)}**, {people(found.age_from, found.age_to)}; Fläche: {band}")
            past = found.past[found.past["area_id"] == key]
            said = f"{title}: Zahl je Jahr, ab {found.years[0]} Prognose. Die Tabelle zum Verlauf hat dieselben Zahlen."
            charts.show(_path_chart(past, coming), f"path_{'city' if key == found.city_id else 'area'}", said)
    parts = [
        pd.concat([found.past[found.past["area_id"] == key], coming], ignore_index=True).assign(place=title)
        for key, title, coming, _ in both
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows["year"] = rows["year"].astype(int).astype(str)
    rows["what"] = ["Prognose" if int(y) > found.base_year else "gezählt" for y in rows["year"]]
    columns = [
        tables.Column("place", "Gebiet"), tables.Column("year", "Jahr"), tables.Column("children", "Zahl", 0),
        tables.Column("low", "von", 0), tables.Column("high", "bis", 0), tables.Column("what", "Art"),
    ]  # fmt: skip
    if part := layout.fold("Verlauf als Tabelle", "path_rows"):
        with part:
            tables.table(rows, columns, f"Verlauf {_short(found)} {name}", store, "paths", state=None)


def _path_chart(past: pd.DataFrame, coming: pd.DataFrame) -> go.Figure:
    """Past years as a line, coming ones dashed with their band."""
    ink, known = charts.focus_ink(), past.dropna(subset=["children"]).sort_values("year")
    ahead = coming.dropna(subset=["children"]).sort_values("year")
    joined = pd.concat([known.tail(1), ahead])
    band = joined.assign(low=joined["low"].fillna(joined["children"]), high=joined["high"].fillna(joined["children"]))
    figure = go.Figure()
    if len(ahead) and ahead["low"].notna().any():
        figure.add_scatter(
            x=[*band["year"], *band["year"][::-1]], y=[*band["high"], *band["low"][::-1]], mode="lines", fill="toself",
            fillcolor=charts.faint(ink), line={"width": 0}, hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    for rows, dash, word in ((known, "solid", "gezählt"), (joined, "dot", "Prognose")):
        figure.add_scatter(
            x=list(rows["year"]), y=list(rows["children"]), mode="lines+markers", showlegend=False,
            line={"color": ink, "width": 2.5, "dash": dash}, marker={"size": 5},
            hovertemplate=f"%{{x}}: %{{y:,.0f}}<extra>{word}</extra>",
        )  # fmt: skip
    if len(ahead):
        last = ahead.iloc[-1]
        figure.add_annotation(
            x=last["year"], y=last["children"], text=f"<b>{fmt.number(last['children'])}</b>", showarrow=False, xanchor="left",
            xshift=8, font={"color": ink, "size": 12},
        )  # fmt: skip
    figure.update_layout(**charts.plain_layout(260), yaxis={"rangemode": "tozero", "nticks": 5})
    years = [*known["year"], *ahead["year"]] or [0]
    figure.update_xaxes(tickformat="d", nticks=5, tickangle=0, showgrid=False, range=[min(years) - 0.5, max(years) + 0.5])
    return figure


def record_text(found: Outlook, year: int) -> str:
    """How wrong the method was in earlier years, beside doing nothing, and how often its interval held."""
    track = found.track(year - found.base_year)
    if track is None:
        return "Für eine Rückrechnung reichen die Jahre nicht; wie gut die Prognose ist, lässt sich nicht sagen."
    ahead, count = int(track["ahead"]), int(track["origins"])
    said = f"**{ahead} {'Jahr' if ahead == 1 else 'Jahre'} voraus** lag die Rechnung bisher im Mittel "
    said += f"{fmt.number(100 * track['error'], 1, '%')} neben der wirklichen Zahl eines Gebiets "
    said += f"({count} {'Rückrechnung' if count == 1 else 'Rückrechnungen'}); „alles bleibt, wie es ist“ "
    said += f"{fmt.number(100 * track['unchanged'], 1, '%')}, nur älter werden {fmt.number(100 * track['ageing'], 1, '%')}."
    if ahead < year - found.base_year:
        said += " Weiter voraus reichen die vergangenen Jahre nicht für eine Rückrechnung."
    if track["error"] > min(track["unchanged"], track["ageing"]):
        said += " **Eine einfache Annahme war also nicht schlechter.**"
    if fmt.known(track["covered"]):
        said += f" Im 80-%-Bereich lagen {fmt.number(100 * track['covered'], 0, '%')} der Gebiete"
        said += "; er ist eher zu schmal." if track["covered"] < 0.75 else "."
    return said


def record(store: Store, found: Outlook) -> None:
    """The record of every horizon."""
    if found.record.empty:
        return
    rows = found.record.assign(**{name: 100 * found.record[name] for name in ("error", "unchanged", "ageing", "covered")})
    rows["ahead"] = [f"{n} {'Jahr' if n == 1 else 'Jahre'}" for n in rows["ahead"]]
    columns = [
        tables.Column("ahead", "voraus"), tables.Column("origins", "Rückrechnungen", 0),
        tables.Column("error", "Fehler der Prognose (%)", 1), tables.Column("unchanged", "„bleibt gleich“ (%)", 1),
        tables.Column("ageing", "„nur älter“ (%)", 1), tables.Column("covered", "im 80-%-Bereich (%)", 0),
    ]  # fmt: skip
    note = "Fehler: Summe der Abweichungen aller Gebiete, geteilt durch die Summe der Kinder."
    tables.table(rows, columns, f"Güte der Prognose {_short(found)}", store, "record", note, None)


def quota_text(key: str, known: dict[str, float]) -> str:
    """`Heutige Quote: 98 %`."""
    if key in OWN:
        return f"eigene Quote: {key} %"
    word = "Heutige Quote" if key == TODAY else f"Zielwert ({KIND_LABEL.get(key, key)})"
    return f"{word}: {fmt.number(100 * known[key], 0, '%')}"


def places(store: Store, found: Outlook, year: int) -> None:
    """Places that the children will need under a quota, against those that the register knows."""
    offered = {service.key: service for service in services_for(store, found.age_from, found.age_to)}
    if not offered:
        st.markdown("Zu genau dieser Altersgruppe gibt es kein Angebot mit Platzzahlen.")
        return
    with st.container(horizontal=True):
        key = selection.select("leistung", "Leistung", list(offered), lambda k: offered[k].name, next(iter(offered)))
        try:
            known, refused = session.ask(quotas, store, key, found.level)
        except SupplyError as error:
            st.markdown(escape(str(error)))
            return
        options = [*known, *OWN]
        picked = selection.select("quote", "Quote", options, lambda k: quota_text(k, known), options[0])
    own = float(picked) / 100 if picked in OWN else None
    result = session.ask(need, store, found.level, found.age_from, found.age_to, key, own)
    scenario = "eigen" if own is not None else picked
    st.markdown(places_text(result, scenario, year))
    for reason in refused:
        st.caption(escape(reason))
    _places_tables(store, result, scenario, year, found, known)


def places_text(result: Need, scenario: str, year: int) -> str:
    """What the city needs and has in a year under one quota, and how many areas fall short."""
    rows = result.areas[(result.areas["scenario"] == scenario) & (result.areas["year"] == year)]
    city = result.city[(result.city["scenario"] == scenario) & (result.city["year"] == year)].iloc[0]
    said = f"**{escape(result.service.name)} {year}** bei {fmt.number(100 * result.quotas[scenario], 0, '%')}: "
    if not fmt.known(city["need"]):
        return f"{said}Der Bedarf der Stadt lässt sich nicht angeben."
    gap = float(city["gap"])
    said += f"{fmt.number(city['need'])} Plätze gebraucht, {fmt.number(city['sure'])} verzeichnet"
    said += f"; es {'fehlen' if gap > 0 else 'bleiben'} **{fmt.number(abs(gap))}**{'' if gap > 0 else ' übrig'}."
    short, risk = (int((rows["finding"] == name).sum()) for name in ("short", "risk"))
    lacking = f" In {short} Gebieten fehlen Plätze auch am unteren Ende des Bereichs, in {risk} weiteren können sie fehlen."
    unknown = int(city["unknown"])
    silent = f" Bei {unknown} offenen Angeboten fehlt die Platzzahl; der Überschuss ist dann größer." if unknown else ""
    return f"{said}{lacking}{silent}"


def _places_tables(store: Store, result: Need, scenario: str, year: int, found: Outlook, known: dict[str, float]) -> None:
    city = result.city[result.city["year"] == year]
    names = [quota_text(key, known) if key in known else f"eigene Quote: {100 * q:.0f} %" for key, q in result.quotas.items()]
    city = city.assign(name=city["scenario"].map(dict(zip(result.quotas, names, strict=True))))
    rows = result.areas[(result.areas["scenario"] == scenario) & (result.areas["year"] == year)]
    rows = rows.assign(finding_text=rows["finding"].map(FINDING)).sort_values("gap", ascending=False)
    shared: Sequence[tables.Column] = (
        tables.Column("need", "Bedarf", 0), tables.Column("need_low", "von", 0), tables.Column("need_high", "bis", 0),
        tables.Column("sure", "Plätze", 0), tables.Column("gap", "es fehlen", 0),
    )  # fmt: skip
    note = f"Plätze, die am 31.12.{year} nach dem Verzeichnis offen sind. Fehlende Platzzahlen zählen nicht mit."
    tables.table(city, [tables.Column("name", "Ganze Stadt"), *shared], f"Quoten {year}", store, "scenarios", note, None)
    columns = [
        tables.Column("name", fmt.level(found.level)), *shared, tables.Column("finding_text", "Befund"),
        tables.Column("unknown", "ohne Platzzahl", 0), tables.Column("area_id", "Schlüssel"),
    ]  # fmt: skip
    tables.table(rows, columns, f"Platzbedarf {result.service.name} {year}", store, "need", note, None)
