"""Layouts as TOML files: read with every fault named, written so that they read back the same."""

from __future__ import annotations

import dataclasses
import json
import math
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

from raumblick.intake.files.moments import parse_moment
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.layout_model import BookingPart, DetectPart, FilePart, KeyPart, Layout, PeriodPart, ValuePart
from raumblick.intake.numbers import SIGNS

MEANINGS = ("zero", "missing")
_SIDES = ("expense", "revenue")
_ALLOWED = {
    "kind": ("csv", "sheet"),
    "encoding": ("utf-8", "cp1252"),
    "decimal": (",", "."),
    "delimiter": (";", ",", "\t", "|"),
    "always": _SIDES,
    "negative": (*_SIDES, "none"),
    "basis": ("period", "payment"),
    "scheme": ("", "36", "06", "berlin"),
    "value_type": ("plan", "amended", "actual", "committed"),
}
_PARTS: dict[str, Callable[..., Any]] = {
    "file": FilePart,
    "key": KeyPart,
    "period": PeriodPart,
    "detect": DetectPart,
    "booking": BookingPart,
}


def parse_layout(text: str, name: str) -> Layout:
    """The layout that a TOML text describes; `name` is the file in findings.

    Raises:
        IntakeError: no TOML, unknown entries, entries of the wrong type or with values that are not allowed.
    """
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"Die Vorlage ist kein gültiges TOML ({error})."
        raise IntakeError([_fault(name, message)]) from error
    faults: list[Finding] = []
    entries: dict[str, Any] = {}
    for key in ("title", "code", "publisher", "licence"):
        entries[key] = _typed(raw.pop(key, ""), "text", key, name, faults) or ""
    for key, part in _PARTS.items():
        entries[key] = _part(part, raw.pop(key, {}), key, name, faults)
    entries["series"] = _series(raw.pop("series", {}), name, faults)
    values = raw.pop("values", None)
    if values is not None:
        entries["values"] = _values(values, name, faults)
    entries["signs"] = _signs(raw.pop("signs", {}), name, faults)
    faults += [_fault(name, f"Der Eintrag „{key}“ ist unbekannt.", key) for key in raw]
    if faults:
        raise IntakeError(faults)
    return Layout(**entries)


def dump_layout(layout: Layout) -> str:
    """The layout as TOML text that `parse_layout` reads back as the same layout. Unanswered questions are left out."""
    lines = [f"{key} = {_toml(getattr(layout, key))}" for key in ("title", "code", "publisher", "licence")]
    for key in ("detect", "file", "key", "period", "booking"):
        part = getattr(layout, key)
        entries = {f.name: getattr(part, f.name) for f in dataclasses.fields(part)}
        defaults = {f.name: f.default for f in dataclasses.fields(part)}
        said = {name: value for name, value in entries.items() if value != defaults[name] and not isinstance(value, dict)}
        lines += _section(f"[{key}]", said)
        for name, value in entries.items():
            if isinstance(value, dict):
                lines += _section(f"[{key}.{name}]", value)
    if layout.series:
        lines += _section("[series]", {"columns": layout.series})
    for value in layout.values or ():
        entries = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        lines += _section("[[values]]", {k: v for k, v in entries.items() if v is not None})
    if layout.values == ():
        lines.insert(4, "values = []")
    if layout.signs:
        lines += _section("[signs]", layout.signs)
    return "\n".join(lines) + "\n"


def _section(head: str, entries: Mapping[str, Any]) -> list[str]:
    if not entries:
        return []
    return ["", head, *(f"{_key(name)} = {_toml(value)}" for name, value in entries.items())]


def _key(name: str) -> str:
    plain = name.isascii() and name.replace("_", "").isalnum()
    return name if plain else _toml(name)


def toml_text(text: str) -> str:
    """A text as TOML writes it, in double quotes."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml(value: Any) -> str:
    if isinstance(value, str):
        return toml_text(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return repr(value)


def _fault(name: str, message: str, column: str | None = None) -> Finding:
    return Finding("error", "layout_broken", name, message, "Die Vorlage berichtigen oder neu anlegen.", None, column)


def _part(part: Callable[..., Any], raw: Any, section: str, name: str, faults: list[Finding]) -> Any:
    if not isinstance(raw, dict):
        faults.append(_fault(name, f"„{section}“ muss ein Abschnitt sein.", section))
        return part()
    kinds = {f.name: _KIND.get(str(f.type), "text") for f in dataclasses.fields(part)}  # type: ignore[arg-type]
    entries = {}
    for key, value in raw.items():
        place = f"{section}.{key}"
        if key not in kinds:
            faults.append(_fault(name, f"Der Eintrag „{place}“ ist unbekannt.", place))
            continue
        read = _typed(value, kinds[key], place, name, faults)
        if read is not None and _check_allowed(key, read, place, name, faults):
            entries[key] = read
    if part is BookingPart:
        for text, side in entries.get("sides", {}).items():
            _check_allowed("always", side, f"booking.sides.{text}", name, faults)
    _check_rows(entries, section, name, faults)
    if section == "period" and "value" in entries and parse_moment(entries["value"]) is None:
        faults.append(_fault(name, f"„{entries['value']}“ ist kein Zeitraum.", "period.value"))
    return part(**entries)


def _check_allowed(entry: str, value: Any, place: str, name: str, faults: list[Finding]) -> bool:
    """True when the value is one of those that the entry may have; else False and a fault."""
    if value is None or entry not in _ALLOWED or value in _ALLOWED[entry]:
        return True
    allowed = ", ".join(json.dumps(option) for option in _ALLOWED[entry])
    faults.append(_fault(name, f"„{place}“ muss eins sein von: {allowed}.", place))
    return False


def _check_rows(entries: dict[str, Any], section: str, name: str, faults: list[Finding]) -> None:
    rows = [*entries.get("header_rows", ()), *(entries[k] for k in ("first_row", "length") if k in entries)]
    if any(row < 1 for row in rows) or entries.get("last_row", 0) < 0:
        faults.append(_fault(name, f"Zeilen und Längen in „{section}“ beginnen bei 1.", section))
    column = [entries[k] for k in ("column", "name") if isinstance(entries.get(k), int)]
    if any(place < 1 for place in column):
        faults.append(_fault(name, f"Spaltennummern in „{section}“ beginnen bei 1.", section))
    if "first_row" in entries and any(row >= entries["first_row"] for row in entries.get("header_rows", ())):
        faults.append(_fault(name, "Die Überschriften müssen über der ersten Datenzeile stehen.", "file.first_row"))


def _series(raw: Any, name: str, faults: list[Finding]) -> tuple[Any, ...]:
    if not isinstance(raw, dict) or set(raw) - {"columns"}:
        faults.append(_fault(name, "„series“ kennt nur den Eintrag „columns“.", "series"))
        return ()
    return _typed(raw.get("columns", []), "columns", "series.columns", name, faults) or ()


def _values(raw: Any, name: str, faults: list[Finding]) -> tuple[ValuePart, ...]:
    if not isinstance(raw, list):
        faults.append(_fault(name, "„values“ muss eine Liste sein.", "values"))
        return ()
    values = []
    for place, entry in enumerate(raw, start=1):
        if not isinstance(entry, dict) or "column" not in entry:
            faults.append(_fault(name, f"Der {place}. Eintrag von „values“ nennt keine Spalte.", "values"))
            continue
        before = len(faults)
        kinds = {"column": "column", "scale": "number"} | dict.fromkeys(("series", "unit", "period", "value_type"), "text")
        read = {key: _typed(value, kinds.get(key, ""), f"values.{key}", name, faults) for key, value in entry.items()}
        _check_allowed("value_type", read.get("value_type"), "values.value_type", name, faults)
        if read.get("period") is not None and parse_moment(read["period"]) is None:
            faults.append(_fault(name, f"„{read['period']}“ ist kein Zeitraum.", "values.period"))
        if len(faults) == before:
            values.append(ValuePart(**read))
    return tuple(values)


def _signs(raw: Any, name: str, faults: list[Finding]) -> dict[str, str]:
    signs = _typed(raw, "map", "signs", name, faults) or {}
    known = {*SIGNS.values(), *MEANINGS}
    for text, meaning in signs.items():
        if meaning not in known:
            faults.append(
                _fault(name, f"„{meaning}“ ist keine Bedeutung; möglich sind {', '.join(sorted(known))}.", f"signs.{text}")
            )
    return signs


_KIND = {
    "int | None": "integer",
    "Column | None": "column",
    "tuple[int, ...] | None": "integers",
    "tuple[str, ...]": "texts",
    "dict[str, str]": "map",
}
_CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "text": (lambda v: isinstance(v, str), "ein Text"),
    "integer": (lambda v: isinstance(v, int) and not isinstance(v, bool), "eine ganze Zahl"),
    "number": (lambda v: isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) and v != 0, "eine Zahl"),
    "column": (lambda v: isinstance(v, str | int) and not isinstance(v, bool), "eine Überschrift oder Spaltennummer"),
    "map": (lambda v: isinstance(v, dict) and all(isinstance(x, str) for x in v.values()), "eine Zuordnung von Texten"),
}
_LISTS = {"integers": "integer", "texts": "text", "columns": "column"}


def _typed(value: Any, kind: str, place: str, name: str, faults: list[Finding]) -> Any:
    """The value when it is of its kind, else None and a fault."""
    if kind in _LISTS:
        if isinstance(value, list) and all(_CHECKS[_LISTS[kind]][0](item) for item in value):
            return tuple(value)
        faults.append(_fault(name, f"„{place}“ muss eine Liste sein ({_CHECKS[_LISTS[kind]][1]} je Eintrag).", place))
        return None
    if kind not in _CHECKS:
        faults.append(_fault(name, f"Der Eintrag „{place}“ ist unbekannt.", place))
        return None
    fits, what = _CHECKS[kind]
    if fits(value):
        return value
    faults.append(_fault(name, f"„{place}“ muss {what} sein.", place))
    return None
