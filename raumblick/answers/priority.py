"""Which areas need most, how sure is that, and why? An index on the areas of a level: the answer behind Schwerpunkträume.

    found = material(store, "leipzig", "ortsteil")      # read once
    now = inputs(found, "2022")                         # one year
    ranking = rank(now, weights=(("unemp", 0.4),), top=13)
    sure = surety(ranking, doubts=("zahlen", "gewichte"))

`rank` costs milliseconds and is asked anew with every move of a slider.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.answers.material import Inputs, names_of
from raumblick.answers.presets import shares
from raumblick.answers.values import HIDDEN, MISSING, VALUE
from raumblick.need import checks
from raumblick.need.certainty import Certainty, Counts, Sources, certainty, known_values, tiers
from raumblick.need.draws import need_draws
from raumblick.need.index import IndexError_, IndexResult, IndexSpec, SpecError, score
from raumblick.need.prepare import prepare
from raumblick.need.quality import Quality, quality
from raumblick.need.sensitivity import Sensitivity, leave_one_out, sensitivity

DOUBTS = ("zahlen", "gewichte", "rechenweise")
DEFAULT_DOUBTS = ("zahlen", "gewichte")
WEIGHT_SPREAD = 0.25  # a weight in doubt lies up to a quarter above or below
_FIFTH = 0.2  # of the areas are looked for where the preset says nothing that fits the level
Weights = tuple[tuple[str, float], ...]


class NotScorableError(ValueError):
    """The index cannot be computed on these numbers; the message is German and names the indicator."""


@dataclass(frozen=True, eq=False)
class Ranking:
    """An index of all areas of a level.

    `spec`: with the weights that were used, without indicators of weight 0. `areas`: one row an area in ascending
    area_id: area_id, name, parent_name, index, rank (1 = most need; missing where not judged), status_class,
    dynamics_class, target (among the areas looked for), state ("value", "hidden", "missing"), excluded (reason, German,
    or ""), beside (help rate). `top`: how many areas are looked for, None where the worst class is. `size`: how many that
    are. `wanted`: the same in German. `share`: weight of each indicator, sums to 1. `notes`: German sentences.
    """

    inputs: Inputs
    spec: IndexSpec
    result: IndexResult
    areas: pd.DataFrame
    top: int | None
    size: int
    wanted: str
    share: dict[str, float]
    notes: tuple[str, ...]

    @property
    def judged(self) -> int:
        """Number of areas that have a rank."""
        return int(self.areas["rank"].notna().sum())

    @property
    def names(self) -> dict[str, str]:
        """German name of every indicator."""
        return self.inputs.names

    def of(self, ids: Sequence[str]) -> list[str]:
        """Names of areas, in the order given."""
        known = dict(zip(self.areas["area_id"], self.areas["name"], strict=True))
        return [known[key] for key in ids]


@dataclass(frozen=True, eq=False)
class Surety:
    """How sure a ranking is.

    `areas`: rows as in the ranking: area_id, rank_low, rank_mid, rank_high (90 % interval), probability, tier ("sicher",
    "wahrscheinlich", "unklar", "nicht" or missing), listed. `expected_false`: share of the list that is expected to be
    wrong. `exact`: names of indicators whose chance is not known and that count as exact; `partly`: (name, areas
    without counts); `uncounted`: no indicator has counts.
    """

    areas: pd.DataFrame
    expected_false: float
    doubts: tuple[str, ...]
    draws: int
    seed: int
    exact: tuple[str, ...]
    partly: tuple[tuple[str, int], ...]
    uncounted: bool

    def count(self, tier: str) -> int:
        """Number of areas of a tier."""
        return int((self.areas["tier"] == tier).sum())


def rank(now: Inputs, weights: Weights = (), top: int | None = None) -> Ranking:
    """The index of every area.

    Args:
        now: table of a year.
        weights: (key, weight >= 0 on any scale) of indicators that differ from the preset; weight 0 takes one out. Keys
            that are not part of the index in this year are passed over.
        top: how many areas are looked for; None takes the worst class of the preset, or a fifth of the areas where it
            has none that divides this level.

    Raises:
        NotScorableError: constant indicators, too few areas, no weight left, `top` out of range.
    """
    try:
        spec = weighted(now.spec, weights)
        result = score(now.table, spec)
    except (IndexError_, SpecError) as error:
        raise NotScorableError(in_words(str(error), names_of(now.material))) from error
    scored = result.areas["rank"].to_numpy(dtype=float, na_value=np.nan)
    judged = int(np.isfinite(scored).sum())
    if top is not None and not 1 <= top < judged:
        raise NotScorableError(f"Die Zahl der gesuchten Gebiete muss zwischen 1 und {judged - 1} liegen.")
    chosen = top if top is not None else _default_top(spec, judged)
    target = scored <= chosen if chosen is not None else result.areas["status_class"].eq(spec.status.worst_class).to_numpy()
    reasons = result.areas["excluded"]
    frame = pd.DataFrame(
        {
            **{name: now.material.areas[name] for name in now.material.areas.columns},
            "index": result.areas["index"],
            "rank": scored,
            "status_class": result.areas["status_class"],
            "dynamics_class": result.areas["dynamics_class"],
            "target": target,
            "state": np.where(np.isfinite(scored), VALUE, np.where(now.hidden, HIDDEN, MISSING)),
            "excluded": "" if reasons.isna().all() else [in_words(r, now.names) if isinstance(r, str) else "" for r in reasons],
            "beside": now.beside,
        }
    )
    wanted = f"unter den ersten {chosen}" if chosen is not None else f"Klasse „{spec.status.worst_class}“"
    notes = tuple(in_words(note, now.names) for note in result.notes if "Ausschlussregel nicht geprüft" not in note)
    return Ranking(now, spec, result, frame, chosen, int(target.sum()), wanted, shares(spec.status), notes)


def weighted(spec: IndexSpec, weights: Weights) -> IndexSpec:
    """The spec with other weights; weight 0 takes an indicator out, unknown keys are passed over.

    Raises SpecError where nothing is left.
    """
    own = {key: weight for key, weight in weights if key in spec.weights}
    if not own:
        return spec
    changed = spec.with_weights(own)
    gone = [key for key, weight in own.items() if weight == 0]
    return changed.without(*gone) if gone else changed


def surety(ranking: Ranking, doubts: Sequence[str] = DEFAULT_DOUBTS, draws: int = 2000, seed: int = 1) -> Surety:
    """How sure each area's place is, under the sources of doubt named in `doubts` (of DOUBTS).

    Raises:
        NotScorableError: as `rank`.
    """
    now, counts, sources = ranking.inputs, _counts(ranking), _sources(doubts)
    try:
        found: Certainty = certainty(now.table, ranking.spec, counts, top=ranking.top, sources=sources, draws=draws, seed=seed)
    except (IndexError_, SpecError) as error:
        raise NotScorableError(in_words(str(error), now.names)) from error
    used = now.sources[now.sources["indicator"].isin(ranking.spec.keys)]
    part = used[(used["counted"] > 0) & (used["counted"] < used["known"])]
    return Surety(
        areas=found.areas,
        expected_false=found.expected_false,
        doubts=tuple(doubts),
        draws=draws,
        seed=seed,
        exact=tuple(used.loc[used["counted"] == 0, "name"]),
        partly=tuple(zip(part["name"], (part["known"] - part["counted"]).astype(int), strict=True)),
        uncounted=bool((used["counted"] == 0).all()),
    )


def first_look(ranking: Ranking, doubts: Sequence[str] = DEFAULT_DOUBTS, draws: int = 250, seed: int = 1) -> Surety:
    """Probability and tier only, from few repetitions, in a fraction of the time: what a moved slider shows first.

    Rank intervals are missing and no area is listed. Raises NotScorableError as `rank`.
    """
    now, model = ranking.inputs, ranking.spec.status
    try:
        reasons, _ = checks.exclusion_reasons(now.table, ranking.spec)
        ready = prepare(now.table, ranking.spec, model, reasons)
        known, _ = known_values(ready, _counts(ranking), _sources(doubts))
        hits = np.zeros(int(ready.where.sum()))
        for need in need_draws(model, ready, known, _sources(doubts), draws, seed):
            hits += _hits(need, ranking)
    except (IndexError_, SpecError) as error:
        raise NotScorableError(in_words(str(error), now.names)) from error
    chance = np.full(len(now.table), np.nan)
    chance[ready.where] = hits / draws
    blank = np.full(len(chance), np.nan)
    frame = pd.DataFrame(
        {
            "area_id": now.table["area_id"], "rank_low": blank, "rank_mid": blank, "rank_high": blank,
            "probability": chance, "tier": tiers(chance), "listed": False,
        }
    )  # fmt: skip
    return Surety(frame, 0.0, tuple(doubts), draws, seed, (), (), False)


def _hits(need: np.ndarray, ranking: Ranking) -> np.ndarray:
    """How often each area is among those looked for, in repetitions (repetitions, areas) of need values."""
    if ranking.top is None:
        model = ranking.spec.status
        cut = model.classes.cuts[-1] if model.orientation > 0 else -model.classes.cuts[0]
        return (need > cut).sum(axis=0)
    first = np.argpartition(-need, ranking.top - 1, axis=1)[:, : ranking.top]
    return np.bincount(first.ravel(), minlength=need.shape[1])


def matters(ranking: Ranking, seed: int = 1) -> tuple[Sensitivity, pd.DataFrame]:
    """Which choice matters (shares of the variance of the ranks), and what leaving one indicator out changes.

    The second frame has one row an indicator: indicator, name, correlation, mean_shift, largest_shift, entering,
    leaving (names of areas among the areas looked for). Raises NotScorableError as `rank`.
    """
    try:
        which = sensitivity(ranking.inputs.table, ranking.spec, _counts(ranking), seed=seed)
        without = leave_one_out(ranking.inputs.table, ranking.spec, ranking.size or None)
    except (IndexError_, SpecError) as error:
        raise NotScorableError(in_words(str(error), ranking.names)) from error
    if len(without):
        without.insert(1, "name", without["indicator"].map(ranking.names))
        for column in ("entering", "leaving"):
            if column in without:
                without[column] = [", ".join(ranking.of(ids)) for ids in without[column]]
    return which, without


def together(ranking: Ranking) -> Quality:
    """Do the indicators belong together? Correlations, redundant pairs, principal component, Cronbach's alpha."""
    return quality(ranking.result)


def in_words(text: str, names: Mapping[str, str]) -> str:
    """A message of a method with the names of indicators in place of their keys."""
    for key, name in sorted(names.items(), key=lambda item: -len(item[0])):
        text = re.sub(rf"(?<![\w„]){re.escape(key)}(?!\w)", f"„{name}“", text)
    return re.sub(r"^(index|top|status): ", "", text)


def _counts(ranking: Ranking) -> dict[str, Counts]:
    return {key: counts for key, counts in ranking.inputs.counts.items() if key in ranking.spec.keys}


def _sources(doubts: Sequence[str]) -> Sources:
    weights = "range" if "gewichte" in doubts else "none"
    return Sources(counts="zahlen" in doubts, weights=weights, spread=WEIGHT_SPREAD, conventions="rechenweise" in doubts)


def _default_top(spec: IndexSpec, judged: int) -> int | None:
    """None where the worst class of the spec divides the areas, else how many are looked for."""
    classes = spec.status.classes
    fifth = max(1, min(judged - 1, round(_FIFTH * judged)))
    if classes.method == "top":
        return classes.top[0] if 2 * classes.top[0] < judged else fifth
    if classes.method == "none" or (classes.method == "quantiles" and judged < 2 * classes.k):
        return fifth
    return None
