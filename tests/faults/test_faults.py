"""A corpus of broken deliveries: each breaks a good mini city in one way, and the import says what, where and in German.

Every fault is run through the command line: exit code, place and code of the findings, nothing changed under the home
of the snapshots, no traceback. A warning is run through `check` and must not stop anything.
"""

# ruff: noqa: E501, E741  (a fault is one line of a table)
from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import minicity
import pytest

from raumblick.catalogue import load_catalogue
from raumblick.cli import main
from raumblick.intake.findings import SEVERITY_LABEL, Finding
from raumblick.queries import FOLDER, queries_in

Break = Callable[[Path], None]


@dataclass(frozen=True)
class Fault:
    """`tables` are delivered besides area and source; `also` are further error codes that the same fault has to give."""

    name: str
    tables: str
    damage: Break
    code: str
    file: str
    row: int | None = None
    column: str | None = None
    severity: str = "error"
    also: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """How the finding begins on screen."""
        place = Finding("error", self.code, self.file, "", "", self.row, self.column).place
        return f"{SEVERITY_LABEL[self.severity]} [{self.code}] {place}: "


# --- ways to break a file ------------------------------------------------------------------------------------------


def cell(file: str, row: int, column: str, text: str) -> Break:
    """Another text in one cell; row 1 is the header."""

    def damage(folder: Path) -> None:
        lines = (folder / file).read_text(encoding="utf-8").split("\n")
        place = lines[0].split(",").index(column)
        cells = lines[row - 1].split(",")
        cells[place] = text
        lines[row - 1] = ",".join(cells)
        (folder / file).write_text("\n".join(lines), encoding="utf-8")

    return damage


def column(file: str, name: str, texts: list[str]) -> Break:
    """Other texts in a column, from line 2 on; the last one is repeated."""

    def damage(folder: Path) -> None:
        rows = (folder / file).read_text(encoding="utf-8").count("\n")
        for row in range(2, rows + 1):
            cell(file, row, name, texts[min(row - 2, len(texts) - 1)])(folder)

    return damage


def text(file: str, change: Callable[[str], str]) -> Break:
    """The whole text changed."""
    return lambda folder: (folder / file).write_text(change((folder / file).read_text("utf-8")), "utf-8") and None


def raw(file: str, change: Callable[[bytes], bytes]) -> Break:
    """The bytes changed."""
    return lambda folder: (folder / file).write_bytes(change((folder / file).read_bytes())) and None


def append(file: str, line: str) -> Break:
    return text(file, lambda old: old + line + "\n")


def duplicate(file: str, row: int) -> Break:
    return text(file, lambda old: old + old.split("\n")[row - 1] + "\n")


def without(file: str, row: int) -> Break:
    return text(file, lambda old: "\n".join(line for n, line in enumerate(old.split("\n"), 1) if n != row))


def described(change: Callable[[dict], object]) -> Break:
    """The descriptor changed."""

    def damage(folder: Path) -> None:
        descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
        change(descriptor)
        (folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")

    return damage


def drawn(change: Callable[[list], object]) -> Break:
    """The features of the area file changed."""

    def damage(folder: Path) -> None:
        collection = json.loads((folder / "area.geojson").read_text("utf-8"))
        change(collection["features"])
        (folder / "area.geojson").write_text(json.dumps(collection), "utf-8")

    return damage


def with_value(row: int, number: str) -> Break:
    """The observation table with the column `value`, filled in one row."""

    def change(old: str) -> str:
        lines = old.rstrip("\n").split("\n")
        ends = ["value", *[number if n == row else "" for n in range(2, len(lines) + 1)]]
        return "".join(f"{line},{end}\n" for line, end in zip(lines, ends, strict=True))

    return text("observation.csv", change)


def swap_axes(features: list) -> None:
    for feature in features:
        feature["geometry"]["coordinates"] = [[[y, x] for x, y in ring] for ring in feature["geometry"]["coordinates"]]


def in_metres(features: list) -> None:
    for feature in features:
        rings = feature["geometry"]["coordinates"]
        feature["geometry"]["coordinates"] = [[[x * 70_000, y * 111_000] for x, y in ring] for ring in rings]


def bow_tie(features: list) -> None:
    (ring,) = features[0]["geometry"]["coordinates"]
    ring[1], ring[2] = ring[2], ring[1]


def both(*damages: Break) -> Break:
    def damage(folder: Path) -> None:
        for one in damages:
            one(folder)

    return damage


def own_table(name: str, content: str) -> Break:
    """A further table, described and written."""

    def damage(folder: Path) -> None:
        described(lambda d: d["resources"].append({"name": name, "path": f"{name}.csv"}))(folder)
        (folder / f"{name}.csv").write_text(content, "utf-8")

    return damage


def resource(name: str, key: str, value: object) -> Break:
    def change(descriptor: dict) -> None:
        next(r for r in descriptor["resources"] if r["name"] == name)[key] = value

    return described(change)


OWN_INDICATOR = (
    "key,name,definition,numerator,denominator,unit,kind,multiplier,decimals,direction,topic,sensitivity\n"
    "eigene,Eigene,Text,Zähler,{denominator},%,share,{multiplier},1,+,Kinderschutz,low\n"
)
SHARES = "from_id,from_vintage,to_id,to_vintage,share,basis\nalt,2010-01-01,00,2015-01-01,{0},flaeche\n"
SHARES += "alt,2010-01-01,01,2015-01-01,{1},flaeche\n"
GRID = "cell_id,lon,lat,children,reference_date,source_id\nz1,{0},5,2022-05-15,s1\nz2,{1},2022-05-15,s1\n"
A, P, O, F, B, C = (f"{t}.csv" for t in ("area", "population", "observation", "facility", "booking", "caseload"))
D, G = "datapackage.json", "area.geojson"

DESCRIPTOR = [
    Fault("no data package", "", lambda f: (f / D).unlink(), "unknown_delivery", "mini"),
    Fault("cut json", "", raw(D, lambda b: b[: len(b) // 2]), "json", D, 9),
    Fault("json list", "", raw(D, lambda b: b"[1, 2]"), "json", D),
    Fault("json brackets without end", "", raw(D, lambda b: b"[" * 100_000), "json", D),
    Fault("json number without end", "", raw(D, lambda b: b'{"name": ' + b"9" * 5000 + b"}"), "json", D),
    Fault("descriptor in cp1252", "", raw(D, lambda b: b.replace(b"Ministadt", b"M\xfcnster")), "encoding", D),
    Fault("empty descriptor", "", raw(D, lambda b: b""), "json", D, 1),
    Fault("no name", "", described(lambda d: d.pop("name")), "name", D),
    Fault("name in capitals", "", described(lambda d: d.update(name="Mini")), "name", D),
    Fault("name with a path", "", described(lambda d: d.update(name="../mini")), "name", D),
    Fault("name begins with a hyphen", "", described(lambda d: d.update(name="-mini")), "name", D),
    Fault("no title", "", described(lambda d: d.update(title="  ")), "title", D),
    Fault("other profile", "", described(lambda d: d.update(profile="data-package")), "profile", D),
    Fault("synthetic as text", "", described(lambda d: d.update(synthetic="nein")), "synthetic", D),
    Fault("no resources", "", described(lambda d: d.update(resources={"area": "area.csv"})), "resources", D),
    Fault("unknown table", "booking", resource("booking", "name", "buchung"), "table_unknown", D, also=("no_numbers",)),
    Fault("table twice", "booking", described(lambda d: d["resources"].append(d["resources"][-1])), "table_twice", D),
    Fault("path leads out", "observation", resource("source", "path", "../source.csv"), "path", D, also=("table_missing",)),
    Fault("absolute path", "observation", resource("source", "path", "/etc/passwd"), "path", D, also=("table_missing",)),
    Fault("path that no disk takes", "booking", resource("source", "path", "a\0b"), "path", D, also=("table_missing",)),
    Fault("no path", "booking", resource("source", "path", None), "file_missing", "None"),
    Fault("missing file", "booking", lambda f: (f / B).unlink(), "file_missing", B),
    Fault("folder in place of a file", "booking", both(lambda f: (f / B).unlink(), lambda f: (f / B).mkdir()), "file_missing", B),
    Fault("missing area table", "observation", lambda f: (f / A).unlink(), "file_missing", A),
    Fault("area table not delivered", "booking", described(lambda d: d["resources"].pop(0)), "table_missing", A),
    Fault("no numbers at all", "", lambda f: None, "no_numbers", "Lieferung"),
    Fault("wrong hash", "booking", resource("booking", "hash", "sha256:" + "0" * 64), "hash", B),
    Fault("other city key", "booking", described(lambda d: d.update(name="maxi")), "city_key", A, 2, "area_id"),
]  # fmt: skip

FILES = [
    Fault("empty file", "booking", raw(B, lambda b: b""), "file_empty", B, 1),
    Fault("only a byte order mark", "booking", raw(B, lambda b: b"\xef\xbb\xbf"), "file_empty", B, 1),
    Fault("blank first line", "booking", raw(B, lambda b: b"\n" + b), "file_empty", B, 1),
    Fault("header only, required table", "booking", raw(A, lambda b: b.split(b"\n")[0] + b"\n"), "table_missing", A),
    Fault("header only, other table", "booking", raw(B, lambda b: b.split(b"\n")[0] + b"\n"), "table_empty", B, severity="warning"),
    Fault("no header", "booking", without(B, 1), "header_missing", B, 1),
    Fault("semicolon", "population", text(P, lambda t: t.replace(",", ";")), "delimiter", P, 1),
    Fault("tab", "population", text(P, lambda t: t.replace(",", "\t")), "delimiter", P, 1),
    Fault("semicolons in the rows", "booking", text(B, lambda t: t.split("\n", 1)[0] + "\n" + t.split("\n", 1)[1].replace(",", ";")), "row_length", B, 2),
    Fault("cut in a row", "population", raw(P, lambda b: b[: b.index(b"\n02,") + 8]), "row_length", P, 74),
    Fault("cut in a key", "observation", raw(O, lambda b: b.rstrip()[:-1]), "unknown_source", O, 27, "source_id"),
    Fault("cut in a quoted cell", "facility", raw(F, lambda b: b.replace(b"Kita 03", b'"Kita 03')), "csv_broken", F, 5),
    Fault("text after a quote", "facility", raw(F, lambda b: b.replace(b"Kita 03", b'"Kita" 03')), "csv_broken", F, 5),
    Fault("cp1252", "facility", raw(F, lambda b: b.decode().encode("cp1252")), "encoding", F, 2),
    Fault("cp1252 far down", "facility", raw(F, lambda b: b.decode().replace("Träger", "Traeger", 5).encode("cp1252")), "encoding", F, 7),
    Fault("utf-16", "facility", raw(F, lambda b: b.decode().encode("utf-16")), "encoding", F, 1),
    Fault("workbook named csv", "facility", raw(F, lambda b: b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00"), "header_missing", F, 1),
    Fault("one cell too many", "booking", text(B, lambda t: t.replace("plan,period,s1", "plan,period,s1,mehr")), "row_length", B, 2),
    Fault("unquoted comma in a name", "facility", text(F, lambda t: t.replace("Kita 01", "Kita, 01")), "row_length", F, 3),
    Fault("required column missing", "booking", text(B, lambda t: re.sub(r"[^,\n]*$", "", re.sub(r",[^,\n]*$", "", t, flags=re.M), count=0)), "column_missing", B, 1, "source_id"),
    Fault("column misspelt", "booking", text(B, lambda t: t.replace("amount", "ammount", 1)), "column_misspelt", B, 1, "ammount"),
    Fault("column in capitals", "booking", text(A, lambda t: t.replace("area_id", "Area_ID", 1)), "column_misspelt", A, 1, "Area_ID"),
    Fault("column twice", "booking", text(B, lambda t: t.replace("product", "amount", 1)), "column_twice", B, 1, "amount", also=("column_missing",)),
    Fault("column unknown", "booking", text(B, lambda t: t.replace("account", "gegenstand", 1) if "account" in t else t.replace("\n", ",x\n").replace(",x\n", ",gegenstand\n", 1)), "column_unknown", B, 1, "gegenstand", severity="warning"),
]  # fmt: skip

CELLS = [
    Fault("mixed number formats", "observation caseload", column(C, "cost", ['"9000,25"', "31000.25"]), "numbers_mixed", C, 3, "cost"),
    Fault("thousands or decimals", "observation caseload", column(C, "cost", ["9.000", "31.000"]), "numbers_unclear", C, 2, "cost"),
    Fault("thousands in whole numbers", "observation caseload", column(C, "care_days", ["62", "1.217"]), "numbers_unclear", C, 3, "care_days"),
    Fault("thousands that end in zeros", "observation caseload", column(C, "care_days", ["62", "1.000"]), "numbers_unclear", C, 3, "care_days"),
    Fault("English thousands", "observation", cell(O, 20, "numerator", '"1,234"'), "numbers_unclear", O, 20, "numerator"),
    Fault("three decimals in a count", "observation", both(cell(O, 20, "numerator", "1.234"), cell(O, 20, "denominator", "300")), "thousands", O, 20, "numerator", severity="warning"),
    Fault("text in a number", "observation", cell(O, 20, "numerator", "k.A."), "not_number", O, 20, "numerator"),
    Fault("sign in a number", "observation", cell(O, 20, "numerator", "..."), "not_number", O, 20, "numerator"),
    Fault("NaN", "observation", cell(O, 20, "numerator", "NaN"), "finite", O, 20, "numerator"),
    Fault("infinity", "observation", cell(O, 20, "denominator", "inf"), "finite", O, 20, "denominator"),
    Fault("minus infinity persons", "population", cell(P, 4, "count", "-inf"), "whole", P, 4, "count", also=("negative",)),
    Fault("infinite age", "population", cell(P, 3, "age_to", "inf"), "whole", P, 3, "age_to", also=("population_overlap",)),
    Fault("number beyond all measure", "observation", cell(O, 20, "denominator", "1e300"), "large", O, 20, "denominator"),
    Fault("persons beyond all measure", "population", cell(P, 9, "count", "3000000000"), "large", P, 9, "count"),
    Fault("amount beyond all measure", "booking", cell(B, 2, "amount", "1e30"), "not_decimal", B, 2, "amount"),
    Fault("half a person", "population", cell(P, 9, "count", "2.5"), "not_integer", P, 9, "count"),
    Fault("half a person, German", "population", cell(P, 9, "count", '"2,5"'), "not_integer", P, 9, "count"),
    Fault("text in a whole number", "population", cell(P, 9, "count", "zwölf"), "not_integer", P, 9, "count"),
    Fault("tenths of a cent", "booking", cell(B, 2, "amount", "1000.505"), "cents", B, 2, "amount"),
    Fault("no amount", "booking", cell(B, 2, "amount", "rund 1000"), "not_decimal", B, 2, "amount"),
    Fault("31 February", "population", cell(P, 5, "date", "2021-02-31"), "not_date", P, 5, "date"),
    Fault("31.02., German", "population", cell(P, 5, "date", "31.02.2021"), "not_date", P, 5, "date"),
    Fault("a year as date", "population", cell(P, 5, "date", "2021"), "not_date", P, 5, "date"),
    Fault("a date of the year 202", "facility", cell(F, 2, "reference_date", "0202-12-31"), "date_range", F, 2, "reference_date"),
    Fault("infinite date", "facility", cell(F, 2, "reference_date", "infinity"), "date_range", F, 2, "reference_date"),
    Fault("neither yes nor no", "facility", cell(F, 4, "inclusive", "vielleicht"), "not_boolean", F, 4, "inclusive"),
    Fault("control characters", "facility", cell(F, 4, "name", "Kita\x07"), "control", F, 4, "name"),
    Fault("required cell empty", "facility", cell(F, 4, "name", ""), "required", F, 4, "name"),
    Fault("required cell blank", "facility", cell(F, 4, "name", "   "), "required", F, 4, "name"),
    Fault("value not allowed", "population", cell(P, 4, "sex", "weiblich"), "values", P, 4, "sex"),
    Fault("line after blank lines", "population", both(cell(P, 9, "sex", "x"), text(P, lambda t: t.replace("\n", "\n\n", 3))), "values", P, 12, "sex"),
    Fault("line after a broken cell", "facility", both(cell(F, 3, "carrier", '"Träger\nB"'), cell(F, 6, "service", "nix")), "unknown_service", F, 6, "service"),
    Fault("wrong cell after a broken cell", "facility", both(cell(F, 6, "inclusive", "nix"), cell(F, 3, "carrier", '"Träger\n\nB"')), "not_boolean", F, 8, "inclusive"),
]  # fmt: skip

KEYS = [
    Fault("duplicate row", "population", duplicate(P, 2), "duplicate", P, 290, "area_id", also=("population_overlap",)),
    Fault("duplicate with empty age", "population", duplicate(P, 12), "duplicate", P, 290, "area_id", also=("population_overlap",)),
    Fault("duplicate booking", "booking", duplicate(B, 2), "duplicate", B, 4, "booking_id"),
    Fault("duplicate area", "booking", duplicate(A, 6), "duplicate", A, 13, "area_id"),
    Fault("unknown area", "observation", cell(O, 3, "area_id", "99"), "unknown_area", O, 3, "area_id"),
    Fault("lost leading zero", "observation", text(O, lambda t: t.replace("sgb2_u15,05", "sgb2_u15,5")), "unknown_area", O, 17, "area_id"),
    Fault("unknown indicator", "observation", cell(O, 3, "indicator", "sgb2"), "unknown_indicator", O, 3, "indicator"),
    Fault("unknown service", "observation caseload", cell(C, 3, "service", "hotel"), "unknown_service", C, 3, "service"),
    Fault("unknown source", "booking", cell(B, 3, "source_id", "s9"), "unknown_source", B, 3, "source_id"),
]  # fmt: skip

AREAS = [
    Fault("two cities", "booking", append(A, "maxi,Maxistadt,stadt,,2015-01-01,"), "city_level", A, 13, "level", also=("city_key",)),
    Fault("no city", "booking", text(A, lambda t: t.replace(",stadt,", ",bezirk,")), "city_level", A, None, "level", also=("parent",)),
    Fault("unknown level", "booking", cell(A, 4, "level", "kreis"), "values", A, 4, "level", also=("level_chain",)),
    Fault("unknown parent", "booking", cell(A, 5, "parent_id", "B9"), "unknown_area", A, 5, "parent_id"),
    Fault("no parent", "booking", cell(A, 5, "parent_id", ""), "parent", A, 5, "parent_id"),
    Fault("parent of the city", "booking", cell(A, 2, "parent_id", "B0"), "parent", A, 2, "parent_id"),
    Fault("own parent", "booking", cell(A, 5, "parent_id", "00"), "parent", A, 5, "parent_id"),
    Fault("parent of the same level", "booking", cell(A, 5, "parent_id", "01"), "parent", A, 5, "parent_id", also=("polygon_without_area",)),
    Fault("cycle", "booking", both(cell(A, 3, "parent_id", "B1"), cell(A, 4, "parent_id", "B0")), "loose_area", A, 3, "parent_id", also=("parent",)),
    Fault("level left out", "booking", cell(A, 5, "parent_id", "mini"), "level_chain", A, 5, "parent_id"),
    Fault("district without parts", "booking", append(A, "B2,Süd,bezirk,mini,2015-01-01,"), "leaf_level", A, 13, "level", also=("area_without_polygon",)),
    Fault("ends before it begins", "booking", cell(A, 5, "valid_to", "2014-12-31"), "area_dates", A, 5, "valid_to"),
    Fault("vintages overlap", "booking", append(A, "00,Ortsteil 00,ortsteil,B0,2020-01-01,"), "vintages", A, 13, "area_id"),
    Fault("vintage under another parent", "booking", both(cell(A, 5, "valid_to", "2019-12-31"), append(A, "00,Ortsteil 00,ortsteil,B1,2020-01-01,")), "vintages", A, 13, "area_id"),
    Fault("value before the area", "observation", cell(O, 2, "period", "2012"), "vintage", O, 2, "period"),
    Fault("value after the area", "observation", cell(A, 5, "valid_to", "2022-12-31"), "vintage", O, 4, "period"),
    Fault("residents before the area", "population", cell(A, 5, "valid_from", "2022-01-02"), "vintage", P, 2, "date"),
    Fault("shares do not add up", "booking", own_table("area_share", SHARES.format(0.5, 0.4)), "share_sum", "area_share.csv", 2, "share"),
    Fault("negative share", "booking", own_table("area_share", SHARES.format(1.2, -0.2)), "share_sum", "area_share.csv", 2, "share"),
    Fault("share is no number", "booking", own_table("area_share", SHARES.format("nan", 1)), "finite", "area_share.csv", 2, "share", also=("share_sum",)),
]  # fmt: skip

GEOMETRY = [
    Fault("polygon missing", "booking", drawn(lambda f: f.pop(3)), "area_without_polygon", G),
    Fault("polygon unknown", "booking", drawn(lambda f: f[3]["properties"].update(area_id="33")), "polygon_without_area", G, also=("area_without_polygon",)),
    Fault("polygon twice", "booking", drawn(lambda f: f.append(f[3])), "area_id_duplicate", G, 9, "area_id"),
    Fault("polygon without key", "booking", drawn(lambda f: f[3]["properties"].update(area_id=None)), "area_id_empty", G, 4, "area_id"),
    Fault("key column missing", "booking", described(lambda d: d["geometry"].update(id="schluessel")), "area_id_missing", G, None, "schluessel"),
    Fault("point in place of a polygon", "booking", drawn(lambda f: f[3].update(geometry={"type": "Point", "coordinates": [10, 52]})), "area_not_polygon", G, 4),
    Fault("no shape", "booking", drawn(lambda f: f[3].update(geometry=None)), "area_empty", G, 4),
    Fault("crossing outline", "booking", drawn(bow_tie), "area_invalid", G, 1, severity="warning"),
    Fault("area file broken", "booking", raw(G, lambda b: b[:300]), "area_unreadable", G),
    Fault("area file empty", "booking", raw(G, lambda b: b""), "area_unreadable", G),
    Fault("area file missing", "booking", lambda f: (f / G).unlink(), "file_missing", G),
    Fault("area file outside", "booking", described(lambda d: d["geometry"].update(path="../area.geojson")), "path", D),
    Fault("no area file named", "booking", described(lambda d: d.pop("geometry")), "geometry_missing", D),
    Fault("swapped coordinates", "booking", drawn(swap_axes), "area_swapped", G),
    Fault("coordinates in metres", "booking", drawn(in_metres), "area_out_of_range", G),
    Fault("broken zip", "booking", both(lambda f: (f / "a.zip").write_bytes(b"PK\3\4") and None, described(lambda d: d["geometry"].update(path="a.zip"))), "area_unreadable", "a.zip"),
]  # fmt: skip

NUMBERS = [
    Fault("numerator above denominator", "observation", cell(O, 20, "numerator", "999"), "share_above_one", O, 20, "numerator"),
    Fault("negative numerator", "observation", cell(O, 20, "numerator", "-3"), "negative", O, 20, "numerator"),
    Fault("placeholder", "observation", cell(O, 20, "denominator", "-9999"), "negative", O, 20, "numerator", also=("share_above_one",)),
    Fault("placeholder as value", "observation", with_value(26, "-9999"), "value_range", O, 26, "value", also=("sign_with_number",)),
    Fault("share of 140 percent", "observation", both(cell(O, 2, "numerator", ""), with_value(2, "140")), "value_range", O, 2, "value"),
    Fault("value and counts", "observation", with_value(20, "12.5"), "value_and_counts", O, 20, "value"),
    Fault("denominator missing", "observation", cell(O, 20, "denominator", ""), "denominator_missing", O, 20, "denominator"),
    Fault("sign beside a number", "observation", cell(O, 20, "sign", "x"), "sign_with_number", O, 20, "sign"),
    Fault("unknown sign", "observation", cell(O, 26, "sign", "?"), "values", O, 26, "sign"),
    Fault("hidden and yet there", "observation", cell(O, 20, "status", "hidden"), "hidden_with_number", O, 20, "status"),
    Fault("no period", "observation", cell(O, 20, "period", "2021/22"), "period", O, 20, "period"),
    Fault("thirteenth month of a period", "observation", cell(O, 20, "period", "2021-13"), "period", O, 20, "period"),
    Fault("negative residents", "population", cell(P, 9, "count", "-5"), "negative", P, 9, "count"),
    Fault("ages the wrong way round", "population", cell(P, 4, "age_to", "5"), "population_ages", P, 4, "age_to"),
    Fault("age of 200", "population", cell(P, 12, "age_from", "200"), "population_ages", P, 12, "age_to"),
    Fault("ages overlap", "population", cell(P, 4, "age_from", "3"), "population_overlap", P, 4, "age_from"),
    Fault("all and female", "population", cell(P, 3, "sex", "all"), "population_sex", P, 2, "sex"),
    Fault("one sex only", "population", text(P, lambda t: re.sub(r"03,2022-12-31,[^\n]*,male,[^\n]*\n", "", t)), "population_one_sex", P, 122, "sex"),
    Fault("residents of another time", "population", cell(P, 2, "date", "2001-12-31"), "vintage", P, 2, "date", also=("population_one_sex",)),
    Fault("longitude without latitude", "facility", cell(F, 3, "lat", ""), "point", F, 3, "lon"),
    Fault("latitude of 520", "facility", cell(F, 3, "lat", "520.07"), "point", F, 3, "lon"),
    Fault("facility outside", "facility", cell(F, 3, "lon", "13.4"), "facility_outside", F, 3, "lon", severity="warning"),
    Fault("facility outside without a name", "facility", both(cell(F, 3, "lon", "13.4"), cell(F, 3, "name", "")), "required", F, 3, "name"),
    Fault("facility in another area", "facility", cell(F, 3, "area_id", "07"), "facility_elsewhere", F, 3, "area_id", severity="warning"),
    Fault("negative places", "facility", cell(F, 3, "enrolled", "-1"), "places", F, 3, "places_licensed"),
    Fault("more operable than licensed", "facility", cell(F, 3, "places_operable", "61"), "places_order", F, 3, "places_operable", severity="warning"),
    Fault("closes before it opens", "facility", text(F, lambda t: t.replace("source_id", "opens,closes,source_id").replace(",s1", ",2020-08-01,2019-07-31,s1", 1).replace("False,s1", "False,,,s1")), "closed_before_open", F, 2, "closes"),
    Fault("cell twice", "booking", both(own_table("cell", GRID.format("10.01,52.007", "10.01,52.007,3")), duplicate("cell.csv", 2)), "duplicate", "cell.csv", 4, "cell_id"),
    Fault("cell without a longitude", "booking", own_table("cell", GRID.format("10.01,52.007", ",52.007,3")), "required", "cell.csv", 3, "lon"),
    Fault("cell in metres", "booking", own_table("cell", GRID.format("10.01,52.007", "4569550,3254250,3")), "point", "cell.csv", 3, "lon"),
    Fault("cell with fewer than no children", "booking", own_table("cell", GRID.format("10.01,52.007", "10.01,52.007,-9")), "negative", "cell.csv", 3, "children"),
    Fault("cell outside", "booking", own_table("cell", GRID.format("10.01,52.007", "13.4,52.5,3")), "cells_outside", "cell.csv", None, "lon", severity="warning"),
    Fault("cells with swapped coordinates", "booking", own_table("cell", GRID.format("52.007,10.01", "52.007,10.01,3")), "cells_outside", "cell.csv", None, "lon"),
    Fault("thirteenth month", "booking", cell(B, 3, "month", "13"), "month", B, 3, "month"),
    Fault("infinite month", "booking", cell(B, 3, "month", "inf"), "whole", B, 3, "month", also=("month",)),
    Fault("actual without a month", "booking", cell(B, 2, "value_type", "actual"), "month", B, 2, "month"),
    Fault("one year from two sources", "booking", both(append(B, "b4,2023,,36.3.2,heim,,expense,1.00,plan,period,s2"), append("source.csv", "s2,Nachtrag,Stadt Ministadt,CC0-1.0,2024-02-15")), "booking_again", B, 4, "source_id", severity="warning"),
    Fault("two-digit year", "booking", cell(B, 3, "year", "23"), "year", B, 3, "year"),
    Fault("negative amount", "booking", cell(B, 2, "amount", "-1000.50"), "amount", B, 2, "amount"),
    Fault("negative cases", "observation caseload", cell(C, 3, "entries", "-1"), "negative", C, 3, "stock"),
    Fault("not the first of the month", "observation caseload", cell(C, 3, "month", "2023-03-31"), "month_start", C, 3, "month"),
    Fault("cases do not flow", "observation caseload", append(C, "05,heim,2023-04-01,9,1,0,270,1000.00,s1"), "case_flow", C, 4, "stock", severity="warning"),
    Fault("procedures do not add up", "observation protection", cell("protection.csv", 3, "acute", "9"), "protection_sum", "protection.csv", 3, "procedures"),
    Fault("procedures of no year", "observation protection", cell("protection.csv", 3, "period", "2023/24"), "period", "protection.csv", 3, "period"),
    Fault("more move on than were there", "observation transition", cell("transition.csv", 3, "count", "71"), "transition_count", "transition.csv", 3, "count"),
]  # fmt: skip

CATALOGUE = [
    Fault("own share in per mille", "observation", own_table("indicator", OWN_INDICATOR.format(denominator="Nenner", multiplier=1000)), "own_catalogue", "indicator.csv", 2, "multiplier"),
    Fault("own share without denominator", "observation", own_table("indicator", OWN_INDICATOR.format(denominator="", multiplier=100)), "own_catalogue", "indicator.csv", 2, "denominator"),
    Fault("own target of nothing", "observation", own_table("target", "service,age_from,value,unit,kind,valid_from,source\nhotel,0,1,%,plan,2020-01-01,x\n"), "own_catalogue", "target.csv", 2, "service"),
]  # fmt: skip

KNOWN = load_catalogue()
FRAMES = minicity.frames()
FAULTS = [*DESCRIPTOR, *FILES, *CELLS, *KEYS, *AREAS, *GEOMETRY, *NUMBERS, *CATALOGUE]
ENGLISH = re.compile(r"\b(the|and|error|line|missing|invalid|expected|unexpected|could not|convert|found)\b", re.IGNORECASE)


def tree(home: Path) -> dict[str, tuple[int, int]]:
    """Every file below a folder with its size and time of change, but for the trail, which says that somebody tried."""
    own = ("plaene.sqlite", "protokoll.")
    files = [p for p in sorted(home.rglob("*")) if not p.name.lstrip(".").startswith(own)]
    return {str(p.relative_to(home)): (p.stat().st_size, p.stat().st_mtime_ns) for p in files}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with one good snapshot that no fault may change."""
    folder = tmp_path_factory.mktemp("faults")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAUMBLICK_HOME", str(folder / "home"))
        assert main(["import", str(minicity.write_minicity(folder / "good"))]) == 0
    return folder / "home"


def package(folder: Path, tables: str) -> Path:
    wanted = {"area", "source", *tables.split()}
    return minicity.write_minicity(folder, {name: frame for name, frame in FRAMES.items() if name in wanted})


def reported(output: str, severity: str) -> list[str]:
    """Lines of the findings of one severity."""
    return [line for line in output.splitlines() if line.startswith(f"{SEVERITY_LABEL[severity]} [")]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_named_and_nothing_changes(fault, home, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RAUMBLICK_HOME", str(home))
    monkeypatch.setattr("raumblick.cli.load_catalogue", lambda: KNOWN)  # reading it anew takes a sixth of the time
    folder = package(tmp_path / "mini", fault.tables)
    fault.damage(folder)
    before = tree(home)
    stops = fault.severity == "error"
    code = main(["import" if stops else "check", str(folder)])
    output = capsys.readouterr()
    assert code == (1 if stops else 0), output.out
    assert tree(home) == before
    assert output.err == ""
    named = [line for line in reported(output.out, fault.severity) if line.startswith(fault.line)]
    assert named, f"{fault.line}\n{output.out}"
    errors = set(re.findall(r"^Fehler \[(\w+)\]", output.out, re.MULTILINE))
    assert errors == {*fault.also, *([fault.code] if stops else [])}, output.out
    assert not ENGLISH.search(re.sub("„[^“]*“", "", named[0].removeprefix(fault.line))), named[0]


def test_names_of_faults_are_unique():
    names = [fault.name for fault in FAULTS]
    assert len(names) == len(set(names)) and len(names) > 100


def test_every_rule_has_a_fault():
    tried = {(fault.code, fault.file) for fault in FAULTS}
    rules = {(query.head["code"], f"{query.head['table']}.csv") for query in queries_in("check")}
    assert rules <= tried


def test_every_rule_of_the_table_description_has_a_fault():
    generic = {path.stem for path in (FOLDER / "check" / "generic").glob("*.sql")} - {"wrap", "refers", "duplicates"}
    assert generic <= {fault.code for fault in FAULTS}
