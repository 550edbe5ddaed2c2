"""Map files, lists of offers and files of known cities as additions to a city: small made-up ones, checked by hand."""

import datetime as dt
import sys
from pathlib import Path

import pandas as pd
import pytest
import shapely

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "faults"))

import seeds  # noqa: E402

from raumblick.catalogue import load_catalogue
from raumblick.cli import main
from raumblick.ingest import Target, check_only, ingest
from raumblick.intake.kinds import services_of
from raumblick.settings import Settings
from raumblick.snapshot.kept import FILE, kept_geometry, kept_rows
from raumblick.snapshot.publish import Shelf

NOW = dt.datetime(2026, 1, 15, 12, 0, tzinfo=dt.UTC)


class Desk:
    """A home with its own clock, and what one does with it."""

    def __init__(self, folder: Path):
        self.folder, self.settings, self.catalogue, self.step = folder, Settings(home=folder / "home"), load_catalogue(), 0

    def file(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def take(self, path: Path, city: str = "neu"):
        self.step += 1
        now = NOW + dt.timedelta(minutes=self.step)
        done = ingest(path, self.settings, self.catalogue, now, target=Target(city, city.title()))
        assert done.snapshot_id, [str(f) for f in done.findings if f.severity == "error"]
        return done

    def refuse(self, path: Path, city: str = "neu") -> dict[str, str]:
        """Errors by code."""
        reading = check_only(path, self.settings, self.catalogue, Target(city, city.title()))
        assert not reading.ok
        return {f.code: f"{f.message} {f.remedy}" for f in reading.findings if f.severity == "error"}

    def rows(self, table: str, city: str = "neu") -> pd.DataFrame:
        shelf = Shelf(self.settings.home, city)
        return kept_rows(shelf.path(shelf.current()) / FILE, table)

    def drawn(self, city: str = "neu"):
        shelf = Shelf(self.settings.home, city)
        return kept_geometry(shelf.path(shelf.current()) / FILE)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def grid(key: str = "id", label: str = "name", count: int = 4) -> bytes:
    rows = [{key: f"{n:02d}", label: f"Gebiet {n}"} for n in range(count)]
    return seeds.geojson(rows, [seeds.square("mini", n) for n in range(count)])


def halves(rows: list[dict] | None = None) -> bytes:
    """Two large areas over the four small ones."""
    shapes = [shapely.union_all([seeds.square("mini", n) for n in pair]) for pair in ((0, 1), (2, 3))]
    return seeds.geojson(rows or [{"bezirk_nr": "A", "name": "West"}, {"bezirk_nr": "B", "name": "Ost"}], shapes)


# --- polygons ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["geojson", "json", "gpkg", "shp.zip"])
def test_a_map_file_makes_a_city(desk, kind):
    content = {
        "geojson": lambda: grid(),
        "json": lambda: seeds.topojson("mini"),
        "gpkg": lambda: seeds.drawn("mini", "gpkg"),
        "shp.zip": lambda: seeds.drawn("mini", "shp"),
    }[kind]()
    done = desk.take(desk.file(f"gebiete.{kind}", content))
    area = desk.rows("area").set_index("area_id")
    assert set(area.index) == {"neu", "00", "01", "02", "03"}
    assert area.loc["02", "name"] == "Gebiet 2" and area.loc["02", "parent_id"] == "neu"
    assert {"no_numbers", "areas_read"} <= {f.code for f in done.findings}
    centre = desk.drawn().set_index("area_id").loc["02", "geometry"].centroid
    assert (centre.x, centre.y) == pytest.approx(seeds.centre("mini", 2), abs=1e-4)


def test_a_coarser_file_is_the_level_above(desk):
    desk.take(desk.file("klein.geojson", grid()))
    desk.take(desk.file("gross.geojson", halves()))
    area = desk.rows("area").set_index("area_id")
    assert area.loc["A", "level"] == "bezirk" and area.loc["00", "level"] == "ortsteil"
    assert area["parent_id"].dropna().to_dict() == {"A": "neu", "B": "neu", "00": "A", "01": "A", "02": "B", "03": "B"}


def test_both_levels_at_once(desk):
    desk.file("beide/klein.geojson", grid())
    desk.file("beide/gross.geojson", halves())
    desk.take(desk.folder / "beide")
    assert set(desk.rows("area")["level"]) == {"stadt", "bezirk", "ortsteil"}


def test_a_level_that_crosses_the_small_areas_is_refused(desk):
    desk.take(desk.file("klein.geojson", grid()))
    x, y = seeds.WHERE["mini"]
    shapes = [shapely.box(x, y, x + 0.015, y + 0.01), shapely.box(x + 0.015, y, x + 0.04, y + 0.01)]
    errors = desk.refuse(desk.file("quer.geojson", seeds.geojson([{"bezirk": "A"}, {"bezirk": "B"}], shapes)))
    assert "01 (nur 50 %)" in errors["level_crossing"]


def test_new_borders_take_the_place_of_the_old(desk):
    desk.take(desk.file("klein.geojson", grid()))
    rows = [{"nr": f"{n:02d}"} for n in range(4)]
    wider = [seeds.square("mini", n, 0.012) for n in range(4)]
    done = desk.take(desk.file("neu.geojson", seeds.geojson(rows, wider)))
    assert "borders_new" in {f.code for f in done.findings}
    assert desk.drawn().geometry.union_all().area == pytest.approx(4 * 0.012**2, rel=1e-6)
    assert desk.rows("area").set_index("area_id").loc["01", "name"] == "Gebiet 1"  # names stay


def test_an_ambiguous_key_is_asked_for(desk):
    rows = [{"plr_id": f"0{n}", "bzr_id": f"1{n}", "name": f"Gebiet {n}"} for n in range(4)]
    path = desk.file("zwei.geojson", seeds.geojson(rows, [seeds.square("mini", n) for n in range(4)]))
    error = desk.refuse(path)["column_unclear"]
    assert "plr_id" in error and "bzr_id" in error and "„area_id“" in error
    desk.take(desk.file("zwei2.geojson", path.read_bytes().replace(b"bzr_id", b"area_id")))
    assert "10" in set(desk.rows("area")["area_id"])


def test_no_usual_key_is_asked_for(desk):
    rows = [{"farbe": f"rot {n}", "hoehe": n} for n in range(4)]
    path = desk.file("ohne.geojson", seeds.geojson(rows, [seeds.square("mini", n) for n in range(4)]))
    assert "farbe; hoehe" in desk.refuse(path)["column_unclear"]


def test_an_earlier_state_needs_its_day_and_becomes_shares(desk):
    desk.take(desk.file("klein.geojson", grid()))
    old = [{"id": f"alt{n}", "gueltig_ab": "2010-01-01"} for n in (1, 2, 3, 4)]
    x, y = seeds.WHERE["mini"]
    shapes = [shapely.box(x, y, x + 0.005, y + 0.01), shapely.box(x + 0.005, y, x + 0.02, y + 0.01), seeds.square("mini", 2)]
    shapes.append(seeds.square("mini", 3))
    bare = seeds.geojson([{"id": row["id"]} for row in old], shapes)
    assert "gueltig_ab" in desk.refuse(desk.file("ohne_tag.geojson", bare))["vintage_unclear"]
    # the city's own areas are valid as far back as any number goes, so an earlier state needs a city that says since when
    errors = desk.refuse(desk.file("alt.geojson", seeds.geojson(old, shapes)))
    assert set(errors) == {"vintage_order"}


# --- offers --------------------------------------------------------------------------------------------------------


def test_a_list_of_offers_lies_in_its_areas(desk):
    desk.take(desk.file("klein.geojson", grid()))
    content = seeds.offers("mini").replace(b"a2,Treff 2,Jugendclub", b"a2,Treff 2,Sternwarte")
    done = desk.take(desk.file("treffs_2024-05.csv", content))
    rows = desk.rows("facility")
    assert rows[["facility_id", "service", "area_id", "places_licensed"]].values.tolist() == [
        ["treffs-a0", "okja", "00", 20.0], ["treffs-a1", "okja", "01", 21.0],
    ]  # fmt: skip
    assert set(rows["reference_date"]) == {pd.Timestamp("2024-05-01")}
    assert "Sternwarte (1)" in next(f.message for f in done.findings if f.code == "kind_unknown")


def test_a_newer_list_closes_what_is_gone_and_an_older_one_is_refused(desk):
    desk.take(desk.file("klein.geojson", grid()))
    whole = seeds.offers("mini")
    desk.take(desk.file("treffs_2024-05.csv", whole))
    assert "list_older" in desk.refuse(desk.file("treffs_2023-05.csv", whole))
    without = b"\n".join(line for line in whole.split(b"\n") if not line.startswith(b"a1"))
    desk.take(desk.file("treffs_2025-05.csv", without))
    closed = desk.rows("facility").set_index("facility_id")["closes"]
    assert closed["treffs-a1"] == pd.Timestamp("2025-05-01") and closed.drop("treffs-a1").isna().all()


def test_points_of_a_map_file(desk):
    desk.take(desk.file("klein.geojson", grid()))
    rows = [{"nummer": n, "bezeichnung": f"Schule {n}", "schulart": "Gymnasium"} for n in range(3)]
    desk.take(desk.file("schulen.geojson", seeds.geojson(rows, [shapely.Point(seeds.centre("mini", n)) for n in range(3)])))
    assert desk.rows("facility")["area_id"].tolist() == ["00", "01", "02"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"Jugendclub", b"Sternwarte", "kind_unknown"),
        (b",52.", b",42.", "no_area"),
        (b"id,name,art", b"id,name,farbe", "column_missing"),
        (b",20,", b",viele,", "not_number"),
        (b"a1,", b"a0,", "duplicate"),
        (b"a1,Treff 1", b"a1,Treff 1,zuviel", "row_length"),
    ],
)
def test_a_faulty_list_is_refused_with_its_reason(desk, old, new, code):
    desk.take(desk.file("klein.geojson", grid()))
    content = seeds.offers("mini")
    assert old in content
    assert code in desk.refuse(desk.file("treffs.csv", content.replace(old, new)))


def test_offers_need_areas(desk):
    assert "areas_needed" in desk.refuse(desk.file("treffs.csv", seeds.offers("mini")))


def test_kinds_are_matched_whole_or_by_their_beginning():
    kinds = ["Gymnasium", "  gymnasium ", "Jugendclub Nord", 'Förderschwerp. "Lernen"', "kita", "Gymnasiumsgarten", None]
    found = services_of(pd.Series(kinds), {"kita"})
    assert found.fillna("?").tolist() == ["gymnasium", "gymnasium", "okja", "foerderschule", "kita", "?", "?"]


# --- files of known cities -----------------------------------------------------------------------------------------


def test_residents_of_berlin_come_alone(desk):
    desk.take(desk.file("plr.geojson", seeds.geojson(*seeds.areas("berlin"))), "berlin")
    desk.take(desk.file("2022-02.csv", seeds.residents()), "berlin")
    rows = desk.rows("population", "berlin")
    assert set(rows["date"]) == {pd.Timestamp("2022-12-31")} and rows["count"].sum() == sum(8 * (10 + n) for n in range(4))


def test_residents_without_a_day_are_asked_for_it(desk):
    desk.take(desk.file("plr.geojson", seeds.geojson(*seeds.areas("berlin"))), "berlin")
    assert "date_unknown" in desk.refuse(desk.file("einwohner.csv", seeds.residents()), "berlin")


def test_old_areas_of_berlin_are_never_taken_for_new_ones(desk):
    desk.take(desk.file("plr.geojson", seeds.geojson(*seeds.areas("berlin"))), "berlin")
    old = desk.file("2018-02.csv", seeds.residents([f"0{n}011101" for n in range(4)]))
    assert "nothing_taken" in desk.refuse(old, "berlin")
    mixed = desk.file("2019-02.csv", seeds.residents([*seeds.BERLIN[:3], "09041301"]))
    assert "areas_incomplete" in desk.refuse(mixed, "berlin")


def test_files_of_another_city_are_refused(desk):
    desk.take(desk.file("ot.geojson", seeds.geojson(*seeds.areas("leipzig"))), "leipzig")
    assert "other_city" in desk.refuse(desk.file("2022-02.csv", seeds.residents()), "leipzig")


def test_a_raw_answer_of_leipzig_gives_catalogue_indicators(desk):
    desk.take(desk.file("ot.geojson", seeds.geojson(*seeds.areas("leipzig"))), "leipzig")
    desk.take(desk.file("antwort.json", seeds.leipzig_raw()), "leipzig")
    rows = desk.rows("observation", "leipzig").set_index(["indicator", "area_id", "period"])
    assert rows.loc[("foreign_share", "01", "2021"), ["numerator", "denominator"]].tolist() == [120.0, 1500.0]


def test_the_answer_as_csv_says_the_same(desk):
    desk.take(desk.file("ot.geojson", seeds.geojson(*seeds.areas("leipzig"))), "leipzig")
    lines = ["Gebiet,Sachmerkmal,2020,2021"]
    for name in ("Leipzig", "Mitte", *seeds.LEIPZIG_NAMES):
        lines += [f'{name},Einwohner insgesamt,"1400","1500"', f'{name},"   Ausländer",110,120']
    desk.take(desk.file("werte.csv", "\n".join(lines).encode()), "leipzig")
    rows = desk.rows("observation", "leipzig").set_index(["indicator", "area_id", "period"])
    assert rows.loc[("foreign_share", "01", "2021"), ["numerator", "denominator"]].tolist() == [120.0, 1500.0]
    assert set(rows.index.get_level_values("area_id")) == set(seeds.LEIPZIG)
    unclear = "\n".join(lines).replace("Einwohner insgesamt", "Einwohner").encode()
    assert "rubric_unclear" in desk.refuse(desk.file("unklar.csv", unclear), "leipzig")


# --- the preview of the command line --------------------------------------------------------------------------------


def test_the_preview_says_what_would_change_and_changes_nothing(desk, monkeypatch, capsys):
    desk.take(desk.file("plr.geojson", seeds.geojson(*seeds.areas("berlin"))), "berlin")
    monkeypatch.setenv("RAUMBLICK_HOME", str(desk.settings.home))
    before = sorted((p, p.stat().st_mtime_ns) for p in desk.settings.home.rglob("*"))
    path = str(desk.file("2022-02.csv", seeds.residents()))
    assert main(["check", path, "--city", "berlin", "--preview"]) == 0
    said = capsys.readouterr().out
    assert "Einwohner 2022: 0 → 32 Zeilen, Summe – → 368" in said and "Es wurde nichts geändert" in said
    assert sorted((p, p.stat().st_mtime_ns) for p in desk.settings.home.rglob("*")) == before
    assert main(["check", path, "--city", "ganz-neu", "--title", "Neu", "--preview"]) == 1


def test_the_preview_of_the_same_file_is_empty(desk, monkeypatch, capsys):
    desk.take(desk.file("plr.geojson", seeds.geojson(*seeds.areas("berlin"))), "berlin")
    path = desk.file("2022-02.csv", seeds.residents())
    desk.take(path, "berlin")
    monkeypatch.setenv("RAUMBLICK_HOME", str(desk.settings.home))
    assert main(["check", str(path), "--city", "berlin", "--preview"]) == 0
    assert "Es würde sich nichts ändern." in capsys.readouterr().out
