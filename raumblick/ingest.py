"""From files to a published snapshot: the one way that the command line and the import page share."""

from __future__ import annotations

import dataclasses
import datetime as dt
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from raumblick.catalogue import Catalogue
from raumblick.intake.findings import Finding
from raumblick.intake.reader import Reading, read_delivery
from raumblick.settings import Settings
from raumblick.snapshot.build import Order, build
from raumblick.snapshot.publish import Shelf


@dataclass(frozen=True)
class Ingested:
    """Result of an import. `snapshot_id` is None when findings stopped it; then nothing has changed."""

    city_id: str | None
    title: str
    profile: str
    findings: tuple[Finding, ...]
    snapshot_id: str | None


def check_only(path: Path, catalogue: Catalogue) -> Reading:
    """Read and check a delivery without building anything."""
    with tempfile.TemporaryDirectory(prefix="raumblick-") as folder:
        return read_delivery(path, Path(folder) / "staging.duckdb", catalogue)


def ingest(
    path: Path,
    settings: Settings,
    catalogue: Catalogue,
    now: dt.datetime,
    progress: Callable[[str], None] = lambda step: None,
    publish: bool = True,
) -> Ingested:
    """Read, check, build and (unless `publish` is False) put in force a delivery.

    Raises:
        SnapshotError: another build of this city is running.
        OSError: the disk is full or read-only. Nothing has changed then.
    """
    with tempfile.TemporaryDirectory(prefix="raumblick-") as folder:
        staging = Path(folder) / "staging.duckdb"
        progress("Dateien lesen und prüfen")
        reading = read_delivery(path, staging, catalogue)
        delivery = reading.delivery
        if not reading.ok or delivery is None or delivery.geometry is None:
            city_id = delivery.city.city_id if delivery else None
            return Ingested(city_id, delivery.city.title if delivery else "", reading.profile, reading.findings, None)
        order = Order(
            city=dataclasses.asdict(delivery.city),
            files=tuple(dataclasses.asdict(file) for file in delivery.files),
            warnings=sum(f.severity == "warning" for f in reading.findings),
            threshold=settings.threshold,
        )
        shelf = Shelf(settings.home, delivery.city.city_id)
        snapshot_id = build(staging, delivery.geometry, shelf, order, now, progress, publish)
    return Ingested(delivery.city.city_id, delivery.city.title, reading.profile, reading.findings, snapshot_id)
