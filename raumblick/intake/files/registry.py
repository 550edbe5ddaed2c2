"""Which layout reads a file, and why none does."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from raumblick.intake.files import budget, genesis_flat, genesis_table, shipped, spreadsheet
from raumblick.intake.files.signature import kind_of
from raumblick.intake.files.source import SourceText
from raumblick.intake.findings import Finding
from raumblick.intake.persons import person_findings


class Layout(Protocol):
    """A module that reads one family of files."""

    TITLE: str

    def detect(self, file: SourceText) -> bool:
        """True when the file is of this family, told by its first bytes."""

    def read(self, path: Path) -> Any:
        """The file as a StatTable or, for budgets, as a Ledger."""


# The first that knows a file reads it: those that know one publisher come before those that know a kind of table.
LAYOUTS: tuple[Layout, ...] = (genesis_flat, genesis_table, shipped, budget, spreadsheet)


def recognise(path: Path) -> Layout | None:
    """The layout that reads the file at `path`; None when there is none or when the file lists persons.

    Reads at most 64 kB, never raises.
    """
    file = _open(path)
    if file is None or persons_in(file):
        return None
    return next((layout for layout in LAYOUTS if layout.detect(file)), None)


def why_not(path: Path) -> Finding:
    """Why no layout reads the file: what it looks like, and what to do.

    For a list of persons the legal reason; for a table of unknown form the way to the mapping wizard.
    """
    file = _open(path)
    if file is None:
        return Finding("error", "file_missing", path.name, "Die Datei lässt sich nicht öffnen.", "Die Datei mitliefern.")
    persons = persons_in(file)
    if persons:
        return persons[0]
    kind = kind_of(file)
    return Finding("error", kind.code, path.name, f"Die Datei ist {kind.what}.", kind.remedy)


def licence_of(layout: Layout, stated: str) -> str:
    """The licence that a file states, else the one under which the office of this layout publishes everything.

    Empty when neither is known.
    """
    return stated or str(getattr(layout, "GENERAL_LICENCE", ""))


def persons_in(file: SourceText) -> list[Finding]:
    """Columns of a text table that look like data of single persons; empty for everything else."""
    records = [(line, cells) for line, cells in enumerate(file.records, start=1) if any(cell.strip() for cell in cells)]
    head = next(((place, cells) for place, (_, cells) in enumerate(records) if sum(bool(c.strip()) for c in cells) > 1), None)
    if head is None:
        return []
    place, names = head
    width = len(names)
    rows = [(list(cells) + [""] * width)[:width] for _, cells in records[place + 1 :]]
    frame = pd.DataFrame(rows, columns=_distinct(names), dtype="object")
    return person_findings(file.name, frame, records[place][0])


def _distinct(names: tuple[str, ...]) -> list[str]:
    """Column names, those that stand twice with their place behind them."""
    return [name if name not in names[:place] else f"{name} ({place + 1})" for place, name in enumerate(names)]


def _open(path: Path) -> SourceText | None:
    try:
        return SourceText.open(path)
    except OSError:
        return None
