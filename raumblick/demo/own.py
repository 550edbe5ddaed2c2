"""What the invented city adds to the catalogue, its sources, and how areas of an older vintage map to today's."""

from __future__ import annotations

import pandas as pd

from raumblick.demo.city import CityShape

PUBLISHER = "Stadt Musterstadt (erfunden)"
SOURCES = (
    ("einwohner", "Einwohnerregister, Stand 31. Dezember (erfunden)", "2026-01-08"),
    ("haushalte", "Haushalte aus dem Einwohnerregister (erfunden)", "2026-01-08"),
    ("sgb2", "Leistungen nach SGB II und Arbeitslose (erfunden)", "2026-01-09"),
    ("sozialamt", "Bildung und Teilhabe (erfunden)", "2026-01-09"),
    ("gesundheit", "Schuleingangsuntersuchung und Kinderärzte (erfunden)", "2025-11-20"),
    ("schule", "Schulstatistik und Schulnetzplan (erfunden)", "2025-11-03"),
    ("kita", "Kita-Bedarfsplanung (erfunden)", "2026-01-06"),
    ("jugend", "Fachplan Kinder- und Jugendförderung (erfunden)", "2025-12-15"),
    ("asd", "Fachverfahren der Sozialen Dienste (erfunden)", "2026-01-12"),
    ("finanz", "Haushaltsverfahren der Kämmerei (erfunden)", "2025-10-10"),
    ("umfrage", "Bürgerumfrage und Elternbefragung (erfunden)", "2025-12-01"),
    ("wohnen", "Gebäude- und Wohnungsbestand (erfunden)", "2025-12-01"),
    ("gruen", "Spielplatzkataster (erfunden)", "2025-09-30"),
    ("polizei", "Kriminalstatistik (erfunden)", "2026-01-14"),
)


def sources() -> pd.DataFrame:
    """Table `source`: all invented, none was ever published."""
    frame = pd.DataFrame(SOURCES, columns=["source_id", "title", "retrieved"])
    frame = frame.assign(publisher=PUBLISHER, licence="CC0-1.0", url=None, sha256=None)
    return frame[["source_id", "title", "publisher", "licence", "url", "retrieved", "sha256"]]


def own_indicators() -> pd.DataFrame:
    """Table `indicator`: what Musterstadt counts beside the catalogue."""
    return pd.DataFrame(
        [
            {
                "key": "ferienpass", "name": "Ferienpässe",
                "definition": "Ausgegebene Ferienpässe, bezogen auf 1.000 Kinder von 6 bis unter 14 Jahren.",
                "numerator": "ausgegebene Ferienpässe im Jahr", "denominator": "Personen von 6 bis unter 14 Jahren",
                "age_group": "6 bis unter 14", "unit": "je 1.000", "kind": "ratio", "multiplier": 1000, "decimals": 0,
                "direction": "o", "paragraph": "§ 11 SGB VIII", "topic": "Partizipation",
                "typical_source": "Fachplan Kinder- und Jugendförderung", "sensitivity": "mid", "low": None, "high": None,
            }
        ]
    )  # fmt: skip


def own_services() -> pd.DataFrame:
    """Table `service`: what Musterstadt offers beside the catalogue."""
    return pd.DataFrame(
        [
            {
                "key": "spielmobil", "name": "Spielmobil", "paragraph": "§ 11 SGB VIII", "topic": "Prävention im Sozialraum",
                "form": "open", "age_from": 4, "age_to": 14, "entitlement": "false", "allocable": "true",
                "description": "Ein Bus mit Spielen, der an festen Tagen auf Plätzen der Stadt hält.",
            }
        ]
    )  # fmt: skip


def own_targets() -> pd.DataFrame:
    """Table `target`: what the invented council has decided."""
    decided = "Ratsbeschluss vom 18.06.2024 (erfunden)"
    rows = [
        ("kita_u3", 1, 3, 65.0, "%", "plan", "2025-01-01", decided),
        ("kita_36", 3, 6, 100.0, "%", "plan", "2025-01-01", decided),
        ("hort", 6, 11, 75.0, "%", "plan", "2025-01-01", decided),
        ("kita_u3", 0, 3, 47.0, "%", "survey", "2024-01-01", "Elternbefragung 2024 (erfunden)"),
        ("okja", 6, 21, 1.5, "VZÄ je 1.000", "plan", "2024-01-01", decided),
        ("familienzentrum", 0, 6, 0.8, "je 1.000", "plan", "2024-01-01", decided),
        ("spielplatz", 0, 15, 2.0, "je 1.000", "plan", "2024-01-01", decided),
    ]
    columns = ["service", "age_from", "age_to", "value", "unit", "kind", "valid_from", "source"]
    frame = pd.DataFrame(rows, columns=columns)
    frame.insert(7, "valid_to", None)
    return frame


def shares_of_old_areas(city: CityShape) -> pd.DataFrame:
    """Table `area_share`: until 2014 the last two areas of three Bezirke were one; all others did not change."""
    merged = {}
    for bezirk in (2, 5, 8):
        first, second = [key for key, b in zip(city.area_id, city.bezirk, strict=True) if b == bezirk][-2:]
        merged[second] = first
    people = dict(zip(city.area_id, city.residents, strict=True))
    rows = []
    for key in city.area_id:
        old = merged.get(key, key)
        whole = people[old] + sum(people[new] for new, into in merged.items() if into == old)
        own = people[key] / whole
        share = (
            round(own, 4)
            if key != old
            else round(1 - sum(round(people[n] / whole, 4) for n, i in merged.items() if i == old), 4)
        )
        rows.append((old, "2010-01-01", key, "2015-01-01", share, "einwohner"))
    return pd.DataFrame(rows, columns=["from_id", "from_vintage", "to_id", "to_vintage", "share", "basis"])
