"""The questions of the mapping wizard: one widget each, open ones in front, what is certain below and open to change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from raumblick import mapping
from raumblick.mapping import (
    TO_THE_END,
    BookingPart,
    Column,
    FilePart,
    Heads,
    KeyPart,
    Layout,
    Look,
    PeriodPart,
    ValuePart,
    Workpiece,
)
from raumblick.ui.layout import escape

CHOOSE = "Bitte wählen"
ENCODINGS = {"utf-8": "UTF-8", "cp1252": "Windows (cp1252)"}
DECIMALS = {",": "Komma (1.234,5)", ".": "Punkt (1234.5)"}
DELIMITERS = {";": "Semikolon ;", ",": "Komma ,", "\t": "Tabulator", "|": "senkrechter Strich |"}
LEVELS = {
    "stadt": "Stadt", "bezirk": "Bezirke", "planungsraum": "Planungsräume", "ortsteil": "Ortsteile", "gemeinde": "Gemeinden",
    "kreis": "Kreise", "land": "Länder", "": "nicht bekannt oder gemischt",
}  # fmt: skip
UNITS = ("Anzahl", "Personen", "Kinder", "Haushalte", "Fälle", "Plätze", "%", "EUR", "Jahre", "m²", "km²", "ha")
SCALES = {1.0: "gelten, wie sie dastehen", 1000.0: "in Tausend", 1e6: "in Millionen"}
MEANINGS = {
    "missing": "kein Wert", ".": "unbekannt oder geheim (.)", "-": "nichts vorhanden oder nicht geliefert (-)",
    "...": "kommt später (...)", "/": "nicht sicher genug (/)", "x": "nicht sinnvoll (x)", "zero": "genau null",
}  # fmt: skip
SIDES = {"expense": "Aufwand", "revenue": "Ertrag"}
BASES = {"period": "Aufwand und Ertrag", "payment": "Zahlungen"}
VALUE_TYPES = {"plan": "Plan", "amended": "fortgeschriebener Plan", "actual": "Ist", "committed": "Obligo"}
SCHEMES = {"": "keines davon oder unbekannt", "36": "Produktbereich 36", "06": "Produktbereich 06 (Nordrhein-Westfalen)",
           "berlin": "Kapitel und Titel (Berlin)"}  # fmt: skip


@dataclass(frozen=True)
class Form:
    """Where questions are drawn: `open` for those that the file leaves open, `sure` for what it proves."""

    open: DeltaGenerator
    sure: DeltaGenerator

    def at(self, certain: object) -> DeltaGenerator:
        """The place of a question whose certain answer is `certain` (None: it has none)."""
        return self.open if certain is None else self.sure

    def choose(self, question: str, options: Sequence[Any], certain: Any, key: str, words: Any = str) -> Any:
        """One of several; None while it is unanswered."""
        known = list(options)
        index = _index(known, certain)
        place = self.at(None if index is None else certain)
        named: Callable[[Any], str] = words.__getitem__ if isinstance(words, Mapping) else words
        return place.selectbox(question, known, index=index, format_func=named, key=f"map_{key}", placeholder=CHOOSE)


def file_part(form: Form, look: Look) -> FilePart:
    """How the file is written, and where its table begins and ends."""
    known = look.layout.file
    encoding = delimiter = sheet = None
    if known.kind == "csv":
        encoding = form.choose("Zeichensatz", tuple(ENCODINGS), known.encoding, "encoding", ENCODINGS)
        delimiter = form.choose("Welches Zeichen trennt die Zellen?", tuple(DELIMITERS), known.delimiter, "delimiter", DELIMITERS)
    else:
        sheet = form.choose("Auf welchem Tabellenblatt steht die Tabelle?", look.sheets, known.sheet, "sheet")
    lines = [line for line, _ in look.rows]
    rows = form.at(known.header_rows).multiselect(
        "In welchen Zeilen stehen die Überschriften?", [0, *lines], known.header_rows, key="map_header", placeholder=CHOOSE,
        format_func=lambda line: f"Zeile {line}" if line else "Es gibt keine Überschrift",
    )  # fmt: skip
    header = None if not rows else () if 0 in rows else tuple(sorted(rows))
    first = form.at(known.first_row).number_input(
        "In welcher Zeile beginnen die Daten?", 1, None, known.first_row, key="map_first", placeholder=CHOOSE
    )
    last, stop = _end(form, known)
    return FilePart(known.kind, encoding, delimiter, sheet, header, first, last, stop)


def decimal_mark(form: Form, certain: str | None) -> str | None:
    """The decimal mark of numbers that are text; `certain` is the one that they prove."""
    question = "Steht vor den Nachkommastellen ein Komma oder ein Punkt?"
    return form.choose(question, tuple(DECIMALS), certain, "decimal", DECIMALS)


def _end(form: Form, known: FilePart) -> tuple[int | None, str | None]:
    words = {"end": "mit der Datei", "row": "nach einer bestimmten Zeile", "stop": "vor einer Zeile, die so beginnt:"}
    certain = "stop" if known.stop_at else None if known.last_row is None else "row" if known.last_row else "end"
    how = form.choose("Wo enden die Daten?", tuple(words), certain, "end", words)
    if how == "row":
        last = form.at(certain).number_input("Letzte Zeile der Daten", 1, None, known.last_row or None, key="map_last")
        return last, None
    if how == "stop":
        return None, form.at(certain).text_input("Anfang dieser Zeile", known.stop_at or "", key="map_stop").strip() or None
    return (TO_THE_END if how == "end" else None), None


def statistics(form: Form, heads: Heads, certain: Layout) -> tuple[KeyPart, PeriodPart, tuple[Column, ...]]:
    """What names the area and the period of a row, and what else tells rows apart."""
    words = {"column": "eine Spalte mit Schlüsseln", "name": "eine Spalte mit Namen", "value": "keine: Alles gilt für ein Gebiet"}
    known = certain.key
    sure = next((kind for kind in words if getattr(known, kind) is not None), None)
    how = form.choose("Welche Spalte nennt das Gebiet?", tuple(words), sure, "place", words)
    column = name = value = length = None
    if how == "column":
        column = form.choose("Spalte mit Schlüsseln", heads.columns, known.column, "key", heads.label)
        name = form.sure.selectbox("Spalte mit den Namen (wenn es sie gibt)", heads.columns, None, heads.label, key="map_name",
                                   placeholder="keine")  # fmt: skip
        length = form.sure.number_input(
            "Stellen eines Schlüssels (füllt verlorene führende Nullen auf)", 1, 12, known.length, key="map_length"
        )
    elif how == "name":
        name = form.choose("Spalte mit Namen", heads.columns, known.name, "key_name", heads.label)
    elif how == "value":
        value = form.at(known.value).text_input("Name des Gebiets", known.value or "", key="map_value").strip() or None
    level = form.choose("Auf welcher Ebene liegen die Gebiete?", tuple(LEVELS), known.level, "level", LEVELS)
    more = form.sure.multiselect(
        "Spalten, deren Texte die Reihen unterscheiden (zum Beispiel Geschlecht)", heads.columns, certain.series,
        format_func=heads.label, key="map_series", placeholder="keine",
    )  # fmt: skip
    key = KeyPart(column, name, value, length, level, known.codes)
    return key, period(form, heads, certain), tuple(more)


def period(form: Form, heads: Heads, certain: Layout) -> PeriodPart:
    """When the numbers were counted; nothing where each column of values says so itself."""
    words = {"column": "eine Spalte nennt ihn", "value": "einer für die ganze Datei", "own": "jede Wertspalte hat ihren eigenen"}
    known = certain.period
    sure = "column" if known.column is not None else "value" if known.value else None
    if sure is None and certain.values and all(value.period for value in certain.values):
        sure = "own"
    how = form.choose("Aus welchem Zeitraum sind die Zahlen?", tuple(words), sure, "when", words)
    if how == "column":
        return PeriodPart(column=form.choose("Spalte mit dem Zeitraum", heads.columns, known.column, "period", heads.label))
    if how == "value":
        return PeriodPart(value=_moment(form.at(known.value), "Zeitraum", known.value, "map_moment"))
    return PeriodPart()


def values(form: Form, heads: Heads, certain: Layout, budget: bool) -> tuple[ValuePart, ...]:
    """The columns of numbers, and what each of them measures."""
    suggested = [value.column for value in certain.values or () if value.column in heads.columns]
    known = {value.column: value for value in certain.values or ()}
    whole = bool(known) and not budget and all(v.unit is not None and v.scale is not None for v in known.values())
    chosen = form.at(True if whole else None).multiselect(
        "Welche Spalten enthalten Zahlen?", heads.columns, suggested, format_func=heads.label, key="map_values",
        placeholder=CHOOSE,
    )  # fmt: skip
    own = st.session_state.get("map_when") == "own"
    ask = _amount if budget else _measure
    return tuple(ask(form, heads, known.get(column, ValuePart(column)), number, own) for number, column in enumerate(chosen))


def _measure(form: Form, heads: Heads, known: ValuePart, number: int, own: bool) -> ValuePart:
    whole = known.unit is not None and known.scale is not None and not (own and known.period is None)
    box = form.at(True if whole else None).container(border=True)
    name, key = escape(heads.label(known.column)), f"map_{number}_{known.column}"
    box.markdown("**Wertspalte**")
    meant = known.series or heads.label(known.column)
    series = box.text_input(f"Was misst „{name}“?", meant, key=f"{key}_series").strip() or None
    unit = box.selectbox(
        f"Einheit von „{name}“", sorted({*UNITS, *([known.unit] if known.unit else [])}), accept_new_options=True,
        index=_index(sorted({*UNITS, *([known.unit] if known.unit else [])}), known.unit), key=f"{key}_unit", placeholder=CHOOSE,
    )  # fmt: skip
    scale = _scale(box, name, known, key)
    when = _moment(box, f"Zeitraum von „{name}“", known.period, f"{key}_period") if own else None
    return ValuePart(known.column, series, unit, scale, when)


def _amount(form: Form, heads: Heads, known: ValuePart, number: int, own: bool) -> ValuePart:
    box = form.open.container(border=True)
    name, key = escape(heads.label(known.column)), f"map_{number}_{known.column}"
    kind = box.selectbox(
        f"Enthält „{name}“ Plan- oder Ist-Beträge?", tuple(VALUE_TYPES), _index(tuple(VALUE_TYPES), known.value_type),
        VALUE_TYPES.__getitem__, key=f"{key}_type", placeholder=CHOOSE,
    )  # fmt: skip
    scale = _scale(box, name, known, key)
    when = _moment(box, f"Zeitraum von „{name}“", known.period, f"{key}_period") if own else None
    return ValuePart(known.column, None, None, scale, when, kind)


def booking(form: Form, heads: Heads, certain: Layout, piece: Workpiece, part: FilePart) -> BookingPart:
    """The columns of a budget, and which lines are expense and which revenue."""
    known = certain.booking
    product = form.choose("Welche Spalte nennt das Produkt?", heads.columns, known.product, "product", heads.label)

    def more(question: str, answer: Column | None, key: str) -> Any:
        at = _index(heads.columns, answer)
        return form.sure.selectbox(question, heads.columns, at, heads.label, key=f"map_{key}", placeholder="keine")

    names = more("Spalte mit den Namen der Produkte", known.product_name, "product_name")
    account = more("Spalte mit den Sachkonten", known.account, "account")
    account_name = more("Spalte mit den Namen der Sachkonten", known.account_name, "account_name")
    words = {"side": "eine Spalte sagt es", "expense": "alle Zeilen sind Aufwand", "revenue": "alle Zeilen sind Ertrag"}
    sure = known.always or ("side" if known.side is not None else None)
    how = form.choose("Welche Zeilen sind Aufwand, welche Ertrag?", tuple(words), sure, "side_kind", words)
    side, sides = None, {}
    if how == "side":
        side = form.choose("Spalte mit der Seite", heads.columns, known.side, "side", heads.label)
        if side is not None:
            sides = _sides(form, mapping.texts_in(piece, part, heads, side), known.sides)
    negative = form.choose(
        "Welche Seite ist mit Minus geschrieben?", ("expense", "revenue", "none"), known.negative, "negative",
        SIDES | {"none": "keine von beiden"},
    )  # fmt: skip
    basis = form.choose("Was sind die Beträge?", tuple(BASES), known.basis, "basis", BASES)
    scheme = form.sure.selectbox("Produktrahmen", tuple(SCHEMES), _index(tuple(SCHEMES), known.scheme), SCHEMES.__getitem__,
                                 key="map_scheme")  # fmt: skip
    always = how if how in SIDES else None
    return BookingPart(product, names, account, account_name, side, sides, always, negative, basis, scheme or "", known.products)


def _sides(form: Form, texts: list[str], known: dict[str, str]) -> dict[str, str]:
    """The side of each text; empty until every one is said, so that the question stays open."""
    if len(texts) > 12:
        form.open.warning("Diese Spalte hat mehr als zwölf verschiedene Texte; das ist wohl nicht die Spalte mit der Seite.")
        return {}
    said = {text: form.choose(f"„{escape(text)}“ ist", tuple(SIDES), known.get(text), f"side_{text}", SIDES) for text in texts}
    return {text: side for text, side in said.items() if side} if all(said.values()) else {}


def signs(form: Form, texts: list[str], known_signs: list[str], certain: dict[str, str]) -> dict[str, str]:
    """The meaning of texts that stand where numbers are expected."""
    said = {}
    for text in texts:
        question = f"Was bedeutet „{escape(text)}“ in den Zahlen?"
        said[text] = form.choose(question, tuple(MEANINGS), certain.get(text), f"sign_{text}", MEANINGS)
    for text in known_signs:
        zero = form.sure.checkbox(
            f"„{escape(text)}“ heißt in dieser Datei: genau null", certain.get(text) == "zero", key=f"map_zero_{text}",
            help="Ohne Häkchen bleibt das Zeichen stehen, und es wird keine Null daraus.",
        )  # fmt: skip
        said[text] = "zero" if zero else None
    return {text: meaning for text, meaning in said.items() if meaning}


def _scale(box: DeltaGenerator, name: str, known: ValuePart, key: str) -> float | None:
    options = tuple(dict.fromkeys([*SCALES, *([float(known.scale)] if known.scale else [])]))
    index = _index(options, float(known.scale) if known.scale else None)
    return box.selectbox(f"Die Zahlen in „{name}“", options, index, _factor_word, key=f"{key}_scale", placeholder=CHOOSE)


def _factor_word(factor: float) -> str:
    return SCALES.get(factor, f"mal {factor:g}")


def _moment(box: DeltaGenerator, question: str, known: str | None, key: str) -> str | None:
    """A year, month or day; None while it is none."""
    text = box.text_input(question, known or "", key=key, help="2024, 2024-06 oder 31.12.2024").strip()
    if text and not mapping.is_period(text):
        box.warning("Das ist kein Zeitraum. Jahr, Monat oder Tag schreiben: 2024, 2024-06, 31.12.2024.")
        return None
    return text or None


def _index(options: Sequence[Any], answer: Any) -> int | None:
    return list(options).index(answer) if answer in options else None
