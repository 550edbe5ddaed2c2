import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from raumblick.catalogue import load_catalogue
from raumblick.supply.errors import SupplyError
from raumblick.supply.transition import FINDING_LABEL, HANDOVERS, STAGES, flows, offers_at

COLUMNS = ["area_id", "cohort", "from_stage", "to_stage", "count", "of"]


def steps(*rows):
    return pd.DataFrame(rows, columns=COLUMNS)


ROWS = steps(
    ("A", "2022/23", "weiterfuehrende_schule", "ausbildung", 40, 100),
    ("A", "2023/24", "weiterfuehrende_schule", "ausbildung", 44, 100),
    ("B", "2022/23", "weiterfuehrende_schule", "ausbildung", 170, 200),
    ("B", "2023/24", "weiterfuehrende_schule", "ausbildung", 176, 200),
    ("C", "2023/24", "weiterfuehrende_schule", "ausbildung", 7, 10),
    ("D", "2023/24", "weiterfuehrende_schule", "ausbildung", None, 30),
    ("A", "2023/24", "kita", "grundschule", 95, 100),
    ("B", "2023/24", "kita", "grundschule", 190, 200),
)


def test_shares_and_losses_by_hand():
    found = flows(ROWS)
    assert found.city[["from_stage", "count", "of", "areas", "areas_missing"]].values.tolist() == [
        ["kita", 285.0, 300.0, 2, 0],
        ["weiterfuehrende_schule", 437.0, 610.0, 4, 1],
    ]
    work = found.areas[found.areas["to_stage"] == "ausbildung"].set_index("area_id")
    assert work.loc["A", ["cohorts", "count", "of", "share", "lost"]].tolist() == [2, 84.0, 200.0, 0.42, 116.0]
    assert work.loc["A", "excess"] == pytest.approx(200 * 437 / 610 - 84)
    assert work.loc["A", "low"] < 0.42 < work.loc["A", "high"]
    assert work["finding"].to_dict() == {"A": "more_lost", "B": "fewer_lost", "C": "like_city", "D": "unknown"}
    assert np.isnan(work.loc["D", "of"]) and work.loc["D", "cohorts"] == 0
    assert (found.areas[found.areas["to_stage"] == "grundschule"]["finding"] == "like_city").all()
    assert set(found.areas["finding"]) <= set(FINDING_LABEL)
    assert [n.code for n in found.notes] == ["count_unknown"]


def test_the_worst_steps_of_an_area():
    found = flows(ROWS)
    assert list(found.worst("A")["to_stage"]) == ["ausbildung"] and found.worst("B").empty and found.worst("Z").empty


def test_chosen_cohorts():
    found = flows(ROWS, ["2022/23"])
    assert found.areas["of"].tolist() == [100.0, 200.0]
    assert flows(ROWS, []).areas.empty and flows(ROWS, []).city.empty


def test_the_excess_of_all_areas_is_none():
    for _, group in flows(ROWS).areas.groupby("to_stage"):
        assert group["excess"].sum() == pytest.approx(0.0, abs=1e-9)


def test_one_area_against_an_exact_test():
    """With one area far off, the finding follows the exact binomial test against the city's share."""
    rng = np.random.default_rng(3)
    rows = [(f"{i:02d}", "c", "kita", "grundschule", int(rng.binomial(60, 0.9)), 60) for i in range(40)]
    rows.append(("far", "c", "kita", "grundschule", 40, 60))
    found = flows(steps(*rows)).areas.set_index("area_id")
    city = found["city"].iloc[0]
    assert binomtest(40, 60, city).pvalue < 0.001 and found.loc["far", "finding"] == "more_lost"
    assert (found.drop(index="far")["finding"] != "like_city").mean() < 0.1


def test_chance_alone_names_hardly_any_area():
    rng = np.random.default_rng(0)
    named = 0
    for _ in range(30):
        rows = [(f"{i:02d}", "c", "kita", "grundschule", int(rng.binomial(80, 0.85)), 80) for i in range(63)]
        named += (flows(steps(*rows)).areas["finding"] != "like_city").any()
    assert named <= 5


def test_bad_rows():
    found = flows(steps(("A", "c", "kita", "grundschule", 12, 10), ("B", "c", "kita", "grundschule", 0, 0)))
    assert found.areas["finding"].tolist() == ["unknown", "unknown"]
    note = found.notes[0]
    assert note.code == "more_than_before" and note.ids == ("A",) and "bitte die Daten prüfen" in note.message
    with pytest.raises(SupplyError, match="negative"):
        flows(steps(("A", "c", "kita", "grundschule", -1, 10)))
    with pytest.raises(SupplyError, match="cohort"):
        flows(ROWS.drop(columns="cohort"))


def test_steps_come_in_the_order_of_life():
    rows = steps(*[("A", "c", a, b, 1, 2) for a, b in [("x", "y"), *reversed(HANDOVERS)]])
    assert list(flows(rows).city["from_stage"]) == [*[key for key, _ in HANDOVERS], "x"]


def test_every_handover_has_stages_and_services_that_exist():
    services = set(load_catalogue().services["key"]) | {"schule_verbund", "berufsschule"}  # the last two are a city's own
    assert {stage for step in HANDOVERS for stage in step} == set(STAGES)
    assert {key for keys in HANDOVERS.values() for key in keys} <= services


def test_offers_at_a_handover():
    offers = pd.DataFrame(
        [("hort", "H"), ("kita_36", "K2"), ("kita_36", "K1"), ("heim", "W")], columns=["service", "name"], index=[5, 6, 7, 8]
    )
    found = offers_at(offers, "kita", "grundschule")
    assert list(found["name"]) == ["K1", "K2", "H"] and list(found.columns) == ["service", "name"]
    assert offers_at(offers, "ausbildung", "kita").empty
