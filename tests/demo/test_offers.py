"""Facilities: in their area, in a credible number, places in order, over-supply here and under-supply there."""

import geopandas as gpd
import numpy as np
import pytest

from raumblick.catalogue import load_catalogue


def test_about_900_places_with_offers_of_all_kinds(tables):
    offers = tables["facility"]
    sites = (~offers["facility_id"].str.endswith("-36")).sum()
    assert 820 < sites < 980
    assert offers["facility_id"].is_unique
    known = set(load_catalogue().services["key"]) | set(tables["service"]["key"])
    assert set(offers["service"]) <= known
    assert offers["service"].nunique() >= 30


def test_every_offer_lies_in_its_area(tables):
    offers = tables["facility"]
    points = gpd.GeoSeries.from_xy(offers["lon"], offers["lat"], crs=4326)
    shapes = tables.polygons().set_index("area_id").geometry
    assert shapes[offers["area_id"]].reset_index(drop=True).contains(points).all()


def test_places_are_in_order(tables):
    offers = tables["facility"]
    known = offers.dropna(subset=["places_licensed", "places_operable"])
    assert (known["places_licensed"] >= known["places_operable"]).all()
    known = known.dropna(subset=["enrolled"])
    assert (known["places_operable"] >= known["enrolled"]).all()
    assert (known["enrolled"] >= 0).all()
    assert offers.loc[offers["service"] == "okja", "places_licensed"].isna().any()


def test_a_kita_is_two_offers_at_one_place(tables):
    offers = tables["facility"]
    kitas = offers[offers["service"].isin(["kita_u3", "kita_36"])]
    pairs = kitas.groupby(kitas["facility_id"].str[:-3])
    assert (pairs["service"].nunique() == 2).all()
    for column in ("name", "lon", "lat", "area_id", "carrier"):
        assert (pairs[column].nunique() == 1).all(), column


def test_occupancy_has_fallen_to_about_87_percent(tables):
    rows = tables.indicator("kita_occ").groupby("period")[["numerator", "denominator"]].sum()
    share = rows["numerator"] / rows["denominator"]
    assert 0.84 < share["2025"] < 0.90
    assert share["2022"] > share["2023"] > share["2024"] > share["2025"]


def test_some_areas_have_too_many_places_and_some_too_few(tables):
    rows = tables.indicator("kita_cov_36").xs("2025", level="period")
    cover = (rows["numerator"] / rows["denominator"])[rows["denominator"] > 150]
    assert (cover > 1.1).sum() >= 4
    assert (cover < 0.85).sum() >= 4


def test_offers_open_and_close(tables):
    offers = tables["facility"]
    both = offers.dropna(subset=["opens", "closes"])
    assert (both["opens"] < both["closes"]).all()
    assert ((offers["closes"] < "2026").sum(), (offers["opens"] > "2026").sum()) >= (2, 2)
    shut = offers[(offers["closes"] < "2026") | (offers["opens"] > "2026")]
    assert shut["enrolled"].isna().all()


@pytest.mark.parametrize("column", ["inclusive", "barrier_free"])
def test_flags_are_booleans_for_every_offer(tables, column):
    assert tables["facility"][column].dtype == np.bool_
    assert 0.05 < tables["facility"][column].mean() < 0.7
