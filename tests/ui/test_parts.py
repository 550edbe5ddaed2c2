"""Pieces that pages share."""

from raumblick.answers.profile import profile
from raumblick.ui import parts
from raumblick.ui.inventory_view import kind_text


def test_no_proof_of_a_difference_is_not_called_no_difference(planung):
    found = parts.standing(profile(planung, "05"))["standing"]
    assert parts.NOT_SURE in set(found)
    assert not found.str.contains("kein Unterschied").any()
    assert set(parts.standing(profile(planung, "mini"))["standing"]) == {""}


def test_what_is_sure_comes_first(planung):
    found = list(parts.standing(profile(planung, "00"))["standing"])
    ranks = [{"sicher höher": 0, "sicher niedriger": 0, parts.NOT_SURE: 1, "": 2}[text] for text in found]
    assert ranks == sorted(ranks) and ranks[0] == 0


def test_an_interval_is_named_only_where_counts_were_delivered():
    assert kind_text("share", True) == "Anteil, 95-%-Bereich nach Wilson"
    assert kind_text("share", False) == "Anteil; ohne Zähler geliefert, darum ohne 95-%-Bereich"
    assert "Byar" not in kind_text("rate", False)
    assert kind_text("ratio", False) == "Verhältnis, ohne Unsicherheitsbereich"
