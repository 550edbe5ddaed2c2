"""From files to a published snapshot: the one way that the command line and the import page share."""

from __future__ import annotations

import dataclasses
import datetime as dt
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from raumblick.catalogue import Catalogue
from raumblick.intake.addition import Ground
from raumblick.intake.archive import is_area_archive, unpack
from raumblick.intake.delivery import City, Delivery
from raumblick.intake.families import families_of, read_together
from raumblick.intake.files.registry import recognise, why_not
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.layout_shelf import Layouts, gather, is_layout_file
from raumblick.intake.layoutfile import Layout
from raumblick.intake.maps import ALWAYS
from raumblick.intake.new_city import Base, new_base
from raumblick.intake.reader import Reading, profile_of, read_delivery, stage
from raumblick.intake.supplement import TITLE, read_files
from raumblick.settings import Settings
from raumblick.snapshot.build import Order, build
from raumblick.snapshot.kept import FILE, kept_areas, kept_geometry, kept_rows
from raumblick.snapshot.publish import Shelf

Progress = Callable[[str], None]
Permit = Callable[[str], None]  # raises where the person may not import into a city


@dataclass(frozen=True)
class Target:
    """The city that single files belong to; `title` and `official_key` (AGS) describe a city that does not exist yet."""

    city_id: str
    title: str = ""
    official_key: str = ""


@dataclass(frozen=True)
class Ingested:
    """Result of an import. `snapshot_id` is None when findings stopped it; then nothing has changed."""

    city_id: str | None
    title: str
    profile: str
    findings: tuple[Finding, ...]
    snapshot_id: str | None
    synthetic: bool = False


def layouts_home(settings: Settings) -> Path:
    """Folder of the layouts that planners have kept."""
    return settings.home / "layouts"


def check_only(
    path: Path, settings: Settings, catalogue: Catalogue, target: Target | None = None, layout: Layout | None = None
) -> Reading:
    """Read and check a delivery without building anything; arguments as in `ingest`."""
    with tempfile.TemporaryDirectory(prefix="raumblick-") as folder:
        return _read(path, Path(folder), settings, catalogue, target, layout)[0]


def ingest(
    path: Path,
    settings: Settings,
    catalogue: Catalogue,
    now: dt.datetime,
    progress: Progress = lambda step: None,
    publish: bool = True,
    target: Target | None = None,
    layout: Layout | None = None,
    into: Path | None = None,
    permit: Permit = lambda city_id: None,
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
        layout: reads the single files, whatever else would know them. Without it layout files beside them, then those
            kept in `layouts_home`, come before the built-in layouts (`raumblick.intake.layout_shelf`).
        into: another home to build in, for a look at what would change; the one in `settings` stays as it is.
        permit: called with the city before anything of it is read or built; what it raises goes on to the caller.

    Raises:
        SnapshotError: another build of this city is running, or its snapshot is damaged.
        OSError: the disk is full or read-only. Nothing has changed then.
    """
    with tempfile.TemporaryDirectory(prefix="raumblick-") as name:
        folder = Path(name)
        progress("Dateien lesen und prüfen")
        if target is not None:
            permit(target.city_id)
        reading, earlier = _read(path, folder, settings, catalogue, target, layout)
        delivery = reading.delivery
        if not reading.ok or delivery is None:
            city = delivery.city if delivery else City("", "")
            return Ingested(city.city_id or None, city.title, reading.profile, reading.findings, None, city.synthetic)
        if target is None or target.city_id != delivery.city.city_id:
            permit(delivery.city.city_id)
        order = Order(
            city=dataclasses.asdict(delivery.city),
            files=(*earlier, *(dataclasses.asdict(file) for file in delivery.files)),
            warnings=sum(f.severity == "warning" for f in reading.findings),
            threshold=settings.threshold,
        )
        shelf = Shelf(into or settings.home, delivery.city.city_id)
        snapshot_id = build(_staging(folder), delivery.geometry, shelf, order, now, progress, publish)
    city = delivery.city
    return Ingested(city.city_id, city.title, reading.profile, reading.findings, snapshot_id, city.synthetic)


def _read(
    path: Path, folder: Path, settings: Settings, catalogue: Catalogue, target: Target | None, layout: Layout | None
) -> tuple[Reading, tuple[dict[str, object], ...]]:
    """The reading, staged in `folder`, and the files that the city was made of before."""
    try:
        source = _unpacked(path, folder)
    except IntakeError as error:
        return Reading("", None, error.findings), ()
    if source.is_dir() and profile_of(source) is not None:
        return read_delivery(source, _staging(folder), catalogue), ()
    files = [source] if source.is_file() else sorted(p for p in source.iterdir() if p.is_file())
    try:
        layouts = gather(files, layouts_home(settings), layout)
    except IntakeError as error:
        return Reading("", None, error.findings), ()
    files = [file for file in files if not is_layout_file(file)] or files
    readable = [file for file in files if layouts.of(file) is not None or families_of(file) or recognise(file) is not None]
    unknown = target is None and source.is_dir() and 2 * len(readable) < len(files)  # not a choice of files: a folder
    if not readable or unknown:
        if len(files) != 1 and target is None:
            return read_delivery(source, _staging(folder), catalogue), ()
        return Reading("", None, tuple(why_not(file) for file in files)), ()
    if target is None:
        return Reading(TITLE, None, (_city_needed(readable[0], layouts),)), ()
    base, kept, earlier = _base(target, settings)
    try:
        delivery = _together({file.name: file for file in files}, base, kept, catalogue, layouts)
    except IntakeError as error:
        return Reading(TITLE, None, error.findings), ()
    findings = [*delivery.findings, *layouts.findings, *layouts.unused(files)]
    delivery = dataclasses.replace(delivery, base=kept, drawn=delivery.geometry is not None, findings=findings)
    return stage(delivery, TITLE, _staging(folder), catalogue), earlier


def _together(paths: dict[str, Path], base: Base, kept: Path | None, catalogue: Catalogue, layouts: Layouts) -> Delivery:
    """Single files as one delivery: areas and offers first, then the tables, which may name the areas just read."""

    def rows(table: str) -> pd.DataFrame:
        if kept is not None:
            return kept_rows(kept, table)
        empty = pd.DataFrame(columns=list(catalogue.tables[table].names))
        return base.areas.assign(valid_from=ALWAYS, valid_to=pd.NaT) if table == "area" else empty

    def tables(rest: Mapping[str, Path], ground: Ground) -> Delivery:
        area = ground.rows("area")
        known = dataclasses.replace(base, areas=area, geometry=ground.geometry)
        return read_files(rest, known, catalogue, kept is None and len(area) == 1, layouts)

    own = {name for name, path in paths.items() if layouts.of(path) is not None}
    return read_together(paths, Ground(base.city, base.geometry, rows, kept is None), catalogue, tables, own)


def _base(target: Target, settings: Settings) -> tuple[Base, Path | None, tuple[dict[str, object], ...]]:
    """The city as it is, its kept delivery, and the files it was made of; a new city has none."""
    shelf = Shelf(settings.home, target.city_id)
    current = shelf.current()
    if current is None:
        city = City(target.city_id, target.title or target.city_id.capitalize())
        return new_base(city, target.official_key), None, ()
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


def _city_needed(file: Path, layouts: Layouts) -> Finding:
    family = next(iter(families_of(file)), None)
    built_in = family or recognise(file)
    what = built_in.TITLE if built_in and layouts.of(file) is None else "mit eigener Vorlage"
    message = f"Die Datei ist lesbar ({what}), nennt aber keine Stadt von Raumblick."
    remedy = "Die Stadt angeben: raumblick import DATEI --city KURZNAME (bei einer neuen Stadt auch --title NAME)."
    return Finding("error", "city_needed", file.name, message, remedy)


def _staging(folder: Path) -> Path:
    return folder / "staging.duckdb"
