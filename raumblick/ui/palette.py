"""Colours that mean the same on every page: one sequential hue, one diverging pair, greys for what is not a value.

Chosen in OKLCH so that lightness changes evenly and in one direction: the order survives colour blindness and grey
print. In the dark theme low is dark and high is light, so that high stands out from the background in both themes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Hex colours of five classes from low to high, for the light and the dark theme."""

    light: tuple[str, ...]
    dark: tuple[str, ...]

    def of(self, dark: bool) -> tuple[str, ...]:
        """The colours of one theme."""
        return self.dark if dark else self.light

    def pick(self, count: int) -> Palette:
        """The same scale with `count` colours (1 to 5), ends kept. Raises ValueError outside of that range."""
        full = len(self.light)
        if not 1 <= count <= full:
            raise ValueError(f"a scale has 1 to {full} classes, not {count}")
        places = [full // 2] if count == 1 else [round(i * (full - 1) / (count - 1)) for i in range(count)]
        return Palette(tuple(self.light[i] for i in places), tuple(self.dark[i] for i in places))


SEQUENTIAL = Palette(
    light=("#e0f0f4", "#a4d6e4", "#5fafcd", "#257da9", "#0d4673"),
    dark=("#2a3f54", "#306282", "#398aae", "#6ab9d2", "#a6dbe6"),
)
"""Need, shares, quantities: pale to dark petrol."""

DIVERGING = Palette(
    light=("#612f8d", "#a788ca", "#f0eeea", "#e8a869", "#ad5b27"),
    dark=("#ceacf7", "#916cb9", "#4c4d51", "#ac713e", "#f5bb75"),
)
"""Losses and gains around a middle: purple, neutral, orange."""

GREYS = Palette(
    light=("#f1f2f4", "#dfe2e6", "#b9bec6", "#8b919b", "#545b66"),
    dark=("#262a31", "#3a3f48", "#5b616c", "#8b919b", "#c3c8d0"),
)
"""Context: areas and lines that are not in focus."""

GROUND = Palette(light=("#ffffff",), dark=("#0b0e12",))
"""What a map lies on: the background of the page."""

FOCUS = Palette(light=("#0d4673",), dark=("#6ab9d2",))
"""The one area, line or bar that a page talks about, while the others are grey."""
