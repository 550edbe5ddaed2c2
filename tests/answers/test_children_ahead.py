"""Children to come on a small city whose years can be told, on the mini city, and in both views."""

import minicity
import numpy as np
import pandas as pd
import pytest
from homes import settle

from raumblick.answers.projection import TODAY, SupplyError, need, outlook, quotas, services_for
from raumblick.snapshot.store import open_store

YEARS = range(2012, 2024)


def grown(tables: dict[str, pd.DataFrame], factor: float, hidden: bool = False) -> dict[str, pd.DataFrame]:
    """The mini city with single ages below 7 of twelve years; every newborn cohort is `factor` times the one before."""
    rows = [
        (key, f"{year}-12-31", age, age + 1, sex, round((200 + 20 * int(key)) * factor ** (year - age - 2012)))
        for key in minicity.AREAS
        for year in YEARS
        for age in range(7)
        for sex in ("female", "male")
    ]
    old = [(key, f"{y}-12-31", 7, None, sex, 900) for key in minicity.AREAS for y in YEARS for sex in ("female", "male")]
    frame = pd.DataFrame([*rows, *old], columns=["area_id", "date", "age_from", "age_to", "sex", "count"])
    if hidden:
        frame.loc[(frame["area_id"] == "03") & (frame["age_from"] < 7), "count"] = 1
    area = tables["area"].assign(valid_from="2010-01-01")
    return tables | {"population": frame.astype({"age_to": "Int64"}), "area": area}


def home_of(tmp_path_factory, tables):
    home = tmp_path_factory.mktemp("grown_home")
    settle(minicity.write_minicity(tmp_path_factory.mktemp("grown_package"), tables), home)
    return home


@pytest.fixture(scope="module")
def shrinking(tmp_path_factory):
    """Each cohort a tenth smaller than the one before, nobody moves."""
    return open_store(home_of(tmp_path_factory, grown(minicity.frames(), 0.9)), "mini", "planung")


@pytest.fixture(scope="module")
def small_home(tmp_path_factory):
    """Area 03 with one girl and one boy of each age."""
    return home_of(tmp_path_factory, grown(minicity.frames(), 1.0, hidden=True))


def test_cohorts_that_grow_older_are_carried_on(shrinking):
    found = outlook(shrinking, "ortsteil", 3, 6)
    assert (found.base_year, found.years) == (2023, (2024, 2025, 2026, 2027, 2028))
    third = found.in_year(2026)  # all of them are born: ages 0 to 2 of 2023
    assert list(third["area_id"]) == minicity.AREAS and third["name"].iloc[0] == "Ortsteil 00"
    np.testing.assert_allclose(third["children"], third["before"] * 0.9**3, rtol=0.01)
    assert (third["unborn"] == 0).all() and (found.in_year(2027)["unborn"] > 0).all()
    assert third["clear"].all() and (third["state"] == "value").all()
    np.testing.assert_allclose(third["change"], third["children"] - third["before"])
    assert found.whole and found.of_city(2026)["children"] == pytest.approx(third["children"].sum())
    assert found.before("mini") == third["before"].sum() and found.before("00") == third["before"].iloc[0]


def test_the_record_tells_how_wrong_it_was(shrinking):
    found = outlook(shrinking, "ortsteil", 3, 6)
    first = found.track(1)
    assert first["ahead"] == 1 and first["error"] < 0.01 < first["unchanged"]
    assert found.track(5)["ahead"] == found.record["ahead"].max() < 5  # twelve years do not tell of five
    assert found.record["origins"].is_monotonic_decreasing


def test_levels_have_the_same_city(shrinking):
    low, high = (outlook(shrinking, level, 0, 3) for level in ("ortsteil", "bezirk"))
    assert low.before("mini") == high.before("mini")
    assert len(high.in_year(2024)) == 2 and high.before("B0") == low.in_year(2024)["before"].iloc[:4].sum()


def test_as_many_years_as_the_past_allows(planung):
    found = outlook(planung, "ortsteil", 0, 6)  # three years of residents: pairs of years one and two apart
    assert found.years == (2024, 2025) and found.record.empty and found.track(2) is None
    assert found.in_year(2024)["children"].notna().all() and found.in_year(2024)["low"].isna().all()
    assert not found.in_year(2024)["clear"].any()
    assert any(note.code == "ages_split" for note in found.notes)


def test_ages_that_nobody_counted(shrinking):
    with pytest.raises(SupplyError, match="reichen für diese Altersgruppe nicht aus"):
        outlook(shrinking, "ortsteil", 18, 21)


def test_hidden_areas_are_called_hidden(small_home):
    planners, committee = (outlook(open_store(small_home, "mini", view), "ortsteil", 3, 6) for view in ("planung", "ausschuss"))
    assert (planners.in_year(2024)["state"] == "value").all()
    shown = committee.in_year(2024).set_index("area_id")
    assert shown.at["03", "state"] == "hidden" and np.isnan(shown.at["03", "children"])
    assert (shown.drop(index="03")["state"] != "missing").all()
    assert committee.whole is False


def test_places_to_come(shrinking):
    assert [s.key for s in services_for(shrinking, 0, 6)] == ["kita"] and services_for(shrinking, 3, 6) == ()
    shares, refused = quotas(shrinking, "kita", "ortsteil")
    now = outlook(shrinking, "ortsteil", 0, 6)
    assert list(shares) == [TODAY] and refused == ()
    assert shares[TODAY] == pytest.approx(480 / now.before("mini"))
    found = need(shrinking, "ortsteil", 0, 6, "kita", 0.5)
    assert set(found.quotas) == {TODAY, "eigen"} and len(found.areas) == 2 * 5 * 8
    city = found.city.set_index(["scenario", "year"]).loc[("eigen", 2026)]
    assert city["sure"] == 480 and city["need"] == pytest.approx(0.5 * now.of_city(2026)["children"])
    one = found.areas.set_index(["scenario", "year", "area_id"]).loc[("eigen", 2026, "07")]
    assert one["gap"] == pytest.approx(one["need"] - 60) and one["name"] == "Ortsteil 07"
