"""Which state of the areas a table speaks of: by its set of keys, never by their form."""

from __future__ import annotations

import pandas as pd
import pytest

from raumblick.intake.vintages import Vintage, vintage_of


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


FIRST = Vintage(day("2006-01-01"), day("2018-12-31"), frozenset({"01011101", "01011102"}))
SECOND = Vintage(day("2019-01-01"), day("2020-12-31"), frozenset({"01011101", "01011102", "01011103"}))
THIRD = Vintage(day("2021-01-01"), None, frozenset({"01100101", "01100102"}))
ALL = (FIRST, SECOND, THIRD)


@pytest.mark.parametrize(
    ("ids", "found"),
    [
        (["01011101", "01011102"], FIRST),
        (["01011102", "01011101", "01011101", "01011103"], SECOND),
        (["01100101", "01100102"], THIRD),
        (["01011103"], SECOND),  # a part that only one vintage knows
        (["01100101"], THIRD),
        (["01011101"], None),  # a part that two know
        (["01011101", "01100101"], None),  # of two vintages: damaged, or joined by mistake
        (["01011101", "01011102", "01011199"], None),
        (["1011101", "1011102"], None),  # keys without their zero are other texts
        ([], None),
    ],
)
def test_keys_decide(ids, found):
    assert vintage_of(ids, [], ALL) is found


def test_dates_decide_only_between_vintages_that_the_keys_do_not_tell_apart():
    assert vintage_of(["01011101"], [day("2018-12-31")], ALL) is FIRST
    assert vintage_of(["01011101"], [day("2019-06-30"), day("2020-12-31")], ALL) is SECOND
    assert vintage_of(["01011101"], [day("2018-06-30"), day("2019-06-30")], ALL) is None
    assert vintage_of(THIRD.ids, [day("2005-12-31")], ALL) is THIRD  # an old year in new areas


def test_the_same_keys_in_two_vintages_need_a_date():
    before = Vintage(day("2000-01-01"), day("2005-12-31"), THIRD.ids)
    assert vintage_of(THIRD.ids, [day("2005-12-31")], (before, THIRD)) is before
    assert vintage_of(THIRD.ids, [day("2024-12-31")], (before, THIRD)) is THIRD
    assert vintage_of(THIRD.ids, [day("2012-12-31")], (before, THIRD)) is None
    assert vintage_of(THIRD.ids, [], (before, THIRD)) is None


def test_validity_holds_its_first_and_last_day():
    assert FIRST.holds([day("2006-01-01"), day("2018-12-31")])
    assert not FIRST.holds([day("2019-01-01")]) and not FIRST.holds([day("2005-12-31")]) and not FIRST.holds([])
    assert THIRD.holds([day("2099-12-31")]) and not THIRD.holds([day("2020-12-31")])
