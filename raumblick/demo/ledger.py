"""Table `booking`: the lines of the ledger in the form a city delivers them, with faults that real ledgers have."""

from __future__ import annotations

import numpy as np
import pandas as pd

from raumblick.demo.cases import Cases, euro_text
from raumblick.demo.city import CityShape
from raumblick.demo.money import CASE_LINES, LINES, PLAN_MISS, RUNNING_MONTH, YEARS, build_money, pay
from raumblick.demo.people import People
from raumblick.demo.seeds import stream

RENAMED = ("Lebensbrücke gGmbH", "Lebensbrücke e. V.")  # the new and the old name of one carrier
COLUMNS = [
    "booking_id", "year", "month", "product", "service", "area_id", "carrier", "account", "side", "amount", "value_type",
    "basis", "source_id",
]  # fmt: skip


def build_ledger(city: CityShape, people: People, offers: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Table `booking` of the last seven years, amounts as text with two decimals.

    Plans (one line a year, service, Planungsraum and side), amended plans (the new total, not the change), actual
    expense by Bezirk and carrier under both bases, actual revenue, and what is committed in the running year.
    """
    last = people.years[-1]
    cost = build_money(city, people, offers, cases)
    paid = pay(cost)
    kept = [rows[(rows["year"] > last - YEARS) & ~_unknown(rows, last)] for rows in (cost, paid)]
    actual = [_actual(city, rows, basis) for rows, basis in zip(kept, ("period", "payment"), strict=True)]
    lines = pd.concat([*_plans(city, cost, last), *actual, _committed(city, cost, last)], ignore_index=True)
    lines = _faults(lines[lines["cents"] > 0], last)
    lines = lines.sort_values(
        ["year", "month", "value_type", "basis", "side", "service", "area_id", "carrier"], ignore_index=True
    )
    return _finish(lines)


def _unknown(rows: pd.DataFrame, last: int) -> pd.Series:
    """What is not in the books yet: after September of the running year."""
    return (rows["year"] * 12 + rows["month"]) > last * 12 + RUNNING_MONTH


def _actual(city: CityShape, rows: pd.DataFrame, basis: str) -> pd.DataFrame:
    """Expense by carrier and month, and revenue as a part of it, at the end of each quarter."""
    expense = pd.concat([_split(city, service, part) for service, part in rows.groupby("service", sort=False)])
    quarter = rows.assign(month=(rows["month"] - 1) // 3 * 3 + 3)
    income = quarter.groupby(["service", "year", "month", "bezirk"], as_index=False)["cents"].sum()
    part = income["service"].map({s: line.income for s, line in LINES.items()})
    income = income.assign(carrier=None, side="revenue", cents=(income["cents"] * part).astype(np.int64))
    both = pd.concat([expense.assign(side="expense"), income])
    both["area_id"] = "B" + both["bezirk"].astype(str)
    return both.assign(value_type="actual", basis=basis)


def _split(city: CityShape, service: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The cost of a service in a Bezirk over one or two carriers, always the same ones."""
    rng = stream(city.seed, f"carriers {service}")
    names = np.array(LINES[service].carriers, object)
    first = rng.permuted(np.arange(10) % len(names))
    share = np.where(rng.random(10) < (0.2 if len(names) > 1 else 0), rng.uniform(0.5, 0.8, 10), 1.0)
    main = (rows["cents"] * share[rows["bezirk"]]).astype(np.int64)
    one = rows.assign(carrier=names[first[rows["bezirk"]]], cents=main)
    two = rows.assign(carrier=names[(first[rows["bezirk"]] + 1) % len(names)], cents=rows["cents"] - main)
    return pd.concat([one, two])


def _plans(city: CityShape, cost: pd.DataFrame, last: int) -> list[pd.DataFrame]:
    """Plan and amended plan of every year, service and Planungsraum, to 100 euro; expense and revenue."""
    rng = stream(city.seed, "plans")
    region = dict(zip(city.bezirk, city.planungsraum, strict=True))
    rows = cost[cost["year"] > last - YEARS].assign(region=cost["bezirk"].map(region))
    year = rows.groupby(["year", "service", "region"], as_index=False)["cents"].sum()
    pairs = year[["year", "service"]].drop_duplicates()
    miss = np.where(
        pairs["service"].isin(list(CASE_LINES)), np.array(PLAN_MISS)[pairs["year"] - last + YEARS - 1], 0.01
    )
    spread = np.where(pairs["service"].isin(list(CASE_LINES)), 0.035, 0.012)
    pairs["miss"] = miss + rng.normal(0, 1, len(pairs)) * spread
    year = year.merge(pairs, on=["year", "service"])
    plan = (year["cents"] / (1 + year["miss"] + rng.normal(0, 0.02, len(year)))).round(-4)
    over = np.maximum(year["cents"] - plan, 0) * (year["miss"] > 0.05)
    covered = np.where(year["year"] < last, rng.uniform(0.3, 0.7, len(year)), 0.35)
    income = year["service"].map({s: line.income for s, line in LINES.items()})
    out = []
    for kind, amount in (("plan", plan), ("amended", plan + (covered * over).round(-4))):
        base = year.assign(
            area_id="P" + (year["region"] + 1).astype(str), value_type=kind, basis="period", carrier=None
        )
        out.append(base.assign(side="expense", cents=amount))
        out.append(base.assign(side="revenue", cents=np.round(amount * income, -4)))
    return out


def _committed(city: CityShape, cost: pd.DataFrame, last: int) -> pd.DataFrame:
    """Granted and not yet booked in the running year: most of the rest of it, as known in September."""
    rng = stream(city.seed, "committed")
    rest = (
        cost[(cost["year"] == last) & (cost["month"] > RUNNING_MONTH)]
        .groupby(["service", "bezirk"], as_index=False)["cents"]
        .sum()
    )
    granted = np.where(
        rest["service"].isin(list(CASE_LINES)), rng.uniform(0.72, 0.9, len(rest)), rng.uniform(0.96, 1.0, len(rest))
    )
    return rest.assign(
        cents=np.round(rest["cents"] * granted, -2), year=last, month=RUNNING_MONTH, area_id="B" + rest["bezirk"].astype(str),
        value_type="committed", basis="period", carrier=None, side="expense",
    )  # fmt: skip


def _faults(lines: pd.DataFrame, last: int) -> pd.DataFrame:
    """Faults of real ledgers: an old name, an invoice seven months late, a double payment, lines without an area."""
    lines = lines.reset_index(drop=True)
    clock = lines["year"] * 12 + lines["month"].fillna(0)
    actual = lines["value_type"].eq("actual") & lines["side"].eq("expense")
    lines.loc[lines["carrier"].eq(RENAMED[0]) & (clock < (last - 2) * 12 + 7), "carrier"] = RENAMED[1]
    home = actual & lines["service"].eq("heim")
    late = home & lines["area_id"].eq("B4") & (clock == (last - 2) * 12 + 11)
    lines.loc[late, ["year", "month"]] = [last - 1, 6]
    lost = home & lines["area_id"].eq("B3") & (clock >= (last - 2) * 12 + 11) & (clock <= (last - 2) * 12 + 12)
    lines.loc[lost, "area_id"] = None
    twice = actual & lines["service"].eq("spfh") & lines["area_id"].eq("B6") & (clock == (last - 1) * 12 + 5)
    return pd.concat([lines, lines[twice & lines["basis"].eq("payment")].head(1)], ignore_index=True)


def _finish(lines: pd.DataFrame) -> pd.DataFrame:
    """Running numbers, product and account by service, cents as text."""
    lines = lines.assign(
        product=lines["service"].map({s: line.product for s, line in LINES.items()}),
        account=np.where(
            lines["side"] == "expense",
            lines["service"].map({s: line.account for s, line in LINES.items()}),
            lines["service"].map({s: line.income_account for s, line in LINES.items()}),
        ),
        month=lines["month"].astype("Int64"),
        source_id="finanz",
    )
    lines["amount"] = euro_text(lines["cents"].to_numpy(np.int64))
    number = lines.groupby("year").cumcount() + 1
    lines["booking_id"] = lines["year"].astype(int).astype(str) + "-" + number.astype(str).str.zfill(5)
    lines["year"] = lines["year"].astype(int)
    return lines[COLUMNS]
