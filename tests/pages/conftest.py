"""The app without a browser."""

from collections.abc import Iterator

import pytest
from desk import Desk


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Opens pages of a home in a view, see `desk.py`."""
    return Desk(monkeypatch)


@pytest.fixture(scope="module", autouse=True)
def clean() -> Iterator[None]:
    """No cache outlives a module."""
    yield
    Desk.leave()
