"""From uploaded files to a candidate snapshot: saved under safe names, unpacked within limits, read, not yet in force."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from raumblick.catalogue import Catalogue
from raumblick.ingest import Ingested, Permit, Target, ingest
from raumblick.intake.archive import LIMITS
from raumblick.intake.findings import Finding, IntakeError
from raumblick.settings import Settings

_SAFE = re.compile(r"[^A-Za-z0-9ÄÖÜäöüß._ ()-]")


@dataclass(frozen=True)
class Upload:
    """One uploaded file: the name the browser gave it, and its bytes."""

    name: str
    content: bytes


def read_uploads(
    uploads: Sequence[Upload],
    settings: Settings,
    catalogue: Catalogue,
    now: dt.datetime,
    progress: Callable[[str], None] = lambda step: None,
    target: Target | None = None,
    permit: Permit = lambda city_id: None,
) -> Ingested:
    """Read uploads as one delivery and build a snapshot that is not in force yet.

    A single ZIP is unpacked; several files lie side by side as if they came from one folder. `permit` as in `ingest`.

    Returns:
        Findings and, when nothing stands against it, the id of the candidate.
    """
    with tempfile.TemporaryDirectory(prefix="raumblick-upload-") as name:
        folder = Path(name)
        try:
            progress("Dateien auspacken")
            delivery = _lay_out(uploads, folder)
        except IntakeError as error:
            return Ingested(None, "", "", error.findings, None)
        return ingest(delivery, settings, catalogue, now, progress, publish=False, target=target, permit=permit)


def _lay_out(uploads: Sequence[Upload], folder: Path) -> Path:
    """Write the uploads into `folder`; returns the one file or the folder that holds them all."""
    faults = _too_much(uploads)
    if faults:
        raise IntakeError(faults)
    files = folder / "files"
    files.mkdir()
    for number, upload in enumerate(uploads):
        (files / safe_name(upload.name, number)).write_bytes(upload.content)
    inside = list(files.iterdir())
    return inside[0] if len(inside) == 1 else files


def safe_name(name: str, number: int) -> str:
    """A file name without folders and without characters that mean something to a system."""
    plain = _SAFE.sub("_", Path(name.replace("\\", "/")).name).strip(". ")[:120]
    return plain or f"datei{number}"


def _too_much(uploads: Sequence[Upload]) -> list[Finding]:
    faults = []
    if not uploads:
        faults.append(Finding("error", "nothing", "Auswahl", "Es ist keine Datei gewählt.", "Dateien auswählen."))
    if len(uploads) > LIMITS.files:
        message = f"{len(uploads)} Dateien sind zu viele; erlaubt sind {LIMITS.files}."
        faults.append(Finding("error", "upload_many", "Auswahl", message, "Als ZIP-Archiv packen oder aufteilen."))
    for upload in uploads:
        if len(upload.content) > LIMITS.file_size:
            message = f"Die Datei hat {len(upload.content) // 2**20} MB; erlaubt sind {LIMITS.file_size // 2**20} MB."
            faults.append(Finding("error", "upload_large", upload.name[:80], message, "Datei teilen."))
    return faults
