"""Controls, sums and map of Was-wäre-wenn: a move of the slider redraws these at once, the rest of the page follows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from raumblick.answers.moving import POST, Change, Current, MoneyError, Moved, move, moved
from raumblick.snapshot.store import Store
from raumblick.ui import area_maps, follow, layout, moving_changes, moving_view, selection
from raumblick.ui import format as fmt
from raumblick.ui.layout import escape

MODES = {"zwei": "Zwischen zwei Gebieten verschieben", "eins": "Ein Gebiet einstellen"}
_CENT = Decimal("0.01")
_POSTS = Decimal(1_000), Decimal(1_000_000)  # euro that a post may cost


@dataclass(frozen=True)
class Against:
    """The scenario that is compared: its changes and name, and whether the map shows the difference to it."""

    changes: tuple[Change, ...]
    name: str
    on_map: bool


@dataclass(frozen=True)
class Stage:
    """What is shown: the changes, what they do, the same of the scenario that is compared, and euro of a post."""

    found: tuple[Change, ...]
    result: Moved
    other: Moved | None
    post: Decimal


def stage(store: Store, now: Current, against: Against | None, everywhere: Collection[str], sentence: DeltaGenerator) -> Stage:
    """Draw sums, controls and map; `everywhere` are the area_id of all areas of the city."""
    money = st.container(key="money").empty()
    left, right = st.container(key="split").columns([5, 4], gap="large")
    with left:
        mode = "eins"
        if len(now.areas) > 1 or len(now.services) > 1:
            mode = selection.select("art", "Wie verschieben?", list(MODES), MODES.__getitem__, "zwei", "segmented_control",
                                    required=True)  # fmt: skip
        area, service = _cell(now) if mode == "eins" else ("", "")
        if mode == "zwei":
            _form(now)
    follow.whole_run()
    post = _post()
    with left:
        drawn = _stage(store, now, against, everywhere, (area, service), post, sentence, money, right)
        _listed(now, drawn.found)
        _post_control(post)
    return drawn


@st.fragment
def _stage(
    store: Store, now: Current, against: Against | None, everywhere: Collection[str], cell: tuple[str, str], post: Decimal,
    sentence: DeltaGenerator, money: DeltaGenerator, picture: DeltaGenerator,
) -> Stage:  # fmt: skip
    """Slider, sums, map; nothing else is in this fragment, for every element of it delays the new colours."""
    whole = follow.is_whole()
    found, result = _result(now, post)
    other = None if against is None else _other(now, against, post)
    chosen = selection.optional("gebiet", set(result.areas["area_id"]), everywhere)
    on_map = other if against is not None and against.on_map else None
    with picture:
        shown = moving_view.measure(now, result, on_map, against.name if against else "")
        area_maps.measure_map(store, shown, "map", chosen, 400)
    if cell[0]:  # after the map, which waits for nothing that does not decide it
        _setting(now, result, *cell)
    with money.container():
        moving_view.totals(now, result)
    with sentence.container():
        pot = fmt.money(float(now.pot))
        layout.answer(f"**{pot}** im Plan {now.year} sind frei verteilbar. {escape(result.sentence)}")
    if not whole:
        follow.follow()
    return Stage(found, result, other, post)


def _result(now: Current, post: Decimal) -> tuple[tuple[Change, ...], Moved]:
    """The changes of the address and what they do; those that cannot be are said and dropped."""
    found = moving_changes.changes()
    try:
        return found, moved(now, found, post)
    except MoneyError as error:
        st.warning(f"{escape(str(error))} Die Verschiebungen der Adresse sind nicht übernommen.")
        selection.forget(moving_changes.NAME)
        return (), moved(now, (), post)


def _other(now: Current, against: Against, post: Decimal) -> Moved | None:
    try:
        return moved(now, against.changes, post)
    except MoneyError as error:
        st.warning(f"„{escape(against.name)}“ passt nicht zu diesem Plan. {escape(str(error))}")
        return None


def _names(now: Current) -> tuple[dict[str, str], dict[str, str]]:
    areas = dict(zip(now.areas["area_id"], now.areas["name"], strict=True))
    return areas, dict(zip(now.services["key"], now.services["name"], strict=True))


def _post() -> Decimal:
    """Euro of a full post a year: what the address says, else the usual amount."""
    given = moving_changes.exact(selection.text("stelle"))
    return given if given is not None and _POSTS[0] <= given <= _POSTS[1] else POST


def _post_control(post: Decimal) -> None:
    """The assumption behind the column of posts, as people write amounts."""
    st.session_state["w_stelle"] = fmt.number(post, 0 if post == post.to_integral_value() else 2)
    st.text_input(
        "Eine volle Stelle kostet im Jahr (€)", key="w_stelle", on_change=_take_post, width=260,
        help="Annahme für die Spalte Stellen: Gehalt mit Nebenkosten; zwischen 1.000 € und 1.000.000 €.",
    )  # fmt: skip


def _take_post() -> None:
    text = str(st.session_state["w_stelle"]).strip()
    given = moving_changes.exact(text)
    if given is None or not _POSTS[0] <= given <= _POSTS[1]:
        moving_changes.not_an_amount(text)
    elif given == POST:
        selection.forget("stelle")
    else:
        selection.put("stelle", str(given))


def _form(now: Current) -> None:
    """From where, to where, how much."""
    areas, services = _names(now)
    first, last = next(iter(services)), list(areas)[-1]
    one, two = st.columns(2, gap="medium")
    with one:
        start = selection.select("von", "Von Gebiet", list(areas), areas.__getitem__, next(iter(areas)))
        taken = selection.select("vonl", "Leistung", list(services), services.__getitem__, first)
    with two:
        end = selection.select("nach", "Nach Gebiet", list(areas), areas.__getitem__, last)
        given = selection.select("nachl", "Leistung dort", list(services), services.__getitem__, first)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Betrag in Euro", key="w_moving_amount", placeholder="1.234,50", width=200)
        st.button("Verschieben", on_click=_moved, args=(now, start, taken, end, given), key="moving_go")


def _moved(now: Current, start: str, taken: str, end: str, given: str) -> None:
    text = str(st.session_state.get("w_moving_amount") or "")
    value = moving_changes.exact(text)
    if value is None or value <= 0:
        moving_changes.not_an_amount(text)
    elif (start, taken) == (end, given):
        moving_changes.say("Von und nach sind gleich; so ändert sich nichts.")
    else:
        moving_changes.keep_if_possible(now, [*moving_changes.changes(), move(start, taken, -value), move(end, given, value)])


def _cell(now: Current) -> tuple[str, str]:
    """Area and service whose amount is set; what the law locks is named and cannot be set."""
    areas, services = _names(now)
    locked = {str(row.key): f"{row.name} – gesperrt ({row.paragraph})" for row in now.locked.itertuples(index=False)}
    words = services | locked
    one, two = st.columns(2, gap="medium")
    with one:
        area = selection.select("einsgebiet", "Gebiet", list(areas), areas.__getitem__, next(iter(areas)))
    with two:
        service = selection.select("einsl", "Leistung", list(words), words.__getitem__, next(iter(services)))
    return area, service


def _setting(now: Current, result: Moved, area: str, service: str) -> None:
    """Slider in percent of the plan and the exact amount beside it; neither where the law locks (grey cannot be read)."""
    cells = result.cells.set_index(["area_id", "service"])
    if service in set(now.locked["key"]):
        line = now.locked.set_index("key").loc[service]
        st.info(
            f"**Gesperrt**: {escape(line['name'])} ist gesetzlich gebunden ({escape(line['paragraph'])}); geplant sind in der "
            f"ganzen Stadt {fmt.number(line['amount'], 2, '€')}."
        )
        return
    if (area, service) not in cells.index:
        st.info("Für diese Leistung steht in diesem Gebiet nichts im Plan; verschieben lässt sich nur, was geplant ist.")
        return
    row = cells.loc[(area, service)]
    _slider(now, area, service, row["before"], row["change"])
    selection.show("w_exact", fmt.number(row["after"], 2))
    st.text_input(
        f"Betrag danach in Euro (Plan {fmt.number(row['before'], 2)})", key="w_exact", on_change=_take_exact,
        args=(now, area, service), width=320,
    )  # fmt: skip


def _slider(now: Current, area: str, service: str, before: Decimal, change: Decimal) -> None:
    selection.show("w_part", max(-100, min(100, round(100 * float(change / before)))) if before else 0)
    st.slider(
        "Veränderung gegen den Plan (%)", -100, 100, key="w_part", on_change=_take_part, args=(now, area, service),
        format="%d %%",
    )  # fmt: skip


def _take_part(now: Current, area: str, service: str) -> None:
    before = now.amounts.set_index(["area_id", "service"])["amount"][(area, service)]
    part = Decimal(100 + int(st.session_state["w_part"])) / 100
    moving_changes.set_cell(now, area, service, (before * part).quantize(_CENT))


def _take_exact(now: Current, area: str, service: str) -> None:
    if selection.is_echo("w_exact"):
        return
    text = str(st.session_state["w_exact"])
    value = moving_changes.exact(text)
    if value is None or value < 0:
        moving_changes.not_an_amount(text)
    else:
        moving_changes.set_cell(now, area, service, value)


def _listed(now: Current, found: tuple[Change, ...]) -> None:
    """The changes, each with a way back; the last step and all of them, too."""
    if said := moving_changes.told():
        st.warning(escape(said))
    areas, services = _names(now)
    for place, change in enumerate(found):
        with st.container(horizontal=True, vertical_alignment="center"):
            what = f"{escape(areas.get(change.area_id, change.area_id))}, {escape(services.get(change.service, change.service))}"
            st.markdown(f"{what}: **{fmt.signed(float(change.amount), 2, '€')}**", width="stretch")
            rest = tuple(c for i, c in enumerate(found) if i != place)
            st.button("zurück", key=f"moving_drop_{place}", on_click=moving_changes.keep, args=(rest,),
                      help="Diese Verschiebung zurücknehmen")  # fmt: skip
    with st.container(horizontal=True):
        if moving_changes.can_undo():
            st.button("Letzten Schritt zurück", on_click=moving_changes.undo, key="moving_undo")
        if found:
            st.button("Alles zurück", on_click=moving_changes.keep, args=((),), key="moving_reset")
