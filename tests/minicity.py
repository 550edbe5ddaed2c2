"""A city of eight squares that tests build in a moment and break in many ways."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

YEARS = (2021, 2022, 2023)
AREAS = [f"{i:02d}" for i in range(8)]
AGES = [(0, 6), (6, 15), (15, 18), (18, 21), (21, 65), (65, None)]


def frames() -> dict[str, pd.DataFrame]:
    """The canonical tables of the mini city, all correct and consistent."""
    area = [("mini", "Ministadt", "stadt", None), ("B0", "West", "bezirk", "mini"), ("B1", "Ost", "bezirk", "mini")]
    area += [(key, f"Ortsteil {key}", "ortsteil", f"B{int(key) // 4}") for key in AREAS]
    columns = ["area_id", "name", "level", "parent_id"]
    out = {"area": pd.DataFrame(area, columns=columns).assign(valid_from="2015-01-01", valid_to=None)}
    population = [
        (key, f"{year}-12-31", low, high, sex, 40 + 10 * int(key) + n + (year - 2021))
        for key in AREAS
        for year in YEARS
        for n, (low, high) in enumerate(AGES)
        for sex in ("female", "male")
    ]
    out["population"] = pd.DataFrame(population, columns=["area_id", "date", "age_from", "age_to", "sex", "count"])
    out["population"]["age_to"] = out["population"]["age_to"].astype("Int64")
    children = out["population"].query("age_to <= 15").assign(period=lambda f: f["date"].str[:4])
    under_15 = children.groupby(["area_id", "period"])["count"].sum()
    observation = [
        ("sgb2_u15", key, str(year), 2 if key == "00" else 5 * int(key), under_15[key, str(year)], None, "synthetic", "s1")
        for key in AREAS
        for year in YEARS
    ]
    observation += [("housing_space", key, "2023", None, None, ".", "synthetic", "s1") for key in AREAS[:2]]
    names = ["indicator", "area_id", "period", "numerator", "denominator", "sign", "status", "source_id"]
    out["observation"] = pd.DataFrame(observation, columns=names)
    out["observation"][["numerator", "denominator"]] = out["observation"][["numerator", "denominator"]].astype("Int64")
    out["facility"] = pd.DataFrame(
        [
            (f"K{key}", f"Kita {key}", "kita", "Träger A", key, *_centre(key), 60, 58, 50, "2023-12-31", True, False, "s1")
            for key in AREAS
        ],
        columns=[
            "facility_id", "name", "service", "carrier", "area_id", "lon", "lat", "places_licensed", "places_operable",
            "enrolled", "reference_date", "inclusive", "barrier_free", "source_id",
        ],
    )  # fmt: skip
    out["booking"] = pd.DataFrame(
        [
            ("b1", 2023, None, "36.3.2", "heim", None, "expense", "1000.50", "plan", "period", "s1"),
            ("b2", 2023, 3, "36.3.2", "heim", "00", "expense", "400.25", "actual", "period", "s1"),
        ],
        columns=[
            "booking_id", "year", "month", "product", "service", "area_id", "side", "amount", "value_type", "basis",
            "source_id",
        ],
    )  # fmt: skip
    out["booking"]["month"] = out["booking"]["month"].astype("Int64")
    out["caseload"] = pd.DataFrame(
        [
            ("00", "heim", "2023-03-01", 2, 1, 0, 62, "9000.00", "s1"),
            ("05", "heim", "2023-03-01", 7, 1, 0, 217, "31000.00", "s1"),
        ],
        columns=["area_id", "service", "month", "stock", "entries", "exits", "care_days", "cost", "source_id"],
    )
    out["protection"] = pd.DataFrame(
        [("00", "2023", 4, 1, 1, 1, 1, 20.0, 3, "s1"), ("05", "2023", 20, 5, 5, 5, 5, 18.5, 16, "s1")],
        columns=[
            "area_id", "period", "procedures", "acute", "latent", "need", "none", "first_contact_hours",
            "two_specialists", "source_id",
        ],
    )  # fmt: skip
    out["transition"] = pd.DataFrame(
        [("00", "2023/24", "kita", "grundschule", 2, 30, "s1"), ("05", "2023/24", "kita", "grundschule", 60, 70, "s1")],
        columns=["area_id", "cohort", "from_stage", "to_stage", "count", "of", "source_id"],
    )
    out["source"] = pd.DataFrame(
        [("s1", "Ministatistik", "Stadt Ministadt (erfunden)", "CC0-1.0", "2024-01-15")],
        columns=["source_id", "title", "publisher", "licence", "retrieved"],
    )
    return out


def cells() -> pd.DataFrame:
    """Where children of the areas 00 to 02 live: at the Kita and far from it, in one known cell, in none that says how many."""
    rows = [
        ("z1", *_centre("00"), 3), ("z2", 10.001, 52.001, 1), ("z3", *_centre("01"), 2), ("z4", 10.021, 52.001, None),
        ("z5", *_centre("02"), 0),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["cell_id", "lon", "lat", "children"]).astype({"children": "Int64"})
    return frame.assign(reference_date="2022-05-15", source_id="s1")


def write_minicity(folder: Path, tables: dict[str, pd.DataFrame] | None = None) -> Path:
    """Write the mini city (or changed tables of it) as a data package; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = frames() if tables is None else tables
    for name, frame in tables.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    features = [{"type": "Feature", "properties": {"area_id": key}, "geometry": _square(key)} for key in AREAS]
    (folder / "area.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    descriptor = {
        "name": "mini",
        "title": "Ministadt",
        "profile": "raumblick-1",
        "synthetic": True,
        "note": "Erfundene Daten.",
        "created": "2024-01-15",
        "geometry": {"path": "area.geojson", "id": "area_id"},
        "resources": [{"name": name, "path": f"{name}.csv"} for name in tables],
    }
    (folder / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False, indent=1), encoding="utf-8")
    return folder


def _corner(key: str) -> tuple[float, float]:
    return 10.0 + 0.02 * (int(key) % 4), 52.0 + 0.015 * (int(key) // 4)


def _centre(key: str) -> tuple[float, float]:
    x, y = _corner(key)
    return x + 0.01, y + 0.007


def _square(key: str) -> dict[str, object]:
    x, y = _corner(key)
    ring = [[x, y], [x + 0.02, y], [x + 0.02, y + 0.015], [x, y + 0.015], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}
