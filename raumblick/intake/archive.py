"""Unpack what somebody uploads: bounded in number, size, depth and ratio, and never outside its folder."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from raumblick.intake.cells import shorten
from raumblick.intake.findings import Finding, IntakeError


@dataclass(frozen=True)
class Limits:
    """What an upload may hold. Sizes in bytes; `ratio` is unpacked to packed size of one member."""

    files: int = 500
    file_size: int = 400 * 2**20
    total_size: int = 1024 * 2**20
    depth: int = 4
    ratio: int = 200


LIMITS = Limits()
_COUNTED_FROM = 2**20  # a small file may compress as well as it likes
_KEPT_PACKED = (".shp.zip",)


def unpack(archive: Path, folder: Path, limits: Limits = LIMITS) -> list[Path]:
    """Unpack a ZIP file into an empty folder.

    Archives within the archive stay packed; zipped shapefiles are read as they are.

    Returns:
        The files unpacked, in the order of their names.

    Raises:
        IntakeError: not a ZIP, damaged, encrypted, too large, or with a member that leads elsewhere. The folder is
            left empty then.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            members = [m for m in packed.infolist() if not m.is_dir() and not _is_clutter(m.filename)]
            _judge(archive.name, members, limits)
            return sorted(_extract(packed, member, folder, limits) for member in members)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        fault = _fault(archive.name, "zip_broken", "Das ZIP-Archiv lässt sich nicht lesen.", "Archiv neu packen, ohne Passwort.")
        raise IntakeError([fault]) from error


def is_area_archive(path: Path) -> bool:
    """True for a ZIP with one shapefile, which is read as a map and not unpacked."""
    if path.name.lower().endswith(_KEPT_PACKED):
        return True
    try:
        with zipfile.ZipFile(path) as packed:
            return any(name.lower().endswith(".shp") for name in packed.namelist())
    except (zipfile.BadZipFile, OSError):
        return False


def _judge(file: str, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    faults = []
    if not members:
        faults.append(_fault(file, "zip_empty", "Das ZIP-Archiv ist leer.", "Dateien hineinlegen."))
    if len(members) > limits.files:
        message = f"Das ZIP-Archiv hat {len(members)} Dateien; erlaubt sind {limits.files}."
        faults.append(_fault(file, "zip_many", message, "In mehrere Lieferungen teilen."))
    total = sum(member.file_size for member in members)
    if total > limits.total_size:
        message = f"Ausgepackt wären es {total // 2**20} MB; erlaubt sind {limits.total_size // 2**20} MB."
        faults.append(_fault(file, "zip_large", message, "In mehrere Lieferungen teilen."))
    for member in members:
        faults += _judge_member(file, member, limits)
    if faults:
        raise IntakeError(faults)


def _judge_member(file: str, member: zipfile.ZipInfo, limits: Limits) -> list[Finding]:
    name = PurePosixPath(member.filename.replace("\\", "/"))
    shown = f"{file}: {shorten(member.filename, 60)}"
    remedy = "Archiv ohne diese Datei neu packen."
    link = (member.external_attr >> 16) & 0o170000 == 0o120000
    if name.is_absolute() or ".." in name.parts or ":" in name.parts[0] or link or "\0" in member.filename:
        return [_fault(shown, "zip_path", "Der Name dieser Datei führt aus dem Archiv heraus.", remedy)]
    if len(name.parts) > limits.depth:
        return [_fault(shown, "zip_depth", f"Die Datei liegt tiefer als {limits.depth} Ordner.", "Ordner flacher legen.")]
    if member.flag_bits & 0x1:
        return [_fault(shown, "zip_password", "Die Datei ist mit einem Passwort geschützt.", "Ohne Passwort packen.")]
    if member.file_size > limits.file_size:
        message = f"Die Datei hat {member.file_size // 2**20} MB; erlaubt sind {limits.file_size // 2**20} MB."
        return [_fault(shown, "zip_file_large", message, "Datei teilen.")]
    if member.file_size > _COUNTED_FROM and member.file_size > limits.ratio * max(member.compress_size, 1):
        return [_fault(shown, "zip_bomb", "Die Datei ist so stark gepackt wie keine echte Tabelle.", remedy)]
    return []


def _extract(packed: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, limits: Limits) -> Path:
    """Copy one member, counting what really comes out: a header may lie about the size."""
    target = folder / PurePosixPath(member.filename.replace("\\", "/"))
    target.parent.mkdir(parents=True, exist_ok=True)
    left = limits.file_size
    with packed.open(member) as source, target.open("wb") as sink:
        while block := source.read(2**20):
            left -= len(block)
            if left < 0:
                raise zipfile.BadZipFile("member larger than stated")
            sink.write(block)
    return target


def _is_clutter(name: str) -> bool:
    """Files that desktop systems put into archives by themselves."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or (bool(parts) and parts[-1] in {".DS_Store", "Thumbs.db", "desktop.ini"})


def _fault(file: str, code: str, message: str, remedy: str) -> Finding:
    return Finding("error", code, file, message, remedy)
