"""Open any page of the app without a browser: of any home, in either view, with any address."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
import streamlit as st
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]
# Every page the app registers, by title: a new page is under these tests at once.
PAGES = {title: file for file, title in re.findall(r'st\.Page\("([^"]+)", title="([^"]+)"', (ROOT / "app.py").read_text("utf-8"))}
DATA_PAGES = tuple(title for title in PAGES if title not in ("Import", "Protokoll"))  # those that need a snapshot


class Desk:
    """Opens pages of one home in one view, and keeps what the page's download buttons would give."""

    seat: ClassVar[tuple[str, str] | None] = None  # home and view that the caches of Streamlit are of
    components: ClassVar[Any] = None
    folds: ClassVar[set[str]] = set()  # keys of folded parts seen so far

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self._patch = monkeypatch
        self.downloads: list[Callable[[], bytes]] = []
        original = MediaFileManager.add_deferred

        def remember(manager: MediaFileManager, data: Callable[[], bytes], *more: Any, **named: Any) -> str:
            self.downloads.append(data)
            return original(manager, data, *more, **named)

        monkeypatch.setattr(MediaFileManager, "add_deferred", remember)

    def sit(self, home: Path, view: str = "planung") -> None:
        """From now on the app reads `home` in `view`; what it had in memory of another seat is gone."""
        self._patch.setenv("RAUMBLICK_HOME", str(home))
        self._patch.setenv("RAUMBLICK_VIEW", view)
        if Desk.seat != (str(home), view):
            st.cache_resource.clear()
            Desk.seat = (str(home), view)

    @staticmethod
    def leave() -> None:
        """Empty the caches, so that tests of other folders find none of these homes in them."""
        st.cache_resource.clear()
        Desk.seat = None

    def open(self, title: str, unfold: bool = False, **address: str) -> AppTest:
        """A page as a new visitor with a copied address gets it; `unfold` opens every folded part."""
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        at._bidi_component_manager = Desk.components  # looking through all installed packages takes longer than a page
        for name, value in address.items():
            at.query_params[name] = value
        for key in self.folds if unfold else ():
            at.session_state[key] = True
        self.downloads.clear()
        if title == "Import":  # its address is not its file's name, which AppTest learns from a first run only
            at.run()
        at.switch_page(PAGES[title]).run()
        Desk.components = at._bidi_component_manager
        new = {part.key for part in at.expander if part.key} - self.folds
        if unfold and new:  # from the start with every part open: an address is read once
            Desk.folds |= new
            return self.open(title, True, **address)
        return at

    def unfold(self, at: AppTest) -> AppTest:
        """The same page with every folded part open."""
        keys = {part.key for part in at.expander if part.key}
        closed = {key for key in keys if not at.session_state.get(key)}
        Desk.folds |= keys
        for key in closed:
            at.session_state[key] = True
        if not closed:
            return at
        self.downloads.clear()
        return at.run()


def answer(at: AppTest) -> str:
    """The sentence under the title."""
    return " ".join(text.value for text in at.get_by_key("answer").markdown)


def said(at: AppTest) -> str:
    """All running text and captions of the page."""
    return " ".join(text.value for text in (*at.markdown, *at.caption))


def beside(at: AppTest) -> str:
    """What stands in the sidebar: city, view and data status."""
    return "\n".join(text.value for text in at.sidebar.caption)
