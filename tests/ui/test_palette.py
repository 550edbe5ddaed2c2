"""Scales that keep their order in grey print and for colour-blind eyes."""

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from raumblick.ui.palette import DIVERGING, GREYS, GROUND, SEQUENTIAL

# Linear RGB seen with full protanopia, deuteranopia and tritanopia (Machado, Oliveira, Fernandes 2009, severity 1).
BLINDNESS = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(color: str) -> list[float]:
    channels = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def luminance(color: str, eyes: str = "none") -> float:
    rgb = linear(color)
    seen = [sum(m * c for m, c in zip(row, rgb, strict=True)) for row in BLINDNESS[eyes]]
    return sum(w * min(max(c, 0.0), 1.0) for w, c in zip((0.2126, 0.7152, 0.0722), seen, strict=True))


def contrast(a: float, b: float) -> float:
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


@pytest.mark.parametrize("eyes", BLINDNESS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_sequential_steps_are_seen_as_an_order(theme, eyes):
    levels = [luminance(color, eyes) for color in getattr(SEQUENTIAL, theme)]
    assert levels == sorted(levels, reverse=theme == "light")
    assert min(contrast(a, b) for a, b in pairwise(levels)) > 1.3


@pytest.mark.parametrize("eyes", BLINDNESS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_diverging_arms_leave_the_middle_in_order(theme, eyes):
    levels = [luminance(color, eyes) for color in getattr(DIVERGING, theme)]
    outwards = [contrast(level, levels[2]) for level in levels]
    assert outwards[0] > outwards[1] > 1.3 and outwards[4] > outwards[3] > 1.3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_greys_are_grey(theme):
    for color in getattr(GREYS, theme):
        channels = [int(color[k : k + 2], 16) for k in (1, 3, 5)]
        assert max(channels) - min(channels) <= 18


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_maps_lie_on_the_ground_of_the_page(theme):
    config = tomllib.loads((Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml").read_text())
    assert GROUND.of(theme == "dark") == (config["theme"][theme]["backgroundColor"],)


def test_picking_keeps_the_ends():
    assert SEQUENTIAL.pick(2).light == (SEQUENTIAL.light[0], SEQUENTIAL.light[4])
    assert SEQUENTIAL.pick(5) == SEQUENTIAL
    assert SEQUENTIAL.pick(1).dark == (SEQUENTIAL.dark[2],)
    for count in (0, 6):
        with pytest.raises(ValueError):
            SEQUENTIAL.pick(count)
