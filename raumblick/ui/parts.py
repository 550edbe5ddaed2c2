"""Pieces that pages share: a row of key figures, the standing of one area among all, offers in numbers."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from raumblick.answers.profile import Profile, Series
from raumblick.ui import format as fmt
from raumblick.ui import tables
from raumblick.ui.layout import escape


def key_figures(series: list[Series]) -> None:
    """At most four figures, each with unit, date and its tested change."""
    shown = series[:4]
    grid = st.container(key="figures").grid(len(shown) or 1, min_column_width=150)
    for result in shown:
        sheet = result.indicator
        known = result.area[result.area["state"] != "missing"]
        if not len(known):
            continue
        last = known.iloc[-1]
        hidden = last["state"] == "hidden"
        value = (
            tables.STATE_TEXT["hidden"] if hidden else fmt.number(last["value"], sheet.decimals, "%" if sheet.unit == "%" else "")
        )
        with grid.container(border=True, height="stretch"):
            st.metric(f"{escape(sheet.name)} ({fmt.period(str(last['period']))})", value, help=escape(sheet.definition))
            st.caption(_change(result) + (" · Wert geschätzt" if last["status"] == "estimated" else ""))


def _change(result: Series) -> str:
    if result.change is None:
        return "keine Veränderung berechenbar"
    amount = fmt.signed(result.change, fmt.change_decimals(result.indicator.kind, result.indicator.decimals))
    unit = escape(fmt.change_unit(result.indicator.unit))
    word = {None: "ohne Test", True: "gesichert", False: "nicht gesichert"}[result.significant]
    return f"seit {fmt.period(result.first or '')}: {amount} {unit} ({word})"


NOT_SURE = "Unterschied nicht gesichert"

# Shown as one picture on the Steckbrief, in this order, as far as the city has them.
CORE = (
    "sgb2_u15", "mss_s4", "mss_s1", "mss_s3", "sgb2_0_64", "unemp", "unemp_u25", "sp_share", "sp_bg_share", "migr_share",
    "foreign_share", "eingang_speech", "kita_cov_u3", "kita_cov_36", "kita_cov_u6", "hze_rate", "kwg_rate",
)  # fmt: skip


def core(result: Profile, most: int = 10) -> pd.DataFrame:
    """The core indicators of an area that have a value and a spread to stand in."""
    rows = result.indicators
    if not len(rows) or result.area.level == "stadt":
        return rows.head(0)
    rows = rows[rows["key"].isin(CORE) & rows["value"].notna() & (rows["known"] > 2)]
    return rows.sort_values("key", key=lambda keys: keys.map(CORE.index)).head(most)


def place(result: Profile) -> str:
    """`Ortsteil in Stadtbezirk Nord, Musterstadt`: what the area is and where it lies."""
    if not result.area.ancestors:
        return "Die ganze Stadt"
    return f"{fmt.level(result.area.level)} in {', '.join(escape(name) for _, name in result.area.ancestors)}"


STANDING = (
    tables.Column("name", "Kennzahl", width=280),
    tables.Column("value_text", "Wert", width=125),
    tables.Column("range_text", "95-%-Bereich", width=100),
    tables.Column("city_text", "Stadt", width=60),
    tables.Column("standing", "gegen die Stadt", width=182),
    tables.Column("rank_text", "Rang", width=80),
    tables.Column("period", "Stand", width=60),
    tables.Column("topic", "Themenfeld"),
)


def standing(result: Profile) -> pd.DataFrame:
    """The indicators of an area as texts for one table, by topic."""
    rows = []
    for row in result.indicators.itertuples():
        decimals, unit = int(row.decimals), str(row.unit)
        state = tables.STATE_TEXT.get(row.state)
        rows.append(
            {
                "topic": row.topic,
                "name": row.name,
                "value_text": state
                or fmt.number(row.value, decimals, unit) + (" (geschätzt)" if row.status == "estimated" else ""),
                "range_text": ""
                if row.low != row.low
                else f"{fmt.number(row.low, decimals)} bis {fmt.number(row.high, decimals)}",
                "city_text": fmt.number(row.city, decimals) if row.city == row.city and unit != "Personen" else "",
                "standing": _compared(str(row.against_city), row.low == row.low, result.area.level),
                "rank_text": f"{int(row.rank)} von {row.known}" if row.rank == row.rank and row.rank is not None else "",
                "period": fmt.period(str(row.period)),
            }
        )
    shown = pd.DataFrame(rows)
    if not len(shown):
        return shown
    order = {"sicher höher": 0, "sicher niedriger": 0, NOT_SURE: 1, "": 2}
    return shown.sort_values(["standing", "topic", "name"], key=lambda c: c.map(order) if c.name == "standing" else c)


def _compared(against: str, tested: bool, level: str) -> str:
    if level == "stadt" or not tested:
        return ""
    return {"above": "sicher höher", "below": "sicher niedriger", "": NOT_SURE}[against]


def series_rows(shown: list[Series]) -> pd.DataFrame:
    """The numbers of several trend charts in one table: name, unit, period, value, low, high, city, state."""
    parts = []
    for result in shown:
        city = result.city.set_index("period")["value"].rename("city")
        rows = result.area[["period", "value", "low", "high", "state"]].join(city, on="period")
        parts.append(rows.assign(name=result.indicator.name, unit=result.indicator.unit))
    return pd.concat(parts, ignore_index=True)


def _enrolled(group: pd.DataFrame) -> str:
    """Enrolled children of a group of offers as text; a sum without its hidden part would be no sum."""
    if group["hidden"].any():
        return tables.STATE_TEXT["hidden"]
    total = group["enrolled"].sum(min_count=1)
    return fmt.number(total) if fmt.known(total) else ""


def offers(result: Profile) -> pd.DataFrame:
    """Offers of an area in numbers by service: service, paragraph, count, places, enrolled, inclusive, without_places."""
    rows = result.offers
    if not len(rows):
        return pd.DataFrame(columns=["service_name", "paragraph", "count", "places", "enrolled", "inclusive", "without_places"])
    grouped = rows.groupby(["service_name", "paragraph"], dropna=False)
    return pd.DataFrame(
        {
            "count": grouped.size(),
            "places": grouped["places_licensed"].sum(min_count=1),
            "enrolled": grouped.apply(_enrolled),
            "inclusive": grouped["inclusive"].agg(lambda values: int((values == True).sum())),  # noqa: E712  (may be missing)
            "without_places": grouped.apply(lambda g: int(((g["form"] == "place") & g["places_licensed"].isna()).sum())),
        }
    ).reset_index()
