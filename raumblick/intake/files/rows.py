"""The last steps that all layouts share: keys, levels and units of the rows, repeated rows, and what stands out."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from raumblick.intake.cells import cap
from raumblick.intake.files.regions import INDENT_LEVEL, LEVEL_NAMES, is_key, level_of, restore_zeros
from raumblick.intake.files.table import COLUMNS
from raumblick.intake.files.units import parse_unit, scale
from raumblick.intake.findings import Finding
from raumblick.intake.header import shorten
from raumblick.intake.profiles.bricks import listing, number

IDENTITY = ["region_key", "region", "period", "date", "series", "unit"]
_QUALITY = {"p": "vorläufig", "r": "berichtigt", "s": "geschätzt"}


def finish(frame: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows of a file in the form of a StatTable, and findings about them.

    Args:
        frame: columns region_key, region, period, date, series, unit, value, sign, quality, line; unit and value as
            delivered. Optional: indent (leading blanks of the name, None or 0 without).
        file: name of the file in findings.

    Returns:
        (rows, findings). Rows have the columns of a StatTable and `quality` (p preliminary, r revised, s estimated).
        Rows repeated word for word are left out and counted.
    """
    rows, findings = frame.reset_index(drop=True), []
    rows["region_key"], mended = restore_zeros(rows["region_key"])
    if mended:
        message = f"Führende Nullen der Schlüssel ergänzt, {_counted(mended, 'Angabe', 'Angaben')} (wie 1001 zu 01001)."
        findings.append(Finding("info", "keys_restored", file, message, ""))
    findings += _unknown_keys(rows, file)
    rows["level"] = rows["region_key"].map({key: level_of(key) for key in rows["region_key"].unique()})
    if "indent" in rows:
        findings += _levels_by_indent(rows, file)
    findings += _scale(rows, file)
    rows, repeated = _without_repeats(rows, file)
    findings += repeated
    rows = _typed(rows)
    return rows, [*findings, *_regions(rows, file), *_signs(rows, file), *_quality(rows, file)]


def empty_file(file: str, what: str) -> Finding:
    """The error for a file that has a head and no rows."""
    return Finding("error", "rows_missing", file, f"Die Datei hat {what}, aber keine Datenzeilen.", "Datei neu abrufen.")


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    types = dict.fromkeys((*COLUMNS, "quality"), "string") | {"value": "Float64", "line": "int64"}
    typed = {name: rows[name].astype(kind) for name, kind in types.items()}
    return pd.DataFrame(typed).reset_index(drop=True)


def _unknown_keys(rows: pd.DataFrame, file: str) -> list[Finding]:
    """A warning for each text that stands among official keys and is none."""
    first = rows.drop_duplicates("region_key")
    strange = first[~first["region_key"].map(is_key).astype(bool) & (first["region_key"] != "")]
    remedy = "Schlüssel prüfen; die Zeilen bleiben ohne Gebietsebene."
    findings = [
        Finding("warning", "key_unknown", file, f"„{shorten(key, 40)}“ ist kein amtlicher Gebietsschlüssel.", remedy, int(line))
        for key, line in zip(strange["region_key"], strange["line"], strict=True)
    ]
    return cap(findings)


def _levels_by_indent(rows: pd.DataFrame, file: str) -> list[Finding]:
    """Leading blanks give the level where there is no key; where they say something else than the key, the key wins."""
    told = rows["indent"].map(INDENT_LEVEL).fillna("")
    keyless = (rows["region_key"] == "") & (told != "")
    rows.loc[keyless, "level"] = told[keyless]
    odd = rows[(rows["region_key"] != "") & (told != "") & (rows["level"] != "") & (told != rows["level"])]
    if odd.empty:
        return []
    names = odd["region"].unique()
    message = f"{_counted(len(names), 'Gebiet ist', 'Gebiete sind')} anders eingerückt, als der Schlüssel sagt"
    message += f": {listing(names, 5)}. Der Schlüssel gilt."
    return [Finding("info", "levels_indent", file, message, "")]


def _scale(rows: pd.DataFrame, file: str) -> list[Finding]:
    """Units become base units in place, numbers are scaled."""
    findings = []
    texts = rows["unit"].fillna("")
    units = {text: parse_unit(text) for text in texts.unique()}
    rows["value"] = scale(rows["value"], texts.map({text: unit.factor for text, unit in units.items()}).astype("Float64"))
    rows["unit"] = texts.map({text: unit.base for text, unit in units.items()})
    for text, unit in units.items():
        here = texts == text
        first = int(rows.loc[here, "line"].min())
        if not text:
            message = "Die Datei nennt keine Einheit; die Zahlen bleiben, wie sie sind."
            findings.append(Finding("warning", "unit_missing", file, message, "Einheit in der Quelle nachsehen.", first))
        elif not unit.known:
            message = f"Die Einheit „{text}“ ist unbekannt und bleibt, wie sie ist"
            message += f"; die Zahlen wurden mit {number(unit.factor)} malgenommen." if unit.factor != 1 else "."
            findings.append(Finding("warning", "unit_unknown", file, message, "Einheit in der Quelle nachsehen.", first))
        if text and unit.known and unit.factor != 1:
            count = int((here & rows["value"].notna()).sum())
            message = f"Einheit „{text}“: {_counted(count, 'Zahl', 'Zahlen')} mit {number(unit.factor)} malgenommen"
            message += f" zu „{unit.base}“; die Quelle rundet."
            findings.append(Finding("info", "unit_scaled", file, message, ""))
    return findings


def _without_repeats(rows: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows without those that are repeated; an error where a repetition says something else."""
    again = rows.duplicated(IDENTITY, keep="first")
    if not again.any():
        return rows, []
    same = rows.duplicated([*IDENTITY, "value", "sign"], keep="first")
    findings = []
    if same.any():
        first = int(rows.loc[same, "line"].iloc[0])
        message = f"{_counted(int(same.sum()), 'Angabe steht', 'Angaben stehen')} doppelt in der Datei; sie zählt einmal."
        findings.append(Finding("warning", "rows_repeated", file, message, "Prüfen, ob die Datei doppelt ist.", first))
    contrary = rows[again & ~same]
    remedy = "Eine der Zeilen streichen oder die Datei neu abrufen."
    faults = [
        Finding("error", "row_twice", file, f"Zwei verschiedene Werte für {what}.", remedy, int(line))
        for what, line in zip(_what(contrary.head(100)), contrary["line"].head(100), strict=True)
    ]
    return rows[~same], findings + cap(faults, len(contrary))


def _what(rows: pd.DataFrame) -> list[str]:
    return ["„" + ", ".join(part for part in parts if part) + "“" for parts in rows[["region", "period", "series"]].to_numpy()]


def _regions(rows: pd.DataFrame, file: str) -> list[Finding]:
    """Which levels are mixed, which rows are no region, which regions have nothing but `-`."""
    regions = rows[["region_key", "region", "level"]].drop_duplicates()
    counts = regions["level"].value_counts()
    findings = []
    if len(counts) > 1:
        text = ", ".join(f"{LEVEL_NAMES.get(level, level)} {number(count)}" for level, count in counts.items())
        message = f"Die Datei mischt Gebietsebenen: {text}. Summen über alle Zeilen zählen doppelt."
        findings.append(Finding("info", "levels_mixed", file, message, ""))
    pseudo = rows[(rows["level"] == "bund") | ((rows["level"] == "") & (rows["region"] != ""))]
    if len(pseudo):
        names = listing(_distinct(pseudo["region"]), 5)
        message = f"{_counted(len(pseudo), 'Angabe gilt', 'Angaben gelten')} keinem einzelnen Gebiet, sondern einer Summe"
        message += f": {names}."
        findings.append(Finding("info", "regions_pseudo", file, message, ""))
    dash = (rows["sign"] == "-").fillna(False).astype(bool)
    if dash.any() and not dash.all():
        gone = dash.groupby([rows["region_key"], rows["region"], rows["period"]]).all()
        gone = gone[gone]
        if len(gone):
            names = listing(_distinct(gone.index.get_level_values("region")), 5)
            count = len(gone.index.droplevel("period").unique())
            message = f"{_counted(count, 'Gebiet hat', 'Gebiete haben')} in mindestens einem Zeitraum nur „-“: {names}. "
            message += "Es gab sie da nicht, oder es wurde nichts geliefert."
            findings.append(Finding("info", "regions_gone", file, message, ""))
    return findings


def _signs(rows: pd.DataFrame, file: str) -> list[Finding]:
    counts = rows["sign"].value_counts()
    if counts.empty:
        return []
    text = ", ".join(f"{number(count)} mal „{sign}“" for sign, count in counts.items())
    return [Finding("info", "signs", file, f"Zeichen der Statistik: {text}. Keines wird zu 0.", "")]


def _quality(rows: pd.DataFrame, file: str) -> list[Finding]:
    counts = rows["quality"].value_counts()
    if counts.empty:
        return []
    text = ", ".join(f"{number(count)} {_QUALITY.get(mark, f'mit „{mark}“')}" for mark, count in counts.items())
    return [Finding("info", "quality", file, f"Die Quelle kennzeichnet Zahlen: {text}.", "")]


def _counted(count: int, one: str, many: str) -> str:
    return f"{number(count)} {one if count == 1 else many}"


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(str(name) for name in names if str(name)))
