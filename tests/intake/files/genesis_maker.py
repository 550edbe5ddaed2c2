"""Writes invented tables in every GENESIS layout, so that reading them back can be compared with what was written."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st

REGIONS = {
    "DG": "Deutschland",
    "01": "Schleswig-Holstein",
    "031": "Braunschweig, Stat. Region",
    "01001": "Flensburg, kreisfreie Stadt",
    "14713": "Leipzig, Stadt",
    "03241001": "Hannover, Landeshauptstadt",
    "010510044044": "Heide, Stadt",
}
INDENT = {2: 2, 3: 4, 5: 6, 8: 8, 12: 8}
UNITS = {  # as delivered -> base unit, factor
    "Anzahl": ("Anzahl", 1),
    "1000": ("Anzahl", 1000),
    "Tsd. EUR": ("EUR", 1000),
    "Mill. EUR": ("EUR", 1_000_000),
    "Prozent": ("%", 1),
    "EUR je Einwohner": ("EUR je Einwohner", 1),
    "2020=100": ("2020=100", 1),
}
SIGNS = ("-", ".", "...", "/", "x", "–")
MOMENTS = {  # as delivered -> period, day
    "2019": ("2019", None),
    "2023": ("2023", None),
    "2024-12-31": ("2024", "2024-12-31"),
    "2022-05-15": ("2022-05", "2022-05-15"),
}


@dataclass(frozen=True)
class Measure:
    """A content of a table."""

    code: str
    label: str
    unit: str


@dataclass(frozen=True)
class Variable:
    """A characteristic with its attributes (code -> label)."""

    code: str
    label: str
    attributes: dict[str, str]


@dataclass(frozen=True)
class Cell:
    """One number or sign: where it belongs and what is written; a decimal point stands in `text`."""

    key: str
    time: str
    attributes: tuple[str, ...]
    measure: int
    text: str
    quality: str = "e"


@dataclass(frozen=True)
class Made:
    """An invented table; `german` decides decimal mark and labels of time."""

    measures: tuple[Measure, ...]
    variables: tuple[Variable, ...]
    cells: tuple[Cell, ...]
    german: bool = True

    def shown(self, cell: Cell) -> str:
        return cell.text if cell.text in SIGNS or not self.german else cell.text.replace(".", ",")

    def result(self, cell: Cell) -> tuple[object, ...]:
        """(key, period, date, unit, value, sign) that reading must give."""
        unit, factor = UNITS[self.measures[cell.measure].unit]
        sign = cell.text if cell.text in SIGNS else None
        value = None if sign else float(Decimal(cell.text) * factor)
        return (cell.key, *MOMENTS[cell.time], unit, value, sign)


def sample() -> Made:
    """Eight regions and times with two measures, signs and decimals; small enough to be read by eye."""
    measures = (Measure("BEVSTD", "Bevölkerungsstand", "Anzahl"), Measure("KOST01", "Ausgaben", "Tsd. EUR"))
    sex = Variable("GES", "Geschlecht", {"": "Insgesamt", "GESM": "männlich", "GESW": "weiblich"})
    cells = []
    for row, key in enumerate(("DG", "01", "01001", "14713")):
        for time in ("2019", "2023"):
            for place, code in enumerate(sex.attributes):
                cells.append(Cell(key, time, (code,), 0, str(1000 * row + 10 * place + int(time[-1]))))
                cells.append(Cell(key, time, (code,), 1, "-" if key == "01001" else f"{row}{place}.5"))
    return Made(measures, (sex,), tuple(cells))


def flat_series(made: Made, cell: Cell) -> str:
    parts = [made.measures[cell.measure].label]
    for variable, code in zip(made.variables, cell.attributes, strict=True):
        parts.append(f"{variable.label}: {variable.attributes[code]}")
    return " | ".join(parts)


def table_series(made: Made, cell: Cell) -> str:
    labels = [variable.attributes[code] for variable, code in zip(made.variables, cell.attributes, strict=True)]
    return " | ".join([made.measures[cell.measure].label, *labels])


def new_flat(made: Made, quality: bool = False, seed: int = 0, delimiter: str = ";") -> str:
    """The flat file of today; rows in no order."""
    parts = ("variable_code", "variable_label", "variable_attribute_code", "variable_attribute_label")
    names = ["statistics_code", "statistics_label", "time_code", "time_label", "time"]
    names += [f"{number}_{part}" for number in range(1, len(made.variables) + 2) for part in parts]
    names += ["value", "value_unit", "value_variable_code", "value_variable_label", *(["value_q"] if quality else [])]
    rows = []
    for cell in made.cells:
        measure = made.measures[cell.measure]
        tail = [made.shown(cell), measure.unit, measure.code, measure.label, *([cell.quality] if quality else [])]
        rows.append([*_lead(made, cell), *_blocks(made, cell), *tail])
    random.Random(seed).shuffle(rows)
    return _text([names, *rows], delimiter)


def old_flat(made: Made, quality: bool = False, english: bool = False) -> str:
    """The flat file of before 2025, one column a content; English ones name three columns of a variable alike."""
    if english:
        names = ["statistics_code", "statistics_label", "time_code", "time_label", "time"]
        parts = ("variable_code", "variable_label", "variable_code", "variable_code")
    else:
        names = ["Statistik_Code", "Statistik_Label", "Zeit_Code", "Zeit_Label", "Zeit"]
        parts = ("Merkmal_Code", "Merkmal_Label", "Auspraegung_Code", "Auspraegung_Label")
    names = names + [f"{number}_{part}" for number in range(1, len(made.variables) + 2) for part in parts]
    for measure in made.measures:
        label = measure.label.replace(" ", "_")
        names.append(f"{measure.code}__{label}__{measure.unit.replace(' ', '_')}")
        names += [f"{measure.code}__{label}__q"] if quality else []
    wide: dict[tuple[object, ...], dict[int, Cell]] = {}
    for cell in made.cells:
        wide.setdefault((cell.key, cell.time, cell.attributes), {})[cell.measure] = cell
    rows = []
    for cells in wide.values():
        any_cell = next(iter(cells.values()))
        row = [*_lead(made, any_cell), *_blocks(made, any_cell, indent=True)]
        for number in range(len(made.measures)):
            row += [made.shown(cells[number]) if number in cells else "x", *([cells[number].quality] if quality else [])]
        rows.append(row)
    return _text([names, *rows])


def table(made: Made, footer: bool = True) -> str:
    """The table: times and keys on the left, the first variable above the numbers, others on the left as well."""
    above, left = made.variables[0], made.variables[1:]
    stub = 3 + len(left)
    columns = [(number, code) for number in range(len(made.measures)) for code in above.attributes]
    blank, pad = [""] * stub, [""] * (stub + len(columns) - 1)
    several = len(made.measures) > 1
    lines = [["GENESIS-Tabelle: 12411-01-01-4"], ["Erfundene Tabelle, Kreise", *pad], ["Statistik der Erfindung", *pad]]
    if several:
        lines.append([*blank, *(made.measures[number].label for number, _ in columns)])
    else:
        lines.append([f"{made.measures[0].label} ({made.measures[0].unit})", *pad])
    lines.append([*blank, *(above.attributes[code] for _, code in columns)])
    if several:
        lines.append([*blank, *(made.measures[number].unit for number, _ in columns)])
    wide: dict[tuple[object, ...], dict[tuple[int, str], Cell]] = {}
    for cell in made.cells:
        wide.setdefault((cell.time, cell.key, cell.attributes[1:]), {})[cell.measure, cell.attributes[0]] = cell
    for (time, key, rest), cells in wide.items():
        labels = [variable.attributes[code] for variable, code in zip(left, rest, strict=True)]
        numbers = [made.shown(cells[column]) if column in cells else "x" for column in columns]
        lines.append([_german_day(str(time)), str(key), _indented(str(key)), *labels, *numbers])
    text = _text(lines)
    return text + FOOTER if footer else text


FOOTER = """__________
"zu ""gesamter Tabelle"":
alle Zahlen sind erfunden."
"© Statistische Ämter des Bundes und der Länder, Deutschland, 2026.
Dieses Werk ist lizenziert unter der Datenlizenz Deutschland
- Namensnennung - Version 2.0."
Stand: 14.01.2026 / 15:51:18
"""


@st.composite
def tables(draw: st.DrawFn) -> Made:
    """Any table that the makers above can write."""
    names = st.sampled_from(["Bevölkerungsstand", "Ausgaben", "Betreute Kinder"])
    labels = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    measures = tuple(Measure(f"MES{n:03d}", label, draw(st.sampled_from(sorted(UNITS)))) for n, label in enumerate(labels))
    sex = Variable("GES", "Geschlecht", {"": "Insgesamt", "GESM": "männlich", "GESW": "weiblich"})
    age = Variable("ALT001", "Altersgruppen", {"ALT000B03": "unter 3 Jahre", "ALT003B06": "3 bis unter 6 Jahre", "": "Zusammen"})
    variables = (sex, age)[: draw(st.integers(1, 2))]
    keys = draw(st.lists(st.sampled_from(sorted(REGIONS)), min_size=1, max_size=4, unique=True))
    times = draw(st.sampled_from([["2019"], ["2019", "2023"], ["2024-12-31"], ["2022-05-15", "2024-12-31"]]))
    places = [
        (key, time, codes, number)
        for key in keys
        for time in times
        for codes in itertools.product(*(variable.attributes for variable in variables))
        for number in range(len(measures))
    ]
    whole = st.integers(0, 9_999_999).map(str)
    broken = st.tuples(st.integers(0, 99_999), st.integers(1, 2)).map(lambda pair: str(Decimal(pair[0]).scaleb(-pair[1])))
    texts = st.one_of(whole, broken, st.sampled_from(SIGNS))
    written = draw(st.lists(texts, min_size=len(places), max_size=len(places)))
    marks = draw(st.lists(st.sampled_from("eprs"), min_size=len(places), max_size=len(places)))
    cells = tuple(Cell(*place, text, mark) for place, text, mark in zip(places, written, marks, strict=True))
    return Made(measures, variables, cells, draw(st.booleans()))


def write(folder: Path, text: str | bytes, name: str = "12411-01-01-4.csv", encoding: str = "utf-8") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def english(made: Made) -> Made:
    """The same table with a decimal point and English labels of time."""
    return replace(made, german=False)


def _lead(made: Made, cell: Cell) -> list[str]:
    day = "-" in cell.time
    label = ("Stichtag" if day else "Jahr") if made.german else ("Reference date" if day else "Year")
    return ["12411", "Fortschreibung der Erfindung", "STAG" if day else "JAHR", label, cell.time]


def _blocks(made: Made, cell: Cell, indent: bool = False) -> list[str]:
    blocks = ["KREISE", "Kreise und kreisfreie Städte", cell.key, _indented(cell.key) if indent else REGIONS[cell.key]]
    for variable, code in zip(made.variables, cell.attributes, strict=True):
        blocks += [variable.code, variable.label, code, variable.attributes[code]]
    return blocks


def _indented(key: str) -> str:
    return " " * INDENT.get(len(key), 0) * (key != "DG") + REGIONS[key]


def _german_day(time: str) -> str:
    return ".".join(reversed(time.split("-")))


def _text(rows: list[list[str]], delimiter: str = ";") -> str:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if delimiter in cell or '"' in cell or "\n" in cell else cell

    return "".join(delimiter.join(quoted(cell) for cell in row) + "\n" for row in rows)
