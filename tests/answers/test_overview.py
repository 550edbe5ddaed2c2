"""What stands out: the leading indicators, and what was planned and spent on help under entitlement."""

import math

import minicity
import pandas as pd
from homes import settle

from raumblick.answers.overview import overview, spending
from raumblick.answers.values import levels
from raumblick.snapshot.store import open_store

COLUMNS = ["booking_id", "year", "month", "service", "area_id", "side", "amount", "value_type", "basis", "product", "source_id"]


def by_year(result) -> dict:
    return result.years.set_index("year").to_dict("index")


def test_the_first_known_indicator_leads_its_block(planung):
    result = overview(planung, "ortsteil")
    assert (result.need.indicator.key, result.supply.indicator.key) == ("sgb2_u15", "kita_cov_u6")
    assert (result.need.level, result.supply.level) == ("ortsteil", "ortsteil")
    assert levels(planung) == ("ortsteil", "bezirk", "stadt")


def test_spending_takes_help_under_entitlement_by_period_once(varied):
    result = spending(varied)
    assert by_year(result)[2022] == {"plan": 1000.0, "amended": 1050.0, "actual": 300.0 + 800.0, "lines_hidden": 0}
    assert by_year(result)[2023]["plan"] == 1200.0
    assert by_year(result)[2023]["actual"] == 410.0
    assert by_year(result)[2023]["amended"] != by_year(result)[2023]["amended"]  # not delivered: missing, not 0


def test_the_running_year_is_the_last_one_that_ends_before_december(varied, planung):
    assert (spending(varied).running, spending(varied).last_month) == (2023, 4)
    assert (spending(planung).running, spending(planung).last_month) == (2023, 3)


def test_an_area_has_its_own_lines_only(varied):
    assert {year: row["actual"] for year, row in by_year(spending(varied, "05")).items()} == {2022: 300.0, 2023: 410.0}
    assert {year: row["actual"] for year, row in by_year(spending(varied, "B1")).items()} == {2022: 300.0, 2023: 410.0}
    assert spending(varied, "00") is None


def test_a_finished_year_without_a_late_booking_is_not_running(tmp_path):
    """The last case of an area ends in June; the city books until December: the year is over for the area too."""
    store = _store(tmp_path, [_line("a", 6, "05", "300.00"), _line("b", 12, None, "800.00")])
    assert spending(store).running is None
    assert spending(store, "05").running is None


def test_a_sum_without_its_hidden_lines_is_not_given_as_the_sum(guarded_home):
    """In area 00 two cases cost 432,25 in March; the committee must not read the remaining 777,75 as all that was spent."""
    assert by_year(spending(open_store(guarded_home, "mini", "planung")))[2023]["actual"] == 432.25 + 777.75
    seen = spending(open_store(guarded_home, "mini", "ausschuss"))
    said = [name for name in (*seen.years.columns, *vars(seen)) if "hidden" in name]
    assert said or math.isnan(by_year(seen)[2023]["actual"])


def test_a_city_without_bookings_has_no_money_block(tmp_path):
    assert spending(_store(tmp_path, [])) is None


def _line(key: str, month: int, area_id: str | None, amount: str) -> tuple:
    return (key, 2022, month, "heim", area_id, "expense", amount, "actual", "period", "36.3.2", "s1")


def _store(folder, lines: list[tuple]):
    tables = minicity.frames() | {"booking": pd.DataFrame(lines, columns=COLUMNS).astype({"month": "Int64"})}
    settle(minicity.write_minicity(folder / "package", tables), folder / "home")
    return open_store(folder / "home", "mini", "planung")
