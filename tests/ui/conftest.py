"""Answers on the mini city, from which sentences and tables are made."""

import pytest

from raumblick.snapshot.store import Store, open_store


@pytest.fixture(scope="session")
def planung(mini_home) -> Store:
    """The mini city as the planners see it."""
    return open_store(mini_home, "mini", "planung")


@pytest.fixture(scope="session")
def ausschuss(mini_home) -> Store:
    """The mini city as the committee sees it: area 00 is hidden."""
    return open_store(mini_home, "mini", "ausschuss")


@pytest.fixture(scope="session")
def guarded(guarded_home) -> Store:
    """The mini city with attacking names, as the planners see it."""
    return open_store(guarded_home, "mini", "planung")
