"""Residents that are estimated say so up to every number built on them; places count only where they are open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import minicity
import pandas as pd
import pytest
from homes import NOW, settle

from raumblick.catalogue import load_catalogue
from raumblick.ingest import check_only, ingest
from raumblick.settings import Settings
from raumblick.snapshot.store import open_store

Tables = dict[str, pd.DataFrame]


@pytest.fixture
def build(tmp_path: Path) -> Callable[[Tables], Path]:
    """Import a mini city; gives the home."""

    def run(tables: Tables) -> Path:
        settle(minicity.write_minicity(tmp_path / "package", tables), tmp_path / "home")
        return tmp_path / "home"

    return run


def with_estimates() -> Tables:
    """The mini city with residents of area 05 estimated in 2022."""
    tables = minicity.frames()
    rows = tables["population"]
    rows["status"] = None
    rows.loc[(rows["area_id"] == "05") & (rows["date"] == "2022-12-31"), "status"] = "estimated"
    return tables


def population(home: Path, file: str) -> pd.DataFrame:
    (path,) = (home / "mini" / "snapshots").glob(f"*/{file}")
    with duckdb.connect(str(path), read_only=True) as con:
        return con.table("population").df().assign(year=lambda f: f["date"].astype(str).str[:4])


@pytest.mark.parametrize("file", ["internal.duckdb", "public.duckdb"])
def test_status_of_residents_is_carried_upwards(build: Callable[[Tables], Path], file: str) -> None:
    rows = population(build(with_estimates()), file)
    found = rows.groupby(["area_id", "year"])["status"].agg(set)
    estimated = {key for key, status in found.items() if status == {"estimated"}}
    assert estimated == {("05", "2022"), ("B1", "2022"), ("mini", "2022")}
    assert all(status == {"synthetic"} for key, status in found.items() if key not in estimated)


def test_what_is_computed_from_estimated_residents_is_estimated(build: Callable[[Tables], Path]) -> None:
    store = open_store(build(with_estimates()), "mini", "planung")
    for indicator in ("pop_total", "pop_u18_share"):
        for level, areas in (("ortsteil", {"05"}), ("bezirk", {"B1"}), ("stadt", {"mini"})):
            rows = store.read("values", indicator=indicator, level=level)
            estimated = rows[rows["status"] == "estimated"]
            assert set(estimated["area_id"]) == areas and set(estimated["period"]) == {"2022"}
            assert set(rows["status"]) == {"estimated", "synthetic"}


# --- before an area existed ----------------------------------------------------------------------------------------


def before_their_time(status: str | None, shares: bool) -> Tables:
    """The mini city whose areas begin in 2023, with residents from 2021 on and, if asked, an old city to convert from."""
    tables = minicity.frames()
    tables["area"]["valid_from"] = "2023-01-01"
    tables["population"]["status"] = [None if date >= "2022-12" else status for date in tables["population"]["date"]]
    tables["observation"] = tables["observation"].query("period >= '2022'")
    early = tables["observation"].query("period == '2023' and indicator == 'sgb2_u15'").assign(period="2021", status=status)
    tables["observation"] = pd.concat([tables["observation"], early], ignore_index=True)
    if shares:
        columns = ["from_id", "from_vintage", "to_id", "to_vintage", "share", "basis"]
        rows = [("alt", "2000-01-01", key, "2023-01-01", 1 / 8, "flaeche") for key in minicity.AREAS]
        tables["area_share"] = pd.DataFrame(rows, columns=columns)
    return tables


@pytest.mark.parametrize(
    ("status", "shares", "accepted"),
    [("estimated", True, True), ("estimated", False, False), ("real", True, False), (None, True, False)],
)
def test_only_converted_numbers_may_be_older_than_their_area(
    tmp_path: Path, status: str | None, shares: bool, accepted: bool
) -> None:
    package = minicity.write_minicity(tmp_path, before_their_time(status, shares))
    faults = {(f.code, f.file) for f in check_only(package, Settings(), load_catalogue()).findings if f.severity == "error"}
    assert faults == (set() if accepted else {("vintage", "population.csv"), ("vintage", "observation.csv")})


def test_estimates_after_an_area_ended_are_refused(tmp_path: Path) -> None:
    tables = before_their_time("estimated", shares=True)
    tables["area"]["valid_to"] = "2023-06-30"
    done = ingest(minicity.write_minicity(tmp_path / "p", tables), Settings(home=tmp_path / "h"), load_catalogue(), NOW)
    assert done.snapshot_id is None and "vintage" in {f.code for f in done.findings}


# --- places --------------------------------------------------------------------------------------------------------


def places(home: Path) -> dict[str, float]:
    rows = open_store(home, "mini", "planung").read("values", indicator="kita_cov_u6", level="ortsteil")
    assert set(rows["period"]) == {"2023"}
    return dict(zip(rows["area_id"], rows["numerator"], strict=True))


def test_places_count_where_open_on_the_day_of_the_list(build: Callable[[Tables], Path]) -> None:
    tables = minicity.frames()
    facility = tables["facility"].assign(opens=None, closes=None, reference_date="2024-03-01").set_index("facility_id")
    facility.loc["K01", "reference_date"] = "2023-06-01"  # the newest day counts for the whole list
    facility.loc["K00", "opens"] = "2024-03-01"
    facility.loc["K01", "opens"] = "2024-03-02"
    facility.loc["K02", "closes"] = "2024-03-01"
    facility.loc["K03", "closes"] = "2024-03-02"
    tables["facility"] = facility.reset_index()
    found = places(build(tables))
    assert {key: found[key] for key in ("00", "01", "02", "03", "04")} == {"00": 60, "01": 0, "02": 0, "03": 60, "04": 60}


def test_a_list_without_a_day_counts_at_the_end_of_the_last_year(build: Callable[[Tables], Path]) -> None:
    tables = minicity.frames()
    facility = tables["facility"].assign(opens=None, closes=None, reference_date=None).set_index("facility_id")
    facility.loc["K00", "opens"] = "2023-12-31"
    facility.loc["K01", "opens"] = "2024-01-01"
    facility.loc["K02", "closes"] = "2023-12-31"
    facility.loc["K03", "closes"] = "2024-01-01"
    tables["facility"] = facility.reset_index()
    found = places(build(tables))
    assert {key: found[key] for key in ("00", "01", "02", "03")} == {"00": 60, "01": 0, "02": 0, "03": 60}


def test_each_list_has_its_own_day(build: Callable[[Tables], Path]) -> None:
    tables = minicity.frames()
    facility = tables["facility"].assign(opens=None, closes=None)
    facility.loc[0, "opens"] = "2024-06-01"
    other = facility[:1].assign(facility_id="J", service="okja", opens=None, reference_date="2024-12-31")
    tables["facility"] = pd.concat([facility, other], ignore_index=True)
    assert places(build(tables))["00"] == 0
