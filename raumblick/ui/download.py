"""Files that leave the house: a button, and an entry in the trail for whoever takes numbers that are not public."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from raumblick import acts
from raumblick.snapshot.store import Store
from raumblick.ui import gate, session


def offer(
    label: str, make: Callable[[], bytes], name: str, title: str, store: Store | None, key: str, mime: str = "", help: str = ""
) -> None:
    """A button for a file that is made when somebody asks for it.

    Args:
        label: on the button. make: the file. name: of the file.
        title: what it holds, for the trail.
        store: that the numbers are from, or None where they are from a delivery that is not in force.
        key: widget key. mime: type of the file; by default from its name. help: on the button.
    """
    person, known = gate.who(), session.settings()
    city = str(store.city["city_id"]) if store else ""
    internal = store.view == "planung" if store else person.may_somewhere("import")
    note = acts.Note(city, store.snapshot_id if store else "", f"{title} ({name.rpartition('.')[2].upper()})")

    def recorded() -> bytes:
        """Runs when the button is pressed, beside any page: what it needs was gathered above."""
        if internal:
            acts.write(known, person, "ausgegeben", note)
        return make()

    st.download_button(label, recorded, name, mime or None, key=key, help=help or None)
