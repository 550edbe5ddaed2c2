"""The data package: the format Raumblick documents (docs/DATENPAKET.md) and in which the demo city is written."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import geopandas as gpd

from raumblick.catalogue import Catalogue
from raumblick.intake.areas import read_areas
from raumblick.intake.delivery import City, Delivery, Part, SourceFile
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.header import shorten

TITLE = "Raumblick-Datenpaket"
DESCRIPTOR = "datapackage.json"
PROFILE = "raumblick-1"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_EXAMPLE = "docs/DATENPAKET.md zeigt ein Beispiel."


def detect(path: Path) -> bool:
    """True for a folder with a datapackage.json."""
    return (path / DESCRIPTOR).is_file()


def read(path: Path, catalogue: Catalogue) -> Delivery:
    """Read the descriptor and the area file; the CSV tables are read later, by the staging file.

    Raises:
        IntakeError: the descriptor cannot be read or does not describe a Raumblick data package.
    """
    descriptor = _descriptor(path)
    findings: list[Finding] = []
    parts: dict[str, Part] = {}
    files = [_fingerprint(path / DESCRIPTOR, DESCRIPTOR)]
    for resource in descriptor["resources"]:
        name, file = str(resource.get("name", "")), str(resource.get("path", ""))
        if name not in catalogue.tables:
            message = f"Die Tabelle „{shorten(name)}“ kennt Raumblick nicht."
            remedy = f"Erlaubt sind: {', '.join(catalogue.tables)}."
            findings.append(_descriptor_fault("table_unknown", message, remedy))
        elif name in parts:
            message = f"Die Tabelle „{name}“ steht zweimal da."
            findings.append(_descriptor_fault("table_twice", message, "Eine Datei je Tabelle liefern."))
        else:
            findings += _add_part(path, name, file, resource, parts, files)
    drawn = descriptor.get("geometry", "") is not None
    geometry, geometry_file, found = _geometry(path, descriptor, files) if drawn else (None, DESCRIPTOR, [])
    city = City(
        descriptor["name"],
        descriptor["title"].strip(),
        bool(descriptor.get("synthetic")),
        str(descriptor.get("note") or ""),
    )
    return Delivery(city, parts, geometry, geometry_file, tuple(files), findings + found, drawn=drawn)


def _descriptor(path: Path) -> dict[str, Any]:
    try:
        descriptor = json.loads((path / DESCRIPTOR).read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        message = "Die Datei ist nicht in UTF-8 gespeichert."
        raise IntakeError([_descriptor_fault("encoding", message, "Als UTF-8 speichern.")]) from error
    except (ValueError, RecursionError) as error:  # also numbers and brackets beyond all measure
        message, remedy = "Die Datei ist kein gültiges JSON.", "Klammern und Kommas prüfen; ist sie vollständig?"
        fault = Finding("error", "json", DESCRIPTOR, message, remedy, getattr(error, "lineno", None))
        raise IntakeError([fault]) from error
    if not isinstance(descriptor, dict):
        raise IntakeError([_descriptor_fault("json", "Die Datei beschreibt kein Datenpaket.", _EXAMPLE)])
    faults = _judge(descriptor)
    if faults:
        raise IntakeError(faults)
    return descriptor


def _judge(descriptor: dict[str, Any]) -> list[Finding]:
    """What is wrong with the values of a descriptor that no table can be read without."""
    faults = []
    name, title, resources = (descriptor.get(key) for key in ("name", "title", "resources"))
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        remedy = "Kleinbuchstaben, Ziffern und Bindestrich, höchstens 40 Zeichen."
        faults.append(_descriptor_fault("name", "„name“ fehlt oder ist kein Kurzname.", remedy))
    if not isinstance(title, str) or not title.strip():
        faults.append(_descriptor_fault("title", "„title“ fehlt.", "Den Namen der Stadt eintragen."))
    if descriptor.get("profile") != PROFILE:
        message = f"„profile“ ist nicht „{PROFILE}“."
        faults.append(_descriptor_fault("profile", message, f"„profile“: „{PROFILE}“ eintragen."))
    if descriptor.get("synthetic") not in (None, True, False):
        remedy = "true (erfundene Daten) oder false ohne Anführungszeichen schreiben."
        faults.append(_descriptor_fault("synthetic", "„synthetic“ ist weder true noch false.", remedy))
    if not isinstance(resources, list) or not all(isinstance(r, dict) for r in resources):
        message = "„resources“ fehlt oder ist keine Liste von Tabellen."
        faults.append(_descriptor_fault("resources", message, _EXAMPLE))
    return faults


def _add_part(
    folder: Path, name: str, file: str, resource: dict[str, Any], parts: dict[str, Part], files: list[SourceFile]
) -> list[Finding]:
    """Add one table; a file that is missing is said by the staging file, like all else that is wrong with it."""
    path = _inside(folder, file)
    if path is None:
        return [_path_fault(file)]
    parts[name] = Part(file, path=path)
    if not path.is_file():
        return []
    fingerprint = _fingerprint(path, file)
    files.append(fingerprint)
    stated = str(resource.get("hash") or "").lower().removeprefix("sha256:")
    if stated and stated != fingerprint.sha256:
        message = "Der Inhalt passt nicht zur Prüfsumme in datapackage.json."
        remedy = "Datei vollständig neu übertragen oder die Prüfsumme (sha256) erneuern."
        return [Finding("error", "hash", file, message, remedy)]
    return []


def _geometry(
    folder: Path, descriptor: dict[str, Any], files: list[SourceFile]
) -> tuple[gpd.GeoDataFrame | None, str, list[Finding]]:
    entry = descriptor.get("geometry")
    if not isinstance(entry, dict) or not entry.get("path"):
        message = "„geometry“ fehlt: Es gibt keine Gebietsgrenzen."
        return None, DESCRIPTOR, [_descriptor_fault("geometry_missing", message, _EXAMPLE)]
    file = str(entry["path"])
    path = _inside(folder, file)
    if path is None:
        return None, DESCRIPTOR, [_path_fault(file)]
    if not path.is_file():
        return None, file, [Finding("error", "file_missing", file, "Die Datei fehlt.", "Gebietsgrenzen mitliefern.")]
    files.append(_fingerprint(path, file))
    areas, findings = read_areas(path, str(entry.get("id") or "area_id"))
    return (None if areas.empty else areas), file, [dataclasses.replace(finding, file=file) for finding in findings]


def _inside(folder: Path, file: str) -> Path | None:
    """The file below the folder, or None when the name leads elsewhere or nowhere."""
    try:
        path = (folder / file).resolve()
    except (OSError, ValueError):  # a name that no file system takes
        return None
    return path if file and path.is_relative_to(folder.resolve()) else None


def _fingerprint(path: Path, name: str) -> SourceFile:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return SourceFile(name, path.stat().st_size, digest)


def _path_fault(file: str) -> Finding:
    message = f"Der Pfad „{shorten(file)}“ fehlt oder führt aus dem Paket heraus."
    return _descriptor_fault("path", message, "Dateien in den Ordner des Pakets legen und mit Namen nennen.")


def _descriptor_fault(code: str, message: str, remedy: str) -> Finding:
    return Finding("error", code, DESCRIPTOR, message, remedy)
