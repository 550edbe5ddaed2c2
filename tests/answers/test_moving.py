"""Money moved in the fixed pot of the demo city, saved, loaded, compared; exact to the cent."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from raumblick.answers.moving import MoneyError, compare, current, move, moved, scenarios
from raumblick.snapshot.store import open_store

PLANS = "sqlite:///{}"


@pytest.fixture(scope="module")
def now(city):
    return current(city)


def test_what_may_be_moved_and_what_the_law_locks(now):
    assert now.level == "planungsraum" and now.year == 2025 and len(now.areas) == 7
    free, locked = set(now.services["key"]), set(now.locked["key"])
    assert "okja" in free and {"heim", "spfh", "kita_36"} <= locked and not free & locked
    assert sum(now.services["total"], Decimal(0)) == now.pot and now.children.notna().all()


def test_two_hundred_thousand_from_one_area_to_another(now):
    then = moved(now, [move("P1", "okja", "-200000"), move("P2", "okja", "200000")])
    assert then.remaining == 0 and then.moved == 200_000
    areas = then.areas.set_index("area_id")
    assert areas.loc["P1", "change"] == -200_000 and areas.loc["P2", "change"] == 200_000
    assert (areas["change"] != 0).sum() == 2 and then.services["change"].map(bool).sum() == 0
    assert sum(areas["after"], Decimal(0)) == now.pot == sum(then.services["after"], Decimal(0))
    cell = then.cells.set_index(["area_id", "service"]).loc[("P2", "okja")]
    assert cell["posts"] == pytest.approx(200_000 / 78_000)
    usual = float(now.services.set_index("key").loc["okja", "total"]) / now.children.sum()
    assert cell["reached"] == pytest.approx(200_000 / usual)
    assert areas.loc["P1", "per_child_after"] < areas.loc["P1", "per_child_before"]
    assert then.sentence.startswith("1 Gebiet bekommt mehr, 1 weniger; 200.000 € werden dazugegeben. Planungsgröße")


def test_the_pot_is_fixed(now):
    assert "Es fehlen 0,10 €" in moved(now, [move("P1", "okja", "0.10")]).sentence
    assert moved(now, [move("P1", "okja", "-10")]).remaining == 10
    assert moved(now, []).sentence.startswith("Es ist noch nichts verschoben.")


def test_what_cannot_be_is_refused(now):
    with pytest.raises(MoneyError, match="gesetzlich gesperrt .§ 34 SGB VIII"):
        moved(now, [move("P1", "heim", "-1")])
    with pytest.raises(MoneyError, match="im Gebiet „X“ keinen Ansatz"):
        moved(now, [move("X", "okja", 1)])
    before = now.amounts.set_index(["area_id", "service"]).loc[("P1", "okja"), "amount"]
    with pytest.raises(MoneyError, match="höchstens .* wegnehmen, 5 € weniger als gewünscht") as much:
        moved(now, [move("P1", "okja", -before - 5)])
    assert much.value.change == 5
    for wrong in ("1.234,50", "0.001", "NaN", "viel"):
        with pytest.raises(MoneyError, match="kein Betrag"):
            move("P1", "okja", wrong)
    with pytest.raises(MoneyError, match="nicht bekannt"):
        moved(now, [replace(move("P1", "okja", 1), kind="posts")])


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(1, 7), st.sampled_from(["okja", "schulsozialarbeit"]), st.integers(-10_000, 10_000)), max_size=5
    )
)
def test_sums_agree_to_the_cent(now, shifts):
    changes = [move(f"P{area}", service, Decimal(cents).scaleb(-2)) for area, service, cents in shifts]
    then = moved(now, changes)
    assert then.remaining == -sum((c.amount for c in changes), Decimal(0))
    for table in (then.cells, then.areas, then.services):
        assert sum(table["after"], Decimal(0)) + then.remaining == now.pot


def test_saved_loaded_and_compared(now, city, tmp_path):
    store = scenarios(PLANS.format(tmp_path / "plaene.sqlite"))
    assert scenarios(PLANS.format(tmp_path / "plaene.sqlite")) is store
    changes = (move("P1", "okja", "-200000"), move("P2", "okja", "200000"))
    one = store.create("musterstadt", "Nach Westen", "ak", city.snapshot_id, changes)
    again = store.load(one.scenario_id)
    assert moved(now, again.changes).areas.equals(moved(now, changes).areas)
    two = store.save(replace(store.copy(one.scenario_id, "bm"), changes=(move("P1", "okja", "-100000"),)))
    gaps = compare(again, two)
    assert [(g.area_id, g.difference) for g in gaps] == [("P1", Decimal("100000.00")), ("P2", None)]
    store.close()


def test_without_a_plan_there_is_nothing_to_move(mini_home):
    store = open_store(mini_home, "mini", "planung")
    assert current(store) is None
    store.close()
