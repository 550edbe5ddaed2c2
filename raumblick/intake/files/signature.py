"""What a file is that no layout reads: told by its first bytes, in words a planner knows."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from raumblick.intake.files.source import SourceText

_OFFICE = "Die Tabelle beim herausgebenden Amt als CSV oder XLSX abrufen."
_PROGRAM = "Nicht öffnen. Programme werden nie eingelesen; die Herkunft der Datei prüfen."
_UNPACK = "Auspacken und die Dateien einzeln einlesen, oder als ZIP packen."
_MAP = "Als Gebietsgrenzen oder Punkte in ein Datenpaket legen (docs/DATENPAKET.md)."
_WIZARD = "Im Zuordnungs-Assistenten angeben, wo Schlüssel, Zeit und Werte stehen; oder als CSV aus der Quelle neu abrufen."


@dataclass(frozen=True)
class Kind:
    """What a file looks like: a finding code, a German phrase (`ein PDF-Dokument`) and what to do."""

    code: str
    what: str
    remedy: str


_STARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF", Kind("file_document", "ein PDF-Dokument; Zahlen lassen sich daraus nicht sicher lesen", _OFFICE)),
    (b"{\\rtf", Kind("file_document", "ein Textdokument (RTF)", _OFFICE)),
    (b"\x89PNG", Kind("file_image", "ein Bild (PNG)", _OFFICE)),
    (b"\xff\xd8\xff", Kind("file_image", "ein Bild (JPEG)", _OFFICE)),
    (b"GIF8", Kind("file_image", "ein Bild (GIF)", _OFFICE)),
    (b"II*\x00", Kind("file_image", "ein Bild (TIFF)", _OFFICE)),
    (b"MM\x00*", Kind("file_image", "ein Bild (TIFF)", _OFFICE)),
    (b"BM", Kind("file_image", "ein Bild (BMP)", _OFFICE)),
    (b"MZ", Kind("file_program", "ein Programm (Windows)", _PROGRAM)),
    (b"\x7fELF", Kind("file_program", "ein Programm (Linux)", _PROGRAM)),
    (b"\xcf\xfa\xed\xfe", Kind("file_program", "ein Programm (macOS)", _PROGRAM)),
    (b"\xca\xfe\xba\xbe", Kind("file_program", "ein Programm (Java oder macOS)", _PROGRAM)),
    (b"\x1f\x8b", Kind("file_archive", "ein gepacktes Archiv (GZ)", _UNPACK)),
    (b"7z\xbc\xaf\x27\x1c", Kind("file_archive", "ein gepacktes Archiv (7z)", _UNPACK)),
    (b"Rar!", Kind("file_archive", "ein gepacktes Archiv (RAR)", _UNPACK)),
    (b"BZh", Kind("file_archive", "ein gepacktes Archiv (BZ2)", _UNPACK)),
    (b"\xfd7zXZ", Kind("file_archive", "ein gepacktes Archiv (XZ)", _UNPACK)),
    (b"PAR1", Kind("file_binary", "eine Parquet-Datei", _OFFICE)),
    (b"\x00\x00\x27\x0a", Kind("file_map", "ein Teil eines Shapefiles (SHP oder SHX)", "Alle Teile als ZIP packen.")),
    (b"\xd0\xcf\x11\xe0", Kind("file_unknown", "eine ältere Office-Datei (XLS, DOC oder MSG)", _WIZARD)),
    (b"\xff\xfe", Kind("file_encoding", "ein Text in UTF-16", "Im Tabellenprogramm als „CSV UTF-8“ speichern.")),
    (b"\xfe\xff", Kind("file_encoding", "ein Text in UTF-16", "Im Tabellenprogramm als „CSV UTF-8“ speichern.")),
    (b"ID3", Kind("file_binary", "eine Tondatei", _OFFICE)),
)
_ZIPS: tuple[tuple[bytes, Kind], ...] = (
    (b"word/", Kind("file_document", "ein Textdokument (DOCX)", _OFFICE)),
    (b"ppt/", Kind("file_document", "eine Präsentation (PPTX)", _OFFICE)),
    (b"opendocument.text", Kind("file_document", "ein Textdokument (ODT)", _OFFICE)),
    (b"opendocument.presentation", Kind("file_document", "eine Präsentation (ODP)", _OFFICE)),
    (b"xl/", Kind("file_unknown", "eine Tabellendatei (XLSX), deren Aufbau unbekannt ist", _WIZARD)),
    (b"opendocument.spreadsheet", Kind("file_unknown", "eine Tabellendatei (ODS), deren Aufbau unbekannt ist", _WIZARD)),
    (b".shp", Kind("file_map", "ein gepacktes Shapefile", _MAP)),
    (b"META-INF/MANIFEST.MF", Kind("file_program", "ein Programm (Java)", _PROGRAM)),
)
_TEXTS: tuple[tuple[str, Kind], ...] = (
    (r"#!", Kind("file_program", "ein Skript", _PROGRAM)),
    (r"(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", Kind(
        "file_html", "eine Internetseite (HTML), oft die Anmelde- oder Fehlerseite eines Datenportals",
        "Im Portal anmelden und dort das CSV-Format wählen.",
    )),
    (r"(?:<\?xml[^>]*>\s*)?(?:<!doctype svg[^>]*>\s*)?<svg\b", Kind("file_image", "ein Bild (SVG)", _OFFICE)),
    (r"(?:<\?xml[^>]*>\s*)?<(?:kml|gml:|wfs:)", Kind("file_map", "eine Kartendatei (KML oder GML)", _MAP)),
    (r"<\?xml\b|<[a-z][\w:]*[\s>]", Kind("file_xml", "eine XML-Datei", _OFFICE)),
    (r"\{.*?\"type\"\s*:\s*\"(?:FeatureCollection|Feature|Topology)\"", Kind("file_map", "eine Kartendatei (GeoJSON)", _MAP)),
    (r"[\[{]", Kind("file_json", "eine JSON-Datei, deren Aufbau unbekannt ist", _OFFICE)),
    (r"(?:from|received|return-path|message-id|mime-version):\s", Kind("file_document", "eine E-Mail", _OFFICE)),
)  # fmt: skip


def kind_of(file: SourceText) -> Kind:
    """What a file looks like that no layout knows."""
    if not file.head.strip(b"\x00 \t\r\n\x1a\xef\xbb\xbf"):
        what = "leer" if not file.size else "ohne Inhalt (nur Leerzeichen oder Nullbytes)"
        return Kind("file_empty", what, "Die Datei neu abrufen; vermutlich brach das Herunterladen ab.")
    if file.head.startswith(b"PK"):
        kinds = (kind for mark, kind in _ZIPS if mark in file.head)
        return next(kinds, Kind("file_archive", "ein ZIP-Archiv", _UNPACK))
    for start, kind in _STARTS:
        if file.head.startswith(start) and not (start.isalnum() and file.text):  # `ID3;...` may be a heading
            return kind
    if not file.text:
        return _binary(file.head)
    return _text(file)


def _binary(head: bytes) -> Kind:
    if head.startswith(b"SQLite format 3"):
        if head[68:72] in (b"GPKG", b"GP10", b"GP11"):
            return Kind("file_map", "eine Kartendatei (GeoPackage)", _MAP)
        return Kind("file_binary", "eine Datenbankdatei (SQLite)", _OFFICE)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind("file_image", "ein Bild (WebP)", _OFFICE)
    if head[4:8] == b"ftyp" or head[:4] == b"RIFF":
        return Kind("file_binary", "eine Ton- oder Filmdatei", _OFFICE)
    return Kind("file_binary", "keine Text- und keine Tabellendatei (Binärdaten)", _OFFICE)


def _text(file: SourceText) -> Kind:
    start = file.text.lstrip("\ufeff \t\r\n")
    for pattern, kind in _TEXTS:
        if re.match(pattern, start[:20_000], re.IGNORECASE | re.DOTALL):
            return kind
    widths = Counter(len(cells) for cells in file.records if any(cell.strip() for cell in cells))
    width, often = widths.most_common(1)[0] if widths else (0, 0)
    if width > 1 and often > 1 and often * 2 > widths.total():
        return Kind("file_unknown", "eine Texttabelle, deren Aufbau unbekannt ist", _WIZARD)
    return Kind("file_text", "ein Text ohne Tabelle", _OFFICE)
