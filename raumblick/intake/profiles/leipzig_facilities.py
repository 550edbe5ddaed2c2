"""Leipzig's places: day-care and playgrounds with points, schools and Horte by address.

The lists overlap, so every offer comes from one list only: day-care from OpenStreetMap (2024) and not from the list of
2014, schools from the list of 2019 and not from that of 2014, which only lends its points to schools of the same name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from raumblick.intake.findings import Finding
from raumblick.intake.profiles.bricks import areas_of_points, listing, number, number_column, open_table, stable_key

PLACES, SCHOOLS, AFTER_SCHOOL = "einrichtungen.csv", "schulen_2019.csv", "horte.csv"
PLACEHOLDER = 10  # so many differently named places at one point: the point stands for "not found"
TWIN_M = 50.0  # nearer than that, two day-care centres of the same name are one
NEAR_M = 200.0
WRONG_ENOUGH = 5  # so many schools with a point are needed to judge what a list says of an Ortsteil
SERVICE_OF_ART = {"kita_osm": "kita", "spielplatz": "spielplatz"}
_FORMS = {"11": "grundschule", "12": "oberschule", "13": "gymnasium", "28": "berufsschule"}
SERVICE_OF_SCHOOL = (
    _FORMS | {str(key): "berufsschule" for key in range(21, 26)} | {str(key): "foerderschule" for key in range(31, 40)}
)
OWN_SERVICES: tuple[dict[str, Any], ...] = (
    {
        "key": "berufsschule",
        "name": "Berufsbildende Schule",
        "paragraph": "§ 81 SGB VIII, Schulgesetz des Landes",
        "topic": "Prävention im Sozialraum",
        "form": "institution",
        "age_from": 15,
        "entitlement": False,
        "allocable": False,
        "description": "Berufsschulen, Berufsfachschulen, Fachoberschulen und berufliche Gymnasien.",
    },
)
_DOUBTFUL = r"\bHort\b|Tagespflege|Tagesmutti|Schulpsychologie|^Garten |^Waldgrundst"
_COLUMNS = ["facility_id", "name", "service", "area_id", "lon", "lat", "places_licensed", "reference_date", "source_id"]


def read_facilities(folder: Path, geometry: gpd.GeoDataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows of the table `facility` from the lists that are in the folder, and what was found on the way."""
    frames: list[pd.DataFrame] = []
    findings: list[Finding] = []
    places = schools = None
    if (folder / PLACES).is_file():
        places, found = _places(folder / PLACES, geometry)
        frames.append(_offers(places))
        findings += found
    if (folder / SCHOOLS).is_file():
        schools, found = _schools(folder / SCHOOLS, places)
        frames.append(schools)
        findings += found
    if (folder / AFTER_SCHOOL).is_file():
        rows, found = _after_school(folder / AFTER_SCHOOL, schools)
        frames.append(rows)
        findings += found
    if not frames:
        return pd.DataFrame(columns=_COLUMNS), findings
    return pd.concat([frame[frame.columns.intersection(_COLUMNS)] for frame in frames], ignore_index=True), findings


def _places(path: Path, geometry: gpd.GeoDataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Every row of einrichtungen.csv with numbers, the Ortsteil of its point, and doubtful points taken away."""
    table = open_table(path, ["art", "name", "plaetze", "lon", "lat", "quelle", "ortsteil_nr"])
    rows = table.frame.assign(line=table.lines, stated=table.frame["ortsteil_nr"].replace("", pd.NA))
    findings: list[Finding] = []
    for column, target in (("lon", "lon"), ("lat", "lat"), ("plaetze", "places_licensed")):
        rows[target], found = number_column(table, column, ".", path.name)
        findings += found
    rows["name"] = rows["name"].str.replace(r"\s+", " ", regex=True).str.strip()
    rows, found = _without_twins(rows, path.name)
    findings += found
    same_point = rows.groupby(["art", "lon", "lat"])["name"].transform("nunique")
    placeholder = (same_point >= PLACEHOLDER).fillna(False).astype(bool)
    if placeholder.any():
        findings.append(_placeholder_finding(rows[placeholder], path.name))
    rows = _without_point(rows, placeholder)
    rows["area_id"] = areas_of_points(rows["lon"], rows["lat"], geometry)
    findings += _point_findings(rows[~placeholder], path.name)
    return rows, findings + _list_findings(rows, path.name)


def _without_point(rows: pd.DataFrame, where: pd.Series) -> pd.DataFrame:
    return rows.assign(lon=rows["lon"].mask(where), lat=rows["lat"].mask(where))


def _offers(places: pd.DataFrame) -> pd.DataFrame:
    rows = places[places["art"].isin(SERVICE_OF_ART)].copy()
    nameless = rows["name"] == ""
    rows["facility_id"] = stable_key(
        "ort", rows["art"], rows["name"], rows["lon"].astype("string"), rows["lat"].astype("string")
    )
    rows["service"] = rows["art"].map(SERVICE_OF_ART)
    rows["name"] = rows["name"].mask(nameless, "(ohne Namen)")
    rows["reference_date"] = pd.to_datetime(rows["quelle"].str.extract(r"(\d{4}-\d\d-\d\d)")[0])
    return rows.assign(source_id="leipzig-einrichtungen")


def _without_twins(rows: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[Finding]]:
    """Leave out a day-care centre that stands a second time within TWIN_M metres under the same name."""
    kitas = rows[(rows["art"] == "kita_osm") & (rows["name"] != "") & rows["lon"].notna() & rows["lat"].notna()]
    points = _plane(kitas)
    twins = []
    for _, group in points.groupby(kitas["name"]):
        for position in range(1, len(group)):
            if group.iloc[:position].distance(group.iloc[position]).min() <= TWIN_M:
                twins.append(group.index[position])
    if not twins:
        return rows, []
    names = listing(rows.loc[twins, "name"])
    message = f"{number(len(twins))} Kitas stehen zweimal mit gleichem Namen am selben Ort und zählen einmal: {names}."
    return rows.drop(index=twins), [Finding("warning", "kita_twice", file, message, "Liste durchsehen.", None, "name")]


def _plane(rows: pd.DataFrame) -> gpd.GeoSeries:
    """Points of the rows in metres (ETRS89 / UTM zone 33N)."""
    points = gpd.points_from_xy(rows["lon"].astype(float), rows["lat"].astype(float))
    return gpd.GeoSeries(points, index=rows.index, crs=4326).to_crs(25833)


def _placeholder_finding(rows: pd.DataFrame, file: str) -> Finding:
    names = listing(rows["name"])
    message = (
        f"{number(len(rows))} verschieden benannte Orte haben denselben Punkt; er steht offenbar für „nicht gefunden“. "
        f"Punkt und Ortsteil wurden nicht übernommen: {names}."
    )
    return Finding("warning", "point_placeholder", file, message, "Koordinaten nachtragen.", None, "lon")


def _point_findings(rows: pd.DataFrame, file: str) -> list[Finding]:
    findings = []
    outside = rows[rows["lon"].notna() & rows["area_id"].isna()]
    if len(outside):
        names = listing(outside["art"] + " " + outside["name"])
        message = f"{number(len(outside))} Orte liegen außerhalb aller Ortsteile, ihr Gebiet fehlt: {names}."
        findings.append(Finding("warning", "point_outside", file, message, "Koordinaten prüfen.", None, "lon"))
    other = rows[(rows["stated"] != rows["area_id"]).fillna(False)]
    if len(other):
        names = listing(f"{r.name} ({r.stated} statt {r.area_id})" for r in other.itertuples(index=False))
        message = f"{number(len(other))} Orte liegen nicht im genannten Ortsteil; es gilt der Punkt: {names}."
        remedy = "Koordinaten prüfen."
        findings.append(Finding("warning", "point_elsewhere", file, message, remedy, None, "ortsteil_nr"))
    return findings


def _list_findings(rows: pd.DataFrame, file: str) -> list[Finding]:
    kitas = rows[rows["art"] == "kita_osm"]
    old = rows["art"].isin(["kita_kidsle_2014", "grundschule", "gymnasium"])
    counts = "; ".join(f"{art}: {number(n)}" for art, n in rows.loc[old, "art"].value_counts().sort_index().items())
    other = sorted(set(rows["art"]) - set(SERVICE_OF_ART) - set(rows.loc[old, "art"]))
    near = _near(rows[rows["art"] == "kita_kidsle_2014"], kitas)
    message = (
        f"Ältere Listen von 2014 nicht als Angebote übernommen, damit nichts doppelt zählt ({counts}): Kitas kommen "
        f"aus OpenStreetMap (Juli 2024; {number(near)} der älteren liegen höchstens {number(NEAR_M)} m von einer "
        "davon), Schulen aus der Liste von 2019. Altersangaben (alter_von, alter_bis) haben keine Spalte."
    )
    findings = [Finding("info", "older_list", file, message, "")]
    if other:
        message = f"Unbekannte Arten nicht übernommen: {', '.join(other)}."
        findings.append(Finding("warning", "kind_unknown", file, message, "Art einer Leistung zuordnen.", None, "art"))
    known = int(kitas["places_licensed"].notna().sum())
    message = (
        f"Plätze sind nur für {number(known)} von {number(len(kitas))} Kitas bekannt (Angabe in OpenStreetMap, keine "
        "Betriebserlaubnis). Versorgungsquoten lassen sich daraus nicht rechnen."
    )
    remedy = "Kita-Liste des Jugendamts liefern."
    findings.append(Finding("warning", "places_partial", file, message, remedy, None, "plaetze"))
    nameless = int((kitas["name"] == "").sum())
    doubtful = kitas[kitas["name"].str.contains(_DOUBTFUL, case=False)]
    message = (
        f"Einträge aus OpenStreetMap, die vielleicht keine Kita sind: {listing(doubtful['name'])}. "
        f"{number(nameless)} weitere haben keinen Namen. Alle sind als Kita übernommen."
    )
    findings.append(Finding("warning", "kita_doubtful", file, message, "Liste durchsehen.", None, "name"))
    return findings


def _near(rows: pd.DataFrame, others: pd.DataFrame) -> int:
    """How many of `rows` have one of `others` within NEAR_M metres."""
    rows, others = rows[rows["lon"].notna()], others[others["lon"].notna()]
    if rows.empty or others.empty:
        return 0
    distances = _plane(others).sindex.nearest(_plane(rows), return_all=False, return_distance=True)[1]
    return int((distances <= NEAR_M).sum())


def _schools(path: Path, places: pd.DataFrame | None) -> tuple[pd.DataFrame, list[Finding]]:
    """One row a school and school form. Points come from the list of 2014 where name and Ortsteil agree."""
    columns = ["name", "ortsteil_quelle", "ortsteil_nr", "schulart_keys", "strasse", "plz", "stand"]
    table = open_table(path, columns)
    rows = table.frame.assign(stated=table.frame["ortsteil_nr"].replace("", pd.NA))
    findings: list[Finding] = []
    rows["form"] = rows["schulart_keys"].str.split("|")
    rows = rows.explode("form")
    rows["service"] = rows["form"].map(SERVICE_OF_SCHOOL)
    left = rows[rows["service"].isna()]
    if len(left):
        names = listing(left["name"])
        message = (
            f"{number(len(left))} Einträge sind keine Schule für junge Menschen (Ämter, Beratung, Hochschule, "
            f"Abendschulen, ohne Schulart) und wurden nicht übernommen: {names}."
        )
        findings.append(Finding("info", "school_left_out", path.name, message, "", None, "schulart_keys"))
    rows = rows[rows["service"].notna()].drop_duplicates(["name", "strasse", "plz", "service"]).reset_index(drop=True)
    rows["facility_id"] = stable_key("schule", rows["name"], rows["strasse"], rows["plz"]) + "-" + rows["service"]
    rows["reference_date"] = pd.to_datetime(rows["stand"], format="%d.%m.%Y", errors="coerce")
    rows, found = _school_places(rows, places, path.name)
    return rows.assign(source_id="leipzig-schulen"), findings + found


def _school_places(
    rows: pd.DataFrame, places: pd.DataFrame | None, file: str
) -> tuple[pd.DataFrame, list[Finding]]:
    rows = rows.assign(short=rows["name"].str.split(" - ").str[0].str.strip())
    points = _school_points(places)
    main = ~rows["name"].str.contains("Außenstelle|Auslagerung") & ~rows.duplicated(["short", "service"], keep=False)
    keys = pd.MultiIndex.from_frame(rows[["short", "service"]])
    for column in ("lon", "lat", "located"):
        rows[column] = points[column].reindex(keys).set_axis(rows.index).where(main)
    compared = rows[rows["located"].notna()].assign(agrees=lambda r: r["located"] == r["stated"])
    share = compared.groupby("stated")["agrees"].agg(["size", "mean"])
    unreliable = set(share.index[(share["size"] >= WRONG_ENOUGH) & (share["mean"] < 0.5)])
    doubted = rows["stated"].isin(unreliable)
    agrees = rows["located"].notna() & ((rows["located"] == rows["stated"]) | doubted).fillna(False)
    rows["area_id"] = rows["stated"].mask(doubted).fillna(rows["located"].where(agrees))
    rows = _without_point(rows, ~agrees)
    return rows, _school_findings(rows, compared, doubted, agrees, file)


def _school_points(places: pd.DataFrame | None) -> pd.DataFrame:
    """Points of the schools of 2014 by name and service; names that occur twice are left out."""
    if places is None:
        empty = pd.MultiIndex.from_arrays([[], []], names=["short", "service"])
        return pd.DataFrame({"lon": [], "lat": [], "located": []}, index=empty)
    known = places[places["art"].isin(["grundschule", "gymnasium"])].drop_duplicates(["name", "art"], keep=False)
    known = known.rename(columns={"name": "short", "art": "service", "area_id": "located"})
    return known.set_index(["short", "service"])[["lon", "lat", "located"]]


def _school_findings(
    rows: pd.DataFrame, compared: pd.DataFrame, doubted: pd.Series, agrees: pd.Series, file: str
) -> list[Finding]:
    findings = []
    message = (
        f"Die Liste nennt keine Koordinaten. {number(int(agrees.sum()))} von {number(len(rows))} Schulangeboten "
        "bekamen den Punkt der gleichnamigen Schule aus der Liste von 2014; die übrigen haben keinen Punkt."
    )
    findings.append(Finding("warning", "school_points", file, message, "Koordinaten nachtragen."))
    if doubted.any():
        stated = listing(rows.loc[doubted, "ortsteil_quelle"].unique())
        wrong = compared[compared["stated"].isin(set(rows.loc[doubted, "stated"]))]
        message = (
            f"Der Ortsteil „{stated}“ steht bei {number(int(doubted.sum()))} Schulangeboten; von {number(len(wrong))}, "
            f"deren Punkt bekannt ist, liegen {number(int((~wrong['agrees']).sum()))} woanders. Die Angabe gilt als "
            f"Platzhalter: {number(int((doubted & rows['area_id'].isna()).sum()))} Angebote haben kein Gebiet."
        )
        findings.append(Finding("warning", "school_area", file, message, "Ortsteil nachtragen.", None, "ortsteil_nr"))
    other = rows[rows["located"].notna() & ~agrees]
    if len(other):
        names = listing(f"{r.short} (genannt {r.stated}, Punkt {r.located})" for r in other.itertuples())
        message = (
            f"{number(len(other))} Schulen nennen einen anderen Ortsteil als den ihres Punktes von 2014: {names}. "
            "Es gilt der genannte, der Punkt wurde weggelassen."
        )
        findings.append(Finding("warning", "school_elsewhere", file, message, "Ort prüfen.", None, "ortsteil_nr"))
    return findings


def _after_school(path: Path, schools: pd.DataFrame | None) -> tuple[pd.DataFrame, list[Finding]]:
    """Horte by address; one at the address of a school shares its point and Ortsteil."""
    table = open_table(path, ["Name", "Adresse", "PLZ"])
    rows = table.frame.rename(columns={"Name": "name"})
    rows["name"] = rows["name"].str.strip()
    rows["facility_id"] = stable_key("hort", rows["name"], rows["Adresse"], rows["PLZ"])
    rows["address"] = _address(rows["Adresse"], rows["PLZ"])
    if schools is not None:
        known = schools.assign(address=_address(schools["strasse"], schools["plz"]))
        known = known.sort_values("lon", na_position="last").drop_duplicates("address")
        rows = rows.merge(known[["address", "lon", "lat", "area_id"]], on="address", how="left")
    else:
        rows = rows.assign(lon=pd.NA, lat=pd.NA, area_id=pd.NA)
    unknown = rows[rows["area_id"].isna()]
    message = (
        f"Die Liste nennt nur Anschriften. {number(len(rows) - len(unknown))} von {number(len(rows))} Horten haben die "
        f"Anschrift einer Schule und bekamen deren Ortsteil; {number(len(unknown))} haben kein Gebiet: "
        f"{listing(unknown['name'])}."
    )
    findings = [Finding("warning", "hort_area", path.name, message, "Ortsteil oder Koordinaten nachtragen.")]
    return rows.assign(service="hort", source_id="leipzig-horte"), findings


def _address(street: pd.Series, postcode: pd.Series) -> pd.Series:
    """Street and postcode in one spelling, so that equal addresses are equal texts."""
    plain = street.str.lower().str.replace("str.", "straße", regex=False).str.replace("/", "-", regex=False)
    return plain.str.replace(r"\s+", "", regex=True) + "|" + postcode
