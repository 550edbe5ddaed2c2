"""Homes of snapshots that tests of the app share, and a city whose names attack and whose numbers must be kept."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import minicity
import pandas as pd

from raumblick.catalogue import load_catalogue
from raumblick.ingest import Ingested, ingest
from raumblick.settings import Settings

NOW = dt.datetime(2026, 1, 15, 12, 0, tzinfo=dt.UTC)

IMAGE = "<img src=x onerror=alert(1)>"
LINK = "[x](javascript:alert(1))"
COLOUR = ":red[rot]"
FORMULA = "=1+1"
BOLD = "**laut** _leise_ $x^2$ `code`"
ENTITY = "&#60;b&#62; & <b>fett</b>"
ANCHOR = '<a href="https://boese.example/">Nord</a>'
ADDRESS = "www.boese.example https://boese.example an@boese.example"
HOSTILE = (IMAGE, LINK, COLOUR, BOLD, ENTITY, ANCHOR)  # what Markdown or HTML would run or draw
OWN_NAME = f"Eigene {COLOUR} {LINK} {IMAGE}"
OWN_DEFINITION = f"Was {BOLD} misst, siehe {LINK}."

# Area, indicator, numerator, denominator of the newest year; each numerator is below the threshold of three.
HIDDEN_CELLS = (("00", "sgb2_u15", 2, 7), ("03", "hze_rate", 1, 47), ("05", "hze_stock", 2, None))
HIDDEN_TEXTS = ("28,6", "28,5714", "64,1", "21,3", "21,2766", "118,5")  # what they and their intervals look like on screen
HIDDEN_AMOUNT = "432.25"  # pays for two cases in area 00
OPEN_AMOUNT = "777.75"  # pays for seven cases in area 05


def settle(package: Path, home: Path) -> Ingested:
    """Import a delivery that must be without fault."""
    done = ingest(package, Settings(home=home), load_catalogue(), NOW)
    assert done.snapshot_id is not None, [str(finding) for finding in done.findings]
    return done


def guarded_frames() -> dict[str, pd.DataFrame]:
    """The mini city with names that a careless page would run or draw, and cells that a committee must not see."""
    out = minicity.frames()
    names = dict(zip(minicity.AREAS, (IMAGE, LINK, COLOUR, FORMULA, BOLD, ENTITY, ANCHOR, ADDRESS), strict=True))
    names["B1"] = f"Ost {COLOUR}"
    area = out["area"].set_index("area_id")
    area["name"] = [names.get(key, name) for key, name in zip(area.index, area["name"], strict=True)]
    out["area"] = area.reset_index()
    out["facility"]["name"] = [IMAGE, LINK, COLOUR, FORMULA, BOLD, ENTITY, "Kita 06", "Kita 07"]
    out["facility"]["carrier"] = [LINK, FORMULA, IMAGE, *["Träger A"] * 5]
    out["facility"].loc[2, "enrolled"] = 2
    out["indicator"] = _own_indicator()
    out["source"]["title"] = IMAGE
    out["source"]["publisher"] = LINK
    out["observation"] = _with_small_numbers(out["observation"])
    out["booking"] = _with_small_payment(out["booking"])
    return out


def _with_small_numbers(rows: pd.DataFrame) -> pd.DataFrame:
    more = [
        (indicator, key, str(year), (1000 if indicator == "hze_stock" else 20) + int(key), below, None, "synthetic", "s1")
        for indicator, below in (("hze_rate", 900), ("hze_stock", None), ("eigen", 100))
        for key in minicity.AREAS
        for year in minicity.YEARS
    ]
    rows = pd.concat([rows, pd.DataFrame(more, columns=list(rows.columns))], ignore_index=True)
    rows[["numerator", "denominator"]] = rows[["numerator", "denominator"]].astype("Int64")
    for key, indicator, above, below in HIDDEN_CELLS:
        cell = (rows["area_id"] == key) & (rows["indicator"] == indicator)
        rows.loc[cell, "numerator"] = above
        rows.loc[cell, "denominator"] = below
    return rows


def _own_indicator() -> pd.DataFrame:
    sheet = {
        "key": "eigen", "name": OWN_NAME, "definition": OWN_DEFINITION, "numerator": IMAGE, "denominator": LINK,
        "age_group": COLOUR, "unit": "%", "kind": "share", "multiplier": 100, "decimals": 1,
        "direction": "+", "paragraph": COLOUR,
        "topic": "Prävention im Sozialraum", "typical_source": LINK, "sensitivity": "mid", "low": None, "high": None,
    }  # fmt: skip
    return pd.DataFrame([sheet])


def _with_small_payment(rows: pd.DataFrame) -> pd.DataFrame:
    rows.loc[rows["booking_id"] == "b2", "amount"] = HIDDEN_AMOUNT
    other = rows[rows["booking_id"] == "b2"].assign(booking_id="b3", area_id="05", amount=OPEN_AMOUNT)
    return pd.concat([rows, other], ignore_index=True)


def odd_frames() -> dict[str, pd.DataFrame]:
    """Tables of the mini city with every kind of odd offer, and a target for Kitas."""
    tables = minicity.frames()
    rows = tables["facility"].assign(opens=None, closes=None)
    numbers = ["places_licensed", "places_operable", "enrolled"]
    rows[numbers] = rows[numbers].astype("Int64")
    rows.loc[0, ["lon", "lat"]] = [None, None]
    rows.loc[1, ["lon", "lat"]] = [11.5, 53.0]  # far outside
    rows.loc[2, "area_id"] = "07"  # contradicts its point
    rows.loc[3, numbers] = 0
    rows.loc[4, numbers] = pd.NA
    rows.loc[5, "closes"] = "2020-01-01"
    rows.loc[6, "area_id"] = None
    rows.loc[7, "opens"] = "2030-01-01"
    tables["facility"] = rows
    tables["target"] = pd.DataFrame(
        [("kita", 0, 6, 50, "%", "plan", "2020-01-01", None, "Kita-Plan 2023")],
        columns=["service", "age_from", "age_to", "value", "unit", "kind", "valid_from", "valid_to", "source"],
    )
    return tables
