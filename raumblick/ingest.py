"""From files to a published snapshot: the one way that the command line and the import page share."""

from __future__ import annotations

import dataclasses
import datetime as dt
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from raumblick.catalogue import Catalogue
from raumblick.intake.archive import is_area_archive, unpack
from raumblick.intake.delivery import City
from raumblick.intake.files.registry import recognise, why_not
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.reader import Reading, profile_of, read_delivery, stage
from raumblick.intake.supplement import TITLE, Base, new_base, read_files
from raumblick.settings import Settings
from raumblick.snapshot.build import Order, build
from raumblick.snapshot.kept import FILE, kept_areas, kept_geometry
from raumblick.snapshot.publish import Shelf

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Target:
    """The city that single files belong to; `title` names a city that does not exist yet."""

    city_id: str
    title: str = ""


@dataclass(frozen=True)
class Ingested:
    """Result of an import. `snapshot_id` is None when findings stopped it; then nothing has changed."""

    city_id: str | None
    title: str
    profile: str
    findings: tuple[Finding, ...]
    snapshot_id: str | None


def check_only(path: Path, settings: Settings, catalogue: Catalogue, target: Target | None = None) -> Reading:
    """Read and check a delivery without building anything; arguments as in `ingest`."""
    with tempfile.TemporaryDirectory(prefix="raumblick-") as folder:
        return _read(path, Path(folder), settings, catalogue, target)[0]


def ingest(
    path: Path,
    settings: Settings,
    catalogue: Catalogue,
    now: dt.datetime,
    progress: Progress = lambda step: None,
    publish: bool = True,
    target: Target | None = None,
) -> Ingested:
    """Read, check, build and (unless `publish` is False) put in force a delivery.

    Args:
        path: folder, ZIP archive or single file.
        settings: home and threshold.
        catalogue: the shipped catalogue.
        now: time of the build.
        progress: called with a German sentence before each step.
        publish: False keeps the new snapshot beside the one in force.
        target: the city that single files are added to; folders in a known layout name their city themselves.

    Raises:
        SnapshotError: another build of this city is running, or its snapshot is damaged.
        OSError: the disk is full or read-only. Nothing has changed then.
    """
    with tempfile.TemporaryDirectory(prefix="raumblick-") as name:
        folder = Path(name)
        progress("Dateien lesen und prüfen")
        reading, earlier = _read(path, folder, settings, catalogue, target)
        delivery = reading.delivery
        if not reading.ok or delivery is None:
            city_id = delivery.city.city_id if delivery else None
            return Ingested(city_id, delivery.city.title if delivery else "", reading.profile, reading.findings, None)
        order = Order(
            city=dataclasses.asdict(delivery.city),
            files=(*earlier, *(dataclasses.asdict(file) for file in delivery.files)),
            warnings=sum(f.severity == "warning" for f in reading.findings),
            threshold=settings.threshold,
        )
        shelf = Shelf(settings.home, delivery.city.city_id)
        snapshot_id = build(_staging(folder), delivery.geometry, shelf, order, now, progress, publish)
    return Ingested(delivery.city.city_id, delivery.city.title, reading.profile, reading.findings, snapshot_id)


def _read(
    path: Path, folder: Path, settings: Settings, catalogue: Catalogue, target: Target | None
) -> tuple[Reading, tuple[dict[str, object], ...]]:
    """The reading, staged in `folder`, and the files that the city was made of before."""
    try:
        source = _unpacked(path, folder)
    except IntakeError as error:
        return Reading("", None, error.findings), ()
    if source.is_dir() and profile_of(source) is not None:
        return read_delivery(source, _staging(folder), catalogue), ()
    files = [source] if source.is_file() else sorted(p for p in source.iterdir() if p.is_file())
    readable = [file for file in files if recognise(file) is not None]
    if not readable:
        if source.is_dir():
            return read_delivery(source, _staging(folder), catalogue), ()
        return Reading("", None, (why_not(source),)), ()
    if target is None:
        return Reading(TITLE, None, (_city_needed(readable[0]),)), ()
    base, kept, earlier = _base(target, settings)
    try:
        delivery = read_files({file.name: file for file in files}, base, catalogue, is_new=kept is None)
    except IntakeError as error:
        return Reading(TITLE, None, error.findings), ()
    delivery = dataclasses.replace(delivery, base=kept, drawn=base.geometry is not None)
    return stage(delivery, TITLE, _staging(folder), catalogue), earlier


def _base(target: Target, settings: Settings) -> tuple[Base, Path | None, tuple[dict[str, object], ...]]:
    """The city as it is, its kept delivery, and the files it was made of; a new city has none."""
    shelf = Shelf(settings.home, target.city_id)
    current = shelf.current()
    if current is None:
        return new_base(City(target.city_id, target.title or target.city_id.capitalize())), None, ()
    manifest = shelf.manifest(current)
    city = City(**manifest["city"])
    kept = shelf.path(current) / FILE
    return Base(city, kept_areas(kept), kept_geometry(kept)), kept, tuple(manifest["delivered"])


def _unpacked(path: Path, folder: Path) -> Path:
    """The folder behind a ZIP archive; everything else stays what it is."""
    if path.suffix.lower() != ".zip" or not path.is_file() or is_area_archive(path):
        return path.parent if path.name == "datapackage.json" else path
    target = folder / "unpacked"
    target.mkdir()
    unpack(path, target)
    inside = list(target.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else target


def _city_needed(file: Path) -> Finding:
    layout = recognise(file)
    message = f"Die Datei ist lesbar ({layout.TITLE if layout else ''}), nennt aber keine Stadt von Raumblick."
    remedy = "Die Stadt angeben: raumblick import DATEI --city KURZNAME (bei einer neuen Stadt auch --title NAME)."
    return Finding("error", "city_needed", file.name, message, remedy)


def _staging(folder: Path) -> Path:
    return folder / "staging.duckdb"
