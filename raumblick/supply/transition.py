"""Where children get lost between stages: steps of cohorts with intervals, areas that lose more than the city, offers there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binom

from raumblick.stats.multiple import benjamini_hochberg
from raumblick.stats.rates import Floats, wilson
from raumblick.stats.words import Note, several
from raumblick.supply.errors import need_columns, numbers_of

STAGES = {
    "fruehe_hilfen": "Frühe Hilfen",
    "kita": "Kita",
    "grundschule": "Grundschule",
    "weiterfuehrende_schule": "Weiterführende Schule",
    "ausbildung": "Ausbildung",
}
# Services that stand at a handover: they know the children before, take them up after, or help them across.
HANDOVERS: dict[tuple[str, str], tuple[str, ...]] = {
    ("fruehe_hilfen", "kita"): ("fruehe_hilfen", "familienzentrum", "kita", "kita_u3", "kindertagespflege"),
    ("kita", "grundschule"): ("kita", "kita_36", "grundschule", "hort", "familienzentrum"),
    ("grundschule", "weiterfuehrende_schule"): (
        "grundschule", "oberschule", "gymnasium", "foerderschule", "schule_verbund", "schulsozialarbeit", "hort",
    ),
    ("weiterfuehrende_schule", "ausbildung"): (
        "oberschule", "gymnasium", "foerderschule", "schule_verbund", "berufsschule", "schulsozialarbeit", "jugendsozialarbeit",
    ),
}  # fmt: skip
MORE, FEWER, LIKE, UNKNOWN = "more_lost", "fewer_lost", "like_city", "unknown"
FINDING_LABEL = {
    MORE: "verliert mehr Kinder als die Stadt",
    FEWER: "verliert weniger Kinder als die Stadt",
    LIKE: "nicht sicher anders als die Stadt",
    UNKNOWN: "nicht bekannt",
}


@dataclass(frozen=True, eq=False)
class Flows:
    """Steps of the chosen cohorts.

    `areas`: area_id, from_stage, to_stage, cohorts (how many have numbers), count (children who go on), of (children in
    the stage before), share, low, high (95 % Wilson), city (share of all areas with numbers), lost (of minus count),
    excess (children lost beyond what the city's share would lose; negative: fewer), finding. `city`: the same step for all
    areas together: from_stage, to_stage, count, of, share, low, high, areas, areas_missing. Steps in the order of stages.
    """

    areas: pd.DataFrame
    city: pd.DataFrame
    notes: tuple[Note, ...]

    def worst(self, area_id: str) -> pd.DataFrame:
        """Steps at which an area loses more than the city, the most excess first."""
        rows = self.areas[(self.areas["area_id"] == area_id) & (self.areas["finding"] == MORE)]
        return rows.sort_values("excess", ascending=False, ignore_index=True)


def flows(transitions: pd.DataFrame, cohorts: Sequence[str] | None = None, false_share: float = 0.05) -> Flows:
    """Shares of cohorts that go on from stage to stage, and the areas where it is different.

    Args:
        transitions: rows of one level: area_id, cohort, from_stage, to_stage, count, of; missing: not delivered or hidden.
        cohorts: which cohorts are summed; None: all.
        false_share: at most this share of the areas named different differs by chance (Benjamini and Hochberg, within a
            step).

    Raises:
        SupplyError: a missing column or a negative number.
    """
    need_columns(transitions, ["area_id", "cohort", "from_stage", "to_stage"], "Übergänge")
    rows = transitions if cohorts is None else transitions[transitions["cohort"].isin(list(cohorts))]
    count, of = numbers_of(rows, "count", "Übergänge"), numbers_of(rows, "of", "Übergänge")
    broken, silent = count > of, np.isnan(count) | np.isnan(of)
    known = ~broken & ~silent
    keys = rows[["area_id", "from_stage", "to_stage"]].assign(
        cohorts=known.astype(int), count=np.where(known, count, 0.0), of=np.where(known, of, 0.0)
    )
    areas = keys.groupby(["from_stage", "to_stage", "area_id"], as_index=False, sort=True).sum()
    areas = areas.sort_values(["from_stage", "to_stage"], key=_order, kind="stable", ignore_index=True)
    unknown = areas["cohorts"] == 0
    areas[["count", "of"]] = areas[["count", "of"]].mask(unknown)
    steps = areas.groupby(["from_stage", "to_stage"], sort=False)
    city = steps.agg(count=("count", "sum"), of=("of", "sum"), areas=("area_id", "size"), known=("cohorts", np.count_nonzero))
    city = city.assign(areas_missing=city["areas"] - city.pop("known")).reset_index()
    city = _with_share(city)
    of_step = pd.MultiIndex.from_frame(areas[["from_stage", "to_stage"]])
    areas = _with_share(areas).assign(city=city.set_index(["from_stage", "to_stage"])["share"].reindex(of_step).to_numpy())
    areas["lost"] = areas["of"] - areas["count"]
    areas["excess"] = areas["of"] * areas["city"] - areas["count"]
    areas["finding"] = _findings(areas, false_share)
    order = ["area_id", "from_stage", "to_stage", "cohorts", "count", "of", "share", "low", "high"]
    return Flows(areas[[*order, "city", "lost", "excess", "finding"]], city, _notes(rows, silent, broken))


def _order(stage: pd.Series) -> pd.Series:
    """Place of a stage in a life; stages that are not known come last."""
    return stage.map({key: place for place, key in enumerate(STAGES)}).fillna(len(STAGES))


def _with_share(table: pd.DataFrame) -> pd.DataFrame:
    low, high = wilson(table["count"], table["of"])
    return table.assign(share=table["count"] / table["of"].where(table["of"] > 0), low=low, high=high)


def _findings(areas: pd.DataFrame, false_share: float) -> np.ndarray:
    """Which areas differ from the city, by an exact two-sided binomial test in each step."""
    p = _p_values(areas["count"].to_numpy(float), areas["of"].to_numpy(float), areas["city"].to_numpy(float))
    different = np.zeros(len(areas), dtype=bool)
    for _, places in areas.groupby(["from_stage", "to_stage"]).indices.items():
        different[places] = benjamini_hochberg(p[places], false_share)
    names = [np.isnan(p), different & (areas["excess"] > 0).to_numpy(), different & (areas["excess"] < 0).to_numpy()]
    return np.select(names, [UNKNOWN, MORE, FEWER], LIKE)


def _p_values(count: Floats, of: Floats, chance: Floats) -> Floats:
    """Two-sided exact p value: twice the smaller tail."""
    usable = ~np.isnan(count) & (of > 0) & ~np.isnan(chance)
    k, n, c = (np.where(usable, values, 1.0) for values in (count, of, chance))
    tail = np.minimum(binom.cdf(k, n, c), binom.sf(k - 1, n, c))
    return np.where(usable, np.minimum(2 * tail, 1.0), np.nan)


def _notes(rows: pd.DataFrame, silent: np.ndarray, broken: np.ndarray) -> tuple[Note, ...]:
    notes = []
    if silent.any():
        text = f"{several(int(silent.sum()), 'Schritt', 'Schritte')} von Jahrgängen ohne Zahl: nicht geliefert oder geheim."
        notes.append(Note("count_unknown", text, int(silent.sum())))
    if broken.any():
        ids = tuple(map(str, pd.unique(rows.loc[broken, "area_id"])))
        text = (
            f"{several(int(broken.sum()), 'Schritt', 'Schritte')} von Jahrgängen, in denen mehr Kinder weitergehen, als vorher "
            "da waren: Sie zählen nicht; bitte die Daten prüfen."
        )
        notes.append(Note("more_than_before", text, int(broken.sum()), ids=ids))
    return tuple(notes)


def offers_at(offers: pd.DataFrame, from_stage: str, to_stage: str) -> pd.DataFrame:
    """Offers that stand at a handover, by service and name; none for a step that is not known.

    Args:
        offers: service, name and whatever else; rows are returned as they are.
    """
    need_columns(offers, ["service", "name"], "Angebote")
    services = HANDOVERS.get((from_stage, to_stage), ())
    place = {key: n for n, key in enumerate(services)}
    found = offers[offers["service"].isin(services)]
    return found.assign(_place=found["service"].map(place)).sort_values(["_place", "name"]).drop(columns="_place")
