"""The header of a GENESIS flat file: which column holds what, in the layout of today and in the older one.

Today: `statistics_code; ...; time; 1_variable_code; 1_variable_label; 1_variable_attribute_code; ...; value;
value_unit; value_variable_code; value_variable_label[; value_q]`, the same in German and English files.
Before 2025: `Statistik_Code; ...; Zeit; 1_Merkmal_Code; 1_Merkmal_Label; 1_Auspraegung_Code; ...` and one column a
content, named `BEVSTD__Bevoelkerungsstand__Anzahl`, its quality `BEVSTD__Bevoelkerungsstand__q`. English files of that
time call three of the four columns of a variable `1_variable_code`; there the order tells them apart.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.header import shorten

_GERMAN = {
    "statistik_code": "statistics_code",
    "statistik_label": "statistics_label",
    "zeit_code": "time_code",
    "zeit_label": "time_label",
    "zeit": "time",
    "wert": "value",
    "wert_einheit": "value_unit",
    "wert_merkmal_code": "value_variable_code",
    "wert_merkmal_label": "value_variable_label",
    "wert_q": "value_q",
}
_LEAD = ("statistics_code", "statistics_label", "time_code", "time_label", "time")
_VALUE = ("value", "value_unit", "value_variable_code", "value_variable_label", "value_q")
KNOWN = {*_LEAD, *_VALUE, *_GERMAN}
_PART = re.compile(r"([0-9]{1,2})_(merkmal|variable|auspr(?:ae|ä)gung|variable_attribute|attribute)_(code|label)")
_NEEDED = (("variable", "label"), ("attribute", "code"), ("attribute", "label"))
_ENGLISH = {"variable": "variable", "attribute": "variable_attribute"}
_CONTENT_CODE = re.compile(r"CH[0-9]{4}")
_REMEDY = "Die Datei neu als Flat-CSV abrufen; Spalten nicht umbenennen oder löschen."


@dataclass(frozen=True)
class Group:
    """Columns of one variable (region, sex, age ...); `variable_code` can be missing."""

    number: int
    variable_label: int
    code: int
    label: int
    variable_code: int | None = None


@dataclass(frozen=True)
class Measure:
    """One content of the older layout: its column, code, label, unit as delivered, and the column of its quality."""

    column: int
    name: str
    code: str
    label: str
    unit: str
    quality: int | None = None


@dataclass(frozen=True)
class FlatHeader:
    """Column numbers by content. `at` has the columns with fixed names, `measures` is empty in the layout of today."""

    names: tuple[str, ...]
    at: dict[str, int]
    groups: tuple[Group, ...]
    measures: tuple[Measure, ...]
    german: bool
    findings: tuple[Finding, ...] = ()


def canonical_name(name: str) -> str:
    """A column name in small letters, German names of fixed columns in English."""
    low = name.strip().strip("\ufeff").lower()
    return _GERMAN.get(low, low)


def read_flat_header(cells: list[str], file: str) -> FlatHeader:
    """What the columns of a flat file hold.

    Raises:
        IntakeError: required columns are missing, a column stands twice.
    """
    names = tuple(cell.strip().strip("\ufeff") for cell in cells)
    fixed = [canonical_name(name) for name in names]
    at = {name: fixed.index(name) for name in (*_LEAD, *_VALUE) if name in fixed}
    groups, errors = _groups(fixed, file)
    measures = () if "value" in at else _measures(names)
    part = [index for index, name in enumerate(fixed) if _PART.fullmatch(name)]
    errors += _twice([name for index, name in enumerate(fixed) if index not in part and name], file)
    needed = ["statistics_code", "time", *(("value_variable_label", "value_unit") if "value" in at else ())]
    errors += [_missing(name, file) for name in needed if name not in at]
    if "value" not in at and not measures:
        errors.append(_missing("value", file))
    if errors:
        raise IntakeError(errors)
    read = {*at.values(), *part, *(m.column for m in measures), *(m.quality for m in measures if m.quality is not None)}
    unknown = [name for index, name in enumerate(names) if index not in read and name]
    findings = tuple(_unread(name, file) for name in unknown)
    return FlatHeader(names, at, groups, measures, any(name.strip().lower() in _GERMAN for name in names), findings)


def _groups(fixed: list[str], file: str) -> tuple[tuple[Group, ...], list[Finding]]:
    found: dict[int, list[tuple[int, str, str]]] = {}
    for index, name in enumerate(fixed):
        match = _PART.fullmatch(name)
        if match:
            kind = "variable" if match[2] in ("merkmal", "variable") else "attribute"
            found.setdefault(int(match[1]), []).append((index, kind, match[3]))
    groups, errors = [], []
    for number, parts in sorted(found.items()):
        roles = {(kind, what): index for index, kind, what in parts}
        kinds = [(kind, what) for _, kind, what in parts]
        if kinds[:3] == [("variable", "code"), ("variable", "label"), ("variable", "code")] and len(parts) == 4:
            order = (("variable", "code"), ("variable", "label"), ("attribute", "code"), ("attribute", "label"))
            roles = {role: parts[place][0] for place, role in enumerate(order)}
        elif len(roles) < len(parts):
            errors += _twice([fixed[column] for column, _, _ in parts], file)
        absent = [role for role in _NEEDED if role not in roles]
        errors += [_missing(f"{number}_{_ENGLISH[kind]}_{what}", file) for kind, what in absent]
        if not absent:
            label, code, attribute = (roles[role] for role in _NEEDED)
            groups.append(Group(number, label, code, attribute, roles.get(("variable", "code"))))
    return tuple(groups), errors


def _measures(names: tuple[str, ...]) -> tuple[Measure, ...]:
    """Contents of the older layout: `CODE__Label__Unit`, `Label__CH0004`, `CODE__CH0005`."""
    parts = {index: name.split("__") for index, name in enumerate(names) if "__" in name}
    quality = {tuple(part[:-1]): index for index, part in parts.items() if part[-1] == "q"}
    measures = []
    for index, part in parts.items():
        if part[-1] == "q":
            continue
        told = len(part) > 2 and not _CONTENT_CODE.fullmatch(part[-1])
        code, label = (part[0], "__".join(part[1:-1])) if told else _two_parts(part)
        unit = part[-1].replace("_", " ").strip() if told else ""
        own = quality.get(tuple(part), quality.get(tuple(part[:-1])))
        measures.append(Measure(index, names[index], code.strip(), label.replace("_", " ").strip(), unit, own))
    return tuple(measures)


def _two_parts(part: list[str]) -> tuple[str, str]:
    """(code, label) of `Label__CH0004` or `CODE__CH0005`, a change without a unit in its name."""
    if _CONTENT_CODE.fullmatch(part[-1]):
        return part[-1], f"{' '.join(part[:-1])} ({part[-1]})"
    return part[0], part[-1] or part[0]


def _missing(name: str, file: str) -> Finding:
    return Finding("error", "column_missing", file, f"Die Spalte „{name}“ fehlt.", _REMEDY, 1, name)


def _twice(names: list[str], file: str) -> list[Finding]:
    twice = [name for name, often in Counter(names).items() if often > 1]
    return [
        Finding("error", "column_twice", file, f"Die Spalte „{shorten(name)}“ steht zweimal da.", _REMEDY, 1, shorten(name))
        for name in twice
    ]


def _unread(name: str, file: str) -> Finding:
    message = f"Die Spalte „{shorten(name)}“ gehört nicht zum Flat-CSV und wird nicht gelesen."
    return Finding("warning", "column_unknown", file, message, "Spalte prüfen.", 1, shorten(name))
