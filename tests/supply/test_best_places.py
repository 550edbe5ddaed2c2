from itertools import combinations

import numpy as np
import pandas as pd
import pulp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spopt.locate import LSCP, MCLP, PMedian
from town import offers, people

from raumblick.supply.errors import SupplyError
from raumblick.supply.exact import best, cover_all
from raumblick.supply.reach import reach
from raumblick.supply.siting import greedy, most_helpful, question
from raumblick.supply.whatif import with_site

NONE = pd.DataFrame({"x": [], "y": []})
DEMAND = people(("a", 0.0, 0.0, 40.0), ("b", 1000.0, 0.0, 30.0), ("c", 2000.0, 0.0, 20.0), ("d", 9000.0, 0.0, 10.0))
SITES = pd.DataFrame(
    [("p", 500.0, 0.0), ("q", 1500.0, 0.0), ("r", 9000.0, 100.0), ("far", 50_000.0, 0.0)], columns=["candidate_id", "x", "y"]
)


def random_question(seed, points=40, candidates=9, existing=0, radius=1500.0):
    rng = np.random.default_rng(seed)
    demand = pd.DataFrame({"demand_id": range(points), "children": rng.integers(0, 30, points)})
    demand[["x", "y"]] = rng.uniform(0, 6000, (points, 2))
    sites = pd.DataFrame({"candidate_id": [f"s{i}" for i in range(candidates)]})
    sites[["x", "y"]] = rng.uniform(0, 6000, (candidates, 2))
    there = pd.DataFrame(rng.uniform(0, 6000, (existing, 2)), columns=["x", "y"])
    return question(demand, sites, there, radius)


def brute(put, k, goal):
    """The best value of all choices of at most k candidates."""
    n = len(put.candidates)
    values = [put.value(np.array(c, dtype=int), goal) for size in range(k + 1) for c in combinations(range(n), size)]
    return max(values) if goal == "covered" else min(values)


def test_by_hand():
    put = question(DEMAND, SITES, NONE, 500.0)
    one = greedy(put, 1)
    assert (one.chosen, one.before, one.after) == (("p",), 0.0, 70.0)  # a and b
    two = greedy(put, 2)
    assert two.chosen == ("p", "q") and two.steps == (70.0, 90.0)
    assert np.isnan(two.gap)
    notes = {n.code: n for n in put.notes}
    assert notes["reaches_nobody"].ids == ("far",) and "niemand erreicht" in notes["reaches_nobody"].message
    every = cover_all(put)
    assert set(every.chosen) == {"p", "q", "r"} and every.proven and every.left == 0.0
    near = question(DEMAND, SITES, offers(("k", 0.0, 0.0, 5.0), ("lost", np.nan, 0.0, 5.0)), 500.0)
    assert greedy(near, 1).chosen == ("q",) and greedy(near, 1).before == 40.0  # a has an offer already


def test_the_sum_of_ways_by_hand():
    put = question(DEMAND.iloc[:3], SITES.iloc[:2], offers(("k", 0.0, 0.0, 5.0)), 500.0, detour=1.1)
    found = greedy(put, 1, "distance")
    assert found.before == pytest.approx(1.1 * (30 * 1000 + 20 * 2000))
    assert found.chosen == ("q",) and found.after == pytest.approx(1.1 * (30 * 500 + 20 * 500))


@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(0, 3), st.sampled_from(["covered", "distance"]))
@settings(max_examples=20, deadline=None)
def test_the_exact_answer_is_the_best_of_all(seed, k, existing, goal):
    put = random_question(seed, 25, 7, existing)
    found, quick, most = best(put, k, goal), greedy(put, k, goal), brute(put, k, goal)
    assert found.after == pytest.approx(most, rel=1e-12)
    assert found.gap == 0.0 and found.bound == found.after
    assert len(found.chosen) <= k and len(set(found.chosen)) == len(found.chosen)
    assert quick.after <= most + 1e-9 if goal == "covered" else quick.after >= most - 1e-9
    if goal == "covered":
        assert quick.after - quick.before >= 0.63 * (most - quick.before) - 1e-9


@given(st.integers(0, 10_000), st.integers(0, 2))
@settings(max_examples=20, deadline=None)
def test_the_fewest_places_of_all(seed, existing):
    put = random_question(seed, 25, 7, existing)
    found = cover_all(put)
    reachable = put.reach.any(axis=1) | (put.now <= put.radius_m)
    whole = put.children[reachable].sum()
    places = [
        size for size in range(8) for c in combinations(range(7), size) if put.value(np.array(c, dtype=int), "covered") >= whole
    ]
    assert found.proven and len(found.chosen) == min(places)
    assert put.value(put.candidates.get_indexer(list(found.chosen)), "covered") == whole
    assert found.left == put.children[~reachable].sum()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_spopt(seed):
    put = random_question(seed, 60, 15)
    solver = pulp.PULP_CBC_CMD(msg=False)
    for k in (1, 3, 5):
        theirs = MCLP.from_cost_matrix(put.distance, put.children, 1500.0, p_facilities=k).solve(solver)
        assert best(put, k).after == pytest.approx(theirs.problem.objective.value(), abs=1e-9)
        median = PMedian.from_cost_matrix(put.distance, put.children, p_facilities=k).solve(solver)
        assert best(put, k, "distance").after == pytest.approx(median.problem.objective.value(), rel=1e-9)
    wide = random_question(seed, 60, 15, radius=4000.0)
    fewest = LSCP.from_cost_matrix(wide.distance, 4000.0).solve(solver)
    assert len(cover_all(wide).chosen) == fewest.problem.objective.value()


def test_progress_and_a_stop():
    put = random_question(5, 120, 40, radius=900.0)
    seen = []
    found = best(put, 6, "distance", 20.0, seen.append)
    assert seen and seen[-1].proven == (found.gap == 0.0) and seen[-1].value == found.after
    assert all(one.seconds < two.seconds for one, two in zip(seen, seen[1:], strict=False))
    stopped = best(put, 6, "distance", 20.0, lambda report: False)
    assert stopped.after <= greedy(put, 6, "distance").after and stopped.bound <= stopped.after


def test_a_search_without_time_gives_the_quick_answer_and_an_honest_bound():
    put = random_question(7, 400, 60, radius=800.0)
    found = best(put, 8, "distance", 1e-3)
    quick = greedy(put, 8, "distance")
    assert found.after <= quick.after and found.bound <= found.after
    if found.gap > 0:
        note = found.notes[-1]
        assert note.code == "not_proven" and "höchstens" in note.message and note.amount == found.gap
    few = cover_all(put, 1e-3)
    assert 1 <= few.least <= len(few.chosen)


def test_nothing_to_gain():
    put = question(DEMAND, SITES.iloc[3:], NONE, 500.0)
    found = greedy(put, 2)
    assert found.chosen == () and found.notes[-1].code == "enough"
    assert best(put, 2).chosen == () and best(put, 2).gap == 0.0
    assert cover_all(put).chosen == () and cover_all(put).left == 100.0
    assert {n.code: n.amount for n in put.notes}["reaches_nobody"] == 0.0
    full = question(DEMAND, SITES, DEMAND[["x", "y"]], 500.0)
    assert best(full, 1).after == 100.0 and cover_all(full).proven
    nobody = question(DEMAND.assign(children=0), SITES, NONE, 500.0)
    assert greedy(nobody, 1).chosen == () and best(nobody, 1, "distance").after == 0.0


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        (lambda: question(DEMAND, SITES, NONE, 0.0), "Radius muss größer"),
        (lambda: question(DEMAND, SITES, NONE, 500.0, 0.0), "Umwegfaktor"),
        (lambda: question(DEMAND, SITES.assign(x=np.nan), NONE, 500.0), "keinen möglichen Ort"),
        (lambda: question(DEMAND, pd.concat([SITES, SITES]), NONE, 500.0), "mehrfach"),
        (lambda: greedy(question(DEMAND, SITES, NONE, 500.0), 0), "mindestens ein"),
        (lambda: best(question(DEMAND, SITES, NONE, 500.0), 1, "schön"), "gibt es nicht"),
        (lambda: best(question(DEMAND, SITES, NONE, 500.0), 1, "covered", 0.0), "Zeit für die Suche"),
        (lambda: most_helpful(pd.Series(dtype=float), DEMAND, SITES, 0, 500.0, 1.0), "größer als 0"),
    ],
)
def test_impossible_questions(ask, text):
    with pytest.raises(SupplyError, match=text):
        ask()


def test_too_large_is_said(monkeypatch):
    put = random_question(1)
    monkeypatch.setattr("raumblick.supply.exact.MOST_VARIABLES", 10)
    with pytest.raises(SupplyError, match="zu groß"):
        best(put, 2, "distance")
    monkeypatch.setattr("raumblick.supply.siting.MOST_PAIRS", 10)
    with pytest.raises(SupplyError, match="zu viele mögliche Orte"):
        random_question(1)


def test_candidates_without_coordinates_are_left_out():
    put = question(DEMAND, SITES.assign(x=[500.0, np.nan, 9000.0, 50_000.0]), NONE, 500.0)
    assert list(put.candidates) == ["p", "r", "far"]
    assert {n.code: n.ids for n in put.notes}["unplaced"] == ("q",)


def test_where_new_places_fill_most():
    """Access is 0.5 in a and 0 in b, c, d; target 1. p shares 35 places among 70 children: 20 + 15 filled."""
    access = pd.Series([0.5, 0.0, 0.0, 0.0], list("abcd"))
    found = most_helpful(access, DEMAND, SITES, 35, 500.0, 1.0)
    table = found.table
    assert table.loc["p"].tolist() == [70.0, 70.0, 35.0]
    assert table.loc["q"].tolist() == [50.0, 50.0, 35.0]
    assert table.loc["r", "filled"] == 10.0 and table.loc["far"].tolist() == [0.0, 0.0, 0.0]  # more than d needs
    assert found.notes[0].ids == ("far",) and list(table.index)[-1] == "far"
    assert most_helpful(access + 1, DEMAND, SITES, 35, 500.0, 1.0).table["filled"].sum() == 0.0


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_what_is_filled_is_what_a_new_site_would_do(seed):
    rng = np.random.default_rng(seed)
    demand = pd.DataFrame({"demand_id": range(30), "children": rng.integers(0, 20, 30)})
    demand[["x", "y"]] = rng.uniform(0, 4000, (30, 2))
    supply = offers(("k1", 1000.0, 1000.0, 60.0), ("k2", 3000.0, 2500.0, 40.0))
    now = reach(demand, supply, 1200.0, "binary")
    children = demand["children"].to_numpy()
    found = most_helpful(now.access, demand, SITES.assign(y=2000.0), 50, 1200.0, 0.4).table
    for key, x in zip(SITES["candidate_id"], SITES["x"], strict=True):
        after = with_site(now, key, x, 2000.0, 50).result.access.to_numpy()
        lacking = [(np.maximum(0.4 - a, 0) * children).sum() for a in (now.access.to_numpy(), after)]
        assert found.loc[key, "filled"] == pytest.approx(lacking[0] - lacking[1], abs=1e-9)
