"""Every query of queries/read on the mini city, in both views: columns, grain and order are what its head says."""

import datetime as dt
import re

import minicity
import pandas as pd
import pytest

from raumblick.catalogue import load_catalogue
from raumblick.ingest import ingest
from raumblick.queries import FOLDER, load_query
from raumblick.settings import Settings
from raumblick.snapshot.store import open_store

NOW = dt.datetime(2026, 1, 15, 12, 0, tzinfo=dt.UTC)
LEVELS = ("stadt", "bezirk", "ortsteil")
AREAS = ("mini", "B0", "00", "05")
INDICATORS = ("sgb2_u15", "pop_total", "housing_space")

# Columns that together name one row of the result: the grain that the head tells in words.
GRAIN = {
    "area_members": ["base_id"],
    "area_names": ["area_id"],
    "areas": ["area_id"],
    "bookings": ["booking_id"],
    "cases": ["area_id", "service", "month"],
    "cells": ["cell_id"],
    "city_values": ["indicator", "period"],
    "coverage": ["indicator", "period"],
    "facilities": ["facility_id"],
    "indicators": ["key"],
    "latest_values": ["indicator", "area_id"],
    "levels": ["level"],
    "observation_digest": ["indicator", "period"],
    "offers": ["facility_id"],
    "residents": ["date", "age_from", "age_to"],
    "series": ["indicator", "period"],
    "service_names": ["key"],
    "sources": ["source_id"],
    "spending": ["year", "service", "service_name", "side", "value_type", "basis"],
    "table_digest": ["name", "year"],
    "targets": ["service", "age_from", "age_to", "kind", "valid_from"],
    "transitions": ["area_id", "cohort", "from_stage", "to_stage"],
    "values": ["area_id", "period"],
    "young": ["area_id", "age_from", "age_to"],
    "young_years": ["area_id", "year", "age_from", "age_to"],
}
PLANNERS_ONLY = {"cells"}  # of tables that are empty in the public file
FOUND = sorted(path.stem for path in (FOLDER / "read").glob("*.sql"))
NAMES = [name for name in FOUND if name in GRAIN]


def stated(head: dict[str, str], key: str) -> list[str]:
    """Names in a line of the head; what stands in brackets or after a semicolon explains them."""
    plain = re.sub(r"\([^)]*\)", "", head.get(key, "")).split(";")[0]
    return [name.strip() for name in plain.split(",") if name.strip()]


def order(sql: str) -> list[str]:
    """Columns of the last `order by`, as the result calls them."""
    names = dict(re.findall(r"([a-z_]+\.[a-z_]+) as ([a-z_]+)", sql))
    parts = [part.strip() for part in sql.rsplit("order by", 1)[1].split(",")]
    return [names.get(part, part.split(".")[-1]) for part in parts]


def questions(name: str) -> list[dict[str, str]]:
    """Sets of parameters to try."""
    choices = {"level": LEVELS, "area_id": AREAS, "indicator": INDICATORS, "below": [27]}
    out: list[dict[str, str]] = [{}]
    for param in stated(load_query(f"read/{name}").head, "params"):
        out = [{**known, param: value} for known in out for value in choices[param]]
    return out


def sort_key(row) -> list[tuple[bool, object]]:
    return [(bool(pd.isna(cell)), "" if pd.isna(cell) else cell) for cell in row]


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """The mini city with a plan that can be divided, opened in both views."""
    folder = tmp_path_factory.mktemp("queries")
    frames = minicity.frames()
    plan = frames["booking"].iloc[[0]].assign(booking_id="b3", service="okja", area_id="01", amount="500.00")
    frames["booking"] = pd.concat([frames["booking"], plan], ignore_index=True)
    frames["cell"] = minicity.cells()
    done = ingest(minicity.write_minicity(folder / "mini", frames), Settings(home=folder / "home"), load_catalogue(), NOW)
    assert done.snapshot_id is not None
    opened = {view: open_store(folder / "home", "mini", view) for view in ("planung", "ausschuss")}
    yield opened
    for store in opened.values():
        store.close()


def test_every_query_states_its_grain_here():
    assert sorted(GRAIN) == FOUND


@pytest.mark.parametrize("view", ["planung", "ausschuss"])
@pytest.mark.parametrize("name", NAMES)
def test_a_query_gives_what_its_head_says(stores, name, view):
    query = load_query(f"read/{name}")
    rows = 0
    for params in questions(name):
        frame = stores[view].read(name, **params)
        assert list(frame.columns) == stated(query.head, "columns"), params
        assert not frame.duplicated(GRAIN[name]).any(), params
        sorted_by = order(query.sql)
        keys = [sort_key(row) for row in frame[sorted_by].itertuples(index=False)]
        assert keys == sorted(keys), params
        assert not frame.duplicated(sorted_by).any(), f"{params}: rows with the same {sorted_by} come in any order"
        rows += len(frame)
    hidden = view == "ausschuss" and name in PLANNERS_ONLY
    assert bool(rows) != hidden, "no set of parameters gives a row: the test proves nothing"


@pytest.mark.parametrize("name", NAMES)
def test_unknown_parameters_give_no_rows_and_no_error(stores, name):
    params = {param: 27 if param == "below" else "gibt es nicht" for param in stated(load_query(f"read/{name}").head, "params")}
    if params:
        assert stores["planung"].read(name, **params).empty


def test_both_views_have_the_same_rows(stores):
    """Hidden numbers are missing; rows and keys are the same, so that no picture changes its shape. Cases: of the city only."""
    for name in NAMES:
        for params in questions(name):
            inside, outside = (stores[view].read(name, **params) for view in ("planung", "ausschuss"))
            if name in PLANNERS_ONLY:
                inside = inside[:0]
            elif name == "cases":
                inside = inside[inside["area_id"] == "mini"]
            elif name == "table_digest":
                inside, outside = (rows[~rows["name"].isin(["caseload", "cell"])] for rows in (inside, outside))
            keys = [frame[GRAIN[name]].reset_index(drop=True) for frame in (inside, outside)]
            pd.testing.assert_frame_equal(*keys, check_dtype=bool(len(outside)))


def test_worked_answers(stores):
    store = stores["planung"]
    spending = store.read("spending", area_id="mini").query("service == 'heim'").set_index("value_type")
    assert spending["amount"].astype("float").to_dict() == {"actual": 400.25, "plan": 1000.5}
    assert list(store.read("spending", area_id="00")["value_type"]) == ["actual"]  # the plan has no area
    assert store.read("spending", area_id="B1").empty
    assert list(store.read("offers", area_id="B0")["facility_id"]) == ["K00", "K01", "K02", "K03"]
    coverage = store.read("coverage", level="ortsteil").set_index(["indicator", "period"])
    assert tuple(coverage.loc[("sgb2_u15", "2023"), ["known", "hidden", "areas"]]) == (8, 0, 8)
    assert tuple(coverage.loc[("housing_space", "2023"), ["known", "hidden", "areas"]]) == (0, 0, 8)
    public = stores["ausschuss"].read("coverage", level="ortsteil").set_index(["indicator", "period"])
    assert tuple(public.loc[("sgb2_u15", "2023"), ["known", "hidden", "areas"]]) == (6, 2, 8)  # a second guards the first
    residents = store.read("residents", area_id="00")
    first = residents[(residents["date"] == "2021-12-31") & (residents["age_from"] == 0)]
    assert list(first["count"]) == [80]  # 40 girls and 40 boys
    latest = store.read("latest_values", level="ortsteil")
    assert set(latest.loc[latest["indicator"] == "sgb2_u15", "period"]) == {"2023"}
    assert "housing_space" not in set(latest["indicator"])  # not one number on this level
    values = store.read("sources").set_index("source_id")["values"]
    assert values["s1"] > 20 and values["raumblick"] > 20
