"""Official keys: their level, their lost zeros, and what only looks like a key."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raumblick.intake.files.regions import LAENDER, is_key, level_of, looks_like_keys, restore_zeros

LEVELS = {
    "DG": "bund",
    "01": "land",
    "16": "land",
    "031": "regierungsbezirk",
    "14713": "kreis",
    "02000": "kreis",
    "05978040": "gemeinde",
    "11001001": "bezirk",  # Berlin-Mitte
    "11000000": "gemeinde",  # Berlin
    "010515163": "gemeindeverband",
    "010515163003": "gemeinde",
    "18": "",  # sum of the Länder
    "00": "",
    "17001": "",
    "1": "",
    "Insgesamt": "",
    "٠١": "",  # digits, but not ours
}


@pytest.mark.parametrize(("key", "level"), LEVELS.items())
def test_levels(key: str, level: str) -> None:
    assert level_of(key) == level


def test_all_laender_are_keys() -> None:
    assert sorted(LAENDER.values()) == [f"{number:02d}" for number in range(1, 17)]
    assert all(is_key(key) for key in LAENDER.values())


@given(st.lists(st.sampled_from(["01001", "09777", "03", "031", "14713", "03241001", "14", "145", "DG", ""]), min_size=1))
def test_lost_zeros_come_back(keys: list[str]) -> None:
    eaten = pd.Series([key.lstrip("0") for key in keys])
    mended, count = restore_zeros(eaten)
    proof = any(len(key) in (1, 4, 7, 11) for key in eaten)
    assert mended.tolist() == (keys if proof else eaten.tolist())
    assert count == (sum(key.startswith("0") for key in keys) if proof else 0)


def test_whole_keys_are_left_alone() -> None:
    keys = pd.Series(["01001", "14713", "14", "031"])
    assert restore_zeros(keys)[0] is keys and restore_zeros(keys)[1] == 0


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["14713", "14714", ""], True),
        (["1001", "14713"], True),
        (["14713", "14714", "14715", "14716", "x"], True),
        (["14713", "x"], False),
        (["GESM", "GESW"], False),
        (["ALT000B03"], False),
        (["361", "362", "363"], False),  # products
        ([""], False),
        ([], False),
    ],
)
def test_a_column_of_keys(cells: list[str], expected: bool) -> None:
    assert looks_like_keys(pd.Series(cells, dtype="object")) is expected
