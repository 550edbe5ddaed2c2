"""The open snapshot of this session, and answers that are computed once for all sessions.

This is the only place that opens a store for a page: `open_city` takes the file that the person's role may read.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

from raumblick.catalogue import Catalogue, load_catalogue
from raumblick.roles import NotAllowedError
from raumblick.settings import View
from raumblick.snapshot.publish import Shelf, SnapshotError, shelves
from raumblick.snapshot.store import Store, open_store
from raumblick.ui import gate, selection
from raumblick.ui.gate import settings

Result = TypeVar("Result")


@st.cache_resource(show_spinner=False)
def catalogue() -> Catalogue:
    """The shipped catalogue."""
    return load_catalogue()


def cities() -> dict[str, str]:
    """Cities with a snapshot that this person may see: id to title, the invented one first.

    Raises:
        RefusedError: nobody is logged in who may see any.
    """
    found = {}
    person = gate.who()
    for shelf in shelves(settings().home):
        if person.view(shelf.city_id) is None:
            continue
        current = shelf.current()
        try:
            found[shelf.city_id] = _title(str(shelf.home), shelf.city_id, current or "")
        except SnapshotError:
            found[shelf.city_id] = shelf.city_id
    return dict(sorted(found.items(), key=lambda item: (item[0] != "musterstadt", item[1])))


def store() -> Store:
    """The store of the chosen city, in the view of the person's role there.

    Raises:
        SnapshotError: no city has a snapshot, or the chosen one's is damaged.
        NotAllowedError: the person may see none.
    """
    known = cities()
    if not known and shelves(settings().home):
        raise NotAllowedError("Für Ihre Rolle ist keine Stadt freigegeben.")
    if not known:
        raise SnapshotError("Es gibt noch keinen Datenstand.")
    return open_city(selection.current("stadt", list(known), next(iter(known))))


def open_city(city_id: str) -> Store:
    """The store of one city, in the view of the person's role there.

    Raises:
        SnapshotError: it has no snapshot in force, or a damaged one.
        NotAllowedError: the person may not see this city.
    """
    view = gate.who().view(city_id)
    if view is None:
        raise NotAllowedError(f"Die Stadt „{city_id}“ ist für Ihre Rolle nicht freigegeben.")
    return _in_force(city_id, view)


def open_snapshot(city_id: str, snapshot_id: str) -> Store:
    """Any finished snapshot of a city with all numbers, to look at before it is in force. The caller closes it.

    Raises:
        SnapshotError: there is none of that id, or it is damaged.
        NotAllowedError: the person may not import into this city.
    """
    gate.who().demand("import", city_id)
    known = settings()
    return open_store(known.home, city_id, "planung", snapshot_id, known.query_seconds, known.memory_limit)


def warm(city_id: str, question: Callable[..., Any], argument: Callable[[Store], Any]) -> None:
    """Ask a city its first question in every view that this server shows, before there is anybody to ask for.

    Raises:
        SnapshotError: it has no snapshot in force, or a damaged one.
    """
    known = settings()
    views: tuple[View, ...] = ("planung", "ausschuss") if known.login and known.view == "planung" else (known.view,)
    for view in views:
        opened = _in_force(city_id, view)
        _answer(question, opened, argument(opened))


def _in_force(city_id: str, view: View) -> Store:
    current = Shelf(settings().home, city_id).current()
    if current is None:
        raise SnapshotError(f"Für „{city_id}“ gibt es keinen Datenstand.")
    return _open(str(settings().home), city_id, view, current)


def ask(question: Callable[..., Result], opened: Store, *args: Any) -> Result:
    """The answer of `question(store, *args)`, computed once for each snapshot, view and arguments.

    Answers are shared between sessions and must not be changed. Unknown keys raise as the question says; errors are not
    kept.

    Raises:
        NotAllowedError: this person may not (any more) read this store, whoever opened it.
    """
    allowed = gate.who().view(opened.city["city_id"])
    if allowed is None or (opened.view == "planung" and allowed != "planung"):
        raise NotAllowedError("Diese Zahlen sind für Ihre Rolle nicht freigegeben.")
    return _answer(question, opened, *args)


def _answer(question: Callable[..., Result], opened: Store, *args: Any) -> Result:
    return _ask(f"{question.__module__}.{question.__qualname__}", opened.cache_key, args, question, opened)


@st.cache_resource(max_entries=2000, show_spinner=False)
def _ask(name: str, cache_key: tuple[str, ...], args: tuple[Any, ...], _question: Any, _opened: Store) -> Any:
    return _question(_opened, *args)


@st.cache_resource(max_entries=32, show_spinner=False)
def _open(home: str, city: str, view: View, snapshot_id: str) -> Store:
    limits = settings()
    return open_store(Path(home), city, view, snapshot_id, limits.query_seconds, limits.memory_limit)


@st.cache_resource(max_entries=200, show_spinner=False)
def _title(home: str, city: str, snapshot_id: str) -> str:
    return str(Shelf(settings().home, city).manifest(snapshot_id)["city"]["title"])
