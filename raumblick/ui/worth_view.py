"""Parts of Was-wäre-wenn: where additional money helps most, and what equality costs."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from raumblick.answers.moving import Current, Moved
from raumblick.answers.sharing import Ground, ground
from raumblick.answers.worth import MARKS, MoneyError, Need, Next, Setting, Trade, burdens, claims, need_of, next_money, trade
from raumblick.snapshot.store import Store
from raumblick.ui import charts, moving_changes, selection, session, tables
from raumblick.ui import format as fmt
from raumblick.ui.layout import escape

_LOSSES = ("0", "5", "10", "20", "50", "100")
_MORE = 100_000.0


def part(store: Store, now: Current, result: Moved, post: float) -> None:
    """The whole part; where the city lacks the data, one sentence says so."""
    try:
        base = session.ask(ground, store, now.level)
        setting = _setting(base, post)
        need = need_of(now, base, setting)
        more = _more()
        found = next_money(need, more)
        own = result.cells.assign(posts=result.cells["after"].astype(float) / post)
        line = trade(need, own.pivot(index="area_id", columns="service", values="posts").fillna(0.0))
    except MoneyError as error:
        st.info(f"Hier lässt sich kein Bedarf annehmen. {escape(str(error))}")
        return
    st.markdown(_assumption(base, need))
    st.markdown(_next_sentence(now, found, more))
    _table(store, now, found)
    st.markdown("**Gleichheit und Wirkung**: Wie viel bleibt ungedeckt, wenn der am schlechtesten gedeckte Bedarf besser steht?")
    charts.show(_chart(line), "trade", _trade_sentence(line))
    st.markdown(_trade_sentence(line))
    if (money := session.ask(claims, store)) is not None:
        st.markdown(_claims_sentence(*money))


def _setting(base: Ground, post: float) -> Setting:
    words = burdens(base)
    one, two = st.columns(2, gap="medium")
    with one:
        key = selection.select("bedarf", "Bedarf geht nach", list(words), words.__getitem__, next(iter(words)))
        mark = selection.select("messlatte", "Genug ist, was heute hat", list(MARKS), MARKS.__getitem__, "0.75")
    with two:
        loss = selection.select("abgabe", "Höchster Verlust beim Umverteilen", _LOSSES, lambda p: f"{p} %", "10",
                                help="Gilt für die Linie unten. Zusätzliches Geld nimmt niemandem etwas.")  # fmt: skip
        weigh = selection.select("vorrang", "Vorrang", ["lage", "gleich"], _priority, "lage")
    half = selection.select("stufen", "Stellen", ["beliebig", "halbe"], _steps, "beliebig", "segmented_control", required=True)
    return Setting(key, float(mark), post, int(loss) / 100, weigh == "lage", half == "halbe")


def _priority(key: str) -> str:
    return "belastete Gebiete wiegen mehr" if key == "lage" else "alle Gebiete wiegen gleich"


def _steps(key: str) -> str:
    return "nur halbe und ganze" if key == "halbe" else "beliebige Teile"


def _more() -> float:
    """Additional euro as people write them; what cannot be read is said."""
    text = selection.text("mehr")
    given = moving_changes.exact(text) if text else None
    if text and (given is None or not 0 < given < 10**9):
        st.warning(f"„{escape(text[:30])}“ ist kein Betrag. Schreibweise: 1.234,50. Gezeigt werden {fmt.number(_MORE, 0, '€')}.")
        given = None
    amount = _MORE if given is None else float(given)
    selection.show("w_mehr", fmt.number(amount, 0 if amount.is_integer() else 2))
    st.text_input("Zusätzliches Geld in Euro", key="w_mehr", on_change=_take_more, width=260)
    return amount


def _take_more() -> None:
    selection.put("mehr", str(st.session_state["w_mehr"]).strip())


def _assumption(base: Ground, need: Need) -> str:
    name = escape(burdens(base)[need.setting.indicator])
    mark = MARKS[str(need.setting.mark)]
    rounded = " Heutige Stellen sind dafür auf halbe abgerundet." if need.setting.half else ""
    return (
        f"**Annahme**: Jedes Gebiet braucht in jeder Leistung so viel Geld je Fall von „{name}“, wie heute {mark} hat. Einen "
        f"gemessenen Bedarf gibt es hier nicht. So gerechnet fehlen heute {fmt.number(100 * need.unmet, 1, '%')} der nötigen "
        f"Stellen.{rounded}"
    )


def _next_sentence(now: Current, found: Next, more: float) -> str:
    said = f"Die nächsten **{fmt.number(more, 0 if more.is_integer() else 2, '€')}** "
    if not found.posts > 0:
        return f"{said}decken keinen weiteren Bedarf."
    first = found.rows.iloc[0]
    area, service = (_name(table, first[key]) for table, key in ((now.areas, "area_id"), (now.services, "service")))
    said += f"bezahlen **{_posts(found.posts)}**, am meisten in {escape(area)} ({escape(service)}: {_posts(first['posts'])}). "
    after, before = (fmt.number(100 * share, 1, "%") for share in (found.after, found.before))
    said += f"Ungedeckt bleiben {after} statt {before} des Bedarfs."
    if found.left >= 1:
        said += f" {fmt.number(found.left, 0, '€')} reichen für keine weitere Stelle."
    if fmt.known(found.each):
        said += f" Weitere 100.000 € danach nähmen {fmt.number(found.each, 1)} Punkte gewichteten Bedarfs weg (Schattenpreis)."
    return said


def _posts(count: float) -> str:
    text = fmt.number(count, 1)
    return f"{text} {'Stelle' if text == '1,0' else 'Stellen'}"


def _name(table: object, key: str) -> str:
    rows = table.set_index(table.columns[0])["name"]  # type: ignore[attr-defined]
    return str(rows.get(key, key))


def _table(store: Store, now: Current, found: Next) -> None:
    rows = found.rows.assign(
        area=[_name(now.areas, key) for key in found.rows["area_id"]],
        service_name=[_name(now.services, key) for key in found.rows["service"]],
    )
    columns = [
        tables.Column("area", fmt.level(now.level)), tables.Column("service_name", "Leistung"),
        tables.Column("posts", "Stellen dazu", 1), tables.Column("euro", "Euro dazu", 0),
    ]  # fmt: skip
    tables.table(rows, columns, f"Wo zusätzliches Geld am meisten hilft {now.year}", store, "worth", state=None)


def _trade_sentence(found: Trade) -> str:
    own, line = found.own, found.line
    now, least = (fmt.number(100 * share, 0, "%") for share in (own.worst, line["worst"].iloc[0]))
    return (
        f"Ihre Verteilung lässt im am schlechtesten gedeckten Fall {now} eines Bedarfs offen; mit demselben Geld ginge es bis "
        f"auf {least}. {escape(own.sentence)}"
    )


def _chart(found: Trade) -> go.Figure:
    """Unmet need over the worst unmet share, and where the own plan lies."""
    line, own, figure = found.line, found.own, go.Figure()
    hover = "schlechtester Fall %{x:.0f} % offen, gewichtet %{y:.1f} Stellen ungedeckt<extra></extra>"
    figure.add_scatter(x=100 * line["worst"], y=line["unmet"], mode="lines+markers", name="bestmöglich mit demselben Geld",
                       line={"color": charts.focus_ink(), "width": 3}, hovertemplate=hover)  # fmt: skip
    figure.add_scatter(x=[100 * own.worst], y=[own.unmet], mode="markers", name="Ihre Verteilung",
                       marker={"color": charts.warm_ink(), "size": 13, "symbol": "diamond"}, hovertemplate=hover)  # fmt: skip
    figure.update_layout(**charts.plain_layout(320), legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    figure.update_xaxes(title="Am schlechtesten gedeckter Bedarf: offen (%)", ticksuffix=" %")
    figure.update_yaxes(title="ungedeckt (gewichtete Stellen)")
    return figure


def _claims_sentence(plan: float, mean: float) -> str:
    gap = mean - plan
    more = f"{fmt.money(gap)} mehr" if gap > 0 else f"{fmt.money(-gap)} weniger"
    return (
        f"Hilfen mit Rechtsanspruch werden nur vorausgeschätzt: geplant {fmt.money(plan)}, in den nächsten zwölf Monaten "
        f"voraussichtlich {fmt.money(mean)}, also {more}. Sie werden hier weder gekürzt noch verteilt."
    )
