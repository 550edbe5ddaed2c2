"""Which level the rows of a city table are on: from the words of its heading, and from what sums what."""

from __future__ import annotations

import re
from collections.abc import Sequence

from raumblick.intake.files.sheet_sums import SumRow

# From the smallest level up: a heading "Stadtteile und Bezirke" has Stadtteile in its plain rows.
_WORDS = (
    ("ortsteil", re.compile(r"stadtteil|ortsteil|stadtviertel|ortsbezirk|quartier", re.IGNORECASE)),
    ("planungsraum", re.compile(r"planungsr[aä]um|sozialr[aä]um|lebensweltlich|bezirksregion", re.IGNORECASE)),
    ("bezirk", re.compile(r"bezirk", re.IGNORECASE)),
    ("gemeinde", re.compile(r"gemeinde", re.IGNORECASE)),
    ("kreis", re.compile(r"kreis", re.IGNORECASE)),
)
WITHIN_A_CITY = ("ortsteil", "planungsraum", "bezirk")


def level_word(texts: Sequence[str]) -> str:
    """The level that the first text with such a word names; empty when none does."""
    for text in texts:
        for level, words in _WORDS:
            if words.search(text):
                return level
    return ""


def name_levels(sums: dict[int, SumRow], height: int, texts: Sequence[str]) -> list[str]:
    """Level of each row of a table.

    Args:
        sums: the sum rows (`sheet_sums.find_sums`).
        height: number of rows.
        texts: texts that may name the level of the plain rows, the strongest first.

    Returns:
        Plain rows have the level that a text names, or none. In a table of parts of a city the sum of all is `stadt`,
        sums below it are `bezirk` where the plain rows are smaller. A sum that fits neither is `summe`.
    """
    level = level_word(texts)
    levels = [level] * height
    plain = height - len(sums)
    for row, found in sums.items():
        if level in WITHIN_A_CITY and found.leaves and len(found.leaves) == plain:
            levels[row] = "stadt"
        elif level in WITHIN_A_CITY[:2] and found.leaves and found.tier == 1:
            levels[row] = "bezirk"
        else:
            levels[row] = "summe"
    return levels
