from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from raumblick.money.allocation import allocate, explain_next, least_worst, task
from raumblick.money.errors import MoneyError
from raumblick.money.frontier import distance, frontier

TWO = {"need": [[10], [10]], "price": 50_000, "budget": 500_000, "weight": [[2], [1]], "floor": 3, "cap": 12}


def program(work, whole=False):
    """Least penalty by a linear (or integer) program over amounts and unmet need: nothing in common with the ordered way."""
    count, parts, step = work.need.size, len(work.slopes), work.step or 1.0
    costs = np.concatenate([np.zeros(count), *(s * work.weight.ravel() for s in work.slopes)])
    high = np.concatenate([work.cap.ravel() / step, np.tile(work.need.ravel() / parts, parts)])
    low = np.concatenate([work.floor.ravel() / step, np.zeros(parts * count)])
    cover = np.hstack([step * np.eye(count), *[np.eye(count)] * parts])
    pay = np.concatenate([step * work.price.ravel(), np.zeros(parts * count)])[None, :]
    limits = [LinearConstraint(cover, work.need.ravel(), np.inf), LinearConstraint(pay, -np.inf, work.budget + 1e-6)]
    kinds = np.concatenate([np.full(count, float(whole)), np.zeros(parts * count)])
    found = milp(costs, integrality=kinds, bounds=Bounds(low, high + 1e-9), constraints=limits, options={"mip_rel_gap": 0.0})
    assert found.status == 0
    return float(found.fun)


def test_worked_example():
    found = allocate(task(**TWO))
    np.testing.assert_allclose(found.amounts, [[7], [3]])
    assert found.spent == pytest.approx(500_000) and found.unmet == pytest.approx(2 * 3 + 7) and found.worst == pytest.approx(0.7)
    assert found.shadow == pytest.approx(2 / 50_000)
    added, removed, text = explain_next(task(**TWO))
    np.testing.assert_allclose(added, [[2], [0]])
    assert removed == pytest.approx(4) and text == "Die nächsten 100.000 € decken 4,0 Punkte gewichteten Bedarf."


def test_rising_slopes_spread_the_money():
    found = allocate(task(**TWO | {"slopes": (1, 2, 3), "floor": 0}))
    assert found.amounts[1, 0] > 3 and found.spent == pytest.approx(500_000)
    np.testing.assert_allclose(found.unmet, program(found.task))


def test_equality():
    work = task(**TWO)
    assert least_worst(work) == pytest.approx(0.5)
    np.testing.assert_allclose(allocate(work, worst=0.5).amounts, [[5], [5]], rtol=1e-6)
    line = frontier(work, 5)
    assert line["worst"].iloc[0] == pytest.approx(0.5) and line["worst"].iloc[-1] == pytest.approx(0.7)
    assert line["unmet"].tolist() == pytest.approx([15, 14.5, 14, 13.5, 13])
    with pytest.raises(MoneyError, match="mindestens 50 %.* ungedeckt|mindestens 50,1 %"):
        allocate(work, worst=0.4)
    with pytest.raises(MoneyError, match="zwei Punkte"):
        frontier(work, 1)


def test_half_posts():
    found = allocate(task(**TWO | {"step": 0.5, "budget": 480_000}))
    assert found.amounts.ravel().tolist() == [6.5, 3] and found.spent == 475_000 and np.isnan(found.shadow)
    whole = allocate(task(**TWO | {"step": 2.0}))
    assert whole.amounts.ravel().tolist() == [6, 4]
    some = allocate(task([[1.2, 0.0]], 100, 1000, step=0.5))
    assert some.amounts.ravel().tolist() == [1.5, 0] and some.unmet == 0


def test_distance_of_a_plan():
    work = task(**TWO)
    best = distance(work, [[7], [3]])
    assert best.saving == 0 and "liegt auf der Linie" in best.sentence
    equal = distance(work, [[5], [5]])
    assert equal.saving == 0  # no better sum without somebody falling below a half
    own = distance(work, [[3], [7]])
    assert own.unmet == 17 and own.best.unmet == pytest.approx(13) and own.saving == pytest.approx(100_000, abs=2)
    assert (
        own.sentence == "Mit demselben Geld bliebe 24 % weniger Bedarf ungedeckt; dasselbe Ergebnis ginge mit 100.000 € weniger."
    )
    with pytest.raises(MoneyError, match="kostet 50.000 € mehr") as over:
        distance(work, [[8], [3]])
    assert over.value.change == 50_000
    with pytest.raises(MoneyError, match="passt nicht"):
        distance(work, [[8, 3]])


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"budget": 200_000}, "Untergrenzen kosten 300.000 €.*um 100.000 € erhöhen oder alle Untergrenzen auf 66,6 %"),
        ({"entitlements": 600_000}, "Schon die Rechtsansprüche kosten voraussichtlich 600.000 €, 100.000 € mehr"),
        ({"allocable": [False]}, "1 Leistung ist ein Rechtsanspruch"),
        ({"need": [[-1], [1]]}, "Bedarf: Eine Angabe ist negativ"),
        ({"price": 0}, "Preis über 0"),
        ({"floor": 13}, "An 2 Stellen liegt die Untergrenze über der Obergrenze"),
        ({"slopes": (2, 1)}, "dürfen nicht fallen"),
        ({"slopes": ()}, "dürfen nicht fallen"),
        ({"step": 0}, "Schrittweite"),
        ({"budget": float("nan")}, "Budget: Eine Angabe fehlt"),
    ],
)
def test_wrong_tasks_are_refused_in_german(wrong, text):
    with pytest.raises(MoneyError, match=text):
        task(**TWO | wrong)


def test_entitlements_come_first_and_caps_end_it():
    found = allocate(task(**TWO | {"budget": 700_000, "entitlements": 200_000, "allocable": [True]}))
    np.testing.assert_allclose(found.amounts, [[7], [3]])
    rich = task(**TWO | {"budget": 5_000_000})
    assert allocate(rich).unmet == 0 and allocate(rich).spent == pytest.approx(1_000_000) and least_worst(rich) == 0
    assert "keinen weiteren Bedarf" in explain_next(rich)[2]
    poor = allocate(task(**TWO | {"budget": 300_000}))
    assert poor.spent == 300_000 and poor.shadow == pytest.approx(2 / 50_000)


cells = st.tuples(st.floats(0, 20), st.floats(1, 100), st.floats(0, 5), st.floats(0, 1), st.floats(0, 2))


@settings(deadline=None, max_examples=60)
@given(st.lists(cells, min_size=1, max_size=8), st.floats(0, 1), st.sampled_from([(1.0,), (1.0, 2.0, 4.0)]), st.floats(0, 500))
def test_as_good_as_the_linear_program_and_within_bounds(rows, share, slopes, more):
    need, price, weight, low, high = (np.array(column) for column in zip(*rows, strict=True))
    floor, cap = low * need, np.maximum(low, high) * need
    budget = float((price * floor).sum() + share * (price * (cap - floor)).sum())
    work = task(need, price, budget, weight, floor, cap, slopes)
    found = allocate(work)
    assert (found.amounts >= work.floor - 1e-6).all() and (found.amounts <= work.cap + 1e-6).all()
    assert found.spent <= budget * (1 + 1e-6) + 1e-5
    assert found.unmet == pytest.approx(program(work), rel=1e-6, abs=1e-5)
    richer = allocate(replace(work, budget=budget + more))
    assert richer.unmet <= found.unmet + 1e-5


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("slopes", [(1.0,), (1.0, 2.0, 3.0)])
def test_half_posts_are_as_good_as_the_integer_program(seed, slopes):
    rng = np.random.default_rng(seed)
    need, price, weight = rng.uniform(0, 4, (5, 3)), rng.uniform(40_000, 90_000, 3), rng.uniform(0.5, 2, (5, 1))
    work = task(need, price, 0.5 * float((need * price).sum()), weight, slopes=slopes, step=0.5)
    found = allocate(work)
    assert found.spent <= work.budget + 1e-5 and ((2 * found.amounts) % 1 == 0).all()
    best = program(work, whole=True)
    assert best - 1e-6 <= found.unmet <= best * 1.01 + 1e-9
    assert (found.unmet - best) / found.unmet <= found.gap + 1e-9


def test_large_cities_with_half_posts_stay_close_to_the_bound():
    rng = np.random.default_rng(0)
    need = rng.uniform(0, 6, (542, 20))
    found = allocate(task(need, rng.uniform(40_000, 90_000, 20), 1.5e9, rng.uniform(0.5, 2, (542, 1)), step=0.5))
    assert found.gap < 1e-4 and found.spent <= 1.5e9 + 1e-3
