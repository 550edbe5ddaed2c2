"""Which indicator is made of which of Leipzig's figures, and the indicators that the catalogue does not know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

POPULATION = "Einwohner|Einwohner insgesamt"
YOUTH, OLD = "Jugendquote|Jugendquote", "Jugendquote|Altenquote"
BENEFIT = "Bedarfsgemeinschaften|"
SGB2_QUOTA = BENEFIT + "SGB-II-Quote"
UNEMPLOYED = "Arbeitslose insgesamt|"
FLOOR_SPACE, DWELLINGS = "Wohnfläche insgesamt|Wohnfläche insgesamt", "Wohnfläche insgesamt|Wohnungen"
CHILDREN, ADULTS, UNDER_65 = "abgeleitet|unter 15", "abgeleitet|15 bis 64", "abgeleitet|unter 65"
SQUARE_KM, SQUARE_M = "abgeleitet|km²", "abgeleitet|m²"
ESTIMATED = {CHILDREN, ADULTS, UNDER_65, SQUARE_M}


@dataclass(frozen=True)
class Measure:
    """How one indicator is made of the file's columns. Without a denominator the numerator is a count."""

    indicator: str
    numerator: str
    denominator: str | None = None


MEASURES = (
    Measure("pop_total", POPULATION),
    Measure("pop_u15_share", CHILDREN, POPULATION),
    Measure("foreign_share", "Einwohner|Ausländer", POPULATION),
    Measure("migr_share", "Migranten|Migranten", POPULATION),
    Measure("density", POPULATION, SQUARE_KM),
    Measure("sgb2_u15", BENEFIT + "unter 15 Jahre", CHILDREN),
    Measure("sgb2_0_64", BENEFIT + "Leistungsberechtigte", UNDER_65),
    Measure("sp_bg_share", BENEFIT + "Alleinerziehende", BENEFIT + "mit Kindern"),
    Measure("sp_bg_pop", BENEFIT + "Alleinerziehende", POPULATION),
    Measure("unemp", UNEMPLOYED + "Arbeitslose insgesamt", ADULTS),
    Measure("unemp_u25_count", UNEMPLOYED + "unter 25 Jahre"),
    Measure("unemp_long_share", UNEMPLOYED + "Langzeitarbeitslose", UNEMPLOYED + "Arbeitslose insgesamt"),
    Measure("housing_space", SQUARE_M, DWELLINGS),
    Measure("crime_rate", "Straftaten insgesamt|Straftaten insgesamt", POPULATION),
)
INCOME = "Haushaltseinkommen|Haushaltseinkommen"

OWN_INDICATORS: tuple[dict[str, Any], ...] = (
    {
        "key": "unemp_u25_count",
        "name": "Arbeitslose unter 25 Jahren (Anzahl)",
        "definition": "Gemeldete Arbeitslose unter 25 Jahren. Die Zahl der jungen Menschen von 15 bis unter 25 Jahren "
        "ist nicht veröffentlicht, deshalb gibt es keinen Anteil.",
        "numerator": "gemeldete Arbeitslose unter 25 Jahren",
        "age_group": "15 bis unter 25",
        "unit": "Personen",
        "kind": "count",
        "multiplier": 1,
        "decimals": 0,
        "direction": "o",
        "paragraph": "§ 13 SGB VIII",
        "topic": "Prävention im Sozialraum",
        "typical_source": "Bundesagentur für Arbeit",
        "sensitivity": "high",
    },
    {
        "key": "unemp_long_share",
        "name": "Langzeitarbeitslose unter den Arbeitslosen",
        "definition": "Anteil der Menschen, die ein Jahr und länger arbeitslos sind, an allen gemeldeten Arbeitslosen.",
        "numerator": "gemeldete Langzeitarbeitslose",
        "denominator": "gemeldete Arbeitslose",
        "age_group": "15 bis unter 65",
        "unit": "%",
        "kind": "share",
        "multiplier": 100,
        "decimals": 1,
        "direction": "+",
        "paragraph": "§ 80 Abs. 2 Nr. 5 SGB VIII",
        "topic": "Prävention im Sozialraum",
        "typical_source": "Bundesagentur für Arbeit",
        "sensitivity": "mid",
    },
)

DELIVERED = {column for m in MEASURES for column in (m.numerator, m.denominator) if column} - ESTIMATED - {SQUARE_KM}
NEEDED = DELIVERED | {YOUTH, OLD, FLOOR_SPACE, INCOME, SGB2_QUOTA}
