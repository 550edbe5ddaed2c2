"""Variants of offers: read, written, played, and where one more helps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raumblick.answers.access import CITY, OWN, Question, SupplyError, access, certainty_of_gaps
from raumblick.answers.siting import CLOSE, NEW, PLACE, PLACES, Move, MoveError, centres, helpful, moves_text, play, read_moves

QUESTION = Question("kita_36", "ortsteil", "plan", 1500.0)

keys = st.text(st.characters(exclude_characters=";@=", exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=20)
degrees = st.floats(-89, 89).map(lambda x: round(x, 5))
moves = st.one_of(
    st.builds(Move, st.just(NEW), lat=degrees, lon=degrees, places=st.integers(0, 99999)),
    st.builds(Move, st.just(PLACES), keys, places=st.integers(0, 99999)),
    st.builds(Move, st.just(CLOSE), keys),
    st.builds(Move, st.just(PLACE), keys, lat=degrees, lon=degrees),
)


@given(st.lists(moves, max_size=20))
def test_what_is_written_is_read_again(given_moves):
    assert moves_text(read_moves(moves_text(given_moves))) == moves_text(given_moves)


@pytest.mark.parametrize("text", ["neu@1,2", "zu@", "platz@F1=viele", "<script>", "ort@F1=1", "neu@1,2=3,zu@F1"])
def test_what_is_no_move_is_refused(text):
    with pytest.raises(MoveError, match="keine Änderung"):
        read_moves(text)


def test_too_many_moves_are_refused():
    with pytest.raises(MoveError, match="möglich sind 20"):
        read_moves(";".join(["zu@F1"] * 21))


def test_nothing_moved_is_today(city):
    found = play(city, QUESTION, "")
    assert found.winning == found.losing == 0 and found.areas["change"].abs().max() == 0
    assert found.below[0] == found.below[1] > 0
    today = access(city, QUESTION)
    assert found.areas["before"].to_numpy() == pytest.approx(today.areas["reached"].to_numpy(), nan_ok=True)


@pytest.mark.parametrize("kind", [CITY, OWN])
def test_without_a_target_areas_are_measured_against_the_city_or_a_share_of_ones_own(city, kind):
    found = access(city, Question("kita_36", "bezirk", kind, 1500.0, 0.9 if kind == OWN else None))
    share = 0.9 if kind == OWN else found.supply.city["supply"]
    assert found.mean_target == pytest.approx(share) and found.supply.chosen == ()
    by_hand = (found.areas["supply"] < share).sum()
    assert 0 < by_hand < len(found.areas)
    assert found.gaps == by_hand and found.closed <= by_hand and found.areas["own_gap"].sum() == by_hand
    rows = certainty_of_gaps(city, found.question)
    assert set(rows["area_id"]) == set(found.areas["area_id"]) and rows["gaps"].between(0, 12).all() and rows["gaps"].any()


@pytest.mark.parametrize("share", [None, 0.0, -1.0, float("nan")])
def test_a_share_of_ones_own_must_be_positive(city, share):
    with pytest.raises(SupplyError, match="größer als 0"):
        access(city, Question("kita_36", "bezirk", OWN, 1500.0, share))


def test_without_anything_to_measure_against_no_gap_is_counted(city):
    asked = Question("kita_36", "bezirk", None, 1500.0)
    assert access(city, asked).target is None
    for ask in (lambda: certainty_of_gaps(city, asked), lambda: helpful(city, asked, "", 80)):
        with pytest.raises(SupplyError, match="Ohne Zielwert"):
            ask()


def test_a_new_offer_helps_and_its_places_arrive(city):
    middle = centres(city).table.iloc[0]
    found = play(city, QUESTION, f"neu@{middle.lat:.5f},{middle.lon:.5f}=80")
    assert found.winning > 0 and found.losing == 0
    assert found.areas["gain"].sum() == pytest.approx(80, rel=0.02)
    assert list(found.sites.loc[found.sites["state"] == "neu", "facility_id"]) == ["neu1"]


def test_an_offer_that_closes_takes_its_places_away(city):
    offers = play(city, QUESTION, "").sites.dropna(subset=["places", "lon"])
    biggest = offers.sort_values("places").iloc[-1]
    found = play(city, QUESTION, f"zu@{biggest.facility_id}")
    assert found.losing > 0 and found.winning == 0
    assert found.areas["gain"].sum() == pytest.approx(-biggest.places, rel=0.02)
    assert found.below[1] >= found.below[0]


def test_an_offer_that_is_not_there_is_named(city):
    with pytest.raises(MoveError, match="F99999"):
        play(city, QUESTION, "zu@F99999")


def test_the_best_place_fills_more_than_a_place_in_the_middle_of_plenty(city):
    best = helpful(city, QUESTION, "", 80)
    assert len(best) == 5 and best["filled"].is_monotonic_decreasing
    assert 0 < best["filled"].iloc[0] <= 80 + 1e-9
    top = best.iloc[0]
    after = helpful(city, QUESTION, f"neu@{top.lat:.5f},{top.lon:.5f}=80", 80)
    assert after["filled"].iloc[0] <= best["filled"].iloc[0] + 1e-9
