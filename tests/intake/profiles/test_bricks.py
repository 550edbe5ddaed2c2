"""What source profiles share: frames, keys, points in areas, numbers in messages."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from raumblick.intake.findings import IntakeError
from raumblick.intake.profiles.bricks import (
    areas_of_points,
    canonical,
    fingerprint,
    listing,
    number,
    number_column,
    open_table,
    own_rows,
    stable_key,
    unknown_files,
)
from raumblick.tables import read_tables

TABLES = read_tables(Path(__file__).resolve().parents[3] / "data" / "catalogue" / "tables.toml")


def test_canonical_frames_have_all_columns_in_their_types() -> None:
    frame = canonical(TABLES["facility"], pd.DataFrame({"name": ["Kita"], "facility_id": ["007"], "enrolled": [3]}))
    assert tuple(frame.columns) == TABLES["facility"].names
    assert frame.loc[0, "facility_id"] == "007"
    assert frame["enrolled"].dtype == "Int64"
    assert frame["lon"].dtype == "Float64"
    assert frame["inclusive"].dtype == "boolean"
    assert frame["opens"].dtype == "datetime64[s]"
    assert frame.drop(columns=["name", "facility_id", "enrolled"]).isna().all(axis=None)


def test_canonical_refuses_unknown_columns() -> None:
    with pytest.raises(ValueError, match="plaetze"):
        canonical(TABLES["facility"], pd.DataFrame({"plaetze": [1]}))


def test_keys_do_not_depend_on_the_order_of_rows() -> None:
    names = pd.Series(["Kita A", "Kita B", "Kita A"])
    places = pd.Series(["Straße 1", "Straße 2", None])
    keys = stable_key("ort", names, places)
    assert keys.is_unique and keys.str.startswith("ort-").all()
    turned = stable_key("ort", names[::-1], places[::-1])
    assert turned.sort_index().tolist() == keys.tolist()


def test_repeated_rows_get_different_keys() -> None:
    keys = stable_key("ort", pd.Series(["Kita", "Kita", "Kita"]))
    assert keys.is_unique
    assert keys[1] == f"{keys[0]}-2"


def test_points_lie_in_areas() -> None:
    areas = gpd.GeoDataFrame({"area_id": ["b", "a"]}, geometry=[box(1, 0, 2, 1), box(0, 0, 1, 1)], crs=4326)
    lon = pd.Series([0.5, 1.5, 5.0, None, 1.0], index=[9, 8, 7, 6, 5], dtype="Float64")
    lat = pd.Series([0.5, 0.5, 0.5, 0.5, 0.5], index=lon.index, dtype="Float64")
    found = areas_of_points(lon, lat, areas)
    assert found.index.tolist() == [9, 8, 7, 6, 5]
    assert found.fillna("").tolist() == ["a", "b", "", "", "a"]  # on the border: the smaller key


def test_own_rows_are_those_used_and_unknown() -> None:
    rows = [{"key": "kita"}, {"key": "berufsschule"}, {"key": "schiff"}]
    assert own_rows(rows, ["kita"], ["kita", "berufsschule"])["key"].tolist() == ["berufsschule"]
    assert own_rows(rows, ["kita"], ["kita"]).empty


def test_tables_must_have_their_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,n\n1,2\n", encoding="utf-8")
    with pytest.raises(IntakeError, match="Spalten fehlen: wert, jahr"):
        open_table(path, ["id", "wert", "jahr"])
    path.write_text("id,n\n1,2\n3\n", encoding="utf-8")
    with pytest.raises(IntakeError, match="1 statt 2 Zellen"):
        open_table(path, ["id"])


def test_unreadable_numbers_are_errors_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,n\n1,2\n2,–\n3,viele\n", encoding="utf-8")
    values, (finding,) = number_column(open_table(path, ["n"]), "n", ",", "a.csv")
    assert values.isna().tolist() == [False, True, True]
    assert (finding.severity, finding.row, finding.column) == ("error", 4, "n")
    assert "viele" in finding.message


def test_files_are_fingerprinted_and_unknown_ones_named(tmp_path: Path) -> None:
    known, other = tmp_path / "unter" / "a.csv", tmp_path / "rest.txt"
    known.parent.mkdir()
    known.write_bytes(b"abc")
    other.write_text("?", encoding="utf-8")
    file = fingerprint(known, tmp_path)
    assert (file.name, file.size) == ("unter/a.csv", 3)
    assert file.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    (finding,) = unknown_files(tmp_path, [known])
    assert "rest.txt" in finding.message and "a.csv" not in finding.message
    assert unknown_files(tmp_path, [known, other]) == []


def test_german_text() -> None:
    assert number(1234.56, 1) == "1.234,6"
    assert number(63) == "63"
    assert listing(["a", " b  c ", "d"], most=2) == "a; b c; und 1 weitere"
