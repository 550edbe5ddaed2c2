"""Fixtures that several test folders share."""

import fcntl
import os
import pickle
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from raumblick.intake.findings import Finding

# A run says the same twice: the same examples each time, so that a red run speaks of the change. `make soak` draws new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("random", deadline=None, print_blob=True)
settings.load_profile("random" if os.environ.get("RAUMBLICK_RANDOM") else "steady")

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pieces of work for several processes: a file each, so that what a file builds is built once.

    Browser tests wait more than they compute. They come first, in two pieces beside which a third process computes; more of
    them at once would only make pages late.
    """
    for item in items:
        browser = item.path.parent.name == "browser"
        piece = ("walk" if item.path.stem == "test_walk" else "browser") if browser else str(item.path)
        item.add_marker(pytest.mark.xdist_group(piece))
    items.sort(key=lambda item: item.path.parent.name != "browser")


@pytest.fixture(scope="module", autouse=True)
def program() -> Iterator[None]:
    """Streamlit's AppTest puts the app in the place of the program that runs; processes of later tests would run it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real public data beside the checkout; tests that need it are skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real data not found: expected folder {SHARED_DATA.name!r} in a folder 'shared' beside the checkout")
    return SHARED_DATA


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """`once(name, make)`: a folder that `make` fills one time for all processes of a run. Read it, do not change it."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "once"
    shared.mkdir(exist_ok=True)

    def fill(name: str, make: Callable[[Path], object]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return fill


@pytest.fixture(scope="session")
def musterstadt_package(once) -> Path:
    """Folder with the data package of the demo city: 63 areas, 2015-2025, every table. Read it, do not change it."""
    from raumblick.demo import write_demo

    return once("musterstadt", lambda folder: write_demo(folder))


@pytest.fixture(scope="session")
def mini_home(once) -> Path:
    """Home with one snapshot, that of the mini city (`tests/minicity.py`). Read only: copy it to damage it."""
    return once("mini_home", lambda home: _settle_mini(home, None))


@pytest.fixture(scope="session")
def guarded_home(once) -> Path:
    """Home with the mini city under attacking names and with numbers below the threshold (`tests/homes.py`)."""
    from homes import guarded_frames

    return once("guarded_home", lambda home: _settle_mini(home, guarded_frames()))


@pytest.fixture(scope="session")
def need_home(once) -> Path:
    """Home with the mini city and the indicators of an index that can be computed by hand (`tests/needcity_home.py`)."""
    from needcity_home import frames

    return once("need_home", lambda home: _settle_mini(home, frames()))


@pytest.fixture(scope="session")
def cells_home(once) -> Path:
    """Home with the mini city and grid cells in three of its areas; of an older grid one cell."""
    from minicity import cells, frames

    grid = pd.concat([cells()[1:2].assign(reference_date="2011-05-09"), cells()], ignore_index=True)
    return once("cells_home", lambda home: _settle_mini(home, {**frames(), "cell": grid}))


def _settle_mini(home: Path, frames: dict[str, pd.DataFrame] | None) -> None:
    from homes import settle
    from minicity import write_minicity

    with tempfile.TemporaryDirectory() as package:
        settle(write_minicity(Path(package), frames), home)


@pytest.fixture(scope="session")
def odd_home(once) -> Path:
    """Home with the mini city and every kind of odd offer (`tests/homes.py`)."""
    from homes import odd_frames

    return once("odd_home", lambda home: _settle_mini(home, odd_frames()))


@pytest.fixture(scope="session")
def city_home(once, musterstadt_package: Path) -> Path:
    """Home with the demo city, imported once for all tests of a run. Read only."""
    from homes import settle

    return once("city_home", lambda home: settle(musterstadt_package, home))


@pytest.fixture(scope="session")
def real_home(once, shared_data: Path) -> Callable[[str], Path]:
    """`real_home("leipzig")`: home with a real city, imported once for all tests of a run. Read only."""
    from homes import settle

    def make(city: str, home: Path) -> None:
        home.with_suffix(".found").write_bytes(pickle.dumps(settle(shared_data / city, home).findings))

    return lambda city: once(f"{city}_home", lambda home: make(city, home))


@pytest.fixture(scope="session")
def real_findings(real_home) -> Callable[[str], tuple["Finding", ...]]:
    """`real_findings("berlin")`: what the import of `real_home("berlin")` found."""
    return lambda city: pickle.loads(real_home(city).with_suffix(".found").read_bytes())
