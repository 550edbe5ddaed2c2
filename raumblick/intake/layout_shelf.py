"""The planners' own layouts: given for one file, lying beside it, or kept at home to recognise the next one.

A layout that lies beside a file and has its name (`kinder.csv.toml` or `kinder.toml` for `kinder.csv`) was written for it.
Every other one must recognise the file by its heading, and then is taken for what the heading proves and no more: a period
that only the layout names, and not the file, is asked for again.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from raumblick.intake.files.ledger import Ledger
from raumblick.intake.files.sheets import is_workbook
from raumblick.intake.files.source import SourceText
from raumblick.intake.files.table import StatTable
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.layout_grid import sheet_grid, texts
from raumblick.intake.layout_model import FilePart, Layout, ValuePart
from raumblick.intake.layoutfile import book_with, load_layout, read_with, save_layout

ENDING = ".toml"
JOINT = " | "
_MOST_CONTAINED = 4


class Layouts:
    """The layouts at hand for one delivery; `findings` says which of them could not be used."""

    def __init__(
        self,
        given: Layout | None = None,
        beside: Iterable[tuple[str, Layout]] = (),
        kept: Sequence[Layout] = (),
        findings: Sequence[Finding] = (),
    ):
        self.given = given
        self.beside = {name.lower(): layout for name, layout in beside}
        self.kept = tuple(kept)
        self.findings = tuple(findings)
        self._found: dict[Path, Layout | None] = {}

    def of(self, path: Path) -> Layout | None:
        """The layout that reads the file at `path`; None when none of these knows it. Never raises."""
        if self.given is not None:
            return self.given
        if path not in self._found:
            self._found[path] = self._named(path) or self._recognised(path)
        return self._found[path]

    def unused(self, files: Iterable[Path]) -> list[Finding]:
        """A warning for each layout beside the files that reads none of them."""
        paths = list(files)
        taken = {name for path in paths for name in _names(path)}
        seen = [layout for path in paths if (layout := self.of(path)) is not None]
        remedy = "Die Vorlage wie die Tabelle nennen, die sie beschreibt (kinder.toml für kinder.csv)."
        return [
            Finding("warning", "layout_unused", f"{name}{ENDING}", "Die Vorlage passt zu keiner der Dateien.", remedy)
            for name, layout in self.beside.items()
            if name not in taken and not any(other.detect == layout.detect for other in seen)
        ]

    def _named(self, path: Path) -> Layout | None:
        return next((self.beside[name] for name in _names(path) if name in self.beside), None)

    def _recognised(self, path: Path) -> Layout | None:
        candidates = [layout for layout in (*self.beside.values(), *self.kept) if layout.detect.first_line]
        if not candidates:
            return None
        try:
            file = SourceText.open(path)
        except OSError:
            return None
        sheets = is_workbook(file.head)
        fitting = (layout for layout in candidates if (layout.file.kind == "sheet") == sheets and knows(layout, file, path))
        found = next(fitting, None)
        return only_proven(found) if found is not None else None


def gather(files: Iterable[Path], home: Path, given: Layout | None = None) -> Layouts:
    """The layouts for a delivery.

    Args:
        files: of the delivery; those that end in `.toml` are layouts.
        home: folder of the kept layouts; may be missing.
        given: a layout that reads every file.

    Raises:
        IntakeError: a layout of the delivery is no layout; every fault is a finding.
    """
    beside: list[tuple[str, Layout]] = []
    faults: list[Finding] = []
    for path in files:
        if is_layout_file(path):
            try:
                beside.append((path.name[: -len(ENDING)], load_layout(path)))
            except IntakeError as error:
                faults += error.findings
    if faults:
        raise IntakeError(faults)
    kept, told = [], []
    for path in sorted(home.glob(f"*{ENDING}")) if home.is_dir() else []:
        try:
            kept.append(load_layout(path))
        except IntakeError as error:
            message = f"Eine aufbewahrte Vorlage ist unbrauchbar: {error.findings[0].message}"
            told.append(Finding("warning", "layout_kept", path.name, message, "Die Vorlage im Ordner layouts berichtigen."))
    return Layouts(given, beside, kept, told)


def is_layout_file(path: Path) -> bool:
    """True for a file that is named as a layout."""
    return path.suffix.lower() == ENDING


def read_by(layout: Layout, path: Path) -> StatTable | Ledger:
    """The file as the layout reads it: a table of statistics, or a ledger where the layout is one of a budget.

    Raises:
        IntakeError: a question is open or the file is not as the layout says.
    """
    return book_with(layout, path) if layout.is_budget else read_with(layout, path)


def keep(layout: Layout, path: Path, home: Path) -> Path | None:
    """Keep the layout of the file at `path` in the folder `home`, so that it recognises the next file of this heading.

    Returns:
        The file written; None for a file without a heading, which nothing could recognise. A kept layout for the same
        heading is replaced.

    Raises:
        OSError: the folder cannot be written.
    """
    known = recognising(layout, path)
    if not known.detect.first_line:
        return None
    home.mkdir(parents=True, exist_ok=True)
    for other in sorted(home.glob(f"*{ENDING}")):
        try:
            same = load_layout(other).detect == known.detect
        except IntakeError:
            continue
        if same:
            save_layout(known, other)
            return other
    stem = re.sub(r"[^a-z0-9]+", "-", (layout.title or path.stem).lower()).strip("-")[:60] or "vorlage"
    free = (home / f"{stem}{f'-{n}' if n else ''}{ENDING}" for n in range(10_000))
    target = next(place for place in free if not place.exists())
    save_layout(known, target)
    return target


def recognising(layout: Layout, path: Path) -> Layout:
    """The layout with the heading of the file at `path` as what it knows its files by."""
    rows = layout.file.header_rows or ()
    lines = _lines(layout.file, path)
    headings = [lines[row - 1].strip() for row in rows if 0 < row <= len(lines) and lines[row - 1].strip()]
    if not headings:
        return layout
    contains = tuple(headings[1 : 1 + _MOST_CONTAINED]) or layout.detect.contains
    asks = layout.detect.asks or _unproven_text(layout)
    detect = dataclasses.replace(layout.detect, first_line=headings[0], contains=contains, asks=asks)
    return dataclasses.replace(layout, detect=detect)


def knows(layout: Layout, file: SourceText, path: Path) -> bool:
    """True when the heading of the file is the one that the layout knows."""
    known, row = layout.detect, min(layout.file.header_rows or (1,))
    try:
        lines = _lines(layout.file, path) if layout.file.kind == "sheet" else list(file.lines)
    except IntakeError:
        return False
    if row > len(lines) or lines[row - 1].strip() != known.first_line:
        return False
    head = [line.strip() for line in lines] if layout.file.kind == "sheet" else [file.text]
    return all(any(text in line for line in head) for text in known.contains)


def only_proven(layout: Layout) -> Layout:
    """The layout without the periods that only it names, and not the headings of the file."""
    period = dataclasses.replace(layout.period, value=None)
    values = tuple(_dated_by_heading(value) for value in layout.values) if layout.values else layout.values
    return dataclasses.replace(layout, period=period, values=values)


def _dated_by_heading(value: ValuePart) -> ValuePart:
    proven = value.period is None or value.period[:4] in str(value.column)
    return value if proven else dataclasses.replace(value, period=None)


def _unproven_text(layout: Layout) -> str:
    """What the layout says of the place and the file does not."""
    return f"Die Datei nennt kein Gebiet: Die Zahlen gelten für „{layout.key.value}“." if layout.key.value else ""


def _names(path: Path) -> tuple[str, str]:
    return path.name.lower(), path.stem.lower()


def _lines(part: FilePart, path: Path) -> list[str]:
    """The lines of a text, or the rows of a sheet with their cells joined."""
    if part.kind == "sheet":
        return [JOINT.join(texts(row)) for row in sheet_grid(path, part.sheet or "").cells]
    return list(SourceText.open(path).lines)
