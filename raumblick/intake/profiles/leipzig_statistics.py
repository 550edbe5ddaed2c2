"""Leipzig's figures by Ortsteil and year: indicators from counts, derived ages, zeros that are none.

Rates were cut to whole numbers on their way into the file, so every rate is computed anew from counts. There are no
ages, only two quotas per 100 people of 15 to 64: under 15 (Jugendquote) and 65 and over (Altenquote). From them follow
the people of each of the three ages. The quotas are cut too: 20 stands for 20.0 to 20.9, so 20.5 is taken. Against
the office's own rates (children in SGB II families, unemployed) that leaves no bias, while the cut numbers make every
number of children too small by about 2 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from raumblick.intake.findings import Finding, IntakeError, has_errors
from raumblick.intake.profiles.bricks import listing, number, number_column, open_table
from raumblick.intake.profiles.leipzig_measures import (
    ADULTS,
    BENEFIT,
    CHILDREN,
    DELIVERED,
    ESTIMATED,
    FLOOR_SPACE,
    INCOME,
    MEASURES,
    NEEDED,
    OLD,
    POPULATION,
    SGB2_QUOTA,
    SQUARE_KM,
    SQUARE_M,
    UNDER_65,
    YOUTH,
    Measure,
)
from raumblick.intake.textfile import TextTable
from raumblick.intake.zeros import judge_zeros, zero_findings

SOURCE = "leipzig-statistik"
PLACES_SOURCE = "leipzig-einrichtungen"
CUT = "ganzzahlig abgeschnitten"
MIDDLE = 0.5  # a whole number that was cut stands for itself up to one more; this is its middle


@dataclass(frozen=True, eq=False)
class Statistics:
    """The file, one row an Ortsteil and year (index area_id, year), one column a figure (`Datensatz|Merkmal`).

    `cut` names the columns that were cut to whole numbers, `rows` counts the values of each column.
    """

    wide: pd.DataFrame
    cut: frozenset[str]
    rows: dict[str, int]
    file: str


def read_statistics(path: Path, area: pd.DataFrame) -> tuple[Statistics, list[Finding]]:
    """The figures of statistik_lang.csv.

    Raises:
        IntakeError: rows are broken, a cell is no number, or an Ortsteil is unknown.
    """
    table = open_table(path, ["ortsteil_nr", "ortsteil", "jahr", "datensatz", "merkmal", "wert", "hinweis"])
    frame = table.frame
    values, findings = number_column(table, "wert", ".", path.name)
    findings += _faults(table, area, path.name)
    if has_errors(findings):
        raise IntakeError(findings)
    frame = frame.assign(value=values, column=frame["datensatz"] + "|" + frame["merkmal"])
    wide = frame.pivot(index=["ortsteil_nr", "jahr"], columns="column", values="value").astype("Float64")
    wide.index = wide.index.set_names(["area_id", "period"])
    cut = frozenset(frame.loc[frame["hinweis"] == CUT, "column"])
    return Statistics(wide, cut, frame["column"].value_counts().to_dict(), path.name), findings


def _faults(table: TextTable, area: pd.DataFrame, file: str) -> list[Finding]:
    """Errors: Ortsteile that the area file does not have under this name, repeated rows, figures that are missing."""
    frame, findings = table.frame, []
    known = dict(zip(area["area_id"], area["name"], strict=True))
    odd = frame[[known.get(key) != name for key, name in zip(frame["ortsteil_nr"], frame["ortsteil"], strict=True)]]
    for line, key, name in zip(table.lines[odd.index], odd["ortsteil_nr"], odd["ortsteil"], strict=True):
        message = f"Den Ortsteil {key} „{name}“ gibt es in den Gebietsgrenzen so nicht."
        findings.append(Finding("error", "area_unknown", file, message, "Schlüssel und Name prüfen.", int(line)))
    for line in table.lines[frame.duplicated(["ortsteil_nr", "jahr", "datensatz", "merkmal"])]:
        message = "Ortsteil, Jahr und Merkmal stehen schon weiter oben."
        findings.append(Finding("error", "duplicate", file, message, "Eine der Zeilen streichen.", int(line)))
    missing = sorted(NEEDED - set(frame["datensatz"] + "|" + frame["merkmal"]))
    if missing:
        message = f"Merkmale fehlen: {listing(label(column) for column in missing)}."
        findings.append(Finding("error", "figure_missing", file, message, "Datei neu abrufen."))
    return findings


def observations(statistics: Statistics, square_km: pd.Series) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows of the table `observation` for every indicator that the file can give, and what was found on the way.

    Args:
        statistics: the figures.
        square_km: area of each Ortsteil by key.
    """
    wide, verdicts, findings = _without_false_zeros(statistics)
    wide = wide.join(derived(wide))
    wide[SQUARE_KM] = square_km.reindex(wide.index.get_level_values("area_id")).to_numpy()
    frames = [_observed(m, wide, verdicts) for m in MEASURES]
    frames.append(_income(wide))
    findings += [_age_finding(statistics, wide), _space_finding(statistics), _quota_finding(statistics, wide)]
    findings += _not_taken(statistics)
    return pd.concat(frames, ignore_index=True), findings


def counted(statistics: Statistics, square_km: pd.Series) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows of `observation` for the indicators whose counts are all in the file; arguments as in `observations`.

    For files with a part of the figures, such as one answer of the statistics office.
    """
    wide, verdicts, findings = _without_false_zeros(statistics)
    wide[SQUARE_KM] = square_km.reindex(wide.index.get_level_values("area_id")).to_numpy()
    there = set(wide.columns)
    measures = [m for m in MEASURES if m.numerator in there and (m.denominator is None or m.denominator in there)]
    frames = [_observed(measure, wide, verdicts) for measure in measures]
    used = {column for m in measures for column in (m.numerator, m.denominator)}
    left = sorted(set(statistics.wide.columns) - used)
    if left:
        message = f"Nicht übernommen, weil sie für keine Kennzahl gebraucht werden: {listing(label(column) for column in left)}."
        findings.append(Finding("info", "no_indicator", statistics.file, message, ""))
    return (pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()), findings


def playgrounds(facility: pd.DataFrame, children: pd.Series) -> tuple[pd.DataFrame, list[Finding]]:
    """Playgrounds with a known Ortsteil and children under 15 of the newest year, as rows of `observation`.

    `facility` holds rows of the table `facility`, `children` numbers by area_id and period. The list has no date, so the
    indicator is marked estimated.
    """
    offers = facility[facility["service"] == "spielplatz"]
    if offers.empty:
        return pd.DataFrame(), []
    year = children.index.get_level_values("period").max()
    denominator = children.xs(year, level="period").rename("denominator")
    counts = offers["area_id"].value_counts().reindex(denominator.index, fill_value=0).rename("numerator")
    frame = pd.concat([counts, denominator], axis=1).reset_index()
    lost = int(offers["area_id"].isna().sum())
    message = (
        f"Die Liste der Spielplätze hat keinen Stichtag; bezogen wird auf die Kinder unter 15 Jahren {year}. "
        f"{number(lost)} von {number(len(offers))} Spielplätzen haben keinen Ortsteil und fehlen in den Zahlen."
    )
    finding = Finding("warning", "playgrounds_undated", "einrichtungen.csv", message, "Liste mit Stichtag liefern.")
    return frame.assign(indicator="playgrounds", period=year, status="estimated", source_id=PLACES_SOURCE), [finding]


def derived(wide: pd.DataFrame) -> pd.DataFrame:
    """People under 15, of 15 to 64 and under 65, and floor space in m², on the index of `wide`.

    With J and A, the quotas per 100 people of 15 to 64, a share J / (100 + J + A) of all people is under 15.
    """
    young, old, people = wide[YOUTH] + MIDDLE, wide[OLD] + MIDDLE, wide[POPULATION]
    whole = 100 + young + old
    floor = wide[FLOOR_SPACE].mask(wide[FLOOR_SPACE] == 0) + MIDDLE  # in 1,000 m², cut
    columns = {
        CHILDREN: people * young / whole,
        ADULTS: people * 100 / whole,
        UNDER_65: people * (100 + young) / whole,
        SQUARE_M: floor * 1000,
    }
    return pd.DataFrame(columns).round(1)


def child_share_bounds(wide: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Least and greatest share of children (0 to 1) that the cut quotas allow, on the index of `wide`."""
    young, old = wide[YOUTH], wide[OLD]
    return young / (101 + young + old), (young + 1) / (101 + young + old)


def _observed(measure: Measure, wide: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    numerator = wide[measure.numerator]
    frame = pd.DataFrame({"numerator": numerator})
    hidden = _is(verdicts, measure.numerator, "hidden", wide.index)
    offered = _offered(numerator, verdicts, measure.numerator)
    if measure.denominator:
        denominator = wide[measure.denominator]
        frame["denominator"] = denominator
        hidden |= _is(verdicts, measure.denominator, "hidden", wide.index)
        offered &= _offered(denominator, verdicts, measure.denominator)
        frame.loc[denominator.isna(), "numerator"] = pd.NA
    estimated = bool(ESTIMATED & {measure.numerator, measure.denominator})
    frame["status"] = np.where(hidden, "hidden", "estimated" if estimated else "real")
    frame["sign"] = pd.Series(pd.NA, index=frame.index, dtype="string").mask(hidden, ".")
    frame.loc[hidden, "numerator"] = pd.NA
    return frame[offered].reset_index().assign(indicator=measure.indicator, source_id=SOURCE)


def _is(verdicts: pd.DataFrame, column: str, kind: str, index: pd.Index) -> pd.Series:
    if column not in verdicts:
        return pd.Series(False, index=index)
    return (verdicts[column] == kind).fillna(False).astype(bool).reindex(index, fill_value=False)


def _offered(values: pd.Series, verdicts: pd.DataFrame, column: str) -> pd.Series:
    """True in the years for which the file has this figure at all; a single missing Ortsteil is kept as a gap."""
    known = values.notna() | _is(verdicts, column, "hidden", values.index)
    return known.groupby(level="period").transform("any")


def _income(wide: pd.DataFrame) -> pd.DataFrame:
    values = wide[INCOME].dropna().rename("value").reset_index()
    return values.assign(indicator="income_hh", status="real", source_id=SOURCE)


def _without_false_zeros(statistics: Statistics) -> tuple[pd.DataFrame, pd.DataFrame, list[Finding]]:
    """The figures with doubtful zeros missing, the verdict on each of them, and findings that give the evidence."""
    wide, verdicts, findings = statistics.wide.copy(), {}, []
    idle: list[str] = []
    for column in sorted(set(wide.columns) - statistics.cut):
        judged, patterns = judge_zeros(wide[column].unstack("period").dropna(axis=1, how="all"))
        if not patterns:
            continue
        verdicts[column] = judged.stack().reindex(wide.index)
        if column in DELIVERED:
            wide[column] = wide[column].mask(verdicts[column].notna())
            findings += zero_findings(patterns, label(column), statistics.file)
        else:
            idle.append(f"{label(column)} ({number(sum(p.zeros for p in patterns))})")
    if idle:
        message = f"Auch in nicht übernommenen Spalten stehen zweifelhafte Nullen: {listing(idle)}."
        findings.append(Finding("info", "zero_unused", statistics.file, message, ""))
    return wide, pd.DataFrame(verdicts, index=wide.index), findings


def label(column: str) -> str:
    """A column as it is named in messages, e.g. `Arbeitslose insgesamt: unter 25 Jahre`."""
    group, _, figure = column.partition("|")
    return group if group == figure else f"{group}: {figure}"


def _age_finding(statistics: Statistics, wide: pd.DataFrame) -> Finding:
    low, high = child_share_bounds(statistics.wide)
    half = ((high - low) / 2 * 100).astype(float)
    relative = ((high - low) / (high + low) * 100).astype(float)
    years = wide[CHILDREN].dropna().index.get_level_values("period")
    message = (
        f"Kinder unter 15 und Menschen von 15 bis 64 sind aus Jugendquote und Altenquote abgeleitet ({years.min()} "
        f"bis {years.max()}) und als geschätzt gekennzeichnet. Die Quoten sind ganzzahlig abgeschnitten; gerechnet "
        f"wird mit der Mitte (20 steht für 20,5). Der Anteil der Kinder ist dadurch auf ±{number(half.median(), 1)}, "
        f"höchstens ±{number(half.max(), 1)} Prozentpunkte genau (±{number(relative.median(), 1)} % der Kinder)."
    )
    return Finding("info", "age_derived", statistics.file, message, "Einwohner nach Alter nachliefern, wenn vorhanden.")


def _space_finding(statistics: Statistics) -> Finding:
    message = (
        "Die Wohnfläche steht in 1.000 m² und ist abgeschnitten; gerechnet wird mit der Mitte (402 steht für 402.500 "
        "m²). Die Wohnfläche je Wohnung ist deshalb als geschätzt gekennzeichnet."
    )
    return Finding("info", "space_cut", statistics.file, message, "", None, "Wohnfläche insgesamt")


def _quota_finding(statistics: Statistics, wide: pd.DataFrame) -> Finding:
    published = statistics.wide[SGB2_QUOTA] + MIDDLE
    own = wide[BENEFIT + "Leistungsberechtigte"] / wide[UNDER_65] * 100
    message = (
        "Die SGB-II-Quote zählt hier nur die Leistungsberechtigten. Die veröffentlichte Quote zählt alle Personen in "
        f"Bedarfsgemeinschaften und liegt im Mittel um {number((published - own).mean(), 1)} Prozentpunkte höher."
    )
    return Finding("info", "sgb2_definition", statistics.file, message, "", None, "SGB-II-Quote")


def _not_taken(statistics: Statistics) -> list[Finding]:
    """Info findings that count the values of the columns that were not used, with the reason."""
    left = {column: n for column, n in statistics.rows.items() if column not in NEEDED - {SGB2_QUOTA}}
    groups = [
        ("rate_cut", "ganzzahlig abgeschnitten, aus Zählwerten neu berechnet oder nicht gebraucht", True),
        ("no_indicator", "für keine Kennzahl gebraucht", False),
    ]
    findings = []
    for code, reason, is_cut in groups:
        columns = sorted(c for c in left if (c in statistics.cut) == is_cut)
        if columns:
            count, every = number(sum(left[c] for c in columns)), number(sum(statistics.rows.values()))
            names = listing(label(c) for c in columns)
            message = f"{count} von {every} Werten nicht übernommen ({reason}): {names}."
            findings.append(Finding("info", code, statistics.file, message, ""))
    return findings
