"""The data package: the format Raumblick documents (docs/DATENPAKET.md) and in which the demo city is written."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import geopandas as gpd

from raumblick.catalogue import Catalogue
from raumblick.intake.areas import read_areas
from raumblick.intake.cells import shorten
from raumblick.intake.delivery import City, Delivery, Part, SourceFile
from raumblick.intake.findings import Finding, IntakeError, has_errors

TITLE = "Raumblick-Datenpaket"
DESCRIPTOR = "datapackage.json"
PROFILE = "raumblick-1"


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
            findings.append(
                _descriptor_fault("table_unknown", message, f"Erlaubt sind: {', '.join(catalogue.tables)}.")
            )
        elif name in parts:
            findings.append(
                _descriptor_fault(
                    "table_twice", f"Die Tabelle „{name}“ steht zweimal da.", "Eine Datei je Tabelle liefern."
                )
            )
        else:
            findings += _add_part(path, name, file, resource, parts, files)
    geometry, geometry_file, found = _geometry(path, descriptor, files)
    findings += found
    city = City(
        str(descriptor["name"]),
        str(descriptor["title"]),
        bool(descriptor.get("synthetic", False)),
        str(descriptor.get("note", "")),
    )
    return Delivery(city, parts, geometry, geometry_file, tuple(files), findings)


def _descriptor(path: Path) -> dict[str, Any]:
    try:
        descriptor = json.loads((path / DESCRIPTOR).read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise IntakeError(
            [_descriptor_fault("encoding", "Die Datei ist nicht in UTF-8 gespeichert.", "Als UTF-8 speichern.")]
        ) from error
    except json.JSONDecodeError as error:
        fault = Finding(
            "error",
            "json",
            DESCRIPTOR,
            "Die Datei ist kein gültiges JSON.",
            "Klammern und Kommas prüfen; ist sie vollständig?",
            error.lineno,
        )
        raise IntakeError([fault]) from error
    faults = []
    if not isinstance(descriptor, dict):
        raise IntakeError(
            [
                _descriptor_fault(
                    "json", "Die Datei beschreibt kein Datenpaket.", "docs/DATENPAKET.md zeigt ein Beispiel."
                )
            ]
        )
    name = descriptor.get("name")
    if (
        not isinstance(name, str)
        or not name.isascii()
        or not name.replace("-", "").isalnum()
        or name != name.lower()
        or len(name) > 40
    ):
        faults.append(
            _descriptor_fault(
                "name",
                "„name“ fehlt oder ist kein Kurzname.",
                "Kleinbuchstaben, Ziffern und Bindestrich, höchstens 40 Zeichen.",
            )
        )
    if not isinstance(descriptor.get("title"), str) or not descriptor["title"].strip():
        faults.append(_descriptor_fault("title", "„title“ fehlt.", "Den Namen der Stadt eintragen."))
    if descriptor.get("profile") != PROFILE:
        faults.append(
            _descriptor_fault("profile", f"„profile“ ist nicht „{PROFILE}“.", f"„profile“: „{PROFILE}“ eintragen.")
        )
    resources = descriptor.get("resources")
    if not isinstance(resources, list) or not all(isinstance(r, dict) for r in resources):
        faults.append(
            _descriptor_fault(
                "resources",
                "„resources“ fehlt oder ist keine Liste von Tabellen.",
                "docs/DATENPAKET.md zeigt ein Beispiel.",
            )
        )
    if faults:
        raise IntakeError(faults)
    return descriptor


def _add_part(
    folder: Path, name: str, file: str, resource: dict[str, Any], parts: dict[str, Part], files: list[SourceFile]
) -> list[Finding]:
    path = _inside(folder, file)
    if path is None:
        return [
            _descriptor_fault(
                "path",
                f"Der Pfad „{shorten(file)}“ führt aus dem Paket heraus.",
                "Dateien in den Ordner des Pakets legen.",
            )
        ]
    if not path.is_file():
        return [
            Finding(
                "error",
                "file_missing",
                file,
                "Die Datei fehlt.",
                "Datei mitliefern oder aus datapackage.json streichen.",
            )
        ]
    fingerprint = _fingerprint(path, file)
    files.append(fingerprint)
    parts[name] = Part(file, path=path)
    stated = str(resource.get("hash", "")).removeprefix("sha256:")
    if stated and stated != fingerprint.sha256:
        message = "Der Inhalt passt nicht zur Prüfsumme in datapackage.json."
        return [
            Finding("error", "hash", file, message, "Datei vollständig neu übertragen oder die Prüfsumme erneuern.")
        ]
    return []


def _geometry(
    folder: Path, descriptor: dict[str, Any], files: list[SourceFile]
) -> tuple[gpd.GeoDataFrame | None, str, list[Finding]]:
    entry = descriptor.get("geometry")
    if not isinstance(entry, dict) or "path" not in entry:
        return None, DESCRIPTOR, []
    file = str(entry["path"])
    path = _inside(folder, file)
    if path is None:
        return (
            None,
            file,
            [
                _descriptor_fault(
                    "path",
                    f"Der Pfad „{shorten(file)}“ führt aus dem Paket heraus.",
                    "Dateien in den Ordner des Pakets legen.",
                )
            ],
        )
    if not path.is_file():
        return None, file, [Finding("error", "file_missing", file, "Die Datei fehlt.", "Gebietsgrenzen mitliefern.")]
    files.append(_fingerprint(path, file))
    areas, findings = read_areas(path, str(entry.get("id", "area_id")))
    return (None if has_errors(findings) else areas), file, findings


def _inside(folder: Path, file: str) -> Path | None:
    """The file below the folder, or None when the name leads elsewhere."""
    path = (folder / file).resolve()
    return path if file and path.is_relative_to(folder.resolve()) else None


def _fingerprint(path: Path, name: str) -> SourceFile:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return SourceFile(name, path.stat().st_size, digest)


def _descriptor_fault(code: str, message: str, remedy: str) -> Finding:
    return Finding("error", code, DESCRIPTOR, message, remedy)
