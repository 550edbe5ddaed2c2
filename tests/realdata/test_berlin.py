"""Berlin's real files: the facts that a correct import reproduces, and deliveries that were damaged on the way."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from raumblick.catalogue import load_catalogue
from raumblick.intake.delivery import Delivery
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.profiles import berlin
from raumblick.intake.profiles.berlin_facilities import read_facilities
from raumblick.intake.profiles.berlin_monitoring import read_monitoring
from raumblick.intake.profiles.berlin_population import population_rows, read_population

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "berlin"


@pytest.fixture(scope="module")
def delivery(folder: Path) -> Delivery:
    return berlin.read(folder, load_catalogue())


def frame(delivery: Delivery, table: str) -> pd.DataFrame:
    part = delivery.parts[table].frame
    assert part is not None
    return part


def finding(delivery: Delivery, code: str, file: str = "") -> Finding:
    (found,) = [f for f in delivery.findings if f.code == code and file in f.file]
    return found


def test_detected(folder: Path, tmp_path: Path) -> None:
    assert berlin.detect(folder)
    assert not berlin.detect(tmp_path)
    assert not berlin.detect(folder.parent / "leipzig")


def test_542_planungsraeume_in_12_districts(delivery: Delivery) -> None:
    area = frame(delivery, "area")
    assert area["level"].value_counts().to_dict() == {"planungsraum": 542, "bezirk": 12, "stadt": 1}
    small = area[area["level"] == "planungsraum"]
    assert (small["parent_id"] == small["area_id"].str[:2]).all()
    assert small["area_id"].str.fullmatch(r"\d{8}").all() and small["area_id"].str.startswith("0").any()
    assert (area["valid_from"] == pd.Timestamp("2021-01-01")).all()
    assert area.set_index("area_id").loc["08", "name"] == "Neukölln"
    assert delivery.geometry is not None and set(delivery.geometry["area_id"]) == set(small["area_id"])


def test_district_names_are_those_of_the_old_polygons(folder: Path) -> None:
    old = gpd.read_file(folder / "lor_planungsraeume_pre2021.shp.zip", ignore_geometry=True)
    assert set(old["BEZIRKSNAM"]) == set(berlin.DISTRICTS.values())


def test_nothing_stands_against_an_import(delivery: Delivery) -> None:
    assert [f for f in delivery.findings if f.severity == "error"] == []
    assert frame(delivery, "facility")["facility_id"].is_unique


def published(delivery: Delivery) -> pd.DataFrame:
    """Residents that are delivered for today's areas; those of earlier areas are in test_berlin_history."""
    return frame(delivery, "population").query("status == 'real'")


def test_population_of_eight_half_years(delivery: Delivery) -> None:
    population = published(delivery)
    assert len(population) == 8 * 542 * 8
    totals = population.groupby("date")["count"].sum()
    assert totals.index.strftime("%Y-%m-%d").tolist() == [
        f"{year}-{day}" for year in range(2021, 2025) for day in ("06-30", "12-31")
    ]
    assert totals["2024-12-31"] == 3_897_145 and totals["2021-06-30"] == 3_766_082
    bands = population[["age_from", "age_to"]].drop_duplicates().fillna(-1).to_numpy().tolist()
    assert bands == [[0, 6], [6, 15], [15, 18], [18, 27], [27, 45], [45, 55], [55, 65], [65, -1]]
    assert set(population["sex"]) == {"all"}


def test_other_vintages_are_not_joined(delivery: Delivery, folder: Path) -> None:
    assert published(delivery)["date"].min() == pd.Timestamp("2021-06-30")
    message = finding(delivery, "vintage_converted").message
    assert message.startswith("12 Dateien")
    assert all(f"{year}-0{half}.csv" in message for year in range(2015, 2021) for half in (1, 2))
    old = pd.read_csv(folder / "bevoelkerung" / "2020-02.csv", dtype=str)["id"]
    assert old.str.fullmatch(r"\d{8}").all()  # they look alike
    assert not set(old) & set(frame(delivery, "area")["area_id"])


def test_signs_are_not_zero(delivery: Delivery) -> None:
    """30 cells of the office's table hold a dash (28 without the totals), where the other file says 0."""
    message = finding(delivery, "sign_as_zero").message
    assert message.startswith("30 Zellen") and "In 8 Zellen" in message and "(03400831; 06200418)" in message
    assert finding(delivery, "compared_equal").message.startswith("5.932 Zahlen")
    population = frame(delivery, "population")
    june = population[population["date"] == pd.Timestamp("2022-06-30")].set_index("area_id")
    missing = june[june["count"].isna()]
    assert missing.index.value_counts().to_dict() == {"03400831": 8, "06200418": 8}
    assert june.loc["04400725", "count"].sum() == 116 and june["count"].sum() == 3_821_881


def test_small_numbers_are_changed_by_the_source(delivery: Delivery) -> None:
    counts = published(delivery)["count"]
    assert not counts.isin([1, 2]).any() and (counts == 3).any()
    assert "nie 1 oder 2" in finding(delivery, "small_numbers").message


def test_share_of_foreigners_at_the_end_of_each_year(delivery: Delivery, folder: Path) -> None:
    rows = frame(delivery, "observation").query("indicator == 'foreign_share' and status == 'real'")
    assert set(rows["period"]) == {"2021", "2022", "2023", "2024"}
    given = pd.read_csv(folder / "bevoelkerung" / "2024-02.csv", dtype={"id": str})
    last = rows[rows["period"] == "2024"]
    assert last["numerator"].sum() == given["inhabitants_foreigners"].sum()
    assert last["denominator"].sum() == 3_897_145
    empty = last[last["denominator"] == 0]  # nobody lives there: 0 of 0
    assert set(empty["area_id"]) == {"03400831", "06200418"} and (empty["numerator"] == 0).all()


def test_density(delivery: Delivery) -> None:
    rows = frame(delivery, "observation").query("indicator == 'density' and period == '2024'")
    assert rows["denominator"].sum() == pytest.approx(891, abs=1)  # km² of the state


def test_monitoring_2021(delivery: Delivery) -> None:
    rows = frame(delivery, "observation").query("indicator.str.startswith('mss')", engine="python")
    assert rows.groupby("indicator")["value"].agg(["size", "count"]).to_numpy().tolist() == [[542, 536]] * 3
    assert set(rows["period"]) == {"2020"} and rows["numerator"].isna().all()
    assert rows["value"].min() > 0 and rows["value"].max() < 100  # no -9999
    assert rows.set_index(["area_id", "indicator"]).loc[("01100101", "mss_s4"), "value"] == 19.39799
    messages = [f.message for f in delivery.findings if f.code == "monitoring_excluded"]
    assert len(messages) == 2 and any("5 Planungsräume, ungültig (EW unter 300)" in m for m in messages)


def test_monitoring_is_of_the_end_of_2020(folder: Path) -> None:
    people = pd.read_csv(folder / "mss_2021_indikatoren_plr542.csv")["EW"].sum()
    assert people == pd.read_csv(folder / "bevoelkerung" / "2020-02.csv")["inhabitants"].sum() == 3_769_962


def test_kitas(delivery: Delivery) -> None:
    kitas = frame(delivery, "facility").query("service == 'kita'")
    assert len(kitas) == 2893 and kitas["places_licensed"].sum() == 199_851
    assert kitas["places_licensed"].isna().sum() == 10  # 0 places in the list
    assert finding(delivery, "places_zero").message.startswith("10 Kitas")
    message = finding(delivery, "point_elsewhere").message
    assert message.startswith("33 von 2.893 Kitas")
    assert message.count("liegt in") == 33
    by_key = kitas.set_index("facility_id")["area_id"]
    assert by_key["kita-03040220"] == "03701554"  # the list says 01100416, another district
    assert (kitas["reference_date"] == pd.Timestamp("2026-01-01")).all()
    assert "kitas_2026-01.csv ist neuer" in finding(delivery, "file_not_used", "kitas_2025-10.csv").message


def test_youth_facilities_and_schools(delivery: Delivery) -> None:
    facility = frame(delivery, "facility")
    assert facility["service"].value_counts().to_dict() == {
        "kita": 2893,
        "grundschule": 430,
        "okja": 407,
        "oberschule": 166,
        "berufsschule": 117,
        "gymnasium": 101,
        "foerderschule": 62,
        "schule_verbund": 26,
    }
    assert facility["area_id"].notna().all()
    assert facility["lon"].between(13.0, 13.8).all() and facility["lat"].between(52.3, 52.7).all()  # degrees
    assert set(frame(delivery, "service")["key"]) == {"berufsschule", "schule_verbund"}


def test_every_file_is_named(delivery: Delivery, folder: Path) -> None:
    every = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert {f.name for f in delivery.files} == every
    said = " ".join(f"{f.file} {f.message}" for f in delivery.findings)
    later = {n for n in every if "pre2021" in n or "plr447" in n or "crosswalk" in n or "kinder" in n}
    assert len(later) == 8 and all(name in said for name in later)
    assert not [f for f in delivery.findings if f.code == "file_unknown"]


def test_sources(delivery: Delivery) -> None:
    source = frame(delivery, "source").set_index("source_id")
    assert source.loc["berlin-kitas", "licence"] == "CC BY 4.0"
    assert set(source["licence"]) == {"CC BY 3.0 DE", "CC BY 4.0", "dl-de/by-2-0"}
    for table in ("observation", "facility"):
        assert set(frame(delivery, table)["source_id"]) <= set(source.index)


# Damaged deliveries

STOCK = "bevoelkerung/2022-01.csv"


@pytest.fixture(scope="module")
def shapes(folder: Path) -> pd.DataFrame:
    return gpd.read_file(folder / berlin.AREAS, ignore_geometry=True)


def damage(folder: Path, target: Path, name: str, change: Callable[[str], str]) -> Path:
    """Copy one file of the folder with its text changed; gives the folder of the copy."""
    (target / "bevoelkerung").mkdir(exist_ok=True)
    text = (folder / name).read_bytes().decode()
    assert change(text) != text
    (target / name).write_bytes(change(text).encode())
    return target


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        (STOCK, "01100101,", "99100101,", "areas_incomplete"),
        (STOCK, "01100102,", "01100101,", "duplicate"),
        (STOCK, "inhabitants_female", "women", "column_missing"),
        (STOCK, "01100101,3503,", "01100101,dreitausend,", "not_number"),
        (STOCK, "01100101,3503,", "01100101,", "row_length"),
        (berlin.MONITORING, ",4.22594,", ",viel,", "not_number"),
        (berlin.MONITORING, "01100101,", "01011101,", "areas_other"),
        ("kitas_2026-01.csv", "id,name,places", "id,name,plaetze", "column_missing"),
        ("schulen_2023-10.geojson", '"schulart"', '"art"', "column_missing"),
        ("schulen_2023-10.geojson", '{ "type": "Feature",', "{{", "unreadable"),
    ],
)
def test_damage_is_named(
    folder: Path, delivery: Delivery, shapes: pd.DataFrame, tmp_path: Path, name: str, old: str, new: str, code: str
) -> None:
    damage(folder, tmp_path, name, lambda text: text.replace(old, new))
    with pytest.raises(IntakeError) as error:
        read_population(tmp_path, shapes)
        read_monitoring(tmp_path / berlin.MONITORING, set(shapes["PLR_ID"]))
        read_facilities(tmp_path, delivery.geometry)
    assert {(f.code, f.file) for f in error.value.findings} >= {(code, name)}


def test_lost_leading_zeros_come_back(folder: Path, shapes: pd.DataFrame, tmp_path: Path) -> None:
    def change(text: str) -> str:
        lines = text.splitlines()
        return "\n".join([lines[0], *(line.removeprefix("0") for line in lines[1:])]) + "\n"

    stocks = read_population(damage(folder, tmp_path, STOCK, change), shapes).stocks
    (stock,) = stocks.values()
    assert set(stock.index) == set(shapes["PLR_ID"])
    assert population_rows(stocks, "real")["count"].sum() == 3_821_881


def test_conflicts_between_tables_are_reported(folder: Path, shapes: pd.DataFrame, tmp_path: Path) -> None:
    shutil.copyfile(folder / berlin.ORIGINAL, tmp_path / berlin.ORIGINAL)
    damage(folder, tmp_path, STOCK, lambda text: text.replace("01100101,3503,169,", "01100101,3503,170,"))
    findings = read_population(tmp_path, shapes).findings
    (conflict,) = [f for f in findings if f.code == "conflict"]
    assert conflict.severity == "warning" and conflict.message.startswith("1 von 5.932")
    assert "01100101 inhabitants_age_below_6" in conflict.message


def test_sentinel_outside_excluded_areas_is_missing_and_reported(
    folder: Path, shapes: pd.DataFrame, tmp_path: Path
) -> None:
    damage(folder, tmp_path, berlin.MONITORING, lambda text: text.replace(",4.22594,", ",-9999,", 1))
    rows, findings = read_monitoring(tmp_path / berlin.MONITORING, set(shapes["PLR_ID"]))
    assert [f.message[:10] for f in findings if f.code == "sentinel"] == ["1 weitere "]
    assert rows.set_index(["indicator", "area_id"]).loc[("mss_s1", "01100101"), "value"] is pd.NA


def test_a_damaged_zip_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / berlin.AREAS).write_bytes((folder / berlin.AREAS).read_bytes()[:1000])
    with pytest.raises(IntakeError) as error:
        berlin.read(tmp_path, load_catalogue())
    assert {f.code for f in error.value.findings} == {"area_unreadable"}


def test_a_relative_path_is_read_like_an_absolute_one(shared_data, monkeypatch):
    monkeypatch.chdir(shared_data)
    assert set(berlin.sources_of(Path("berlin"))["source_id"]) == set(berlin.sources_of(shared_data / "berlin")["source_id"])
