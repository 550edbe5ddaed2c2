"""The sentences under the titles, on numbers of the mini city; names are text, whatever stands in them."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from homes import BOLD, COLOUR, ENTITY, IMAGE, LINK

from raumblick.answers.overview import Spending, overview
from raumblick.answers.profile import find_area, profile, series
from raumblick.answers.spread import spread, spread_change
from raumblick.ui import sentences
from raumblick.ui.area_maps import class_names
from raumblick.ui.layout import escape


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_spread_names_city_ends_and_what_is_sure(planung):
    assert plain(sentences.spread_sentence(spread(planung, "sgb2_u15", "ortsteil"), "Ministadt")) == (
        "**Kinder unter 15 Jahren im SGB-II-Bezug** 2023: in Ministadt 5,7 %. Am höchsten in Ortsteil 07 (7,8 %), "
        "am niedrigsten in Ortsteil 00 (1,2 %). Keiner von 8 Ortsteilen liegt sicher über dem Wert der Stadt."
    )


def test_spread_says_how_many_are_hidden(ausschuss):
    text = plain(sentences.spread_sentence(spread(ausschuss, "sgb2_u15", "ortsteil"), "Ministadt"))
    assert "Geheim: 2." in text
    assert "am niedrigsten in Ortsteil 02 (4,0 %)" in text
    assert "1,2 %" not in text


def test_an_indicator_without_interval_says_nothing_about_certainty(planung):
    text = sentences.spread_sentence(spread(planung, "kita_cov_u6", "ortsteil"), "Ministadt")
    assert "sicher" not in text
    assert "39,0" in text


def test_more_places_than_children_is_explained(planung):
    result = spread(planung, "kita_cov_u6", "ortsteil")
    assert sentences.OVER_100 not in sentences.spread_sentence(result, "Ministadt")
    full = dataclasses.replace(result, areas=result.areas.assign(value=410.7))
    assert sentences.OVER_100 in sentences.spread_sentence(full, "Ministadt")


def test_change_names_what_is_tested(planung):
    text = plain(sentences.change_sentence(spread_change(planung, "sgb2_u15", "ortsteil", "2021", "2023"), "Ministadt"))
    assert text == (
        "**Kinder unter 15 Jahren im SGB-II-Bezug** von 2021 bis 2023: in Ministadt −0,2 Prozentpunkte (nicht gesichert). "
        "Gesichert gestiegen: 0, gesichert gefallen: 0, ohne gesicherte Veränderung: 8 von 8."
    )


def test_change_without_a_test_says_so(planung):
    text = sentences.change_sentence(spread_change(planung, "pop_total", "ortsteil", "2021", "2023"), "Ministadt")
    assert "keinen Test" in text
    assert "gesichert" not in text


def test_a_change_of_residents_is_a_whole_number(planung):
    text = plain(sentences.series_sentence(series(planung, "pop_total", find_area(planung, "05"))))
    assert re.fullmatch(r"2021 bis 2023: [+−]?\d+ Personen \(ohne Test\)\.", text), text


def test_profile_counts_only_sure_differences(planung):
    lower = sentences.profile_sentence(profile(planung, "00"))
    assert lower == "**Ortsteil 00**: bei 1 Kennzahl sicher **weniger Bedarf** (Kinder unter 15 Jahren im SGB-II-Bezug)."
    nothing = sentences.profile_sentence(profile(planung, "05"))
    assert nothing.startswith("**Ortsteil 05** unterscheidet sich bei keiner der 3 geprüften Kennzahlen sicher")


def test_series_tells_a_test_from_none(planung):
    area = find_area(planung, "05")
    assert plain(sentences.series_sentence(series(planung, "sgb2_u15", area))) == (
        "2021 bis 2023: −0,1 Prozentpunkte (nicht gesichert)."
    )
    assert "ohne Test" in sentences.series_sentence(series(planung, "pop_total", area))
    assert sentences.series_sentence(series(planung, "kita_cov_u6", area)) == "Für eine Veränderung fehlen Werte."


def money(rows: list[tuple], running: int | None = None, last_month: int | None = None) -> str:
    years = pd.DataFrame(rows, columns=["year", "plan", "amended", "actual"]).astype(float).astype({"year": int})
    return plain(sentences.spending_sentence(Spending(years, running, last_month)))


def test_spending_compares_full_years_with_their_plan():
    rows = [(2022, 1e6, None, 1.1e6), (2023, 2e6, None, 1.9e6), (2024, 3e6, None, 1e6)]
    assert money(rows, 2024, 4) == (
        "Hilfen zur Erziehung 2023: 1,9 Mio. € ausgegeben, 5,0 % unter dem Ansatz von 2,0 Mio. €. "
        "In 1 von 2 Jahren lag das Ist über dem Ansatz. 2024 sind bis April 1,0 Mio. € von 3,0 Mio. € gebucht."
    )


def test_spending_without_a_plan_compares_nothing():
    assert money([(2023, None, None, 1.9e6)]) == "Es gibt Buchungen, aber keinen Ansatz zum Vergleich."


def test_a_running_year_without_a_plan_does_not_name_one():
    assert "k. A." not in money([(2023, None, None, 410.0)], 2023, 4)


def test_overview_names_what_stands_out(planung):
    text = sentences.overview_sentence(overview(planung, "ortsteil"), "Ministadt", "ortsteil")
    assert text.startswith("In **Ministadt** liegt bei „Kinder unter 15 Jahren im SGB-II-Bezug“ kein Gebiet sicher über")


def test_overview_is_grammatical_for_several_areas(planung):
    result = overview(planung, "ortsteil")
    result.need.areas.loc[result.need.areas["area_id"] > "05", "against_city"] = "above"
    assert "In **2 Ortsteilen** von Ministadt" in sentences.overview_sentence(result, "Ministadt", "ortsteil")


@pytest.mark.parametrize("name", [IMAGE, LINK, COLOUR, BOLD, ENTITY, ":material/delete:", "~~weg~~", "| a | b |", "!(x)", "\\*"])
def test_no_mark_of_an_imported_name_is_left(name):
    """Every character that means something in Markdown becomes a character reference, which Markdown shows and no more."""
    kept = escape(name)
    for entity in {f"&#{ord(mark)};" for mark in name}:
        kept = kept.replace(entity, "")
    assert not set(kept) & set("\\`*_{}[]<>#|~$:!&")


def test_a_name_is_one_line():
    assert "\n" not in escape("Nord\n===\n1. Punkt")


def test_sentences_escape_the_names_of_areas(guarded):
    said = [
        sentences.spread_sentence(spread(guarded, "sgb2_u15", "ortsteil"), IMAGE),
        sentences.profile_sentence(profile(guarded, "00")),
        sentences.profile_sentence(profile(guarded, "02")),
        sentences.change_sentence(spread_change(guarded, "sgb2_u15", "ortsteil", "2021", "2023"), LINK),
        sentences.overview_sentence(overview(guarded, "ortsteil"), BOLD, "ortsteil"),
    ]
    for text in said:
        assert "<" not in text
        assert "](" not in text
        assert ":red[" not in text
        assert "laut" not in text.replace("&#42;&#42;laut", "")


@pytest.mark.parametrize(
    ("breaks", "decimals", "sign", "expected"),
    [
        ([5.0, 10.0], 1, False, ("unter 5", "5 bis unter 10", "10 und mehr")),
        ([2.5, 5.0], 1, False, ("unter 2,5", "2,5 bis unter 5,0", "5,0 und mehr")),
        ([0.25, 1.0], 1, False, ("unter 0,25", "0,25 bis unter 1,00", "1,00 und mehr")),
        ([1500.0], 0, False, ("unter 1.500", "1.500 und mehr")),
        ([-1.0, 1.0], 1, True, ("unter −1", "−1 bis unter +1", "+1 und mehr")),
        ([], 1, False, ("alle gleich",)),
    ],
)
def test_class_names_are_short_and_german(breaks, decimals, sign, expected):
    assert class_names(np.array(breaks), decimals, sign) == expected
