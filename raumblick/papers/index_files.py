"""An index as files: a GeoPackage for geographic information systems, an SVG drawing for print."""

from __future__ import annotations

import tempfile
import textwrap
from html import escape
from pathlib import Path

import pandas as pd

from raumblick.answers.outlines import drawing, polygons
from raumblick.answers.priority import Ranking, Surety
from raumblick.snapshot.store import Store

# The tiers as on the map: colour, and a texture so that the drawing also works in grey.
_FILLS = {"nicht": "#e0f0f4", "unklar": "#a4d6e4", "wahrscheinlich": "#257da9", "sicher": "#0d4673", "": "#e7e9ec"}
_TEXTURES = {"unklar": "punkte", "wahrscheinlich": "schraffur"}
_LEGEND = (
    ("sicher", "sicher (ab 90 %)"), ("wahrscheinlich", "wahrscheinlich (50 bis unter 90 %)"),
    ("unklar", "unklar (10 bis unter 50 %)"), ("nicht", "gehört nicht dazu (unter 10 %)"), ("", "nicht bewertet"),
)  # fmt: skip
_LINE = 22


def rows(ranking: Ranking, sure: Surety) -> pd.DataFrame:
    """One row an area with German column names, as the files have them; missing where an area is not judged."""
    certain = sure.areas.set_index("area_id")
    frame = ranking.areas.set_index("area_id")
    return pd.DataFrame(
        {
            "name": frame["name"],
            "rang": frame["rank"],
            "rang_von": certain["rank_low"],
            "rang_bis": certain["rank_high"],
            "wahrscheinlichkeit": certain["probability"],
            "stufe": certain["tier"],
            "index_wert": frame["index"],
            "klasse": frame["status_class"],
            "gerechnet_dabei": frame["target"],
            "liste": certain["listed"],
            "nicht_bewertet": frame["excluded"],
        }
    ).reset_index()


def geopackage(store: Store, ranking: Ranking, sure: Surety) -> bytes:
    """A GeoPackage with one layer `schwerpunktraeume` (EPSG:4326): polygons with rank, interval, probability and tier.

    Raises:
        SnapshotError: the snapshot keeps no polygons.
    """
    shapes = polygons(store, ranking.inputs.material.level)
    layer = shapes.merge(rows(ranking, sure), on="area_id", how="left")
    layer["datenstand"], layer["index_name"], layer["jahr"] = store.snapshot_id, ranking.spec.title, ranking.inputs.year
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "schwerpunktraeume.gpkg"
        layer.to_file(path, layer="schwerpunktraeume", driver="GPKG")
        return path.read_bytes()


def svg(store: Store, ranking: Ranking, sure: Surety) -> bytes:
    """The map of the tiers as a drawing with title, legend and origin; names show on hover.

    Raises:
        SnapshotError: there is no map of this level.
    """
    plane = drawing(store, ranking.inputs.material.level)
    names = dict(zip(ranking.areas["area_id"], ranking.areas["name"], strict=True))
    tiers = dict(zip(sure.areas["area_id"], sure.areas["tier"].fillna(""), strict=True))
    targets = set(ranking.areas.loc[ranking.areas["target"], "area_id"])
    shapes = [_shape(path, names[key], tiers.get(key) or "") for key, path in plane.paths.items()]
    outlines = [f'<path d="{plane.paths[key]}" class="dabei"/>' for key in plane.paths if key in targets]
    head = f"{ranking.spec.title}, {ranking.inputs.year}: Wie sicher gehört ein Gebiet dazu?"
    foot = f"{store.city['title']}{' (erfundene Daten)' if store.city['synthetic'] else ''}, Datenstand {store.snapshot_id}. "
    foot += f"Umrandet: rechnerisch dabei ({ranking.wanted}). {sure.draws} Wiederholungen, Startwert {sure.seed}."
    below = plane.height + 70
    named = ranking.areas[ranking.areas["target"]].sort_values("rank")
    marked = zip(named["area_id"], named["rank"], strict=True)
    numbers = [_number(plane.points[key], rank, tiers.get(key) or "") for key, rank in marked]
    listed = _list(named["rank"], named["name"], below + len(_LEGEND) * _LINE + 12)
    height = below + (len(_LEGEND) + len(listed) + 1) * _LINE + 16
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {plane.width} {height}" font-family="sans-serif" font-size="15">',
        f"<title>{escape(head)}</title>{_STYLE}{_PATTERNS}",
        f'<text x="4" y="26" font-size="20" font-weight="600">{escape(head)}</text>',
        f'<g transform="translate(0 46)">{"".join(shapes)}{"".join(outlines)}{"".join(numbers)}</g>',
        *(_entry(tier, text, below + i * _LINE) for i, (tier, text) in enumerate(_LEGEND)),
        *listed,
        f'<text x="4" y="{height - 14}" font-size="12">{escape(foot)}</text></svg>',
    ]
    return "\n".join(body).encode("utf-8")


_STYLE = (
    "<style>path{stroke:#fff;stroke-width:1;fill-rule:evenodd}"
    ".dabei{fill:none;stroke:#10161d;stroke-width:1.6}.textur{stroke:none;pointer-events:none}</style>"
)
_PATTERNS = (
    '<defs><pattern id="schraffur" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<line x1="0" y1="0" x2="0" y2="6" stroke="#fff" stroke-width="1.6"/></pattern>'
    '<pattern id="punkte" width="6" height="6" patternUnits="userSpaceOnUse"><circle cx="3" cy="3" r="1.1" fill="#16202b"/>'
    "</pattern></defs>"
)


def _shape(path: str, name: str, tier: str) -> str:
    shown = f'<path d="{path}" fill="{_FILLS[tier]}"><title>{escape(name)}: {tier or "nicht bewertet"}</title></path>'
    texture = _TEXTURES.get(tier)
    return shown + (f'<path d="{path}" class="textur" fill="url(#{texture})"/>' if texture else "")


def _number(place: tuple[float, float, float], rank: float, tier: str) -> str:
    """The rank inside an area, where there is room for it."""
    x, y, room = place
    if room < 5:
        return ""
    ink = "#ffffff" if tier in ("sicher", "wahrscheinlich") else "#10161d"
    size = min(15.0, max(8.0, room * 0.9))
    return f'<text x="{x:.0f}" y="{y + size / 3:.0f}" font-size="{size:.0f}" text-anchor="middle" fill="{ink}">{rank:.0f}</text>'


def _list(ranks: pd.Series, names: pd.Series, y: int) -> list[str]:
    """Names of the areas that the index counts in, by rank, several a line."""
    words = [f"{rank:.0f}\u00a0{name}" for rank, name in zip(ranks, names, strict=True)]
    lines = textwrap.wrap("Rechnerisch dabei: " + "; ".join(words), 130)
    return [f'<text x="4" y="{y + i * _LINE}" font-size="13">{escape(line)}</text>' for i, line in enumerate(lines)]


def _entry(tier: str, text: str, y: int) -> str:
    box = f'x="4" y="{y}" width="18" height="14"'
    texture = _TEXTURES.get(tier)
    swatch = f'<rect {box} fill="{_FILLS[tier]}"/>' + (f'<rect {box} fill="url(#{texture})"/>' if texture else "")
    return f'{swatch}<text x="30" y="{y + 12}">{escape(text)}</text>'
