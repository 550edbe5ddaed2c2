'''Reads an index spec from TOML.

A spec says everything that decides an index; the engine has no convention of its own. A worked example, an index of two
domains whose second is a geometric mean of min-max values:

    key = "beispiel"                        # required, short name
    title = "Beispielindex 2024"            # required, shown on the page
    source = "Fachplan 2024, Seite 12"      # where the convention is published
    note = ""                               # one sentence for readers
    year = 2024                             # reference year
    sentinels = [-9999]                     # values that mean "missing"
    minimum_areas = 3                       # fewer areas are refused

    [index]                                 # the top of the tree: how the domains (or indicators) become the index
    aggregate = "mean"
    normalise = { method = "z" }            # re-standardisation of the index; default: none
    missing = "exclude"

    [defaults]                              # for every indicator that does not say otherwise
    normalise = { method = "z", dispersion = "population" }

    [[domain]]
    key = "armut"
    name = "Armut"
    weight = 0.6
    aggregate = "mean"                      # two indicators without weights: 1/2 each
    normalise = { method = "z" }            # how the domain's score enters its parent; default: none

    [[domain]]
    key = "bildung"
    weight = 0.4
    aggregate = "geometric"
    normalise = { method = "z" }

    [[indicator]]
    key = "sgb2_u15"                        # column of the table
    name = "Kinder in SGB II"
    domain = "armut"                        # default: directly below the index
    direction = "+"                         # "+" high means need, "-" low means need; required
    valid = [0, 100]                        # values outside are refused

    [[indicator]]
    key = "unemp"
    domain = "armut"
    direction = "+"

    [[indicator]]
    key = "gym_rec"
    domain = "bildung"
    direction = "-"
    normalise = { method = "minmax", to = [1, 100] }

    [[indicator]]
    key = "eingang_speech"
    domain = "bildung"
    direction = "+"
    treat = { method = "winsorise" }
    normalise = { method = "minmax", to = [1, 100] }

    [classes]
    method = "cuts"
    cuts = [-1, 1, 1.5]
    labels = ["hoch", "mittel", "niedrig", "sehr niedrig"]

    [[exclude]]
    column = "inhabitants"
    below = 300
    reason = "unter 300 Einwohner"

    [dynamics]                              # a second index on changes, with the same keys as [index]
    years_back = 2
    aggregate = "mean"
    normalise = { method = "z" }

    [[dynamics.indicator]]
    key = "d_unemp"                         # column with the change
    of = "unemp"                            # the column it is the change of (for `change_columns`)
    direction = "+"

    [dynamics.classes]
    method = "cuts"
    cuts = [-1, 1]
    labels = ["positiv", "stabil", "negativ"]

## The way of a value
column -> sentinel to missing -> transform -> treat -> direction -> normalise -> (with its weight) aggregate of the
parent -> transform -> treat -> direction -> normalise of the parent -> ... -> index. Rank 1 is the most need.

## Settings of [index], [dynamics] and every [[domain]]
* `aggregate`: `mean` (default, sum w x / sum w), `sum` (sum w x), `geometric`, `power` (with `power = 0.5`), `product`
  (prod x^w), `pca` (first principal component; takes no weights).
* `weight_total`: what the weights of its children sum to. Left out, weights of `mean`, `geometric` and `power` must sum
  to 1 or 100 (published weights are rounded, so 99.9 passes); `sum` and `product` take any weights. Without any weights
  all children count the same (1 each in a sum or product, 1/n in a mean). Some with and some without is an error.
* `missing`: `exclude` (default; an area without one of the children is not judged) or `reweight` (the present ones
  carry the weight, if they make up `min_share`, default 0.5, of it).
* `loadings` (pca): `eigenvector` (default), `loading`, `squared`, `unit_sum`.
* `transform`, `treat`, `normalise`: as for indicators, applied to the aggregate. Default: none.
* [[domain]] also: `key`, `name`, `weight`, `direction` (default "+"), `parent` (key of another domain; default: the
  index itself).
* [index] and [dynamics] also: `orientation` ("-": the published index is low where need is high; its sign is turned at
  the end), `times` (a column that multiplies the index), `ties` of the final rank (default `min`), `years_back`
  (dynamics only).

## Settings of an [[indicator]] (in [defaults]: `valid`, `transform`, `treat`, `normalise`)
* `key`, `name`, `domain`, `direction`, `weight`, `valid = [low, high]`, `of`, `note`
* `transform`: `none`, `log`, `log1p`, `sqrt`, `arcsine` (of the root of a proportion).
* `treat = { method = ... }`: `none`; `winsorise` with `skew` (2), `kurtosis` (3.5, excess), `moments` (`sample` or
  `population`), `max_points` (5; 0: no limit), `fallback` (`none` or `log`): while |skewness| and kurtosis both reach
  their limits, the most extreme value becomes the next one's; `quantiles` with `quantiles = [0.05, 0.95]`; `sd` with
  `sd = 3`.
* `normalise = { method = ... }`; without it an indicator is z-scored, a domain is left as it is:

| method | value | settings |
|---|---|---|
| none | x | |
| z | mean + sd (x - m)/s | dispersion (`population`, `sample`), mean (0), sd (1), weighted_by, center and spread |
| minmax | low end .. high end | to ([0, 100]), bounds, clip (false) |
| max | x / largest | to ([0, 1]; only the high end counts) |
| relative | x / mean of the areas | to ([0, 1]; [0, 100]: mean = 100) |
| scaled_rank | formula of rank r among n | rank, ties, to ([0, 1]) |
| percentile | the same, times 100 | rank ("(n-r)/(n-1)"), ties ("max": equal values get the lower percentile), to |
| exponential | -f ln(1 - R(1 - exp(-100/f))), R scaled rank | rank, ties, factor (f = 23) |
| normal_score | normal quantile of the scaled rank | rank ("(n-r+0.5)/n"), ties, mean, sd |
| points | 1 .. k by quantile of the rank, k = most need | k (5), rule, ties ("min") |

* `weighted_by`: a column (residents) that weights mean and deviation; `center`, `spread`: a fixed mean and deviation,
  e.g. of the reference year; `bounds = [low, high]`: fixed goalposts in the unit of the transformed indicator, `clip`
  cuts values at them.
* `rank`: "(n-r+1)/n" (default), "(n-r)/n", "(n-r)/(n-1)", "(n-r+0.5)/n", "(n-r+1)/(n+1)", "(n-r+0.625)/(n+0.25)",
  "(n-r+1)/max". `ties` (ranks count from the most need): `average` (default), `min`, `max`, `dense`, `first`.

A `normalise` table replaces the one in [defaults] as a whole; so does `treat`.

## [classes] and [dynamics.classes]
* `method = "cuts"`: `cuts` rising, one more of `labels`; `belongs` (one a cut, `above` or `below`, default `above`)
  says where an index that equals the cut goes. The cuts are in the unit of the published index.
* `method = "quantiles"`: `k` classes by rank, `first` = `most` (default: class 1 has the most need) or `least`, `rule`
  = "ceil(r*k/n)" (default) or "floor((r-1)*k/n)+1" with r counted from class 1, `labels` (default "1" to "k").
* `method = "top"`: `top = [13]` and one more of `labels`: the first 13 ranks, the rest; `[5, 13]` makes three classes.

## [[exclude]]
`reason` (required) and `areas = ["..."]`, or `column` with one or more of `below`, `above`, `equals = [...]`,
`not_equals = [...]`, `missing = true`. `optional = true`: the rule is skipped, with a note, where the column is absent.
'''

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from pathlib import Path

from raumblick.need import fields
from raumblick.need.errors import IndexError_, SpecError
from raumblick.need.fields import Table
from raumblick.need.model import AGGREGATES, LOADINGS, TIES, TRANSFORMS, Group, IndexSpec, Leaf, Model, Node
from raumblick.need.specparts import classes, exclusion, normalisation, treatment, weighted

__all__ = ["IndexError_", "IndexSpec", "SpecError", "load_spec", "parse_spec"]

_HEAD = ("key", "title", "source", "note", "year", "sentinels", "minimum_areas")
_PARTS = ("index", "defaults", "domain", "indicator", "classes", "exclude", "dynamics")
_GROUP = ("aggregate", "power", "loadings", "weight_total", "missing", "min_share", "transform", "treat", "normalise")
_ROOT = (*_GROUP, "orientation", "times", "ties")
_DYNAMICS = (*_ROOT, "years_back", "defaults", "domain", "indicator", "classes")
_DOMAIN = (*_GROUP, "key", "name", "weight", "direction", "parent")
_DEFAULTS = ("transform", "treat", "normalise", "valid")
_INDICATOR = (*_DEFAULTS, "key", "name", "domain", "direction", "weight", "of", "note")


def load_spec(path: str | Path) -> IndexSpec:
    """The spec in a TOML file. Raises SpecError naming the setting; FileNotFoundError where there is no file."""
    try:
        raw = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SpecError(Path(path).name, f"Die Datei ist kein gültiges TOML: {error}") from None
    return parse_spec(raw)


def parse_spec(raw: Table) -> IndexSpec:
    """The spec in an already parsed TOML document. Raises SpecError naming the setting."""
    fields.known(raw, (*_HEAD, *_PARTS), "")
    defaults = fields.section(raw, "defaults")
    status = _model(fields.section(raw, "index"), raw, defaults, "index", _ROOT)
    dynamics = None
    if "dynamics" in raw:
        section = fields.section(raw, "dynamics")
        own = fields.section(section, "defaults", "dynamics") or defaults
        dynamics = _model(section, section, own, "dynamics", _DYNAMICS)
        both = {n.key for n in _nodes(status)} & {n.key for n in _nodes(dynamics)}
        if both:
            raise SpecError(min(both), "Der Schlüssel steht im Index und in der Dynamik.")
    return IndexSpec(
        key=fields.text(raw, "key", required=True),
        title=fields.text(raw, "title", required=True),
        status=status,
        dynamics=dynamics,
        exclusions=tuple(exclusion(item) for item in fields.sections(raw, "exclude")),
        sentinels=fields.numbers(raw, "sentinels", ()),
        minimum_areas=fields.whole(raw, "minimum_areas", 3, least=2),
        year=fields.whole(raw, "year", 0) if "year" in raw else None,
        source=fields.text(raw, "source"),
        note=fields.text(raw, "note"),
    )


def _nodes(model: Model) -> list[Node]:
    """All indicators and domains of a model."""
    return [child for group in model.tree.groups() for child in group.children]


def _model(section: Table, holder: Table, defaults: Table, name: str, allowed: Sequence[str]) -> Model:
    """One index: `section` holds the settings of its top, `holder` its indicators, domains and classes."""
    fields.known(section, allowed, name)
    fields.known(defaults, _DEFAULTS, f"{name}.defaults" if name == "dynamics" else "defaults")
    items = fields.sections(holder, "indicator", name)
    leaves = [(fields.text(item, "domain"), _leaf(item, defaults)) for item in items]
    if not leaves:
        raise SpecError(f"{name}.indicator", "Der Index enthält keine Kennzahl.")
    domains = fields.sections(holder, "domain", name)
    _check_keys(leaves, domains, name)
    tree = _group(section, name, "", leaves, domains)
    if sum(1 for _ in tree.leaves()) != len(leaves):
        raise SpecError(f"{name}.domain", "Die Bereiche enthalten einander im Kreis.")
    return Model(
        tree=tree,
        classes=classes(fields.section(holder, "classes", name), "classes" if name == "index" else f"{name}.classes"),
        orientation=fields.sign(section, "orientation", "+", name),
        times=fields.text(section, "times", name) or None,
        ties=fields.choice(section, "ties", "min", TIES, name),
        years_back=fields.whole(section, "years_back", 1, name) if "years_back" in section else None,
    )


def _check_keys(leaves: list[tuple[str, Leaf]], domains: list[Table], name: str) -> None:
    """Keys are unique, and every domain that is named exists."""
    domain_keys = [fields.text(domain, "key", "domain", required=True) for domain in domains]
    seen = {name}
    for key in [leaf.key for _, leaf in leaves] + domain_keys:
        if key in seen:
            raise SpecError(key, "Der Schlüssel kommt mehrfach vor.")
        seen.add(key)
    for parent in [domain for domain, _ in leaves] + [fields.text(domain, "parent") for domain in domains]:
        if parent and parent not in domain_keys:
            raise SpecError(parent, "Diesen Bereich gibt es nicht." + fields.hint(parent, domain_keys))


def _group(section: Table, name: str, key: str, leaves: list[tuple[str, Leaf]], domains: list[Table]) -> Group:
    """A group with everything below it; `key` is empty for the top, `name` is its key in the tree."""
    if key:
        fields.known(section, _DOMAIN, f"domain.{name}")
    children: list[Node] = [leaf for domain, leaf in leaves if domain == key]
    for domain in domains:
        if domain.get("parent", "") == key:
            children.append(_group(domain, domain["key"], domain["key"], leaves, domains))
    if not children:
        raise SpecError(name, "Dieser Bereich enthält keine Kennzahl.")
    aggregate = fields.choice(section, "aggregate", "mean", AGGREGATES, name)
    missing = fields.choice(section, "missing", "exclude", ("exclude", "reweight"), name)
    if aggregate == "pca" and missing == "reweight":
        raise SpecError(f"{name}.missing", "Eine Hauptkomponente braucht alle Werte.")
    power = fields.number(section, "power", 1.0, name)
    if power == 0:
        raise SpecError(f"{name}.power", "Für die Potenz 0 ist „geometric“ gedacht.")
    return Group(
        key=name,
        children=weighted(children, aggregate, section, name),
        name=fields.text(section, "name", name) or name,
        sign=fields.sign(section, "direction", "+", name),
        weight=fields.number(section, "weight", math.nan, name),
        aggregate=aggregate,
        power=power,
        loadings=fields.choice(section, "loadings", "eigenvector", LOADINGS, name),
        missing=missing,
        min_share=fields.number(section, "min_share", 0.5, name),
        transform=fields.choice(section, "transform", "none", TRANSFORMS, name),
        treat=treatment(fields.section(section, "treat", name), f"{name}.treat"),
        normalise=normalisation(fields.section(section, "normalise", name), f"{name}.normalise", "none"),
    )


def _leaf(item: Table, defaults: Table) -> Leaf:
    """One indicator."""
    key = fields.text(item, "key", "indicator", required=True)
    fields.known(item, _INDICATOR, f"indicator.{key}")
    merged = {**defaults, **item}
    return Leaf(
        key=key,
        name=fields.text(item, "name", key) or key,
        sign=fields.sign(item, "direction", None, key),
        weight=fields.number(item, "weight", math.nan, key),
        transform=fields.choice(merged, "transform", "none", TRANSFORMS, key),
        treat=treatment(fields.section(merged, "treat", key), f"{key}.treat"),
        normalise=normalisation(fields.section(merged, "normalise", key), f"{key}.normalise", "z", item["direction"]),
        valid=fields.pair(merged, "valid", key),
        of=fields.text(item, "of", key),
        note=fields.text(item, "note", key),
    )
