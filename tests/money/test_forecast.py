import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.payments import yearly_lines
from raumblick.money.errors import MoneyError
from raumblick.money.forecast import WIDTHS, backtest, by_year, coverage, forecast_year, widths_of
from raumblick.money.outlook import difference, from_cases, warn
from raumblick.money.risk import year_moments


def test_methods_by_hand():
    """Two years before with a heavy December: 11 x 10 + 90 and twice that; now three months of 30."""
    past = [[10.0] * 11 + [90.0], [20.0] * 11 + [180.0]]
    found = forecast_year([30.0, 30.0, 30.0], past)
    assert found.methods["linear"] == 360 and found.methods["share"] == pytest.approx(90 / 0.15)
    assert found.methods["expectation"] == pytest.approx(90 + 0.85 * 400)
    level = 10.0
    for amount in [*past[0][1:], *past[1], 30, 30, 30]:
        level += 0.2 * (amount - level)
    assert found.methods["level"] == pytest.approx(90 + 9 * level)
    assert found.chosen == "median" and found.value == pytest.approx(np.median(list(found.methods.values())))
    later = forecast_year([30.0] * 6, past)
    assert later.chosen == "linear/level" and later.value == (later.methods["linear"] + later.methods["level"]) / 2
    assert forecast_year([30.0] * 3, past, expected=1000).methods["expectation"] == pytest.approx(90 + 850)


def test_without_history_and_at_the_end():
    found = forecast_year([10.0, 10.0])
    assert found.value == 120 and np.isnan(found.methods["share"]) and np.isnan(found.methods["expectation"])
    assert forecast_year([10.0, 10.0], expected=240).methods["expectation"] == pytest.approx(20 + 200)
    done = forecast_year([10.0] * 12)
    assert (done.value, done.low, done.high, done.sd, done.chosen) == (120, 120, 120, 0, "final")
    assert forecast_year([0.0, 0.0, 0.0]).value == 0
    for wrong in ([], [1.0] * 13, [1.0, np.nan]):
        with pytest.raises(MoneyError, match="1 bis 12 Monate"):
            forecast_year(wrong)


def test_interval_follows_the_misses_of_the_line():
    usual = forecast_year([10.0] * 6)
    assert usual.high == pytest.approx(120 * np.exp(WIDTHS[5])) and usual.low == pytest.approx(120 * np.exp(-WIDTHS[5]))
    calm, wild = (forecast_year([10.0] * 6, misses=[m, -m] * 4) for m in (0.01, 0.4))
    assert calm.high - calm.low < usual.high - usual.low < wild.high - wild.low
    assert calm.high == pytest.approx(120 * np.exp(0.01)) and wild.low >= 60
    few = forecast_year([10.0] * 6, misses=[0.4, np.nan])
    assert few.high == pytest.approx(120 * np.exp(7 / 8 * WIDTHS[5] + 1 / 8 * 0.4))


years = st.lists(st.lists(st.floats(1, 1e6), min_size=12, max_size=12), max_size=3)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=12), years, st.floats(0.01, 1000))
def test_scale_and_bounds(own, past, factor):
    one, two = forecast_year(own, past), forecast_year(np.array(own) * factor, np.array(past) * factor)
    assert two.value == pytest.approx(one.value * factor) and two.high == pytest.approx(one.high * factor)
    assert one.booked <= one.low + 1e-6 and one.low <= one.value * (1 + 1e-12) and one.value <= one.high * (1 + 1e-12)


def test_backtest_looks_only_back():
    history = np.arange(36.0).reshape(3, 12) + 1
    found = backtest(history, (3,))
    assert sorted(found["year"].unique()) == [1, 2] and len(found) == 10
    changed = history.copy()
    changed[2, 3:] = 999
    pd.testing.assert_series_equal(backtest(changed, (3,))["forecast"], found["forecast"])
    assert widths_of([0.1] * 10) == pytest.approx(0.1) and widths_of([0.1, 0.2, 0.3, 0.4]) == pytest.approx(0.4)


def test_real_payments(shared_data):
    """Lines of two million a year or more: 27 years of seven lines."""
    tests = {name: backtest(history) for name, history in yearly_lines(shared_data, 2e6).items()}
    rows = pd.concat(tests.values())
    error = rows[rows["method"] == "default"].set_index("month")["error"].abs().groupby("month").agg(["mean", "size"])
    assert error["size"].tolist() == [27, 27, 27]
    assert error.loc[3, "mean"] <= 0.107 and error.loc[6, "mean"] <= 0.058 and error.loc[9, "mean"] <= 0.028
    assert coverage(tests)["covered"].between(0.75, 0.85).all()


def test_by_year():
    rows = (
        [(2022, m, 1.0) for m in range(1, 13)]
        + [(2023, m, 2.0) for m in range(1, 13) if m != 4]
        + [(2024, 1, 5.0), (2024, 3, 7.0)]
    )
    history, own = by_year(pd.DataFrame(rows, columns=["year", "month", "amount"]), 2024)
    assert history.shape == (2, 12) and history[1, 3] == 0 and own.tolist() == [5, 0, 7]
    assert by_year(pd.DataFrame(rows, columns=["year", "month", "amount"]), 2030)[1].size == 0


def test_from_cases_and_the_difference():
    found = from_cases(500_000, 9, [20, 10], 21, [1000, 500], [1.0, 0.2])
    mean, sd = year_moments([20, 10], 21, [1000, 500], 3, [1.0, 0.2])
    assert found.value == pytest.approx(500_000 + mean.sum()) and found.sd == pytest.approx(np.sqrt((sd**2).sum()))
    assert found.unchanged == 75_000 and found.low >= 500_000
    books = forecast_year(np.full(9, 500_000 / 9))
    gap = difference(books.value, 9, found)
    assert gap.total == pytest.approx(found.value - books.value) and gap.total == pytest.approx(gap.level + gap.movement)
    assert gap.sentence.startswith("Aus den Fällen kommen") and "weil die laufenden Fälle weniger kosten" in gap.sentence
    same = from_cases(90.0, 9, 1, np.inf, 10)
    assert difference(forecast_year([10.0] * 9).value, 9, same).sentence == "Beide Prognosen sagen dasselbe."
    assert from_cases(7.0, 12, 5, 3, 100).value == 7
    with pytest.raises(MoneyError, match="verschiedenen Monaten"):
        difference(books.value, 1, found)
    with pytest.raises(MoneyError, match="Monat 13"):
        from_cases(0, 13, 1, 1, 1)


@pytest.mark.parametrize(
    ("budget", "matters", "colour"), [(2.1e6, 0, "grün"), (1.9e6, 0, "gelb"), (1.8e6, 0, "rot"), (1.8e6, 60_000, "gelb")]
)
def test_warning(budget, matters, colour):
    found = warn(1_824_000, 216_549, budget, matters)
    assert found.colour == colour
    assert ("um mehr als 60.000 €" in found.sentence) == bool(matters)


def test_warning_in_words():
    found = warn(1_824_000, 216_549, 1_900_000)
    assert found.sentence.startswith(
        "Im Blick behalten: Mit 36 % Wahrscheinlichkeit wird das Budget überschritten; im Mittel fehlen 53.657 €. Planungsgröße"
    )
    assert warn(1e6, 0, 2e6).colour == "grün" and "über 99 %" in warn(2e6, 0, 1e6).sentence
    with pytest.raises(MoneyError):
        warn(1, -1, 1)
