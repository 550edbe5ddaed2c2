"""The parts of an index spec as plain frozen data; `spec.py` documents and reads the file format.

An index is a tree: its leaves are indicators, its groups are domains, its root is the index. Every node has a value
that enters its parent: a leaf's column or a group's aggregate, turned so that high means need, transformed, treated
for outliers and normalised.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from raumblick.need.errors import SpecError

NORMALISATIONS = (
    "none", "z", "minmax", "max", "relative", "scaled_rank", "percentile", "exponential", "normal_score", "points",
)
RANK_FORMULAS = (
    "(n-r+1)/n", "(n-r)/n", "(n-r)/(n-1)", "(n-r+0.5)/n", "(n-r+1)/(n+1)", "(n-r+0.625)/(n+0.25)", "(n-r+1)/max",
)
QUANTILE_RULES = ("ceil(r*k/n)", "floor((r-1)*k/n)+1")
TIES = ("average", "min", "max", "dense", "first")
TRANSFORMS = ("none", "log", "log1p", "sqrt", "arcsine")
AGGREGATES = ("sum", "mean", "geometric", "power", "product", "pca")
LOADINGS = ("eigenvector", "loading", "squared", "unit_sum")


@dataclass(frozen=True)
class Normalise:
    """How values of different units become comparable; see the table in `spec.py`."""

    method: str = "none"
    dispersion: str = "population"
    mean: float = 0.0
    sd: float = 1.0
    to: tuple[float, float] | None = None
    bounds: tuple[float, float] | None = None
    clip: bool = False
    center: float | None = None
    spread: float | None = None
    weighted_by: str | None = None
    rank: str = "(n-r+1)/n"
    ties: str = "average"
    factor: float = 23.0
    k: int = 5
    rule: str = QUANTILE_RULES[0]

    @property
    def linear(self) -> bool:
        """True where the normalised value is a straight line in the value."""
        return self.method in ("none", "z", "minmax", "max", "relative") and not self.clip


@dataclass(frozen=True)
class Treat:
    """What is done about outliers before normalisation."""

    method: str = "none"
    skew: float = 2.0
    kurtosis: float = 3.5
    moments: str = "sample"
    max_points: int = 5
    fallback: str = "none"
    quantiles: tuple[float, float] = (0.05, 0.95)
    sd: float = 3.0


@dataclass(frozen=True)
class Leaf:
    """One indicator: a column of the table."""

    key: str
    name: str = ""
    sign: int = 1
    weight: float = 1.0
    transform: str = "none"
    treat: Treat = Treat()
    normalise: Normalise = Normalise("z")
    valid: tuple[float, float] | None = None
    of: str = ""
    note: str = ""


@dataclass(frozen=True)
class Group:
    """A domain, or the index itself: children and how they become one number."""

    key: str
    children: tuple[Leaf | Group, ...]
    name: str = ""
    sign: int = 1
    weight: float = 1.0
    aggregate: str = "mean"
    power: float = 1.0
    loadings: str = "eigenvector"
    missing: str = "exclude"
    min_share: float = 1.0
    transform: str = "none"
    treat: Treat = Treat()
    normalise: Normalise = Normalise()

    def leaves(self) -> Iterator[Leaf]:
        """Every indicator below this group, in the order of the spec."""
        for child in self.children:
            if isinstance(child, Leaf):
                yield child
            else:
                yield from child.leaves()

    def groups(self) -> Iterator[Group]:
        """This group and every group below it."""
        yield self
        for child in self.children:
            if isinstance(child, Group):
                yield from child.groups()


Node = Leaf | Group


@dataclass(frozen=True)
class Classes:
    """How the index becomes a few named classes."""

    method: str = "none"
    labels: tuple[str, ...] = ()
    cuts: tuple[float, ...] = ()
    belongs: tuple[str, ...] = ()
    k: int = 10
    rule: str = QUANTILE_RULES[0]
    first: str = "most"
    top: tuple[int, ...] = ()


@dataclass(frozen=True)
class Model:
    """One index: its tree, its orientation and its classes."""

    tree: Group
    classes: Classes = Classes()
    orientation: int = 1
    times: str | None = None
    ties: str = "min"
    years_back: int | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the indicators."""
        return tuple(leaf.key for leaf in self.tree.leaves())

    @property
    def worst_class(self) -> str | None:
        """Name of the class with the most need, None where there are no classes."""
        if self.classes.method == "none":
            return None
        if self.classes.method == "cuts":
            return self.classes.labels[-1 if self.orientation > 0 else 0]
        if self.classes.method == "quantiles":
            return self.classes.labels[0 if self.classes.first == "most" else -1]
        return self.classes.labels[0]


@dataclass(frozen=True)
class Exclusion:
    """Areas that are not judged, and why: a list of keys, or a rule on one column."""

    reason: str
    areas: tuple[str, ...] = ()
    column: str | None = None
    below: float | None = None
    above: float | None = None
    equals: tuple[object, ...] = ()
    not_equals: tuple[object, ...] = ()
    missing: bool = False
    optional: bool = False


@dataclass(frozen=True)
class IndexSpec:
    """Everything that decides an index: read by `load_spec`, applied by `score`."""

    key: str
    title: str
    status: Model
    dynamics: Model | None = None
    exclusions: tuple[Exclusion, ...] = ()
    sentinels: tuple[float, ...] = ()
    minimum_areas: int = 3
    year: int | None = None
    source: str = ""
    note: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the indicators of the index, in the order of the spec."""
        return self.status.keys

    @property
    def weights(self) -> dict[str, float]:
        """Weight of every indicator and domain within its group."""
        return {child.key: child.weight for group in self.status.tree.groups() for child in group.children}

    def with_weights(self, weights: Mapping[str, float]) -> IndexSpec:
        """The same spec with other weights of some indicators or domains.

        `weights`: key -> weight >= 0 on any scale. Within a group that is touched, weights are scaled so that their sum
        stays what it was. Raises SpecError for a key that the spec does not know, a negative weight, or a group whose
        weights are all 0.
        """
        known = self.weights
        for key, weight in weights.items():
            if key not in known:
                raise SpecError(key, "Diese Kennzahl kommt im Index nicht vor.")
            if not weight >= 0:
                raise SpecError(key, "Ein Gewicht darf nicht negativ sein oder fehlen.")
        tree = _reweighted(self.status.tree, weights)
        return replace(self, status=replace(self.status, tree=tree))

    def without(self, *keys: str) -> IndexSpec:
        """The same spec without some indicators or domains; the rest of a group carries their weight.

        Raises SpecError for an unknown key and where nothing would be left.
        """
        for key in keys:
            if key not in self.weights:
                raise SpecError(key, "Diese Kennzahl kommt im Index nicht vor.")
        tree = _pruned(self.status.tree, set(keys))
        if tree is None:
            raise SpecError(keys[0], "Ohne diese Kennzahl bleibt vom Index nichts übrig.")
        return replace(self, status=replace(self.status, tree=tree))


def _pruned(group: Group, keys: set[str]) -> Group | None:
    """The group without some children at any depth, None where it is empty then."""
    kept: list[Node] = []
    for child in group.children:
        left = None if child.key in keys else _pruned(child, keys) if isinstance(child, Group) else child
        if left is not None:
            kept.append(left)
    total = sum(child.weight for child in kept)
    if not kept or total <= 0:
        return None
    factor = sum(child.weight for child in group.children) / total
    if group.aggregate not in ("sum", "product"):  # a sum of fewer parts is a smaller sum
        kept = [replace(child, weight=child.weight * factor) for child in kept]
    # As much weight as before may be missing, or leaving out an indicator would shut out areas.
    share = max(0.0, 1 - (1 - group.min_share) * factor)
    return replace(group, children=tuple(kept), min_share=share)


def _reweighted(group: Group, weights: Mapping[str, float]) -> Group:
    """The group with new weights, of the same sum, in it and below it."""
    children = tuple(_reweighted(c, weights) if isinstance(c, Group) else c for c in group.children)
    if any(c.key in weights for c in children):
        if group.aggregate == "pca":
            raise SpecError(group.key, "Die Gewichte einer Hauptkomponente ergeben sich aus den Daten.")
        old = sum(c.weight for c in children)
        new = [float(weights.get(c.key, c.weight)) for c in children]
        if sum(new) <= 0:
            raise SpecError(group.key, "Mindestens ein Gewicht muss größer als 0 sein.")
        children = tuple(replace(c, weight=w * old / sum(new)) for c, w in zip(children, new, strict=True))
    return replace(group, children=children)
