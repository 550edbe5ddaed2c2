"""How a table that no layout knows is to be read: what a planner answers once and can keep as a file.

Everything that is None is a question that has not been answered; nothing is read before every question is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Column = str | int  # heading of a column, or its 1-based place

TO_THE_END = 0  # as `last_row`: the table ends with the file


@dataclass(frozen=True)
class FilePart:
    """What kind of file: `kind` csv or sheet; encoding (utf-8 or cp1252) and delimiter for csv; name of the sheet.

    Rows are 1-based lines of the file. `header_rows` may be empty. The table ends at `last_row`, or before the first row
    whose first filled cell begins with `stop_at`. `decimal` is the decimal mark of numbers that are text.
    """

    kind: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_rows: tuple[int, ...] | None = None
    first_row: int | None = None
    last_row: int | None = None
    stop_at: str | None = None
    decimal: str | None = None


@dataclass(frozen=True)
class KeyPart:
    """What names the place of a row: a column of keys, a column of names, or one name (`value`) for the whole file.

    `length`: keys are filled up with leading zeros to it. `codes` turns what stands in the column of keys, or without
    one the name, into keys. `level` is the level of all rows, empty text when it is not known.
    """

    column: Column | None = None
    name: Column | None = None
    value: str | None = None
    length: int | None = None
    level: str | None = None
    codes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PeriodPart:
    """When the numbers were counted: a column, or one value (`2024`, `2024-06`, `31.12.2024`) for the whole file."""

    column: Column | None = None
    value: str | None = None


@dataclass(frozen=True)
class ValuePart:
    """One column of numbers: name of the series, unit, factor to that unit, and its period where the heading says it.

    In a budget `value_type` is plan, amended, actual or committed, and series and unit are not needed.
    """

    column: Column
    series: str | None = None
    unit: str | None = None
    scale: float | None = None
    period: str | None = None
    value_type: str | None = None


@dataclass(frozen=True)
class BookingPart:
    """For a budget: its columns, and what the file does not say of sides and signs.

    `product` is given for every budget; a layout without it reads statistics. `side` is a column whose texts `sides` turns
    into expense or revenue, or `always` is the side of all lines. `negative` is the side written with a minus (`none`
    where neither is). `basis` is period or payment, `scheme` the product scheme (36, 06, berlin or empty text).
    `products` turns what stands in the column of products into numbers; what is not in it stays.
    """

    product: Column | None = None
    product_name: Column | None = None
    account: Column | None = None
    account_name: Column | None = None
    side: Column | None = None
    sides: dict[str, str] = field(default_factory=dict)
    always: str | None = None
    negative: str | None = None
    basis: str | None = None
    scheme: str = ""
    products: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DetectPart:
    """By what a shipped layout knows its file: the first line, and texts that stand in its first 64 kB.

    `asks` says what these do not prove; it is told whenever the layout reads a file.
    """

    first_line: str | None = None
    contains: tuple[str, ...] = ()
    asks: str = ""


@dataclass(frozen=True)
class Layout:
    """One way to read a table. `series` are columns whose texts belong to the name of a series.

    `signs` says what texts in number cells mean: one of the signs of the statistics, `zero`, or `missing`.
    """

    title: str = ""
    code: str = ""
    publisher: str = ""
    licence: str = ""
    file: FilePart = FilePart()
    key: KeyPart = KeyPart()
    period: PeriodPart = PeriodPart()
    series: tuple[Column, ...] = ()
    values: tuple[ValuePart, ...] | None = None
    signs: dict[str, str] = field(default_factory=dict)
    detect: DetectPart = DetectPart()
    booking: BookingPart = BookingPart()

    @property
    def is_budget(self) -> bool:
        """True when the layout reads bookings."""
        return self.booking.product is not None


def open_questions(layout: Layout) -> tuple[tuple[str, str], ...]:
    """What still has to be answered before a file can be read: (place in the layout file, question in German)."""
    asked = [*_of_file(layout.file), *(_of_budget(layout) if layout.is_budget else _of_statistics(layout))]
    values = layout.values or ()
    dated = layout.period.column is not None or layout.period.value is not None
    undated = not dated and (not values or any(value.period is None for value in values))
    asked.append((not values, "values", "Welche Spalten enthalten Zahlen?"))
    asked.append((undated, "period.column", "Aus welchem Zeitraum sind die Zahlen?"))
    for value in values:
        question = f"Mit welchem Faktor ist die Spalte „{value.column}“ malzunehmen?"
        asked.append((value.scale is None, f"values.{value.column}.scale", question))
    return tuple((place, question) for unanswered, place, question in asked if unanswered)


_Asked = list[tuple[bool, str, str]]  # is it open, place in the layout file, question


def _of_file(file: FilePart) -> _Asked:
    return [
        (file.kind is None, "file.kind", "Ist die Datei eine Textdatei (csv) oder ein Tabellenblatt (sheet)?"),
        (file.kind == "csv" and file.encoding is None, "file.encoding", "Welchen Zeichensatz hat die Datei?"),
        (file.kind == "csv" and file.delimiter is None, "file.delimiter", "Welches Zeichen trennt die Zellen?"),
        (file.kind == "sheet" and file.sheet is None, "file.sheet", "Auf welchem Tabellenblatt steht die Tabelle?"),
        (file.header_rows is None, "file.header_rows", "In welchen Zeilen stehen die Überschriften?"),
        (file.first_row is None, "file.first_row", "In welcher Zeile beginnen die Daten?"),
        (file.last_row is None and file.stop_at is None, "file.last_row", "Wo enden die Daten?"),
        (file.decimal is None, "file.decimal", "Steht vor den Nachkommastellen ein Komma oder ein Punkt?"),
    ]


def _of_statistics(layout: Layout) -> _Asked:
    key = layout.key
    nowhere = key.column is None and key.name is None and key.value is None
    asked: _Asked = [
        (nowhere, "key.column", "Welche Spalte nennt das Gebiet?"),
        (key.level is None, "key.level", "Auf welcher Ebene liegen die Gebiete?"),
    ]
    for value in layout.values or ():
        place, name = f"values.{value.column}", f"„{value.column}“"
        asked.append((value.series is None, f"{place}.series", f"Was misst die Spalte {name}?"))
        asked.append((value.unit is None, f"{place}.unit", f"In welcher Einheit steht die Spalte {name}?"))
    return asked


def _of_budget(layout: Layout) -> _Asked:
    booking = layout.booking
    sided = booking.always is not None or (booking.side is not None and bool(booking.sides))
    asked: _Asked = [
        (not sided, "booking.side", "Welche Zeilen sind Aufwand, welche Ertrag?"),
        (booking.negative is None, "booking.negative", "Welche Seite ist mit Minus geschrieben: Aufwand, Ertrag oder keine?"),
        (booking.basis is None, "booking.basis", "Sind die Beträge Aufwand und Ertrag (period) oder Zahlungen (payment)?"),
    ]
    for value in layout.values or ():
        question = f"Enthält die Spalte „{value.column}“ Plan- oder Ist-Beträge?"
        asked.append((value.value_type is None, f"values.{value.column}.value_type", question))
    return asked
