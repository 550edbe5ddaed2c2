"""The open snapshot of this session, and answers that are computed once for all sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from raumblick.catalogue import Catalogue, load_catalogue
from raumblick.settings import Settings, load_settings
from raumblick.snapshot.publish import Shelf, SnapshotError, shelves
from raumblick.snapshot.store import Store, open_store
from raumblick.ui import selection

Result = TypeVar("Result")


def settings() -> Settings:
    """Settings of this process."""
    return _settings()


@st.cache_resource(show_spinner=False)
def _settings() -> Settings:
    return load_settings()


@st.cache_resource(show_spinner=False)
def catalogue() -> Catalogue:
    """The shipped catalogue."""
    return load_catalogue()


def cities() -> dict[str, str]:
    """Cities with a snapshot in force: id to title, the invented one first."""
    found = {}
    for shelf in shelves(settings().home):
        current = shelf.current()
        try:
            found[shelf.city_id] = _title(str(shelf.home), shelf.city_id, current or "")
        except SnapshotError:
            found[shelf.city_id] = shelf.city_id
    return dict(sorted(found.items(), key=lambda item: (item[0] != "musterstadt", item[1])))


def store() -> Store:
    """The store of the chosen city in the configured view.

    Raises:
        SnapshotError: no city has a snapshot, or the chosen one's is damaged.
    """
    known = cities()
    if not known:
        raise SnapshotError("Es gibt noch keinen Datenstand.")
    return open_city(selection.current("stadt", list(known), next(iter(known))))


def open_city(city_id: str) -> Store:
    """The store of one city in the configured view.

    Raises:
        SnapshotError: it has no snapshot in force, or a damaged one.
    """
    current = Shelf(settings().home, city_id).current()
    if current is None:
        raise SnapshotError(f"Für „{city_id}“ gibt es keinen Datenstand.")
    return _open(str(settings().home), city_id, settings().view, current)


def ask(question: Callable[..., Result], opened: Store, *args: Any) -> Result:
    """The answer of `question(store, *args)`, computed once for each snapshot, view and arguments.

    Answers are shared between sessions and must not be changed. Unknown keys raise as the question says; errors are not
    kept.
    """
    return _ask(f"{question.__module__}.{question.__qualname__}", opened.cache_key, args, question, opened)


@st.cache_resource(max_entries=2000, show_spinner=False)
def _ask(name: str, cache_key: tuple[str, ...], args: tuple[Any, ...], _question: Any, _opened: Store) -> Any:
    return _question(_opened, *args)


@st.cache_resource(max_entries=32, show_spinner=False)
def _open(home: str, city: str, view: str, snapshot_id: str) -> Store:
    known = settings()
    return open_store(known.home, city, known.view, snapshot_id, known.query_seconds, known.memory_limit)


@st.cache_resource(max_entries=200, show_spinner=False)
def _title(home: str, city: str, snapshot_id: str) -> str:
    return str(Shelf(settings().home, city).manifest(snapshot_id)["city"]["title"])
