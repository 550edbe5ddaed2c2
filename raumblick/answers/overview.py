"""What stands out in this city now? One answer each for need, supply and money, from the indicators at hand."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from raumblick.answers.spread import Spread, spread
from raumblick.answers.values import indicators
from raumblick.snapshot.store import Store

# In order of preference: the first that the city has numbers for leads its block.
NEED_LEADS = ("sgb2_u15", "mss_s4", "sgb2_0_64", "unemp", "unemp_u25")
SUPPLY_LEADS = ("kita_cov_36", "kita_cov_u6", "kita_cov_u3", "kita_occ", "playgrounds")
# §§ 27-35a and 41: help under individual entitlement, the part of the budget that plans miss most often.
HELP_SERVICES = (
    "erziehungsberatung", "gruppenarbeit", "erziehungsbeistand", "spfh", "tagesgruppe", "vollzeitpflege", "heim", "ise",
    "egh35a", "schulbegleitung", "volljaehrige",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Spending:
    """Help under entitlement (§§ 27-35a, 41) by year: year, plan, amended, actual (euro; missing where not delivered).

    `lines_hidden` counts lines whose amount this view does not hold; where there are any, `actual` is missing, because a
    sum without them is no sum. `running` is the year in which the city's bookings end before December, `last_month`
    its last booked month.
    """

    years: pd.DataFrame
    running: int | None
    last_month: int | None


@dataclass(frozen=True, eq=False)
class Overview:
    """The blocks of the first page; a block is None when the city has no data for it."""

    need: Spread | None
    supply: Spread | None
    money: Spending | None


def overview(store: Store, level: str) -> Overview:
    """Need and supply of all areas of a level, spending of the city."""
    known = {i.key for i in indicators(store, level)}
    need = next((key for key in NEED_LEADS if key in known), None)
    supply = next((key for key in SUPPLY_LEADS if key in known), None)
    return Overview(
        need=spread(store, need, level) if need else None,
        supply=spread(store, supply, level) if supply else None,
        money=spending(store),
    )


def spending(store: Store, area_id: str | None = None) -> Spending | None:
    """Plan and actual of help under entitlement by year for an area (default: the whole city); None without bookings."""
    rows = store.read("spending", area_id=area_id or store.city["city_id"])
    rows = rows[rows["service"].isin(HELP_SERVICES) & rows["side"].eq("expense")]
    if not len(rows):
        return None
    everything = store.read("spending", area_id=store.city["city_id"])
    actual = _actual(rows)
    table = pd.DataFrame(
        {
            "plan": _by_year(rows[rows["value_type"] == "plan"]),
            "amended": _by_year(rows[rows["value_type"] == "amended"]),
            "actual": _by_year(actual),
            "lines_hidden": actual.groupby("year")["lines_hidden"].sum(),
        }
    )
    table["lines_hidden"] = table["lines_hidden"].fillna(0).astype(int)
    table["actual"] = table["actual"].where(table["lines_hidden"] == 0)
    running, last_month = _running(everything)
    return Spending(table.rename_axis("year").reset_index(), running, last_month)


def _actual(rows: pd.DataFrame) -> pd.DataFrame:
    """Actual lines of one basis; both bases hold every euro once."""
    actual = rows[rows["value_type"] == "actual"]
    return actual[actual["basis"] == ("period" if "period" in set(actual["basis"]) else "payment")]


def _running(rows: pd.DataFrame) -> tuple[int | None, int | None]:
    """The last year and its last booked month where the city's bookings end before December, else nothing."""
    actual = _actual(rows)
    if not len(actual):
        return None, None
    last_year = int(actual["year"].max())
    last_month = actual.loc[actual["year"] == last_year, "last_month"].max()
    return (last_year, int(last_month)) if pd.notna(last_month) and last_month < 12 else (None, None)


def _by_year(rows: pd.DataFrame) -> pd.Series:
    return rows.groupby("year")["amount"].sum(min_count=1).astype(float)
