"""Reading and checking 1 and 10 million observation rows against a bare typed DuckDB `read_csv` of the same file.

Measured is `raumblick.intake.reader.read_delivery` (profile, geometry, CSV into staging, all checks); the peer creates
one table in a file on disk with the types named. Each is a process of its own with its own peak of resident memory; the
shortest of the repeats counts, for both. The invented city has 2,500 square areas, 40 indicators and as many months as
it takes. For 1 million rows the build of the whole snapshot is given as information.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv

from benchmarks.cities import workshop
from benchmarks.result import Result, under
from benchmarks.serving import ROOT
from raumblick.catalogue import load_catalogue
from raumblick.ingest import ingest
from raumblick.intake.reader import read_delivery
from raumblick.settings import Settings

SIDE, INDICATORS = 50, 40  # 50 x 50 areas
SIZES = {"1 million": (10, 3, 1.5), "10 million": (100, 1, 2.0)}  # months, repeats, most memory in GB
SLOWEST = 3.0
TYPES = {
    "indicator": "varchar", "area_id": "varchar", "period": "varchar", "numerator": "double", "denominator": "double",
    "value": "double", "sign": "varchar", "status": "varchar", "source_id": "varchar",
}  # fmt: skip


def run() -> list[Result]:
    """Both sizes."""
    results = []
    for name, (months, repeats, gigabytes) in SIZES.items():
        folder = package(months)
        (folder / "observation.csv").read_bytes()  # from memory from now on, for both
        runs: dict[str, list[dict[str, float]]] = {"bare": [], "check": []}
        for _ in range(repeats):
            for way, found in runs.items():
                found.append(_worker(way, folder))
        bare, ours = (min(found, key=lambda run: run["seconds"]) for found in runs.values())
        what = f"{name} rows: read and check"
        results.append(Result(what, ours["seconds"], "s", "bare typed read_csv", bare["seconds"], SLOWEST))
        peak = max(run["peak_gb"] for run in runs["check"])
        results.append(under(f"{name} rows: peak memory", peak, "GB", gigabytes, f"bare read {bare['peak_gb']:.2f} GB"))
        if months == min(months for months, _, _ in SIZES.values()):
            whole = _worker("whole", folder)
            note = f"peak memory {whole['peak_gb']:.2f} GB"
            results.append(Result(f"{name} rows: files to published snapshot", whole["seconds"], "s", note=note))
    return results


@cache
def package(months: int) -> Path:
    """A data package with 100,000 observation rows for each month."""
    folder = workshop() / f"import-{months}"
    folder.mkdir()
    ids = [f"{n:04d}" for n in range(SIDE * SIDE)]
    lines = ["area_id,name,level,parent_id,valid_from,valid_to", "raster,Raster,stadt,,2000-01-01,"]
    lines += [f"{key},Feld {key},ortsteil,raster,2000-01-01," for key in ids]
    _write(folder / "area.csv", lines)
    _write(folder / "source.csv", ["source_id,title,publisher,licence,url,retrieved,sha256", "amt,Amt,Amt,erfunden,,2025-01-01,"])
    features = [
        {"type": "Feature", "properties": {"area_id": key}, "geometry": {"type": "Polygon", "coordinates": [_square(n)]}}
        for n, key in enumerate(ids)
    ]
    (folder / "area.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    _observations(folder / "observation.csv", ids, months)
    descriptor = {
        "name": "raster", "title": "Raster", "profile": "raumblick-1", "synthetic": True, "created": "2026-01-15",
        "note": "Erfundene Daten.", "geometry": {"path": "area.geojson", "id": "area_id"},
        "resources": [{"name": name, "path": f"{name}.csv"} for name in ("area", "source", "observation")],
    }  # fmt: skip
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    return folder


def _write(file: Path, lines: list[str]) -> None:
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _square(n: int) -> list[list[float]]:
    column, row = n % SIDE, n // SIDE
    west, east = (round(12.0 + 0.006 * (column + step), 6) for step in (0, 1))
    south, north = (round(51.0 + 0.004 * (row + step), 6) for step in (0, 1))
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _observations(file: Path, ids: list[str], months: int) -> None:
    """Numerators below denominators for 40 shares and rates of the catalogue, month by month."""
    sheets = load_catalogue().indicators
    keys = sheets.loc[sheets["kind"].isin(["share", "rate"]), "key"].tolist()[:INDICATORS]
    random, count = np.random.default_rng(7), len(keys) * len(ids)
    text = {"indicator": np.repeat(keys, len(ids)), "area_id": np.tile(ids, len(keys))}
    empty = pa.nulls(count, pa.string())
    options = pa.csv.WriteOptions(include_header=False, quoting_style="none")
    with file.open("wb") as stream:
        stream.write((",".join(TYPES) + "\n").encode())
        for month in range(months):
            below = random.integers(50, 3000, count)
            columns = [*text.values(), np.full(count, f"{2015 + month // 12}-{month % 12 + 1:02d}")]
            columns += [random.integers(0, 50, count), below, empty, empty, np.full(count, "synthetic"), np.full(count, "amt")]
            pa.csv.write_csv(pa.table([pa.array(c) for c in columns], list(TYPES)), stream, options)


def _worker(way: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.bench_import", way, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def _work(way: str, folder: Path) -> dict[str, float]:
    """In the process of its own: seconds of the work without imports, and the peak of resident memory."""
    catalogue, staging = load_catalogue(), folder / f"{way}.duckdb"
    began = time.perf_counter()
    if way == "bare":
        with duckdb.connect(str(staging)) as connection:
            types = "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in TYPES.items()) + "}"
            reader = f"read_csv($path, auto_detect = false, header = true, delim = ',', quote = '\"', columns = {types})"
            connection.execute(f"create table observation as select * from {reader}", {"path": str(folder / "observation.csv")})
    elif way == "check":
        reading = read_delivery(folder, staging, catalogue)
        if not reading.ok:
            raise RuntimeError(str(reading.findings[:3]))
    else:
        import datetime as dt

        done = ingest(folder, Settings(home=folder / "home"), catalogue, dt.datetime.now(dt.UTC))
        if done.snapshot_id is None:
            raise RuntimeError(str(done.findings[:3]))
    seconds = time.perf_counter() - began
    staging.unlink(missing_ok=True)
    return {"seconds": seconds, "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}


if __name__ == "__main__":
    print(json.dumps(_work(sys.argv[1], Path(sys.argv[2]))))
