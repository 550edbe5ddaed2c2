"""Find the profile that knows a delivery, and read and check the delivery with it."""

from __future__ import annotations

import csv
import itertools
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import duckdb
import pandas as pd

from raumblick.catalogue import Catalogue
from raumblick.intake import package
from raumblick.intake.checks import check
from raumblick.intake.delivery import Delivery
from raumblick.intake.findings import Finding, IntakeError, has_errors
from raumblick.intake.header import shorten
from raumblick.intake.persons import person_findings
from raumblick.intake.profiles import berlin, leipzig
from raumblick.intake.staging import Staging

PROFILES: tuple[ModuleType, ...] = (package, leipzig, berlin)


@dataclass(frozen=True)
class Reading:
    """What came of reading a delivery. `delivery` is None when it could not be read at all."""

    profile: str
    delivery: Delivery | None
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """True when nothing stands against building a snapshot."""
        return self.delivery is not None and not has_errors(self.findings)


def profile_of(folder: Path) -> ModuleType | None:
    """The profile that knows the files of a folder, or None."""
    return next((profile for profile in PROFILES if profile.detect(folder)), None)


def read_delivery(path: Path, staging_path: Path, catalogue: Catalogue) -> Reading:
    """Read a delivery into a new staging file and check it.

    Args:
        path: folder of the delivery (or its datapackage.json).
        staging_path: file to create.
        catalogue: the shipped catalogue.

    Returns:
        The reading with every finding, errors first. Only when `ok` may the staging file be built from.

    Raises:
        OSError: disk or memory do not suffice, or a file may not be read.
    """
    folder = path.parent if path.name == package.DESCRIPTOR else path
    profile = profile_of(folder)
    if profile is None:
        known = ", ".join(p.TITLE for p in PROFILES)
        message = "In diesem Ordner erkennt Raumblick keine Lieferung."
        remedy = f"Bekannt sind: {known}. docs/DATENPAKET.md beschreibt das Datenpaket."
        return Reading("", None, (Finding("error", "unknown_delivery", path.name or str(path), message, remedy),))
    try:
        delivery = profile.read(folder, catalogue)
    except IntakeError as error:
        return Reading(profile.TITLE, None, error.findings)
    return stage(delivery, profile.TITLE, staging_path, catalogue)


def stage(delivery: Delivery, title: str, staging_path: Path, catalogue: Catalogue) -> Reading:
    """Write a delivery into a new staging file and check it; arguments and errors as in `read_delivery`."""
    findings = [*delivery.findings, *_person_lists(delivery)]
    try:
        with Staging(staging_path, catalogue, delivery.base) as staging:
            findings += staging.load(delivery)
            findings += check(staging, delivery)
    except duckdb.Error as error:  # what is wrong with a delivery is a finding: this is a full disk or memory
        raise OSError(f"Die Prüfung kam nicht zu Ende: {shorten(str(error), 200)}") from error
    order = {"error": 0, "warning": 1, "info": 2}
    findings.sort(key=lambda f: order[f.severity])
    return Reading(title, delivery, tuple(findings))


def _person_lists(delivery: Delivery) -> list[Finding]:
    """Findings for delivered tables that are lists of persons, judged by their first rows."""
    findings = []
    for part in delivery.parts.values():
        if part.path is None or not part.path.is_file():
            continue  # that it is missing is said with all else that is wrong with the file
        with part.path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
            with suppress(csv.Error):
                rows = list(itertools.islice(csv.reader(stream), 300)) or [[]]
                body = [row for row in rows[1:] if len(row) == len(rows[0])]
                frame = pd.DataFrame(body, columns=rows[0], dtype="str")
                findings += person_findings(part.file, frame.loc[:, ~frame.columns.duplicated()])
    return findings
