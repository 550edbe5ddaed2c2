import pandas as pd
import pytest

from raumblick.catalogue import load_catalogue
from raumblick.supply.errors import SupplyError
from raumblick.supply.questions import REGULAR, guiding_questions, office

OFFERS = pd.DataFrame(
    [
        ("k1", "kita", "Kita", "§ 24", "place", "T1", True, True, 100, 80),
        ("k2", "kita", "Kita", "§ 24", "place", "T2", False, None, 100, 95),
        ("k3", "kita", "Kita", "§ 24", "place", None, None, False, 50, None),
        ("j1", "okja", "Jugendtreff", "§ 11", "open", "T1", False, True, None, None),
    ],
    columns=[
        "facility_id", "service", "service_name", "paragraph", "form", "carrier", "inclusive", "barrier_free",
        "places_operable", "enrolled",
    ],
)  # fmt: skip
PAIRS = pd.DataFrame([("k1", "k9", "kita"), ("x", "y", "okja")], columns=["facility_id", "other_id", "service"])


def answers(offers=OFFERS, pairs=PAIRS):
    return {a.key: a for a in guiding_questions(offers, pairs)}


def test_answers_by_hand():
    found = answers()
    assert found["exists"].text == "4 Angebote von 2 Trägern: Kita (3), Jugendtreff (1)."
    assert found["parallel"].text == "1 Paar von Angeboten derselben Leistung für dasselbe Alter in der Nähe: Kita."
    assert found["parallel"].offers == ("k1", "k9")
    assert found["extendable"].text == (
        "Mehr als ein Zehntel frei: 1 von 3 Regeleinrichtungen, zusammen 20 Plätze. Bei 1 ist die Belegung nicht bekannt."
    )
    assert found["extendable"].offers == ("k1",)
    assert found["exclusive"].text == "Nicht als inklusiv verzeichnet: 2 von 4 Angeboten. Bei 1 ist es nicht bekannt."
    assert found["exclusive"].offers == ("k2", "j1")
    assert found["access"].text == (
        "Offen und ohne Antrag: 1 von 4 Angeboten; barrierefrei: 2. Bei 1 ist die Barrierefreiheit nicht bekannt."
    )


def test_an_area_without_offers_has_answers_too():
    found = answers(OFFERS.iloc[:0], PAIRS.iloc[:0])
    assert found["exists"].text == "Zum Stichtag ist hier kein Angebot verzeichnet."
    assert "keine Kita" in found["extendable"].text and "Keine zwei" in found["parallel"].text
    assert all(a.text.endswith(".") and a.question.endswith("?") and a.offers == () for a in found.values())


def test_full_institutions_are_not_called_extendable():
    found = answers(OFFERS.iloc[1:2])["extendable"]
    assert found.text.startswith("Von 1 Regeleinrichtung hat") and found.offers == ()


def test_a_missing_column_is_named():
    with pytest.raises(SupplyError, match="barrier_free"):
        guiding_questions(OFFERS.drop(columns="barrier_free"), PAIRS)


def test_offices_of_the_catalogue():
    services = load_catalogue().services.set_index("key")
    found = {key: office(text) for key, text in services["paragraph"].items()}
    assert {key for key, name in found.items() if name == "Schule"} == {"grundschule", "oberschule", "gymnasium", "foerderschule"}
    assert found["kinderarzt"] == "Gesundheit" and found["spielplatz"] == "Grünflächen und Stadtplanung"
    assert found["kita"] == found["schulbegleitung"] == found["okja"] == "Jugendamt"
    assert office("§ 112 SGB IX") == "Eingliederungshilfe"
    assert REGULAR - set(services.index) <= {"schule_verbund", "berufsschule"}  # services of a city's own
