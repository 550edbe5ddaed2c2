"""The frame of every page: head of the city, title, answer sentence, notes, and the way to the method."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import NoReturn

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import Page

from raumblick.answers.values import indicators, levels
from raumblick.roles import NotAllowedError
from raumblick.snapshot.publish import SnapshotError
from raumblick.snapshot.store import QueryTimeoutError, Store
from raumblick.ui import format as fmt
from raumblick.ui import gate, selection, session

_STYLE = Path(__file__).parent / "frontend" / "page.css"
VIEW_LABEL = {"planung": "Planung", "ausschuss": "Ausschuss"}
_MARKS = set("\\`*_{}[]<>#|~$:!&@")
# Markdown makes links of bare addresses, even of ones in character references; a word joiner (no width) ends the address.
_BARE_LINK = re.compile(r"(?i)(?<=www)(?=\.)|(?<=http:)(?=//)|(?<=https:)(?=//)|(?<=ftp:)(?=//)|(?=@)")
_PARAMETER = {"stadt": "Stadt", "ebene": "Ebene", "kennzahl": "Kennzahl", "jahr": "Jahr", "gebiet": "Gebiet"}


def navigation(groups: Mapping[str, Sequence[Page]]) -> None:
    """Links to all pages under the headings of their groups.

    Streamlit's own sidebar navigation puts headings into the list of links, which screen readers cannot make sense of.
    """
    with st.sidebar, st.container(key="nav", gap="xsmall"):
        for title, pages in groups.items():
            st.caption(f"**{title}**")
            for entry in pages:
                if gate.leads(entry.title):
                    st.page_link(entry)


def head() -> None:
    """Sidebar below the navigation: city switch, view and data status; the style of the print version."""
    st.html(_style())
    known = session.cities()
    with st.sidebar:
        if len(known) > 1:
            selection.select("stadt", "Stadt", list(known), known.__getitem__, next(iter(known)))
        try:
            opened = session.store()
        except (SnapshotError, NotAllowedError):
            gate.somebody()
            return
        created = fmt.date(opened.manifest["created"])
        st.caption(
            f"**{escape(opened.city['title'])}**"
            f"{' (erfundene Daten)' if opened.city['synthetic'] else ''}  \n"
            f"Ansicht: {VIEW_LABEL[opened.view]}  \nDatenstand: {created}"
        )
        gate.somebody()


class PageEndsError(Exception):
    """A page has said all that it can say; `app.py` goes on as after any page.

    `st.stop` would end the whole run at once, and the address of what was chosen would not be written any more.
    """


def nothing(sentence: DeltaGenerator, said: str, method: str = "", hint: str = "") -> NoReturn:
    """End a page that has nothing to show: why, what would bring it, and the way to the method.

    Args:
        sentence: place of the answer sentence.
        said: Markdown whose names are escaped.
        method: as for `method_link`; empty: none.
        hint: what to do.
    """
    with sentence.container():
        answer(said)
    if hint:
        st.info(hint)
    if method:
        method_link(method)
    raise PageEndsError


@contextmanager
def page(title: str) -> Iterator[Store]:
    """Title, demo notice and the store; errors of the snapshot become a plain message with a way on.

    Use as `with page("Karte") as store:`; the answer sentence follows through `answer`.
    """
    top, notes = _top(title)
    try:
        opened = session.store()
    except SnapshotError as error:
        no_data(str(error))
        raise PageEndsError from error
    except NotAllowedError as error:
        notes.info(escape(str(error)))
        raise PageEndsError from error
    if opened.city["synthetic"]:
        top.badge(f"{escape(opened.city['title'])} (erfundene Daten)", color="orange")
    try:
        with suppress(PageEndsError):
            yield opened
    except QueryTimeoutError as error:
        notes.error(str(error))
    except NotAllowedError as error:
        notes.error(escape(str(error)))
    with notes:
        _unknown_choices()


@contextmanager
def page_without_data(title: str) -> Iterator[Store | None]:
    """Like `page`, for pages that also have something to say when there is no snapshot or a damaged one."""
    top, notes = _top(title)
    opened = None
    try:
        opened = session.store()
    except (SnapshotError, NotAllowedError) as error:
        notes.info(escape(str(error)))
    if opened is not None and opened.city["synthetic"]:
        top.badge(f"{escape(opened.city['title'])} (erfundene Daten)", color="orange")
    with suppress(PageEndsError):
        yield opened


def needs_indicators(store: Store) -> None:
    """End a page that shows indicators where the city has none (a city that began with its budget, for example)."""
    base = session.ask(levels, store)[0]
    if not session.ask(indicators, store, base):
        answer(f"Für **{escape(store.city['title'])}** sind noch keine Kennzahlen eingelesen; diese Seite braucht sie.")
        st.page_link("pages/daten/importieren.py", label="Zum Import")
        raise PageEndsError


def _top(title: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    top = st.container(horizontal=True, vertical_alignment="center", key="top")
    top.title(title, anchor=False, width="content")
    return top, st.container()


def answer(sentence: str) -> None:
    """The one sentence under the title that answers the page's question; Markdown whose names are escaped."""
    with st.container(key="answer"):
        st.markdown(sentence)


def _unknown_choices() -> None:
    """Say what the address named and this city does not know."""
    for name, key in selection.wrong():
        what = _PARAMETER.get(name, name)
        st.warning(
            f"{what} „{escape(key[:60])}“ gibt es in diesem Datenstand nicht. Gezeigt wird die Vorgabe; bitte unten neu wählen."
        )


def no_data(reason: str) -> None:
    """What to do when there is nothing to show."""
    st.info(
        f"{escape(reason)}\n\n"
        "So geht es weiter: Im Ordner von Raumblick `make run` ausführen (legt die erfundene Stadt Musterstadt an) "
        "oder eigene Daten mit `raumblick import ORDNER` einlesen."
    )


def fold(label: str, key: str) -> DeltaGenerator | None:
    """A folded part of the page, or None while it is closed: what nobody looks at is not computed.

    Use as `if part := layout.fold("Tabelle", "twin"):` and draw with `with part:`.
    """
    part = st.expander(label, key=key, on_change="rerun")
    return part if part.open else None


def method_link(text: str, indicator: str | None = None) -> None:
    """The end of a page: what is shown, its data status, and the ways to the method and to the indicator's sheet."""
    opened = session.store()
    with st.container(key="foot"):
        st.caption(f"{escape(text)} Datenstand {opened.snapshot_id}.")
        with st.container(horizontal=True):
            st.page_link("pages/daten/methodik.py", label="Wie gerechnet?")
            if indicator:
                query = {"stadt": str(opened.city["city_id"]), "kennzahl": indicator}
                st.page_link("pages/daten/quellen.py", label="Kennzahlenblatt", query_params=query)


@cache
def _style() -> str:
    return f"<style>{_STYLE.read_text(encoding='utf-8')}</style>"


def escape(text: str) -> str:
    """Imported text for Markdown: a name must not become a link, an image, a directive or HTML."""
    one_line = _BARE_LINK.sub("\u2060", " ".join(str(text).split()))
    return "".join(f"&#{ord(mark)};" if mark in _MARKS else mark for mark in one_line)
