"""The mini city with the indicators of an index, so simple that every number of it can be computed by hand.

In 2023 each indicator has the values 10, 20, ..., 80 per cent in the areas 00 to 07 (of 200 people each), only
`leave_nodeg`, whose last year is 2022, runs the other way: 80, 70, ..., 10. Four of five say the same and one the
opposite, so the standardised index is the z-score of 10, 20, ..., 80: mean 45, deviation 22.9129.
"""

from __future__ import annotations

import minicity
import pandas as pd

PEOPLE = 200
SAME = ("sgb2_u15", "sp_share", "unemp_u25", "eingang_speech")
AGAINST = "leave_nodeg"
VALUES = tuple(range(10, 90, 10))
Z = tuple((value - 45) / 22.912878474779198 for value in VALUES)
YEARS = tuple(str(year) for year in range(2018, 2024))


def frames() -> dict[str, pd.DataFrame]:
    """Tables of the city: `eingang_speech` begins in 2020, `leave_nodeg` ends in 2022, area 07 rises from 30 per cent."""
    out = minicity.frames()
    rows = [
        (key, area, year, _cases(key, place, year), PEOPLE, None, "synthetic", "s1")
        for key in (*SAME, AGAINST)
        for place, area in enumerate(minicity.AREAS)
        for year in YEARS
        if not (key == "eingang_speech" and year < "2020") and not (key == AGAINST and year > "2022")
    ]
    rows += [("hze_rate", area, "2023", 5 + place, PEOPLE, None, "synthetic", "s1") for place, area in enumerate(minicity.AREAS)]
    frame = pd.DataFrame(rows, columns=list(out["observation"].columns))
    frame[["numerator", "denominator"]] = frame[["numerator", "denominator"]].astype("Int64")
    out["observation"] = frame
    return out


def _cases(key: str, place: int, year: str) -> int:
    """People counted: the value in per cent of 200."""
    value = VALUES[7 - place] if key == AGAINST else VALUES[place]
    if key == "sgb2_u15" and place == 7:
        value -= 10 * (2023 - int(year))  # 30 per cent in 2018, 80 in 2023
    return value * PEOPLE // 100
