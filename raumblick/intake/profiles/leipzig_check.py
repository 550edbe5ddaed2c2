"""Compares Leipzig's population figures with the statistics office's raw answer, which also has districts and city."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from raumblick.intake.findings import Finding, IntakeError
from raumblick.intake.numbers import parse_numbers
from raumblick.intake.profiles.bricks import listing, number, number_columns, open_table
from raumblick.intake.profiles.leipzig_statistics import Statistics


def read_raw(path: Path) -> pd.DataFrame:
    """The raw answer as one row a value: level (stadt, bezirk, ortsteil), area, period, figure, value.

    The levels stand mixed in one list; a row without district and Ortsteil is the city. Names carry leading blanks.

    Raises:
        IntakeError: the file is not the office's JSON.
    """
    try:
        rows = pd.DataFrame(json.loads(path.read_text(encoding="utf-8-sig"))["daten"])
        rows = rows[["name", "wert", "jahr", "rubrik", "stadtbezirk", "ortsteil"]].astype("string")
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"Die Datei ist keine Antwort der Statistik-Schnittstelle ({type(error).__name__})."
        raise IntakeError([Finding("error", "json", path.name, message, "Datei neu abrufen.")]) from error
    level = pd.Series("stadt", index=rows.index).mask(rows["stadtbezirk"].notna(), "bezirk")
    return pd.DataFrame(
        {
            "level": level.mask(rows["ortsteil"].notna(), "ortsteil"),
            "area": rows["ortsteil"].fillna(rows["stadtbezirk"]),
            "period": rows["jahr"],
            "figure": rows["rubrik"] + "|" + rows["name"].str.strip(),
            "value": parse_numbers(rows["wert"], decimal=",")[0],
        }
    )


def read_raw_csv(path: Path, area: pd.DataFrame, rubrics: Mapping[str, set[str]]) -> pd.DataFrame:
    """The same answer as CSV (Gebiet, Sachmerkmal, a column each year), in the columns of `read_raw`.

    Args:
        path: the file.
        area: area_id and name of the city's areas.
        rubrics: names of the figures of each rubric; the CSV does not name its rubric, so the one whose figures all stand in
            the file is taken, if it is the only one.

    Raises:
        IntakeError: broken rows, cells that are no numbers, or the rubric is not certain.
    """
    table = open_table(path, ["Gebiet", "Sachmerkmal"])
    years = [name for name in table.frame if re.fullmatch(r"\d{4}", str(name))]
    values, findings = number_columns(table, years, ",", path.name)
    names = table.frame["Sachmerkmal"].str.strip()
    fitting = [rubric for rubric, figures in rubrics.items() if figures <= set(names)]
    if len(fitting) != 1:
        said = listing(fitting) or "keine"
        message = f"Die Datei nennt ihre Rubrik nicht, und ihre Merkmale sagen sie nicht sicher (passend: {said})."
        findings.append(Finding("error", "rubric_unclear", path.name, message, "Die Daten im Format JSON abrufen."))
    if findings:
        raise IntakeError(findings)
    known = set(area["name"])
    level = table.frame["Gebiet"].str.strip().map(lambda name: "ortsteil" if name in known else "andere")
    wide = values.assign(level=level, area=table.frame["Gebiet"].str.strip(), figure=fitting[0] + "|" + names)
    return wide.melt(["level", "area", "figure"], var_name="period")


def compare_with_raw(path: Path, statistics: Statistics, area: pd.DataFrame) -> list[Finding]:
    """Findings on what the raw answer says about the figures: conflicts by Ortsteil, sums by district and city."""
    raw = read_raw(path)
    figures = sorted(set(raw["figure"]) & set(statistics.wide.columns))
    own = statistics.wide[figures].stack().rename("own").rename_axis(["area_id", "period", "figure"]).reset_index()
    own = own.merge(area[["area_id", "name", "parent_id"]], on="area_id")
    districts = dict(zip(area["area_id"], area["name"], strict=True))
    small = raw[raw["level"] == "ortsteil"].merge(
        own, left_on=["area", "period", "figure"], right_on=["name", "period", "figure"], how="outer"
    )
    sums = own.assign(area=own["parent_id"].map(districts)).groupby(["area", "period", "figure"])["own"].sum()
    large = raw[raw["level"] == "bezirk"].set_index(["area", "period", "figure"])["value"]
    city = raw[raw["level"] == "stadt"].set_index(["period", "figure"])["value"]
    rest = (city - own.groupby(["period", "figure"])["own"].sum()).dropna()
    findings = [_small_finding(small, path.name, statistics.file)]
    findings.append(_district_finding((large - sums).dropna(), path.name))
    findings.append(_city_finding(rest, path.name))
    return findings


def _small_finding(both: pd.DataFrame, file: str, other: str) -> Finding:
    unequal = both[both["value"].notna() & both["own"].notna() & (both["value"] != both["own"])]
    alone = int((both["value"].isna() | both["own"].isna()).sum())
    compared = number(len(both) - alone)
    if unequal.empty:
        message = f"{compared} Einwohnerzahlen der Ortsteile mit {other} verglichen, kein Widerspruch"
        message += f"; {number(alone)} Werte stehen nur in einer der Dateien." if alone else "."
        return Finding("info", "raw_equal", file, f"{message} Die Datei dient nur der Prüfung.", "")
    cases = [f"{r.area} {r.period} {r.figure}: {r.value} statt {r.own}" for r in unequal.itertuples()]
    message = f"{number(len(unequal))} von {compared} Einwohnerzahlen widersprechen {other}: {listing(cases, 10)}."
    remedy = f"Beim Amt für Statistik klären; übernommen sind die Zahlen aus {other}."
    return Finding("warning", "raw_conflict", file, message, remedy)


def _district_finding(rest: pd.Series, file: str) -> Finding:
    wrong = rest[rest != 0]
    if wrong.empty:
        message = f"{number(len(rest))} Zahlen der Stadtbezirke gleichen der Summe ihrer Ortsteile."
        return Finding("info", "district_sums", file, message, "")
    cases = [f"{area} {period} {figure} ({number(v)})" for (area, period, figure), v in wrong.items()]
    message = f"{number(len(wrong))} Zahlen der Bezirke sind nicht die Summe ihrer Ortsteile: {listing(cases, 10)}."
    return Finding("warning", "district_sums", file, message, "Beim Amt für Statistik klären.")


def _city_finding(rest: pd.Series, file: str) -> Finding:
    total = rest.xs("Einwohner|Einwohner insgesamt", level="figure")
    apart = total[total != 0]
    if apart.empty:
        return Finding("info", "city_sums", file, "Die Ortsteile ergeben zusammen die Einwohnerzahl der Stadt.", "")
    cases = [f"{period}: {number(value)}" for period, value in apart.items()]
    message = (
        "Die Stadt zählt etwas mehr Menschen als alle Ortsteile zusammen, weil einige keinem Ortsteil zugeordnet sind; "
        f"Summen der Stadt lassen sie weg. Unterschied {listing(cases)}."
    )
    return Finding("info", "city_rest", file, message, "")
