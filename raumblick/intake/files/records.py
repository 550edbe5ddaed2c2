"""The text of a delivered file and its records, with the line at which each begins."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.textfile import decode

_DOUBLED = re.compile("Ã[\u0080-\u00bf¤¶¼Ÿ„–œ]|â‚¬|Â[§°²³]")


def read_text(path: Path) -> tuple[str, list[Finding]]:
    """The text of a file with plain line feeds, and findings about letters that were lost on its way.

    Raises:
        IntakeError: missing, empty, no text.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        message = "Die Datei lässt sich nicht öffnen."
        raise IntakeError([Finding("error", "file_missing", path.name, message, "Die Datei mitliefern.")]) from error
    text = decode(content, path.name)[0].replace("\r\n", "\n").replace("\r", "\n").removesuffix("\x1a")
    if not text.strip():
        raise IntakeError([Finding("error", "file_empty", path.name, "Die Datei ist leer.", "Datei neu abrufen.")])
    findings = []
    for pattern, code, what in (
        (_DOUBLED, "encoding_doubled", "Umlaute sind doppelt kodiert (etwa „Ã¼“ statt „ü“)"),
        (re.compile("\ufffd"), "encoding_lost", "Umlaute sind verloren gegangen („\ufffd“)"),
    ):
        found = pattern.search(text)
        if found:
            message = f"{what}; Namen sind unleserlich, Schlüssel und Zahlen nicht betroffen."
            line = text.count("\n", 0, found.start()) + 1
            findings.append(Finding("warning", code, path.name, message, "Die Datei im Original neu abrufen.", line))
    return text, findings


def cut(lines: Iterable[str], delimiter: str, file: str, first: int = 1) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each record that has any text; `first` is the number of the first line.

    Raises:
        IntakeError: on the way, where a quote does not end or a cell is too long for one.
    """
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True)
    line = first
    try:
        for cells in reader:
            if any(cells):
                yield line, cells
            line = reader.line_num + first
    except csv.Error as error:
        message = "Ab hier ist die Datei kein gültiges CSV: ein Anführungszeichen wird nicht geschlossen."
        remedy = "Anführungszeichen prüfen; ist die Datei vollständig?"
        raise IntakeError([Finding("error", "csv_broken", file, message, remedy, line)]) from error


def wrong_length(line: int, cells: int, width: int, file: str) -> Finding:
    """The error for a row whose number of cells is not that of the head."""
    remedy = "Trennzeichen und Anführungszeichen prüfen; ist die Datei abgeschnitten?"
    return Finding("error", "row_length", file, f"Die Zeile hat {cells} statt {width} Zellen.", remedy, line)
