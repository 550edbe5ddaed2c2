"""Fixtures that several test folders share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A run says the same twice: the same examples each time, so that a red run speaks of the change. `make soak` draws new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("random", deadline=None, print_blob=True)
settings.load_profile("random" if os.environ.get("RAUMBLICK_RANDOM") else "steady")

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real public data beside the checkout; tests that need it are skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real data not found: expected folder {SHARED_DATA.name!r} in a folder 'shared' beside the checkout")
    return SHARED_DATA


@pytest.fixture(scope="session")
def musterstadt_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the data package of the demo city: 63 areas, 2015-2025, every table. Read it, do not change it."""
    from raumblick.demo import write_demo

    return write_demo(tmp_path_factory.mktemp("musterstadt"))


@pytest.fixture(scope="session")
def mini_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Home with one snapshot, that of the mini city (`tests/minicity.py`). Read only: copy it to damage it."""
    from homes import settle
    from minicity import write_minicity

    home = tmp_path_factory.mktemp("mini_home")
    settle(write_minicity(tmp_path_factory.mktemp("mini_package")), home)
    return home


@pytest.fixture(scope="session")
def guarded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Home with the mini city under attacking names and with numbers below the threshold (`tests/homes.py`)."""
    from homes import guarded_frames, settle
    from minicity import write_minicity

    home = tmp_path_factory.mktemp("guarded_home")
    settle(write_minicity(tmp_path_factory.mktemp("guarded_package"), guarded_frames()), home)
    return home


@pytest.fixture(scope="session")
def odd_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Home with the mini city and every kind of odd offer (`tests/homes.py`)."""
    from homes import odd_frames, settle
    from minicity import write_minicity

    home = tmp_path_factory.mktemp("odd_home")
    settle(write_minicity(tmp_path_factory.mktemp("odd_package"), odd_frames()), home)
    return home


@pytest.fixture(scope="session")
def city_home(tmp_path_factory: pytest.TempPathFactory, musterstadt_package: Path) -> Path:
    """Home with the demo city, imported once for all tests of a run. Read only."""
    from homes import settle

    home = tmp_path_factory.mktemp("city_home")
    settle(musterstadt_package, home)
    return home


@pytest.fixture(scope="session")
def need_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Home with the mini city and the indicators of an index that can be computed by hand (`tests/needcity_home.py`)."""
    from homes import settle
    from minicity import write_minicity
    from needcity_home import frames

    home = tmp_path_factory.mktemp("need_home")
    settle(write_minicity(tmp_path_factory.mktemp("need_package"), frames()), home)
    return home
