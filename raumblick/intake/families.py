"""Single files that come to a city: areas and lists of offers first, tables of numbers then, all in one delivery."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import pandas as pd

from raumblick.catalogue import Catalogue
from raumblick.intake import maps, places
from raumblick.intake.addition import Addition, Family, Ground
from raumblick.intake.delivery import Delivery, Part, SourceFile
from raumblick.intake.files.registry import persons_in
from raumblick.intake.files.source import SourceText
from raumblick.intake.findings import Finding, IntakeError, has_errors
from raumblick.intake.profiles import berlin_files, leipzig_files
from raumblick.intake.profiles.bricks import canonical, listing

# A file goes to the first family that knows it and fits the city; those of one city come before those of any.
FAMILIES: tuple[Family, ...] = (leipzig_files, berlin_files, maps, places)
_GEOMETRY = "Gebietsgrenzen der Stadt"


def families_of(path: Path) -> tuple[Family, ...]:
    """The families that know a file; none when it lists persons or cannot be opened."""
    try:
        file = SourceText.open(path)
    except OSError:
        return ()
    if persons_in(file):
        return ()
    return tuple(family for family in FAMILIES if family.knows(path, file))


def read_together(
    paths: Mapping[str, Path],
    ground: Ground,
    catalogue: Catalogue,
    read_others: Callable[[Mapping[str, Path], Ground], Delivery],
    others: Collection[str] = (),
) -> Delivery:
    """All files as one delivery.

    Args:
        paths: name shown in findings -> file.
        ground: the city.
        catalogue: the shipped catalogue.
        read_others: reads the files that no family takes.
        others: names of files that no family is asked for.

    Raises:
        IntakeError: nothing is left to take; findings say why for each file.
    """
    chosen, findings = _sorted_out({name: path for name, path in paths.items() if name not in others}, ground)
    frames: dict[str, list[pd.DataFrame]] = {}
    geometry, now = ground.geometry, ground
    for family in (maps, *(family for family in FAMILIES if family is not maps)):
        own = {name: path for name, path in paths.items() if chosen.get(name) is family}
        if not own:
            continue
        try:
            addition = family.read(own, now, catalogue)
        except IntakeError as error:
            findings += error.findings
            continue
        findings += addition.findings
        for table, frame in addition.frames.items():
            if len(frame):
                frames.setdefault(table, []).append(frame)
        geometry = addition.geometry if addition.geometry is not None else geometry
        now = _onto(now, addition)
    rest = {name: path for name, path in paths.items() if name not in chosen and not _refused(name, findings)}
    tables = _tables(rest, now, read_others, findings)
    if not frames and geometry is ground.geometry and tables is None:
        raise IntakeError(_with_reason(findings, paths))
    files = tuple(_fingerprint(name, path) for name, path in paths.items() if name in chosen)
    return _merged(ground, frames, geometry, tuple(findings), files, tables, catalogue)


def _sorted_out(paths: Mapping[str, Path], ground: Ground) -> tuple[dict[str, Family], list[Finding]]:
    """The family of each file that has one; a file of another city's family is refused."""
    chosen: dict[str, Family] = {}
    findings = []
    for name, path in paths.items():
        knowing = families_of(path)
        family = next((family for family in knowing if family.fits(ground)), None)
        if family is not None:
            chosen[name] = family
        elif knowing:
            message = f"Die Datei gehört zu: {knowing[0].TITLE}. Die Stadt „{ground.city.title}“ hat andere Gebiete."
            findings.append(Finding("error", "other_city", name, message, "Die richtige Stadt wählen."))
    return chosen, findings


def _refused(name: str, findings: list[Finding]) -> bool:
    return any(f.file == name and f.code == "other_city" for f in findings)


def _onto(ground: Ground, addition: Addition) -> Ground:
    """The city with what the files before have brought, for those that come after."""
    new = addition.frames
    key = ["area_id", "valid_from"]

    def rows(table: str) -> pd.DataFrame:
        kept = ground.rows(table)
        if table not in new or table != "area":
            return kept
        both = pd.concat([kept, new[table]], ignore_index=True) if len(kept) else new[table]
        return both.drop_duplicates(key, keep="last").reset_index(drop=True)

    geometry = addition.geometry if addition.geometry is not None else ground.geometry
    return dataclasses.replace(ground, rows=rows, geometry=geometry)


def _tables(
    rest: Mapping[str, Path],
    ground: Ground,
    read_others: Callable[[Mapping[str, Path], Ground], Delivery],
    findings: list[Finding],
) -> Delivery | None:
    if not rest:
        return None
    try:
        return read_others(rest, ground)
    except IntakeError as error:
        findings += error.findings
        return None


def _with_reason(findings: list[Finding], paths: Mapping[str, Path]) -> list[Finding]:
    """The findings with an error among them, so that nobody takes a file that brought nothing for one that did."""
    if has_errors(findings):
        return findings
    message = f"{listing(paths, 5)}: Daraus kommt nichts zur Stadt hinzu; die Hinweise sagen, warum."
    return [*findings, Finding("error", "nothing_taken", "Auswahl", message, "Andere Dateien wählen.")]


def _merged(
    ground: Ground,
    frames: dict[str, list[pd.DataFrame]],
    geometry: object,
    findings: tuple[Finding, ...],
    files: tuple[SourceFile, ...],
    others: Delivery | None,
    catalogue: Catalogue,
) -> Delivery:
    """One delivery of what the families made and of the other files."""
    parts: dict[str, Part] = {}
    label = listing((file.name for file in files), 5)
    own = (label, None)
    for table, rows in frames.items():
        spec = catalogue.tables[table]
        frame = pd.concat([canonical(spec, part[[c for c in spec.names if c in part]]) for part in rows], ignore_index=True)
        if table in ("source", "indicator", "service", "area"):
            frame = frame.drop_duplicates(list(spec.key), keep="last")
        parts[table] = Part(label, frame=frame, origin=(own,) * len(frame))
    if others is None:
        return Delivery(ground.city, parts, geometry, _GEOMETRY, files, list(findings))  # type: ignore[arg-type]
    for table, part in others.parts.items():
        if table not in parts:
            parts[table] = part
        elif part.frame is not None and table != "area":
            both = pd.concat([parts[table].frame, part.frame], ignore_index=True)
            origin = (parts[table].origin or ()) + (part.origin or ((part.file, None),) * len(part.frame))
            parts[table] = Part(f"{parts[table].file}; {part.file}", frame=both, origin=origin)
    return dataclasses.replace(
        others, parts=parts, geometry=geometry, files=(*files, *others.files), findings=[*findings, *others.findings]
    )  # type: ignore[arg-type]


def _fingerprint(name: str, path: Path) -> SourceFile:
    with path.open("rb") as stream:
        return SourceFile(name, path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest())
