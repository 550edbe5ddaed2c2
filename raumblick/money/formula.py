"""A pot divided over areas by a fair formula: base share by residents, the rest by burdened counts, with floor and cap.

    t_a = B [sigma n_a / sum n + (1 - sigma) sum_k w_k i_ak / sum_a i_ak]
    g_a = prev_a B / sum prev + tau (t_a - prev_a B / sum prev)
    x_a = clip(lambda g_a, (1 - floor) prev_a, (1 + cap) prev_a), lambda so that the sum is B

`distribute` gives the amounts, `share_out` the same with every step, so that each euro can be explained.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from raumblick.money.bounds import bounds, feasible, scaled
from raumblick.money.errors import MoneyError, cents_of, not_negative
from raumblick.money.rounding import round_to_total
from raumblick.stats.rates import Floats

BASE, TRANSITION, FLOOR, CAP, BALANCE, ROUNDING = "sockel", "uebergang", "untergrenze", "obergrenze", "ausgleich", "rundung"


@dataclass(frozen=True, eq=False)
class Distribution:
    """A distributed pot.

    `amounts`: euro by area, exact sum. `target`: euro by the formula alone. `previous`: euro before, or None. `parts`:
    one row an area, one column a step of the waterfall (sockel, one per indicator, uebergang, untergrenze, obergrenze,
    ausgleich, rundung); a row sums to the amount. `scale`: lambda. `unit`: euro that amounts are rounded to. `bound`:
    "floor", "cap" or "" by area. `settings`: base_share, weights (sum 1), floor, cap, transition.
    """

    amounts: pd.Series
    target: pd.Series
    previous: pd.Series | None
    parts: pd.DataFrame
    scale: float
    unit: float
    bound: pd.Series
    base_share: float
    weights: dict[str, float]
    floor: float | None
    cap: float | None
    transition: float


def distribute(
    pot: Any,
    population: pd.Series,
    burden: pd.DataFrame,
    weights: Mapping[str, float] | Sequence[float],
    previous: pd.Series | None = None,
    base_share: float = 0.4,
    floor: float | None = None,
    cap: float | None = None,
    round_to: float = 100,
    transition: float = 1.0,
) -> pd.Series:
    """Euro by area that add up to the pot exactly.

    Args:
        pot: euro to distribute; cents are kept, finer digits are rounded.
        population: residents the base share goes by, index area_id.
        burden: burdened COUNTS (not rates), one column an indicator, same areas.
        weights: of the columns of burden, by name or in their order; only their proportions count.
        previous: euro of the year before by area; needed for floor, cap and transition.
        base_share: sigma, 0 to 1.
        floor, cap: largest loss and gain against previous as shares, e.g. 0.05 and 0.15; None for no bound.
        round_to: euro; finer where bounds leave no other way. What of the pot is no multiple goes to one area.
        transition: tau, 1 for the formula at once, less for a step on the way to it.

    Returns:
        Series of euro in the order of `population`. Order of areas does not matter; ties are broken by area_id.

    Raises:
        MoneyError: material or settings that no distribution can be made of; floor and cap that cannot be met (with the
            smallest change that would make it possible).
    """
    return share_out(
        pot, population, burden, weights, previous, base_share, floor, cap, round_to=round_to, transition=transition
    ).amounts  # fmt: skip


def share_out(
    pot: Any,
    population: pd.Series,
    burden: pd.DataFrame,
    weights: Mapping[str, float] | Sequence[float],
    previous: pd.Series | None = None,
    base_share: float = 0.4,
    floor: float | None = None,
    cap: float | None = None,
    round_to: float = 100,
    transition: float = 1.0,
) -> Distribution:
    """The distribution with all its steps; arguments and errors as for `distribute`."""
    cents = cents_of(pot, "pot", "Der Topf")
    unit = max(cents_of(round_to, "round_to", "Die Rundung"), 1)
    _shares_in_range(base_share, floor, cap, transition)
    given, population, burden, previous = _aligned(population, burden, previous, floor, cap, transition)
    shares = _weights(burden, weights, base_share)
    parts = _formula_parts(cents, population, burden, shares, base_share)
    target = np.sum(list(parts.values()), axis=0)
    wish = target
    if previous is not None and transition < 1:
        before = _previous_share(previous) * cents
        wish = before + transition * (target - before)
    low, high = bounds(previous, floor, cap, len(target))
    feasible(cents, low, high, floor, cap)
    scale, limited = scaled(wish, low, high, cents)
    rounded, unit = round_to_total(limited, cents, unit, low, high)
    bound = np.where((low > 0) & (limited <= low) & (scale * wish < low), "floor", "")
    bound = np.where((limited >= high) & (scale * wish > high), "cap", bound)
    parts[TRANSITION] = wish - target
    parts[FLOOR] = np.where(bound == "floor", limited - wish, 0.0)
    parts[CAP] = np.where(bound == "cap", limited - wish, 0.0)
    parts[BALANCE] = np.where(bound == "", limited - wish, 0.0)
    parts[ROUNDING] = rounded - limited
    steps = pd.DataFrame(parts, population.index) / 100
    return _result(given, steps, rounded / 100, target / 100, previous, scale, unit / 100, bound,
                   (base_share, shares, floor, cap, transition))  # fmt: skip


def _result(given: pd.Index, parts: pd.DataFrame, amounts: Floats, target: Floats, previous: pd.Series | None, scale: float,
            unit: float, bound: Any, settings: tuple[Any, ...]) -> Distribution:  # fmt: skip
    """Everything in the order of areas that was given."""
    areas = parts.index

    def back(values: Any, name: str) -> pd.Series:
        return pd.Series(values, areas, name=name).reindex(given)

    return Distribution(
        back(amounts, "amount"), back(target, "target"), None if previous is None else previous.reindex(given),
        parts.reindex(given), scale, unit, back(bound, "bound"), *settings,
    )  # fmt: skip


def _shares_in_range(base_share: float, floor: float | None, cap: float | None, transition: float) -> None:
    named = {"base_share": ("Der Sockel", base_share), "transition": ("Der Übergang", transition)}
    if floor is not None:
        named["floor"] = ("Die Untergrenze", floor)
    for key, (what, value) in named.items():
        if not 0 <= value <= 1:
            raise MoneyError(key, f"{what} muss zwischen 0 und 100 % liegen.")
    if cap is not None and not cap >= 0:
        raise MoneyError("cap", "Die Obergrenze darf nicht negativ sein.")


def _aligned(
    population: pd.Series, burden: pd.DataFrame, previous: pd.Series | None, floor: float | None, cap: float | None,
    transition: float,
) -> tuple[pd.Index, pd.Series, pd.DataFrame, pd.Series | None]:  # fmt: skip
    """Index as given, and all material in ascending order of area_id, so that the order of rows changes nothing."""
    population, burden = pd.Series(population), pd.DataFrame(burden)
    if population.empty:
        raise MoneyError("population", "Es gibt kein Gebiet, auf das verteilt werden kann.")
    if previous is None and (floor is not None or cap is not None or transition < 1):
        raise MoneyError("previous", "Untergrenze, Obergrenze und Übergang brauchen die bisherigen Beträge der Gebiete.")
    tables = [("population", "Einwohner", population), ("burden", "Belastung", burden)]
    if previous is not None:
        tables.append(("previous", "Bisherige Beträge", pd.Series(previous)))
    for key, what, table in tables:
        _same_areas(population.index, table, key, what)
    order = population.index.sort_values()
    sorted_ = [table.reindex(order) for _, _, table in tables]
    for (key, what, _), table in zip(tables, sorted_, strict=True):
        _known_numbers(table, key, what)
    numbers = [table.astype(float) for table in sorted_]
    return population.index, numbers[0], numbers[1], numbers[2] if previous is not None else None


def _same_areas(areas: pd.Index, table: pd.Series | pd.DataFrame, key: str, what: str) -> None:
    if table.index.is_unique and areas.equals(table.index):
        return
    if not table.index.is_unique:
        raise MoneyError(key, f"{what}: Das Gebiet „{table.index[table.index.duplicated()][0]}“ steht mehrfach da.")
    missing = areas.difference(table.index)
    if len(missing):
        raise MoneyError(key, f"{what}: Für das Gebiet „{missing[0]}“ fehlt eine Angabe (insgesamt {len(missing)}).")
    other = table.index.difference(areas)
    if len(other):
        raise MoneyError(key, f"{what}: Das Gebiet „{other[0]}“ hat keine Einwohnerzahl (insgesamt {len(other)}).")


def _known_numbers(table: pd.Series | pd.DataFrame, key: str, what: str) -> None:
    try:
        values = table.to_numpy(dtype=float, na_value=np.nan).reshape(len(table), -1)
    except (TypeError, ValueError) as error:
        raise MoneyError(key, f"{what}: Nicht alle Angaben sind Zahlen.") from error
    gaps = np.isnan(values).any(axis=1)
    if gaps.any():
        raise MoneyError(key, f"{what}: Für das Gebiet „{table.index[gaps][0]}“ fehlt eine Angabe (insgesamt {gaps.sum()}).")
    not_negative(values, key, what)


def _weights(burden: pd.DataFrame, weights: Mapping[str, float] | Sequence[float], base_share: float) -> dict[str, float]:
    """Weights by column, summing to 1; empty where everything goes by residents."""
    columns = [str(c) for c in burden.columns]
    if isinstance(weights, Mapping | pd.Series):
        given = dict(weights.items())
    else:
        if len(weights) != len(columns):
            raise MoneyError("weights", f"Es gibt {len(columns)} Belastungen, aber {len(weights)} Gewichte.")
        given = dict(zip(columns, weights, strict=True))
    unknown = [str(key) for key in given if str(key) not in columns]
    if unknown:
        raise MoneyError("weights", f"Zum Gewicht „{unknown[0]}“ gibt es keine Belastung.")
    values = {str(key): float(value) for key, value in given.items()}
    not_negative(list(values.values()), "weights", "Die Gewichte")
    total = sum(values.values())
    if base_share == 1:
        return {}
    if total <= 0:
        raise MoneyError("weights", "Kein Gewicht ist größer als 0, aber der Sockel verteilt nicht den ganzen Topf.")
    return {key: value / total for key, value in values.items() if value > 0}


def _formula_parts(
    cents: int, population: pd.Series, burden: pd.DataFrame, weights: dict[str, float], base: float
) -> dict[str, Floats]:
    """Cents by area: the base share and one entry an indicator."""
    people = population.to_numpy()
    if base > 0 and people.sum() <= 0:
        raise MoneyError("population", "Nach Einwohnern lässt sich nicht verteilen: In keinem Gebiet wohnt jemand.")
    parts = {BASE: cents * base * people / people.sum() if base > 0 else np.zeros(len(people))}
    named = dict(zip(map(str, burden.columns), burden.to_numpy().T, strict=True))
    for key, weight in weights.items():
        total = named[key].sum()
        if total <= 0:
            raise MoneyError(key, f"Nach „{key}“ lässt sich nicht verteilen: Die Summe aller Gebiete ist 0.")
        parts[key] = cents * (1 - base) * weight * named[key] / total
    return parts


def _previous_share(previous: pd.Series) -> Floats:
    if previous.sum() <= 0:
        raise MoneyError("previous", "Die bisherigen Beträge ergeben zusammen 0; ein Übergang ist nicht möglich.")
    return (previous / previous.sum()).to_numpy(dtype=float)
