"""Which layout reads a file, and what is said of files that none reads."""

from __future__ import annotations

import io
import random
import sqlite3
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from genesis_maker import new_flat, old_flat, sample, write
from genesis_maker import table as table_text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from raumblick.intake.files import genesis_flat, genesis_table, registry
from raumblick.intake.files.registry import LAYOUTS, licence_of, recognise, why_not
from raumblick.intake.files.source import HEAD, SourceText

WIZARD = "Zuordnungs-Assistent"


def zipped(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return stream.getvalue()


def database(application: int = 0) -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute(f"pragma application_id = {application}")
    connection.execute("create table a (b)")
    return connection.serialize()


# --- recognised ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        (new_flat(sample()), genesis_flat),
        (old_flat(sample()), genesis_flat),
        (table_text(sample()), genesis_table),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("name", ["tabelle.csv", "download", "bild.png"])
def test_the_content_decides_not_the_name(tmp_path: Path, text: str, layout: object, encoding: str, name: str) -> None:
    assert recognise(write(tmp_path, text, name, encoding)) is layout


def test_every_layout_has_a_german_title() -> None:
    titles = [layout.TITLE for layout in LAYOUTS]
    assert len(set(titles)) == len(titles) and all(titles)


def test_every_module_that_detects_is_a_layout() -> None:
    folder = Path(registry.__file__).parent
    detecting = {path.stem for path in folder.glob("*.py") if "\ndef detect(" in path.read_text(encoding="utf-8")}
    assert {str(layout.__name__).rpartition(".")[2] for layout in LAYOUTS} == detecting


def test_only_the_first_bytes_are_read(tmp_path: Path) -> None:
    path = tmp_path / "lang.csv"
    path.write_bytes(new_flat(sample()).encode() + b"\x00" * 5 * HEAD)
    file = SourceText.open(path)
    assert len(file.head) == HEAD and file.size > HEAD and not file.complete
    assert recognise(write(tmp_path, table_text(sample()) + "\n" * HEAD)) is genesis_table


def test_a_letter_cut_in_two_does_not_hide_the_text(tmp_path: Path) -> None:
    head = table_text(sample())
    for shift in range(3):
        text = head + "x" * shift + "ü" * HEAD
        assert SourceText.open(write(tmp_path, text)).text.startswith("GENESIS-Tabelle")


def test_the_licence_of_the_file_comes_before_that_of_the_office() -> None:
    assert licence_of(genesis_flat, "") == "dl-de/by-2-0"
    assert licence_of(genesis_flat, "CC BY 4.0") == "CC BY 4.0"
    assert licence_of(SimpleNamespace(TITLE="x"), "") == ""


# --- why not -------------------------------------------------------------------------------------------------------

UNKNOWN = b"bezirk;zahl\nMitte;1\nPankow;2\n"
KINDS: dict[str, tuple[bytes, str, str]] = {  # content, code, what the message says
    "empty": (b"", "file_empty", "leer"),
    "blank": (b" \r\n\t \n", "file_empty", "ohne Inhalt"),
    "null bytes": (b"\x00" * 100, "file_empty", "ohne Inhalt"),
    "PDF": (b"%PDF-1.7\n1 0 obj\n", "file_document", "PDF"),
    "PNG": (b"\x89PNG\r\n\x1a\n\x00\x00", "file_image", "Bild (PNG)"),
    "JPEG": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "file_image", "Bild (JPEG)"),
    "GIF": (b"GIF89a\x01\x00\x01\x00", "file_image", "Bild (GIF)"),
    "WebP": (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "file_image", "Bild (WebP)"),
    "SVG": (b'<?xml version="1.0"?>\n<svg xmlns="x"></svg>', "file_image", "Bild (SVG)"),
    "Windows program": (b"MZ\x90\x00\x03\x00\x00\x00", "file_program", "Programm (Windows)"),
    "Linux program": (b"\x7fELF\x02\x01\x01\x00", "file_program", "Programm (Linux)"),
    "script": (b"#!/bin/sh\nrm -rf x\n", "file_program", "Skript"),
    "HTML": (b"<!DOCTYPE html>\n<html><body>Anmelden</body></html>", "file_html", "Internetseite"),
    "HTML with a comment": (b"<!-- x -->\n<HTML>", "file_html", "Internetseite"),
    "XML": (b"<?xml version='1.0'?>\n<daten><a/></daten>", "file_xml", "XML"),
    "KML": (b"<?xml version='1.0'?>\n<kml><a/></kml>", "file_map", "KML"),
    "GeoJSON": (b'{"type": "FeatureCollection", "features": []}', "file_map", "GeoJSON"),
    "JSON": (b'{"daten": [1, 2]}', "file_json", "JSON"),
    "e-mail": (b"Received: from x\nFrom: a@b.c\n\nHallo\n", "file_document", "E-Mail"),
    "RTF": (b"{\\rtf1 Text}", "file_document", "RTF"),
    "UTF-16": ("bezirk;zahl\nMitte;1\n".encode("utf-16"), "file_encoding", "UTF-16"),
    "gzip": (b"\x1f\x8b\x08\x00", "file_archive", "GZ"),
    "ZIP": (zipped("a.csv"), "file_archive", "ZIP"),
    "DOCX": (zipped("[Content_Types].xml", "word/document.xml"), "file_document", "DOCX"),
    "shapefile": (zipped("a.shp", "a.dbf"), "file_map", "Shapefile"),
    "SQLite": (database(), "file_binary", "SQLite"),
    "GeoPackage": (database(0x47504B47), "file_map", "GeoPackage"),
    "MP4": (b"\x00\x00\x00\x18ftypmp42\x00\x00", "file_binary", "Ton- oder Filmdatei"),
    "noise": (bytes(random.Random(1).randbytes(500)), "file_binary", "Binärdaten"),
    "prose": (b"Sehr geehrte Damen und Herren,\nanbei die Zahlen.\n", "file_text", "Text ohne Tabelle"),
    "unknown table": (UNKNOWN, "file_unknown", "Texttabelle"),
    "a heading like a signature": (b"ID3;BM;MZ\n1;2;3\n4;5;6\n", "file_unknown", "Texttabelle"),
}


@pytest.mark.parametrize("name", KINDS)
def test_why_not_in_german(tmp_path: Path, name: str) -> None:
    content, code, words = KINDS[name]
    path = write(tmp_path, content, "daten.csv")
    assert recognise(path) is None
    finding = why_not(path)
    assert (finding.severity, finding.code, finding.file) == ("error", code, "daten.csv")
    assert finding.message.startswith("Die Datei ist ") and words in finding.message and finding.message.endswith(".")
    assert finding.remedy.endswith(".")


def test_an_unknown_table_leads_to_the_wizard(tmp_path: Path) -> None:
    assert WIZARD in why_not(write(tmp_path, UNKNOWN)).remedy


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "fehlt.csv", tmp_path):
        assert recognise(path) is None and why_not(path).code == "file_missing"


PERSONS = "Vorname;Nachname;Geburtsdatum;Straße\nAnna;Muster;01.02.2015;Weg 1\nBen;Muster;03.04.2017;Weg 2\n"


@pytest.mark.parametrize("before", ["", "Liste der Kinder\n\n"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_lists_of_persons_are_refused_with_the_law(tmp_path: Path, before: str, delimiter: str) -> None:
    path = write(tmp_path, before + PERSONS.replace(";", delimiter), "kinder.csv")
    assert recognise(path) is None
    finding = why_not(path)
    assert finding.code == "person_data" and "§ 64 Abs. 3 SGB VIII" in finding.message
    assert finding.row == (1 if not before else 3)


def test_lists_of_persons_are_refused_even_in_a_known_layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, PERSONS)
    monkeypatch.setattr(genesis_flat, "detect", lambda file: True)
    assert registry.recognise(path) is None


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))))
def test_whatever_the_bytes_are(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path, content, "egal")
    if recognise(path) is None:
        assert why_not(path).message
