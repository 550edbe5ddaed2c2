import numpy as np
import pytest

from raumblick.money.errors import MoneyError
from raumblick.money.prevention import PRESETS, Prevention, break_even, effect, sentence, years_ahead
from raumblick.money.risk import year_moments

CASES = ([20, 40], [21, 9], [7600, 900])


def test_no_effect_is_the_default():
    assert PRESETS[0][0] == 0 and [p[0] for p in PRESETS] == [0, -0.02, -0.1]
    found = years_ahead(Prevention(100_000, 150_000), *CASES)
    assert (found["fewer"] == 0).all() and (found["net"] == -50_000).all() and len(found) == 5
    assert found["without"].iloc[0] == pytest.approx(float(year_moments(*CASES)[0].sum()))


def test_effect_comes_after_the_lag():
    plan = Prevention(100_000, 200_000, -0.1, lag=24)
    assert effect(plan, -0.1) == pytest.approx(2**-0.1)
    found = years_ahead(plan, *CASES)
    assert found["fewer"].iloc[:2].tolist() == [0, 0] and (found["fewer"].diff().iloc[2:] > 0).all()
    steady = years_ahead(plan, *CASES, years=60)
    assert steady["fewer"].iloc[-1] == pytest.approx(12 * (20 * 7600 + 40 * 900) * (1 - 2**-0.1), rel=1e-4)


def test_break_even():
    plan = Prevention(100_000, 150_000, -0.1)
    needed = break_even(plan, *CASES)
    assert -1 < needed < 0
    assert float(years_ahead(plan, *CASES, elasticity=needed)["net"].sum()) == pytest.approx(0, abs=1)
    assert break_even(plan, *CASES, years=15) > needed  # more time, less effect needed
    assert np.isnan(break_even(Prevention(10_000, 5_000_000), *CASES))
    with pytest.raises(MoneyError, match="mehr Geld als heute"):
        break_even(Prevention(2, 1), *CASES)


def test_in_words():
    plain = Prevention(100_000, 150_000)
    text = sentence(plain, [years_ahead(plain, *CASES)], break_even(plain, *CASES))
    assert text.startswith("Ohne angenommene Wirkung kostet der Plan in 5 Jahren 250.000 € mehr. Getragen hat sich der Plan ab")
    band = Prevention(100_000, 150_000, -0.05, (-0.1, 0.0))
    tables = [years_ahead(band, *CASES, elasticity=e) for e in (-0.05, *band.band)]
    assert "(Spanne 0 € bis" in sentence(band, tables, -0.2) and "−0,200" in sentence(band, tables, -0.2)
    assert "trüge sich in dieser Zeit nicht" in sentence(band, tables, float("nan"))


@pytest.mark.parametrize(
    ("plan", "text"),
    [
        (Prevention(0, 1), "Ohne Geld"),
        (Prevention(-1, 1), "negativ"),
        (Prevention(1, 1, lag=6), "frühestens nach einem Jahr"),
        (Prevention(1, 2, 0.1), "zwischen −1 und 0"),
        (Prevention(1, 2, -2), "zwischen −1 und 0"),
    ],
)
def test_wrong_plans_are_refused_in_german(plan, text):
    with pytest.raises(MoneyError, match=text):
        years_ahead(plan, *CASES)
