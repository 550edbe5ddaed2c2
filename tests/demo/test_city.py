"""Areas and polygons: a city in one piece, nested, edge-matched, dense in the middle."""

import numpy as np
import pytest
import shapely

from raumblick.demo.city import build_city
from raumblick.demo.mesh import build_mesh
from raumblick.demo.names import BY_KIND, area_names


def test_four_levels_nest(tables):
    area = tables["area"].set_index("area_id")
    assert area["level"].value_counts().to_dict() == {"ortsteil": 63, "bezirk": 10, "planungsraum": 7, "stadt": 1}
    above = {"ortsteil": "bezirk", "bezirk": "planungsraum", "planungsraum": "stadt"}
    for _, row in area[area["level"] != "stadt"].iterrows():
        assert area.loc[row["parent_id"], "level"] == above[row["level"]]
    assert list(area.index[area["parent_id"].isna()]) == ["musterstadt"]


def test_keys_carry_their_bezirk_and_names_are_unique(tables):
    area = tables["area"]
    leaf = area[area["level"] == "ortsteil"]
    assert (leaf["area_id"].str.len() == 2).all()
    assert ("B" + leaf["area_id"].str[0] == leaf["parent_id"]).all()
    assert area["name"].is_unique and area["area_id"].is_unique


def test_polygons_share_every_border(tables):
    shapes = tables.polygons()
    assert list(shapes["area_id"]) == sorted(tables["area"].query("level == 'ortsteil'")["area_id"])
    assert shapes.geometry.is_valid.all()
    assert shapely.coverage_is_valid(shapes.geometry.to_numpy())
    points = shapes.geometry.count_coordinates()
    assert 40 <= points.median() <= 140 and points.max() < 220


def test_every_higher_area_is_one_piece_without_holes(tables):
    shapes = tables.polygons().set_index("area_id").geometry
    parent = tables["area"].set_index("area_id")["parent_id"]
    groups = {"musterstadt": list(shapes.index)}
    for key in shapes.index:
        groups.setdefault(parent[key], []).append(key)
        groups.setdefault(parent[parent[key]], []).append(key)
    assert len(groups) == 18
    for key, members in groups.items():
        whole = shapely.coverage_union_all(shapes[members].to_numpy())
        assert whole.geom_type == "Polygon" and not whole.interiors, key


def test_small_areas_in_the_middle_large_ones_at_the_edge():
    city = build_city(63, 2025)
    assert 250 < city.km2.sum() < 360
    assert np.median(city.km2[city.depth < 0.4]) * 3 < np.median(city.km2[city.depth > 0.8])
    density = city.residents / city.km2
    assert np.median(density[city.kind == "kern"]) > 8 * np.median(density[city.kind == "dorf"])


def test_the_river_is_a_border():
    """Cells on the two banks never belong to one area, so the river runs along borders only."""
    mesh = build_mesh(63, 2025)
    river = shapely.linestrings(mesh.river)
    inside = shapely.length(shapely.intersection(river, shapely.coverage_union_all(mesh.polygons)))
    away_from_borders = shapely.intersection(shapely.buffer(mesh.polygons, -0.15), river)
    assert inside > 15
    assert shapely.length(away_from_borders).sum() < 0.05 * inside


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_other_seeds_give_other_sound_cities(seed):
    city = build_city(63, seed)
    assert shapely.coverage_is_valid(city.polygons)
    assert shapely.coverage_union_all(city.polygons).geom_type == "Polygon"
    assert len(np.unique(city.bezirk)) == 10
    assert not np.array_equal(city.residents, build_city(63, 2025).residents)


def test_the_mesh_knows_its_neighbours():
    mesh = build_mesh(50, 7)
    touch = shapely.touches(mesh.polygons[mesh.neighbours[:, 0]], mesh.polygons[mesh.neighbours[:, 1]])
    assert touch.all()
    assert (mesh.neighbours[:, 0] < mesh.neighbours[:, 1]).all()


def test_too_few_areas_are_refused():
    with pytest.raises(ValueError, match="at least 40"):
        build_city(39, 1)


def test_names_never_repeat_even_for_thousands_of_areas():
    kinds = np.array(["dorf"] * 1500 + list(BY_KIND))
    assert len(set(area_names(kinds))) == len(kinds)
