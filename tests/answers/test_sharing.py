"""The formula on the demo city: pots, ground, and a distribution that adds up."""

import pytest

from raumblick.answers.sharing import ALL, MoneyError, Wish, ground, pots, share, way


def wish(of, base, **changed):
    settings = {"pot": of.total, "base_share": 0.4, "weights": tuple(base.start.items()), "floor": 0.05, "cap": 0.15} | changed
    return Wish(**settings)


def test_pots_are_services_that_may_be_divided(city):
    found = pots(city)
    assert found[0].service == ALL and found[0].total == pytest.approx(sum(pot.total for pot in found[1:]))
    assert "okja" in {pot.service for pot in found}
    assert not {"heim", "spfh", "vollzeitpflege", "kita_36"} & {pot.service for pot in found}  # entitlements
    assert len(found[1].amounts) == 7


def test_a_distribution_adds_up_and_keeps_its_bounds(city):
    pot = next(pot for pot in pots(city) if pot.service == "okja")
    base = ground(city, pot.level)
    result = share(base, pot, wish(pot, base))
    assert result.found.amounts.sum() == pytest.approx(pot.total)
    assert result.rows["change"].sum() == pytest.approx(0, abs=0.01)
    assert result.rows["share"].between(-5.01, 15.01).all()
    assert result.moved == pytest.approx(result.rows["change"].clip(lower=0).sum())
    assert result.parts.sum(axis=1).to_numpy() == pytest.approx(result.rows["amount"].to_numpy())
    assert all(name in result.sentences[key] for key, name in zip(result.rows["area_id"], result.rows["name"], strict=True))


def test_all_by_residents_gives_the_same_for_every_child(city):
    pot = pots(city)[0]
    base = ground(city, pot.level)
    rows = share(base, pot, wish(pot, base, base_share=1.0, floor=None, cap=None)).rows
    assert rows["per_child"].max() - rows["per_child"].min() < 0.1


def test_a_larger_pot_compares_with_the_share_before(city):
    pot = pots(city)[1]
    base = ground(city, pot.level)
    rows = share(base, pot, wish(pot, base, pot=2 * pot.total)).rows
    assert rows["previous"].sum() == pytest.approx(2 * pot.total)


def test_an_empty_formula_says_what_is_wrong(city):
    pot = pots(city)[1]
    base = ground(city, pot.level)
    with pytest.raises(MoneyError, match="Kein Gewicht"):
        share(base, pot, wish(pot, base, weights=tuple((key, 0) for key in base.start)))


def test_the_way_ends_where_the_formula_is_and_each_year_sums_to_the_pot(city):
    pot = next(pot for pot in pots(city) if pot.service == "okja")
    base = ground(city, pot.level)
    given = wish(pot, base, floor=None, cap=None)
    rows, end = way(base, pot, given, 3), share(base, pot, given).rows
    assert rows["3"].to_numpy() == pytest.approx(end["amount"].to_numpy(), abs=100)
    for year in ("1", "2", "3"):
        assert rows[year].sum() == pytest.approx(pot.total)
    third = rows["previous"] + (end["formula"] - rows["previous"]) / 3
    assert rows["1"].to_numpy() == pytest.approx(third.to_numpy(), abs=100)
    bound = way(base, pot, wish(pot, base, floor=0.02, cap=0.02), 2)
    assert (bound["2"] / bound["1"]).between(0.979, 1.021).all()
