"""The numbers an index is computed of: read once for all years, laid out for one year without asking the store again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.answers.presets import columns, specs
from raumblick.answers.values import Indicator, areas, indicators
from raumblick.need.certainty import Counts
from raumblick.need.index import IndexSpec
from raumblick.snapshot.store import Store

# Help rates stand beside an index and never in it: areas with more help on offer show more cases.
BESIDE = "hze_rate"
_USABLE = 0.5  # of the areas that an indicator has numbers for in its best period


@dataclass(frozen=True, eq=False)
class Wide:
    """One indicator in all areas of a level: frames with one row an area (in the level's order), one column a period.

    `hidden` is True where the number must not be shown. `periods`: those with numbers for at least half as many areas as
    the best one, rising. `city`: value of the whole city by period.
    """

    sheet: Indicator
    value: pd.DataFrame
    numerator: pd.DataFrame
    denominator: pd.DataFrame
    hidden: pd.DataFrame
    periods: tuple[str, ...]
    city: dict[str, float]

    def newest(self, year: str) -> str | None:
        """The last usable period up to the end of a year; None where there is none."""
        until = [period for period in self.periods if period[:4] <= year]
        return until[-1] if until else None


@dataclass(frozen=True, eq=False)
class Material:
    """Everything a preset can use on a level.

    `areas`: area_id, name, parent_name, ascending area_id. `wide`: indicators of the preset, further columns it names,
    and the help rate beside it, by key. `years`: years in which at least half of the preset's indicators that have
    numbers at all have one, rising.
    """

    spec: IndexSpec
    level: str
    areas: pd.DataFrame
    wide: dict[str, Wide]
    years: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Inputs:
    """The table of one year.

    `spec`: without the indicators that have no number up to the year. `table`: area_id, one column an indicator and named
    column. `counts`: numerators and denominators by indicator, as far as known. `sources`: one row an indicator used:
    indicator, name, unit, decimals, period, city, known, hidden, missing (areas), counted (areas whose chance is known).
    `left_out`: (name, reason) of indicators of the preset that are not used. `hidden`: (areas,) True where a number of
    the index is hidden. `beside`: help rate (areas,), `beside_period` its period.
    """

    material: Material
    year: str
    spec: IndexSpec
    table: pd.DataFrame
    counts: dict[str, Counts]
    sources: pd.DataFrame
    left_out: tuple[tuple[str, str], ...]
    hidden: np.ndarray
    beside: np.ndarray
    beside_period: str | None

    @property
    def names(self) -> dict[str, str]:
        """German name of every indicator of the preset, as the catalogue of the city has it or the spec."""
        return names_of(self.material)


def material(store: Store, preset: str, level: str) -> Material:
    """What the preset needs on a level, in all years.

    Raises KeyError for a preset that does not exist.
    """
    spec = specs()[preset]
    sheets = {sheet.key: sheet for sheet in indicators(store, level)}
    order = areas(store, level).drop(columns="parent_id")
    optional = {rule.column for rule in spec.exclusions if rule.column}
    wanted = dict.fromkeys((*spec.keys, *columns(spec), *sorted(optional), BESIDE))
    city = store.read("city_values")
    wide = {
        key: _wide(sheets[key], store.read("values", indicator=key, level=level), order["area_id"], city)
        for key in wanted
        if key in sheets
    }
    return Material(spec, level, order, wide, _years([wide[key] for key in spec.keys if key in wide]))


def inputs(found: Material, year: str | None = None) -> Inputs:
    """The table of a year: of every indicator the newest period up to its end; the newest year where `year` is unknown."""
    chosen = year if year in found.years else found.years[-1]
    spec = found.spec
    names, used, left_out = names_of(found), [], []
    for key in spec.keys:
        period = found.wide[key].newest(chosen) if key in found.wide else None
        if period is None:
            reason = f"bis {chosen} ohne Zahlen" if key in found.wide else "nicht im Datenstand"
            left_out.append((names[key], reason))
        else:
            used.append((key, period))
    if left_out:
        spec = spec.without(*(key for key in spec.keys if key not in dict(used)))
    extras = [(key, found.wide[key].newest(chosen)) for key in found.wide if key not in found.spec.keys and key != BESIDE]
    table = {"area_id": found.areas["area_id"].to_numpy()}
    for key, when in (*used, *extras):
        if when is not None:
            table[key] = found.wide[key].value[when].to_numpy()
    beside = found.wide.get(BESIDE)
    period = beside.newest(chosen) if beside else None
    hidden = np.any([found.wide[key].hidden[when].to_numpy() for key, when in used], axis=0)
    return Inputs(
        material=found,
        year=chosen,
        spec=spec,
        table=_with_changes(found, pd.DataFrame(table), chosen),
        counts={key: counts for key, when in used if (counts := _counts(found.wide[key], when)) is not None},
        sources=pd.DataFrame([_source(found.wide[key], when) for key, when in used]),
        left_out=tuple(left_out),
        hidden=hidden,
        beside=beside.value[period].to_numpy() if beside and period else np.full(len(found.areas), np.nan),
        beside_period=period,
    )


def names_of(found: Material) -> dict[str, str]:
    """German name of every indicator of the preset, as the catalogue of the city has it or the spec."""
    return {
        leaf.key: found.wide[leaf.key].sheet.name if leaf.key in found.wide else leaf.name
        for leaf in found.spec.status.tree.leaves()
    }


def _wide(sheet: Indicator, rows: pd.DataFrame, order: pd.Series, city: pd.DataFrame) -> Wide:
    """Long rows as frames areas x periods."""
    rows = rows.assign(hidden=rows["status"].eq("hidden") & rows["value"].isna())
    frames = {
        name: rows.pivot(index="area_id", columns="period", values=name).reindex(order) for name in
        ("value", "numerator", "denominator", "hidden")
    }  # fmt: skip
    hidden = frames["hidden"].fillna(False).astype(bool)
    told = frames["value"].notna().sum() + hidden.sum()
    usable = told[(told > 0) & (told >= _USABLE * told.max())]
    own = city[(city["indicator"] == sheet.key) & city["value"].notna()]
    return Wide(
        sheet=sheet,
        value=frames["value"].astype(float),
        numerator=frames["numerator"].astype(float),
        denominator=frames["denominator"].astype(float),
        hidden=hidden,
        periods=tuple(sorted(str(period) for period in usable.index)),
        city=dict(zip(own["period"].astype(str), own["value"].astype(float), strict=True)),
    )


def _years(wide: Sequence[Wide]) -> tuple[str, ...]:
    """Years with a number of their own for at least half of the indicators."""
    if not wide:
        return ()
    having = [{period[:4] for period in w.periods} for w in wide]
    every = sorted(set().union(*having))
    return tuple(year for year in every if 2 * sum(year in some for some in having) >= len(having))


def _counts(wide: Wide, period: str) -> Counts | None:
    """Counts that can carry a noise model; None where the indicator has none. Areas without them count as exact."""
    sheet = wide.sheet
    x, n = wide.numerator[period].to_numpy(), wide.denominator[period].to_numpy()
    if sheet.kind == "count":  # a number of cases is a Poisson count over one unit
        n = np.where(np.isnan(x), np.nan, 1.0)
    elif sheet.kind not in ("share", "rate"):
        return None
    usable = (x >= 0) & (n > 0) & ((x <= n) | (sheet.kind != "share")) & wide.value[period].notna().to_numpy()
    if not usable.any():
        return None
    kind = "share" if sheet.kind == "share" else "rate"
    return Counts(np.where(usable, x, np.nan), np.where(usable, n, np.nan), kind, sheet.multiplier)


def _source(wide: Wide, period: str) -> dict[str, object]:
    """What one indicator rests on in its period."""
    counts = _counts(wide, period)
    known, hidden = int(wide.value[period].notna().sum()), int(wide.hidden[period].sum())
    return {
        "indicator": wide.sheet.key,
        "name": wide.sheet.name,
        "unit": wide.sheet.unit,
        "decimals": wide.sheet.decimals,
        "period": period,
        "city": wide.city.get(period, np.nan) if wide.sheet.kind != "count" else np.nan,
        "known": known,
        "hidden": hidden,
        "missing": len(wide.value) - known - hidden,
        "counted": 0 if counts is None else int(np.isfinite(counts.numerator).sum()),
    }


def _with_changes(found: Material, table: pd.DataFrame, year: str) -> pd.DataFrame:
    """The table with the change columns of the spec's dynamics, where the earlier year has every indicator itself."""
    dynamics = found.spec.dynamics
    if dynamics is None or dynamics.years_back is None:
        return table
    before, changes = str(int(year) - dynamics.years_back), {}
    for leaf in dynamics.tree.leaves():
        wide = found.wide.get(leaf.of)
        if wide is None or year not in wide.periods or before not in wide.periods:
            return table
        changes[leaf.key] = (wide.value[year] - wide.value[before]).to_numpy()
    return table.assign(**changes)
