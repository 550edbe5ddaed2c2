"""The sentence on what the public version hides."""

from raumblick.ui.inventory_view import disclosure_sentence


def test_the_sentence_says_how_many_rows_are_hidden_and_why():
    text = disclosure_sentence({"primary": 39301, "secondary": 10406, "share": 0.2552})
    assert "39.301" in text and "10.406" in text and "25,5" in text
