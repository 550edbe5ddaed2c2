"""Every query of queries/read through `Store.read`, and the answers that pages ask for, at 542 areas, 40 indicators, 11 years.

A query is measured with the parameters that make it heaviest (the whole city, the base level), on an open snapshot,
warm, frame included: the median, and the fastest, which other work on the machine disturbs least. A query without rows
in that city (it has no ledger) is asked of the city of 63 areas that has every table. Answers are measured without the
cache that pages put before them, as information.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from benchmarks import cities
from benchmarks.result import Result, durations_ms, under
from raumblick.answers.inventory import inventory
from raumblick.answers.overview import overview
from raumblick.answers.profile import find_area, profile, series
from raumblick.answers.spread import spread, spread_change
from raumblick.queries import Query, queries_in
from raumblick.snapshot.store import Store, open_store

LIMIT_MS = 20.0
LEVEL = "ortsteil"
SCHOOL_AGE = 6  # Prognose opens with children under it; all young people under 27 are 4.5 times as many rows
TIMES = 15


def parameters(query: Query, city_id: str) -> dict[str, str | int]:
    """Values for the parameters that the head of a query names.

    Raises:
        KeyError: a parameter that this benchmark does not know; give it a value here.
    """
    known = {"level": LEVEL, "indicator": cities.INDICATOR, "area_id": city_id, "below": SCHOOL_AGE}
    names = query.head.get("params", "").split(";")[0]
    return {name: known[name] for name in (part.strip() for part in names.split(",")) if name}


def run() -> list[Result]:
    """All queries and answers."""
    sizes = (cities.SMALL, cities.MEDIUM, cities.LARGE)  # the same home as that of the map steps
    home = cities.home(*sizes)
    medium, small = (open_store(home, cities.city_id(areas), "planung") for areas in (cities.MEDIUM, cities.SMALL))
    try:
        return [_query(query, medium, small) for query in queries_in("read")] + _answers(medium)
    finally:
        medium.close()
        small.close()


def _query(query: Query, medium: Store, small: Store) -> Result:
    name = query.name.removeprefix("read/")
    store = medium
    rows = len(medium.read(name, **parameters(query, str(medium.city["city_id"]))))
    if not rows:
        store = small
        rows = len(small.read(name, **parameters(query, str(small.city["city_id"]))))
    given = parameters(query, str(store.city["city_id"]))
    found = durations_ms(lambda: store.read(name, **given), TIMES)
    note = f"{rows} rows" + (", city of 63 areas" if store is small else "") + f"; fastest {found[0]:.1f} ms"
    return under(f"query {name}", median(found), "ms", LIMIT_MS, note)


def _answers(store: Store) -> list[Result]:
    unseen = (find_area(store, str(key)) for key in store.read("areas", level=LEVEL)["area_id"])  # answers on one are kept
    answers: dict[str, Callable[[], object]] = {
        "spread": lambda: spread(store, cities.INDICATOR, LEVEL),
        "spread_change": lambda: spread_change(store, cities.INDICATOR, LEVEL, "2015", "2025"),
        "profile": lambda: profile(store, next(unseen).area_id),
        "series": lambda: series(store, cities.INDICATOR, next(unseen)),
        "overview": lambda: overview(store, LEVEL),
        "inventory": lambda: inventory(store, LEVEL),
    }
    results = []
    for name, ask in answers.items():
        found = durations_ms(ask, TIMES)
        results.append(Result(f"answer {name}", median(found), "ms", note=f"fastest {found[0]:.1f} ms"))
    return results
