"""A layout file to finish by hand: what is certain is filled in, every open question stands as a comment at its place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.header import shorten
from raumblick.intake.layout_model import Layout, open_questions
from raumblick.intake.layout_toml import dump_layout, parse_layout, toml_text

_ENTRIES = {
    "file.kind": ('kind = "csv"', 'oder "sheet"'),
    "file.encoding": ('encoding = "utf-8"', 'oder "cp1252"'),
    "file.delimiter": ('delimiter = ";"', 'oder "," "|" "\\t"'),
    "file.sheet": ('sheet = "Tabelle1"', ""),
    "file.header_rows": ("header_rows = [1]", "Zeilen der Datei; [] ohne Überschrift"),
    "file.first_row": ("first_row = 2", ""),
    "file.last_row": ("last_row = 0", '0: bis zum Ende der Datei; oder stop_at = "Quelle:"'),
    "file.decimal": ('decimal = ","', 'oder "."'),
    "key.column": ('column = "Schlüssel"', 'oder name = "Ortsteil"; oder value = "Musterstadt" für die ganze Datei'),
    "key.level": ('level = "ortsteil"', 'stadt, bezirk, planungsraum, ortsteil, gemeinde, kreis; "" wenn unbekannt'),
    "period.column": ('column = "Jahr"', 'oder value = "2024" für die ganze Datei'),
    "booking.side": ('side = "Aufwand/Ertrag"', 'dazu [booking.sides]; oder always = "expense"'),
    "booking.negative": ('negative = "revenue"', '"expense", "revenue" oder "none"'),
    "booking.basis": ('basis = "period"', 'oder "payment"'),
    "series": ('series = "Kinder unter 6"', ""),
    "unit": ('unit = "Anzahl"', ""),
    "scale": ("scale = 1", "1000 bei Zahlen in Tausend"),
    "value_type": ('value_type = "plan"', "plan, amended, actual oder committed"),
}
_VALUES = ("# [[values]]", '# column = "Anzahl"', '# series = "Kinder unter 6"', '# unit = "Anzahl"', "# scale = 1")
_BUDGET = (
    "# Ist die Datei ein Haushalt? Dann diese Zeilen ohne # ausfüllen; [key] wird nicht gebraucht.",
    "# [booking]",
    '# product = "Produkt"  # Spalte mit den Produkten',
    '# account = "Sachkonto"',
    '# always = "expense"  # oder side = "Spalte" und [booking.sides]',
    '# negative = "none"  # welche Seite mit Minus steht: expense, revenue, none',
    '# basis = "period"  # oder payment (Zahlungen)',
)
_WHOLE = ("file.first_row", "file.last_row")
_LISTED = "file.header_rows"


def draft(layout: Layout, file: str, headings: Sequence[str] = ()) -> str:
    """The layout as TOML text with its open questions; what is not answered stays open when it is read back.

    Args:
        layout: as far as it is known.
        file: name of the table.
        headings: of its columns, named as a help.
    """
    asked = open_questions(layout)
    lines = [f"# Vorlage für „{shorten(file, 80)}“. Unter jeder FRAGE die Zeile ohne # ausfüllen."]
    if headings:
        lines.append(f"# Spalten: {'; '.join(shorten(heading, 40) for heading in headings[:60] if heading)}")
    body = dump_layout(layout).rstrip("\n").split("\n")
    for section in ("file", "key", "period", "booking"):
        open_here = [(place, question) for place, question in asked if place.startswith(f"{section}.")]
        _insert(body, f"[{section}]", [line for place, question in open_here for line in _question(place, question)])
    places = [at for at, line in enumerate(body) if line == "[[values]]"]
    columns = [str(value.column) for value in layout.values or ()]
    for at, column in reversed(list(zip(places, columns, strict=True))):
        mine = [(place, q) for place, q in asked if place.rpartition(".")[0] == f"values.{column}"]
        body[at + 1 : at + 1] = [line for place, question in mine for line in _question(place.rpartition(".")[2], question)]
    if not layout.values:
        body += ["", "# FRAGE: Welche Spalten enthalten Zahlen? Für jede ein Abschnitt.", *_VALUES]
    if not layout.is_budget and not layout.key.level:
        body += ["", *_BUDGET]
    return "\n".join([*lines, *body]) + "\n"


def answered(layout: Layout, place: str, answer: str) -> Layout:
    """The layout with one question answered in words, as somebody types them.

    Raises:
        IntakeError: the answer is none that the layout allows.
    """
    section, _, entry = place.rpartition(".")
    if place == "values":
        columns = [part.strip() for part in answer.split(";") if part.strip()]
        text = dump_layout(layout) + "".join(f"\n[[values]]\ncolumn = {toml_text(name)}\n" for name in columns)
        return parse_layout(text, "Antwort")
    body = dump_layout(layout).rstrip("\n").split("\n")
    line = f"{entry} = {_value(place, entry, answer)}"
    if section.startswith("values."):
        columns = [f"values.{value.column}" for value in layout.values or ()]
        at = [n for n, text in enumerate(body) if text == "[[values]]"][columns.index(section)]
        body.insert(at + 1, line)
    else:
        _insert(body, f"[{section}]", [line])
    return parse_layout("\n".join(body) + "\n", "Antwort")


def can_be_asked(place: str) -> bool:
    """Whether one typed line answers the question; the side of bookings takes more."""
    return place != "booking.side"


def hint(place: str) -> str:
    """How an answer may look, in words."""
    example, more = _ENTRIES.get(place, _ENTRIES.get(place.rpartition(".")[2], ("", "")))
    if place == "values":
        return "Überschriften, mit Semikolon getrennt"
    if place in ("key.column", "period.column"):
        return "Überschrift der Spalte"
    return f"zum Beispiel {example.partition(' = ')[2]}{f'; {more}' if more else ''}"


def _question(place: str, question: str) -> list[str]:
    example, more = _ENTRIES[place]
    return [f"# FRAGE: {question}", f"# {example}{f'  # {more}' if more else ''}"]


def _insert(body: list[str], head: str, lines: Sequence[str]) -> None:
    """Put lines below the head of a section, which is added where it is missing: before the first [[values]]."""
    if not lines:
        return
    if head not in body:
        before = next((at for at, line in enumerate(body) if line in ("[[values]]", "[signs]", "[series]")), len(body))
        before = before - 1 if before < len(body) and not body[before - 1] else before
        body[before:before] = ["", head]
    at = body.index(head)
    body[at + 1 : at + 1] = lines


def _value(place: str, entry: str, answer: str) -> str:
    text = answer.strip()
    if place == _LISTED:
        return f"[{', '.join(re.findall(r'[0-9]+', text))}]"
    if place in _WHOLE or entry == "scale":
        number = text.replace(",", ".") or "0"
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", number):
            message = f"„{shorten(text, 40)}“ ist keine Zahl."
            raise IntakeError([Finding("error", "not_number", "Antwort", message, "Eine Zahl schreiben.")])
        return number
    return toml_text(text)
