"""Ways to weigh, side by side: weights as text, variants as files, two rankings against each other, one over the years.

A variant is everything a person chose: a preset with changed weights, level, year and number of areas. It is written as a
small TOML file and read back; a plan store can keep the same text.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.answers.material import Material, inputs
from raumblick.answers.presets import specs
from raumblick.answers.priority import NotScorableError, Ranking, Weights, rank

FORMAT = "raumblick-variante-1"
_LONGEST_NAME = 80


class VariantError(ValueError):
    """A file or text that is no variant; the message is German."""


@dataclass(frozen=True)
class Variant:
    """What makes one variant. `weights` is empty where the preset's stand; `top` None takes the preset's classes."""

    name: str
    preset: str
    weights: Weights = ()
    level: str = ""
    year: str = ""
    top: int | None = None
    doubts: tuple[str, ...] = ()
    seed: int = 1


@dataclass(frozen=True, eq=False)
class Contrast:
    """Two rankings of the same areas.

    `areas`: area_id, name, rank_a, rank_b, shift (rank_b - rank_a), in_a, in_b; ascending rank_a. `entering`: names of
    areas in only b, `leaving` in only a (by rank). `both`: how many are in a and b. `correlation`: Spearman over the areas
    judged in both, missing below three.
    """

    areas: pd.DataFrame
    entering: tuple[str, ...]
    leaving: tuple[str, ...]
    both: int
    correlation: float

    @property
    def same(self) -> bool:
        """True where the same areas are in."""
        return not self.entering and not self.leaving


@dataclass(frozen=True, eq=False)
class History:
    """One way to weigh over the years.

    `rank` and `target`: frames with one row an area (index area_id), one column a year that could be computed; missing
    rank: not judged. `periods`: indicator (index) by year: the period used, missing where left out. `skipped`: (year,
    reason). `names`: of the areas.
    """

    rank: pd.DataFrame
    target: pd.DataFrame
    periods: pd.DataFrame
    skipped: tuple[tuple[str, str], ...]
    names: dict[str, str]


def weights_text(weights: Weights) -> str:
    """`unemp:0.3,sgb2_u15:0.7`: weights for an address; reads back to the same numbers."""
    return ",".join(f"{key}:{_short(weight)}" for key, weight in weights)


def parse_weights(text: str) -> Weights:
    """Weights of an address. Raises VariantError naming the part that is none."""
    found: dict[str, float] = {}
    for part in filter(None, text.split(",")):
        key, _, number = part.partition(":")
        if not re.fullmatch(r"[\w-]+", key) or not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", number) or key in found:
            raise VariantError(f"„{part[:40]}“ ist kein Gewicht (erwartet: Kennzahl:Zahl).")
        found[key] = float(number)
    if found and not any(found.values()):
        raise VariantError("Mindestens ein Gewicht muss größer als 0 sein.")
    return tuple(found.items())


def to_toml(variant: Variant) -> str:
    """The variant as a small file."""
    lines = [
        f"format = {_quoted(FORMAT)}",
        f"name = {_quoted(variant.name[:_LONGEST_NAME])}",
        f"index = {_quoted(variant.preset)}",
        f"ebene = {_quoted(variant.level)}",
        f"jahr = {_quoted(variant.year)}",
        f"zweifel = [{', '.join(_quoted(d) for d in variant.doubts)}]",
        f"start = {variant.seed}",
    ]
    if variant.top is not None:
        lines.append(f"anzahl = {variant.top}")
    if variant.weights:
        lines += ["", "[gewichte]", *(f"{_quoted(key)} = {_short(weight)}" for key, weight in variant.weights)]
    return "\n".join(lines) + "\n"


def from_toml(content: bytes | str) -> Variant:
    """The variant in a file. Raises VariantError saying what is wrong."""
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
        raw = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise VariantError("Die Datei ist keine Variante: Sie ist kein lesbares TOML.") from None
    if raw.get("format") != FORMAT:
        raise VariantError(f'Die Datei ist keine Variante: Es fehlt die Zeile format = "{FORMAT}".')
    preset, weights = raw.get("index"), raw.get("gewichte", {})
    if not isinstance(preset, str) or preset not in specs():
        raise VariantError(f"Den Index „{str(preset)[:40]}“ gibt es hier nicht.")
    if not isinstance(weights, dict) or not all(_is_number(w) and 0 <= w < 1e6 for w in weights.values()):
        raise VariantError("Unter [gewichte] stehen Zahlen ab 0.")
    top, seed, doubts = raw.get("anzahl"), raw.get("start", 1), raw.get("zweifel", [])
    if not (top is None or (isinstance(top, int) and top > 0)) or not isinstance(seed, int) or not isinstance(doubts, list):
        raise VariantError("„anzahl“ und „start“ sind ganze Zahlen, „zweifel“ ist eine Liste.")
    return Variant(
        name=str(raw.get("name", ""))[:_LONGEST_NAME],
        preset=preset,
        weights=parse_weights(weights_text(tuple((str(k), float(w)) for k, w in weights.items()))),
        level=str(raw.get("ebene", ""))[:40],
        year=str(raw.get("jahr", ""))[:7],
        top=top,
        doubts=tuple(str(d) for d in doubts),
        seed=seed,
    )


def contrast(a: Ranking, b: Ranking) -> Contrast:
    """Ranking b against ranking a, of the same level."""
    columns = ["area_id", "name", "rank", "target"]
    one = a.areas[columns].rename(columns={"rank": "rank_a", "target": "in_a"})
    two = b.areas[["area_id", "rank", "target"]].rename(columns={"rank": "rank_b", "target": "in_b"})
    both = one.merge(two, on="area_id", how="left").assign(in_b=lambda f: f["in_b"].eq(True))
    both["shift"] = both["rank_b"] - both["rank_a"]
    judged = both.dropna(subset=["rank_a", "rank_b"])
    ranks = judged[["rank_a", "rank_b"]].rank()
    correlation = float(np.corrcoef(ranks.to_numpy().T)[0, 1]) if len(judged) > 2 else float("nan")
    return Contrast(
        areas=both.sort_values(["rank_a", "area_id"], ignore_index=True),
        entering=tuple(both[both["in_b"] & ~both["in_a"]].sort_values("rank_b")["name"]),
        leaving=tuple(both[both["in_a"] & ~both["in_b"]].sort_values("rank_a")["name"]),
        both=int((both["in_a"] & both["in_b"]).sum()),
        correlation=correlation,
    )


def history(found: Material, weights: Weights = (), top: int | None = None) -> History:
    """The index of every year with the same weights; years that cannot be computed are named with the reason."""
    ranks, targets, periods, skipped = {}, {}, {}, []
    for year in found.years:
        now = inputs(found, year)
        try:
            ranking = rank(now, weights, top)
        except NotScorableError as error:
            skipped.append((year, str(error)))
            continue
        ranks[year] = ranking.areas["rank"].to_numpy()
        targets[year] = ranking.areas["target"].to_numpy()
        periods[year] = now.sources.set_index("name")["period"]
    index = pd.Index(found.areas["area_id"], name="area_id")
    return History(
        rank=pd.DataFrame(ranks, index=index, dtype=float),
        target=pd.DataFrame(targets, index=index, dtype=bool),
        periods=pd.DataFrame(periods),
        skipped=tuple(skipped),
        names=dict(zip(found.areas["area_id"], found.areas["name"], strict=True)),
    )


def _short(weight: float) -> str:
    return f"{weight:.6f}".rstrip("0").rstrip(".")


def _quoted(text: str) -> str:
    """A TOML basic string: control characters and quotes escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    out = "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c for c in escaped)
    return f'"{out}"'


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
