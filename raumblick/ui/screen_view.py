"""The parts of Gebiete suchen: conditions as controls, the rule as a sentence, the areas it finds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from raumblick.answers.screen import (
    MOST_CONDITIONS,
    Condition,
    Node,
    RuleError,
    Screening,
    conditions,
    flat,
    joined,
    read_rule,
    rule_text,
)
from raumblick.answers.values import Indicator
from raumblick.snapshot.store import Store
from raumblick.ui import format as fmt
from raumblick.ui import selection, tables
from raumblick.ui.layout import escape

WHAT = {"": "Wert", "diff": "Änderung", "pct": "Änderung in %"}
OPERATORS = {">": "über", ">=": "mindestens", "<": "unter", "<=": "höchstens"}
LIMITS = {"": "Zahl", "stadt": "Wert der Stadt", "median": "mittleres Gebiet"}
_SAID = "_rule_said"
_ANSWERS = {"ja": "erfüllt", "knapp": "knapp", "nein": "nicht erfüllt", "unbekannt": "unbekannt"}


def form(rule: Node, sheets: dict[str, Indicator], periods: dict[str, tuple[str, ...]]) -> None:
    """One block of controls a condition; every change goes into the address at once.

    Args:
        rule: what is asked now.
        sheets: indicators by key, in the order offered.
        periods: periods of each indicator, rising.
    """
    shown = flat(rule)
    if shown is None:
        st.caption("Diese Regel hat Klammern; sie lässt sich unten als Text ändern.")
        return
    word, parts = shown
    if len(parts) > 1:
        selection.show("w_verbunden", word)
        st.segmented_control(
            "Verbunden durch", ["und", "oder"], format_func={"und": "alle müssen gelten", "oder": "eine genügt"}.__getitem__,
            key="w_verbunden", on_change=_take, args=(len(parts), periods), required=True,
        )  # fmt: skip
    for number, part in enumerate(parts):
        with st.container(border=True, key=f"bedingung{number}"):
            _block(number, part, len(parts), sheets, periods)
    if len(parts) < MOST_CONDITIONS:
        st.button("Weitere Bedingung", key="more", on_click=_add, args=(word, parts))


def _block(number: int, part: Condition, count: int, sheets: dict[str, Indicator], periods: dict[str, tuple[str, ...]]) -> None:
    """Controls of one condition."""
    values = {
        "kennzahl": part.indicator, "was": part.change, "stand": part.period, "seit": part.since or periods[part.indicator][0],
        "vergleich": part.operator, "art": part.reference, "grenze": _typed(part.limit), "spielraum": _typed(part.tolerance),
    }  # fmt: skip
    for name, value in values.items():
        selection.show(f"w_b{number}_{name}", value)
    more: dict[str, Any] = {"on_change": _take, "args": (count, periods)}
    unit = "%" if part.change == "pct" else sheets[part.indicator].unit
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            f"Bedingung {number + 1}: Kennzahl", list(sheets), format_func=lambda k: sheets[k].name,
            key=f"w_b{number}_kennzahl", width="stretch", **more,
        )  # fmt: skip
        st.selectbox("Verglichen wird", list(WHAT), format_func=WHAT.__getitem__, key=f"w_b{number}_was", width=150, **more)
        st.selectbox("ist", list(OPERATORS), format_func=OPERATORS.__getitem__, key=f"w_b{number}_vergleich", width=135, **more)
        st.selectbox("Grenze", list(LIMITS), format_func=LIMITS.__getitem__, key=f"w_b{number}_art", width=170, **more)
        what = "mal" if part.reference else escape(unit) or "Zahl"
        st.text_input(what, key=f"w_b{number}_grenze", max_chars=20, width=110, **more)
    with st.container(horizontal=True, vertical_alignment="center"):
        _when(number, part, periods[part.indicator], more)
        if count > 1:
            st.button("Entfernen", key=f"drop{number}", on_click=_drop, args=(number,), help="Diese Bedingung entfernen")


def _when(number: int, part: Condition, known: tuple[str, ...], more: dict[str, Any]) -> None:
    """Period, start of a change and tolerance, behind a button that says what is set."""
    last = part.period or known[-1]
    text = f"{fmt.period(part.since)} bis {fmt.period(last)}" if part.change else f"Stand {fmt.period(last)}"
    slack = f", Spielraum {_typed(part.tolerance)}" if part.tolerance else ""
    with st.popover(text + slack, width="content"):
        if part.change:
            st.selectbox("seit", list(known), format_func=fmt.period, key=f"w_b{number}_seit", **more)
        st.selectbox(
            "Stand", ["", *reversed(known)], format_func=lambda p: fmt.period(p) if p else f"neuester ({fmt.period(known[-1])})",
            key=f"w_b{number}_stand", **more,
        )  # fmt: skip
        st.text_input(
            "Spielraum", key=f"w_b{number}_spielraum", max_chars=20, **more,
            help="Gebiete, die die Grenze um höchstens so viel verfehlen, zählen als „knapp“.",
        )  # fmt: skip


def as_text(rule: Node) -> None:
    """The rule as text, to read, copy and change; it also takes brackets."""
    selection.show("w_regel", rule_text(rule))
    st.text_input("Regel", key="w_regel", on_change=_take_text, max_chars=1200)
    st.caption(
        "Beispiele: sgb2_u15 &gt; 25 und kita_cov_u6 &lt; 90; (unemp@2023 &gt;= stadt&#42;1.5 oder unemp_u25 &gt;= median) und "
        "pct(pop_u18, 2019) &gt; 5 &#126; 1. Dabei ist „&#126;“ der Spielraum, „diff“ und „pct“ sind Veränderungen."
    )


def said() -> None:
    """What was wrong with the last input."""
    text = st.session_state.pop(_SAID, None)
    if text:
        st.warning(text)


def rule_sentence(rule: Node, sheets: dict[str, Indicator]) -> str:
    """The rule in plain German, names escaped for Markdown."""
    if isinstance(rule, Condition):
        return _condition_sentence(rule, sheets[rule.indicator])
    texts = [rule_sentence(part, sheets) for part in rule.parts]
    return f" {rule.joined} ".join(
        text if isinstance(p, Condition) else f"({text})" for p, text in zip(rule.parts, texts, strict=True)
    )


def _condition_sentence(part: Condition, sheet: Indicator) -> str:
    name = f"„{escape(sheet.name)}“" + (f" ({fmt.period(part.period)})" if part.period and not part.change else "")
    unit = "%" if part.change == "pct" else fmt.points(sheet.unit) if part.change else sheet.unit
    slack = f" (Spielraum {_typed(part.tolerance)})" if part.tolerance else ""
    span = f"seit {fmt.period(part.since)}" + (f" bis {fmt.period(part.period)}" if part.period else "") if part.change else ""
    if part.change and not part.reference and part.limit == 0 and part.operator in "<>":
        return f"{name} {span} {'gestiegen' if part.operator == '>' else 'gefallen'}{slack}"
    if part.reference:
        whose = {"stadt": "der Wert der Stadt", "median": "das mittlere Gebiet"}[part.reference]
        if part.limit != 1:
            whose = (
                f"das {_typed(part.limit)}-Fache "
                + {"stadt": "des Werts der Stadt", "median": "des mittleren Gebiets"}[part.reference]
            )
        words = {">": "höher als", "<": "niedriger als", ">=": "mindestens so hoch wie", "<=": "höchstens so hoch wie"}
        limit = f"{words[part.operator]} {whose}"
    else:
        limit = f"{OPERATORS[part.operator]} {_typed(part.limit)}" + (f"\u00a0{escape(unit)}" if unit else "")
    return f"Veränderung von {name} {span} {limit}{slack}" if part.change else f"{name} {limit}{slack}"


def sentence(result: Screening) -> str:
    """How many areas meet the rule, which, how many nearly, and for how many nobody knows."""
    rows = result.areas
    total = len(rows)
    hits = rows.loc[rows["answer"] == "ja", "name"]
    rule = rule_sentence(result.rule, result.sheets)
    verb = "erfüllt" if len(hits) == 1 else "erfüllen"
    head = (
        f"**{len(hits)} von {fmt.of_level(total, result.level)}** {verb}: {rule}."
        if len(hits)
        else f"**Kein Gebiet** erfüllt: {rule}."
    )
    if 0 < len(hits) <= 5:
        head += f" Das {'ist' if len(hits) == 1 else 'sind'} {', '.join(escape(n) for n in hits)}."
    near, unknown = result.count("knapp"), result.count("unbekannt")
    if near:
        head += f" Knapp: {near}."
    if unknown:
        secret = int(rows["hidden"].sum())
        head += f" Unbekannt, weil Zahlen fehlen: {unknown}" + (f" (davon {secret} geheim)." if secret else ".")
    return head


def found(store: Store, result: Screening) -> None:
    """Areas and their values, hits first."""
    order = {"ja": 0, "knapp": 1, "unbekannt": 2, "nein": 3}
    rows = result.areas.assign(place=result.areas["answer"].map(order), answer_text=result.areas["answer"].map(_ANSWERS))
    columns = [tables.Column("name", fmt.level(result.level)), tables.Column("answer_text", "Ergebnis")]
    seen: set[str] = set()
    for number, (part, period) in enumerate(zip(result.conditions, result.periods, strict=True)):
        sheet = result.sheets[part.indicator]
        unit = "%" if part.change == "pct" else fmt.change_unit(sheet.unit) if part.change else sheet.unit
        when = f"{fmt.period(part.since)} bis {fmt.period(period)}" if part.change else fmt.period(period)
        head = f"{sheet.name}, {when} ({unit})"
        head += "\u00a0" * number if head in seen else ""  # two columns must not have one head
        seen.add(head)
        columns.append(tables.Column(f"value_{number}", head, max(sheet.decimals, 1) if part.change else sheet.decimals))
    columns += [tables.Column("parent_name", "liegt in"), tables.Column("area_id", "Schlüssel")]
    rows = rows.sort_values(["place", "value_0"], ascending=[True, result.conditions[0].operator[0] == "<"])
    plain = pd.DataFrame(rows).drop(columns="hidden")
    tables.table(plain, columns, "Gefundene Gebiete", store, "found", f"Regel: {rule_text(result.rule)}", None)


def _typed(value: float) -> str:
    """A number as it is typed: `1,25`, `0`."""
    return f"{value:.10g}".replace(".", ",").replace("-", "\u2212")


def _take(count: int, periods: dict[str, tuple[str, ...]]) -> None:
    """All controls into one rule; a text that is no number is said, and nothing changes."""
    parts = []
    for number in range(count):
        state = {name: st.session_state.get(f"w_b{number}_{name}") for name in _FIELDS}
        limit, slack = fmt.parse(str(state["grenze"])), fmt.parse(str(state["spielraum"] or "0"))
        if limit is None or slack is None or slack < 0:
            wrong = state["grenze"] if limit is None else state["spielraum"]
            st.session_state[_SAID] = f"„{escape(str(wrong)[:40])}“ ist hier keine gültige Zahl. Es wurde nichts geändert."
            return
        known = periods[str(state["kennzahl"])]
        change = str(state["was"] or "")
        since = str(state["seit"]) if state["seit"] in known else known[0]
        part = Condition(
            str(state["kennzahl"]), str(state["vergleich"]), limit, tolerance=slack, reference=str(state["art"] or "")
        )
        period = str(state["stand"]) if state["stand"] in known else ""
        parts.append(replace(part, period=period, change=change, since=since if change else ""))
    word = str(st.session_state.get("w_verbunden") or "und")
    selection.put("regel", rule_text(joined(word, tuple(parts))))


_FIELDS = ("kennzahl", "was", "stand", "seit", "vergleich", "art", "grenze", "spielraum")


def _add(word: str, parts: tuple[Condition, ...]) -> None:
    again = replace(parts[-1], operator="<" if parts[-1].operator[0] == ">" else ">")
    selection.put("regel", rule_text(joined(word, (*parts, again))))


def _drop(number: int) -> None:
    shown = flat(read_rule(selection.text("regel")))
    if shown:
        kept = tuple(part for place, part in enumerate(shown[1]) if place != number)
        selection.put("regel", rule_text(joined(shown[0], kept)))


def _take_text() -> None:
    text = str(st.session_state["w_regel"]).strip()
    try:
        rule = read_rule(text)
    except RuleError as error:
        st.session_state[_SAID] = f"Die Regel lässt sich nicht lesen: {escape(str(error))} Es wurde nichts geändert."
        return
    selection.put("regel", rule_text(rule))


def known_parts(rule: Node) -> set[str]:
    """Keys of the indicators of a rule."""
    return {part.indicator for part in conditions(rule)}
