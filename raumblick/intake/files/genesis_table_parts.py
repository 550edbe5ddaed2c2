"""A GENESIS table cut into title, head, body and footer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from raumblick.intake.cells import cap
from raumblick.intake.files.genesis_offices import licence_in
from raumblick.intake.files.moments import Moment, parse_moment
from raumblick.intake.files.records import cut, wrong_length
from raumblick.intake.files.regions import LAENDER, is_key
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.header import shorten

FIRST = re.compile(
    r"""[\ufeff"\s]*(?:GENESIS-(?:Tabelle|Table)\s*:\s*([^;,\t"]*)|(?:Tabelle|Table)\s*:\s*([0-9A-Z]{2,6}(?:-[0-9A-Za-z]+)+))""",
    re.IGNORECASE,
)
_FOOTER = re.compile(r'"?_{5,}"?[;,\t ]*')
_COPYRIGHT = re.compile(
    r"(?:©|\(C\)opyright|\(C\))\s*(.+?)(?:,\s*(?:Deutschland|Wiesbaden|Düsseldorf))?\s*,?\s*(?:19|20)[0-9]{2}\b", re.IGNORECASE
)
_TIME_WORD = re.compile(r"(?:Berichts|Schul)?(?:Jahr|Stichtag|Monat|Quartal|Semester|Zeit)\s*:?\s*", re.IGNORECASE)
_STATE = re.compile(r"Stand:\s*([0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4})")
_WIZARD = "Die Datei neu als CSV abrufen oder ihren Aufbau im Zuordnungs-Assistenten angeben."

Record = tuple[int, list[str]]


@dataclass(frozen=True)
class Parts:
    """Parts of one table; every record comes with its line (1-based).

    `stub` is the number of columns before the numbers. `sections` has one (moment, label) for each record of the body:
    what a line of its own above the record says. `note` is the text below the table.
    """

    code: str
    titles: tuple[str, ...]
    head: list[Record]
    body: list[Record]
    stub: int
    sections: list[tuple[Moment | None, str]]
    note: str
    findings: list[Finding] = field(default_factory=list)

    @property
    def publisher(self) -> str:
        """The office that the copyright note names, empty without one."""
        found = _COPYRIGHT.search(self.note)
        return " ".join(found[1].split()) if found else ""

    @property
    def licence(self) -> str:
        """The licence that the note names, empty when it names none."""
        return licence_in(self.note)


def split(text: str, file: str) -> Parts:
    """Cut a table into its parts.

    Raises:
        IntakeError: the text has no head or no rows.
    """
    lines = text.split("\n")
    start = next(number for number, line in enumerate(lines) if line.strip())
    end = next((number for number, line in enumerate(lines) if _FOOTER.fullmatch(line)), len(lines))
    first = FIRST.match(lines[start])
    code = (first[1] or first[2] or "").strip() if first else ""
    note = "\n".join(line.strip('"; ') for line in lines[end + 1 :] if not _FOOTER.fullmatch(line)).replace('""', '"').strip()
    records = list(cut(lines[start + 1 : end], _delimiter(lines[start + 1 : end]), file, start + 2))
    titles, head, rest, when = _front(records)
    if not head:
        message = "Über den Zahlen stehen keine Kopfzeilen, die mit einer leeren Zelle beginnen."
        raise IntakeError([Finding("error", "header_missing", file, message, _WIZARD, rest[0][0] if rest else start + 1)])
    width = max(len(_trimmed(cells)) for _, cells in head)
    stub = min(next(place for place, cell in enumerate(cells) if cell.strip()) for _, cells in head)
    body, sections, findings = _body(rest, head, width, when, file)
    findings += _footer_findings(note, end < len(lines), end, file)
    if not body:
        message = "Die Tabelle hat Kopfzeilen, aber keine Datenzeilen."
        raise IntakeError([*findings, Finding("error", "rows_missing", file, message, _WIZARD)])
    head = [(line, _padded(cells, width)) for line, cells in head]
    return Parts("" if code.startswith("Temp") else code, tuple(titles), head, body, stub, sections, note, findings)


def _delimiter(lines: list[str]) -> str:
    """Semicolon, as GENESIS writes it, where most lines have one; else what a spreadsheet made of it."""
    filled = [line for line in lines if line.strip()]
    often = {mark: sum(mark in line for line in filled) for mark in ";\t,"}
    return ";" if often[";"] * 2 >= len(filled) else max(often, key=lambda mark: often[mark])


def _front(records: list[Record]) -> tuple[list[str], list[Record], list[Record], Moment | None]:
    """Title lines, head, all that follows, and the time that a title line names."""
    titles: list[str] = []
    when = None
    for place, (_, cells) in enumerate(records):
        if not cells[0].strip():
            head = 0
            while place + head < len(records) and not records[place + head][1][0].strip():
                head += 1
            return titles, records[place : place + head], records[place + head :], when
        if any(cell.strip() for cell in cells[1:]):
            return titles, [], records[place:], when
        text = " ".join(cells[0].split())
        moment = _moment(text)
        when = moment or when
        if not moment:
            titles.append(text)
    return titles, [], [], when


def _body(
    records: list[Record], head: list[Record], width: int, when: Moment | None, file: str
) -> tuple[list[Record], list[tuple[Moment | None, str]], list[Finding]]:
    """Rows of numbers, what stands in lines of their own above them, and findings about lines that are neither."""
    body: list[Record] = []
    sections: list[tuple[Moment | None, str]] = []
    faults: list[Finding] = []
    again: list[int] = []
    label = ""
    heads = [_trimmed(cells) for _, cells in head]
    for place, (line, cells) in enumerate(records):
        plain = _trimmed(cells)
        if FIRST.match(cells[0]):
            faults.append(_second_table(line, file))
            break
        if plain in heads:
            again.append(line)
        elif len(plain) == 1 and len(cells) in (1, width) and width > 1 and not _is_region(plain[0]):
            moment = _moment(plain[0])
            last = place == len(records) - 1
            if moment:
                when, label = moment, ""
            elif len(cells) == 1 or last:
                faults.append(wrong_length(line, len(plain), width, file))
            else:
                label = " ".join(plain[0].split())
        elif len(plain) > width or len(cells) < width:
            faults.append(wrong_length(line, len(cells), width, file))
        else:
            body.append((line, _padded(cells, width)))
            sections.append((when, label))
    findings = cap([f for f in faults if f.code == "row_length"]) + [f for f in faults if f.code != "row_length"]
    if again:
        message = f"Kopfzeilen stehen noch einmal zwischen den Zahlen ({len(again)} Zeilen) und wurden übergangen."
        remedy = "Prüfen, ob mehrere Dateien aneinandergehängt sind."
        findings.append(Finding("warning", "header_again", file, message, remedy, again[0]))
    return body, sections, findings


def _moment(text: str) -> Moment | None:
    """The time that a line names, with or without a word before it: `2016`, `Stichtag: 31.12.2016`, `Jahr 2016`."""
    return parse_moment(text.strip()) or parse_moment(_TIME_WORD.sub("", text.strip()))


def _is_region(text: str) -> bool:
    return is_key(text.strip()) or text.strip() in LAENDER


def _footer_findings(note: str, closed: bool, end: int, file: str) -> list[Finding]:
    if not closed:
        message = "Unter der Tabelle fehlt der Fuß mit Quelle und Stand; die Datei kann abgeschnitten sein."
        return [Finding("warning", "footer_missing", file, message, "Mit der Tabelle im Netz vergleichen oder neu abrufen.")]
    if any(FIRST.match(line) for line in note.split("\n")):
        return [_second_table(end + 1, file)]
    findings = []
    state = _STATE.search(note)
    if state:
        findings.append(Finding("info", "source_state", file, f"Stand der Tabelle: {state[1]}.", "", end + 1))
    remarks = " ".join(_STATE.sub("", _COPYRIGHT.split(note)[0]).split())
    if remarks:
        findings.append(Finding("info", "source_note", file, f"Anmerkung der Quelle: {shorten(remarks, 400)}", "", end + 1))
    return findings


def _second_table(line: int, file: str) -> Finding:
    message = "Hier beginnt eine zweite Tabelle; eine Datei darf nur eine enthalten."
    return Finding("error", "table_twice", file, message, "Die Tabellen in getrennte Dateien legen.", line)


def _trimmed(cells: list[str]) -> list[str]:
    width = len(cells)
    while width and not cells[width - 1].strip():
        width -= 1
    return cells[:width]


def _padded(cells: list[str], width: int) -> list[str]:
    return (cells + [""] * width)[:width]
