"""Single files as an addition to a city: rows of its areas become observations or bookings, everything else is named.

What a file measures and the catalogue does not know becomes an own indicator of the city, with the words of the file.
Nothing is matched by likeness: an area is met by its key, by its official key, or by its exact name.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from raumblick.catalogue import Catalogue
from raumblick.intake.delivery import Delivery, Part, SourceFile
from raumblick.intake.files.ledger import Ledger
from raumblick.intake.files.registry import persons_in, recognise, why_not
from raumblick.intake.files.source import SourceText
from raumblick.intake.files.table import StatTable
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.layout_shelf import Layouts, read_by
from raumblick.intake.new_city import Base, same_level, with_areas_of
from raumblick.intake.profiles.bricks import canonical, listing
from raumblick.tables import TableSpec

TITLE = "Einzelne Dateien"
_COUNTED = {"personen", "anzahl", "kinder", "familien", "haushalte", "fälle", "plätze", "einrichtungen", "eur", "€", "euro"}
_TOPIC = "Prävention im Sozialraum"
_ALWAYS = pd.Timestamp("1800-01-01")  # the earliest day that is no misreading
_FILE, _LINE = "delivered_file", "delivered_line"  # where a row comes from; no column of any table


def read_files(
    paths: Mapping[str, Path], base: Base, catalogue: Catalogue, is_new: bool, layouts: Layouts | None = None
) -> Delivery:
    """Read single files and turn them into additions to a city.

    Args:
        paths: name shown in findings -> file.
        base: the city.
        catalogue: the shipped catalogue.
        is_new: True when the city does not exist yet; its area then is part of the delivery.
        layouts: the planners' own layouts; they come before the built-in ones.

    Raises:
        IntakeError: no file could be read; findings say why for each.
    """
    findings: list[Finding] = []
    frames: dict[str, list[pd.DataFrame]] = {}
    files: list[SourceFile] = []
    contents: dict[str, StatTable | Ledger] = {}
    for name, path in paths.items():
        try:
            contents[name] = _content(path, layouts or Layouts())
        except IntakeError as error:
            findings += error.findings
    if is_new:
        base, told = with_areas_of(base, {name: c for name, c in contents.items() if isinstance(c, StatTable)})
        findings += told
    for name, content in contents.items():
        path = paths[name]
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        files.append(SourceFile(name, path.stat().st_size, digest))
        findings += content.findings
        source = _source(content, name, path, digest)
        parts, found = _parts(content, source, base, catalogue, name)
        findings += found
        for table, frame in parts.items():
            frames.setdefault(table, []).append(frame.assign(**{_FILE: name}))
    if not frames:
        raise IntakeError(findings or [Finding("error", "nothing", "Auswahl", "Es ist keine Datei gewählt.", "Dateien wählen.")])
    if is_new:
        frames["area"] = [base.areas.assign(valid_from=_ALWAYS, valid_to=pd.NaT, **{_FILE: TITLE})]
    merged = {table: _merged(rows, catalogue.tables[table]) for table, rows in frames.items()}
    return Delivery(base.city, merged, base.geometry, "Gebietsgrenzen der Stadt", tuple(files), findings)


def _content(path: Path, layouts: Layouts) -> StatTable | Ledger:
    """What the first layout that knows the file reads: a planner's own, else a built-in one."""
    try:
        persons = persons_in(SourceText.open(path))
    except OSError as error:
        raise IntakeError([why_not(path)]) from error
    if persons:
        raise IntakeError(persons)
    own = layouts.of(path)
    if own is not None:
        return read_by(own, path)
    built_in = recognise(path)
    if built_in is None:
        raise IntakeError([why_not(path)])
    return built_in.read(path)


def _merged(frames: list[pd.DataFrame], spec: TableSpec) -> Part:
    """The rows that several files bring to one table, with the file and line of each."""
    rows = pd.concat(frames, ignore_index=True)
    if spec.name in ("source", "indicator"):  # two files may bring the same one
        rows = rows.drop_duplicates(list(spec.key), ignore_index=True)
    lines = rows[_LINE] if _LINE in rows else pd.Series(pd.NA, index=rows.index)
    origin = tuple((str(file), None if pd.isna(line) else int(line)) for file, line in zip(rows[_FILE], lines, strict=True))
    files = ", ".join(dict.fromkeys(file for file, _ in origin))
    return Part(files, frame=canonical(spec, rows[[c for c in spec.names if c in rows]]), origin=origin)


def _parts(
    content: StatTable | Ledger, source: dict[str, object], base: Base, catalogue: Catalogue, file: str
) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    sources = pd.DataFrame([source])
    if isinstance(content, Ledger):
        bookings, findings = _placed(content, base, file)
        return {"booking": bookings, "source": sources}, findings
    matched, findings = _match(content, base, file)
    if not len(matched):
        message = "Keine Zeile der Datei gehört zu einem Gebiet dieser Stadt."
        remedy = "Die richtige Stadt wählen; bei einer neuen Stadt ihren amtlichen Schlüssel angeben (--ags, auf der Seite "
        remedy += "„Amtlicher Schlüssel“) oder ihren Namen so schreiben wie die Datei."
        return {}, [*findings, Finding("error", "no_area", file, message, remedy)]
    observations, indicators = _observations(matched, content, str(source["source_id"]), catalogue)
    return {"observation": observations, "indicator": indicators, "source": sources}, findings


def _placed(ledger: Ledger, base: Base, file: str) -> tuple[pd.DataFrame, list[Finding]]:
    """Bookings with their lines; those of areas that the city does not have belong to the whole city."""
    lines = ledger.rows["booking_id"].str.extract(r":(\d+):\d+$")[0].astype("Int64")
    rows = ledger.rows.assign(**{_LINE: lines})
    lost = rows["area_id"].notna() & ~rows["area_id"].isin(set(base.areas["area_id"]))
    if not lost.any():
        return rows, []
    keys = listing(sorted(set(rows.loc[lost, "area_id"])), 5)
    message = f"{int(lost.sum())} Buchungen nennen Gebiete, die diese Stadt nicht hat ({keys}); sie gelten für die ganze Stadt."
    finding = Finding("warning", "booking_area", file, message, "Die richtige Stadt wählen oder die Gebiete ergänzen.")
    return rows.assign(area_id=rows["area_id"].mask(lost)), [finding]


def _match(table: StatTable, base: Base, file: str) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows of the table with the area they belong to; what belongs to none is named."""
    rows = table.rows.copy()
    keys = dict.fromkeys(base.areas["area_id"].astype(str))
    known = {key: key for key in keys}
    if "official_key" in base.areas:
        official = base.areas.dropna(subset=["official_key"])
        known |= {_trimmed(k): a for k, a in zip(official["official_key"], official["area_id"], strict=True)}
    found = [known.get(k, known.get(_trimmed(k))) if isinstance(k, str) else None for k in rows["region_key"]]
    by_key = pd.Series(found, index=rows.index, dtype="string")
    once = base.areas["name"].value_counts()
    by_name = {n: a for n, a in zip(base.areas["name"], base.areas["area_id"], strict=True) if once[n] == 1}
    level_of = dict(zip(base.areas["area_id"], base.areas["level"], strict=True))
    names = zip(rows["region"].fillna(""), rows["level"].fillna(""), strict=True)
    met = [a if same_level(level, level_of.get(a := by_name.get(str(n).strip(), ""), "")) else None for n, level in names]
    named = pd.Series(met, index=rows.index, dtype="string")
    rows["area_id"] = by_key.where(by_key.notna(), named.where(rows["region_key"].isna() | rows["region_key"].eq("")))
    findings = []
    lost = rows[rows["area_id"].isna()]
    if len(lost):
        regions = lost["region"].fillna(lost["region_key"]).drop_duplicates()
        message = f"{len(lost)} von {len(rows)} Zahlen gehören zu {len(regions)} anderen Gebieten: {listing(list(regions), 5)}."
        findings.append(Finding("info", "other_areas", file, message, ""))
    rows = rows[rows["area_id"].notna()]
    undated = rows["period"].isna()
    if undated.any():
        message = f"{int(undated.sum())} Zahlen haben keinen Zeitraum und werden nicht gelesen: "
        message += f"{listing(list(rows.loc[undated, 'series'].drop_duplicates()), 5)}."
        remedy = "Im Zuordnungs-Assistenten den Zeitraum dieser Spalten angeben."
        findings.append(Finding("warning", "rows_undated", file, message, remedy, int(rows.loc[undated, "line"].min())))
    return rows[~undated], findings


def _observations(
    rows: pd.DataFrame, table: StatTable, source_id: str, catalogue: Catalogue
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Observations and the own indicators they need."""
    series = rows[["series", "unit"]].drop_duplicates()
    keys = {s: _indicator_key(table.code, s) for s in series["series"]}
    signed = set(rows.loc[(rows["value"] < 0).fillna(False), "series"])  # balances and changes are no counts
    kinds = {s: "median" if s in signed else _kind(u) for s, u in zip(series["series"], series["unit"], strict=True)}
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
            _LINE: rows["line"],
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
    own = content.rows["source_id"].iloc[0] if isinstance(content, Ledger) else f"datei-{digest[:10]}"
    return {
        "source_id": own,
        "title": content.title or name,
        "publisher": content.publisher or "nicht genannt",
        "licence": content.licence or "nicht genannt",
        "retrieved": pd.Timestamp(changed),
        "sha256": digest,
    }
