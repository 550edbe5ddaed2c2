"""Leipzig's real files: the facts that a correct import reproduces, and deliveries that were damaged on the way."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shapely import Point

from raumblick.catalogue import load_catalogue
from raumblick.intake.delivery import Delivery
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.profiles import leipzig
from raumblick.intake.profiles.leipzig_check import compare_with_raw, read_raw
from raumblick.intake.profiles.leipzig_facilities import read_facilities
from raumblick.intake.profiles.leipzig_measures import BENEFIT, POPULATION, SGB2_QUOTA, UNEMPLOYED
from raumblick.intake.profiles.leipzig_statistics import ADULTS, CHILDREN, Statistics, derived, read_statistics

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "leipzig"


@pytest.fixture(scope="module")
def delivery(folder: Path) -> Delivery:
    return leipzig.read(folder, load_catalogue())


@pytest.fixture(scope="module")
def statistics(folder: Path, delivery: Delivery) -> Statistics:
    return read_statistics(folder / leipzig.STATISTICS, frame(delivery, "area"))[0]


@pytest.fixture(scope="module")
def observed(delivery: Delivery) -> pd.DataFrame:
    return frame(delivery, "observation").set_index(["indicator", "area_id", "period"]).sort_index()


def frame(delivery: Delivery, table: str) -> pd.DataFrame:
    part = delivery.parts[table].frame
    assert part is not None
    return part


def finding(delivery: Delivery, code: str, text: str = "") -> Finding:
    (found,) = [f for f in delivery.findings if f.code == code and text in f.message]
    return found


def test_detected(folder: Path, tmp_path: Path) -> None:
    assert leipzig.detect(folder)
    assert not leipzig.detect(tmp_path)
    assert not leipzig.detect(folder.parent / "berlin")


def test_63_ortsteile_in_10_districts(delivery: Delivery) -> None:
    area = frame(delivery, "area")
    assert area["level"].value_counts().to_dict() == {"ortsteil": 63, "bezirk": 10, "stadt": 1}
    small = area[area["level"] == "ortsteil"]
    assert (small["parent_id"] == small["area_id"].str[0]).all()
    assert area.set_index("area_id").loc["00", "name"] == "Zentrum"  # the leading zeros stay
    assert delivery.geometry is not None
    assert set(delivery.geometry["area_id"]) == set(small["area_id"])
    assert delivery.geometry.crs.to_epsg() == 4326


def test_nothing_stands_against_an_import(delivery: Delivery) -> None:
    assert [f for f in delivery.findings if f.severity == "error"] == []
    assert not frame(delivery, "observation").duplicated(["indicator", "area_id", "period"]).any()
    assert frame(delivery, "facility")["facility_id"].is_unique


def test_population_equals_the_offices_answer(folder: Path, delivery: Delivery, observed: pd.DataFrame) -> None:
    assert "7.875 Einwohnerzahlen" in finding(delivery, "raw_equal").message
    assert "1.250 Zahlen der Stadtbezirke" in finding(delivery, "district_sums").message
    raw = read_raw(folder / leipzig.RAW)
    assert raw["level"].value_counts().to_dict() == {"ortsteil": 7875, "bezirk": 1250, "stadt": 125}
    city = raw[(raw["level"] == "stadt") & (raw["figure"] == POPULATION)].set_index("period")["value"]
    ours = observed.loc["pop_total", "numerator"].groupby("period").sum()
    rest = (city - ours).astype(int)
    assert ours["2024"] == 632_560 and city["2024"] == 632_562
    assert rest[rest != 0].to_dict() | {"2000": 579, "2005": 255, "2012": 1, "2022": 13} == rest[rest != 0].to_dict()
    assert (rest >= 0).all() and rest["2021"] == rest["2023"] == 0
    assert "2000: 579" in finding(delivery, "city_rest").message


def test_midpoint_of_cut_quotas_has_no_bias(statistics: Statistics) -> None:
    """The office's own rates, cut to whole numbers, are met without bias; the cut quotas themselves are too small."""
    wide, people = statistics.wide, derived(statistics.wide)
    for numerator, denominator, published in (
        (BENEFIT + "unter 15 Jahre", CHILDREN, BENEFIT + "Anteil an Kindern"),
        (UNEMPLOYED + "Arbeitslose insgesamt", ADULTS, UNEMPLOYED + "Anteil an den Erwerbsfähigen"),
    ):
        rate = (100 * wide[numerator] / people[denominator])[(wide[numerator] > 0) & (wide[published] > 0)]
        assert abs((rate - wide[published] - 0.5).mean()) < 0.02
        assert rate.corr(wide[published]) > 0.998  # the published one is cut
    young, old = wide["Jugendquote|Jugendquote"], wide["Jugendquote|Altenquote"]
    cut = wide[POPULATION] * young / (100 + young + old)
    assert cut.corr(people[CHILDREN]) > 0.999
    biased = 100 * wide[BENEFIT + "unter 15 Jahre"] / cut - wide[BENEFIT + "Anteil an Kindern"] - 0.5
    assert biased.mean() > 0.4
    assert people[CHILDREN].groupby("period").sum()["2022"] == pytest.approx(87_385, abs=5)


def test_rates_lie_in_the_catalogues_ranges(observed: pd.DataFrame) -> None:
    def quartiles(indicator: str, period: str) -> list[float]:
        rows = observed.loc[indicator].xs(period, level="period")
        return (rows["numerator"] / rows["denominator"]).astype(float).quantile([0.25, 0.5, 0.75]).tolist()

    assert quartiles("sgb2_u15", "2022") == pytest.approx([0.050, 0.102, 0.192], abs=0.006)
    assert quartiles("unemp", "2022") == pytest.approx([0.029, 0.040, 0.059], abs=0.001)
    assert quartiles("foreign_share", "2022") == pytest.approx([0.054, 0.104, 0.157], abs=0.001)
    assert quartiles("migr_share", "2022") == pytest.approx([0.08, 0.16, 0.215], abs=0.01)
    assert quartiles("housing_space", "2022") == pytest.approx([64, 69, 81], abs=1)


def test_estimated_where_derived(observed: pd.DataFrame) -> None:
    status = observed["status"].groupby("indicator").unique().map(set)
    assert status["pop_u15_share"] == status["sgb2_u15"] == status["sgb2_0_64"] == {"estimated"}
    assert status["pop_total"] == status["foreign_share"] == status["crime_rate"] == {"real"}
    assert set(observed.loc["pop_u15_share"].index.get_level_values("period")) == {str(y) for y in range(2000, 2024)}
    assert observed["value"].notna().groupby("indicator").any().loc[lambda s: s].index.tolist() == ["income_hh"]


def test_published_quota_counts_everybody_in_the_household(statistics: Statistics) -> None:
    people = derived(statistics.wide)["abgeleitet|unter 65"]
    for column, mean in (("Personen in Bedarfsgemeinschaften", 0.0), ("Leistungsberechtigte", -0.66)):
        rate = 100 * statistics.wide[BENEFIT + column] / people
        assert (rate - statistics.wide[SGB2_QUOTA] - 0.5).mean() == pytest.approx(mean, abs=0.02)


def test_hidden_small_cells(observed: pd.DataFrame, delivery: Delivery) -> None:
    rows = observed.loc["unemp_u25_count"]
    hidden = rows[rows["status"] == "hidden"]
    by_year = hidden.groupby("period").size().to_dict()
    assert by_year == {"2018": 21, "2019": 22, "2020": 15, "2021": 12, "2022": 11}
    assert hidden["numerator"].isna().all() and (hidden["sign"] == ".").all()
    assert rows[rows["status"] != "hidden"]["sign"].isna().all()
    for period, smallest in (("2018", 10), ("2019", 10), ("2020", 10), ("2022", 4)):
        assert rows.xs(period, level="period")["numerator"].min() == smallest
    message = finding(delivery, "zero_hidden", "unter 25 Jahre").message
    assert "2019 22 Nullen, keine Zahl von 1 bis 9" in message and "2022 11 Nullen, keine Zahl von 1 bis 3" in message


def test_true_zeros_stay(observed: pd.DataFrame) -> None:
    """Before 2018 small numbers are published, so a zero among them is one."""
    rows = observed.loc["unemp_u25_count"].xs("2016", level="period")
    assert (rows["numerator"] == 0).sum() == 6
    assert (rows["status"] == "real").all()


def test_unpublished_years_are_absent(observed: pd.DataFrame, delivery: Delivery) -> None:
    years = set(observed.loc["unemp_long_share"].index.get_level_values("period"))
    assert years == {str(y) for y in range(2000, 2018)} - {"2011"}  # 2011 and 2020 are not in the file at all
    message = finding(delivery, "zero_unpublished").message
    assert all(f"{year} 63 Nullen" in message for year in (2018, 2019, 2021, 2022))


def test_dwellings_not_delivered_are_missing_not_zero(observed: pd.DataFrame) -> None:
    rows = observed.loc["housing_space"]
    missing = rows[rows["denominator"].isna()]
    assert len(missing) == 29 and missing["numerator"].isna().all() and missing["sign"].isna().all()
    assert set(missing.index.get_level_values("period")) == {str(y) for y in range(2000, 2010)}
    assert not (rows["denominator"] == 0).any()


def test_every_value_is_taken_or_accounted_for(delivery: Delivery, statistics: Statistics) -> None:
    assert sum(statistics.rows.values()) == 67_284
    cut, idle = finding(delivery, "rate_cut").message, finding(delivery, "no_indicator").message
    assert cut.startswith("13.986 von 67.284 Werten") and idle.startswith("33.642 von 67.284 Werten")
    used = 67_284 - 13_986 - 33_642
    # figures by years: population 25, foreigners 25, migrants 16, benefits 15 each, unemployment 23, 23, 21, ...
    assert used == 63 * (25 + 25 + 16 + 4 * 15 + 2 * 23 + 21 + 2 * 23 + 2 * 24 + 19 + 6)


def test_density_fits_the_published_one(observed: pd.DataFrame, statistics: Statistics) -> None:
    ours = observed.loc["density"].eval("numerator / denominator").xs("2020", level="period").astype(float)
    published = statistics.wide["Einwohnerdichte|Einwohnerdichte"].xs("2020", level="period").astype(float)
    assert np.abs(ours / published - 1).max() < 0.02


def test_offers_come_from_one_list_each(delivery: Delivery) -> None:
    facility = frame(delivery, "facility")
    assert facility["service"].value_counts().to_dict() == {
        "kita": 308,  # 311, three of them twice
        "spielplatz": 304,
        "berufsschule": 109,
        "grundschule": 85,
        "hort": 79,
        "oberschule": 40,
        "gymnasium": 29,
        "foerderschule": 22,
    }
    assert "kita_kidsle_2014: 220" in finding(delivery, "older_list").message
    assert finding(delivery, "kita_twice").message.startswith("3 Kitas")
    assert frame(delivery, "service")["key"].tolist() == ["berufsschule"]


def test_doubtful_places_are_not_drawn(delivery: Delivery, observed: pd.DataFrame) -> None:
    facility = frame(delivery, "facility")
    assert finding(delivery, "point_placeholder").message.startswith("25 ")
    assert finding(delivery, "point_outside").message.startswith("4 Orte")
    playgrounds = facility[facility["service"] == "spielplatz"]
    assert playgrounds["lon"].notna().sum() == 279 and playgrounds["area_id"].notna().sum() == 276
    assert (playgrounds["area_id"] == "00").sum() == 1  # 26 if the placeholder were taken for a place
    assert observed.loc["playgrounds"]["numerator"].sum() == 276
    assert "28 von 304" in finding(delivery, "playgrounds_undated").message


def test_points_lie_in_the_area_they_are_given(delivery: Delivery) -> None:
    """Every offer with a point and an area lies in that area; those of the placeholder have none."""
    facility = frame(delivery, "facility")
    placed = facility[facility["lon"].notna() & facility["area_id"].notna()]
    assert delivery.geometry is not None
    shapes = delivery.geometry.set_index("area_id").geometry
    inside = [
        shapes[area].buffer(1e-6).contains(Point(lon, lat))
        for area, lon, lat in placed[["area_id", "lon", "lat"]].itertuples(index=False)
    ]
    assert all(inside) and len(inside) == 678


def test_horte_and_schools_without_area(delivery: Delivery) -> None:
    facility = frame(delivery, "facility")
    horte = facility[facility["service"] == "hort"]
    assert horte["area_id"].isna().sum() == 16 and "16 haben kein Gebiet" in finding(delivery, "hort_area").message
    assert "Die Angabe gilt als Platzhalter: 36 Angebote" in finding(delivery, "school_area").message
    assert finding(delivery, "school_elsewhere").message.startswith("2 Schulen")


def test_files_and_sources(delivery: Delivery, folder: Path) -> None:
    assert {f.name for f in delivery.files} == {p.name for p in folder.iterdir()}
    source = frame(delivery, "source").set_index("source_id")
    assert "dl-de/by-2-0" in source.loc["leipzig-statistik", "licence"]
    assert "ODbL" in source.loc["leipzig-einrichtungen", "licence"]
    sha = {f.name: f.sha256 for f in delivery.files}
    assert source.loc["leipzig-statistik", "sha256"] == sha[leipzig.STATISTICS]
    for table in ("observation", "facility"):
        assert set(frame(delivery, table)["source_id"]) <= set(source.index)


# Damaged deliveries

ROW = "00,Zentrum,2000,2,1,Einwohner,Ausländer"


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("statistik_lang.csv", "Ausländer,473.0,", "Ausländer,viele,", "not_number"),
        ("statistik_lang.csv", ROW, ROW.replace("00,", "99,", 1), "area_unknown"),
        ("statistik_lang.csv", ROW, ROW.replace("Zentrum", "Centrum"), "area_unknown"),
        ("statistik_lang.csv", ROW, ROW.replace("2000", "2001"), "duplicate"),
        ("statistik_lang.csv", ",Jugendquote,Altenquote,", ",Jugendquote,Alte,", "figure_missing"),
        ("statistik_lang.csv", "merkmal,wert", "merkmal,zahl", "column_missing"),
        ("statistik_lang.csv", f"{ROW},473.0,", "00,Zentrum,2000", "row_length"),
        ("kdvalues_einwohner.json", '{"daten":[', '{"daten":[,', "json"),
        ("einrichtungen.csv", "art,name,plaetze", "art,name,zahl", "column_missing"),
    ],
)
def test_damage_is_named(
    folder: Path, delivery: Delivery, statistics: Statistics, tmp_path: Path, name: str, old: str, new: str, code: str
) -> None:
    damage(folder, tmp_path, name, lambda text: text.replace(old, new))
    area = frame(delivery, "area")
    readers: dict[str, Callable[[], object]] = {
        leipzig.STATISTICS: lambda: read_statistics(tmp_path / name, area),
        leipzig.RAW: lambda: compare_with_raw(tmp_path / name, statistics, area),
        "einrichtungen.csv": lambda: read_facilities(tmp_path, delivery.geometry),
    }
    with pytest.raises(IntakeError) as error:
        readers[name]()
    assert {(f.code, f.file) for f in error.value.findings} >= {(code, name)}


def damage(folder: Path, target: Path, name: str, change: Callable[[str], str]) -> None:
    """Copy one file of the folder with its text changed."""
    text = (folder / name).read_text(encoding="utf-8")
    assert change(text) != text
    (target / name).write_text(change(text), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        (leipzig.AREAS, '"OT"', '"Schlüssel"', "area_id_missing"),
        (leipzig.AREAS, '"Name"', '"Titel"', "column_missing"),
        (leipzig.DISTRICTS, '"SBZ"', '"Nummer"', "column_missing"),
        (leipzig.DISTRICTS, '{"type":"FeatureCollection"', "{", "unreadable"),
    ],
)
def test_damaged_areas_are_named(folder: Path, tmp_path: Path, name: str, old: str, new: str, code: str) -> None:
    for file in (leipzig.AREAS, leipzig.DISTRICTS):
        shutil.copyfile(folder / file, tmp_path / file)
    damage(folder, tmp_path, name, lambda text: text.replace(old, new))
    with pytest.raises(IntakeError) as error:
        leipzig.read(tmp_path, load_catalogue())
    assert {(f.code, f.file) for f in error.value.findings} >= {(code, name)}


def test_conflicts_with_the_raw_answer_are_reported(
    folder: Path, delivery: Delivery, statistics: Statistics, tmp_path: Path
) -> None:
    def change(text: str) -> str:
        content = json.loads(text)
        for row in content["daten"]:
            if row["ortsteil"] == "Zentrum" and row["jahr"] == "2024" and row["name"].strip() == "Männer":
                row["wert"] = "1"
        return json.dumps(content)

    damage(folder, tmp_path, leipzig.RAW, change)
    findings = compare_with_raw(tmp_path / leipzig.RAW, statistics, frame(delivery, "area"))
    (conflict,) = [f for f in findings if f.code == "raw_conflict"]
    assert conflict.severity == "warning"
    assert conflict.message.startswith("1 von 7.875") and "Zentrum 2024" in conflict.message


def test_the_core_files_are_enough(folder: Path, tmp_path: Path) -> None:
    for name in (leipzig.AREAS, leipzig.DISTRICTS, leipzig.STATISTICS):
        shutil.copy(folder / name, tmp_path / name)
    (tmp_path / "notiz.txt").write_text("?", encoding="utf-8")
    delivery = leipzig.read(tmp_path, load_catalogue())
    assert set(delivery.parts) == {"area", "observation", "source", "indicator"}
    assert "notiz.txt" in finding(delivery, "file_unknown").message
