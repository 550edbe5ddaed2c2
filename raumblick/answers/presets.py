"""Which index fits the numbers of a city? The shipped presets (`data/catalogue/index`) whose indicators a level has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from raumblick.answers.values import indicators
from raumblick.catalogue import DEFAULT_PATH
from raumblick.need.index import IndexSpec, load_spec
from raumblick.need.model import Group, Model, Node
from raumblick.snapshot.store import Store

# The first of these that has enough indicators is what a page shows when nothing is chosen.
PREFERRED = ("jugendhilfe", "leipzig", "berlin")
LEAST_SHARE = 0.5  # of the weight of a preset that must have numbers


@dataclass(frozen=True)
class Preset:
    """One index that can be computed here.

    `present` and `absent`: keys of its indicators with and without numbers on the level, in the order of the spec.
    `share`: part of the preset's weight that has numbers, 0 to 1. `preferred`: made for child and youth welfare planning.
    """

    key: str
    title: str
    source: str
    note: str
    present: tuple[str, ...]
    absent: tuple[str, ...]
    share: float
    preferred: bool


@cache
def specs() -> Mapping[str, IndexSpec]:
    """Every shipped spec by its key."""
    found = (load_spec(path) for path in sorted((DEFAULT_PATH / "index").glob("*.toml")))
    return {spec.key: spec for spec in found}


def presets(store: Store, level: str) -> tuple[Preset, ...]:
    """The presets that have at least half of their weight in numbers on a level, the best suited first.

    Where none has, the preferred one with the largest share; empty where a level has no indicator of any.
    """
    known = {sheet.key for sheet in indicators(store, level)}
    every = sorted((_preset(spec, known) for spec in specs().values()), key=_order)
    computable = [preset for preset in every if preset.present and set(columns(specs()[preset.key])) <= known]
    fitting = [preset for preset in computable if preset.share >= LEAST_SHARE - 1e-9]
    some = sorted((p for p in computable if p.preferred), key=lambda p: (-p.share, PREFERRED.index(p.key)))
    return tuple(fitting if any(p.preferred for p in fitting) else [*some[:1], *fitting])


def columns(spec: IndexSpec) -> tuple[str, ...]:
    """Columns besides the indicators without which the index cannot be computed (multiplier, weighting by residents)."""
    nodes: list[Node] = [*spec.status.tree.leaves(), *spec.status.tree.groups()]
    named = {spec.status.times} | {node.normalise.weighted_by for node in nodes}
    named |= {rule.column for rule in spec.exclusions if not rule.optional}
    return tuple(sorted(name for name in named if name))


def shares(model: Model) -> dict[str, float]:
    """Weight of every indicator in the whole index, summing to 1 (equal parts below a principal component)."""
    return _shares(model.tree, 1.0)


def _shares(group: Group, whole: float) -> dict[str, float]:
    total = sum(child.weight for child in group.children) or 1.0
    out: dict[str, float] = {}
    for child in group.children:
        part = whole * child.weight / total if group.aggregate != "pca" else whole / len(group.children)
        out |= _shares(child, part) if isinstance(child, Group) else {child.key: part}
    return out


def _preset(spec: IndexSpec, known: set[str]) -> Preset:
    weight = shares(spec.status)
    present = tuple(key for key in spec.keys if key in known)
    absent = tuple(key for key in spec.keys if key not in known)
    share = sum(weight[key] for key in present)
    return Preset(spec.key, spec.title, spec.source, spec.note, present, absent, share, spec.key in PREFERRED)


def _order(preset: Preset) -> tuple[int, float, str]:
    place = PREFERRED.index(preset.key) if preset.preferred else len(PREFERRED)
    return place, -preset.share, preset.title
