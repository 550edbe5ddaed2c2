"""Words and ways around the distribution formula: each area's euro in a sentence, winners and losers, several years, presets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from raumblick.money.errors import MoneyError, euro, not_negative, percent
from raumblick.money.formula import BALANCE, BASE, CAP, FLOOR, ROUNDING, TRANSITION, Distribution, share_out
from raumblick.stats.rates import Floats

LABELS = {
    BASE: "nach Einwohnern", TRANSITION: "Übergang", FLOOR: "Untergrenze", CAP: "Obergrenze",
    BALANCE: "Ausgleich für die Grenzen anderer Gebiete", ROUNDING: "Rundung",
}  # fmt: skip


@dataclass(frozen=True)
class Preset:
    """A way to distribute that is in use somewhere: settings to start from, and what they come from."""

    key: str
    title: str
    base_share: float
    note: str
    parts: tuple[tuple[str, float], ...] = ()
    instalments: int = 1


PRESETS = (
    Preset("celle", "Drei Töpfe (Celle)", 0.4, "20 % fallunspezifisch, 70 % ambulant, 10 % teilstationär, vier Raten im Jahr",
           (("fallunspezifisch", 0.2), ("ambulant", 0.7), ("teilstationär", 0.1)), 4),
    Preset("altona", "Sockel mit kleinem Zuschlag (Altona)", 0.975, "97,5 % Sockel, 2,5 % nach belastenden Kennzahlen"),
    Preset("hamburg", "Junge Menschen und ihre Lage (Hamburg)", 0.8,
           "80 % nach Menschen unter 18, 20 % nach Menschen unter 18 in Gebieten mit niedrigem Status"),
    Preset("jew", "Jugendeinwohnerwert (Hamburg)", 1.0, "alles nach Jugendeinwohnerwert statt nach Einwohnern"),
)  # fmt: skip


def youth_value(youth: Any, share: Any, low: float | None = None, high: float | None = None) -> Floats:
    """Jugendeinwohnerwert: young residents, up to doubled by the burden of their area.

        JEW = N (1 + (x - min x) / (max x - min x))

    Args:
        youth: N, young residents by area.
        share: x, burden of the area (any unit).
        low, high: smallest and largest x of the whole city; default: of the areas given.

    Raises:
        MoneyError: negative or missing numbers; all areas alike. Source: Hamburg, Globalrichtlinie Kinder- und Jugendarbeit.
    """
    n, x = not_negative(youth, "youth", "Junge Menschen"), not_negative(share, "share", "Belastung")
    least, most = float(x.min() if low is None else low), float(x.max() if high is None else high)
    if not least < most or (x < least).any() or (x > most).any():
        raise MoneyError("share", "Die Belastung muss zwischen zwei verschiedenen Grenzen liegen.")
    return n * (1 + (x - least) / (most - least))


def explain(found: Distribution, area_id: str, name: str = "", labels: Mapping[str, str] | None = None) -> str:
    """Why an area gets its euro, in a German sentence; the waterfall of `found.parts` in words.

    Raises:
        MoneyError: no such area.
    """
    if area_id not in found.amounts.index:
        raise MoneyError("area_id", f"Das Gebiet „{area_id}“ ist nicht dabei.")
    words = {**LABELS, **{key: f"nach „{(labels or {}).get(key, key)}“" for key in found.weights}}
    row = found.parts.loc[area_id]
    formula = [f"{euro(row[key])} {words[key]}" for key in (BASE, *found.weights) if round(row[key], 2)]
    text = f"{name or area_id} erhält {euro(found.amounts[area_id])}: {_listed(formula) or 'nach der Formel nichts'}."
    for key in (TRANSITION, FLOOR, CAP, BALANCE):
        if round(row[key], 2):
            text += f" {_step(found, key)} {'kommen' if row[key] > 0 else 'gehen'} {euro(abs(row[key]))} " + (
                "dazu." if row[key] > 0 else "ab."
            )
    if round(row[ROUNDING], 2):
        text += f" Gerundet wird auf {euro(found.unit)} ({'+' if row[ROUNDING] > 0 else '−'}{euro(abs(row[ROUNDING]))})."
    if found.previous is not None:
        text += f" {_against(found.amounts[area_id], found.previous[area_id])}"
    return text


def _step(found: Distribution, key: str) -> str:
    if key == FLOOR:
        return f"Durch die Untergrenze (höchstens {percent(found.floor or 0.0)} weniger als bisher)"
    if key == CAP:
        return f"Durch die Obergrenze (höchstens {percent(found.cap or 0.0)} mehr als bisher)"
    if key == TRANSITION:
        return f"Durch den Übergang ({percent(found.transition)} des Weges)"
    return "Durch die Grenzen anderer Gebiete"


def _against(amount: float, before: float) -> str:
    change = amount - before
    if round(change, 2) == 0:
        return "Das ist so viel wie bisher."
    share = f" ({'+' if change > 0 else '−'}{percent(round(abs(change) / before, 3))})" if before > 0 else ""
    return f"Das sind {euro(abs(change))} {'mehr' if change > 0 else 'weniger'} als bisher{share}."


def _listed(parts: Sequence[str]) -> str:
    return " und ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def changes(found: Distribution) -> pd.DataFrame:
    """Winners and losers: previous, amount, change, share (of previous; missing where that is 0), bound; by area.

    Raises:
        MoneyError: there is nothing to compare with.
    """
    if found.previous is None:
        raise MoneyError("previous", "Ohne bisherige Beträge gibt es keinen Vergleich.")
    change = (found.amounts - found.previous).round(2)
    share = change / found.previous.where(found.previous > 0)
    return pd.DataFrame(
        {"previous": found.previous, "amount": found.amounts, "change": change, "share": share, "bound": found.bound}
    )


def over_years(
    pots: Sequence[Any], population: pd.Series, burden: pd.DataFrame, weights: Mapping[str, float] | Sequence[float],
    previous: pd.Series, **settings: Any,
) -> list[Distribution]:  # fmt: skip
    """The way from the amounts of today to the formula, one distribution a year, the last one at the formula.

    Each year goes the same part of the rest (1/m, 1/(m-1), ..., 1), and floor and cap count against the year before.

    Args:
        pots: euro of each year, first to last.
        settings: base_share, floor, cap, round_to as for `distribute`.
    """
    found: list[Distribution] = []
    before = previous
    for year, pot in enumerate(pots):
        step = 1 / (len(pots) - year)
        found.append(share_out(pot, population, burden, weights, before, transition=step, **settings))
        before = found[-1].amounts
    return found


def low_status(youth: pd.Series, low: Any) -> pd.DataFrame:
    """Burden of the Hamburg preset: young people who live in areas of low status, one column `niedriger_status`."""
    counts = np.where(np.asarray(low, dtype=bool), youth.to_numpy(dtype=float), 0.0)
    return pd.DataFrame({"niedriger_status": counts}, youth.index)
