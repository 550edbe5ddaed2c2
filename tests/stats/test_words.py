"""Numbers and notes as sentences have them."""

import math
from decimal import Decimal

import pandas as pd

from raumblick.stats.words import Note, missing_column, number, several


def test_numbers_are_written_the_german_way():
    assert number(1234567.891, 2) == "1.234.567,89" and number(Decimal("0.5"), 1) == "0,5" and number(-1000) == "-1.000"
    assert (several(1, "Buchung", "Buchungen"), several(2345, "Buchung", "Buchungen")) == ("1 Buchung", "2.345 Buchungen")


def test_the_first_missing_column_is_named():
    frame = pd.DataFrame({"a": [1]})
    assert missing_column(frame, ["a"], "Plan") is None
    assert missing_column(frame, ["a", "c", "b"], "Plan") == ("c", "In der Tabelle „Plan“ fehlt die Spalte „c“.")


def test_a_note_says_no_amount_unless_told():
    assert math.isnan(Note("x", "Satz.").amount) and Note("x", "Satz.", ids=("1",)).count == 0
