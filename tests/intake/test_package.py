"""The data package as a whole: what is good arrives as it was written, and everything that is wrong is said at once."""

import hashlib
import json
import shutil

import duckdb
import geopandas as gpd
import minicity
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raumblick.catalogue import load_catalogue
from raumblick.intake import package
from raumblick.intake.findings import IntakeError, has_errors
from raumblick.intake.reader import read_delivery
from raumblick.intake.staging import Staging

KNOWN = load_catalogue()


@pytest.fixture
def mini(tmp_path):
    return minicity.write_minicity(tmp_path / "mini")


def read(folder):
    """(reading, every staged table as a frame)."""
    file = folder.parent / "staging.duckdb"
    file.unlink(missing_ok=True)
    reading = read_delivery(folder, file, KNOWN)
    return reading, tables(file)


def tables(file):
    with duckdb.connect(str(file), read_only=True) as con:
        return {name: con.execute(f'select * from "{name}" order by rowid').df() for name in KNOWN.tables}


def places(reading):
    return sorted((f.code, f.file, f.row, f.column) for f in reading.findings)


def edit(path, old, new, count=-1):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), "utf-8")


# --- good packages -------------------------------------------------------------------------------------------------


def test_the_mini_city_is_without_fault(mini):
    reading, staged = read(mini)
    assert reading.ok and reading.findings == () and reading.profile == package.TITLE
    delivery = reading.delivery
    assert (delivery.city.city_id, delivery.city.title, delivery.city.synthetic) == ("mini", "Ministadt", True)
    assert sorted(delivery.geometry["area_id"]) == minicity.AREAS and delivery.geometry.crs.to_epsg() == 4326
    for name, frame in minicity.frames().items():
        assert len(staged[name]) == len(frame)


def test_files_are_listed_with_size_and_hash(mini):
    reading, _ = read(mini)
    files = {f.name: f for f in reading.delivery.files}
    assert set(files) == {p.name for p in mini.iterdir()}
    for path in mini.iterdir():
        content = path.read_bytes()
        assert (files[path.name].size, files[path.name].sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_the_descriptor_may_be_named_instead_of_the_folder(mini):
    reading = read_delivery(mini / "datapackage.json", mini.parent / "s.duckdb", KNOWN)
    assert reading.ok


def test_what_stands_in_german_reads_the_same(mini, tmp_path):
    """Comma, DD.MM.YYYY, ja/nein, byte order mark and Windows line ends against the documented format."""
    _, expected = read(mini)
    for path in mini.glob("*.csv"):
        frame = pd.read_csv(path, dtype="str", keep_default_na=False)
        spec = KNOWN.tables[path.stem]
        for name in frame.columns:
            kind = spec.column(name).type
            if kind in ("number", "decimal"):
                frame[name] = frame[name].str.replace(".", ",", regex=False)
            elif kind == "date":
                frame[name] = frame[name].str.replace(r"(\d{4})-(\d\d)-(\d\d)", r"\3.\2.\1", regex=True)
            elif kind == "boolean":
                frame[name] = frame[name].map({"True": "ja", "False": "nein"})
        path.write_bytes(b"\xef\xbb\xbf" + frame.to_csv(index=False, lineterminator="\r\n").encode())
    reading, staged = read(mini)
    assert reading.ok and {f.code for f in reading.findings} == {"german_numbers"}
    for name in expected:
        pd.testing.assert_frame_equal(staged[name], expected[name], check_dtype=False)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems(mini, end):
    _, expected = read(mini)
    for path in mini.glob("*.csv"):
        path.write_bytes(path.read_bytes().replace(b"\n", end.encode()))
    reading, staged = read(mini)
    assert reading.ok and reading.findings == ()
    pd.testing.assert_frame_equal(staged["population"], expected["population"])


def test_mixed_line_ends_are_read_cell_by_cell(mini):
    _, expected = read(mini)
    path = mini / "population.csv"
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join(line + b"\r" if n % 2 else line for n, line in enumerate(lines)))
    reading, staged = read(mini)
    assert reading.ok and reading.findings == ()
    pd.testing.assert_frame_equal(staged["population"], expected["population"])


def test_blanks_around_cells_do_not_matter(mini):
    """Neither in the fast read nor, with a German date in the file, in the slow one."""
    for slow in (False, True):
        edit(mini / "area.csv", "05,Ortsteil 05,ortsteil", " 05 ,  Ortsteil 05,ortsteil ", 1)
        if slow:
            edit(mini / "area.csv", "2015-01-01", "01.01.2015", 1)
        reading, staged = read(mini)
        assert reading.ok, reading.findings
        row = staged["area"].set_index("area_id").loc["05"]
        assert (row["name"], row["level"]) == ("Ortsteil 05", "ortsteil")
        minicity.write_minicity(mini)


def test_floats_that_are_whole_are_whole_numbers(mini):
    """What pandas writes for an integer column with gaps."""
    edit(mini / "booking.csv", "2023,3,", "2023,3.0,")
    reading, staged = read(mini)
    assert reading.ok and staged["booking"]["month"][1] == 3


def test_columns_may_come_in_any_order_and_unknown_ones_are_left_out(mini):
    frame = pd.read_csv(mini / "population.csv", dtype="str")
    frame.assign(**{"it's": "x"}).iloc[:, ::-1].to_csv(mini / "population.csv", index=False)
    reading, staged = read(mini)
    assert places(reading) == [("column_unknown", "population.csv", 1, "it's")] and reading.ok
    assert list(staged["population"]["area_id"]) == list(frame["area_id"])


@pytest.mark.parametrize("kind", ["gpkg", "zip"])
def test_other_area_files(mini, kind):
    areas = gpd.read_file(mini / "area.geojson").to_crs(25832)
    if kind == "gpkg":
        areas.to_file(mini / "area.gpkg", layer="gebiete")
    else:
        areas.to_file(mini.parent / "shape" / "area.shp") if (mini.parent / "shape").mkdir() is None else None
        shutil.make_archive(str(mini / "area"), "zip", mini.parent / "shape")
    edit(mini / "datapackage.json", "area.geojson", f"area.{kind}")
    reading, _ = read(mini)
    assert reading.ok and sorted(reading.delivery.geometry["area_id"]) == minicity.AREAS


def test_a_stated_hash_that_fits(mini):
    digest = hashlib.sha256((mini / "booking.csv").read_bytes()).hexdigest()
    edit(mini / "datapackage.json", '"path": "booking.csv"', f'"path": "booking.csv", "hash": "SHA256:{digest.upper()}"')
    assert read(mini)[0].ok


def test_own_indicators_services_and_targets_are_known(mini):
    (mini / "indicator.csv").write_text(
        "key,name,definition,numerator,denominator,unit,kind,multiplier,decimals,direction,topic,sensitivity\n"
        "eigene,Eigene,Text,Zähler,Nenner,%,share,100,1,+,Kinderschutz,low\n", "utf-8",
    )  # fmt: skip
    (mini / "service.csv").write_text(
        "key,name,paragraph,topic,form,entitlement,allocable\nlernladen,Lernladen,§ 13,Kinderschutz,open,nein,ja\n", "utf-8"
    )
    (mini / "target.csv").write_text(
        "service,age_from,age_to,value,unit,kind,valid_from,source\nlernladen,6,15,2,je 1.000,plan,2020-01-01,Fachplan\n", "utf-8"
    )
    descriptor = json.loads((mini / "datapackage.json").read_text("utf-8"))
    descriptor["resources"] += [{"name": n, "path": f"{n}.csv"} for n in ("indicator", "service", "target")]
    (mini / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    edit(mini / "observation.csv", "sgb2_u15", "eigene")
    edit(mini / "facility.csv", ",kita,", ",lernladen,", 2)
    reading, _ = read(mini)
    assert reading.ok and reading.findings == (), reading.findings


# --- everything at once --------------------------------------------------------------------------------------------


def test_a_table_that_cannot_be_read_hides_nothing_in_the_others(mini):
    """One fault of each kind in five files; the reference to the broken service table is the only thing not asked."""
    edit(mini / "population.csv", "00,2021-12-31,0,6,female", "00,2021-12-31,null,6,female")
    edit(mini / "booking.csv", "1000.50", "-1000.50")
    edit(mini / "facility.csv", "K03,Kita 03,kita", "K03,Kita 03,hotel")
    edit(mini / "observation.csv", "sgb2_u15,03,2022", "sgb2_u15,33,2022")
    edit(mini / "area.geojson", '"07"', '"77"')
    reading, staged = read(mini)
    assert places(reading) == [
        ("amount", "booking.csv", 2, "amount"),
        ("area_without_polygon", "area.geojson", None, None),
        ("not_integer", "population.csv", 2, "age_from"),
        ("polygon_without_area", "area.geojson", None, None),
        ("unknown_area", "observation.csv", 12, "area_id"),
        ("unknown_service", "facility.csv", 5, "service"),
    ]
    assert not reading.ok and len(staged["population"]) == 0 and len(staged["booking"]) == 2


@pytest.mark.parametrize("table", ["area", "source"])
def test_references_to_a_table_that_cannot_be_read_are_not_asked(mini, table):
    (mini / f"{table}.csv").write_bytes(b"\xff\xfe")
    edit(mini / "booking.csv", "1000.50", "-1000.50")
    reading, _ = read(mini)
    assert places(reading) == [("amount", "booking.csv", 2, "amount"), ("encoding", f"{table}.csv", 1, None)]


def test_references_to_a_broken_own_catalogue_are_not_asked_others_are(mini):
    header = "key,name,definition,numerator,denominator,unit,kind,multiplier,decimals,direction,topic,sensitivity\n"
    (mini / "indicator.csv").write_text(header + "eigene,E,T,Z,N,%,share,10,1,+,Kinderschutz,low\n", "utf-8")
    edit(mini / "datapackage.json", '"resources": [', '"resources": [{"name": "indicator", "path": "indicator.csv"},')
    edit(mini / "observation.csv", "sgb2_u15", "eigene")
    edit(mini / "facility.csv", ",kita,", ",hotel,", 1)
    reading, _ = read(mini)
    assert places(reading) == [
        ("own_catalogue", "indicator.csv", 2, "multiplier"),
        ("unknown_service", "facility.csv", 2, "service"),
    ]


def test_a_polygon_with_a_fault_is_not_also_missing(mini):
    features = json.loads((mini / "area.geojson").read_text("utf-8"))
    features["features"][0]["geometry"] = None
    features["features"][1]["properties"]["area_id"] = "11"
    (mini / "area.geojson").write_text(json.dumps(features), "utf-8")
    reading, _ = read(mini)
    assert [f.code for f in reading.findings] == ["area_empty", "polygon_without_area"]


def test_findings_of_the_area_file_bear_the_name_of_the_package(mini):
    (mini / "karte").mkdir()
    shutil.move(mini / "area.geojson", mini / "karte" / "area.geojson")
    edit(mini / "datapackage.json", "area.geojson", "karte/area.geojson")
    assert read(mini)[0].ok
    (mini / "karte" / "area.geojson").write_text("{", "utf-8")
    assert [f.file for f in read(mini)[0].findings] == ["karte/area.geojson"]


def test_every_fault_of_the_descriptor_is_said(mini):
    (mini / "datapackage.json").write_text('{"name": "Ö", "title": 3, "synthetic": "ja", "resources": [1]}', "utf-8")
    with pytest.raises(IntakeError) as caught:
        package.read(mini, KNOWN)
    assert [f.code for f in caught.value.findings] == ["name", "title", "profile", "synthetic", "resources"]


def test_a_link_out_of_the_package_is_not_followed(mini):
    secret = mini.parent / "secret.csv"
    shutil.copy(mini / "booking.csv", secret)
    (mini / "booking.csv").unlink()
    (mini / "booking.csv").symlink_to(secret)
    reading, staged = read(mini)
    assert [f.code for f in reading.findings] == ["path"] and len(staged["booking"]) == 0


def test_a_failed_read_leaves_nothing_in_the_table(mini):
    """The fast read fails in the last row, the slow one accepts pieces before it finds the fault."""
    path = mini / "population.csv"
    path.write_text(path.read_text("utf-8") + "07,2023-12-31,0,6,female,viele\n", "utf-8")
    delivery = package.read(mini, KNOWN)
    with Staging(mini.parent / "s.duckdb", KNOWN) as staging:
        assert has_errors(staging.load(delivery))
        assert staging.failed == {"population"}
        assert staging.count("population") == 0 and staging.count("observation") == len(minicity.frames()["observation"])


def test_a_full_disk_is_one_line(mini, monkeypatch):
    def full(*_):
        raise duckdb.IOException("Could not write file: No space left on device")

    monkeypatch.setattr("raumblick.intake.reader.check", full)
    with pytest.raises(OSError, match="nicht zu Ende: Could not write"):
        read_delivery(mini, mini.parent / "s.duckdb", KNOWN)


# --- whatever is good comes through --------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=15).map(str.strip).filter(bool)
CENTS = st.integers(0, 10**10).map(lambda c: f"{c // 100}.{c % 100:02d}")
BOOKINGS = st.lists(
    st.tuples(
        st.integers(1990, 2100),
        st.integers(1, 12),
        TEXT,
        st.sampled_from(["heim", "kita", ""]),
        st.sampled_from([*minicity.AREAS, ""]),
        st.sampled_from(["expense", "revenue"]),
        CENTS,
        st.sampled_from(["plan", "amended", "actual", "committed"]),
    ),
    min_size=1,
    max_size=60,
)


@settings(max_examples=5, deadline=None)
@given(BOOKINGS)
def test_random_good_bookings_arrive_as_written(tmp_path_factory, bookings):
    names = ["year", "month", "product", "service", "area_id", "side", "amount", "value_type"]
    frame = pd.DataFrame(bookings, columns=names).assign(basis="period", source_id="s1")
    frame.insert(0, "booking_id", [f"{n:05d}" for n in range(len(frame))])
    tables = {name: minicity.frames()[name] for name in ("area", "source")} | {"booking": frame}
    reading, staged = read(minicity.write_minicity(tmp_path_factory.mktemp("random") / "mini", tables))
    assert reading.ok and reading.findings == (), reading.findings
    back = staged["booking"]
    for name in ("booking_id", "product", "side", "value_type"):
        assert list(back[name]) == list(frame[name])
    for name in ("service", "area_id"):
        assert list(back[name].fillna("")) == list(frame[name])
    assert [int(v) for v in back["year"]] == list(frame["year"])
    assert [f"{v:.2f}" for v in back["amount"]] == list(frame["amount"])


@settings(max_examples=5, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=8, max_size=8))
def test_random_good_counts_arrive_as_written(tmp_path_factory, counts):
    rows = [
        ("sgb2_u15", key, "2023", min(pair), max(pair), "synthetic", "s1")
        for key, pair in zip(minicity.AREAS, counts, strict=True)
    ]
    names = ["indicator", "area_id", "period", "numerator", "denominator", "status", "source_id"]
    tables = {name: minicity.frames()[name] for name in ("area", "source")}
    tables["observation"] = pd.DataFrame(rows, columns=names)
    reading, staged = read(minicity.write_minicity(tmp_path_factory.mktemp("random") / "mini", tables))
    assert reading.ok and reading.findings == (), reading.findings
    back = staged["observation"]
    assert list(zip(back["area_id"], back["numerator"], back["denominator"], strict=True)) == [
        (key, min(pair), max(pair)) for key, pair in zip(minicity.AREAS, counts, strict=True)
    ]
