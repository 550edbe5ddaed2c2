"""Single files as an addition to a city: rows of its areas become observations or bookings, everything else is named.

What a file measures and the catalogue does not know becomes an own indicator of the city, with the words of the file.
Nothing is matched by likeness: an area is met by its key, by its official key, or by its exact name.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from raumblick.catalogue import Catalogue
from raumblick.intake.delivery import City, Delivery, Part, SourceFile
from raumblick.intake.files.ledger import Ledger
from raumblick.intake.files.registry import recognise, why_not
from raumblick.intake.files.table import StatTable
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.profiles.bricks import canonical, listing

TITLE = "Einzelne Dateien"
_COUNTED = {"personen", "anzahl", "kinder", "familien", "haushalte", "fälle", "plätze", "einrichtungen", "eur", "€", "euro"}
_TOPIC = "Prävention im Sozialraum"


@dataclass(frozen=True, eq=False)
class Base:
    """The city that files are added to.

    `areas`: area_id, name, level and, where known, official_key. `geometry`: polygons of the base level or None.
    """

    city: City
    areas: pd.DataFrame
    geometry: gpd.GeoDataFrame | None


def new_base(city: City) -> Base:
    """A city that starts with nothing but itself: one area, no polygons."""
    row = {"area_id": city.city_id, "name": city.title, "level": "stadt"}
    return Base(city, pd.DataFrame([row]), None)


def read_files(paths: Mapping[str, Path], base: Base, catalogue: Catalogue, is_new: bool) -> Delivery:
    """Read single files and turn them into additions to a city.

    Args:
        paths: name shown in findings -> file.
        base: the city.
        catalogue: the shipped catalogue.
        is_new: True when the city does not exist yet; its area then is part of the delivery.

    Raises:
        IntakeError: no file could be read; findings say why for each.
    """
    findings: list[Finding] = []
    frames: dict[str, list[pd.DataFrame]] = {}
    files: list[SourceFile] = []
    for name, path in paths.items():
        layout = recognise(path)
        if layout is None:
            findings.append(why_not(path))
            continue
        try:
            content = layout.read(path)
        except IntakeError as error:
            findings += error.findings
            continue
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        files.append(SourceFile(name, path.stat().st_size, digest))
        findings += content.findings
        source = _source(content, name, path, digest)
        parts, found = _parts(content, source, base, catalogue)
        findings += found
        for table, frame in parts.items():
            frames.setdefault(table, []).append(frame)
    if not frames:
        raise IntakeError(findings or [Finding("error", "nothing", "Auswahl", "Es ist keine Datei gewählt.", "Dateien wählen.")])
    if is_new:
        frames["area"] = [base.areas.assign(parent_id=None, valid_from=pd.Timestamp("1900-01-01"), valid_to=pd.NaT)]
    merged = {table: Part(", ".join(paths), frame=pd.concat(rows, ignore_index=True)) for table, rows in frames.items()}
    for table, part in merged.items():
        spec = catalogue.tables[table]
        assert part.frame is not None
        clean = part.frame.drop_duplicates(list(spec.key)) if table in ("source", "indicator") else part.frame
        merged[table] = Part(part.file, frame=canonical(spec, clean[[c for c in spec.names if c in clean]]))
    return Delivery(base.city, merged, base.geometry, "Gebietsgrenzen der Stadt", tuple(files), findings)


def _parts(
    content: StatTable | Ledger, source: dict[str, object], base: Base, catalogue: Catalogue
) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    sources = pd.DataFrame([source])
    if isinstance(content, Ledger):
        return {"booking": content.rows.assign(source_id=source["source_id"]), "source": sources}, []
    matched, findings = _match(content, base, str(source["title"]))
    if not len(matched):
        message = "Keine Zeile der Datei gehört zu einem Gebiet dieser Stadt."
        remedy = "Die richtige Stadt wählen, oder den amtlichen Schlüssel in der Gebietstabelle ergänzen."
        return {}, [*findings, Finding("error", "no_area", str(source["title"]), message, remedy)]
    observations, indicators = _observations(matched, content, str(source["source_id"]), catalogue)
    return {"observation": observations, "indicator": indicators, "source": sources}, findings


def _match(table: StatTable, base: Base, file: str) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows of the table with the area they belong to; what belongs to none is named."""
    rows = table.rows.copy()
    keys = dict.fromkeys(base.areas["area_id"].astype(str))
    known = {key: key for key in keys}
    if "official_key" in base.areas:
        official = base.areas.dropna(subset=["official_key"])
        known |= {_trimmed(k): a for k, a in zip(official["official_key"], official["area_id"], strict=True)}
    by_key = (
        rows["region_key"].astype("string").map(lambda k: known.get(k, known.get(_trimmed(k))) if isinstance(k, str) else None)
    )
    once = base.areas["name"].value_counts()
    by_name = {n: a for n, a in zip(base.areas["name"], base.areas["area_id"], strict=True) if once[n] == 1}
    named = rows["region"].astype("string").str.strip().map(by_name)
    rows["area_id"] = by_key.where(by_key.notna(), named.where(rows["region_key"].isna() | rows["region_key"].eq("")))
    findings = []
    lost = rows[rows["area_id"].isna()]
    if len(lost):
        regions = lost["region"].fillna(lost["region_key"]).drop_duplicates()
        message = f"{len(lost)} von {len(rows)} Zahlen gehören zu {len(regions)} anderen Gebieten: {listing(list(regions), 5)}."
        findings.append(Finding("info", "other_areas", file, message, ""))
    return rows[rows["area_id"].notna()], findings


def _observations(
    rows: pd.DataFrame, table: StatTable, source_id: str, catalogue: Catalogue
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Observations and the own indicators they need."""
    series = rows[["series", "unit"]].drop_duplicates()
    keys = {s: _indicator_key(table.code, s) for s in series["series"]}
    kinds = {s: _kind(u) for s, u in zip(series["series"], series["unit"], strict=True)}
    kind = rows["series"].map(kinds)
    counted = kind.eq("count")
    observations = pd.DataFrame(
        {
            "indicator": rows["series"].map(keys),
            "area_id": rows["area_id"],
            "period": rows["period"],
            "numerator": rows["value"].where(counted),
            "value": rows["value"].where(~counted),
            "sign": rows["sign"],
            "status": "real",
            "source_id": source_id,
        }
    )
    own = [
        {
            "key": keys[s], "name": s[:120], "definition": f"{s}, wie veröffentlicht in: {table.title}."[:400],
            "numerator": s[:120], "denominator": None, "age_group": None, "unit": u or "Anzahl", "kind": kinds[s],
            "multiplier": 1.0, "decimals": 0 if kinds[s] == "count" else 1, "direction": "o", "paragraph": None,
            "topic": _TOPIC, "typical_source": table.publisher or None, "sensitivity": "mid",
        }
        for s, u in zip(series["series"], series["unit"].fillna(""), strict=True)
        if keys[s] not in set(catalogue.indicators["key"])
    ]  # fmt: skip
    return observations, pd.DataFrame(own)


def _kind(unit: str | None) -> str:
    """Counts are summed over areas; whatever else a unit says, the value stands for itself."""
    return "count" if (unit or "").strip().lower() in _COUNTED else "median"


def _indicator_key(code: str, series: str) -> str:
    """A key that stays the same for the same series of the same statistic."""
    digest = hashlib.sha256(f"{code}|{series}".encode()).hexdigest()[:10]
    return f"x_{code.lower().replace('-', '_') or 'datei'}_{digest}"


def _trimmed(key: str) -> str:
    """An official key without the zeros that mark a town that is its own district: 14713000 and 14713 are one."""
    text = str(key).strip()
    return text[:5] if len(text) == 8 and text.endswith("000") else text


def _source(content: StatTable | Ledger, name: str, path: Path, digest: str) -> dict[str, object]:
    changed = dt.datetime.fromtimestamp(path.stat().st_mtime, tz=dt.UTC).date()
    return {
        "source_id": f"datei-{digest[:10]}",
        "title": content.title or name,
        "publisher": content.publisher or "nicht genannt",
        "licence": content.licence or "nicht genannt",
        "retrieved": pd.Timestamp(changed),
        "sha256": digest,
    }
