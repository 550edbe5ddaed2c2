"""Berlin across 2021: the years before in today's areas, with every total kept and no jump where the areas changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from raumblick.answers.spread import spread
from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.profiles import berlin
from raumblick.intake.profiles.berlin_children import read_children
from raumblick.intake.profiles.berlin_history import LAST_DAY, History, read_history
from raumblick.intake.profiles.berlin_population import BANDS, FOREIGN, TOTAL, People, read_population
from raumblick.intake.profiles.berlin_vintages import NEW, OLD, OldAreas, read_old_areas
from raumblick.intake.vintages import vintage_of
from raumblick.snapshot.store import Store, open_store

pytestmark = pytest.mark.realdata

EARLY_YEARS = [str(year) for year in range(2015, 2021)]
YEARS = [str(year) for year in range(2015, 2025)]


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "berlin"


@pytest.fixture(scope="module")
def found(real_findings: Callable[[str], tuple[Finding, ...]]) -> tuple[Finding, ...]:
    return real_findings("berlin")


@pytest.fixture(scope="module")
def store(real_home: Callable[[str], Path]) -> Store:
    return open_store(real_home("berlin"), "berlin", "planung")


@pytest.fixture(scope="module")
def population(store: Store) -> pd.DataFrame:
    rows = store.connection.cursor().table("population").df()
    return rows[rows["level"] == "planungsraum"]


@pytest.fixture(scope="module")
def shares(store: Store) -> pd.DataFrame:
    return store.connection.cursor().table("area_share").df()


@pytest.fixture(scope="module")
def people(folder: Path) -> People:
    return read_population(folder, gpd.read_file(folder / berlin.AREAS, ignore_geometry=True))


@pytest.fixture(scope="module")
def old(folder: Path, people: People) -> OldAreas:
    return read_old_areas(folder / OLD, people.earlier[LAST_DAY].index, berlin.DISTRICTS, LAST_DAY)[0]


def finding(found: tuple[Finding, ...], code: str, file: str = "") -> Finding:
    (one,) = [f for f in found if f.code == code and file in f.file]
    return one


def by_year(store: Store, indicator: str, column: str = "numerator") -> pd.DataFrame:
    """Areas in rows, years in columns."""
    rows = store.read("values", indicator=indicator, level="planungsraum")
    return rows.pivot(index="area_id", columns="period", values=column)


# --- what the map shows --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("indicator", ["pop_total", "pop_u6", "pop_u18_share", "foreign_share", "density"])
def test_time_series_run_across_2021(store: Store, indicator: str) -> None:
    for level, size in (("planungsraum", 542), ("bezirk", 12)):
        newest = spread(store, indicator, level)
        assert set(YEARS) <= set(newest.periods) and newest.period == "2024"
        assert set(newest.areas["status"]) == {"real"}
        for year in ("2015", "2020", "2021"):
            shown = spread(store, indicator, level, year)
            assert shown.period == year and len(shown.areas) == size and shown.city_missing == 0
            assert set(shown.areas["status"]) == {"real" if year == "2021" else "estimated"}
            assert shown.areas["numerator"].notna().all()


def test_city_values_are_those_of_the_files(store: Store, folder: Path) -> None:
    for year in EARLY_YEARS:
        given = pd.read_csv(folder / "bevoelkerung" / f"{year}-02.csv").sum(numeric_only=True)
        assert spread(store, "pop_total", "bezirk", year).city_value == given["inhabitants"]
        assert spread(store, "pop_u6", "bezirk", year).city_value == given["inhabitants_age_below_6"]
        foreign = spread(store, "foreign_share", "bezirk", year).city_value
        assert foreign == pytest.approx(100 * given["inhabitants_foreigners"] / given["inhabitants"])
    assert spread(store, "pop_total", "bezirk", "2001").city_value == 3_337_233


def test_the_change_of_areas_makes_no_jump(store: Store) -> None:
    """Half of what changes from year to year, in percent of all: at the two changes of areas as in any other year."""
    people = by_year(store, "pop_total")
    moved = {year: people.diff(axis=1)[year].abs().sum() / people[year].sum() * 50 for year in people.columns[1:]}
    ordinary = [moved[year] for year in YEARS[1:] if year not in ("2019", "2021")]
    assert moved["2021"] < max(ordinary) and moved["2019"] < max(ordinary) and max(ordinary) < 1.1
    treptow = people.loc[["09300920", "09301025"], ["2018", "2019"]]
    assert (treptow["2019"] / treptow["2018"]).between(0.9, 1.1).all()  # 09041301 was 14,701 and became 10,088


# --- totals and places ---------------------------------------------------------------------------------------------


def test_every_age_group_keeps_its_total_at_every_date(population: pd.DataFrame, people: People) -> None:
    sums = population.assign(age_to=population["age_to"].fillna(-1)).groupby(["date", "age_from", "age_to"])["count"].sum()
    assert len(people.earlier) == 12
    for date, stock in people.earlier.items():
        for column, (first, end) in BANDS.items():
            assert sums[date, first, -1 if end is None else end] == stock[column].sum()
    assert not population["count"].isna()[population["status"] == "estimated"].any()


def test_areas_that_did_not_change_keep_their_numbers(
    population: pd.DataFrame, shares: pd.DataFrame, people: People
) -> None:
    late = shares[(shares["from_vintage"] == "2019-01-01") & (shares["basis"] == "flaeche")]
    alone = late[~late["from_id"].duplicated(keep=False) & ~late["to_id"].duplicated(keep=False)]
    assert len(alone) == 273 and (alone["share"] == 1).all()
    last = population[population["date"] == LAST_DAY].pivot(index="area_id", columns="age_from", values="count")
    given = people.earlier[LAST_DAY][list(BANDS)]
    assert (last.loc[alone["to_id"]].to_numpy() == given.loc[alone["from_id"]].to_numpy(dtype=float)).mean() > 0.999


def test_residents_of_the_last_day_are_those_that_are_published_for_today_s_areas(
    population: pd.DataFrame, folder: Path
) -> None:
    published = pd.read_csv(folder / berlin.MONITORING, dtype={"PLR_ID": str}).set_index("PLR_ID")["EW"].fillna(0)
    made = population[population["date"] == LAST_DAY].groupby("area_id")["count"].sum()
    assert made.sum() == published.sum() == 3_769_962
    assert (made - published).abs().sum() / 2 / made.sum() < 0.002


def test_nobody_changes_the_district(store: Store, people: People) -> None:
    rows = store.read("values", indicator="pop_total", level="bezirk").query("period == '2020'").set_index("area_id")
    before = people.earlier[LAST_DAY][TOTAL].groupby(lambda key: key[:2]).sum()
    assert ((rows["numerator"] / before - 1).abs() < 0.002).all()


def test_foreigners_are_part_of_the_residents(store: Store, people: People) -> None:
    above, below = by_year(store, "foreign_share"), by_year(store, "foreign_share", "denominator")
    assert (above <= below).all(axis=None)
    assert above["2018"].sum() == people.earlier[pd.Timestamp("2018-12-31")][FOREIGN].sum()
    assert (below[YEARS] == by_year(store, "pop_total")[YEARS]).all(axis=None)


def test_children_2001_to_2014_keep_their_totals_and_count_once(population: pd.DataFrame, folder: Path) -> None:
    given = pd.read_csv(folder / "ewr_kinder_2001_2016.csv").sum(numeric_only=True)
    small = population[population["date"] < "2015-01-01"]
    sums = small.groupby([small["date"].dt.year, "age_from"])["count"].sum()
    for year in range(2001, 2015):
        ages = {0: "00_01", 1: "01_02", 2: "02_03", 3: "03_05", 5: "05_06"}
        assert {age: sums[year, age] for age in ages} == {age: given[f"{year}_E_E{name}"] for age, name in ages.items()}
        assert sums[year].sum() == given[f"{year}_E_E"]
    later = population[population["date"] > "2015-01-01"]
    assert set(later["age_from"]) == {first for first, _ in BANDS.values()}  # no single ages beside the bands


# --- crosswalk and findings ----------------------------------------------------------------------------------------


def test_delivered_shares(store: Store, shares: pd.DataFrame) -> None:
    keys = ["from_id", "from_vintage", "to_vintage", "basis"]
    assert (shares.groupby(keys)["share"].sum() - 1).abs().max() < 1e-9
    assert set(shares["to_id"]) == set(by_year(store, "pop_total").index)
    sizes = shares.groupby(["from_vintage", "basis"])["from_id"].nunique().unstack("basis")
    assert sizes.to_numpy().tolist() == [[447, 447, 446], [448, 448, 447]]  # einwohner, flaeche, kinder
    areas = store.connection.cursor().table("area").df()
    assert not set(shares["from_id"]) & set(areas["area_id"])


def test_the_better_basis_is_used_and_its_error_said(found: tuple[Finding, ...]) -> None:
    message = finding(found, "conversion_error").message
    assert "0 bis unter 6 6,6 / 3,4 / 2,4 %;" in message and "6 bis unter 15 6,4 / 2,5 / 2,2 %;" in message
    assert "15 bis unter 18 7,4 / 3,5 / 3,7 % (verwendet: Kinder im 100-m-Raster)" in message
    assert message.count("verwendet") == 1
    assert "04020314" in finding(found, "conversion_fallback").message


def test_what_is_wrong_with_the_files_is_named(found: tuple[Finding, ...]) -> None:
    mended = finding(found, "key_mended")
    assert mended.severity == "warning" and "06010102" in mended.message and "04030417" in mended.message
    assert finding(found, "vintage_converted").message.startswith("12 Dateien haben einen Gebietsstand vor 2021 (8 mit 447 und 4")
    table = finding(found, "crosswalk_compared").message
    assert "3.055 Anteile" in table and "01011105 (höchstens 2,7)" in table
    assert "laufende Nummern" in finding(found, "children_read").message
    assert "2015, 2016" in finding(found, "children_read").message


def test_rates_without_counts_are_not_converted(found: tuple[Finding, ...], store: Store) -> None:
    assert finding(found, "rates_left_out", "2013").message.startswith("Nicht übernommen: 1.788 Anteile (S1, S2, S3, S4)")
    assert finding(found, "rates_left_out", "2019").message.startswith("Nicht übernommen: 1.341 Anteile (S1, S3, S4)")
    assert set(store.read("values", indicator="mss_s1", level="planungsraum")["period"]) == {"2020"}


def test_vintages_are_told_apart(old: OldAreas, people: People) -> None:
    found = {date: vintage_of(stock.index, [date], (old.early, old.late)) for date, stock in people.earlier.items()}
    assert {date.year for date, vintage in found.items() if vintage is old.early} == {2015, 2016, 2017, 2018}
    assert {date.year for date, vintage in found.items() if vintage is old.late} == {2019, 2020}
    assert old.late.ids - old.early.ids == {NEW} and len(old.early.ids) == 447
    assert (old.early.valid_from, old.late.valid_from) == (pd.Timestamp("2009-02-19"), pd.Timestamp("2019-01-01"))


# --- damaged deliveries --------------------------------------------------------------------------------------------


def history(path: Path, people: People, geometry: gpd.GeoDataFrame | None = None) -> History:
    return read_history(path, people, geometry, berlin.DISTRICTS, path / berlin.MONITORING)


def test_without_old_polygons_nothing_is_converted(people: People, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "ewr_kinder_2001_2016.csv").symlink_to(folder / "ewr_kinder_2001_2016.csv")
    found = history(tmp_path, people)
    assert not found.stocks and found.population.empty and found.shares.empty
    assert [(f.code, f.severity) for f in found.findings] == [("vintage_other", "warning"), ("file_not_used", "info")]
    assert "2020-02.csv" in found.findings[0].message


def test_a_part_of_the_old_areas_is_an_error(people: People, folder: Path) -> None:
    stock = people.earlier[LAST_DAY]
    for damaged in (stock[1:], stock.rename(index={"01011101": "99011101"})):
        with pytest.raises(IntakeError) as error:
            history(folder, People({}, {LAST_DAY: damaged, pd.Timestamp("2019-06-30"): stock}, []))
        assert [(f.code, f.file) for f in error.value.findings] == [("areas_incomplete", "bevoelkerung/2020-02.csv")]


def test_surface_alone_is_used_where_nothing_better_is_there(people: People, folder: Path, tmp_path: Path) -> None:
    (tmp_path / OLD).symlink_to(folder / OLD)
    geometry = gpd.read_file(folder / berlin.AREAS).rename(columns={"PLR_ID": "area_id"})
    found = history(tmp_path, People({}, {LAST_DAY: people.earlier[LAST_DAY]}, []), geometry)
    (measured,) = [f for f in found.findings if f.code == "conversion_error"]
    assert measured.severity == "warning" and "Aufgeteilt wird nach: Fläche" in measured.message
    assert set(found.shares["basis"]) == {"flaeche"} and found.stocks[LAST_DAY][TOTAL].sum() == 3_769_962


def with_key(folder: Path, target: Path, name: str, key: str) -> Path:
    """The old areas as small circles, the one of that name with another key."""
    raw = gpd.read_file(folder / OLD)
    raw["geometry"] = raw.representative_point().buffer(1)
    raw.loc[raw["PLANUNGSRA"] == name, "broker Dow"] = key
    raw.to_file(target / "old.gpkg")
    return target / "old.gpkg"


def test_a_key_of_another_district_is_mended(people: People, folder: Path, tmp_path: Path) -> None:
    file = with_key(folder, tmp_path, "Stülerstraße", "02010101")
    areas, findings = read_old_areas(file, people.earlier[LAST_DAY].index, berlin.DISTRICTS, LAST_DAY)
    assert [f.message for f in findings if "„Stülerstraße“ liegt in Mitte; dort fehlt genau der Schlüssel 01011101" in f.message]
    assert len(findings) == 2 and areas.late.ids == set(people.earlier[LAST_DAY].index)


@pytest.mark.parametrize(("name", "key"), [("Stülerstraße", "99011101"), ("Markelstraße", "06010102")])
def test_keys_that_cannot_be_mended_stop_the_import(
    people: People, folder: Path, tmp_path: Path, name: str, key: str
) -> None:
    file = with_key(folder, tmp_path, name, key)
    with pytest.raises(IntakeError) as error:
        read_old_areas(file, people.earlier[LAST_DAY].index, berlin.DISTRICTS, LAST_DAY)
    assert [f.code for f in error.value.findings] == ["old_areas"] and key in str(error.value)


def test_lines_that_cannot_be_told_are_left_out(people: People, folder: Path, old: OldAreas, tmp_path: Path) -> None:
    text = (folder / "ewr_kinder_2001_2016.csv").read_text()
    file = tmp_path / "ewr.csv"
    lines = text.splitlines()
    file.write_text("\n".join([*lines[:-1], lines[1]]))  # one line twice, one gone
    rows, findings = read_children(file, old.early.ids, people.earlier, set())
    assert rows.empty and [f.code for f in findings] == ["areas_unknown"]
    rows, findings = read_children(folder / "ewr_kinder_2001_2016.csv", old.early.ids, {}, set())
    assert rows.empty and [f.code for f in findings] == ["areas_unknown"]
    file.write_text(text.replace("2001_E_E00_01", "2001_E_E00_02"))
    with pytest.raises(IntakeError):
        read_children(file, old.early.ids, people.earlier, set())
