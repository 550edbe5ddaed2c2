"""Units as offices write them, turned into a base unit and a factor: `Tsd. EUR` is EUR times 1,000.

What stands below a fraction bar is left alone (`je 1000 Einwohner` stays as it is), and a percentage is not divided.
A unit that is not known here is kept word for word with the factor 1, or with the multiplier it begins with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

_MULTIPLIERS: dict[float, tuple[str, ...]] = {
    1e3: ("tsd", "tsd.", "tausend", "thousand", "thousands", "thsd", "thsd."),
    1e6: ("mill", "mill.", "mio", "mio.", "million", "millionen", "millions", "mn"),
    1e9: ("mrd", "mrd.", "milliarde", "milliarden", "bn"),
    1e12: ("billionen",),  # a lone "billion" is 1e9 in English and 1e12 in German: left unknown
}
_BASES: dict[str, tuple[str, ...]] = {
    "Anzahl": ("anzahl", "anz.", "anz", "number", "zahl"),
    "%": ("%", "prozent", "percent", "per cent", "v.h.", "vh"),
    "Prozentpunkte": ("prozentpunkte", "prozentpunkt", "%-punkte", "percentage points"),
    "‰": ("‰", "promille"),
    "EUR": ("eur", "euro", "euros", "€"),
    "DM": ("dm",),
    "km²": ("km²", "km2", "qkm", "sqkm", "sq km"),
    "m²": ("m²", "m2", "qm", "sqm", "sq m"),
    "m³": ("m³", "m3", "cbm"),
    "Jahre": ("jahre", "jahr", "years", "year"),
    "Monate": ("monate", "monat", "months", "month"),
    "Tage": ("tage", "tag", "days", "day"),
    "Stunden": ("stunden", "stunde", "std.", "std", "hours", "hour"),
    "Minuten": ("minuten", "minute", "min.", "minutes"),
    "Punkte": ("punkte", "points"),
    "t": ("t", "tonnen", "tonne", "tonnes"),
    "km": ("km", "kilometer"),
    "m": ("m", "meter"),
    "l": ("l", "liter", "litre"),
} | {unit: (unit.lower(),) for unit in ("ha", "kg", "g", "dt", "hl", "kWh", "MWh", "GWh", "J", "MJ", "GJ", "TJ", "°C")}
# Things that are counted: units, but also what a table may call its columns.
_NOUNS: dict[str, tuple[str, ...]] = {
    "Personen": ("personen", "person", "persons"),
    "Einwohner": ("einwohner", "ew", "ew.", "inh", "inh.", "inhabitants"),
    "Haushalte": ("haushalte", "households"),
    "Kinder": ("kinder", "children"),
    "Fälle": ("fälle", "faelle", "cases"),
    "Plätze": ("plätze", "plaetze", "places"),
}
_WHOLE: dict[str, tuple[str, float]] = {
    "teur": ("EUR", 1e3),
    "t€": ("EUR", 1e3),
    "tsd€": ("EUR", 1e3),
    "keur": ("EUR", 1e3),
    "meur": ("EUR", 1e6),
    "mio€": ("EUR", 1e6),
}
_FACTOR = {word: factor for factor, words in _MULTIPLIERS.items() for word in words}
_BASE = {word: base for base, words in _BASES.items() for word in words}
_NOUN = {word: base for base, words in _NOUNS.items() for word in words}
_INDEX = re.compile(r"[0-9]{4}(?:[-/][0-9]{2,4})? ?= ?100")
_POWER = re.compile(r"(1(?:0+|0{0,2}(?:[ .']0{3})+))(?= |$|[^\W\d_])")
_RATIO = re.compile(r"^(.*?)(?: je | pro | per |/| / )(.+)$", re.IGNORECASE)


@dataclass(frozen=True)
class Unit:
    """A unit: `base` is what the scaled value is in, `factor` what the delivered number is multiplied with.

    `known` is False for a unit that is kept as it was delivered, `noun` is True for counted things (`Personen`),
    which can also be the name of a column.
    """

    base: str
    factor: float = 1.0
    known: bool = True
    noun: bool = False


@lru_cache(maxsize=4096)
def parse_unit(text: str) -> Unit:
    """The unit that `text` names: `1000` is 1,000 Anzahl, `Mill. EUR` and `EUR_mn` a million EUR, `Prozent` is `%`.

    An empty text gives an unknown unit without a name.
    """
    plain = " ".join(text.replace("_", " ").replace("\u00a0", " ").split()).removeprefix("in ")
    if plain.startswith("(") and plain.endswith(")"):
        plain = plain[1:-1].strip()
    if not plain:
        return Unit("", known=False)
    if _INDEX.fullmatch(plain) or plain.lower().startswith(("je ", "per 1", "pro ")):
        return Unit(plain)
    if plain.lower() in _BASE:  # before ratios: "per cent"
        return Unit(_BASE[plain.lower()])
    ratio = _RATIO.match(plain)
    if ratio:
        above, below = parse_unit(ratio[1]), parse_unit(ratio[2])
        name = below.base if below.known and below.factor == 1 else ratio[2]
        if above.base:
            return Unit(f"{above.base} je {name}", above.factor, above.known)
    return _simple(plain)


def scale(values: pd.Series, factors: pd.Series) -> pd.Series:
    """Numbers times factors (both Float64, one index), without the last binary digits that the product adds.

    1.005 thousand is 1005, not 1004.9999999999999.
    """
    scaled = (values.notna() & factors.notna() & (factors != 1)).astype(bool)
    product = (values[scaled] * factors[scaled]).map(lambda number: float(f"{number:.15g}"))
    result = values.copy()
    result[scaled] = product.astype("Float64")
    return result


def _simple(plain: str) -> Unit:
    """A unit without a fraction bar: an optional multiplier before or behind a base."""
    low = plain.lower()
    if low.replace(" ", "") in _WHOLE:
        return Unit(*_WHOLE[low.replace(" ", "")])
    named = _named(low)
    if named:
        return named
    factor, rest = _multiplier(plain)
    if factor == 1:
        return Unit(plain, known=False)
    if not rest:
        return Unit("Anzahl", factor)
    named = _named(rest.lower())
    return Unit(named.base, factor, noun=named.noun) if named else Unit(rest, factor, known=False)


def _named(low: str) -> Unit | None:
    if low in _BASE:
        return Unit(_BASE[low])
    return Unit(_NOUN[low], noun=True) if low in _NOUN else None


def _multiplier(plain: str) -> tuple[float, str]:
    """(multiplier, what is left); 1 when there is none."""
    power = _POWER.match(plain)
    if power:
        return float(re.sub(r"[ .']", "", power[1])), plain[power.end() :].strip()
    words = plain.split()
    if words[0].lower() in _FACTOR:
        return _FACTOR[words[0].lower()], " ".join(words[1:])
    last = words[-1].lower()
    behind = _FACTOR.get(last) or (float(last) if re.fullmatch(r"10+", last) else 1.0)
    return behind, " ".join(words[:-1])
