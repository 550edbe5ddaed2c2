"""Variants of offers as changes of a scenario, and two of them against each other."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raumblick.answers.access import Question
from raumblick.answers.plays import Change, Variant, changes_of, contrast, service_of, variant_of
from raumblick.answers.siting import CLOSE, NEW, PLACE, PLACES, Move, MoveError, moves_text, play
from raumblick.plans.model import OFFERS, Scenario, join, tidy

keys = st.text(st.characters(exclude_characters=";@=", exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=20)
degrees = st.sampled_from((51.89, 51.9, -7.00001))
moves = st.one_of(
    st.builds(Move, st.just(NEW), lat=degrees, lon=degrees, places=st.integers(0, 99999)),
    st.builds(Move, st.just(PLACES), keys, places=st.integers(0, 99999)),
    st.builds(Move, st.just(CLOSE), keys),
    st.builds(Move, st.just(PLACE), keys, lat=degrees, lon=degrees),
)


@given(st.lists(moves, min_size=1, max_size=20, unique_by=lambda m: (m.kind, m.facility or object())))
def test_what_is_kept_comes_back(given_moves):
    """Every move, also of several new offers at one place, and what was asked."""
    asked = Variant("kita", "eigen", "1500", "80", moves_text(given_moves))
    back = variant_of(tidy(changes_of(asked), OFFERS))
    assert Counter(back.moves.split(";")) == Counter(asked.moves.split(";"))
    assert (back.service, back.ziel, back.weg, back.wert) == ("kita", "eigen", "1500", "80")


@pytest.mark.parametrize("changes", [(Change("karte", "F1", "kita", "1"),), (Change("platz", "F1", "kita", "viele"),)])
def test_what_is_no_variant_is_said(changes):
    with pytest.raises(MoveError, match="keine Änderung"):
        variant_of(changes)


def test_two_people_add_different_offers_and_both_stay():
    def scenario(text):
        changes = tidy(changes_of(Variant("kita", "plan", "1500", "", text)), OFFERS)
        return Scenario("id", "x", "n", "a", "s", changes, kind=OFFERS)

    texts = ("zu@F1", "zu@F1;neu@51.90000,10.90000=60;platz@F2=5", "neu@51.80000,10.80000=40;platz@F2=9")
    base, mine, theirs = map(scenario, texts)
    changes, torn = join(base, mine, theirs)
    found = set(variant_of(changes).moves.split(";"))
    assert found == {"neu@51.90000,10.90000=60", "neu@51.80000,10.80000=40", "platz@F2=9"}  # F1 stays open: they took that back
    assert [(gap.area_id, gap.one, gap.two) for gap in torn] == [("F2", "5", "9")] and service_of(base) == "kita"


def test_a_variant_against_another_is_the_difference_of_both_to_today(city):
    asked = Question("kita_36", "ortsteil", "plan", 1500.0)
    opens, closes = "neu@51.89000,10.92000=80", "zu@K0144-36"
    both = contrast(city, asked, closes, opens)
    one, two = (play(city, asked, text).areas["gain"].sum() for text in (closes, opens))
    assert one < 0 < two and both.areas["gain"].sum() == pytest.approx(two - one)
    assert both.winning > 0 and both.losing == 0
    back = contrast(city, asked, opens, closes)
    assert (back.winning, back.losing) == (both.losing, both.winning)
    assert contrast(city, asked, opens, opens).areas["difference"].abs().max() == 0
