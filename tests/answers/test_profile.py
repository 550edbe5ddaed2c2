"""One area of the mini city: where it stands, who lives there, what it offers, how it developed."""

import contextlib

import numpy as np
import pandas as pd
import pytest

from raumblick.answers.profile import UnknownAreaError, area_list, find_area, profile, series
from raumblick.answers.values import complete, complete_all, indicators, latest
from raumblick.snapshot.store import open_store


def standing(store, area_id: str, key: str = "sgb2_u15"):
    return profile(store, area_id).indicators.set_index("key").loc[key]


def test_ancestors_go_up_to_the_city(planung):
    area = find_area(planung, "05")
    assert (area.name, area.level) == ("Ortsteil 05", "ortsteil")
    assert area.ancestors == (("B1", "Ost"), ("mini", "Ministadt"))
    assert find_area(planung, "mini").ancestors == ()


@pytest.mark.parametrize("area_id", ["", "99", "5", "ORTSTEIL", "05 ", "' or 1=1 --"])
def test_an_unknown_area_is_named(planung, area_id):
    with pytest.raises(UnknownAreaError):
        profile(planung, area_id)


def test_all_levels_are_listed_once(planung):
    areas = area_list(planung)
    assert list(areas["area_id"]) == ["mini", "B0", "B1", *[f"{n:02d}" for n in range(8)]]
    assert list(areas.loc[areas["is_base"], "area_id"]) == [f"{n:02d}" for n in range(8)]


def test_rank_and_position_among_the_areas_of_the_level(planung):
    row = standing(planung, "05")  # 25 of 370; 06 and 07 are higher
    assert row["value"] == pytest.approx(100 * 25 / 370)
    assert (row["rank"], row["known"], row["position"]) == (3, 8, 5 / 8)
    assert (row["least"], row["most"]) == pytest.approx((100 * 2 / 170, 100 * 35 / 450))
    assert row["median"] == pytest.approx((100 * 15 / 290 + 100 * 20 / 330) / 2)
    assert (row["city"], row["against_city"], row["period"]) == (pytest.approx(100 * 142 / 2480), "", "2023")
    assert standing(planung, "01")["against_city"] == "below"
    assert standing(planung, "B1")["rank"] == 1
    assert standing(planung, "B1")["known"] == 2


def test_residents_and_offers_of_a_district_are_those_of_its_parts(planung):
    result = profile(planung, "B1")
    assert set(result.residents["date"].astype(str).str[:10]) == {"2023-12-31"}
    # 42 + 10k + n in each of two sexes, summed over k = 4 to 7: 2 (4 * 42 + 220) + 8 n = 776 + 8 n
    assert list(result.residents["count"]) == [776 + 8 * n for n in range(6)]
    assert list(result.offers["facility_id"]) == ["K04", "K05", "K06", "K07"]
    assert len(profile(planung, "mini").offers) == 8


def test_places_per_child_are_marked_as_estimated(planung):
    row = standing(planung, "05", "kita_cov_u6")
    assert row["value"] == pytest.approx(100 * 60 / 184)
    assert (row["status"], row["state"]) == ("estimated", "value")
    assert np.isnan(row["low"])
    assert row["against_city"] == ""


def test_a_hidden_area_has_no_rank_and_others_do_not_count_it(ausschuss):
    hidden = standing(ausschuss, "00")
    assert (hidden["state"], hidden["known"], hidden["against_city"]) == ("hidden", 6, "")  # area 01 guards it
    assert hidden["rank"] is None or np.isnan(hidden["rank"])
    assert all(np.isnan(hidden[name]) for name in ("value", "low", "high", "position"))
    lowest = standing(ausschuss, "02")
    assert (lowest["rank"], lowest["position"]) == (6, 0.0)
    assert lowest["least"] == lowest["value"] == pytest.approx(4.0)


def test_an_area_without_a_row_is_missing(varied):
    row = standing(varied, "04")
    assert (row["state"], row["known"], row["against_city"]) == ("missing", 7, "")
    assert row["rank"] is None or np.isnan(row["rank"])


def test_the_spread_holds_every_area_of_the_level(planung):
    spread = profile(planung, "05").spread
    own = spread[spread["indicator"] == "sgb2_u15"]
    assert list(own["area_id"]) == [f"{n:02d}" for n in range(8)]


def test_a_series_compares_its_ends(varied, planung):
    rise = series(varied, "sgb2_u15", find_area(varied, "05"))
    assert list(rise.area["period"]) == ["2021", "2022", "2023"]
    assert (rise.first, rise.last, rise.significant) == ("2021", "2023", True)
    assert rise.change == pytest.approx(100 * 60 / 370 - 100 * 5 / 362)
    assert list(rise.city["value"])[-1] == pytest.approx(100 * 127 / 2150)
    flat = series(planung, "sgb2_u15", find_area(planung, "05"))
    assert (flat.significant, flat.change) == (False, pytest.approx(-0.149321, abs=1e-6))
    people = series(planung, "pop_total", find_area(planung, "05"))
    assert (people.change, people.significant) == (24.0, None)


def test_a_series_with_fewer_than_two_numbers_has_no_change(planung, ausschuss):
    once = series(planung, "kita_cov_u6", find_area(planung, "05"))
    hidden = series(ausschuss, "sgb2_u15", find_area(ausschuss, "00"))
    for result in (once, hidden):
        assert (result.change, result.significant, result.first, result.last) == (None, None, None, None)
    assert set(hidden.area["state"]) == {"hidden"}
    assert hidden.area[["value", "low", "high", "numerator"]].isna().all(axis=None)


def test_a_series_that_lost_its_last_year_ends_where_it_is_known(varied):
    result = series(varied, "sgb2_u15", find_area(varied, "04"))
    assert (result.first, result.last) == ("2021", "2022")


def test_residents_of_a_district_are_estimated_where_a_part_is(tmp_path):
    import minicity
    from homes import settle

    tables = minicity.frames()
    rows = tables["population"]
    rows["status"] = ["estimated" if key == "05" else None for key in rows["area_id"]]
    settle(minicity.write_minicity(tmp_path / "package", tables), tmp_path / "home")
    with contextlib.closing(open_store(tmp_path / "home", "mini", "ausschuss")) as store:
        found = {key: profile(store, key).residents["estimated"] for key in ("04", "05", "B0", "B1", "mini")}
    assert {key: (bool(flags.any()), bool(flags.all())) for key, flags in found.items()} == {
        "04": (False, False), "05": (True, True), "B0": (False, False), "B1": (True, True), "mini": (True, True),
    }  # fmt: skip


@pytest.mark.parametrize("level", ["ortsteil", "bezirk", "stadt"])
def test_newest_values_of_all_indicators_are_completed_as_each_alone(planung, level):
    newest, sheets = latest(planung, level), indicators(planung, level)
    assert len({(sheet.kind, sheet.multiplier) for sheet in sheets}) > 2
    assert list(newest.index) == list(range(len(planung.read("latest_values", level=level))))
    for sheet in sheets:
        rows = newest[newest["indicator"] == sheet.key]
        alone = complete(rows.drop(columns=["low", "high", "state"]), sheet.kind, sheet.multiplier)
        pd.testing.assert_frame_equal(rows, alone)


def test_without_a_row_or_a_sheet_the_columns_are_there_all_the_same(planung):
    rows = planung.read("latest_values", level="ortsteil")
    for some, sheets in ((rows, ()), (rows.iloc[:0], indicators(planung, "ortsteil"))):
        found = complete_all(some, sheets)
        assert not len(found) and {"low", "high", "state", *rows.columns} == set(found.columns)
