"""What the conversion of Berlin's years before 2021 says about itself: findings in plain German."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from raumblick.intake.crosswalk import fallen_back, shares_from_table
from raumblick.intake.findings import Finding
from raumblick.intake.profiles.berlin_population import BANDS, FOLDER, FOREIGN, TOTAL, file_of
from raumblick.intake.profiles.bricks import listing, number, number_column, open_table
from raumblick.intake.vintages import Vintage

TABLE = "lor_crosswalk_2006_to_2021.csv"
FAR = 0.01  # a share of the published table that differs by more from the one by area is named
NO_POLYGONS = "es fehlen die Grenzen des alten Gebietsstands (lor_planungsraeume_pre2021.shp.zip)."
BASIS = {"flaeche": "Fläche", "kinder": "Kinder im 100-m-Raster", "einwohner": "Einwohner am 31.12.2020"}

Stocks = Mapping[pd.Timestamp, pd.DataFrame]


def vintage_other(dates: Sequence[pd.Timestamp]) -> Finding:
    """The files of other areas, where nothing is there to convert them with."""
    message = (
        f"{number(len(dates))} Dateien haben einen anderen Gebietsstand (keiner ihrer Schlüssel ist einer der "
        "Planungsräume von 2021, auch wenn sie gleich aussehen) und wurden nicht übernommen: "
        f"{', '.join(file_of(date) for date in dates)}; {NO_POLYGONS}"
    )
    return Finding("warning", "vintage_other", FOLDER, message, "Alte Grenzen mitliefern.", None, "id")


def converted(stocks: Mapping[Vintage, Stocks], new: Stocks) -> list[Finding]:
    """Which files were converted and how, and the areas that have no number after it."""
    files = ", ".join(file_of(date) for dates in stocks.values() for date in dates)
    sizes = " und ".join(f"{len(dates)} mit {len(vintage.ids)}" for vintage, dates in stocks.items() if dates)
    message = (
        f"{number(len(new))} Dateien haben einen Gebietsstand vor 2021 ({sizes} Gebieten; ihre Schlüssel sehen nur gleich "
        f"aus) und wurden auf die heutigen Planungsräume umgerechnet: {files}. Die umgerechneten Zahlen heißen „geschätzt“. "
        "Sie sind so auf ganze Menschen gerundet (größte Reste), dass jede Altersgruppe in der Stadt ihre Summe behält. "
        "Vor 2019 sind nur die späteren Grenzen bekannt: 09041301 gilt dann mit 09041403 als ein Gebiet, 09041401 mit 09041501."
    )
    findings = [Finding("info", "vintage_converted", FOLDER, message, "", None, "id")]
    empty = {key: None for stock in new.values() for key in stock.index[stock[TOTAL].isna()]}
    if empty:
        message = f"Für {number(len(empty))} Planungsräume fehlen in einem der Jahre Zahlen der alten Gebiete: {listing(empty)}."
        findings.append(Finding("warning", "conversion_missing", FOLDER, message, "Fehlende Zahlen ergänzen."))
    return findings


def measured(errors: pd.DataFrame, chosen: pd.Series) -> Finding:
    """The error of each basis at the change of areas, and which one is used."""
    if errors.empty:
        message = (
            f"Der Fehler der Umrechnung ließ sich nicht messen (dazu sind die Einwohner am 31.12.2020 und am 30.06.2021 "
            f"nötig). Aufgeteilt wird nach: {BASIS[chosen[TOTAL]]}."
        )
        return Finding("warning", "conversion_error", FOLDER, message, "Beide Dateien mitliefern.")
    groups = [
        f"{_group(str(name))} {' / '.join(number(value, 1) for value in row)} %"
        + ("" if chosen[name] == chosen[TOTAL] else f" (verwendet: {BASIS[chosen[name]]})")
        for name, row in errors.drop(index=TOTAL).iterrows()
    ]
    message = (
        f"Alte Gebiete wurden nach {BASIS[chosen[TOTAL]]} aufgeteilt, wo nichts anderes steht. Gemessen ist der Übergang: "
        "31.12.2020 umgerechnet, 30.06.2021 veröffentlicht, Anteil der Menschen im falschen Planungsraum (darin auch, wer in "
        f"dem halben Jahr umgezogen ist), nach {' / '.join(BASIS[basis] for basis in errors)}: {'; '.join(groups)}. "
        "Je Altersgruppe gilt die Grundlage mit dem kleinsten Fehler."
    )
    return Finding("info", "conversion_error", FOLDER, message, "")


def without_weight(shares: Mapping[str, pd.DataFrame]) -> list[Finding]:
    """The old areas that a basis says nothing about."""
    findings = []
    for basis, frame in shares.items():
        keys = fallen_back(frame, basis)
        if keys:
            message = f"Grundlage {BASIS[basis]}: für {listing(keys)} gibt es kein Gewicht; dort gilt die Fläche."
            findings.append(Finding("info", "conversion_fallback", FOLDER, message, ""))
    return findings


def table_compared(path: Path, by_area: pd.DataFrame, new: Sequence[str]) -> list[Finding]:
    """Hold the published table of shares against the shares by area; it serves for nothing else.

    Raises:
        IntakeError: the table is not in order.
    """
    if not path.is_file():
        return []
    given = open_table(path, ["plr_id_pre2021", "plr_id_2021", "weight"])
    weight, _ = number_column(given, "weight", ".", path.name)
    keys = {"from_id": given.frame["plr_id_pre2021"].str.zfill(8), "to_id": given.frame["plr_id_2021"].str.zfill(8)}
    table = pd.DataFrame(keys).assign(share=weight).set_axis(given.lines, axis=0)
    checked = shares_from_table(table, set(by_area["from_id"]), new, path.name)
    both = checked.merge(by_area, on=["from_id", "to_id"], how="outer", suffixes=("", "_area"))
    gap = (both["share"].fillna(0) - both["share_area"].fillna(0)).abs()
    far = both["from_id"][gap > FAR].drop_duplicates()
    said = f"Mehr als ein Prozentpunkt Unterschied: {listing(far)} (höchstens {number(gap.max() * 100, 1)})."
    message = (
        f"{number(len(table))} Anteile mit den aus den Grenzen berechneten verglichen: es sind Flächenanteile, auch wenn "
        f"„areal_pop_weighted“ danebensteht. {said if len(far) else 'Kein Widerspruch.'} Die Tabelle dient nur der Prüfung."
    )
    return [Finding("info", "crosswalk_compared", path.name, message, "")]


def _group(column: str) -> str:
    if column == FOREIGN:
        return "Ausländer"
    first, end = BANDS[column]
    return f"ab {first} Jahren" if end is None else f"{first} bis unter {end}"
