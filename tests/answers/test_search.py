"""Where several offers help most: at once, and proven."""

import pytest

from raumblick.answers.access import CITY, Question
from raumblick.answers.search import ALL, COVERED, DISTANCE, GRID, SITES, Search, SupplyError, proven, quick

ASKED = Question("kita_36", "ortsteil", CITY, 1000.0)


@pytest.mark.parametrize(("goal", "among"), [(COVERED, GRID), (COVERED, SITES), (DISTANCE, SITES)])
def test_the_proven_answer_is_never_worse_than_the_quick_one(city, goal, among):
    told = []
    fast, best = quick(city, ASKED, "", Search(goal, 3, among)), proven(city, ASKED, "", Search(goal, 3, among), 5.0, told.append)
    assert len(fast.places) == len(best.places) == 3 and fast.gap != fast.gap and 0 <= best.gap < 1 and told
    sign = -1 if goal == DISTANCE else 1
    assert sign * best.after >= sign * fast.after - 1e-6 > sign * best.before
    assert fast.places["area"].notna().all() and fast.places["lat"].between(51, 53).all()


def test_offers_of_the_variant_are_there_already(city):
    first = quick(city, ASKED, "", Search(COVERED, 1, GRID))
    place = first.places.iloc[0]
    then = quick(city, ASKED, f"neu@{place.lat:.5f},{place.lon:.5f}=50", Search(COVERED, 1, GRID))
    assert then.before == pytest.approx(first.after, abs=2) and then.after > then.before


def test_as_few_as_possible_for_everybody(city):
    found = proven(city, ASKED, "", Search(ALL, 1, SITES), 60.0)
    assert found.gap == 0 and found.after > found.before
    one_less = quick(city, ASKED, "", Search(COVERED, len(found.places) - 1, SITES))
    assert one_less.after < found.after


def test_no_place_to_look_at_is_said(planung):
    with pytest.raises(SupplyError, match="keine möglichen Orte"):
        quick(planung, Question("kita", "ortsteil", CITY, 1000.0), "", Search(COVERED, 1, SITES))
