"""Monitoring Soziale Stadtentwicklung: shares as published, without counts. Taken is the edition of 2021.

Every status figure is of 31 December 2020. The publisher excludes areas with few people and outliers; their cells
hold -9999, which stands for a missing number. Editions 2013 to 2019 speak of the areas before 2021: shares without
counts cannot be converted into others.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from raumblick.intake.conversion import convert_observations
from raumblick.intake.findings import Finding, IntakeError, has_errors
from raumblick.intake.profiles.bricks import listing, number, number_column, number_columns, open_table

SOURCE = "berlin-mss-2021"
PERIOD = "2020"
SENTINEL = -9999
FIGURES = {"S1": "mss_s1", "S3": "mss_s3", "S4": "mss_s4"}
VALID = "gültig"
EDITIONS = ("mss_2013_plr447.csv", "mss_2015_plr447.csv", "mss_2017_plr447.csv", "mss_2019_plr447.csv")
_SHARES = ("S1", "S2", "S3", "S4")


def read_monitoring(path: Path, keys: set[str]) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows of the table `observation` for S1, S3 and S4, and what was found. Empty when the file is not there.

    Raises:
        IntakeError: broken rows, cells that are no numbers, or areas other than `keys`.
    """
    if not path.is_file():
        return pd.DataFrame(), []
    table = open_table(path, ["PLR_ID", "PLR_NAME", "KOM", *FIGURES])
    rows = table.frame.assign(area_id=table.frame["PLR_ID"].str.zfill(8))
    findings: list[Finding] = []
    if set(rows["area_id"]) != keys:
        message = "Die Schlüssel sind nicht die der Planungsräume von 2021."
        findings.append(Finding("error", "areas_other", path.name, message, "Gebietsstand prüfen.", None, "PLR_ID"))
    excluded = rows["KOM"] != VALID
    frames, sentinels = [], 0
    for column, indicator in FIGURES.items():
        values, found = number_column(table, column, ".", path.name)
        findings += found
        sentinels += int(((values == SENTINEL) & ~excluded).sum())
        shown = values.mask(excluded | (values == SENTINEL))
        frames.append(rows[["area_id"]].assign(indicator=indicator, value=shown))
    if has_errors(findings):
        raise IntakeError(findings)
    findings += _findings(rows, excluded, sentinels, path.name)
    return pd.concat(frames, ignore_index=True).assign(period=PERIOD, status="real", source_id=SOURCE), findings


def left_out_editions(path: Path, shares: pd.DataFrame) -> list[Finding]:
    """Try the editions before 2021 with the shares of the old areas in new ones, and say what had to be left out."""
    findings = []
    for name in EDITIONS:
        if not (path / name).is_file():
            continue
        table = open_table(path / name, ["id", *_SHARES])
        keys = table.frame["id"].str.zfill(8)
        values, _ = number_columns(table, _SHARES, ".", name)
        rows = values.assign(area_id=keys).melt("area_id", var_name="indicator")
        rows = rows.assign(period=name[4:8], numerator=pd.NA, denominator=pd.NA, source_id=name)
        _, left = convert_observations(rows, shares, {})
        message = (
            f"Nicht übernommen: {number(left['values'].sum())} Anteile ({', '.join(left['indicator'])}) im alten Gebietsstand. "
            "Sie sind ohne Zähler und Nenner veröffentlicht; ein Mittel aus Anteilen alter Gebiete wäre in den neuen falsch. "
            "Auch Z-Werte und Klassen gelten nur für die alten Gebiete."
        )
        findings.append(Finding("info", "rates_left_out", name, message, ""))
    return findings


def _findings(rows: pd.DataFrame, excluded: pd.Series, sentinels: int, file: str) -> list[Finding]:
    findings = []
    for reason, group in rows[excluded].groupby("KOM"):
        names = listing(group["area_id"] + " " + group["PLR_NAME"])
        message = f"Vom Herausgeber ausgenommen, Werte fehlen: {number(len(group))} Planungsräume, {reason}: {names}."
        findings.append(Finding("info", "monitoring_excluded", file, message, "", None, "KOM"))
    if sentinels:
        message = f"{number(sentinels)} weitere Zellen enthalten den Platzhalter {SENTINEL} und fehlen."
        findings.append(Finding("warning", "sentinel", file, message, "Beim Herausgeber nachfragen."))
    message = (
        "Die Anteile sind ohne Zähler und Nenner veröffentlicht (Stand 31.12.2020). Sie gelten nur für Planungsräume; "
        "für Bezirke und die Stadt lassen sie sich nicht zusammenfassen. S1 zählt in dieser Ausgabe nur Arbeitslose "
        "nach SGB II. Nicht übernommen: Veränderungen in zwei Jahren (D1, D3, D4) und Einwohner (EW)."
    )
    return [*findings, Finding("info", "monitoring_values", file, message, "")]
