"""Stores of the mini city in both views, and of a mini city with a gap, a zero, a real change and a ledger."""

from __future__ import annotations

import pandas as pd
import pytest

from raumblick.snapshot.store import Store, open_store

# booking_id, year, month, service, area_id, side, amount, value_type, basis
LEDGER = (
    ("p22", 2022, None, "heim", None, "expense", "1000.00", "plan", "period"),
    ("m22", 2022, None, "heim", None, "expense", "1050.00", "amended", "period"),
    ("a22", 2022, 6, "heim", "05", "expense", "300.00", "actual", "period"),
    ("b22", 2022, 12, "spfh", None, "expense", "800.00", "actual", "period"),
    ("c22", 2022, 12, "heim", None, "revenue", "55.00", "actual", "period"),  # income is not spending
    ("d22", 2022, 12, "kita", None, "expense", "9999.00", "actual", "period"),  # not help under entitlement
    ("e22", 2022, 12, "heim", None, "expense", "1234.00", "actual", "payment"),  # the same money by day of payment
    ("f22", 2022, 12, "heim", None, "expense", "70.00", "committed", "period"),  # not spent yet
    ("p23", 2023, None, "heim", None, "expense", "1200.00", "plan", "period"),
    ("a23", 2023, 4, "heim", "05", "expense", "410.00", "actual", "period"),
)


@pytest.fixture(scope="session")
def planung(mini_home) -> Store:
    """The mini city as the planners see it."""
    return open_store(mini_home, "mini", "planung")


@pytest.fixture(scope="session")
def ausschuss(mini_home) -> Store:
    """The mini city as the committee sees it: two children in area 00 are hidden."""
    return open_store(mini_home, "mini", "ausschuss")


@pytest.fixture(scope="session")
def varied_home(tmp_path_factory):
    """The mini city: area 04 without a number in 2023, 06 with zero, 05 with a steep rise; a ledger of two years."""
    import minicity
    from homes import settle

    tables = minicity.frames()
    rows = tables["observation"]
    cell = rows["area_id"] + " " + rows["period"]
    for wanted, numerator in (("06 2023", 0), ("05 2021", 5), ("05 2023", 60)):
        rows.loc[cell == wanted, "numerator"] = numerator
    tables["observation"] = rows[cell != "04 2023"]
    columns = ["booking_id", "year", "month", "service", "area_id", "side", "amount", "value_type", "basis"]
    ledger = pd.DataFrame(LEDGER, columns=columns).assign(product="36.3.2", source_id="s1")
    tables["booking"] = ledger.astype({"month": "Int64"})
    home = tmp_path_factory.mktemp("varied_home")
    settle(minicity.write_minicity(tmp_path_factory.mktemp("varied_package"), tables), home)
    return home


@pytest.fixture(scope="session")
def varied(varied_home) -> Store:
    """The varied mini city as the planners see it."""
    return open_store(varied_home, "mini", "planung")


@pytest.fixture(scope="session")
def city(city_home) -> Store:
    """The demo city as the planners see it."""
    return open_store(city_home, "musterstadt", "planung")
