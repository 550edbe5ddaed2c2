"""Reads the parts of a spec that indicators, domains and indices share: normalisation, treatment, classes, exclusions,
weights.

`where` is the path of the section in the file, for messages. The format is described in `spec.py`.
"""

from __future__ import annotations

import math
from dataclasses import replace

from raumblick.need import fields
from raumblick.need.errors import SpecError
from raumblick.need.fields import Table
from raumblick.need.model import (
    NORMALISATIONS,
    QUANTILE_RULES,
    RANK_FORMULAS,
    TIES,
    Classes,
    Exclusion,
    Node,
    Normalise,
    Treat,
)

_NORMALISE = ("method", "dispersion", "mean", "sd", "to", "bounds", "clip", "center", "spread", "weighted_by", "rank",
              "ties", "factor", "k", "rule")  # fmt: skip
_TREAT = ("method", "skew", "kurtosis", "moments", "max_points", "fallback", "quantiles", "sd")
_CLASSES = ("method", "labels", "cuts", "belongs", "k", "rule", "first", "top")
_EXCLUSION = ("reason", "areas", "column", "below", "above", "equals", "not_equals", "missing", "optional")
_SUM_TOLERANCE = 0.002  # published weights are rounded
# Conventions that go with a normalisation where the spec says nothing.
_RANK = {
    "percentile": ("(n-r)/(n-1)", "max"),
    "normal_score": ("(n-r+0.5)/n", "average"),
    "points": ("(n-r+1)/n", "min"),
}


def normalisation(raw: Table, where: str, default: str, direction: object = "+") -> Normalise:
    """A normalisation with the conventions that go with its method."""
    fields.known(raw, _NORMALISE, where)
    method = fields.choice(raw, "method", default, NORMALISATIONS, where)
    if raw and "method" not in raw:
        raise SpecError(f"{where}.method", "Die Methode fehlt.")
    if method in ("max", "relative") and direction == "-":
        raise SpecError(where, f"„{method}“ hat für die Richtung „-“ keinen Sinn.")
    if ("center" in raw) != ("spread" in raw):
        raise SpecError(where, "„center“ und „spread“ gehören zusammen.")
    rank, ties = _RANK.get(method, ("(n-r+1)/n", "average"))
    rank = fields.choice(raw, "rank", rank, RANK_FORMULAS, where)
    if method == "normal_score" and rank in ("(n-r+1)/n", "(n-r)/n", "(n-r)/(n-1)", "(n-r+1)/max"):
        raise SpecError(f"{where}.rank", "Ein Normalrang braucht eine Formel, die 0 und 1 nicht erreicht.")
    for key in ("sd", "spread", "factor"):
        if key in raw and fields.number(raw, key, 1.0, where) <= 0:
            raise SpecError(f"{where}.{key}", "Hier wird eine Zahl über 0 erwartet.")
    return Normalise(
        method=method,
        dispersion=fields.choice(raw, "dispersion", "population", ("population", "sample"), where),
        mean=fields.number(raw, "mean", 0.0, where),
        sd=fields.number(raw, "sd", 1.0, where),
        to=fields.pair(raw, "to", where),
        bounds=fields.pair(raw, "bounds", where),
        clip=fields.flag(raw, "clip", where),
        center=fields.number(raw, "center", 0.0, where) if "center" in raw else None,
        spread=fields.number(raw, "spread", 1.0, where) if "spread" in raw else None,
        weighted_by=fields.text(raw, "weighted_by", where) or None,
        rank=rank,
        ties=fields.choice(raw, "ties", ties, TIES, where),
        factor=fields.number(raw, "factor", 23.0, where),
        k=fields.whole(raw, "k", 5, where, least=2),
        rule=fields.choice(raw, "rule", QUANTILE_RULES[0], QUANTILE_RULES, where),
    )


def treatment(raw: Table, where: str) -> Treat:
    """An outlier treatment."""
    fields.known(raw, _TREAT, where)
    if raw and "method" not in raw:
        raise SpecError(f"{where}.method", "Die Methode fehlt.")
    return Treat(
        method=fields.choice(raw, "method", "none", ("none", "winsorise", "quantiles", "sd"), where),
        skew=fields.number(raw, "skew", 2.0, where),
        kurtosis=fields.number(raw, "kurtosis", 3.5, where),
        moments=fields.choice(raw, "moments", "sample", ("sample", "population"), where),
        max_points=fields.whole(raw, "max_points", 5, where, least=0),
        fallback=fields.choice(raw, "fallback", "none", ("none", "log"), where),
        quantiles=fields.pair(raw, "quantiles", where) or (0.05, 0.95),
        sd=fields.number(raw, "sd", 3.0, where),
    )


def classes(raw: Table, where: str) -> Classes:
    """A classification; `none` where the section is left out."""
    fields.known(raw, _CLASSES, where)
    method = fields.choice(raw, "method", "none", ("none", "cuts", "quantiles", "top"), where)
    if raw and "method" not in raw:
        raise SpecError(f"{where}.method", "Die Methode fehlt.")
    labels, cuts = fields.texts(raw, "labels", where), fields.numbers(raw, "cuts", (), where)
    top = tuple(int(v) for v in fields.numbers(raw, "top", (), where))
    k = fields.whole(raw, "k", 10, where, least=2)
    belongs = fields.texts(raw, "belongs", where) or ("above",) * len(cuts)
    if method == "quantiles" and not labels:
        labels = tuple(str(i + 1) for i in range(k))
    limits = top if method == "top" else cuts
    if method in ("cuts", "top") and not limits:
        raise SpecError(f"{where}.{method}", "Diese Angabe fehlt.")
    if any(b <= a for a, b in zip(limits, limits[1:], strict=False)):
        raise SpecError(f"{where}.{method}", "Die Zahlen müssen steigen.")
    wanted = k if method == "quantiles" else len(limits) + 1
    if method != "none" and len(labels) != wanted:
        raise SpecError(f"{where}.labels", f"Hier werden {wanted} Namen erwartet, es sind {len(labels)}.")
    if len(belongs) != len(cuts) or any(side not in ("above", "below") for side in belongs):
        raise SpecError(f"{where}.belongs", "Hier wird je Grenze „above“ oder „below“ erwartet.")
    return Classes(
        method=method,
        labels=labels,
        cuts=cuts,
        belongs=belongs,
        k=k,
        rule=fields.choice(raw, "rule", QUANTILE_RULES[0], QUANTILE_RULES, where),
        first=fields.choice(raw, "first", "most", ("most", "least"), where),
        top=top,
    )


def exclusion(raw: Table) -> Exclusion:
    """One exclusion rule."""
    fields.known(raw, _EXCLUSION, "exclude")
    tests = [key for key in ("below", "above", "equals", "not_equals", "missing") if key in raw]
    column = fields.text(raw, "column", "exclude") or None
    areas = fields.texts(raw, "areas", "exclude")
    if (column is None) != (not tests):
        raise SpecError("exclude.column", "Eine Regel braucht eine Spalte und mindestens eine Bedingung.")
    if column is None and not areas:
        raise SpecError("exclude.areas", "Eine Ausschlussregel nennt Gebiete oder eine Bedingung.")
    values = {}
    for key in ("equals", "not_equals"):
        value = raw.get(key, [])
        if not isinstance(value, list):
            raise SpecError(f"exclude.{key}", "Hier wird eine Liste erwartet.")
        values[key] = tuple(value)
    return Exclusion(
        reason=fields.text(raw, "reason", "exclude", required=True),
        areas=areas,
        column=column,
        below=fields.number(raw, "below", 0, "exclude") if "below" in raw else None,
        above=fields.number(raw, "above", 0, "exclude") if "above" in raw else None,
        equals=values["equals"],
        not_equals=values["not_equals"],
        missing=fields.flag(raw, "missing", "exclude"),
        optional=fields.flag(raw, "optional", "exclude"),
    )


def weighted(children: list[Node], aggregate: str, section: Table, name: str) -> tuple[Node, ...]:
    """The children with their weights checked, or with equal ones where the spec gives none."""
    without = [child.key for child in children if math.isnan(child.weight)]
    means = aggregate in ("mean", "geometric", "power")
    if len(without) == len(children):
        equal = 1 / len(children) if means else 1.0
        return tuple(replace(child, weight=equal) for child in children)
    if aggregate == "pca":
        raise SpecError(f"{name}.weight", "Die Gewichte einer Hauptkomponente ergeben sich aus den Daten.")
    if without:
        raise SpecError(f"{without[0]}.weight", "Das Gewicht fehlt; andere Kennzahlen derselben Gruppe haben eines.")
    for child in children:
        if child.weight < 0:
            raise SpecError(f"{child.key}.weight", "Ein Gewicht darf nicht negativ sein; dafür ist „direction“ da.")
    total = math.fsum(child.weight for child in children)
    wanted = [fields.number(section, "weight_total", 1.0, name)] if "weight_total" in section else [1.0, 100.0]
    checked = means or "weight_total" in section
    if total <= 0 or (checked and not any(abs(total - w) <= _SUM_TOLERANCE * abs(w) for w in wanted)):
        expected = " oder ".join(f"{w:g}" for w in wanted)
        raise SpecError(f"{name}.weight", f"Die Gewichte summieren sich zu {total:g}, nicht zu {expected}.")
    return tuple(children)
