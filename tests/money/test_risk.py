import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raumblick.money.errors import LAW, MoneyError
from raumblick.money.risk import affordable, city_moments, overspending, percentiles, reserves, year_moments
from raumblick.money.stress import STRESSES, Stress, stressed
from raumblick.money.yearcost import months_of_cases, simulate_year, year_cost

STEADY = 20 * -np.expm1(-1 / 21)


def years(stock, length, price, months, entries, kappa, draws, seed):
    """Simulated years, case by case and month by month: nothing in common with the formulas."""
    rng = np.random.default_rng(seed)
    stay = np.exp(-1 / length)
    shape = 1 / kappa**2 if kappa else 1
    factor = (lambda n: rng.gamma(shape, 1 / shape, n)) if kappa else np.ones
    owner, worth = np.repeat(np.arange(draws), stock), factor(draws * stock)
    total = np.zeros(draws)
    for _ in range(months):
        stays = rng.random(len(owner)) < stay
        owner, worth = owner[stays], worth[stays]
        new = np.repeat(np.arange(draws), rng.poisson(entries, draws))
        owner, worth = np.append(owner, new), np.append(worth, factor(len(new)))
        total += np.bincount(owner, worth, draws)
    return price * total


def test_worked_example():
    mean, sd = year_moments(20, 21, 7600, 12, 0.930061)
    assert round(float(mean)) == 1_824_000 and round(float(sd)) == 216_549
    assert round(float(year_moments(20, 21, 7600, 12, 0.930061, 0.35)[1])) == 252_805
    assert round(float(year_moments(20, 21, 7600, 12, 1.1 * 0.930061)[0])) == 1_870_740
    over, excess = overspending(mean, sd, 1_900_000)
    assert round(float(over), 4) == 0.3628 and round(float(excess)) == 53_657
    assert round(float(percentiles(mean, sd)[1])) == 2_006_252
    np.testing.assert_allclose(year_moments(20, 21, 7600), (mean, sd), rtol=1e-6)  # steady without entries given


@pytest.mark.parametrize(("stock", "length", "kappa"), [(20, 21, 0.35), (20, 21, 0.0), (4, 9, 0.35), (60, 6, 0.5)])
def test_moments_agree_with_100000_simulated_years(stock, length, kappa):
    entries = 1.3 * stock * -np.expm1(-1 / length)
    costs = years(stock, length, 7600, 12, entries, kappa, 100_000, 3)
    mean, sd = year_moments(stock, length, 7600, 12, entries, kappa)
    assert abs(costs.mean() / mean - 1) < 0.01 and abs(costs.std() / sd - 1) < 0.03
    drawn = simulate_year(stock, length, 7600, 12, entries, kappa, 100_000, 5)
    assert abs(drawn.mean() / mean - 1) < 0.01 and abs(drawn.std() / sd - 1) < 0.03


@pytest.mark.parametrize("kappa", [0.0, 0.35])
@pytest.mark.parametrize(("stock", "entries"), [(1, 0.1), (3, 0.15), (6, 0.3), (9, 0.43)])
def test_quantiles_of_few_cases(stock, entries, kappa):
    costs = years(stock, 21, 7600, 12, entries, kappa, 100_000, 4)
    found = year_cost(stock, 21, 7600, 12, entries, kappa)
    np.testing.assert_allclose(found.quantile([0.5, 0.8, 0.95]), np.quantile(costs, [0.5, 0.8, 0.95]), rtol=0.05)
    mean, sd = year_moments(stock, 21, 7600, 12, entries, kappa)
    np.testing.assert_allclose((found.mean, found.sd), (mean, sd), rtol=2e-3)
    budget = 1.1 * mean
    over, excess = found.over(budget)
    assert abs(over - (costs > budget).mean()) < 0.006 and abs(excess / np.maximum(costs - budget, 0).mean() - 1) < 0.02


def test_a_city_of_different_prices_has_the_exact_moments():
    stock = np.array([[3, 40], [0, 25]])
    length, price = np.array([21.0, 12.0]), np.array([7600.0, 900.0])
    found = year_cost(stock, length, price, case_mix_cv=0.2)
    mean, sd = city_moments(stock, length, price, case_mix_cv=0.2)
    np.testing.assert_allclose((found.mean, found.sd), (mean, sd), rtol=1e-3)
    half = year_cost(2.5, 21, 100)
    assert half.mean == pytest.approx(float(year_moments(2.5, 21, 100)[0]))
    assert year_cost(0, 21, 100).quantile([0.99]).tolist() == [0]


def test_months_of_cases_by_hand():
    running, coming = months_of_cases(0.5, 2)
    assert running.tolist() == [0.5, 0.25, 0.25] and coming.tolist() == [0, 1.5, 0.5]
    np.testing.assert_allclose(coming @ np.arange(3), 2.5)  # one month and 1.5 months of cases


cells = st.tuples(st.integers(0, 80), st.floats(0.5, 200), st.floats(10, 9000), st.floats(0, 8), st.floats(0, 1))


@settings(deadline=None, max_examples=60)
@given(st.lists(cells, min_size=1, max_size=6), st.integers(0, 15))
def test_vectorised_is_one_by_one_and_monotone(rows, months):
    stock, length, price, entries, kappa = map(np.array, zip(*rows, strict=True))
    mean, sd = year_moments(stock, length, price, months, entries, kappa)
    for i, row in enumerate(rows):
        one = year_moments(row[0], row[1], row[2], months, row[3], row[4])
        np.testing.assert_allclose((mean[i], sd[i]), one, atol=1e-9)
    more = year_moments(stock + 1, length, price, months, entries + 1, kappa)
    assert (more[0] >= mean - 1e-9).all() and (more[1] >= sd - 1e-6).all()
    np.testing.assert_allclose(year_moments(stock, length, 3 * price, months, entries, kappa), (3 * mean, 3 * sd), atol=1e-9)
    q = np.exp(-1 / length)[:, None]
    t = np.arange(1, months + 1)
    m = stock[:, None] * q**t + entries[:, None] * (1 - q**t) / (1 - q)
    v = m - stock[:, None] * q ** (2 * t)
    gap, least = np.abs(t[:, None] - t), np.minimum(t[:, None], t) - 1
    double = np.array([(q[i] ** gap * (v[i] + kappa[i] ** 2 * m[i])[least]).sum() for i in range(len(rows))])
    np.testing.assert_allclose(mean, price * m.sum(axis=1), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(sd**2, price**2 * double, rtol=1e-6, atol=1e-6)


@settings(deadline=None, max_examples=60)
@given(st.floats(1, 1e7), st.floats(0, 1e6), st.floats(0, 2e7), st.floats(0, 1e6))
def test_more_budget_is_never_riskier(mean, sd, budget, more):
    one, two = overspending(mean, sd, budget), overspending(mean, sd, budget + more)
    assert two[0] <= one[0] + 1e-12 and two[1] <= one[1] + 1e-6 and 0 <= one[0] <= 1 and one[1] >= 0
    assert (np.diff(percentiles(mean, sd)) >= 0).all()


def test_common_shocks_against_simulation():
    given_ = ([[20, 5], [30, 8]], [21, 10], [4000, 900])
    drawn = simulate_year(*given_, draws=60_000, demand_cv=0.2, price_cv=0.05)
    mean, sd = city_moments(*given_, demand_cv=0.2, price_cv=0.05)
    assert abs(drawn.mean() / mean - 1) < 0.01 and abs(drawn.std() / sd - 1) < 0.03
    assert sd > city_moments(*given_)[1]
    plain_mean, plain_sd = year_moments(*given_)
    np.testing.assert_allclose(city_moments(*given_), (plain_mean.sum(), np.sqrt((plain_sd**2).sum())))
    assert (simulate_year(*given_, draws=50, seed=8) == simulate_year(*given_, draws=50, seed=8)).all()
    assert (simulate_year(*given_, draws=50, seed=8) != simulate_year(*given_, draws=50, seed=9)).any()


def test_a_rise_of_prices_within_the_year():
    path = [1.0] * 6 + [1.06] * 6
    mean, sd = year_moments(20, 21, 7600, price_path=path)
    assert float(mean) == pytest.approx(20 * 7600 * (6 + 6 * 1.06))
    drawn = simulate_year(20, 21, 7600, draws=60_000, price_path=path)
    assert abs(drawn.std() / sd - 1) < 0.03
    assert float(year_moments(20, np.inf, 100)[0]) == 24_000 and float(year_moments(20, np.inf, 100)[1]) == 0
    assert [float(v) for v in year_moments(20, 21, 100, months=0)] == [0, 0]


def test_reserve_of_areas_and_of_one_pool():
    alone, pool, times = reserves(np.full(16, 1e6), np.full(16, 1e5), 0.8)
    assert alone.tolist() == pytest.approx([84_162.12] * 16, abs=0.01) and times == pytest.approx(4)
    assert pool == pytest.approx(4 * 84_162.12, abs=0.1)
    assert reserves(1e6, np.full(4, 1e5), 0.8, pooled_sd=4e5)[2] == pytest.approx(1)
    assert np.isnan(reserves(1.0, [0.0], 0.8)[2])


def test_is_everything_affordable():
    found = affordable(1_824_000, 216_549, 1_900_000)
    assert found.answer == "unsicher" and round(found.probability, 2) == 0.64 and round(found.size, -3) == 148_000
    assert found.sentence == (
        "Das ist unsicher: Mit 64 % Wahrscheinlichkeit reicht das Budget von 1.900.000 € für alle nötigen Hilfen. "
        f"Reicht es nicht, fehlen im Mittel 148.000 €. {LAW}"
    )
    assert affordable(1_824_000, 216_549, 2_100_000).answer == "ja" and affordable(1e6, 1e5, 9e5).answer == "nein"
    assert "über 99 %" in affordable(1e6, 0, 2e6).sentence and affordable(1e6, 0, 2e6).size == 0
    assert "unter 1 %" in affordable(2e6, 0, 1e6).sentence


def test_stress():
    numbers = {"stock": [[20, 6]], "duration_months": [21, 3], "price": [7600, 9000]}
    names = ["heim", "inobhutnahme"]
    plain, _ = year_moments(**numbers)
    rise = stressed(Stress("p", "Preise", 7, price=1.06), names, 2e6, **numbers)
    np.testing.assert_allclose(rise.extra, plain / 2 * 0.06)
    some = stressed(Stress("p", "Preise", 7, price=1.06, services=("heim",)), names, 2e6, **numbers)
    np.testing.assert_allclose(some.extra, [[plain[0, 0] * 0.03, 0]])
    more = stressed(Stress("z", "Zugänge", 1, 1.1), names, 2e6, **numbers)
    leaving = np.array([20, 6]) * -np.expm1(-1 / np.array([21, 3]))
    np.testing.assert_allclose((more.mean, more.sd), year_moments(**numbers, entries=[1.1 * leaving]))
    fewer = stressed(Stress("z", "Zugänge", 1, 0.5), names, 2e6, **numbers)
    np.testing.assert_allclose((fewer.mean, fewer.sd), year_moments(**numbers, entries=[0.5 * leaving]))
    wave = stressed(Stress("w", "Welle", 10, extra_entries=2), names, 2e6, **numbers)
    q = np.exp(-1 / np.array([21, 3]))
    np.testing.assert_allclose(wave.extra, [2 * (3 + 2 * q + q**2) * [7600, 9000]])
    assert all(stressed(s, names, 2e6, **numbers).extra.sum() > 0 for s in STRESSES)
    with pytest.raises(MoneyError, match="Monat von 1 bis 12"):
        stressed(Stress("x", "x", 13), names, 1, **numbers)
    with pytest.raises(MoneyError, match="ebenso viele Spalten"):
        stressed(STRESSES[0], ["heim"], 1, **numbers)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"stock": -1}, "Bestand: Eine Angabe ist negativ"),
        ({"stock": [1, np.nan]}, "Bestand: Eine Angabe fehlt"),
        ({"stock": "zwei"}, "nicht alle|Nicht alle"),
        ({"duration_months": 0}, "größer als 0"),
        ({"price": -5}, "Preis: Eine Angabe ist negativ"),
        ({"entries": [np.inf]}, "Zugänge: Eine Angabe fehlt"),
        ({"case_mix_cv": -0.1}, "Streuung"),
        ({"months": -1}, "Zahl der Monate"),
        ({"price_path": [1.0]}, "Für 12 Monate sind 1 Preise"),
    ],
)
def test_wrong_numbers_are_refused_in_german(wrong, text):
    with pytest.raises(MoneyError, match=text):
        year_moments(**({"stock": 1, "duration_months": 2, "price": 3} | wrong))


def test_wrong_levels():
    for call in (lambda: percentiles(1, 1, [1.0]), lambda: reserves(1, 1, 0.4), lambda: city_moments(1, 1, 1, demand_cv=-1)):
        with pytest.raises(MoneyError):
            call()
    with pytest.raises(MoneyError, match="nicht zusammen simulieren"):
        simulate_year(1, 2, 3, case_mix_cv=0.1, price_path=[1.0] * 12)
