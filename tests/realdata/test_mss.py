"""Monitoring Soziale Stadtentwicklung (Berlin): every area's published class, from the preset and the raw table."""

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from raumblick.need.index import IndexError_, change_columns, load_spec, parse_spec, score

pytestmark = pytest.mark.realdata
PRESETS = Path(__file__).parents[2] / "data" / "catalogue" / "index"
STATUS = {1: "hoch", 2: "mittel", 3: "niedrig", 4: "sehr niedrig"}
DYNAMICS = {"+": "positiv", "+/-": "stabil", "-": "negativ"}
AREAS = {2013: 434, 2015: 435, 2017: 436, 2019: 436}


def published(shared_data, year):
    table = pd.read_csv(shared_data / "berlin" / f"mss_{year}_plr447.csv", dtype={"id": str})
    return table.rename(columns={"id": "area_id"})


def wrong(areas, table):
    """How many valid areas differ in status and in dynamics."""
    valid = table["valid"].to_numpy()
    status = areas["status_class"][valid].to_numpy() != table["status_class_pub"][valid].map(STATUS).to_numpy()
    dynamics = areas["dynamics_class"][valid].to_numpy() != table["dynamic_class_pub"][valid].map(DYNAMICS).to_numpy()
    return int(status.sum()), int(dynamics.sum())


@pytest.mark.parametrize("year", AREAS)
def test_every_area_has_its_published_classes(shared_data, year):
    table = published(shared_data, year)
    areas = score(table, load_spec(PRESETS / f"mss_{year}.toml")).areas
    assert areas["area_id"].tolist() == table["area_id"].tolist()
    assert (areas["excluded"].isna() == table["valid"]).all(), "the preset knows which areas are not judged"
    assert areas["status_class"].notna().sum() == AREAS[year]
    assert wrong(areas, table) == (0, 0)
    assert areas.loc[areas["excluded"].notna(), ["index", "rank", "dynamics_index"]].isna().all(axis=None)


@pytest.mark.parametrize("year", AREAS)
def test_the_index_is_the_published_number(shared_data, year):
    table = published(shared_data, year)
    areas = score(table, load_spec(PRESETS / f"mss_{year}.toml")).areas
    known = table["valid"] & table["status_index_pub"].notna()
    assert (areas["index"] - table["status_index_pub"])[known].abs().max() < 1e-5


def test_reasons_from_the_table_give_the_same(shared_data):
    table = published(shared_data, 2017).drop(columns="inhabitants")
    table["excluded"] = np.where(table["valid"], None, "im Bericht nicht bewertet")
    result = score(table, load_spec(PRESETS / "mss_2017.toml"))
    assert wrong(result.areas, table) == (0, 0)
    assert any("inhabitants" in note for note in result.notes)


def test_the_sample_deviation_changes_one_area_in_three_editions(shared_data):
    lost = []
    for year in AREAS:
        table = published(shared_data, year)
        text = (PRESETS / f"mss_{year}.toml").read_text(encoding="utf-8").replace('"population"', '"sample"')
        spec = parse_spec(tomllib.loads(text))
        lost.append(sum(wrong(score(table, spec).areas, table)))
    assert sorted(lost) == [0, 1, 1, 1]


def test_2021_is_complete_and_plausible(shared_data):
    raw = pd.read_csv(shared_data / "berlin" / "mss_2021_indikatoren_plr542.csv", dtype={"PLR_ID": str})
    spec = load_spec(PRESETS / "mss_2021.toml")
    reasons = raw["KOM"].where(raw["KOM"] != "gültig")
    given = score(raw.rename(columns={"PLR_ID": "area_id"}).assign(excluded=reasons), spec).areas
    alone = score(raw.rename(columns={"PLR_ID": "area_id", "EW": "inhabitants"}), spec).areas
    assert given["status_class"].notna().sum() == 536 == given["dynamics_class"].notna().sum()
    pd.testing.assert_series_equal(given["index"], alone["index"])
    shares = given["status_class"].value_counts(normalize=True)
    assert 0.10 < shares["hoch"] < 0.20 and 0.60 < shares["mittel"] < 0.75 and 0.05 < shares["sehr niedrig"] < 0.12


def test_an_undeclared_sentinel_is_refused(shared_data):
    raw = pd.read_csv(shared_data / "berlin" / "mss_2021_indikatoren_plr542.csv", dtype={"PLR_ID": str})
    text = (PRESETS / "mss_2021.toml").read_text(encoding="utf-8").replace("sentinels = [-9999]", "")
    text = text.replace("valid = [0, 100]", "").replace("valid = [-100, 100]", "")
    spec = parse_spec(tomllib.loads(text))
    with pytest.raises(IndexError_, match="^S1: Der Wert -9999"):
        score(raw.rename(columns={"PLR_ID": "area_id"}), spec)


def test_changes_of_two_editions_are_near_the_published_ones(shared_data):
    now, before = published(shared_data, 2017), published(shared_data, 2015)
    spec = load_spec(PRESETS / "mss_2017.toml")
    own = change_columns(now.drop(columns=["D1", "D2", "D3", "D4"]), before, spec)
    valid = now["valid"] & before["valid"]
    for key in ("D2", "D4"):
        assert np.corrcoef(own[key][valid], now[key][valid])[0, 1] > 0.9
