"""What charts draw, as far as a number or a mark can be checked without a browser."""

import pandas as pd

from raumblick.answers.overview import Spending
from raumblick.ui import charts, sentences


def residents(estimated: list[bool]) -> pd.DataFrame:
    ages = list(range(len(estimated)))
    frame = pd.DataFrame({"age_from": ages, "age_to": [a + 1 for a in ages], "count": [30] * len(ages), "estimated": estimated})
    old = pd.DataFrame({"age_from": [65], "age_to": [None], "count": [900], "estimated": [True]})
    return pd.concat([frame, old], ignore_index=True).astype({"age_to": "Int64"})


def test_the_running_year_says_how_far_it_goes(monkeypatch):
    monkeypatch.setattr(charts, "is_dark", lambda: False)
    years = pd.DataFrame({"year": [2024, 2025], "plan": [1e6, 2e6], "actual": [1.1e6, 0.9e6]})
    running = charts.spending_chart(Spending(years, 2025, 9))
    assert list(running.layout.xaxis.ticktext) == ["2024", "2025<br>bis September"]
    assert list(charts.spending_chart(Spending(years, None, None)).layout.xaxis.ticktext) == ["2024", "2025"]


def test_estimated_ages_are_hatched_and_said(monkeypatch):
    monkeypatch.setattr(charts, "is_dark", lambda: False)
    bar = charts.ages_chart(residents([False, True, False])).data[0]
    assert list(bar.marker.pattern.shape) == ["", "/", ""]
    assert sentences.ages_sentence(charts.below_27(residents([False, True]))) == "Schraffiert: geschätzt."
    assert sentences.ages_sentence(charts.below_27(residents([True, True]))) == "Alle Zahlen sind geschätzt."
    assert sentences.ages_sentence(charts.below_27(residents([False, False]))) == ""
