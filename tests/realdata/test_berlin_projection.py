"""Children of Berlin three years ahead against what came, 2001 to 2016 in 447 areas."""

import re

import pandas as pd
import pytest

from raumblick.supply.backtest import backtest
from raumblick.supply.cohorts import history_of

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def history(shared_data):
    wide = pd.read_csv(shared_data / "berlin" / "ewr_kinder_2001_2016.csv").set_index("id")
    wide = wide[[name for name in wide.columns if re.fullmatch(r"\d{4}_E_E\d\d_\d\d", name)]]
    long = wide.rename_axis("area_id").rename_axis(columns="name").stack().rename("count").reset_index()
    parts = long["name"].str.extract(r"(\d{4})_E_E(\d\d)_(\d\d)").astype(int)
    return history_of(long.assign(year=parts[0], age_from=parts[1], age_to=parts[2]))


def test_children_three_years_ahead(history):
    found = backtest(history, 3, 6, 3)
    assert len(history.areas) == 447 and len(found.origins) >= 5
    assert found.wape <= 0.095
    assert found.wape < found.unchanged and found.wape < found.ageing
    assert found.unchanged == pytest.approx(0.123, abs=0.002)
    assert 0.75 <= found.coverage <= 0.85
    assert found.origins["covered"].dropna().between(0.72, 0.88).all()


def test_every_origin_beats_both_plain_guesses(history):
    found = backtest(history, 3, 6, 3).origins
    assert (found["error"] < found["unchanged"]).all() and (found["error"] < found["ageing"]).all()
