"""Schwerpunkträume on a city whose index is known by hand: see tests/needcity_home.py."""

import numpy as np
import pandas as pd
import pytest
from needcity_home import AGAINST, SAME, VALUES, Z

from raumblick.answers.border import border, border_value, why
from raumblick.answers.material import inputs, material
from raumblick.answers.presets import presets, shares, specs
from raumblick.answers.priority import NotScorableError, in_words, matters, rank, surety, together
from raumblick.snapshot.store import open_store

AREAS = [f"{n:02d}" for n in range(8)]


@pytest.fixture(scope="module")
def store(need_home):
    return open_store(need_home, "mini", "planung")


@pytest.fixture(scope="module")
def found(store):
    return material(store, "jugendhilfe", "ortsteil")


@pytest.fixture(scope="module")
def ranking(found):
    return rank(inputs(found))


# --- which preset fits ----------------------------------------------------------------------------------------------


def test_the_preset_with_enough_indicators_comes_first(store, planung):
    first, *others = presets(store, "ortsteil")
    assert (first.key, first.share, first.absent) == ("jugendhilfe", pytest.approx(1.0), ())
    assert "hamburg_jew" in [preset.key for preset in others]
    assert "england" not in [preset.key for preset in others]  # none of its domains is a column here
    poor = presets(planung, "ortsteil")[0]  # the mini city knows one of five
    assert (poor.key, poor.share, poor.present) == ("jugendhilfe", pytest.approx(0.2), ("sgb2_u15",))


def test_an_index_that_needs_another_column_is_offered_only_with_it(store):
    assert "pop_u21" in material(store, "hamburg_jew", "ortsteil").wide
    assert shares(specs()["leipzig"].status) == pytest.approx(dict.fromkeys(specs()["leipzig"].keys, 0.2))


# --- the table of a year --------------------------------------------------------------------------------------------


def test_each_indicator_brings_its_newest_year_up_to_the_chosen_one(found):
    now = inputs(found, "2023")
    periods = dict(zip(now.sources["indicator"], now.sources["period"], strict=True))
    assert periods == {**dict.fromkeys(SAME, "2023"), AGAINST: "2022"}
    assert found.years == ("2018", "2019", "2020", "2021", "2022", "2023")
    assert (now.year, now.left_out) == ("2023", ())
    assert list(now.table["sgb2_u15"]) == pytest.approx(VALUES)
    assert list(now.beside) == pytest.approx([1000 * (5 + n) / 200 for n in range(8)])


def test_an_indicator_that_does_not_exist_yet_is_left_out_with_a_note(found):
    now = inputs(found, "2019")
    assert now.left_out == (("Sprachauffälligkeit bei der Schuleingangsuntersuchung", "bis 2019 ohne Zahlen"),)
    assert "eingang_speech" not in now.spec.keys
    assert "eingang_speech" not in now.table


@pytest.mark.parametrize("year", ["1999", "", "2023-06", None])
def test_an_unknown_year_takes_the_newest(found, year):
    assert inputs(found, year).year == "2023"


# --- the index ------------------------------------------------------------------------------------------------------


def test_the_index_is_the_z_score_by_hand(ranking):
    assert list(ranking.areas["area_id"]) == AREAS
    assert list(ranking.areas["index"]) == pytest.approx(Z)
    assert list(ranking.areas["rank"]) == [8, 7, 6, 5, 4, 3, 2, 1]
    assert list(ranking.areas["status_class"].iloc[[0, 3, 5, 7]]) == [
        "geringer Bedarf", "mittlerer Bedarf", "erhöhter Bedarf", "hoher Bedarf",
    ]  # fmt: skip
    assert (ranking.size, ranking.top, ranking.wanted) == (2, None, "Klasse „hoher Bedarf“")  # 1.53 and 1.09 are above 1


def test_weight_nought_takes_an_indicator_out_and_others_share_its_weight(found):
    now = inputs(found)
    ranking = rank(now, ((AGAINST, 0.0),))
    assert set(ranking.spec.keys) == set(SAME)
    assert ranking.share == pytest.approx(dict.fromkeys(SAME, 0.25))
    assert list(ranking.areas["index"]) == pytest.approx(Z)
    turned = rank(now, tuple((key, 0.1) for key in SAME) + ((AGAINST, 0.9),))
    assert list(turned.areas["index"]) == pytest.approx([-z for z in Z])


def test_a_fixed_number_of_areas_takes_the_first_ranks(found):
    ranking = rank(inputs(found), top=3)
    assert list(ranking.areas.loc[ranking.areas["target"], "area_id"]) == ["05", "06", "07"]
    assert (ranking.size, ranking.wanted) == (3, "unter den ersten 3")
    for wrong in (0, 8, 100, -1):
        with pytest.raises(NotScorableError, match="zwischen 1 und 7"):
            rank(inputs(found), top=wrong)


def test_unknown_weights_are_passed_over_and_none_is_refused(found):
    now = inputs(found)
    assert list(rank(now, (("gibtesnicht", 3.0),)).areas["index"]) == pytest.approx(Z)
    with pytest.raises(NotScorableError, match="Gewicht"):
        rank(now, tuple((key, 0.0) for key in now.spec.keys))


def test_too_few_areas_are_said_in_german(store):
    with pytest.raises(NotScorableError, match="Nur 2 Gebiete"):
        rank(inputs(material(store, "jugendhilfe", "bezirk")))


def test_a_level_smaller_than_the_preset_expects_looks_for_a_fifth(store):
    ranking = rank(inputs(material(store, "hamburg_jew", "ortsteil")))  # no classes
    assert ranking.top == 2  # a fifth of eight


def test_keys_become_names():
    names = {"unemp": "Arbeitslose", "unemp_u25": "Junge Arbeitslose"}
    assert in_words("keine Angabe: unemp_u25, unemp", names) == "keine Angabe: „Junge Arbeitslose“, „Arbeitslose“"
    assert in_words("index: Nur 2 Gebiete", names) == "Nur 2 Gebiete"
    assert in_words("unemployment", names) == "unemployment"


# --- how sure -------------------------------------------------------------------------------------------------------


def test_certainty_follows_the_distance_to_the_border(ranking):
    sure = surety(ranking, draws=400)
    rows = sure.areas.set_index("area_id")
    assert rows.loc["07", "tier"] == "sicher"
    assert rows.loc["00", "tier"] == "nicht"
    assert (rows["rank_low"] <= rows["rank_high"]).all()
    assert (sure.exact, sure.partly, sure.uncounted) == ((), (), False)
    assert (sure.draws, sure.seed) == (400, 1)
    again = surety(ranking, draws=400)
    assert rows["probability"].equals(again.areas.set_index("area_id")["probability"])
    assert not rows["probability"].equals(surety(ranking, draws=400, seed=2).areas.set_index("area_id")["probability"])


def test_without_doubt_the_index_itself_is_sure(ranking):
    sure = surety(ranking, doubts=(), draws=50)
    assert set(sure.areas["probability"]) == {0.0, 1.0}
    assert list(sure.areas["tier"].eq("sicher")) == list(ranking.areas["target"])
    assert sure.count("sicher") == ranking.size


def test_what_has_no_counts_is_named(found):
    now = inputs(found)
    now.sources.loc[now.sources["indicator"] == "sp_share", "counted"] = 0
    now.sources.loc[now.sources["indicator"] == "unemp_u25", "counted"] = 5
    sure = surety(rank(now), draws=50)
    assert sure.exact == ("Haushalte von Alleinerziehenden",)
    assert sure.partly == (("Jugendarbeitslosigkeit", 3),)


def test_which_choice_matters_and_what_leaving_out_changes(ranking):
    which, without = matters(ranking)
    assert set(which.factors["factor"]) == {"counts", "weights", "convention", "left_out"}
    rows = without.set_index("indicator")
    assert rows.loc[AGAINST, "correlation"] == pytest.approx(1.0)  # the other four say the same
    assert rows.loc["sgb2_u15", "name"] == "Kinder unter 15 Jahren im SGB-II-Bezug"
    assert set(rows["entering"]) == {""}


def test_indicators_that_say_the_same_are_called_redundant(ranking):
    found = together(ranking)
    pairs = {frozenset(pair) for pair in zip(found.redundant["first"], found.redundant["second"], strict=True)}
    assert frozenset(("sgb2_u15", "sp_share")) in pairs
    assert found.correlations.loc["sgb2_u15", AGAINST] == pytest.approx(-1.0)


def test_indicators_that_cancel_each_other_out_are_said(found):
    now = inputs(found)
    pair = rank(now, (("sgb2_u15", 0.6), (AGAINST, 0.4), *((key, 0.0) for key in SAME[1:])))
    assert np.isnan(together(pair).alpha)
    assert together(pair).sentence.startswith("Die Kennzahlen heben einander auf")
    alone = rank(now, (("sgb2_u15", 1.0), (AGAINST, 0.0), *((key, 0.0) for key in SAME[1:])))
    assert together(alone).sentence == "Der Index besteht aus einer einzigen Kennzahl."


# --- hidden numbers -------------------------------------------------------------------------------------------------


def test_an_area_whose_number_is_hidden_is_not_judged_and_says_why(ausschuss, planung):
    public = rank(inputs(material(ausschuss, "jugendhilfe", "ortsteil")))
    row = public.areas.set_index("area_id").loc["00"]
    assert (row["state"], row["target"]) == ("hidden", False)
    assert np.isnan(row["rank"])
    assert row["excluded"] == "keine Angabe: „Kinder unter 15 Jahren im SGB-II-Bezug“"
    assert public.judged == 6  # area 01 guards area 00
    assert public.inputs.sources["hidden"].iloc[0] == 2
    inside = rank(inputs(material(planung, "jugendhilfe", "ortsteil")))
    assert inside.judged == 8
    sure = surety(public, draws=100)
    assert pd.isna(sure.areas.set_index("area_id").loc["00", "tier"])


# --- why, and the border --------------------------------------------------------------------------------------------


def test_contributions_sum_to_the_index(ranking):
    found = why(ranking, "07")
    assert found.parts["contribution"].sum() + found.base == pytest.approx(found.index) == pytest.approx(Z[7])
    parts = found.parts.set_index("indicator")
    assert parts.loc["sgb2_u15", "contribution"] == pytest.approx(Z[7] / 3)  # four thirds for it, one third against it
    assert parts.loc[AGAINST, "contribution"] == pytest.approx(-Z[7] / 3)
    assert found.parts["indicator"].iloc[-1] == AGAINST
    assert parts.loc["sgb2_u15", "value"] == pytest.approx(80)
    assert parts.loc["sgb2_u15", "city"] == pytest.approx(45)
    assert parts["weight"].to_numpy() == pytest.approx([0.2] * 5)
    with pytest.raises(KeyError):
        why(ranking, "99")


def test_the_border_lies_between_the_last_in_and_the_first_out(ranking):
    found = border(ranking, surety(ranking, draws=100))
    assert list(found.areas["area_id"]) == ["07", "06", "05", "04", "03"]
    assert (found.inside, found.outside) == ("Ortsteil 06", "Ortsteil 05")
    assert found.gap == pytest.approx(Z[6] - Z[5])
    assert found.parts["difference"].sum() == pytest.approx(found.gap)
    assert found.parts.set_index("indicator").loc["sgb2_u15", "inside"] == pytest.approx(70)
    assert border_value(ranking) == pytest.approx((Z[6] + Z[5]) / 2)


def test_where_all_or_none_are_in_there_is_no_border(found):
    ranking = rank(inputs(found))
    ranking.areas["target"] = True
    assert border(ranking, surety(ranking, draws=50)) is None
    assert np.isnan(border_value(ranking))
