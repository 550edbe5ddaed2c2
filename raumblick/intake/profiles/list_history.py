"""Lists of offers over time: an older list never takes the place of a newer one, and what is gone is closed."""

from __future__ import annotations

import pandas as pd

from raumblick.intake.findings import Finding
from raumblick.intake.profiles.bricks import listing, number


def without_older_lists(given: pd.DataFrame, kept: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Offers of new lists, with those closed that the lists no longer name, and without lists older than the kept ones.

    Args:
        given, kept: rows of the table `facility`; a list is told by `source_id`, its day by `reference_date`.

    Returns:
        Rows to deliver. An offer of the kept list that is not in the new one comes back with `closes` on the day of the new
        list, unless it was closed before.
    """
    if given.empty or kept.empty:
        return given, []
    frames, findings = [], []
    if "reference_date" not in given:
        given = given.assign(reference_date=pd.NaT)
    for source, rows in given.groupby("source_id", sort=False):
        before = kept[kept["source_id"] == source]
        day, known = rows["reference_date"].max(), pd.to_datetime(before["reference_date"]).max()
        if pd.notna(known) and pd.notna(day) and day < known:
            message = (
                f"Die Liste ist vom {day:%m/%Y}; in Raumblick steht schon die vom {known:%m/%Y}. Sie wurde nicht übernommen."
            )
            findings.append(Finding("error", "list_older", str(source), message, "Die neuere Liste behalten."))
            continue
        gone = before[~before["facility_id"].isin(set(rows["facility_id"])) & before["closes"].isna()]
        frames.append(rows)
        if len(gone) and pd.notna(day):
            frames.append(gone.assign(closes=day))
            message = (
                f"{number(len(gone))} Angebote der vorigen Liste stehen nicht mehr in der neuen; sie gelten ab "
                f"{day:%d.%m.%Y} als geschlossen: {listing(gone['name'], 20)}."
            )
            findings.append(Finding("warning", "offers_gone", str(source), message, "Liste durchsehen."))
    return (pd.concat(frames, ignore_index=True) if frames else given.head(0)), findings
