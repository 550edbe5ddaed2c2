"""An index as GeoPackage and as drawing: the same areas and numbers as on the page, names as text."""

import xml.etree.ElementTree as ET

import geopandas as gpd
import pytest

from raumblick.answers.material import inputs, material
from raumblick.answers.priority import rank, surety
from raumblick.papers import index_files
from raumblick.snapshot.store import open_store

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def ranked(need_home):
    store = open_store(need_home, "mini", "planung")
    ranking = rank(inputs(material(store, "jugendhilfe", "ortsteil")))
    return store, ranking, surety(ranking, draws=100)


def test_the_geopackage_has_every_area_with_its_numbers(ranked, tmp_path):
    path = tmp_path / "x.gpkg"
    path.write_bytes(index_files.geopackage(*ranked))
    layer = gpd.read_file(path, layer="schwerpunktraeume")
    assert layer.crs.to_epsg() == 4326
    rows = layer.set_index("area_id")
    assert list(rows.index) == [f"{n:02d}" for n in range(8)]
    assert rows["rang"].to_dict() == {f"{n:02d}": 8 - n for n in range(8)}
    assert (rows.loc["07", "stufe"], rows.loc["07", "jahr"], bool(rows.loc["07", "gerechnet_dabei"])) == ("sicher", "2023", True)
    assert rows["datenstand"].nunique() == 1


def test_the_drawing_is_sound_and_names_the_areas_that_are_in(ranked):
    root = ET.fromstring(index_files.svg(*ranked))
    titles = [node.text for node in root.iter(f"{SVG}title")]
    assert sum(title.startswith("Ortsteil") for title in titles) == 8
    assert "Ortsteil 07: sicher" in titles
    texts = " ".join(node.text or "" for node in root.iter(f"{SVG}text"))
    assert "Rechnerisch dabei: 1\u00a0Ortsteil 07; 2\u00a0Ortsteil 06" in texts
    assert "erfundene Daten" in texts and "Datenstand" in texts


def test_names_are_text_in_the_drawing(guarded_home):
    store = open_store(guarded_home, "mini", "planung")
    ranking = rank(inputs(material(store, "jugendhilfe", "ortsteil")))
    root = ET.fromstring(index_files.svg(store, ranking, surety(ranking, draws=50)))
    tags = {node.tag.removeprefix(SVG) for node in root.iter()}
    assert tags <= {"svg", "title", "style", "defs", "pattern", "line", "circle", "g", "path", "text", "rect"}
