"""Typed access to the settings of a spec, with errors that name the setting."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from raumblick.need.errors import SpecError

Table = Mapping[str, Any]


def known(table: Table, allowed: Sequence[str], where: str) -> None:
    """Raises SpecError for a setting that does not exist, with the nearest one that does."""
    for key in table:
        if key not in allowed:
            raise SpecError(_path(where, key), "Diese Einstellung gibt es nicht." + hint(key, allowed))


def hint(word: str, words: Sequence[str]) -> str:
    """` Gemeint ist vielleicht ...`, or the list of what exists."""
    near = difflib.get_close_matches(str(word), words, n=1)
    return f" Gemeint ist vielleicht „{near[0]}“." if near else f" Es gibt: {', '.join(words)}."


def text(table: Table, key: str, where: str = "", required: bool = False) -> str:
    """A text setting, empty where it is left out."""
    value = table.get(key, "")
    if not isinstance(value, str):
        raise SpecError(_path(where, key), "Hier wird Text erwartet.")
    if required and not value.strip():
        raise SpecError(_path(where, key), "Diese Angabe fehlt.")
    return value


def number(table: Table, key: str, default: float, where: str = "") -> float:
    """A number setting."""
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value in (float("inf"), float("-inf")):
        raise SpecError(_path(where, key), "Hier wird eine Zahl erwartet.")
    return float(value)


def whole(table: Table, key: str, default: int, where: str = "", least: int = 1) -> int:
    """A whole number of at least `least`."""
    value = number(table, key, default, where)
    if value != int(value) or value < least:
        raise SpecError(_path(where, key), f"Hier wird eine ganze Zahl ab {least} erwartet.")
    return int(value)


def numbers(table: Table, key: str, default: tuple[float, ...], where: str = "") -> tuple[float, ...]:
    """A list of numbers."""
    value = table.get(key)
    if value is None:
        return default
    if not isinstance(value, list) or any(isinstance(v, bool) or not isinstance(v, (int, float)) for v in value):
        raise SpecError(_path(where, key), "Hier wird eine Liste von Zahlen erwartet.")
    return tuple(float(v) for v in value)


def pair(table: Table, key: str, where: str = "") -> tuple[float, float] | None:
    """Two numbers, the lower one first, or None where the setting is left out."""
    values = numbers(table, key, (), where)
    if not values and key not in table:
        return None
    if len(values) != 2 or values[0] >= values[1]:
        raise SpecError(_path(where, key), "Hier werden zwei Zahlen erwartet, die kleinere zuerst.")
    return values[0], values[1]


def flag(table: Table, key: str, where: str = "") -> bool:
    """A setting that is true or false; false where it is left out."""
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise SpecError(_path(where, key), "Hier wird true oder false erwartet.")
    return value


def choice(table: Table, key: str, default: str, choices: Sequence[str], where: str = "") -> str:
    """A text setting out of a list."""
    value = table.get(key, default)
    if value not in choices:
        raise SpecError(_path(where, key), f"„{value}“ gibt es nicht." + hint(str(value), choices))
    return str(value)


def sign(table: Table, key: str, default: str | None, where: str = "") -> int:
    """A direction: 1 for "+", -1 for "-"; SpecError where it is left out and there is no default."""
    value = table.get(key, default)
    if value not in ("+", "-"):
        raise SpecError(_path(where, key), "Die Richtung muss „+“ (viel heißt viel Bedarf) oder „-“ sein.")
    return 1 if value == "+" else -1


def section(table: Table, key: str, where: str = "") -> Table:
    """A sub-table, empty where it is left out."""
    value = table.get(key, {})
    if not isinstance(value, Mapping):
        raise SpecError(_path(where, key), "Hier wird eine Tabelle erwartet.")
    return value


def sections(table: Table, key: str, where: str = "") -> list[Table]:
    """A list of sub-tables, empty where it is left out."""
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise SpecError(_path(where, key), f"Hier wird [[{key}]] erwartet.")
    return value


def texts(table: Table, key: str, where: str = "") -> tuple[str, ...]:
    """A list of texts, empty where it is left out."""
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SpecError(_path(where, key), "Hier wird eine Liste von Texten erwartet.")
    return tuple(value)


def _path(where: str, key: str) -> str:
    """Full name of a setting."""
    return f"{where}.{key}" if where else key
