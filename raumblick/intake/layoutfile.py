"""Layout files: how a table that no built-in layout knows is read, kept as TOML, reused and shared."""

from __future__ import annotations

from pathlib import Path

from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.layout_book import book_with
from raumblick.intake.layout_model import Layout, open_questions
from raumblick.intake.layout_read import read_with
from raumblick.intake.layout_suggest import suggest
from raumblick.intake.layout_toml import dump_layout, parse_layout

__all__ = ["Layout", "book_with", "load_layout", "open_questions", "read_with", "save_layout", "suggest"]


def load_layout(path: Path) -> Layout:
    """The layout in a TOML file.

    Raises:
        IntakeError: the file cannot be opened or is no layout; every fault is a finding.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = "Die Vorlage lässt sich nicht lesen (UTF-8)."
        raise IntakeError([Finding("error", "layout_broken", path.name, message, "Die Vorlage neu anlegen.")]) from error
    return parse_layout(text, path.name)


def save_layout(layout: Layout, path: Path) -> None:
    """Write a layout as a TOML file; questions that are still open are left out and stay open."""
    path.write_text(dump_layout(layout), encoding="utf-8", newline="\n")
