"""Where additional money helps most in the demo city, what equality costs, and what prevention would have to do."""

from dataclasses import replace

import numpy as np
import pytest

from raumblick.answers.moving import current, move, moved
from raumblick.answers.preventing import MoneyError, Prevention, ahead, prevention_now
from raumblick.answers.sharing import ground
from raumblick.answers.worth import SLOPES, Setting, burdens, claims, need_of, next_money, trade


@pytest.fixture(scope="module")
def now(city):
    return current(city)


@pytest.fixture(scope="module")
def base(city, now):
    return ground(city, now.level)


@pytest.fixture(scope="module")
def need(now, base):
    return need_of(now, base, Setting("sgb2_u15"))


def test_need_is_what_the_better_equipped_quarter_has(now, base, need):
    assert "sgb2_u15" in burdens(base) and need.unmet > 0
    plan = now.amounts.astype({"amount": float}).pivot(index="area_id", columns="service", values="amount")
    each = plan["okja"] / base.burden["sgb2_u15"]
    enough = np.quantile(each, 0.75)
    assert need.posts["okja"].to_numpy() == pytest.approx((base.burden["sgb2_u15"] * enough / 78_000).to_numpy())
    assert need_of(now, base, Setting("sgb2_u15", mark=1.0)).unmet > need.unmet
    assert need.weight.mul(base.burden["sgb2_u15"]).sum() > need.weight.mean() * base.burden["sgb2_u15"].sum()
    with pytest.raises(MoneyError, match="nicht für alle Gebiete"):
        need_of(now, base, Setting("gibtsnicht"))


def test_additional_money_goes_where_an_unmet_post_weighs_most(need):
    found = next_money(need, 100_000)
    assert found.rows["euro"].sum() + found.left == pytest.approx(100_000)
    assert found.after < found.before == pytest.approx(need.unmet)
    share = 1 - need.now / need.posts.where(need.posts > 0)
    first = found.rows.iloc[0]
    slope = SLOPES[int(np.ceil(share.loc[first["area_id"], first["service"]] * 3)) - 1]
    gains = share.map(lambda s: SLOPES[max(int(np.ceil(s * 3 - 1e-9)), 1) - 1] if s > 0 else 0).mul(need.weight, axis=0)
    assert slope * need.weight[first["area_id"]] == pytest.approx(gains.to_numpy().max())


def test_more_money_leaves_less_unmet_until_nothing_is(need):
    unmet = [next_money(need, more).after for more in (0, 1e5, 1e6, 1e7)]
    assert unmet == sorted(unmet, reverse=True) and unmet[0] == pytest.approx(need.unmet)
    all_of_it = next_money(need, 1e9)
    assert all_of_it.after == pytest.approx(0, abs=1e-9) and all_of_it.left > 0 and all_of_it.each == 0


def test_half_posts_are_halves_and_never_dearer(now, base):
    found = next_money(need_of(now, base, Setting("sgb2_u15", half=True)), 250_000)
    halves = found.rows["posts"].to_numpy() * 2
    assert halves == pytest.approx(halves.round()) and found.posts * 78_000 + found.left == pytest.approx(250_000)
    assert found.left < 39_000 and np.isnan(found.each)


def test_the_own_plan_lies_on_or_above_the_line(now, need):
    line = trade(need, need.now)
    assert line.line["unmet"].is_monotonic_decreasing and line.line["worst"].is_monotonic_increasing
    assert line.own.best.unmet < line.own.unmet and line.own.saving > 0
    then = moved(now, [move("P2", "okja", "-1000000")])
    own = then.cells.assign(posts=then.cells["after"].astype(float) / 78_000).pivot(
        index="area_id", columns="service", values="posts"
    )
    assert trade(need, own).own.unmet >= line.own.unmet
    tight = replace(need, setting=replace(need.setting, loss=0.0))
    assert "auf der Linie" in trade(tight, need.now).own.sentence  # nobody may lose: nothing can be better


def test_claims_are_forecast(city):
    planned, expected = claims(city)
    assert 0.8 * planned < expected < 1.3 * planned


def test_prevention_pays_for_itself_only_from_some_effect_on(city):
    now = prevention_now(city)
    assert {"fallunspezifisch", "okja"} <= set(now.services["service"])
    assert len(now.share) and now.share["share"].between(0.01, 0.2).all()
    money = float(now.services.set_index("service").loc["fallunspezifisch", "amount"])
    none = ahead(city, Prevention(money, 1.1 * money))
    assert (none.years["fewer"] == 0).all() and none.sentence.startswith("Ohne angenommene Wirkung kostet der Plan in 5 Jahren")
    assert -1 < none.needed < 0
    even = ahead(city, Prevention(money, 1.1 * money, none.needed))
    assert even.years["net"].sum() == pytest.approx(0, abs=1000) and even.years["fewer"].iloc[0] == 0  # lag of a year
    late = ahead(city, Prevention(money, 1.1 * money, none.needed, lag=24))
    assert late.years["net"].sum() < 0
