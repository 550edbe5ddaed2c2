"""Small good files of every layout, family and profile, made by program: what the fuzz run breaks, and tests read whole."""

# ruff: noqa: E501  (a seed is one line of a table)
from __future__ import annotations

import io
import json
import sys
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import geopandas as gpd
import minicity
import shapely

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "intake" / "files"))

import genesis_maker  # noqa: E402
from budget_maker import random_budget  # noqa: E402
from sheet_maker import write_ods, write_xls, write_xlsx  # noqa: E402

BERLIN = [f"{district}10010{n}" for district in ("01", "02") for n in (1, 2)]
LEIPZIG = ["00", "01", "10", "11"]
LEIPZIG_NAMES = ["Zentrum", "Zentrum-Ost", "Schönefeld-Abtnaundorf", "Schönefeld-Ost"]
WHERE = {"berlin": (13.4, 52.5), "leipzig": (12.37, 51.34), "mini": (10.0, 52.0)}
BANDS = ("below_6", "6_15", "15_18", "18_27", "27_45", "45_55", "55_65", "above_65")


def square(city: str, place: int, size: float = 0.01) -> shapely.Polygon:
    """One of the squares of a made-up city, side by side from west to east."""
    x, y = WHERE[city]
    return shapely.box(x + place * size, y, x + (place + 1) * size, y + size)


def centre(city: str, place: int) -> tuple[float, float]:
    """Longitude and latitude of the middle of a square."""
    point = square(city, place).centroid
    return point.x, point.y


def geojson(rows: list[dict], shapes: list[shapely.Geometry]) -> bytes:
    """Features as GeoJSON."""
    pairs = zip(rows, shapes, strict=True)
    features = [{"type": "Feature", "properties": row, "geometry": shapely.geometry.mapping(shape)} for row, shape in pairs]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def areas(city: str, count: int = 4) -> tuple[list[dict], list[shapely.Geometry]]:
    """Keys and names of a made-up city's areas, and their squares."""
    if city == "berlin":
        rows = [{"PLR_ID": key, "PLR_NAME": f"Raum {key}"} for key in BERLIN]
    elif city == "leipzig":
        rows = [{"OT": key, "Name": name} for key, name in zip(LEIPZIG, LEIPZIG_NAMES, strict=True)]
    else:
        rows = [{"id": f"{n:02d}", "name": f"Gebiet {n}"} for n in range(count)]
    return rows, [square(city, place) for place in range(len(rows))]


def topojson(city: str) -> bytes:
    """The areas of a city as TopoJSON, each with an arc of its own."""
    rows, shapes = areas(city)
    arcs = [[list(point) for point in shape.exterior.coords] for shape in shapes]
    shown = [{"type": "Polygon", "arcs": [[n]], "properties": row} for n, row in enumerate(rows)]
    topology = {"type": "Topology", "objects": {"gebiete": {"type": "GeometryCollection", "geometries": shown}}, "arcs": arcs}
    return json.dumps(topology, ensure_ascii=False).encode()


def drawn(city: str, kind: str) -> bytes:
    """The areas of a city as GeoPackage (`gpkg`) or zipped Shapefile (`shp`)."""
    rows, shapes = areas(city)
    frame = gpd.GeoDataFrame(rows, geometry=shapes, crs=4326).to_crs(25833)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / f"gebiete.{kind}"
        frame.to_file(path)
        if kind == "gpkg":
            return path.read_bytes()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(name).iterdir()):
                archive.write(part, part.name)
        return packed.getvalue()


def text(header: str, rows: list[list[object]], delimiter: str = ",") -> bytes:
    """A CSV in UTF-8."""
    lines = [header, *(delimiter.join(str(cell) for cell in row) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def residents(keys: list[str] = BERLIN) -> bytes:
    """Residents of Berlin's areas by the bands of the half-yearly files."""
    header = "id,inhabitants," + ",".join(f"inhabitants_age_{band}" for band in BANDS)
    header += ",inhabitants_female,inhabitants_foreigners"
    rows = [[key, 80 + 8 * n, *[10 + n] * 8, 40, 20] for n, key in enumerate(keys)]
    return text(header, rows)


def leipzig_long() -> bytes:
    """A part of Leipzig's long table of figures."""
    header = "ortsteil_nr,ortsteil,jahr,kategorie_nr,rubrik_nr,datensatz,merkmal,wert,hinweis"
    figures = [("Einwohner", "Einwohner insgesamt"), ("Einwohner", "Ausländer")]
    pairs = list(zip(LEIPZIG, LEIPZIG_NAMES, strict=True))
    rows = [
        [key, name, year, 2, 1, *figure, 1000 + year, ""] for key, name in pairs for year in (2020, 2021) for figure in figures
    ]
    return text(header, rows)


def leipzig_raw() -> bytes:
    """One answer of Leipzig's statistics office: Ortsteile, a district and the city mixed."""
    places = [(None, None), ("Mitte", None), *(("Mitte", name) for name in LEIPZIG_NAMES)]
    rows = [
        {
            "name": f"   {name}", "wert": str(count), "jahr": str(year), "periode": "y", "kategorie_Nr": 2, "rubrik_Nr": 1,
            "kategorie": "Bevölkerungsbestand", "rubrik": "Einwohner", "stadtbezirk": district, "ortsteil": place,
        }
        for district, place in places
        for year in (2020, 2021)
        for name, count in (("Einwohner insgesamt", 1500), ("Ausländer", 120))
    ]  # fmt: skip
    return json.dumps({"daten": rows}, ensure_ascii=False).encode()


def offers(city: str) -> bytes:
    """A list of offers as CSV with points."""
    rows = [[f"a{n}", f"Treff {n}", "Jugendclub", 20 + n, *centre(city, n)] for n in range(3)]
    return text("id,name,art,plaetze,lon,lat", rows)


@cache
def seeds() -> dict[str, tuple[str, str, bytes]]:
    """Name of the seed -> (city it belongs to, file name, bytes)."""
    made = genesis_maker.sample()
    berlin_points = [shapely.Point(centre("berlin", n)) for n in range(3)]
    youth = [{"e_nr": f"0{n}", "e_name": f"Haus {n}", "e_platz": "40", "t_art": "freier Träger"} for n in range(3)]
    schools = [{"name": f"Schule {n}", "bsn": f"01G0{n}", "schulart": "Grundschule"} for n in range(3)]
    day = "Gesamt;unter6;6-15;15-18;18-27;27-45;45-55;55-65;65undmehr;weiblich;ausländer;PLR-ID"
    kita = "id,name,places,type,sponsor_id,sponsor_name,street,zip_code,lat,lon,geojson_feature_id"
    kitas = [[f"0{n}", f"Kita {n}", 60, "Kita", 1, "Träger", "Weg 1", 10117, *centre("berlin", n)[::-1], BERLIN[n]] for n in range(3)]
    place = "art,name,plaetze,alter_von,alter_bis,lon,lat,quelle,ortsteil_nr,ortsteil"
    places = [["spielplatz", f"Platz {n}", "", 0, 6, *centre("leipzig", n), "OSM 2024-07-10", LEIPZIG[n], ""] for n in range(3)]
    school = "name,ortsteil_quelle,ortsteil_nr,schulkategorie,schulart_keys,strasse,plz,stand"
    out = {
        "genesis flat": ("mini", "a.csv", genesis_maker.new_flat(made).encode()),
        "genesis flat with quality": ("mini", "b.csv", genesis_maker.new_flat(made, quality=True).encode()),
        "genesis flat old": ("mini", "c.csv", genesis_maker.old_flat(made).encode("cp1252")),
        "genesis table": ("mini", "d.csv", genesis_maker.table(made).encode()),
        "berlin population": ("berlin", "2022-02.csv", residents()),
        "berlin day": ("berlin", "x_06-2022_plr.csv", text(day, [[80, *[10] * 8, 40, 20, k] for k in BERLIN], ";")),
        "berlin children": ("berlin", "k.csv", text("id,2001_E_E00_01,2001_E_E", [[n, 3, 90] for n in range(4)])),
        "berlin monitoring": ("berlin", "m.csv", text(
            "PLR_ID,PLR_NAME,EW,BEZ_ID,S1,S3,S4,D1,D3,D4,KOM", [[k, "Raum", 90, 1, 4.2, 3.1, 20.5, 1, 1, 1, "gültig"] for k in BERLIN]
        )),
        "berlin edition": ("berlin", "mss_2015.csv", text(
            "id,status_class_pub,dynamic_class_pub,S1,S2,S3,S4", [[k, 2, "+/-", 6.3, 2.2, 7.4, 20.1] for k in BERLIN]
        )),
        "berlin table": ("berlin", "t.csv", text("plr_id_pre2021,plr_id_2021,weight", [[f"0{n}011101", k, 1] for n, k in enumerate(BERLIN)])),
        "berlin grid": ("berlin", "g.csv", text("value,quality,x,y,PLR_ID", [[3, 0, 4569550 + n, 3254250, BERLIN[0]] for n in range(5)])),
        "berlin kitas": ("berlin", "kitas_2026-01.csv", text(kita, kitas)),
        "berlin youth": ("berlin", "j_2022-12.geojson", geojson(youth, berlin_points)),
        "berlin schools": ("berlin", "s_2023-10.geojson", geojson(schools, berlin_points)),
        "leipzig long": ("leipzig", "l.csv", leipzig_long()),
        "leipzig raw": ("leipzig", "r.json", leipzig_raw()),
        "leipzig places": ("leipzig", "e.csv", text(place, places)),
        "leipzig schools": ("leipzig", "s.csv", text(school, [[f"Schule {n}", "Zentrum", "00", 10, 11, "Weg 1", "04109", "03.12.2019"] for n in range(3)])),
        "leipzig horte": ("leipzig", "h.csv", text("Name,Adresse,PLZ,Ort", [[f"Hort {n}", f"Weg {n}", "04109", "Leipzig"] for n in range(4)])),
        "areas geojson": ("neu", "a.geojson", geojson(*areas("mini"))),
        "areas topojson": ("neu", "a.json", topojson("mini")),
        "areas geopackage": ("neu", "a.gpkg", drawn("mini", "gpkg")),
        "areas shapefile": ("neu", "a.shp.zip", drawn("mini", "shp")),
        "borders": ("leipzig", "a.geojson", geojson(*areas("leipzig"))),
        "offers": ("mini", "o.csv", offers("mini")),
        "package": ("", "p.zip", packed(package())),
    }  # fmt: skip
    return out | sheets() | budgets()


def sheets() -> dict[str, tuple[str, str, bytes]]:
    """A table with two header rows in the three formats of spreadsheets."""
    rows = [["Stadtteile 2023", None, None], ["Stadtteil", "Einwohner", "Kinder"], *[[f"Ortsteil {n:02d}", 1000.0 + n, 90.0] for n in range(6)]]
    rows += [["Insgesamt", 6015.0, 540.0]]
    out = {}
    with tempfile.TemporaryDirectory() as name:
        for write, kind in ((write_xlsx, "xlsx"), (write_ods, "ods"), (write_xls, "xls")):
            out[f"sheet {kind}"] = ("mini", f"t.{kind}", write(Path(name) / f"t.{kind}", rows).read_bytes())
    return out


def budgets() -> dict[str, tuple[str, str, bytes]]:
    """Two municipal budgets, of both product schemes and sign conventions."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return {
            f"budget {scheme}": ("mini", "haushalt.csv", random_budget(3, scheme, negative, 12).write(folder / f"{scheme}.csv").read_bytes())
            for scheme, negative in (("36", "expense"), ("06", "revenue"))
        }


def package() -> dict[str, bytes]:
    """The files of the mini city's data package."""
    with tempfile.TemporaryDirectory() as name:
        folder = minicity.write_minicity(Path(name) / "mini")
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def packed(files: dict[str, bytes]) -> bytes:
    """Files as one ZIP archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()
