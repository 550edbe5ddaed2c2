"""The parts of Schwerpunkträume: who is in, the ranks, why, the border, and what stays open until it is asked for."""

from __future__ import annotations

import html
from typing import Any

import pandas as pd
import streamlit as st

from raumblick.answers.border import Why, border, why
from raumblick.answers.material import material
from raumblick.answers.presets import Preset
from raumblick.answers.priority import Ranking, Surety, matters, surety
from raumblick.answers.profile import find_area, series
from raumblick.answers.trends import trend_of
from raumblick.answers.variants import Contrast, history
from raumblick.snapshot.store import Store
from raumblick.ui import charts, index_charts, selection, session, tables
from raumblick.ui import format as fmt
from raumblick.ui import index_sentences as say
from raumblick.ui.layout import escape
from raumblick.ui.priority_controls import DRAWS, Choice, Doubt

_LONG_LIST = 30  # more areas looked for than this: the picture shows those around the border
_BEYOND = 8  # areas shown beyond the border
_MOST_YEARS_ROWS = 40
ARROWS = {1: "▲ steigt belastbar", -1: "▼ fällt belastbar", 0: "keine belastbare Veränderung"}


def how_sure(store: Store, choice: Choice, ranking: Ranking, weights: Any, doubt: Doubt) -> Surety:
    """Certainty of a ranking, kept for the last few questions of all sessions."""
    key = (*store.cache_key, choice.preset.key, choice.level, choice.now.year, weights, ranking.top, doubt)
    if doubt.draws >= DRAWS["viele"]:
        with st.spinner("Der Index wird 10.000-mal wiederholt …"):
            return _surety(key, ranking, doubt)
    return _surety(key, ranking, doubt)


@st.cache_resource(max_entries=64, show_spinner=False)
def _surety(key: Any, _ranking: Ranking, _doubt: Doubt) -> Surety:
    return surety(_ranking, _doubt.doubts, _doubt.draws, _doubt.seed)


def who(ranking: Ranking, sure: Surety, both: Contrast | None) -> None:
    """Names by tier, which areas the index counts in though repetition does not, and what other weights change."""
    rows = ranking.areas.assign(tier=sure.areas["tier"]).sort_values("rank")
    grid = st.grid(3, min_column_width=220)
    for tier, head in (("sicher", "Sicher"), ("wahrscheinlich", "Wahrscheinlich"), ("unklar", "Unklar")):
        found = rows.loc[rows["tier"] == tier, "name"]
        with grid.cell():
            st.markdown(f"**{head}: {len(found)}**" + (f"  \n{say.names(found, 12)}" if len(found) else ""))
    weak = say.frail(ranking, sure)
    if weak:
        st.markdown(
            f"**Gerechnet dabei, aber nicht gesichert:** {say.names(weak, 6)}. Dieser Rang hält den Zweifeln nicht stand, "
            "etwa weil er auf wenigen Fällen beruht."
        )
    if both is not None:
        changes(both)


def all_areas(store: Store, ranking: Ranking, sure: Surety, chosen: str | None) -> None:
    """Ranks with their intervals: a picture of those around the top, and the table of all areas."""
    rows = joined(ranking, sure)
    picture, table = st.tabs(["Bild", "Tabelle"])
    with picture:
        shown = around(rows, ranking.size, chosen)
        text = "Rang der Gebiete mit 90-%-Bereich; die Tabelle hat dieselben Angaben für alle Gebiete"
        charts.show(index_charts.rank_chart(shown, ranking.size, chosen), "ranks", text)
        if shown["rank"].min() > 1:
            st.caption("Gezeigt sind die Gebiete um die Grenze; alle stehen in der Tabelle.")
    with table:
        tables.table(rows, _columns(ranking), _title(ranking), store, "areas", _note(ranking, sure), None)
        if ranking.areas["dynamics_class"].notna().any():
            st.caption(say.RELATIVE)


def around(rows: pd.DataFrame, size: int, chosen: str | None) -> pd.DataFrame:
    """Areas for the picture: all that are in or may be, on long lists those around the border, and the chosen one.

    `rows`: as `joined` gives them.
    """
    first = 1 if size <= _LONG_LIST else size - _LONG_LIST // 2
    near = rows["rank"].between(first, size + _BEYOND) | ((rows["probability"] >= 0.1) & (rows["rank"] >= first))
    own = rows["area_id"].eq(chosen) & rows["rank"].notna()
    return rows[near].head(_LONG_LIST + 2 * _BEYOND) if not own.any() else rows[near | own].head(_LONG_LIST + 2 * _BEYOND + 1)


def joined(ranking: Ranking, sure: Surety) -> pd.DataFrame:
    """Ranking and certainty in one frame, first rank on top, areas that are not judged at the end."""
    more = sure.areas.set_index("area_id")[["rank_low", "rank_mid", "rank_high", "probability", "tier", "listed"]]
    rows = ranking.areas.join(more, on="area_id").sort_values(["rank", "area_id"], na_position="last", ignore_index=True)
    return rows.assign(
        inside=["ja" if t else "" for t in rows["target"]],
        listed_text=["ja" if t else "" for t in rows["listed"]],
        percent=100 * rows["probability"],
        reason=rows["excluded"],
    )


def _columns(ranking: Ranking) -> list[tables.Column]:
    beside = ranking.inputs.material.wide.get("hze_rate")
    columns = [
        tables.Column("rank", "Rang", 0),
        tables.Column("name", fmt.level(ranking.inputs.material.level)),
        tables.Column("rank_low", "90-%-Bereich von", 0),
        tables.Column("rank_high", "bis", 0),
        tables.Column("tier", "Stufe"),
        tables.Column("percent", "dabei zu (%)", 1),
        tables.Column("index", "Index", 2),
        tables.Column("inside", "gerechnet dabei"),
        tables.Column("listed_text", "auf der Liste"),
    ]
    if ranking.spec.status.classes.method != "none":
        columns.append(tables.Column("status_class", "Klasse"))
    if ranking.areas["dynamics_class"].notna().any():
        columns.append(tables.Column("dynamics_class", "Dynamik"))
    if beside is not None and ranking.areas["beside"].notna().any():
        period = fmt.period(ranking.inputs.beside_period or "")
        columns.append(tables.Column("beside", f"daneben: HzE {period} ({beside.sheet.unit})", beside.sheet.decimals))
    if ranking.areas["excluded"].ne("").any():
        columns.append(tables.Column("reason", "nicht bewertet, weil"))
    return [*columns, tables.Column("parent_name", "liegt in"), tables.Column("area_id", "Schlüssel")]


def reasons(store: Store, ranking: Ranking, sure: Surety, area_id: str) -> None:
    """Why an area is in or out: what each indicator adds, as a picture and with values, trend and weight as a table."""
    found = why(ranking, area_id)
    tier = sure.areas.set_index("area_id")["tier"].get(area_id)
    counted = bool(ranking.areas.set_index("area_id")["target"][area_id])
    st.markdown(say.why_sentence(found, tier if isinstance(tier, str) else None, counted))
    if found.rank != found.rank:
        return
    picture, table = st.tabs(["Bild", "Tabelle"])
    with picture:
        charts.show(index_charts.why_chart(found), "why", f"{say.why_sentence(found, None)} Die Tabelle hat die Werte.")
    with table:
        columns = [
            tables.Column("name", "Kennzahl"),
            tables.Column("value_text", "Wert"),
            tables.Column("city_text", "Stadt"),
            tables.Column("period", "Stand"),
            tables.Column("percent", "Gewicht (%)", 0),
            tables.Column("contribution", "Beitrag zum Index", 2),
            tables.Column("trend", "Trend"),
        ]
        tables.table(_why_rows(store, found), columns, f"Beiträge {found.name}", store, "why", state=None)


def _why_rows(store: Store, found: Why) -> pd.DataFrame:
    area = find_area(store, found.area_id)
    rows = []
    for row in found.parts.to_dict("records"):
        decimals, unit = int(row["decimals"]), str(row["unit"])
        trend = trend_of(session.ask(series, store, row["indicator"], area))
        rows.append(
            row
            | {
                "value_text": tables.STATE_TEXT.get(row["state"]) or fmt.number(row["value"], decimals, unit),
                "city_text": fmt.number(row["city"], decimals, unit) if row["city"] == row["city"] else "",
                "period": fmt.period(row["period"]),
                "percent": 100 * row["weight"],
                "trend": f"{ARROWS[trend.direction]} ({trend.first} bis {trend.last})" if trend.tested else "ohne Test",
            }
        )
    return pd.DataFrame(rows)


def the_border(store: Store, ranking: Ranking, sure: Surety) -> None:
    """The areas just in and just out, and what separates the two at the border."""
    found = border(ranking, sure)
    if found is None:
        st.markdown("Es gibt keine Grenze: Alle Gebiete oder keines gehören dazu.")
        return
    st.markdown(say.border_sentence(found))
    left, right = st.container(key="split3").columns(2, gap="large")
    with left:
        rows = found.areas.assign(
            side=["ja" if t else "nein" for t in found.areas["target"]], percent=100 * found.areas["probability"]
        )
        columns = [
            tables.Column("rank", "Rang", 0),
            tables.Column("name", fmt.level(ranking.inputs.material.level)),
            tables.Column("index", "Index", 2),
            tables.Column("side", "gerechnet dabei"),
            tables.Column("percent", "dabei zu (%)", 1),
        ]
        tables.table(rows, columns, f"Grenze {_title(ranking)}", store, "border", state=None)
    with right:
        twice = "\u00a0" if found.outside == found.inside else ""  # two columns must not have one head
        columns = [
            tables.Column("name", "Was sie trennt", width="medium"),
            tables.Column("difference", "im Index", 2),
            tables.Column("inside", found.inside, 1),
            tables.Column("outside", found.outside + twice, 1),
        ]
        tables.table(found.parts, columns, "Was die Gebiete an der Grenze trennt", store, "parts", state=None)


def changes(both: Contrast) -> None:
    """What changed against the preset, by membership and by the largest moves."""
    st.markdown(f"**Was sich ändert.** {say.changes_sentence(both)}")
    moved = both.areas.dropna(subset=["shift"])
    moved = moved[moved["shift"].abs() >= 3].sort_values("shift", key=abs, ascending=False).head(3)
    if len(moved):
        steps = [
            f"{escape(name)} von {a:.0f} auf {b:.0f}"
            for name, a, b in zip(moved["name"], moved["rank_a"], moved["rank_b"], strict=True)
        ]
        st.caption(f"Am weitesten bewegt: {'; '.join(steps)}.")


def years(store: Store, choice: Choice, ranking: Ranking, weights: Any) -> None:
    """The same index in all years."""
    past = session.ask(_history, store, choice.preset.key, choice.level, weights, choice.top)
    st.markdown(say.history_sentence(past))
    often = past.target.any(axis=1)
    if not often.any():
        return
    last = past.rank[past.rank.columns[-1]]
    order = past.target.sum(axis=1)[often].to_frame("n").assign(rank=last).sort_values(["n", "rank"], ascending=[False, True])
    shown = list(order.index[:_MOST_YEARS_ROWS])
    text = "Rang der Gebiete, die mindestens einmal dabei waren, nach Jahren"
    charts.show(index_charts.history_chart(past, shown), "years", text)
    for year, reason in past.skipped:
        st.caption(f"{year} fehlt: {escape(reason)}")
    rows = past.rank.reset_index().assign(name=[past.names[key] for key in past.rank.index])
    columns = [
        tables.Column("name", fmt.level(choice.level)), *(tables.Column(y, y, 0) for y in past.rank.columns),
        tables.Column("area_id", "Schlüssel"),
    ]  # fmt: skip
    tables.table(
        rows.sort_values(past.rank.columns[-1]), columns, f"Ränge nach Jahren, {ranking.spec.title}", store, "years", state=None
    )
    periods = past.periods.reset_index().rename(columns={"index": "name"})
    st.caption("Welcher Stand in welchem Jahr zählt (leer: nicht im Index):")
    columns = [tables.Column("name", "Kennzahl"), *(tables.Column(y, y) for y in past.periods.columns)]
    tables.table(periods, columns, "Stand der Kennzahlen nach Jahren", store, "periods", state=None)


def _history(store: Store, preset: str, level: str, weights: Any, top: int | None) -> Any:
    return history(session.ask(material, store, preset, level), weights, top)


def which_choice(store: Store, ranking: Ranking, seed: int) -> None:
    """Sensitivity: which choice matters, and what leaving one indicator out changes."""
    with st.spinner("Der Index wird mit allen Varianten gerechnet …"):
        found, without = matters(ranking, seed)
    st.markdown(found.sentence)
    charts.show(index_charts.matters_chart(found.factors), "matters", f"{found.sentence} Anteile an der Streuung der Ränge")
    if not len(without):
        return
    columns = [
        tables.Column("name", "Ohne diese Kennzahl"),
        tables.Column("correlation", "Rangkorrelation", 3),
        tables.Column("mean_shift", "mittlere Verschiebung (Ränge)", 1),
        tables.Column("largest_shift", "größte", 0),
        *(tables.Column(c, h) for c, h in (("entering", "neu dabei"), ("leaving", "nicht mehr dabei")) if c in without),
    ]
    tables.table(without, columns, "Weglassen je einer Kennzahl", store, "without", state=None)


def presets_note(preset: Preset) -> None:
    """What the preset is and where it comes from."""
    st.caption(f"{escape(preset.title)}. {escape(preset.note)} Quelle der Rechenweise: {escape(preset.source)}.")


def area_choice(ranking: Ranking, chosen: str | None) -> str:
    """The area that is explained: the one chosen on the map or in the address, else the first."""
    rows = ranking.areas.sort_values(["rank", "area_id"], na_position="last")
    ids = list(rows["area_id"])
    ranks = {
        key: f"{name} (Rang {rank:.0f})" if rank == rank else f"{name} (nicht bewertet)"
        for key, name, rank in zip(ids, rows["name"], rows["rank"], strict=True)
    }
    if chosen is None:
        selection.show("w_warum", ids[0], tuple(ranks.values()))
        st.selectbox("Gebiet", ids, format_func=ranks.__getitem__, key="w_warum", on_change=_take_area)
        return ids[0]
    return selection.select("gebiet", "Gebiet", ids, ranks.__getitem__, ids[0])


def _take_area() -> None:
    selection.put("gebiet", str(st.session_state["w_warum"]))


def _title(ranking: Ranking) -> str:
    return f"{ranking.spec.title} {ranking.inputs.year}"


def _note(ranking: Ranking, sure: Surety) -> str:
    plain = f"{say.sources_sentence(ranking)} {say.doubt_sentence(sure)} {say.SEARCH}".replace("**", "")
    return html.unescape(plain)
