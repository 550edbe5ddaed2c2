"""Invented names of districts. Each fits the place: old towns in the centre, estates, villages at the edge."""

from __future__ import annotations

import numpy as np

BEZIRKE = ("Mitte", "Nordost", "Ost", "Südost", "Süd", "Auetal", "Südwest", "West", "Nordwest", "Nord")
PLANUNGSRAEUME: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("Innenstadt", (0,)),
    ("Nord", (9, 1)),
    ("Ost", (2,)),
    ("Süd", (3, 4)),
    ("Aue", (5, 6)),
    ("West", (7,)),
    ("Nordwest", (8,)),
)

BY_KIND: dict[str, tuple[str, ...]] = {
    "kern": (
        "Altstadt", "Neustadt", "Domviertel", "Schlossvorstadt", "Bahnhofsviertel", "Marienviertel",
        "Hafenviertel", "Gerberviertel", "Marktviertel", "Klosterviertel",
    ),
    "gruenderzeit": (
        "Johannisvorstadt", "Mühlenvorstadt", "Ulmenviertel", "Friedensviertel", "Kanalviertel", "Ziegelviertel",
        "Brauereiviertel", "Turmviertel", "Petersvorstadt", "Rosenviertel", "Fabrikviertel", "Gasthofviertel",
        "Lokviertel", "Werftvorstadt", "Weberviertel", "Stadtgraben", "Annenvorstadt", "Am Speicher",
    ),
    "grosssiedlung": (
        "Lerchenhöhe", "Sonnenhügel", "Weidenring", "Birkenhöhe", "Am Kiesteich", "Falkenhöhe", "Kastanienring",
        "Neue Warte", "Mühlfeld", "Sperlingsgrund", "Heidering", "Kranichring",
    ),
    "siedlung": (
        "Weidenau", "Gartenheim", "Eschenrode", "Erlengrund", "Amselgrund", "Steinfeld", "Hohenwarte", "Wiesenthal",
        "Buchenhain", "Sandhügel", "Ziegelhütte", "Klosterhof", "Papiermühle", "Rehwiesen", "Kuckucksheim", "Lohhof",
        "Schafweide", "Brunnengrund", "Weinleite", "Finkenhof", "Kirschenallee", "Neuwerk", "Sternwarte", "Lindenhag",
        "Ahornsiedlung", "Feldrain", "Schleusengrund", "Hopfengarten",
    ),
    "dorf": (
        "Oberhagen", "Niederhagen", "Kirchweiler", "Mühlrode", "Steinfelde", "Großwiesen", "Kleinwiesen", "Altenrode",
        "Dreibrunn", "Elmsrode", "Hainweiler", "Langenwied", "Moorhof", "Rottenhag", "Sankt Annen", "Thalweiler",
        "Wendelrode", "Wolfsgrund", "Zeddenhag", "Ahlsrode", "Bornfelde", "Queckenau", "Gerlrode", "Hirschaue",
        "Ossenwied", "Krähenwald", "Unterwarte", "Vogelsrode",
    ),
    "neubau": ("Neue Gärten", "Hafenpark", "Am Wasserturm", "Kasernenpark", "Flugfeld", "Nordkai"),
}  # fmt: skip

_FIRST = (
    "Ahl", "Amsel", "Birken", "Born", "Buchen", "Dorn", "Eichen", "Elms", "Erlen", "Eschen", "Falken", "Fuchs",
    "Garten", "Hasel", "Heide", "Hirsch", "Hopfen", "Kirsch", "Kranich", "Krähen", "Langen", "Lerchen", "Linden",
    "Moor", "Mühl", "Otter", "Raben", "Reiher", "Roggen", "Rosen", "Sand", "Schilf", "Sonnen", "Stein", "Tannen",
    "Ulmen", "Vogel", "Weiden", "Wendel", "Wolfs",
)  # fmt: skip
_SECOND = (
    "au", "bach", "brunn", "felde", "garten", "grund", "hag", "hain", "heim", "hof", "höhe", "hügel", "kamp", "rode",
    "stedt", "thal", "wald", "warte", "weiler", "wied",
)  # fmt: skip


def area_names(kinds: np.ndarray) -> list[str]:
    """One name an area, in the order of `kinds`; no name twice, however many areas there are."""
    left = {kind: list(names) for kind, names in BY_KIND.items()}
    spare = (f"{first}{second}" for second in _SECOND for first in _FIRST)
    used = {name for names in BY_KIND.values() for name in names}
    names: list[str] = []
    for kind in kinds:
        pool = left[str(kind)]
        name = pool.pop(0) if pool else next((n for n in spare if n not in used), f"Gebiet {len(names) + 1}")
        used.add(name)
        names.append(name)
    return names
