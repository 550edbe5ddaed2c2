"""Kitas of Berlin against children under 6: 199 thousand places, and gaps of areas that vanish with reach."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from raumblick.answers.access import OWN, Question, access
from raumblick.snapshot.store import open_store
from raumblick.supply.points import demand_points
from raumblick.supply.reach import by_area, reach
from raumblick.supply.robust import robust_gaps, vanished, variants

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def berlin(shared_data):
    """Demand points, Kitas with the area of their point, and children under 6 by area, in metres (EPSG:3035)."""
    folder = shared_data / "berlin"
    kitas = pd.read_csv(folder / "kitas_2026-01.csv", dtype={"id": str})
    points = gpd.GeoSeries(gpd.points_from_xy(kitas["lon"], kitas["lat"]), crs=4326).to_crs(3035)
    shapes = gpd.read_file(folder / "lor_planungsraeume_2021.shp.zip").to_crs(3035)
    name = next(column for column in shapes.columns if column.upper() == "PLR_ID")
    inside = gpd.GeoDataFrame(geometry=points).sjoin(shapes[[name, "geometry"]])
    supply = pd.DataFrame({"facility_id": kitas["id"], "x": points.x, "y": points.y, "places": kitas["places"]})
    supply["area_id"] = inside.groupby(level=0)[name].min().reindex(supply.index)
    people = pd.read_csv(folder / "bevoelkerung" / "2024-02.csv", dtype={"id": str})
    children = pd.Series(people["inhabitants_age_below_6"].to_numpy(), people["id"].str.zfill(8))
    cells = pd.read_csv(folder / "zensus2022_100m_kinder_0_9.csv", dtype={"PLR_ID": str})
    cells = cells.rename(columns={"PLR_ID": "area_id", "value": "weight"}).assign(area_id=lambda f: f["area_id"].str.zfill(8))
    centre = shapes.geometry.representative_point()
    centres = pd.DataFrame({"area_id": shapes[name], "x": centre.x, "y": centre.y})
    counts = children.rename("children").rename_axis("area_id").reset_index()
    return demand_points(cells, counts, centres), supply, children


def test_places_and_children(berlin):
    demand, supply, children = berlin
    assert supply["places"].sum() == pytest.approx(199_000, rel=0.01)
    assert len(children) == 542 and demand.points["children"].sum() == pytest.approx(children.sum())
    assert (demand.points["basis"] == "cell").mean() > 0.99
    sums = demand.points.groupby("area_id")["children"].sum().reindex(children.index, fill_value=0.0)
    np.testing.assert_allclose(sums, children, atol=1e-6)


def test_half_of_the_gaps_vanish_once_neighbours_count(berlin):
    demand, supply, children = berlin
    own = (supply.groupby("area_id")["places"].sum().reindex(children.index).fillna(0.0) / children).where(children > 0)
    access = by_area(reach(demand.points, supply, 1000.0, "gaussian"), demand.area_of)["access"]
    assert vanished(own, access, 0.8) == (208, 103)
    wider = by_area(reach(demand.points, supply, 2000.0, "gaussian"), demand.area_of)["access"]
    assert vanished(own, wider, 0.8)[1] > 103


def test_twelve_variants_of_berlin(berlin):
    demand, supply, _ = berlin
    table = variants(demand.points, supply)
    children = demand.points.set_index("demand_id")["children"]
    found = robust_gaps(table, children, demand.area_of, 1.0)
    assert table.shape[1] == 12 and found.areas["gaps"].between(0, 12).all()
    assert {0, 12} <= set(found.areas["gaps"])


def test_the_pages_count_gaps_with_the_grid_and_the_committee_without(berlin, real_home):
    """The way of 1,300 m is a straight line of 1,000: planners see exactly the gaps that the files give."""
    home = real_home("berlin")
    asked = Question("kita", "planungsraum", OWN, 1300.0, 0.8)
    planners, committee = (access(open_store(home, "berlin", view), asked) for view in ("planung", "ausschuss"))
    assert (planners.gaps, planners.closed) == (208, 103)
    assert (committee.gaps, committee.closed) == (208, 97)
    points = planners.reach.homes.points
    assert len(points) == 26_625 and set(points["basis"]) == {"cell"} and set(committee.reach.homes.points["basis"]) == {"even"}
    sums = points.groupby("area_id")["children"].sum()
    np.testing.assert_allclose(sums, berlin[2].reindex(sums.index), atol=1e-6)
