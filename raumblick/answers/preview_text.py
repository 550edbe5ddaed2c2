"""The preview of an import as plain German lines, for the command line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from raumblick.answers.preview import Preview, preview
from raumblick.snapshot.store import open_store

TABLES = {"area": "Gebiete", "population": "Einwohner", "facility": "Einrichtungen", "booking": "Buchungen (Euro)"}
TABLES |= {"caseload": "Fälle", "protection": "Verfahren nach § 8a", "transition": "Übergänge", "cell": "Wohnorte der Kinder"}
_STATES = ("neu", "geändert", "entfällt")
_MOST = 30


def lines_of(candidate: Path, home: Path, city_id: str, snapshot_id: str, in_force: str | None) -> list[str]:
    """What a candidate would change against the snapshot in force.

    Args:
        candidate: home in which the candidate lies.
        home: home of the snapshot in force.
        city_id: the city.
        snapshot_id: the candidate.
        in_force: id of the snapshot in force, None for a city that has none.

    Returns:
        Lines to print, first the areas, then tables and indicators, last the biggest jumps with a verdict.
    """
    new = open_store(candidate, city_id, "planung", snapshot_id)
    try:
        if in_force is None:
            return told(preview(new, None), True)
        old = open_store(home, city_id, "planung", in_force)
        try:
            return told(preview(new, old), False)
        finally:
            old.close()
    finally:
        new.close()


def told(result: Preview, is_new: bool) -> list[str]:
    """A preview in words; `is_new` when the city has no snapshot yet."""
    new = "Vorschau: Für diese Stadt gibt es noch keinen Datenstand; alles ist neu."
    lines = [new if is_new else "Vorschau gegen den Datenstand, der gilt:"]
    if result.empty:
        return [*lines, "Es würde sich nichts ändern."]
    lines += _named("Gebiete neu", result.areas_new["name"]) + _named("Gebiete weggefallen", result.areas_gone["name"])
    for row in result.tables.to_dict("records"):
        what = TABLES.get(row["name"], row["name"])
        year = f" {row['year']}" if pd.notna(row["year"]) else ""
        lines.append(
            f"{what}{year}: {_number(row['rows_before'])} → {_number(row['rows_after'])} Zeilen, "
            f"Summe {_number(row['total_before'])} → {_number(row['total_after'])}"
        )
    for state in _STATES:
        group = result.indicators[result.indicators["state"] == state]
        lines += [_indicator(row) for row in group.to_dict("records")[:_MOST]]
        if len(group) > _MOST:
            lines.append(f"… und {_number(len(group) - _MOST)} weitere Kennzahlen ({state})")
    return lines + _jumps(result.jumps)


def _indicator(row: dict[str, object]) -> str:
    parts = [
        f"{word}: {row[f'periods_{side}']}"
        for side, word in (("new", "neu"), ("changed", "geändert"), ("gone", "weggefallen"))
        if row[f"periods_{side}"]
    ]
    return f"Kennzahl {row['state']}: {row['name']} ({'; '.join(parts)})"


def _jumps(jumps: pd.DataFrame) -> list[str]:
    if jumps.empty:
        return []
    lines = ["Die größten Sprünge gegenüber dem Zeitraum davor:"]
    for row in jumps.to_dict("records"):
        verdict = "ungewöhnlich, bitte prüfen" if row["unusual"] else "möglich"
        lines.append(
            f"  {row['name']}, {row['area']}: {_number(row['before'], 1)} ({row['first']}) → "
            f"{_number(row['after'], 1)} ({row['last']}): {verdict}"
        )
    return lines


def _named(what: str, names: Iterable[object]) -> list[str]:
    every = [str(name) for name in names]
    if not every:
        return []
    more = f"; und {_number(len(every) - _MOST)} weitere" if len(every) > _MOST else ""
    return [f"{what}: {_number(len(every))} ({'; '.join(every[:_MOST])}{more})"]


def _number(value: object, decimals: int = 0) -> str:
    if value is None or pd.isna(value):
        return "–"
    return f"{float(str(value)):,.{decimals}f}".translate(str.maketrans(",.", ".,"))
