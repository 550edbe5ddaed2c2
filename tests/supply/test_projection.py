import numpy as np
import pandas as pd
import pytest

from raumblick.supply.backtest import backtest
from raumblick.supply.cohorts import history_of
from raumblick.supply.errors import SupplyError
from raumblick.supply.projection import Method, Recipe, Residuals, project


def still(years=range(2010, 2021), areas=4, ages=8, size=100):
    """Areas where nothing changes: area i has (i + 1) * size children of each age."""
    rows = [(f"A{i}", y, a, a + 1, (i + 1) * size) for i in range(areas) for y in years for a in range(ages)]
    return history_of(pd.DataFrame(rows, columns=["area_id", "year", "age_from", "age_to", "count"]))


def moving(seed=0, years=range(2008, 2021), areas=80, ages=8):
    """Cohorts that lose or gain some children every year, by area; more are born each year."""
    rng = np.random.default_rng(seed)
    drift = rng.normal(0.99, 0.05, areas)
    births = rng.integers(5, 90, areas)
    people = {years[0]: np.array([births * drift**a for a in range(ages)])}
    for y in years[1:]:
        old = people[y - 1]
        people[y] = np.vstack([births * 1.07 ** (y - years[0]), old[:-1] * drift])
    rows = [(f"A{i:02d}", y, a, a + 1, rng.poisson(people[y][a, i])) for i in range(areas) for y in years for a in range(ages)]
    return history_of(pd.DataFrame(rows, columns=["area_id", "year", "age_from", "age_to", "count"]))


def test_where_nothing_changes_the_projection_says_so():
    found = project(still(), 3, 6)
    assert list(found.areas.columns) == ["area_id", "year", "children", "low", "high", "unborn"]
    assert sorted(found.areas["year"].unique()) == [2021, 2022, 2023, 2024, 2025]
    for _, group in found.areas.groupby("year"):
        np.testing.assert_allclose(group["children"], [300, 600, 900, 1200])
    assert (found.areas.loc[found.areas["year"] <= 2023, "unborn"] == 0).all()  # 3-<6 in three years live already
    assert (found.areas.loc[found.areas["year"] == 2025, "unborn"] == [200, 400, 600, 800]).all()
    np.testing.assert_allclose(found.city["children"], 3000)
    np.testing.assert_allclose(found.city[["low", "high"]], 3000)


def test_one_step_by_hand():
    """3-<6 in three years from 0-<3: one window (2020 to 2023), k = 0."""
    rows = [("A", 2020, 0, 3, 50), ("A", 2023, 3, 6, 40), ("A", 2023, 0, 3, 60), ("B", 2020, 0, 3, 0), ("B", 2023, 3, 6, 9)]
    rows += [("B", 2023, 0, 3, 5)]
    history = history_of(pd.DataFrame(rows, columns=["area_id", "year", "age_from", "age_to", "count"]))
    found = project(history, 3, 6, (3,), Recipe(windows=1, shrink=0.0))
    np.testing.assert_allclose(found.areas["children"], [60 * 0.8, 5 * 49 / 50])
    assert found.areas["low"].isna().all()
    codes = {n.code: n.message for n in found.notes}
    assert codes["no_interval"].startswith("3 Jahre voraus") and set(codes) == {"no_interval"}


def test_children_not_born_yet_follow_the_last_three_cohorts():
    found = project(still(), 0, 3, (1, 5))
    np.testing.assert_allclose(found.areas["children"], [300, 600, 900, 1200] * 2)
    np.testing.assert_allclose(found.areas["unborn"], [100, 200, 300, 400, 300, 600, 900, 1200])
    rows = [("A", y, 0, 1, n) for y, n in ((2018, 65), (2019, 55), (2020, 59))]
    history = history_of(pd.DataFrame(rows, columns=["area_id", "year", "age_from", "age_to", "count"]))
    np.testing.assert_allclose(project(history, 0, 1, (1, 2)).areas["children"], [179 / 3, (55 + 59 + 179 / 3) / 3])


def test_newborns_by_the_women_of_the_area():
    women = pd.DataFrame([(f"A{i}", y, n) for i in range(4) for y, n in ((2019, 1000), (2020, 1000), (2022, 500))])
    women.columns = ["area_id", "year", "count"]
    found = project(still(), 0, 1, (1, 2), Recipe(shrink=0.0), women=women)
    np.testing.assert_allclose(found.areas["children"], [100, 200, 300, 400, 50, 100, 150, 200])


def test_the_future_is_not_used():
    """Numbers after the base year change nothing, neither the projection nor its interval."""
    history = moving()
    early = history_of(_rows(history, 2016))
    whole, cut = project(history, 3, 6, (3,), base_year=2016), project(early, 3, 6, (3,))
    pd.testing.assert_frame_equal(whole.areas, cut.areas)
    assert whole.areas["low"].notna().all()


def _rows(history, last):
    rows = [
        (area, year, low, high, n)
        for year, (lows, highs, counts) in history.by_year.items()
        if year <= last
        for i, area in enumerate(history.areas)
        for low, high, n in zip(lows, highs, counts[i], strict=True)
    ]
    return pd.DataFrame(rows, columns=["area_id", "year", "age_from", "age_to", "count"])


def test_intervals_contain_the_projection_mostly_and_widen_with_size():
    found = project(moving(), 3, 6, (3,)).areas
    assert (found["low"] <= found["high"]).all() and (found["low"] >= 0).all()
    assert ((found["low"] <= found["children"]) & (found["children"] <= found["high"])).mean() > 0.9
    width = (found["high"] - found["low"]).to_numpy()
    assert np.corrcoef(width, np.sqrt(found["children"]))[0, 1] > 0.5


def test_an_interval_covers_what_it_was_made_from():
    rng = np.random.default_rng(1)
    projected = rng.uniform(5, 500, 4000)
    past = Residuals(projected, rng.poisson(projected).astype(float), Recipe())
    fresh = rng.uniform(5, 500, 4000)
    low, high = past.interval(fresh)
    came = rng.poisson(fresh)
    assert 0.77 < ((came >= low) & (came <= high)).mean() < 0.84
    assert np.isnan(Residuals(projected[:20], projected[:20], Recipe()).interval(fresh)[0]).all()
    same = Residuals(np.full(200, 50.0), np.full(200, 55.0), Recipe()).interval(np.array([50.0, 10.0]))
    np.testing.assert_allclose(same[0], same[1])


def test_missing_numbers_are_missing_and_said():
    rows = _rows(still(), 2020)
    rows.loc[(rows["area_id"] == "A1") & (rows["year"] == 2020) & (rows["age_from"] == 1), "count"] = np.nan
    found = project(history_of(rows), 3, 6, (3,))
    assert found.areas["children"].isna().tolist() == [False, True, False, False]
    note = {n.code: n for n in found.notes}["no_base"]
    assert note.ids == ("A1",) and "1 Gebiet ohne vollständige" in note.message


def test_wide_age_groups_are_marked():
    rows = [("A", y, low, high, 10 * (high - low)) for y in range(2010, 2021) for low, high in ((0, 6), (6, 15))]
    history = history_of(pd.DataFrame(rows, columns=["area_id", "year", "age_from", "age_to", "count"]))
    found = project(history, 3, 6, (3,))
    assert "ages_split" in {n.code for n in found.notes} and found.areas["children"].tolist() == [30.0]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"age_from": 6, "age_to": 3}, "leer"),
        ({"horizons": (0,)}, "mindestens ein Jahr"),
        ({"horizons": ()}, "mindestens ein Jahr"),
        ({"base_year": 1999}, "Für das Jahr 1999"),
        ({"base_year": 2010, "horizons": (3,)}, "fehlen Jahre"),
    ],
)
def test_impossible_questions(given, text):
    with pytest.raises(SupplyError, match=text):
        project(still(), **({"age_from": 3, "age_to": 6} | given))


def test_impossible_recipes():
    for settings in ({"windows": 0}, {"classes": 0}, {"level": 1.0}, {"level": 0.0}):
        with pytest.raises(SupplyError):
            Recipe(**settings)


def test_backtest_of_a_town_that_drifts():
    found = backtest(moving(), 3, 6, 3)
    assert found.wape < found.unchanged and found.wape < found.ageing
    assert 0.7 < found.coverage < 0.9
    exact = backtest(still(), 3, 6, 3)
    assert exact.wape == pytest.approx(0.0, abs=1e-9) and exact.ageing == 0.0
    with pytest.raises(SupplyError, match="fehlen Jahre"):
        backtest(still(range(2018, 2021)), 3, 6, 3)


def test_backtest_by_hand():
    """One origin (2023, window 2020-2023): said 48, came 50; unchanged 40, ageing 60."""
    rows = [("A", 2020, 0, 3, 50), ("A", 2023, 3, 6, 40), ("A", 2023, 0, 3, 60), ("A", 2026, 3, 6, 50)]
    history = history_of(pd.DataFrame(rows, columns=["area_id", "year", "age_from", "age_to", "count"]))
    found = backtest(history, 3, 6, 3, Recipe(windows=1, shrink=0.0))
    assert found.origins.index.tolist() == [2023]
    assert found.origins.iloc[0][["actual", "error", "unchanged", "ageing"]].tolist() == [50.0, 2.0, 10.0, 10.0]
    assert np.isnan(found.coverage)
    assert Method(history, 3, 6, Recipe(windows=1, shrink=0.0)).step(3, 2023)[0].tolist() == [48.0]
