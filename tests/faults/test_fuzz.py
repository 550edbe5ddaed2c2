"""Broken bytes of every kind of file: never anything but findings, never a change of a snapshot.

Good files of all layouts, families and profiles (`seeds.py`) are damaged by drawn mutations. `RAUMBLICK_FUZZ` says how many
files are checked whole (default 24, and four times as many are only recognised and read); `make soak` asks for more. Every
case follows from its number alone, so a failure names what to run again.
"""

import datetime as dt
import hashlib
import os
import random
from pathlib import Path

import geopandas as gpd
import minicity
import pandas as pd
import pytest
import seeds

from raumblick.catalogue import load_catalogue
from raumblick.ingest import Target, check_only, ingest
from raumblick.intake.addition import Ground
from raumblick.intake.archive import is_area_archive
from raumblick.intake.delivery import City
from raumblick.intake.families import families_of
from raumblick.intake.files.registry import recognise, why_not
from raumblick.intake.findings import Finding, IntakeError
from raumblick.settings import Settings

FUZZ = int(os.environ.get("RAUMBLICK_FUZZ", "24"))
READS = 4 * FUZZ
NOW = dt.datetime(2026, 1, 15, 12, 0, tzinfo=dt.UTC)
ODD = ("", "-", ".", "…", "–", "1e999", "NaN", "-0", "1.234", "1,234", "12,50-", "x" * 400, '"', "\t", "99999999999999999999",
       "31.02.2023", "=1+1", "é", "\u202e", "0x1F", "1 234", "null", "true", "[]", "{")  # fmt: skip


# --- mutations: bytes and a random generator in, bytes out ---------------------------------------------------------


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def flip(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 3, 20))):
        if out:
            out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


def drop(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data) + 1)
    return data[:start] + data[start + rng.randrange(1, 200) :]


def repeat(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data) + 1)
    return data[:start] + data[start : start + rng.randrange(1, 200)] * rng.choice((2, 3, 50)) + data[start:]


def lines(data: bytes, rng: random.Random) -> bytes:
    """Lines in another order, twice, or left out."""
    parts = data.split(b"\n")
    kind = rng.randrange(3)
    if kind == 0:
        rng.shuffle(parts)
    elif kind == 1:
        parts += [rng.choice(parts)]
    else:
        parts.pop(rng.randrange(len(parts)))
    return b"\n".join(parts)


def columns(data: bytes, rng: random.Random) -> bytes:
    """Two columns change places, a column goes, or the delimiter does."""
    mark = b";" if data.count(b";") > data.count(b",") else b","
    rows = [line.split(mark) for line in data.split(b"\n")]
    width = max(len(row) for row in rows)
    a, b = rng.randrange(width), rng.randrange(width)
    kind = rng.randrange(3)
    for row in rows:
        if kind == 0 and max(a, b) < len(row):
            row[a], row[b] = row[b], row[a]
        elif kind == 1 and a < len(row):
            del row[a]
    return b"\n".join((rng.choice((b"\t", b"|", b" ")) if kind == 2 else mark).join(row) for row in rows)


def encoding(data: bytes, rng: random.Random) -> bytes:
    text = data.decode("utf-8", errors="replace")
    return text.encode(rng.choice(("utf-16", "utf-16-le", "cp1252", "utf-8-sig", "utf-7", "cp037", "utf-32")), errors="replace")


def cells(data: bytes, rng: random.Random) -> bytes:
    """Odd texts in place of some numbers and words."""
    mark = b";" if data.count(b";") > data.count(b",") else b","
    parts = data.split(mark)
    for _ in range(rng.choice((1, 2, 8))):
        parts[rng.randrange(len(parts))] = rng.choice(ODD).encode()
    return mark.join(parts)


def zeros(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data) + 1)
    return data[:start] + bytes(rng.choice((1, 64, 5000))) + data[start:]


MUTATIONS = (cut, flip, drop, repeat, lines, columns, encoding, cells, cells, zeros)


def case(number: int) -> tuple[str, str, str, bytes]:
    """(what it is, city, file name, bytes) of one case; the same number gives the same case."""
    rng = random.Random(number)
    name = list(seeds.seeds())[number % len(seeds.seeds())]
    city, file, data = seeds.seeds()[name]
    done = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        mutation = rng.choice(MUTATIONS)
        data = mutation(data, rng)
        done.append(mutation.__name__)
    if name == "package" and rng.random() < 0.7:  # a fault inside the archive says more than a broken archive
        files = seeds.package()
        inside = rng.choice(sorted(files))
        data = seeds.packed(files | {inside: rng.choice(MUTATIONS)(files[inside], rng)})
    return f"case {number}: {name}, {' and '.join(done)}", city, file, data


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """Snapshots of the mini city and of a small Berlin and Leipzig."""
    folder = tmp_path_factory.mktemp("fuzz")
    settings, catalogue = Settings(home=folder / "home"), load_catalogue()
    assert ingest(minicity.write_minicity(folder / "mini"), settings, catalogue, NOW).snapshot_id
    for city in ("berlin", "leipzig"):
        path = folder / f"{city}.geojson"
        path.write_bytes(seeds.geojson(*seeds.areas(city)))
        assert ingest(path, settings, catalogue, NOW, target=Target(city, city.title())).snapshot_id
    return folder / "home"


def state(home: Path) -> dict[str, str]:
    """Every file of a home by its hash."""
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest() for path in home.rglob("*") if path.is_file()
    }


def in_order(findings: tuple[Finding, ...]) -> bool:
    """True when every finding names severity, code, file and message, with no trace of the program in it."""
    whole = all(f.severity in ("error", "warning", "info") and f.code and f.file and f.message for f in findings)
    return whole and not any("Traceback" in f.message for f in findings)


def test_mutants_are_recognised_and_read_or_refused(tmp_path):
    catalogue = load_catalogue()
    area = [{"area_id": f"0{n}", "name": f"Gebiet {n}"} for n in range(4)]
    shapes = gpd.GeoDataFrame({"area_id": [row["area_id"] for row in area]}, geometry=seeds.areas("mini")[1], crs=4326)
    rows = pd.DataFrame(area).assign(level="ortsteil", parent_id="mini", valid_from=pd.Timestamp("2000-01-01"), official_key=None)
    empty = {name: pd.DataFrame(columns=list(spec.names)) for name, spec in catalogue.tables.items()}
    ground = Ground(City("mini", "Mini"), shapes, lambda table: rows if table == "area" else empty[table])
    for number in range(READS):
        what, _, file, data = case(10_000 + number)
        path = tmp_path / file
        path.write_bytes(data)
        if file.endswith(".zip") and not is_area_archive(path):
            continue  # archives are unpacked before; the whole check covers them
        try:
            findings: tuple[Finding, ...] = ()
            families, layout = families_of(path), recognise(path)
            if families and families[0].fits(ground):
                findings = families[0].read({file: path}, ground, catalogue).findings
            elif layout is not None:
                findings = tuple(layout.read(path).findings)
            elif not families:
                findings = (why_not(path),)
        except IntakeError as error:
            findings = error.findings
            assert findings, what
        except Exception as error:
            raise AssertionError(what) from error
        assert in_order(findings), what


def test_mutants_never_raise_and_never_change_a_snapshot(home, tmp_path):
    settings, catalogue = Settings(home=home), load_catalogue()
    before, fine, faults = state(home), 0, []
    for number in range(FUZZ):
        what, city, file, data = case(number)
        path = tmp_path / file
        path.write_bytes(data)
        try:
            reading = check_only(path, settings, catalogue, Target(city, "Neu") if city else None)
        except Exception as error:
            faults.append(f"{what}: {type(error).__name__}: {error}")
            continue
        if not in_order(reading.findings) or not (reading.ok or any(f.severity == "error" for f in reading.findings)):
            faults.append(f"{what}: {[str(f) for f in reading.findings]}")
        fine += reading.ok
    assert faults == []
    assert state(home) == before
    assert 0 < fine < FUZZ  # some damage is harmless, some is not: else the run proves nothing


def test_seeds_are_good_files(home, tmp_path):
    """What is broken must have been whole, or its mutants say little."""
    settings, catalogue = Settings(home=home), load_catalogue()
    alone = {"berlin children", "berlin edition", "berlin grid", "leipzig long", "budget 36"}  # refused with a reason
    for name, (city, file, data) in seeds.seeds().items():
        path = tmp_path / file
        path.write_bytes(data)
        reading = check_only(path, settings, catalogue, Target(city, "Neu") if city else None)
        assert reading.ok == (name not in alone), (name, [str(f) for f in reading.findings if f.severity == "error"])
