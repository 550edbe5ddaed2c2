"""The package as a whole: it passes the intake without a finding, is small, and is the same for the same seed."""

import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest
import shapely

from raumblick.catalogue import load_catalogue
from raumblick.demo import write_demo
from raumblick.ingest import check_only
from raumblick.settings import Settings
from raumblick.tables import read_tables


def digest(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_every_canonical_table_is_filled(musterstadt_package):
    content = json.loads((musterstadt_package / "datapackage.json").read_text(encoding="utf-8"))
    assert content["profile"] == "raumblick-1" and content["synthetic"] is True and "Erfundene Daten" in content["note"]
    listed = {r["name"]: r["path"] for r in content["resources"]}
    specs = load_catalogue().tables
    assert set(specs) - set(listed) == {"cell"}  # Musterstadt has no grid: its children are spread evenly over their areas
    for name, path in listed.items():
        head = pd.read_csv(musterstadt_package / path, nrows=3)
        assert list(head.columns) == list(specs[name].names), name
        assert len(head), name


def test_the_intake_finds_nothing(musterstadt_package):
    assert [str(f) for f in check_only(musterstadt_package, Settings(), load_catalogue()).findings] == []


def test_the_package_is_small(musterstadt_package):
    assert sum(p.stat().st_size for p in musterstadt_package.iterdir()) < 20_000_000


def test_invented_data_say_so(tables):
    sources = tables["source"]
    assert sources["publisher"].eq("Stadt Musterstadt (erfunden)").all()
    assert sources["title"].str.contains("erfunden").all() and sources["licence"].eq("CC0-1.0").all()
    with_source = ("observation", "facility", "booking", "caseload", "protection", "transition")
    used = {source for table in with_source for source in tables[table]["source_id"].unique()}
    assert used == set(sources["source_id"])


def test_old_areas_are_shared_out_completely(tables):
    shares = tables["area_share"]
    assert shares.groupby("from_id")["share"].sum().sub(1).abs().max() < 1e-9
    assert set(shares["to_id"]) == set(tables["area"].query("level == 'ortsteil'")["area_id"])
    assert shares["from_id"].nunique() == 60


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    years = (2023, 2025)
    first, again, other = (write_demo(tmp_path / n, areas=40, seed=s, years=years) for n, s in (("a", 3), ("b", 3), ("c", 4)))
    assert digest(first) == digest(again)
    changed = {name for name, value in digest(other).items() if value != digest(first)[name]}
    assert {"area.geojson", "population.csv", "observation.csv", "facility.csv", "booking.csv", "caseload.csv"} <= changed


def test_another_size_works(tmp_path):
    folder = write_demo(tmp_path / "larger", areas=120, seed=11, years=(2022, 2025))
    area = pd.read_csv(folder / "area.csv", dtype=str)
    assert (area["level"] == "ortsteil").sum() == 120
    assert area.loc[area["level"] == "ortsteil", "area_id"].str.len().eq(3).all()
    assert [str(f) for f in check_only(folder, Settings(), load_catalogue()).findings] == []


def test_a_large_city_has_the_large_tables_only(tmp_path):
    folder = write_demo(tmp_path / "large", areas=542, years=(2025, 2025), indicators=("sgb2_u15", "pop_total"))
    names = {p.stem for p in folder.glob("*.csv")}
    assert {"area", "population", "observation", "facility", "source"} <= names
    assert not names & {"booking", "caseload", "protection", "transition"}
    rows = pd.read_csv(folder / "observation.csv", dtype={"area_id": str})
    assert set(rows["indicator"]) == {"sgb2_u15", "pop_total"} and len(rows) == 2 * 542
    assert 4_000_000 < rows.loc[rows["indicator"] == "pop_total", "numerator"].sum() < 5_500_000
    shapes = shapely.from_geojson((folder / "area.geojson").read_text(encoding="utf-8"))
    assert shapely.coverage_is_valid(shapely.get_parts(shapes))


def test_a_single_year_works_and_has_no_transition(tmp_path):
    folder = write_demo(tmp_path / "one", areas=40, years=(2018, 2018))
    assert len(pd.read_csv(folder / "transition.csv")) == 0
    assert set(pd.read_csv(folder / "booking.csv")["year"]) == {2018}
    assert not [f for f in check_only(folder, Settings(), load_catalogue()).findings if f.severity == "error"]


def test_years_in_the_wrong_order_are_refused(tmp_path):
    with pytest.raises(ValueError, match="first year"):
        write_demo(tmp_path, years=(2025, 2015))


def test_readme_names_every_table_and_fault():
    text = (Path(__file__).resolve().parents[2] / "data" / "musterstadt" / "README.md").read_text(encoding="utf-8")
    path = Path(__file__).resolve().parents[2] / "data" / "catalogue" / "tables.toml"
    for name in read_tables(path):
        assert f"`{name}`" in text, name
    for word in ("erfunden", "raumblick demo", "Lebensbrücke", "Dublette", "ohne Gebiet", "verspätet"):
        assert word in text, word
