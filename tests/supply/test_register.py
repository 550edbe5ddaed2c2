import numpy as np
import pandas as pd
import pytest

from raumblick.supply.errors import SupplyError
from raumblick.supply.register import located, open_on, standing

OFFERS = pd.DataFrame(
    [
        ("always", None, None, 10),
        ("today", "2024-12-31", None, 20),
        ("tomorrow", "2025-01-01", None, 30),
        ("last day", None, "2025-01-01", 40),
        ("closed", "2000-01-01", "2024-12-31", 50),
        ("backwards", "2024-01-01", "2023-01-01", None),
    ],
    columns=["facility_id", "opens", "closes", "places_licensed"],
)


def test_a_day_decides_which_offers_count():
    found = open_on(OFFERS, "2024-12-31")
    assert list(found.offers["facility_id"]) == ["always", "today", "last day"]
    assert list(found.coming["facility_id"]) == ["tomorrow"] and list(found.gone["facility_id"]) == ["closed"]
    assert list(found.contradicting["facility_id"]) == ["backwards"]
    notes = {n.code: n for n in found.notes}
    assert notes["coming"].amount == 30 and "1 Angebot mit 30 Plätzen: öffnen erst" in notes["coming"].message
    assert np.isnan(notes["contradicting"].amount) and notes["contradicting"].ids == ("backwards",)
    assert "bevor sie öffnen" in notes["contradicting"].message


@pytest.mark.parametrize("day", ["1990-01-01", "2023-06-01", "2024-06-01", "2030-01-01"])
def test_closed_before_opened_counts_on_no_day(day):
    assert standing(OFFERS, day).iloc[5] == "contradicting"


def test_dates_of_a_database_are_understood():
    typed = OFFERS.assign(opens=pd.to_datetime(OFFERS["opens"]), closes=pd.to_datetime(OFFERS["closes"]))
    assert standing(typed, pd.Timestamp("2024-12-31")).equals(standing(OFFERS, "2024-12-31"))


def test_refused():
    with pytest.raises(SupplyError, match="kein Datum"):
        standing(OFFERS, "morgen")
    with pytest.raises(SupplyError, match="mehrfach"):
        open_on(pd.concat([OFFERS, OFFERS]), "2024-12-31")
    with pytest.raises(SupplyError, match="Spalte „closes“"):
        open_on(OFFERS.drop(columns="closes"), "2024-12-31")


def test_where_an_offer_counts():
    rows = pd.DataFrame(
        [
            ("fine", 1.0, 1.0, "A", "A"),
            ("no point", None, None, "A", None),
            ("no point, no area", None, 3.0, None, None),
            ("outside", 9.0, 9.0, None, None),
            ("outside, keyed", 9.0, 9.0, "B", None),
            ("contradicts", 1.0, 1.0, "B", "A"),
            ("only a point", 1.0, 1.0, None, "A"),
        ],
        columns=["facility_id", "x", "y", "area_id", "point_area"],
    )
    found, notes = located(rows)
    assert list(found["place"]) == ["ok", "no_point", "no_point", "outside", "outside", "mismatch", "ok"]
    assert [None if pd.isna(a) else a for a in found["home_area"]] == ["A", "A", None, None, "B", "B", "A"]
    assert {n.code: n.count for n in notes} == {"no_point": 2, "outside": 2, "mismatch": 1, "no_area": 2}
    assert all(n.message.endswith(".") for n in notes)
    assert located(rows.iloc[:1])[1] == ()
