from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raumblick.money.errors import MoneyError
from raumblick.money.formula import distribute, share_out
from raumblick.money.formula_text import PRESETS, changes, explain, low_status, over_years, youth_value
from raumblick.money.rounding import cover, instalments, split

AREAS = list("ABCD")
PEOPLE = pd.Series([4000, 2500, 1500, 2000], AREAS)
BURDEN = pd.DataFrame({"sgb2": [320, 550, 525, 300]}, AREAS)
BEFORE = pd.Series([380_000, 270_000, 190_000, 160_000], AREAS)
POT = 1_020_000


def test_worked_example():
    found = share_out(POT, PEOPLE, BURDEN, {"sgb2": 1}, BEFORE, 0.4, 0.05, 0.15)
    np.testing.assert_allclose(found.target, [278_739.82, 300_584.07, 250_757.52, 189_918.58], atol=0.01)
    assert round(found.scale, 6) == 0.898058
    assert found.amounts.to_dict() == {"A": 361_000, "B": 269_900, "C": 218_500, "D": 170_600}
    assert found.bound.to_dict() == {"A": "floor", "B": "", "C": "cap", "D": ""}
    np.testing.assert_allclose(found.parts.sum(axis=1), found.amounts)
    plain = distribute(POT, PEOPLE, BURDEN, [1.0], base_share=0.4)
    assert plain.to_dict() == {"A": 278_700, "B": 300_600, "C": 250_800, "D": 189_900}


def test_the_sentence_says_every_step():
    found = share_out(POT, PEOPLE, BURDEN, {"sgb2": 1}, BEFORE, 0.4, 0.05, 0.15)
    assert explain(found, "A", "Altstadt", {"sgb2": "Kinder im SGB II"}) == (
        "Altstadt erhält 361.000 €: 163.200 € nach Einwohnern und 115.539,82 € nach „Kinder im SGB II“. Durch die Untergrenze "
        "(höchstens 5 % weniger als bisher) kommen 82.260,18 € dazu. Das sind 19.000 € weniger als bisher (−5 %)."
    )
    assert "Durch die Obergrenze (höchstens 15 % mehr als bisher) gehen 32.257,52 € ab." in explain(found, "C")
    assert "Durch die Grenzen anderer Gebiete gehen" in explain(found, "B") and "Gerundet wird auf 100 €" in explain(found, "B")
    with pytest.raises(MoneyError, match="nicht dabei"):
        explain(found, "X")
    moved = changes(found)
    assert moved.loc["A", "change"] == -19_000 and moved.loc["C", "share"] == 0.15 and moved["change"].sum() == 20_000
    with pytest.raises(MoneyError, match="keinen Vergleich"):
        changes(share_out(POT, PEOPLE, BURDEN, [1]))


def test_bounds_that_cannot_be_met_name_the_smallest_change():
    with pytest.raises(MoneyError, match="Untergrenze lässt sich nicht halten.*950.000 €.*900.000 €.*50.000 €.*auf 10 %") as low:
        distribute(900_000, PEOPLE, BURDEN, [1], BEFORE, floor=0.05)
    assert low.value.key == "floor" and low.value.change == 50_000
    assert distribute(900_000, PEOPLE, BURDEN, [1], BEFORE, floor=0.10).sum() == 900_000
    with pytest.raises(MoneyError, match="Obergrenze lässt sich nicht halten.*1.150.000 €.*50.000 € senken.*auf 20 %") as high:
        distribute(1_200_000, PEOPLE, BURDEN, [1], BEFORE, floor=0.05, cap=0.15)
    assert high.value.key == "cap"
    assert distribute(1_200_000, PEOPLE, BURDEN, [1], BEFORE, floor=0.05, cap=0.20).sum() == 1_200_000
    nobody = pd.DataFrame({"sgb2": [0, 0, 525, 300]}, AREAS)
    with pytest.raises(MoneyError, match="denen die Formel nichts gibt"):
        distribute(POT, PEOPLE, nobody, [1], BEFORE, base_share=0, cap=0.15)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"pot": -1}, "Der Topf ist negativ"),
        ({"pot": float("nan")}, "Der Topf fehlt"),
        ({"pot": "viel"}, "kein Betrag"),
        ({"population": PEOPLE.drop("B")}, "„B“ hat keine Einwohnerzahl"),
        ({"population": PEOPLE.where(PEOPLE > 1600)}, "Einwohner: Für das Gebiet „C“ fehlt"),
        ({"population": PEOPLE * 0}, "In keinem Gebiet wohnt jemand"),
        ({"population": PEOPLE.iloc[:0]}, "kein Gebiet"),
        ({"burden": BURDEN.drop("B")}, "Belastung: Für das Gebiet „B“ fehlt"),
        ({"burden": -BURDEN}, "negativ"),
        ({"burden": BURDEN * 0}, "Nach „sgb2“ lässt sich nicht verteilen"),
        ({"burden": pd.concat([BURDEN, BURDEN])}, "mehrfach"),
        ({"weights": {"armut": 1}}, "Zum Gewicht „armut“"),
        ({"weights": {"sgb2": -1}}, "negativ"),
        ({"weights": {"sgb2": 0}}, "Kein Gewicht"),
        ({"weights": [1, 2]}, "1 Belastungen, aber 2 Gewichte"),
        ({"base_share": 1.2}, "Sockel"),
        ({"floor": 1.2, "previous": BEFORE}, "Untergrenze"),
        ({"cap": -0.1, "previous": BEFORE}, "Obergrenze"),
        ({"cap": 0.1}, "bisherigen Beträge"),
        ({"transition": 0.5}, "bisherigen Beträge"),
        ({"previous": BEFORE * 0, "transition": 0.5}, "ergeben zusammen 0"),
        ({"previous": BEFORE.drop("D"), "floor": 0.1}, "Bisherige Beträge: Für das Gebiet „D“ fehlt"),
    ],
)
def test_wrong_material_is_refused_in_german(wrong, text):
    with pytest.raises(MoneyError, match=text):
        distribute(**({"pot": POT, "population": PEOPLE, "burden": BURDEN, "weights": {"sgb2": 1}} | wrong))


counts = st.integers(1, 5000)
towns = st.lists(st.tuples(counts, counts, st.integers(0, 900), st.integers(20_000, 900_000)), min_size=2, max_size=9)


def town(rows):
    ids = [f"{i:02d}" for i in range(len(rows))]
    n, a, b, before = (pd.Series(column, ids) for column in zip(*rows, strict=True))
    return n, pd.DataFrame({"a": a, "b": b + 1}), before


@settings(deadline=None, max_examples=60)
@given(towns, st.floats(0, 1), st.floats(0, 1), st.integers(0, 10**9), st.sampled_from([0.01, 1, 100, 1000]))
def test_the_sum_is_the_pot(rows, sigma, weight, pot_cents, unit):
    n, burden, _ = town(rows)
    pot = Decimal(pot_cents) / 100
    found = distribute(pot, n, burden, {"a": weight, "b": 1.0}, base_share=sigma, round_to=unit)
    assert round(sum(Decimal(str(round(v, 2))) for v in found), 2) == pot
    assert (found >= 0).all()


@settings(deadline=None, max_examples=60)
@given(towns, st.floats(0.0, 0.3), st.floats(0.0, 0.5), st.floats(0, 1), st.floats(0.0, 1.0))
def test_bounds_hold_to_the_cent(rows, floor, cap, between, tau):
    n, burden, before = town(rows)
    total = before.sum()
    pot = round(total * (1 - floor + between * (floor + cap)), 2)
    found = share_out(pot, n, burden, [1, 2], before, floor=floor, cap=cap, transition=tau)
    assert round(found.amounts.sum(), 2) == pot
    assert (found.amounts >= (1 - floor) * before - 0.011).all() and (found.amounts <= (1 + cap) * before + 0.011).all()
    np.testing.assert_allclose(found.parts.sum(axis=1), found.amounts, atol=1e-6)


@settings(deadline=None, max_examples=60)
@given(towns, st.randoms())
def test_the_order_of_areas_changes_nothing(rows, random):
    n, burden, before = town(rows)
    mixed = list(n.index)
    random.shuffle(mixed)
    pot = round(before.sum() * 1.02, 2)
    one = distribute(pot, n, burden, [1, 2], before, floor=0.05, cap=0.15)
    two = distribute(pot, n[mixed], burden.loc[mixed], [1, 2], before.sample(frac=1, random_state=1), floor=0.05, cap=0.15)
    assert list(two.index) == mixed
    pd.testing.assert_series_equal(one, two[one.index])


@settings(deadline=None, max_examples=60)
@given(towns, st.integers(2, 50))
def test_scale_of_money_and_counts(rows, factor):
    n, burden, before = town(rows)
    one = distribute(1_000_000, n, burden, [1, 2], before, cap=50.0, round_to=100)
    large = distribute(1_000_000 * factor, n, burden, [1, 2], before * factor, cap=50.0, round_to=100 * factor)
    assert (large == one * factor).all()
    exact = share_out(1_000_000, n, burden, [1, 2]).target
    np.testing.assert_allclose(share_out(1_000_000, n * factor, burden * factor, [2, 4]).target, exact)


@settings(deadline=None, max_examples=60)
@given(towns, st.integers(1, 1000))
def test_more_burden_never_means_less(rows, more):
    n, burden, before = town(rows)
    raised = burden.copy()
    raised.loc["00", "a"] += more
    for bounds in ({}, {"previous": before, "floor": 0.2, "cap": 40.0}):
        pot = int(before.sum())
        less = share_out(pot, n, burden, [1, 2], round_to=0.01, **bounds).amounts["00"]
        assert share_out(pot, n, raised, [1, 2], round_to=0.01, **bounds).amounts["00"] >= less - 0.011


def test_years_of_transition_end_at_the_formula():
    years = over_years([POT] * 3, PEOPLE, BURDEN, [1], BEFORE, base_share=0.4, round_to=1)
    goal = distribute(POT, PEOPLE, BURDEN, [1], base_share=0.4, round_to=1)
    assert (years[-1].amounts == goal).all() and all(y.amounts.sum() == POT for y in years)
    start = BEFORE * POT / BEFORE.sum()
    np.testing.assert_allclose(years[0].amounts, start + (goal - start) / 3, atol=2)
    np.testing.assert_allclose(years[1].amounts, start + (goal - start) * 2 / 3, atol=3)
    assert "Durch den Übergang (33,3 % des Weges)" in explain(years[0], "B")


def test_odd_pots_and_a_base_for_everybody():
    found = distribute("1020000.37", PEOPLE, BURDEN, [1], round_to=100)
    assert round(found.sum(), 2) == 1_020_000.37 and (found % 100 != 0).sum() == 1
    assert distribute(0, PEOPLE, BURDEN, [1]).tolist() == [0, 0, 0, 0]
    assert distribute(1000, PEOPLE, BURDEN, {}, base_share=1).tolist() == [400, 300, 100, 200]


def test_youth_value():
    found = youth_value([3569, 2938, 5375, 2286, 8612], [11.38, 14.10, 11.06, 9.54, 10.12], 9.54, 17.61)
    assert np.round(found).tolist() == [4383, 4598, 6387, 2286, 9231]
    with pytest.raises(MoneyError, match="zwei verschiedenen Grenzen"):
        youth_value([1, 2], [3, 3])


def test_presets():
    by_key = {preset.key: preset for preset in PRESETS}
    assert by_key["altona"].base_share == 0.975 and by_key["hamburg"].base_share == 0.8
    celle = by_key["celle"]
    assert split(1_000_000, [share for _, share in celle.parts]) == (200_000, 700_000, 100_000)
    assert instalments("100.01", celle.instalments) == tuple(map(Decimal, ("25.01", "25", "25", "25")))
    youth = pd.Series([100, 300], ["A", "B"])
    found = distribute(1000, youth, low_status(youth, [False, True]), [1], base_share=0.8, round_to=1)
    assert found.to_dict() == {"A": 200, "B": 800}


def test_a_cover_proposal_sums_exactly():
    assert cover("15019074", [("a", 3_000_000), ("b", "909000.00"), ("c", 11_110_074)]) == 0
    assert cover("100.10", [("a", "0.10")]) == 100
    with pytest.raises(MoneyError, match="höher als der Bedarf"):
        cover(1, [("a", 2)])
    with pytest.raises(MoneyError, match="mindestens eine Rate"):
        instalments(1, 0)
    with pytest.raises(MoneyError, match="Anteile"):
        split(1, [0, 0])
