"""Files that a layout in data/catalogue/layouts reads: tables of one publisher, known by their first line."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from raumblick.catalogue import DEFAULT_PATH
from raumblick.intake.files.ledger import Ledger
from raumblick.intake.files.source import SourceText
from raumblick.intake.files.table import StatTable
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.layoutfile import Layout, book_with, load_layout, read_with

TITLE = "Tabelle mit mitgelieferter Vorlage"


@cache
def shipped_layouts(folder: Path = DEFAULT_PATH / "layouts") -> tuple[Layout, ...]:
    """The layouts that come with the program, in the order of their file names."""
    return tuple(load_layout(path) for path in sorted(folder.glob("*.toml")))


def layout_for(file: SourceText) -> Layout | None:
    """The shipped layout whose first line and texts are those of the file."""
    first = file.lines[0].strip() if file.lines else ""
    for layout in shipped_layouts():
        known = layout.detect
        if known.first_line and first == known.first_line and all(text in file.text for text in known.contains):
            return layout
    return None


def detect(file: SourceText) -> bool:
    """True when a shipped layout knows the first line of the file."""
    return layout_for(file) is not None


def read(path: Path) -> StatTable | Ledger:
    """The file as its shipped layout reads it: a table of statistics, or a ledger where the layout is one of a budget.

    Raises:
        IntakeError: no layout knows the file, or it cannot be read.
    """
    try:
        layout = layout_for(SourceText.open(path))
    except OSError as error:
        message = "Die Datei lässt sich nicht öffnen."
        raise IntakeError([Finding("error", "file_missing", path.name, message, "Die Datei mitliefern.")]) from error
    if layout is None:
        message = "Keine mitgelieferte Vorlage kennt die erste Zeile dieser Datei."
        raise IntakeError([Finding("error", "layout_missing", path.name, message, "Mit dem Zuordnungs-Assistenten lesen.", 1)])
    return book_with(layout, path) if layout.is_budget else read_with(layout, path)
